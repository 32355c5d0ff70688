//! When the called person may be texted: the strictest of the rules of every zone and state where the person may be.
//!
//! The rules are in `quiet_hours.toml`, with their sources; this file reads and applies them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::frequency::Cap;
use super::holidays;
use super::jurisdiction::{JurisdictionZone, Jurisdictions, PlaceSource};
use super::region::State;
use super::table::{self, InvalidTable};
use super::weekly_hours::{TimeWindow, WeeklyHours};
use crate::zone_files::ZoneFiles;

const TABLE: &str = "quiet_hours.toml";

/// How long a text may be delayed; a text that would have to wait longer is not sent.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// The rules of when and how often a person may be texted: by state, in addition to a default for everywhere.
///
/// ```
/// use gohighlevel::recipes::missed_call::compliance::{
///     Jurisdictions, PlaceFacts, QuietHours, When, NumberingPlan,
/// };
///
/// // A number of Pensacola: Eastern or Central time, and Florida's 08:00-20:00 in both.
/// let phone = "+18505550100".parse()?;
/// let facts = PlaceFacts { phone: Some(&phone), ..PlaceFacts::default() };
/// let candidates = Jurisdictions::of(&facts, NumberingPlan::built_in());
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
    hours: WeeklyHours,
    closed_on: Vec<ClosedDay>,
    /// Whether a closed day of every year that falls on a weekend is observed on a weekday too.
    observed: bool,
    texts_per_24_hours: Option<u32>,
}

/// Whether a text may go out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursDecision {
    /// When it may go out.
    pub when: When,
    /// Where the person may be: each zone, with its source.
    pub zones: Vec<(String, PlaceSource)>,
    /// The rules, each of which must allow it in every zone.
    pub rules: Vec<RuleName>,
    /// The rule that delays or forbids it, if there is one: the last of several.
    pub held_by: Option<Hold>,
    /// The version of the zone files that the local time is from, as [`ZoneFiles`] shows it, such as `2026e`. Empty in
    /// decisions that were stored before it was kept.
    #[serde(default)]
    pub zone_files: String,
}

/// When a text may go out.
// Exhaustive on purpose: who sends has to handle all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Immediately.
    Now,
    /// At the next time that every rule allows, which is later than now and at most [`LONGEST_WAIT`] away. Ask again
    /// then: more may be known about the person's zone or state.
    At(Timestamp),
    /// Not within [`LONGEST_WAIT`], or no zone is known. Do not send it.
    Never,
}

/// The place of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleName {
    /// The rule for everywhere.
    Default,
    /// The rule of a state.
    State(State),
}

/// What delays a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The rule.
    pub rule: RuleName,
    /// The IANA name of the zone in which it applies.
    pub zone: String,
    /// The window that the text must wait for; `None` if there is none soon enough.
    pub window: Option<TimeWindow>,
}

impl QuietHours {
    /// The TOML of the rules that come with the crate, to copy and adapt. It names the source of every rule.
    pub const SOURCE: &'static str = include_str!("quiet_hours.toml");

