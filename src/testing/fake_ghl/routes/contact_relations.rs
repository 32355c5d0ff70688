//! What contacts are related to: followers, appointments, businesses, campaigns; and the lists that find them by it.

use serde_json::{Value, json};

use super::contacts;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, required};
use crate::testing::fake_ghl::contact::{Contact, texts};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::visit::{Version, Visit, succeded};

pub(super) const MODULE: Module = Module {
    name: "Relations of contacts",
    rules: &[
        "The old list of contacts exists in version 2 alone: newest first, going on after `startAfter` and `startAfterId`.",
        "A contact's appointments have times without a zone, in that of the location.",
        "Campaigns come from nowhere: any id is taken, and remembered.",
        "The lookup compares exactly, looks at further e-mail addresses and phone numbers too, and needs a token of OAuth.",
    ],
    operations: &[
        own("GET", "/contacts/", "contacts.readonly", |v, _, _| list(v)).only(Version::V2),
        own("GET", "/contacts/lookup", "contacts.readonly", |v, _, _| {
            lookup(v)
        })
        .only(Version::V3),
        own(
            "POST",
            "/contacts/{contactId}/followers",
            "contacts.write",
            |v, p, b| add_followers(v, p[0], b),
        ),
        own(
            "DELETE",
            "/contacts/{contactId}/followers",
            "contacts.write",
            |v, p, b| remove_followers(v, p[0], b),
        ),
        own(
            "GET",
            "/contacts/{contactId}/appointments",
            "contacts.readonly",
            |v, p, _| appointments(v, p[0]),
        ),
        own(
            "POST",
            "/contacts/bulk/business",
            "contacts.write",
            |v, _, b| set_business(v, b),
        ),
        own(
            "GET",
            "/contacts/business/{businessId}",
            "contacts.readonly",
            |v, p, _| of_business(v, p[0]),
        ),
        own(
            "POST",
            "/contacts/{contactId}/campaigns/{campaignId}",
            "contacts.write",
            |v, p, _| add_campaign(v, p[0], p[1]),
        ),
        own(
            "DELETE",
            "/contacts/{contactId}/campaigns/removeAll",
            "contacts.write",
            |v, p, _| remove_campaigns(v, p[0]),
        )
        .only(Version::V2),
        own(
            "DELETE",
            "/contacts/{contactId}/campaigns/remove-all",
            "contacts.write",
            |v, p, _| remove_campaigns(v, p[0]),
        )
        .only(Version::V3),
        own(
            "DELETE",
            "/contacts/{contactId}/campaigns/{campaignId}",
            "contacts.write",
            |v, p, _| remove_campaign(v, p[0], p[1]),
        ),
    ],
};

fn list(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    request.required_query("locationId")?;
    let limit = request.count("limit", 20, 100)?;
    let words = request.query("query").unwrap_or_default().to_lowercase();
    let found: Vec<&Contact> = visit
        .location
        .contacts
        .iter()
        .rev()
        .filter(|contact| says(contact, &words))
        .collect();
    // `startAfter` alone gives the first page again, as others have measured.
    let after = request.query("startAfterId");
    let skip = after.and_then(|last| found.iter().position(|contact| contact.id() == last));
    let skip = skip.map_or(0, |position| position + 1);
    let page: Vec<Value> = found
        .iter()
        .skip(skip)
        .take(limit)
        .map(|contact| contact.view(visit.version).into())
        .collect();
    let mut meta = json!({ "total": visit.modes.total(found.len()), "currentPage": 1 });
    let last = found.iter().skip(skip).take(limit).last();
    if let Some(last) = last.filter(|_| !visit.modes.no_cursor) {
        meta["startAfterId"] = json!(last.id());
        meta["startAfter"] = json!(made_at(last));
    }
    Ok(Answer::ok(json!({
        "contacts": page,
        "count": visit.modes.total(found.len()),
        "meta": meta,
    })))
}

fn says(contact: &Contact, words: &str) -> bool {
    let holds = |field| {
        let text: Option<&str> = contact.text(field);
        text.is_some_and(|text| text.to_lowercase().contains(words))
    };
    words.is_empty()
        || contact.full_name().to_lowercase().contains(words)
        || ["email", "phone", "companyName"].into_iter().any(holds)
}

/// When it was made, in milliseconds since 1970.
fn made_at(contact: &Contact) -> Option<i64> {
    let time: jiff::Timestamp = contact.text("dateAdded")?.parse().ok()?;
    Some(time.as_millisecond())
}

fn lookup(visit: &Visit<'_>) -> Outcome {
    if visit.private_token {
        return Err(Answer::wrong_token_kind());
    }
    let request = visit.request;
    request.required_query("locationId")?;
    let limit = request.count("limit", 20, 20)?;
    let skip = request.offset("nextCursor")?;
    let (field, further, wanted) = match (request.query("email"), request.query("phone")) {
        (Some(email), None) => ("email", "additionalEmails", email),
        (None, Some(phone)) => ("phone", "additionalPhones", phone),
        _ => {
            return Err(Answer::unprocessable(vec![
                "either email or phone should be given".to_owned(),
            ]));
        }
    };
    let wanted = wanted.to_lowercase();
    let is = |text: &str| text.to_lowercase() == wanted;
    let found: Vec<Value> = visit
        .location
        .contacts
        .iter()
        .filter(|contact| {
            let further = contact.field(further).and_then(Value::as_array);
            let mut further = further.into_iter().flatten();
            contact.text(field).is_some_and(is)
                || further.any(|item| item[field].as_str().or(item.as_str()).is_some_and(is))
        })
        .map(|contact| contact.view(visit.version).into())
        .collect();
    let end = skip + limit;
    let next = (end < found.len()).then(|| end.to_string());
    let page: Vec<Value> = found.into_iter().skip(skip).take(limit).collect();
    Ok(Answer::ok(json!({ "contacts": page, "nextCursor": next })))
}

