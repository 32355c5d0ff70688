//! What the callers of each arm of an experiment did.
//!
//! Callers count in the arm that they were assigned to, whatever happened after that: also if the text could not be sent, or
//! they called again and got the text that was held back. Each caller counts once, from the first assignment on, and by what
//! they did within the experiment's window from then on. A caller whose window is not over is not counted yet.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::statistics::{Arm, Arms, Difference, Trial, Verdict};
use crate::ids::LocationId;
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::ledger::{CallRecord, Entry, EntryKind};
use crate::recipes::missed_call::core::model::{
    Assignment, EpisodeId, ExperimentArm, ExperimentRules, Trigger,
};

/// How many episodes are known before those are forgotten of which nothing can follow any more.
const MANY: usize = 50_000;

/// An experiment that holds the text back from some callers, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExperimentReport {
    /// The rules with which it began. `planned` is the largest number with which it began in any of the locations.
    pub rules: ExperimentRules,
    /// When it began in the first location.
    pub began_at: Timestamp,
    /// Whether a location went on with other rules under the same name. The result means little then.
    pub rules_changed: bool,
    /// How many callers are assigned and not counted yet: their window is not over.
    pub open: u64,
    /// What the others did, by location.
    pub locations: BTreeMap<LocationId, ArmOutcomes>,
}

/// The callers of the two arms in one location.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ArmOutcomes {
    /// Those who got the text, or were to get it.
    pub texted: Outcomes,
    /// Those from whom it was held back.
    pub held_out: Outcomes,
}

/// What the callers of one arm did. A caller may count in several of the numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Outcomes {
    /// How many they are.
    pub callers: u64,
    /// How many booked an appointment that stands.
    pub booked: u64,
    /// How many wrote to the business.
    pub replied: u64,
    /// How many spoke with the team: the call was returned, or a later one answered.
    pub reached: u64,
}

/// An outcome that an experiment can be judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutcomeOfCaller {
    /// The caller booked.
    Booked,
    /// The caller wrote.
    Replied,
    /// The caller spoke with the team.
    Reached,
}

impl ExperimentReport {
    /// The experiment as a trial of bookings.
    pub fn trial(&self) -> Trial {
        self.trial_of(OutcomeOfCaller::Booked)
    }

    /// The same by another outcome, which is then the `booked` of each arm.
    pub fn trial_of(&self, outcome: OutcomeOfCaller) -> Trial {
        let arm = |outcomes: Outcomes| Arm {
            callers: outcomes.callers,
            booked: match outcome {
                OutcomeOfCaller::Booked => outcomes.booked,
                OutcomeOfCaller::Replied => outcomes.replied,
                OutcomeOfCaller::Reached => outcomes.reached,
            },
        };
        let arms = self.locations.values().map(|location| Arms {
            texted: arm(location.texted),
            held_out: arm(location.held_out),
        });
        Trial::new(self.rules.planned, arms)
    }
}

/// One line: both arms and what they show, or how many callers are still missing.
impl fmt::Display for ExperimentReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Experiment {}: ", self.rules.experiment)?;
        let trial = self.trial();
        match trial.verdict() {
            Verdict::TooEarly { callers, planned } => {
                write!(f, "too early: {callers} of {planned} callers")?;
            }
            Verdict::OneSided => write!(f, "no location has callers in both arms yet")?,
            Verdict::Lift(Difference { value, interval }) => {
                let Arms { texted, held_out } = trial.total();
                write!(
                    f,
                    "{} of {} with the text booked, {} of {} without it: {:+.1} points (95% interval {:+.1} to {:+.1})",
                    texted.booked,
                    texted.callers,
                    held_out.booked,
                    held_out.callers,
                    value * 100.0,
                    interval.low * 100.0,
                    interval.high * 100.0,
                )?;
            }
        }
        if self.rules_changed {
            f.write_str("; its rules were changed since it began")?;
        }
        Ok(())
    }
}

/// A person of a location: a contact or a number.
type PersonName = (LocationId, String);

