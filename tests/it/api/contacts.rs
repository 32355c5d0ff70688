//! Contacts: exact requests, every shape of a contact, searches.

use gohighlevel::api::contacts::{
    Change, ContactField, ContactFilter, ContactSearch, ContactSort, ContactSortField,
    ContactUpdate, CustomFieldInput, DndChannel, DndSetting, DndSettings, DndStatus, NewContact,
};
use gohighlevel::api::cursor::{SearchPage, SortDirection};
use gohighlevel::api::tags::TagName;
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{CustomFieldId, LocationId, UserId};
use gohighlevel::secret::Private;
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, Server, V2021_07, assert_prints_no_personal_data, assert_repeated,
    assert_sent_once, contact_id, fixture, phone, text,
};

fn full() -> NewContact {
    NewContact {
        first_name: Some("Rosan".into()),
        last_name: Some("Deo".into()),
        name: Some("Rosan Deo".into()),
        email: Some("rosan@example.com".into()),
        phone: Some(phone()),
        company_name: Some("Volmax".into()),
        address: Some("3535 1st St N".into()),
        city: Some("Dolomite".into()),
        state: Some("AL".into()),
        postal_code: Some("35061".into()),
        country: Some("US".into()),
        website: Some("https://www.example.com".into()),
        timezone: Some("America/Chicago".into()),
        date_of_birth: Some(Private::new("1990-09-25".parse().unwrap())),
        source: Some("public api".into()),
        assigned_to: Some(UserId::new("y0BeYjuRIlDwsDcOHOJo").unwrap()),
        tags: vec![TagName::new("Missed-Call").unwrap()],
        custom_fields: vec![
            CustomFieldInput::by_id(
                CustomFieldId::new("6dvNaf7VhkQ9snc5vnjJ").unwrap(),
                "My Text",
            ),
            CustomFieldInput::by_key("score", 42),
        ],
        dnd: Some(false),
        dnd_settings: Some(
            DndSettings::default()
                .with(DndChannel::Sms, DndSetting::new(DndStatus::Active))
                .with(DndChannel::Email, DndSetting::new(DndStatus::Inactive)),
        ),
        gender: None,
        inbound_dnd_settings: None,
    }
}

fn full_body() -> serde_json::Value {
    json!({
        "locationId": LOCATION,
        "firstName": "Rosan",
        "lastName": "Deo",
        "name": "Rosan Deo",
        "email": "rosan@example.com",
        "phone": "+18887324197",
        "companyName": "Volmax",
        "address1": "3535 1st St N",
        "city": "Dolomite",
        "state": "AL",
        "postalCode": "35061",
        "country": "US",
        "website": "https://www.example.com",
        "timezone": "America/Chicago",
        "dateOfBirth": "1990-09-25",
        "source": "public api",
        "assignedTo": "y0BeYjuRIlDwsDcOHOJo",
        "tags": ["missed-call"],
        "customFields": [
            {"id": "6dvNaf7VhkQ9snc5vnjJ", "field_value": "My Text"},
            {"key": "score", "field_value": 42},
        ],
        "dnd": false,
        "dndSettings": {"SMS": {"status": "active"}, "Email": {"status": "inactive"}},
    })
}

fn small() -> NewContact {
    NewContact {
        phone: Some(phone()),
        ..NewContact::default()
    }
}

#[tokio::test]
async fn create() {
    let server = Server::answering(201, fixture!("contacts/create")).await;
    let contact = server.location.contacts().create(&full()).await.unwrap();
    server
        .assert_asked("POST", "/contacts/", V2021_07, Some(full_body()))
        .await;
    assert_eq!(contact.id, contact_id());
    assert_eq!(text(&contact.first_name), Some("Rosan"));
    assert_eq!(text(&contact.address), Some("3535 1st St N"));
    assert_eq!(contact.phone, Some(phone()));
    assert_eq!(contact.tags, [TagName::new("missed-call").unwrap()]);
    assert_eq!(contact.website, None);
    assert!(!contact.sms_blocked());
    assert_eq!(
        contact.date_added,
        Some("2026-05-08T09:59:41.937Z".parse().unwrap())
    );
    assert_prints_no_personal_data(&(contact, full()));
}

