//! Reads the settings file: what all locations must have, with cells of the spreadsheet not yet put in.

use toml::de::DeTable;

use super::needs::{RecipeSource, Safety};
use super::problems::{Place, Problems};
use super::row_template::RowTemplate;
use super::table::{Item, Lines, Table, Words};
use crate::api::custom_fields::{CustomFieldModel, CustomFieldType};
use crate::recipes::missed_call::nearest;
use crate::setup::names;

/// A template with its place.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) template: RowTemplate,
    pub(super) place: Place,
}

/// The form that a text must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Https,
    Phone,
    Email,
}

#[derive(Debug)]
pub(super) struct ValueSpec {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) value: Written,
    pub(super) is_default: bool,
    pub(super) form: Option<Form>,
}

#[derive(Debug)]
pub(super) struct FieldSpec {
    pub(super) key: String,
    pub(super) model: CustomFieldModel,
    pub(super) name: String,
    pub(super) data_type: CustomFieldType,
    pub(super) options: Vec<String>,
}

#[derive(Debug)]
pub(super) struct PipelineSpec {
    pub(super) name: String,
    pub(super) stages: Vec<String>,
    pub(super) refuses_others: bool,
    pub(super) place: Place,
}

#[derive(Debug)]
pub(super) struct WorkflowSpec {
    pub(super) name: Written,
    pub(super) published: bool,
}

/// The settings file.
#[derive(Debug, Default)]
pub(super) struct FileSpec {
    pub(super) company: Option<String>,
    pub(super) locations: Option<Words>,
    pub(super) calling_code: Option<u16>,
    pub(super) defaults: Vec<(String, Words)>,
    pub(super) tags: Vec<Written>,
    pub(super) values: Vec<ValueSpec>,
    pub(super) fields: Vec<FieldSpec>,
    pub(super) pipelines: Vec<PipelineSpec>,
    pub(super) links: Vec<(String, Written)>,
    pub(super) absent_tags: Vec<Words>,
    pub(super) absent_values: Vec<Words>,
    pub(super) absent_links: Vec<Words>,
    pub(super) workflows: Vec<WorkflowSpec>,
    pub(super) users: Vec<Written>,
    pub(super) numbers: Vec<Written>,
    pub(super) by_hand: Vec<String>,
    pub(super) recipe: Option<(RecipeSource, Place)>,
    pub(super) safety: Safety,
}

const ABSENT: &str = "write it under [absent], such as `[absent]` and `tags = [\"old\"]`";

/// The types of fields that can be created, as HighLevel writes them.
const TYPES: [&str; 13] = [
    "TEXT",
    "LARGE_TEXT",
    "NUMERICAL",
    "PHONE",
    "EMAIL",
    "MONETORY",
    "CHECKBOX",
    "SINGLE_OPTIONS",
    "MULTIPLE_OPTIONS",
    "RADIO",
    "DATE",
    "TEXTBOX_LIST",
    "FILE_UPLOAD",
];

