//! Projects the entries of the ledger to the rows of a report.
//!
//! The ledger does not say what kind a step is before the step is attempted. A step is a text if its recipe says so (where
//! the recipe is available), or if it was attempted or deferred as a text in any episode of the same recipe. It is not a
//! text if it was attempted as something else. If neither is known, it counts as a text when the reports look for the
//! reason why there was none, unless texts never have that reason.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::attribution::{Bookings, Credit, in_time};
use super::experiment::{Assignments, ExperimentReport};
use super::outcome::Outcome;
use super::row::{AcceptedText, DoubtRow, OptOutRow, ReceiptRow, ReplyRow, Row, StepEnd, StepRow};
use super::settings::Settings;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::Basis;
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::ledger::{CallRecord, DeliveryFailure, Entry, EntryKind};
use crate::recipes::missed_call::core::model::{
    DoubtDecision, EpisodeId, Intent, Reason, StepName, Trigger,
};
use crate::recipes::missed_call::core::recipe::Recipe;
use crate::recipes::missed_call::core::reply::Reply;

/// The report on a list of ledger entries.
///
/// Pass all entries from the first call of interest on, oldest first as a store returns them. Include the days after the
/// last call, because bookings and replies come later. An episode whose first entry is missing has no row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// One row per episode, in the order in which they were opened.
    pub rows: Vec<Row>,
    /// The calls that could not be classified as missed or answered. A person should look at them.
    pub unclear_calls: Vec<UnclearCall>,
    /// The experiments that hold the text back from some callers, in the order in which they began.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub experiments: Vec<ExperimentReport>,
}

/// A call that could not be classified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnclearCall {
    /// When it was recorded.
    pub at: Timestamp,
    /// The location.
    pub location: LocationId,
    /// The call.
    pub message: MessageId,
    /// Its status as HighLevel wrote it; `no_status` if there is none, `no_contact` for a missed call without a contact.
    pub status: String,
}

impl Report {
    /// Projects entries to rows.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e Entry>, settings: &Settings) -> Self {
        let mut projection = Projection::new(settings);
        for entry in entries {
            projection.take(entry);
        }
        projection.finish(settings)
    }

    /// The rows of calls that ended at `since` or later and before `until`.
    pub fn rows_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = &Row> + Clone {
        self.rows
            .iter()
            .filter(move |row| (since..until).contains(&row.call.ended_at))
    }
}

/// The contacts and numbers of an episode, which a reported booking may belong to.
#[derive(Default)]
pub(super) struct People {
    pub(super) contacts: Vec<ContactId>,
    pub(super) numbers: Vec<PhoneNumber>,
}

impl People {
    fn add(&mut self, call: &CallRecord) {
        if !self.contacts.contains(&call.contact) {
            self.contacts.push(call.contact.clone());
        }
        if let Some(number) = &call.caller
            && !self.numbers.contains(number)
        {
            self.numbers.push(number.clone());
        }
    }
}

/// A row that is being built.
pub(super) struct RowBuilder {
    pub(super) row: Row,
    pub(super) people: People,
    /// The replies of a person, in the order of the ledger.
    replies: Vec<ReplyRow>,
    /// Steps with the reason why they were not done, in the order of the ledger.
    dropped: Vec<(StepName, Reason)>,
    /// The last position in the ledger at which the team, or a booking, dealt with the caller.
    dealt_with: Option<usize>,
    /// The last position in the ledger at which the caller asked for a person.
    asked: Option<usize>,
    /// Whether a booking or its cancellation was reported in it.
    reported_a_booking: bool,
}

/// The rows that are being built, by the order in which their episodes were opened.
pub(super) type Drafts = BTreeMap<usize, RowBuilder>;

#[derive(Default)]
pub(super) struct Projection {
    /// How many entries were taken.
    pub(super) entries: usize,
    /// The time of the latest entry.
    now: Option<Timestamp>,
    opened: usize,
    pub(super) drafts: Drafts,
    by_episode: HashMap<EpisodeId, usize>,
    /// When bookings of these contacts and numbers were reported, which may be credited to an earlier episode of theirs.
    booked: HashMap<(LocationId, String), Vec<Timestamp>>,
    /// Whether the step of this recipe is a text, where that is known.
    texts: HashMap<(String, StepName), bool>,
    bookings: Bookings,
    assignments: Assignments,
    unclear_calls: Vec<UnclearCall>,
}