    /// The rules that come with the crate.
    pub fn built_in() -> &'static Self {
        static RULES: LazyLock<QuietHours> =
            LazyLock::new(|| match QuietHours::from_toml(QuietHours::SOURCE) {
                Ok(rules) => rules,
                // A test reads the rules, so a release cannot fail here.
                Err(error) => unreachable!("the rules are not valid: {error}"),
            });
        &RULES
    }

    /// Reads rules of your own, in the form of [`SOURCE`](Self::SOURCE). Fails with the first problem: an
    /// unknown key or state, an invalid window, or a state with two rules.
    pub fn from_toml(text: &str) -> Result<Self, InvalidTable> {
        let file: File = table::read(TABLE, text)?;
        let wrong = |state: &Spanned<State>, what| {
            Err(InvalidTable::new(TABLE, text, Some(state.span()), what))
        };
        if let Some(state) = file.default.states.first() {
            return wrong(
                state,
                "the default is for every state; remove `states`".into(),
            );
        }
        let mut states = BTreeMap::new();
        for row in &file.rule {
            let rule = row.rule();
            for state in &row.states {
                if states.insert(*state.get_ref(), rule.clone()).is_some() {
                    let what = format!("{} stands here for the second time", state.get_ref());
                    return wrong(state, what);
                }
            }
        }
        Ok(Self {
            default: file.default.rule(),
            states,
        })
    }

    /// When a text that is ready `now` may go out: the first time at which the default and the rule of each candidate
    /// state allow it in each candidate zone.
    ///
    /// Windows are in local time. A window that begins in an hour which the clock skips begins at the change; a window
    /// that begins in a repeated hour begins the second time, and one that ends in it ends the first time.
    pub fn decide(&self, now: Timestamp, candidates: &Jurisdictions) -> HoursDecision {
        let rules: Vec<_> = self.rules_for(candidates).collect();
        let latest = now.saturating_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
        let mut at = now;
        let mut held_by = None;
        let mut never = candidates.zones.is_empty();
        // Each round moves to the time when some rule allows it, until no rule requires another move.
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
        HoursDecision {
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
            zone_files: ZoneFiles::in_use().to_string(),
        }
    }

    /// How many texts the person may get: the smallest number of the default and the candidate states, in 24 hours.
    /// `None` if no rule limits it.
    pub fn cap(&self, candidates: &Jurisdictions) -> Option<Cap> {
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
        candidates: &'r Jurisdictions,
    ) -> impl Iterator<Item = (RuleName, &'r Rule)> {
        let states = candidates.states.iter().filter_map(|candidate| {
            let rule = self.states.get(&candidate.state)?;
            Some((RuleName::State(candidate.state), rule))
        });
        std::iter::once((RuleName::Default, &self.default)).chain(states)
    }
}

impl Rule {
    /// The first time, not before `at`, when the rule allows a text in the zone; and in which window.
    fn allowed_from(
        &self,
        at: Timestamp,
        candidate: &JurisdictionZone,
    ) -> Option<(Timestamp, TimeWindow)> {
        let closed = |date: Date| {
            let mut days = self.closed_on.iter();
            days.any(|day| day.is(date) || (self.observed && day.is_observed_on(date)))
        };
        // Today, tomorrow, and the day after, because the zone may have another date.
        let stretch = self
            .hours
            .open_around_or_after(at, &candidate.zone, 3, closed)?;
        Some((stretch.open.start.max(at), stretch.window))
    }
}

fn name_of(candidate: &JurisdictionZone) -> String {
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
impl fmt::Display for HoursDecision {
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
        }?;
        if !self.zone_files.is_empty() {
            write!(f, " (zone files {})", self.zone_files)?;
        }
        Ok(())
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

    /// Whether the date is a Friday before, or a Monday after, a day of every year that falls on the weekend.
    fn is_observed_on(self, date: Date) -> bool {
        let neighbour = match date.weekday() {
            Weekday::Friday => date.tomorrow(),
            Weekday::Monday => date.yesterday(),
            _ => return false,
        };
        let of_every_year = matches!(self, Self::Yearly { .. });
        of_every_year && neighbour.is_ok_and(|neighbour| self.is(neighbour))
    }
}

impl TryFrom<String> for ClosedDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let yearly = |text: &str| {
            // A leap year has every day.
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
        day.ok_or_else(|| format!("`{text}` is not a day; write 12-25 or 2026-11-26"))
    }
}

/// The days of a holiday that moves.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Holiday(&'static [Date]);

impl TryFrom<String> for Holiday {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let days = holidays::days_of(&name).map(Self);
        days.ok_or_else(|| {
            format!("`{name}` is not a holiday in holidays.toml; write its days in closed_on")
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: Row,
    #[serde(default)]
    rule: Vec<Row>,
}

/// The source, and the day on which it was read, are for people; the source is required, so that every rule has one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    states: Vec<Spanned<State>>,
    hours: WeeklyHours,
    #[serde(default)]
    closed_on: Vec<ClosedDay>,
    #[serde(default)]
    observed: bool,
    #[serde(default)]
    holidays: Vec<Holiday>,
    texts_per_24_hours: Option<u32>,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "looked_up")]
    _looked_up: Option<Date>,
}