impl FileSpec {
    /// As much as can be understood; the problems are reported.
    pub(super) fn read(problems: &mut Problems, file: &str, text: &str) -> Self {
        let lines = Lines::new(file, text);
        let (document, errors) = DeTable::parse_recoverable(text);
        if let Some(error) = errors.first() {
            let offset = error.span().map_or(0, |span| span.start);
            let what = format!("not valid TOML: {}", error.message());
            let remedy = "write `key = \"value\"`, with words in straight quotes, and each key and section once";
            problems.wrong(&lines.place(offset, ""), what, remedy);
            return Self::default();
        }
        let mut root = Table::document(&lines, document.get_ref());
        let mut spec = Self::default();
        spec.agency(problems, &mut root);
        if let Some(defaults) = root.section(problems, "defaults") {
            spec.defaults = defaults.all_texts(problems);
        }
        if let Some(mut tags) = root.section(problems, "tags") {
            let present = tags.texts(problems, "present");
            spec.tags = written(problems, present);
            tags.finish(problems, &[("absent", ABSENT)]);
        }
        if let Some(values) = root.section(problems, "values") {
            let values = values.sections(problems).into_iter();
            spec.values = values
                .filter_map(|(key, value)| value_spec(problems, key, value))
                .collect();
        }
        if let Some(fields) = root.section(problems, "fields") {
            let fields = fields.sections(problems).into_iter();
            spec.fields = fields
                .filter_map(|(key, field)| field_spec(problems, key, field))
                .collect();
        }
        if let Some(pipelines) = root.section(problems, "pipelines") {
            let all = pipelines.sections(problems).into_iter();
            spec.pipelines = all
                .map(|(name, pipeline)| pipeline_spec(problems, name, pipeline))
                .collect();
        }
        if let Some(links) = root.section(problems, "links") {
            for (name, mut link) in links.sections(problems) {
                let to = link.required(problems, "to", "write `to = \"https://…\"`");
                link.finish(problems, &[("absent", ABSENT)]);
                spec.links
                    .extend(to.and_then(|to| Some((name, one_written(problems, to)?))));
            }
        }
        spec.absent(problems, &mut root);
        spec.require(problems, &mut root);
        spec.recipe = root
            .section(problems, "recipe")
            .and_then(|recipe| recipe_spec(problems, recipe));
        if let Some(mut safety) = root.section(problems, "safety") {
            let share = safety.number(problems, "at_most_changed", (0.0, 1.0), 0.3);
            let failed = safety.number(problems, "at_most_failed", (1.0, 1000.0), 5.0);
            spec.safety = Safety {
                at_most_changed: share.unwrap_or(Safety::default().at_most_changed),
                at_most_failed: failed.map_or(Safety::default().at_most_failed, |it| it as usize),
            };
            safety.finish(problems, &[]);
        }
        let elsewhere = [
            ("locations", "write it under [agency]"),
            ("company", "write it under [agency]"),
            ("present", "write it under [tags]"),
            ("workflows", "write it under [require]"),
            ("users", "write it under [require]"),
            ("numbers", "write it under [require]"),
            ("by_hand", "write it under [require]"),
        ];
        root.finish(problems, &elsewhere);
        spec.check_names(problems);
        spec
    }

    fn agency(&mut self, problems: &mut Problems, root: &mut Table<'_>) {
        let Some(mut agency) = root.section(problems, "agency") else {
            let remedy = "write `[agency]` and below it `locations = \"locations.csv\"`";
            problems.wrong(&root.place_of("agency"), "missing", remedy);
            return;
        };
        self.company = agency.text(problems, "company").map(|words| words.text);
        let remedy = "write `locations = \"locations.csv\"`, a file with one row a location";
        self.locations = agency.required(problems, "locations", remedy);
        let code = agency.number(problems, "calling_code", (1.0, 998.0), 1.0);
        self.calling_code = code.map(|code| code as u16);
        agency.finish(problems, &[]);
    }

    fn absent(&mut self, problems: &mut Problems, root: &mut Table<'_>) {
        let Some(mut absent) = root.section(problems, "absent") else {
            return;
        };
        self.absent_tags = absent.texts(problems, "tags");
        self.absent_values = absent.texts(problems, "values");
        self.absent_links = absent.texts(problems, "links");
        let never = |what| {
            (
                what,
                "delete it by hand in HighLevel: its data would be lost with it, for ever",
            )
        };
        absent.finish(
            problems,
            &[never("fields"), never("pipelines"), never("locations")],
        );
    }

    fn require(&mut self, problems: &mut Problems, root: &mut Table<'_>) {
        let Some(mut require) = root.section(problems, "require") else {
            return;
        };
        let shape = "workflows = [{ name = \"…\", status = \"published\" }]";
        for item in require.items(problems, "workflows", shape) {
            let (name, published) = match item {
                Item::Words(words) => (Some(words), true),
                Item::Section(mut section) => {
                    let name = section.required(problems, "name", "write `name = \"…\"`");
                    let statuses = [("published", true), ("any", false)];
                    let published = section.choice(problems, "status", &statuses);
                    section.finish(problems, &[]);
                    (name, published.unwrap_or(true))
                }
            };
            let name = name.and_then(|name| one_written(problems, name));
            self.workflows
                .extend(name.map(|name| WorkflowSpec { name, published }));
        }
        let users = require.texts(problems, "users");
        self.users = written(problems, users);
        let numbers = require.texts(problems, "numbers");
        self.numbers = written(problems, numbers);
        let by_hand = require.texts(problems, "by_hand").into_iter();
        self.by_hand = by_hand.map(|words| words.text).collect();
        require.finish(problems, &[]);
    }

