//! What a recipe says and does, before anybody calls: each message in every form that it can take.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Allowed, Assignee, CallFact, FieldValue, NoticeRecipient, NumberLink, Recipe, Step, StepAction,
    StepTrigger, TextStep,
};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::opt_out;
use crate::recipes::missed_call::core::copy::{
    CopyContext, CopyError, Encoding, MergeField, MergeValues, MessageCopy, Rendered, SenderKind,
    Variant, render, render_email,
};
use crate::recipes::missed_call::core::model::StepName;
use crate::secret::Private;

/// All that a recipe says and does, made by [`Recipe::preview`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Preview {
    /// The numbers that the recipe lists, each with its name, and for which nothing is done where it is not active.
    pub numbers: Vec<PreviewedNumber>,
    /// In the order of their names.
    pub steps: Vec<StepPreview>,
}

/// A number of the business.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PreviewedNumber {
    /// The number.
    pub number: PhoneNumber,
    /// What texts call it.
    pub name: Option<String>,
    /// Whether anything is done for calls to it.
    pub active: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StepPreview {
    /// Its name in the recipe.
    pub step: StepName,
    /// What it does, as recipes write it in `do`.
    pub action: &'static str,
    /// When, in words: `2m after the call`.
    pub when: String,
    /// What stands in it besides messages: the name of a tag, the title of a task.
    pub details: Vec<String>,
    /// Each form of its text or e-mail; empty for other actions.
    pub messages: Vec<MessagePreview>,
}

/// One form of a message, and the calls that it is for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MessagePreview {
    /// The name of its words: that of the variant, or of the step.
    pub variant: String,
    /// The experiment in which some callers get these words and others do not.
    pub experiment: Option<String>,
    /// The calls; empty if it is for all that the step is for.
    pub calls: Vec<PreviewedCall>,
    /// Whether HighLevel knows the caller's name; `None` if it makes no difference.
    pub named: Option<bool>,
    /// What is sent, or why nothing is.
    pub outcome: PreviewedOutcome,
}

/// What of a call makes a difference to the words. A fact that makes none is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PreviewedCall {
    /// The number that was called; without it, any that the recipe does not list.
    pub called: Option<PhoneNumber>,
    /// Whether the business was open.
    pub in_hours: Option<bool>,
    /// Whether the caller left a voicemail.
    pub voicemail: Option<bool>,
    /// Whether a call of theirs was missed before.
    pub repeat_caller: Option<bool>,
}

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PreviewedOutcome {
    /// A text.
    #[non_exhaustive]
    Text {
        /// The words, as they are sent.
        body: Private<String>,
        /// `GSM-7` or `UCS-2`.
        encoding: &'static str,
        /// How long it is in that encoding.
        units: usize,
        /// How many segments are billed, together with the line that HighLevel may add.
        segments: usize,
        /// How the text says to opt out.
        opt_out: PreviewedOptOut,
        /// What somebody should look at, and the fields that were left out because there was no room.
        remarks: Vec<String>,
    },
    /// An e-mail.
    #[non_exhaustive]
    Email {
        /// The subject.
        subject: Private<String>,
        /// The body for readers without HTML.
        text: Private<String>,
    },
    /// Nothing is sent, for this reason.
    Refused(String),
}

/// How a text says to opt out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PreviewedOptOut {
    /// The opt-out line was added.
    Line,
    /// Its own words say it.
    OwnWords,
    /// Not at all. HighLevel adds its line to a first text, if the location has that setting on.
    Missing,
}

impl Recipe {
    /// The values that its messages and numbers ask for, in order; without the location's name if the recipe has one.
    pub fn merge_fields(&self) -> BTreeSet<MergeField> {
        let links = self.numbers.listed.values().filter_map(|number| {
            let Some(NumberLink::CustomValue(key)) = &number.link else {
                return None;
            };
            Some(MergeField::CustomValue(key.clone()))
        });
        let fields = self.templates().flat_map(|template| template.fields());
        let has_name = self.display_name.is_some();
        fields
            .filter(|field| !(has_name && **field == MergeField::LocationName))
            .cloned()
            .chain(links)
            .collect()
    }

    /// What the recipe says and does to a caller with these values, and to one without a name: each message for each number that
    /// the recipe lists, and for each kind of call that has words of its own. Whether a caller gets a message at all
    /// depends on consent, hours and opt-outs, which nobody knows beforehand.
    ///
    /// ```
    /// use gohighlevel::recipes::missed_call::{MergeValues, Preset};
    ///
    /// let values = MergeValues { first_name: Some("Rosan".into()), ..MergeValues::default() };
    /// let preview = Preset::HiSkin.recipe().preview(&values);
    /// let text = preview.steps.iter().find(|step| step.action == "text").unwrap();
    /// assert_eq!(text.when, "at once after the call");
    /// assert_eq!(text.messages.len(), 1);
    /// ```
    pub fn preview(&self, values: &MergeValues) -> Preview {
        let numbers = self.numbers.listed.iter();
        Preview {
            numbers: numbers
                .map(|(number, listed)| PreviewedNumber {
                    number: number.clone(),
                    name: listed.name.clone(),
                    active: listed.active,
                })
                .collect(),
            steps: self
                .steps
                .iter()
                .map(|(name, step)| StepPreview {
                    step: name.clone(),
                    action: step.action.word(),
                    when: when(step),
                    details: details(step),
                    messages: Messages::of(self, name, step, values),
                })
                .collect(),
        }
    }

