//! The settings of a calendar, as they are written and, but for a few fields, read.
//!
//! Fields that HighLevel calls deprecated in favour of another are left out: `notifications` (there is
//! [`CalendarNotifications`](super::CalendarNotifications)) and the flat `meetingLocation` of calendars and members.

use serde::{Deserialize, Serialize, Serializer};
use serde_with::{DisplayFromStr, PickFirst, serde_as, skip_serializing_none};

use super::members::{MeetingLocation, TeamMember};
use super::rules::{CustomAvailability, OpenHours};
use crate::ids::CalendarGroupId;
use crate::lenient::{FromScalar, Lenient, LenientItems, LenientPart};
use crate::open_enum::open_enum;
use crate::secret::Private;

/// A calendar to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCalendar {
    /// The name that people see.
    pub name: String,
    /// What kind of calendar it is; it cannot be changed later.
    pub calendar_type: Option<CalendarType>,
    /// Everything else.
    #[serde(flatten)]
    pub settings: CalendarSettings,
}

impl NewCalendar {
    /// A calendar with HighLevel's default settings.
    pub fn new(name: impl Into<String>, calendar_type: CalendarType) -> Self {
        Self {
            name: name.into(),
            calendar_type: Some(calendar_type),
            settings: CalendarSettings::default(),
        }
    }
}

/// What to change about a calendar; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CalendarUpdate {
    /// The name that people see.
    pub name: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub settings: CalendarSettings,
}

