//! Replies that may be opt-outs: what holds until a person decides, and who can decide.

use std::sync::Arc;

use gohighlevel::clock::Clock;
use gohighlevel::recipes::missed_call::episode::{Reason, Trigger};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::reply::{Reply, classify};
use gohighlevel::recipes::missed_call::store::{PersonKey, Subject};
use gohighlevel::recipes::missed_call::{Acceptance, DoubtDecision, Recipe};
use gohighlevel::webhooks::Delivery;
use serde_json::{Value, json};

use crate::missed_call::harness::builders::{LOCATION, NUMBER, at, contact, location, number};
use crate::missed_call::harness::intake_engine::{IntakeEngine, desk, do_not_disturb};
use crate::missed_call::harness::world::{self, World, caller, soleil};

fn rosan() -> PersonKey {
    PersonKey {
        location: location(),
        contact: contact("rosan"),
        number: Some(number(NUMBER)),
    }
}

async fn doubt(desk: &IntakeEngine, reference: &str) {
    let person = rosan();
    let recorded = desk.engine.record(&person, Trigger::Doubtful, reference);
    assert_eq!(recorded.await.unwrap(), Acceptance::Accepted);
}

async fn decide(desk: &IntakeEngine, decision: DoubtDecision, reference: &str) -> Acceptance {
    let person = rosan();
    let recorded = desk
        .engine
        .record_decision(&person, decision, "Ana", reference);
    recorded.await.unwrap()
}

/// Why the person is on the suppression list, by contact and by number.
async fn reasons(desk: &IntakeEngine) -> Vec<String> {
    let store = desk.engine.store();
    let mut by_subject = Vec::new();
    for subject in [
        Subject::contact(&contact("rosan")),
        Subject::number(&number(NUMBER)),
    ] {
        let kept = store.suppressions(&location(), &[subject]).await.unwrap();
        let mut codes: Vec<_> = kept.iter().map(|kept| kept.reason.code()).collect();
        codes.sort();
        by_subject.push(codes);
    }
    assert_eq!(by_subject[0], by_subject[1]);
    by_subject.remove(0)
}

fn tags(tags: &[&str]) -> Value {
    json!({
        "type": "ContactTagUpdate", "locationId": LOCATION, "id": "rosan", "phone": NUMBER,
        "tags": tags, "timestamp": at(70),
    })
}

fn note(body: &str) -> Value {
    json!({
        "type": "NoteCreate", "locationId": LOCATION, "id": "note-1", "contactId": "rosan",
        "body": body, "dateAdded": at(70), "timestamp": at(70),
    })
}

#[tokio::test]
async fn a_doubt_holds_the_text_back_and_a_person_lifts_it() {
    let mut desk = desk();
    desk.call(json!({})).await;
    doubt(&desk, "reply-1").await;
    assert_eq!(
        desk.story().await,
        ["call_missed", "doubted", "text not_done doubtful"]
    );
    assert_eq!(reasons(&desk).await, ["doubtful"]);
    assert_eq!(
        decide(&desk, DoubtDecision::MayText, "decision-1").await,
        Acceptance::Accepted
    );
    assert!(reasons(&desk).await.is_empty());
    let last = desk.ledger().await.pop().unwrap();
    let expected = EntryKind::DoubtDecided {
        decision: DoubtDecision::MayText,
        by: "Ana".to_owned(),
    };
    assert_eq!(last.kind, expected);
    assert!(last.episode.is_some());
    // There is nothing to lift any more, and the same decision is accepted once.
    assert_eq!(
        decide(&desk, DoubtDecision::MayText, "decision-2").await,
        Acceptance::Ignored
    );
    assert_eq!(
        decide(&desk, DoubtDecision::MayText, "decision-1").await,
        Acceptance::Ignored
    );
    assert_eq!(desk.ledger().await.len(), 4);
}

#[tokio::test]
async fn a_doubt_without_an_episode_holds_the_next_call_back() {
    let mut desk = desk();
    doubt(&desk, "reply-1").await;
    desk.call(json!({})).await;
    assert_eq!(
        desk.story().await,
        ["doubted", "call_missed", "text not_done doubtful"]
    );
    // Decided for texts, the caller's next call is answered again.
    let mut desk = desk_with_a_decision().await;
    let planned = desk.planned().await;
    desk.call(json!({})).await;
    assert_eq!(
        desk.story().await,
        ["doubted", "doubt_decided", "call_missed"]
    );
    assert!(desk.planned().await > planned);
}

async fn desk_with_a_decision() -> IntakeEngine {
    let desk = desk();
    doubt(&desk, "reply-1").await;
    decide(&desk, DoubtDecision::MayText, "decision-1").await;
    desk
}

