//! What is to be done so that a location has what it must have. Pure: it asks nobody.

use super::change::{Action, Change};
use super::require;
use crate::recipes::missed_call::nearest;
use crate::setup::desired::{FieldWish, LinkWish, PipelineWish, ValueRule, ValueWish, Wishes};
use crate::setup::live::Live;
use crate::setup::names;
use crate::setup::thing::{Kind, Part, Thing};

/// Every wish with what is to be done about it, in the order of writing.
pub(in crate::setup) fn diff(wishes: &Wishes, live: &Live) -> Vec<Change> {
    let fields = wishes.fields.iter().map(|wish| field(wish, live));
    let values = wishes.values.iter().map(|wish| value(wish, live));
    let tags = wishes
        .tags
        .iter()
        .map(|wish| tag(wish.name.as_str(), wish.present, live));
    let links = wishes.links.iter().map(|wish| link(wish, live));
    let pipelines = wishes.pipelines.iter().map(|wish| pipeline(wish, live));
    let written = fields
        .chain(values)
        .chain(tags)
        .chain(links)
        .chain(pipelines);
    written.chain(require::diff(wishes, live)).collect()
}

/// The only thing with a key, none, or the change that says that there are several.
fn only<'l>(kind: Kind, key: &str, live: &'l Live) -> Result<Option<&'l Thing>, Change> {
    match live.by_key(kind, key)[..] {
        [] => Ok(None),
        [thing] => Ok(Some(thing)),
        ref several => {
            let names: Vec<String> = several
                .iter()
                .map(|it| format!("\"{}\"", it.name))
                .collect();
            let words = format!(
                "there are {}: rename or delete all but one",
                names.join(" and ")
            );
            Err(Change::new(kind, key, Action::Conflict).because(words))
        }
    }
}

/// Says what has nearly the name of a thing that is about to be made.
fn hint(kind: Kind, key: &str, live: &Live) -> String {
    let all = live.all(kind).iter().map(|thing| thing.key.as_str());
    match nearest(key, all) {
        Some(meant) => format!("`{meant}` is there: did you mean it?"),
        None => String::new(),
    }
}

fn absent(kind: Kind, key: &str, found: Option<&Thing>) -> Change {
    match found {
        Some(thing) => Change::new(kind, key, Action::Delete).from(thing),
        None => Change::new(kind, key, Action::Keep).because("is not there, as wanted"),
    }
}

fn tag(name: &str, present: bool, live: &Live) -> Change {
    let found = match only(Kind::Tag, name, live) {
        Ok(found) => found,
        // HighLevel keeps tags in small letters; where two differ in case, contacts have both.
        Err(_) if present => live.by_key(Kind::Tag, name).first().copied(),
        Err(conflict) => return conflict,
    };
    match (found, present) {
        (found, false) => absent(Kind::Tag, name, found),
        (Some(thing), true) => Change::new(Kind::Tag, name, Action::Keep).from(thing),
        (None, true) => Change::new(Kind::Tag, name, Action::Create)
            .to(Thing::new(name, name))
            .because(hint(Kind::Tag, name, live)),
    }
}

fn value(wish: &ValueWish, live: &Live) -> Change {
    let change = |action| Change::new(Kind::Value, &wish.key, action);
    let found = match only(Kind::Value, &wish.key, live) {
        Ok(found) => found,
        Err(conflict) => return conflict,
    };
    let held = found
        .and_then(|thing| thing.text.as_deref())
        .unwrap_or_default()
        .trim();
    let text = match &wish.rule {
        ValueRule::Absent => return absent(Kind::Value, &wish.key, found),
        ValueRule::Needed => {
            return match found {
                Some(thing) if !held.is_empty() => change(Action::Keep).from(thing),
                _ => change(Action::ByHand).because(format!(
                    "the recipe needs it: write [values.{}] into the file, or fill it in HighLevel",
                    wish.key
                )),
            };
        }
        ValueRule::Default(_) if !held.is_empty() => {
            let kept = found.map(|thing| change(Action::Keep).from(thing));
            let words = "the location's own stays (rule = \"default\")";
            return kept.unwrap_or_else(|| change(Action::Keep)).because(words);
        }
        ValueRule::Default(text) | ValueRule::Set(text) => text,
    };
    let with_text = |mut thing: Thing| {
        thing.text = Some(text.clone());
        thing
    };
    match found {
        Some(thing) if held == text.trim() => change(Action::Keep).from(thing),
        Some(thing) => change(Action::Change)
            .from(thing)
            .to(with_text(thing.clone())),
        None => {
            let twin = live
                .all(Kind::Value)
                .iter()
                .find(|it| names::same(&it.name, &wish.name));
            match twin {
                Some(twin) => change(Action::Conflict).because(format!(
                    "\"{}\" is there with the key {}: write [values.{1}], or rename it",
                    twin.name, twin.key
                )),
                None => change(Action::Create)
                    .to(with_text(Thing::new(&wish.key, &wish.name)))
                    .because(hint(Kind::Value, &wish.key, live)),
            }
        }
    }
}

