//! The search of opportunities by fields (`GET /opportunities/search`): newest first, in pages by number or by cursor.
//! Campaign, country, order and the contact's own records are not looked at.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::opportunities;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::visit::{Version, Visit};

/// The filters as version 2 and version 3 call them, and the field each compares.
const FILTERS: [(&str, &str, &str); 5] = [
    ("id", "id", "id"),
    ("contact_id", "contactId", "contactId"),
    ("pipeline_id", "pipelineId", "pipelineId"),
    ("pipeline_stage_id", "pipelineStageId", "pipelineStageId"),
    ("assigned_to", "assignedTo", "assignedTo"),
];

pub(super) const MODULE: Module = Module {
    name: "Search of opportunities",
    rules: &[
        "Parameters are spelled in snake case in version 2 and in camel case in version 3.",
        "Words are looked for in the opportunity's name and in its contact's name, e-mail address and phone number.",
        "`date` and `endDate` (`mm-dd-yyyy`) compare the day of creation in UTC.",
        "Values of custom fields come as `fieldValueString` and the like, by their type.",
    ],
    operations: &[
        own(
            "GET",
            "/opportunities/search",
            "opportunities.readonly",
            |v, _, _| search(v),
        ),
        own(
            "POST",
            "/opportunities/search",
            "opportunities.readonly",
            |v, _, b| search_by_body(v, b),
        ),
    ],
};

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
        .map(|opportunity| search_view(visit, opportunity))
        .collect();
    Ok(Answer::ok(json!({
        "opportunities": opportunities,
        "meta": meta,
        "aggregations": {},
    })))
}

/// The search with a body, which HighLevel's file declares whole and which needs a location alone.
fn search_by_body(visit: &Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("locationId", Kind::Text),
            optional("query", Kind::Text),
            optional("limit", Kind::Number),
            optional("page", Kind::Number),
            optional("searchAfter", Kind::List),
            optional("additionalDetails", Kind::Object),
            optional("filters", Kind::List),
            optional("sort", Kind::List),
        ],
    )?;
    let number = |name: &str, default: u64| {
        let number = body.get(name).and_then(Value::as_u64).unwrap_or(default);
        usize::try_from(number).unwrap_or(usize::MAX)
    };
    let (page, limit) = (number("page", 1).max(1), number("limit", 20).clamp(1, 100));
    let words = text(body, "query").to_lowercase();
    let found: Vec<&Fields> = visit
        .location
        .opportunities
        .iter()
        .rev()
        .filter(|opportunity| says(visit, opportunity, &words))
        .collect();
    let after = body
        .get("searchAfter")
        .and_then(|after| after.as_array()?.last());
    let after = after.and_then(Value::as_str).filter(|id| !id.is_empty());
    let skip = match after {
        Some(last) => found
            .iter()
            .position(|opportunity| opportunity["id"] == last)
            .map_or(found.len(), |position| position + 1),
        None => (page - 1).saturating_mul(limit),
    };
    let opportunities: Vec<Fields> = found
        .iter()
        .skip(skip)
        .take(limit)
        .map(|opportunity| {
            let mut item = search_view(visit, opportunity);
            if !visit.modes.no_cursor {
                let cursor = json!([made_at(opportunity), opportunity["id"]]);
                item.insert("sort".to_owned(), cursor);
            }
            item
        })
        .collect();
    let mut answer = json!({
        "opportunities": opportunities,
        "total": visit.modes.total(found.len()),
        "aggregations": {},
    });
    if visit.version == Version::V3 {
        answer["stageAggregations"] = json!([]);
    }
    Ok(Answer::ok(answer))
}

/// An opportunity as a search shows it: values of custom fields stand under a name by their type.
fn search_view(visit: &Visit<'_>, opportunity: &Fields) -> Fields {
    let mut view = opportunities::view(visit.location, opportunity);
    let Some(Value::Array(values)) = view.get_mut("customFields") else {
        return view;
    };
    for value in values {
        let Some(held) = value
            .as_object_mut()
            .and_then(|value| value.remove("fieldValue"))
        else {
            continue;
        };
        let (kind, name) = match held {
            Value::Number(_) => ("number", "fieldValueNumber"),
            Value::Array(_) => ("array", "fieldValueArray"),
            Value::Object(_) => ("object", "fieldValueObject"),
            _ => ("string", "fieldValueString"),
        };
        value["type"] = json!(kind);
        value[name] = held;
    }
    view
}

/// Whether the words stand in the opportunity's name, or in its contact's name, e-mail address or phone number.
fn says(visit: &Visit<'_>, opportunity: &Fields, words: &str) -> bool {
    let contact = visit.location.contact(text(opportunity, "contactId"));
    let contact = contact.into_iter().flat_map(|contact| {
        let part = |name| contact.text(name).unwrap_or_default().to_owned();
        [contact.full_name(), part("email"), part("phone")]
    });
    let mut texts = contact.chain([text(opportunity, "name").to_owned()]);
    words.is_empty() || texts.any(|text| text.to_lowercase().contains(words))
}

/// Whether it was made on a day of those that are asked for, in UTC.
fn was_made_on(visit: &Visit<'_>, opportunity: &Fields) -> bool {
    let day = |name: &str| Date::strptime("%m-%d-%Y", visit.request.query(name)?).ok();
    let made: Option<Timestamp> = text(opportunity, "createdAt").parse().ok();
    let made = made.map(|made| made.to_zoned(TimeZone::UTC).date());
    let (from, to) = (day("date"), day("endDate"));
    from.is_none_or(|from| made >= Some(from)) && to.is_none_or(|to| made <= Some(to))
}

fn wanted(visit: &Visit<'_>, opportunity: &Fields) -> bool {
    let query = |name: &str| visit.request.query(name);
    let field = |name: &str| opportunity.get(name).and_then(Value::as_str);
    FILTERS.into_iter().all(|(v2_name, v3_name, name)| {
        query(v2_name)
            .or_else(|| query(v3_name))
            .is_none_or(|asked| field(name) == Some(asked))
    }) && query("status").is_none_or(|status| status == "all" || field("status") == Some(status))
        && says(
            visit,
            opportunity,
            &query("q").unwrap_or_default().to_lowercase(),
        )
        && was_made_on(visit, opportunity)
}

/// When it was made, in milliseconds since 1970.
fn made_at(opportunity: &Fields) -> Option<i64> {
    let time: Timestamp = opportunity["createdAt"].as_str()?.parse().ok()?;
    Some(time.as_millisecond())
}
