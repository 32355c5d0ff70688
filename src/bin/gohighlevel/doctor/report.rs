//! What the locations lack, grouped: one problem of many locations is shown once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anstyle::Style;
use gohighlevel::recipes::missed_call::{PreflightError, Preset, Problem};
use serde::Serialize;

use super::Examined;
use crate::exit::Exit;
use crate::terminal::{self, BAD, DOUBTFUL, FAINT, GOOD, TITLE, count, styled};

#[derive(Serialize)]
pub(super) struct Report {
    locations: Vec<LocationRow>,
    /// The worst first, and of one kind those of most locations.
    groups: Vec<Group>,
    ready: usize,
    not_ready: usize,
    not_asked: usize,
}

#[derive(Serialize)]
struct LocationRow {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ready,
    NotReady,
    NotAsked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    NotAsked,
    Problem,
    DryRun,
    Warning,
    Hint,
}

/// One remark, and the locations that it is about.
#[derive(Serialize)]
struct Group {
    kind: Kind,
    #[serde(flatten)]
    remark: Remark,
    locations: Vec<String>,
    #[serde(skip)]
    names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Remark {
    /// Where in which recipe.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Place {
    /// The file, or `preset soleil`.
    recipe: String,
    line: usize,
    key: String,
}

impl Report {
    pub(super) fn of(examined: Vec<Examined>) -> Self {
        let mut groups: BTreeMap<(Kind, Remark), Group> = BTreeMap::new();
        let mut locations = Vec::new();
        for location in examined {
            let mut state = State::Ready;
            let id = location.id.to_string();
            let name = location.name.clone().unwrap_or_else(|| id.clone());
            for error in &location.errors {
                let number = number_of(error);
                for (kind, remark) in remarks(error, &id) {
                    state = state.max(kind.state());
                    let group = groups
                        .entry((kind, remark.clone()))
                        .or_insert_with(|| Group::new(kind, remark));
                    group.add(&id, &name, number.as_deref());
                }
            }
            locations.push(LocationRow {
                id,
                name: location.name,
                state,
            });
        }
        let mut groups: Vec<Group> = groups.into_values().collect();
        groups.sort_by_key(|group| (group.kind, usize::MAX - group.locations.len()));
        let number_of = |state| locations.iter().filter(|row| row.state == state).count();
        Self {
            ready: number_of(State::Ready),
            not_ready: number_of(State::NotReady),
            not_asked: number_of(State::NotAsked),
            locations,
            groups,
        }
    }

    pub(super) fn exit(&self) -> Exit {
        if self.not_asked == self.locations.len() {
            Exit::Wrong
        } else if self.not_asked > 0 {
            Exit::Partly
        } else if self.not_ready > 0 {
            Exit::ByHand
        } else {
            Exit::AsWished
        }
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for group in &self.groups {
            group.add_to(&mut out, self.locations.len());
        }
        let all = self.locations.len();
        let (mark, style) = if self.ready == all {
            ("✓", GOOD)
        } else {
            ("✗", BAD)
        };
        let mut parts = vec![format!(
            "{} of {} ready",
            self.ready,
            count(all, "location")
        )];
        if self.not_ready > 0 {
            parts.push(format!("{} not ready", self.not_ready));
        }
        if self.not_asked > 0 {
            parts.push(format!("{} could not be asked", self.not_asked));
        }
        let _ = writeln!(out, "{} {}.", styled(style, mark), parts.join(", "));
        out
    }
}

impl Kind {
    fn state(self) -> State {
        match self {
            Self::NotAsked => State::NotAsked,
            Self::Problem => State::NotReady,
            Self::DryRun | Self::Warning | Self::Hint => State::Ready,
        }
    }

    fn shown(self) -> (&'static str, Style) {
        match self {
            Self::NotAsked => ("not asked", BAD),
            Self::Problem => ("problem", BAD),
            Self::DryRun => ("dry run", BAD),
            Self::Warning => ("warning", DOUBTFUL),
            Self::Hint => ("hint", DOUBTFUL),
        }
    }
}

impl Group {
    fn new(kind: Kind, remark: Remark) -> Self {
        let (locations, names) = (Vec::new(), Vec::new());
        Self {
            kind,
            remark,
            locations,
            names,
        }
    }

