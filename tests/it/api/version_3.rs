//! What version 2 and version 3 ask alike but for the header.

use gohighlevel::api::contacts::ContactSearch;
use gohighlevel::api::conversations::{
    ConversationSearch, MessagesQuery, OutgoingEmail, OutgoingSms,
};
use gohighlevel::api::custom_values::CustomValueInput;
use gohighlevel::api::tags::TagName;
use gohighlevel::api::tasks::{NewTask, TaskUpdate};
use gohighlevel::ids::{ConversationId, CustomValueId, MessageId, TagId, TaskId, WorkflowId};
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, V2021_04, V2021_07, asks_in_both, contact_id, fixture, phone,
};

/// Each line: answer, method, target, body (or `null`), and the call.
macro_rules! alike {
    ($version:expr, $($answer:expr, $method:literal, $target:expr, $body:tt, |$location:ident| $call:expr;)+) => {$(
        let body = Some(json!($body)).filter(|body| !body.is_null());
        let target: String = $target.into();
        asks_in_both($version, $answer, ($method, target.as_str(), body), async |server| {
            let $location = &server.location;
            $call.await.map(drop)
        })
        .await;
    )+};
}

#[tokio::test]
async fn contacts_and_what_is_theirs() {
    let (contact, tag) = (contact_id(), [TagName::new("vip").unwrap()]);
    let (task, workflow) = (TaskId::new("t1").unwrap(), WorkflowId::new("w1").unwrap());
    let new_task = NewTask::new("Call", "2026-07-01T15:00:00Z".parse().unwrap());
    let update = TaskUpdate {
        completed: Some(true),
        ..TaskUpdate::default()
    };
    let one = format!("/contacts/{CONTACT}");
    alike!(V2021_07,
        fixture!("contacts/search"), "POST", "/contacts/search",
            {"locationId": LOCATION, "pageLimit": 100},
            |location| location.contacts().search(&ContactSearch::default());
        fixture!("contacts/find_duplicate"), "GET",
            format!("/contacts/search/duplicate?locationId={LOCATION}&number=%2B18887324197"), null,
            |location| location.contacts().find_by_phone(&phone());
        fixture!("contacts/find_duplicate"), "GET",
            format!("/contacts/search/duplicate?locationId={LOCATION}&email=a%40b.example"), null,
            |location| location.contacts().find_by_email("a@b.example");
        r#"{"succeeded":true,"succeded":true}"#, "DELETE", one.as_str(), null,
            |location| location.contacts().delete(&contact);
        fixture!("tags/contact_add"), "POST", format!("{one}/tags"), {"tags": ["vip"]},
            |location| location.contact_tags().add(&contact, &tag);
        fixture!("tags/contact_remove"), "DELETE", format!("{one}/tags"), {"tags": ["vip"]},
            |location| location.contact_tags().remove(&contact, &tag);
        fixture!("tasks/list"), "GET", format!("{one}/tasks"), null,
            |location| location.tasks().list(&contact);
        fixture!("tasks/one"), "GET", format!("{one}/tasks/t1"), null,
            |location| location.tasks().get(&contact, &task);
        fixture!("tasks/one"), "POST", format!("{one}/tasks"),
            {"title": "Call", "dueDate": "2026-07-01T15:00:00Z", "completed": false},
            |location| location.tasks().create(&contact, &new_task);
        fixture!("tasks/one"), "PUT", format!("{one}/tasks/t1"), {"completed": true},
            |location| location.tasks().update(&contact, &task, &update);
        fixture!("tasks/one"), "PUT", format!("{one}/tasks/t1/completed"), {"completed": true},
            |location| location.tasks().complete(&contact, &task, true);
        r#"{"succeeded":true}"#, "DELETE", format!("{one}/tasks/t1"), null,
            |location| location.tasks().delete(&contact, &task);
        fixture!("workflows/succeeded"), "POST", format!("{one}/workflow/w1"), {},
            |location| location.workflows().add_contact(&contact, &workflow, None);
        fixture!("workflows/succeeded"), "DELETE", format!("{one}/workflow/w1"), {},
            |location| location.workflows().remove_contact(&contact, &workflow, None);
    );
}

#[tokio::test]
async fn a_location_and_what_is_its() {
    let (tag, name) = (TagId::new("g1").unwrap(), TagName::new("vip").unwrap());
    let id = CustomValueId::new("v1").unwrap();
    let value = CustomValueInput {
        name: "Link".into(),
        value: "https://x.example".into(),
    };
    let one = format!("/locations/{LOCATION}");
    alike!(V2021_07,
        fixture!("locations/get"), "GET", one.as_str(), null, |location| location.details();
        fixture!("workflows/list"), "GET", format!("/workflows/?locationId={LOCATION}"), null,
            |location| location.workflows().list();
        fixture!("tags/list"), "GET", format!("{one}/tags"), null, |location| location.tags().list();
        fixture!("tags/one"), "GET", format!("{one}/tags/g1"), null,
            |location| location.tags().get(&tag);
        fixture!("tags/one"), "POST", format!("{one}/tags"), {"name": "vip"},
            |location| location.tags().create(&name);
        fixture!("tags/one"), "PUT", format!("{one}/tags/g1"), {"name": "vip"},
            |location| location.tags().update(&tag, &name);
        r#"{"succeeded":true}"#, "DELETE", format!("{one}/tags/g1"), null,
            |location| location.tags().delete(&tag);
        fixture!("custom_values/list"), "GET", format!("{one}/customValues"), null,
            |location| location.custom_values().list();
        fixture!("custom_values/one"), "GET", format!("{one}/customValues/v1"), null,
            |location| location.custom_values().get(&id);
        fixture!("custom_values/one"), "POST", format!("{one}/customValues"),
            {"name": "Link", "value": "https://x.example"},
            |location| location.custom_values().create(&value);
        fixture!("custom_values/one"), "PUT", format!("{one}/customValues/v1"),
            {"name": "Link", "value": "https://x.example"},
            |location| location.custom_values().update(&id, &value);
        r#"{"succeeded":true}"#, "DELETE", format!("{one}/customValues/v1"), null,
            |location| location.custom_values().delete(&id);
    );
}

#[tokio::test]
async fn conversations() {
    let (conversation, message) = (
        ConversationId::new("c1").unwrap(),
        MessageId::new("m1").unwrap(),
    );
    let sms = OutgoingSms::new(contact_id(), "Hi");
    let email = OutgoingEmail::new(contact_id(), "Hello", "<p>Hi</p>");
    alike!(V2021_04,
        fixture!("conversations/send_sms"), "POST", "/conversations/messages",
            {"type": "SMS", "contactId": CONTACT, "message": "Hi"},
            |location| location.conversations().send_sms(&sms);
        fixture!("conversations/send_email"), "POST", "/conversations/messages",
            {"type": "Email", "contactId": CONTACT, "subject": "Hello", "html": "<p>Hi</p>"},
            |location| location.conversations().send_email(&email);
        fixture!("conversations/search"), "GET",
            format!("/conversations/search?locationId={LOCATION}&contactId={CONTACT}"), null,
            |location| location
                .conversations()
                .search(&ConversationSearch::with_contact(contact_id()));
        fixture!("conversations/messages"), "GET", "/conversations/c1/messages", null,
            |location| location
                .conversations()
                .messages(&conversation, &MessagesQuery::default());
        fixture!("conversations/message"), "GET", "/conversations/messages/m1", null,
            |location| location.conversations().message(&message);
    );
}
