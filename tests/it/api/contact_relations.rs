//! What belongs to contacts: followers, businesses, appointments, tags of many, lists; and the words of version 3.

use gohighlevel::api::contacts::{
    AppointmentState, AppointmentTime, ContactList, ContactUpdate, ContactsOfBusiness,
    CustomFieldInput, DndChannel, DndSetting, DndSettings, DndStatus, InboundDndSettings,
    ListStart, NewContact,
};
use gohighlevel::api::tags::{BulkTagOutcome, TagName};
use gohighlevel::ids::{BusinessId, CustomFieldId, UserId};
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, Server, V3, V2021_07, asks, asks_in_both, assert_not_in,
    assert_prints_no_personal_data, assert_repeated, assert_sent_once, contact_id, fixture, phone,
    text,
};

fn user() -> UserId {
    UserId::new("hxHGVRb1YJUscrCB8eXK").unwrap()
}

fn business() -> BusinessId {
    BusinessId::new("641c094001436dbc2081e642").unwrap()
}

#[tokio::test]
async fn followers() {
    let contact = contact_id();
    let target = format!("/contacts/{CONTACT}/followers");
    let body = Some(json!({"followers": ["hxHGVRb1YJUscrCB8eXK"]}));
    let asked = ("POST", target.as_str(), body.clone());
    let followers = asks_in_both(
        V2021_07,
        fixture!("contacts/followers_added"),
        asked,
        async |server| {
            let contacts = server.location.contacts();
            contacts.add_followers(&contact, &[user()]).await
        },
    )
    .await;
    assert_eq!(followers.followers.len(), 2);
    assert_eq!(followers.added, [user()]);
    let asked = ("DELETE", target.as_str(), body);
    let followers = asks_in_both(
        V2021_07,
        fixture!("contacts/followers_removed"),
        asked,
        async |server| {
            let contacts = server.location.contacts();
            contacts.remove_followers(&contact, &[user()]).await
        },
    )
    .await;
    assert_eq!(followers.followers.len(), 1);
    assert_eq!(followers.removed, [user()]);
    assert_repeated(async |location| {
        let contacts = location.contacts();
        contacts.add_followers(&contact, &[user()]).await
    })
    .await;
}

#[tokio::test]
async fn appointments() {
    let contact = contact_id();
    let target = format!("/contacts/{CONTACT}/appointments");
    let appointments = asks_in_both(
        V2021_07,
        fixture!("contacts/appointments"),
        ("GET", &target, None),
        async |server| server.location.contacts().appointments(&contact).await,
    )
    .await;
    let [appointment] = &appointments[..] else {
        panic!("one appointment, not {}", appointments.len());
    };
    assert_eq!(
        appointment.start_time,
        Some(AppointmentTime::Local(
            "2021-07-16T11:00:00".parse().unwrap()
        ))
    );
    assert_eq!(
        appointment.end_time,
        Some(AppointmentTime::At("2021-07-16T16:30:00Z".parse().unwrap()))
    );
    assert_eq!(appointment.status, Some(AppointmentState::Booked));
    assert_eq!(
        appointment.appointment_status,
        Some(AppointmentState::Confirmed)
    );
    assert_eq!(appointment.contact_id, Some(contact_id()));
    assert_eq!(appointment.assigned_user_id, Some(user()));
    assert_eq!(appointment.users.len(), 1);
    assert_eq!(appointment.assigned_resources, ["room 1"]);
    assert_eq!(text(&appointment.address), Some("1 Bank Street"));
    assert_prints_no_personal_data(&appointments);

    let server = Server::answering(200, fixture!("contacts/appointments_odd")).await;
    let odd = server.location.contacts().appointments(&contact).await;
    let odd = odd.unwrap();
    assert_eq!(odd.len(), 1);
    assert_eq!(
        odd[0].status,
        Some(AppointmentState::Other("waitlisted".into()))
    );
    assert_eq!(
        (odd[0].start_time, odd[0].end_time),
        (
            Some(AppointmentTime::At("2021-07-16T11:00:00Z".parse().unwrap())),
            None
        )
    );
}

