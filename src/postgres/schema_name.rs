//! The name of a schema, which stands in statements as it is.

use std::fmt;
use std::str::FromStr;

/// The most bytes of a name in PostgreSQL.
const LONGEST: usize = 63;

/// The name of the PostgreSQL schema that holds the tables: lower-case letters, digits and `_`, beginning with a letter or
/// `_`, at most 63 bytes, and none of PostgreSQL's own (`pg_…`, `information_schema`). The default is `gohighlevel`.
///
/// ```
/// use gohighlevel::postgres::SchemaName;
///
/// assert!("missed_calls".parse::<SchemaName>().is_ok());
/// assert!("Robert\"; DROP TABLE students; --".parse::<SchemaName>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SchemaName(String);

impl SchemaName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for SchemaName {
    fn default() -> Self {
        Self("gohighlevel".into())
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name is not one of a schema for these tables; [`SchemaName`] says which are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` cannot name the schema: use lower-case letters, digits and `_`, a letter or `_` first, at most 63 of them, and no name that PostgreSQL keeps for itself"
)]
pub struct InvalidSchemaName(String);

impl FromStr for SchemaName {
    type Err = InvalidSchemaName;

    fn from_str(name: &str) -> Result<Self, InvalidSchemaName> {
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        let goes_on = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let is_theirs = name.starts_with("pg_") || name == "information_schema";
        if begins && name.len() <= LONGEST && name.chars().all(goes_on) && !is_theirs {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidSchemaName(name.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_schemas() {
        for good in ["gohighlevel", "_a1", "user", &"a".repeat(63)] {
            assert_eq!(good.parse::<SchemaName>().unwrap().as_str(), good);
        }
        let long = "a".repeat(64);
        for bad in [
            "",
            "1a",
            "A",
            "a b",
            "a\"b",
            "a.b",
            "pg_temp",
            "information_schema",
            "ä",
            &long,
        ] {
            assert!(bad.parse::<SchemaName>().is_err(), "{bad}");
        }
    }
}
