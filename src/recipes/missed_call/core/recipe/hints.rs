//! Hints: what is allowed and probably a mistake. A recipe with hints can be used. Each hint has the form of a problem and
//! can be silenced by its name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::problem::Problem;
use super::{Experiment, Recipe, Step, StepTrigger, TextStep};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::promotion::promotes;
use crate::recipes::missed_call::core::copy::{MergeField, Template};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::{StepName, Trigger};

/// A kind of hint. Its word stays the same over releases: recipes silence it by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hint {
    /// No caller gets the first text, unless they have consented: it comes later than `call.max_age`.
    LateFirstText,
    /// A text that needs a reply or consent, and nothing in its place.
    LaterText,
    /// A text that does not say who writes.
    UnnamedSender,
    /// A text that promotes something.
    Promotion,
    /// A number that has a digit less or more than the others, or than its country's.
    OddNumber,
    /// An experiment in a dry run.
    DryExperiment,
    /// An experiment with too few callers.
    SmallExperiment,
    /// Other words under the same name and version.
    SameVersion,
}

impl Hint {
    pub(crate) const ALL: [Self; 8] = [
        Self::LateFirstText,
        Self::LaterText,
        Self::UnnamedSender,
        Self::Promotion,
        Self::OddNumber,
        Self::DryExperiment,
        Self::SmallExperiment,
        Self::SameVersion,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::LateFirstText => "late_first_text",
            Self::LaterText => "later_text",
            Self::UnnamedSender => "unnamed_sender",
            Self::Promotion => "promotion",
            Self::OddNumber => "odd_number",
            Self::DryExperiment => "dry_experiment",
            Self::SmallExperiment => "small_experiment",
            Self::SameVersion => "same_version",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hint| hint.word() == word)
    }
}

impl Recipe {
    /// What is allowed and probably a mistake, in the order of the lines: a first text that nobody gets because it comes later
    /// than `call.max_age`, a later text that hardly anybody gets, a text that does not say who writes or that promotes
    /// something, a number with a digit too few.
    ///
    /// None of them keeps the recipe from being used. Those that are named in `hints.silence` are left out.
    pub fn hints(&self) -> Vec<Problem> {
        let mut hints = Vec::new();
        self.hints_on_consent(&mut hints);
        for (name, text) in self.texts() {
            self.hints_on_words(name, text, &mut hints);
        }
        self.hints_on_numbers(&mut hints);
        self.hints_on_experiment(&mut hints);
        hints.sort_by_key(Problem::line);
        hints
    }

