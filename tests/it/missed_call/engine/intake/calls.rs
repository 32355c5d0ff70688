//! Webhooks of calls: what the engine answers, and what the ledger and the episode record.

use std::path::Path;
use std::sync::Arc;

use gohighlevel::client::Lane;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::Acceptance;
use gohighlevel::recipes::missed_call::episode::{EffectEnd, Episode, EpisodeId, Input, Reason};
use gohighlevel::recipes::missed_call::store::{Commit, EffectChange, EpisodeChange, Shares};
use gohighlevel::webhooks::Delivery;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::missed_call::harness::builders::{
    LOCATION, NUMBER, at, call, contact, location, message, recipe,
};
use crate::missed_call::harness::intake_engine::{IntakeEngine, desk, missed_call};

#[tokio::test]
async fn a_missed_call_is_written_down_with_what_proves_it() {
    let mut desk = desk();
    let body = missed_call().to_string();
    assert_eq!(desk.take_raw(body.clone()).await, Acceptance::Accepted);
    let entry = desk.entry().await;
    let delivery = Delivery::read(body.clone(), at(60)).unwrap();
    let expected = json!({
        "at": at(60), "location": LOCATION, "episode": format!("{LOCATION}:call-1"),
        "kind": "call_missed", "message": "call-1", "contact": "rosan",
        "caller": NUMBER, "called": "+15550002222", "ended_at": at(0), "seconds": 0,
        "reason": "no_answer",
        "evidence": {
            "delivery": delivery.dedupe_key().as_str(), "body_sha256": delivery.body_sha256(),
            "received_at": at(60),
        },
        "recipe": "test 1", "recipe_fingerprint": recipe().fingerprint(),
    });
    assert_eq!(entry, expected);
    assert_eq!(desk.planned().await, 3);
    // The same bytes again are the same delivery.
    for _ in 0..3 {
        assert_eq!(desk.take_raw(body.clone()).await, Acceptance::Duplicate);
    }
    // So is the same call in another.
    assert_eq!(desk.call(json!({})).await, Acceptance::Duplicate);
    assert_eq!(desk.entry().await, expected);
    assert_eq!(desk.planned().await, 3);
}

#[tokio::test]
async fn the_end_of_a_call_is_computed_from_what_is_reported() {
    // `dateAdded` and the duration, never later than the event or its arrival. The clock stands at 60.
    for (added, length, told, ended) in [
        (json!(at(0)), json!(0), json!(at(2)), at(0)),
        (json!(at(0)), json!(null), json!(at(2)), at(0)),
        (json!(at(-30)), json!(20), json!(at(2)), at(-10)),
        (json!(at(-30)), json!("20"), json!(at(2)), at(-10)),
        // It was the end already: the duration must not move it past the event.
        (json!(at(0)), json!(20), json!(at(2)), at(2)),
        (json!(at(0)), json!(20), json!("-"), at(20)),
        (json!(at(0)), json!(90), json!("-"), at(60)),
        (json!(at(0)), json!(1e18), json!("-"), at(60)),
        (json!(at(0)), json!(-5), json!(at(2)), at(0)),
        // Clocks that are ahead of ours.
        (json!(at(500)), json!(0), json!(at(501)), at(60)),
        (json!(at(0)), json!(0), json!(at(501)), at(0)),
        (json!("-"), json!(20), json!(at(2)), at(2)),
        (json!("-"), json!(20), json!("-"), at(60)),
        (json!("soon"), json!(0), json!("never"), at(60)),
        (json!(at(0).as_millisecond()), json!(0), json!(at(2)), at(0)),
    ] {
        let mut desk = desk();
        let change = json!({"dateAdded": added, "callDuration": length, "timestamp": told});
        assert_eq!(desk.call(change.clone()).await, Acceptance::Accepted);
        let found: Timestamp =
            serde_json::from_value(desk.entry().await["ended_at"].clone()).unwrap();
        assert_eq!(found, ended, "{change}");
    }
}

#[tokio::test]
async fn a_call_that_is_reported_too_late_gets_no_text() {
    for (added, story) in [
        (-540, vec!["call_missed"]),
        (-541, vec!["call_missed", "text not_done stale"]),
    ] {
        let mut desk = desk();
        desk.call(json!({"dateAdded": at(added)})).await;
        assert_eq!(desk.story().await, story, "{added}");
        assert_eq!(desk.planned().await, 4 - story.len());
    }
}

