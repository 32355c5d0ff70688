//! The order of a search, and where its next page begins: by number, or behind the last item of the page before.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Way;

/// Which page of a search. HighLevel takes a number or a cursor, not both.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum SearchPage {
    /// The first.
    #[default]
    First,
    /// A page by its number, from 1. HighLevel gives up after 10 000 contacts; [`After`](Self::After) does not.
    Number {
        /// The number.
        page: u32,
    },
    /// The page after a cursor; filters and sorting must be those of the page that gave it.
    After {
        /// The cursor.
        #[serde(rename = "searchAfter")]
        search_after: SearchCursor,
    },
}

/// Where a search goes on: the sort values of a contact, as HighLevel sends them. `Debug` does not show them, since a
/// search can be sorted by e-mail.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SearchCursor(Vec<Value>);

impl fmt::Debug for SearchCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SearchCursor({} values)", self.0.len())
    }
}

impl SearchCursor {
    /// Whether one of the values is this id, so that no two items can have the cursor.
    pub(crate) fn names(&self, id: &str) -> bool {
        self.0.iter().any(|value| value == id)
    }

    /// The values, if there are two: of what is sorted by, as a whole number, and an id.
    pub(crate) fn number_and_id(&self) -> Option<(i64, &str)> {
        match &self.0[..] {
            [value, id] => Some((value.as_i64()?, id.as_str()?)),
            _ => None,
        }
    }
}

impl SearchPage {
    /// How many items come before it, by pages of this length. It is not known of a cursor.
    pub(crate) fn skipped(&self, length: u32) -> Option<u64> {
        match self {
            Self::First => Some(0),
            Self::Number { page } => Some(u64::from(page.saturating_sub(1)) * u64::from(length)),
            Self::After { .. } => None,
        }
    }

    /// The way on after a page that was asked for as this: by the last item's cursor, or where it has none by the number.
    /// `item` gives an item's id and its cursor.
    pub(crate) fn way_on<T>(
        &self,
        items: &[T],
        item: fn(&T) -> (&str, Option<&SearchCursor>),
    ) -> Option<Way<Self>> {
        let after = |one: &T| {
            let search_after = item(one).1?.clone();
            Some(Self::After { search_after })
        };
        let names = |page: &Self, one: &T| match page {
            Self::After { search_after } => search_after.names(item(one).0),
            _ => false,
        };
        let by_number = || match self {
            _ if items.is_empty() => None,
            Self::First => Some(Self::Number { page: 2 }),
            Self::Number { page } => page.checked_add(1).map(|page| Self::Number { page }),
            Self::After { .. } => None,
        };
        Way::after_last(items, after, names).or_else(|| by_number().map(Way::At))
    }
}

/// Which way to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
// Exhaustive on purpose: there is no third direction.
pub enum SortDirection {
    /// Smallest or oldest first.
    #[serde(rename = "asc")]
    Ascending,
    /// Largest or newest first.
    #[serde(rename = "desc")]
    Descending,
}

impl SortDirection {
    /// The word HighLevel uses.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }
}
