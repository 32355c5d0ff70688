//! Where the called person may be: the time zones and states that a text must be lawful in.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::numbering_plan::NumberingPlan;
use super::region::{Country, State};
use crate::phone::PhoneNumber;
use crate::zone_files::zone;

/// What HighLevel knows about the place of a person. Zones are IANA names; a name that is not valid counts as absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaceFacts<'f> {
    /// The number that the text goes to.
    pub phone: Option<&'f PhoneNumber>,
    /// The contact's `timezone`.
    pub contact_zone: Option<&'f str>,
    /// The location's setting `disableContactTimezone`: the contact's zone does not count.
    pub contact_zone_disabled: bool,
    /// The contact's `state`, as it was entered.
    pub contact_state: Option<&'f str>,
    /// The contact's `country`, ISO 3166-1 alpha-2. Outside the United States and Canada the state does not count: `WA`
    /// may be Western Australia.
    pub contact_country: Option<&'f str>,
    /// The location's `timezone`.
    pub location_zone: Option<&'f str>,
}

/// The zones and states in all of which a text must be lawful.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Jurisdictions {
    /// Each zone, with its source. Empty if nothing is known; then the local time is not known either.
    pub zones: Vec<JurisdictionZone>,
    /// Each state, with its source, in the order of the codes.
    pub states: Vec<JurisdictionState>,
}

/// A time zone that the person may be in.
#[derive(Debug, Clone, PartialEq)]
pub struct JurisdictionZone {
    /// The zone.
    pub zone: TimeZone,
    /// Its source.
    pub source: PlaceSource,
}

/// A state that the person may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JurisdictionState {
    /// The state.
    pub state: State,
    /// Its source; the contact's record if both sources name it.
    pub source: PlaceSource,
}

/// The source of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlaceSource {
    /// The contact's own time zone or state.
    Contact,
    /// The area code of the number, or the calling code of its country.
    AreaCode,
    /// The location's time zone, because nothing else is known.
    Location,
}

impl Jurisdictions {
    /// The candidates that follow from the facts.
    ///
    /// The zones are the contact's own, unless the location disables it, and all zones of the number's area code; if
    /// there are none of either, the location's. (HighLevel falls back to the account's zone as well: help article
    /// 48001239875.) The states too are those of the contact and of the area code together. The contact's record
    /// only adds places: Florida, Oklahoma and Oregon presume that the area code is the place, whatever the record
    /// says.
    pub fn of(facts: &PlaceFacts<'_>, table: &NumberingPlan) -> Self {
        let origin = facts.phone.and_then(|phone| table.origin(phone));
        let named = |name: Option<&str>, source| {
            let zone = zone(name?.trim())?;
            zone.iana_name()?;
            Some(JurisdictionZone { zone, source })
        };
        let of_contact = facts.contact_zone.filter(|_| !facts.contact_zone_disabled);
        let mut zones: Vec<_> = named(of_contact, PlaceSource::Contact)
            .into_iter()
            .collect();
        for zone in origin.into_iter().flat_map(|origin| &origin.zones) {
            if zones.iter().all(|known| known.zone != *zone) {
                zones.push(JurisdictionZone {
                    zone: zone.clone(),
                    source: PlaceSource::AreaCode,
                });
            }
        }
        if zones.is_empty() {
            zones.extend(named(facts.location_zone, PlaceSource::Location));
        }

        let has_states = match facts.contact_country.and_then(Country::read) {
            Some(country) => country == Country::US || country == Country::CA,
            None => true,
        };
        let own = facts.contact_state.filter(|_| has_states);
        let own = own.and_then(State::read).map(|state| JurisdictionState {
            state,
            source: PlaceSource::Contact,
        });
        let by_code = origin.into_iter().flat_map(|origin| &origin.states);
        let by_code = by_code.map(|state| JurisdictionState {
            state: *state,
            source: PlaceSource::AreaCode,
        });
        let mut states: Vec<_> = own.into_iter().chain(by_code).collect();
        // The sort is stable, so that the contact's record stays first.
        states.sort_by_key(|candidate| candidate.state);
        states.dedup_by_key(|candidate| candidate.state);
        Self { zones, states }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The candidates as `zone source` and `state source`.
    fn listed(facts: PlaceFacts<'_>) -> Vec<String> {
        let candidates = Jurisdictions::of(&facts, NumberingPlan::built_in());
        let zones = candidates.zones.iter().map(|candidate| {
            let name = candidate.zone.iana_name().unwrap();
            format!("{name} {:?}", candidate.source)
        });
        let states = candidates.states.iter();
        let states = states.map(|candidate| format!("{} {:?}", candidate.state, candidate.source));
        zones.chain(states).collect()
    }

    #[test]
    fn the_contacts_zone_and_the_area_code_or_else_the_location() {
        let pensacola: PhoneNumber = "+18505550100".parse().unwrap();
        let toll_free: PhoneNumber = "+18005550100".parse().unwrap();
        let all = PlaceFacts {
            phone: Some(&pensacola),
            contact_zone: Some("America/Denver"),
            location_zone: Some("America/Los_Angeles"),
            ..PlaceFacts::default()
        };
        assert_eq!(
            listed(all),
            [
                "America/Denver Contact",
                "America/Chicago AreaCode",
                "America/New_York AreaCode",
                "FL AreaCode"
            ]
        );
        // The contact's record comes first if both name the same zone.
        let same = PlaceFacts {
            contact_zone: Some("America/Chicago"),
            ..all
        };
        assert_eq!(
            listed(same),
            [
                "America/Chicago Contact",
                "America/New_York AreaCode",
                "FL AreaCode"
            ]
        );
        let by_code = [
            "America/Chicago AreaCode",
            "America/New_York AreaCode",
            "FL AreaCode",
        ];
        for odd in [None, Some(""), Some("Mars/Olympus")] {
            let facts = PlaceFacts {
                contact_zone: odd,
                ..all
            };
            assert_eq!(listed(facts), by_code, "{odd:?}");
        }
        let disabled = PlaceFacts {
            contact_zone_disabled: true,
            ..all
        };
        assert_eq!(listed(disabled), by_code);
        let nothing_but_location = PlaceFacts {
            phone: Some(&toll_free),
            contact_zone: None,
            ..all
        };
        assert_eq!(
            listed(nothing_but_location),
            ["America/Los_Angeles Location"]
        );
        assert!(listed(PlaceFacts::default()).is_empty());
    }

    #[test]
    fn states_of_the_contact_and_of_the_area_code_together() {
        let miami: PhoneNumber = "+13055550100".parse().unwrap();
        let facts = PlaceFacts {
            phone: Some(&miami),
            contact_zone: Some("US/Central"),
            contact_state: Some("texas"),
            ..PlaceFacts::default()
        };
        let both = [
            "US/Central Contact",
            "America/New_York AreaCode",
            "FL AreaCode",
            "TX Contact",
        ];
        assert_eq!(listed(facts), both);
        let same = PlaceFacts {
            contact_state: Some("Florida"),
            ..facts
        };
        assert_eq!(
            listed(same),
            [
                "US/Central Contact",
                "America/New_York AreaCode",
                "FL Contact"
            ]
        );
        let perth: PhoneNumber = "+61891234567".parse().unwrap();
        let abroad = PlaceFacts {
            phone: Some(&perth),
            contact_zone: Some("Australia/Perth"),
            contact_state: Some("WA"),
            contact_country: Some("AU"),
            ..PlaceFacts::default()
        };
        assert_eq!(listed(abroad), ["Australia/Perth Contact"]);
    }
}