#[tokio::test]
async fn businesses() {
    let (contacts, business) = ([contact_id()], business());
    for (put, value) in [
        (Some(&business), json!("641c094001436dbc2081e642")),
        (None, json!(null)),
    ] {
        let body = json!({"locationId": LOCATION, "ids": [CONTACT], "businessId": value});
        let changed = asks_in_both(
            V2021_07,
            fixture!("contacts/bulk_business"),
            ("POST", "/contacts/bulk/business", Some(body)),
            async |server| {
                server
                    .location
                    .contacts()
                    .set_business(&contacts, put)
                    .await
            },
        )
        .await;
        assert_eq!(changed, contacts);
    }
    let query = ContactsOfBusiness {
        query: Some("Rosan".into()),
        ..ContactsOfBusiness::default()
    };
    let target =
        format!("/contacts/business/{business}?locationId={LOCATION}&limit=25&skip=0&query=Rosan");
    let page = asks_in_both(
        V2021_07,
        fixture!("contacts/of_business"),
        ("GET", &target, None),
        async |server| {
            let contacts = server.location.contacts();
            contacts.of_business(&business, &query).await
        },
    )
    .await;
    assert_eq!((page.total, page.next()), (Some(26), Some(1)));
    let contact = &page.items[0];
    assert_eq!(contact.business_id, Some(business.clone()));
    assert_eq!(contact.followers, [user()]);
    assert_eq!(contact.attributions.len(), 1);
    assert_eq!(contact.attributions[0].medium.as_deref(), Some("survey"));
    assert_prints_no_personal_data(&(page, query));
    assert_repeated(async |location| {
        let contacts = location.contacts();
        contacts.set_business(&[contact_id()], None).await
    })
    .await;
}

