//! The app's token endpoints, in the shape of version 2 or, with `Version: v3`, of version 3.
//!
//! Refusals without a sample in HighLevel's files (a wrong secret, a location that was not approved) are worded here.

use std::collections::BTreeSet;

use http::{StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::oauth::{GrantOfApp, Holder, Pair};
use crate::testing::fake_ghl::operation::{self, Access, Module, apart};
use crate::testing::fake_ghl::request::ApiRequest;
use crate::testing::fake_ghl::rules;
use crate::testing::fake_ghl::values::wire_time;
use crate::testing::fake_ghl::visit::Version;
use crate::testing::fake_ghl::world::World;

pub(super) const MODULE: Module = Module {
    name: "OAuth",
    rules: &[
        "A code is used once, and looked at before the app's secret.",
        "A refresh token is good for one pair; within the grace it gives the same pair again, after that its use ends the grant.",
        "A location's token is minted from an agency's; its own refresh token renews it for the location.",
        "Version 2 takes forms and answers in snake case, version 3 takes forms or JSON and answers in camel case.",
    ],
    operations: &[
        apart("POST", "/oauth/token", "", Access::Open),
        apart(
            "POST",
            "/oauth/locationToken",
            "oauth.write",
            Access::Agency,
        ),
        apart(
            "POST",
            "/oauth/location-token",
            "oauth.write",
            Access::Agency,
        )
        .only(Version::V3),
        apart(
            "GET",
            "/oauth/installedLocations",
            "oauth.readonly",
            Access::Agency,
        ),
        apart(
            "GET",
            "/oauth/installed-locations",
            "oauth.readonly",
            Access::Agency,
        )
        .only(Version::V3),
    ],
};

/// Answers a request below `/oauth/`.
pub(in crate::testing::fake_ghl) fn answer(
    world: &mut World,
    request: &ApiRequest,
    now: Timestamp,
) -> Outcome {
    let version_3 = request
        .headers
        .get("version")
        .is_some_and(|version| version == "v3");
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let (method, path) = (request.method.as_str(), segments.as_slice());
    if (method, path) == ("POST", &["oauth", "token"]) {
        return token(world, &form(request)?, version_3, now);
    }
    rules::version(&request.headers)?;
    let only_version_3 = matches!(path, [_, "location-token" | "installed-locations"]);
    if only_version_3 && !version_3 {
        return Err(Answer::not_found("Route", &request.path));
    }
    let bearer = rules::bearer(&request.headers).unwrap_or_default();
    let company = match world.grants.holder(bearer, now) {
        Some(Holder::Company(company)) => company.clone(),
        Some(Holder::Location(_)) => return Err(Answer::wrong_token_kind()),
        None if world.tokens.contains_key(bearer) => return Err(Answer::wrong_token_kind()),
        None => return Err(Answer::unauthorized("Invalid JWT")),
    };
    match (method, path) {
        ("POST", [_, "locationToken" | "location-token"]) => {
            let form = form(request)?;
            let asked = required(&form, "companyId")?;
            let location = required(&form, "locationId")?;
            if asked != company || !approved(world, &company, location) {
                return Err(Answer::bad_request("Location is not approved for this app"));
            }
            let location = location.to_owned();
            let pair = world.grants.mint(bearer, &location, now);
            let pair = pair.ok_or_else(|| Answer::unauthorized("Invalid JWT"))?;
            let scopes = world.grants.scopes(bearer).clone();
            let mut body = tokens(&pair, &scopes, version_3, now);
            for (name, value) in [
                ("locationId", location),
                ("userId", "fakeUser000000000001".to_owned()),
                ("appId", world.app_id.clone()),
                ("versionId", world.version_id.clone()),
            ] {
                body.insert(name.to_owned(), value.into());
            }
            Ok(Answer::created(Value::Object(body)))
        }
        ("GET", [_, "installedLocations" | "installed-locations"]) => {
            installed(world, request, &company, version_3)
        }
        _ => Err(Answer::not_played(method, &request.path)),
    }
}

/// `POST /oauth/token`. The code is looked at before the app's secret, as HighLevel does.
fn token(world: &mut World, form: &Fields, version_3: bool, now: Timestamp) -> Outcome {
    let name = |version_2, other| if version_3 { other } else { version_2 };
    let client_id = required(form, name("client_id", "clientId"))?;
    let client_secret = required(form, name("client_secret", "clientSecret"))?;
    let kind = required(form, name("grant_type", "grantType"))?;
    let is_app = client_id == world.grants.client_id && client_secret == world.grants.client_secret;
    let issued = match kind {
        "authorization_code" => {
            let code = required(form, "code")?;
            if !world.grants.knows_code(code) {
                return Err(refused("Authorization code not found"));
            }
            if !is_app {
                return Err(refused("Invalid client credentials!"));
            }
            world.grants.redeem(code, now)
        }
        "refresh_token" => {
            let token = required(form, name("refresh_token", "refreshToken"))?;
            if !is_app {
                return Err(refused("Invalid client credentials!"));
            }
            world.grants.refresh(token, now)
        }
        _ => {
            let name = name("grant_type", "grantType");
            return Err(Answer::bad_request(format!("Invalid parameter: {name}")));
        }
    };
    let (grant, pair) =
        issued.ok_or_else(|| Answer::bad_request("Invalid grant: refresh token is invalid"))?;
    if let Holder::Location(location) = &grant.holder
        && world.locations.get(location).is_some_and(|it| it.paused)
    {
        return Err(Answer::bad_request("Location is not active"));
    }
    let mut body = tokens(&pair, &grant.scopes, version_3, now);
    body.extend(owner(world, &grant));
    Ok(Answer::ok(Value::Object(body)))
}

fn refused(message: &str) -> Answer {
    Answer::new(
        StatusCode::UNAUTHORIZED,
        json!({ "error": "UnAuthorized!", "error_description": message }),
    )
}

fn tokens(pair: &Pair, scopes: &Option<Vec<String>>, version_3: bool, now: Timestamp) -> Fields {
    let names = if version_3 {
        ["accessToken", "refreshToken", "tokenType", "expiresIn"]
    } else {
        ["access_token", "refresh_token", "token_type", "expires_in"]
    };
    let left = pair.expires_at.duration_since(now).as_secs().max(0);
    names
        .into_iter()
        .zip([
            json!(pair.access),
            json!(pair.refresh),
            json!("Bearer"),
            json!(left),
        ])
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .chain([(
            "scope".to_owned(),
            json!(scopes.clone().unwrap_or_else(all_scopes).join(" ")),
        )])
        .collect()
}

/// The scopes of all operations.
fn all_scopes() -> Vec<String> {
    let operations = super::MODULES.iter().flat_map(|module| module.operations);
    let scopes: BTreeSet<&str> = operations.map(|operation| operation.scope).collect();
    let named = scopes.into_iter().filter(|scope| !scope.is_empty());
    named.map(str::to_owned).collect()
}

fn owner(world: &World, grant: &GrantOfApp) -> Fields {
    let body = match &grant.holder {
        Holder::Location(location) => json!({
            "userType": "Location",
            "locationId": location,
            "companyId": world.company_of(location),
            "userId": "fakeUser000000000001",
            "isBulkInstallation": false,
        }),
        Holder::Company(company) => json!({
            "userType": "Company",
            "companyId": company,
            "userId": "fakeUser000000000001",
            "approvedLocations": grant.approved,
            "isBulkInstallation": true,
            "installToFutureLocations": false,
            "approveAllLocations": false,
        }),
    };
    match body {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

fn approved(world: &World, company: &str, location: &str) -> bool {
    world.grants.installed.contains_key(location)
        && world.company_of(location).as_deref() == Some(company)
}

fn installed(world: &World, request: &ApiRequest, company: &str, version_3: bool) -> Outcome {
    let (asked, app) = (
        request.required_query("companyId")?,
        request.required_query("appId")?,
    );
    if asked != company || app != world.app_id {
        return Err(Answer::not_found("App", app));
    }
    let wanted = request.query("isInstalled").map(|flag| flag == "true");
    let all: Vec<Value> = world
        .locations
        .values()
        .filter(|location| world.company_of(&location.id).as_deref() == Some(company))
        .filter_map(|location| {
            let since = world.grants.installed.get(&location.id);
            if wanted.is_some_and(|wanted| wanted != since.is_some()) {
                return None;
            }
            Some(json!({
                "_id": location.id,
                "name": location.details.get("name"),
                "address": operation::text(&location.details, "address"),
                "isInstalled": since.is_some(),
                "versionId": world.version_id,
                "installedAt": since.map(|time| wire_time(*time)),
            }))
        })
        .collect();
    let number = |name: &str, default: usize| {
        request
            .query(name)
            .map_or(Some(default), |text| text.parse().ok())
            .ok_or_else(|| Answer::unprocessable(vec![format!("{name} must be a number")]))
    };
    let (skip, size) = if version_3 {
        (number("pageToken", 0)?, request.count("pageSize", 20, 100)?)
    } else {
        (number("skip", 0)?, number("limit", 20)?)
    };
    let page: Vec<&Value> = all.iter().skip(skip).take(size).collect();
    let end = skip + page.len();
    Ok(Answer::ok(if version_3 {
        let next = (end < all.len()).then(|| end.to_string());
        json!({
            "items": page,
            "pagination": {
                "nextPageToken": next,
                "hasNextPage": next.is_some(),
                "hasPrevPage": skip > 0,
                "currentPageSize": page.len(),
                "totalRecords": all.len(),
            },
            "metadata": {},
        })
    } else {
        json!({ "locations": page, "count": all.len(), "installToFutureLocations": false })
    }))
}

/// The body: a form, or JSON where version 3 allows it.
fn form(request: &ApiRequest) -> Result<Fields, Answer> {
    let is_form = request
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return request.body();
    }
    Ok(url::form_urlencoded::parse(&request.raw)
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect())
}

fn required<'a>(form: &'a Fields, name: &str) -> Result<&'a str, Answer> {
    form.get(name)
        .and_then(Value::as_str)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Answer::bad_request(format!("Missing parameter: {name}")))
}