#[tokio::test]
async fn create_reads_an_odd_answer() {
    let server = Server::answering(201, fixture!("contacts/create_odd")).await;
    let contact = server.location.contacts().create(&small()).await.unwrap();
    assert_eq!(contact.phone, None);
    assert_eq!(contact.dnd, Some(false));
    assert_eq!(text(&contact.postal_code), Some("35061"));
    assert_eq!(contact.contact_type.as_deref(), Some("space cadet"));
    assert_eq!(contact.assigned_to, None);
    assert!(contact.tags.is_empty() && contact.custom_fields.is_empty());
    assert_prints_no_personal_data(&contact);
}

#[tokio::test]
async fn create_names_the_contact_that_is_there() {
    let body = r#"{"statusCode":400,"message":"This location does not allow duplicated contacts.","meta":{"contactId":"seD4PfOuKoVMLkEZqohJ","matchingField":"phone"},"traceId":"d1"}"#;
    let server = Server::answering(400, body).await;
    let error = server
        .location
        .contacts()
        .create(&small())
        .await
        .unwrap_err();
    assert_eq!(
        *error.kind(),
        ErrorKind::Duplicate {
            contact_id: Some(contact_id()),
            field: Some("phone".into())
        }
    );
    assert_eq!(error.operation(), "contacts.create");
}

#[tokio::test]
async fn upsert() {
    let server = Server::answering(200, fixture!("contacts/upsert")).await;
    let upserted = server.location.contacts().upsert(&small()).await.unwrap();
    server
        .assert_asked(
            "POST",
            "/contacts/upsert",
            V2021_07,
            Some(json!({"locationId": LOCATION, "phone": "+18887324197"})),
        )
        .await;
    assert_eq!(upserted.new, Some(true));
    assert_eq!(upserted.contact.id, contact_id());
    assert_prints_no_personal_data(&upserted);
}

#[tokio::test]
async fn an_upsert_says_what_its_contact_did_not_get() {
    let given = NewContact {
        email: Some("Maria@example.com".into()),
        phone: Some("+13125550142".parse().unwrap()),
        ..NewContact::default()
    };
    for (contact, email, phone) in [
        (
            r#""email":"maria@example.com","phone":"+13125550142""#,
            false,
            false,
        ),
        // The number is another contact's.
        (r#""email":"maria@example.com""#, false, true),
        (
            r#""email":"maria@example.com","phone":"+13125550199""#,
            false,
            true,
        ),
        (
            r#""email":"other@example.com","phone":"+13125550142""#,
            true,
            false,
        ),
        (
            r#""email":"a@example.com","additionalEmails":["maria@example.com"],"additionalPhones":["+13125550142"]"#,
            false,
            false,
        ),
    ] {
        let body = format!(r#"{{"new":false,"contact":{{"id":"c1",{contact}}}}}"#);
        let server = Server::answering(200, &body).await;
        let upserted = server.location.contacts().upsert(&given).await.unwrap();
        let found = (upserted.rejected.email, upserted.rejected.phone);
        assert_eq!(found, (email, phone), "{body}");
    }
}

#[tokio::test]
async fn an_empty_email_is_not_sent() {
    let given = NewContact {
        first_name: Some("Maria".into()),
        email: Some(" ".into()),
        ..NewContact::default()
    };
    let server = Server::answering(200, fixture!("contacts/upsert")).await;
    let upserted = server.location.contacts().upsert(&given).await.unwrap();
    assert!(!upserted.rejected.email);
    let body = json!({"locationId": LOCATION, "firstName": "Maria"});
    server
        .assert_asked("POST", "/contacts/upsert", V2021_07, Some(body))
        .await;

    let update = ContactUpdate {
        email: Change::Set("".into()),
        ..ContactUpdate::default()
    };
    let server = Server::answering(200, "{}").await;
    let updated = server.location.contacts().update(&contact_id(), &update);
    let error = updated.await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("Change::Clear"), "{error}");
    assert_eq!(server.count().await, 0);
}

#[tokio::test]
async fn upsert_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("contacts/upsert_odd")).await;
    let upserted = server.location.contacts().upsert(&small()).await.unwrap();
    assert_eq!(upserted.new, Some(false));
    assert_eq!(upserted.contact.tags, [TagName::new("vip").unwrap()]);
    assert_eq!(upserted.contact.custom_fields.len(), 1);
}

