//! When the called person may be texted: the strictest of the rules of every zone and state that may be meant.
//!
//! The rules are in `quiet_hours.toml`, with their sources; only how they are read and applied is here.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::caps::Cap;
use super::place::{CandidateZone, Candidates, PlaceSource};
use super::region::State;
use super::table::{self, TableError};
use super::week::{Week, Window};

const TABLE: &str = "quiet_hours.toml";

/// How long a text may be put off; one that would have to wait longer is not sent at all.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// The rules of when and how often somebody may be texted, by state, over a default for everywhere.
///
/// ```
/// use gohighlevel::recipes::missed_call::compliance::{
///     Candidates, PlaceFacts, QuietHours, When, ZoneTable,
/// };
///
/// // A number of Pensacola: Eastern or Central time, and Florida's 08:00-20:00 in both.
/// let phone = "+18505550100".parse()?;
/// let facts = PlaceFacts { phone: Some(&phone), ..PlaceFacts::default() };
/// let candidates = Candidates::of(&facts, ZoneTable::built_in());
///
/// let evening = "2026-11-21T19:30:00-05:00".parse()?;
/// let decision = QuietHours::built_in().decide(evening, &candidates);
/// assert_eq!(decision.when, When::Now);
///
/// let night = "2026-11-21T20:30:00-05:00".parse()?;
/// let decision = QuietHours::built_in().decide(night, &candidates);
/// assert_eq!(decision.when, When::At("2026-11-22T08:00:00-06:00".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct QuietHours {
    default: Rule,
    states: BTreeMap<State, Rule>,
}

/// The hours and the cap of one place.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    hours: Week,
    closed_on: Vec<ClosedDay>,
    texts_per_24_hours: Option<u32>,
}

/// Whether a text may go out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When it may.
    pub when: When,
    /// Where the person may be: each zone, with what speaks for it.
    pub zones: Vec<(String, PlaceSource)>,
    /// The rules that all had to allow it in every zone.
    pub rules: Vec<RuleName>,
    /// The rule that let it wait or kept it back, if one did: the last of several.
    pub held_by: Option<Hold>,
}

/// When a text may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At once.
    Now,
    /// At the next time that every rule allows, which is later than now and at most [`LONGEST_WAIT`] away. Ask again
    /// then: the person's zone or state may have become known better.
    At(Timestamp),
    /// Not within [`LONGEST_WAIT`]; or there is no zone to tell the time in. Do not send it.
    Never,
}

/// Whose rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleName {
    /// The one that holds everywhere.
    Default,
    /// The one of a state.
    State(State),
}

/// What let a text wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Whose rule it was.
    pub rule: RuleName,
    /// The IANA name of the zone it was applied in.
    pub zone: String,
    /// The window that the text has to wait for; `None` if there is none within reach.
    pub window: Option<Window>,
}

impl QuietHours {
    /// The TOML of the rules that come with the crate, to copy and adapt. It names the source of every rule.
    pub const SOURCE: &'static str = include_str!("quiet_hours.toml");

    /// The rules that come with the crate.
    pub fn built_in() -> &'static Self {
        static RULES: LazyLock<QuietHours> =
            LazyLock::new(|| match QuietHours::from_toml(QuietHours::SOURCE) {
                Ok(rules) => rules,
                // A test reads the rules, so none can be released that fails here.
                Err(error) => unreachable!("the rules are not sound: {error}"),
            });
        &RULES
    }

    /// Reads rules of your own, in the form of [`SOURCE`](Self::SOURCE). Fails with the first thing that is wrong: an
    /// unknown key or state, a window that is none, or a state that stands twice.
    pub fn from_toml(text: &str) -> Result<Self, TableError> {
        let file: File = table::read(TABLE, text)?;
        let mut states = BTreeMap::new();
        for row in file.rule {
            let rule = Rule {
                hours: row.hours,
                closed_on: row.closed_on,
                texts_per_24_hours: row.texts_per_24_hours,
            };
            for state in row.states {
                if states.insert(*state.get_ref(), rule.clone()).is_some() {
                    let what = format!("{} stands here for the second time", state.get_ref());
                    return Err(TableError::new(TABLE, text, Some(state.span()), what));
                }
            }
        }
        Ok(Self {
            default: Rule {
                hours: file.default.hours,
                closed_on: file.default.closed_on,
                texts_per_24_hours: file.default.texts_per_24_hours,
            },
            states,
        })
    }

    /// When a text may go out that is ready `now`: the first time from now on at which the default and the rule of each
    /// candidate state allow it in each candidate zone.
    ///
    /// Windows are those of the local clock. One that begins in an hour which the clock skips begins at the change; one
    /// that begins in an hour which comes twice begins the second time, and ends the first time.
    pub fn decide(&self, now: Timestamp, candidates: &Candidates) -> Decision {
        let rules: Vec<_> = self.rules_for(candidates).collect();
        let latest = now.saturating_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
        let mut at = now;
        let mut held_by = None;
        let mut never = candidates.zones.is_empty();
        // Each round moves on to where some rule opens, until one passes that needs no move.
        'search: while !never {
            for (name, rule) in &rules {
                for candidate in &candidates.zones {
                    let (opens, window) = match rule.allowed_from(at, candidate) {
                        Some((opens, _)) if opens <= at => continue,
                        Some((opens, window)) => (Some(opens), Some(window)),
                        None => (None, None),
                    };
                    held_by = Some(Hold {
                        rule: *name,
                        zone: name_of(candidate),
                        window,
                    });
                    match opens.filter(|opens| *opens <= latest) {
                        Some(opens) => at = opens,
                        None => never = true,
                    }
                    continue 'search;
                }
            }
            break;
        }
        Decision {
            when: match (never, at > now) {
                (true, _) => When::Never,
                (false, true) => When::At(at),
                (false, false) => When::Now,
            },
            zones: candidates
                .zones
                .iter()
                .map(|candidate| (name_of(candidate), candidate.source))
                .collect(),
            rules: rules.iter().map(|(name, _)| *name).collect(),
            held_by,
        }
    }

    /// How many texts the person may get: the smallest number of the default and the candidate states, in 24 hours.
    /// `None` if no rule limits it.
    pub fn cap(&self, candidates: &Candidates) -> Option<Cap> {
        let limits = self.rules_for(candidates);
        let texts = limits
            .filter_map(|(_, rule)| rule.texts_per_24_hours)
            .min()?;
        Some(Cap {
            texts,
            within: SignedDuration::from_hours(24),
        })
    }

    fn rules_for<'r>(
        &'r self,
        candidates: &'r Candidates,
    ) -> impl Iterator<Item = (RuleName, &'r Rule)> {
        let states = candidates.states.iter().filter_map(|candidate| {
            let rule = self.states.get(&candidate.state)?;
            Some((RuleName::State(candidate.state), rule))
        });
        std::iter::once((RuleName::Default, &self.default)).chain(states)
    }
}

