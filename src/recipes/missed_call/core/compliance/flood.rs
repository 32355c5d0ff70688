//! Whether calls come from machines: a flood of unknown callers, or of consecutive numbers.

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::phone::PhoneNumber;

/// The period of *within a minute*.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// At most this many numbers on each side of the caller's are compared: a limit above 2001 is never reached.
const MOST_COMPARED_PER_SIDE: usize = 1000;

/// What counts as a flood. The defaults are an estimate of what a busy business does not reach; they have no source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloodLimits {
    /// This many callers within a minute who never called before.
    pub new_callers_per_minute: usize,
    /// This many consecutive numbers.
    pub sequential_numbers: usize,
    /// The period within which consecutive numbers must call.
    pub sequential_within: SignedDuration,
}

impl Default for FloodLimits {
    /// Ten new callers in a minute, or five consecutive numbers within ten minutes.
    fn default() -> Self {
        Self {
            new_callers_per_minute: 10,
            sequential_numbers: 5,
            sequential_within: SignedDuration::from_mins(10),
        }
    }
}

/// The call of a person who was unknown at that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCaller {
    /// The number; `None` if the caller withheld it.
    pub number: Option<PhoneNumber>,
    /// When the call began.
    pub called_at: Timestamp,
}

/// Which calls of new callers decide whether a call belongs to a flood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallersAround {
    /// When the call began.
    pub called_at: Timestamp,
    /// Included: calls that began less than this before or after `called_at`,
    pub within: SignedDuration,
    /// of which only the nearest, at most this many before and this many after.
    pub most: usize,
    /// Also included: calls from these numbers, within `numbers_within`.
    pub numbers: Vec<PhoneNumber>,
    /// Calls from `numbers` must have begun less than this before or after `called_at`.
    pub numbers_within: SignedDuration,
}

impl CallersAround {
    /// The requested callers: the nearest before and after, and those with one of the numbers.
    pub(crate) fn nearest(&self, mut callers: Vec<NewCaller>) -> Vec<NewCaller> {
        let away = |caller: &NewCaller| caller.called_at.duration_since(self.called_at).abs();
        callers.sort_by_key(away);
        let (mut before, mut after) = (0, 0);
        callers.retain(|caller| {
            let side = if caller.called_at <= self.called_at {
                &mut before
            } else {
                &mut after
            };
            let is_near = away(caller) < self.within && *side < self.most;
            *side += usize::from(is_near);
            let of_numbers = caller.number.as_ref();
            let of_numbers = of_numbers.is_some_and(|number| self.numbers.contains(number));
            is_near || (of_numbers && away(caller) < self.numbers_within)
        });
        callers
    }
}

impl FloodLimits {
    /// Which calls [`flood`] needs to judge this one.
    pub fn callers_around(&self, call: &NewCaller) -> CallersAround {
        let value = call.number.as_ref().and_then(value_of);
        let row = value.into_iter().flat_map(|value| self.row_around(value));
        CallersAround {
            called_at: call.called_at,
            within: MINUTE,
            most: self.new_callers_per_minute,
            numbers: row
                .filter_map(|value| PhoneNumber::parse(&format!("+{value}")).ok())
                .collect(),
            numbers_within: self.sequential_within,
        }
    }

    /// The numbers that can be consecutive with this one.
    fn row_around(&self, value: u64) -> RangeInclusive<u64> {
        let others = self
            .sequential_numbers
            .saturating_sub(1)
            .min(MOST_COMPARED_PER_SIDE);
        let others = u64::try_from(others).unwrap_or(u64::MAX);
        value.saturating_sub(others)..=value.saturating_add(others)
    }
}

/// The kind of flood that a call belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallFlood {
    /// Too many new callers at once.
    #[error("too many new callers within a minute")]
    TooManyNewCallers,
    /// Consecutive numbers, as machines use them.
    #[error("callers with numbers in a row")]
    SequentialNumbers,
}

