//! Tasks of a contact: something a person of the business has to do.
//!
//! Source: HighLevel's OpenAPI files `contacts.json` (`/contacts/{contactId}/tasks`) and `locations.json`
//! (`/locations/{locationId}/tasks/search`). Scopes: `contacts.readonly`, `contacts.write`, `locations/tasks.readonly`
//! for the search.

use futures_util::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{apply, serde_as, skip_serializing_none};

use super::offset::OffsetPage;
use super::timestamp::Rfc3339;
use crate::api::listing::Entries;
use crate::client::{Call, Location, ReplaySafety, Request, items, path};
use crate::error::Result;
use crate::ids::{BusinessId, ContactId, TaskId, UserId};
use crate::lenient::Lenient;
use crate::secret::Private;

/// The tasks of a location's contacts. Made by [`Location::tasks`].
#[derive(Debug, Clone, Copy)]
pub struct Tasks<'a> {
    location: &'a Location,
}

impl Location {
    /// The tasks of the location's contacts.
    pub fn tasks(&self) -> Tasks<'_> {
        Tasks { location: self }
    }
}

impl<'a> Tasks<'a> {
    /// All tasks of a contact, done and open; HighLevel does not page them.
    pub fn list(&self, contact: &ContactId) -> Call<'a, Vec<Task>> {
        let request =
            Request::get(path(&["contacts", contact.as_str(), "tasks"])).operation("tasks.list");
        self.location
            .send::<TaskList>(request)
            .map(|list| list.tasks.items)
    }

    /// One task by its id.
    pub fn get(&self, contact: &ContactId, id: &TaskId) -> Call<'a, Task> {
        let request = Request::get(task_path(contact, id))
            .operation("tasks.get")
            .data_key("task");
        self.location.send(request)
    }

    /// Creates a task. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// it with [`list`](Self::list) before creating it again.
    pub fn create(&self, contact: &ContactId, task: &NewTask) -> Call<'a, Task> {
        let request = Request::post(path(&["contacts", contact.as_str(), "tasks"]))
            .operation("tasks.create")
            .json(task)
            .data_key("task");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, contact: &ContactId, id: &TaskId, update: &TaskUpdate) -> Call<'a, Task> {
        let request = Request::put(task_path(contact, id))
            .operation("tasks.update")
            .json(update)
            .data_key("task");
        self.location.send(request)
    }

    /// Marks a task as done (`true`) or as open again (`false`).
    pub fn complete(&self, contact: &ContactId, id: &TaskId, completed: bool) -> Call<'a, Task> {
        let segments = [
            "contacts",
            contact.as_str(),
            "tasks",
            id.as_str(),
            "completed",
        ];
        let request = Request::put(path(&segments))
            .operation("tasks.complete")
            .json(&Completion { completed })
            .data_key("task");
        self.location.send(request)
    }

    /// Deletes a task.
    pub async fn delete(&self, contact: &ContactId, id: &TaskId) -> Result<()> {
        self.location
            .send_discarding(Request::delete(task_path(contact, id)).operation("tasks.delete"))
            .await
    }

    /// One page of the tasks of all contacts that a search finds.
    pub fn search(&self, search: &TaskSearch) -> Call<'a, OffsetPage<Task>> {
        let (skip, limit) = (search.skip, u64::from(search.limit));
        let location = self.location.id().as_str();
        let request = Request::post(path(&["locations", location, "tasks", "search"]))
            .operation("tasks.search")
            .replay(ReplaySafety::Safe)
            .json(search);
        self.location
            .send::<TaskList>(request)
            .map(move |answer| OffsetPage::new(answer.tasks, None, Some(skip), Some(limit)))
    }

    /// All tasks that a search finds, page after page from the one it names.
    pub fn stream(&self, search: &TaskSearch) -> impl Stream<Item = Result<Task>> + Send + use<'a> {
        let (tasks, search) = (*self, search.clone());
        items("tasks.search", Some(search.skip), move |ask| {
            let mut search = search.clone();
            search.skip = ask.cursor.unwrap_or(search.skip);
            tasks.search(&search)
        })
    }
}

