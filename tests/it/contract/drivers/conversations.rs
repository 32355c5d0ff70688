//! `conversations.json`: conversations, their messages, what was said in calls, and what contacts have subscribed to.

use gohighlevel::api::conversations::{
    ConversationFeedback, ConversationScore, ConversationSearch, ConversationSort,
    ConversationStatus, ConversationUpdate, CustomSubtypeUpdate, DefaultSubtype, ExportChannel,
    ExportOrder, ExportQuery, MessageAction, MessagesQuery, NewCustomSubtype, SubscriptionAction,
    SubscriptionChange, SubscriptionStatus, SubtypeChannel,
};
use gohighlevel::api::cursor::SortDirection;
use gohighlevel::message::{Direction, MessageType};
use gohighlevel::secret::Private;

use super::{conversations_enums as words, id, moment};
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    let mut drivers = threads();
    drivers.extend(messages());
    drivers.extend(preferences());
    drivers
}

fn threads() -> Vec<Driver> {
    vec![
        Driver::both(
            "conversations.create",
            [call!(|stage| stage
                .location
                .conversations()
                .create(&id("c1"))
                .await)],
        ),
        Driver::both(
            "conversations.get",
            [call!(|stage| stage
                .location
                .conversations()
                .get(&id("v1"))
                .await)],
        ),
        Driver::both(
            "conversations.update",
            [
                call!(|stage| {
                    let update = ConversationUpdate {
                        unread_count: Some(2),
                        starred: Some(true),
                        feedback: None,
                    };
                    let conversations = stage.location.conversations();
                    conversations.update(&id("v1"), &update).await
                }),
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations
                        .update(&id("v1"), &ConversationUpdate::default())
                        .await
                }),
            ],
        ),
        Driver::only(
            Version::V3,
            "conversations.update with feedback",
            [call!(|stage| {
                let update = ConversationUpdate {
                    feedback: Some(ConversationFeedback::Negative),
                    ..ConversationUpdate::default()
                };
                let conversations = stage.location.conversations();
                conversations.update(&id("v1"), &update).await
            })],
        ),
        Driver::both(
            "conversations.delete",
            [call!(|stage| stage
                .location
                .conversations()
                .delete(&id("v1"))
                .await)],
        ),
        Driver::both(
            "conversations.search",
            [
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations.search(&whole_search()).await
                }),
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations.search(&ConversationSearch::default()).await
                }),
                words::search(),
            ],
        ),
    ]
}

fn whole_search() -> ConversationSearch {
    ConversationSearch {
        contact_id: Some(id("c1")),
        id: Some(id("v1")),
        assigned_to: Some(id("unassigned")),
        followers: vec![id("u1"), id("u2")],
        mentions: vec![id("u1")],
        query: Some(Private::from("John")),
        status: Some(ConversationStatus::Unread),
        last_message_type: Some(MessageType::Sms),
        last_message_direction: Some(Direction::Inbound),
        last_message_action: Some(MessageAction::Manual),
        score: Some(ConversationScore {
            profile: "sp1".to_owned(),
            min: Some(1.5),
            max: Some(20.0),
        }),
        from: Some(moment()),
        to: Some(moment()),
        sort_by: Some(ConversationSort::Score {
            profile: "sp1".to_owned(),
        }),
        sort: Some(SortDirection::Descending),
        start_after: Some(moment()),
        limit: Some(50),
    }
}

fn messages() -> Vec<Driver> {
    vec![
        Driver::both(
            "conversations.messages",
            [
                call!(|stage| {
                    let query = MessagesQuery {
                        after: Some(id("m0")),
                        limit: Some(50),
                        types: vec![MessageType::Call, "TYPE_INTERNAL_COMMENT".into()],
                    };
                    let conversations = stage.location.conversations();
                    conversations.messages(&id("v1"), &query).await
                }),
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations
                        .messages(&id("v1"), &MessagesQuery::default())
                        .await
                }),
                words::messages(),
            ],
        ),
        Driver::both(
            "conversations.message",
            [call!(|stage| stage
                .location
                .conversations()
                .message(&id("m1"))
                .await)],
        ),
        Driver::both(
            "conversations.email",
            [call!(|stage| stage
                .location
                .conversations()
                .email(&id("e1"))
                .await)],
        ),
        Driver::both(
            "conversations.export",
            [
                call!(|stage| {
                    let query = ExportQuery {
                        channel: Some(ExportChannel::Sms),
                        conversation_id: Some(id("v1")),
                        contact_id: Some(id("c1")),
                        from: Some(moment()),
                        to: Some(moment()),
                        sort_by: Some(ExportOrder::Updated),
                        sort: Some(SortDirection::Ascending),
                        cursor: Some("next".to_owned()),
                        limit: Some(500),
                    };
                    stage.location.conversations().export(&query).await
                }),
                call!(|stage| {
                    let conversations = stage.location.conversations();
                    conversations.export(&ExportQuery::default()).await
                }),
                words::export(),
            ],
        ),
        Driver::both(
            "conversations.recording",
            [call!(|stage| stage
                .location
                .conversations()
                .recording(&id("m1"))
                .await)],
        ),
        Driver::both(
            "conversations.transcription",
            [call!(|stage| stage
                .location
                .conversations()
                .transcription(&id("m1"))
                .await)],
        ),
        Driver::both(
            "conversations.transcription_file",
            [call!(|stage| {
                let conversations = stage.location.conversations();
                conversations.transcription_file(&id("m1")).await
            })],
        ),
    ]
}

