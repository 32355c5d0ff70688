//! Consent, the number of texts in a day, the confirmation of an opt-out, and the steps that replace a message that
//! cannot be sent.

use std::sync::Arc;

use gohighlevel::api::contacts::{ContactUpdate, DndChannel};
use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::compliance::{Basis, Consent, ConsentKind};
use gohighlevel::recipes::missed_call::episode::{
    Decision, Episode, Facts, Intent, Reason, StepName, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::reply::Reply;
use gohighlevel::recipes::missed_call::report::{Report, Settings, evidence};
use gohighlevel::recipes::missed_call::store::{MemoryStore, PersonKey};
use gohighlevel::recipes::missed_call::{Acceptance, Recipe};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::missed_call::harness::builders::{at, call, recipe_of, replied, step};
use crate::missed_call::harness::world::{LOCATION, World, caller};

const RECIPE: &str = r#"
    name = "gates"
    version = 1
    [call]
    max_age = "PT10M"
    cooldown = "PT1H"
    [steps.text]
    do = "text"
    body = "Sorry we missed you."
    [steps.later]
    do = "text"
    after = "PT2H"
    stops_on = ["answered"]
    body = "Still here for you."
    [steps.instead]
    do = "task"
    on = "not_sent"
    of = "later"
    after = "PT5M"
    title = "Call them"
    [steps.confirm]
    do = "confirm_opt_out"
    body = "No more texts from us."
    [steps.do_not_disturb]
    do = "do_not_disturb"
    after = "PT1M"
"#;

fn recipe(more: &str) -> Recipe {
    Recipe::from_toml("gates.toml", &format!("{RECIPE}{more}")).unwrap()
}

async fn world() -> World {
    World::with(recipe(""), Arc::new(MemoryStore::new())).await
}

fn open(recipe: &str) -> Episode {
    Episode::open(recipe_of(recipe), &call("call-1"), at(1)).0
}

fn facts(facts: TextFacts) -> Facts {
    let mut facts = facts;
    facts.place.location_zone = Some("Etc/UTC".into());
    Facts::Text(facts)
}

fn nothing_known() -> Facts {
    facts(TextFacts::default())
}

/// On what basis the step goes out after so many seconds, or why it does not.
fn basis(episode: &Episode, name: &str, facts: &Facts, seconds: i64) -> Result<Basis, String> {
    match episode.decide(&step(name), facts, at(seconds)) {
        Decision::Proceed(Intent::Text { basis, .. }) => Ok(basis.unwrap()),
        Decision::Skip(reason) => Err(reason.code()),
        other => panic!("{other:?}"),
    }
}

fn consent(kind: ConsentKind) -> TextFacts {
    let consent = Consent {
        given_at: at(-9_000),
        reference: "form 7".into(),
    };
    TextFacts {
        consents: [(kind, consent)].into(),
        ..TextFacts::default()
    }
}

#[test]
fn the_call_carries_one_text_and_any_other_needs_more() {
    let episode = open(RECIPE);
    let later = 7_200;
    assert_eq!(
        basis(&episode, "text", &nothing_known(), 1),
        Ok(Basis::InboundCall)
    );
    let refused = basis(&episode, "later", &nothing_known(), later);
    assert_eq!(refused, Err("no_consent".to_owned()));
    for (kind, expected) in [
        (ConsentKind::Written, Basis::Written),
        (ConsentKind::Verbal, Basis::Verbal),
    ] {
        let known = facts(consent(kind));
        assert_eq!(basis(&episode, "later", &known, later), Ok(expected));
    }
    let mut spoken_with = episode;
    spoken_with.handle(&replied(Reply::Other, 60), at(60));
    let allowed = basis(&spoken_with, "later", &nothing_known(), later);
    assert_eq!(allowed, Ok(Basis::Replied));
}

#[test]
fn what_a_phone_answers_by_itself_or_was_written_before_the_call_is_no_reply() {
    for (reply, seconds) in [(Reply::Automatic, 60), (Reply::Other, -60)] {
        let mut episode = open(RECIPE);
        episode.handle(&replied(reply, seconds), at(60));
        let refused = basis(&episode, "later", &nothing_known(), 7_200);
        assert_eq!(refused, Err("no_consent".to_owned()), "{reply:?}");
    }
}

#[test]
fn a_recipe_that_asks_for_no_consent_says_so_with_each_text() {
    let episode = open(&format!("{RECIPE}\n[compliance]\nlater_texts = \"always\""));
    assert_eq!(
        basis(&episode, "later", &nothing_known(), 7_200),
        Ok(Basis::Waived)
    );
    let known = facts(consent(ConsentKind::Written));
    assert_eq!(basis(&episode, "later", &known, 7_200), Ok(Basis::Written));
    assert_eq!(
        basis(&episode, "text", &nothing_known(), 1),
        Ok(Basis::InboundCall)
    );
}

#[test]
fn of_two_texts_that_could_answer_the_call_one_does() {
    let toml = RECIPE.replace("after = \"PT2H\"", "after = \"PT3M\"");
    let mut episode = open(&toml);
    assert_eq!(
        basis(&episode, "later", &nothing_known(), 180),
        Ok(Basis::InboundCall)
    );
    let Decision::Proceed(intent) = episode.decide(&step("text"), &nothing_known(), at(1)) else {
        panic!("the first may go");
    };
    let effect = crate::missed_call::harness::builders::effect(episode.state().id(), step("text"));
    episode.begin(&effect, &intent, 1);
    let refused = basis(&episode, "later", &nothing_known(), 180);
    assert_eq!(refused, Err("no_consent".to_owned()));
}

#[test]
fn a_day_has_so_many_texts_and_no_more() {
    let sent = |times: &[i64]| {
        let sent = times.iter().map(|seconds| at(*seconds)).collect();
        facts(TextFacts {
            sent,
            ..TextFacts::default()
        })
    };
    let day = 24 * 3_600;
    for (more, times, expected) in [
        ("", &[-5, -4][..], Ok(Basis::InboundCall)),
        ("", &[-5, -4, -3], Err("capped".to_owned())),
        // The oldest stops to count two minutes from now, which is soon enough to answer the call.
        ("", &[120 - day, -4, -3], Err("waits".to_owned())),
        ("texts_per_day = 1", &[-5], Err("capped".to_owned())),
    ] {
        let recipe = recipe_of(&format!("{RECIPE}\n[compliance]\n{more}"));
        let (episode, _) = Episode::open(recipe, &call("call-1"), at(1));
        let told = match episode.decide(&step("text"), &sent(times), at(1)) {
            Decision::Defer { until, .. } => {
                assert_eq!(until, at(120));
                Err("waits".to_owned())
            }
            _ => basis(&episode, "text", &sent(times), 1),
        };
        assert_eq!(told, expected, "{more} {times:?}");
    }
}

#[test]
fn what_takes_a_message_s_place_follows_where_another_way_is_open_and_not_after_a_no() {
    let landline = "[callers]\nlandlines = [\"+15550001111\"]\n";
    let toml = RECIPE.replace("of = \"later\"", "of = \"text\"");
    let (episode, _) = Episode::open(
        recipe_of(&format!("{toml}{landline}")),
        &call("call-1"),
        at(1),
    );
    let state = serde_json::to_value(episode.state()).unwrap();
    assert_eq!(state["steps"]["instead"], "planned", "{state}");
    let (episode, _) = Episode::open(recipe_of(&toml), &call("call-1"), at(1));
    let state = serde_json::to_value(episode.state()).unwrap();
    assert_eq!(state["steps"]["instead"], Value::Null, "{state}");
    for reason in [Reason::OptedOut, Reason::DoNotDisturb, Reason::Suppressed] {
        let mut episode = open(&toml);
        episode.handle(
            &crate::missed_call::harness::builders::opted_out(reason),
            at(5),
        );
        let state = serde_json::to_value(episode.state()).unwrap();
        assert_eq!(state["steps"]["instead"], Value::Null, "{state}");
    }
}

#[tokio::test]
async fn a_later_text_needs_consent_and_says_which() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(3 * 60).await;
    let history = world.history().await;
    assert!(
        history.contains(&"not_done later no_consent".to_owned()),
        "{history:?}"
    );
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    // Five minutes after the text's time.
    let tasks = world.tasks(&call.contact_id).await;
    assert_eq!(tasks.len(), 1);
    let body = tasks[0].body.as_ref().unwrap();
    assert!(body.contains("+13125550142"), "{}", body.as_str());

    // The person consents; the next call's later text goes out.
    let person = PersonKey {
        location: LocationId::new(LOCATION).unwrap(),
        contact: ContactId::new(call.contact_id.as_str()).unwrap(),
        number: Some(caller()),
    };
    let consent = Consent {
        given_at: world.clock.now(),
        reference: "form 7".into(),
    };
    let record = || {
        world
            .engine
            .record_consent(&person, ConsentKind::Written, &consent)
    };
    assert_eq!(record().await.unwrap(), Acceptance::Accepted);
    assert_eq!(record().await.unwrap(), Acceptance::Duplicate);
    world.missed_call().await;
    world.minutes(3 * 60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 3);
    let ledger = world.ledger().await;
    let lines: Vec<Value> = evidence::lines(&ledger)
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect();
    let bases: Vec<_> = lines
        .iter()
        .map(|line| &line["basis"]["rests_on"])
        .collect();
    assert_eq!(bases, ["inbound_call", "written", "written"]);
    assert_eq!(lines[2]["basis"]["consent"]["reference"], "form 7");
    let consented = |entry: &gohighlevel::recipes::missed_call::ledger::Entry| {
        matches!(entry.kind, EntryKind::Consented { .. })
    };
    assert_eq!(ledger.iter().filter(|entry| consented(entry)).count(), 1);
}

