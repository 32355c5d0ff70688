//! Search of contacts: filters, sorting and paging.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::contact::{Contact, normal_phone};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::visit::{Version, Visit};
use crate::testing::fake_ghl::world::Location;

/// Fields a filter may name, besides `customFields.{id}`.
const FILTERS: &[&str] = &[
    "id",
    "contactName",
    "firstNameLowerCase",
    "lastNameLowerCase",
    "email",
    "phone",
    "address",
    "city",
    "state",
    "country",
    "postalCode",
    "companyName",
    "businessName",
    "website",
    "source",
    "assignedTo",
    "tags",
    "timezone",
    "type",
    "dnd",
    "dateOfBirth",
    "dateAdded",
    "dateUpdated",
    "validEmail",
    "isValidWhatsapp",
    "followers",
    "lastAppointment",
    "lastEmailOpenedDate",
    "lastEmailClickedDate",
    "activeWorkflows",
    "finishedWorkflows",
    "dndSettings.Email.status",
    "dndSettings.SMS.status",
    "dndSettings.Call.status",
    "inboundDndSettings.all.status",
];

const SORTS: &[&str] = &[
    "email",
    "dnd",
    "source",
    "firstNameLowerCase",
    "lastNameLowerCase",
    "dateAdded",
    "dateUpdated",
];

/// No more records than this can be reached by page numbers.
const REACH: u64 = 10_000;

pub(super) const MODULE: Module = Module {
    name: "Search of contacts",
    rules: &[
        "Unknown filters, operators and sorts are refused.",
        "Names come in lower case with the original beside them, and there are no `dndSettings`.",
        "Pages by number reach 10,000 records; `searchAfter` reaches all.",
    ],
    operations: &[own(
        "POST",
        "/contacts/search",
        "contacts.readonly",
        |v, _, b| search(v, b),
    )],
};

pub(super) fn search(visit: &Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("locationId", Kind::Text),
            required("pageLimit", Kind::Number),
            optional("page", Kind::Number),
            optional("searchAfter", Kind::List),
            optional("query", Kind::Text),
            optional("filters", Kind::Objects),
            optional("sort", Kind::Objects),
        ],
    )?;
    let limit = body["pageLimit"].as_u64().unwrap_or_default();
    if !(1..=500).contains(&limit) {
        return Err(Answer::unprocessable(vec![
            "pageLimit must be between 1 and 500".to_owned(),
        ]));
    }
    let page = body.get("page").and_then(Value::as_u64).unwrap_or(1).max(1);
    if page * limit > REACH {
        return Err(Answer::bad_request(
            "page and pageLimit reach beyond 10000 records; use searchAfter",
        ));
    }
    if body.contains_key("page") && body.contains_key("searchAfter") {
        return Err(Answer::bad_request(
            "page and searchAfter can not be used together",
        ));
    }
    let filters = body.get("filters").and_then(Value::as_array);
    let sort = sorting(body)?;
    let words = body.get("query").and_then(Value::as_str);

    let mut found = Vec::new();
    for contact in &visit.location.contacts {
        let mut fits = words.is_none_or(|words| mentions(contact, words));
        for filter in filters.into_iter().flatten() {
            // Every filter is looked at for every contact, so that a wrong one is found whatever the data.
            fits &= matches(visit.location, contact, filter)?;
        }
        if fits {
            found.push(contact);
        }
    }
    if visit.location.contacts.is_empty() {
        let nobody = Contact::new(&visit.location.id, visit.now);
        for filter in filters.into_iter().flatten() {
            matches(visit.location, &nobody, filter)?;
        }
    }
    found.sort_by(|a, b| {
        sort.iter()
            .map(|(field, descending)| {
                if visit.modes.ties && field == "dateAdded" {
                    return Ordering::Equal;
                }
                let order = compare(
                    &field_of(visit.location, a, field),
                    &field_of(visit.location, b, field),
                );
                if *descending { order.reverse() } else { order }
            })
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.id().cmp(b.id()))
    });
    // Under ties, when all of them were made.
    let dates = visit.location.contacts.iter();
    let dates = dates.map(|contact| field_of(visit.location, contact, "dateAdded"));
    let newest = dates.max_by(compare).filter(|_| visit.modes.ties);
    let made_together = newest.map(|date| (date_value(&date), date));
    let total = found.len();
    let skip = match body.get("searchAfter").and_then(Value::as_array) {
        Some(after) => found
            .iter()
            .position(|contact| after.last() == Some(&json!(contact.id())))
            .map_or(0, |at| at + 1),
        None => usize::try_from((page - 1) * limit).unwrap_or(usize::MAX),
    };
    let contacts: Vec<Fields> = found
        .into_iter()
        .skip(skip)
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .map(|contact| {
            let mut after: Vec<Value> = sort
                .iter()
                .map(|(field, _)| match &made_together {
                    Some((value, _)) if field == "dateAdded" => value.clone(),
                    _ => sort_value(visit.location, contact, field),
                })
                .collect();
            after.push(contact.id().into());
            let mut view = contact.search_view(after.into());
            if visit.modes.no_cursor {
                view.remove("searchAfter");
            }
            if let Some((_, date)) = &made_together {
                view.insert("dateAdded".into(), date.clone());
            }
            view
        })
        .collect();
    Ok(Answer::ok(
        json!({ "contacts": contacts, "total": visit.modes.total(total) }),
    ))
}

