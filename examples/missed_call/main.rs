//! The tour: FakeGhl, the webhook endpoint and the engine in one process, over real HTTP and on a clock that is set by
//! hand, and a missed call from its end to the last follow-up. It prints what happened, and fails if a promised effect
//! is missing or doubled.
//!
//! ```text
//! cargo run --example missed_call --all-features
//! ```
//!
//! `story` says what the caller does, `tour` plays it and shows how the parts are put together, `report` tells it. The numbers and texts that it
//! prints are made up. Set `RUST_LOG=trace` to see the logs on stderr: they hold neither.
#![allow(clippy::print_stdout)]

mod report;
mod story;
mod tour;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use gohighlevel::recipes::missed_call::{PreflightError, Preset, Recipe, RecipeError};

use crate::report::Report;

/// The tour: somebody calls, nobody answers, and what the recipe promises comes true in HighLevel
#[derive(Parser)]
#[command(
    name = "missed_call",
    after_help = "Exit code 0 if every promise was kept, 1 if not, 2 if an option or the recipe is wrong."
)]
struct Arguments {
    /// What a missed call leads to: a file, or the name of a preset [default: the preset soleil]
    #[arg(long, value_name = "FILE|PRESET")]
    recipe: Option<String>,
    /// Keep the SQLite file with the ledger here [default: a temporary file]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Print one JSON object with events and summary instead of the timeline
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::var_os("RUST_LOG").is_some() {
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_writer(std::io::stderr)
            .init();
    }
    let arguments = Arguments::parse();
    let recipe = match recipe(arguments.recipe.as_deref()) {
        Ok(recipe) => recipe,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    for hint in recipe.hints() {
        eprintln!("{hint}");
    }
    let tour = match tour::take(&recipe, arguments.db).await {
        Ok(tour) => tour,
        Err(failure) => return broken_off(failure),
    };
    let report = Report::new(&recipe, &tour);
    if arguments.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.text(&tour));
    }
    for problem in &report.summary.problems {
        eprintln!("{problem}");
    }
    ExitCode::from(u8::from(!report.summary.problems.is_empty()))
}

fn recipe(name: Option<&str>) -> Result<Recipe, RecipeError> {
    match name {
        None => Ok(Preset::Soleil.recipe()),
        Some(name) => Recipe::from_preset_or_file(name),
    }
}

fn broken_off(failure: tour::Failure) -> ExitCode {
    // A recipe that the sample location cannot serve is as wrong as one that cannot be read.
    if let Some(PreflightError::NotReady { problems, .. }) = failure.downcast_ref() {
        eprintln!("{problems}");
        return ExitCode::from(2);
    }
    eprintln!("the tour broke off: {failure}");
    let mut source = failure.source();
    while let Some(cause) = source {
        eprintln!("  {cause}");
        source = cause.source();
    }
    ExitCode::FAILURE
}
