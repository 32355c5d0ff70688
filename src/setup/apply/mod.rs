//! Carries out a saved plan: one write after the other in each location, several locations at once.
//!
//! Before each write the thing is read again. If it is as wanted already, nothing is done; if it is not as the plan saw it,
//! the change is stale and not made. Then the write is written down, made, and its end is written down. After an answer that
//! was lost the thing is looked for by its key, and never made a second time.

mod write;

use std::time::Duration;

use serde::Serialize;

use super::journal::{End, Journal, JournalError};
use super::live;
use super::plan::{Action, AgencyPlan, Change, LocationPlan};
use super::run::{STOPPED, Setup, words_of};
use super::thing::{Kind, Thing};
use crate::client::Location;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{LocationId, PipelineId};

/// The waits before each look for what a lost answer may have made: HighLevel's lists trail a write.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_millis(1_000),
    Duration::from_millis(1_500),
];

/// How a change ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "why", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It was made.
    Done,
    /// It was as wanted already: made by hand, or by a run before this one.
    Already,
    /// The thing is not as the plan saw it, and was left alone: plan again.
    Stale(String),
    /// It was not made.
    Failed(String),
    /// Whether it was made is not known. Run again: it is looked for before it is made.
    Unknown(String),
    /// It is not for a program: a person has to do it.
    ByHand(String),
}

/// What was done in one location.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AppliedLocation {
    /// The location's id.
    pub location: LocationId,
    /// The name that the plan gives it.
    pub name: String,
    /// Each change that writes, and how it ended. Changes after a failure are left out.
    pub changes: Vec<(Change, Outcome)>,
    /// Why the location was left before its last change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
}

/// What was done in all locations.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Applied {
    /// The locations that had anything to do, in the order of the plan.
    pub locations: Vec<AppliedLocation>,
}

impl Applied {
    /// How many changes ended so.
    pub fn count(&self, is_it: impl Fn(&Outcome) -> bool) -> usize {
        let all = self.locations.iter().flat_map(|location| &location.changes);
        all.filter(|(_, outcome)| is_it(outcome)).count()
    }

    /// Whether everything is as the plan wants it.
    pub fn is_complete(&self) -> bool {
        self.locations.iter().all(AppliedLocation::is_complete)
    }
}

impl AppliedLocation {
    /// Whether everything in it is as the plan wants it.
    pub fn is_complete(&self) -> bool {
        let done =
            |(_, outcome): &(Change, Outcome)| matches!(outcome, Outcome::Done | Outcome::Already);
        self.stopped.is_none() && self.changes.iter().all(done)
    }
}

/// Whether a plan may change more of a location than its file allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
// Exhaustive on purpose: a plan is forced or it is not.
pub enum Force {
    /// A location that would change too much is left alone.
    #[default]
    No,
    /// It is changed all the same.
    Yes,
}

impl Setup {
    /// Carries out a plan. A failure stops its location and no other; as many in a row as the file allows stop the run.
    ///
    /// To continue after a crash, a lost answer or a failure, apply the same plan with the same journal again: nothing is
    /// made twice. Fails only if the journal cannot be written, before anything else is.
    pub async fn apply(&self, plan: &AgencyPlan, journal: &Journal, force: Force) -> Applied {
        let writing = plan
            .locations()
            .iter()
            .filter(|it| it.writes().next().is_some());
        let work: Vec<LocationPlan> = writing.cloned().collect();
        let apply = |location: LocationPlan| async move {
            let too_much = force == Force::No && plan.changes_too_much(&location);
            let changes: Vec<(Change, Option<u64>)> =
                location.writes().map(|it| (it.clone(), None)).collect();
            let refusal = too_much.then_some(
                "would change too much of what is there; apply it with force if that is meant",
            );
            self.carry_out(
                &location.location,
                location.name.clone(),
                changes,
                refusal,
                journal,
            )
            .await
        };
        let missed = |location: &LocationPlan, why: &str| AppliedLocation {
            location: location.location.clone(),
            name: location.name.clone(),
            changes: Vec::new(),
            stopped: Some(why.to_owned()),
        };
        let locations = self.over(work, plan.at_most_failed(), apply, missed).await;
        Applied { locations }
    }

    /// Makes changes of one location, one after the other; each may be one that puts back another. The second part says
    /// whether the location failed.
    pub(super) async fn carry_out(
        &self,
        id: &LocationId,
        name: String,
        changes: Vec<(Change, Option<u64>)>,
        refusal: Option<&str>,
        journal: &Journal,
    ) -> (AppliedLocation, bool) {
        let location = self.client.location(id.clone()).in_background();
        let mut applied = AppliedLocation {
            location: id.clone(),
            name,
            changes: Vec::new(),
            stopped: refusal.map(str::to_owned),
        };
        if refusal.is_some() {
            return (applied, false);
        }
        for (change, undoes) in changes {
            if self.is_stopped() {
                applied.stopped = Some(STOPPED.to_owned());
                return (applied, false);
            }
            let outcome = match self.make(&location, &change, undoes, journal).await {
                Ok(outcome) => outcome,
                Err(error) => Outcome::Failed(error.to_string()),
            };
            if outcome == Outcome::Done {
                self.progress.changed(id, &change);
            }
            let failed = matches!(outcome, Outcome::Failed(_) | Outcome::Unknown(_));
            applied.changes.push((change, outcome));
            if failed {
                applied.stopped = Some("left after a failure; run again".to_owned());
                return (applied, true);
            }
        }
        (applied, false)
    }

