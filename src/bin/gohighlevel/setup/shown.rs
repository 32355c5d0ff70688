//! Plans and their ends on a terminal. One failure of many locations is shown once.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};
use gohighlevel::ids::LocationId;
use gohighlevel::setup::{Action, AgencyPlan, Applied, AppliedLocation, Change, Outcome, Style};
use serde::Serialize;

use crate::terminal::{self, BAD, DOUBTFUL, FAINT, GOOD, TITLE, count, styled};

/// What only a person can do.
const BY_HAND: Ansi = AnsiColor::Magenta.on_default();
/// How wide the column of names is.
const NAME: usize = 28;

/// A plan in colours.
pub(super) fn plan(plan: &AgencyPlan, full: bool) -> String {
    let mut out = String::new();
    for line in plan.lines(terminal::width(), full) {
        let mut shown = String::new();
        for span in line {
            shown += &match style_of(span.style) {
                Some(style) => styled(style, &span.text),
                None => span.text,
            };
        }
        let _ = writeln!(out, "{}", shown.trim_end());
    }
    out
}

fn style_of(style: Style) -> Option<Ansi> {
    Some(match style {
        Style::Heading => TITLE,
        Style::Create => GOOD,
        Style::Change => DOUBTFUL,
        Style::Delete | Style::Conflict => BAD,
        Style::Keep => FAINT,
        Style::ByHand => BY_HAND,
        _ => return None,
    })
}

/// What `undo` would do.
pub(super) fn to_put_back(changes: &[(LocationId, Change)], full: bool) -> String {
    let mut locations: Vec<(&LocationId, Vec<&Change>)> = Vec::new();
    for (location, change) in changes {
        match locations.iter_mut().find(|(known, _)| *known == location) {
            Some((_, known)) => known.push(change),
            None => locations.push((location, vec![change])),
        }
    }
    let mut out = String::new();
    for (location, changes) in locations {
        let name = format!("{:<NAME$}", location.as_str());
        let _ = write!(out, "{}", styled(TITLE, &name));
        if full {
            out.push('\n');
            for change in changes {
                let begin = format!("  {} {:<11} ", change.action.sign(), change.kind.word());
                terminal::add(&mut out, &begin, &change.key);
            }
            continue;
        }
        for (action, style) in [
            (Action::Create, GOOD),
            (Action::Change, DOUBTFUL),
            (Action::Delete, BAD),
        ] {
            let number = changes.iter().filter(|it| it.action == action).count();
            if number > 0 {
                let words = format!(" {}{number}", action.sign());
                out += &styled(style, &words);
            }
        }
        out.push('\n');
    }
    out
}

/// How many changes ended how, and all of them, for programs.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    complete: bool,
    done: usize,
    already: usize,
    stale: usize,
    failed: usize,
    unknown: usize,
    by_hand: usize,
    locations: &'a [AppliedLocation],
}

impl<'a> Summary<'a> {
    pub(super) fn of(locations: &'a [AppliedLocation]) -> Self {
        let of = |code: &str| {
            let all = locations.iter().flat_map(|location| &location.changes);
            all.filter(|(_, outcome)| known(outcome).0 == code).count()
        };
        Self {
            complete: locations.iter().all(AppliedLocation::is_complete),
            done: of("done"),
            already: of("already"),
            stale: of("stale"),
            failed: of("failed"),
            unknown: of("unknown"),
            by_hand: of("by_hand"),
            locations,
        }
    }

    fn words(&self) -> String {
        let mut words = vec![format!("{} done", self.done)];
        for (number, what) in [
            (self.already, "as wanted already"),
            (self.by_hand, "for a person"),
            (self.stale, "left alone"),
            (self.failed, "failed"),
            (self.unknown, "not known"),
        ] {
            if number > 0 {
                words.push(format!("{number} {what}"));
            }
        }
        words.join(", ")
    }
}

