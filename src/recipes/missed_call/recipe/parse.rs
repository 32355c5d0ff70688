//! From TOML to a [`Recipe`]: what every key means, its default and its bounds.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU8;

use jiff::SignedDuration;
use toml::de::DeTable;

use super::super::compliance::{CallerLists, Country, clinical, opt_out};
use super::super::copy::lint::{template_link_faults, text_link_faults};
use super::super::copy::{LONGEST_TEXT, MessageCopy, OPT_OUT_LINE, Template};
use super::super::episode::{Happening, StepName};
use super::problem::{Fault, Problem, RecipeError};
use super::reader::{Found, Notes, Section};
use super::{Assignee, CallRules, Deed, Origin, Recipe, Start, Step, TagStep, TaskStep, TextStep};
use crate::ids::UserId;
use crate::phone::PhoneNumber;
use crate::secret::Private;

const NOTHING: SignedDuration = SignedDuration::ZERO;
const SECOND: SignedDuration = SignedDuration::from_secs(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

const DEFAULT_TAG: &str = "missed-call";
/// Longer titles are cut off in HighLevel's task list.
const LONGEST_TITLE: usize = 200;

/// What must not be in any text of the recipe, and when its first one may go out.
struct Compliance {
    hipaa: bool,
    extra: Vec<String>,
    first_text_waits: bool,
}

impl Compliance {
    fn faults(&self, text: &str) -> Vec<Fault> {
        if !self.hipaa {
            return Vec::new();
        }
        clinical::clinical_words(text, &self.extra)
            .into_iter()
            .map(|word| {
                Fault::new(
                    format!("the clinical word `{word}`"),
                    "use words that say nothing about care; compliance.hipaa = false is for businesses outside of \
                     health care",
                )
            })
            .collect()
    }
}

/// The recipe, if it is sound.
pub(super) fn recipe(file: &str, source: &str) -> Result<Recipe, RecipeError> {
    let (recipe, problems) = read(file, source);
    RecipeError::unless_sound(problems)?;
    recipe.ok_or_else(|| {
        // Whatever is missing was noted above; this keeps the promise that a recipe is complete.
        let fault = Fault::new("no name or version", "write both");
        RecipeError::of(Problem::new(file, 1, "name", fault))
    })
}

/// As much of the recipe as can be understood, and all that is wrong with it.
pub(super) fn read(file: &str, source: &str) -> (Option<Recipe>, Vec<Problem>) {
    let (document, errors) = DeTable::parse_recoverable(source);
    let mut notes = Notes::new(file, source);
    if !errors.is_empty() {
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            let what = format!("not TOML: {message}");
            notes.at(offset, "", Fault::new(what, "correct this line"));
        }
        return (None, notes.problems);
    }

    let notes = &mut notes;
    let mut root = Section::root(document.get_ref());
    let name = root.required_text(
        notes,
        "name",
        "write a short name, such as name = \"soleil\"",
    );
    let version = root.required_count(
        notes,
        "version",
        "write version = 1, and one more with every change",
    );
    let business = root.section(notes, "business");
    let call = root.section(notes, "call");
    let callers = root.section(notes, "callers");
    let steps = root.section(notes, "steps");
    let compliance = root.section(notes, "compliance");
    root.finish(notes);

    let rules = read_compliance(notes, compliance);
    let display_name = business.and_then(|section| read_business(notes, section, &rules));
    let call = read_call(notes, call);
    let callers = read_callers(notes, callers);
    let steps = read_steps(notes, steps, &rules);

    let problems = std::mem::take(&mut notes.problems);
    let (Some(name), Some(version)) = (name, version) else {
        return (None, problems);
    };
    let recipe = Recipe {
        name: name.value,
        version,
        fingerprint: fingerprint(source),
        source: source.to_owned(),
        display_name,
        call,
        callers,
        steps,
        hipaa: rules.hipaa,
        first_text_waits: rules.first_text_waits,
        extra_clinical_words: rules.extra,
        origin: Origin {
            file: file.to_owned(),
            lines: std::mem::take(&mut notes.lines),
        },
    };
    (Some(recipe), problems)
}

/// The first 16 hexadecimal digits of the source's SHA-256.
fn fingerprint(source: &str) -> String {
    let mut hex = crate::digest::sha256_hex(source.as_bytes());
    hex.truncate(16);
    hex
}