impl Row {
    fn rule(&self) -> Rule {
        let moving = self.holidays.iter().flat_map(|holiday| holiday.0);
        let moving = moving.map(|date| ClosedDay::Once(*date));
        Rule {
            hours: self.hours.clone(),
            closed_on: self.closed_on.iter().copied().chain(moving).collect(),
            observed: self.observed,
            texts_per_24_hours: self.texts_per_24_hours,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// After this many months the sources must be read again before a release.
    const FRESH_FOR_MONTHS: i32 = 18;

    /// The date of the newest release in the changelog, if there has been one.
    fn released(changelog: &str) -> Option<Date> {
        changelog.lines().find_map(|line| {
            let (_, date) = line.strip_prefix("## [")?.split_once("] - ")?;
            date.trim().parse().ok()
        })
    }

    /// The states whose row is older than that when the release comes out; `default` is the first row.
    fn outdated(file: &File, released: Option<Date>) -> Vec<String> {
        let Some(released) = released else {
            return Vec::new();
        };
        std::iter::once(&file.default)
            .chain(&file.rule)
            .filter(|row| {
                let read = row._looked_up.unwrap_or(Date::MIN);
                let good_until = jiff::ToSpan::months(FRESH_FOR_MONTHS);
                read.saturating_add(good_until) < released
            })
            .map(|row| match row.states.first() {
                Some(state) => state.get_ref().to_string(),
                None => "default".to_owned(),
            })
            .collect()
    }

    fn built_in() -> File {
        table::read(TABLE, QuietHours::SOURCE).unwrap()
    }

    #[test]
    fn a_release_needs_recently_read_sources() {
        let changelog = include_str!("../../../../../CHANGELOG.md");
        let old = outdated(&built_in(), released(changelog));
        assert!(
            old.is_empty(),
            "read the sources of these rows in quiet_hours.toml again: {old:?}"
        );
    }

    #[test]
    fn the_age_of_a_row_is_counted_up_to_the_release() {
        let file = built_in();
        let dated = |date: &str| format!("# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - {date}\n");
        let at = |date: &str| outdated(&file, released(&dated(date)));
        assert!(at("2026-12-01").is_empty());
        assert!(at("2028-05-21").is_empty());
        assert!(at("2028-05-22").contains(&"FL".to_owned()));
        assert!(at("2028-06-01").contains(&"default".to_owned()));
        assert_eq!(released("## [Unreleased]\n"), None);
    }

    #[test]
    fn every_row_says_when_its_source_was_read() {
        let file = built_in();
        let rows = std::iter::once(&file.default).chain(&file.rule);
        assert!(rows.clone().count() > 20);
        for row in rows {
            let read = row._looked_up.expect("a row without looked_up");
            assert!(read >= date(2026, 11, 21) && !row._source.is_empty());
        }
    }

    #[test]
    fn days_that_fall_on_a_weekend_are_kept_on_a_weekday_too() {
        let christmas = ClosedDay::try_from("12-25".to_owned()).unwrap();
        // 2027-12-25 is a Saturday, 2033-12-25 a Sunday, 2026-12-25 a Friday.
        assert!(christmas.is_observed_on(date(2027, 12, 24)));
        assert!(christmas.is_observed_on(date(2033, 12, 26)));
        assert!(!christmas.is_observed_on(date(2027, 12, 27)));
        assert!(!christmas.is_observed_on(date(2026, 12, 24)));
        let new_year = ClosedDay::try_from("01-01".to_owned()).unwrap();
        assert!(new_year.is_observed_on(date(2027, 12, 31)));
        let once = ClosedDay::try_from("2027-12-25".to_owned()).unwrap();
        assert!(!once.is_observed_on(date(2027, 12, 24)));
    }
}