#[tokio::test]
async fn what_became_of_a_call() {
    for (change, story) in [
        (json!({"callStatus": "busy"}), vec!["call_missed"]),
        (json!({"callStatus": "-"}), vec!["call_missed"]),
        (json!({"messageType": "IVR_CALL"}), vec!["call_missed"]),
        (json!({"messageType": "TYPE_CALL"}), vec!["call_missed"]),
        (
            json!({"callStatus": "voicemail", "status": "completed"}),
            vec!["call_missed"],
        ),
        (
            json!({"callStatus": "-", "status": "voicemail"}),
            vec!["call_missed"],
        ),
        (
            json!({"callStatus": null, "status": "voicemail", "messageType": "VoiceMail"}),
            vec!["call_missed"],
        ),
        // Its label is wrong, its direction is right.
        (json!({"type": "OutboundMessage"}), vec!["call_missed"]),
        (json!({"direction": "outbound"}), vec![]),
        (
            json!({"callStatus": "completed", "callDuration": 120}),
            vec![],
        ),
        // So short that a mailbox may have taken it.
        (
            json!({"callStatus": "completed"}),
            vec!["call_unclear suspected_voicemail"],
        ),
        (
            json!({"callStatus": "completed", "userId": "maria"}),
            vec![],
        ),
        (
            json!({"callStatus": "completed", "callDuration": "-"}),
            vec![],
        ),
        (json!({"callStatus": "pending"}), vec![]),
        // Somebody called, and nobody knows how it ended: people can look.
        (
            json!({"callStatus": "-", "status": "-"}),
            vec!["call_unclear no_status"],
        ),
        (json!({"callStatus": "parked"}), vec!["call_unclear parked"]),
        // Nobody can be worked on, but the call is not lost.
        (json!({"contactId": "-"}), vec!["call_unclear no_contact"]),
        (json!({"contactId": "-", "callStatus": "completed"}), vec![]),
        (json!({"messageType": "SMS"}), vec![]),
        // What has the fields of a call is one.
        (json!({"messageType": "-"}), vec!["call_missed"]),
        (
            json!({"messageType": "-", "callStatus": "-", "callDuration": "-"}),
            vec!["call_missed"],
        ),
        (
            json!({"messageType": "-", "callStatus": "-", "callDuration": "-", "status": "delivered"}),
            vec![],
        ),
        (
            json!({"callStatus": "ringing", "status": "ringing"}),
            vec![],
        ),
        (json!({"locationId": "-"}), vec![]),
        (json!({"locationId": "somewhereElse"}), vec![]),
        (json!({"type": "TaskCreate"}), vec![]),
    ] {
        let mut desk = desk();
        let answer = desk.call(change.clone()).await;
        let expected = if story.is_empty() {
            Acceptance::Ignored
        } else {
            Acceptance::Accepted
        };
        assert_eq!(answer, expected, "{change}");
        assert_eq!(desk.story().await, story, "{change}");
    }
}

#[tokio::test]
async fn what_a_person_writes_is_a_reply_and_what_highlevel_notes_is_none() {
    for written in [
        "SMS",
        "TYPE_SMS",
        "TYPE_RCS",
        "SMS_REACTION",
        "Email",
        "TYPE_CUSTOM_EMAIL",
        "TYPE_CUSTOM_PROVIDER_SMS",
        "WhatsApp",
        "FB",
        "IG",
        "GMB",
        "TYPE_TIKTOK",
        "TYPE_FACEBOOK_COMMENT",
        "Live Chat",
        "TYPE_WEBCHAT",
        "TYPE_FORM_SUBMISSION",
        "TYPE_REVIEW",
        // As in an answer to a campaign.
        "TYPE_CAMPAIGN_SMS",
        // A way to write that is not known yet, and none at all.
        "TYPE_TELEPATHY",
        "-",
    ] {
        let story = told_as(written).await;
        assert_eq!(story, ["call_missed", "replied"], "{written}");
    }
    for noted in [
        "TYPE_ACTIVITY_CONTACT",
        "TYPE_ACTIVITY_INVOICE",
        "TYPE_ACTIVITY_PAYMENT",
        "TYPE_ACTIVITY_OPPORTUNITY",
        "TYPE_ACTIVITY_APPOINTMENT",
        "TYPE_ACTIVITY_EMPLOYEE_ACTION_LOG",
        "TYPE_ACTIVITY_WHATSAPP",
        "TYPE_ACTIVITY_TELEPATHY",
        "ACTIVITY_CONTACT",
        "Activity Contact",
        "TYPE_INTERNAL_COMMENT",
        "TYPE_LIVE_CHAT_INFO_MESSAGE",
        "TYPE_SMS_REVIEW_REQUEST",
        "TYPE_SMS_NO_SHOW_REQUEST",
    ] {
        assert_eq!(told_as(noted).await, ["call_missed"], "{noted}");
    }
    for spoken in [
        "TYPE_CAMPAIGN_CALL",
        "TYPE_CAMPAIGN_MANUAL_CALL",
        "TYPE_CAMPAIGN_VOICEMAIL",
    ] {
        let story = told_as(spoken).await;
        assert_eq!(story, ["call_missed", "call_unclear delivered"], "{spoken}");
    }
}

