//! The table of keys as a JSON Schema (draft 2020-12), by which editors complete and check a recipe.
//!
//! It knows the form of a recipe and not its sense: whether a step exists that another one names, or a text fits its
//! segments, shows when the recipe is read. It is stricter where the reader accepts several spellings of one thing.

use serde_json::{Map, Value as Json, json};

use super::{ACTIONS, Action, FILE, Key, Keys, NOT_BLANK, STEP, Value, quoted};

/// `PT1H30M`, or numbers with units.
const DURATION: &str = "^([Pp]([0-9]+[WwDd])*([Tt]([0-9.]+[HhMmSs])+)?|at once|immediately|now|half an hour\
     |(([0-9]+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[ -]*\
     (s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)[.]?,?( and)? *)+)$";

const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
const PHONE_NUMBER: &str = "^[+]?[0-9() ./-]{7,25}$";
const COUNTRY: &str = "^[A-Za-z]{2}$";

/// `closed`, `24/7`, or windows with a dash or a word between their times. Times without minutes have `am` or `pm`.
fn hours() -> String {
    let half = " ?[AaPp][.]?([Mm][.]?)?";
    let time = format!("([Nn]oon|[Mm]idnight|[0-9]?[0-9]:[0-9][0-9]({half})?|[0-9]?[0-9]{half})");
    let window = format!("{time} *(-|–|—|to|until|till) *{time}");
    format!("^([Cc]losed|24/7|24 hours|24h|all day|{window}( *[,&] *{window})*)$")
}

/// One day, or the first and the last of several, as keys of `[hours]`.
fn days() -> String {
    let day = "([Mm]on(days?)?|[Tt]ue(s|sdays?)?|[Ww]ed(nesdays?)?|[Tt]hu(r|rs|rsdays?)?|[Ff]ri(days?)?|[Ss]at(urdays?)?\
               |[Ss]un(days?)?)";
    format!(
        "^([Dd]aily|[Ee]veryday|[Ww]eekdays?|[Ww]eekends?|{day}([ _-]+((to|until|through|thru)[ _-]+)?{day})?)$"
    )
}

