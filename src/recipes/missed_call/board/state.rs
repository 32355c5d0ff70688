//! Which callers are on the board, from the entries of the ledger.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::ids::LocationId;
use crate::recipes::missed_call::core::episode::EpisodeId;
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::report::pages::LiveCaller;
use crate::recipes::missed_call::core::report::{Report, Row, Settings};

/// How far back it looks for callers who still wait.
pub(super) const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is older is of no calendar day that is today somewhere on the line.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The most callers; those who called first make room.
const CALLERS: usize = 20_000;

/// The most entries of one caller. There are some ten usually.
const ENTRIES: usize = 500;

/// The beginnings of codes that speak of a token.
const OF_TOKENS: [&str; 3] = ["unauthorized", "forbidden", "grant_dead"];

/// Names and settings of locations.
pub(super) type Sites = HashMap<LocationId, (String, Arc<Settings>)>;

/// The callers of the last seven days, as far as the board shows them.
#[derive(Default)]
pub(super) struct State {
    callers: HashMap<EpisodeId, Caller>,
    /// In the order in which they were opened.
    order: BTreeMap<u64, EpisodeId>,
    next: u64,
    /// Since when HighLevel refuses the token of a location.
    token_trouble: HashMap<LocationId, Timestamp>,
}

struct Caller {
    place: u64,
    location: LocationId,
    entries: Vec<Entry>,
    /// `None` once there are entries that it does not know.
    row: Option<Row>,
    waits_until: Option<Timestamp>,
}

impl State {
    /// Takes the next entry of the ledger.
    pub(super) fn take(&mut self, entry: Entry, now: Timestamp) {
        self.take_token_trouble(&entry);
        let Some(episode) = entry.episode.clone() else {
            return;
        };
        if let EntryKind::CallMissed { call, .. } = &entry.kind {
            if now.duration_since(call.ended_at) > LOOKS_BACK {
                return;
            }
            let place = self.next;
            self.next += 1;
            self.order.insert(place, episode.clone());
            let caller = Caller {
                place,
                location: entry.location.clone(),
                entries: vec![entry],
                row: None,
                waits_until: None,
            };
            self.callers.insert(episode, caller);
            while self.order.len() > CALLERS
                && let Some((_, oldest)) = self.order.pop_first()
            {
                self.callers.remove(&oldest);
            }
            return;
        }
        if let Some(caller) = self.callers.get_mut(&episode)
            && caller.entries.len() < ENTRIES
        {
            match &entry.kind {
                EntryKind::Waits { until, .. } => caller.waits_until = Some(*until),
                EntryKind::Done { .. } | EntryKind::NotDone { .. } => caller.waits_until = None,
                _ => {}
            }
            caller.entries.push(entry);
            caller.row = None;
        }
    }

    fn take_token_trouble(&mut self, entry: &Entry) {
        let code = match &entry.kind {
            EntryKind::Postponed { code, .. } => code,
            EntryKind::NotDone {
                reason: Reason::Failed(code),
                ..
            } => code,
            EntryKind::Done { .. } => {
                self.token_trouble.remove(&entry.location);
                return;
            }
            _ => return,
        };
        if OF_TOKENS
            .iter()
            .any(|of_tokens| code.starts_with(of_tokens))
        {
            self.token_trouble
                .entry(entry.location.clone())
                .or_insert(entry.at);
        }
    }

    /// Since when HighLevel refuses the token of this location.
    pub(super) fn token_trouble(&self, location: &LocationId) -> Option<Timestamp> {
        self.token_trouble.get(location).copied()
    }

    /// Lets all rows be computed again, by other settings.
    pub(super) fn forget_rows(&mut self) {
        for caller in self.callers.values_mut() {
            caller.row = None;
        }
    }

    /// Brings the rows up to date, and lets go of callers who are done with.
    pub(super) fn settle(&mut self, sites: &Sites, unknown: &Arc<Settings>, now: Timestamp) {
        let order = &mut self.order;
        self.callers.retain(|_, caller| {
            let site = sites.get(&caller.location);
            let settings = site.map_or(unknown, |(_, settings)| settings);
            if caller.row.is_none() {
                caller.row = Report::of(&caller.entries, settings).rows.pop();
            }
            let stays = caller.row.as_ref().is_some_and(|row| {
                let age = now.duration_since(row.call.ended_at);
                let is_open = row.needs_somebody || row.closed_at.is_none();
                age <= DAY || (is_open && age <= LOOKS_BACK)
            });
            if !stays {
                order.remove(&caller.place);
            }
            stays
        });
    }

    /// The callers, as they were settled last.
    pub(super) fn callers<'s>(
        &'s self,
        sites: &'s Sites,
        unknown: &'s Settings,
    ) -> Vec<LiveCaller<'s>> {
        let callers = self.order.values().filter_map(|episode| {
            let caller = self.callers.get(episode)?;
            let (place, settings) = match sites.get(&caller.location) {
                Some((name, settings)) => (name.as_str(), settings.as_ref()),
                None => (caller.location.as_str(), unknown),
            };
            Some(LiveCaller {
                row: caller.row.as_ref()?,
                place,
                settings,
                waits_until: caller.waits_until,
            })
        });
        callers.collect()
    }
}
