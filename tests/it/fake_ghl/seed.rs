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
async fn the_sample_has_a_published_workflow_two_users_and_a_contact_for_staff() {
    let fake = start().await;
    let api = Api::new(&fake);
    let workflows = api
        .get(&format!("/workflows/?locationId={SOLEIL}"))
        .await
        .expect(200);
    let workflow = &workflows["workflows"][0];
    assert_eq!(workflow["id"], "78559bb3-b920-461e-b010-7b2a2816d2a9");
    assert_eq!(workflow["status"], "published");
    let users = api
        .get(&format!("/users/?locationId={SOLEIL}"))
        .await
        .expect(200);
    assert_eq!(users["users"][1]["id"], "sampleUserBen0000002");
    let staff = api.get(&format!("/contacts/{STAFF}")).await.expect(200);
    assert_eq!(staff["contact"]["phone"], "+13125550120");
    assert_eq!(
        staff["contact"]["email"],
        "alerts@soleil-infusion.example.com"
    );
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
        (
            json!({ "locations": [location(json!({ "customFields": [{ "id": "f", "fieldKey": "score" }] }))] }),
            "custom field `f`",
        ),
    ] {
        let error = Seed::from_json(&seed.to_string()).unwrap_err().to_string();
        assert!(error.contains(hint), "{seed}: {error}");
    }
}