    /// The hint that other words have run under this name and version, if they are among these texts of recipes.
    pub(crate) fn hint_of_same_version<'s>(
        &self,
        mut stored: impl Iterator<Item = &'s str>,
    ) -> Option<Problem> {
        let is_other = |text: &str| {
            Self::from_stored(&super::source::plain(text)).is_some_and(|other| {
                other.name == self.name
                    && other.version == self.version
                    && other.fingerprint != self.fingerprint
            })
        };
        stored.find(|text| is_other(text))?;
        let what = format!(
            "a different recipe ran as `{}` version {}, and reports cannot tell the two apart",
            self.name, self.version
        );
        let remedy = format!("write version = {}", self.version.saturating_add(1));
        let mut hints = Vec::new();
        self.hint(&mut hints, Hint::SameVersion, "version", what, remedy);
        hints.pop()
    }

    fn hint(
        &self,
        hints: &mut Vec<Problem>,
        hint: Hint,
        key: &str,
        what: impl Into<String>,
        remedy: impl AsRef<str>,
    ) {
        if self.silenced.contains(&hint) {
            return;
        }
        let remedy = format!(
            "{} (to silence this hint: [hints] silence = [\"{}\"])",
            remedy.as_ref(),
            hint.word()
        );
        hints.push(self.origin.problem(key, Diagnostic::new(what, remedy)));
    }

    fn hints_on_experiment(&self, hints: &mut Vec<Problem>) {
        if self.experiment.is_some() && self.dry_run {
            let what = "the experiment assigns nobody: in a dry run nothing is sent to either arm";
            let remedy = "end the dry run first, or leave [experiment] out until then";
            self.hint(hints, Hint::DryExperiment, "dry_run", what, remedy);
        }
        let small = self.experiment.as_ref().and_then(Experiment::is_too_small);
        if let Some((held_out, fewest)) = small {
            let what = format!(
                "of the planned callers {held_out} get no text, too few to show even a lift from 10 to 20 % of bookings"
            );
            let remedy = format!(
                "plan for {fewest} or more without the text, such as planned = 657 at hold_out = 0.2"
            );
            self.hint(
                hints,
                Hint::SmallExperiment,
                "experiment.planned",
                what,
                remedy,
            );
        }
    }

    /// Texts that have no basis for most callers.
    fn hints_on_consent(&self, hints: &mut Vec<Problem>) {
        if !self.later_texts_need_consent {
            return;
        }
        for (name, step) in self.steps.iter().filter(|(_, step)| step.text().is_some()) {
            let first = self.first_answer_beside(name, step);
            let is_late = step.on == StepTrigger::Missed && step.after >= self.call.max_age;
            if is_late && first.is_none() && !self.has_text_before(name, step) {
                let what =
                    "callers without consent never get this text: it comes later than call.max_age";
                let max_age = self.call.max_age;
                let remedy = format!("write less than \"{max_age}\", or raise call.max_age");
                self.hint(
                    hints,
                    Hint::LateFirstText,
                    &format!("steps.{name}.after"),
                    what,
                    remedy,
                );
                continue;
            }
            let comes_second = match &step.on {
                StepTrigger::Missed => {
                    step.after > SignedDuration::ZERO && is_late || first.is_some()
                }
                StepTrigger::MissedCalls(_) => true,
                // Takes the place of a text that did not go out.
                StepTrigger::NotSent(_) | StepTrigger::NotDelivered(_) => false,
                StepTrigger::After(trigger) => !matches!(trigger, Trigger::Replied | Trigger::Help),
            };
            if comes_second && !self.has_stand_in(name) {
                let what = "few callers get this text: after the first text, the next one needs a reply or consent";
                let remedy = format!(
                    "add a step with on = \"not_sent\" and of = \"{name}\" for all others, such as a task; or record \
                     consent"
                );
                self.hint(
                    hints,
                    Hint::LaterText,
                    &format!("steps.{name}"),
                    what,
                    remedy,
                );
            }
        }
    }

    /// Another text that answers the same calls before this one.
    fn first_answer_beside(&self, name: &StepName, step: &Step) -> Option<&StepName> {
        let others = self.steps.iter().filter(|(other, _)| *other != name);
        others
            .filter(|(other, candidate)| {
                candidate.text().is_some()
                    && self.is_first_reply(candidate)
                    && (candidate.after, *other) < (step.after, name)
                    && meet(candidate, step)
            })
            .map(|(other, _)| other)
            .next()
    }

    /// Whether another late text for the same calls comes before this one, and has the hint.
    fn has_text_before(&self, name: &StepName, step: &Step) -> bool {
        self.steps.iter().any(|(other, candidate)| {
            candidate.text().is_some()
                && candidate.on == StepTrigger::Missed
                && (candidate.after, other) < (step.after, name)
                && meet(candidate, step)
        })
    }

    /// Whether another step takes the place of the text for those who do not get it.
    fn has_stand_in(&self, name: &StepName) -> bool {
        let mut steps = self.steps.values();
        steps.any(|step| matches!(&step.on, StepTrigger::NotSent(of) if of == name))
    }

    fn hints_on_words(&self, name: &StepName, text: &TextStep, hints: &mut Vec<Problem>) {
        let variants = text.variants.iter().enumerate();
        let bodies = std::iter::once((format!("steps.{name}.body"), &text.body)).chain(
            variants.map(|(at, variant)| {
                (
                    format!("steps.{name}.variants.{}.body", at + 1),
                    &variant.body,
                )
            }),
        );
        for (key, body) in bodies {
            if !self.says_who_writes(body) {
                let what = "the text does not name its sender, as carriers require";
                let remedy = "write `{{ location.name }}` or the name of the business into it";
                self.hint(hints, Hint::UnnamedSender, &key, what, remedy);
            }
            if let Some(word) = body.spoken().find_map(|words| promotes(&words)) {
                let what = format!(
                    "`{word}` promotes something, which needs the person's written consent"
                );
                let remedy = "leave the offer out of texts that answer a call";
                self.hint(hints, Hint::Promotion, &key, what, remedy);
            }
        }
    }

    /// Whether a text holds the name of the business: as a merge field, as it stands in the recipe, or in the words that
    /// people introduce themselves by.
    fn says_who_writes(&self, body: &Template) -> bool {
        let by_field = body.fields().any(|field| match field {
            MergeField::LocationName | MergeField::NumberName => true,
            MergeField::CustomValue(key) => key.contains("name") || key.contains("business"),
            _ => false,
        });
        if by_field {
            return true;
        }
        let words: String = body.spoken().collect::<Vec<_>>().join(" ");
        let spelled = |text: &str| -> String {
            let letters = text.chars().filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect()
        };
        let said = spelled(&words);
        let listed = self
            .numbers
            .listed
            .values()
            .filter_map(|number| number.name.as_ref());
        let mut names = self.display_name.iter().chain(listed).chain([&self.name]);
        names.any(|name| spelled(name).len() > 2 && said.contains(&spelled(name)))
            || introduces(&words)
    }

    /// Numbers with a digit too few or too many for North America, or that are one digit off in a list of others.
    fn hints_on_numbers(&self, hints: &mut Vec<Problem>) {
        let lists = [
            ("callers.own", &self.callers.own),
            ("callers.staff", &self.callers.staff),
            ("callers.blocked", &self.callers.blocked),
            ("callers.landlines", &self.callers.landlines),
        ];
        for (key, numbers) in lists {
            if !odd_ones(numbers.iter()).is_empty() {
                // The number is personal and is not part of the message.
                let what =
                    "a number has one digit too few or too many; it is never a caller's number";
                self.hint(
                    hints,
                    Hint::OddNumber,
                    key,
                    what,
                    "compare the list with your own, digit by digit",
                );
            }
        }
        for number in odd_ones(self.numbers.listed.keys()) {
            let what = "the number has one digit too few or too many; nobody can call it";
            let key = format!("numbers.{}", number.e164());
            self.hint(
                hints,
                Hint::OddNumber,
                &key,
                what,
                "compare it with the number in HighLevel, digit by digit",
            );
        }
    }
}