fn field(wish: &FieldWish, live: &Live) -> Change {
    let change = |action| Change::new(Kind::Field, &wish.key, action);
    let found = match only(Kind::Field, &wish.key, live) {
        Ok(found) => found,
        Err(conflict) => return conflict,
    };
    let Some(thing) = found else {
        let model = wish.model.as_str();
        let of_model = |key: &str| key.split('.').next() == Some(model);
        let mut all = live.all(Kind::Field).iter();
        let twin = all.find(|it| of_model(&it.key) && names::same(&it.name, &wish.name));
        if let Some(twin) = twin {
            return change(Action::Conflict).because(format!(
                "\"{}\" is there with the key {}: write [fields.\"{1}\"], or rename it",
                twin.name, twin.key
            ));
        }
        let mut thing = Thing::new(&wish.key, &wish.name);
        let data_type = wish
            .data_type
            .as_ref()
            .map_or("TEXT", |data_type| data_type.as_str());
        thing.field_type = Some(data_type.to_owned());
        thing.parts = wish.options.iter().map(Part::new).collect();
        return change(Action::Create)
            .to(thing)
            .because(hint(Kind::Field, &wish.key, live));
    };
    if let (Some(wanted), Some(has)) = (&wish.data_type, &thing.field_type)
        && wanted.as_str() != has
    {
        return change(Action::Conflict).from(thing).because(format!(
            "is {has} here, the file says {}: the type cannot change; rename one of the two",
            wanted.as_str()
        ));
    }
    let missing = wish.options.iter().filter(|option| !thing.has_part(option));
    let missing: Vec<Part> = missing.map(Part::new).collect();
    if missing.is_empty() {
        return change(Action::Keep).from(thing);
    }
    let mut after = thing.clone();
    after.parts.extend(missing);
    change(Action::Change).from(thing).to(after)
}

fn link(wish: &LinkWish, live: &Live) -> Change {
    let change = |action| Change::new(Kind::Link, &wish.name, action);
    let found = match only(Kind::Link, &wish.name, live) {
        Ok(found) => found,
        Err(conflict) => return conflict,
    };
    let Some(to) = &wish.to else {
        return absent(Kind::Link, &wish.name, found);
    };
    let leading = |mut thing: Thing| {
        thing.text = Some(to.clone());
        thing
    };
    match found {
        Some(thing) if thing.text.as_deref().is_some_and(|it| it.trim() == to) => {
            change(Action::Keep).from(thing)
        }
        Some(thing) => change(Action::Change)
            .from(thing)
            .to(leading(thing.clone())),
        None => change(Action::Create)
            .to(leading(Thing::new(&wish.name, &wish.name)))
            .because(hint(Kind::Link, &wish.name, live)),
    }
}

fn pipeline(wish: &PipelineWish, live: &Live) -> Change {
    let change = |action| Change::new(Kind::Pipeline, &wish.name, action);
    let found = match only(Kind::Pipeline, &wish.name, live) {
        Ok(Some(thing)) => Some(thing),
        // A recipe may name it by its id.
        Ok(None) => live
            .all(Kind::Pipeline)
            .iter()
            .find(|it| it.id.as_deref() == Some(&wish.name)),
        Err(conflict) => return conflict,
    };
    let Some(thing) = found else {
        let mut thing = Thing::new(&wish.name, &wish.name);
        thing.parts = wish.stages.iter().map(Part::new).collect();
        let hint = hint(Kind::Pipeline, &wish.name, live);
        return change(Action::Create).to(thing).because(hint);
    };
    let is_wanted = |part: &Part| wish.stages.iter().any(|stage| is_stage(part, stage));
    let others = thing.parts.iter().filter(|part| !is_wanted(part));
    let others: Vec<String> = others.map(|part| format!("\"{}\"", part.name)).collect();
    if wish.refuses_others && !others.is_empty() {
        return change(Action::Conflict).from(thing).because(format!(
            "has {} too: add them to the file, or move their opportunities and delete them by hand",
            others.join(", ")
        ));
    }
    let after = with_stages(thing, &wish.stages);
    let kept = match others.is_empty() {
        true => String::new(),
        false => format!("their own stays: {}", others.join(", ")),
    };
    match after.parts.len() == thing.parts.len() {
        true => change(Action::Keep).from(thing).because(kept),
        false => change(Action::Change).from(thing).to(after).because(kept),
    }
}

fn is_stage(part: &Part, stage: &str) -> bool {
    names::same(&part.name, stage) || part.id.as_deref() == Some(stage)
}

/// The pipeline with the stages that it lacks, each after the one that it follows in the file. No stage moves or goes.
fn with_stages(pipeline: &Thing, stages: &[String]) -> Thing {
    let mut after = pipeline.clone();
    let mut next = 0;
    for stage in stages {
        match after.parts.iter().position(|part| is_stage(part, stage)) {
            Some(at) => next = at + 1,
            None => {
                after.parts.insert(next, Part::new(stage));
                next += 1;
            }
        }
    }
    after
}