#[tokio::test]
async fn consent_takes_back_no_opt_out() {
    let world = world().await;
    let reply = world.writes(caller(), "STOP").await;
    let person = PersonKey {
        location: LocationId::new(LOCATION).unwrap(),
        contact: ContactId::new(reply.contact_id.as_str()).unwrap(),
        number: None,
    };
    let consent = Consent {
        given_at: world.clock.now(),
        reference: "form 8".into(),
    };
    world
        .engine
        .record_consent(&person, ConsentKind::Written, &consent)
        .await
        .unwrap();
    world.missed_call().await;
    world.minutes(3 * 60).await;
    world
        .assert_not_texted(&reply.contact_id, "suppressed")
        .await;
}

#[tokio::test]
async fn texts_of_several_episodes_are_counted_together() {
    let recipe = recipe("[compliance]\ntexts_per_day = 2\nlater_texts = \"always\"");
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let call = world.missed_call().await;
    world.minutes(3 * 60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 2);
    world.missed_call().await;
    world.minutes(60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 2);
    let history = world.history().await;
    assert!(
        history.contains(&"not_done text capped".to_owned()),
        "{history:?}"
    );
    // A day after the first two.
    world.minutes(24 * 60).await;
    world.missed_call().await;
    world.minutes(30).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 4);
}

