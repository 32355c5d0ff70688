//! Inbound webhooks: what HighLevel answers, and what that means.

use gohighlevel::error::ErrorKind;
use gohighlevel::testing::Fault;
use gohighlevel::workflows::{InboundPayload, InboundReceipt, InboundWebhookUrl};
use http::{Method, StatusCode};
use serde_json::json;

use super::support::{LOCATION, fake, location, seen};

fn payload() -> InboundPayload {
    InboundPayload::new(&json!({"phone": "+13125550142", "reason": "no_show"})).unwrap()
}

#[tokio::test]
async fn yes_means_no_more_than_highlevel_says() {
    let fake = fake().await;
    let soleil = location(&fake);
    for (published, live) in [(true, true), (false, false)] {
        let url: InboundWebhookUrl = fake
            .inbound_webhook(LOCATION, published)
            .unwrap()
            .parse()
            .unwrap();
        let receipt = soleil.workflows().send_inbound(&url, &payload()).await;
        match receipt.unwrap() {
            InboundReceipt::Queued { id } => assert!(live && id.is_some()),
            other => assert!(!live && other == InboundReceipt::NotLive, "{other:?}"),
        }
    }
    let sent = seen(&fake, "/hooks/");
    assert_eq!(sent.len(), 2);
    for request in sent {
        // No token goes to an address that anybody may know.
        assert_eq!(request.location, None);
        assert_eq!(request.body["reason"], "no_show");
    }
}

#[tokio::test]
async fn it_is_not_sent_twice_when_the_outcome_is_unknown() {
    let fake = fake().await;
    let url: InboundWebhookUrl = fake
        .inbound_webhook(LOCATION, true)
        .unwrap()
        .parse()
        .unwrap();
    let path = format!("/hooks/{LOCATION}/webhook-trigger/*");
    for fault in [Fault::Status(StatusCode::BAD_GATEWAY), Fault::DropAfter] {
        let before = seen(&fake, "/hooks/").len();
        fake.fault(Method::POST, &path, fault, 1).unwrap();
        let sent = location(&fake)
            .workflows()
            .send_inbound(&url, &payload())
            .await;
        assert_eq!(*sent.unwrap_err().kind(), ErrorKind::UnknownOutcome);
        assert_eq!(seen(&fake, "/hooks/").len(), before + 1);
    }
}

#[tokio::test]
async fn another_locations_address_is_refused() {
    let fake = fake().await;
    let url = fake.inbound_webhook("harborLocation000002", true).unwrap();
    let url: InboundWebhookUrl = url.parse().unwrap();
    let sent = location(&fake)
        .workflows()
        .send_inbound(&url, &payload())
        .await;
    assert_eq!(*sent.unwrap_err().kind(), ErrorKind::Config);
    assert!(seen(&fake, "/hooks/").is_empty());
}
