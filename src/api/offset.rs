//! Pages of listings that go on after a number of entries (`skip`) instead of at a cursor.

use crate::client::Page;

/// One page of a listing that goes on after a number of entries.
///
/// Entries that are made or deleted while somebody pages move the rest by one: an entry can come twice or be missed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OffsetPage<T> {
    /// The entries of this page.
    pub items: Vec<T>,
    /// How many entries there are in all; `None` where HighLevel does not say.
    pub total: Option<u64>,
    skipped: u64,
}

impl<T> OffsetPage<T> {
    pub(super) fn new(items: Vec<T>, total: Option<u64>, skipped: Option<u64>) -> Self {
        Self {
            items,
            total,
            skipped: skipped.unwrap_or(0),
        }
    }

    /// What `skip` has to be for the page after this one. `None` when this one is empty, or is the last by
    /// [`total`](Self::total); without a total only an empty page is known to be the last, since HighLevel may give
    /// fewer entries than it was asked for.
    pub fn next(&self) -> Option<u64> {
        let seen = self
            .skipped
            .saturating_add(u64::try_from(self.items.len()).ok()?);
        let more = !self.items.is_empty() && self.total.is_none_or(|total| seen < total);
        more.then_some(seen)
    }
}

impl<T: PartialEq + Clone> Page for OffsetPage<T> {
    type Item = T;
    type Cursor = u64;

    fn next_page(&self) -> Option<u64> {
        self.next()
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
        for (items, total, skipped, next) in [
            (vec![1, 2], Some(5), None, Some(2)),
            (vec![1, 2], Some(5), Some(2), Some(4)),
            (vec![1], Some(5), Some(4), None),
            (vec![1], None, Some(4), Some(5)),
            (vec![], None, Some(4), None),
            (vec![], Some(5), Some(2), None),
        ] {
            assert_eq!(OffsetPage::new(items, total, skipped).next(), next);
        }
    }
}
