//! Errors in a table of rules, and how its pieces are read. Every table of this module is one TOML text.

use std::ops::Range;

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::zone_files::zone;

/// A table of rules that cannot be used: its name, the line, what is wrong and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table}, line {line}: {what}")]
pub struct InvalidTable {
    table: &'static str,
    line: usize,
    what: String,
}

impl InvalidTable {
    pub(super) fn new(
        table: &'static str,
        text: &str,
        span: Option<Range<usize>>,
        what: impl Into<String>,
    ) -> Self {
        let before = span.and_then(|span| text.get(..span.start));
        Self {
            table,
            line: before.unwrap_or_default().matches('\n').count() + 1,
            what: what.into(),
        }
    }

    /// The line in the table's text, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

/// Reads the TOML `text` of the table that errors call `table`.
pub(super) fn read<T: DeserializeOwned>(
    table: &'static str,
    text: &str,
) -> Result<T, InvalidTable> {
    toml::from_str(text)
        .map_err(|error| InvalidTable::new(table, text, error.span(), error.message()))
}

/// A time zone by its IANA name.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct NamedZone(pub(super) TimeZone);

impl TryFrom<String> for NamedZone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        zone(&name).map(Self).ok_or_else(|| {
            format!("`{name}` is no time zone; write an IANA name, such as America/New_York")
        })
    }
}
