//! The order of due effects: locations take turns, and each gives its oldest or its newest effects. The rules are those of
//! every store; the index belongs to the store in memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::Shares;
use crate::client::Lane;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::EffectId;

/// A location whose oldest effect has been due for this long is behind: work arrives faster than it is done. If the oldest
/// went first, every text would be late, and all would soon exceed the age that a recipe allows.
pub(super) const BEHIND: SignedDuration = SignedDuration::from_mins(1);

/// For a location that is behind, one effect in this many is the oldest, so that expired effects get their end.
const OLDEST_OF: u64 = 4;

/// Whether a location gives its newest effects first; `oldest` is the time when its first effect was due. Background work
/// does not expire soon, so its order never changes.
pub(super) fn is_behind(lane: Lane, oldest: Timestamp, now: Timestamp) -> bool {
    lane == Lane::Interactive && now.duration_since(oldest) >= BEHIND
}

/// The effects that a location which is behind gives, from its oldest and its newest ones, after it has given `given`
/// before.
pub(super) fn of_both_ends<T: PartialEq>(
    oldest: Vec<T>,
    newest: Vec<T>,
    before: u64,
    most: usize,
) -> Vec<T> {
    let (mut oldest, mut newest) = (oldest.into_iter(), newest.into_iter());
    let mut given: Vec<T> = Vec::new();
    for turn in before..before.saturating_add(u64::try_from(most).unwrap_or(u64::MAX)) {
        let end = if turn % OLDEST_OF == OLDEST_OF - 1 {
            &mut oldest
        } else {
            &mut newest
        };
        match end.find(|effect| !given.contains(effect)) {
            Some(effect) => given.push(effect),
            None => break,
        }
    }
    given
}

/// Distributes `limit` over these: each gives one, then each a second one, and so on. Returns how many each gives.
pub(super) fn dealt(available: &[usize], limit: usize) -> Vec<usize> {
    let mut given = vec![0; available.len()];
    let mut left = limit;
    while left > 0 {
        let before = left;
        for (given, available) in given.iter_mut().zip(available) {
            if left > 0 && *given < *available {
                *given += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    given
}

/// The effects of one location in one lane that are planned and have not ended.
pub(super) type LineKey = (u8, Option<LocationId>);

pub(super) fn line_key(lane: Lane, location: Option<LocationId>) -> LineKey {
    (lane_number(lane), location)
}

fn lane_number(lane: Lane) -> u8 {
    match lane {
        Lane::Interactive => 0,
        Lane::Background => 1,
    }
}

#[derive(Debug, Default)]
struct Line {
    pending: BTreeSet<(Timestamp, EffectId)>,
    /// The number of its last turn, counted over all turns.
    turn: u64,
    /// How many effects it has given.
    given: u64,
}

impl Line {
    fn first_due(&self) -> Option<Timestamp> {
        self.pending.first().map(|(due, _)| *due)
    }

    /// Up to `most` due effects, in their order.
    fn due(&self, lane: Lane, now: Timestamp, most: usize) -> Vec<EffectId> {
        let is_due = |(due, _): &&(Timestamp, EffectId)| *due <= now;
        let name = |(_, effect): &(Timestamp, EffectId)| effect.clone();
        let oldest = || {
            let oldest = self.pending.iter().take_while(is_due);
            oldest.take(most).map(name).collect()
        };
        if !self
            .first_due()
            .is_some_and(|first| is_behind(lane, first, now))
        {
            return oldest();
        }
        let newest = self
            .pending
            .iter()
            .rev()
            .skip_while(|pending| !is_due(pending));
        let newest = newest.take(most).map(name).collect();
        of_both_ends(oldest(), newest, self.given, most)
    }
}

/// The planned effects by location and lane.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    lines: BTreeMap<LineKey, Line>,
    turns: u64,
}

impl Backlog {
    pub(super) fn add(&mut self, line: &LineKey, due: Timestamp, effect: &EffectId) {
        let line = self.lines.entry(line.clone()).or_default();
        line.pending.insert((due, effect.clone()));
    }

    pub(super) fn remove(&mut self, line: &LineKey, due: Timestamp, effect: &EffectId) {
        if let Some(line) = self.lines.get_mut(line) {
            line.pending.remove(&(due, effect.clone()));
        }
    }

    /// Takes the next turns: the effects to give.
    pub(super) fn take(
        &mut self,
        lane: Lane,
        now: Timestamp,
        limit: usize,
        shares: &Shares,
    ) -> Vec<EffectId> {
        let number = lane_number(lane);
        let mut lines: Vec<(u64, Timestamp, &LineKey, usize)> = self
            .lines
            .iter()
            .filter_map(|(key, line)| {
                let due = line
                    .first_due()
                    .filter(|due| *due <= now && key.0 == number)?;
                let left = shares.left(key.1.as_ref());
                (left > 0).then_some((line.turn, due, key, left))
            })
            .collect();
        lines.sort();
        lines.truncate(limit);
        let lines: Vec<(LineKey, Vec<EffectId>)> = lines
            .into_iter()
            .map(|(_, _, key, left)| (key.clone(), self.lines[key].due(lane, now, left.min(limit))))
            .collect();
        let available: Vec<usize> = lines.iter().map(|(_, due)| due.len()).collect();
        let mut taken = Vec::new();
        for ((key, due), count) in lines.into_iter().zip(dealt(&available, limit)) {
            self.turns += 1;
            if let Some(line) = self.lines.get_mut(&key) {
                line.turn = self.turns;
                line.given += u64::try_from(count).unwrap_or(u64::MAX);
            }
            taken.extend(due.into_iter().take(count));
        }
        taken
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.lines.values().filter_map(Line::first_due).min()
    }

    /// The time when the next effect is due that these shares permit.
    pub(super) fn next_due_in(&self, lane: Lane, shares: &Shares) -> Option<Timestamp> {
        let number = lane_number(lane);
        let may_be_given = |key: &LineKey| key.0 == number && shares.left(key.1.as_ref()) > 0;
        let lines = self.lines.iter().filter(|(key, _)| may_be_given(key));
        lines.filter_map(|(_, line)| line.first_due()).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_give_one_before_any_gives_two() {
        assert_eq!(dealt(&[4, 1, 2], 5), [2, 1, 2]);
        assert_eq!(dealt(&[4, 1, 2], 2), [1, 1, 0]);
        assert_eq!(dealt(&[4, 0, 2], 100), [4, 0, 2]);
        assert_eq!(dealt(&[], 3), [0_usize; 0]);
    }

    #[test]
    fn the_newest_come_first_and_each_fourth_time_the_oldest() {
        let oldest = || (1..=6).collect();
        let newest = || (1..=6).rev().collect();
        let given = |before, most| of_both_ends(oldest(), newest(), before, most);
        assert_eq!(given(0, 6), [6, 5, 4, 1, 3, 2]);
        assert_eq!(given(3, 2), [1, 6]);
        assert_eq!(given(0, 9), [6, 5, 4, 1, 3, 2], "each once");
        assert!(of_both_ends::<u8>(Vec::new(), Vec::new(), 7, 3).is_empty());
    }
}
