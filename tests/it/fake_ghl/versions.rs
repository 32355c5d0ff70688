//! Where version 3 differs from version 2 in what is kept and shown.

use super::*;

fn v3(api: &Api, method: &str, path: &str) -> reqwest::RequestBuilder {
    api.client
        .request(method.parse().unwrap(), format!("{}{path}", api.base))
        .bearer_auth(&api.token)
        .header("Version", "v3")
}

#[tokio::test]
async fn do_not_disturb_holds_in_whichever_spelling_it_was_written() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{MARIA}");
    let body = json!({ "dndSettings": { "sms": { "status": "active" } } });
    let changed = read(v3(&api, "PUT", &path).json(&body))
        .await
        .unwrap()
        .expect(200);
    assert_eq!(changed["contact"]["dndSettings"]["sms"]["status"], "active");
    assert_eq!(changed["succeeded"], true);
    let shown = api.get(&path).await.expect(200);
    assert_eq!(
        shown["contact"]["dndSettings"],
        json!({ "SMS": { "status": "active" } })
    );
    let text = json!({ "type": "SMS", "contactId": MARIA, "message": "Hello" });
    let refused = read(v3(&api, "POST", "/conversations/messages").json(&text))
        .await
        .unwrap();
    refused.expect(400);
}

#[tokio::test]
async fn what_only_the_other_version_has_is_not_there() {
    let fake = start().await;
    let api = Api::new(&fake);
    for path in [
        "/users/?locationId=soleilLocation000001",
        "/contacts/?locationId=soleilLocation000001",
    ] {
        api.get(path).await.expect(200);
        let reply = read(v3(&api, "GET", path)).await.unwrap();
        let said = reply.expect(404);
        assert!(
            said["message"]
                .as_str()
                .unwrap()
                .starts_with("Cannot GET /"),
            "{said}"
        );
    }
    api.get("/calendars/services/catalog?locationId=soleilLocation000001")
        .await
        .expect(404);
}

#[tokio::test]
async fn deletions_say_it_right_in_version_3_and_phone_numbers_are_wrapped() {
    let fake = start().await;
    let api = Api::new(&fake);
    let deleted = read(v3(&api, "DELETE", &format!("/contacts/{NINA}")))
        .await
        .unwrap();
    deleted.expect_exactly(200, json!({ "succeeded": true, "succeded": true }));
    let path = format!("/phone-system/numbers/location/{SOLEIL}");
    let bare = api.get(&path).await.expect(200);
    assert_eq!(
        (&bare["numbers"][0]["phoneNumber"], &bare["isUnderGhl"]),
        (&json!(SOLEIL_PHONE), &json!(true))
    );
    let wrapped = read(v3(&api, "GET", &path)).await.unwrap().expect(200);
    assert_eq!(wrapped["status"], "success");
    assert_eq!(wrapped["data"]["numbers"], bare["numbers"]);
    assert_eq!(wrapped["data"]["isUnderLc"], true);
    let body = json!({ "phoneNumber": "+13125550110" });
    api.post(&format!("{path}/purchase"), body.clone())
        .await
        .expect(201);
    api.post(&format!("{path}/purchase"), body)
        .await
        .expect(400);
    assert_eq!(
        api.get(&path).await.expect(200)["numbers"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_minted_tokens_own_refresh_token_renews_it_for_its_location() {
    let fake = start().await;
    let api = Api::new(&fake);
    let code = fake
        .authorize_agency("sampleCompany0000001", &[SOLEIL])
        .unwrap();
    let (id, secret) = fake.oauth_app();
    let form = |fields: &[(&str, &str)]| {
        let app = [
            ("client_id", id.as_str()),
            ("client_secret", secret.as_str()),
        ];
        let request = api.client.post(format!("{}/oauth/token", api.base));
        with_form(request, &[&app, fields].concat())
    };
    let agency = read(form(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
    ]))
    .await
    .unwrap()
    .expect(200);
    let token = agency["access_token"].as_str().unwrap();
    assert!(
        agency["scope"]
            .as_str()
            .unwrap()
            .contains("locations/customValues.write")
    );
    let mint = Api {
        token: token.to_owned(),
        ..api.clone()
    };
    let minted = mint.request("POST", "/oauth/locationToken");
    let minted = with_form(
        minted,
        &[
            ("companyId", "sampleCompany0000001"),
            ("locationId", SOLEIL),
        ],
    );
    let minted = read(minted).await.unwrap().expect(201);
    let refresh = minted["refresh_token"].as_str().unwrap();
    let renewed = read(form(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("user_type", "Location"),
    ]));
    let renewed = renewed.await.unwrap().expect(200);
    assert_eq!(
        (&renewed["userType"], &renewed["locationId"]),
        (&json!("Location"), &json!(SOLEIL))
    );
    let location = Api {
        token: renewed["access_token"].as_str().unwrap().to_owned(),
        ..api.clone()
    };
    location
        .get(&format!("/contacts/{MARIA}"))
        .await
        .expect(200);
    // The lookup takes tokens of OAuth alone.
    let path = "/contacts/lookup?locationId=soleilLocation000001&phone=%2B13125550111";
    let found = read(v3(&location, "GET", path)).await.unwrap().expect(200);
    assert_eq!(found["contacts"][0]["id"], MARIA);
    read(v3(&api, "GET", path)).await.unwrap().expect(401);
}
