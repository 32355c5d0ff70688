//! The storyboard of a recipe: what callers read and the team gets, when, and what starts and stops it. It is made from the
//! recipe alone, with a made-up caller and made-up links.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::written;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::copy::{
    Conditions, MergeField, MergeValues, MessageCopy, SenderKind, render,
};
use crate::recipes::missed_call::core::model::{StepName, Trigger};
use crate::recipes::missed_call::core::recipe::{
    Assignee, NoticeRecipient, NumberLink, Recipe, Step, StepAction, StepTrigger,
};

/// Whom the sample texts greet.
const SAMPLE_NAME: &str = "Rosan";

pub(super) fn view(recipe: &Recipe) -> Value {
    let mut groups: BTreeMap<(u32, String), Vec<(&StepName, &Step)>> = BTreeMap::new();
    for (name, step) in &recipe.steps {
        groups.entry(group(step)).or_default().push((name, step));
    }
    let groups = groups.into_iter().map(|((_, title), mut steps)| {
        steps.sort_by_key(|(name, step)| (step.after, !step.is_text(), (*name).clone()));
        let cards = steps.iter().map(|(name, step)| card(recipe, name, step));
        json!({"title": title, "cards": cards.collect::<Vec<_>>()})
    });
    let lines = recipe.numbers.listed.iter().map(|(number, line)| {
        json!({
            "number": written::caller(Some(number), true),
            "name": line.name, "source": line.source, "priority": line.priority, "active": line.active,
        })
    });
    json!({
        "name": recipe.name(),
        "version": recipe.version(),
        "fingerprint": recipe.fingerprint(),
        "business": recipe.display_name,
        "cooldown": written::duration(recipe.cooldown()),
        "max_age": written::duration(recipe.call.max_age),
        "texts_per_day": recipe.texts_per_day,
        "consent": recipe.later_texts_need_consent,
        "sample_name": SAMPLE_NAME,
        "lines": lines.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(),
        "hints": recipe.hints().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// What the step follows: the order of the group, and its title.
fn group(step: &Step) -> (u32, String) {
    match &step.on {
        StepTrigger::Missed => (0, "A call is missed".to_owned()),
        StepTrigger::MissedCalls(count) => {
            (1, format!("Missed call number {count} of the same caller"))
        }
        StepTrigger::After(trigger) => {
            let order = Trigger::ALL
                .iter()
                .position(|known| known == trigger)
                .unwrap_or(0);
            (
                2 + u32::try_from(order).unwrap_or(0),
                branch(*trigger).to_owned(),
            )
        }
        StepTrigger::NotDelivered(of) => (101, format!("“{of}” is sent and does not arrive")),
        StepTrigger::NotSent(of) => (
            100,
            format!("“{of}” cannot be sent, and the caller may be reached in another way"),
        ),
    }
}

fn branch(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::MissedAgain => "The caller calls again and is not answered",
        Trigger::Answered => "The caller calls again and is answered",
        Trigger::Returned => "The team calls back and reaches the caller",
        Trigger::TeamWrote => "The team writes to the caller",
        Trigger::Replied => "The caller writes back",
        Trigger::Help => "The caller asks for a person",
        Trigger::Booked => "The caller books",
        Trigger::BookingCancelled => "The appointment is cancelled",
        Trigger::Clicked => "The caller opens the link",
        Trigger::TaskDone => "The team completes the task",
        Trigger::OptedOut => "The caller wants no more texts",
        Trigger::Doubtful => "The caller may want no more texts",
        Trigger::HandedOff => "The caller was handed to a person",
        Trigger::Escalated => "The case was escalated",
    }
}

fn card(recipe: &Recipe, name: &StepName, step: &Step) -> Value {
    let (kind, title, facts) = described(&step.action);
    let when = if step.after.is_zero() {
        "at once".to_owned()
    } else {
        format!("after {}", written::duration(step.after))
    };
    let stops = step.stops_on.iter().map(|trigger| stop_word(*trigger));
    let stops: Vec<_> = stops.collect();
    let mut facts = facts;
    if let Some(lines) = lines_of(recipe, step) {
        facts.insert(0, format!("Only for {lines}."));
    }
    if recipe.keeps_quiet_hours(step) {
        facts.push("Waits for an hour at which the person may be texted.".to_owned());
    }
    json!({
        "name": name, "when": when, "kind": kind, "title": title, "facts": facts,
        "stops": stops.join(", "), "bubbles": bubbles(recipe, name, step),
    })
}

fn stop_word(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::MissedAgain => "calls again",
        Trigger::Answered => "is answered",
        Trigger::Returned => "is called back",
        Trigger::TeamWrote => "gets a message of the team",
        Trigger::Replied => "writes",
        Trigger::Help => "asks for a person",
        Trigger::Booked => "books",
        Trigger::BookingCancelled => "cancels",
        Trigger::Clicked => "opens the link",
        Trigger::TaskDone => "is done with (task completed)",
        Trigger::OptedOut => "opts out",
        Trigger::Doubtful => "may opt out",
        Trigger::HandedOff => "is handed over",
        Trigger::Escalated => "is escalated",
    }
}

/// The lines that the step is for, if not all.
fn lines_of(recipe: &Recipe, step: &Step) -> Option<String> {
    let filter = &step.only_for;
    let mut words: Vec<String> = filter
        .numbers
        .iter()
        .map(|number| line_name(recipe, number))
        .collect();
    words.extend(
        filter
            .sources
            .iter()
            .map(|source| format!("callers of “{source}”")),
    );
    words.extend(filter.priority.map(|priority| match priority {
        true => "lines with priority".to_owned(),
        false => "lines without priority".to_owned(),
    }));
    (!words.is_empty()).then(|| words.join(", "))
}

fn line_name(recipe: &Recipe, number: &PhoneNumber) -> String {
    let name = recipe
        .numbers
        .get(Some(number))
        .and_then(|line| line.name.clone());
    name.unwrap_or_else(|| written::caller(Some(number), true))
}

/// The kind of an action, its title, and what else is known.
fn described(action: &StepAction) -> (&'static str, String, Vec<String>) {
    let plain = |kind, title: &str| (kind, title.to_owned(), Vec::new());
    match action {
        StepAction::Text(_) => plain("Text", "The caller gets a text"),
        StepAction::Email(_) => plain("E-mail", "The caller gets an e-mail"),
        StepAction::Tag(tag) => plain("Tag", &format!("The contact gets the tag “{}”", tag.name)),
        StepAction::Untag(tag) => {
            plain("Tag", &format!("The contact loses the tag “{}”", tag.name))
        }
        StepAction::Task(task) => {
            let due = format!(
                "Due {} later, for {}.",
                written::duration(task.due_after),
                assignee(&task.assign_to)
            );
            (
                "Task",
                format!("Task for the team: {}", task.title),
                vec![due],
            )
        }
        StepAction::CompleteTask(of) => plain("Task", &format!("The task of “{of}” is completed")),
        StepAction::Note(_) => plain(
            "Note",
            "A note on the contact says what is known of the call",
        ),
        StepAction::Fields(fields) => {
            let names: Vec<&str> = fields.values.keys().map(String::as_str).collect();
            plain(
                "Fields",
                &format!("Fields of the contact are filled in: {}", names.join(", ")),
            )
        }
        StepAction::Stage(stage) => plain(
            "Stage",
            &format!(
                "The opportunity moves to “{}” in “{}”",
                stage.stage, stage.pipeline
            ),
        ),
        StepAction::ConfirmOptOut(_) => {
            plain("Text", "One text confirms it, unless the carrier does")
        }
        StepAction::DoNotDisturb => plain("Consent", "Do-not-disturb is turned on in HighLevel"),
        StepAction::Workflow(_) => plain("Workflow", "The contact is added to a workflow"),
        StepAction::Assign(user) => plain(
            "Owner",
            &format!("The contact is assigned to {}", assignee(user)),
        ),
        StepAction::Notify(notice) => {
            let how = match notice.to {
                NoticeRecipient::Host => "through the service",
                NoticeRecipient::TextTo(_) => "by text",
                NoticeRecipient::EmailTo(_) => "by e-mail",
            };
            plain(
                "Notice",
                &format!("The team is notified {how}: {}", notice.title),
            )
        }
        StepAction::Record(words) => plain("Record", words),
    }
}

fn assignee(assignee: &Assignee) -> &'static str {
    match assignee {
        Assignee::ContactOwner => "the owner of the contact",
        Assignee::Nobody => "nobody in particular",
        Assignee::User(_) | Assignee::UserEmail(_) => "one user",
    }
}

