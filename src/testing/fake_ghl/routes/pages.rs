//! What the API only lists: forms and what was sent with them, surveys, funnels, campaigns.

use serde_json::json;

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::visit::Visit;

pub(super) const FORMS: Resource = Resource {
    collection: "forms",
    what: "Form",
    many: "forms",
    ..PLAIN
};

pub(super) const SUBMISSIONS: Resource = Resource {
    collection: "formSubmissions",
    what: "Submission",
    many: "submissions",
    ..PLAIN
};

pub(super) const SURVEYS: Resource = Resource {
    collection: "surveys",
    what: "Survey",
    many: "surveys",
    ..PLAIN
};

pub(super) const FUNNELS: Resource = Resource {
    collection: "funnels",
    what: "Funnel",
    id: "_id",
    many: "funnels",
    defaults: r#"{"type": "funnel", "deleted": false}"#,
    ..PLAIN
};

pub(super) const CAMPAIGNS: Resource = Resource {
    collection: "campaigns",
    what: "Campaign",
    many: "campaigns",
    defaults: r#"{"status": "published"}"#,
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Forms, surveys, funnels and campaigns",
    rules: &["All of them come from the seed."],
    operations: &[
        own("GET", "/forms/", "forms.readonly", |v, _, _| {
            list(&FORMS, v)
        }),
        own("GET", "/forms/submissions", "forms.readonly", |v, _, _| {
            submissions(v)
        }),
        own("GET", "/surveys/", "surveys.readonly", |v, _, _| {
            list(&SURVEYS, v)
        }),
        own(
            "GET",
            "/funnels/funnel/list",
            "funnels/funnel.readonly",
            |v, _, _| funnels(v),
        ),
        own("GET", "/campaigns/", "campaigns.readonly", |v, _, _| {
            campaigns(v)
        }),
    ],
};

fn list(resource: &Resource, visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let kind = visit.request.query("type");
    let (page, total) = resource.page(visit, ("skip", "limit"), 10, |record| {
        kind.is_none_or(|kind| text(record, "type") == kind)
    })?;
    let mut body = resource.many(page);
    body["total"] = json!(total);
    Ok(Answer::ok(body))
}

fn submissions(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    request.required_query("locationId")?;
    let number = request.count("page", 1, usize::MAX)?;
    let limit = request.count("limit", 20, 100)?;
    let form = request.query("formId");
    let words = request.query("q").unwrap_or_default().to_lowercase();
    let found: Vec<&Fields> = SUBMISSIONS
        .all(&visit.location.records)
        .iter()
        .filter(|submission| {
            let says = |name| text(submission, name).to_lowercase().contains(&words);
            form.is_none_or(|form| text(submission, "formId") == form)
                && (says("name") || says("email"))
        })
        .collect();
    let total = found.len();
    let skip = (number - 1).saturating_mul(limit);
    let more = skip.saturating_add(limit) < total;
    let shown = found.into_iter().skip(skip).take(limit);
    let mut body = SUBMISSIONS.many(shown);
    body["meta"] = json!({
        "total": total,
        "currentPage": number,
        "nextPage": more.then_some(number.saturating_add(1)),
        "prevPage": (number > 1).then(|| number - 1),
    });
    Ok(Answer::ok(body))
}

fn funnels(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    request.required_query("locationId")?;
    let (kind, name) = (request.query("type"), request.query("name"));
    let (page, total) = FUNNELS.page(visit, ("offset", "limit"), 20, |funnel| {
        kind.is_none_or(|kind| text(funnel, "type") == kind)
            && name.is_none_or(|name| text(funnel, "name").contains(name))
    })?;
    let mut body = FUNNELS.many(page);
    body["count"] = json!(total);
    Ok(Answer::ok(body))
}

fn campaigns(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let status = visit.request.query("status");
    let campaigns = CAMPAIGNS.all(&visit.location.records).iter();
    let shown = campaigns.filter(|it| status.is_none_or(|status| text(it, "status") == status));
    Ok(Answer::ok(CAMPAIGNS.many(shown)))
}
