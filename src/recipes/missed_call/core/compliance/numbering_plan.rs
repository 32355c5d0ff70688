//! Where a telephone number is from, as far as its first digits show: country, states, time zones, kind of service.
//!
//! The facts are in `numbering_plan.toml`, with their sources; this file reads the table and looks numbers up.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;

use super::region::{Country, State};
use super::table::{self, InvalidTable, NamedZone};
use crate::phone::PhoneNumber;

const TABLE: &str = "numbering_plan.toml";

/// What the first digits of a telephone number say about its place. A phone moves with its owner, so this is
/// a presumption, not a fact.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct NumberOrigin {
    /// The country; the main one if several countries share the calling code.
    pub country: Option<Country>,
    /// The possible states; none outside the United States and Canada.
    pub states: Vec<State>,
    /// The possible time zones, each with an IANA name; none if the code says nothing about the zone.
    pub zones: Vec<TimeZone>,
    /// The service that the number belongs to instead of a place, in North America.
    pub service: Option<Service>,
}

/// The service of a number that belongs to no place and no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// The called business pays: 800, 833, 844 and so on in North America.
    TollFree,
    /// The caller pays extra: 900 in North America.
    Premium,
    /// The caller pays a part, outside of North America.
    SharedCost,
    /// Personal numbers, machines, carriers, governments: 5XX, 700, 710 and so on in North America.
    NonGeographic,
}

/// The origins of all numbers: a table of area codes and calling codes.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberingPlan {
    /// By the three digits after +1.
    area_codes: BTreeMap<u16, NumberOrigin>,
    /// By calling code, without +1.
    countries: BTreeMap<u16, NumberOrigin>,
}

impl NumberingPlan {
    /// The TOML of the table that comes with the crate, to copy and adapt. Its header names its sources and their date.
    pub const SOURCE: &'static str = include_str!("numbering_plan.toml");

    /// The table that comes with the crate.
    pub fn built_in() -> &'static Self {
        static TABLE: LazyLock<NumberingPlan> =
            LazyLock::new(|| match NumberingPlan::from_toml(NumberingPlan::SOURCE) {
                Ok(table) => table,
                // A test reads the table, so a release cannot fail here.
                Err(error) => unreachable!("the table is not sound: {error}"),
            });
        &TABLE
    }

    /// Reads a table of your own, in the form of [`SOURCE`](Self::SOURCE). Fails with the first problem: an
    /// unknown key, zone or state, an invalid code, or a code that appears twice.
    pub fn from_toml(text: &str) -> Result<Self, InvalidTable> {
        let file: File = table::read(TABLE, text)?;
        let mut area_codes = Codes::new(text, 200..=999, "area code");
        for area in file.area {
            let origin = NumberOrigin {
                country: Some(area.country),
                states: area.states,
                zones: area.zones.into_iter().map(|zone| zone.0).collect(),
                service: None,
            };
            for code in area.codes {
                area_codes.insert(code, origin.clone())?;
            }
        }
        for (service, codes) in [
            (Service::TollFree, file.services.toll_free),
            (Service::Premium, file.services.premium),
            (Service::NonGeographic, file.services.non_geographic),
        ] {
            for code in codes {
                let origin = NumberOrigin {
                    service: Some(service),
                    ..NumberOrigin::default()
                };
                area_codes.insert(code, origin)?;
            }
        }
        let mut countries = Codes::new(text, 2..=999, "calling code other than 1");
        for row in file.countries {
            let origin = NumberOrigin {
                country: Some(row.country),
                zones: row.zones.into_iter().map(|zone| zone.0).collect(),
                ..NumberOrigin::default()
            };
            countries.insert(row.code, origin)?;
        }
        Ok(Self {
            area_codes: area_codes.found,
            countries: countries.found,
        })
    }

    /// The calling code of a country; `None` for one that shares a code and is not the main one of it.
    pub(super) fn calling_code(&self, country: Country) -> Option<u16> {
        let is_there = |origin: &NumberOrigin| origin.country == Some(country);
        if self.area_codes.values().any(is_there) {
            return Some(1);
        }
        let mut countries = self.countries.iter();
        countries.find_map(|(code, origin)| is_there(origin).then_some(*code))
    }

    /// What the number's first digits say. `None` if they are not in the table: the number is of an area code newer
    /// than the table, or is no number at all.
    pub fn origin(&self, number: &PhoneNumber) -> Option<&NumberOrigin> {
        let digits = number.e164().strip_prefix('+')?;
        let code = |range: Range<usize>| digits.get(range)?.parse::<u16>().ok();
        if digits.starts_with('1') {
            let whole = digits.len() == 11;
            return self.area_codes.get(&code(1..4).filter(|_| whole)?);
        }
        // No calling code begins with another one (ITU-T E.164).
        (1..=3).find_map(|length| self.countries.get(&code(0..length)?))
    }
}