#[tokio::test]
async fn the_old_list_is_version_2_only() {
    let query = ContactList {
        query: Some("Rosan".into()),
        limit: Some(1),
        start: Some(ListStart {
            date_added: "2020-10-29T09:31:30.255Z".parse().unwrap(),
            id: contact_id(),
        }),
    };
    let target = format!(
        "/contacts/?locationId={LOCATION}&query=Rosan&limit=1&startAfter=1603963890255&startAfterId={CONTACT}"
    );
    let asked = ("GET", target.as_str(), None);
    let page = asks(V2021_07, fixture!("contacts/list"), asked, async |server| {
        server.location.contacts().list(&query).await
    })
    .await
    .unwrap();
    assert_eq!(page.total, Some(101));
    assert_eq!(page.next(), query.start.as_ref());
    assert_prints_no_personal_data(&(page, &query));

    // Without `meta`, as documented, the last contact says where to go on.
    let body =
        r#"{"contacts":[{"id":"seD4PfOuKoVMLkEZqohJ","dateAdded":1603963890255}],"count":1}"#;
    let server = Server::answering(200, body).await;
    let (contacts, first) = (server.location.contacts(), ContactList::default());
    let page = contacts.list(&first).await.unwrap();
    assert_eq!(page.next(), query.start.as_ref());
    let server = Server::answering(200, r#"{"contacts":[]}"#).await;
    let page = server.location.contacts().list(&first).await.unwrap();
    assert_eq!(page.next(), None);

    assert_not_in(V3, async |server| {
        server.location.contacts().list(&query).await
    })
    .await;
}

#[tokio::test]
async fn tags_of_many() {
    let contacts = [contact_id()];
    let tags = [TagName::new("Missed-Call").unwrap()];
    let body = json!({"locationId": LOCATION, "contacts": [CONTACT], "tags": ["missed-call"]});
    let answer = fixture!("tags/bulk");
    let asked = ("POST", "/contacts/bulk/tags/update/add", Some(body.clone()));
    let added = asks_in_both(V2021_07, answer, asked, async |server| {
        let contact_tags = server.location.contact_tags();
        contact_tags.add_to_many(&contacts, &tags).await
    })
    .await;
    assert_eq!((added.error_count, added.responses.len()), (Some(1), 2));
    assert_eq!(added.responses[0].tags_added, tags);
    assert_eq!(added.responses[0].old_tags.len(), 1);
    assert_eq!(added.responses[1].outcome, Some(BulkTagOutcome::Error));
    let asked = ("POST", "/contacts/bulk/tags/update/remove", Some(body));
    asks_in_both(V2021_07, answer, asked, async |server| {
        let contact_tags = server.location.contact_tags();
        contact_tags.remove_from_many(&contacts, &tags).await
    })
    .await;
    let body = json!({
        "locationId": LOCATION, "contacts": [CONTACT], "tags": [], "removeAllTags": true,
    });
    let asked = ("POST", "/contacts/bulk/tags/update/remove", Some(body));
    asks_in_both(V2021_07, answer, asked, async |server| {
        let contact_tags = server.location.contact_tags();
        contact_tags.remove_all_from_many(&contacts).await
    })
    .await;
    assert_repeated(async |location| location.contact_tags().add_to_many(&contacts, &tags).await)
        .await;
}

fn every_channel() -> DndSettings {
    [
        DndChannel::Call,
        DndChannel::Email,
        DndChannel::Sms,
        DndChannel::WhatsApp,
        DndChannel::GoogleBusiness,
        DndChannel::Facebook,
    ]
    .into_iter()
    .fold(DndSettings::default(), |settings, channel| {
        settings.with(channel, DndSetting::new(DndStatus::Active))
    })
}

#[tokio::test]
async fn contacts_are_written_in_the_words_of_the_version() {
    let custom_fields = vec![
        CustomFieldInput::by_id(CustomFieldId::new("f1").unwrap(), "My Text"),
        CustomFieldInput::by_key("score", 42),
    ];
    let contact = NewContact {
        phone: Some(phone()),
        gender: Some("male".into()),
        custom_fields: custom_fields.clone(),
        dnd_settings: Some(every_channel()),
        inbound_dnd_settings: Some(InboundDndSettings {
            all: Some(DndSetting::new(DndStatus::Active)),
        }),
        ..NewContact::default()
    };
    let update = ContactUpdate {
        custom_fields,
        dnd_settings: contact.dnd_settings.clone(),
        inbound_dnd_settings: contact.inbound_dnd_settings.clone(),
        ..ContactUpdate::default()
    };
    let active = json!({"status": "active"});
    for (version, value, channels) in [
        (
            V2021_07,
            "field_value",
            ["Call", "Email", "SMS", "WhatsApp", "GMB", "FB"],
        ),
        (
            V3,
            "fieldValue",
            ["call", "email", "sms", "whatsApp", "gmb", "fb"],
        ),
    ] {
        let settings: serde_json::Map<_, _> = channels
            .into_iter()
            .map(|channel| (channel.to_owned(), active.clone()))
            .collect();
        let changed = json!({
            "customFields": [{"id": "f1", value: "My Text"}, {"key": "score", value: 42}],
            "dndSettings": settings,
            "inboundDndSettings": {"all": active},
        });
        let mut body = changed.clone();
        body["locationId"] = json!(LOCATION);
        body["phone"] = json!("+18887324197");
        body["gender"] = json!("male");

        let asked = ("POST", "/contacts/", Some(body.clone()));
        let created = asks(
            version,
            fixture!("contacts/create"),
            asked,
            async |server| server.location.contacts().create(&contact).await,
        );
        created.await.unwrap();
        let asked = ("POST", "/contacts/upsert", Some(body.clone()));
        let upserted = asks(
            version,
            fixture!("contacts/upsert"),
            asked,
            async |server| server.location.contacts().upsert(&contact).await,
        );
        upserted.await.unwrap();
        body["createNewIfDuplicateAllowed"] = json!(true);
        let asked = ("POST", "/contacts/upsert", Some(body));
        let created = asks(
            version,
            fixture!("contacts/upsert"),
            asked,
            async |server| server.location.contacts().create_duplicate(&contact).await,
        );
        created.await.unwrap();
        let target = format!("/contacts/{CONTACT}");
        let asked = ("PUT", target.as_str(), Some(changed));
        let updated = asks(
            version,
            fixture!("contacts/update"),
            asked,
            async |server| {
                let contacts = server.location.contacts();
                contacts.update(&contact_id(), &update).await
            },
        );
        updated.await.unwrap();
    }
    assert_sent_once(async |location| location.contacts().create_duplicate(&contact).await).await;
}

#[tokio::test]
async fn a_contact_of_version_3_is_read() {
    let target = format!("/contacts/{CONTACT}");
    let contact = asks_in_both(
        V2021_07,
        fixture!("contacts/get_v3"),
        ("GET", &target, None),
        async |server| server.location.contacts().get(&contact_id()).await,
    )
    .await;
    assert!(contact.sms_blocked());
    assert!(contact.is_blocked(&DndChannel::WhatsApp));
    assert!(!contact.is_blocked(&DndChannel::Call));
    let inbound = contact.inbound_dnd_settings.as_ref().unwrap();
    assert_eq!(
        inbound.all.as_ref().unwrap().status,
        Some(DndStatus::Inactive)
    );
    assert_eq!(contact.business_id, Some(business()));
    assert_eq!(contact.attributions.len(), 2);
    assert_eq!(
        contact.attributions[0].session_source.as_deref(),
        Some("CRM UI")
    );
    assert_prints_no_personal_data(&contact);
}
