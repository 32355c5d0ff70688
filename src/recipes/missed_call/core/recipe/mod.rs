//! What did the operator ask for, and does it make sense? The checked configuration of a missed-call text back.
//!
//! A recipe is a TOML text in UTF-8; whoever holds a [`Recipe`] knows that everything in it was checked. Episodes, stores and
//! the runtime read it and never change it.
//!
//! # The file
//!
//! | key | meaning | default |
//! |---|---|---|
//! | `name` | what reports call the recipe | required |
//! | `version` | a whole number from 1 that goes up with every change | required |
//! | `business.display_name` | what `{{ location.name }}` becomes in texts | the location's name in HighLevel |
//! | `call.max_age` | a call that ended longer ago gets no text, only the task (PT1S to PT24H) | `PT10M` |
//! | `call.cooldown` | further missed calls of the same caller within it send nothing more (PT0S to PT168H) | `PT4H` |
//! | `call.suspected_voicemail` | what a call counts as that nobody known has answered, for less than `call.voicemail_below`, as when the mailbox of a forwarded line takes it: `"answered"`, `"reported"` (the same, and the ledger tells of it) or `"missed"` | `"reported"` |
//! | `call.voicemail_below` | how long such a call lasts at most (PT1S to PT2M) | `PT15S` |
//! | `callers.own`, `staff`, `blocked` | numbers whose calls nothing follows from, with their country code; without one where all `callers.countries` have the same | none |
//! | `callers.landlines` | numbers that take no texts; tag and task are made | none |
//! | `callers.untexted_tags` | contacts with one of these tags get no texts and e-mails: a bot or a workflow speaks with them, or they are marked as spam; all else is done | none |
//! | `callers.countries` | countries (ISO 3166-1 alpha-2) whose numbers are texted, less the numbers of services | `["US", "CA"]` |
//! | `call.unlisted_numbers` | with `[numbers]`: what calls to other numbers, or to none that is known, lead to: `"texted"` (as all calls, less texts that need something of the number), `"not_texted"` (all but messages) or `"ignored"` (nothing) | `"texted"` |
//! | `numbers."+13125550100"` | a number of the business, as below | none |
//! | `hours.zone` | with `[hours]`: the IANA name of the business's time zone, or one of the six that people in the United States use: `"Central Time"`, `"CST"`, `"US/Central"` | required |
//! | `hours.every_day`, `weekdays`, `weekend`, `monday` … `sunday`, `monday-friday` | when it is open: `"09:00-12:00, 13:00-17:00"`, `"9am-5pm"`, `"24/7"` or `"closed"`; what is written for fewer days counts before what is written for more | closed |
//! | `hours.closed_on` | dates on which it is closed, such as `[2026-12-25]`, in quotes or without | none |
//! | `steps.NAME` | a step; its name is of your choice, in small letters | at least one that reaches the caller or the team |
//! | `compliance.hipaa` | refuse words that say something about care | `true` |
//! | `compliance.extra_clinical_words` | more of such words | none |
//! | `compliance.approved_copy_only` | refuse texts whose words nobody has approved (`approvals` of the step) | `false` |
//! | `compliance.later_texts` | texts after the answer to the call are sent only `"with_consent"` (the caller has written since, or consent was [recorded](crate::recipes::missed_call::Engine::record_consent)), or `"always"`: that is yours to answer for, and stands with each text in the ledger | `"with_consent"` |
//! | `compliance.texts_per_day` | the most texts to one person within 24 hours, all recipes of the location together: from 1 to 3 | 3 |
//! | `compliance.floods` | what a flood of unknown callers does, as machines make it: `"pause_texts"` (a call that came in it is not answered by text; who called before, or whose contact is older than the call, is), or `"ignored"` | `"pause_texts"` |
//! | `compliance.new_callers_per_minute` | as many unknown callers within a minute are a flood; so are five numbers in a row within ten minutes | 10 |
//! | `compliance.near_suspension` | what happens when the location's texts show for sure that HighLevel is about to block it ([`SuspensionLimits`](super::compliance::SuspensionLimits)): `"pause_texts"` until midnight in UTC (follow-ups first, at worst all), `"pause_follow_ups"` (callers are answered at any rate) or `"ignored"` | `"pause_texts"` |
//! | `compliance.first_text` | in quiet hours the answer to the call is sent `"at_once"`, or `"waits"` as all later texts do | `"at_once"` |
//! | `hints.silence` | names of hints that are not to be told, as below | none |
//!
//! Every number of the business; what it leads to is told by it alone:
//!
//! | key | meaning | default |
//! |---|---|---|
//! | `name` | what `{{ number.name }}` becomes, such as a studio | none |
//! | `source` | the lead source of its callers, such as a campaign | none |
//! | `link` | what `{{ number.link }}` becomes: the one https link that its callers get | none |
//! | `link_value` | the same, as the key of a custom value of the location | none |
//! | `priority` | whether its callers come first | `false` |
//! | `active` | `false`: calls to it are written into the ledger, and nothing else is done | `true` |
//!
//! Every step:
//!
//! | key | meaning | default |
//! |---|---|---|
//! | `do` | what is done: one of the words of the next table | required |
//! | `on` | what it follows: `"missed"` (the first call) or another [happening](super::model::Trigger), or `"not_sent"` | `"missed"` |
//! | `of` | with `on = "not_sent"`: the text or e-mail whose place the step takes when that cannot be sent though the caller may be reached in another way: no consent, no hour, a landline, no address, copy that cannot be made, a failure | required with it |
//! | `count` | with `on = "missed_again"`: how many missed calls it takes, from 2 | 2 |
//! | `after` | how long after that (PT0S to PT720H) | `PT0S` |
//! | `numbers` | it is for calls to one of these numbers only | all |
//! | `sources` | it is for calls to numbers with one of these sources only | all |
//! | `priority` | it is for calls to numbers with this `priority` only | both |
//! | `stops_on` | the happenings after which it is not done any more | for texts and e-mails all but `"missed_again"` and `"escalated"`, else none |
//!
//! | `do` | key | meaning | default |
//! |---|---|---|---|
//! | `text` | `body` | the text, a [`Template`] | required |
//! | | `opt_out` | put after the body unless the body has such a line; `"none"` for approved words only | `Reply STOP to opt out.` |
//! | | `max_segments` | how many segments it may take, from 1 to 10 | 2 |
//! | | `variants` | other words for some calls, as below | none |
//! | | `experiment`, `weight` | tries the body against variants without conditions, as below | none |
//! | | `approvals` | who approved the body or a variant, as below | none |
//! | `email` | `subject`, `body` | an e-mail to the contact, both [templates](Template); an empty line begins a paragraph | required |
//! | `tag`, `untag` | `tag` | the tag that the contact gets or loses, in small letters | `missed-call` |
//! | `task` | `title` | what the team has to do | required |
//! | | `due_after` | how long after the step's happening the task is due (PT0S to PT720H) | `PT1H` |
//! | | `assign_to` | `"contact_owner"`, `"nobody"`, `{ user_id = "…" }` or `{ user_email = "…" }` | `"contact_owner"` |
//! | `complete_task` | `task` | the step whose task is completed | required |
//! | `note` | `body` | words before what is known of the call, in a note on the contact | none |
//! | `fields` | `values` | custom fields of the contact by key, with words or `call.caller`, `call.called`, `call.ended_at` (RFC 3339), `call.missed_calls` | this or `source` |
//! | | `source` | where the contact came from | |
//! | `stage` | `pipeline`, `stage` | names or ids; the contact's opportunity moves there, or is made there. Never back, and not if it is over | required |
//! | `workflow` | `workflow` | the id of a workflow that the contact enters | required |
//! | `assign` | `assign_to` | whose the contact becomes if it is nobody's: `{ user_id = "…" }` or `{ user_email = "…" }` | required |
//! | `notify` | `title` | the team is told of the call, with this headline | required |
//! | | `to` | `"host"` ([`TeamNotifier`](crate::recipes::missed_call::TeamNotifier)), `{ text_contact = "…" }` or `{ email_contact = "…" }` (ids of contacts) | `"host"` |
//! | `hand_off` | as `notify` | the same; `"handed_off"` happens, so messages stop | |
//! | `escalate` | as `notify` | the same; `"escalated"` happens | |
//! | `confirm_opt_out` | `body` | one text that confirms an opt-out within five minutes, if it was told in words that no carrier answers; it follows `"opted_out"` alone | the business's name, and that no more texts come |
//! | `do_not_disturb` | | the contact's do-not-disturb for texts is turned on; by default it follows `"opted_out"` | |
//! | `record` | `what` | words for the ledger | required |
//!
//! Every `[[steps.NAME.variants]]` of a text. The most specific variant is taken: one for the number before one for the
//! source, then for repeat callers, for voicemails, for hours; the step's own body where none is meant.
//!
//! | key | meaning | default |
//! |---|---|---|
//! | `name` | what the ledger calls it | required |
//! | `body` | the text | required |
//! | `opt_out` | as the step's | the step's |
//! | `when.numbers` | one of these numbers was called | any |
//! | `when.sources` | the number called has one of these sources | any |
//! | `when.repeat_caller` | the caller's call was missed before in the episode, or was not | both |
//! | `when.voicemail` | the caller left a voicemail, or did not | both |
//! | `when.in_hours` | the call ended in `[hours]`, or did not | both |
//! | `experiment` | copies with the same experiment and conditions share the callers; each caller always gets the same | none |
//! | `weight` | its share of them | 1 |
//!
//! Every `[[steps.NAME.approvals]]` of a text:
//!
//! | key | meaning | default |
//! |---|---|---|
//! | `by` | who approved it | required |
//! | `on` | the day, such as `"2026-05-04"` | required |
//! | `fingerprint` | of the words with the business's name and the opt-out line, as the error tells that asks for it | required |
//!
//! A text that follows the first call within `call.max_age` answers the call: it is not sent when the call is older than
//! that. Any other text may be late by as much, and besides waits up to a day for an hour at which the person may be
//! texted ([`QuietHours`](super::compliance::QuietHours)). Durations are written as `"2 hours"`, `"90 min"`, `"60 s"` and `"1 day"`
//! (which is 24 hours), or as ISO 8601 writes them: `"PT1H30M"`.
//!
//! # What is wrong, and what is hardly meant
//!
//! What is wrong with a recipe is told when it is read, all at once and each with its line, its key and what to write
//! instead: `soleil.toml:7: steps.text.after: …; …`. Where the text is no TOML (a quote is missing, `:` stands for `=`),
//! the first slip is told and nothing that follows from it. A byte order mark and the line ends of Windows and old Macs
//! make no difference, to the [fingerprint](Recipe::fingerprint) neither; a file in another encoding is refused with the
//! way to save it again. Placeholders of other tools (`{first_name}`, `[First Name]`, `%first_name%`), links without
//! `https://` and a greeting that reads `Hi ,` for somebody without a name are wrong.
//!
//! What is allowed and hardly meant is a hint ([`Recipe::hints`]), which keeps nothing from working;
//! [`Engine::preflight`](crate::recipes::missed_call::Engine::preflight) tells it too. `[hints] silence = ["later_text"]` silences one kind:
//!
//! | hint | what it tells |
//! |---|---|
//! | `late_first_text` | no caller gets the first text who has not consented, as it comes later than `call.max_age` |
//! | `later_text` | a later text that needs a reply or consent, and no step with `on = "not_sent"` for all others |
//! | `unnamed_sender` | a text does not say who writes, as the carriers' rules (CTIA) ask for |
//! | `promotion` | a text promotes something ("10% off"), which needs consent in writing |
//! | `odd_number` | a number has a digit less or more than its country's, or than the others of its list |
//! | `same_version` | other words ran under the same name and version; only preflight tells it, as the store knows |

