//! The metrics that can be computed from the ledger, each with its definition.
//!
//! Not available, because the ledger does not know them: the answer rate (answered calls leave no entry), and callers who had
//! an appointment before they called.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Serialize;

use super::outcome::Outcome;
use super::row::Row;
use super::settings::{Revenue, Settings};
use super::weekly_review::recovered_revenue;

/// Metrics over some rows. An episode is one row: a caller who calls again within the cooldown counts once.
///
/// *Texted* means that HighLevel accepted at least one text. Times are those of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Metrics {
    /// How many episodes there are.
    pub episodes: u64,
    /// How many calls were missed in these.
    pub missed_calls: u64,
    /// How many episodes could have been texted: all but those in which a rule about the caller or the hour forbade it, or
    /// whose recipe has no text for the call.
    pub textable: u64,
    /// How many episodes were texted.
    pub texted: u64,
    /// How many episodes got no text because an experiment held it back. They count as textable.
    pub held_out: u64,
    /// How many episodes had a step that was not done because of a dry run.
    pub dry_run: u64,
    /// How many texts HighLevel accepted in these: an episode can have several.
    pub texts: u64,
    /// Texts that were delivered, of those of which HighLevel has said whether they were. Excluded are texts of which it says
    /// nothing: texts of the last hour, and those of carriers that report nothing.
    pub delivered: Option<Share>,
    /// Episodes that were texted, or have a recorded reason why there was no text, of all episodes. Excluded from the
    /// numerator are undecided ones and those whose recipe has no text. Below 1, callers were missed, or it is too early
    /// to say.
    pub coverage: Option<Share>,
    /// The median time from the end of the call to the first accepted text (nearest rank). Excluded are episodes without a
    /// text. Included are first texts that were deferred to the morning.
    pub time_to_text_p50: Option<SignedDuration>,
    /// The 95th percentile of the same time.
    pub time_to_text_p95: Option<SignedDuration>,
    /// Episodes with a reply of a person within the settings' `reply_window` after the first text, of the texted ones.
    /// Excluded are automatic replies, and opt-outs, which have a share of their own.
    pub replied: Option<Share>,
    /// Episodes in which the caller opened a link, of the texted ones. Also `None` if the settings do not say that every
    /// click is reported.
    pub clicked: Option<Share>,
    /// Episodes in which the caller asked for a person, of the texted ones. Excluded are those who asked and were never
    /// texted.
    pub handed_off: Option<Share>,
    /// The median time from the caller's first request for a person until the team spoke with them (nearest rank).
    /// Excluded are callers who were not reached, and written answers, which the ledger does not know.
    pub time_to_hand_off_p50: Option<SignedDuration>,
    /// Episodes in which the caller refused further texts after the first one, of the texted ones. Excluded are refusals
    /// from before it.
    pub opted_out: Option<Share>,
    /// Episodes without any text because it could not be rendered or HighLevel did not accept it, of those and the texted
    /// ones. Excluded are those that were rightly not texted.
    pub failed: Option<Share>,
    /// Episodes in which the caller replied, has an appointment that stands, or was spoken to, of all episodes, with or
    /// without a text before. Excluded from the numerator are opt-outs and nothing else.
    pub captured: Option<Share>,
    /// Episodes with at least one credited booking, of the texted ones.
    pub booked: Option<Share>,
    /// How many bookings are credited.
    pub bookings: u64,
    /// Of these, how many came without a conversation with the team.
    pub self_service_bookings: u64,
    /// The value of the credited bookings, as far as known. `None` if no value is known.
    pub recovered_revenue: Option<Revenue>,
    /// Episodes whose caller still needs attention, of all episodes.
    pub needs_somebody: Option<Share>,
}

/// A share of a whole that is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share {
    part: u64,
    whole: u64,
}

impl Share {
    /// `None` if the whole is zero.
    pub(crate) fn of(part: u64, whole: u64) -> Option<Self> {
        (whole > 0).then_some(Self { part, whole })
    }

