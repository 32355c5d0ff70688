//! Users: the people of an agency, and the locations that each works in.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::contact::texts;
use crate::testing::fake_ghl::oauth::Holder;
use crate::testing::fake_ghl::operation::{Module, either, own, text};
use crate::testing::fake_ghl::values::{fresh_id, record};
use crate::testing::fake_ghl::visit::{AgencyVisit, Version, Visit};
use crate::testing::fake_ghl::world::User;

pub(super) const MODULE: Module = Module {
    name: "Users",
    rules: &[
        "A location's token sees the users of the location, an agency's token all of the agency.",
        "The old list exists in version 2 alone; version 3 has the search.",
        "An e-mail address belongs to one user. A new user needs a password, which is not kept.",
        "The search by e-mail addresses takes an agency's token.",
    ],
    operations: &[
        own("GET", "/users/", "users.readonly", |v, _, _| list(v)).only(Version::V2),
        either("GET", "/users/search", "users.readonly", |v, _, _| {
            search(v)
        }),
        either(
            "POST",
            "/users/search/filter-by-email",
            "users.readonly",
            |v, _, b| search_by_email(v, b),
        ),
        either("GET", "/users/{userId}", "users.readonly", |v, p, _| {
            get(v, p[0])
        }),
        either("POST", "/users/", "users.write", |v, _, b| create(v, b)),
        either("PUT", "/users/{userId}", "users.write", |v, p, b| {
            update(v, p[0], b)
        }),
        either("DELETE", "/users/{userId}", "users.write", |v, p, _| {
            delete(v, p[0])
        }),
    ],
};

const FURTHER: [Property; 7] = [
    optional("phone", Kind::TextOrNull),
    optional("permissions", Kind::Object),
    optional("scopes", Kind::Texts),
    optional("scopesAssignedToOnly", Kind::Texts),
    optional("profilePhoto", Kind::TextOrNull),
    optional("twilioPhone", Kind::Any),
    optional("platformLanguage", Kind::Text),
];

fn list(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let users: Vec<&Fields> = visit
        .company
        .users
        .iter()
        .filter(|user| user.locations.contains(&visit.location.id))
        .map(|user| &user.fields)
        .collect();
    Ok(Answer::ok(json!({ "users": users })))
}

/// Whether the caller may see and change the user.
fn reaches(caller: &Holder, user: &User) -> bool {
    match caller {
        Holder::Location(location) => user.locations.contains(location),
        Holder::Company(_) => true,
    }
}

fn search(visit: &mut AgencyVisit<'_>) -> Outcome {
    let request = visit.request;
    visit.own_company(Some(request.required_query("companyId")?))?;
    if let Some(location) = request.query("locationId") {
        visit.reaches(location)?;
    }
    let (skip, limit) = (request.offset("skip")?, request.count("limit", 25, 100)?);
    let words = request.query("query").unwrap_or_default().to_lowercase();
    let ids = request.query_list("ids");
    let caller = visit.caller.clone();
    let role = |user: &User, name: &str| {
        let roles = user.fields.get("roles");
        request
            .query(name)
            .is_none_or(|asked| roles.is_some_and(|roles| roles[name] == asked))
    };
    let mut found: Vec<Fields> = visit
        .company()
        .users
        .iter()
        .filter(|user| {
            let says = |field| text(&user.fields, field).to_lowercase().contains(&words);
            let location = request.query("locationId");
            reaches(&caller, user)
                && location.is_none_or(|location| user.locations.contains(location))
                && (ids.is_empty() || ids.contains(&user.id()))
                && ["name", "email", "phone"].into_iter().any(says)
                && role(user, "type")
                && role(user, "role")
        })
        .map(|user| user.fields.clone())
        .collect();
    if request.query("sortDirection") == Some("desc") {
        found.reverse();
    }
    let count = found.len();
    let page: Vec<Fields> = found.into_iter().skip(skip).take(limit).collect();
    Ok(Answer::ok(json!({ "users": page, "count": count })))
}

fn search_by_email(visit: &mut AgencyVisit<'_>, body: &Fields) -> Outcome {
    if matches!(visit.caller, Holder::Location(_)) {
        return Err(Answer::wrong_token_kind());
    }
    check(
        body,
        &[
            required("companyId", Kind::Text),
            required("emails", Kind::Any),
            optional("deleted", Kind::Bool),
            optional("skip", Kind::Any),
            optional("limit", Kind::Any),
            optional("projection", Kind::Any),
        ],
    )?;
    visit.own_company(Some(text(body, "companyId")))?;
    // The file says text, its example is a list.
    let listed = texts(body.get("emails"));
    let commas = text(body, "emails").split(',').map(str::to_owned);
    let asked: Vec<String> = listed
        .into_iter()
        .chain(commas)
        .map(|email| email.trim().to_lowercase())
        .collect();
    let number = |name: &str, default: usize| {
        let value = body.get(name);
        let number = value.and_then(Value::as_u64);
        let number = number.or_else(|| value?.as_str()?.parse().ok());
        number.map_or(default, |number| usize::try_from(number).unwrap_or(default))
    };
    let found: Vec<Fields> = visit
        .company()
        .users
        .iter()
        .filter(|user| asked.contains(&text(&user.fields, "email").to_lowercase()))
        .map(|user| user.fields.clone())
        .collect();
    let count = found.len();
    let page = found.into_iter().skip(number("skip", 0));
    let page: Vec<Fields> = page.take(number("limit", 25)).collect();
    Ok(Answer::ok(json!({ "users": page, "count": count })))
}

