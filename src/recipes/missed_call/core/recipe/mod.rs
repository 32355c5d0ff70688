//! The checked configuration of a missed-call text back.
//!
//! A recipe is a TOML text in UTF-8. A [`Recipe`] exists only if everything in it was checked. Episodes, stores and the
//! engine read it and never change it.
//!
//! # The file
//!
#![doc = include_str!("keys/keys.md")]
//!
//! A text takes its most specific variant: one for the number before one for the source, then for repeat callers, for
//! voicemails, for hours; the step's own body where no variant fits. Texts and e-mails are [templates](Template).
//!
//! A text that follows the first call within `call.max_age` answers the call: it is not sent when the call is older than
//! that. Any other text may be late by the same time, and also waits up to a day for an hour at which the person may be
//! texted ([`QuietHours`](super::compliance::QuietHours)). Durations are written as `"2 hours"`, `"90 min"`, `"60 s"` and
//! `"1 day"` (which is 24 hours), or as in ISO 8601: `"PT1H30M"`.
//!
//! # An experiment
//!
//! `[experiment]` holds the text back from a share of callers, to see what the text brings. It is off unless the section is
//! there, and it ends by itself. Only texts that follow the call are held back: tags, tasks, notices and e-mails are the
//! same for both arms, and a caller who writes is answered as ever. The recipe must have a step beside the text that tells
//! the team of the same calls. A caller has the arm that follows from their number, at each call. They are assigned when
//! nothing else forbids the text, in the same way for both arms.
//!
//! These callers always get the text and take no part: those who call again within the cooldown before the text is decided,
//! who left a voicemail (nobody has heard yet whether it is an emergency), whose call is to a number with `priority`, and
//! those whom `never` and `never_tags` list. A caller from whom the text was held back and who calls again within the
//! cooldown gets it then; reports still count them in their arm
//! ([`ExperimentReport`](super::report::ExperimentReport)).
//!
//! # A dry run
//!
//! `dry_run = true`, for the whole recipe or for single numbers, shows what the recipe would do before it does anything. All
//! is decided as ever, with what HighLevel holds; where an attempt would begin, the ledger gets an entry with all that it
//! would have done. Nothing is sent, nobody is notified and nothing is written to HighLevel. Reports, preflight and the log
//! name it. In a location whose recipe is in a dry run, nothing is done for open episodes of an earlier recipe either; an
//! episode that began in a dry run stays in it.
//!
//! # In an editor
//!
//! [`Recipe::json_schema`] describes the file as a JSON Schema (draft 2020-12). Editors with Taplo, such as Visual Studio
//! Code with *Even Better TOML*, complete keys, show their meaning and mark mistakes while you write. Save the schema
//! beside the recipe (in the repository it is `fixtures/recipe.schema.json`) and name it in the first line:
//!
//! ```toml
//! #:schema ./recipe.schema.json
//! name = "soleil"
//! version = 1
//! ```
//!
//! The schema checks the form of a recipe. Whether its parts fit together is checked when it is read. Where several
//! spellings are accepted, the schema knows the usual ones: `"90 minutes"`, but not `"90 MINUTES"`.
//!
//! # Problems and hints
//!
//! [`Recipe::from_toml`] reports all problems at once, each with its line, its key and what to write instead:
//! `soleil.toml:7: steps.text.after: …; …`. If the text is not valid TOML (a quote is missing, `:` is written for `=`), it
//! reports only the first mistake. A byte order mark and the line ends of Windows and old Macs make no difference, not
//! even to the [fingerprint](Recipe::fingerprint). A file in another encoding is refused with the way to save it again.
//! Placeholders of other tools (`{first_name}`, `[First Name]`, `%first_name%`), links without `https://` and a greeting
//! that reads `Hi ,` for a caller without a name are problems.
//!
//! A hint ([`Recipe::hints`]) points at something that is allowed and probably a mistake. A recipe with hints can be used;
//! [`Engine::preflight`](crate::recipes::missed_call::Engine::preflight) shows them too. `[hints] silence =
//! ["later_text"]` silences one kind:
//!
//! | hint | meaning |
//! |---|---|
//! | `late_first_text` | without consent, no caller gets the first text, because it comes later than `call.max_age` |
//! | `later_text` | a later text needs a reply or consent, and no step with `on = "not_sent"` is for all other callers |
//! | `unnamed_sender` | a text does not name its sender, as the carriers' rules (CTIA) require |
//! | `promotion` | a text promotes something ("10% off"), which needs written consent |
//! | `odd_number` | a number has one digit more or less than its country's, or than the others of its list |
//! | `dry_experiment` | the experiment assigns nobody, because the recipe is in a dry run |
//! | `small_experiment` | the experiment plans too few callers to show anything |
//! | `same_version` | a different recipe ran under the same name and version; only preflight shows it, as the store knows |

mod check;
mod copy;
mod diagnostics;
mod dry_run;
mod duration;
mod experiment;
mod hints;
mod keys;
mod numbers;
mod parse;
mod places;
mod preview;
mod problem;
mod requirements;
mod slips;
mod source;
mod step;
mod toml_reader;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

