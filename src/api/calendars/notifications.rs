//! The notifications that a calendar sends about its appointments.
//!
//! Scopes: `calendars/events.readonly`, `calendars/events.write`.

use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use super::page::{CalendarPage, Paging};
use crate::api::listing::{Entries, Named};
use crate::client::{ApiVersion, Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{CalendarId, CalendarNotificationId};
use crate::lenient::{Lenient, LenientList};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// The notifications of a location's calendars. Made by [`Location::calendar_notifications`].
#[derive(Debug, Clone, Copy)]
pub struct CalendarNotifications<'a> {
    location: &'a Location,
}

impl Location {
    /// The notifications of the location's calendars.
    pub fn calendar_notifications(&self) -> CalendarNotifications<'_> {
        CalendarNotifications { location: self }
    }
}

impl<'a> CalendarNotifications<'a> {
    /// One page of a calendar's notifications.
    pub fn list(
        &self,
        calendar: &CalendarId,
        query: &NotificationQuery,
    ) -> Call<'a, CalendarPage<CalendarNotification>> {
        let paging = query.paging;
        let request = Request::get(notification_path(calendar, None))
            .operation("calendar_notifications.list")
            .version(ApiVersion::V2021_04_15)
            .query_opt("isActive", query.is_active)
            .query_opt("deleted", query.deleted)
            .query("limit", paging.limit)
            .query("skip", paging.skip);
        self.location
            .send::<Entries<CalendarNotification>>(request)
            .map(move |list| CalendarPage::new(list, paging, None))
    }

    /// All of a calendar's notifications that a query finds, page after page from the one it names.
    pub fn stream(
        &self,
        calendar: &CalendarId,
        query: &NotificationQuery,
    ) -> impl Stream<Item = Result<CalendarNotification>> + Send + use<'a> {
        let (notifications, calendar, query) = (*self, calendar.clone(), *query);
        let skipped = Some(u64::from(query.paging.skip));
        items("calendar_notifications.list", skipped, move |ask| {
            let paging = ask.cursor.unwrap_or(query.paging);
            notifications.list(&calendar, &NotificationQuery { paging, ..query })
        })
    }

    /// One notification by its id.
    pub fn get(
        &self,
        calendar: &CalendarId,
        id: &CalendarNotificationId,
    ) -> Call<'a, CalendarNotification> {
        let request = Request::get(notification_path(calendar, Some(id)))
            .operation("calendar_notifications.get")
            .version(ApiVersion::V2021_04_15)
            .data_key("notification");
        self.location.send(request)
    }

    /// Creates notifications of one calendar. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for them with [`list`](Self::list).
    pub fn create(
        &self,
        calendar: &CalendarId,
        notifications: &[NewCalendarNotification],
    ) -> Call<'a, Vec<CalendarNotification>> {
        let request = Request::post(notification_path(calendar, None))
            .operation("calendar_notifications.create")
            .version(ApiVersion::V2021_04_15)
            .json(&notifications);
        self.location
            .send::<Entries<CalendarNotification>>(request)
            .map(|list| list.items)
    }

    /// Changes what `update` names and leaves the rest. HighLevel does not answer with the notification.
    pub async fn update(
        &self,
        calendar: &CalendarId,
        id: &CalendarNotificationId,
        update: &CalendarNotificationUpdate,
    ) -> Result<()> {
        let request = Request::put(notification_path(calendar, Some(id)))
            .operation("calendar_notifications.update")
            .version(ApiVersion::V2021_04_15)
            .json(update);
        self.location.send_discarding(request).await
    }

    /// Deletes a notification.
    pub async fn delete(&self, calendar: &CalendarId, id: &CalendarNotificationId) -> Result<()> {
        let request = Request::delete(notification_path(calendar, Some(id)))
            .operation("calendar_notifications.delete")
            .version(ApiVersion::V2021_04_15);
        self.location.send_discarding(request).await
    }
}

fn notification_path(calendar: &CalendarId, id: Option<&CalendarNotificationId>) -> String {
    let notifications = ["calendars", calendar.as_str(), "notifications"];
    match id {
        Some(id) => path(&[&notifications[..], &[id.as_str()]].concat()),
        None => path(&notifications),
    }
}

/// Which notifications to find. The default is the first 20 of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotificationQuery {
    /// Only those that are sent (`true`) or not (`false`).
    pub is_active: Option<bool>,
    /// Only those that were deleted (`true`) or not (`false`).
    pub deleted: Option<bool>,
    /// Which page.
    pub paging: Paging,
}

open_enum! {
    /// Who is notified.
    pub enum NotificationReceiver {
        /// The contact.
        Contact = "contact",
        /// The contact's guests.
        Guest = "guest",
        /// The user the appointment is with.
        AssignedUser = "assignedUser",
        /// Further e-mail addresses.
        Emails = "emails",
        /// Further phone numbers.
        PhoneNumbers = "phoneNumbers",
        /// The business.
        Business = "business",
    }
}

