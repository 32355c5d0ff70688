//! The one table of where HighLevel's files are not to be followed: each row says what is so instead, why, and who says
//! it. A row that excuses nothing fails the test. The rows stand in files by module; those here are for all of them.

mod calendars;
mod contacts;
mod conversations;
mod locations;
mod oauth;
mod object_fields;
mod opportunities;
mod phone_system;
mod set_up;
mod users;

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::spec::{Operation, Version};

/// One row.
pub(super) struct Exception {
    /// The operations it is about, as `GET /contacts/{contactId}`, in one version as `v3 GET /contacts/{contactId}`;
    /// `*` for all.
    pub(super) operations: &'static [&'static str],
    /// Where: names with `/` between, `*` for any one name or place in a list, `**` in front for any number of them.
    /// Of a request: `query/limit`, `header/version`, `body/customFields/*/value`. Of an answer: `contact/ssn`, and
    /// nothing at all for the whole.
    pub(super) place: &'static str,
    pub(super) what: What,
    pub(super) why: &'static str,
    /// Where the reason is to be found: an issue of `GoHighLevel/highlevel-api-docs` (`#170`), another place in the
    /// files, an SDK.
    pub(super) source: &'static str,
}

/// What is otherwise than the files say.
pub(super) enum What {
    /// A field of an answer that our type leaves out.
    NotKept,
    /// What stands in an answer really, in the place of what the schema leads to.
    Really(fn() -> Value),
    /// A field of an answer that is never missing, though the file does not say so.
    Always,
    /// A field of a request that may be missing, though the file says it may not.
    Optional,
    /// An input that our methods do not offer.
    NotGiven,
    /// What HighLevel takes at this place of a request really: a schema in the place of the one in the file.
    Takes(fn() -> Value),
}

pub(super) struct Table {
    rows: Vec<Exception>,
    used: Vec<AtomicBool>,
}

/// What an answer holds that tells the caller nothing.
fn for_all() -> Vec<Exception> {
    const ALL: &[&str] = &["*"];
    vec![
        Exception {
            operations: ALL,
            place: "traceId",
            what: What::NotKept,
            why: "it names the request for HighLevel's support, which asks for it after failures; errors keep it",
            source: "docs/oauth/Overview.md",
        },
        Exception {
            operations: ALL,
            place: "succeded",
            what: What::NotKept,
            why: "a 2xx with a value says yes already; where there is no value, `false` becomes an error",
            source: "schemas with `succeded` beside the value, such as UpdateContactsSuccessfulResponseDto",
        },
        Exception {
            operations: ALL,
            place: "succeeded",
            what: What::NotKept,
            why: "see `succeded`; version 3 spells it properly",
            source: "v3/contacts-v3.json",
        },
        Exception {
            operations: ALL,
            place: "success",
            what: What::NotKept,
            why: "see `succeded`; some operations call it so",
            source: "ContactsBulkUpateResponse, UpdateBusinessResponseDto",
        },
    ]
}

impl Table {
    pub(super) fn new() -> Self {
        let rows: Vec<Exception> = [
            for_all(),
            calendars::rows(),
            contacts::rows(),
            oauth::rows(),
            object_fields::rows(),
            opportunities::rows(),
            users::rows(),
            conversations::rows(),
            locations::rows(),
            phone_system::rows(),
            set_up::rows(),
        ]
        .into_iter()
        .flatten()
        .collect();
        let used = rows.iter().map(|_| AtomicBool::new(false)).collect();
        Self { rows, used }
    }

    /// Replaces the schemas of a request that are not what HighLevel takes. `broken` are the places that the request
    /// breaks without that; rows that have nothing to do with them stay unused. Gives whether anything was replaced.
    pub(super) fn correct(
        &self,
        operation: &Operation,
        root: &str,
        broken: &[&str],
        schema: &mut Value,
    ) -> bool {
        let mut replaced = false;
        for (row, used) in self.rows.iter().zip(&self.used) {
            let Some(rest) = below(row.place, root) else {
                continue;
            };
            let excuses = broken
                .iter()
                .any(|place| fits(row.place, place) || reaches(row.place, place));
            if row.is_about(operation) && excuses && row.what.mend(schema, rest) {
                used.store(true, Ordering::Relaxed);
                replaced = true;
            }
        }
        replaced
    }

    /// Whether a field of an answer may be lost.
    pub(super) fn not_kept(&self, operation: &Operation, place: &str) -> bool {
        self.find(operation, place, |what| matches!(what, What::NotKept))
            .is_some()
    }

    /// Whether a field of an answer is never missing.
    pub(super) fn always(&self, operation: &Operation, place: &str) -> bool {
        self.find(operation, place, |what| matches!(what, What::Always))
            .is_some()
    }

