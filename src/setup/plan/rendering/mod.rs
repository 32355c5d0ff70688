//! The ways in which a plan is shown. All of them say the same.

mod html;
mod markdown;
mod text;

pub use text::{Span, Style};

use super::{Action, AgencyPlan, Change, LocationPlan, Totals};
use crate::setup::thing::{Kind, Thing};

/// The longest text of a value that a line shows, in characters.
const LONGEST: usize = 60;

/// What a change does, in one line: `https://old → https://new`, or what a person has to do.
fn words_of(change: &Change) -> String {
    let shown = match (change.action, &change.before, &change.after) {
        (Action::Create, _, Some(after)) => content(after),
        (Action::Change, Some(before), Some(after))
            if change.kind == Kind::Pipeline || change.kind == Kind::Field =>
        {
            added(change.kind, before, after)
        }
        (Action::Change, Some(before), Some(after)) => {
            format!("{} → {}", content(before), content(after))
        }
        (Action::Delete, Some(before), _) => content(before),
        (Action::Keep, ..) if change.kind == Kind::Recipe => {
            "ready once this plan is applied".to_owned()
        }
        _ => String::new(),
    };
    match (shown.is_empty(), change.because.is_empty()) {
        (_, true) => shown,
        (true, false) => change.because.clone(),
        (false, false) => format!("{shown}; {}", change.because),
    }
}

/// What a thing holds.
fn content(thing: &Thing) -> String {
    if let Some(text) = &thing.text {
        return match text.trim() {
            "" => "(empty)".to_owned(),
            text => shortened(text),
        };
    }
    let parts: Vec<&str> = thing.parts.iter().map(|part| part.name.as_str()).collect();
    let kind = thing.field_type.as_deref().unwrap_or_default();
    format!("{kind} {}", parts.join(" · ")).trim().to_owned()
}

/// The parts that a change adds, and where.
fn added(kind: Kind, before: &Thing, after: &Thing) -> String {
    let what = if kind == Kind::Pipeline {
        "stage"
    } else {
        "option"
    };
    let mut words = Vec::new();
    for (at, part) in after.parts.iter().enumerate() {
        if before.has_part(&part.name) {
            continue;
        }
        let follows = at.checked_sub(1).and_then(|at| after.parts.get(at));
        let place = follows.map_or("first".to_owned(), |part| format!("after {}", part.name));
        words.push(format!("+ {what} {} {place}", part.name));
    }
    words.join(", ")
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// `2 to create, 2 to change, …`; what is zero is left out but for the changes.
fn totals_words(totals: Totals) -> String {
    let mut words = format!(
        "{} to create, {} to change, {} to delete",
        totals.create, totals.change, totals.delete
    );
    for (count, one, several) in [
        (totals.by_hand, "for a person", "for a person"),
        (totals.conflict, "conflict", "conflicts"),
        (totals.failed, "location not read", "locations not read"),
    ] {
        if count > 0 {
            words += &format!(", {count} {}", if count == 1 { one } else { several });
        }
    }
    words + &format!(", {} as they should be.", totals.keep)
}

/// The failures, each once with the locations that it stopped.
fn failures(plan: &AgencyPlan) -> Vec<(&str, Vec<&LocationPlan>)> {
    let mut all: Vec<(&str, Vec<&LocationPlan>)> = Vec::new();
    for location in &plan.locations {
        let Some(why) = location.failure.as_deref() else {
            continue;
        };
        match all.iter_mut().find(|(known, _)| *known == why) {
            Some((_, locations)) => locations.push(location),
            None => all.push((why, vec![location])),
        }
    }
    all
}

/// `12 locations: Loop, Evanston, Uptown and 9 more`.
fn names_of(locations: &[&LocationPlan]) -> String {
    const SHOWN: usize = 3;
    let names: Vec<&str> = locations.iter().map(|it| it.name.as_str()).collect();
    match names.len() {
        0..=SHOWN => names.join(", "),
        more => format!(
            "{more} locations: {} and {} more",
            names[..SHOWN].join(", "),
            more - SHOWN
        ),
    }
}
