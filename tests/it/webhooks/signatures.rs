//! Which requests are believed.

use std::sync::LazyLock;

use bytes::Bytes;
use gohighlevel::webhooks::{Delivery, Verifier, VerifyError};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::signing::{Ed25519Signer, LEGACY_SIGNATURE, RsaSigner, SIGNATURE, base64, headers};

/// Generating an RSA key takes long enough to do it once.
static RSA: LazyLock<RsaSigner> = LazyLock::new(RsaSigner::generate);
static ED25519: LazyLock<Ed25519Signer> = LazyLock::new(Ed25519Signer::generate);

/// White space, escapes and key order that no serialiser would give back.
const BODY: &[u8] = br#"  { "type" : "InboundMessage","direction":"inbound" ,
    "body":"caf\u00e9 \/ \ud83d\ude00","webhookId":"w-1", "timestamp":"2026-06-01T10:00:00.000Z"} "#;

fn now() -> Timestamp {
    "2026-06-01T10:00:05Z".parse().unwrap()
}

/// Knows both generated keys and accepts both headers.
fn verifier() -> Verifier {
    Verifier::builder()
        .ed25519_pem(&ED25519.pem())
        .unwrap()
        .rsa_pem(&RSA.pem())
        .unwrap()
        .accept_legacy_rsa(true)
        .build()
}

fn verify(headers: &http::HeaderMap) -> Result<Delivery, VerifyError> {
    verifier().verify(headers, BODY, now())
}

const WRONG: VerifyError = VerifyError::WrongSignature { header: SIGNATURE };
const WRONG_LEGACY: VerifyError = VerifyError::WrongSignature {
    header: LEGACY_SIGNATURE,
};

#[test]
fn the_raw_bytes_are_what_is_signed() {
    for signed in [ED25519.headers(BODY), RSA.headers(BODY)] {
        let delivery = verify(&signed).unwrap();
        assert_eq!(delivery.raw(), BODY);
        assert_eq!(delivery.received_at, now());
        assert_eq!(delivery.dedupe_key().as_str(), "webhook:w-1");

        let value: serde_json::Value = serde_json::from_slice(BODY).unwrap();
        let again = serde_json::to_vec(&value).unwrap();
        let refused = verifier().verify(&signed, again, now()).err();
        assert!(matches!(refused, Some(VerifyError::WrongSignature { .. })));
    }
}

#[test]
fn every_flipped_bit_of_a_signature_is_refused() {
    let ed25519 = (SIGNATURE, ED25519.sign(BODY), WRONG);
    let rsa = (LEGACY_SIGNATURE, RSA.sign(BODY), WRONG_LEGACY);
    for (header, signature, expected) in [ed25519, rsa] {
        for bit in 0..signature.len() * 8 {
            let mut flipped = signature.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let forged = headers(&[(header, &base64(&flipped))]);
            assert_eq!(verify(&forged).err(), Some(expected.clone()), "bit {bit}");
        }
    }
}

#[test]
fn the_new_header_counts_alone_where_it_is_present() {
    let good = base64(&ED25519.sign(BODY));
    let bad = base64(&Ed25519Signer::generate().sign(BODY));
    let legacy = base64(&RSA.sign(BODY));
    let bad_legacy = base64(&RSA.sign(b"{}"));

    let check =
        |new: &str, old: &str| verify(&headers(&[(SIGNATURE, new), (LEGACY_SIGNATURE, old)])).err();
    assert_eq!(check(&bad, &legacy), Some(WRONG));
    let malformed = VerifyError::MalformedSignature { header: SIGNATURE };
    assert_eq!(check("nonsense", &legacy), Some(malformed));
    assert_eq!(check(&good, &bad_legacy), None);
    assert_eq!(check(&good, "N/A"), None);
    for absent in ["N/A", "n/a", " N/A ", "", " "] {
        assert_eq!(check(absent, &legacy), None, "{absent:?}");
        assert_eq!(check(absent, &bad_legacy), Some(WRONG_LEGACY));
        let missing = Some(VerifyError::MissingSignature);
        assert_eq!(check(absent, absent), missing, "{absent:?}");
    }
    let missing = Some(VerifyError::MissingSignature);
    assert_eq!(verify(&headers(&[])).err(), missing);
}