/// The codes read so far, and how to report an invalid one.
struct Codes<'t> {
    text: &'t str,
    range: RangeInclusive<u16>,
    what: &'static str,
    found: BTreeMap<u16, NumberOrigin>,
}

impl<'t> Codes<'t> {
    fn new(text: &'t str, range: RangeInclusive<u16>, what: &'static str) -> Self {
        Self {
            text,
            range,
            what,
            found: BTreeMap::new(),
        }
    }

    fn insert(&mut self, code: Spanned<u16>, origin: NumberOrigin) -> Result<(), InvalidTable> {
        let (span, code) = (code.span(), code.into_inner());
        let wrong = if !self.range.contains(&code) {
            format!("{code} is no {}", self.what)
        } else if self.found.insert(code, origin).is_some() {
            format!("{code} stands here for the second time; keep one")
        } else {
            return Ok(());
        };
        Err(InvalidTable::new(TABLE, self.text, Some(span), wrong))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    countries: Vec<CountryRow>,
    services: Services,
    area: Vec<Area>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountryRow {
    code: Spanned<u16>,
    country: Country,
    zones: Vec<NamedZone>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Services {
    toll_free: Vec<Spanned<u16>>,
    premium: Vec<Spanned<u16>>,
    non_geographic: Vec<Spanned<u16>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    country: Country,
    #[serde(default)]
    states: Vec<State>,
    zones: Vec<NamedZone>,
    codes: Vec<Spanned<u16>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(number: &str) -> Option<&'static NumberOrigin> {
        // Numbers that nobody can have are looked up too.
        let number = serde_json::from_value(number.into()).unwrap();
        NumberingPlan::built_in().origin(&number)
    }

    fn zones(number: &str) -> Vec<&'static str> {
        let zones = origin(number).map(|origin| origin.zones.as_slice());
        zones
            .unwrap_or_default()
            .iter()
            .map(|zone| zone.iana_name().unwrap())
            .collect()
    }

    fn states(number: &str) -> Vec<&'static str> {
        let states = origin(number).map(|origin| origin.states.as_slice());
        states
            .unwrap_or_default()
            .iter()
            .map(|s| s.code())
            .collect()
    }

    #[test]
    fn area_codes() {
        for (number, state, zone) in [
            ("+12125550100", "NY", "America/New_York"),
            ("+13055550100", "FL", "America/New_York"),
            ("+16895550100", "FL", "America/New_York"),
            ("+13125550100", "IL", "America/Chicago"),
            ("+16025550100", "AZ", "America/Phoenix"),
            ("+19155550100", "TX", "America/Denver"),
            ("+12065550100", "WA", "America/Los_Angeles"),
            ("+18085550100", "HI", "Pacific/Honolulu"),
            ("+17875550100", "PR", "America/Puerto_Rico"),
            ("+14165550100", "ON", "America/Toronto"),
            // In service after 2023, most of them missing from libphonenumber.
            ("+14655550100", "NY", "America/New_York"),
            ("+16795550100", "MI", "America/New_York"),
            ("+14715550100", "MS", "America/Chicago"),
            ("+19425550100", "ON", "America/Toronto"),
        ] {
            assert_eq!(states(number), [state], "{number}");
            assert_eq!(zones(number), [zone], "{number}");
        }
    }