/// What can be set about a calendar. `None` is not written; in what was read it is what HighLevel did not say.
#[serde_with::apply(
    Option => #[serde_as(deserialize_as = "Lenient")],
)]
#[serde_with::serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CalendarSettings {
    /// Whether it can be booked; it is a draft otherwise.
    pub is_active: Option<bool>,
    /// The group it belongs to.
    pub group_id: Option<CalendarGroupId>,
    /// Who can be booked. A personal calendar has exactly one, an event calendar none, all others at least one.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientItems")]
    pub team_members: Option<Vec<TeamMember>>,
    /// How a round robin picks among its members.
    pub event_type: Option<RoundRobinMode>,
    /// What it is for.
    pub description: Option<String>,
    /// The last part of its address.
    pub slug: Option<String>,
    /// The last part of its widget's address.
    pub widget_slug: Option<String>,
    /// How its widget looks.
    pub widget_type: Option<WidgetType>,
    /// The title of its appointments, with merge fields such as `{{contact.name}}`.
    pub event_title: Option<String>,
    /// The colour of its appointments, such as `#039be5`.
    pub event_color: Option<String>,
    /// Where the meetings of an event calendar are.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientItems")]
    pub location_configurations: Option<Vec<MeetingLocation>>,
    /// How long a meeting is.
    pub slot_duration: Option<u32>,
    /// The unit of it: minutes or hours.
    pub slot_duration_unit: Option<TimeUnit>,
    /// How far apart the starts of slots are.
    pub slot_interval: Option<u32>,
    /// The unit of it: minutes or hours.
    pub slot_interval_unit: Option<TimeUnit>,
    /// How much time is kept free after an appointment.
    pub slot_buffer: Option<u32>,
    /// The unit of it: minutes or hours. HighLevel takes it with a new calendar only; an update with it fails with
    /// [`Config`](crate::error::ErrorKind::Config).
    pub slot_buffer_unit: Option<TimeUnit>,
    /// How much time is kept free before an appointment.
    pub pre_buffer: Option<u32>,
    /// The unit of it: minutes or hours.
    pub pre_buffer_unit: Option<TimeUnit>,
    /// How often a slot can be booked, per user; the seats of a class.
    #[serde(rename = "appoinmentPerSlot")]
    pub appointments_per_slot: Option<u32>,
    /// How many appointments a day can have.
    #[serde(rename = "appoinmentPerDay")]
    pub appointments_per_day: Option<u32>,
    /// How long ahead a booking must be.
    pub allow_booking_after: Option<u32>,
    /// The unit of it: hours, days, weeks or months. Minutes are for version 3 alone and fail with
    /// [`Config`](crate::error::ErrorKind::Config) before.
    pub allow_booking_after_unit: Option<TimeUnit>,
    /// How long ahead a booking may be.
    pub allow_booking_for: Option<u32>,
    /// The unit of it: days, weeks or months.
    pub allow_booking_for_unit: Option<TimeUnit>,
    /// The hours of each week. Version 3 prefers [`Schedules`](super::Schedules).
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientItems")]
    pub open_hours: Option<Vec<OpenHours>>,
    /// Whether appointments can recur; only with a single member.
    pub enable_recurring: Option<bool>,
    /// How they recur.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub recurring: Option<Recurrence>,
    /// The form that a booker fills in.
    pub form_id: Option<String>,
    /// Whether a booker's details are remembered.
    pub sticky_contact: Option<bool>,
    /// Whether payments are real.
    pub is_live_payment_mode: Option<bool>,
    /// Whether a booking is confirmed at once.
    pub auto_confirm: Option<bool>,
    /// Whether the assigned member is notified by e-mail.
    pub should_send_alert_emails_to_assigned_member: Option<bool>,
    /// Who else is notified by e-mail.
    pub alert_email: Option<Private<String>>,
    /// Whether Google sends invitations.
    pub google_invitation_emails: Option<bool>,
    /// Whether a booker may move an appointment.
    pub allow_reschedule: Option<bool>,
    /// Whether a booker may cancel an appointment.
    pub allow_cancellation: Option<bool>,
    /// Whether a booker becomes the member's contact.
    pub should_assign_contact_to_team_member: Option<bool>,
    /// Whether a contact that is there already stays with its user.
    pub should_skip_assigning_contact_for_existing: Option<bool>,
    /// What is written into each appointment.
    pub notes: Option<String>,
    /// The Facebook pixel.
    pub pixel_id: Option<String>,
    /// What happens when the form is sent.
    pub form_submit_type: Option<FormSubmitType>,
    /// Where the booker is sent then.
    #[serde(rename = "formSubmitRedirectURL")]
    pub form_submit_redirect_url: Option<String>,
    /// What the booker reads then.
    pub form_submit_thanks_message: Option<String>,
    /// Which hours count. Version 3 does not need it.
    pub availability_type: Option<AvailabilityType>,
    /// The hours of single dates. Version 3 prefers [`Schedules`](super::Schedules). A new calendar whose dates have
    /// ids fails with [`Config`](crate::error::ErrorKind::Config).
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientItems")]
    pub availabilities: Option<Vec<CustomAvailability>>,
    /// Whether guests are counted or named.
    pub guest_type: Option<GuestType>,
    /// What a booker consents to.
    pub consent_label: Option<String>,
    /// The address of a picture.
    pub calendar_cover_image: Option<String>,
    /// Whether some free slots are hidden.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub look_busy_config: Option<LookBusy>,
}

impl CalendarSettings {
    /// What HighLevel does not take with a new calendar.
    pub(super) fn refused_when_new(&self) -> Option<&'static str> {
        let dates = self.availabilities.as_deref().unwrap_or_default();
        dates.iter().any(|date| date.id.is_some()).then_some(
            "the dates of a new calendar have no ids yet; leave out the ids of `availabilities`",
        )
    }

    /// What HighLevel does not take with an update.
    pub(super) fn refused_in_update(&self) -> Option<&'static str> {
        self.slot_buffer_unit
            .is_some()
            .then_some("HighLevel takes `slot_buffer_unit` with a new calendar only; leave it out")
    }
}

