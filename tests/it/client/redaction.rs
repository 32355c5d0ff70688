//! Tokens, numbers, addresses and texts are planted; whatever is printed or logged must not hold them.

use gohighlevel::api::contacts::{ContactField, ContactFilter, ContactSearch, NewContact};
use gohighlevel::api::conversations::OutgoingSms;
use gohighlevel::error::TransportErrorKind;
use gohighlevel::ids::ContactId;
use gohighlevel::phone::PhoneNumber;
use serde_json::Value;

use super::super::logged::logged;
use super::scripted::{Scene, Step, answer};

const PLANTED: [&str; 6] = [
    "pit-planted-token",
    "8887324197",
    "rosan@example.com",
    "Rosan",
    "Sorry we missed",
    "eyJplanted",
];

fn assert_hides(printed: &str) {
    for planted in PLANTED {
        assert!(!printed.contains(planted), "`{planted}` is in: {printed}");
    }
}

fn phone() -> PhoneNumber {
    PhoneNumber::parse("+18887324197").unwrap()
}

fn sms() -> OutgoingSms {
    let contact = ContactId::new("c1").unwrap();
    OutgoingSms {
        to_number: Some(phone()),
        ..OutgoingSms::new(contact, "Sorry we missed your call, Rosan")
    }
}

#[tokio::test]
async fn nothing_planted_is_logged_at_trace() {
    let work = async {
        let scene = Scene::new([
            answer(500, r#"{"message":"cannot text Rosan on +18887324197"}"#),
            Step::Fail(TransportErrorKind::Interrupted),
            answer(429, "").header("retry-after", 1),
            answer(
                200,
                r#"{"contact":{"id":"c1","firstName":"Rosan","phone":"+18887324197"}}"#,
            ),
        ]);
        let contacts = scene.location.contacts();
        contacts.find_by_phone(&phone()).await.unwrap().unwrap();
        contacts.find_by_email("rosan@example.com").await.unwrap();
        let filter = ContactFilter::eq(ContactField::Phone, phone().e164());
        let search = ContactSearch::new(filter);
        contacts.search(&search).await.unwrap();
        let contact = NewContact {
            first_name: Some("Rosan".into()),
            phone: Some(phone()),
            ..NewContact::default()
        };
        contacts.upsert(&contact).await.unwrap();
        let _ = scene.location.conversations().send_sms(&sms()).await;
    };
    let ((), log) = logged(work).await;
    assert!(log.contains("contacts.find_by_phone"), "{log}");
    assert!(log.contains("conversations.send_sms"), "{log}");
    assert_hides(&log);
}

#[tokio::test]
async fn nothing_planted_is_in_an_error() {
    let bodies = [
        r#"{"message":"Cannot send message as +18887324197 has unsubscribed","status":400}"#,
        r#"{"message":["rosan@example.com is taken"],"statusCode":422}"#,
        r#"{"message":"bad token pit-planted-token or eyJplanted.x.y","statusCode":401}"#,
        r#"{"contact":"Rosan","messageId":["Sorry we missed"]}"#,
        "<html>Rosan +18887324197</html>",
    ];
    for status in [200, 400, 401, 403, 404, 409, 422, 500] {
        for body in bodies {
            let scene = Scene::new([answer(status, body)]);
            let sent = scene.location.conversations().send_sms(&sms()).await;
            let mut error: Option<&dyn std::error::Error> = match &sent {
                Ok(_) => None,
                Err(error) => Some(error),
            };
            assert!(error.is_some());
            while let Some(cause) = error {
                assert_hides(&format!("{cause} {cause:?}"));
                error = cause.source();
            }
        }
    }
}

#[tokio::test]
async fn nothing_planted_is_in_what_the_client_prints() {
    let scene = Scene::new([]);
    let request = gohighlevel::client::Request::post("/x").json(&sms());
    let _ = scene.location.send::<Value>(request).await;
    assert_hides(&format!(
        "{:?} {:?} {:?} {:?}",
        scene.client,
        scene.location,
        scene.location.contacts(),
        sms()
    ));
    assert_eq!(scene.asked()[0].authorization, "Bearer pit-planted-token");
}