mod check;
mod copy;
mod duration;
mod hints;
mod numbers;
mod parse;
mod places;
mod problem;
mod slips;
mod source;
mod step;
mod toml_reader;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;

use super::compliance::{BusinessHours, CallerLists, FloodLimits};
use super::copy::Template;
use super::model::StepName;

pub(crate) use super::diagnostic::Diagnostic;
pub use check::LocationFacts;
pub use copy::render_text;
pub(crate) use hints::Hint;
pub(crate) use numbers::{Allowed, BusinessNumber, NumberLink, Numbers};
pub use problem::{Problem, RecipeError};
pub(crate) use step::{
    Assignee, CallFact, EmailStep, FieldValue, FieldsStep, NoteStep, NoticeKind, NoticeRecipient,
    NotifyStep, StageStep, Step, StepAction, StepTrigger, TagStep, TaskStep, TextStep,
};
pub(crate) use variants::TextVariant;

/// The checked configuration of a missed-call text back. The [module](self) lists its keys.
///
/// `Debug` shows which recipe it is and not what stands in it, which may name people.
#[derive(Clone, PartialEq)]
pub struct Recipe {
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) fingerprint: String,
    pub(crate) source: String,
    pub(crate) display_name: Option<String>,
    pub(crate) call: CallRules,
    pub(crate) callers: CallerLists,
    /// Contacts with one of these tags, in small letters, get no messages.
    pub(crate) untexted_tags: BTreeSet<String>,
    pub(crate) numbers: Numbers,
    /// When the business is open, for the choice of words.
    pub(crate) hours: Option<BusinessHours>,
    pub(crate) steps: BTreeMap<StepName, Step>,
    pub(crate) hipaa: bool,
    /// Whether the answer to the call keeps quiet hours too.
    pub(crate) first_text_waits: bool,
    /// Whether texts after the answer to the call need a reply or consent.
    pub(crate) later_texts_need_consent: bool,
    /// The most texts to one person within 24 hours.
    pub(crate) texts_per_day: u32,
    /// What counts as a flood of callers; nothing does without.
    pub(crate) flood: Option<FloodLimits>,
    pub(crate) near_suspension: NearSuspension,
    pub(crate) extra_clinical_words: Vec<String>,
    /// Whether texts are sent only in words that somebody approved.
    pub(crate) approved_copy_only: bool,
    /// The hints that its author does not want to hear.
    silenced: BTreeSet<Hint>,
    origin: Origin,
}

