//! Turns pages into a stream of items. A listing gives all of its items, each once, or ends in an error: it never ends early
//! in silence, and it always ends.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};

use futures_util::stream::{Stream, try_unfold};

use crate::error::{Error, ErrorKind, Result};

/// One page of a listing.
pub(crate) trait Page {
    type Item: Clone + PartialEq;
    type Cursor: Clone + PartialEq;

    /// What the page tells of itself and of the rest.
    fn outlook(&self) -> Outlook<Self::Cursor>;

    /// What no other item of the listing has; `None` for an item that HighLevel sent without.
    fn id_of(item: &Self::Item) -> Option<&str>;

    fn into_items(self) -> Vec<Self::Item>;
}

/// What a page tells of itself and of the rest of its listing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outlook<C> {
    /// Whether it has a list, be it an empty one, and something of it can be read.
    pub(crate) listed: bool,
    /// How many entries it has, with those that could not be read.
    pub(crate) entries: usize,
    /// Whether it has as many as were asked for. A page with fewer is not surely the last.
    pub(crate) full: bool,
    /// How many entries the listing has in all, as HighLevel counts, with those before the first page.
    pub(crate) total: Option<u64>,
    /// What HighLevel says of a page after this one.
    pub(crate) more: Option<bool>,
    /// How to ask for that page. `None` if nothing tells, or if HighLevel says that there is none.
    pub(crate) way: Option<Way<C>>,
}

/// How to ask for the page after one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Way<C> {
    /// At this place, which is that of one item alone.
    At(C),
    /// After the value that the listing is sorted by. Other items may have it too, and stand on the next page.
    After {
        value: C,
        /// The value before it; `None` if the page has no other.
        before: Option<C>,
        /// How many items at the end of the page have the value.
        alike: usize,
    },
}

impl<C: PartialEq> Way<C> {
    /// Where the next page begins.
    pub(crate) fn into_cursor(self) -> C {
        match self {
            Self::At(cursor) | Self::After { value: cursor, .. } => cursor,
        }
    }

    /// The way on after these items by the value that the last of them carries, if it carries one. `names` tells whether
    /// the value is the item's alone.
    pub(crate) fn after_last<T>(
        items: &[T],
        value: impl Fn(&T) -> Option<C>,
        names: impl FnOnce(&C, &T) -> bool,
    ) -> Option<Self> {
        let last = items.last()?;
        let end = value(last)?;
        if names(&end, last) {
            return Some(Self::At(end));
        }
        let has_it = |item: &&T| value(item).as_ref() == Some(&end);
        let alike = items.iter().rev().take_while(has_it).count();
        let others = &items[..items.len() - alike];
        let before = others.last().and_then(&value);
        Some(Self::After {
            value: end,
            before,
            alike,
        })
    }
}

/// Which page is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ask<C> {
    /// Where it begins; `None` where the query begins.
    pub(crate) cursor: Option<C>,
    /// How many items come again with it. It should be so much longer.
    pub(crate) known: usize,
}

impl<C> Ask<C> {
    const fn first() -> Self {
        Self {
            cursor: None,
            known: 0,
        }
    }

    /// How long the page has to be to hold `limit` items that are not known, if pages can have up to `most`.
    pub(crate) fn length(&self, limit: usize, most: usize) -> usize {
        // HighLevel itself refuses more than it allows.
        limit.saturating_add(self.known).min(most.max(limit))
    }
}

/// What is read next.
enum Next<C> {
    Page(Ask<C>),
    /// Whether anything comes after a value. If so, not all that share it may have come.
    Probe(C),
    End,
    Fail(Error),
}

/// How far a listing has been read.
struct Progress<P: Page> {
    operation: &'static str,
    items: VecDeque<P::Item>,
    next: Next<P::Cursor>,
    /// The first item of the last page.
    begins: Option<P::Item>,
    /// The ids of all items so far, hashed: eight bytes each, however long the listing is.
    seen: HashSet<u64>,
    hasher: RandomState,
    /// How many entries have come, each counted once.
    taken: u64,
    /// How many there are before the first page; `None` if that is not known.
    skipped: Option<u64>,
    /// The smallest of HighLevel's counts: what is added meanwhile need not be on the pages that follow.
    total: Option<u64>,
    /// The length of the longest page.
    longest: usize,
}

impl<P: Page> Progress<P> {
    fn new(operation: &'static str, skipped: Option<u64>) -> Self {
        Self {
            operation,
            items: VecDeque::new(),
            next: Next::Page(Ask::first()),
            begins: None,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            taken: 0,
            skipped,
            total: None,
            longest: 0,
        }
    }

    fn problem(&self, what: impl Into<String>) -> Error {
        Error::new(ErrorKind::Listing, self.operation).with_message(Some(what.into()))
    }