#[tokio::test]
async fn no_more_texts_is_an_opt_out() {
    let mut desk = desk();
    desk.call(json!({})).await;
    doubt(&desk, "reply-1").await;
    let decided = decide(&desk, DoubtDecision::NoMoreTexts, "decision-1").await;
    assert_eq!(decided, Acceptance::Accepted);
    assert_eq!(
        desk.story().await,
        [
            "call_missed",
            "doubted",
            "text not_done doubtful",
            "doubt_decided",
            "opted_out opted_out"
        ]
    );
    assert_eq!(reasons(&desk).await, ["opted_out"]);
    // It is a STOP now, which only the caller takes back.
    assert_eq!(
        decide(&desk, DoubtDecision::MayText, "decision-2").await,
        Acceptance::Ignored
    );
    assert_eq!(reasons(&desk).await, ["opted_out"]);
}

#[tokio::test]
async fn only_start_lifts_a_doubt_and_a_stop_outranks_it() {
    let mut desk = desk();
    desk.call(json!({})).await;
    doubt(&desk, "reply-1").await;
    let later = |id: &str, seconds| json!({"messageId": id, "dateAdded": at(seconds)});
    desk.clock.advance_to(at(100));
    desk.text("are you open on Sunday?", later("text-2", 80))
        .await;
    assert_eq!(reasons(&desk).await, ["doubtful"]);
    desk.text("STOP", later("text-3", 81)).await;
    assert_eq!(reasons(&desk).await, ["doubtful", "opted_out"]);
    desk.event(do_not_disturb("inactive"), json!({"timestamp": at(82)}))
        .await;
    assert_eq!(
        decide(&desk, DoubtDecision::MayText, "decision-1").await,
        Acceptance::Accepted
    );
    assert_eq!(reasons(&desk).await, ["opted_out"], "a STOP stands");
    doubt(&desk, "reply-2").await;
    // It was written before both.
    desk.text("START", later("text-4", 79)).await;
    assert_eq!(reasons(&desk).await, ["doubtful", "opted_out"]);
    desk.clock.advance_to(at(120));
    desk.text("START", later("text-5", 110)).await;
    assert!(reasons(&desk).await.is_empty());
}

#[tokio::test]
async fn a_note_or_the_tag_for_no_more_texts_decides() {
    for (event, left, by) in [
        (note("Texts OK.\nShe laughed."), &[][..], "note:note-1"),
        (note("no texts"), &["opted_out"][..], "note:note-1"),
        (
            tags(&["missed-call", "No-Texts"]),
            &["opted_out"][..],
            "tag:no-texts",
        ),
    ] {
        let mut desk = desk();
        desk.call(json!({})).await;
        doubt(&desk, "reply-1").await;
        desk.clock.advance_to(at(80));
        assert_eq!(
            desk.event(event.clone(), json!({})).await,
            Acceptance::Accepted,
            "{event}"
        );
        assert_eq!(reasons(&desk).await, left, "{event}");
        let ledger = desk.ledger().await;
        let decided = ledger.iter().find_map(|entry| match &entry.kind {
            EntryKind::DoubtDecided { by, .. } => Some(by.as_str()),
            _ => None,
        });
        assert_eq!(decided, Some(by));
    }
}

#[tokio::test]
async fn other_notes_and_tags_decide_nothing() {
    for event in [
        note("We said that texts ok"),
        note("texts ok?"),
        note(""),
        tags(&["missed-call"]),
        // Nobody knows when this one was set.
        tags(&["texts-ok"]),
    ] {
        let mut desk = desk();
        desk.call(json!({})).await;
        doubt(&desk, "reply-1").await;
        desk.clock.advance_to(at(80));
        assert_eq!(
            desk.event(event.clone(), json!({})).await,
            Acceptance::Ignored,
            "{event}"
        );
        assert_eq!(reasons(&desk).await, ["doubtful"], "{event}");
    }
    // Without a doubt, tags mean nothing.
    let mut desk = desk();
    desk.call(json!({})).await;
    for found in ["texts-ok", "no-texts"] {
        let taken = desk.event(tags(&[found]), json!({})).await;
        assert_eq!(taken, Acceptance::Ignored);
    }
}

