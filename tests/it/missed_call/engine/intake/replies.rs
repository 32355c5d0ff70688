//! Webhooks of texts, e-mails and do-not-disturb settings: replies, STOP and START.

use gohighlevel::recipes::missed_call::Acceptance;
use gohighlevel::recipes::missed_call::episode::{Reason, Trigger};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{PersonKey, Subject};
use serde_json::{Value, json};

use crate::missed_call::harness::builders::{NUMBER, at, contact, location, number};
use crate::missed_call::harness::intake_engine::{desk, do_not_disturb};

#[tokio::test]
async fn a_reply_stops_the_text_on_any_channel() {
    let replies = [
        json!({}),
        json!({"messageType": "Email", "messageId": "-", "emailMessageId": "mail-1",
               "from": "Rosan <rosan@example.com>", "to": ["desk@example.com"]}),
        json!({"messageType": "WhatsApp", "body": "-"}),
        json!({"messageType": "-", "contactId": "rosan", "from": "-"}),
        // Found by the number where the contact is another.
        json!({"contactId": "twin"}),
    ];
    for change in replies {
        let mut desk = desk();
        desk.call(json!({})).await;
        assert_eq!(
            desk.text("I have a question", change.clone()).await,
            Acceptance::Accepted
        );
        let story = desk.story().await;
        assert_eq!(
            story,
            ["call_missed", "replied", "text not_done replied"],
            "{change}"
        );
    }
    // Somebody without an episode, and the business's own words, are nobody's reply.
    for change in [
        json!({"contactId": "maria", "from": "+15550003333"}),
        json!({"contactId": "-", "conversationId": "another", "from": "+15550003333"}),
        json!({"direction": "outbound"}),
    ] {
        let mut desk = desk();
        desk.call(json!({})).await;
        assert_eq!(
            desk.text("I have a question", change.clone()).await,
            Acceptance::Ignored
        );
        assert_eq!(desk.story().await, ["call_missed"], "{change}");
    }
}

#[tokio::test]
async fn the_reply_names_its_message() {
    for (change, expected) in [
        (json!({}), json!("text-1")),
        (
            json!({"messageId": "-", "emailMessageId": "mail-1"}),
            json!("mail-1"),
        ),
        (json!({"messageId": "-"}), Value::Null),
    ] {
        let mut desk = desk();
        desk.call(json!({})).await;
        desk.text("hello", change.clone()).await;
        let entry = serde_json::to_value(&desk.ledger().await[1]).unwrap();
        assert_eq!(entry["message"], expected, "{change}");
    }
}