open_enum! {
    /// The channel of a notification.
    pub enum NotificationChannel {
        /// By e-mail.
        Email = "email",
        /// In HighLevel's app.
        InApp = "inApp",
        /// By a text message.
        Sms = "sms",
        /// By WhatsApp.
        WhatsApp = "whatsapp",
    }
}

open_enum! {
    /// What a notification is about.
    pub enum NotificationType {
        /// That an appointment was booked and is not confirmed yet.
        Booked = "booked",
        /// That it is confirmed.
        Confirmation = "confirmation",
        /// That it is called off.
        Cancellation = "cancellation",
        /// That it is near.
        Reminder = "reminder",
        /// That it is over.
        FollowUp = "followup",
        /// That it was moved.
        Reschedule = "reschedule",
    }
}

/// How long before or after an appointment a notification is sent.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NotificationOffset {
    /// How many units.
    #[serde_as(deserialize_as = "Lenient")]
    pub time_offset: Option<u32>,
    /// The unit, such as `hours`.
    #[serde_as(deserialize_as = "Lenient")]
    pub unit: Option<super::TimeUnit>,
}

/// A notification as HighLevel gives it.
#[serde_with::apply(
    Option => #[serde_as(deserialize_as = "Lenient")],
    Vec => #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct CalendarNotification {
    id: Option<CalendarNotificationId>,
    #[serde(rename = "_id")]
    database_id: Option<CalendarNotificationId>,
    /// Who is notified.
    pub receiver_type: Option<NotificationReceiver>,
    /// How.
    pub channel: Option<NotificationChannel>,
    /// What.
    pub notification_type: Option<NotificationType>,
    /// Whether it is sent.
    pub is_active: Option<bool>,
    /// Whether it was deleted.
    pub deleted: Option<bool>,
    /// The template of an e-mail.
    pub template_id: Option<String>,
    /// The text, with merge fields.
    pub body: Option<Private<String>>,
    /// The subject, with merge fields.
    pub subject: Option<Private<String>>,
    /// How long after the appointment it is sent.
    pub after_time: Vec<NotificationOffset>,
    /// How long before the appointment it is sent.
    pub before_time: Vec<NotificationOffset>,
    /// Further e-mail addresses.
    pub additional_email_ids: Vec<Private<String>>,
    /// Further phone numbers; those without a country calling code are left out.
    pub additional_phone_numbers: Vec<PhoneNumber>,
    /// Further WhatsApp numbers; those without a country calling code are left out.
    pub additional_whatsapp_numbers: Vec<PhoneNumber>,
    /// Which users are notified: ids, or `sub_account_admin`.
    pub selected_users: Vec<String>,
}

impl CalendarNotification {
    /// Its id.
    pub fn id(&self) -> Option<&CalendarNotificationId> {
        self.database_id.as_ref().or(self.id.as_ref())
    }
}

/// A notification to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCalendarNotification {
    /// Who is notified.
    pub receiver_type: NotificationReceiver,
    /// How.
    pub channel: NotificationChannel,
    /// What.
    pub notification_type: NotificationType,
    /// Everything else.
    #[serde(flatten)]
    pub content: NotificationContent,
}

/// What to change about a notification; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarNotificationUpdate {
    /// Who is notified.
    pub receiver_type: Option<NotificationReceiver>,
    /// How.
    pub channel: Option<NotificationChannel>,
    /// What.
    pub notification_type: Option<NotificationType>,
    /// Whether it counts as deleted.
    pub deleted: Option<bool>,
    /// Everything else.
    #[serde(flatten)]
    pub content: NotificationContent,
}

/// What can be said about a notification; `None` is not written.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationContent {
    /// Whether it is sent; a new one is if `None`.
    pub is_active: Option<bool>,
    /// The template of an e-mail; the app needs none.
    pub template_id: Option<String>,
    /// The text, with merge fields; the app needs none.
    pub body: Option<Private<String>>,
    /// The subject, with merge fields; the app needs none.
    pub subject: Option<Private<String>>,
    /// How long after the appointment it is sent; for [`FollowUp`](NotificationType::FollowUp) alone.
    pub after_time: Option<Vec<NotificationOffset>>,
    /// How long before the appointment it is sent; for [`Reminder`](NotificationType::Reminder) alone.
    pub before_time: Option<Vec<NotificationOffset>>,
    /// Further e-mail addresses.
    pub additional_email_ids: Option<Vec<Private<String>>>,
    /// Further phone numbers.
    pub additional_phone_numbers: Option<Vec<PhoneNumber>>,
    /// Which users are notified in the app or as the business: ids, or `sub_account_admin`.
    pub selected_users: Option<Vec<String>>,
    /// The sender's address of an e-mail.
    pub from_address: Option<Private<String>>,
    /// The sender's name of an e-mail or a text.
    pub from_name: Option<Private<String>>,
    /// The sender's number of a text.
    pub from_number: Option<PhoneNumber>,
}

impl Named for CalendarNotification {
    fn name(&self) -> Option<&str> {
        self.id().map(CalendarNotificationId::as_str)
    }
}