    /// Adds a location, with the number of it that has the problem.
    fn add(&mut self, id: &str, name: &str, number: Option<&str>) {
        if self.locations.last().is_none_or(|last| last != id) {
            self.locations.push(id.to_owned());
            self.names.push(name.to_owned());
        }
        if let (Some(number), Some(name)) = (number, self.names.last_mut()) {
            *name = format!("{name} {number}");
        }
    }

    fn add_to(&self, out: &mut String, all: usize) {
        let (word, style) = self.kind.shown();
        let place = self
            .remark
            .place
            .as_ref()
            .map_or_else(String::new, |place| {
                let key = styled(TITLE, &place.key);
                format!("  {}, line {}  {key}", place.recipe, place.line)
            });
        let _ = writeln!(out, "{}{place}", styled(style, word));
        terminal::add(out, "  ", &self.remark.what);
        if let Some(remedy) = &self.remark.remedy {
            terminal::add(out, "  → ", remedy);
        }
        let locations = terminal::named(&self.names, all);
        terminal::add(out, "  ", &styled(FAINT, &format!("in {locations}")));
        out.push('\n');
    }
}

/// The number that a warning is about, as far as it is shown.
fn number_of(error: &PreflightError) -> Option<String> {
    match error {
        PreflightError::Warning { warning, .. } => warning.number().map(ToString::to_string),
        _ => None,
    }
}

/// What an error says, without what differs from location to location.
fn remarks(error: &PreflightError, id: &str) -> Vec<(Kind, Remark)> {
    match error {
        PreflightError::NotReady { problems, .. } => {
            let problems = problems.problems().iter();
            problems
                .map(|problem| (Kind::Problem, of(problem)))
                .collect()
        }
        PreflightError::DryRun { dry_run, .. } => vec![(
            Kind::DryRun,
            Remark {
                place: None,
                what: dry_run.to_string(),
                remedy: Some("to go live, take `dry_run` out of the recipe".to_owned()),
            },
        )],
        PreflightError::Hint { hint, .. } => vec![(Kind::Hint, of(hint))],
        PreflightError::Warning { warning, .. } => {
            let what = match warning.number() {
                // The number stands behind the location.
                Some(_) => warning.advice().to_owned(),
                None => warning.to_string(),
            };
            let (place, remedy) = (None, None);
            vec![(
                Kind::Warning,
                Remark {
                    place,
                    what,
                    remedy,
                },
            )]
        }
        PreflightError::NotChecked { error, .. } => {
            let mut what = error.to_string();
            if let Some(trace) = error.trace_id() {
                what = what.replace(&format!(" [traceId {trace}]"), "");
            }
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                let _ = write!(what, ": {cause}");
                source = cause.source();
            }
            vec![unasked(&what, id)]
        }
        other => vec![unasked(&other.to_string(), id)],
    }
}

fn unasked(what: &str, id: &str) -> (Kind, Remark) {
    let what = what.replace(id, "<LOCATION_ID>");
    let (place, remedy) = (None, None);
    (
        Kind::NotAsked,
        Remark {
            place,
            what,
            remedy,
        },
    )
}

fn of(problem: &Problem) -> Remark {
    Remark {
        place: Some(Place {
            recipe: recipe_of(problem.file()),
            line: problem.line(),
            key: problem.key().to_owned(),
        }),
        what: problem.what().to_owned(),
        remedy: Some(problem.remedy().to_owned()),
    }
}

/// A preset's problems name a file that is on no disk.
fn recipe_of(file: &str) -> String {
    let mut presets = Preset::ALL.iter().map(|preset| preset.name());
    let preset = presets.find(|preset| file.strip_suffix(".toml") == Some(*preset));
    match preset {
        Some(preset) if !Path::new(file).exists() => format!("preset {preset}"),
        _ => file.to_owned(),
    }
}