fn read_compliance(notes: &mut Notes<'_>, section: Option<Section<'_>>) -> Compliance {
    let mut rules = Compliance {
        hipaa: true,
        extra: Vec::new(),
        first_text_waits: false,
    };
    if let Some(mut section) = section {
        rules.hipaa = section.flag(notes, "hipaa").unwrap_or(true);
        rules.extra = section.texts(notes, "extra_clinical_words");
        if let Some(word) = section.text(notes, "first_text") {
            match word.value.as_str() {
                "at_once" => {}
                "waits" => rules.first_text_waits = true,
                _ => word.refuse(
                    notes,
                    Fault::new("neither \"at_once\" nor \"waits\"", "write one of the two"),
                ),
            }
        }
        section.finish(notes);
    }
    rules
}

fn read_business(
    notes: &mut Notes<'_>,
    mut section: Section<'_>,
    compliance: &Compliance,
) -> Option<String> {
    let name = section.text(notes, "display_name");
    section.finish(notes);
    let name = name?;
    if name.value.is_empty() {
        name.refuse(
            notes,
            Fault::new("empty", "write the business's name, or leave the key out"),
        );
    }
    plain(notes, &name, compliance);
    Some(name.value)
}

fn read_call(notes: &mut Notes<'_>, section: Option<Section<'_>>) -> CallRules {
    let mut rules = CallRules {
        max_age: SignedDuration::from_mins(10),
        cooldown: SignedDuration::from_hours(4),
    };
    if let Some(mut section) = section {
        if let Some(max_age) = section.duration(notes, "max_age", (SECOND, DAY)) {
            rules.max_age = max_age.value;
        }
        if let Some(cooldown) = section.duration(notes, "cooldown", (NOTHING, WEEK)) {
            rules.cooldown = cooldown.value;
        }
        section.finish(notes);
    }
    rules
}

const DEEDS: &str = "write do = \"text\", do = \"tag\" or do = \"task\"";

fn read_callers(notes: &mut Notes<'_>, section: Option<Section<'_>>) -> CallerLists {
    let mut lists = CallerLists::default();
    let Some(mut section) = section else {
        return lists;
    };
    for (name, list) in [
        ("own", &mut lists.own),
        ("staff", &mut lists.staff),
        ("blocked", &mut lists.blocked),
        ("landlines", &mut lists.landlines),
    ] {
        for number in section.texts(notes, name) {
            match PhoneNumber::parse(&number) {
                Ok(number) => drop(list.insert(number)),
                // The number itself may be somebody's and stays out of the message.
                Err(_) => section.refuse_key(
                    notes,
                    name,
                    Fault::new(
                        "not a phone number",
                        "write it with its country code, such as \"+13125550100\"",
                    ),
                ),
            }
        }
    }
    if section.has("countries") {
        lists.countries.clear();
        for code in section.texts(notes, "countries") {
            match Country::read(&code) {
                Some(country) => drop(lists.countries.insert(country)),
                None => section.refuse_key(
                    notes,
                    "countries",
                    Fault::new(
                        "not the code of a country",
                        "write two letters of ISO 3166, such as \"US\"",
                    ),
                ),
            }
        }
    }
    section.finish(notes);
    lists
}