fn task_path(contact: &ContactId, id: &TaskId) -> String {
    path(&["contacts", contact.as_str(), "tasks", id.as_str()])
}

/// Which tasks to find. The default finds all of the location.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskSearch {
    /// Those about these contacts; about all if empty.
    #[serde(rename = "contactId", skip_serializing_if = "Vec::is_empty")]
    pub contact_ids: Vec<ContactId>,
    /// Those that are done, or those that are open.
    pub completed: Option<bool>,
    /// Those of these users; of all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assigned_to: Vec<UserId>,
    /// Those with this in their title.
    pub query: Option<Private<String>>,
    /// Those about contacts of this business.
    pub business_id: Option<BusinessId>,
    /// How many tasks a page has.
    pub limit: u32,
    /// How many tasks to leave out.
    pub skip: u64,
}

impl Default for TaskSearch {
    fn default() -> Self {
        Self {
            contact_ids: Vec::new(),
            completed: None,
            assigned_to: Vec::new(),
            query: None,
            business_id: None,
            limit: 25,
            skip: 0,
        }
    }
}

/// A task as HighLevel gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TaskWire")]
#[non_exhaustive]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The contact it is about.
    pub contact_id: Option<ContactId>,
    /// One line that says what to do.
    pub title: Option<Private<String>>,
    /// The details.
    pub body: Option<Private<String>>,
    /// When it has to be done.
    pub due_date: Option<Timestamp>,
    /// Whether it is done.
    pub completed: Option<bool>,
    /// Who has to do it.
    pub assigned_to: Option<UserId>,
}

/// A search may name the id `_id`, or have it twice.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TaskWire {
    id: Option<TaskId>,
    #[serde(rename = "_id")]
    mongo_id: Option<TaskId>,
    contact_id: Option<ContactId>,
    title: Option<Private<String>>,
    body: Option<Private<String>>,
    due_date: Option<Timestamp>,
    completed: Option<bool>,
    assigned_to: Option<UserId>,
}

impl TryFrom<TaskWire> for Task {
    type Error = &'static str;

    fn try_from(wire: TaskWire) -> Result<Self, &'static str> {
        Ok(Self {
            id: wire.id.or(wire.mongo_id).ok_or("a task without an id")?,
            contact_id: wire.contact_id,
            title: wire.title,
            body: wire.body,
            due_date: wire.due_date,
            completed: wire.completed,
            assigned_to: wire.assigned_to,
        })
    }
}

/// A task to create.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewTask {
    /// One line that says what to do.
    pub title: Private<String>,
    /// The details.
    pub body: Option<Private<String>>,
    /// When it has to be done; HighLevel asks for it. Written in UTC with whole seconds.
    #[serde_as(as = "Rfc3339")]
    pub due_date: Timestamp,
    /// Whether it is done already; HighLevel asks for this too.
    pub completed: bool,
    /// Who has to do it; nobody in particular if `None`.
    pub assigned_to: Option<UserId>,
}

impl NewTask {
    /// An open task for nobody in particular.
    pub fn new(title: impl Into<Private<String>>, due_date: Timestamp) -> Self {
        Self {
            title: title.into(),
            body: None,
            due_date,
            completed: false,
            assigned_to: None,
        }
    }
}

/// What to change about a task; `None` leaves a field as it is.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskUpdate {
    /// One line that says what to do.
    pub title: Option<Private<String>>,
    /// The details.
    pub body: Option<Private<String>>,
    /// When it has to be done. Written in UTC with whole seconds.
    #[serde_as(as = "Option<Rfc3339>")]
    pub due_date: Option<Timestamp>,
    /// Whether it is done.
    pub completed: Option<bool>,
    /// Who has to do it.
    pub assigned_to: Option<UserId>,
}

#[derive(Serialize)]
struct Completion {
    completed: bool,
}

#[serde_as]
#[derive(Deserialize)]
struct TaskList {
    #[serde(default)]
    tasks: Entries<Task>,
}