/// The experiments of a ledger that is being read.
#[derive(Default)]
pub(super) struct Assignments {
    /// The time of the latest entry.
    now: Option<Timestamp>,
    episodes: HashMap<EpisodeId, People>,
    experiments: Vec<Began>,
    by_name: HashMap<String, usize>,
    callers: Vec<Caller>,
    /// The callers by what they are known by. One may take part in several experiments.
    by_person: HashMap<PersonName, Vec<usize>>,
    by_place: HashMap<(LocationId, String, u32), usize>,
}

struct People {
    names: Vec<PersonName>,
    /// When the last call ended.
    called_at: Timestamp,
}

struct Began {
    rules: ExperimentRules,
    at: Timestamp,
    /// The rules in each location.
    locations: HashMap<LocationId, ExperimentRules>,
    rules_changed: bool,
}

/// A caller who takes part.
struct Caller {
    location: LocationId,
    experiment: String,
    arm: ExperimentArm,
    at: Timestamp,
    replied_at: Vec<Timestamp>,
    reached_at: Vec<Timestamp>,
    bookings: BTreeMap<String, Booking>,
}

struct Booking {
    booked_at: Option<Timestamp>,
    stands: bool,
    /// It was cancelled before it was reported.
    cancelled_first: bool,
}

impl Assignments {
    pub(super) fn take(&mut self, entry: &Entry) {
        self.now = self.now.max(Some(entry.at));
        if let EntryKind::ExperimentBegan { rules, .. } = &entry.kind {
            self.began(entry, rules);
        }
        let Some(episode) = &entry.episode else {
            return;
        };
        match &entry.kind {
            EntryKind::CallMissed { call, .. } | EntryKind::CallJoined { call, .. } => {
                self.called(entry, episode, call);
            }
            EntryKind::Assigned { assignment, .. } => self.assigned(entry, episode, assignment),
            EntryKind::Replied { reply, .. } if reply.is_from_a_person() => {
                self.each_caller_of(episode, |caller| caller.replied_at.push(entry.at));
            }
            EntryKind::Happened { what, reference } => match what {
                Trigger::Replied | Trigger::Help => {
                    self.each_caller_of(episode, |caller| caller.replied_at.push(entry.at));
                }
                Trigger::Answered | Trigger::Returned => {
                    self.each_caller_of(episode, |caller| caller.reached_at.push(entry.at));
                }
                Trigger::Booked => {
                    self.each_caller_of(episode, |caller| caller.booked(reference, entry.at));
                }
                Trigger::BookingCancelled => {
                    self.each_caller_of(episode, |caller| caller.cancelled(reference));
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn began(&mut self, entry: &Entry, rules: &ExperimentRules) {
        let index = self.by_name.get(&rules.experiment).copied();
        match index.and_then(|index| self.experiments.get_mut(index)) {
            Some(known) => {
                let before = known
                    .locations
                    .entry(entry.location.clone())
                    .or_insert_with(|| rules.clone());
                // What was planned first counts.
                known.rules_changed |= before != rules;
                known.rules.planned = known.rules.planned.max(before.planned);
            }
            None => {
                let index = self.experiments.len();
                self.by_name.insert(rules.experiment.clone(), index);
                self.experiments.push(Began {
                    rules: rules.clone(),
                    at: entry.at,
                    locations: HashMap::from([(entry.location.clone(), rules.clone())]),
                    rules_changed: false,
                });
            }
        }
    }

    fn called(&mut self, entry: &Entry, episode: &EpisodeId, call: &CallRecord) {
        if self.episodes.len() >= MANY {
            self.forget_old();
        }
        let of = |name: &str| (entry.location.clone(), name.to_owned());
        let contact = of(call.contact.as_str());
        let number = call.caller.as_ref().map(|caller| of(caller.e164()));
        let known = self.episodes.entry(episode.clone());
        let people = known.or_insert_with(|| People {
            names: Vec::new(),
            called_at: call.ended_at,
        });
        people.called_at = people.called_at.max(call.ended_at);
        for name in std::iter::once(contact).chain(number) {
            if !people.names.contains(&name) {
                people.names.push(name);
            }
        }
    }

    /// Forgets episodes whose callers the ledger says nothing more about.
    fn forget_old(&mut self) {
        let Some(now) = self.now else { return };
        let kept = Episode::ATTRIBUTION_WINDOW.saturating_add(SignedDuration::from_hours(48));
        self.episodes
            .retain(|_, people| now.duration_since(people.called_at) <= kept);
    }

    fn assigned(&mut self, entry: &Entry, episode: &EpisodeId, assignment: &Assignment) {
        let Assignment {
            experiment,
            arm,
            place,
            ..
        } = assignment;
        let key = (entry.location.clone(), experiment.clone(), *place);
        let index = *self.by_place.entry(key).or_insert_with(|| {
            self.callers.push(Caller {
                location: entry.location.clone(),
                experiment: experiment.clone(),
                arm: *arm,
                at: entry.at,
                replied_at: Vec::new(),
                reached_at: Vec::new(),
                bookings: BTreeMap::new(),
            });
            self.callers.len() - 1
        });
        for name in self
            .episodes
            .get(episode)
            .into_iter()
            .flat_map(|people| &people.names)
        {
            let of_person = self.by_person.entry(name.clone()).or_default();
            if !of_person.contains(&index) {
                of_person.push(index);
            }
        }
    }

    fn each_caller_of(&mut self, episode: &EpisodeId, mut change: impl FnMut(&mut Caller)) {
        let Some(people) = self.episodes.get(episode) else {
            return;
        };
        let names = people.names.iter();
        let mut indexes: Vec<usize> = names
            .filter_map(|name| self.by_person.get(name))
            .flatten()
            .copied()
            .collect();
        indexes.sort_unstable();
        indexes.dedup();
        for index in indexes {
            if let Some(caller) = self.callers.get_mut(index) {
                change(caller);
            }
        }
    }

    pub(super) fn finish(self) -> Vec<ExperimentReport> {
        let reports = self.experiments.into_iter().map(|began| ExperimentReport {
            rules: began.rules,
            began_at: began.at,
            rules_changed: began.rules_changed,
            open: 0,
            locations: BTreeMap::new(),
        });
        let mut reports: Vec<ExperimentReport> = reports.collect();
        for caller in &self.callers {
            let index = self.by_name.get(&caller.experiment);
            // Without its beginning nobody knows what was planned.
            let Some(report) = index.and_then(|index| reports.get_mut(*index)) else {
                continue;
            };
            let window = report.rules.window;
            let is_over = self
                .now
                .is_some_and(|now| now.duration_since(caller.at) > window);
            if !is_over {
                report.open += 1;
                continue;
            }
            let arms = report.locations.entry(caller.location.clone());
            let arms = arms.or_default();
            let outcomes = match caller.arm {
                ExperimentArm::Texted => &mut arms.texted,
                ExperimentArm::HeldOut => &mut arms.held_out,
            };
            caller.count_in(outcomes, window);
        }
        reports
    }
}

impl Caller {
    fn booked(&mut self, reference: &str, at: Timestamp) {
        let known = self.bookings.entry(reference.to_owned());
        let booking = known.or_insert(Booking {
            booked_at: None,
            stands: true,
            cancelled_first: false,
        });
        // One that was cancelled later may be booked again.
        booking.stands = !booking.cancelled_first;
        booking.booked_at.get_or_insert(at);
    }

    fn cancelled(&mut self, reference: &str) {
        let known = self.bookings.entry(reference.to_owned());
        let booking = known.or_insert(Booking {
            booked_at: None,
            stands: false,
            cancelled_first: true,
        });
        booking.stands = false;
    }

    fn count_in(&self, outcomes: &mut Outcomes, window: SignedDuration) {
        let counts = |at: &Timestamp| {
            let since = at.duration_since(self.at);
            !since.is_negative() && since <= window
        };
        let mut bookings = self.bookings.values();
        let booked = bookings
            .any(|booking| booking.stands && booking.booked_at.as_ref().is_some_and(counts));
        outcomes.callers += 1;
        outcomes.booked += u64::from(booked);
        outcomes.replied += u64::from(self.replied_at.iter().any(counts));
        outcomes.reached += u64::from(self.reached_at.iter().any(counts));
    }
}