/// Which calls count.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CallRules {
    /// A call that ended longer ago gets no text.
    pub(crate) max_age: SignedDuration,
    /// How long further calls of the same caller belong to the same episode.
    pub(crate) cooldown: SignedDuration,
    /// What a call counts as that a mailbox may have taken.
    pub(crate) suspected_voicemail: SuspectedVoicemail,
    /// An answered call is suspected if it is shorter.
    pub(crate) voicemail_below: SignedDuration,
}

/// What a call counts as that was answered, perhaps by a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SuspectedVoicemail {
    Answered,
    /// Answered, and the ledger tells of it.
    Reported,
    Missed,
}

/// What happens when HighLevel is about to block the location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NearSuspension {
    PauseTexts,
    /// Texts that answer a call go out all the same.
    PauseFollowUps,
    Ignored,
}

impl CallRules {
    /// Whether a mailbox may have taken a call that was answered and lasted that long. It has not if HighLevel knows the
    /// user who spoke.
    pub(crate) fn suspects(&self, length: Option<Duration>, by_a_user: bool) -> bool {
        let length = length.and_then(|length| SignedDuration::try_from(length).ok());
        !by_a_user && length.is_some_and(|length| length < self.voicemail_below)
    }
}

/// Where the recipe was read from, for problems that show later.
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
    fn problem(&self, key: &str, fault: Diagnostic) -> Problem {
        let enclosing = |key: &str| Some(key.rsplit_once('.')?.0.to_owned());
        let line = std::iter::successors(Some(key.to_owned()), |key| enclosing(key))
            .find_map(|key| self.lines.get(&key));
        Problem::new(&self.file, line.copied().unwrap_or(1), key, fault)
    }
}

