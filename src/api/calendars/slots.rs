//! Free slots: what is asked and what comes back.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_with::serde_as;

use crate::client::Request;
use crate::ids::UserId;
use crate::lenient::{FromScalar as _, LenientList};

/// Which free slots to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeSlotsQuery {
    /// From when on.
    pub from: Timestamp,
    /// Until when; at most 31 days later.
    pub to: Timestamp,
    /// The zone whose days the slots are sorted into, as an IANA name; HighLevel takes the calendar's if `None`.
    pub timezone: Option<String>,
    /// Only slots of these users; of all of the calendar's if empty.
    pub users: Vec<UserId>,
}

impl FreeSlotsQuery {
    /// All slots of a range.
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self {
            from,
            to,
            timezone: None,
            users: Vec::new(),
        }
    }

    /// One user has a parameter of its own; several are the same parameter repeated.
    pub(super) fn parameters(&self, request: Request) -> Request {
        let request = request
            .query("startDate", self.from.as_millisecond())
            .query("endDate", self.to.as_millisecond())
            .query_opt("timezone", self.timezone.as_ref());
        match self.users.as_slice() {
            [user] => request.query("userId", user),
            users => users
                .iter()
                .fold(request, |request, user| request.query("userIds", user)),
        }
    }
}

/// When a calendar can be booked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FreeSlots {
    /// The starts of the free slots of each day that has any. The days are those of the zone that was asked for.
    pub days: BTreeMap<Date, Vec<Timestamp>>,
}

impl FreeSlots {
    /// The starts of all free slots, day by day.
    pub fn iter(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.days.values().flatten().copied()
    }
}

impl<'de> Deserialize<'de> for FreeSlots {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Days)
    }
}

/// Days are the keys of the answer itself; a trace id may stand beside them.
struct Days;

impl<'de> Visitor<'de> for Days {
    type Value = FreeSlots;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of days")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<FreeSlots, A::Error> {
        let mut days = BTreeMap::new();
        while let Some(key) = entries.next_key::<std::borrow::Cow<'de, str>>()? {
            let Ok(date) = key.parse::<Date>() else {
                entries.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw = entries.next_value::<&RawValue>()?;
            if let Ok(day) = serde_json::from_str::<Day>(raw.get()) {
                let starts = day.slots.iter();
                days.insert(
                    date,
                    starts
                        .filter_map(|text| Timestamp::from_text(text))
                        .collect(),
                );
            }
        }
        Ok(FreeSlots { days })
    }
}

#[serde_as]
#[derive(Deserialize, Default)]
#[serde(default)]
struct Day {
    #[serde_as(deserialize_as = "LenientList")]
    slots: Vec<String>,
}