/// The schema of a recipe.
pub(in super::super) fn json_schema() -> Json {
    let mut schema = object(FILE, None);
    schema.insert(
        "$schema".into(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".into(), json!("Recipe of a missed-call text back"));
    let actions = ACTIONS
        .iter()
        .map(|action| (action.word.to_owned(), step(action)));
    schema.insert("$defs".into(), Json::Object(actions.collect()));
    Json::Object(schema)
}

/// A step with this action.
fn step(action: &Action) -> Json {
    let mut step = object(STEP.iter().chain(action.keys), Some(action.word));
    step.insert("title".into(), json!(action.word));
    step.insert("description".into(), json!(action.doc));
    Json::Object(step)
}

/// A table with these keys and no others; `action` is what `do` must be.
fn object(keys: impl IntoIterator<Item = &'static Key>, action: Option<&str>) -> Map<String, Json> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut has_days = false;
    for key in keys {
        if key.is_required {
            required.push(key.name);
        }
        has_days |= matches!(key.value, Value::Hours);
        let mut property = match (&key.value, action) {
            (Value::Action, Some(word)) => json!({ "const": word }),
            (value, _) => value_schema(value, key.is_required),
        };
        if let Json::Object(property) = &mut property {
            property.insert("description".into(), json!(key.description()));
            if let Some(default) = key.value.default_json() {
                property.insert("default".into(), default);
            }
        }
        properties.insert(key.name.to_owned(), property);
    }
    let mut object = Map::new();
    object.insert("type".into(), json!("object"));
    object.insert("properties".into(), Json::Object(properties));
    if has_days {
        let other_days = Map::from_iter([(days(), value_schema(&Value::Hours, false))]);
        object.insert("patternProperties".into(), Json::Object(other_days));
    }
    object.insert("required".into(), json!(required));
    object.insert("additionalProperties".into(), json!(false));
    object
}

fn value_schema(value: &Value, is_required: bool) -> Json {
    let form = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let list = |items: Json| json!({ "type": "array", "items": items });
    match value {
        Value::Text if is_required => form(NOT_BLANK),
        Value::Text => json!({ "type": "string" }),
        Value::Form(pattern) => form(pattern),
        Value::Line(longest) => {
            json!({ "type": "string", "pattern": "^[^\\n]*[^ \\n][^\\n]*$", "maxLength": longest })
        }
        Value::Template(longest, _) => {
            json!({ "type": "string", "pattern": NOT_BLANK, "maxLength": longest })
        }
        Value::OneOf(..) | Value::Trigger(_) | Value::Action => json!({ "enum": value.words() }),
        Value::Duration { .. } => form(DURATION),
        Value::Count {
            least,
            most: u32::MAX,
            ..
        } => json!({ "type": "integer", "minimum": least }),
        Value::Count { least, most, .. } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Value::Share(most) => {
            json!({ "type": "number", "exclusiveMinimum": 0, "maximum": most })
        }
        Value::Flag(_) => json!({ "type": "boolean" }),
        Value::Date => form(DATE),
        Value::Dates => list(form(DATE)),
        Value::Hours => form(&hours()),
        Value::Texts => list(form(NOT_BLANK)),
        Value::PhoneNumbers => list(form(PHONE_NUMBER)),
        Value::Countries => list(form(COUNTRY)),
        Value::Hints | Value::Triggers => list(json!({ "enum": value.words() })),
        Value::Section(keys) => Json::Object(object(*keys, None)),
        Value::Choice(keys) => choice(keys),
        Value::WordOrChoice(_, keys) => {
            json!({ "oneOf": [{ "enum": value.words() }, choice(keys)] })
        }
        Value::Sections(keys) => list(Json::Object(object(*keys, None))),
        Value::Named(keys, names) => named(names, keys),
        Value::Words(names) => {
            json!({ "type": "object", "propertyNames": { "pattern": names },
                    "additionalProperties": { "type": "string" } })
        }
    }
}

/// Sections whose names the author chooses. A step has the keys of its action.
fn named(names: &str, keys: Keys) -> Json {
    let is_step = keys.iter().any(|key| matches!(key.value, Value::Action));
    let section = if is_step {
        let reference = |action: &Action| json!({ "$ref": format!("#/$defs/{}", action.word) });
        json!({ "oneOf": ACTIONS.iter().map(reference).collect::<Vec<_>>() })
    } else {
        Json::Object(object(keys, None))
    };
    json!({ "type": "object", "propertyNames": { "pattern": names }, "additionalProperties": section })
}

/// A table with exactly one of these keys.
fn choice(keys: Keys) -> Json {
    let mut choice = object(keys, None);
    choice.insert("minProperties".into(), json!(1));
    choice.insert("maxProperties".into(), json!(1));
    Json::Object(choice)
}

impl Key {
    /// What the key means and what its words mean, without its default.
    pub(super) fn meaning(&self) -> String {
        let mut meaning = self.doc.to_owned();
        if let Value::OneOf(words, _) | Value::WordOrChoice(words, _) = &self.value {
            let words: Vec<_> = words
                .iter()
                .map(|(word, doc)| format!("`\"{word}\"`: {doc}"))
                .collect();
            meaning.push_str(&format!(" {}.", words.join("; ")));
        }
        match &self.value {
            Value::Duration { least, most, .. } => {
                meaning.push_str(&format!(" {least} to {most}."))
            }
            Value::Count {
                least,
                most: u32::MAX,
                ..
            } => meaning.push_str(&format!(" From {least}.")),
            Value::Count { least, most, .. } => meaning.push_str(&format!(" {least} to {most}.")),
            Value::Share(most) => meaning.push_str(&format!(" More than 0 and at most {most}.")),
            _ => {}
        }
        meaning
    }

    /// The default in Markdown, or that the key is required.
    pub(super) fn default_text(&self) -> String {
        if self.is_required {
            return "required".to_owned();
        }
        match self.value.default_json() {
            Some(Json::String(word)) => format!("`{}`", quoted(&[&word], "")),
            Some(default) => format!("`{default}`"),
            None => self.absent.to_owned(),
        }
    }

    fn description(&self) -> String {
        let is_section = !self.value.keys().is_empty() && self.value.default_json().is_none();
        if self.is_required || is_section {
            return self.meaning();
        }
        format!("{} Default: {}.", self.meaning(), self.default_text())
    }
}

impl Value {
    fn default_json(&self) -> Option<Json> {
        match self {
            Self::OneOf(_, default) => Some(json!(default)),
            Self::WordOrChoice(words, _) => words.first().map(|(word, _)| json!(word)),
            Self::Duration { default, .. } => Some(json!(default.to_string())),
            Self::Count { default, .. } => default.map(|default| json!(default)),
            Self::Flag(default) => default.map(|default| json!(default)),
            _ => None,
        }
    }
}
