//! Phone numbers of a location, numbers to buy, and number pools.

use http::StatusCode;
use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::resource::{PLAIN, Resource};
use crate::testing::fake_ghl::values::{fresh_id, wire_time};
use crate::testing::fake_ghl::visit::{Version, Visit};

/// Numbers come from the seed or are bought.
pub(super) const NUMBERS: Resource = Resource {
    collection: "phoneNumbers",
    what: "Phone number",
    id: "sid",
    many: "numbers",
    defaults: r#"{"friendlyName": null, "countryCode": "US", "type": "local", "isDefaultNumber": false, "linkedUser": null,
        "linkedRingAllUsers": [], "inboundCallService": null, "forwardingNumber": null, "isGroupConversationEnabled": false,
        "addressSid": null, "bundleSid": null, "origin": "twilio",
        "capabilities": {"voice": true, "sms": true, "mms": true, "fax": false}}"#,
    ..PLAIN
};

pub(super) const POOLS: Resource = Resource {
    collection: "numberPools",
    what: "Number pool",
    many: "data",
    ..PLAIN
};

pub(super) const MODULE: Module = Module {
    name: "Phone numbers",
    rules: &[
        "Version 2 answers bare, version 3 under `data` with `status`, `message` and `statusCode`, and with `isUnderLc` for `isUnderGhl`.",
        "Numbers come from the seed, or are bought, which costs nothing here; any number can be bought that nobody has.",
        "The list has 50 numbers on a page, counted from 0.",
        "A location without a number in its seed has a phone system all the same.",
    ],
    operations: &[
        own(
            "GET",
            "/phone-system/numbers/location/{locationId}",
            "phonenumbers.read",
            |v, _, _| list(v),
        ),
        own(
            "GET",
            "/phone-system/numbers/location/{locationId}/available",
            "phonenumbers.read",
            |v, _, _| available(v),
        ),
        own(
            "POST",
            "/phone-system/numbers/location/{locationId}/purchase",
            "phonenumbers.write",
            |v, _, b| purchase(v, b),
        ),
        own(
            "GET",
            "/phone-system/number-pools",
            "numberpools.read",
            |v, _, _| pools(v),
        ),
    ],
};

/// The body as the version wraps it.
fn wrapped(visit: &Visit<'_>, status: StatusCode, data: Value) -> Answer {
    Answer::new(
        status,
        match visit.version {
            Version::V2 => data,
            Version::V3 => json!({
                "status": "success",
                "data": data,
                "message": "Success",
                "statusCode": status.as_u16(),
            }),
        },
    )
}

fn list(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    let page = request.offset("page")?;
    let size = request.count("pageSize", 50, 1000)?;
    let words = request.query("searchFilter").unwrap_or_default();
    let found: Vec<&Fields> = NUMBERS
        .all(&visit.location.records)
        .iter()
        .filter(|number| {
            text(number, "phoneNumber").contains(words)
                || text(number, "friendlyName").contains(words)
        })
        .skip(page.saturating_mul(size))
        .take(size)
        .collect();
    let mut body = NUMBERS.many(found);
    body["pageSize"] = json!(size);
    body["page"] = json!(page);
    body["accountStatus"] = json!("active");
    let under = match visit.version {
        Version::V2 => "isUnderGhl",
        Version::V3 => "isUnderLc",
    };
    body[under] = json!(true);
    Ok(wrapped(visit, StatusCode::OK, body))
}

/// Ten numbers after the digits that were asked for, out of those that belong to nobody (`555-01..`).
fn available(visit: &Visit<'_>) -> Outcome {
    let request = visit.request;
    let country = request.required_query("countryCode")?;
    let digits: String = request
        .query("firstPart")
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .take(3)
        .collect();
    let area = if digits.len() == 3 { &digits } else { "312" };
    let numbers: Vec<Value> = (10..20)
        .map(|last| {
            json!({
                "phoneNumber": format!("+1{area}55501{last}"),
                "friendlyName": format!("({area}) 555-01{last}"),
                "isoCountry": country,
                "addressRequirements": "none",
                "beta": false,
                "capabilities": { "voice": true, "SMS": true, "MMS": true, "fax": false },
            })
        })
        .collect();
    let body = json!({ "fingerprintId": fresh_id(), "numbers": numbers });
    Ok(wrapped(visit, StatusCode::OK, body))
}

fn purchase(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(
        body,
        &[
            required("phoneNumber", Kind::Text),
            optional("countryCode", Kind::Text),
            optional("numberType", Kind::Any),
            optional("addressSid", Kind::Text),
            optional("bundleSid", Kind::Text),
            optional("locality", Kind::Text),
            optional("region", Kind::Text),
            optional("fingerprintId", Kind::Text),
            optional("skipLocationKYC", Kind::Bool),
            optional("paymentIntentId", Kind::Text),
            optional("stripeAccountId", Kind::Text),
            optional("paymentMethodId", Kind::Text),
        ],
    )?;
    let number = text(body, "phoneNumber");
    let mut owned = NUMBERS.all(&visit.location.records).iter();
    if owned.any(|owned| owned["phoneNumber"] == number) {
        return Err(Answer::bad_request("This phone number is not available"));
    }
    let mut bought = Fields::new();
    let sid = format!("PN{}", fresh_id());
    bought.insert("sid".to_owned(), sid.clone().into());
    bought.insert("phoneNumber".to_owned(), number.into());
    bought.insert("dateAdded".to_owned(), wire_time(visit.now).into());
    if let Some(country) = body.get("countryCode") {
        bought.insert("countryCode".to_owned(), country.clone());
    }
    let location_id = visit.location.id.clone();
    let owner = ("locationId", location_id.as_str());
    NUMBERS.seed(&mut visit.location.records, owner, &bought);
    let answer = json!({
        "id": fresh_id(),
        "account_sid": "ACfake",
        "under_ghl_account": true,
        "validate_sms": false,
        "location_id": location_id,
        "numbers": { number: { "sid": sid } },
    });
    Ok(wrapped(visit, StatusCode::CREATED, answer))
}

fn pools(visit: &Visit<'_>) -> Outcome {
    let pools = POOLS.all(&visit.location.records);
    let mut body = POOLS.many(pools);
    body["success"] = json!(true);
    body["total"] = json!(pools.len());
    Ok(Answer::ok(body))
}