#[tokio::test]
async fn get() {
    let server = Server::answering(200, fixture!("contacts/get")).await;
    let contact = server.location.contacts().get(&contact_id()).await.unwrap();
    server
        .assert_asked("GET", &format!("/contacts/{CONTACT}"), V2021_07, None)
        .await;
    for (value, expected) in [
        (&contact.name, "Rosan Deo"),
        (&contact.first_name, "Rosan"),
        (&contact.last_name, "Deo"),
        (&contact.email, "rosan@example.com"),
        (&contact.company_name, "Volmax"),
        (&contact.address, "3535 1st St N"),
        (&contact.city, "Dolomite"),
        (&contact.state, "AL"),
        (&contact.postal_code, "35061"),
        (&contact.website, "https://www.example.com"),
        (&contact.date_of_birth, "1990-09-25"),
    ] {
        assert_eq!(text(value), Some(expected));
    }
    for (value, expected) in [
        (&contact.country, "US"),
        (&contact.timezone, "Asia/Calcutta"),
        (&contact.source, "public api"),
        (&contact.contact_type, "lead"),
    ] {
        assert_eq!(value.as_deref(), Some(expected));
    }
    assert_eq!(
        contact.location_id,
        Some(LocationId::new(LOCATION).unwrap())
    );
    assert_eq!(
        contact.assigned_to,
        Some(UserId::new("y0BeYjuRIlDwsDcOHOJo").unwrap())
    );
    assert_eq!(contact.phone, Some(phone()));
    assert_eq!(
        contact.tags,
        [
            TagName::new("missed-call").unwrap(),
            TagName::new("prospect").unwrap()
        ]
    );
    assert_eq!(contact.dnd, Some(false));
    let changed = Some("2021-07-02T05:18:26.704Z".parse().unwrap());
    assert_eq!(
        (contact.date_added, contact.date_updated),
        (changed, changed)
    );
    assert!(contact.sms_blocked());
    assert!(!contact.is_blocked(&DndChannel::Call));
    assert!(!contact.is_blocked(&DndChannel::Email));
    let settings = contact.dnd_settings.as_ref().unwrap();
    assert_eq!(settings.iter().count(), 3);
    let sms = settings.get(&DndChannel::Sms).unwrap();
    assert_eq!(text(&sms.message), Some("STOP"));
    assert_eq!(sms.code.as_deref(), Some("101"));
    let score = CustomFieldId::new("6dvNaf7VhkQ9snc5vnjJ").unwrap();
    assert_eq!(contact.custom_field(&score), Some(&json!(42)));
    assert_eq!(
        contact.last_activity,
        Some("2021-07-16T11:39:30.564Z".parse().unwrap())
    );
    assert_prints_no_personal_data(&contact);
}

#[tokio::test]
async fn get_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("contacts/get_odd")).await;
    let contact = server.location.contacts().get(&contact_id()).await.unwrap();
    assert_eq!(contact.id.as_str(), "12345");
    assert_eq!(contact.dnd, Some(true));
    assert!(contact.sms_blocked());
    assert!(contact.is_blocked(&DndChannel::Email));
    assert_eq!(contact.last_activity, None);
    assert_eq!(
        contact.date_added,
        Some("2021-07-16T11:00:00Z".parse().unwrap())
    );
}

#[tokio::test]
async fn update() {
    let server = Server::answering(200, fixture!("contacts/update")).await;
    let update = ContactUpdate {
        first_name: Change::Set("Rosan".into()),
        email: Change::Clear,
        phone: phone().into(),
        address: Change::Clear,
        postal_code: Some("35061".into()),
        tags: Some(vec![TagName::new("prospect").unwrap()]),
        dnd: Some(false),
        ..ContactUpdate::default()
    };
    let contact = server
        .location
        .contacts()
        .update(&contact_id(), &update)
        .await
        .unwrap();
    server
        .assert_asked(
            "PUT",
            &format!("/contacts/{CONTACT}"),
            V2021_07,
            Some(json!({
                "firstName": "Rosan",
                "email": null,
                "phone": "+18887324197",
                "address1": null,
                "postalCode": "35061",
                "tags": ["prospect"],
                "dnd": false,
            })),
        )
        .await;
    assert_eq!(contact.email, None);
    assert_prints_no_personal_data(&(contact, update));
}

#[tokio::test]
async fn update_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("contacts/update_odd")).await;
    let update = ContactUpdate::default();
    let contact = server
        .location
        .contacts()
        .update(&contact_id(), &update)
        .await
        .unwrap();
    assert_eq!(contact.date_updated, None);
}

