//! `recipe check`: all problems and hints of recipes, by file.

use std::fmt::Write as _;

use anstyle::Style;
use gohighlevel::recipes::missed_call::{Problem, Recipe};
use serde::Serialize;

use crate::exit::Exit;
use crate::terminal::{self, BAD, DOUBTFUL, FAINT, GOOD, TITLE, count, styled};

/// Check recipes: all problems, and hints at what is allowed and probably a mistake
///
/// Exit code 0 if all can be used, whatever the hints; 1 if one has problems or cannot be read.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Files in TOML, or names of presets: soleil, ghl_blog, hi_skin, nebru, zfire
    #[arg(required = true, value_name = "FILE|PRESET")]
    recipes: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    recipes: Vec<Checked>,
    valid: usize,
    invalid: usize,
    problems: usize,
    hints: usize,
}

/// What is known of one recipe.
#[derive(Serialize)]
struct Checked {
    /// As it was named on the command line.
    source: String,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipe: Option<Identity>,
    problems: Vec<Remark>,
    hints: Vec<Remark>,
}

#[derive(Serialize)]
struct Identity {
    name: String,
    version: u32,
    fingerprint: String,
}

#[derive(Serialize)]
struct Remark {
    line: usize,
    key: String,
    what: String,
    remedy: String,
}

pub(crate) fn run(arguments: &Arguments) -> Exit {
    let report = Report::of(&arguments.recipes);
    if arguments.json {
        terminal::print_json(&report);
    } else {
        terminal::print(&report.text());
    }
    if report.invalid == 0 {
        Exit::AsWished
    } else {
        Exit::Wrong
    }
}

impl Report {
    fn of(sources: &[String]) -> Self {
        let recipes: Vec<Checked> = sources.iter().map(|source| Checked::of(source)).collect();
        let valid = recipes.iter().filter(|recipe| recipe.valid).count();
        let sum = |of: fn(&Checked) -> &Vec<Remark>| recipes.iter().map(|one| of(one).len()).sum();
        Self {
            valid,
            invalid: recipes.len() - valid,
            problems: sum(|recipe| &recipe.problems),
            hints: sum(|recipe| &recipe.hints),
            recipes,
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for recipe in &self.recipes {
            recipe.add_to(&mut out);
            out.push('\n');
        }
        let valid = match self.invalid {
            0 if self.valid == 1 => "can be used".to_owned(),
            0 => "all can be used".to_owned(),
            invalid => format!("{} can be used, {invalid} not", self.valid),
        };
        let _ = writeln!(
            out,
            "{}: {valid}; {}, {}.",
            count(self.recipes.len(), "recipe"),
            count(self.problems, "problem"),
            count(self.hints, "hint"),
        );
        out
    }
}

impl Checked {
    fn of(source: &str) -> Self {
        let source = source.to_owned();
        match Recipe::from_preset_or_file(&source) {
            Ok(recipe) => Self {
                source,
                valid: true,
                problems: Vec::new(),
                hints: recipe.hints().iter().map(Remark::of).collect(),
                recipe: Some(Identity {
                    name: recipe.name().to_owned(),
                    version: recipe.version(),
                    fingerprint: recipe.fingerprint().to_owned(),
                }),
            },
            Err(error) => Self {
                source,
                valid: false,
                recipe: None,
                problems: error.problems().iter().map(Remark::of).collect(),
                hints: Vec::new(),
            },
        }
    }

    fn add_to(&self, out: &mut String) {
        let (mark, style) = if self.valid {
            ("✓", GOOD)
        } else {
            ("✗", BAD)
        };
        let identity = self.recipe.as_ref().map_or_else(String::new, |recipe| {
            let Identity {
                name,
                version,
                fingerprint,
            } = recipe;
            styled(FAINT, &format!("  {name} {version}, {fingerprint}"))
        });
        let source = styled(TITLE, &self.source);
        let _ = writeln!(out, "{} {source}{identity}", styled(style, mark));
        for problem in &self.problems {
            problem.add_to(out, "problem", BAD);
        }
        for hint in &self.hints {
            hint.add_to(out, "hint", DOUBTFUL);
        }
    }
}

impl Remark {
    fn of(problem: &Problem) -> Self {
        Self {
            line: problem.line(),
            key: problem.key().to_owned(),
            what: problem.what().to_owned(),
            remedy: problem.remedy().to_owned(),
        }
    }

    fn add_to(&self, out: &mut String, kind: &str, style: Style) {
        let Self {
            line,
            key,
            what,
            remedy,
        } = self;
        let head = format!("  {} line {line}", styled(style, &format!("{kind:<7}")));
        let key = if key.is_empty() {
            String::new()
        } else {
            format!("  {}", styled(TITLE, key))
        };
        let _ = writeln!(out, "{head}{key}");
        terminal::add(out, "          ", what);
        terminal::add(out, "          → ", remedy);
    }
}