/// Whether the call of a new caller belongs to a flood: it began in a minute with too many new callers, or its number
/// is one of several consecutive numbers.
///
/// A call is judged by the time it began, not by the time of the question. So a delayed text, a call that a sweep found
/// and a restarted process all get the same answer, as far as the same calls are known. A flood is only seen once it is
/// complete: before the tenth new caller has called, there is none.
///
/// `callers` are the calls of new callers around it ([`FloodLimits::callers_around`]), including itself, in any order;
/// further calls do no harm. A number counts once; each call without a number counts.
pub fn flood(call: &NewCaller, callers: &[NewCaller], limits: &FloodLimits) -> Option<CallFlood> {
    if busiest(callers, call.called_at) >= limits.new_callers_per_minute {
        return Some(CallFlood::TooManyNewCallers);
    }
    let value = value_of(call.number.as_ref()?)?;
    (longest_row(callers, (call.called_at, value), limits) >= limits.sequential_numbers)
        .then_some(CallFlood::SequentialNumbers)
}

/// How many called in the busiest minute that contains this moment.
fn busiest(callers: &[NewCaller], moment: Timestamp) -> usize {
    let mut callers: Vec<_> = callers.iter().collect();
    callers.sort_by_key(|caller| caller.called_at);
    let (mut busiest, mut first, mut without_number) = (0, 0, 0);
    let mut numbers: HashMap<&PhoneNumber, usize> = HashMap::new();
    for caller in &callers {
        match &caller.number {
            Some(number) => *numbers.entry(number).or_default() += 1,
            None => without_number += 1,
        }
        while caller.called_at.duration_since(callers[first].called_at) >= MINUTE {
            match &callers[first].number {
                Some(number) => {
                    let calls = numbers.entry(number).or_default();
                    *calls -= 1;
                    if *calls == 0 {
                        numbers.remove(number);
                    }
                }
                None => without_number -= 1,
            }
            first += 1;
        }
        if (callers[first].called_at..=caller.called_at).contains(&moment) {
            busiest = busiest.max(numbers.len() + without_number);
        }
    }
    busiest
}

/// The length of the longest run of consecutive numbers that contains the call's number, among calls that are close
/// enough to it in time.
fn longest_row(callers: &[NewCaller], call: (Timestamp, u64), limits: &FloodLimits) -> usize {
    let (moment, member) = call;
    let row = limits.row_around(member);
    let mut calls: Vec<(Timestamp, u64)> = callers
        .iter()
        .filter_map(|caller| Some((caller.called_at, value_of(caller.number.as_ref()?)?)))
        .filter(|(_, value)| row.contains(value))
        .collect();
    calls.sort_unstable();
    let close = |since: Timestamp, until: Timestamp| {
        until >= since && until.duration_since(since) < limits.sequential_within
    };
    let row_since = |first: usize| {
        let (since, _) = calls[first];
        let calls = calls[first..]
            .iter()
            .take_while(|call| close(since, call.0));
        let values: BTreeSet<u64> = calls.map(|call| call.1).chain([member]).collect();
        let is_there = |value: &u64| values.contains(value);
        let below = (0..member).rev().take_while(is_there).count();
        below + (member..).take_while(is_there).count()
    };
    (0..calls.len())
        .filter(|first| close(calls[*first].0, moment))
        .map(row_since)
        .max()
        .unwrap_or(0)
}