/// What the contact got after its first text, and whether HighLevel knows that it wants no more.
async fn after(world: &World, contact: &str) -> (Vec<String>, bool) {
    let texts = world.texts(contact).await;
    let bodies = texts.iter().skip(1).map(|text| text.body.as_ref().unwrap());
    let bodies = bodies.map(|body| body.as_str().to_owned()).collect();
    let contact = ContactId::new(contact).unwrap();
    let contact = world.location().contacts().get(&contact).await.unwrap();
    (bodies, contact.is_blocked(&DndChannel::Sms))
}

#[tokio::test]
async fn an_opt_out_in_words_is_confirmed_once_and_sets_do_not_disturb() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    world.writes(caller(), "please stop texting me").await;
    world.minutes(1).await;
    world.writes(caller(), "I said stop texting me!").await;
    world.minutes(10).await;
    let (texts, blocked) = after(&world, &call.contact_id).await;
    assert_eq!(texts, ["No more texts from us."]);
    assert!(blocked);
    // The next call says no more, and neither does the next no.
    world.minutes(120).await;
    world.missed_call().await;
    world.writes(caller(), "stop texting me").await;
    world.minutes(10).await;
    let (texts, _) = after(&world, &call.contact_id).await;
    assert_eq!(texts, ["No more texts from us."]);
}

#[tokio::test]
async fn stop_alone_is_confirmed_by_the_carrier() {
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    world.writes(caller(), "Stop.").await;
    world.minutes(10).await;
    let (texts, blocked) = after(&world, &call.contact_id).await;
    assert!(texts.is_empty(), "{texts:?}");
    assert!(blocked);
}

#[tokio::test]
async fn a_confirmation_that_is_late_or_unwanted_is_not_sent() {
    // The service was down for six minutes.
    let world = world().await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    world.writes(caller(), "please stop texting me").await;
    world.clock.advance(std::time::Duration::from_secs(6 * 60));
    world.minutes(10).await;
    let history = world.history().await;
    assert!(
        history.contains(&"not_done confirm stale".to_owned()),
        "{history:?}"
    );
    assert!(after(&world, &call.contact_id).await.0.is_empty());

    // Somebody has turned on do-not-disturb meanwhile.
    let world = self::world().await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    world.writes(caller(), "please stop texting me").await;
    let contact = ContactId::new(call.contact_id.as_str()).unwrap();
    let update = ContactUpdate {
        dnd: Some(true),
        ..ContactUpdate::default()
    };
    world
        .location()
        .contacts()
        .update(&contact, &update)
        .await
        .unwrap();
    world.minutes(10).await;
    assert!(after(&world, &call.contact_id).await.0.is_empty());
}

#[test]
fn no_hour_and_no_number_of_texts_holds_a_confirmation_back() {
    let mut episode = open(RECIPE);
    let no = gohighlevel::recipes::missed_call::episode::Input::OptedOut {
        reason: Reason::OptedOut,
        unconfirmed_since: Some(at(5)),
    };
    episode.handle(&no, at(6));
    let known = facts(TextFacts {
        sent: vec![at(1), at(2), at(3)],
        suppressed: true,
        ..TextFacts::default()
    });
    assert_eq!(basis(&episode, "confirm", &known, 305), Ok(Basis::OptOut));
    assert_eq!(
        basis(&episode, "confirm", &known, 306),
        Err("stale".to_owned())
    );
    let name = StepName::new("later").unwrap();
    assert!(matches!(
        episode.decide(&name, &known, at(7)),
        Decision::Obsolete
    ));
}

#[tokio::test]
async fn a_confirmation_is_no_text_that_answers_the_call() {
    let toml = RECIPE.replacen("do = \"text\"", "do = \"text\"\nafter = \"PT2M\"", 1);
    let recipe = Recipe::from_toml("later.toml", &toml).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let call = world.missed_call().await;
    world.writes(caller(), "please stop texting me").await;
    world.minutes(10).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    let report = Report::of(&world.ledger().await, &Settings::new(TimeZone::UTC));
    let [row] = report.rows.as_slice() else {
        panic!("{:?}", report.rows);
    };
    assert!(row.texts.is_empty(), "{row:?}");
    assert_eq!(row.outcome.to_string(), "opted_out");
}
