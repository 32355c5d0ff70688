//! Users of a location and of an agency.

use gohighlevel::Client;
use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::users::{
    NewUser, PlatformLanguage, UserEmailSearch, UserPermissions, UserRole, UserSearch, UserType,
    UserUpdate,
};
use gohighlevel::client::ApiVersion;
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{CompanyId, LocationId, UserId};
use serde_json::json;
use wiremock::matchers::{header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::{
    LOCATION, Server, V2021_07, assert_prints_no_personal_data, assert_repeated, assert_sent_once,
    fixture, phone, text,
};

const TARGET: &str = "/users/0IHuJvc2ofPAAA8GzTRi";

fn id() -> UserId {
    UserId::new("0IHuJvc2ofPAAA8GzTRi").unwrap()
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("users/list")).await;
    let users = server.location.users().list().await.unwrap();
    server
        .assert_asked(
            "GET",
            &format!("/users/?locationId={LOCATION}"),
            V2021_07,
            None,
        )
        .await;
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].id, id());
    assert_eq!(text(&users[0].name), Some("Sanjay Deo"));
    assert_eq!(text(&users[0].first_name), Some("Sanjay"));
    assert_eq!(text(&users[0].last_name), Some("Deo"));
    assert_eq!(users[0].deleted, Some(false));
    assert_eq!(users[0].phone.as_ref().unwrap().e164(), "+18088688888");
    let roles = users[0].roles.as_ref().unwrap();
    assert_eq!(roles.user_type, Some(UserType::Account));
    assert_eq!(roles.role, Some(UserRole::Admin));
    assert_eq!(roles.location_ids[0].as_str(), LOCATION);
    assert_prints_no_personal_data(&users);
}

#[tokio::test]
async fn list_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("users/list_odd")).await;
    let users = server.location.users().list().await.unwrap();
    assert_eq!(users.len(), 3);
    assert_eq!((&users[0].phone, &users[0].roles), (&None, &None));
    assert_eq!(users[0].deleted, Some(false));
    let roles = users[1].roles.as_ref().unwrap();
    assert_eq!(roles.role, Some(UserRole::Other("janitor".into())));
    assert_eq!(roles.location_ids.len(), 1);
    assert_eq!(users[2].roles, None);
}

#[tokio::test]
async fn get() {
    let server = Server::answering(200, fixture!("users/get")).await;
    let user = server.location.users().get(&id()).await.unwrap();
    server
        .assert_asked("GET", "/users/0IHuJvc2ofPAAA8GzTRi", V2021_07, None)
        .await;
    assert_eq!(text(&user.email), Some("sanjay@example.com"));
    assert_eq!(user.roles.as_ref().unwrap().role, Some(UserRole::User));
    assert_prints_no_personal_data(&user);
}

#[tokio::test]
async fn get_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("users/get_odd")).await;
    let user = server.location.users().get(&id()).await.unwrap();
    assert_eq!((user.email, user.phone), (None, None));
}

#[tokio::test]
async fn reading_is_repeated() {
    assert_repeated(async |location| location.users().list().await).await;
    assert_repeated(async |location| location.users().get(&id()).await).await;
}

fn company() -> CompanyId {
    CompanyId::new("5DP41231LkQsiKESj6rh").unwrap()
}

fn search() -> UserSearch {
    UserSearch {
        query: Some("sanjay".into()),
        location_id: Some(LocationId::new("l9").unwrap()),
        user_type: Some(UserType::Agency),
        role: Some(UserRole::Admin),
        ids: vec![id(), UserId::new("u2").unwrap()],
        sort: Some("dateAdded".into()),
        sort_direction: Some(SortDirection::Descending),
        two_way_sync: Some(true),
        skip: Some(25),
        limit: Some(10),
    }
}

fn search_target(location: &str) -> String {
    format!(
        "/users/search?companyId=5DP41231LkQsiKESj6rh&locationId={location}&query=sanjay&type=agency\
         &role=admin&ids=0IHuJvc2ofPAAA8GzTRi%2Cu2&sort=dateAdded&sortDirection=desc\
         &enabled2waySync=true&skip=25&limit=10"
    )
}

