//! The listings that are streams: what their pages look like, and how they are read.

use std::pin::pin;

use futures_util::{Stream, TryStreamExt};
use gohighlevel::api::calendars::{self, NotificationQuery, ResourceType, ScheduleSearch};
use gohighlevel::api::contacts::{ContactList, ContactSearch, ContactsOfBusiness};
use gohighlevel::api::conversations::{
    ConversationSearch, ConversationSort, ExportQuery, MessagesQuery,
};
use gohighlevel::api::links::LinkSearch;
use gohighlevel::api::locations::LocationSearch;
use gohighlevel::api::opportunities::{
    AdvancedOpportunitySearch, LostReasonSearch, OpportunitySearch,
};
use gohighlevel::api::phone_numbers::NumbersQuery;
use gohighlevel::api::tasks::TaskSearch;
use gohighlevel::api::templates::TemplateQuery;
use gohighlevel::api::users::{UserEmailSearch, UserSearch};
use gohighlevel::auth::oauth::{InstalledQuery, OAuth, OAuthApp};
use gohighlevel::client::ClientBuilder;
use gohighlevel::error::{Error, ErrorKind};
use gohighlevel::ids::{
    BusinessId, CalendarEventId, CalendarId, CompanyId, ConversationId, UserId,
};
use serde_json::{Value, json};

use super::server::Cursor;

/// How a listing is paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    /// By `skip`, with a count under this name.
    Offset {
        count: &'static str,
    },
    /// By `offset`, with a flag.
    HasMore,
    /// By `skip`, as a list without anything around it.
    Bare,
    /// By what the items are sorted by, or by page.
    Sorted,
    /// By what `meta` says.
    Meta,
    Messages,
    Export,
    /// By pages from 0.
    Numbers,
    Tokens,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing {
    Contacts,
    ContactList,
    ContactsOfBusiness,
    Conversations,
    ConversationsByPerson,
    ConversationsByScore,
    ConversationsByDue,
    ConversationsByOverdue,
    Messages,
    Export,
    Opportunities,
    AdvancedOpportunities,
    LostReasons,
    Templates,
    Users,
    AgencyUsers,
    UsersByEmail,
    Locations,
    Tasks,
    Links,
    Businesses,
    Notifications,
    Notes,
    Resources,
    Schedules,
    Numbers,
    Installed,
    InstalledByToken,
}

impl Listing {
    pub(super) const ALL: [Self; 28] = [
        Self::Contacts,
        Self::ContactList,
        Self::ContactsOfBusiness,
        Self::Conversations,
        Self::ConversationsByPerson,
        Self::ConversationsByScore,
        Self::ConversationsByDue,
        Self::ConversationsByOverdue,
        Self::Messages,
        Self::Export,
        Self::Opportunities,
        Self::AdvancedOpportunities,
        Self::LostReasons,
        Self::Templates,
        Self::Users,
        Self::AgencyUsers,
        Self::UsersByEmail,
        Self::Locations,
        Self::Tasks,
        Self::Links,
        Self::Businesses,
        Self::Notifications,
        Self::Notes,
        Self::Resources,
        Self::Schedules,
        Self::Numbers,
        Self::Installed,
        Self::InstalledByToken,
    ];

    pub(super) fn paging(self) -> Paging {
        match self {
            Self::Contacts
            | Self::AdvancedOpportunities
            | Self::Conversations
            | Self::ConversationsByPerson
            | Self::ConversationsByScore
            | Self::ConversationsByDue
            | Self::ConversationsByOverdue => Paging::Sorted,
            Self::ContactList | Self::Opportunities => Paging::Meta,
            Self::ContactsOfBusiness
            | Self::Users
            | Self::AgencyUsers
            | Self::UsersByEmail
            | Self::Installed => Paging::Offset { count: "count" },
            Self::LostReasons => Paging::Offset { count: "total" },
            Self::Templates => Paging::Offset {
                count: "totalCount",
            },
            // HighLevel does not count these.
            Self::Locations | Self::Tasks | Self::Links | Self::Businesses | Self::Schedules => {
                Paging::Offset { count: "ignored" }
            }
            Self::Notifications | Self::Resources => Paging::Bare,
            Self::Notes => Paging::HasMore,
            Self::Messages => Paging::Messages,
            Self::Export => Paging::Export,
            Self::Numbers => Paging::Numbers,
            Self::InstalledByToken => Paging::Tokens,
        }
    }

