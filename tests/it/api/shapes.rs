//! The same thing in the other shapes that HighLevel gives it.

use gohighlevel::api::calendars::{AppointmentStatus, AppointmentUpdate, NewAppointment};
use gohighlevel::api::conversations::{OutgoingSms, SentMessage};
use gohighlevel::api::opportunities::OpportunityUpsert;
use gohighlevel::api::tasks::NewTask;
use gohighlevel::error::{Error, ErrorKind};
use gohighlevel::ids::{CalendarEventId, CalendarId, OpportunityId};
use serde_json::{Value, json};

use super::support::{CONTACT, Server, contact_id, fixture};

const EVENT: &str = "0007BWpSzSwfiuSl0tR2";

fn new_appointment() -> NewAppointment {
    let start = "2026-05-11T15:00:00Z".parse().unwrap();
    NewAppointment::new(CalendarId::new("k1").unwrap(), contact_id(), start)
}

#[tokio::test]
async fn an_appointment_is_read_in_every_wrapper() {
    let flat = r#"{"id":"0007BWpSzSwfiuSl0tR2","appointmentStatus":"confirmed"}"#;
    let documented = format!(r#"{{"event":{flat}}}"#);
    for (body, status) in [
        (flat, AppointmentStatus::Confirmed),
        (documented.as_str(), AppointmentStatus::Confirmed),
        (
            fixture!("calendars/appointment_wrapped"),
            AppointmentStatus::Confirmed,
        ),
        (
            fixture!("calendars/appointment_misspelt"),
            AppointmentStatus::Showed,
        ),
    ] {
        let server = Server::answering(200, body).await;
        let appointments = server.location.appointments();
        let id = CalendarEventId::new(EVENT).unwrap();
        let update = AppointmentUpdate::default();
        for read in [
            appointments.get(&id).await,
            appointments.create(&new_appointment()).await,
            appointments.update(&id, &update).await,
        ] {
            let read = read.expect(body);
            assert_eq!(
                (read.id.as_str(), read.appointment_status),
                (EVENT, Some(status.clone()))
            );
        }
    }
}

#[tokio::test]
async fn an_id_is_enough_to_know_that_something_was_written() {
    let body = fixture!("calendars/appointment_booked");
    let server = Server::answering(201, body).await;
    let appointments = server.location.appointments();
    let booked = appointments.create(&new_appointment()).await.unwrap();
    assert_eq!(booked.id.as_str(), EVENT);
    assert_eq!(booked.contact_id, Some(contact_id()));
    // Of what is read it is not enough to know what it is.
    let error = appointments.get(&booked.id).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");

    let due = "2026-05-11T15:00:00Z".parse().unwrap();
    let task = NewTask::new("Call back", due);
    for (body, id) in [
        (r#"{"success":true,"id":"t1"}"#, Some("t1")),
        (r#"{"taskId":"t1","contactId":"c1"}"#, Some("t1")),
        (r#"{"result":{"task":{"_id":"t1"}}}"#, Some("t1")),
        (r#"{"contactId":"c1","success":true}"#, None),
        (r#"{"contact":{"id":"c1"}}"#, None),
        ("{}", None),
    ] {
        let server = Server::answering(201, body).await;
        let made = server.location.tasks().create(&contact_id(), &task).await;
        let made = made.map(|task| task.id.to_string());
        match id {
            Some(id) => assert_eq!(made.expect(body), id),
            None => {
                let error = made.expect_err(body);
                assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{body}");
            }
        }
    }
}

async fn send(body: &str) -> Result<SentMessage, Error> {
    let server = Server::answering(201, body).await;
    let sms = OutgoingSms::new(contact_id(), "Sorry we missed your call");
    server.location.conversations().send_sms(&sms).await
}

#[tokio::test]
async fn a_sent_message_is_known_by_its_id_and_by_nothing_else() {
    for body in [
        r#"{"messageId":"m1","conversationId":"c1"}"#,
        r#"{"message":{"id":"m1"},"conversationId":"c1"}"#,
        r#"{"data":{"messageId":"m1"}}"#,
        r#"{"messageIds":["m1"]}"#,
    ] {
        assert_eq!(send(body).await.expect(body).message_id.as_str(), "m1");
    }
    for body in [
        r#"{"conversationId":"c1","msg":"Message queued successfully."}"#,
        r#"{"contact":{"id":"c1"},"success":true}"#,
    ] {
        let error = send(body).await.expect_err(body);
        assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{body}");
    }
    let error = send(fixture!("conversations/not_sent")).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
    let shown = error.to_string();
    assert!(
        shown.contains("at this moment"),
        "HighLevel's words: {shown}"
    );
    assert_eq!(error.trace_id(), Some("m2"));
}

#[tokio::test]
async fn an_upsert_that_tells_no_id_says_whether_it_is_new() {
    let body = fixture!("opportunities/upsert_empty");
    let server = Server::answering(200, body).await;
    let pipeline = "p1".parse().unwrap();
    let upsert = OpportunityUpsert {
        contact_id: Some(contact_id()),
        ..OpportunityUpsert::new(pipeline)
    };
    let upserted = server
        .location
        .opportunities()
        .upsert(&upsert)
        .await
        .unwrap();
    assert_eq!((upserted.opportunity, upserted.new), (None, Some(true)));
}

#[tokio::test]
async fn a_contact_is_read_in_every_shape() {
    let get = async |body: &str| {
        let server = Server::answering(200, body).await;
        server
            .location
            .contacts()
            .get(&contact_id())
            .await
            .expect(body)
    };
    let fields = |contact: &gohighlevel::api::contacts::Contact| {
        let fields = contact.custom_fields.iter();
        let values = fields.map(|field| (field.id.to_string(), (*field.value).clone()));
        values.collect::<Vec<(String, Value)>>()
    };
    let first = "MgobCB14YMVKuE4Ka8p1".to_owned();
    let second = "MgobCB14YMVKuE4Ka8p2".to_owned();

    let contact = get(fixture!("contacts/get_shapes")).await;
    let phones = contact.additional_phones.iter().map(|it| it.as_str());
    assert_eq!(phones.collect::<Vec<_>>(), ["+15550001234", "+15550005678"]);
    let emails = contact.additional_emails.iter().map(|it| it.as_str());
    assert_eq!(
        emails.collect::<Vec<_>>(),
        ["rosan@example.com", "deo@example.com"]
    );
    assert_eq!(
        contact.attachments[0].as_str(),
        "https://files.example/rosan.png"
    );
    assert_eq!(
        fields(&contact),
        [
            (first.clone(), json!(1_751_328_000_000_i64)),
            (second.clone(), json!(false))
        ]
    );
    let made = contact.date_added.map(|date| date.as_second());
    assert_eq!(made, Some(1_714_032_441));

    let contact = get(fixture!("contacts/get_v1")).await;
    let tags: Vec<&str> = contact.tags.iter().map(|tag| tag.as_str()).collect();
    assert_eq!(tags, ["vip", "missed-call"]);
    assert_eq!(fields(&contact), [(first.clone(), json!("Botox"))]);

    let contact = get(fixture!("contacts/get_field_map")).await;
    assert_eq!(contact.id.as_str(), CONTACT);
    assert_eq!(
        fields(&contact),
        [(first, json!("Botox")), (second, json!(["a", "b"]))]
    );
}

#[tokio::test]
async fn the_values_of_an_opportunitys_fields_are_read_under_every_name() {
    let body = fixture!("opportunities/one_field_values");
    let server = Server::answering(200, body).await;
    let id = OpportunityId::new("yWQobCRIhRguQtD2llvk").unwrap();
    let opportunity = server.location.opportunities().get(&id).await.unwrap();
    let values = opportunity.custom_fields.iter();
    let values: Vec<Value> = values.map(|field| (*field.value).clone()).collect();
    let files = json!([{ "url": "https://files.example/1.pdf" }]);
    let expected = [
        json!(1_751_328_000_000_i64),
        json!(true),
        files,
        json!("Sanjay"),
    ];
    assert_eq!(values, expected);
}

#[tokio::test]
async fn the_ids_of_an_email_are_read_one_step_further_in() {
    let body = fixture!("conversations/message_email_ids");
    let server = Server::answering(200, body).await;
    let conversations = server.location.conversations();
    let message = conversations
        .message(&"tyW42xcMailId".parse().unwrap())
        .await;
    let message = message.unwrap();
    assert_eq!(
        message.email_message_ids[0].as_str(),
        "ve9EPM428kjkvShlRW1KT"
    );
    assert_eq!(
        message.attachments[0].as_str(),
        "https://files.example/rosan.png"
    );
}

#[tokio::test]
async fn open_hours_that_cannot_be_read_are_not_none_at_all() {
    let body = fixture!("calendars/open_hours_object");
    let server = Server::answering(200, body).await;
    let id = CalendarId::new("BqTwX8QFwXzpegMve9EQ").unwrap();
    let calendar = server.location.calendars().get(&id).await.unwrap();
    let hours = calendar.settings.open_hours.unwrap();
    assert_eq!(
        (hours.len(), &hours[0].days_of_the_week[..]),
        (1, &[1, 2][..])
    );

    let body = r#"{"calendar":{"id":"k1","openHours":{"monday":"9-5"}}}"#;
    let server = Server::answering(200, body).await;
    let calendar = server.location.calendars().get(&id).await.unwrap();
    assert_eq!(calendar.settings.open_hours, None);
}
