//! The appointments of a contact, as they stand beside it; calendars have more.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Deserializer};
use serde_with::serde_as;

use crate::api::listing::Entries;
use crate::ids::{CalendarEventId, CalendarGroupId, CalendarId, ContactId, LocationId, UserId};
use crate::lenient::{FromScalar, Lenient, LenientList};
use crate::open_enum::open_enum;
use crate::secret::Private;

open_enum! {
    /// How far an appointment is. Note the spelling: two l, and no hyphen.
    pub enum AppointmentState {
        /// Waits to be confirmed.
        New = "new",
        /// Confirmed.
        Confirmed = "confirmed",
        /// Cancelled.
        Cancelled = "cancelled",
        /// The contact came.
        Showed = "showed",
        /// The contact did not come.
        NoShow = "noshow",
        /// Not a real one.
        Invalid = "invalid",
        /// Booked, as the documentation's samples say.
        Booked = "booked",
        /// Under way.
        Active = "active",
        /// Over.
        Completed = "completed",
    }
}

/// When something in a calendar is. A contact's appointments come as `2021-07-16 11:00:00` without a zone, which is
/// presumably that of the location; calendars give an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AppointmentTime {
    /// A moment.
    At(Timestamp),
    /// What a clock on the wall shows.
    Local(civil::DateTime),
}

impl AppointmentTime {
    /// The moment, with `zone` for a time without one. `None` where the moment is out of range.
    pub fn in_zone(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::At(time) => Some(time),
            Self::Local(time) => zone.to_timestamp(time).ok(),
        }
    }
}

impl FromScalar for AppointmentTime {
    fn from_text(text: &str) -> Option<Self> {
        match text.trim().parse() {
            Ok(time) => Some(Self::At(time)),
            Err(_) => text.trim().parse().ok().map(Self::Local),
        }
    }

    fn from_signed(number: i64) -> Option<Self> {
        Timestamp::from_signed(number).map(Self::At)
    }

    fn from_unsigned(number: u64) -> Option<Self> {
        Timestamp::from_unsigned(number).map(Self::At)
    }
}

/// An appointment of a contact.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct ContactAppointment {
    /// Its id.
    pub id: CalendarEventId,
    /// The calendar it is in.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub calendar_id: Option<CalendarId>,
    /// The group of the calendar.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub group_id: Option<CalendarGroupId>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
    /// The contact.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_id: Option<ContactId>,
    /// The title.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub title: Option<Private<String>>,
    /// What was noted about it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub notes: Option<Private<String>>,
    /// Where it is.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub address: Option<Private<String>>,
    /// The state of the slot, such as `booked`.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub status: Option<AppointmentState>,
    /// How far the appointment is.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub appointment_status: Option<AppointmentState>,
    /// The same as some answers spell it, some of them beside the other.
    #[serde(default, rename = "appoinmentStatus")]
    #[serde_as(deserialize_as = "Lenient")]
    misspelt_status: Option<AppointmentState>,
    /// The user whom the contact meets.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub assigned_user_id: Option<UserId>,
    /// The other users who take part.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub users: Vec<UserId>,
    /// The rooms and the equipment that are taken.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub assigned_resources: Vec<String>,
    /// When it begins.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub start_time: Option<AppointmentTime>,
    /// When it ends.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub end_time: Option<AppointmentTime>,
    /// When it was made.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub date_added: Option<AppointmentTime>,
    /// When it was last changed.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub date_updated: Option<AppointmentTime>,
}

impl<'de> Deserialize<'de> for ContactAppointment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The fields as they stand above.
        let mut read = Self::deserialize(deserializer)?;
        let misspelt = read.misspelt_status.take();
        read.appointment_status = read.appointment_status.or(misspelt);
        Ok(read)
    }
}

#[serde_as]
#[derive(Deserialize)]
pub(super) struct Appointments {
    #[serde(default)]
    pub(super) events: Entries<ContactAppointment>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_read_in_the_zone_given() {
        let new_york = TimeZone::fixed(jiff::tz::offset(-4));
        let expected = Some("2021-07-16T15:00:00Z".parse().unwrap());
        for text in ["2021-07-16 11:00:00", "2021-07-16T11:00:00-04:00"] {
            let time = AppointmentTime::from_text(text).unwrap();
            assert_eq!(time.in_zone(&new_york), expected, "{text}");
        }
        assert_eq!(AppointmentTime::from_text("soon"), None);
    }
}
