//! The steps: what every one of them has, and which deed each does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::MONTH;
use super::numbers::read_only_for;
use super::rules::Compliance;
use super::tag::read_tag;
use super::task::read_task;
use super::text::read_text;
use crate::recipes::missed_call::episode::{Happening, StepName};
use crate::recipes::missed_call::recipe::problem::Fault;
use crate::recipes::missed_call::recipe::reader::{Notes, Section};
use crate::recipes::missed_call::recipe::{Deed, Start, Step};

const DEEDS: &str = "write do = \"text\", do = \"tag\" or do = \"task\"";

pub(super) fn read_steps(
    notes: &mut Notes<'_>,
    section: Option<Section<'_>>,
    compliance: &Compliance,
) -> BTreeMap<StepName, Step> {
    let mut steps = BTreeMap::new();
    let mut reaches_somebody = false;
    let offset = section.as_ref().map_or(0, Section::offset);
    for step in section
        .map(|section| section.sections(notes))
        .unwrap_or_default()
    {
        let name = StepName::new(step.name());
        if name.is_none() {
            step.refuse(notes, Fault::new(
                "not a name for a step",
                "write up to 40 small letters, digits and `_`, beginning with a letter, such as [steps.second_text]",
            ));
        }
        let read = read_step(notes, step, compliance);
        // A step with a mistake in it is there all the same.
        reaches_somebody |= read
            .as_ref()
            .is_none_or(|step| !matches!(step.deed, Deed::Tag(_)));
        if let (Some(name), Some(read)) = (name, read) {
            steps.insert(name, read);
        }
    }
    if !reaches_somebody {
        let fault = Fault::new(
            "no step that texts or makes a task",
            "add one, such as [steps.text] with do = \"text\"",
        );
        notes.at(offset, "steps", fault);
    }
    steps
}

fn read_step(
    notes: &mut Notes<'_>,
    mut section: Section<'_>,
    compliance: &Compliance,
) -> Option<Step> {
    let kind = section.required_text(notes, "do", DEEDS);
    let on = read_start(notes, &mut section);
    let after = section.duration(notes, "after", (SignedDuration::ZERO, MONTH));
    let stops_on = read_stops(notes, &mut section);
    let only_for = read_only_for(notes, &mut section);
    // Without knowing what it does, its other keys cannot be judged.
    let kind = kind?;
    let deed = match kind.value.as_str() {
        "text" => read_text(notes, &mut section, compliance).map(Deed::Text),
        "tag" => read_tag(notes, &mut section).map(Deed::Tag),
        "task" => read_task(notes, &mut section, compliance).map(Deed::Task),
        _ => {
            kind.refuse(notes, Fault::new("not something a step does", DEEDS));
            return None;
        }
    };
    section.finish(notes);
    let deed = deed?;
    let stops_on = stops_on.unwrap_or_else(|| match deed {
        Deed::Text(_) => Happening::ALL
            .into_iter()
            .filter(|happening| *happening != Happening::MissedAgain)
            .collect(),
        Deed::Tag(_) | Deed::Task(_) => BTreeSet::new(),
    });
    Some(Step {
        on,
        only_for,
        after: after.map_or(SignedDuration::ZERO, |after| after.value),
        stops_on,
        deed,
    })
}

fn read_start(notes: &mut Notes<'_>, section: &mut Section<'_>) -> Start {
    let on = section.text(notes, "on");
    let count = section.count(
        notes,
        "count",
        "write how many missed calls it takes, such as count = 3",
    );
    let start = match on.as_ref().map(|on| on.value.as_str()) {
        None | Some("missed") => Some(Start::Missed),
        Some(word) => Happening::from_word(word).map(|happening| match happening {
            Happening::MissedAgain => {
                Start::MissedCalls(count.as_ref().map_or(2, |count| count.value))
            }
            other => Start::After(other),
        }),
    };
    if let (None, Some(on)) = (&start, &on) {
        on.refuse(notes, unknown_happening("\"missed\", "));
    }
    if let Some(count) = &count {
        if !matches!(start, Some(Start::MissedCalls(_))) {
            count.refuse(
                notes,
                Fault::new("a count without on = \"missed_again\"", "remove it"),
            );
        } else if count.value < 2 {
            count.refuse(
                notes,
                Fault::new("less than two", "the first missed call is on = \"missed\""),
            );
        }
    }
    start.unwrap_or(Start::Missed)
}

fn read_stops(notes: &mut Notes<'_>, section: &mut Section<'_>) -> Option<BTreeSet<Happening>> {
    if !section.has("stops_on") {
        return None;
    }
    let mut stops = BTreeSet::new();
    for word in section.texts(notes, "stops_on") {
        match Happening::from_word(&word) {
            Some(happening) => {
                stops.insert(happening);
            }
            None => section.refuse_key(notes, "stops_on", unknown_happening("")),
        }
    }
    Some(stops)
}

fn unknown_happening(besides: &str) -> Fault {
    let words: Vec<_> = Happening::ALL
        .iter()
        .map(|happening| format!("\"{}\"", happening.as_str()))
        .collect();
    Fault::new(
        "not a word for something that happens",
        format!("write one of: {besides}{}", words.join(", ")),
    )
}
