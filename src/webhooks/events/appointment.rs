//! Appointments. HighLevel puts what it says of one under `appointment`, and not beside the envelope.

use jiff::Timestamp;

use crate::api::calendars::AppointmentStatus;
use crate::ids::{CalendarEventId, CalendarGroupId, CalendarId, ContactId, UserId};
use crate::secret::Private;

payload! {
    /// An appointment.
    ///
    /// The samples on HighLevel's pages of `AppointmentUpdate` and `AppointmentDelete` have
    /// `"type": "AppointmentCreate"`, so ask [`is_called_off`](Self::is_called_off) whatever the event is called.
    pub struct Appointment in "appointment" {
        /// The appointment.
        appointment_id: Option<CalendarEventId> = scalar("id"),
        /// Who comes.
        contact_id: Option<ContactId> = scalar("contactId"),
        /// The calendar.
        calendar_id: Option<CalendarId> = scalar("calendarId"),
        /// The group of the calendar.
        group_id: Option<CalendarGroupId> = scalar("groupId"),
        /// What has become of it.
        status: Option<AppointmentStatus> = scalar("appointmentStatus"),
        /// Its title.
        title: Option<Private<String>> = scalar("title"),
        /// Where it takes place.
        address: Option<Private<String>> = scalar("address"),
        /// Words about it.
        notes: Option<Private<String>> = scalar("notes"),
        /// With whom.
        assigned_user_id: Option<UserId> = scalar("assignedUserId"),
        /// With whom, where they are several.
        users: Vec<UserId> = list("users"),
        /// How it was booked, such as `booking_widget`.
        source: Option<String> = scalar("source"),
        /// When it begins.
        start_time: Option<Timestamp> = scalar("startTime"),
        /// When it ends.
        end_time: Option<Timestamp> = scalar("endTime"),
        /// When it was booked.
        date_added: Option<Timestamp> = scalar("dateAdded"),
        /// When it was last changed.
        date_updated: Option<Timestamp> = scalar("dateUpdated"),
    }
}

impl Appointment {
    /// Whether the contact will not come, or did not: it was cancelled, was not a real one, or the contact did not show up.
    pub fn is_called_off(&self) -> bool {
        matches!(
            self.status,
            Some(
                AppointmentStatus::Cancelled
                    | AppointmentStatus::NoShow
                    | AppointmentStatus::Invalid
            )
        )
    }
}