    fn without_list(&self) -> Error {
        let kind = ErrorKind::Decode { path: ".".into() };
        Error::new(kind, self.operation).with_message(Some(
            "the answer holds no list, or none of which anything can be read".into(),
        ))
    }

    /// How many entries HighLevel counts and how many have come, where both can be compared.
    fn counts(&self) -> Option<(u64, u64)> {
        let come = self.skipped?.saturating_add(self.taken);
        Some((self.total?, come))
    }

    fn lacks_some(&self) -> bool {
        self.counts().is_some_and(|(total, come)| come < total)
    }

    fn has_all(&self) -> bool {
        self.counts().is_some_and(|(total, come)| come >= total)
    }

    /// Whether HighLevel's count is of all entries: a count up to one page may be that of the page.
    fn counts_all(&self) -> bool {
        let counts = self.counts();
        counts.is_some_and(|(total, _)| total > self.longest as u64)
    }

    /// The end, unless HighLevel counts more than it gave.
    fn end(&self) -> Result<Next<P::Cursor>> {
        match self.counts() {
            Some((total, come)) if come < total => Err(self.problem(format!(
                "HighLevel counts {total} entries and has shown {come}, and nothing says how to ask for the rest"
            ))),
            _ => Ok(Next::End),
        }
    }

    /// Takes the page that was asked for, and tells what to read after it.
    fn take(&mut self, page: P, asked: &Ask<P::Cursor>) -> Result<Next<P::Cursor>> {
        let outlook = page.outlook();
        if !outlook.listed {
            return Err(self.without_list());
        }
        self.total = self.total.into_iter().chain(outlook.total).min();
        self.longest = self.longest.max(outlook.entries);
        if outlook.entries == 0 {
            let is_to_follow = outlook.more == Some(true) || outlook.way.is_some();
            if is_to_follow && !self.has_all() {
                return Err(self.problem("a page is empty and another is to follow"));
            }
            return self.end();
        }
        let items = page.into_items();
        let unread = outlook.entries.saturating_sub(items.len());
        if unread > 0 {
            tracing::warn!(
                operation = self.operation,
                unread,
                of = outlook.entries,
                "entries of a listing cannot be read, and are left out"
            );
        }
        if matches!(&outlook.way, Some(Way::At(cursor)) if asked.cursor.as_ref() == Some(cursor)) {
            return Err(self.problem("a page leads to itself"));
        }
        let begins = items.first().cloned();
        let repeats = begins.is_some() && begins == self.begins;
        let nameless = begins.as_ref().and_then(P::id_of).is_none();
        if repeats && nameless {
            return Err(self.problem("a page begins like the one before it"));
        }
        self.begins = begins;
        let (seen, hasher) = (&mut self.seen, &self.hasher);
        let is_new =
            |item: &P::Item| P::id_of(item).is_none_or(|id| seen.insert(hasher.hash_one(id)));
        self.items = items.into_iter().filter(is_new).collect();
        // Entries that cannot be read have no id: on a page that shows some again it is not known which they are.
        let unread = if asked.known == 0 { unread } else { 0 };
        let news = self.items.len() + unread;
        self.taken = self.taken.saturating_add(news as u64);
        match outlook.way {
            Some(Way::After {
                value,
                before,
                alike,
            }) => {
                let again = Ask {
                    known: if before.is_some() {
                        alike
                    } else {
                        outlook.entries
                    },
                    cursor: before.or_else(|| asked.cursor.clone()),
                };
                match outlook.full {
                    true if news == 0 && asked.known < outlook.entries => Ok(Next::Page(Ask {
                        cursor: asked.cursor.clone(),
                        known: outlook.entries,
                    })),
                    true if news == 0 => Err(self.tied(outlook.entries)),
                    true => Ok(Next::Page(again)),
                    false if self.has_all() && self.counts_all() => Ok(Next::End),
                    // A server may give fewer than it was asked for. It has given more than this before, so this is all.
                    false if news == 0 && outlook.entries < self.longest => self.end(),
                    false if news == 0 => Ok(Next::Probe(value)),
                    false => Ok(Next::Page(again)),
                }
            }
            // The last page may hold nothing new only where all has come.
            way if news == 0
                && (way.is_some()
                    || self.lacks_some()
                    || (asked.cursor.is_some() && !self.has_all())) =>
            {
                Err(self.problem(if repeats {
                    "a page begins like the one before it"
                } else {
                    "a page holds nothing that was not on the pages before it"
                }))
            }
            Some(Way::At(cursor)) => Ok(Next::Page(Ask {
                cursor: Some(cursor),
                known: 0,
            })),
            None if outlook.more == Some(true) => {
                Err(self
                    .problem("another page is said to follow, and nothing says how to ask for it"))
            }
            None if outlook.full && outlook.more.is_none() && !self.counts_all() => Err(self
                .problem(
                    "a page is full, and neither a cursor nor a count says what comes after it",
                )),
            None => self.end(),
        }
    }