    /// Names that are one as people write them, and what is wanted and unwanted at once.
    fn check_names(&self, problems: &mut Problems) {
        let pipelines = self
            .pipelines
            .iter()
            .map(|it| (it.name.as_str(), &it.place));
        let links = self
            .links
            .iter()
            .map(|(name, to)| (name.as_str(), &to.place));
        for all in [pipelines.collect::<Vec<_>>(), links.collect()] {
            for (at, (name, place)) in all.iter().enumerate() {
                if all
                    .iter()
                    .take(at)
                    .any(|(other, _)| names::same(other, name))
                {
                    let what = format!("`{name}` stands twice, in two spellings");
                    let remedy = "keep one: case and spaces make no difference in HighLevel";
                    problems.wrong(place, what, remedy);
                }
            }
        }
        let both = "decide: either what is to be there, or [absent]";
        for words in &self.absent_values {
            if self.values.iter().any(|value| value.key == words.text) {
                problems.wrong(
                    &words.place,
                    format!("`{}` is also under [values]", words.text),
                    both,
                );
            }
        }
        for words in &self.absent_links {
            if self
                .links
                .iter()
                .any(|(name, _)| names::same(name, &words.text))
            {
                problems.wrong(
                    &words.place,
                    format!("`{}` is also under [links]", words.text),
                    both,
                );
            }
        }
    }
}

fn one_written(problems: &mut Problems, words: Words) -> Option<Written> {
    match RowTemplate::parse(&words.text) {
        Ok(template) => Some(Written {
            template,
            place: words.place,
        }),
        Err(invalid) => {
            problems.wrong(&words.place, invalid.what, invalid.remedy);
            None
        }
    }
}

fn written(problems: &mut Problems, words: Vec<Words>) -> Vec<Written> {
    let all = words.into_iter();
    all.filter_map(|words| one_written(problems, words))
        .collect()
}

fn value_spec(problems: &mut Problems, key: String, mut table: Table<'_>) -> Option<ValueSpec> {
    let inner = key.trim_matches(['{', '}', ' ']);
    let slug = inner
        .strip_prefix("custom_values.")
        .unwrap_or(inner)
        .to_owned();
    if names::key_of(&slug) != slug || slug.is_empty() {
        let remedy = format!("write the key, such as [values.{}]", names::key_of(&slug));
        problems.wrong(
            &table.place(),
            format!("`{key}` is not the key of a custom value"),
            remedy,
        );
    }
    let value = table.required(problems, "value", "write `value = \"…\"`");
    let is_default = table.choice(problems, "rule", &[("set", false), ("default", true)]);
    let forms = [
        ("https", Form::Https),
        ("phone", Form::Phone),
        ("email", Form::Email),
    ];
    let form = table.choice(problems, "check", &forms);
    let name = table.text(problems, "name");
    table.finish(problems, &[("absent", ABSENT)]);
    if let Some(name) = name
        .as_ref()
        .filter(|name| names::key_of(&name.text) != slug)
    {
        let what = format!(
            "HighLevel makes the key `{}` out of this name, not `{slug}`",
            names::key_of(&name.text)
        );
        let remedy = format!(
            "write `name = \"{}\"`, or leave the name out",
            names::name_of(&slug)
        );
        problems.wrong(&name.place, what, remedy);
    }
    Some(ValueSpec {
        name: name.map_or_else(|| names::name_of(&slug), |name| name.text),
        value: value.and_then(|value| one_written(problems, value))?,
        key: slug,
        is_default: is_default.unwrap_or(false),
        form,
    })
}