    /// Whether it is sorted by a value, which is the place of the next page if nothing else is.
    pub(super) fn is_of_conversations(self) -> bool {
        self.key() == "conversations"
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Contacts | Self::ContactList | Self::ContactsOfBusiness => "contacts",
            Self::Conversations
            | Self::ConversationsByPerson
            | Self::ConversationsByScore
            | Self::ConversationsByDue
            | Self::ConversationsByOverdue => "conversations",
            Self::Messages | Self::Export => "messages",
            Self::Opportunities | Self::AdvancedOpportunities => "opportunities",
            Self::LostReasons => "lostReasons",
            Self::Templates => "templates",
            Self::Users | Self::AgencyUsers | Self::UsersByEmail => "users",
            Self::Locations | Self::Installed => "locations",
            Self::Tasks => "tasks",
            Self::Links => "links",
            Self::Businesses => "businesses",
            Self::Notifications | Self::Resources => "",
            Self::Notes => "notes",
            Self::Schedules => "schedules",
            Self::Numbers => "numbers",
            Self::InstalledByToken => "items",
        }
    }

    pub(super) fn first_page(self) -> usize {
        usize::from(self != Self::Numbers)
    }

    /// An item as HighLevel sends it, with what it says of its place.
    pub(super) fn item(self, id: &str, value: i64, cursor: Cursor) -> Value {
        // Not what the listing is sorted by.
        let decoy = 1_700_000_000_000_i64 - value % 7;
        let mut item = json!({ "id": id });
        let place = match cursor {
            Cursor::ValueAndId => json!([value, id]),
            Cursor::Value => json!([value]),
            _ => Value::Null,
        };
        match self {
            Self::Contacts => item["searchAfter"] = place,
            Self::AdvancedOpportunities => item["sort"] = place,
            Self::Opportunities if cursor == Cursor::ValueAndId => item["sort"] = place,
            Self::ContactList if cursor == Cursor::Value => item["dateAdded"] = value.into(),
            Self::Numbers => item["sid"] = id.into(),
            Self::Installed => item = json!({ "_id": id }),
            _ if self.is_of_conversations() => {
                if !place.is_null() && cursor == Cursor::ValueAndId {
                    item["sort"] = place.clone();
                }
                let date = match self {
                    Self::ConversationsByPerson => "lastManualMessageDate",
                    Self::ConversationsByDue => "dueAt",
                    Self::ConversationsByOverdue => "overdueAt",
                    _ => "lastMessageDate",
                };
                if self != Self::Conversations {
                    item["lastMessageDate"] = decoy.into();
                }
                if cursor == Cursor::Value && self == Self::ConversationsByScore {
                    item["sort"] = place;
                } else if cursor == Cursor::Value {
                    item[date] = value.into();
                }
            }
            _ => {}
        }
        item
    }

    /// All ids that the stream gives, and the error at its end.
    pub(super) async fn read(
        self,
        setup: ClientBuilder,
        limit: usize,
    ) -> (Vec<String>, Option<Error>) {
        if matches!(self, Self::Installed | Self::InstalledByToken) {
            return installed(setup, limit).await;
        }
        let client = setup.build().unwrap();
        let location = client.location("loc1".parse().unwrap());
        let company = CompanyId::new("agency").unwrap();
        let count = u32::try_from(limit).unwrap();
        let paging = calendars::Paging {
            skip: 0,
            limit: count,
        };
        macro_rules! all {
            ($stream:expr) => {
                all!($stream, |item| item.id.to_string())
            };
            ($stream:expr, |$item:ident| $id:expr) => {
                collect($stream.map_ok(|$item| $id)).await
            };
        }
        let sort_by = match self {
            Self::ConversationsByPerson => Some(ConversationSort::LastManualMessage),
            Self::ConversationsByDue => Some(ConversationSort::DueAt),
            Self::ConversationsByOverdue => Some(ConversationSort::OverdueAt),
            Self::ConversationsByScore => Some(ConversationSort::Score {
                profile: "p1".into(),
            }),
            _ => None,
        };
        match self {
            Self::Contacts => all!(location.contacts().stream(&ContactSearch {
                page_limit: count,
                ..ContactSearch::default()
            })),
            Self::ContactList => all!(location.contacts().stream_list(&ContactList {
                limit: Some(count),
                ..ContactList::default()
            })),
            Self::ContactsOfBusiness => all!(location.contacts().stream_of_business(
                &BusinessId::new("b1").unwrap(),
                &ContactsOfBusiness {
                    limit: count,
                    ..ContactsOfBusiness::default()
                }
            )),
            Self::Conversations
            | Self::ConversationsByPerson
            | Self::ConversationsByScore
            | Self::ConversationsByDue
            | Self::ConversationsByOverdue => {
                all!(location.conversations().stream(&ConversationSearch {
                    sort_by,
                    limit: Some(count),
                    ..ConversationSearch::default()
                }))
            }
            Self::Messages => all!(location.conversations().stream_messages(
                &ConversationId::new("c1").unwrap(),
                &MessagesQuery {
                    limit: Some(count),
                    ..MessagesQuery::default()
                }
            )),
            Self::Export => all!(location.conversations().stream_export(&ExportQuery {
                limit: Some(count),
                ..ExportQuery::default()
            })),
            Self::Opportunities => all!(location.opportunities().stream(&OpportunitySearch {
                limit: Some(count),
                ..OpportunitySearch::default()
            })),
            Self::AdvancedOpportunities => {
                all!(
                    location
                        .opportunities()
                        .stream_advanced(&AdvancedOpportunitySearch {
                            limit: Some(count),
                            ..AdvancedOpportunitySearch::default()
                        })
                )
            }
            Self::LostReasons => {
                all!(
                    location
                        .opportunities()
                        .stream_lost_reasons(&LostReasonSearch {
                            limit: Some(limit as u64),
                            ..LostReasonSearch::default()
                        })
                )
            }
            Self::Templates => all!(location.templates().stream(&TemplateQuery {
                limit: count,
                ..TemplateQuery::new("loc1")
            })),
            Self::Users | Self::AgencyUsers => {
                let search = UserSearch {
                    limit: Some(limit as u64),
                    ..UserSearch::default()
                };
                if self == Self::Users {
                    all!(location.users().stream(&company, &search))
                } else {
                    all!(client.users().stream(&company, &search))
                }
            }
            Self::UsersByEmail => all!(client.users().stream_by_email(
                &company,
                &UserEmailSearch {
                    limit: Some(limit as u64),
                    ..UserEmailSearch::default()
                }
            )),
            Self::Locations => all!(client.locations().stream(&LocationSearch {
                limit: count,
                ..LocationSearch::default()
            })),
            Self::Tasks => all!(location.tasks().stream(&TaskSearch {
                limit: count,
                ..TaskSearch::default()
            })),
            Self::Links => all!(location.links().stream(&LinkSearch {
                limit: Some(limit as u64),
                ..LinkSearch::default()
            })),
            Self::Businesses => all!(location.businesses().stream()),
            Self::Notifications => all!(
                location.calendar_notifications().stream(
                    &CalendarId::new("k1").unwrap(),
                    &NotificationQuery {
                        paging,
                        ..NotificationQuery::default()
                    }
                ),
                |item| item.id().unwrap().to_string()
            ),
            Self::Notes => all!(
                location
                    .appointment_notes()
                    .stream(&CalendarEventId::new("e1").unwrap(), paging)
            ),
            Self::Resources => all!(
                location
                    .calendar_resources()
                    .stream(&ResourceType::Room, paging),
                |item| item.id().unwrap().to_string()
            ),
            Self::Schedules => all!(location.schedules().stream(&ScheduleSearch {
                user_id: UserId::new("u1").unwrap(),
                calendar_id: None,
                paging,
            })),
            Self::Numbers => all!(
                location.phone_numbers().stream(&NumbersQuery {
                    page_size: Some(count),
                    ..NumbersQuery::default()
                }),
                |item| item.sid.unwrap()
            ),
            Self::Installed | Self::InstalledByToken => unreachable!("read above"),
        }
    }
}

async fn installed(setup: ClientBuilder, limit: usize) -> (Vec<String>, Option<Error>) {
    let redirect = "https://app.example/connected";
    let app = OAuthApp::new("65f0c1a2b3d4e5f601234567-1", "secret", redirect).unwrap();
    let oauth = OAuth::new(app, setup).unwrap();
    let query = InstalledQuery {
        page_size: u32::try_from(limit).unwrap(),
        ..InstalledQuery::new(CompanyId::new("agency").unwrap())
    };
    let token = "agency-token".into();
    let found = oauth.stream_installed_locations(&token, &query);
    collect(found.map_ok(|location| location.id.to_string())).await
}

async fn collect(
    ids: impl Stream<Item = gohighlevel::Result<String>>,
) -> (Vec<String>, Option<Error>) {
    let mut ids = pin!(ids);
    let mut all = Vec::new();
    loop {
        match ids.try_next().await {
            Ok(Some(id)) => all.push(id),
            Ok(None) => return (all, None),
            Err(error) => {
                assert_eq!(*error.kind(), ErrorKind::Listing, "{error}");
                return (all, Some(error));
            }
        }
    }
}
