//! What the oracle knows of the location's absences: times in which the host had removed it, or the app was uninstalled.
//! Nothing is done in them, what was not done because of one is not done later, and nothing else has that reason.

use std::time::Duration;

use gohighlevel::recipes::missed_call::Halt;
use gohighlevel::recipes::missed_call::episode::{EpisodeId, Reason};
use jiff::Timestamp;

use super::invariant::Invariant;
use super::oracle::{Call, Moment, Oracle, UNDER_WAY};

/// An absence, by the order of their beginnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AbsenceNumber(usize);

#[derive(Debug, Clone, Copy)]
struct Absence {
    /// How the engines are to keep to it.
    halt: Halt,
    /// When the host began to remove the location, or the app was uninstalled.
    began: Moment,
    /// When an engine acknowledged that.
    acknowledged: Option<Moment>,
    /// When the host began to put it, or the app was installed again.
    return_began: Option<Moment>,
    /// When an engine acknowledged that.
    returned: Option<Moment>,
}

impl Absence {
    /// Whether nothing may be done for this episode at `left` or later, because of this absence.
    fn ends(&self, episode: &Episode, left: Duration, tolerance: Duration) -> bool {
        let Some(known) = self.acknowledged else {
            return false;
        };
        // An engine that learns of both at once does what the later one says.
        let was_in_force = self
            .return_began
            .is_none_or(|back| known.elapsed < back.elapsed && episode.began < back.time);
        // What is pending is finished, if its call came before the removal.
        let is_meant =
            self.halt != Halt::Finishing || episode.call.ended_from > known.time + tolerance;
        was_in_force && is_meant && known.elapsed + UNDER_WAY < left
    }

    /// Whether this absence can be the reason why a step of this episode is not done.
    fn explains(&self, episode: &Episode, reason: &Reason, tolerance: Duration) -> bool {
        let of_this_kind = match reason {
            Reason::Uninstalled => self.halt == Halt::Uninstalled,
            Reason::Removed => self.halt != Halt::Uninstalled,
            _ => false,
        };
        let is_meant =
            self.halt != Halt::Finishing || episode.call.ended_at + tolerance >= self.began.time;
        let before_the_return = |back: Moment| episode.began <= back.time;
        of_this_kind && is_meant && self.returned.is_none_or(before_the_return)
    }
}

/// The true times of an episode.
struct Episode {
    /// When it was stored.
    began: Timestamp,
    /// The call that opened it.
    call: Call,
}

#[derive(Debug, Default)]
pub(super) struct Absences(Vec<Absence>);

impl Absences {
    pub(super) fn begins(&mut self, halt: Halt, now: Moment) -> AbsenceNumber {
        self.0.push(Absence {
            halt,
            began: now,
            acknowledged: None,
            return_began: None,
            returned: None,
        });
        AbsenceNumber(self.0.len() - 1)
    }

    pub(super) fn acknowledged(&mut self, absence: AbsenceNumber, now: Moment) {
        self.0[absence.0].acknowledged.get_or_insert(now);
    }

    /// It counts at once, because an engine may already know it.
    pub(super) fn return_begins(&mut self, absence: AbsenceNumber, now: Moment) {
        self.0[absence.0].return_began = Some(now);
    }

    pub(super) fn returned(&mut self, absence: AbsenceNumber, now: Moment) {
        self.0[absence.0].returned.get_or_insert(now);
    }

    /// An engine has put the location, from `began` on. That lifts what it knows of: it says nothing of an uninstallation
    /// that is reported later.
    pub(super) fn put(&mut self, absence: AbsenceNumber, began: Duration, now: Moment) {
        let Absence {
            halt, acknowledged, ..
        } = self.0[absence.0];
        if halt != Halt::Uninstalled || acknowledged.is_some_and(|known| known.elapsed < began) {
            self.returned(absence, now);
        }
    }

    /// Whether an engine knows of its end.
    pub(super) fn is_over(&self, absence: AbsenceNumber) -> bool {
        self.0[absence.0].returned.is_some()
    }

    /// Whether what was pending of a call has ended before another call's episode was stored at this time.
    pub(super) fn ended_between(
        &self,
        first: Call,
        stored: Timestamp,
        tolerance: Duration,
    ) -> bool {
        let mut absences = self.0.iter();
        absences.any(|absence| {
            let back = absence.returned.map(|back| back.time + tolerance);
            absence.halt != Halt::Finishing
                && absence.began.time <= stored
                && back.is_none_or(|back| first.ended_from <= back)
        })
    }

    /// Since when nothing may be done in the location, whatever it is for.
    fn nothing_since(&self) -> Option<Duration> {
        let in_force =
            |absence: &&Absence| absence.return_began.is_none() && absence.halt != Halt::Finishing;
        let last = self.0.last().filter(in_force)?;
        last.acknowledged.map(|known| known.elapsed)
    }
}

