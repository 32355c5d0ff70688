//! The keys of a step that creates a task, and of its assignee.

use super::compliance::Compliance;
use crate::ids::UserId;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::recipe::diagnostics::{Diagnostics, Found};
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;
use crate::recipes::missed_call::core::recipe::{Assignee, TaskStep};
use crate::secret::Private;

pub(super) fn read_task(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<TaskStep> {
    let title = section.text(diagnostics, "title");
    let due_after = section.duration(diagnostics, "due_after");
    let assign_to = read_assignee(diagnostics, section);
    let title = title?;
    compliance.check_words(diagnostics, &title);
    Some(TaskStep {
        title: title.value,
        due_after,
        assign_to: assign_to?,
    })
}

/// The name of the step whose task is completed; whether there is one shows when all steps are read.
pub(super) fn read_completed(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    named: &mut Vec<Found<String>>,
) -> Option<StepName> {
    let task = section.text(diagnostics, "task")?;
    let name = StepName::from_stored(task.value.as_str());
    named.push(task);
    Some(name)
}

const ASSIGNEES: &str =
    "write \"contact_owner\", \"nobody\", { user_id = \"…\" } or { user_email = \"…\" }";

/// Without the key, the contact's owner.
pub(super) fn read_assignee(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<Assignee> {
    if !section.has("assign_to") {
        return Some(Assignee::ContactOwner);
    }
    if section.is_table("assign_to") {
        let user = section.section(diagnostics, "assign_to")?;
        return read_user(diagnostics, user);
    }
    let word = section.text(diagnostics, "assign_to")?;
    match word.value.as_str() {
        "contact_owner" => Some(Assignee::ContactOwner),
        "nobody" => Some(Assignee::Nobody),
        _ => {
            // Who it is stays out of the message.
            let problem = match word.value.contains('@') {
                true => Diagnostic::new(
                    "an e-mail address alone",
                    "write assign_to = { user_email = \"…\" } with it",
                ),
                false => Diagnostic::new("not an assignee", ASSIGNEES),
            };
            word.report(diagnostics, problem);
            None
        }
    }
}

pub(super) fn read_user(
    diagnostics: &mut Diagnostics<'_>,
    section: TableReader<'_>,
) -> Option<Assignee> {
    let (key, user) = section.only_key(diagnostics, ASSIGNEES)?;
    if key == "user_id" {
        let id = UserId::new(user.value.as_str());
        if id.is_err() {
            let remedy = "copy the id from HighLevel as it is, without spaces";
            user.report(diagnostics, Diagnostic::new("not the id of a user", remedy));
        }
        return id.ok().map(Assignee::User);
    }
    let is_address = !user.value.contains(char::is_whitespace)
        && matches!(user.value.split_once('@'), Some((name, host))
            if !name.is_empty() && host.contains('.') && !host.contains('@'));
    if !is_address {
        let remedy = "write the address the user signs in with";
        user.report(
            diagnostics,
            Diagnostic::new("not an e-mail address", remedy),
        );
    }
    Some(Assignee::UserEmail(Private::new(user.value)))
}
