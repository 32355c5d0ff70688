//! What contacts have subscribed to.

use gohighlevel::Result;
use gohighlevel::api::conversations::{
    CustomSubtypeUpdate, DefaultSubtype, NewCustomSubtype, SubscriptionAction, SubscriptionChange,
    SubscriptionStatus, SubtypeChannel,
};
use gohighlevel::ids::CustomSubtypeId;
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, Server, V3, V2021_04, asks, assert_not_in, assert_prints_no_personal_data,
    assert_repeated, assert_sent_once, contact_id, fixture,
};

fn subtype() -> CustomSubtypeId {
    CustomSubtypeId::new("507f1f77bcf86cd799439011").unwrap()
}

fn new_subtype() -> NewCustomSubtype {
    NewCustomSubtype {
        name: "Newsletter".into(),
        description: Some("Weekly".into()),
        channel: SubtypeChannel::Email,
        language: "en".into(),
    }
}

fn change(action: SubscriptionAction) -> SubscriptionChange {
    SubscriptionChange {
        contact_id: contact_id(),
        email: "rosan@example.com".into(),
        action,
        legal_reason: Some("Rosan asked".into()),
        legal_description: Some("Rosan called".into()),
    }
}

async fn create(server: &Server) -> Result<()> {
    let preferences = server.location.conversations().preferences();
    preferences.create_custom_subtype(&new_subtype()).await
}

async fn update(server: &Server) -> Result<()> {
    let update = CustomSubtypeUpdate {
        archived: Some(true),
        resubscription_legal_form_id: Some("form_123456".into()),
        ..CustomSubtypeUpdate::default()
    };
    let preferences = server.location.conversations().preferences();
    preferences.update_custom_subtype(&subtype(), &update).await
}

#[tokio::test]
async fn kinds_of_messages() {
    let all = format!("/conversations/preferences/custom-subtypes?locationId={LOCATION}");
    let answer = fixture!("conversations/custom_subtypes");
    let asked = ("GET", all.as_str(), None);
    let subtypes = asks(V2021_04, answer, asked, async |server| {
        let preferences = server.location.conversations().preferences();
        preferences.custom_subtypes().await
    });
    let subtypes = subtypes.await.unwrap();
    assert_eq!(subtypes["customSubtypes"][0]["channel"], "email");

    let body = json!({
        "name": "Newsletter", "description": "Weekly", "channel": "email", "language": "en",
    });
    let asked = ("POST", all.as_str(), Some(body));
    asks(V2021_04, "", asked, create).await.unwrap();
    let one = format!(
        "/conversations/preferences/custom-subtypes/507f1f77bcf86cd799439011?locationId={LOCATION}"
    );
    let body = json!({"archived": true, "resubscription_legal_form_id": "form_123456"});
    let asked = ("PUT", one.as_str(), Some(body));
    asks(V2021_04, "", asked, update).await.unwrap();
    assert_sent_once(async |location| {
        let preferences = location.conversations().preferences();
        preferences.create_custom_subtype(&new_subtype()).await
    })
    .await;
}

#[tokio::test]
async fn what_a_contact_wants() {
    let target = format!(
        "/conversations/preferences/unsubscriptions/status?locationId={LOCATION}&contactId={CONTACT}&email=rosan%40example.com"
    );
    let answer = fixture!("conversations/unsubscriptions");
    let asked = ("GET", target.as_str(), None);
    let status = asks(V2021_04, answer, asked, async |server| {
        let preferences = server.location.conversations().preferences();
        let email = Some("rosan@example.com");
        preferences.unsubscriptions(&contact_id(), email).await
    });
    let status = status.await.unwrap();
    assert!(status["emails"].is_array());
    assert_prints_no_personal_data(&status);

    for (action, written) in [
        (
            SubscriptionAction::Default {
                subtype: DefaultSubtype::OneOnOne,
                status: SubscriptionStatus::Unsubscribed,
            },
            json!({
                "type": "default",
                "subtype_name": "One on One",
                "subtype_status": "unsubscribed",
            }),
        ),
        (
            SubscriptionAction::Custom {
                subtype: subtype(),
                status: SubscriptionStatus::Subscribed,
            },
            json!({
                "type": "custom",
                "subtype_id": "507f1f77bcf86cd799439011",
                "subtype_status": "subscribed",
            }),
        ),
        (
            SubscriptionAction::ResubAll,
            json!({"type": "resub_all", "subtype_status": "subscribed"}),
        ),
    ] {
        let change = change(action);
        let body = json!({
            "locationId": LOCATION,
            "contactId": CONTACT,
            "email": "rosan@example.com",
            "subscription_action": written,
            "legal_reason": "Rosan asked",
            "legal_description": "Rosan called",
        });
        let target = "/conversations/preferences/unsubscriptions/user-change";
        let asked = ("POST", target, Some(body));
        let changed = asks(V2021_04, "", asked, async |server| {
            let preferences = server.location.conversations().preferences();
            preferences.change_subscription(&change).await
        });
        changed.await.unwrap();
        assert_prints_no_personal_data(&change);
    }
    assert_repeated(async |location| {
        let preferences = location.conversations().preferences();
        let change = change(SubscriptionAction::ResubAll);
        preferences.change_subscription(&change).await
    })
    .await;
}

#[tokio::test]
async fn version_3_has_none_of_it() {
    assert_not_in(V3, create).await;
    assert_not_in(V3, update).await;
    assert_not_in(V3, async |server| {
        let preferences = server.location.conversations().preferences();
        preferences.custom_subtypes().await
    })
    .await;
    assert_not_in(V3, async |server| {
        let preferences = server.location.conversations().preferences();
        preferences.unsubscriptions(&contact_id(), None).await
    })
    .await;
    assert_not_in(V3, async |server| {
        let preferences = server.location.conversations().preferences();
        let change = change(SubscriptionAction::ResubAll);
        preferences.change_subscription(&change).await
    })
    .await;
}