#[tokio::test]
async fn the_tag_that_allows_texts_counts_once_a_step_has_removed_it() {
    let world = World::new().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    let person = PersonKey {
        location: location_of_world(),
        contact: contact(&call.contact_id),
        number: Some(caller()),
    };
    let recorded = world.engine.record(&person, Trigger::Doubtful, "reply-1");
    recorded.await.unwrap();
    let tagged = async |seconds: i64| {
        let made_at = world.clock.now() + jiff::SignedDuration::from_secs(seconds);
        let body = json!({
            "type": "ContactTagUpdate", "locationId": world::LOCATION, "id": call.contact_id,
            "tags": ["texts-ok"], "timestamp": made_at, "webhookId": format!("tag-{seconds}"),
        });
        let delivery = Delivery::read(body.to_string(), world.clock.now()).unwrap();
        world.engine.accept(&delivery).await.unwrap()
    };
    assert_eq!(tagged(0).await, Acceptance::Ignored, "it may be an old one");
    world.minutes(2).await;
    assert_eq!(
        tagged(-120).await,
        Acceptance::Ignored,
        "made before the step"
    );
    assert_eq!(tagged(-1).await, Acceptance::Accepted);
    let titles: Vec<_> = world.tasks(&call.contact_id).await;
    let doubts = titles.iter().filter(|task| {
        task.title
            .as_ref()
            .is_some_and(|title| title.as_str() == "Asks for no more texts?")
    });
    assert_eq!(doubts.count(), 1);
}

fn location_of_world() -> gohighlevel::ids::LocationId {
    gohighlevel::ids::LocationId::new(world::LOCATION).unwrap()
}

#[tokio::test]
async fn a_doubt_outlives_the_process_and_ends_with_the_decision() {
    let mut world = World::new().await;
    let call = world.missed_call().await;
    let person = PersonKey {
        location: location_of_world(),
        contact: contact(&call.contact_id),
        number: Some(caller()),
    };
    let recorded = world.engine.record(&person, Trigger::Doubtful, "reply-1");
    recorded.await.unwrap();
    world.minutes(1).await;
    world.assert_not_texted(&call.contact_id, "doubtful").await;
    let store = Arc::clone(&world.store);
    world.restart(Arc::clone(&store)).await;
    // After the cooldown, the next call is another episode.
    world.minutes(5 * 60).await;
    world.missed_call().await;
    world.minutes(1).await;
    assert!(world.texts(&call.contact_id).await.is_empty());
    let other = world.another_engine(store);
    let decided = other.record_decision(&person, DoubtDecision::MayText, "Ana", "decision-1");
    assert_eq!(decided.await.unwrap(), Acceptance::Accepted);
    world.minutes(5 * 60).await;
    world.missed_call().await;
    world.minutes(1).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
}

#[test]
fn messages_cannot_follow_a_doubt_and_the_two_tags_differ() {
    let base = soleil().source().to_owned();
    let with = |more: &str| Recipe::from_toml("test.toml", &format!("{base}\n{more}"));
    let message = with("[steps.sorry]\ndo = \"text\"\non = \"doubtful\"\nbody = \"Sorry, Soleil\"");
    let error = message.unwrap_err().to_string();
    assert!(error.contains("may have opted out"), "{error}");
    let same = with("[callers]\nmay_text_tag = \"a\"\nno_more_texts_tag = \"A\"");
    let error = same.unwrap_err().to_string();
    assert!(error.contains("the same tag"), "{error}");
}

#[test]
fn the_reason_is_stored_by_its_code() {
    assert_eq!(Reason::Doubtful.code(), "doubtful");
    let stored = serde_json::to_value(Reason::Doubtful).unwrap();
    assert_eq!(stored, "doubtful");
}

/// Not clear enough for an opt-out, and too near to one for a text.
const IN_DOUBT: &str = "please don't stop by or text about it again until I say so";

#[tokio::test]
async fn a_reply_whose_words_leave_a_doubt_holds_texts_back_until_a_person_decides() {
    assert_eq!(classify(IN_DOUBT), Reply::Doubtful);
    let world = World::new().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    world.writes(caller(), IN_DOUBT).await;
    world.minutes(2).await;
    let asked = async || {
        let tasks = world.tasks(&call.contact_id).await;
        let titles = tasks.iter().filter_map(|task| task.title.as_ref());
        titles
            .filter(|title| title.as_str() == "Asks for no more texts?")
            .count()
    };
    assert_eq!(asked().await, 1);
    // After the cooldown, the next call is another episode.
    world.minutes(5 * 60).await;
    world.missed_call().await;
    world.minutes(1).await;
    let history = world.history().await;
    assert!(history.contains(&"not_done text doubtful".to_owned()));
    assert_eq!(world.texts(&call.contact_id).await.len(), 1, "{history:?}");
    let person = PersonKey {
        location: location_of_world(),
        contact: contact(&call.contact_id),
        number: Some(caller()),
    };
    let engine = &world.engine;
    let decided = engine.record_decision(&person, DoubtDecision::MayText, "Ana", "decision-1");
    assert_eq!(decided.await.unwrap(), Acceptance::Accepted);
    world.minutes(5 * 60).await;
    world.missed_call().await;
    world.minutes(1).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 2);
    assert_eq!(asked().await, 1);
}
