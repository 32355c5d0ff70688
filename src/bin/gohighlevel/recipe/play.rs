//! `recipe play`: the tour, made of the example's own parts.

#[path = "../../../../examples/missed_call/report.rs"]
mod report;
#[path = "../../../../examples/missed_call/story.rs"]
mod story;
#[path = "../../../../examples/missed_call/tour.rs"]
mod tour;

use std::path::PathBuf;

use gohighlevel::recipes::missed_call::{PreflightError, Recipe};

use self::report::Report;
use crate::exit::Exit;
use crate::terminal;

/// Watch a recipe at work: somebody calls, nobody answers, on a HighLevel and a clock of its own
///
/// Nothing leaves this machine. Exit code 0 if every promise was kept, 2 if not, 1 if the recipe is wrong, 4 if the tour broke off.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A file in TOML, or the name of a preset: soleil, ghl_blog, hi_skin, nebru, zfire
    #[arg(value_name = "FILE|PRESET")]
    recipe: String,
    /// Keep the SQLite file with the ledger here [default: a temporary file]
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Print one JSON object with events and summary instead of the timeline
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    let recipe = match Recipe::from_preset_or_file(&arguments.recipe) {
        Ok(recipe) => recipe,
        Err(problems) => {
            terminal::complain(&problems.to_string());
            return Exit::Wrong;
        }
    };
    let tour = match tour::take(&recipe, arguments.db).await {
        Ok(tour) => tour,
        Err(failure) => return broken_off(&failure),
    };
    let report = Report::new(&recipe, &tour);
    if arguments.json {
        terminal::print(&format!("{}\n", report.json()));
    } else {
        terminal::print(&report.text(&tour));
    }
    for problem in &report.summary.problems {
        terminal::complain(problem);
    }
    if report.summary.problems.is_empty() {
        Exit::AsWished
    } else {
        Exit::Differs
    }
}

fn broken_off(failure: &tour::Failure) -> Exit {
    // A recipe that the sample location cannot serve is as wrong as one that cannot be read.
    if let Some(PreflightError::NotReady { problems, .. }) = failure.downcast_ref() {
        terminal::complain(&format!(
            "the sample location cannot serve this recipe:\n{problems}"
        ));
        return Exit::Wrong;
    }
    let causes = std::iter::successors(failure.source(), |cause| cause.source());
    let causes: String = causes.map(|cause| format!("\n  {cause}")).collect();
    terminal::complain(&format!("the tour broke off: {failure}{causes}"));
    Exit::Partly
}