#[tokio::test]
async fn search_a_location_or_the_agency() {
    let server = Server::answering(200, fixture!("users/search")).await;
    let users = server.location.users();
    let page = users.search(&company(), &search()).await.unwrap();
    let target = search_target(LOCATION);
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!((page.total, page.next()), (Some(1231), Some(26)));
    let user = &page.items[0];
    assert_eq!(user.scopes, ["contacts.write", "campaigns.readonly"]);
    let permissions = user.permissions.as_ref().unwrap();
    assert_eq!(permissions.campaigns_enabled, Some(true));
    assert_eq!(permissions.content_ai_enabled, Some(false));
    assert_eq!(permissions.assigned_data_only, Some(true));
    assert_eq!(permissions.tags_enabled, None);
    assert_eq!(
        user.platform_language,
        Some(PlatformLanguage::BrazilianPortuguese)
    );
    assert_eq!(user.lc_phone.as_ref().unwrap().len(), 1);
    assert_eq!(
        user.roles.as_ref().unwrap().restrict_sub_account,
        Some(true)
    );
    assert_prints_no_personal_data(&(&page, search()));

    let server = Server::answering_v3(200, fixture!("users/search")).await;
    let users = server.client.users();
    users.search(&company(), &search()).await.unwrap();
    let target = search_target("l9");
    server.assert_asked("GET", &target, "v3", None).await;
}

#[tokio::test]
async fn search_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("users/search_odd")).await;
    let users = server.client.users();
    let page = users.search(&company(), &UserSearch::default()).await;
    let page = page.unwrap();
    let target = "/users/search?companyId=5DP41231LkQsiKESj6rh";
    server.assert_asked("GET", target, V2021_07, None).await;
    assert_eq!((page.items.len(), page.next()), (2, None));
    assert_eq!(
        (&page.items[0].permissions, &page.items[0].lc_phone),
        (&None, &None)
    );
    assert_eq!(page.items[1].scopes, ["contacts.write"]);
    let numbers = page.items[1].lc_phone.as_ref().unwrap();
    let locations: Vec<_> = numbers.keys().map(LocationId::as_str).collect();
    assert_eq!(locations, ["l2"]);
}

#[tokio::test]
async fn search_by_email() {
    let server = Server::answering(200, fixture!("users/search")).await;
    let search = UserEmailSearch {
        emails: vec!["sanjay@example.com".into(), "rosan@example.com".into()],
        deleted: Some(false),
        projection: Some("all".into()),
        skip: Some(1),
        limit: Some(10),
    };
    let users = server.client.users();
    let page = users.search_by_email(&company(), &search).await.unwrap();
    let body = json!({
        "companyId": "5DP41231LkQsiKESj6rh",
        "emails": "sanjay@example.com,rosan@example.com",
        "deleted": false,
        "projection": "all",
        "skip": "1",
        "limit": "10",
    });
    server
        .assert_asked(
            "POST",
            "/users/search/filter-by-email",
            V2021_07,
            Some(body),
        )
        .await;
    assert_eq!(page.next(), Some(2));
    assert_prints_no_personal_data(&search);
}

/// Version 3 has no list: the location names its agency, and the search is read to its end.
#[tokio::test]
async fn list_in_version_3() {
    let server = MockServer::start().await;
    let answer = |body: &str| ResponseTemplate::new(200).set_body_raw(body, "application/json");
    let search = || {
        Mock::given(method("GET"))
            .and(path("/users/search"))
            .and(query_param("companyId", "5DP41231LkQsiKESj6rh"))
            .and(query_param("locationId", LOCATION))
            .and(header("version", "v3"))
    };
    Mock::given(method("GET"))
        .and(path(format!("/locations/{LOCATION}")))
        .respond_with(answer(
            r#"{"location":{"id":"ve9EPM428h8vShlRW1KT","companyId":"5DP41231LkQsiKESj6rh"}}"#,
        ))
        .expect(1)
        .mount(&server)
        .await;
    search()
        .and(query_param_is_missing("skip"))
        .respond_with(answer(fixture!("users/search_first")))
        .expect(1)
        .mount(&server)
        .await;
    search()
        .and(query_param("skip", "1"))
        .respond_with(answer(fixture!("users/search_last")))
        .expect(1)
        .mount(&server)
        .await;
    let client = Client::builder()
        .token("pit-test")
        .base_url(server.uri())
        .api_version(ApiVersion::V3)
        .build()
        .unwrap();
    let location = client.location(LocationId::new(LOCATION).unwrap());
    let users = location.users().list().await.unwrap();
    let ids: Vec<_> = users.iter().map(|user| user.id.as_str()).collect();
    assert_eq!(ids, ["0IHuJvc2ofPAAA8GzTRi", "0IHuJvc2ofPAAA8GzTRj"]);
}