impl Projection {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut projection = Self::default();
        for recipe in &settings.recipes {
            projection.learn(recipe);
        }
        projection
    }

    fn learn(&mut self, recipe: &Recipe) {
        for (name, step) in &recipe.steps {
            let key = (recipe.fingerprint().to_owned(), name.clone());
            self.texts.insert(key, step.text().is_some());
        }
    }

    pub(super) fn take(&mut self, entry: &Entry) {
        let position = self.entries;
        self.entries += 1;
        self.now = self.now.max(Some(entry.at));
        self.assignments.take(entry);
        match (&entry.kind, &entry.episode) {
            (
                EntryKind::CallMissed {
                    call,
                    recipe,
                    recipe_fingerprint,
                },
                Some(episode),
            ) => {
                self.by_episode.insert(episode.clone(), self.opened);
                let draft =
                    RowBuilder::new(episode, &entry.location, call, recipe, recipe_fingerprint);
                self.drafts.insert(self.opened, draft);
                self.opened += 1;
            }
            (EntryKind::CallUnclear { message, status }, _) => {
                self.unclear_calls.push(UnclearCall {
                    at: entry.at,
                    location: entry.location.clone(),
                    message: message.clone(),
                    status: status.clone(),
                })
            }
            (kind, Some(episode)) => {
                let Some(&index) = self.by_episode.get(episode) else {
                    return;
                };
                let Some(draft) = self.drafts.get_mut(&index) else {
                    return;
                };
                let known = match kind {
                    EntryKind::Attempted { effect, intent, .. }
                    | EntryKind::Would { effect, intent } => {
                        Some((&effect.step, is_reply_to_call(intent)))
                    }
                    EntryKind::Waits { effect, .. } => Some((&effect.step, true)),
                    _ => None,
                };
                if let Some((step, is_text)) = known {
                    let key = (draft.row.recipe_fingerprint.clone(), step.clone());
                    self.texts.insert(key, is_text);
                }
                if let EntryKind::Happened { what, reference } = kind {
                    let known = self.bookings.take(*what, reference, entry, index, position);
                    if known {
                        draft.reported_a_booking = true;
                        for key in draft.keys() {
                            self.booked.entry(key).or_default().push(entry.at);
                        }
                    }
                }
                let is_text = |step: &StepName| {
                    let key = (draft.row.recipe_fingerprint.clone(), step.clone());
                    self.texts.get(&key).copied()
                };
                let text_done = match kind {
                    EntryKind::Done { step, .. } => is_text(step) == Some(true),
                    _ => false,
                };
                draft.take(position, entry.at, kind, text_done);
            }
            _ => {}
        }
    }

    /// Removes the rows that no later entry can change: those of closed episodes whose call is so long ago that the ledger
    /// records nothing more about it, unless a booking was reported in them or may be credited to them: it may still move.
    pub(super) fn ready(&mut self, settings: &Settings) -> Vec<Row> {
        let Some(now) = self.now else {
            return Vec::new();
        };
        let kept = settings.booking_window.max(Episode::ATTRIBUTION_WINDOW);
        // Entries of a day ago may still come, from a sweep or from a machine whose clock is behind.
        let kept = kept.saturating_add(SignedDuration::from_hours(24));
        let is_ready = |draft: &RowBuilder| {
            draft.row.closed_at.is_some_and(|closed_at| {
                let latest = draft.row.texts.iter().map(|text| text.accepted_at).max();
                let latest = latest.max(Some(draft.row.call.ended_at));
                now.duration_since(latest.max(Some(closed_at)).unwrap_or(closed_at)) > kept
            }) && !draft.reported_a_booking
                && !self.may_be_credited(draft, settings)
        };
        let ready = self.drafts.iter().filter(|(_, draft)| is_ready(draft));
        let ready: Vec<usize> = ready.map(|(index, _)| *index).collect();
        let mut rows = Vec::with_capacity(ready.len());
        for index in ready {
            if let Some(draft) = self.drafts.remove(&index) {
                self.by_episode.remove(&draft.row.episode);
                rows.push(self.row_of(draft, settings));
            }
        }
        rows
    }

    /// Whether a booking of the same person was reported in time after the first text.
    fn may_be_credited(&self, draft: &RowBuilder, settings: &Settings) -> bool {
        let is_in_time = |at: &Timestamp| in_time(draft, *at, settings);
        let mut reports = draft.keys().filter_map(|key| self.booked.get(&key));
        reports.any(|times| times.iter().any(is_in_time))
    }

    fn row_of(&self, draft: RowBuilder, settings: &Settings) -> Row {
        let fingerprint = draft.row.recipe_fingerprint.clone();
        draft.finish(settings, |step| {
            let key = (fingerprint.clone(), step.clone());
            self.texts.get(&key).copied()
        })
    }

    pub(super) fn finish(mut self, settings: &Settings) -> Report {
        for credit in self.bookings.credits(&self.drafts, settings) {
            match credit {
                Credit::Stands {
                    reported_in,
                    at,
                    position,
                } => {
                    if let Some(draft) = self.drafts.get_mut(&reported_in) {
                        draft.row.booked_at.get_or_insert(at);
                        draft.dealt_with = draft.dealt_with.max(Some(position));
                    }
                }
                Credit::Recovered { by, booking } => {
                    if let Some(draft) = self.drafts.get_mut(&by) {
                        draft.row.recovered.push(booking);
                    }
                }
            }
        }
        let drafts = std::mem::take(&mut self.drafts);
        let rows = drafts
            .into_values()
            .map(|draft| self.row_of(draft, settings));
        let rows: Vec<Row> = rows.collect();
        Report {
            rows,
            unclear_calls: self.unclear_calls,
            experiments: self.assignments.finish(),
        }
    }
}