impl Oracle {
    fn true_times(&self, episode: &EpisodeId) -> Option<Episode> {
        let (_, call) = self.opened_by(episode)?;
        let began = self.answers.began(episode)?;
        Some(Episode { began, call })
    }

    /// The platform accepted a request that writes, which left the engine at `left`.
    pub(super) fn written(&mut self, path: &str, left: Duration) {
        if self.dry_run {
            let how = format!("{path} is written in a dry run");
            self.report(Invariant::NeverInDryRun, how);
        }
        let since = self.absences.nothing_since();
        if let Some(since) = since.filter(|since| *since + UNDER_WAY < left) {
            let seconds = (left - since).as_secs();
            let how = format!("{path} is written {seconds} s after the location was removed");
            self.report(Invariant::NeverWhileRemoved, how);
        }
    }

    /// A step of this episode is done by a request that left the engine at `left`.
    pub(super) fn is_not_removed(&mut self, episode: &EpisodeId, step: &str, left: Duration) {
        let Some(times) = self.true_times(episode) else {
            return;
        };
        let ends = |absence: &&Absence| absence.ends(&times, left, self.tolerance);
        if let Some(absence) = self.absences.0.iter().find(ends) {
            let why = absence.halt.as_str();
            let how = format!("`{step}` is done for a call that came while or before it was {why}");
            self.report(Invariant::NeverWhileRemoved, how);
        }
    }

    /// Whether the reason can be true: it names no absence, or the location was absent.
    pub(super) fn was_absent(&self, episode: &EpisodeId, reason: &Reason) -> bool {
        let explains = |times: Episode| {
            let mut absences = self.absences.0.iter();
            absences.any(|absence| absence.explains(&times, reason, self.tolerance))
        };
        !names_absence(reason) || self.true_times(episode).is_some_and(explains)
    }
}

pub(super) fn names_absence(reason: &Reason) -> bool {
    matches!(reason, Reason::Removed | Reason::Uninstalled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Caller;

    const START: Timestamp = Timestamp::constant(1_793_232_000, 0);
    const TOLERANCE: Duration = Duration::from_secs(5);

    fn moment(after: u64) -> Moment {
        let elapsed = Duration::from_secs(after);
        Moment {
            time: START + elapsed,
            elapsed,
        }
    }

    /// An absence from the minute 10 on, acknowledged a second later, and over after an hour.
    fn absence(halt: Halt) -> Absence {
        Absence {
            halt,
            began: moment(600),
            acknowledged: Some(moment(601)),
            return_began: Some(moment(3600)),
            returned: Some(moment(3610)),
        }
    }

    /// An episode whose call ended after so many seconds, and was stored at once.
    fn episode(after: u64) -> Episode {
        let time = moment(after).time;
        Episode {
            began: time,
            call: Call {
                caller: Caller(0),
                ended_from: time,
                ended_at: time,
                missed: true,
            },
        }
    }

    #[test]
    fn what_is_done_for_a_call_before_the_return_is_reported() {
        use Halt::{Finishing, Removed, Uninstalled};
        for (halt, called, left, expected) in [
            (Removed, 0, 661, false), // it was under way
            (Removed, 0, 662, true),
            (Uninstalled, 700, 5000, true),
            (Removed, 3599, 5000, true),
            (Removed, 3600, 5000, false),
            (Finishing, 606, 5000, false), // the clocks may be wrong
            (Finishing, 607, 5000, true),
            (Finishing, 3600, 5000, false),
        ] {
            let left = Duration::from_secs(left);
            let found = absence(halt).ends(&episode(called), left, TOLERANCE);
            assert_eq!(found, expected, "{halt:?} {called} {left:?}");
        }
    }

    #[test]
    fn an_engine_that_learns_of_it_after_the_return_may_go_on() {
        let late = Absence {
            acknowledged: Some(moment(3700)),
            ..absence(Halt::Uninstalled)
        };
        assert!(!late.ends(&episode(0), Duration::from_secs(5000), TOLERANCE));
        assert!(late.explains(&episode(3605), &Reason::Uninstalled, TOLERANCE));
    }

    #[test]
    fn an_absence_explains_what_it_has_ended_alone() {
        use Halt::{Finishing, Removed, Uninstalled};
        for (halt, called, reason, expected) in [
            (Removed, 0, Reason::Removed, true),
            (Removed, 3610, Reason::Removed, true),
            (Removed, 3611, Reason::Removed, false),
            (Removed, 0, Reason::Uninstalled, false),
            (Uninstalled, 0, Reason::Uninstalled, true),
            (Finishing, 594, Reason::Removed, false),
            (Finishing, 595, Reason::Removed, true), // the clocks may be wrong
            (Finishing, 3611, Reason::Removed, false),
        ] {
            let found = absence(halt).explains(&episode(called), &reason, TOLERANCE);
            assert_eq!(found, expected, "{halt:?} {called} {reason}");
        }
    }
}
