//! The host's own records of consent are asked right before a later text, and nothing is sent without their answer.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use gohighlevel::clock::Clock as _;
use gohighlevel::recipes::missed_call::compliance::{Consent, ConsentAnswer, ConsentKind};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::report::evidence;
use gohighlevel::recipes::missed_call::{ConsentQuestion, ConsentSource, Recipe};
use jiff::Timestamp;

use crate::missed_call::harness::world::{LOCATION, World, caller};

const RECIPE: &str = r#"
    name = "later"
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
"#;

/// What the records do when they are asked.
enum Does {
    Answers(ConsentAnswer),
    Fails,
    Hangs,
}

/// Records that answer as the test says; the last answer is given again and again.
#[derive(Clone)]
struct Records {
    does: Arc<Mutex<VecDeque<Does>>>,
    asked: Arc<Mutex<Vec<ConsentQuestion>>>,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Records")
    }
}

impl Records {
    fn new(does: impl IntoIterator<Item = Does>) -> Self {
        Self {
            does: Arc::new(Mutex::new(does.into_iter().collect())),
            asked: Arc::default(),
        }
    }

    fn asked(&self) -> Vec<ConsentQuestion> {
        self.asked.lock().unwrap().clone()
    }

    async fn world(&self) -> World {
        let recipe = Recipe::from_toml("later.toml", RECIPE).unwrap();
        World::set_up(recipe, |engine| engine.consents(self.clone())).await
    }
}

#[async_trait]
impl ConsentSource for Records {
    async fn consent(
        &self,
        question: &ConsentQuestion,
    ) -> Result<ConsentAnswer, Box<dyn Error + Send + Sync>> {
        self.asked.lock().unwrap().push(question.clone());
        let answer = {
            let mut does = self.does.lock().unwrap();
            let is_last = does.len() == 1;
            match does.front().unwrap() {
                Does::Answers(answer) => Some(Ok(answer.clone())),
                Does::Fails => Some(Err("the database is down".into())),
                Does::Hangs => None,
            }
            .inspect(|_| {
                if !is_last {
                    does.pop_front();
                }
            })
        };
        match answer {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}

fn given() -> ConsentAnswer {
    ConsentAnswer::Given {
        how: ConsentKind::Written,
        consent: Consent {
            given_at: "2026-01-05T12:00:00Z".parse().unwrap(),
            reference: "form 7".into(),
        },
    }
}

/// How many texts went out.
fn texts(world: &World) -> usize {
    world.ghl.texts(LOCATION).len()
}

#[tokio::test]
async fn a_consent_of_the_host_lets_a_later_text_out_and_is_its_evidence() {
    let records = Records::new([Does::Answers(given())]);
    let world = records.world().await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    assert_eq!(texts(&world), 1);
    assert!(records.asked().is_empty(), "the call allows the first text");
    world.minutes(130).await;
    assert_eq!(texts(&world), 2, "{:?}", world.history().await);
    let asked = records.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].person.contact.as_str(), call.contact_id);
    assert_eq!(asked[0].person.number, Some(caller()));
    assert_eq!(asked[0].effect.step.as_str(), "later");
    let ledger = world.ledger().await;
    let consents = |kind: &EntryKind| match kind {
        EntryKind::Consented { how, consent } => Some((*how, consent.reference.clone())),
        _ => None,
    };
    let written: Vec<_> = ledger
        .iter()
        .filter_map(|entry| consents(&entry.kind))
        .collect();
    assert_eq!(written, [(ConsentKind::Written, "form 7".to_owned())]);
    let lines: Vec<_> = evidence::lines(&ledger).collect();
    assert!(lines[1].contains("\"rests_on\":\"written\""));
    assert!(lines[1].contains("form 7"));
}

#[tokio::test]
async fn a_refusal_of_the_host_keeps_a_later_text_back_even_after_a_reply() {
    let records = Records::new([Does::Answers(ConsentAnswer::Refused)]);
    let world = records.world().await;
    world.missed_call().await;
    world.minutes(1).await;
    world.writes(caller(), "Who is this?").await;
    world.minutes(130).await;
    assert_eq!(texts(&world), 1);
    let history = world.history().await;
    let told = "not_done later no_consent".to_owned();
    assert!(history.contains(&told), "{history:?}");
}

#[tokio::test]
async fn records_that_say_nothing_leave_it_to_what_the_engine_knows() {
    for (replies, expected) in [(false, 1), (true, 2)] {
        let records = Records::new([Does::Answers(ConsentAnswer::AsKnown)]);
        let world = records.world().await;
        world.missed_call().await;
        world.minutes(1).await;
        if replies {
            world.writes(caller(), "Who is this?").await;
        }
        world.minutes(130).await;
        assert_eq!(texts(&world), expected, "{:?}", world.history().await);
    }
}

#[tokio::test]
async fn a_text_waits_for_records_that_fail_or_hang() {
    let records = Records::new([Does::Fails, Does::Fails, Does::Answers(given())]);
    let world = records.world().await;
    world.missed_call().await;
    world.minutes(130).await;
    assert_eq!(texts(&world), 2, "{:?}", world.history().await);
    assert_eq!(records.asked().len(), 3);
    let history = world.history().await;
    let told = "postponed later consent_unknown";
    let postponed = history.iter().filter(|told_of| *told_of == told);
    assert_eq!(postponed.count(), 1, "{history:?}");
}

#[tokio::test]
async fn without_an_answer_nothing_is_sent() {
    for does in [Does::Fails, Does::Hangs] {
        let records = Records::new([does]);
        let world = records.world().await;
        world.missed_call().await;
        let until: Timestamp = "2026-11-23T16:00:00Z".parse().unwrap();
        let span = until.duration_since(world.clock.now());
        world.pass(span.unsigned_abs()).await;
        assert_eq!(texts(&world), 1);
        assert!(records.asked().len() > 10);
        let history = world.history().await;
        let told = "not_done later stale".to_owned();
        assert!(history.contains(&told), "{history:?}");
    }
}