fn get(visit: &mut AgencyVisit<'_>, id: &str) -> Outcome {
    Ok(Answer::ok(find(visit, id)?.fields.clone().into()))
}

/// The user, if it is there and the caller may see it.
fn find<'a>(visit: &'a mut AgencyVisit<'_>, id: &str) -> Result<&'a mut User, Answer> {
    let caller = visit.caller.clone();
    let mut users = visit.company().users.iter_mut();
    let user = users.find(|user| user.id() == id);
    let user = user.ok_or_else(|| Answer::not_found("User", id))?;
    if reaches(&caller, user) {
        Ok(user)
    } else {
        Err(Answer::wrong_location())
    }
}

fn create(visit: &mut AgencyVisit<'_>, body: &Fields) -> Outcome {
    let mut properties = vec![
        required("companyId", Kind::Text),
        required("firstName", Kind::Text),
        required("lastName", Kind::Text),
        required("email", Kind::Text),
        required("password", Kind::Text),
        required("type", Kind::OneOf(&["account", "agency"])),
        required("role", Kind::OneOf(&["admin", "user"])),
        required("locationIds", Kind::Texts),
    ];
    properties.extend(FURTHER);
    check(body, &properties)?;
    visit.own_company(Some(text(body, "companyId")))?;
    is_free(visit, None, text(body, "email"))?;
    let mut user = User {
        fields: record([
            ("id", fresh_id().into()),
            ("extension", "".into()),
            ("deleted", false.into()),
            ("roles", json!({})),
        ]),
        locations: BTreeSet::new(),
    };
    write(visit, &mut user, body)?;
    let answer = Answer::created(user.fields.clone().into());
    visit.company().users.push(user);
    Ok(answer)
}

fn update(visit: &mut AgencyVisit<'_>, id: &str, body: &Fields) -> Outcome {
    let mut user = find(visit, id)?.clone();
    let mut properties = vec![
        optional("firstName", Kind::Text),
        optional("lastName", Kind::Text),
        optional("email", Kind::Text),
        optional("emailChangeOTP", Kind::Text),
        optional("password", Kind::Text),
        optional("type", Kind::Text),
        optional("role", Kind::Text),
        optional("companyId", Kind::Text),
        optional("locationIds", Kind::Texts),
    ];
    properties.extend(FURTHER);
    check(body, &properties)?;
    visit.own_company(body.get("companyId").and_then(Value::as_str))?;
    is_free(visit, Some(id), text(body, "email"))?;
    write(visit, &mut user, body)?;
    let answer = Answer::ok(user.fields.clone().into());
    *find(visit, id)? = user;
    Ok(answer)
}

fn delete(visit: &mut AgencyVisit<'_>, id: &str) -> Outcome {
    find(visit, id)?;
    visit.company().users.retain(|user| user.id() != id);
    let succeeded = match visit.version {
        Version::V2 => "succeded",
        Version::V3 => "succeeded",
    };
    Ok(Answer::ok(json!({
        succeeded: true,
        "message": "Queued deleting user with e-mail and name. Will take a few minutes.",
    })))
}

/// Refuses an e-mail address that another user has. The wording is not documented.
fn is_free(visit: &mut AgencyVisit<'_>, id: Option<&str>, email: &str) -> Result<(), Answer> {
    let is_taken = !email.is_empty()
        && visit.company().users.iter().any(|user| {
            id != Some(user.id()) && text(&user.fields, "email").eq_ignore_ascii_case(email)
        });
    if is_taken {
        return Err(Answer::bad_request("User with this email already exists"));
    }
    Ok(())
}

fn write(visit: &AgencyVisit<'_>, user: &mut User, body: &Fields) -> Result<(), Answer> {
    let mut body = body.clone();
    for name in ["password", "companyId", "emailChangeOTP"] {
        body.remove(name);
    }
    if let Some(locations) = body.remove("locationIds") {
        let locations: BTreeSet<String> = texts(Some(&locations)).into_iter().collect();
        for location in &locations {
            visit.reaches(location)?;
        }
        user.locations = locations;
    }
    let mut roles = user.fields.remove("roles").unwrap_or_else(|| json!({}));
    for name in ["type", "role"] {
        if let Some(value) = body.remove(name) {
            roles[name] = value;
        }
    }
    roles["locationIds"] = json!(user.locations);
    user.fields.insert("roles".to_owned(), roles);
    user.fields.extend(body);
    let name = [
        text(&user.fields, "firstName"),
        text(&user.fields, "lastName"),
    ]
    .join(" ");
    user.fields.insert("name".to_owned(), name.trim().into());
    Ok(())
}
