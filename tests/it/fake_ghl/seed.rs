//! Seeds: what they give, and what is refused in them.

use gohighlevel::testing::Seed;
use serde_json::json;

use super::*;

#[tokio::test]
async fn contacts_of_a_seed_are_normalised_like_created_ones() {
    let fake = start().await;
    let maria = Api::new(&fake)
        .get(&format!("/contacts/{MARIA}"))
        .await
        .expect(200);
    assert_eq!(maria["contact"]["phone"], MARIA_PHONE);
    assert_eq!(maria["contact"]["tags"], json!(["vip"]));
    assert_eq!(maria["contact"]["name"], "Maria Lopez");
}

#[tokio::test]
async fn a_location_may_have_several_tokens() {
    let seed = json!({ "locations": [{ "location": { "id": "one" }, "tokens": ["old", "new"] }] });
    let fake = FakeGhl::builder()
        .seed_json(&seed.to_string())
        .unwrap()
        .start()
        .await
        .unwrap();
    for token in ["old", "new"] {
        Api::with_token(&fake, token)
            .get("/locations/one")
            .await
            .expect(200);
    }
}

#[test]
fn a_wrong_seed_says_what_is_wrong() {
    let location = |more: serde_json::Value| {
        let mut location = json!({ "location": { "id": "one" }, "tokens": ["t1"] });
        location
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        location
    };
    for (seed, hint) in [
        (json!([]), "seed"),
        (json!({ "locations": [{ "tokens": [] }] }), "location"),
        (
            json!({ "locations": [{ "location": {}, "tokens": [] }] }),
            "`id`",
        ),
        (
            json!({ "locations": [location(json!({ "customvalues": [] }))] }),
            "customvalues",
        ),
        (
            json!({ "locations": [location(json!({})), location(json!({}))] }),
            "token",
        ),
        (
            json!({ "locations": [location(json!({})), location(json!({ "tokens": ["t2"] }))] }),
            "twice",
        ),
        (
            json!({ "locations": [location(json!({ "contacts": [{ "Phone": "+13125550111" }] }))] }),
            "property Phone should not exist",
        ),
        (
            json!({ "locations": [location(json!({ "contacts": [{ "id": "a" }, { "id": "a" }] }))] }),
            "contact `a`",
        ),
    ] {
        let error = Seed::from_json(&seed.to_string()).unwrap_err().to_string();
        assert!(error.contains(hint), "{seed}: {error}");
    }
}