/// How appointments recur.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Recurrence {
    /// How often.
    #[serde(rename = "freq")]
    #[serde_as(deserialize_as = "Lenient")]
    pub frequency: Option<RecurrenceFrequency>,
    /// How many times.
    #[serde_as(deserialize_as = "Lenient")]
    pub count: Option<u32>,
    /// What happens where a slot is taken.
    #[serde_as(deserialize_as = "Lenient")]
    pub booking_option: Option<BookingOption>,
    /// The status of an appointment that was booked over another: `confirmed` or `new`.
    #[serde_as(deserialize_as = "Lenient")]
    pub booking_overlap_default_status: Option<super::AppointmentStatus>,
}

/// Hides some free slots, so that a calendar looks busier than it is.
#[serde_as]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookBusy {
    /// Whether it is done.
    #[serde_as(deserialize_as = "PickFirst<(_, DisplayFromStr)>")]
    pub enabled: bool,
    /// How many percent of the slots are hidden.
    #[serde(rename = "LookBusyPercentage")]
    #[serde_as(deserialize_as = "PickFirst<(_, DisplayFromStr)>")]
    pub percentage: u32,
}

/// Which hours of a calendar count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AvailabilityType {
    /// Only the open hours of each week.
    OpenHours,
    /// Only the hours of single dates.
    Custom,
    /// Both. HighLevel writes it as null, so that it is never read.
    Both,
}

impl Serialize for AvailabilityType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::OpenHours => serializer.serialize_u8(0),
            Self::Custom => serializer.serialize_u8(1),
            Self::Both => serializer.serialize_none(),
        }
    }
}

impl FromScalar for AvailabilityType {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "0" => Some(Self::OpenHours),
            "1" => Some(Self::Custom),
            _ => None,
        }
    }
}

open_enum! {
    /// What kind a calendar is.
    pub enum CalendarType {
        /// One of several members, in turn.
        RoundRobin = "round_robin",
        /// Without members.
        Event = "event",
        /// Many bookers at once.
        ClassBooking = "class_booking",
        /// All members at once.
        Collective = "collective",
        /// Services.
        ServiceBooking = "service_booking",
        /// A single member.
        Personal = "personal",
    }
}

open_enum! {
    /// How a round robin picks among its members.
    pub enum RoundRobinMode {
        /// A member who is free.
        Availability = "RoundRobin_OptimizeForAvailability",
        /// All alike.
        EqualDistribution = "RoundRobin_OptimizeForEqualDistribution",
    }
}

open_enum! {
    /// How a widget looks.
    pub enum WidgetType {
        /// The layout that HighLevel calls *neo*.
        Neo = "default",
        /// The classic layout.
        Classic = "classic",
    }
}

open_enum! {
    /// A unit of time. Not every field takes each.
    pub enum TimeUnit {
        /// Minutes.
        Minutes = "mins",
        /// Hours.
        Hours = "hours",
        /// Days.
        Days = "days",
        /// Weeks.
        Weeks = "weeks",
        /// Months.
        Months = "months",
    }
}

open_enum! {
    /// How often appointments recur.
    pub enum RecurrenceFrequency {
        /// Each day.
        Daily = "DAILY",
        /// Each week.
        Weekly = "WEEKLY",
        /// Each month.
        Monthly = "MONTHLY",
    }
}

open_enum! {
    /// What happens where a slot of a recurring appointment is taken.
    pub enum BookingOption {
        /// It is left out.
        Skip = "skip",
        /// It is booked all the same.
        Continue = "continue",
        /// The next free one is booked.
        BookNext = "book_next",
    }
}

open_enum! {
    /// What happens when a booker has sent the form.
    pub enum FormSubmitType {
        /// The booker is sent elsewhere.
        Redirect = "RedirectURL",
        /// The booker reads a message.
        Message = "ThankYouMessage",
    }
}

open_enum! {
    /// What is asked about guests.
    pub enum GuestType {
        /// How many they are.
        CountOnly = "count_only",
        /// Who they are.
        CollectDetail = "collect_detail",
    }
}