impl RowBuilder {
    /// What identifies the caller.
    fn keys(&self) -> impl Iterator<Item = (LocationId, String)> + '_ {
        let contacts = self.people.contacts.iter();
        let numbers = self.people.numbers.iter();
        let of = |key: &str| (self.row.location.clone(), key.to_owned());
        contacts
            .map(move |contact| of(contact.as_str()))
            .chain(numbers.map(move |number| of(number.e164())))
    }

    fn new(
        episode: &EpisodeId,
        location: &LocationId,
        call: &CallRecord,
        recipe: &str,
        recipe_fingerprint: &str,
    ) -> Self {
        let mut people = People::default();
        people.add(call);
        let row = Row {
            episode: episode.clone(),
            location: location.clone(),
            call: call.clone(),
            recipe: recipe.to_owned(),
            recipe_fingerprint: recipe_fingerprint.to_owned(),
            missed_calls: 1,
            texts: Vec::new(),
            not_texted: None,
            arm: None,
            released_at: None,
            dry_run: false,
            would_text: false,
            steps: Vec::new(),
            reply: None,
            reply_to_text: None,
            clicked_at: None,
            asked_for_person_at: None,
            reached_at: None,
            reached_after_asking_at: None,
            task_done_at: None,
            opted_out: None,
            doubt: None,
            booked_at: None,
            recovered: Vec::new(),
            closed_at: None,
            outcome: Outcome::Open,
            needs_somebody: true,
        };
        Self {
            row,
            people,
            replies: Vec::new(),
            dropped: Vec::new(),
            dealt_with: None,
            asked: None,
            reported_a_booking: false,
        }
    }

    fn take(&mut self, position: usize, at: Timestamp, kind: &EntryKind, text_done: bool) {
        match kind {
            EntryKind::CallJoined { call, missed_calls } => {
                self.people.add(call);
                self.row.missed_calls = *missed_calls;
            }
            EntryKind::Would { effect, intent } => {
                self.step(&effect.step, StepEnd::Would(at));
                self.row.dry_run = true;
                self.row.would_text |= is_reply_to_call(intent);
            }
            EntryKind::Assigned { assignment, .. } => self.row.arm = Some(assignment.arm),
            EntryKind::Released { .. } => self.row.released_at = Some(at),
            EntryKind::Attempted { effect, .. }
            | EntryKind::Postponed { effect, .. }
            | EntryKind::Waits { effect, .. }
            | EntryKind::OutcomeUnknown { effect, .. } => self.step(&effect.step, StepEnd::Open),
            EntryKind::Done {
                step,
                reference,
                accepted_at,
                seconds_after_call,
                ..
            } => {
                self.step(step, StepEnd::Done(*accepted_at));
                if text_done {
                    self.row.texts.push(AcceptedText {
                        step: step.clone(),
                        accepted_at: *accepted_at,
                        seconds_after_call: *seconds_after_call,
                        message: reference.clone(),
                        receipt: None,
                    });
                }
            }
            EntryKind::Delivered { step, .. } => self.receipt(step, at, None),
            EntryKind::NotDelivered { step, failure, .. } => {
                self.receipt(step, at, Some(failure));
            }
            EntryKind::NotDone { step, reason } => {
                self.step(step, StepEnd::NotDone(reason.clone()));
                self.dropped.push((step.clone(), reason.clone()));
            }
            EntryKind::Replied { message, reply } => {
                self.replied(position, at, message.as_ref(), *reply);
            }
            EntryKind::Happened { what, .. } => self.happened(position, at, *what),
            EntryKind::OptedOut { reason } => self.opted_out(at, reason),
            EntryKind::Doubted { .. } => self.row.doubt = Some(DoubtRow { at, decided: None }),
            EntryKind::DoubtDecided { decision, .. } => {
                if let Some(doubt) = &mut self.row.doubt {
                    doubt.decided = Some(*decision);
                }
            }
            EntryKind::Closed { missed_calls } => {
                self.row.missed_calls = *missed_calls;
                self.row.closed_at = Some(at);
            }
            _ => {}
        }
    }

    fn step(&mut self, step: &StepName, end: StepEnd) {
        match self.row.steps.iter_mut().find(|row| row.step == *step) {
            Some(row) => row.end = end,
            None => self.row.steps.push(StepRow {
                step: step.clone(),
                end,
            }),
        }
    }

    fn receipt(&mut self, step: &StepName, at: Timestamp, failure: Option<&DeliveryFailure>) {
        if let Some(text) = self.row.texts.iter_mut().find(|text| text.step == *step) {
            let failure = failure.cloned();
            text.receipt.get_or_insert(ReceiptRow { at, failure });
        }
    }

    fn replied(
        &mut self,
        position: usize,
        at: Timestamp,
        message: Option<&MessageId>,
        kind: Reply,
    ) {
        if !kind.is_from_a_person() {
            return;
        }
        self.replies.push(ReplyRow {
            at,
            kind,
            message: message.cloned(),
        });
        if kind.asks_for_a_person() {
            self.row.asked_for_person_at.get_or_insert(at);
            self.asked = Some(position);
        }
    }

    fn happened(&mut self, position: usize, at: Timestamp, what: Trigger) {
        match what {
            Trigger::Answered | Trigger::Returned => {
                self.row.reached_at.get_or_insert(at);
                if self.row.asked_for_person_at.is_some() {
                    self.row.reached_after_asking_at.get_or_insert(at);
                }
                self.dealt_with = Some(position);
            }
            Trigger::TeamWrote => self.dealt_with = Some(position),
            Trigger::TaskDone => {
                self.row.task_done_at.get_or_insert(at);
                self.dealt_with = Some(position);
            }
            Trigger::Clicked => {
                self.row.clicked_at.get_or_insert(at);
            }
            Trigger::Replied => self.replied(position, at, None, Reply::Other),
            Trigger::Help => self.replied(position, at, None, Reply::Help),
            Trigger::OptedOut => self.opted_out(at, &Reason::OptedOut),
            // Calls have entries of their own. Bookings are credited when all of them are known.
            _ => {}
        }
    }

    fn opted_out(&mut self, at: Timestamp, reason: &Reason) {
        let opt_out = self.row.opted_out.get_or_insert_with(|| OptOutRow {
            at,
            reason: reason.clone(),
        });
        // HighLevel turns do-not-disturb on after a STOP, and may report that first.
        if *reason == Reason::OptedOut {
            opt_out.reason = Reason::OptedOut;
        }
    }

    fn finish(mut self, settings: &Settings, is_text: impl Fn(&StepName) -> Option<bool>) -> Row {
        let row = &mut self.row;
        let decided = row.doubt.as_ref().and_then(|doubt| doubt.decided);
        if decided == Some(DoubtDecision::NoMoreTexts) {
            // It was an opt-out, which is no reply.
            self.replies.retain(|reply| reply.kind != Reply::Doubtful);
        }
        // Only here: a text whose response was lost may be found after the caller has replied to it.
        if let Some(text) = row.texts.first() {
            let answers = |reply: &&ReplyRow| {
                let since_text = reply.at.duration_since(text.accepted_at);
                !since_text.is_negative() && since_text <= settings.reply_window
            };
            row.reply_to_text = self.replies.iter().find(answers).cloned();
        }
        row.reply = self.replies.into_iter().next();
        row.not_texted = self
            .dropped
            .iter()
            .find(|(step, reason)| is_text(step).unwrap_or_else(|| may_hold_a_text_back(reason)))
            .map(|(_, reason)| reason.clone());
        let text_is_open = row
            .steps
            .iter()
            .any(|row| row.end == StepEnd::Open && is_text(&row.step) != Some(false));
        row.outcome = Outcome::of(row, text_is_open);
        row.needs_somebody = row.is_doubtful()
            || self.asked > self.dealt_with
            || (self.dealt_with.is_none() && can_be_called_back(row));
        self.row
    }
}

/// Whether it is a text. One that confirms an opt-out is not a reply to the call.
fn is_reply_to_call(intent: &Intent) -> bool {
    matches!(intent, Intent::Text { basis, .. } if *basis != Some(Basis::OptOut))
}

/// Whether a text can have this reason. The others belong to e-mails and to changes of the contact.
fn may_hold_a_text_back(reason: &Reason) -> bool {
    !matches!(
        reason,
        Reason::Needless | Reason::NoAddress | Reason::NoEmails
    )
}

/// Whether there is a customer who would answer a call.
fn can_be_called_back(row: &Row) -> bool {
    let opted_out = row
        .opted_out
        .as_ref()
        .is_some_and(|opt_out| opt_out.reason == Reason::OptedOut);
    let unreachable = match &row.not_texted {
        Some(Reason::Withheld | Reason::ShortCode) => true,
        Some(Reason::NotTextable(why)) => why.is_not_a_lead(),
        _ => false,
    };
    !opted_out && !unreachable
}