fn read_steps(
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
    let after = section.duration(notes, "after", (NOTHING, MONTH));
    let stops_on = read_stops(notes, &mut section);
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
        after: after.map_or(NOTHING, |after| after.value),
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

fn read_text(
    notes: &mut Notes<'_>,
    section: &mut Section<'_>,
    compliance: &Compliance,
) -> Option<TextStep> {
    let body = section.required_text(
        notes,
        "body",
        "write the text, such as body = \"Hi {{ contact.first_name }}, sorry we missed your call.\"",
    );
    let opt_out = section.text(notes, "opt_out");
    let max_segments = read_max_segments(notes, section);
    if let Some(opt_out) = &opt_out {
        if !opt_out::names_stop(&opt_out.value) {
            opt_out.refuse(
                notes,
                Fault::new(
                    "an opt-out line without the word STOP",
                    format!("write such as \"{OPT_OUT_LINE}\""),
                ),
            );
        }
        plain(notes, opt_out, compliance);
    }
    let body = read_body(notes, &body?, compliance);
    Some(TextStep {
        body,
        opt_out: opt_out.map_or_else(|| OPT_OUT_LINE.to_owned(), |line| line.value),
        max_segments,
    })
}

fn read_max_segments(notes: &mut Notes<'_>, section: &mut Section<'_>) -> NonZeroU8 {
    let most = section.count(notes, "max_segments", "write a number from 1 to 10");
    let Some(most) = most else {
        return MessageCopy::DEFAULT_MAX_SEGMENTS;
    };
    let number = u8::try_from(most.value).ok().filter(|number| *number <= 10);
    number.and_then(NonZeroU8::new).unwrap_or_else(|| {
        let fault = Fault::new(
            "more than ten parts, which no carrier takes",
            "write a number from 1 to 10",
        );
        most.refuse(notes, fault);
        MessageCopy::DEFAULT_MAX_SEGMENTS
    })
}

fn read_body(notes: &mut Notes<'_>, body: &Found<String>, compliance: &Compliance) -> Template {
    if body.value.chars().count() > LONGEST_TEXT {
        body.refuse(
            notes,
            Fault::new(
                format!("longer than {LONGEST_TEXT} characters"),
                "keep to 160, which is one part of a text message",
            ),
        );
    }
    let (template, mut faults) = Template::read(&body.value);
    faults.extend(template_link_faults(&template));
    for words in template.spoken() {
        faults.extend(compliance.faults(&words));
    }
    for fault in faults {
        body.refuse(notes, fault);
    }
    template
}

fn read_tag(notes: &mut Notes<'_>, section: &mut Section<'_>) -> Option<TagStep> {
    let name = section.text(notes, "tag");
    let Some(name) = name else {
        return Some(TagStep {
            name: DEFAULT_TAG.to_owned(),
        });
    };
    if name.value.is_empty() || name.value.contains(char::is_control) {
        name.refuse(
            notes,
            Fault::new(
                "not a tag",
                format!("write one line, such as \"{DEFAULT_TAG}\""),
            ),
        );
        return None;
    }
    Some(TagStep {
        name: name.value.to_lowercase(),
    })
}

fn read_task(
    notes: &mut Notes<'_>,
    section: &mut Section<'_>,
    compliance: &Compliance,
) -> Option<TaskStep> {
    let title = section.required_text(
        notes,
        "title",
        "write what the team has to do, such as title = \"Missed call: call back\"",
    );
    let due_after = section.duration(notes, "due_after", (NOTHING, MONTH));
    let assign_to = read_assignee(notes, section);
    let title = title?;
    if title.value.chars().count() > LONGEST_TITLE || title.value.contains(char::is_control) {
        title.refuse(
            notes,
            Fault::new(
                "not a title",
                format!("write one line of at most {LONGEST_TITLE} characters"),
            ),
        );
    }
    plain(notes, &title, compliance);
    Some(TaskStep {
        title: title.value,
        due_after: due_after.map_or(SignedDuration::from_hours(1), |due| due.value),
        assign_to: assign_to?,
    })
}

const ASSIGNEES: &str =
    "write \"contact_owner\", \"nobody\", { user_id = \"…\" } or { user_email = \"…\" }";

/// Without the key, the contact's owner.
fn read_assignee(notes: &mut Notes<'_>, section: &mut Section<'_>) -> Option<Assignee> {
    if !section.has("assign_to") {
        return Some(Assignee::ContactOwner);
    }
    if section.is_table("assign_to") {
        let user = section.section(notes, "assign_to")?;
        return read_user(notes, user);
    }
    let word = section.text(notes, "assign_to")?;
    match word.value.as_str() {
        "contact_owner" => Some(Assignee::ContactOwner),
        "nobody" => Some(Assignee::Nobody),
        _ => {
            word.refuse(notes, Fault::new("not a word for an assignee", ASSIGNEES));
            None
        }
    }
}

fn read_user(notes: &mut Notes<'_>, mut section: Section<'_>) -> Option<Assignee> {
    if section.has("user_id") == section.has("user_email") {
        section.refuse(
            notes,
            Fault::new("not exactly one of user_id and user_email", ASSIGNEES),
        );
    }
    let id = section.text(notes, "user_id");
    let email = section.text(notes, "user_email");
    section.finish(notes);
    if let Some(id) = id {
        match UserId::new(id.value.as_str()) {
            Ok(user) => return Some(Assignee::User(user)),
            Err(_) => id.refuse(
                notes,
                Fault::new(
                    "not the id of a user",
                    "copy the id from HighLevel as it is, without spaces",
                ),
            ),
        }
    }
    let email = email?;
    let sound = !email.value.contains(char::is_whitespace)
        && matches!(email.value.split_once('@'), Some((name, host))
            if !name.is_empty() && host.contains('.') && !host.contains('@'));
    if !sound {
        email.refuse(
            notes,
            Fault::new(
                "not an e-mail address",
                "write the address the user signs in with",
            ),
        );
    }
    Some(Assignee::UserEmail(Private::new(email.value)))
}

/// Checks words that are no template: no braces, sound links, nothing clinical.
fn plain(notes: &mut Notes<'_>, text: &Found<String>, compliance: &Compliance) {
    let mut faults = text_link_faults(&text.value);
    if text.value.contains("{{") || text.value.contains("{%") {
        faults.push(Fault::new(
            "a merge field, and only the body of a text can have one",
            "write plain words",
        ));
    }
    faults.extend(compliance.faults(&text.value));
    for fault in faults {
        text.refuse(notes, fault);
    }
}