/// Field and whether it descends; newest first when nothing is asked for.
fn sorting(body: &Fields) -> Result<Vec<(String, bool)>, Answer> {
    let Some(asked) = body.get("sort").and_then(Value::as_array) else {
        return Ok(vec![("dateAdded".to_owned(), true)]);
    };
    if asked.len() > 2 {
        return Err(Answer::bad_request("At most 2 sort fields are allowed"));
    }
    asked
        .iter()
        .map(|sort| {
            let field = sort["field"].as_str().unwrap_or_default();
            if !SORTS.contains(&field) {
                return Err(Answer::bad_request(format!("Invalid sort field {field}")));
            }
            match sort["direction"].as_str() {
                Some("asc") => Ok((field.to_owned(), false)),
                Some("desc") => Ok((field.to_owned(), true)),
                _ => Err(Answer::bad_request(format!(
                    "Invalid sort direction for {field}"
                ))),
            }
        })
        .collect()
}

/// Times are sorted, and shown in `searchAfter`, as milliseconds since 1970.
fn sort_value(location: &Location, contact: &Contact, field: &str) -> Value {
    let value = field_of(location, contact, field);
    if !field.starts_with("date") {
        return value;
    }
    date_value(&value)
}

fn date_value(date: &Value) -> Value {
    date.as_str()
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        .map_or(Value::Null, |time| time.as_millisecond().into())
}

fn mentions(contact: &Contact, words: &str) -> bool {
    let words = words.to_lowercase();
    let name = contact.full_name();
    [
        Some(name.as_str()),
        contact.text("email"),
        contact.text("phone"),
    ]
    .into_iter()
    .flatten()
    .any(|text| text.to_lowercase().contains(&words))
}

fn matches(location: &Location, contact: &Contact, filter: &Value) -> Result<bool, Answer> {
    if let Some(parts) = filter["filters"].as_array() {
        let results = parts
            .iter()
            .map(|part| matches(location, contact, part))
            .collect::<Result<Vec<bool>, Answer>>()?;
        return match filter["group"].as_str() {
            Some("AND") => Ok(results.iter().all(|fits| *fits)),
            Some("OR") => Ok(results.iter().any(|fits| *fits)),
            _ => Err(Answer::bad_request("Invalid group")),
        };
    }
    let field = filter["field"].as_str().unwrap_or_default();
    if !FILTERS.contains(&field) && !field.starts_with("customFields.") {
        return Err(Answer::bad_request(format!("Invalid field {field}")));
    }
    let held = field_of(location, contact, field);
    let wanted = match (&filter["value"], field) {
        (Value::String(text), "phone") => json!(normal_phone(text, location.country())),
        (value, _) => value.clone(),
    };
    Ok(match filter["operator"].as_str() {
        Some("eq") => equals(&held, &wanted),
        Some("not_eq") => !equals(&held, &wanted),
        Some("contains") if field != "email" => contains(&held, &wanted),
        Some("not_contains") if field != "email" => !contains(&held, &wanted),
        Some("exists") => !held.is_null(),
        Some("not_exists") => held.is_null(),
        Some("range") => in_range(&held, &wanted),
        _ => {
            return Err(Answer::bad_request(format!(
                "Invalid operator for field {field}"
            )));
        }
    })
}

/// The value of a field a filter or a sort names; null if there is none.
fn field_of(location: &Location, contact: &Contact, field: &str) -> Value {
    let view = contact.view(Version::V2);
    let direct = |name: &str| view.get(name).cloned().unwrap_or(Value::Null);
    match field {
        "contactName" => direct("fullNameLowerCase"),
        "address" => direct("address1"),
        "activeWorkflows" => location
            .enrolments
            .iter()
            .filter(|(who, _)| who == contact.id())
            .map(|(_, workflow)| json!(workflow))
            .collect(),
        _ => {
            if let Some(id) = field.strip_prefix("customFields.") {
                return direct("customFields")
                    .as_array()
                    .into_iter()
                    .flatten()
                    .find(|custom| custom["id"] == id)
                    .map_or(Value::Null, |custom| custom["value"].clone());
            }
            let mut parts = field.split('.');
            let first = direct(parts.next().unwrap_or_default());
            parts.fold(first, |value, part| value[part].clone())
        }
    }
}

fn equals(held: &Value, wanted: &Value) -> bool {
    match (held, wanted) {
        (Value::String(held), Value::String(wanted)) => {
            held.to_lowercase() == wanted.to_lowercase()
        }
        // A list equals a value that is in it, and a list of values that are all in it.
        (Value::Array(held), Value::Array(wanted)) => {
            wanted.iter().all(|one| held.iter().any(|h| equals(h, one)))
        }
        (Value::Array(held), one) => held.iter().any(|h| equals(h, one)),
        (held, wanted) => held == wanted,
    }
}

fn contains(held: &Value, wanted: &Value) -> bool {
    let Some(wanted) = wanted.as_str().map(str::to_lowercase) else {
        return false;
    };
    match held {
        Value::String(text) => text.to_lowercase().contains(&wanted),
        Value::Array(items) => items.iter().any(|item| contains(item, &json!(wanted))),
        _ => false,
    }
}

fn in_range(held: &Value, bounds: &Value) -> bool {
    if held.is_null() {
        return false;
    }
    let bound = |name: &str| bounds.get(name).map(|bound| compare(held, bound));
    bound("gt").is_none_or(Ordering::is_gt)
        && bound("gte").is_none_or(Ordering::is_ge)
        && bound("lt").is_none_or(Ordering::is_lt)
        && bound("lte").is_none_or(Ordering::is_le)
}

/// Numbers by size, times by time (also against milliseconds since 1970), everything else as text.
fn compare(a: &Value, b: &Value) -> Ordering {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a.total_cmp(&b);
    }
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    text(a).cmp(&text(b))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 fit a f64 for longer than HighLevel will exist"
)]
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| {
        let time: jiff::Timestamp = value.as_str()?.parse().ok()?;
        Some(time.as_millisecond() as f64)
    })
}
