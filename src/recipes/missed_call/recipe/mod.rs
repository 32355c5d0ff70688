//! What did the operator ask for, and does it make sense? The checked configuration of a missed-call text back.
//!
//! A recipe is a TOML text; whoever holds a [`Recipe`] knows that everything in it was checked. Episodes, stores and
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
//! | `text.after` | how long to wait before the text; shorter than `call.max_age` | `PT0S` |
//! | `text.body` | the text, a [`Template`] | required in `[text]` |
//! | `text.opt_out` | put after the body unless the body has such a line | `Reply STOP to opt out.` |
//! | `tag.name` | the tag that the contact gets, in small letters | `missed-call` |
//! | `task.title` | what the team has to do | required in `[task]` |
//! | `task.due_after` | how long after the call the task is due (PT0S to PT720H) | `PT1H` |
//! | `task.assign_to` | `"contact_owner"`, `"nobody"`, `{ user_id = "…" }` or `{ user_email = "…" }` | `"contact_owner"` |
//! | `compliance.hipaa` | refuse words that say something about care | `true` |
//! | `compliance.extra_clinical_words` | more of such words | none |
//!
//! Without the section `[text]`, `[tag]` or `[task]` there is no such step; one of `[text]` and `[task]` must be there.
//! Durations are ISO 8601 in hours, minutes and seconds.

mod check;
mod parse;
mod problem;
mod reader;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::SignedDuration;

use super::copy::Template;
use super::episode::Step;
use super::presets::Preset;
use crate::ids::UserId;
use crate::secret::Private;

pub use check::LocationFacts;
pub(super) use problem::Fault;
pub use problem::{Problem, RecipeError};

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
    pub(crate) text: Option<TextStep>,
    pub(crate) tag: Option<TagStep>,
    pub(crate) task: Option<TaskStep>,
    pub(crate) hipaa: bool,
    pub(crate) extra_clinical_words: Vec<String>,
    origin: Origin,
}

/// Which calls count.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CallRules {
    /// A call that ended longer ago gets no text.
    pub(crate) max_age: SignedDuration,
    /// How long further calls of the same caller belong to the same episode.
    pub(crate) cooldown: SignedDuration,
}

/// The text to the caller.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextStep {
    /// The wait between the call's end and the text.
    pub(crate) after: SignedDuration,
    pub(crate) body: Template,
    /// Put after the body, once.
    pub(crate) opt_out: String,
}

/// The tag on the contact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TagStep {
    /// In small letters, as HighLevel keeps it.
    pub(crate) name: String,
}

/// The task for the team.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TaskStep {
    pub(crate) title: String,
    /// Counted from the call's end.
    pub(crate) due_after: SignedDuration,
    pub(crate) assign_to: Assignee,
}

/// Whose task it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Assignee {
    /// The user to whom the contact is assigned, if there is one.
    ContactOwner,
    /// Nobody: the task stands in everybody's list.
    Nobody,
    /// This user.
    User(UserId),
    /// The user who signs in with this e-mail address.
    UserEmail(Private<String>),
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
    fn problem(&self, key: &str, fault: Fault) -> Problem {
        let section = key.split('.').next().unwrap_or_default();
        let line = self.lines.get(key).or_else(|| self.lines.get(section));
        Problem::new(&self.file, line.copied().unwrap_or(1), key, fault)
    }
}

impl Recipe {
    /// Reads and checks a recipe; `file_name` is what its problems are told under.
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
        let text = std::fs::read_to_string(path).map_err(|error| {
            let fault = Fault::new(
                format!("cannot be read: {error}"),
                "name a readable file of UTF-8 text",
            );
            RecipeError::of(Problem::new(&name, 1, "", fault))
        })?;
        Self::from_toml(&name, &text)
    }

    /// The preset of this name. Fails with the names there are.
    pub fn preset(name: &str) -> Result<Self, RecipeError> {
        Preset::ALL
            .iter()
            .find(|preset| preset.name() == name)
            .map(|preset| preset.recipe())
            .ok_or_else(|| {
                let names: Vec<_> = Preset::ALL.iter().map(|preset| preset.name()).collect();
                let remedy = format!("choose one of: {}", names.join(", "));
                let fault = Fault::new("there is no such preset", remedy);
                RecipeError::of(Problem::new(name, 1, "", fault))
            })
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

    /// The TOML it was read from, byte for byte. A store keeps it, so that an episode ends by the recipe it began with.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The steps it has, the most urgent first: what every missed call leads to unless something speaks against it.
    pub fn steps(&self) -> impl Iterator<Item = Step> {
        Step::ALL.into_iter().filter(|step| match step {
            Step::Text => self.text.is_some(),
            Step::Tag => self.tag.is_some(),
            Step::Task => self.task.is_some(),
        })
    }

    /// How long after a missed call further ones of the same caller join it and send nothing more.
    pub fn cooldown(&self) -> SignedDuration {
        self.call.cooldown
    }

    /// How long after the call its text goes out; zero if at once, or if there is no text.
    pub fn text_delay(&self) -> SignedDuration {
        self.text
            .as_ref()
            .map_or(SignedDuration::ZERO, |text| text.after)
    }
}
