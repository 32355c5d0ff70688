//! Numbers of services: a text to one of them costs extra, or reaches no person.
//!
//! The facts are in `service_numbers.toml`, with their source; this file looks numbers up.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::numbering_plan::Service;
use super::table::{self, InvalidTable};
use crate::phone::PhoneNumber;

const TABLE: &str = "service_numbers.toml";

/// The services of every calling code.
#[derive(Debug)]
pub(super) struct ServiceNumbers(BTreeMap<u16, Vec<Prefix>>);

/// The first digits after a calling code, and the length of their numbers, if they do not apply to numbers of every
/// length.
#[derive(Debug)]
struct Prefix {
    digits: String,
    length: Option<usize>,
    service: Service,
}

impl ServiceNumbers {
    /// The table that comes with the crate.
    pub(super) fn built_in() -> &'static Self {
        static NUMBERS: LazyLock<ServiceNumbers> = LazyLock::new(|| {
            match ServiceNumbers::from_toml(include_str!("service_numbers.toml")) {
                Ok(numbers) => numbers,
                // A test reads the table, so a release cannot fail here.
                Err(error) => unreachable!("the table is not sound: {error}"),
            }
        });
        &NUMBERS
    }

    fn from_toml(text: &str) -> Result<Self, InvalidTable> {
        let rows: BTreeMap<u16, Row> = table::read(TABLE, text)?;
        let numbers = rows.into_iter().map(|(code, row)| {
            let kinds = [
                (Service::TollFree, row.toll_free),
                (Service::Premium, row.premium),
                (Service::SharedCost, row.shared_cost),
                (Service::NonGeographic, row.other),
            ];
            let prefixes = kinds
                .iter()
                .flat_map(|(service, prefixes)| Prefix::all(*service, prefixes));
            (code, prefixes.collect())
        });
        Ok(Self(numbers.collect()))
    }

    /// The service that the number belongs to, if it belongs to one.
    pub(super) fn service(&self, number: &PhoneNumber) -> Option<Service> {
        let (code, digits) = number.split()?;
        let mut prefixes = self.0.get(&code)?.iter();
        let found = prefixes.find(|prefix| {
            let fits = prefix.length.is_none_or(|length| length == digits.len());
            fits && digits.starts_with(&prefix.digits)
        });
        found.map(|prefix| prefix.service)
    }
}

impl Prefix {
    fn all(service: Service, prefixes: &str) -> impl Iterator<Item = Self> {
        prefixes.split_whitespace().map(move |prefix| {
            let (digits, length) = match prefix.split_once('/') {
                Some((digits, length)) => (digits, length.parse().ok()),
                None => (prefix, None),
            };
            Self {
                digits: digits.to_owned(),
                length,
                service,
            }
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Row {
    toll_free: String,
    premium: String,
    shared_cost: String,
    other: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_is_made_of_digits_and_every_length_is_read() {
        let prefixes = || ServiceNumbers::built_in().0.values().flatten();
        for Prefix { digits, .. } in prefixes() {
            assert!(!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
        let text = include_str!("service_numbers.toml");
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        let written: usize = rows.map(|row| row.matches('/').count()).sum();
        let read = prefixes().filter(|prefix| prefix.length.is_some());
        assert_eq!(read.count(), written);
    }

    #[test]
    fn services_of_countries_that_a_recipe_may_open() {
        use Service::{NonGeographic, Premium, SharedCost, TollFree};
        for (number, expected) in [
            ("+448001234567", Some(TollFree)),
            ("+449012345678", Some(Premium)),
            ("+443001234567", Some(NonGeographic)),
            ("+447700900123", None),
            ("+442079460958", None),
            ("+33800123456", Some(TollFree)),
            ("+33899123456", Some(Premium)),
            ("+33612345678", None),
            ("+498001234567", Some(TollFree)),
            ("+499001234567", Some(Premium)),
            ("+491801234567", Some(SharedCost)),
            ("+4915123456789", None),
            ("+611800123456", Some(TollFree)),
            ("+611300123456", Some(SharedCost)),
            ("+61412345678", None),
            ("+34900123456", Some(TollFree)),
            ("+34803123456", Some(Premium)),
            ("+34612345678", None),
            ("+39800123456", Some(TollFree)),
            ("+390612345678", None),
            ("+528001234567", Some(TollFree)),
            ("+525512345678", None),
            ("+558001234567", Some(TollFree)),
            ("+5511912345678", None),
            ("+911800123456", Some(TollFree)),
            ("+919876543210", None),
            ("+12423001234", Some(TollFree)),
            ("+13459761234", Some(Premium)),
            ("+12424771234", None),
            ("+13125550142", None),
        ] {
            let number: PhoneNumber = serde_json::from_value(number.into()).unwrap();
            let found = ServiceNumbers::built_in().service(&number);
            assert_eq!(found, expected, "{}", number.e164());
        }
    }
}
