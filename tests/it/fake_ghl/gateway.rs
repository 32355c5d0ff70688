//! Rules that come before any operation: token, version, location, route, limit.

use std::time::Duration;

use serde_json::json;

use super::*;

#[tokio::test]
async fn an_unknown_or_missing_token_is_an_invalid_jwt() {
    let fake = start().await;
    let refused = json!({ "statusCode": 401, "message": "Invalid JWT", "error": "Unauthorized" });
    let unknown = Api::with_token(&fake, "pit-nobody");
    unknown
        .get(&format!("/contacts/{MARIA}"))
        .await
        .expect_exactly(401, refused.clone());
    let request = unknown
        .client
        .get(format!("{}/contacts/{MARIA}", fake.url()))
        .header("Version", "2021-07-28");
    read(request).await.unwrap().expect_exactly(401, refused);
}

#[tokio::test]
async fn a_missing_version_is_told_like_a_bad_token() {
    let fake = start().await;
    let api = Api::new(&fake);
    let request = api
        .client
        .get(format!("{}/contacts/{MARIA}", fake.url()))
        .bearer_auth(SOLEIL_TOKEN);
    read(request).await.unwrap().expect_exactly(
        401,
        json!({ "statusCode": 401, "message": "version header was not found.", "error": "Unauthorized" }),
    );
}

#[tokio::test]
async fn only_versions_that_exist_are_taken() {
    let fake = start().await;
    let api = Api::new(&fake);
    for (version, status) in [
        ("2021-07-28", 200),
        ("2021-04-15", 200),
        ("2023-02-21", 200),
        ("v3", 200),
        ("2020-01-01", 400),
    ] {
        let request = api
            .client
            .get(format!("{}/contacts/{MARIA}", fake.url()))
            .bearer_auth(SOLEIL_TOKEN)
            .header("version", version);
        let body = read(request).await.unwrap().expect(status);
        if status == 400 {
            assert_eq!(
                body["message"],
                "Invalid API version segment '2020-01-01' at position 0"
            );
        }
    }
}

#[tokio::test]
async fn a_token_opens_its_own_location_alone() {
    let fake = start().await;
    let soleil = Api::new(&fake);
    let refused = json!({
        "statusCode": 403,
        "message": "The token does not have access to this location.",
        "error": "Forbidden",
    });
    for path in [
        format!("/locations/{HARBOR}"),
        format!("/locations/{HARBOR}/customValues"),
        format!("/users/?locationId={HARBOR}"),
        format!("/contacts/{OMAR}"),
        format!("/contacts/search/duplicate?locationId={HARBOR}&number=%2B16175550111"),
    ] {
        soleil.get(&path).await.expect_exactly(403, refused.clone());
    }
    let body = json!({ "locationId": HARBOR, "firstName": "Eve" });
    soleil
        .post("/contacts/", body)
        .await
        .expect_exactly(403, refused);
    let harbor = Api::with_token(&fake, HARBOR_TOKEN);
    harbor.get(&format!("/contacts/{OMAR}")).await.expect(200);
}

#[tokio::test]
async fn an_unknown_route_is_a_401_in_disguise() {
    let fake = start().await;
    let api = Api::new(&fake);
    let refused = json!({
        "statusCode": 401,
        "message": "This route is not yet supported by the IAM Service. Please update your IAM config.",
    });
    for (method, path) in [("GET", "/"), ("GET", "/nowhere"), ("POST", "/v1/contacts/")] {
        let reply = read(api.request(method, path)).await.unwrap();
        reply.expect_exactly(401, refused.clone());
    }
}