    /// The numbers that can be called and lead to this step; nothing stands for all that the recipe does not list.
    fn called(&self, step: &Step) -> Vec<Option<&PhoneNumber>> {
        let listed = self.numbers.listed.keys().map(Some);
        let for_step = |called: &Option<&PhoneNumber>| {
            let allowed = match self.numbers.allows(*called) {
                Allowed::All => true,
                Allowed::NoMessages => !step.is_message(),
                Allowed::Nothing => false,
            };
            allowed && step.only_for.holds(*called, self.numbers.get(*called))
        };
        listed.chain([None]).filter(for_step).collect()
    }
}

/// The forms of one message, while they are collected.
struct Messages<'a> {
    recipe: &'a Recipe,
    values: &'a MergeValues,
    /// How many calls there are to tell apart.
    calls: usize,
    found: Vec<MessagePreview>,
}

impl<'a> Messages<'a> {
    fn of(
        recipe: &'a Recipe,
        name: &StepName,
        step: &Step,
        values: &'a MergeValues,
    ) -> Vec<MessagePreview> {
        let mut messages = Self {
            recipe,
            values,
            calls: 0,
            found: Vec::new(),
        };
        for called in recipe.called(step) {
            match &step.action {
                StepAction::Text(text) => messages.add_text(name, text, called),
                StepAction::ConfirmOptOut(body) => {
                    let copy = MessageCopy::of_confirmation(recipe, name, body);
                    messages.add(called, &PreviewedCall::default(), &copy, None, |values| {
                        text_of(&copy, values, called)
                    });
                    messages.calls += 1;
                }
                StepAction::Email(email) => {
                    let copy = MessageCopy::of_email(recipe, name, email);
                    messages.add(called, &PreviewedCall::default(), &copy, None, |values| {
                        let email = render_email(&email.subject, &copy, values)?;
                        Ok(PreviewedOutcome::Email {
                            subject: email.subject,
                            text: email.text,
                        })
                    });
                    messages.calls += 1;
                }
                _ => {}
            }
        }
        messages.grouped()
    }

    fn add_text(&mut self, name: &StepName, text: &TextStep, called: Option<&PhoneNumber>) {
        let variants = self.recipe.copies(name, text).unwrap_or_default();
        let asks = |of: fn(&Variant) -> bool| variants.iter().any(of);
        let hours = self.recipe.hours.is_some() && asks(|variant| variant.when.in_hours.is_some());
        let voicemail = asks(|variant| variant.when.voicemail.is_some());
        let repeat = asks(|variant| variant.when.repeat_caller.is_some());
        let number = self.recipe.numbers.get(called);
        for in_hours in answers(hours) {
            for voicemail in answers(voicemail) {
                for repeat_caller in answers(repeat) {
                    let context = CopyContext {
                        called: called.cloned(),
                        in_hours,
                        voicemail: voicemail.unwrap_or_default(),
                        repeat_caller: repeat_caller.unwrap_or_default(),
                        source: number.and_then(|number| number.source.clone()),
                    };
                    let call = PreviewedCall {
                        called: None,
                        in_hours,
                        voicemail,
                        repeat_caller,
                    };
                    for variant in variants.meant(&context) {
                        let copy = &variant.copy;
                        let experiment = variant.arm.as_ref().map(|arm| arm.experiment.clone());
                        let recipe = self.recipe;
                        self.add(called, &call, copy, experiment, |values| {
                            recipe.check_approval(text, copy)?;
                            text_of(copy, values, called)
                        });
                    }
                    self.calls += 1;
                }
            }
        }
    }

    /// Adds a message with and without the caller's name, or once if that makes no difference.
    fn add(
        &mut self,
        called: Option<&PhoneNumber>,
        call: &PreviewedCall,
        copy: &MessageCopy,
        experiment: Option<String>,
        made: impl Fn(&MergeValues) -> Result<PreviewedOutcome, CopyError>,
    ) {
        let mut values = self.values.clone();
        if let Some(number) = self.recipe.numbers.get(called) {
            number.fill(&mut values);
        }
        let nameless = MergeValues {
            first_name: None,
            last_name: None,
            name: None,
            ..values.clone()
        };
        let outcome = |values: &MergeValues| made(values).unwrap_or_else(|error| refused(&error));
        let (with, without) = (outcome(&values), outcome(&nameless));
        let forms = if with == without {
            vec![(None, with)]
        } else {
            vec![(Some(true), with), (Some(false), without)]
        };
        let call = PreviewedCall {
            called: called.cloned(),
            ..call.clone()
        };
        for (named, outcome) in forms {
            let same = |other: &&mut MessagePreview| {
                other.variant == copy.name && other.named == named && other.outcome == outcome
            };
            match self.found.iter_mut().find(same) {
                Some(known) => known.calls.push(call.clone()),
                None => self.found.push(MessagePreview {
                    variant: copy.name.clone(),
                    experiment: experiment.clone(),
                    calls: vec![call.clone()],
                    named,
                    outcome,
                }),
            }
        }
    }