#[test]
fn the_legacy_header_counts_only_when_turned_on() {
    let strict = Verifier::builder()
        .ed25519_pem(&ED25519.pem())
        .unwrap()
        .rsa_pem(&RSA.pem())
        .unwrap()
        .build();
    let refused = |headers: &http::HeaderMap| strict.verify(headers, BODY, now()).err();
    let error = refused(&RSA.headers(BODY)).unwrap();
    assert_eq!(error, VerifyError::LegacySignatureOnly);
    assert!(error.to_string().contains("accept_legacy_rsa(true)"));
    let not_available = headers(&[(LEGACY_SIGNATURE, "N/A")]);
    assert_eq!(refused(&not_available), Some(VerifyError::MissingSignature));
    assert_eq!(refused(&ED25519.headers(BODY)), None);
}

#[test]
fn several_headers_or_signatures_are_refused() {
    let good = base64(&ED25519.sign(BODY));
    let legacy = base64(&RSA.sign(BODY));
    for second in [good.as_str(), "N/A", "x"] {
        let error = verify(&headers(&[(SIGNATURE, &good), (SIGNATURE, second)])).err();
        let repeated = VerifyError::RepeatedSignature { header: SIGNATURE };
        assert_eq!(error, Some(repeated), "{second}");
    }
    let twice = headers(&[(LEGACY_SIGNATURE, &legacy), (LEGACY_SIGNATURE, &legacy)]);
    let repeated = VerifyError::RepeatedSignature {
        header: LEGACY_SIGNATURE,
    };
    assert_eq!(verify(&twice).err(), Some(repeated));

    let short = base64(&ED25519.sign(BODY)[..63]);
    let unpadded = good.trim_end_matches('=');
    for value in [
        &format!("{good},{good}"),
        &format!("{good} {good}"),
        &format!("v1={good}"),
        &short,
        unpadded,
        &legacy,
        "====",
    ] {
        let error = verify(&headers(&[(SIGNATURE, value)])).err();
        let malformed = VerifyError::MalformedSignature { header: SIGNATURE };
        assert_eq!(error, Some(malformed), "{value}");
    }
    let mut unprintable = http::HeaderMap::new();
    let value = http::HeaderValue::from_bytes(b"\xff\xfe").unwrap();
    unprintable.insert(SIGNATURE, value);
    assert!(verify(&unprintable).is_err());
}

#[test]
fn several_keys_are_accepted_while_they_change() {
    let (old, new, other) = (
        Ed25519Signer::generate(),
        Ed25519Signer::generate(),
        Ed25519Signer::generate(),
    );
    let (old_rsa, new_rsa) = (&*RSA, RsaSigner::generate());
    let verifier = Verifier::builder()
        .builtin_keys()
        .ed25519_pem(&old.pem())
        .and_then(|builder| builder.ed25519_pem(&new.pem()))
        .and_then(|builder| builder.rsa_pem(&old_rsa.pem()))
        .and_then(|builder| builder.rsa_pem(&new_rsa.pem()))
        .unwrap()
        .accept_legacy_rsa(true)
        .build();
    for signed in [
        old.headers(BODY),
        new.headers(BODY),
        old_rsa.headers(BODY),
        new_rsa.headers(BODY),
    ] {
        verifier.clone().verify(&signed, BODY, now()).unwrap();
    }
    let refused = verifier.verify(&other.headers(BODY), BODY, now()).err();
    assert_eq!(refused, Some(WRONG));
    assert_eq!(
        format!("{verifier:?}"),
        "Verifier { ed25519_keys: 3, rsa_keys: 3, accept_legacy_rsa: true, staleness: 720h, app: None }"
    );
}

#[test]
fn a_kind_of_signature_without_a_key_is_named() {
    let only_ed25519 = Verifier::builder()
        .ed25519_pem(&ED25519.pem())
        .unwrap()
        .accept_legacy_rsa(true)
        .build();
    let error = only_ed25519
        .verify(&RSA.headers(BODY), BODY, now())
        .unwrap_err();
    assert!(error.to_string().contains("`rsa_pem`"), "{error}");
    let only_rsa = Verifier::builder().rsa_pem(&RSA.pem()).unwrap().build();
    let error = only_rsa
        .verify(&ED25519.headers(BODY), BODY, now())
        .unwrap_err();
    assert!(error.to_string().contains("`ed25519_pem`"), "{error}");
    let highlevel = Verifier::highlevel();
    let refused = highlevel.verify(&ED25519.headers(BODY), BODY, now()).err();
    assert_eq!(refused, Some(WRONG));
}

