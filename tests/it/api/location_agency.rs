//! What an agency does with locations, and what only some clients may ask of one.

use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::locations::{
    LocationSearch, LocationSettingsInput, LocationUpdate, MailgunAccess, NewLocation, Permission,
    Prospect, ProviderChannel, Snapshot, SocialProfiles, TwilioAccess, TwilioAccount,
};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{CompanyId, LocationId, SnapshotId};
use gohighlevel::phone::PhoneNumber;
use serde_json::json;

use super::support::{
    LOCATION, Server, V3, V2021_07, asks, asks_in_both, assert_not_in,
    assert_prints_no_personal_data, fixture, text,
};

fn company() -> CompanyId {
    CompanyId::new("UAXssdawIWAWD").unwrap()
}

fn id() -> LocationId {
    LocationId::new(LOCATION).unwrap()
}

#[tokio::test]
async fn search() {
    let search = LocationSearch {
        company_id: Some(company()),
        email: Some("sanjay@example.com".into()),
        order: Some(SortDirection::Descending),
        skip: 10,
        ..LocationSearch::default()
    };
    let target = "/locations/search?companyId=UAXssdawIWAWD&email=sanjay%40example.com&order=desc&skip=10&limit=10";
    let page = asks_in_both(
        V2021_07,
        fixture!("locations/search"),
        ("GET", target, None),
        async |server| server.client.locations().search(&search).await,
    )
    .await;
    assert_eq!((page.items.len(), page.next()), (2, Some(13)));
    let location = &page.items[0];
    assert_eq!(location.name.as_deref(), Some("Mark Shoes"));
    assert_eq!(text(&location.email), Some("sanjay@example.com"));
    let settings = location.settings.as_ref().unwrap();
    assert_eq!(settings.allow_facebook_name_merge, Some(true));
    let social = location.social.as_ref().unwrap();
    for value in [
        &social.facebook_url,
        &social.linked_in,
        &social.blog_rss,
        &social.google_places_id,
    ] {
        assert!(value.is_some());
    }
    assert_prints_no_personal_data(&(page, search));
}

