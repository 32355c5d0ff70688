//! Pages of the calendar listings that take `skip` and `limit`.

use crate::api::listing::{Entries, Named, count};
use crate::client::{Outlook, Page, Way};

/// Which part of a listing to read. The default is the first 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// How many to leave out from the start.
    pub skip: u32,
    /// How many a page has at most. HighLevel allows 20 for notes, 500 for schedules, and names no bound for others.
    pub limit: u32,
}

impl Default for Paging {
    fn default() -> Self {
        Self { skip: 0, limit: 20 }
    }
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CalendarPage<T> {
    /// What this page holds.
    pub items: Vec<T>,
    paging: Paging,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    /// What HighLevel says of further pages.
    more: Option<bool>,
}

impl<T> CalendarPage<T> {
    /// `more` is what HighLevel says of further pages.
    pub(super) fn new(list: Entries<T>, paging: Paging, more: Option<bool>) -> Self {
        Self {
            items: list.items,
            paging,
            entries: list.count,
            listed: list.listed,
            more,
        }
    }

    /// The paging for the page after this one. `None` if HighLevel says that this is the last,
    /// or if it is empty. A page with fewer entries than `limit` is not always the last.
    pub fn next(&self) -> Option<Paging> {
        if self.entries == 0 || self.more == Some(false) {
            return None;
        }
        let came = u32::try_from(self.entries).unwrap_or(u32::MAX);
        Some(Paging {
            skip: self.paging.skip.saturating_add(came),
            ..self.paging
        })
    }
}

impl<T: Named + PartialEq + Clone> Page for CalendarPage<T> {
    type Item = T;
    type Cursor = Paging;

    fn outlook(&self) -> Outlook<Paging> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= count(self.paging.limit),
            total: None,
            more: self.more,
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
    fn a_page_is_the_last_if_highlevel_says_so_or_it_is_empty() {
        let paging = Paging { skip: 4, limit: 2 };
        let after = |skip| Some(Paging { skip, limit: 2 });
        for (entries, more, expected) in [
            (2, None, after(6)),
            (1, None, after(5)),
            (1, Some(true), after(5)),
            (2, Some(false), None),
            (0, None, None),
            (0, Some(true), None),
        ] {
            let list = Entries {
                items: vec![(); entries],
                count: entries,
                listed: true,
            };
            let page = CalendarPage::new(list, paging, more);
            assert_eq!(page.next(), expected, "{entries} {more:?}");
        }
    }
}