#[tokio::test]
async fn delete() {
    for body in [fixture!("contacts/delete"), ""] {
        let server = Server::answering(200, body).await;
        server
            .location
            .contacts()
            .delete(&contact_id())
            .await
            .unwrap();
        server
            .assert_asked("DELETE", &format!("/contacts/{CONTACT}"), V2021_07, None)
            .await;
    }
}

#[tokio::test]
async fn search() {
    let server = Server::answering(200, fixture!("contacts/search")).await;
    let search = ContactSearch {
        query: Some("Rosan".into()),
        sort: vec![ContactSort {
            field: ContactSortField::DateAdded,
            direction: SortDirection::Descending,
        }],
        page_limit: 2,
        page: SearchPage::Number { page: 3 },
        ..ContactSearch::new(ContactFilter::eq(ContactField::Phone, phone().e164()))
    };
    let found = server.location.contacts().search(&search).await.unwrap();
    server
        .assert_asked(
            "POST",
            "/contacts/search",
            V2021_07,
            Some(json!({
                "locationId": LOCATION,
                "filters": [{"field": "phone", "operator": "eq", "value": "+18887324197"}],
                "query": "Rosan",
                "sort": [{"field": "dateAdded", "direction": "desc"}],
                "pageLimit": 2,
                "page": 3,
            })),
        )
        .await;
    assert_eq!(found.total, Some(120));
    let first = &found.contacts[0];
    assert_eq!(text(&first.name), Some("Rosan Deo"));
    assert_eq!(text(&first.first_name), Some("Rosan"));
    assert_eq!(text(&first.last_name), Some("Deo"));
    assert_eq!(text(&first.address), Some("3535 1st St N"));
    assert_eq!(first.valid_email, None);
    assert_eq!(found.contacts[1].valid_email, Some(true));
    assert_prints_no_personal_data(&(&found, &search));

    let server = Server::answering(200, fixture!("contacts/search_odd")).await;
    let next = ContactSearch {
        page: found.next().unwrap(),
        ..ContactSearch::default()
    };
    let found = server.location.contacts().search(&next).await.unwrap();
    server
        .assert_asked(
            "POST",
            "/contacts/search",
            V2021_07,
            Some(json!({
                "locationId": LOCATION,
                "pageLimit": 100,
                "searchAfter": [1_778_234_381_938_u64, "zZ4PfOuKoVMLkEZqohZZ"],
            })),
        )
        .await;
    assert_eq!(found.total, Some(3));
    assert_eq!(found.contacts.len(), 2);
    assert!(found.contacts[1].sms_blocked());
    assert_eq!(found.next(), None);
}

#[tokio::test]
async fn find_by_phone() {
    let server = Server::answering(200, fixture!("contacts/find_duplicate")).await;
    let found = server
        .location
        .contacts()
        .find_by_phone(&phone())
        .await
        .unwrap();
    server
        .assert_asked(
            "GET",
            &format!("/contacts/search/duplicate?locationId={LOCATION}&number=%2B18887324197"),
            V2021_07,
            None,
        )
        .await;
    assert_eq!(found.unwrap().id, contact_id());
}

#[tokio::test]
async fn find_by_email() {
    for body in [
        fixture!("contacts/find_duplicate_none"),
        fixture!("contacts/find_duplicate_odd"),
    ] {
        let server = Server::answering(200, body).await;
        let found = server
            .location
            .contacts()
            .find_by_email("rosan+x@example.com")
            .await
            .unwrap();
        server
            .assert_asked(
                "GET",
                &format!(
                    "/contacts/search/duplicate?locationId={LOCATION}&email=rosan%2Bx%40example.com"
                ),
                V2021_07,
                None,
            )
            .await;
        assert_eq!(found, None);
    }
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    let id = contact_id();
    assert_sent_once(async |location| location.contacts().create(&small()).await).await;
    assert_repeated(async |location| location.contacts().upsert(&small()).await).await;
    assert_repeated(async |location| location.contacts().get(&id).await).await;
    assert_repeated(async |location| {
        let update = ContactUpdate::default();
        location.contacts().update(&id, &update).await
    })
    .await;
    assert_repeated(async |location| location.contacts().delete(&id).await).await;
    assert_repeated(async |location| {
        let search = ContactSearch::default();
        location.contacts().search(&search).await
    })
    .await;
    assert_repeated(async |location| location.contacts().find_by_phone(&phone()).await).await;
}
