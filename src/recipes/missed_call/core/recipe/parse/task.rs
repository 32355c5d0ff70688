//! The keys of a step that gives the team a task, and of whom it is for.

use jiff::SignedDuration;

use super::MONTH;
use super::rules::{Compliance, plain};
use crate::ids::UserId;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, Found, TableReader};
use crate::recipes::missed_call::core::recipe::{Assignee, TaskStep};
use crate::secret::Private;

/// Longer titles are cut off in HighLevel's task list.
const LONGEST_TITLE: usize = 200;

pub(super) fn read_task(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<TaskStep> {
    let title = section.required_text(
        notes,
        "title",
        "write what the team has to do, such as title = \"Missed call: call back\"",
    );
    let due_after = section.duration(notes, "due_after", (SignedDuration::ZERO, MONTH));
    let assign_to = read_assignee(notes, section);
    let title = title?;
    check_title(notes, &title, compliance);
    Some(TaskStep {
        title: title.value,
        due_after: due_after.map_or(SignedDuration::from_hours(1), |due| due.value),
        assign_to: assign_to?,
    })
}

/// The name of the step whose task is completed; whether there is one shows when all steps are read.
pub(super) fn read_completed(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    named: &mut Vec<Found<String>>,
) -> Option<StepName> {
    let task = section.required_text(
        notes,
        "task",
        "write the name of the step that makes the task, such as task = \"task\" for [steps.task]",
    )?;
    let name = StepName::from_stored(task.value.as_str());
    named.push(task);
    Some(name)
}

const ASSIGNEES: &str =
    "write \"contact_owner\", \"nobody\", { user_id = \"…\" } or { user_email = \"…\" }";

/// Without the key, the contact's owner.
pub(super) fn read_assignee(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<Assignee> {
    if !section.has("assign_to") {
        return Some(Assignee::ContactOwner);
    }
    if section.is_table("assign_to") {
        let user = section.section(notes, "assign_to")?;
        return read_user(notes, user);
    }
    let word = section.text(notes, "assign_to")?;
    match word.value.as_str() {
        "contact_owner" => Some(Assignee::ContactOwner),
        "nobody" => Some(Assignee::Nobody),
        _ => {
            // Who it is stays out of the message.
            let fault = match word.value.contains('@') {
                true => Diagnostic::new(
                    "an e-mail address alone",
                    "write assign_to = { user_email = \"…\" } with it",
                ),
                false => Diagnostic::new("not a word for an assignee", ASSIGNEES),
            };
            word.refuse(notes, fault);
            None
        }
    }
}

pub(super) fn read_user(
    notes: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
) -> Option<Assignee> {
    if section.has("user_id") == section.has("user_email") {
        section.refuse(
            notes,
            Diagnostic::new("not exactly one of user_id and user_email", ASSIGNEES),
        );
    }
    let id = section.text(notes, "user_id");
    let email = section.text(notes, "user_email");
    section.finish(notes);
    if let Some(id) = id {
        match UserId::new(id.value.as_str()) {
            Ok(user) => return Some(Assignee::User(user)),
            Err(_) => id.refuse(
                notes,
                Diagnostic::new(
                    "not the id of a user",
                    "copy the id from HighLevel as it is, without spaces",
                ),
            ),
        }
    }
    let email = email?;
    let sound = !email.value.contains(char::is_whitespace)
        && matches!(email.value.split_once('@'), Some((name, host))
            if !name.is_empty() && host.contains('.') && !host.contains('@'));
    if !sound {
        email.refuse(
            notes,
            Diagnostic::new(
                "not an e-mail address",
                "write the address the user signs in with",
            ),
        );
    }
    Some(Assignee::UserEmail(Private::new(email.value)))
}

/// A headline of the team: one line of plain words.
pub(super) fn check_title(
    notes: &mut Diagnostics<'_>,
    title: &Found<String>,
    compliance: &Compliance,
) {
    if title.value.chars().count() > LONGEST_TITLE || title.value.contains(char::is_control) {
        let remedy = format!("write one line of at most {LONGEST_TITLE} characters");
        title.refuse(notes, Diagnostic::new("not a title", remedy));
    }
    plain(notes, title, compliance);
}