#[tokio::test]
async fn list_in_version_3_ends_when_a_page_comes_again() {
    let both = r#"{"location":{"id":"l1","companyId":"c1"},"users":[{"id":"u1"}],"count":9}"#;
    let server = Server::answering_v3(200, both).await;
    let users = server.location.users().list().await.unwrap();
    assert_eq!(users.len(), 1);
    assert_eq!(server.count().await, 3, "the location and two pages");

    let server = Server::answering_v3(200, r#"{"location":{"id":"l1"}}"#).await;
    let error = server.location.users().list().await.unwrap_err();
    assert!(error.to_string().contains("no agency"), "{error}");
}

fn new_user() -> NewUser {
    NewUser {
        company_id: company(),
        first_name: "Sanjay".into(),
        last_name: "Deo".into(),
        email: "sanjay@example.com".into(),
        password: "rosan-3535".into(),
        user_type: UserType::Account,
        role: UserRole::User,
        location_ids: vec![LocationId::new(LOCATION).unwrap()],
        phone: Some(phone()),
        permissions: Some({
            let mut permissions = UserPermissions::default();
            permissions.social_planner = Some(false);
            permissions
        }),
        scopes: Some(vec!["contacts.write".into()]),
        scopes_assigned_to_only: Some(vec![]),
        profile_photo: None,
        twilio_phone: Some([(LocationId::new(LOCATION).unwrap(), phone())].into()),
        platform_language: Some(PlatformLanguage::English),
    }
}

#[tokio::test]
async fn create() {
    let body = json!({
        "companyId": "5DP41231LkQsiKESj6rh",
        "firstName": "Sanjay",
        "lastName": "Deo",
        "email": "sanjay@example.com",
        "password": "rosan-3535",
        "type": "account",
        "role": "user",
        "locationIds": [LOCATION],
        "phone": "+18887324197",
        "permissions": {"socialPlanner": false},
        "scopes": ["contacts.write"],
        "scopesAssignedToOnly": [],
        "twilioPhone": {LOCATION: "+18887324197"},
        "platformLanguage": "en_US",
    });
    let server = Server::answering(201, fixture!("users/get")).await;
    let user = server.location.users().create(&new_user()).await.unwrap();
    server
        .assert_asked("POST", "/users/", V2021_07, Some(body.clone()))
        .await;
    assert_eq!(user.id, id());
    let server = Server::answering_v3(201, fixture!("users/get")).await;
    server.client.users().create(&new_user()).await.unwrap();
    server
        .assert_asked("POST", "/users/", "v3", Some(body))
        .await;
    assert_prints_no_personal_data(&new_user());
}

#[tokio::test]
async fn update() {
    let update = UserUpdate {
        password: Some("rosan-3535".into()),
        role: Some(UserRole::Admin),
        location_ids: Some(vec![]),
        ..UserUpdate::default()
    };
    let body = json!({"password": "rosan-3535", "role": "admin", "locationIds": []});
    let server = Server::answering(200, fixture!("users/get")).await;
    server
        .location
        .users()
        .update(&id(), &update)
        .await
        .unwrap();
    server
        .assert_asked("PUT", TARGET, V2021_07, Some(body.clone()))
        .await;
    let server = Server::answering(200, fixture!("users/get")).await;
    server.client.users().update(&id(), &update).await.unwrap();
    server
        .assert_asked("PUT", TARGET, V2021_07, Some(body))
        .await;
    assert_prints_no_personal_data(&update);
}

#[tokio::test]
async fn get_and_delete() {
    let server = Server::answering(200, fixture!("users/get")).await;
    server.client.users().get(&id()).await.unwrap();
    server.assert_asked("GET", TARGET, V2021_07, None).await;
    for body in [fixture!("users/delete"), fixture!("users/delete_v3"), ""] {
        let server = Server::answering(200, body).await;
        server.location.users().delete(&id()).await.unwrap();
        server.assert_asked("DELETE", TARGET, V2021_07, None).await;
        let server = Server::answering(200, body).await;
        server.client.users().delete(&id()).await.unwrap();
        server.assert_asked("DELETE", TARGET, V2021_07, None).await;
    }
    let server = Server::answering(200, r#"{"succeeded":false,"message":"no"}"#).await;
    let error = server.client.users().delete(&id()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    let (company, search) = (company(), search());
    let update = UserUpdate::default();
    assert_sent_once(async |location| location.users().create(&new_user()).await).await;
    assert_repeated(async |location| location.users().search(&company, &search).await).await;
    assert_repeated(async |location| location.users().update(&id(), &update).await).await;
    assert_repeated(async |location| location.users().delete(&id()).await).await;
}
