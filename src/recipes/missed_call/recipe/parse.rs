//! From TOML to a [`Recipe`]: what every key means, its default and its bounds.

use jiff::SignedDuration;
use toml::de::DeTable;

use super::super::compliance::{clinical, opt_out};
use super::super::copy::lint::{template_link_faults, text_link_faults};
use super::super::copy::{LONGEST_TEXT, Template};
use super::problem::{Fault, Problem, RecipeError};
use super::reader::{Found, Notes, Section};
use super::{Assignee, CallRules, Origin, Recipe, TagStep, TaskStep, TextStep};
use crate::ids::UserId;
use crate::secret::Private;

const NOTHING: SignedDuration = SignedDuration::ZERO;
const SECOND: SignedDuration = SignedDuration::from_secs(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

const DEFAULT_OPT_OUT: &str = "Reply STOP to opt out.";
const DEFAULT_TAG: &str = "missed-call";
/// Longer titles are cut off in HighLevel's task list.
const LONGEST_TITLE: usize = 200;

/// The words that must not be in any text of the recipe.
struct Clinical {
    hipaa: bool,
    extra: Vec<String>,
}

impl Clinical {
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
    let text = root.section(notes, "text");
    let tag = root.section(notes, "tag");
    let task = root.section(notes, "task");
    let compliance = root.section(notes, "compliance");
    if !root.is_table("text") && !root.is_table("task") {
        let fault = Fault::new(
            "neither a [text] nor a [task] section",
            "add at least one of them",
        );
        notes.at(0, "text", fault);
    }
    root.finish(notes);

    let clinical = read_compliance(notes, compliance);
    let display_name = business.and_then(|section| read_business(notes, section, &clinical));
    let call = read_call(notes, call);
    let text = text.and_then(|section| read_text(notes, section, &call, &clinical));
    let tag = tag.and_then(|section| read_tag(notes, section));
    let task = task.and_then(|section| read_task(notes, section, &clinical));

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
        text,
        tag,
        task,
        hipaa: clinical.hipaa,
        extra_clinical_words: clinical.extra,
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

fn read_compliance(notes: &mut Notes<'_>, section: Option<Section<'_>>) -> Clinical {
    let mut clinical = Clinical {
        hipaa: true,
        extra: Vec::new(),
    };
    if let Some(mut section) = section {
        clinical.hipaa = section.flag(notes, "hipaa").unwrap_or(true);
        clinical.extra = section.texts(notes, "extra_clinical_words");
        section.finish(notes);
    }
    clinical
}

fn read_business(
    notes: &mut Notes<'_>,
    mut section: Section<'_>,
    clinical: &Clinical,
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
    plain(notes, &name, clinical);
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

fn read_text(
    notes: &mut Notes<'_>,
    mut section: Section<'_>,
    call: &CallRules,
    clinical: &Clinical,
) -> Option<TextStep> {
    let after = section.duration(notes, "after", (NOTHING, DAY));
    if let Some(after) = &after
        && after.value >= call.max_age
    {
        after.refuse(
            notes,
            Fault::new(
                "not before call.max_age, so that every text would be too old to send",
                "make it shorter, or call.max_age longer",
            ),
        );
    }
    let body = section.required_text(
        notes,
        "body",
        "write the text, such as body = \"Hi {{ contact.first_name }}, sorry we missed your call.\"",
    );
    let opt_out = section.text(notes, "opt_out");
    section.finish(notes);

    if let Some(opt_out) = &opt_out {
        if !opt_out::names_stop(&opt_out.value) {
            opt_out.refuse(
                notes,
                Fault::new(
                    "an opt-out line without the word STOP",
                    format!("write such as \"{DEFAULT_OPT_OUT}\""),
                ),
            );
        }
        plain(notes, opt_out, clinical);
    }
    let body = read_body(notes, &body?, clinical);
    Some(TextStep {
        after: after.map_or(NOTHING, |after| after.value),
        body,
        opt_out: opt_out.map_or_else(|| DEFAULT_OPT_OUT.to_owned(), |line| line.value),
    })
}

fn read_body(notes: &mut Notes<'_>, body: &Found<String>, clinical: &Clinical) -> Template {
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
        faults.extend(clinical.faults(&words));
    }
    for fault in faults {
        body.refuse(notes, fault);
    }
    template
}

fn read_tag(notes: &mut Notes<'_>, mut section: Section<'_>) -> Option<TagStep> {
    let name = section.text(notes, "name");
    section.finish(notes);
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
    mut section: Section<'_>,
    clinical: &Clinical,
) -> Option<TaskStep> {
    let title = section.required_text(
        notes,
        "title",
        "write what the team has to do, such as title = \"Missed call: call back\"",
    );
    let due_after = section.duration(notes, "due_after", (NOTHING, MONTH));
    let assign_to = read_assignee(notes, &mut section);
    section.finish(notes);

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
    plain(notes, &title, clinical);
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
fn plain(notes: &mut Notes<'_>, text: &Found<String>, clinical: &Clinical) {
    let mut faults = text_link_faults(&text.value);
    if text.value.contains("{{") || text.value.contains("{%") {
        faults.push(Fault::new(
            "a merge field, and only text.body can have one",
            "write plain words",
        ));
    }
    faults.extend(clinical.faults(&text.value));
    for fault in faults {
        text.refuse(notes, fault);
    }
}
