//! Pages of listings that are asked for by their number.

use super::listing::{Entries, Named, count};
use crate::client::{Outlook, Page, Way};

/// One page of a listing that is asked for by the page's number, from 1.
///
/// Entries that are made or deleted while pages are read move the rest by one: an entry can come twice or be missed. The
/// streams give none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberedPage<T> {
    /// The entries of this page.
    pub items: Vec<T>,
    /// How many entries there are in all; `None` where HighLevel does not say.
    pub total: Option<u64>,
    /// The number of this page.
    pub number: u32,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    /// How many a page has.
    length: u32,
}

impl<T> NumberedPage<T> {
    /// `length` is what was asked for, or what HighLevel documents to take else.
    pub(super) fn new(list: Entries<T>, total: Option<u64>, number: u32, length: u32) -> Self {
        Self {
            items: list.items,
            total,
            number,
            entries: list.count,
            listed: list.listed,
            length,
        }
    }

    /// The number of the page after this one. `None` when this one is empty, or is the last by [`total`](Self::total);
    /// without a total only an empty page is known to be the last, since HighLevel may give fewer entries than it was
    /// asked for.
    pub fn next(&self) -> Option<u32> {
        let before = u64::from(self.number.saturating_sub(1)) * u64::from(self.length);
        let entries = self.entries as u64;
        let is_last = |total: u64| {
            // A count up to a full page may be that of the page alone.
            let is_of_all = !self.is_full() || total > entries;
            before.saturating_add(entries) >= total && is_of_all
        };
        let more = entries > 0 && !self.total.is_some_and(is_last);
        more.then(|| self.number.saturating_add(1))
    }

    fn is_full(&self) -> bool {
        self.entries >= count(self.length)
    }
}

impl<T: Named + PartialEq + Clone> Page for NumberedPage<T> {
    type Item = T;
    type Cursor = u32;

    fn outlook(&self) -> Outlook<u32> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
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
    fn a_page_knows_the_number_of_the_next_one() {
        for (entries, total, number, length, next) in [
            (2, Some(5), 1, 2, Some(2)),
            (2, Some(5), 2, 2, Some(3)),
            (1, Some(5), 3, 2, None),
            (1, None, 3, 2, Some(4)),
            (0, None, 3, 2, None),
            (0, Some(5), 1, 2, None),
            // A count of the page is none of the listing.
            (2, Some(2), 1, 2, Some(2)),
            (1, Some(1), 1, 2, None),
        ] {
            let list = Entries {
                items: vec![(); entries],
                count: entries,
                listed: true,
            };
            let page = NumberedPage::new(list, total, number, length);
            assert_eq!(page.next(), next, "{entries} {total:?} {number} {length}");
        }
    }
}