    /// The forms, with no calls named where a form is for all of them.
    fn grouped(mut self) -> Vec<MessagePreview> {
        for message in &mut self.found {
            if message.calls.len() == self.calls {
                message.calls.clear();
            }
        }
        self.found
    }
}

/// Both answers to a question that makes a difference, or none.
fn answers(matters: bool) -> Vec<Option<bool>> {
    if matters {
        vec![Some(true), Some(false)]
    } else {
        vec![None]
    }
}

fn refused(error: &CopyError) -> PreviewedOutcome {
    PreviewedOutcome::Refused(error.to_string())
}

fn text_of(
    copy: &MessageCopy,
    values: &MergeValues,
    called: Option<&PhoneNumber>,
) -> Result<PreviewedOutcome, CopyError> {
    let sender = called.map_or(SenderKind::LongCode, SenderKind::of);
    let Rendered {
        body,
        segments,
        dropped,
        warnings,
        ..
    } = render(copy, values, sender)?;
    let line = copy.opt_out.as_deref();
    let opt_out = match line {
        Some(line) if body.ends_with(line.trim()) => PreviewedOptOut::Line,
        _ if opt_out::tells_how_to_stop(&body) => PreviewedOptOut::OwnWords,
        _ => PreviewedOptOut::Missing,
    };
    let left_out = dropped
        .iter()
        .map(|field| format!("{field} is left out: there is no room for it"));
    Ok(PreviewedOutcome::Text {
        encoding: match segments.encoding() {
            Encoding::Gsm7 => "GSM-7",
            Encoding::Ucs2 => "UCS-2",
        },
        units: segments.units(),
        segments: segments.segments(),
        opt_out,
        remarks: left_out
            .chain(warnings.iter().map(ToString::to_string))
            .collect(),
        body,
    })
}

fn when(step: &Step) -> String {
    let after = if step.after.is_zero() {
        "at once".to_owned()
    } else {
        format!("{:#}", step.after)
    };
    match &step.on {
        StepTrigger::Missed => format!("{after} after the call"),
        StepTrigger::MissedCalls(count) => format!("{after} after missed call {count}"),
        StepTrigger::After(trigger) => format!("{after} after `{}`", trigger.as_str()),
        StepTrigger::NotSent(message) => format!("{after} if `{message}` could not be sent"),
        StepTrigger::NotDelivered(text) => format!("{after} if `{text}` did not arrive"),
    }
}

fn details(step: &Step) -> Vec<String> {
    let whose = |assignee: &Assignee| match assignee {
        Assignee::ContactOwner => "the contact's owner".to_owned(),
        Assignee::Nobody => "nobody in particular".to_owned(),
        Assignee::User(id) => format!("user {id}"),
        Assignee::UserEmail(_) => "the user with the recipe's e-mail address".to_owned(),
    };
    match &step.action {
        StepAction::Text(_) | StepAction::Email(_) | StepAction::ConfirmOptOut(_) => Vec::new(),
        StepAction::Tag(tag) | StepAction::Untag(tag) => vec![tag.name.clone()],
        StepAction::Task(task) => vec![
            task.title.clone(),
            format!(
                "due {:#} later, for {}",
                task.due_after,
                whose(&task.assign_to)
            ),
            "with who called which number, and what was sent".to_owned(),
        ],
        StepAction::CompleteTask(task) => vec![format!("the task of `{task}`")],
        StepAction::Note(note) => {
            let summary = "who called which number and when, and what was sent".to_owned();
            note.body.iter().cloned().chain([summary]).collect()
        }
        StepAction::Fields(fields) => {
            let values = fields.values.iter().map(|(key, value)| match value {
                FieldValue::Words(words) => format!("contact.{key} = {words}"),
                FieldValue::Call(fact) => format!("contact.{key} = {}", word_of(*fact)),
            });
            let source = fields
                .source
                .iter()
                .map(|source| format!("source = {source}"));
            values.chain(source).collect()
        }
        StepAction::Stage(stage) => vec![format!("{} › {}", stage.pipeline, stage.stage)],
        StepAction::DoNotDisturb => vec!["for texts".to_owned()],
        StepAction::Workflow(workflow) => vec![workflow.to_string()],
        StepAction::Assign(user) => vec![whose(user)],
        StepAction::Notify(notify) => {
            let to = match &notify.to {
                NoticeRecipient::Host => "to the service that runs the recipe".to_owned(),
                NoticeRecipient::TextTo(contact) => format!("as a text to contact {contact}"),
                NoticeRecipient::EmailTo(contact) => format!("as an e-mail to contact {contact}"),
            };
            vec![notify.title.clone(), to]
        }
        StepAction::Record(words) => vec![words.clone()],
    }
}

/// A fact of the call, as recipes write it.
fn word_of(fact: CallFact) -> &'static str {
    let known = CallFact::ALL.iter().find(|(_, other)| *other == fact);
    known.map_or("", |(word, _)| word)
}