fn field_spec(problems: &mut Problems, key: String, mut table: Table<'_>) -> Option<FieldSpec> {
    let place = table.place();
    let inner = key.trim_matches(['{', '}', ' ']);
    let (model, slug) = match inner.split_once('.') {
        Some(("contact", slug)) => (CustomFieldModel::Contact, slug.to_owned()),
        Some(("opportunity", slug)) => (CustomFieldModel::Opportunity, slug.to_owned()),
        _ => {
            let remedy = format!(
                "write [fields.\"contact.{}\"] or [fields.\"opportunity.{0}\"]",
                names::key_of(inner)
            );
            problems.wrong(
                &place,
                format!("`{key}` does not say what the field belongs to"),
                remedy,
            );
            (CustomFieldModel::Contact, names::key_of(inner))
        }
    };
    let name = table.text(problems, "name");
    let kind = table.required(problems, "type", "write `type = \"TEXT\"`, or another type");
    let options = table.texts(problems, "options");
    table.finish(problems, &[("absent", ABSENT)]);
    let made = name
        .as_ref()
        .map_or_else(|| slug.clone(), |name| names::key_of(&name.text));
    if made != slug {
        let place = name
            .as_ref()
            .map_or(place.clone(), |name| name.place.clone());
        let what = format!("HighLevel makes the key `{made}` out of this name, not `{slug}`");
        let remedy = format!(
            "write `name = \"{}\"`, or change the key",
            names::name_of(&slug)
        );
        problems.wrong(&place, what, remedy);
    }
    let kind = kind?;
    let Some(known) = TYPES
        .iter()
        .find(|known| known.eq_ignore_ascii_case(&kind.text))
    else {
        let remedy = match nearest(&kind.text.to_uppercase(), TYPES) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("write one of {}", TYPES.join(", ")),
        };
        problems.wrong(&kind.place, format!("unknown type `{}`", kind.text), remedy);
        return None;
    };
    let takes_options = matches!(
        *known,
        "SINGLE_OPTIONS" | "MULTIPLE_OPTIONS" | "RADIO" | "CHECKBOX"
    );
    match (takes_options, options.first()) {
        (true, None) => problems.wrong(
            &place,
            format!("a field of type {known} has no options"),
            "write `options = [\"…\", \"…\"]`",
        ),
        (false, Some(option)) if *known != "TEXTBOX_LIST" => {
            let remedy = "remove them, or write `type = \"SINGLE_OPTIONS\"`";
            problems.wrong(
                &option.place,
                format!("a field of type {known} has options"),
                remedy,
            );
        }
        _ => {}
    }
    no_twins(problems, &options, "option");
    Some(FieldSpec {
        key: format!("{model}.{slug}"),
        model,
        name: name.map_or_else(|| names::name_of(&slug), |name| name.text),
        data_type: CustomFieldType::from(*known),
        options: options.into_iter().map(|option| option.text).collect(),
    })
}

fn pipeline_spec(problems: &mut Problems, name: String, mut table: Table<'_>) -> PipelineSpec {
    let place = table.place();
    let stages = table.texts(problems, "stages");
    let others = table.choice(problems, "others", &[("keep", false), ("refuse", true)]);
    table.finish(
        problems,
        &[(
            "absent",
            "stages are never deleted: opportunities in them would move; do it by hand",
        )],
    );
    if stages.is_empty() {
        problems.wrong(&place, "no stages", "write `stages = [\"New\", \"Won\"]`");
    }
    no_twins(problems, &stages, "stage");
    for stage in stages
        .iter()
        .filter(|stage| stage.text.chars().count() > 255)
    {
        problems.wrong(&stage.place, "longer than 255 characters", "shorten it");
    }
    PipelineSpec {
        name,
        stages: stages.into_iter().map(|stage| stage.text).collect(),
        refuses_others: others.unwrap_or(false),
        place,
    }
}

fn no_twins(problems: &mut Problems, all: &[Words], what: &str) {
    for (at, words) in all.iter().enumerate() {
        if all
            .iter()
            .take(at)
            .any(|other| names::same(&other.text, &words.text))
        {
            let what = format!("the {what} `{}` stands twice", words.text);
            problems.wrong(
                &words.place,
                what,
                "keep one: case and spaces make no difference",
            );
        }
    }
}

fn recipe_spec(problems: &mut Problems, mut table: Table<'_>) -> Option<(RecipeSource, Place)> {
    let place = table.place();
    let preset = table.text(problems, "preset");
    let file = table.text(problems, "file");
    table.finish(problems, &[]);
    match (preset, file) {
        (Some(preset), None) => Some((RecipeSource::Preset(preset.text), preset.place)),
        (None, Some(file)) => Some((RecipeSource::File(file.text), file.place)),
        _ => {
            let remedy = "write `preset = \"soleil\"` or `file = \"clinic.toml\"`";
            problems.wrong(&place, "not exactly one of preset and file", remedy);
            None
        }
    }
}
