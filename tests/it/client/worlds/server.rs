//! A server that pages, with a random world behind it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::client::{Transport, TransportError};
use serde_json::{Map, Value, json};

use super::listing::{Listing, Paging};

/// What says where the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursor {
    /// The whole sort value with the item, id included.
    ValueAndId,
    /// The sort value alone.
    Value,
    /// `meta`, or the field made for it.
    Meta,
    /// Half of `meta`: the value without the id.
    HalfOfMeta,
    /// The address of the next page, with a cursor in it.
    Address,
    /// The number of the next page, and its address.
    Number,
    /// Nothing.
    Missing,
}

/// What is said of how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Right,
    /// One too many.
    More,
    /// Only how many are on the page.
    OfThePage,
    Missing,
}

/// A listing, and how the server gives it.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) listing: Listing,
    /// What each item is sorted by, the largest first; several may share one.
    pub(super) values: Vec<i64>,
    /// How many the client asks for.
    pub(super) limit: usize,
    /// How many are given at most, whatever was asked for.
    pub(super) cap: usize,
    pub(super) cursor: Cursor,
    pub(super) count: Count,
    /// Whether it is said that another page follows, or none.
    pub(super) says_more: bool,
    /// Whether each page is the first, whatever was asked for.
    pub(super) deaf: bool,
}

impl World {
    pub(super) fn ids(&self) -> Vec<String> {
        (0..self.values.len())
            .map(|at| format!("item{at:03}"))
            .collect()
    }

    pub(super) fn has_ties(&self) -> bool {
        self.values.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// Answers from a world.
#[derive(Debug)]
pub(super) struct Server {
    world: World,
    asked: Mutex<usize>,
}

/// More requests than any listing here needs.
const ENDLESS: usize = 500;

impl Server {
    pub(super) fn new(world: World) -> Self {
        let asked = Mutex::new(0);
        Self { world, asked }
    }

    fn page(&self, request: &BTreeMap<String, Vec<Value>>) -> Value {
        let world = &self.world;
        let ids = world.ids();
        let first = |name: &str| request.get(name).and_then(|values| values.first());
        let number = |name: &str| {
            let value = first(name)?;
            value.as_u64().or_else(|| value.as_str()?.parse().ok())
        };
        let number = |name: &str| number(name).map(|number| usize::try_from(number).unwrap());
        let limit = ["limit", "pageLimit", "pageSize"]
            .into_iter()
            .find_map(number);
        let size = limit.unwrap_or(20).min(world.cap);
        let after_id = |id: &Value| ids.iter().position(|known| id == known).map(|at| at + 1);
        let after_value = |value: &Value| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let value: i64 = text.parse().ok()?;
            Some(
                world
                    .values
                    .iter()
                    .take_while(|known| **known >= value)
                    .count(),
            )
        };
        let after = |name: &str| {
            let values = request.get(name)?;
            let by_id = values.iter().find_map(after_id);
            by_id.or_else(|| values.iter().find_map(after_value))
        };
        let begin = [
            "searchAfter",
            "startAfterDate",
            "lastMessageId",
            "startAfterId",
        ]
        .into_iter()
        .find_map(after)
        .or_else(|| {
            ["skip", "offset", "cursor", "pageToken"]
                .into_iter()
                .find_map(number)
        })
        .or_else(|| {
            let page = number("page")?;
            Some(page.saturating_sub(world.listing.first_page()) * size)
        })
        .unwrap_or(0);
        let begin = if world.deaf { 0 } else { begin };
        let shown: Vec<usize> = (begin..world.values.len()).take(size).collect();
        let end = begin + shown.len();
        self.page_body(begin, &shown, end < world.values.len(), size)
    }

    fn page_body(&self, begin: usize, shown: &[usize], more: bool, size: usize) -> Value {
        let world = &self.world;
        let ids = world.ids();
        let end = begin + shown.len();
        let total = match world.count {
            Count::Right => Some(world.values.len()),
            Count::More => Some(world.values.len() + 1),
            Count::OfThePage => Some(shown.len()),
            Count::Missing => None,
        };
        let items: Vec<Value> = shown
            .iter()
            .map(|at| {
                world
                    .listing
                    .item(&ids[*at], world.values[*at], world.cursor)
            })
            .collect();
        let last = shown
            .last()
            .map(|at| (world.values[*at], ids[*at].as_str()));
        let page = begin / size.max(1) + world.listing.first_page();
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                body.insert(name.to_owned(), value);
            }
        };
        let said = world.says_more;
        match world.listing.paging() {
            Paging::Bare => return items.into(),
            Paging::Offset { count } => put(count, json!(total)),
            Paging::HasMore => put("hasMore", json!(said.then_some(more))),
            Paging::Sorted => put("total", json!(total)),
            Paging::Messages => {
                let by_id = last.filter(|_| world.cursor == Cursor::Meta);
                put("lastMessageId", json!(by_id.map(|(_, id)| id)));
                put("nextPage", json!(said.then_some(more)));
            }
            Paging::Export => {
                put("total", json!(total));
                if world.cursor == Cursor::Meta && more {
                    put("nextCursor", end.to_string().into());
                } else if said && !more {
                    put("nextCursor", "".into());
                }
            }
            Paging::Numbers => {
                put("page", json!(said.then_some(page)));
                put("pageSize", json!(said.then_some(size)));
                put("total", json!(total));
            }
            Paging::Tokens => {
                let token = (world.cursor == Cursor::Meta && more).then(|| end.to_string());
                put(
                    "pagination",
                    json!({
                        "nextPageToken": token,
                        "hasNextPage": said.then_some(more),
                        "totalRecords": total,
                    }),
                );
            }
            Paging::Meta => {
                let mut meta = json!({ "total": total });
                if let Some((value, id)) = last {
                    let address = "http://localhost:5058/search?limit=2";
                    match world.cursor {
                        Cursor::Meta => {
                            meta["startAfter"] = value.into();
                            meta["startAfterId"] = id.into();
                        }
                        Cursor::HalfOfMeta => meta["startAfter"] = value.to_string().into(),
                        Cursor::Address if more => {
                            let cursor = format!("&startAfter={value}&startAfterId={id}");
                            meta["nextPageUrl"] = format!("{address}{cursor}").into();
                        }
                        Cursor::Number if more => {
                            meta["nextPage"] = (page + 1).into();
                            meta["nextPageUrl"] = format!("{address}&page={}", page + 1).into();
                        }
                        _ => {}
                    }
                    if said && more {
                        meta["nextPage"] = (page + 1).into();
                    }
                }
                put("meta", meta);
            }
        }
        body.insert(world.listing.key().to_owned(), items.into());
        body.insert("traceId".into(), "t-1".into());
        body.into()
    }
}

#[async_trait]
impl Transport for Server {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let asked = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            *asked
        };
        assert!(asked < ENDLESS, "it would never end: {:?}", self.world);
        let mut parameters: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let query = request.uri().query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let values = parameters.entry(name.into_owned()).or_default();
            values.push(value.into_owned().into());
        }
        if let Ok(Value::Object(body)) = serde_json::from_slice(request.body()) {
            for (name, value) in body {
                let values = match value {
                    Value::Array(values) => values,
                    value => vec![value],
                };
                parameters.insert(name, values);
            }
        }
        let page = self.page(&parameters).to_string();
        Ok(http::Response::new(Bytes::from(page)))
    }
}
