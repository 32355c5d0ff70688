//! Workflows of a location, and who is in them.

use serde_json::json;

use super::contacts;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional};
use crate::testing::fake_ghl::operation::{Access, Module, apart, own};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const MODULE: Module = Module {
    name: "Workflows",
    rules: &[
        "Workflows come from the seed, with their status (`published` or `draft`); the API makes none.",
        "The app's triggers and steps are ordered under `/_fake/`: a trigger that is gone is answered 404, a step is resumed once.",
        "An inbound webhook takes every object, whether its workflow is published or not.",
        "A contact is in a workflow once, however often it is added. The steps of a workflow do not run.",
    ],
    operations: &[
        own("GET", "/workflows/", "workflows.readonly", |v, _, _| {
            list(v)
        }),
        own(
            "POST",
            "/contacts/{contactId}/workflow/{workflowId}",
            "contacts.write",
            |v, p, b| enrol(v, p[0], p[1], b),
        ),
        own(
            "DELETE",
            "/contacts/{contactId}/workflow/{workflowId}",
            "contacts.write",
            |v, p, b| remove(v, p[0], p[1], b),
        ),
        apart(
            "POST",
            "/workflows-marketplace/triggers/execute/{appId}/{triggerId}",
            "",
            Access::Location,
        ),
        apart(
            "POST",
            "/workflows-marketplace/actions/resume-internal-action",
            "",
            Access::Location,
        ),
        apart(
            "POST",
            "/hooks/{locationId}/webhook-trigger/{hookId}",
            "",
            Access::Open,
        ),
    ],
};

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
    Ok(visit.succeded())
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
