//! A dry run over HTTP: everything is decided and recorded, and not one request writes to HighLevel.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::report::{Digest, Metrics, Outcome, Report, Settings};
use gohighlevel::recipes::missed_call::{DryRun, Notice, PreflightError, Recipe, TeamNotifier};
use gohighlevel::testing::{Call, CallStatus};
use jiff::tz::TimeZone;

use crate::missed_call::harness::world::{LOCATION, World, business, caller};

const RECIPE: &str = r#"
    name = "dry"
    version = 1
    dry_run = true
    [steps.text]
    do = "text"
    body = "Soleil: sorry we missed your call."
    [steps.tag]
    do = "tag"
    [steps.task]
    do = "task"
    title = "Call back"
    after = "PT15M"
    [steps.note]
    do = "note"
    [steps.word]
    do = "notify"
    title = "Missed call"
    [steps.thanks]
    do = "text"
    on = "replied"
    body = "Soleil: thank you."
    [steps.person]
    do = "hand_off"
    on = "help"
    title = "Asks for a person"
    [steps.after_hand_off]
    do = "tag"
    on = "handed_off"
    tag = "handed-off"
    [steps.goodbye]
    do = "confirm_opt_out"
    body = "Soleil: no more texts."
    [steps.silence]
    do = "do_not_disturb"
    [numbers."+13125550100"]
    [numbers."+13125550101"]
"#;

fn recipe(toml: &str) -> Recipe {
    Recipe::from_toml("dry.toml", toml).unwrap_or_else(|error| panic!("{error}"))
}

/// Counts the notices.
#[derive(Debug, Clone, Default)]
struct Team(Arc<Mutex<usize>>);

#[async_trait]
impl TeamNotifier for Team {
    async fn notify(&self, _: &Notice) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        *self.0.lock().unwrap() += 1;
        Ok(())
    }
}

/// The requests of the engine that write. What the team and the caller do is not among them.
fn writes(world: &World) -> Vec<String> {
    let requests = world.ghl.requests().into_iter();
    requests
        .filter(|request| !["GET", "HEAD"].contains(&request.method.as_str()))
        .filter(|request| !request.path.ends_with("/search"))
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}

/// What was attempted, or would have been, and what was not done. Steps that are due together end in any order.
async fn steps(world: &World) -> Vec<String> {
    let step = |entry: Entry| match entry.kind {
        EntryKind::Attempted { effect, .. } | EntryKind::Would { effect, .. } => {
            Some(effect.step.to_string())
        }
        EntryKind::NotDone { step, reason } => Some(format!("{step} {reason}")),
        _ => None,
    };
    let mut steps: Vec<_> = world.ledger().await.into_iter().filter_map(step).collect();
    steps.sort();
    steps
}

/// A day: a missed call, a reply, a request for a person, STOP in other words, and another caller with a voicemail.
async fn day(world: &World) {
    world.missed_call().await;
    world.minutes(5).await;
    world.writes(caller(), "Thanks, tomorrow is fine").await;
    world.minutes(5).await;
    world.writes(caller(), "Can a person call me?").await;
    world.minutes(30).await;
    world.writes(caller(), "Please stop texting me").await;
    let other = "+13125550177".parse().unwrap();
    let voicemail = Call::missed(LOCATION, other, business());
    let voicemail = voicemail.with_status(CallStatus::Voicemail, 20);
    world.call(&voicemail).await;
    world.minutes(8 * 60).await;
}

#[tokio::test]
async fn the_same_is_decided_and_nothing_is_written() {
    let team = Team::default();
    let dry = World::telling(recipe(RECIPE), Arc::new(team.clone())).await;
    day(&dry).await;
    assert_eq!(writes(&dry), [""; 0]);
    assert_eq!(*team.0.lock().unwrap(), 0);
    let live = recipe(&RECIPE.replace("dry_run = true", ""));
    let live = World::telling(live, Arc::new(team.clone())).await;
    day(&live).await;
    assert!(writes(&live).len() >= 8, "{:?}", writes(&live));
    assert_eq!(steps(&dry).await, steps(&live).await);

    // The reports name it.
    let settings = Settings::new(TimeZone::UTC);
    let report = Report::of(&dry.ledger().await, &settings);
    let outcomes: Vec<_> = report.rows.iter().map(|row| row.outcome.clone()).collect();
    assert_eq!(outcomes, [Outcome::OptedOut, Outcome::DryRun]);
    let metrics = Metrics::of(&report.rows, &settings);
    assert_eq!((metrics.dry_run, metrics.texted), (2, 0));
    let digest = Digest::of(&report, "2026-11-20".parse().unwrap(), &settings);
    let names_it = "DRY RUN: nothing was sent for 2 callers, and nothing was written to HighLevel.";
    assert!(digest.text().contains(names_it), "{}", digest.text());
}

#[tokio::test]
async fn preflight_and_status_name_it() {
    let world = World::telling(recipe(RECIPE), Arc::new(Team::default())).await;
    let errors = world.engine.preflight().await;
    let names_it = |error: &&PreflightError| matches!(error, PreflightError::DryRun { .. });
    let found = errors.iter().find(names_it).unwrap();
    assert_eq!(found.code(), "dry_run");
    assert!(
        found.to_string().contains("DRY RUN: nothing is sent"),
        "{found}"
    );
    let location = LocationId::new(LOCATION).unwrap();
    let status = world.engine.status(&location).await.unwrap();
    assert_eq!(status.dry_run, Some(DryRun::AllCalls));
}

/// One number is tried out beside another that is live.
#[tokio::test]
async fn a_single_number_may_be_in_a_dry_run() {
    let toml = RECIPE.replace("dry_run = true", "").replace(
        "[numbers.\"+13125550101\"]",
        "[numbers.\"+13125550101\"]\ndry_run = true",
    );
    let world = World::telling(recipe(&toml), Arc::new(Team::default())).await;
    let tried: PhoneNumber = "+13125550101".parse().unwrap();
    world
        .call(&Call::missed(LOCATION, caller(), tried.clone()))
        .await;
    world.minutes(60).await;
    assert_eq!(writes(&world), [""; 0]);
    let other = "+13125550177".parse().unwrap();
    let call = world.call(&Call::missed(LOCATION, other, business())).await;
    world.minutes(60).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    let recipe = recipe(&toml);
    assert_eq!(recipe.dry_run(), Some(DryRun::Numbers(vec![tried])));
}

/// A location that goes into a dry run stops at once, also for calls from before; what began in one stays in it.
#[tokio::test]
async fn a_location_goes_in_and_out_of_a_dry_run() {
    let live = recipe(&RECIPE.replace("dry_run = true", ""));
    let dry = recipe(RECIPE);
    let world = World::telling(live.clone(), Arc::new(Team::default())).await;
    world.missed_call().await;
    world.minutes(1).await;
    let before = writes(&world);
    assert!(
        before.iter().any(|request| request.contains("/messages")),
        "{before:?}"
    );
    world
        .engine
        .put_location(world.location(), dry)
        .await
        .unwrap();
    // The task is due after 15 minutes.
    world.minutes(60).await;
    let other = "+13125550177".parse().unwrap();
    world.call(&Call::missed(LOCATION, other, business())).await;
    world.minutes(1).await;
    assert_eq!(writes(&world), before);
    world
        .engine
        .put_location(world.location(), live)
        .await
        .unwrap();
    world.minutes(60).await;
    assert_eq!(writes(&world), before);
    let third = "+13125550188".parse().unwrap();
    let call = world.call(&Call::missed(LOCATION, third, business())).await;
    world.minutes(1).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
}
