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
        .map(|wish| tag(wish, live));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::api::custom_fields::{CustomFieldModel, CustomFieldType};
    use crate::api::tags::TagName;
    use crate::setup::desired::TagWish;

    const NAMES: [&str; 6] = ["alpha", "Alpha", "beta", "Beta  one", "beta one", "gamma"];

    fn name() -> impl Strategy<Value = String> {
        prop::sample::select(&NAMES[..]).prop_map(str::to_owned)
    }

    fn thing(kind: Kind) -> impl Strategy<Value = Thing> {
        (
            name(),
            prop::option::of("[ab]{0,2}"),
            prop::collection::vec(name(), 0..4),
        )
            .prop_map(move |(name, text, parts)| {
                let key = match kind {
                    Kind::Field => format!("contact.{}", names::key_of(&name)),
                    Kind::Value => names::key_of(&name),
                    _ => name.clone(),
                };
                let mut thing = Thing::new(&key, &name);
                thing.id = Some(format!("id-{key}"));
                match kind {
                    Kind::Value | Kind::Link => thing.text = Some(text.unwrap_or_default()),
                    Kind::Field => {
                        thing.field_type =
                            Some(if parts.is_empty() { "TEXT" } else { "RADIO" }.to_owned())
                    }
                    _ => {}
                }
                if matches!(kind, Kind::Field | Kind::Pipeline) {
                    thing.parts = parts.into_iter().map(Part::new).collect();
                }
                thing
            })
    }

    fn live() -> impl Strategy<Value = Live> {
        let all = |kind| prop::collection::vec(thing(kind), 0..4);
        (
            all(Kind::Field),
            all(Kind::Value),
            all(Kind::Tag),
            all(Kind::Link),
            all(Kind::Pipeline),
        )
            .prop_map(|(fields, values, tags, links, pipelines)| {
                let mut live = Live::default();
                live.put(Kind::Field, fields);
                live.put(Kind::Value, values);
                live.put(Kind::Tag, tags);
                live.put(Kind::Link, links);
                live.put(Kind::Pipeline, pipelines);
                live
            })
    }

    fn rule() -> impl Strategy<Value = ValueRule> {
        prop_oneof![
            "[ab]{1,2}".prop_map(ValueRule::Set),
            "[ab]{1,2}".prop_map(ValueRule::Default),
            Just(ValueRule::Needed),
            Just(ValueRule::Absent),
        ]
    }

    /// Wishes as a checked file gives them: no two for one thing.
    fn wishes() -> impl Strategy<Value = Wishes> {
        let tags = prop::collection::btree_map(name(), any::<bool>(), 0..4);
        let values = prop::collection::btree_map(name(), rule(), 0..4);
        let fields = prop::collection::btree_map(name(), prop::collection::vec(name(), 0..3), 0..3);
        let stages = prop::collection::vec(name(), 1..4);
        let pipelines = prop::collection::btree_map(name(), (stages, any::<bool>()), 0..3);
        let links = prop::collection::btree_map(name(), prop::option::of("[ab]{1,2}"), 0..3);
        (tags, values, fields, pipelines, links).prop_map(|(tags, values, fields, pipelines, links)| {
            let mut wishes = Wishes::default();
            let mut seen: Vec<(Kind, String)> = Vec::new();
            let mut is_new = |kind, name: &str| {
                let place = (kind, names::folded(&names::key_of(name)));
                let is_new = !seen.contains(&place);
                seen.push(place);
                is_new
            };
            for (name, present) in tags.into_iter().filter(|(name, _)| is_new(Kind::Tag, name)) {
                let name = TagName::new(&name).unwrap();
                wishes.tags.push(TagWish { name, present });
            }
            for (name, rule) in values
                .into_iter()
                .filter(|(name, _)| is_new(Kind::Value, name))
            {
                let key = names::key_of(&name);
                wishes.values.push(ValueWish { key, name, rule });
            }
            for (name, mut options) in fields
                .into_iter()
                .filter(|(name, _)| is_new(Kind::Field, name))
            {
                options.dedup_by(|one, other| names::same(one, other));
                let data_type = if options.is_empty() { "TEXT" } else { "RADIO" };
                wishes.fields.push(FieldWish {
                    model: CustomFieldModel::Contact,
                    key: format!("contact.{}", names::key_of(&name)),
                    name,
                    data_type: Some(CustomFieldType::from(data_type)),
                    options,
                });
            }
            for (name, (stages, refuses_others)) in pipelines
                .into_iter()
                .filter(|(name, _)| is_new(Kind::Pipeline, name))
            {
                wishes.pipelines.push(PipelineWish {
                    name,
                    stages,
                    refuses_others,
                });
            }
            for (name, to) in links
                .into_iter()
                .filter(|(name, _)| is_new(Kind::Link, name))
            {
                wishes.links.push(LinkWish { name, to });
            }
            wishes
        })
    }

    proptest! {
        /// What is applied leaves nothing to apply.
        #[test]
        fn applied_once_there_is_nothing_to_do(wishes in wishes(), live in live()) {
            let mut after = live.clone();
            for change in diff(&wishes, &live).iter().filter(|change| change.action.writes()) {
                after.set(change.kind, change.thing_key(), change.after.clone());
            }
            let again = diff(&wishes, &after);
            let left: Vec<_> = again.iter().filter(|change| change.action.writes()).collect();
            prop_assert!(left.is_empty(), "{left:?}");
        }

        /// No stage and no option is ever lost or moved before another.
        #[test]
        fn parts_stay_in_their_order(wishes in wishes(), live in live()) {
            for change in diff(&wishes, &live) {
                if let (Action::Change, Some(before), Some(after)) = (change.action, &change.before, &change.after) {
                    let kept: Vec<_> = after.parts.iter().filter(|part| before.parts.contains(part)).collect();
                    let had: Vec<_> = before.parts.iter().collect();
                    prop_assert_eq!(kept, had);
                }
            }
        }

        /// Nothing is deleted that is not wished to be absent, and no pipeline or field ever is.
        #[test]
        fn only_absent_deletes(wishes in wishes(), live in live()) {
            for change in diff(&wishes, &live).iter().filter(|change| change.action == Action::Delete) {
                let wished = match change.kind {
                    Kind::Tag => wishes.tags.iter().any(|wish| !wish.present && wish.name.as_str() == change.key),
                    Kind::Value => wishes.values.iter().any(|wish| wish.rule == ValueRule::Absent && wish.key == change.key),
                    Kind::Link => wishes.links.iter().any(|wish| wish.to.is_none() && wish.name == change.key),
                    _ => false,
                };
                prop_assert!(wished, "{change:?}");
            }
        }
    }

    #[test]
    fn what_is_done_about_each_thing() {
        let live = |kind: Kind, things: &[(&str, Option<&str>, &[&str])]| {
            let mut live = Live::default();
            let things = things.iter().map(|(key, text, parts)| {
                let name = key.rsplit('.').next().unwrap_or(key).replace('_', " ");
                let mut thing = Thing::new(*key, name);
                thing.id = Some(format!("id-{key}"));
                thing.text = text.map(str::to_owned);
                thing.field_type = (kind == Kind::Field).then(|| "TEXT".to_owned());
                thing.parts = parts.iter().map(|part| Part::new(*part)).collect();
                thing
            });
            live.put(kind, things.collect());
            live
        };
        let pipeline = |stages: &[&str], refuses_others| Wishes {
            pipelines: vec![PipelineWish {
                name: "Missed calls".into(),
                stages: stages.iter().map(|stage| (*stage).to_owned()).collect(),
                refuses_others,
            }],
            ..Wishes::default()
        };
        let value = |rule| Wishes {
            values: vec![ValueWish {
                key: "offer".into(),
                name: "Offer".into(),
                rule,
            }],
            ..Wishes::default()
        };
        let field = |data_type: &str| Wishes {
            fields: vec![FieldWish {
                model: CustomFieldModel::Contact,
                key: "contact.source".into(),
                name: "Source".into(),
                data_type: Some(CustomFieldType::from(data_type)),
                options: Vec::new(),
            }],
            ..Wishes::default()
        };
        let set = |text: &str| value(ValueRule::Set(text.into()));
        let default = |text: &str| value(ValueRule::Default(text.into()));
        let values = |things| live(Kind::Value, things);
        let pipelines = |things| live(Kind::Pipeline, things);
        for (wishes, live, action, words) in [
            (set("x"), values(&[]), Action::Create, ""),
            (
                set("x"),
                values(&[("ofer", Some("y"), &[])]),
                Action::Create,
                "`ofer` is there",
            ),
            (
                set("x"),
                values(&[("offer", Some(" x"), &[])]),
                Action::Keep,
                "",
            ),
            (
                set("x"),
                values(&[("Offer", Some("y"), &[])]),
                Action::Change,
                "",
            ),
            (
                default("x"),
                values(&[("offer", Some("y"), &[])]),
                Action::Keep,
                "own stays",
            ),
            (
                default("x"),
                values(&[("offer", Some(" "), &[])]),
                Action::Change,
                "",
            ),
            (
                value(ValueRule::Needed),
                values(&[("offer", Some(""), &[])]),
                Action::ByHand,
                "recipe needs it",
            ),
            (
                value(ValueRule::Absent),
                values(&[("offer", Some("y"), &[])]),
                Action::Delete,
                "",
            ),
            (
                value(ValueRule::Absent),
                values(&[]),
                Action::Keep,
                "is not there",
            ),
            (
                field("RADIO"),
                live(Kind::Field, &[("contact.source", None, &[])]),
                Action::Conflict,
                "is TEXT here",
            ),
            (
                field("TEXT"),
                live(Kind::Field, &[("contact.source_1", None, &[])]),
                Action::Create,
                "did you mean it",
            ),
            (
                pipeline(&["New"], false),
                pipelines(&[]),
                Action::Create,
                "",
            ),
            (
                pipeline(&["new"], false),
                pipelines(&[(" MISSED  calls", None, &["New", "VIP"])]),
                Action::Keep,
                "\"VIP\"",
            ),
            (
                pipeline(&["New"], true),
                pipelines(&[("missed calls", None, &["New", "VIP"])]),
                Action::Conflict,
                "\"VIP\"",
            ),
            (
                pipeline(&["New"], false),
                pipelines(&[
                    ("missed calls", None, &["New"]),
                    ("Missed Calls", None, &["New"]),
                ]),
                Action::Conflict,
                "rename or delete",
            ),
        ] {
            let changes = diff(&wishes, &live);
            let [change] = &changes[..] else {
                panic!("{changes:?}")
            };
            assert_eq!(change.action, action, "{change:?}");
            assert!(change.because.contains(words), "{change:?}");
        }
        let changes = diff(
            &pipeline(&["New", "Texted", "Replied", "Lost"], false),
            &pipelines(&[("Missed calls", None, &["new", "VIP", "Replied"])]),
        );
        let after = changes[0].after.as_ref().unwrap();
        let stages: Vec<&str> = after.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(stages, ["new", "Texted", "VIP", "Replied", "Lost"]);
    }
}