/// Whether there are calls that both steps are for, as far as their numbers tell.
fn meet(one: &Step, other: &Step) -> bool {
    let apart =
        |a: &BTreeSet<_>, b: &BTreeSet<_>| !a.is_empty() && !b.is_empty() && a.is_disjoint(b);
    let (one, other) = (&one.only_for, &other.only_for);
    let sources = !one.sources.is_empty()
        && !other.sources.is_empty()
        && one.sources.is_disjoint(&other.sources);
    let priority = matches!((one.priority, other.priority), (Some(a), Some(b)) if a != b);
    !apart(&one.numbers, &other.numbers) && !sources && !priority
}

/// What numbers of one country have alike.
fn beginning(number: &PhoneNumber) -> &str {
    number.e164().get(..3).unwrap_or_default()
}

/// The numbers of a list that have a digit too few or too many: for North America, or beside others that begin alike and
/// are all of one other length.
fn odd_ones<'n>(list: impl Iterator<Item = &'n PhoneNumber> + Clone) -> Vec<&'n PhoneNumber> {
    let mut lengths: BTreeMap<&str, BTreeMap<usize, usize>> = BTreeMap::new();
    for number in list.clone() {
        let of_beginning = lengths.entry(beginning(number)).or_default();
        *of_beginning.entry(number.e164().len()).or_default() += 1;
    }
    let is_odd = |number: &&PhoneNumber| {
        let length = number.e164().len();
        if number.e164().starts_with("+1") {
            return length != 12;
        }
        let Some(counts) = lengths.get(beginning(number)) else {
            return false;
        };
        let mut others = counts.iter().filter(|(other, _)| **other != length);
        match (others.next(), others.next()) {
            (Some((other, count)), None) => {
                counts.get(&length) == Some(&1) && *count >= 2 && length.abs_diff(*other) == 1
            }
            _ => false,
        }
    };
    list.filter(is_odd).collect()
}

