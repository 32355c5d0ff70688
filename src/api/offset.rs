//! Pages of listings that go on after a number of entries (`skip`) instead of at a cursor.

use super::listing::{Entries, Named, count};
use crate::client::{Outlook, Page, Way};

/// One page of a listing that goes on after a number of entries.
///
/// Entries that are made or deleted while pages are read move the rest by one: an entry can come twice or be missed. The
/// streams give none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OffsetPage<T> {
    /// The entries of this page.
    pub items: Vec<T>,
    /// How many entries there are in all; `None` where HighLevel does not say.
    pub total: Option<u64>,
    skipped: u64,
    /// How many entries came, with those that cannot be read.
    entries: u64,
    /// Whether there was a list at all.
    listed: bool,
    /// How many were asked for, if that is known.
    limit: Option<u64>,
}

impl<T> OffsetPage<T> {
    /// `limit` is what was asked for, or what HighLevel documents to take else.
    pub(super) fn new(
        list: Entries<T>,
        total: Option<u64>,
        skipped: Option<u64>,
        limit: Option<u64>,
    ) -> Self {
        Self {
            items: list.items,
            total,
            skipped: skipped.unwrap_or(0),
            entries: list.count as u64,
            listed: list.listed,
            limit,
        }
    }

    /// What `skip` has to be for the page after this one. `None` when this one is empty, or is the last by
    /// [`total`](Self::total); without a total only an empty page is known to be the last, since HighLevel may give
    /// fewer entries than it was asked for.
    pub fn next(&self) -> Option<u64> {
        let seen = self.skipped.saturating_add(self.entries);
        let is_last = |total: u64| {
            // A count up to a full page may be that of the page alone.
            let is_of_all = !self.is_full() || total > self.entries;
            seen >= total && is_of_all
        };
        let more = self.entries > 0 && !self.total.is_some_and(is_last);
        more.then_some(seen)
    }

    fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.entries >= limit)
    }
}

impl<T: Named + PartialEq + Clone> Page for OffsetPage<T> {
    type Item = T;
    type Cursor = u64;

    fn outlook(&self) -> Outlook<u64> {
        Outlook {
            listed: self.listed,
            entries: count(self.entries),
            full: self.is_full(),
            total: self.total,
            more: None,
            way: self.next().map(Way::At),
        }
    }

    fn id_of(item: &T) -> Option<&str> {
        item.name()
    }

    fn into_items(self) -> Vec<T> {
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_where_the_next_one_starts() {
        for (entries, total, skipped, limit, next) in [
            (2, Some(5), None, None, Some(2)),
            (2, Some(5), Some(2), None, Some(4)),
            (1, Some(5), Some(4), None, None),
            (1, None, Some(4), None, Some(5)),
            (0, None, Some(4), None, None),
            (0, Some(5), Some(2), None, None),
            // A count of the page is none of the listing.
            (2, Some(2), None, Some(2), Some(2)),
            (2, Some(2), Some(4), Some(2), Some(6)),
            (2, Some(2), None, Some(3), None),
            (2, Some(6), Some(4), Some(2), None),
        ] {
            // One more came than can be read.
            let list = Entries {
                items: vec![(); usize::try_from(entries).unwrap().saturating_sub(1)],
                count: usize::try_from(entries).unwrap(),
                listed: true,
            };
            let page = OffsetPage::new(list, total, skipped, limit);
            assert_eq!(
                page.next(),
                next,
                "{entries} {total:?} {skipped:?} {limit:?}"
            );
        }
    }
}