/// The words of a step as a phone shows them, one bubble for each variant.
fn bubbles(recipe: &Recipe, name: &StepName, step: &Step) -> Vec<Value> {
    match &step.action {
        StepAction::Text(text) => {
            let own = bubble(
                recipe,
                None,
                &MessageCopy::of_step(recipe, name, text),
                None,
            );
            let variants = text.variants.iter().map(|variant| {
                let copy = MessageCopy::of_variant(recipe, text, variant);
                let words = conditions(recipe, &variant.when, variant.arm.is_some());
                bubble(
                    recipe,
                    Some(words),
                    &copy,
                    variant.when.called.iter().next(),
                )
            });
            std::iter::once(own).chain(variants).collect()
        }
        StepAction::ConfirmOptOut(body) => {
            vec![bubble(
                recipe,
                None,
                &MessageCopy::of_confirmation(recipe, name, body),
                None,
            )]
        }
        StepAction::Email(email) => vec![json!({
            "label": "Subject and body, with the names of their fields", "text": format!("{}\n\n{}", email.subject.source(), email.body.source().trim()),
            "length": "", "email": true, "problem": null,
        })],
        _ => Vec::new(),
    }
}

fn bubble(
    recipe: &Recipe,
    label: Option<String>,
    copy: &MessageCopy,
    called: Option<&PhoneNumber>,
) -> Value {
    let values = sample(recipe, copy, called);
    match render(copy, &values, SenderKind::LongCode) {
        Ok(text) => json!({
            "label": label, "text": text.body.as_str(), "email": false, "problem": null,
            "length": format!(
                "{} characters, {}",
                text.body.chars().count(),
                written::many(text.segments.segments() as u64, "message", "messages")
            ),
        }),
        Err(problem) => json!({
            "label": label, "text": copy.body().source(), "email": false, "length": "", "problem": problem.to_string(),
        }),
    }
}

