//! A calendar as HighLevel gives it.

use serde::de::{self, Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_with::serde_as;

use super::settings::{CalendarSettings, CalendarType};
use crate::ids::{CalendarId, LocationId};
use crate::lenient::Lenient;

/// A calendar as HighLevel gives it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Calendar {
    /// Its id.
    pub id: CalendarId,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The name that people see.
    pub name: Option<String>,
    /// What kind it is.
    pub calendar_type: Option<CalendarType>,
    /// Everything that can be set about it.
    pub settings: CalendarSettings,
}

#[serde_as]
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    id: CalendarId,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    location_id: Option<LocationId>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    name: Option<String>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    calendar_type: Option<CalendarType>,
}

impl<'de> Deserialize<'de> for Calendar {
    /// Head and settings are read one after the other: serde's `flatten` would keep lenient lists from the raw text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let head: Head = serde_json::from_str(raw.get()).map_err(de::Error::custom)?;
        Ok(Self {
            id: head.id,
            location_id: head.location_id,
            name: head.name,
            calendar_type: head.calendar_type,
            settings: serde_json::from_str(raw.get()).map_err(de::Error::custom)?,
        })
    }
}
