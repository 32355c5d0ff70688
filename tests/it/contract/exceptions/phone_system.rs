//! Rows of the table about `phone-system.json` and `v3/phone-system-v3.json`.

use serde_json::{Value, json};

use super::{Exception, What};

const LIST: &str = "v3 GET /phone-system/numbers/location/{locationId}";
const AVAILABLE: &str = "v3 GET /phone-system/numbers/location/{locationId}/available";
const PURCHASE: &str = "v3 POST /phone-system/numbers/location/{locationId}/purchase";
const POOLS: &str = "v3 GET /phone-system/number-pools";

pub(super) fn rows() -> Vec<Exception> {
    [requests(), envelopes(), answers()]
        .into_iter()
        .flatten()
        .collect()
}

fn requests() -> Vec<Exception> {
    let mut rows = vec![Exception {
        operations: &[PURCHASE],
        place: "body/numberType",
        what: What::Takes(|| json!({"type": "string", "enum": ["local", "tollFree", "mobile"]})),
        why: "the file says object and shows a word",
        source: "its example `local`, and its words in phone-system.json",
    }];
    let asked_for = [
        "body/addressSid",
        "body/bundleSid",
        "body/countryCode",
        "body/fingerprintId",
        "body/locality",
        "body/numberType",
        "body/paymentIntentId",
        "body/paymentMethodId",
        "body/region",
        "body/skipLocationKYC",
        "body/stripeAccountId",
    ];
    rows.extend(asked_for.map(|place| Exception {
        operations: &[PURCHASE],
        place,
        what: What::Optional,
        why: "the number is enough; the file requires every field that it knows, an address and papers too",
        source: "phone-system.json, whose purchase requires `phoneNumber` alone and takes null for most of the rest",
    }));
    let not_asked_for = [
        "query/firstPart",
        "query/lastPart",
        "query/anywhere",
        "query/smsEnabled",
        "query/mmsEnabled",
        "query/voiceEnabled",
    ];
    rows.extend(not_asked_for.map(|place| Exception {
        operations: &[AVAILABLE],
        place,
        what: What::Optional,
        why: "the file requires each way to narrow the search, though `false` and an empty text narrow it too; what the \
              live endpoint does without them is not known",
        source: "phone-system.json, which requires none of them",
    }));
    rows
}

/// What version 3 puts around its answers.
fn envelopes() -> Vec<Exception> {
    let names = ["status", "message", "statusCode"];
    let row = |place| Exception {
        operations: &[LIST, AVAILABLE, PURCHASE, POOLS],
        place,
        what: What::NotKept,
        why: "it repeats the status of the answer, in a number and in words",
        source: "v3/phone-system-v3.json: `HTTP status echoed in the response body`",
    };
    names.map(row).into()
}

fn answers() -> Vec<Exception> {
    let mut rows = vec![
        Exception {
            operations: &[AVAILABLE],
            place: "",
            what: What::Really(available),
            why: "the file has no schema",
            source: "phone-system.json for the numbers, v3/phone-system-v3.json for what is around them elsewhere",
        },
        Exception {
            operations: &[POOLS],
            place: "",
            what: What::Really(pools),
            why: "the file has no schema",
            source: "phone-system.json for the pools, v3/phone-system-v3.json for what is around them elsewhere",
        },
        Exception {
            operations: &["v2 GET /phone-system/number-pools"],
            place: "total",
            what: What::NotKept,
            why: "all pools are there and can be counted",
            source: "its description: total number of pools returned",
        },
    ];
    let dates = [
        "data/numbers/*/dateAdded",
        "data/numbers/*/dateUpdated",
        "data/numbers/*/dateCreated",
    ];
    rows.extend(dates.map(|place| Exception {
        operations: &[LIST],
        place,
        what: What::Really(|| json!("2024-01-01T00:00:00.000Z")),
        why: "the file says object and shows a date",
        source: "its example, and phone-system.json",
    }));
    rows
}

fn enveloped(data: Value) -> Value {
    json!({"status": "success", "data": data, "message": "OK", "statusCode": 200})
}

fn available() -> Value {
    enveloped(json!({
        "fingerprintId": "1773314252953",
        "numbers": [{
            "phoneNumber": "+18705871861",
            "friendlyName": "(870) 587-1861",
            "isoCountry": "US",
            "lata": "528",
            "locality": "Wynne",
            "rateCenter": "WYNNE",
            "latitude": "35.241800",
            "longitude": "-90.846000",
            "region": "AR",
            "postalCode": "72396",
            "addressRequirements": "none",
            "beta": false,
            "capabilities": {"MMS": true, "SMS": true, "voice": true},
            "price": {"number_type": "local", "price": 1.15, "price_unit": "USD"},
        }],
    }))
}

fn pools() -> Value {
    enveloped(json!([{
        "id": "ve9EPM428h8vShlRW1KT",
        "name": "Sales Team Pool",
        "locationId": "loc123",
        "numbers": [{"phoneNumber": "+14155552671", "friendlyName": "Sales Line 1"}],
        "forwardingNumber": "+14155552671",
        "whisper": true,
        "whisperMessage": "Incoming call from sales line",
        "callRecording": true,
        "isActive": true,
        "inboundCallService": {"type": "voice_ai", "value": "68e381b296a83800a27cd1"},
    }]))
}