impl Rule {
    /// From when on, not before `at`, the rule allows a text in the zone; and in which window.
    fn allowed_from(
        &self,
        at: Timestamp,
        candidate: &CandidateZone,
    ) -> Option<(Timestamp, Window)> {
        let closed = |date: Date| self.closed_on.iter().any(|day| day.is(date));
        // Today, tomorrow, and the day after for a zone whose today is another one.
        let stretch = self
            .hours
            .open_around_or_after(at, &candidate.zone, 3, closed)?;
        Some((stretch.open.start.max(at), stretch.window))
    }
}

fn name_of(candidate: &CandidateZone) -> String {
    candidate.zone.iana_name().unwrap_or("unnamed").to_owned()
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("everywhere"),
            Self::State(state) => write!(f, "in {state}"),
        }
    }
}

/// One sentence for the ledger and for people.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.when {
            When::Now => f.write_str("allowed now")?,
            When::At(at) => write!(f, "allowed from {at}")?,
            When::Never => f.write_str("not allowed within 24 hours")?,
        }
        match &self.held_by {
            Some(Hold { rule, zone, window }) => match window {
                Some(window) => write!(f, ": {rule} {window} in {zone}"),
                None => write!(f, ": {rule} closed in {zone}"),
            },
            None if self.zones.is_empty() => f.write_str(": no time zone is known"),
            None => {
                let zones: Vec<_> = self.zones.iter().map(|(zone, _)| zone.as_str()).collect();
                let rules: Vec<_> = self.rules.iter().map(RuleName::to_string).collect();
                write!(f, ": {} in {}", rules.join(" and "), zones.join(" and "))
            }
        }
    }
}

/// A day without any window: of every year, or of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum ClosedDay {
    Yearly { month: i8, day: i8 },
    Once(Date),
}

impl ClosedDay {
    fn is(self, date: Date) -> bool {
        match self {
            Self::Yearly { month, day } => (date.month(), date.day()) == (month, day),
            Self::Once(once) => date == once,
        }
    }
}

impl TryFrom<String> for ClosedDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let yearly = |text: &str| {
            // A leap year knows every day there is.
            let date: Date = format!("2024-{text}").parse().ok()?;
            Some(Self::Yearly {
                month: date.month(),
                day: date.day(),
            })
        };
        let day = match text.len() {
            5 => yearly(&text),
            _ => text.parse().ok().map(Self::Once),
        };
        day.ok_or_else(|| format!("`{text}` is no day; write 12-25 or 2026-11-26"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: DefaultRow,
    #[serde(default)]
    rule: Vec<StateRow>,
}

/// The source is read by people alone, but asked for: no rule stands without one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultRow {
    hours: Week,
    #[serde(default)]
    closed_on: Vec<ClosedDay>,
    texts_per_24_hours: Option<u32>,
    #[serde(rename = "source")]
    _source: String,
}

/// See [`DefaultRow`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateRow {
    states: Vec<Spanned<State>>,
    hours: Week,
    #[serde(default)]
    closed_on: Vec<ClosedDay>,
    texts_per_24_hours: Option<u32>,
    #[serde(rename = "source")]
    _source: String,
}