fn preferences() -> Vec<Driver> {
    vec![
        Driver::only(
            Version::V2,
            "conversations.preferences.custom_subtypes",
            [call!(|stage| {
                let preferences = stage.location.conversations().preferences();
                preferences.custom_subtypes().await
            })],
        ),
        Driver::only(
            Version::V2,
            "conversations.preferences.create_custom_subtype",
            [
                call!(|stage| {
                    let subtype = NewCustomSubtype {
                        description: Some("What is on offer".to_owned()),
                        ..offers(SubtypeChannel::Email)
                    };
                    let preferences = stage.location.conversations().preferences();
                    preferences.create_custom_subtype(&subtype).await
                }),
                call!(|stage| {
                    let preferences = stage.location.conversations().preferences();
                    preferences
                        .create_custom_subtype(&offers(SubtypeChannel::Sms))
                        .await
                }),
            ],
        ),
        Driver::only(
            Version::V2,
            "conversations.preferences.update_custom_subtype",
            [
                call!(|stage| {
                    let update = CustomSubtypeUpdate {
                        name: Some("Offers".to_owned()),
                        description: Some("What is on offer".to_owned()),
                        archived: Some(true),
                        resubscription_legal_form_id: Some("f1".to_owned()),
                    };
                    let preferences = stage.location.conversations().preferences();
                    preferences.update_custom_subtype(&id("s1"), &update).await
                }),
                call!(|stage| {
                    let preferences = stage.location.conversations().preferences();
                    preferences
                        .update_custom_subtype(&id("s1"), &CustomSubtypeUpdate::default())
                        .await
                }),
            ],
        ),
        Driver::only(
            Version::V2,
            "conversations.preferences.unsubscriptions",
            [
                call!(|stage| {
                    let preferences = stage.location.conversations().preferences();
                    preferences
                        .unsubscriptions(&id("c1"), Some("deo@example.com"))
                        .await
                }),
                call!(|stage| {
                    let preferences = stage.location.conversations().preferences();
                    preferences.unsubscriptions(&id("c1"), None).await
                }),
            ],
        ),
        Driver::only(
            Version::V2,
            "conversations.preferences.change_subscription",
            [
                call!(|stage| {
                    let change = SubscriptionChange {
                        legal_reason: Some(Private::from("consent")),
                        legal_description: Some(Private::from("by phone")),
                        ..change(SubscriptionAction::Custom {
                            subtype: id("s1"),
                            status: SubscriptionStatus::Subscribed,
                        })
                    };
                    let preferences = stage.location.conversations().preferences();
                    preferences.change_subscription(&change).await
                }),
                call!(|stage| {
                    let change = change(SubscriptionAction::Default {
                        subtype: DefaultSubtype::OneOnOne,
                        status: SubscriptionStatus::Unsubscribed,
                    });
                    let preferences = stage.location.conversations().preferences();
                    preferences.change_subscription(&change).await
                }),
                call!(|stage| {
                    let preferences = stage.location.conversations().preferences();
                    preferences
                        .change_subscription(&change(SubscriptionAction::ResubAll))
                        .await
                }),
            ],
        ),
    ]
}

fn offers(channel: SubtypeChannel) -> NewCustomSubtype {
    NewCustomSubtype {
        name: "Offers".to_owned(),
        description: None,
        channel,
        language: "en".to_owned(),
    }
}

fn change(action: SubscriptionAction) -> SubscriptionChange {
    SubscriptionChange {
        contact_id: id("c1"),
        email: Private::from("deo@example.com"),
        action,
        legal_reason: None,
        legal_description: None,
    }
}