fn add_followers(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let (mut followers, asked) = followers(visit, id, body)?;
    let added: Vec<String> = asked
        .into_iter()
        .filter(|asked| !followers.contains(asked))
        .collect();
    followers.extend(added.iter().cloned());
    set(visit, id, "followers", json!(followers))?;
    Ok(Answer::created(
        json!({ "followers": followers, "followersAdded": added }),
    ))
}

fn remove_followers(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let (mut followers, asked) = followers(visit, id, body)?;
    let (removed, kept) = followers.drain(..).partition(|id| asked.contains(id));
    let (removed, kept): (Vec<String>, Vec<String>) = (removed, kept);
    set(visit, id, "followers", json!(kept))?;
    Ok(Answer::ok(
        json!({ "followers": kept, "followersRemoved": removed }),
    ))
}

/// The contact's followers, and those that the body names.
fn followers(
    visit: &Visit<'_>,
    id: &str,
    body: &Fields,
) -> Result<(Vec<String>, Vec<String>), Answer> {
    let contact = contacts::find(visit, id)?;
    check(body, &[required("followers", Kind::Texts)])?;
    Ok((
        texts(contact.field("followers")),
        texts(body.get("followers")),
    ))
}

fn set(visit: &mut Visit<'_>, id: &str, field: &str, value: Value) -> Result<(), Answer> {
    let now = visit.now;
    visit
        .location
        .contact_mut(id)
        .ok_or_else(|| Answer::not_found("Contact", id))?
        .set(field, value, now);
    Ok(())
}

fn appointments(visit: &Visit<'_>, id: &str) -> Outcome {
    contacts::find(visit, id)?;
    let zone = visit.location.details.get("timezone");
    let zone = zone.and_then(Value::as_str).unwrap_or("UTC");
    let local = |value: &Value| {
        let time: jiff::Timestamp = value.as_str()?.parse().ok()?;
        let time = time.in_tz(zone).ok()?;
        Some(time.strftime("%Y-%m-%d %H:%M:%S").to_string())
    };
    let events: Vec<Fields> = visit
        .location
        .appointments
        .iter()
        .filter(|appointment| appointment["contactId"] == id)
        .map(|appointment| {
            let mut event = appointment.clone();
            for name in ["startTime", "endTime"] {
                if let Some(text) = event.get(name).and_then(local) {
                    event.insert(name.to_owned(), text.into());
                }
            }
            event
        })
        .collect();
    Ok(Answer::ok(json!({ "events": events })))
}

fn set_business(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let mut body = body.clone();
    // Null takes the contacts out of their business.
    let business = body.remove("businessId").unwrap_or_default();
    check(
        &body,
        &[
            required("locationId", Kind::Text),
            required("ids", Kind::Texts),
        ],
    )?;
    let ids = texts(body.get("ids"));
    for id in &ids {
        set(visit, id, "businessId", business.clone())?;
    }
    Ok(Answer::ok(json!({ "success": true, "ids": ids })))
}

fn of_business(visit: &Visit<'_>, business: &str) -> Outcome {
    let request = visit.request;
    request.required_query("locationId")?;
    let (skip, limit) = (request.offset("skip")?, request.count("limit", 25, 100)?);
    let words = request.query("query").unwrap_or_default().to_lowercase();
    let found: Vec<Value> = visit
        .location
        .contacts
        .iter()
        .filter(|contact| contact.text("businessId") == Some(business) && says(contact, &words))
        .map(|contact| contact.view(visit.version).into())
        .collect();
    let total = visit.modes.total(found.len());
    let page: Vec<Value> = found.into_iter().skip(skip).take(limit).collect();
    Ok(Answer::ok(json!({ "contacts": page, "count": total })))
}

fn add_campaign(visit: &mut Visit<'_>, contact: &str, campaign: &str) -> Outcome {
    contacts::find(visit, contact)?;
    let entry = (contact.to_owned(), campaign.to_owned());
    if !visit.location.campaigns.contains(&entry) {
        visit.location.campaigns.push(entry);
    }
    Ok(Answer::created(succeded(visit.version)))
}

fn remove_campaign(visit: &mut Visit<'_>, contact: &str, campaign: &str) -> Outcome {
    contacts::find(visit, contact)?;
    let campaigns = &mut visit.location.campaigns;
    campaigns.retain(|(who, what)| who != contact || what != campaign);
    Ok(visit.succeded())
}

fn remove_campaigns(visit: &mut Visit<'_>, contact: &str) -> Outcome {
    contacts::find(visit, contact)?;
    visit.location.campaigns.retain(|(who, _)| who != contact);
    Ok(visit.succeded())
}
