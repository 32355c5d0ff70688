//! From TOML to a [`Recipe`]: what every key means, its default and its bounds.

mod contact;
mod email;
mod hours;
mod numbers;
mod opt_out;
mod rules;
mod start;
mod steps;
mod tag;
mod task;
mod team;
mod text;
mod variants;
mod whole;

use jiff::SignedDuration;
use toml::de::DeTable;

use self::hours::read_hours;
use self::numbers::read_numbers;
use self::rules::{read_business, read_call, read_callers, read_compliance};
use self::steps::read_steps;
use super::problem::{Fault, Problem, RecipeError};
use super::reader::{Notes, Section};
use super::{Origin, Recipe};

const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The longest file that is read, in bytes: a hundred steps with their words take less than half of it.
const LONGEST: usize = 128 * 1024;

/// The recipe, if it is sound.
pub(super) fn recipe(file: &str, source: &str) -> Result<Recipe, RecipeError> {
    if source.len() > LONGEST {
        let fault = Fault::new(
            format!("longer than {} KiB", LONGEST / 1024),
            "name a file that holds a recipe",
        );
        return Err(RecipeError::of(Problem::new(file, 1, "", fault)));
    }
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
        // One slip of the pen can be found many times over.
        notes.problems.dedup();
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
    let numbers = root.section(notes, "numbers");
    let hours = root.section(notes, "hours");
    let steps = root.section(notes, "steps");
    let compliance = root.section(notes, "compliance");
    root.finish(notes);

    let mut rules = read_compliance(notes, compliance);
    let (callers, untexted_tags) = read_callers(notes, callers);
    rules.home_code = callers.calling_code();
    let display_name = business.and_then(|section| read_business(notes, section, &rules));
    let (call, unlisted) = read_call(notes, call);
    let numbers = read_numbers(notes, numbers, unlisted, &rules);
    let hours = read_hours(notes, hours);
    let steps = read_steps(notes, steps, &rules);

    let mut problems = std::mem::take(&mut notes.problems);
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
        untexted_tags,
        numbers,
        hours,
        steps,
        hipaa: rules.hipaa,
        first_text_waits: rules.first_text_waits,
        approved_copy_only: rules.approved_copy_only,
        later_texts_need_consent: rules.later_texts_need_consent,
        texts_per_day: rules.texts_per_day,
        flood: rules.flood,
        near_suspension: rules.near_suspension,
        extra_clinical_words: rules.extra,
        origin: Origin {
            file: file.to_owned(),
            lines: std::mem::take(&mut notes.lines),
        },
    };
    problems.extend(recipe.problems_of_the_whole());
    (Some(recipe), problems)
}

/// The first 16 hexadecimal digits of the source's SHA-256.
fn fingerprint(source: &str) -> String {
    let mut hex = crate::digest::sha256_hex(source.as_bytes());
    hex.truncate(16);
    hex
}