impl Recipe {
    /// Reads and checks a recipe; `file_name` is what its problems are told under. A byte order mark and the line ends
    /// of other editors make no difference.
    ///
    /// Fails with all problems at once. Whether a location has what the recipe asks of it is [`check`](Self::check)'s
    /// question.
    pub fn from_toml(file_name: &str, text: &str) -> Result<Self, RecipeError> {
        parse::recipe(file_name, text)
    }

    /// Reads a recipe that an episode started with. An earlier release has found it sound, and what this one would
    /// refuse must not leave the episode without a recipe; `None` if nothing can be made of it.
    pub(crate) fn from_stored(text: &str) -> Option<Self> {
        parse::read("a recipe in the store", text).0
    }

    /// Reads and checks the recipe in a file of UTF-8.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, RecipeError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| {
            let fault = Diagnostic::new(format!("cannot be read: {error}"), "name a readable file");
            RecipeError::of(Problem::new(&name, 1, "", fault))
        })?;
        Self::from_bytes(&name, &bytes)
    }

    /// Reads and checks a recipe as [`from_toml`](Self::from_toml) does, from the bytes of a file. What is no text in
    /// UTF-8 is refused with the line of the first such byte and the way to save it again.
    pub fn from_bytes(file_name: &str, bytes: &[u8]) -> Result<Self, RecipeError> {
        let text = source::text_of(file_name, bytes).map_err(RecipeError::of)?;
        Self::from_toml(file_name, &text)
    }

    /// What reports call the recipe.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version its author gave it.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The first 16 hexadecimal digits of the SHA-256 of its [`source`](Self::source): two recipes with the same
    /// fingerprint are the same recipe, whatever their versions say.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The TOML it was read from, without a byte order mark and with `\n` at the end of each line. A store keeps it, so that an episode ends by the recipe it began with.
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

    /// All users that tasks and contacts are given to.
    pub(crate) fn assignees(&self) -> impl Iterator<Item = (&StepName, &Assignee)> {
        self.steps
            .iter()
            .filter_map(|(name, step)| match &step.action {
                StepAction::Task(task) => Some((name, &task.assign_to)),
                StepAction::Assign(user) => Some((name, user)),
                _ => None,
            })
    }

    /// The text that answers the call: the first of those that follow it within `call.max_age`.
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

    /// Whether a text is part of the answer to the call, which is of no use any more when the call is too old.
    pub(crate) fn is_first_reply(&self, step: &Step) -> bool {
        step.on == StepTrigger::Missed && step.after < self.call.max_age
    }

    /// Whether this step is the text that answers the call.
    pub fn answers_call(&self, step: &StepName) -> bool {
        self.first_text().is_some_and(|(name, ..)| name == step)
    }

    /// How long after a missed call further ones of the same caller join it and send nothing more.
    pub fn cooldown(&self) -> SignedDuration {
        self.call.cooldown
    }
}