    /// Makes one change. Fails only if the journal does.
    async fn make(
        &self,
        location: &Location,
        change: &Change,
        undoes: Option<u64>,
        journal: &Journal,
    ) -> Result<Outcome, JournalError> {
        let open = journal.open_writes(location.id(), change);
        // What was under way when a run was killed may appear a little later.
        let pauses = if open.is_empty() {
            &PAUSES[..1]
        } else {
            &PAUSES[..]
        };
        let mut state = State::Before(None);
        for pause in pauses {
            self.sleep(*pause).await;
            state = match state_of(location, change).await {
                Ok(state) => state,
                Err(error) => return Ok(Outcome::Failed(words_of(&error))),
            };
            if !matches!(state, State::Before(_)) {
                break;
            }
        }
        let (found, is_made) = match state {
            State::After(thing) => (thing, true),
            State::Before(found) => (found, false),
            State::Other(why) => return Ok(Outcome::Stale(why)),
        };
        for written in &open {
            let end = match written.is_shown_by(found.as_ref()) {
                true => End::Done(found.clone()),
                false => End::NotDone,
            };
            journal.end(self.now(), written.number, end).await?;
        }
        if is_made {
            return Ok(if open.is_empty() {
                Outcome::Already
            } else {
                Outcome::Done
            });
        }
        let number = journal
            .intend(self.now(), location.id(), change, undoes)
            .await?;
        let error = match write::write(location, change, found.as_ref()).await {
            Ok(thing) => {
                let mistake = thing.as_ref().and_then(|thing| mistake_of(change, thing));
                journal.end(self.now(), number, End::Done(thing)).await?;
                return Ok(mistake.map_or(Outcome::Done, Outcome::Failed));
            }
            Err(error) => error,
        };
        // A deletion whose first answer was lost is repeated, and finds nothing.
        let is_gone = change.action == Action::Delete && *error.kind() == ErrorKind::NotFound;
        if is_refusal(&error) && !is_gone {
            journal.end(self.now(), number, End::NotDone).await?;
            return Ok(Outcome::Failed(words_of(&error)));
        }
        for pause in PAUSES {
            self.sleep(pause).await;
            if let Ok(State::After(thing)) = state_of(location, change).await {
                journal.end(self.now(), number, End::Done(thing)).await?;
                return Ok(Outcome::Done);
            }
        }
        Ok(Outcome::Unknown(words_of(&error)))
    }

    fn now(&self) -> jiff::Timestamp {
        self.client.clock().now()
    }

    async fn sleep(&self, pause: Duration) {
        if !pause.is_zero() {
            self.client.clock().sleep(pause).await;
        }
    }
}

/// How a thing stands to a change of it.
enum State {
    /// As the plan saw it, or not there.
    Before(Option<Thing>),
    /// As the change makes it.
    After(Option<Thing>),
    /// Neither.
    Other(String),
}

async fn state_of(location: &Location, change: &Change) -> Result<State> {
    let found = current(location, change).await?;
    let stale = |why: &str| State::Other(format!("{why}: plan again"));
    Ok(
        match (change.action, &found[..], &change.before, &change.after) {
            (_, [_, _, ..], ..) => stale("there are several of this name now"),
            (Action::Create, [], ..) => State::Before(None),
            (Action::Create, [thing], _, Some(after)) if thing.fulfils(change.kind, after) => {
                State::After(Some(thing.clone()))
            }
            (Action::Create, ..) => stale("somebody has made another of this name since"),
            (Action::Delete, [], ..) => State::After(None),
            (Action::Delete, [thing], Some(before), _) if thing.holds_the_same(before) => {
                State::Before(Some(thing.clone()))
            }
            (Action::Change, [thing], _, Some(after)) if thing.fulfils(change.kind, after) => {
                State::After(Some(thing.clone()))
            }
            (Action::Change, [thing], Some(before), _) if thing.holds_the_same(before) => {
                State::Before(Some(thing.clone()))
            }
            (_, [], ..) => stale("it is gone"),
            _ => stale("somebody has changed it since"),
        },
    )
}

/// The things that a change is about, as they are now.
async fn current(location: &Location, change: &Change) -> Result<Vec<Thing>> {
    let before = change.before.as_ref();
    if let (Kind::Pipeline, Some(id)) = (change.kind, before.and_then(|it| it.id.as_deref()))
        && let Ok(id) = PipelineId::new(id)
    {
        // The list trails writes; the pipeline itself does not.
        return match location.pipelines().get(&id).await {
            Ok(pipeline) => Ok(live::pipeline(pipeline).into_iter().collect()),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        };
    }
    // HighLevel may have made another key than the one that was planned.
    live::find(location, change.kind, change.thing_key()).await
}

/// What is wrong with a thing that was made: HighLevel makes keys itself.
fn mistake_of(change: &Change, made: &Thing) -> Option<String> {
    let wanted = change.after.as_ref()?;
    let is_keyed = matches!(change.kind, Kind::Value | Kind::Field);
    if is_keyed && made.key != wanted.key {
        return Some(format!(
            "made, but HighLevel gave it the key `{}`: write that key into the file, or undo and choose another name",
            made.key
        ));
    }
    let lacking = wanted
        .parts
        .iter()
        .find(|part| !made.has_part(&part.name))?;
    Some(format!(
        "made, but HighLevel did not take `{}`: add it by hand",
        lacking.name
    ))
}

/// Whether an error says that nothing was done.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::Duplicate { .. }
            | ErrorKind::Validation { .. }
            | ErrorKind::Unauthorized(_)
            | ErrorKind::Forbidden
            | ErrorKind::LocationPaused
            | ErrorKind::RateLimited
            | ErrorKind::DailyLimit
            | ErrorKind::Refused
            | ErrorKind::GrantDead
            | ErrorKind::TokenStore
            | ErrorKind::Config
    )
}
