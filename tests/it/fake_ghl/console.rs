//! Commands over HTTP that were in Rust alone before: what a test in any language needs.

use super::*;

async fn order(api: &Api, method: &str, path: &str, body: Value) -> Reply {
    api.send(method, path, body).await
}

#[tokio::test]
async fn events_scopes_lag_limit_and_clock_are_set_over_http() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let api = Api::new(&fake);
    order(
        &api,
        "PUT",
        "/_fake/app/events",
        json!({ "events": ["TaskCreate"] }),
    )
    .await
    .expect(200);
    let task = json!({ "title": "Call", "dueDate": "2026-05-08T13:00:00Z", "completed": false });
    api.post(&format!("/contacts/{MARIA}/tasks"), task)
        .await
        .expect(201);
    let webhooks = api.get("/_fake/webhooks").await.expect(200);
    assert_eq!(webhooks["webhooks"].as_array().unwrap().len(), 1);
    let wrong = order(
        &api,
        "PUT",
        "/_fake/app/events",
        json!({ "events": ["Nonsense"] }),
    )
    .await
    .expect(400);
    assert!(wrong["error"].as_str().unwrap().contains("Nonsense"));

    let scopes = json!({ "token": SOLEIL_TOKEN, "scopes": [] });
    order(&api, "PUT", "/_fake/tokens", scopes)
        .await
        .expect(200);
    api.get(&format!("/contacts/{MARIA}")).await.expect(401);
    order(
        &api,
        "PUT",
        "/_fake/tokens",
        json!({ "token": SOLEIL_TOKEN, "scopes": null }),
    )
    .await
    .expect(200);

    order(
        &api,
        "PUT",
        "/_fake/limit",
        json!({ "requests": 1, "seconds": 10 }),
    )
    .await
    .expect(200);
    api.get(&format!("/contacts/{MARIA}")).await.expect(200);
    api.get(&format!("/contacts/{MARIA}")).await.expect(429);
    let moved = order(
        &api,
        "POST",
        "/_fake/clock/advance",
        json!({ "seconds": 10 }),
    )
    .await
    .expect(200);
    assert_eq!(moved["now"], "2026-05-08T11:57:52.25Z");
    assert_eq!(
        api.get("/_fake/clock").await.expect(200)["now"],
        moved["now"]
    );
    api.get(&format!("/contacts/{MARIA}")).await.expect(200);

    order(&api, "PUT", "/_fake/lag", json!({ "milliseconds": 5 }))
        .await
        .expect(200);
    let path = format!("/_fake/locations/{SOLEIL}/active");
    order(&api, "PUT", &path, json!({ "active": false }))
        .await
        .expect(200);
    let key = api.get("/_fake/public-key").await.expect(200);
    assert_eq!(key["pem"], fake.public_key_pem());
}

#[tokio::test]
async fn the_app_is_installed_and_removed_over_http() {
    let fake = start().await;
    let api = Api::new(&fake);
    let tokens = json!({ "lifetimeSeconds": 60, "refreshGraceSeconds": 0 });
    order(&api, "PUT", "/_fake/app/tokens", tokens)
        .await
        .expect(200);
    let scopes = json!({ "scopes": ["contacts.readonly"] });
    order(&api, "PUT", "/_fake/app/scopes", scopes)
        .await
        .expect(200);
    let installed = json!({ "locationId": SOLEIL });
    let app = order(&api, "POST", "/_fake/authorizations", installed.clone())
        .await
        .expect(200);
    let text = |name: &str| app[name].as_str().unwrap();
    let form = [
        ("client_id", text("clientId")),
        ("client_secret", text("clientSecret")),
        ("grant_type", "authorization_code"),
        ("code", text("code")),
    ];
    let request = api.client.post(format!("{}/oauth/token", api.base));
    let request = with_form(request, &form);
    let token = read(request).await.unwrap().expect(200);
    assert_eq!(
        (&token["expires_in"], &token["scope"]),
        (&json!(60), &json!("contacts.readonly"))
    );
    let own = Api {
        token: token["access_token"].as_str().unwrap().to_owned(),
        ..api.clone()
    };
    own.get(&format!("/contacts/{MARIA}")).await.expect(200);
    own.get(&format!("/locations/{SOLEIL}/tags"))
        .await
        .expect(401);
    order(&api, "DELETE", "/_fake/authorizations", installed)
        .await
        .expect(200);
    let refused = own.get(&format!("/contacts/{MARIA}")).await.expect(401);
    assert_eq!(refused["message"], "Invalid JWT");
}

#[tokio::test]
async fn texts_are_listed_and_everything_begins_anew_with_a_seed() {
    let fake = start().await;
    let api = Api::new(&fake);
    api.sms(MARIA, "See you at 3 pm.").await.expect(201);
    let texts = api.get(&format!("/_fake/texts/{SOLEIL}")).await.expect(200);
    assert_eq!(
        (&texts["texts"][0]["body"], &texts["texts"][0]["to"]),
        (&json!("See you at 3 pm."), &json!(MARIA_PHONE))
    );
    let seed = json!({ "locations": [{
        "location": { "id": "loc1" }, "tokens": ["pit-one"],
        "records": { "links": [{ "name": "Offer", "redirectTo": "https://example.com" }] },
    }] });
    order(&api, "POST", "/_fake/seed", seed).await.expect(200);
    api.get(&format!("/contacts/{MARIA}")).await.expect(401);
    let links = Api::with_token(&fake, "pit-one")
        .get("/links/?locationId=loc1")
        .await
        .expect(200);
    assert_eq!(links["links"][0]["name"], "Offer");
    let wrong = json!({ "locations": [{ "location": { "id": "loc1" }, "tokens": [], "records": { "linx": [] } }] });
    let refused = order(&api, "POST", "/_fake/seed", wrong).await.expect(400);
    assert!(
        refused["error"].as_str().unwrap().contains("links"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_trigger_and_a_step_ask_the_app_over_http() {
    let fake = start().await;
    let api = Api::new(&fake);
    let app = wiremock::MockServer::start().await;
    let answer = wiremock::ResponseTemplate::new(200).set_body_json(json!({ "seen": true }));
    wiremock::Mock::given(wiremock::matchers::method("POST"))
        .respond_with(answer)
        .mount(&app)
        .await;
    let trigger =
        json!({ "url": app.uri(), "locationId": SOLEIL, "workflowId": "w1", "key": "missed_call" });
    let added = order(&api, "POST", "/_fake/triggers", trigger)
        .await
        .expect(200);
    assert_eq!(
        (&added["status"], &added["body"]),
        (&json!(200), &json!({ "seen": true }))
    );
    let path = format!("/_fake/triggers/{}", added["triggerId"].as_str().unwrap());
    order(&api, "PUT", &path, json!({ "filters": [] }))
        .await
        .expect(200);
    order(&api, "DELETE", &path, json!({})).await.expect(200);
    order(&api, "DELETE", &path, json!({})).await.expect(400);
    let step = json!({ "url": app.uri(), "locationId": SOLEIL, "workflowId": "w1", "contactId": MARIA, "key": "k", "data": { "a": 1 } });
    order(&api, "POST", "/_fake/steps", step).await.expect(200);
    let asked = app.received_requests().await.unwrap();
    assert_eq!(asked.len(), 4);
    let inbound = json!({ "locationId": SOLEIL, "published": true });
    let url = order(&api, "POST", "/_fake/inbound-webhooks", inbound)
        .await
        .expect(200);
    assert!(url["url"].as_str().unwrap().contains("/webhook-trigger/"));
}