    #[test]
    fn area_codes_that_span_zones_or_states() {
        let eastern_and_central = ["America/Chicago", "America/New_York"];
        for number in [
            "+18505550100",
            "+14485550100",
            "+12705550100",
            "+13645550100",
            "+18125550100",
            "+19305550100",
            "+14235550100",
            "+17295550100",
            "+19065550100",
        ] {
            assert_eq!(zones(number), eastern_and_central, "{number}");
        }
        assert_eq!(
            zones("+12085550100"),
            ["America/Boise", "America/Los_Angeles"]
        );
        assert_eq!(states("+19025550100"), ["NS", "PE"]);
        assert_eq!(states("+18675550100"), ["NT", "NU", "YT"]);
    }

    #[test]
    fn services_and_new_codes_have_no_place() {
        for (number, service) in [
            ("+18005550100", Service::TollFree),
            ("+18335550100", Service::TollFree),
            ("+18885550100", Service::TollFree),
            ("+19005550100", Service::Premium),
            ("+15005550006", Service::NonGeographic),
            ("+17005550100", Service::NonGeographic),
        ] {
            let origin = origin(number).unwrap();
            assert_eq!(origin.service, Some(service), "{number}");
            assert!(origin.zones.is_empty() && origin.country.is_none());
        }
        for number in ["+12115550100", "+19995550100", "+1212555010", "+2100000000"] {
            assert_eq!(origin(number), None, "{number}");
        }
    }

    #[test]
    fn other_countries() {
        let country = |number| origin(number).unwrap().country.unwrap().to_string();
        for (number, expected, zone) in [
            ("+442079460000", "GB", "Europe/London"),
            ("+4930901820", "DE", "Europe/Berlin"),
            ("+35312345678", "IE", "Europe/Dublin"),
            ("+18765550100", "JM", "America/Jamaica"),
        ] {
            assert_eq!(country(number), expected, "{number}");
            assert_eq!(zones(number), [zone], "{number}");
        }
        // Too many zones to leave a time that suits all.
        assert_eq!(country("+61291234567"), "AU");
        assert!(zones("+61291234567").is_empty());
    }

    #[test]
    fn the_table_holds_every_kind_of_code_once_and_each_with_a_zone() {
        let table = NumberingPlan::built_in();
        let geographic = |origin: &&NumberOrigin| origin.service.is_none();
        let areas: Vec<_> = table.area_codes.values().filter(geographic).collect();
        assert_eq!(areas.len(), 455);
        for origin in areas {
            let country = origin.country.unwrap();
            let has_states = country == Country::US || country == Country::CA;
            assert!(!origin.zones.is_empty(), "{origin:?}");
            assert_eq!(!origin.states.is_empty(), has_states, "{origin:?}");
        }
        let of = |country| {
            let areas = table.area_codes.values();
            let states = areas.filter(move |origin| origin.country == Some(country));
            let states: std::collections::BTreeSet<_> =
                states.flat_map(|origin| origin.states.clone()).collect();
            states.len()
        };
        // 50 states, the district and 5 territories; 10 provinces and 3 territories.
        assert_eq!((of(Country::US), of(Country::CA)), (56, 13));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let rest = "[services]\ntoll_free = [800]\npremium = []\nnon_geographic = []\n";
        let area = |zone: &str, codes: &str| {
            format!(
                "countries = []\n{rest}[[area]]\ncountry = \"US\"\nstates = [\"NJ\"]\n\
                 zones = [\"{zone}\"]\ncodes = [{codes}]\n"
            )
        };
        for (text, said) in [
            (
                area("America/Newark", "201"),
                "numbering_plan.toml, line 9: `America/Newark` is no time zone; write an IANA name, such as America/New_York",
            ),
            (
                area("America/New_York", "201, 201"),
                "numbering_plan.toml, line 10: 201 stands here for the second time; keep one",
            ),
            (
                area("America/New_York", "11"),
                "numbering_plan.toml, line 10: 11 is no area code",
            ),
            (
                area("America/New_York", "201").replace("NJ", "Jersey"),
                "numbering_plan.toml, line 8: `Jersey` is no state; write its postal code, such as FL or ON",
            ),
        ] {
            let error = NumberingPlan::from_toml(&text).unwrap_err();
            assert_eq!(error.to_string(), said);
        }
        assert!(NumberingPlan::from_toml(&area("America/New_York", "201")).is_ok());
    }
}