    /// Whether our methods may leave an input of a request out, or one that it is a part of.
    pub(super) fn not_given(&self, operation: &Operation, place: &str) -> bool {
        let mut places = place.match_indices('/').map(|(end, _)| &place[..end]);
        let row = |place| self.find(operation, place, |what| matches!(what, What::NotGiven));
        row(place).is_some() || places.any(|above| row(above).is_some())
    }

    /// Whether a field of a request may be missing.
    pub(super) fn optional(&self, operation: &Operation, place: &str) -> bool {
        self.find(operation, place, |what| matches!(what, What::Optional))
            .is_some()
    }

    /// What stands at this place of an answer really.
    pub(super) fn really(&self, operation: &Operation, place: &str) -> Option<Value> {
        let row = self.find(operation, place, |what| matches!(what, What::Really(_)))?;
        match row.what {
            What::Really(value) => Some(value()),
            _ => None,
        }
    }

    fn find(
        &self,
        operation: &Operation,
        place: &str,
        what: impl Fn(&What) -> bool,
    ) -> Option<&Exception> {
        let index = self
            .rows
            .iter()
            .position(|row| what(&row.what) && row.is_about(operation) && fits(row.place, place))?;
        self.used[index].store(true, Ordering::Relaxed);
        Some(&self.rows[index])
    }

    /// The rows that have excused nothing.
    pub(super) fn stale(&self) -> Vec<String> {
        let rows = self.rows.iter().zip(&self.used);
        rows.filter(|(_, used)| !used.load(Ordering::Relaxed))
            .map(|(row, _)| format!("{:?} {}: {}", row.operations, row.place, row.why))
            .collect()
    }

    /// The rows without a reason or a source.
    pub(super) fn unfounded(&self) -> Vec<String> {
        let rows = self.rows.iter();
        rows.filter(|row| row.why.is_empty() || row.source.is_empty())
            .map(|row| format!("{:?} {}", row.operations, row.place))
            .collect()
    }
}

impl What {
    /// Makes the schema of a request say what is so at a place of it. `false` if there is nothing to be done.
    fn mend(&self, schema: &mut Value, place: &str) -> bool {
        match self {
            Self::Takes(really) => at(schema, place).map(|there| *there = really()),
            _ => None,
        }
        .is_some()
    }
}

impl Exception {
    fn is_about(&self, operation: &Operation) -> bool {
        let mut named = self.operations.iter();
        named.any(
            |named| match (named.split_at_checked(3), operation.version) {
                _ if *named == "*" => true,
                (Some(("v2 ", name)), version) => version == Version::V2 && name == operation.name,
                (Some(("v3 ", name)), version) => version == Version::V3 && name == operation.name,
                _ => *named == operation.name,
            },
        )
    }
}

/// What of a place is left below its root, such as `customFields/*` of `body/customFields/*`.
fn below<'a>(place: &'a str, root: &str) -> Option<&'a str> {
    let rest = place.strip_prefix(root)?;
    if rest.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix('/')
    }
}

/// Whether `place` lies inside of what the pattern names.
fn reaches(pattern: &str, place: &str) -> bool {
    let names: Vec<_> = place.split('/').collect();
    let inside = (1..names.len()).rev();
    inside
        .into_iter()
        .any(|length| fits(pattern, &names[..length].join("/")))
}

/// What a schema says of this place. `None` if it has no such place.
fn at<'a>(schema: &'a mut Value, place: &str) -> Option<&'a mut Value> {
    let (name, rest) = place.split_once('/').unwrap_or((place, ""));
    let inner = match name {
        "" => return Some(schema),
        "*" => schema.get_mut("items"),
        _ => schema
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .map(|properties| properties.entry(name).or_insert_with(|| json!({}))),
    };
    at(inner?, rest)
}

fn fits(pattern: &str, place: &str) -> bool {
    let pattern: Vec<_> = pattern.split('/').collect();
    let mut place: Vec<_> = place.split('/').collect();
    let pattern = match pattern.split_first() {
        Some((&"**", rest)) if place.len() >= rest.len() => {
            place.drain(..place.len() - rest.len());
            rest
        }
        _ => &pattern[..],
    };
    pattern.len() == place.len()
        && pattern
            .iter()
            .zip(&place)
            .all(|(pattern, name)| *pattern == "*" || pattern == name)
}

#[test]
fn a_place_fits_its_pattern() {
    for (pattern, place, expected) in [
        ("contact/ssn", "contact/ssn", true),
        ("contact/ssn", "contact/ssn/x", false),
        ("contacts/*/ssn", "contacts/0/ssn", true),
        ("**/ssn", "a/b/ssn", true),
        ("**/ssn", "ssn", true),
        ("**/x/ssn", "ssn", false),
        ("", "", true),
        ("", "x", false),
    ] {
        assert_eq!(fits(pattern, place), expected, "{pattern} {place}");
    }
}