use super::compliance::{BusinessHours, CallerLists, FloodLimits};
use super::copy::Template;
use super::model::StepName;

pub(crate) use super::diagnostic::Diagnostic;
pub use super::model::{PipelineFacts, WorkflowFacts};
pub use check::{LocationFacts, NumberFacts, Warning};
pub use copy::render_text;
pub use dry_run::DryRun;
pub(crate) use experiment::Experiment;
pub(crate) use hints::Hint;
pub(crate) use numbers::{Allowed, BusinessNumber, NumberLink, Numbers};
pub use preview::{
    MessagePreview, Preview, PreviewedCall, PreviewedNumber, PreviewedOptOut, PreviewedOutcome,
    StepPreview,
};
pub use problem::{Problem, RecipeError};
pub use requirements::Requirements;
pub(crate) use step::{
    Assignee, CallFact, EmailStep, FieldValue, FieldsStep, NoteStep, NoticeKind, NoticeRecipient,
    NotifyStep, StageStep, Step, StepAction, StepTrigger, TagStep, TaskStep, TextStep,
};
pub(crate) use variants::TextVariant;

/// The checked configuration of a missed-call text back. The [module](self) lists its keys.
///
/// `Debug` shows which recipe it is and not its contents, which may name people.
#[derive(Clone, PartialEq)]
pub struct Recipe {
    pub(crate) name: String,
    pub(crate) version: u32,
    /// Whether it is only recorded what would be done.
    pub(crate) dry_run: bool,
    pub(crate) fingerprint: String,
    pub(crate) source: String,
    pub(crate) display_name: Option<String>,
    pub(crate) call: CallRules,
    pub(crate) callers: CallerLists,
    /// Contacts with one of these tags, in small letters, get no messages.
    pub(crate) untexted_tags: BTreeSet<String>,
    pub(crate) doubt_tags: DoubtTags,
    pub(crate) numbers: Numbers,
    /// When the business is open, for the choice of variants.
    pub(crate) hours: Option<BusinessHours>,
    pub(crate) steps: BTreeMap<StepName, Step>,
    pub(crate) hipaa: bool,
    /// Whether the answer to the call waits for the end of quiet hours too.
    pub(crate) first_text_waits: bool,
    /// Whether texts after the answer to the call need a reply or consent.
    pub(crate) later_texts_need_consent: bool,
    /// The most texts to one person within 24 hours.
    pub(crate) texts_per_day: u32,
    /// What counts as a flood of callers; without it, nothing does.
    pub(crate) flood: Option<FloodLimits>,
    pub(crate) near_suspension: NearSuspension,
    pub(crate) extra_clinical_words: Vec<String>,
    /// Whether texts are sent only if their words are approved.
    pub(crate) approved_copy_only: bool,
    /// The experiment that holds the text back from some callers.
    pub(crate) experiment: Option<Experiment>,
    /// The hints that its author silenced.
    silenced: BTreeSet<Hint>,
    origin: Origin,
}

/// The tags by which a person decides about a doubtful reply, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DoubtTags {
    pub(crate) may_text: String,
    pub(crate) no_more_texts: String,
}

impl Default for DoubtTags {
    fn default() -> Self {
        Self {
            may_text: "texts-ok".to_owned(),
            no_more_texts: "no-texts".to_owned(),
        }
    }
}

/// Which calls count.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CallRules {
    /// A call that ended longer ago gets no text.
    pub(crate) max_age: SignedDuration,
    /// How long further calls of the same caller belong to the same episode.
    pub(crate) cooldown: SignedDuration,
    /// How a call counts that a mailbox may have taken.
    pub(crate) suspected_voicemail: SuspectedVoicemail,
    /// An answered call that is shorter is suspected.
    pub(crate) voicemail_below: SignedDuration,
}

/// How a call counts that was answered, perhaps by a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SuspectedVoicemail {
    Answered,
    /// Answered, and the ledger shows it.
    Reported,
    Missed,
}

/// What happens when HighLevel is about to suspend the location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NearSuspension {
    PauseTexts,
    /// Texts that answer a call are still sent.
    PauseFollowUps,
    Ignored,
}

impl CallRules {
    /// Whether a mailbox may have taken an answered call of this length. It has not if HighLevel knows the user who
    /// spoke.
    pub(crate) fn suspects(&self, length: Option<Duration>, by_a_user: bool) -> bool {
        let length = length.and_then(|length| SignedDuration::try_from(length).ok());
        !by_a_user && length.is_some_and(|length| length < self.voicemail_below)
    }
}

/// Where the recipe was read from, for problems that are found later.
#[derive(Clone)]
struct Origin {
    file: String,
    lines: BTreeMap<String, usize>,
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipe")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Origin {
    /// Where a recipe was read from makes no difference to what it does.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Origin {
    fn problem(&self, key: &str, problem: Diagnostic) -> Problem {
        let enclosing = |key: &str| Some(key.rsplit_once('.')?.0.to_owned());
        let line = std::iter::successors(Some(key.to_owned()), |key| enclosing(key))
            .find_map(|key| self.lines.get(&key));
        Problem::new(&self.file, line.copied().unwrap_or(1), key, problem)
    }
}

