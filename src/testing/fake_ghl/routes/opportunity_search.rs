//! The search of opportunities by fields (`GET /opportunities/search`): newest first, in pages by number or by cursor.
//! Words, days, campaign, country, order and the contact's own records are not looked at.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Visit, opportunities};
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};

/// The filters as version 2 and version 3 call them, and the field each compares.
const FILTERS: [(&str, &str, &str); 5] = [
    ("id", "id", "id"),
    ("contact_id", "contactId", "contactId"),
    ("pipeline_id", "pipelineId", "pipelineId"),
    ("pipeline_stage_id", "pipelineStageId", "pipelineStageId"),
    ("assigned_to", "assignedTo", "assignedTo"),
];

pub(super) fn search(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    if request.query("locationId").is_none() {
        request.required_query("location_id")?;
    }
    let limit = request.count("limit", 20, 100)?;
    let page = request.count("page", 1, usize::MAX)?;
    let found: Vec<&Fields> = visit
        .location
        .opportunities
        .iter()
        .rev()
        .filter(|opportunity| wanted(visit, opportunity))
        .collect();
    let skip = match request.query("startAfterId") {
        Some(last) => found
            .iter()
            .position(|opportunity| opportunity["id"] == last)
            .map(|at| at + 1)
            .ok_or_else(|| Answer::not_found("Opportunity", last))?,
        None => (page - 1).saturating_mul(limit),
    };
    let shown: Vec<&Fields> = found.iter().skip(skip).take(limit).copied().collect();
    let more = skip.saturating_add(shown.len()) < found.len();
    let mut meta = json!({
        "total": visit.modes.total(found.len()),
        "currentPage": page,
        "nextPage": more.then_some(page.saturating_add(1)),
        "prevPage": (page > 1).then(|| page - 1),
    });
    if let Some(last) = shown.last().filter(|_| !visit.modes.no_cursor) {
        meta["startAfterId"] = last["id"].clone();
        meta["startAfter"] = json!(made_at(last));
    }
    let opportunities: Vec<Fields> = shown
        .into_iter()
        .map(|opportunity| opportunities::view(visit.location, opportunity))
        .collect();
    Ok(Answer::ok(json!({
        "opportunities": opportunities,
        "meta": meta,
        "aggregations": {},
    })))
}

fn wanted(visit: &Visit<'_>, opportunity: &Fields) -> bool {
    let query = |name: &str| visit.request.query(name);
    let text = |name: &str| opportunity.get(name).and_then(Value::as_str);
    FILTERS.into_iter().all(|(v2_name, v3_name, field)| {
        query(v2_name)
            .or_else(|| query(v3_name))
            .is_none_or(|asked| text(field) == Some(asked))
    }) && query("status").is_none_or(|status| status == "all" || text("status") == Some(status))
}

/// When it was made, in milliseconds since 1970.
fn made_at(opportunity: &Fields) -> Option<i64> {
    let time: Timestamp = opportunity["createdAt"].as_str()?.parse().ok()?;
    Some(time.as_millisecond())
}