/// The code of an outcome, and why it ended so.
fn known(outcome: &Outcome) -> (&'static str, &str) {
    match outcome {
        Outcome::Done => ("done", ""),
        Outcome::Already => ("already", ""),
        Outcome::Stale(why) => ("stale", why),
        Outcome::Unknown(why) => ("unknown", why),
        Outcome::ByHand(why) => ("by_hand", why),
        Outcome::Failed(why) => ("failed", why),
        _ => ("failed", ""),
    }
}

/// How a run ended. `undo` is the command that puts it back.
pub(super) fn applied(applied: &Applied, full: bool, undo: Option<&str>) -> String {
    let mut out = String::new();
    for location in &applied.locations {
        let name = format!("{:<NAME$}", location.name);
        let words = Summary::of(std::slice::from_ref(location)).words();
        let _ = writeln!(out, "{} {words}", styled(TITLE, &name));
        if full {
            for (change, outcome) in &location.changes {
                let (mark, style) = mark(outcome);
                let _ = writeln!(
                    out,
                    "  {} {:<11} {}",
                    styled(style, mark),
                    change.kind.word(),
                    change.key
                );
            }
        }
    }
    let groups = groups(applied);
    if !groups.is_empty() {
        out.push('\n');
    }
    for group in groups {
        let begin = format!("{} ", group.mark);
        let names = terminal::named(&group.names, applied.locations.len());
        let mut words = String::new();
        terminal::add(&mut words, &begin, &format!("{} ({names})", group.words));
        out += &words.replacen(group.mark, &styled(group.style, group.mark), 1);
    }
    out.push('\n');
    let summary = Summary::of(&applied.locations);
    let is_left = summary.failed + summary.unknown + summary.stale > 0
        || applied.locations.iter().any(|it| it.stopped.is_some());
    let (mark, style) = match (summary.complete, is_left) {
        (true, _) => ("✓", GOOD),
        (false, true) => ("✗", BAD),
        (false, false) => ("!", BY_HAND),
    };
    let _ = writeln!(
        out,
        "{} {} in {}.",
        styled(style, mark),
        summary.words(),
        count(applied.locations.len(), "location")
    );
    if summary.unknown + summary.failed > 0 {
        out += "Run the same command again: what was done is found, and not done twice.\n";
    }
    if let Some(undo) = undo.filter(|_| summary.done > 0) {
        let _ = writeln!(
            out,
            "{}",
            styled(FAINT, &format!("Put it back with: {undo}"))
        );
    }
    out
}

fn mark(outcome: &Outcome) -> (&'static str, Ansi) {
    match outcome {
        Outcome::Done => ("✓", GOOD),
        Outcome::Already => ("=", FAINT),
        Outcome::Stale(_) => ("?", DOUBTFUL),
        Outcome::ByHand(_) => ("!", BY_HAND),
        _ => ("✗", BAD),
    }
}

/// One remark, and the locations that it is about.
struct Group {
    mark: &'static str,
    style: Ansi,
    words: String,
    names: Vec<String>,
}

fn groups(applied: &Applied) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut add = |mark: &'static str, style: Ansi, words: String, name: &str| match groups
        .iter_mut()
        .find(|group| group.words == words)
    {
        Some(group) => group.names.push(name.to_owned()),
        None => groups.push(Group {
            mark,
            style,
            words,
            names: vec![name.to_owned()],
        }),
    };
    for location in &applied.locations {
        let mut has_failed = false;
        for (change, outcome) in &location.changes {
            let (code, why) = known(outcome);
            has_failed |= matches!(code, "failed" | "unknown");
            if why.is_empty() {
                continue;
            }
            let (mark, style) = mark(outcome);
            let words = format!("{} {}: {why}", change.kind.word(), change.key);
            add(mark, style, words, &location.name);
        }
        if let Some(why) = location.stopped.as_ref().filter(|_| !has_failed) {
            add("✗", BAD, why.clone(), &location.name);
        }
    }
    groups
}
