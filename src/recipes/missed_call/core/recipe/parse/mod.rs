//! Parses TOML into a [`Recipe`].

mod compliance;
mod contact;
mod cross_checks;
mod email;
mod experiment;
mod hours;
mod numbers;
mod opt_out;
mod rules;
mod steps;
mod tag;
mod task;
mod team;
mod text;
mod trigger;
mod variants;
mod words;
mod zone;

use toml::de::DeTable;

use self::compliance::read_compliance;
use self::experiment::read_experiment;
use self::hours::read_hours;
use self::numbers::read_numbers;
use self::rules::{read_business, read_call, read_callers, read_silenced};
use self::steps::read_steps;
use super::diagnostics::Diagnostics;
use super::problem::{Problem, RecipeError};
use super::slips::first_slip;
use super::toml_reader::TableReader;
use super::{Origin, Recipe, source};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// The longest file that is read, in bytes: a hundred steps with their words take less than half of it.
const LONGEST: usize = 128 * 1024;

/// The recipe, if it has no problems.
pub(super) fn recipe(file: &str, text: &str) -> Result<Recipe, RecipeError> {
    let source = &*source::plain(text);
    if source.len() > LONGEST {
        let problem = Diagnostic::new(
            format!("longer than {} KiB", LONGEST / 1024),
            "name a file that holds a recipe",
        );
        return Err(RecipeError::from(Problem::new(file, 1, "", problem)));
    }
    if let Some(problem) = source::other_format(source) {
        return Err(RecipeError::from(Problem::new(file, 1, "", problem)));
    }
    let (recipe, problems) = read(file, source);
    RecipeError::unless_sound(problems)?;
    recipe.ok_or_else(|| {
        // A missing key was reported above; this makes sure that a recipe is complete.
        let problem = Diagnostic::new("no name or version", "write both");
        RecipeError::from(Problem::new(file, 1, "name", problem))
    })
}

/// As much of the recipe as can be understood, and all problems.
pub(super) fn read(file: &str, source: &str) -> (Option<Recipe>, Vec<Problem>) {
    let (document, errors) = DeTable::parse_recoverable(source);
    let mut diagnostics = Diagnostics::new(file, source);
    if let Some(error) = errors.first() {
        let offset = error.span().map_or(0, |span| span.start);
        return (None, vec![not_toml(file, source, diagnostics.line(offset))]);
    }

    let diagnostics = &mut diagnostics;
    let nothing = DeTable::new();
    let mut root = TableReader::from_document(document.get_ref());
    let name = root.text(diagnostics, "name");
    let version = root.count(diagnostics, "version");
    let dry_run = root.flag(diagnostics, "dry_run").unwrap_or(false);
    let business = root.section(diagnostics, "business");
    let call = root.section_or(diagnostics, "call", &nothing);
    let callers = root.section(diagnostics, "callers");
    let numbers = root.section(diagnostics, "numbers");
    let hours = root.section(diagnostics, "hours");
    let steps = root.section(diagnostics, "steps");
    let compliance = root.section(diagnostics, "compliance");
    let experiment = root.section(diagnostics, "experiment");
    let hints = root.section(diagnostics, "hints");
    root.finish(diagnostics);

    let mut rules = read_compliance(diagnostics, compliance);
    let (callers, untexted_tags, doubt_tags) = read_callers(diagnostics, callers);
    rules.home_code = callers.calling_code();
    let display_name = business.and_then(|section| read_business(diagnostics, section, &rules));
    let (call, unlisted) = read_call(diagnostics, call);
    let numbers = read_numbers(diagnostics, numbers, unlisted, &rules);
    let hours = read_hours(diagnostics, hours);
    let steps = read_steps(diagnostics, steps, &rules);
    let experiment = read_experiment(diagnostics, experiment, &rules);
    let silenced = read_silenced(diagnostics, hints);

    let mut problems = std::mem::take(&mut diagnostics.problems);
    let (Some(name), Some(version)) = (name, version) else {
        return (None, problems);
    };
    let recipe = Recipe {
        name: name.value,
        version: version.value,
        dry_run,
        fingerprint: fingerprint(source),
        source: source.to_owned(),
        display_name,
        call,
        callers,
        untexted_tags,
        doubt_tags,
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
        extra_clinical_words: rules.extra_clinical_words,
        experiment,
        silenced,
        origin: Origin {
            file: file.to_owned(),
            lines: std::mem::take(&mut diagnostics.lines),
        },
    };
    problems.extend(recipe.problems_of_the_whole());
    (Some(recipe), problems)
}

/// The only problem that is reported for a text that is not TOML: the first known mistake, or else the line at which the
/// parser stopped.
fn not_toml(file: &str, source: &str, line: usize) -> Problem {
    if let Some(slip) = first_slip(source) {
        return Problem::new(file, slip.line, slip.key, slip.fault);
    }
    let problem = Diagnostic::new(
        "this line, or the end of what stands above it, cannot be read",
        "write `name = value` for a setting with words in quotes, `[name]` for a section, each once, and `#` in front of \
         a comment",
    );
    Problem::new(file, line, "", problem)
}

/// The first 16 hexadecimal digits of the source's SHA-256.
fn fingerprint(source: &str) -> String {
    let mut hex = crate::digest::sha256_hex(source.as_bytes());
    hex.truncate(16);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file, each line of which is written as people write it, and the same by the book.
    #[test]
    fn what_cannot_be_misunderstood_is_read_as_if_written_by_the_book() {
        let human = include_str!("../../../../../../fixtures/recipes/good/human.toml");
        let mut book = human.to_owned();
        for (written, by_the_book) in [
            ("\"15 minutes\"", "\"PT15M\""),
            ("\"P1D\"", "\"PT24H\""),
            ("\"60 s\"", "\"PT60S\""),
            ("\"ten minutes\"", "\"PT10M\""),
            ("\"1 day\"", "\"PT24H\""),
            ("\"Central Time\"", "\"America/Chicago\""),
            ("weekdays = \"9am-5pm\"", "every_day = \"09:00-17:00\""),
            ("wed = \"9:00–17:30\"", "wednesday = \"09:00-17:30\""),
            (
                "weekend = \"Closed\"",
                "saturday = \"closed\"\nsunday = \"closed\"",
            ),
            ("[2026-12-25,", "[\"2026-12-25\","),
            ("on = 2026-05-04", "on = \"2026-05-04\""),
            ("\"{{ contact.lead_source }}\"", "\"contact.lead_source\""),
        ] {
            assert!(book.contains(written), "{written}");
            book = book.replace(written, by_the_book);
        }
        let human = recipe("human.toml", human).unwrap();
        let mut book = recipe("book.toml", &book).unwrap();
        book.source.clone_from(&human.source);
        book.fingerprint.clone_from(&human.fingerprint);
        // `Debug` shows little of a recipe.
        assert!(human == book, "they do not do the same");
    }
}
