//! `setup undo`: puts back what runs have done.

use std::path::PathBuf;

use gohighlevel::setup::{Applied, Journal, Outcome};

use super::run::Run;
use super::{JOURNAL, shown};
use crate::credentials;
use crate::exit::Exit;
use crate::terminal::{self, count};

/// Put back what runs have made, changed and deleted
///
/// It shows what the journal's runs have done, and asks. What somebody has touched since is left alone. Pipelines, stages, options and
/// fields with values are for a person, because contacts and opportunities would lose data. Exit code 0 if all was put back, or nothing
/// was to do; 3 if things for a person remain; 4 if something failed; 1 if nothing was put back.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The journal of the runs
    #[arg(long, value_name = "FILE", default_value = JOURNAL)]
    journal: PathBuf,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Show each thing of each location
    #[arg(long)]
    full: bool,
    /// Print one JSON object; takes --yes
    #[arg(long, requires = "yes")]
    json: bool,
    #[command(flatten)]
    credentials: credentials::Options,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match undone(&arguments).await {
        Ok(exit) => exit,
        Err(problem) => {
            terminal::complain(&problem);
            Exit::Wrong
        }
    }
}

async fn undone(arguments: &Arguments) -> Result<Exit, String> {
    let file = arguments.journal.display();
    // Opening would make it.
    if !arguments.journal.is_file() {
        return Err(format!(
            "{file}: there is no journal; name the one that `setup apply` has written"
        ));
    }
    let journal = Journal::open(&arguments.journal).map_err(|error| error.to_string())?;
    let changes = journal.to_put_back();
    if changes.is_empty() && !arguments.json {
        terminal::print(&format!("{file}: there is nothing to put back.\n"));
        return Ok(Exit::AsWished);
    }
    if !arguments.yes {
        if !terminal::can_ask() {
            return Err("nobody can be asked whether to put it back; give --yes".to_owned());
        }
        terminal::print(&shown::to_put_back(&changes, arguments.full));
        let question = format!("Put back {}?", count(changes.len(), "change"));
        if !terminal::agrees(&question).await {
            terminal::note("Nothing was changed.");
            return Ok(Exit::Wrong);
        }
    }
    let run = Run::new(&arguments.credentials)?;
    let undone = run.during(run.setup.undo(&journal)).await;
    if arguments.json {
        terminal::print_json(&shown::Summary::of(&undone.locations));
    } else {
        terminal::print(&shown::applied(&undone, arguments.full, None));
    }
    Ok(exit_of(&undone))
}

fn exit_of(undone: &Applied) -> Exit {
    if undone.is_complete() {
        return Exit::AsWished;
    }
    let failed = |outcome: &Outcome| matches!(outcome, Outcome::Failed(_) | Outcome::Unknown(_));
    let is_stopped = undone.locations.iter().any(|it| it.stopped.is_some());
    if undone.count(failed) == 0 && !is_stopped {
        // What is left is for a person: it was touched since, or holds data.
        return Exit::ByHand;
    }
    match undone.count(|outcome| !matches!(outcome, Outcome::Failed(_))) {
        0 => Exit::Wrong,
        _ => Exit::Partly,
    }
}