/// A missed call, and then an inbound message of this type.
async fn told_as(kind: &str) -> Vec<String> {
    let mut desk = desk();
    desk.call(json!({})).await;
    let words = "Do you have time today?";
    desk.text(words, json!({"messageType": kind})).await;
    let mut story = desk.story().await;
    story.truncate(2);
    story
}

#[tokio::test]
async fn who_called_and_whom() {
    for (from, to, caller, called, story) in [
        (json!("-"), json!("-"), Value::Null, Value::Null, None),
        (
            json!(NUMBER),
            json!("+15550002222"),
            json!(NUMBER),
            json!("+15550002222"),
            None,
        ),
        (json!([NUMBER]), json!(""), json!(NUMBER), Value::Null, None),
        (
            json!("anonymous"),
            json!("front desk"),
            Value::Null,
            Value::Null,
            Some("withheld"),
        ),
        (
            json!("+266696687"),
            json!(null),
            Value::Null,
            Value::Null,
            Some("withheld"),
        ),
        (
            json!("72345"),
            json!(null),
            Value::Null,
            Value::Null,
            Some("short_code"),
        ),
        (
            json!("+1312555014"),
            json!(null),
            json!("+1312555014"),
            Value::Null,
            Some("not_textable:impossible"),
        ),
        // The contact's number counts.
        (
            json!("8887324197"),
            json!("sip:+15550002222@sip.example.com"),
            Value::Null,
            json!("+15550002222"),
            None,
        ),
    ] {
        let mut desk = desk();
        desk.call(json!({"from": from, "to": to})).await;
        let ledger = desk.ledger().await;
        let first = serde_json::to_value(&ledger[0]).unwrap();
        assert_eq!(
            (&first["caller"], &first["called"]),
            (&caller, &called),
            "{from}"
        );
        let refused = desk.story().await.get(1).cloned();
        let expected = story.map(|reason| format!("text not_done {reason}"));
        assert_eq!(refused, expected, "{from}");
    }
}

#[tokio::test]
async fn a_call_without_an_id_is_named_by_its_delivery() {
    let mut desk = desk();
    let taken = desk.call(json!({"messageId": "-"})).await;
    assert_eq!(taken, Acceptance::Accepted);
    assert_eq!(desk.entry().await["message"], "webhook:webhook-1");
}

#[tokio::test]
async fn calls_join_within_the_cooldown_and_open_a_new_episode_after_it() {
    let mut desk = desk();
    desk.call(json!({})).await;
    desk.call(json!({"messageId": "call-2", "dateAdded": at(30)}))
        .await;
    // Another contact with the same number is the same person.
    desk.call(json!({"messageId": "call-3", "contactId": "twin"}))
        .await;
    assert_eq!(
        desk.story().await,
        ["call_missed", "call_joined", "call_joined"]
    );
    assert_eq!(desk.planned().await, 3);
    // After the cooldown, though nobody has woken the first episode.
    desk.clock.advance_to(at(3_700));
    let later = json!({"messageId": "call-4", "dateAdded": at(3_690), "timestamp": at(3_691)});
    desk.call(later).await;
    let story = desk.story().await;
    assert_eq!(
        story[3..],
        ["text not_done superseded", "closed", "call_missed"]
    );
    assert_eq!(desk.planned().await, 6);
    // An event about a call whose episode is over changes nothing.
    let before = desk.ledger().await;
    desk.call(json!({"messageId": "call-4", "callStatus": "voicemail"}))
        .await;
    assert_eq!(desk.ledger().await, before);
}