    /// Takes the page that was asked for to know whether anything comes after a value.
    fn take_probe(&mut self, page: P) -> Result<Next<P::Cursor>> {
        let outlook = page.outlook();
        if !outlook.listed {
            return Err(self.without_list());
        }
        self.total = self.total.into_iter().chain(outlook.total).min();
        let items = page.into_items();
        let is_new = |item: &P::Item| {
            let id = P::id_of(item);
            id.is_none_or(|id| !self.seen.contains(&self.hasher.hash_one(id)))
        };
        match items.iter().any(is_new) {
            // Some that share the value may be behind those that came, and cannot be asked for.
            true => Err(self.tied(self.longest)),
            // A server that gives the value itself again has given all of a page by this, unless it counts.
            false if outlook.entries > 0 && outlook.entries >= self.longest && !self.has_all() => {
                Err(self.tied(self.longest))
            }
            false => self.end(),
        }
    }

    fn tied(&self, entries: usize) -> Error {
        self.problem(format!(
            "all {entries} entries of a page share the value that the listing is sorted by, and it cannot be asked for more of \
             them"
        ))
    }
}

/// All items of a listing, page after page; the next page is read when the items of the last one are used up. `skipped` is
/// how many entries come before the first page, if that is known.
///
/// The stream ends with an error of kind [`Listing`](ErrorKind::Listing) where HighLevel announces more than it gives, or
/// where going on would mean to ask the same for ever.
pub(crate) fn items<P, F, A>(
    operation: &'static str,
    skipped: Option<u64>,
    fetch: F,
) -> impl Stream<Item = Result<P::Item>>
where
    P: Page,
    F: FnMut(Ask<P::Cursor>) -> A,
    A: Future<Output = Result<P>>,
{
    let start = Progress::<P>::new(operation, skipped);
    try_unfold(
        (fetch, start),
        move |(mut fetch, mut progress)| async move {
            loop {
                if let Some(item) = progress.items.pop_front() {
                    return Ok(Some((item, (fetch, progress))));
                }
                let next = match std::mem::replace(&mut progress.next, Next::End) {
                    Next::Page(ask) => {
                        let page = fetch(ask.clone()).await?;
                        progress.take(page, &ask)
                    }
                    Next::Probe(value) => {
                        let cursor = Some(value);
                        let page = fetch(Ask { cursor, known: 0 }).await?;
                        progress.take_probe(page)
                    }
                    Next::End => return Ok(None),
                    Next::Fail(error) => return Err(error),
                };
                // Entries that came are given before the error.
                progress.next = next.unwrap_or_else(Next::Fail);
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Entry {
        id: String,
        at: u32,
    }

    struct Entries(Vec<Entry>, Outlook<u32>);

    impl Page for Entries {
        type Item = Entry;
        type Cursor = u32;

        fn outlook(&self) -> Outlook<u32> {
            self.1.clone()
        }

        fn id_of(item: &Entry) -> Option<&str> {
            Some(&item.id)
        }

        fn into_items(self) -> Vec<Entry> {
            self.0
        }
    }

    fn entry(id: u32, at: u32) -> Entry {
        let id = id.to_string();
        Entry { id, at }
    }

    /// Entries whose ids are these numbers, and a cursor.
    fn page(ids: &[u32], next: Option<u32>) -> Entries {
        let outlook = Outlook {
            listed: true,
            entries: ids.len(),
            full: false,
            total: None,
            more: None,
            way: next.map(Way::At),
        };
        Entries(ids.iter().map(|id| entry(*id, 0)).collect(), outlook)
    }

    /// All ids that come, and what is wrong at the end.
    async fn all(page: impl Fn(Ask<u32>) -> Entries + Send + Sync) -> (Vec<u32>, Option<String>) {
        let stream = items("entries.list", Some(0), |ask| {
            let page = page(ask);
            async move { Ok(page) }
        });
        let mut ids = Vec::new();
        let mut stream = std::pin::pin!(stream);
        loop {
            match stream.try_next().await {
                Ok(Some(entry)) => ids.push(entry.id.parse().unwrap()),
                Ok(None) => return (ids, None),
                Err(error) => {
                    assert_eq!(*error.kind(), ErrorKind::Listing);
                    assert!(stream.try_next().await.unwrap().is_none());
                    return (ids, Some(error.to_string()));
                }
            }
        }
    }

    async fn fails(page: impl Fn(Ask<u32>) -> Entries + Send + Sync, with: &str) {
        let (_, problem) = all(page).await;
        let problem = problem.expect("an error");
        assert!(problem.contains(with), "{problem}");
    }

    #[tokio::test]
    async fn pages_follow_each_other_to_the_end() {
        let pages = |ask: Ask<u32>| match ask.cursor {
            None => page(&[1, 2], Some(2)),
            Some(2) => page(&[3], Some(3)),
            _ => page(&[], None),
        };
        assert_eq!(all(pages).await, (vec![1, 2, 3], None));
        assert_eq!(all(|_| page(&[], None)).await, (vec![], None));
    }

    #[tokio::test]
    async fn a_listing_that_would_never_end_is_an_error() {
        let at = |ask: Ask<u32>| ask.cursor.unwrap_or(0);
        fails(|ask| page(&[1], Some(at(ask).max(7))), "leads to itself").await;
        fails(|ask| page(&[], Some(at(ask) + 1)), "is empty").await;
        // A server that does not know the cursor gives its first page again and again.
        fails(|ask| page(&[1, 2], Some(at(ask) + 2)), "begins like").await;
        let two = |ask: Ask<u32>| page(&[1 + at(ask.clone()) % 2, 2], Some(at(ask) + 1));
        fails(two, "holds nothing that was not").await;
    }

    #[tokio::test]
    async fn what_is_announced_and_does_not_come_is_an_error() {
        let with = |change: fn(&mut Outlook<u32>)| {
            move |_: Ask<u32>| {
                let mut page = page(&[1, 2], None);
                change(&mut page.1);
                page
            }
        };
        assert_eq!(all(with(|_| {})).await, (vec![1, 2], None));
        assert_eq!(all(with(|it| it.total = Some(2))).await.1, None);
        // It may be the count of the page alone.
        let full_and_counted = with(|it| (it.full, it.total) = (true, Some(2)));
        fails(full_and_counted, "is full").await;
        let (given, problem) = all(with(|it| it.total = Some(5))).await;
        assert_eq!(given, [1, 2], "what has come is given first");
        assert!(
            problem
                .unwrap()
                .contains("counts 5 entries and has shown 2")
        );
        fails(with(|it| it.more = Some(true)), "said to follow").await;
        fails(with(|it| it.full = true), "is full").await;
    }

    /// A server that has these values, the largest first, and gives what is smaller than the cursor, or not larger.
    async fn sorted(values: &[u32], cap: usize, inclusive: bool, counts: bool) -> Option<String> {
        let asks = std::sync::Mutex::new(0);
        let server = |ask: Ask<u32>| {
            let mut asks = asks.lock().unwrap();
            *asks += 1;
            assert!(*asks < 100, "it would never end");
            let wanted = |at: u32| match ask.cursor {
                None => true,
                Some(cursor) if inclusive => at <= cursor,
                Some(cursor) => at < cursor,
            };
            let length = ask.length(3, 100);
            let all = values.iter().zip(0..).map(|(at, id)| entry(id, *at));
            let items: Vec<Entry> = all
                .filter(|entry| wanted(entry.at))
                .take(length.min(cap))
                .collect();
            let outlook = Outlook {
                listed: true,
                entries: items.len(),
                full: items.len() >= length,
                total: counts.then_some(values.len() as u64),
                more: None,
                way: Way::after_last(&items, |entry| Some(entry.at), |_, _| false),
            };
            Entries(items, outlook)
        };
        let (ids, problem) = all(server).await;
        if problem.is_none() {
            let expected: Vec<u32> = (0..u32::try_from(values.len()).unwrap()).collect();
            assert_eq!(ids, expected, "{values:?} {cap} {inclusive}");
        }
        problem
    }

    #[tokio::test]
    async fn those_that_share_a_value_at_the_edge_of_a_page_are_not_lost() {
        for values in [
            &[][..],
            &[9],
            &[9, 8, 7, 6, 5, 4],
            &[9, 8, 7, 7, 7, 6],
            &[9, 9, 9, 9, 9, 9, 9, 9, 1],
            &[5; 20],
            &[7, 7, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 4, 4, 4, 3],
        ] {
            for counts in [true, false] {
                assert_eq!(
                    sorted(values, 1000, false, counts).await,
                    None,
                    "{values:?}"
                );
            }
            assert_eq!(sorted(values, 1000, true, true).await, None, "{values:?}");
        }
        // More than a page can hold, without a name for any.
        let problem = sorted(&[5; 120], 1000, false, false).await.unwrap();
        assert!(problem.contains("all 100 entries"), "{problem}");
        // Pages that stay shorter than asked for.
        assert_eq!(sorted(&[9, 8, 8, 7, 7, 7, 6], 4, false, false).await, None);
        let problem = sorted(&[9, 8, 8, 7, 7, 7, 7, 6], 3, false, false).await;
        assert!(problem.unwrap().contains("all 3 entries"));
    }
}