fn value_of(number: &PhoneNumber) -> Option<u64> {
    number.e164().get(1..)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn caller(last: u64, at: i64) -> NewCaller {
        NewCaller {
            number: Some(format!("+1305555{last:04}").parse().unwrap()),
            called_at: second(at),
        }
    }

    /// Callers with these last digits, one each second.
    fn callers(last: impl IntoIterator<Item = u64>) -> Vec<NewCaller> {
        (0..).zip(last).map(|(at, last)| caller(last, at)).collect()
    }

    fn judged(call: &NewCaller, others: &[NewCaller]) -> Option<CallFlood> {
        let all: Vec<_> = others.iter().chain([call]).cloned().collect();
        flood(call, &all, &FloodLimits::default())
    }

    #[test]
    fn who_calls_in_a_minute_of_ten_new_callers_came_in_a_flood() {
        let nine = callers((0..9).map(|number| number * 7));
        let many = Some(CallFlood::TooManyNewCallers);
        for (at, expected) in [
            (-52, None), // the ninth called a minute later
            (-51, many),
            (0, many),
            (8, many),
            (59, many),
            (60, None),
            (600, None),
        ] {
            assert_eq!(judged(&caller(900, at), &nine), expected, "{at}");
        }
        // Each of the nine is judged as the tenth is.
        let tenth = caller(900, 30);
        let all: Vec<_> = nine.iter().chain([&tenth]).cloned().collect();
        for one in &all {
            assert_eq!(flood(one, &all, &FloodLimits::default()), many);
        }
        assert_eq!(judged(&caller(900, 5), &nine[1..]), None);
    }

    #[test]
    fn a_number_counts_once_and_calls_without_one_each() {
        let same = callers(std::iter::repeat_n(5, 20));
        assert_eq!(judged(&caller(5, 20), &same), None);
        let hidden = |at| NewCaller {
            number: None,
            called_at: second(at),
        };
        let nine: Vec<_> = (0..9).map(hidden).collect();
        assert_eq!(judged(&hidden(9), &nine[1..]), None);
        let many = Some(CallFlood::TooManyNewCallers);
        assert_eq!(judged(&hidden(9), &nine), many);
        assert_eq!(judged(&caller(5, 9), &nine), many);
    }

    #[test]
    fn a_number_that_called_before_and_after_counts_on_both_sides() {
        // Number 900 calls at -40 s and at 50 s: each minute around the call at 9 s has one of these two calls.
        let mut around = callers((0..8).map(|number| number * 7));
        around.extend([caller(900, -40), caller(900, 50)]);
        assert_eq!(
            judged(&caller(901, 9), &around),
            Some(CallFlood::TooManyNewCallers)
        );
    }

    #[test]
    fn numbers_in_a_row_are_machines_and_others_beside_them_are_not() {
        let in_row = Some(CallFlood::SequentialNumbers);
        let row = callers([103, 500, 101, 104]);
        for (last, at, expected) in [
            (102, 4, None), // four in a row
            (100, 4, None),
        ] {
            assert_eq!(judged(&caller(last, at), &row), expected, "{last}");
        }
        let row = callers([103, 500, 101, 100, 104]);
        for (last, at, expected) in [
            (102, 4, in_row),
            (102, 599, in_row),
            (102, 600, None), // the first of them, 103, was ten minutes ago
            (102, -595, in_row),
            (102, -596, None), // the last of them, 104, is ten minutes away
            (99, 4, None),     // 102 is missing
            (501, 4, None),
            (500, 1, None),
        ] {
            assert_eq!(judged(&caller(last, at), &row), expected, "{last} {at}");
        }
        let gap = callers([100, 101, 102, 103]);
        assert_eq!(judged(&caller(105, 5), &gap), None);
    }

    #[test]
    fn callers_around_asks_for_the_minute_and_the_possible_row() {
        let limits = FloodLimits::default();
        let call = caller(2, 0);
        let asked = limits.callers_around(&call);
        assert_eq!((asked.most, asked.within), (10, MINUTE));
        let numbers: Vec<_> = asked.numbers.iter().map(PhoneNumber::last_four).collect();
        let expected = [
            "9998", "9999", "0000", "0001", "0002", "0003", "0004", "0005", "0006",
        ];
        assert_eq!(numbers, expected);
        let endless = FloodLimits {
            sequential_numbers: usize::MAX,
            ..limits
        };
        assert_eq!(
            endless.callers_around(&call).numbers.len(),
            2 * MOST_COMPARED_PER_SIDE + 1
        );
        let none = FloodLimits {
            sequential_numbers: 0,
            ..limits
        };
        assert_eq!(none.callers_around(&call).numbers.len(), 1);
    }

    proptest::proptest! {
        /// What lies farther away than what is asked for changes no answer.
        #[test]
        fn no_caller_who_is_not_asked_for_matters(
            others in proptest::collection::vec((0_u64..40, -900_i64..900), 0..60),
            last in 0_u64..40,
        ) {
            let limits = FloodLimits { new_callers_per_minute: 4, ..FloodLimits::default() };
            let call = caller(last, 0);
            let mut all: Vec<_> = others.iter().map(|(last, at)| caller(*last, *at)).collect();
            all.push(call.clone());
            let asked = limits.callers_around(&call);
            let away = |other: &NewCaller| other.called_at.duration_since(call.called_at).abs();
            let known: Vec<_> = all
                .iter()
                .filter(|other| {
                    let by_number = other.number.as_ref().is_some_and(|number| asked.numbers.contains(number));
                    away(other) < asked.within || (by_number && away(other) < asked.numbers_within)
                })
                .cloned()
                .collect();
            proptest::prop_assert_eq!(flood(&call, &known, &limits), flood(&call, &all, &limits));
        }
    }
}