#[test]
fn the_age_of_a_body_has_borders() {
    let made: Timestamp = "2026-06-01T10:00:00Z".parse().unwrap();
    let nanosecond = SignedDuration::from_nanos(1);
    let minutes = SignedDuration::from_mins;
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let check = |verifier: &Verifier, age: SignedDuration| {
        let signed = ED25519.headers(BODY);
        verifier.verify(&signed, BODY, made + age).err()
    };
    let normal = verifier();
    for age in [days(30), minutes(0), minutes(-5)] {
        assert_eq!(check(&normal, age), None, "{age:?}");
    }
    let age = days(30) + nanosecond;
    assert_eq!(check(&normal, age), Some(VerifyError::Stale { age }));
    let ahead = minutes(5) + nanosecond;
    let future = Some(VerifyError::FromTheFuture { ahead });
    assert_eq!(check(&normal, -ahead), future);

    let short = Verifier::builder()
        .ed25519_pem(&ED25519.pem())
        .unwrap()
        .staleness(minutes(-1))
        .build();
    assert_eq!(check(&short, minutes(0)), None);
    assert_eq!(
        check(&short, nanosecond),
        Some(VerifyError::Stale { age: nanosecond })
    );
    let text = VerifyError::Stale { age: minutes(80) }.to_string();
    assert!(text.contains("1h 20m ago"), "{text}");
}

#[test]
fn another_app_is_refused_where_one_is_named() {
    let with = |app: &str| {
        let verifier = Verifier::builder().ed25519_pem(&ED25519.pem()).unwrap();
        verifier.app(app.parse().unwrap()).build()
    };
    let body = r#"{"type":"UNINSTALL","appId":"theirApp","locationId":"ve9EPM428h8vShlRW1KT"}"#;
    let verify = |verifier: &Verifier, body: &'static str| {
        let signed = ED25519.headers(body.as_bytes());
        verifier.verify(&signed, body.as_bytes(), now())
    };
    verify(&with("theirApp"), body).unwrap();
    let refused = verify(&with("ourApp"), body).unwrap_err();
    let app = "theirApp".parse().unwrap();
    assert_eq!(refused, VerifyError::OtherApp { app });
    // Most documented samples name none.
    verify(&with("ourApp"), r#"{"type":"UNINSTALL"}"#).unwrap();
    // A sender who cannot sign learns nothing about it.
    let forged = Ed25519Signer::generate().headers(body.as_bytes());
    let refused = with("ourApp").verify(&forged, body.as_bytes(), now());
    assert_eq!(refused.err(), Some(WRONG));
}

#[test]
fn age_and_json_are_looked_at_after_the_signature() {
    let far: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let forged = Ed25519Signer::generate().headers(BODY);
    assert_eq!(verifier().verify(&forged, BODY, far).err(), Some(WRONG));
    for body in ["", "no json", "[]", "null", "{\"a\":"] {
        let forged = Ed25519Signer::generate().headers(body.as_bytes());
        assert_eq!(verifier().verify(&forged, body, now()).err(), Some(WRONG));
        let signed = ED25519.headers(body.as_bytes());
        let error = verifier().verify(&signed, body, now()).unwrap_err();
        assert!(
            matches!(error, VerifyError::InvalidDelivery(_)),
            "{body}: {error}"
        );
    }
    for body in ["{}", r#"{"timestamp":null}"#, r#"{"timestamp":"soon"}"#] {
        let signed = ED25519.headers(body.as_bytes());
        verifier().verify(&signed, body, now()).unwrap();
    }
}

#[test]
fn the_delivery_id_names_a_body_without_webhook_id() {
    let key = |ids: &[&str]| {
        let mut signed = ED25519.headers(b"{}");
        for id in ids {
            signed.append("deliveryId", id.parse().unwrap());
        }
        let delivery = verifier().verify(&signed, "{}", now()).unwrap();
        delivery.dedupe_key().to_string()
    };
    assert_eq!(key(&["d-1"]), "delivery:d-1");
    let long = "d".repeat(257);
    for ids in [&[][..], &[""], &["d-1", "d-2"], &[&long]] {
        assert!(key(ids).starts_with("sha256:44136fa3"), "{ids:?}");
    }
}

