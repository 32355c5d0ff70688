//! What holds of every difference, whatever is wanted and whatever is there.

use proptest::prelude::*;

use super::change::Action;
use super::diff;
use crate::api::custom_fields::{CustomFieldModel, CustomFieldType};
use crate::api::tags::TagName;
use crate::setup::desired::{
    FieldWish, LinkWish, PipelineWish, TagWish, ValueRule, ValueWish, Wishes,
};
use crate::setup::live::Live;
use crate::setup::names;
use crate::setup::thing::{Kind, Part, Thing};

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