/// Whether the sender is named in words such as "this is Soleil", "Soleil here", "it's Soleil".
fn introduces(words: &str) -> bool {
    let words = words.replace('’', "'");
    let is_name = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let list: Vec<&str> = words.split_whitespace().collect();
    list.windows(3).any(|three| match three {
        [first, second, name] => {
            let two = format!("{} {}", first.to_lowercase(), second.to_lowercase());
            matches!(
                two.as_str(),
                "this is" | "it is" | "here is" | "we are" | "you've reached"
            ) && is_name(name)
        }
        _ => false,
    }) || list.windows(2).any(|two| match two {
        [first, second] => {
            let begin = first
                .trim_matches(|c: char| !c.is_alphanumeric() && c != '\'')
                .to_lowercase();
            let end = second
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase();
            (matches!(begin.as_str(), "it's" | "from" | "at" | "with") && is_name(second))
                || (end == "here"
                    && is_name(first)
                    && !matches!(begin.as_str(), "i'm" | "we're" | "book" | "click"))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(recipe: &str) -> Vec<String> {
        let head = "name = \"studio\"\nversion = 1\n";
        let recipe = Recipe::from_toml("r", &format!("{head}{recipe}")).unwrap();
        let word = |hint: Problem| {
            let remedy = hint.remedy();
            let (_, word) = remedy.rsplit_once("[\"").unwrap();
            format!("{} {}", hint.key(), word.trim_end_matches("\"])"))
        };
        recipe.hints().into_iter().map(word).collect()
    }

    const BODY: &str =
        "do = \"text\"\nbody = \"{{ location.name }}: sorry we missed your call.\"\n";

    #[test]
    fn texts_that_nobody_gets() {
        let one = |after: &str| format!("[steps.text]\nafter = \"{after}\"\n{BODY}");
        assert_eq!(hints(&one("PT9M")), [""; 0]);
        assert_eq!(hints(&one("PT10M")), ["steps.text.after late_first_text"]);
        assert_eq!(hints(&one("PT15M")), ["steps.text.after late_first_text"]);
        let waived = format!("{}[compliance]\nlater_texts = \"always\"\n", one("PT15M"));
        assert_eq!(hints(&waived), [""; 0]);
        let silent = format!("{}[hints]\nsilence = [\"late_first_text\"]\n", one("PT15M"));
        assert_eq!(hints(&silent), [""; 0]);
    }

    #[test]
    fn texts_that_hardly_anybody_gets() {
        for after in ["PT0S", "PT5M", "PT1H"] {
            let two = format!("[steps.first]\n{BODY}[steps.second]\nafter = \"{after}\"\n{BODY}");
            assert_eq!(hints(&two), ["steps.second later_text"], "{after}");
            let instead = format!(
                "{two}[steps.task]\ndo = \"task\"\non = \"not_sent\"\nof = \"second\"\ntitle = \"Call\"\n"
            );
            assert_eq!(hints(&instead), [""; 0], "{after}");
        }
        let replied = format!("[steps.first]\n{BODY}[steps.second]\non = \"replied\"\n{BODY}");
        assert_eq!(hints(&replied), [""; 0]);
        let numbers = "[numbers.\"+13125550100\"]\n[numbers.\"+13125550101\"]\n";
        let apart = format!(
            "{numbers}[steps.first]\nnumbers = [\"+13125550100\"]\n{BODY}[steps.second]\nnumbers = [\"+13125550101\"]\n{BODY}"
        );
        assert_eq!(hints(&apart), [""; 0]);
    }

    #[test]
    fn words_that_say_who_writes() {
        let says = |body: &str, display: &str| {
            let text = format!(
                "[business]\ndisplay_name = \"{display}\"\n[steps.text]\ndo = \"text\"\nbody = \"{body}\"\n"
            );
            hints(&text).is_empty()
        };
        for body in [
            "{{ location.name }} here. Sorry we missed your call.",
            "Soleil: sorry we missed your call.",
            "Hi, it's SOLEIL. Sorry.",
            "This is Ana. Sorry we missed your call.",
            "Ana from Maple Roofing. Sorry we missed you.",
        ] {
            assert!(says(body, "Soleil"), "{body}");
        }
        for body in [
            "Hi {{ contact.first_name }}, sorry we missed your call!",
            "Sorry we missed you. Book here: {{ custom_values.calendly_link }}",
            "Hi, it's us. Text us back.",
        ] {
            assert!(!says(body, "Soleil"), "{body}");
        }
    }

    #[test]
    fn numbers_that_are_a_digit_short() {
        let odd = |list: &[&str]| {
            let list: Vec<PhoneNumber> = list
                .iter()
                .filter_map(|number| number.parse().ok())
                .collect();
            let odd = odd_ones(list.iter()).into_iter();
            odd.map(|number| number.e164().to_owned())
                .collect::<Vec<_>>()
        };
        let german = ["+4915112345678", "+4915112345679", "+491511234567"];
        assert_eq!(odd(&german), ["+491511234567"]);
        assert_eq!(odd(&german[..2]), [""; 0]);
        assert_eq!(odd(&german[1..]), [""; 0]);
        assert_eq!(odd(&["+13125550100"]), [""; 0]);
    }
}