#[tokio::test]
async fn create_and_update() {
    let new = NewLocation {
        phone: Some(PhoneNumber::parse("+13125550100").unwrap()),
        address: Some("1 Bank Street".into()),
        city: Some("New York".into()),
        state: Some("Illinois".into()),
        country: Some("US".into()),
        postal_code: Some("567654".into()),
        website: Some("https://yourwebsite.com".into()),
        timezone: Some("US/Central".into()),
        prospect_info: Some(Prospect {
            first_name: "Sanjay".into(),
            last_name: "Deo".into(),
            email: "sanjay@example.com".into(),
        }),
        settings: Some(LocationSettingsInput {
            allow_duplicate_contact: Some(false),
            ..LocationSettingsInput::default()
        }),
        social: Some(SocialProfiles {
            linked_in: Some("https://www.linkedIn.com/".into()),
            ..SocialProfiles::default()
        }),
        twilio: Some(TwilioAccess {
            sid: "AC_1".into(),
            auth_token: "77_rosan".into(),
        }),
        mailgun: Some(MailgunAccess {
            api_key: "key-rosan".into(),
            domain: "replies.example.com".into(),
        }),
        snapshot_id: Some(SnapshotId::new("s1").unwrap()),
        ..NewLocation::new(company(), "Mark Shoes")
    };
    let body = json!({
        "name": "Mark Shoes",
        "companyId": "UAXssdawIWAWD",
        "phone": "+13125550100",
        "address": "1 Bank Street",
        "city": "New York",
        "state": "Illinois",
        "country": "US",
        "postalCode": "567654",
        "website": "https://yourwebsite.com",
        "timezone": "US/Central",
        "prospectInfo": {"firstName": "Sanjay", "lastName": "Deo", "email": "sanjay@example.com"},
        "settings": {"allowDuplicateContact": false},
        "social": {"linkedIn": "https://www.linkedIn.com/"},
        "twilio": {"sid": "AC_1", "authToken": "77_rosan"},
        "mailgun": {"apiKey": "key-rosan", "domain": "replies.example.com"},
        "snapshotId": "s1",
    });
    let answer = fixture!("locations/created");
    let asked = ("POST", "/locations/", Some(body));
    let created = asks_in_both(V2021_07, answer, asked, async |server| {
        server.client.locations().create(&new).await
    })
    .await;
    assert_eq!(created.id, id());
    assert_prints_no_personal_data(&(created, new));

    let update = LocationUpdate {
        name: Some("Mark Shoes".into()),
        snapshot: Some(Snapshot {
            id: SnapshotId::new("s1").unwrap(),
            overrides: false,
        }),
        ..LocationUpdate::new(company())
    };
    let body = json!({
        "companyId": "UAXssdawIWAWD",
        "name": "Mark Shoes",
        "snapshot": {"id": "s1", "override": false},
    });
    let target = format!("/locations/{LOCATION}");
    let asked = ("PUT", target.as_str(), Some(body));
    asks_in_both(V2021_07, answer, asked, async |server| {
        server.client.locations().update(&id(), &update).await
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_leaves_it_open_whether_a_location_was_created() {
    let server = Server::answering(502, "").await;
    let new = NewLocation::new(company(), "Mark Shoes");
    let error = server.client.locations().create(&new).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
}

#[tokio::test]
async fn delete() {
    for (twilio, word) in [
        (TwilioAccount::Keep, "false"),
        (TwilioAccount::Delete, "true"),
    ] {
        let target = format!("/locations/{LOCATION}?deleteTwilioAccount={word}");
        asks_in_both(
            V2021_07,
            fixture!("locations/deleted"),
            ("DELETE", &target, None),
            async |server| server.client.locations().delete(&id(), twilio).await,
        )
        .await;
    }
}

#[tokio::test]
async fn permissions_and_providers_are_version_3_only() {
    let target = format!("/locations/{LOCATION}/permissions");
    let answer = fixture!("locations/permissions");
    let asked = ("GET", target.as_str(), None);
    let permissions = asks(V3, answer, asked, async |server| {
        server.location.permissions().await
    });
    let expected = [
        Permission::TwoWayTextMessaging,
        Permission::MissedCallTextBack,
        Permission::Other("time-travel".into()),
    ];
    assert_eq!(permissions.await.unwrap(), expected);
    let body =
        json!({"permissions": ["2-way-text-messaging", "missed-call-text-back", "time-travel"]});
    let asked = ("PUT", target.as_str(), Some(body));
    let set = asks(V3, answer, asked, async |server| {
        server.location.set_permissions(&expected).await
    });
    assert_eq!(set.await.unwrap(), expected);

    for (channel, id, is_default) in [
        (ProviderChannel::Sms, "twilio_provider", true),
        (ProviderChannel::Email, "mailgun_provider", false),
    ] {
        let target = format!("/locations/{LOCATION}/conversationChannels/{channel}");
        let asked = ("GET", target.as_str(), None);
        let answer = fixture!("locations/providers");
        let providers = asks(V3, answer, asked, async |server| {
            server.location.conversation_providers(&channel).await
        });
        let providers = providers.await.unwrap();
        assert_eq!(providers.len(), 1);
        assert_eq!(providers[0].id.as_str(), id);
        assert_eq!(providers[0].channel, Some(channel));
        assert_eq!(providers[0].is_default, Some(is_default));
    }

    assert_not_in(V2021_07, async |server| server.location.permissions().await).await;
    assert_not_in(V2021_07, async |server| {
        server.location.set_permissions(&[]).await
    })
    .await;
    assert_not_in(V2021_07, async |server| {
        let channel = ProviderChannel::Sms;
        server.location.conversation_providers(&channel).await
    })
    .await;
}

#[tokio::test]
async fn time_zones_are_read_in_any_form() {
    let target = format!("/locations/{LOCATION}/timezones");
    let asked = ("GET", target.as_str(), None);
    for answer in [
        fixture!("locations/time_zones"),
        r#"["America/Chicago","Europe/Vienna"]"#,
        r#"{"timezones":[{"label":"Chicago","value":"America/Chicago"},{"value":"Europe/Vienna"},7]}"#,
    ] {
        let zones = asks_in_both(V2021_07, answer, asked.clone(), async |server| {
            server.location.time_zones().await
        })
        .await;
        assert_eq!(zones, ["America/Chicago", "Europe/Vienna"]);
    }
}
