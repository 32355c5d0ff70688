//! Recurring tasks: HighLevel makes a task out of each again and again.
//!
//! Source: HighLevel's OpenAPI file `locations.json`, `/locations/{locationId}/recurring-tasks`. HighLevel cannot list
//! them.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{DurationSeconds, serde_as, skip_serializing_none};

use super::timestamp::Rfc3339;
use crate::client::{Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{ContactId, LocationId, RecurringTaskId, UserId};
use crate::lenient::{Lenient, LenientPart};
use crate::open_enum::open_enum;
use crate::secret::Private;

/// The recurring tasks of one location. Made by [`Location::recurring_tasks`].
#[derive(Debug, Clone, Copy)]
pub struct RecurringTasks<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's recurring tasks.
    pub fn recurring_tasks(&self) -> RecurringTasks<'_> {
        RecurringTasks { location: self }
    }
}

impl<'a> RecurringTasks<'a> {
    /// One recurring task by its id.
    pub fn get(&self, id: &RecurringTaskId) -> Call<'a, RecurringTask> {
        let request = Request::get(self.path(Some(id)))
            .operation("recurring_tasks.get")
            .data_key("recurringTask");
        self.location.send(request)
    }

    /// Creates a recurring task. It is not repeated, and HighLevel cannot list them: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome) a person has to look.
    pub fn create(&self, task: &NewRecurringTask) -> Call<'a, RecurringTask> {
        let request = Request::post(self.path(None))
            .operation("recurring_tasks.create")
            .json(task)
            .data_key("recurringTask");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(
        &self,
        id: &RecurringTaskId,
        update: &RecurringTaskUpdate,
    ) -> Call<'a, RecurringTask> {
        let request = Request::put(self.path(Some(id)))
            .operation("recurring_tasks.update")
            .json(update)
            .data_key("recurringTask");
        self.location.send(request)
    }

    /// Deletes a recurring task.
    pub async fn delete(&self, id: &RecurringTaskId) -> Result<()> {
        let request = Request::delete(self.path(Some(id))).operation("recurring_tasks.delete");
        self.location.send_discarding(request).await
    }

    fn path(&self, id: Option<&RecurringTaskId>) -> String {
        let location = self.location.id().as_str();
        match id {
            Some(id) => path(&["locations", location, "recurring-tasks", id.as_str()]),
            None => path(&["locations", location, "recurring-tasks"]),
        }
    }
}

open_enum! {
    /// The unit of a recurrence.
    pub enum Recurrence {
        /// Years.
        Yearly = "yearly",
        /// Months.
        Monthly = "monthly",
        /// Weeks.
        Weekly = "weekly",
        /// Days.
        Daily = "daily",
        /// Hours.
        Hourly = "hourly",
    }
}

open_enum! {
    /// A day of the week.
    pub enum RecurrenceDay {
        /// Monday.
        Monday = "MO",
        /// Tuesday.
        Tuesday = "TU",
        /// Wednesday.
        Wednesday = "WE",
        /// Thursday.
        Thursday = "TH",
        /// Friday.
        Friday = "FR",
        /// Saturday.
        Saturday = "SA",
        /// Sunday.
        Sunday = "SU",
    }
}

/// When a recurring task comes.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecurrenceRule {
    /// The unit.
    pub interval_type: Recurrence,
    /// Every how many units.
    pub interval: u32,
    /// When it comes first.
    #[serde_as(as = "Rfc3339")]
    pub start_date: Timestamp,
    /// When it comes no more.
    #[serde_as(as = "Option<Rfc3339>")]
    pub end_date: Option<Timestamp>,
    /// On which day of the month, from 1.
    pub day_of_month: Option<u32>,
    /// On which day of the week.
    pub day_of_week: Option<RecurrenceDay>,
    /// In which month, from 1.
    pub month_of_year: Option<u32>,
    /// How often at most.
    pub count: Option<u32>,
    /// Whether it comes again while the task before is overdue.
    pub create_task_if_over_due: Option<bool>,
    /// How long after it came each task is due, to the second.
    #[serde(rename = "dueAfterSeconds")]
    #[serde_as(as = "DurationSeconds<u64>")]
    pub due_after: Duration,
}

impl RecurrenceRule {
    /// Every `interval` units from `start_date` on, without an end.
    pub fn new(
        interval_type: Recurrence,
        interval: u32,
        start_date: Timestamp,
        due_after: Duration,
    ) -> Self {
        Self {
            interval_type,
            interval,
            start_date,
            end_date: None,
            day_of_month: None,
            day_of_week: None,
            month_of_year: None,
            count: None,
            create_task_if_over_due: None,
            due_after,
        }
    }
}