#[tokio::test]
async fn a_call_joins_by_number_when_its_contact_s_episode_is_over() {
    let mut desk = desk();
    desk.call(json!({})).await;
    // The cooldown ends, but the episode still waits for its steps.
    desk.clock.advance_to(at(3_700));
    let other = "+15550003333";
    let told = at(3_699);
    desk.call(
        json!({"messageId": "call-2", "contactId": "maria", "from": other,
                     "dateAdded": at(3_690), "timestamp": told}),
    )
    .await;
    let taken = desk
        .call(json!({"messageId": "call-3", "from": other, "dateAdded": at(3_695), "timestamp": told}))
        .await;
    assert_eq!(taken, Acceptance::Accepted);
    assert_eq!(
        desk.story().await,
        [
            "call_missed",
            "call_missed",
            "text not_done superseded",
            "closed",
            "call_joined"
        ]
    );
    assert_eq!(desk.planned().await, 6);
}

/// A first call at 0, whose steps all end; then a second one of 3590, within the cooldown, that is told at `told`.
async fn told_after_the_cooldown(told: i64) -> Vec<String> {
    let mut desk = desk();
    desk.call(json!({})).await;
    let store = Arc::clone(desk.engine.store());
    for lane in [Lane::Interactive, Lane::Background] {
        let lease = SignedDuration::ZERO;
        for claim in store
            .claim(at(60), lane, 9, lease, &Shares::UNLIMITED)
            .await
            .unwrap()
        {
            let effect = claim.fence.effect.clone();
            let stored = store.episode(&effect.episode).await.unwrap().unwrap();
            let mut episode = Episode::resume(stored.state, recipe());
            let end = EffectEnd::NotDone(Reason::ContactGone);
            episode.handle(&Input::EffectEnded { effect, end }, at(60));
            let commit = Commit {
                episodes: vec![EpisodeChange {
                    state: episode.state().clone(),
                    read_at_revision: Some(stored.revision),
                    wake_at: episode.next_wakeup(),
                }],
                effects: vec![EffectChange::End { fence: claim.fence }],
                ..Commit::default()
            };
            store.commit(commit).await.unwrap();
        }
    }
    desk.clock.advance_to(at(told));
    desk.engine.step().await.unwrap();
    let second = json!({"messageId": "call-2", "dateAdded": at(3_590), "timestamp": at(3_591)});
    desk.call(second).await;
    desk.story().await
}

#[tokio::test]
async fn a_call_of_the_cooldown_that_is_reported_after_it_sends_no_second_text() {
    for told in [3_600, 4_199] {
        let story = told_after_the_cooldown(told).await;
        assert_eq!(story, ["call_missed", "call_joined"], "{told}");
    }
    // By now it is too old for a text whatever it opens.
    let story = told_after_the_cooldown(4_200).await;
    assert_eq!(
        story,
        [
            "call_missed",
            "closed",
            "call_missed",
            "text not_done stale"
        ]
    );
}

#[tokio::test]
async fn bodies_as_highlevel_sends_them() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/webhooks");
    let mut told = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(all)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let body = std::fs::read(&file).unwrap();
        let delivery = Delivery::read(body.clone(), at(60)).unwrap();
        let location = delivery
            .location_id
            .as_ref()
            .map_or("none", LocationId::as_str);
        let mut desk = IntakeEngine::open(&[location]);
        let answer = desk.take_raw(body).await;
        let story = desk.story().await;
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        // Whether the app is there, and whose the location is, is remembered and no news.
        let silent = name.starts_with("install_") || name == "uninstall_agency";
        assert_eq!(
            answer == Acceptance::Ignored,
            story.is_empty() && !silent,
            "{name}"
        );
        if !story.is_empty() {
            told.push(format!("{name}: {}", story.join(", ")));
        }
    }
    assert_eq!(
        told,
        [
            "contact_dnd_update: opted_out do_not_disturb",
            "inbound_call_anonymous: call_missed, text not_done withheld, tag not_done withheld, task not_done withheld",
            "inbound_call_missed: call_missed",
            "inbound_sms_live: opted_out opted_out",
            "inbound_voicemail: call_missed, text not_done stale",
            "uninstall: halted",
        ]
    );
}

#[tokio::test]
async fn an_episode_is_named_by_its_call() {
    let mut desk = desk();
    desk.call(json!({})).await;
    let id = EpisodeId::of_call(&location(), &message("call-1"));
    assert_eq!(call("call-1").message, message("call-1"));
    let stored = desk.engine.store().episode(&id).await.unwrap().unwrap();
    assert_eq!(stored.state.contact(), &contact("rosan"));
    assert_eq!(stored.state.recipe(), recipe().fingerprint());
}