impl Recipe {
    /// Reads and checks a recipe; its problems name `file_name`. A byte order mark and the line ends of other editors make
    /// no difference.
    ///
    /// Fails with all problems at once. [`check`](Self::check) finds out whether a location has what the recipe needs.
    pub fn from_toml(file_name: &str, text: &str) -> Result<Self, RecipeError> {
        parse::recipe(file_name, text)
    }

    /// Reads a recipe that an episode started with. An earlier release accepted it; problems that this one finds must not
    /// leave the episode without a recipe. `None` if it cannot be read at all.
    pub(crate) fn from_stored(text: &str) -> Option<Self> {
        parse::read("a recipe in the store", text).0
    }

    /// The JSON Schema (draft 2020-12) of a recipe, by which editors complete and check it; the [module](self) says how.
    pub fn json_schema() -> serde_json::Value {
        keys::json_schema()
    }

    /// Reads and checks a recipe as [`from_toml`](Self::from_toml) does, from the bytes of a file. If they are not UTF-8,
    /// the problem names the line of the first such byte and the way to save the file again.
    pub fn from_bytes(file_name: &str, bytes: &[u8]) -> Result<Self, RecipeError> {
        let text = source::text_of(file_name, bytes).map_err(RecipeError::from)?;
        Self::from_toml(file_name, &text)
    }

    /// The name of the recipe in reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version that its author gave it.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The first 16 hexadecimal digits of the SHA-256 of its [`source`](Self::source): two recipes with the same
    /// fingerprint are the same recipe, whatever their versions say.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The TOML that it was read from, without a byte order mark and with `\n` at the end of each line. A store keeps it, so
    /// that an episode ends with the recipe that it began with.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of its steps.
    pub fn steps(&self) -> impl Iterator<Item = &StepName> {
        self.steps.keys()
    }

    pub(crate) fn step(&self, name: &StepName) -> Option<&Step> {
        self.steps.get(name)
    }

    /// All texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&StepName, &TextStep)> {
        let steps = self.steps.iter();
        steps.filter_map(|(name, step)| Some((name, step.text()?)))
    }

    /// All e-mails.
    pub(crate) fn emails(&self) -> impl Iterator<Item = (&StepName, &EmailStep)> {
        self.steps
            .iter()
            .filter_map(|(name, step)| match &step.action {
                StepAction::Email(email) => Some((name, email)),
                _ => None,
            })
    }

    /// The templates of all messages.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        let emails = self
            .emails()
            .flat_map(|(_, email)| [&email.subject, &email.body]);
        let confirmations = self.steps.values().filter_map(|step| match &step.action {
            StepAction::ConfirmOptOut(body) => Some(body),
            _ => None,
        });
        self.texts()
            .flat_map(|(_, text)| text.templates())
            .chain(emails)
            .chain(confirmations)
    }

    /// All users to whom tasks and contacts are assigned.
    pub(crate) fn assignees(&self) -> impl Iterator<Item = (&StepName, &Assignee)> {
        self.steps
            .iter()
            .filter_map(|(name, step)| match &step.action {
                StepAction::Task(task) => Some((name, &task.assign_to)),
                StepAction::Assign(user) => Some((name, user)),
                _ => None,
            })
    }

    /// The text that answers the call: the earliest of those that follow it within `call.max_age`.
    pub(crate) fn first_text(&self) -> Option<(&StepName, &Step, &TextStep)> {
        self.first_text_of(|_| true)
    }

    /// The same among the steps for which `of` holds.
    pub(crate) fn first_text_of(
        &self,
        of: impl Fn(&Step) -> bool,
    ) -> Option<(&StepName, &Step, &TextStep)> {
        let texts = self.steps.iter().filter(|(_, step)| of(step));
        texts
            .filter_map(|(name, step)| Some((name, step, step.text()?)))
            .filter(|(_, step, _)| self.is_first_reply(step))
            .min_by_key(|(_, step, _)| step.after)
    }

    /// Whether the step waits for an hour at which the person may be texted.
    pub(crate) fn keeps_quiet_hours(&self, step: &Step) -> bool {
        step.text().is_some() && (self.first_text_waits || !self.is_first_reply(step))
    }

    /// Whether a text is part of the answer to the call, which is not sent when the call is too old.
    pub(crate) fn is_first_reply(&self, step: &Step) -> bool {
        step.on == StepTrigger::Missed && step.after < self.call.max_age
    }

    /// Whether this step is the text that answers the call.
    pub fn answers_call(&self, step: &StepName) -> bool {
        self.first_text().is_some_and(|(name, ..)| name == step)
    }

    /// How long further missed calls of the same caller join the first one and send nothing more.
    pub fn cooldown(&self) -> SignedDuration {
        self.call.cooldown
    }
}
