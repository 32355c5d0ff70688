//! `contacts.json`: contacts themselves and how they are found.

use gohighlevel::api::contacts::{
    AfterContact, Change, ContactField, ContactFilter, ContactList, ContactSearch, ContactSort,
    ContactSortField, ContactUpdate, ContactsOfBusiness, CustomFieldInput, DndChannel, DndSetting,
    DndSettings, DndStatus, InboundDndSettings, ListStart, NewContact,
};
use gohighlevel::api::cursor::{SearchPage, SortDirection};
use gohighlevel::secret::Private;
use serde_json::json;

use super::{id, moment};
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "contacts.create",
            [
                call!(|stage| stage.location.contacts().create(&whole_contact()).await),
                call!(|stage| stage
                    .location
                    .contacts()
                    .create(&NewContact::default())
                    .await),
            ],
        ),
        Driver::both(
            "contacts.upsert",
            [
                call!(|stage| stage.location.contacts().upsert(&whole_contact()).await),
                call!(|stage| stage
                    .location
                    .contacts()
                    .upsert(&NewContact::default())
                    .await),
            ],
        ),
        Driver::both(
            "contacts.create_duplicate",
            [call!(|stage| {
                let contacts = stage.location.contacts();
                contacts.create_duplicate(&whole_contact()).await
            })],
        ),
        Driver::both(
            "contacts.get",
            [call!(|stage| stage
                .location
                .contacts()
                .get(&id("c1"))
                .await)],
        ),
        Driver::both(
            "contacts.update",
            [
                call!(|stage| stage
                    .location
                    .contacts()
                    .update(&id("c1"), &whole_update())
                    .await),
                call!(|stage| stage
                    .location
                    .contacts()
                    .update(&id("c1"), &cleared())
                    .await),
                call!(|stage| {
                    let contacts = stage.location.contacts();
                    contacts.update(&id("c1"), &ContactUpdate::default()).await
                }),
            ],
        ),
        Driver::both(
            "contacts.delete",
            [call!(|stage| stage
                .location
                .contacts()
                .delete(&id("c1"))
                .await)],
        ),
        Driver::both(
            "contacts.search",
            [
                call!(|stage| stage.location.contacts().search(&whole_search()).await),
                call!(|stage| stage
                    .location
                    .contacts()
                    .search(&ContactSearch::default())
                    .await),
            ],
        ),
        Driver::both(
            "contacts.find_by_phone",
            [call!(|stage| {
                let phone = id("+18887324197");
                stage.location.contacts().find_by_phone(&phone).await
            })],
        ),
        Driver::both(
            "contacts.find_by_email",
            [call!(|stage| {
                let contacts = stage.location.contacts();
                contacts.find_by_email("rosan@example.com").await
            })],
        ),
        Driver::both(
            "contacts.of_business",
            [
                call!(|stage| {
                    let query = ContactsOfBusiness {
                        query: Some("Rosan".into()),
                        limit: 10,
                        skip: 20,
                        after: None,
                    };
                    stage
                        .location
                        .contacts()
                        .of_business(&id("b1"), &query)
                        .await
                }),
                call!(|stage| {
                    let query = ContactsOfBusiness::default();
                    stage
                        .location
                        .contacts()
                        .of_business(&id("b1"), &query)
                        .await
                }),
            ],
        ),
        Driver::only(
            Version::V3,
            "contacts.of_business after a contact",
            [call!(|stage| {
                let query = ContactsOfBusiness {
                    after: Some(AfterContact {
                        name: "rosan deo".into(),
                        id: id("c1"),
                    }),
                    ..ContactsOfBusiness::default()
                };
                stage
                    .location
                    .contacts()
                    .of_business(&id("b1"), &query)
                    .await
            })],
        ),
        Driver::only(
            Version::V2,
            "contacts.list",
            [
                call!(|stage| {
                    let query = ContactList {
                        query: Some("Rosan".into()),
                        limit: Some(10),
                        start: Some(ListStart {
                            date_added: moment(),
                            id: id("c1"),
                        }),
                    };
                    stage.location.contacts().list(&query).await
                }),
                call!(|stage| stage
                    .location
                    .contacts()
                    .list(&ContactList::default())
                    .await),
            ],
        ),
    ]
}

