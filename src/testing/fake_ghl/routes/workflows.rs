//! Workflows of a location, and who is in them.

use serde_json::json;

use super::{Visit, contacts};
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional};

pub(super) fn list(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    Ok(Answer::ok(json!({ "workflows": visit.location.workflows })))
}

pub(super) fn enrol(
    visit: &mut Visit<'_>,
    contact: &str,
    workflow: &str,
    body: &Fields,
) -> Outcome {
    check_both(visit, contact, workflow, body)?;
    let enrolment = (contact.to_owned(), workflow.to_owned());
    if !visit.location.enrolments.contains(&enrolment) {
        visit.location.enrolments.push(enrolment);
    }
    Ok(Answer::created(json!({ "succeded": true })))
}

pub(super) fn remove(
    visit: &mut Visit<'_>,
    contact: &str,
    workflow: &str,
    body: &Fields,
) -> Outcome {
    check_both(visit, contact, workflow, body)?;
    visit
        .location
        .enrolments
        .retain(|(who, what)| who != contact || what != workflow);
    Ok(Answer::succeded())
}

fn check_both(
    visit: &Visit<'_>,
    contact: &str,
    workflow: &str,
    body: &Fields,
) -> Result<(), Answer> {
    contacts::find(visit, contact)?;
    check(body, &[optional("eventStartTime", Kind::Time)])?;
    if visit
        .location
        .workflows
        .iter()
        .any(|known| known["id"] == workflow)
    {
        Ok(())
    } else {
        Err(Answer::not_found("Workflow", workflow))
    }
}