    /// The numerator.
    pub fn part(self) -> u64 {
        self.part
    }

    /// The denominator.
    pub fn whole(self) -> u64 {
        self.whole
    }

    /// What is not in the numerator.
    pub(super) fn rest(self) -> Self {
        Self {
            part: self.whole - self.part,
            ..self
        }
    }

    /// The share as a number from 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of calls are far below the limit of exact floats"
    )]
    pub fn value(self) -> f64 {
        self.part as f64 / self.whole as f64
    }
}

impl Metrics {
    /// The metrics over these rows.
    pub fn of<'r>(
        rows: impl IntoIterator<Item = &'r Row, IntoIter: Clone>,
        settings: &Settings,
    ) -> Self {
        let mut tally = Tally::default();
        for row in rows {
            tally.add(row, settings);
        }
        tally.metrics(settings)
    }

    /// The metrics grouped by a key of the row: the number called, the day, the recipe.
    pub fn by<'r, K: Ord>(
        rows: impl IntoIterator<Item = &'r Row>,
        settings: &Settings,
        key: impl Fn(&Row) -> K,
    ) -> BTreeMap<K, Self> {
        let mut groups: BTreeMap<K, Tally> = BTreeMap::new();
        for row in rows {
            groups.entry(key(row)).or_default().add(row, settings);
        }
        groups
            .into_iter()
            .map(|(key, tally)| (key, tally.metrics(settings)))
            .collect()
    }
}

/// The sums from which metrics are computed. A row that was added is needed no longer.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    episodes: u64,
    missed_calls: u64,
    textable: u64,
    texted: u64,
    held_out: u64,
    dry_run: u64,
    texts: u64,
    delivered: u64,
    not_delivered: u64,
    covered: u64,
    replied: u64,
    clicked: u64,
    handed_off: u64,
    opted_out: u64,
    failed: u64,
    captured: u64,
    booked: u64,
    bookings: u64,
    self_service_bookings: u64,
    needs_somebody: u64,
    revenue: Option<Revenue>,
    to_text: Vec<SignedDuration>,
    to_hand_off: Vec<SignedDuration>,
}

impl Tally {
    pub(super) fn add(&mut self, row: &Row, settings: &Settings) {
        let texted = is_texted(row);
        let add = |to: &mut u64, counts: bool| *to += u64::from(counts);
        add(&mut self.episodes, true);
        self.missed_calls += u64::from(row.missed_calls);
        add(&mut self.textable, is_textable(row));
        add(&mut self.texted, texted);
        add(
            &mut self.held_out,
            row.why_not_texted() == Some(Outcome::HeldOut),
        );
        add(&mut self.dry_run, row.dry_run);
        for text in &row.texts {
            let failed = text
                .receipt
                .as_ref()
                .map(|receipt| receipt.failure.is_some());
            add(&mut self.texts, true);
            add(&mut self.delivered, failed == Some(false));
            add(&mut self.not_delivered, failed == Some(true));
        }
        add(
            &mut self.covered,
            texted || row.would_text || row.not_texted.is_some(),
        );
        add(&mut self.replied, row.reply_to_text.is_some());
        add(&mut self.clicked, texted && row.clicked_at.is_some());
        add(
            &mut self.handed_off,
            texted && row.asked_for_person_at.is_some(),
        );
        add(&mut self.opted_out, opted_out_after_text(row));
        add(&mut self.failed, !texted && is_failed(row));
        add(&mut self.captured, is_captured(row));
        add(&mut self.booked, !row.recovered.is_empty());
        for booking in &row.recovered {
            add(&mut self.bookings, true);
            add(&mut self.self_service_bookings, !booking.assisted);
        }
        add(&mut self.needs_somebody, row.needs_somebody);
        let revenue = recovered_revenue(row, settings);
        self.revenue = match (self.revenue, revenue) {
            (Some(sum), Some(revenue)) => Some(sum.plus(revenue)),
            (sum, revenue) => sum.or(revenue),
        };
        self.to_text.extend(row.time_to_text());
        self.to_hand_off.extend(time_to_hand_off(row));
    }