/// The calls that a variant is for.
fn conditions(recipe: &Recipe, when: &Conditions, is_arm: bool) -> String {
    let mut words = Vec::new();
    if !when.called.is_empty() {
        let lines = when.called.iter().map(|number| line_name(recipe, number));
        words.push(format!("for {}", lines.collect::<Vec<_>>().join(", ")));
    }
    if !when.source.is_empty() {
        let sources: Vec<&str> = when.source.iter().map(String::as_str).collect();
        words.push(format!("for callers of {}", sources.join(", ")));
    }
    let mut either = |condition: Option<bool>, yes: &str, no: &str| {
        words.extend(condition.map(|holds| if holds { yes } else { no }.to_owned()));
    };
    either(
        when.repeat_caller,
        "if the person called before",
        "if it is the person's first call",
    );
    either(when.voicemail, "after a voicemail", "without a voicemail");
    either(when.in_hours, "during business hours", "after hours");
    if is_arm {
        words.push("for some callers, by chance".to_owned());
    }
    words.join(", ")
}

/// Values for a sample text to a caller of this line, else of the first one that is in use.
fn sample(recipe: &Recipe, copy: &MessageCopy, called: Option<&PhoneNumber>) -> MergeValues {
    let custom = copy.body().fields().filter_map(|field| match field {
        MergeField::CustomValue(key) => Some(key.clone()),
        _ => None,
    });
    let mut links: Vec<String> = custom.collect();
    links.extend(
        recipe
            .numbers
            .listed
            .values()
            .filter_map(|line| match &line.link {
                Some(NumberLink::CustomValue(key)) => Some(key.clone()),
                _ => None,
            }),
    );
    let named = |key: &String| {
        let is_link = ["link", "url", "calend", "book"]
            .iter()
            .any(|word| key.contains(word));
        if is_link {
            "https://book.example/visit".to_owned()
        } else {
            format!("[{}]", key.replace('_', " "))
        }
    };
    let mut values = MergeValues {
        first_name: Some(SAMPLE_NAME.into()),
        location_name: Some("Your business".to_owned()),
        location_phone: Some("(312) 555-0100".to_owned()),
        custom_values: links.iter().map(|key| (key.clone(), named(key))).collect(),
        ..MergeValues::default()
    };
    let listed = recipe.numbers.get(called);
    let first = || recipe.numbers.listed.values().find(|line| line.active);
    if let Some(line) = listed.or_else(first) {
        line.fill(&mut values);
    }
    values
}