#[tokio::test]
async fn what_is_not_played_is_said_by_fake_ghl_itself_whatever_the_token() {
    let fake = start().await;
    for token in [SOLEIL_TOKEN, "pit-sample-agency", "nobody"] {
        let api = Api::with_token(&fake, token);
        for (method, path) in [
            ("GET", "/payments/orders"),
            ("GET", "/invoices/"),
            ("PATCH", "/contacts/upsert"),
            ("POST", "/workflows/"),
        ] {
            let reply = read(api.request(method, path)).await.unwrap();
            let body = reply.expect(501);
            let said = body["message"].as_str().unwrap();
            let wanted = format!("FakeGhl does not play {method} {path}.");
            assert!(said.starts_with(&wanted), "{said}");
            assert_eq!(body["server"], "FakeGhl");
        }
    }
}

#[tokio::test]
async fn a_record_that_is_not_there_is_not_found() {
    let fake = start().await;
    let api = Api::new(&fake);
    for path in [
        "/contacts/nobody".to_owned(),
        "/contacts/nobody/tasks".to_owned(),
        format!("/contacts/{MARIA}/tasks/none"),
        format!("/locations/{SOLEIL}/tags/none"),
        format!("/locations/{SOLEIL}/customValues/none"),
        "/conversations/none/messages".to_owned(),
        "/conversations/messages/none".to_owned(),
    ] {
        api.get(&path).await.expect(404);
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let fake = start().await;
    let api = Api::new(&fake);
    let upsert = || {
        api.request("POST", "/contacts/upsert")
            .header("content-type", "application/json")
    };
    for body in ["{", "[]", "\"text\""] {
        let reply = read(upsert().body(body)).await.unwrap();
        reply.expect(400);
    }
    // A body that does not say it is JSON is not read at all.
    let request = api
        .request("POST", "/contacts/upsert")
        .body(json!({ "locationId": SOLEIL }).to_string());
    read(request).await.unwrap().expect(422);
}

fn header(reply: &Reply, name: &str) -> u64 {
    reply.headers[name].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_answer_tells_the_limits() {
    let clock = clock();
    let fake = FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .start()
        .await
        .unwrap();
    let api = Api::new(&fake);
    api.get("/nowhere").await.expect(401);
    let reply = api.get(&format!("/contacts/{MARIA}")).await;
    assert_eq!(header(&reply, "X-RateLimit-Limit-Daily"), 200_000);
    assert_eq!(header(&reply, "X-RateLimit-Daily-Remaining"), 199_998);
    assert_eq!(header(&reply, "X-RateLimit-Interval-Milliseconds"), 10_000);
    assert_eq!(header(&reply, "X-RateLimit-Max"), 100);
    assert_eq!(header(&reply, "X-RateLimit-Remaining"), 98);
}

#[tokio::test]
async fn beyond_the_limit_there_is_429_until_the_window_has_moved_on() {
    let clock = clock();
    let fake = FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .limit(3, Duration::from_secs(10))
        .start()
        .await
        .unwrap();
    let api = Api::new(&fake);
    let path = format!("/contacts/{MARIA}");
    api.get(&path).await.expect(200);
    clock.advance(Duration::from_secs(6));
    for _ in 0..2 {
        api.get(&path).await.expect(200);
    }
    let refused = api.get(&path).await;
    assert_eq!(refused.status, 429);
    assert_eq!(header(&refused, "x-ratelimit-remaining"), 0);
    assert_eq!(header(&refused, "x-ratelimit-daily-remaining"), 199_997);

    // Another location has an allowance of its own.
    let harbor = Api::with_token(&fake, HARBOR_TOKEN);
    harbor.get(&format!("/contacts/{OMAR}")).await.expect(200);

    // The first request leaves the window 10 s after it came, the others 6 s later.
    clock.advance(Duration::from_millis(3_999));
    api.get(&path).await.expect(429);
    clock.advance(Duration::from_millis(1));
    api.get(&path).await.expect(200);
    api.get(&path).await.expect(429);
    clock.advance(Duration::from_secs(6));
    for _ in 0..2 {
        api.get(&path).await.expect(200);
    }
    api.get(&path).await.expect(429);
}
