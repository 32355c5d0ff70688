//! The location itself and its users.

use serde_json::json;

use super::Visit;
use crate::testing::fake_ghl::answer::{Answer, Outcome};

pub(super) fn get(visit: &Visit<'_>) -> Outcome {
    Ok(Answer::ok(json!({ "location": visit.location.details })))
}

pub(super) fn users(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    Ok(Answer::ok(json!({ "users": visit.location.users })))
}
