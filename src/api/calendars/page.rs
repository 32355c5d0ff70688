//! Pages of those listings that skip and limit.

use crate::client::Page;

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
    next: Option<Paging>,
}

impl<T> CalendarPage<T> {
    /// `more` is what HighLevel says of further pages; where it says nothing, a full page promises another.
    pub(super) fn new(items: Vec<T>, paging: Paging, more: Option<bool>) -> Self {
        let full = items.len() >= paging.limit as usize;
        let next = Paging {
            skip: paging.skip.saturating_add(paging.limit),
            ..paging
        };
        let goes_on = paging.limit > 0 && more.unwrap_or(full);
        Self {
            items,
            next: goes_on.then_some(next),
        }
    }

    /// The paging for the page after this one; `None` if this is the last.
    pub fn next(&self) -> Option<Paging> {
        self.next
    }
}

impl<T: PartialEq + Clone> Page for CalendarPage<T> {
    type Item = T;
    type Cursor = Paging;

    fn next_page(&self) -> Option<Paging> {
        self.next
    }

    fn into_items(self) -> Vec<T> {
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_promises_another_unless_highlevel_says_otherwise() {
        let paging = Paging { skip: 4, limit: 2 };
        let next = Some(Paging { skip: 6, limit: 2 });
        for (items, more, expected) in [
            (2, None, next),
            (1, None, None),
            (1, Some(true), next),
            (2, Some(false), None),
        ] {
            let page = CalendarPage::new(vec![(); items], paging, more);
            assert_eq!(page.next(), expected, "{items} {more:?}");
        }
    }

    #[test]
    fn pages_of_nothing_do_not_go_on_for_ever() {
        let paging = Paging { skip: 0, limit: 0 };
        let page = CalendarPage::<()>::new(Vec::new(), paging, Some(true));
        assert_eq!(page.next(), None);
    }
}