proptest! {
    #[test]
    fn any_flipped_bit_of_a_body_is_refused(
        mut body in proptest::collection::vec(any::<u8>(), 1..600),
        position in any::<proptest::sample::Index>(),
    ) {
        let (new, legacy) = (ED25519.headers(&body), RSA.headers(&body));
        let bit = position.index(body.len() * 8);
        body[bit / 8] ^= 1 << (bit % 8);
        let body = Bytes::from(body);
        let refused = verifier().verify(&new, body.clone(), now()).err();
        prop_assert_eq!(refused, Some(WRONG));
        let refused = verifier().verify(&legacy, body, now()).err();
        prop_assert_eq!(refused, Some(WRONG_LEGACY));
    }

    #[test]
    fn any_flipped_bit_of_a_signature_is_refused(
        body in proptest::collection::vec(any::<u8>(), 0..600),
        position in any::<proptest::sample::Index>(),
    ) {
        for (header, mut signature, expected) in [
            (SIGNATURE, ED25519.sign(&body), WRONG),
            (LEGACY_SIGNATURE, RSA.sign(&body), WRONG_LEGACY),
        ] {
            // As it stands in the header: what is no base64 any more, or another spelling of it, is refused too.
            let mut text = base64(&signature).into_bytes();
            let bit = position.index(text.len() * 8);
            text[bit / 8] ^= 1 << (bit % 8);
            if let Ok(value) = http::HeaderValue::from_bytes(&text) {
                let mut forged = http::HeaderMap::new();
                forged.insert(header, value);
                prop_assert!(verifier().verify(&forged, body.clone(), now()).is_err());
            }

            let bit = position.index(signature.len() * 8);
            signature[bit / 8] ^= 1 << (bit % 8);
            let forged = headers(&[(header, &base64(&signature))]);
            let refused = verifier().verify(&forged, body.clone(), now()).err();
            prop_assert_eq!(refused, Some(expected));
        }
    }

    #[test]
    fn nothing_panics_on_any_bytes(
        header in proptest::collection::vec(any::<u8>(), 0..120),
        body in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        for name in [SIGNATURE, LEGACY_SIGNATURE, "deliveryid"] {
            let mut headers = ED25519.headers(&body);
            if let Ok(value) = http::HeaderValue::from_bytes(&header) {
                headers.insert(name, value);
                let _ = verifier().verify(&headers, body.clone(), now());
                headers.remove(SIGNATURE);
                let _ = verifier().verify(&headers, body.clone(), now());
            }
        }
        let _ = Delivery::read(body, now());
    }

    #[test]
    fn any_value_in_any_field_is_read(
        kind in "InboundMessage|OutboundMessage|ContactDndUpdate|INSTALL|UNINSTALL|",
        fields in proptest::collection::vec((field(), value()), 0..12),
    ) {
        let mut body = format!(r#"{{"type":"{kind}""#);
        for (name, value) in fields {
            body += &format!(r#","{name}":{value}"#);
        }
        body += "}";
        let signed = ED25519.headers(body.as_bytes());
        match verifier().verify(&signed, body.clone(), now()) {
            Ok(delivery) => {
                let _ = format!("{delivery:?} {}", delivery.dedupe_key());
            }
            Err(VerifyError::Stale { .. } | VerifyError::FromTheFuture { .. }) => {}
            Err(error) => prop_assert!(false, "{}: {}", body, error),
        }
    }
}

fn field() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "timestamp",
        "webhookId",
        "locationId",
        "direction",
        "messageType",
        "contactId",
        "dateAdded",
        "body",
        "status",
        "callStatus",
        "callDuration",
        "meta",
        "from",
        "to",
        "attachments",
        "id",
        "phone",
        "dnd",
        "dndSettings",
        "userId",
        "companyName",
    ])
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "null",
            "true",
            "0",
            "-9223372036854775808",
            "18446744073709551615",
            "-1e300",
            "1e999999",
            "\"\"",
            "\"\\ud83d\"",
            "\"\\u0000\"",
            "[]",
            "{}",
            "[[[]]]",
            "[null,7,\"x\",{}]",
            "{\"SMS\":{\"status\":7}}",
            "{\"SMS\":null}",
            "{\"call\":{\"duration\":\"-1\"}}",
        ])
        .prop_map(str::to_owned),
        any::<f64>().prop_filter_map("JSON has no NaN", |number| {
            number.is_finite().then(|| format!("{number:e}"))
        }),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ]
}