#[tokio::test]
async fn the_ledger_keeps_what_a_reply_asks_for() {
    for (text, code) in [
        ("can someone call me", json!("help")),
        ("booked, thanks", json!("booking")),
        ("👍", json!("thanks")),
        ("cancel my appointment", json!("help")),
        // The rest has no class, like the rows of the time before there were any.
        ("hello", Value::Null),
    ] {
        let mut desk = desk();
        desk.call(json!({})).await;
        desk.text(text, json!({})).await;
        let entry = serde_json::to_value(&desk.ledger().await[1]).unwrap();
        assert_eq!(
            (&entry["kind"], &entry["reply"]),
            (&json!("replied"), &code)
        );
        assert_eq!(
            desk.story().await,
            ["call_missed", "replied", "text not_done replied"],
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_automatic_answer_does_not_stop_the_text() {
    let mut desk = desk();
    desk.call(json!({})).await;
    desk.text(
        "I'm driving with Do Not Disturb While Driving turned on.",
        json!({}),
    )
    .await;
    assert_eq!(desk.story().await, ["call_missed", "replied"]);
    let entry = serde_json::to_value(&desk.ledger().await[1]).unwrap();
    assert_eq!(entry["reply"], "automatic");
}

#[tokio::test]
async fn a_wrong_number_ends_the_texts_like_an_opt_out() {
    let mut desk = desk();
    desk.call(json!({})).await;
    desk.text("Sorry, you have the wrong number", json!({}))
        .await;
    assert_eq!(
        desk.story().await,
        [
            "call_missed",
            "opted_out opted_out",
            "text not_done opted_out"
        ]
    );
}

#[tokio::test]
async fn a_request_to_erase_is_an_opt_out_that_the_ledger_tells_apart() {
    let mut alone = desk();
    alone
        .text("please delete my personal data", json!({}))
        .await;
    assert_eq!(
        alone.story().await,
        ["opted_out opted_out", "erasure_asked"]
    );
    assert!(alone.suppressed(&rosan()).await && alone.suppressed(&phone()).await);

    let mut pending = desk();
    pending.call(json!({})).await;
    pending.text("borren mis datos", json!({})).await;
    assert_eq!(
        pending.story().await,
        [
            "call_missed",
            "opted_out opted_out",
            "text not_done opted_out",
            "erasure_asked"
        ]
    );
    let ledger = pending.ledger().await;
    assert_eq!(ledger[3].episode, ledger[0].episode);
    let entry = serde_json::to_value(&ledger[3]).unwrap();
    assert_eq!(entry["message"], "text-1");

    let mut plain = desk();
    plain.text("STOP", json!({})).await;
    assert_eq!(plain.story().await, ["opted_out opted_out"]);
}

#[tokio::test]
async fn a_machine_of_another_firm_neither_opts_out_nor_replies() {
    for text in [
        "Txt HELP for help, STOP to end.",
        "You have been unsubscribed and will receive no further messages.",
        "Sorry I missed your call! How can I help you today?",
    ] {
        let mut desk = desk();
        desk.call(json!({})).await;
        desk.text(text, json!({})).await;
        assert_eq!(desk.story().await, ["call_missed", "replied"], "{text}");
        assert!(!desk.suppressed(&phone()).await, "{text}");
    }
}

fn rosan() -> Vec<Subject> {
    vec![Subject::contact(&contact("rosan"))]
}

fn phone() -> Vec<Subject> {
    vec![Subject::number(&number(NUMBER))]
}

#[tokio::test]
async fn stop_holds_with_and_without_an_episode() {
    let mut alone = desk();
    assert_eq!(alone.text("STOP", json!({})).await, Acceptance::Accepted);
    assert_eq!(alone.story().await, ["opted_out opted_out"]);
    assert!(alone.suppressed(&rosan()).await && alone.suppressed(&phone()).await);
    assert_eq!(alone.ledger().await[0].episode, None);

    let mut pending = desk();
    pending.call(json!({})).await;
    // The message tells no number; the call did.
    pending
        .text("please don't text me", json!({"from": "-"}))
        .await;
    assert_eq!(
        pending.story().await,
        [
            "call_missed",
            "opted_out opted_out",
            "text not_done opted_out"
        ]
    );
    assert!(pending.suppressed(&rosan()).await && pending.suppressed(&phone()).await);
    // A new episode knows: its text asks the list again right before it is sent.
    assert!(pending.live("rosan").await);
}

#[tokio::test]
async fn a_no_that_the_host_tells_of_holds_too() {
    let mut desk = desk();
    let person = PersonKey {
        location: location(),
        contact: contact("rosan"),
        number: Some(number(NUMBER)),
    };
    let engine = desk.engine.clone();
    let told = engine.record(&person, Trigger::OptedOut, "call-9").await;
    assert_eq!(told.unwrap(), Acceptance::Accepted);
    assert!(desk.suppressed(&rosan()).await && desk.suppressed(&phone()).await);
    desk.call(json!({})).await;
    assert_eq!(
        desk.story().await,
        [
            "opted_out opted_out",
            "call_missed",
            "text not_done suppressed"
        ]
    );
}

#[tokio::test]
async fn a_reaction_asks_for_nothing_whatever_it_quotes() {
    for kind in ["SMS_REACTION", "TYPE_SMS_REACTION"] {
        let mut desk = desk();
        desk.call(json!({})).await;
        desk.text("Call us or reply STOP", json!({"messageType": kind}))
            .await;
        let entry = serde_json::to_value(&desk.ledger().await[1]).unwrap();
        assert_eq!(
            (&entry["kind"], &entry["reply"]),
            (&json!("replied"), &json!("thanks"))
        );
    }
}

#[tokio::test]
async fn start_lifts_a_stop_and_nothing_else() {
    let mut desk = desk();
    // Nothing to lift.
    assert_eq!(desk.text("START", json!({})).await, Acceptance::Ignored);
    desk.text("STOP", json!({})).await;
    assert_eq!(
        desk.event(do_not_disturb("active"), json!({"timestamp": at(51)}))
            .await,
        Acceptance::Accepted
    );
    // It was written before the STOP and comes after it.
    let late = json!({"dateAdded": at(49)});
    assert_eq!(desk.text("START", late).await, Acceptance::Ignored);
    assert_eq!(
        desk.text(
            "Start.",
            json!({"dateAdded": at(52), "messageId": "text-2"})
        )
        .await,
        Acceptance::Accepted
    );
    assert!(
        desk.suppressed(&phone()).await,
        "HighLevel's setting stands"
    );
    assert_eq!(
        desk.event(do_not_disturb("inactive"), json!({"timestamp": at(53)}))
            .await,
        Acceptance::Accepted
    );
    assert!(!desk.suppressed(&phone()).await && !desk.suppressed(&rosan()).await);
    assert_eq!(
        desk.story().await,
        [
            "opted_out opted_out",
            "opted_out do_not_disturb",
            "opted_in opted_out",
            "opted_in do_not_disturb",
        ]
    );
    // A setting that is off does not lift a STOP.
    desk.text("STOP", json!({"messageId": "text-3"})).await;
    desk.event(do_not_disturb("inactive"), json!({})).await;
    assert!(desk.suppressed(&phone()).await);
}

#[tokio::test]
async fn start_is_a_reply_to_a_live_episode_too() {
    let mut desk = desk();
    desk.call(json!({})).await;
    desk.text("START", json!({})).await;
    let story = desk.story().await;
    assert_eq!(story, ["call_missed", "replied", "text not_done replied"]);
}

#[tokio::test]
async fn do_not_disturb_counts_for_texts_only() {
    for (change, story) in [
        (json!({}), vec!["opted_out do_not_disturb"]),
        (
            json!({"dndSettings": {"sms": {"status": "permanent"}}}),
            vec!["opted_out do_not_disturb"],
        ),
        (
            json!({"dnd": true, "dndSettings": "-"}),
            vec!["opted_out do_not_disturb"],
        ),
        (
            json!({"dndSettings": {"Call": {"status": "active"}}}),
            vec![],
        ),
        (json!({"dndSettings": "-"}), vec![]),
        (json!({"id": "-"}), vec![]),
    ] {
        let mut desk = desk();
        desk.event(do_not_disturb("active"), change.clone()).await;
        assert_eq!(desk.story().await, story, "{change}");
        let by_id = desk.suppressed(&rosan()).await;
        assert_eq!(by_id, !story.is_empty(), "{change}");
    }
    let mut desk = desk();
    desk.call(json!({})).await;
    desk.event(do_not_disturb("active"), json!({})).await;
    let story = desk.story().await;
    assert_eq!(story[2], "text not_done do_not_disturb");
    let not_done = &desk.ledger().await[2].kind;
    assert!(
        matches!(not_done, EntryKind::NotDone { reason, .. } if *reason == Reason::DoNotDisturb)
    );
}