fn text(text: &str) -> Option<Private<String>> {
    Some(text.into())
}

fn whole_contact() -> NewContact {
    NewContact {
        first_name: text("Rosan"),
        last_name: text("Deo"),
        name: text("Rosan Deo"),
        email: text("rosan@example.com"),
        phone: Some(id("+18887324197")),
        gender: text("male"),
        company_name: text("Deo Ltd"),
        address: text("1 Bank Street"),
        city: text("Chicago"),
        state: text("IL"),
        postal_code: text("60601"),
        country: Some("US".to_owned()),
        website: text("https://deo.example"),
        timezone: Some("America/Chicago".to_owned()),
        date_of_birth: Some(Private::new(id("1990-09-25"))),
        source: Some("public api".to_owned()),
        assigned_to: Some(id("u1")),
        tags: vec![id("vip")],
        custom_fields: custom_fields(),
        dnd: Some(true),
        dnd_settings: Some(dnd_settings()),
        inbound_dnd_settings: Some(inbound_dnd_settings()),
    }
}

fn whole_update() -> ContactUpdate {
    let set = |text: &str| Change::Set(Private::<String>::from(text));
    ContactUpdate {
        first_name: set("Rosan"),
        last_name: set("Deo"),
        name: set("Rosan Deo"),
        email: set("rosan@example.com"),
        phone: Change::Set(id("+18887324197")),
        address: set("1 Bank Street"),
        city: set("Chicago"),
        state: set("IL"),
        postal_code: text("60601"),
        country: Some("US".to_owned()),
        website: set("https://deo.example"),
        timezone: Change::Set("America/Chicago".to_owned()),
        date_of_birth: Change::Set(Private::new(id("1990-09-25"))),
        source: Change::Set("public api".to_owned()),
        assigned_to: Change::Set(id("u1")),
        tags: Some(vec![id("vip")]),
        custom_fields: custom_fields(),
        dnd: Some(true),
        dnd_settings: Some(dnd_settings()),
        inbound_dnd_settings: Some(inbound_dnd_settings()),
    }
}

/// All that can be emptied.
fn cleared() -> ContactUpdate {
    ContactUpdate {
        first_name: Change::Clear,
        last_name: Change::Clear,
        name: Change::Clear,
        email: Change::Clear,
        phone: Change::Clear,
        address: Change::Clear,
        city: Change::Clear,
        state: Change::Clear,
        website: Change::Clear,
        timezone: Change::Clear,
        date_of_birth: Change::Clear,
        source: Change::Clear,
        assigned_to: Change::Clear,
        tags: Some(Vec::new()),
        ..ContactUpdate::default()
    }
}

/// One of each kind of value.
fn custom_fields() -> Vec<CustomFieldInput> {
    vec![
        CustomFieldInput::by_id(id("f1"), "text"),
        CustomFieldInput::by_id(id("f2"), json!(["one", "two"])),
        CustomFieldInput::by_id(id("f3"), 100.5),
        CustomFieldInput::by_key("score", 42),
    ]
}

fn dnd_settings() -> DndSettings {
    let setting = DndSetting {
        status: Some(DndStatus::Active),
        message: text("Asked by phone"),
        code: Some("101".to_owned()),
    };
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
        settings.with(channel, setting.clone())
    })
}

fn inbound_dnd_settings() -> InboundDndSettings {
    InboundDndSettings {
        all: Some(DndSetting {
            message: text("Asked by phone"),
            ..DndSetting::new(DndStatus::Active)
        }),
    }
}

fn whole_search() -> ContactSearch {
    ContactSearch {
        filters: vec![ContactFilter::eq(ContactField::Phone, "+18887324197")],
        query: text("Rosan"),
        sort: vec![ContactSort {
            field: ContactSortField::DateAdded,
            direction: SortDirection::Ascending,
        }],
        page_limit: 10,
        page: SearchPage::Number { page: 2 },
    }
}