/// A recurring task to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewRecurringTask {
    /// One line that says what to do.
    pub title: Private<String>,
    /// The details.
    pub description: Option<Private<String>>,
    /// The contacts it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contact_ids: Vec<ContactId>,
    /// Who has to do it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<UserId>,
    /// When it comes.
    #[serde(rename = "rruleOptions")]
    pub rule: RecurrenceRule,
    /// Whether to wait for the rule rather than make the first task at once.
    pub ignore_task_creation: Option<bool>,
}

impl NewRecurringTask {
    /// A recurring task about nobody in particular, for nobody in particular.
    pub fn new(title: impl Into<Private<String>>, rule: RecurrenceRule) -> Self {
        Self {
            title: title.into(),
            description: None,
            contact_ids: Vec::new(),
            owners: Vec::new(),
            rule,
            ignore_task_creation: None,
        }
    }
}

/// What to change about a recurring task; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecurringTaskUpdate {
    /// One line that says what to do.
    pub title: Option<Private<String>>,
    /// The details.
    pub description: Option<Private<String>>,
    /// All contacts it shall be about.
    pub contact_ids: Option<Vec<ContactId>>,
    /// All who shall do it.
    pub owners: Option<Vec<UserId>>,
    /// When it comes.
    #[serde(rename = "rruleOptions")]
    pub rule: Option<RecurrenceRule>,
    /// Whether to wait for the rule rather than make the first task at once.
    pub ignore_task_creation: Option<bool>,
}

/// A recurring task as HighLevel gives it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecurringTask {
    /// Its id.
    pub id: RecurringTaskId,
    /// One line that says what to do.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub title: Option<Private<String>>,
    /// The details.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub description: Option<Private<String>>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
    /// The contact it is about.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_id: Option<ContactId>,
    /// Who has to do it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub assigned_to: Option<UserId>,
    /// When it comes; `None` also where HighLevel left out a part that it always asks for.
    #[serde(default, rename = "rruleOptions")]
    #[serde_as(deserialize_as = "LenientPart")]
    pub rule: Option<RecurrenceRule>,
    /// How often it has come.
    #[serde(default, rename = "totalOccurrence")]
    #[serde_as(deserialize_as = "Lenient")]
    pub occurrences: Option<u64>,
    /// Whether it was deleted.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub deleted: Option<bool>,
    /// When it was made.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub updated_at: Option<Timestamp>,
}

impl<'de> Deserialize<'de> for RecurrenceRule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = RuleWire::deserialize(deserializer)?;
        let missing = serde::de::Error::missing_field;
        let start_date = wire.start_date.ok_or_else(|| missing("startDate"))?;
        let due_after = wire
            .due_after_seconds
            .ok_or_else(|| missing("dueAfterSeconds"))?;
        Ok(Self {
            interval_type: wire.interval_type.ok_or_else(|| missing("intervalType"))?,
            interval: wire.interval.ok_or_else(|| missing("interval"))?,
            start_date,
            end_date: wire.end_date,
            day_of_month: wire.day_of_month,
            day_of_week: wire.day_of_week,
            month_of_year: wire.month_of_year,
            count: wire.count,
            create_task_if_over_due: wire.create_task_if_over_due,
            due_after: Duration::from_secs(due_after),
        })
    }
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RuleWire {
    #[serde_as(deserialize_as = "Lenient")]
    interval_type: Option<Recurrence>,
    #[serde_as(deserialize_as = "Lenient")]
    interval: Option<u32>,
    #[serde_as(deserialize_as = "Lenient")]
    start_date: Option<Timestamp>,
    #[serde_as(deserialize_as = "Lenient")]
    end_date: Option<Timestamp>,
    #[serde_as(deserialize_as = "Lenient")]
    day_of_month: Option<u32>,
    #[serde_as(deserialize_as = "Lenient")]
    day_of_week: Option<RecurrenceDay>,
    #[serde_as(deserialize_as = "Lenient")]
    month_of_year: Option<u32>,
    #[serde_as(deserialize_as = "Lenient")]
    count: Option<u32>,
    #[serde_as(deserialize_as = "Lenient")]
    create_task_if_over_due: Option<bool>,
    #[serde_as(deserialize_as = "Lenient")]
    due_after_seconds: Option<u64>,
}