    pub(super) fn metrics(mut self, settings: &Settings) -> Metrics {
        let (episodes, texted) = (self.episodes, self.texted);
        Metrics {
            episodes,
            missed_calls: self.missed_calls,
            textable: self.textable,
            texted,
            held_out: self.held_out,
            dry_run: self.dry_run,
            texts: self.texts,
            delivered: Share::of(self.delivered, self.delivered + self.not_delivered),
            coverage: Share::of(self.covered, episodes),
            time_to_text_p50: nearest_rank(&mut self.to_text, 50),
            time_to_text_p95: nearest_rank(&mut self.to_text, 95),
            replied: Share::of(self.replied, texted),
            clicked: Share::of(self.clicked, texted).filter(|_| settings.all_clicks_reported),
            handed_off: Share::of(self.handed_off, texted),
            time_to_hand_off_p50: nearest_rank(&mut self.to_hand_off, 50),
            opted_out: Share::of(self.opted_out, texted),
            failed: Share::of(self.failed, texted + self.failed),
            captured: Share::of(self.captured, episodes),
            booked: Share::of(self.booked, texted),
            bookings: self.bookings,
            self_service_bookings: self.self_service_bookings,
            recovered_revenue: self.revenue,
            needs_somebody: Share::of(self.needs_somebody, episodes),
        }
    }
}

fn is_texted(row: &Row) -> bool {
    !row.texts.is_empty()
}

/// Whether nothing about the caller or the hour forbade a text.
fn is_textable(row: &Row) -> bool {
    is_texted(row)
        || !matches!(
            row.why_not_texted(),
            Some(Outcome::Suppressed(_) | Outcome::NoText)
        )
}

fn is_failed(row: &Row) -> bool {
    let reason = row.not_texted.clone();
    reason.is_some_and(|reason| matches!(Outcome::not_texted(reason), Outcome::Failed(_)))
}

fn opted_out_after_text(row: &Row) -> bool {
    match (row.first_text(), &row.opted_out) {
        (Some(text), Some(opt_out)) => opt_out.at >= text.accepted_at,
        _ => false,
    }
}

fn is_captured(row: &Row) -> bool {
    let booked = row.booked_at.is_some() || !row.recovered.is_empty();
    row.reply.is_some() || booked || row.reached_at.is_some()
}

fn time_to_hand_off(row: &Row) -> Option<SignedDuration> {
    let reached = row.reached_after_asking_at?;
    let waited = reached.duration_since(row.asked_for_person_at?);
    Some(waited.max(SignedDuration::ZERO))
}

/// The smallest value that at least `percent` percent of the values do not exceed.
fn nearest_rank(values: &mut [SignedDuration], percent: usize) -> Option<SignedDuration> {
    values.sort_unstable();
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_is_one_of_the_values() {
        let seconds = |count: i64| (1..=count).rev().map(SignedDuration::from_secs);
        for (count, percent, expected) in [
            (0, 50, None),
            (1, 50, Some(1)),
            (1, 95, Some(1)),
            (2, 50, Some(1)),
            (3, 50, Some(2)),
            (19, 95, Some(19)),
            (20, 95, Some(19)),
            (100, 95, Some(95)),
            (101, 95, Some(96)),
        ] {
            let mut values: Vec<_> = seconds(count).collect();
            let rank = nearest_rank(&mut values, percent);
            assert_eq!(rank, expected.map(SignedDuration::from_secs), "{count}");
        }
    }

    #[test]
    fn a_share_of_nothing_is_none() {
        assert_eq!(Share::of(0, 0), None);
        let share = Share::of(1, 4).unwrap();
        assert_eq!((share.part(), share.whole()), (1, 4));
        assert!((share.value() - 0.25).abs() < f64::EPSILON);
    }
}
