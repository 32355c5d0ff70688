//! `setup`: what locations must have, from files. `run` holds what the parts share, `shown` how plans and their ends look.

mod apply;
mod export;
mod plan;
mod run;
mod shown;
mod undo;

use std::path::PathBuf;

use gohighlevel::setup::Desired;

use crate::exit::Exit;

/// Set locations up from files: plan, apply, undo
///
/// A settings file says what every location must have, and a spreadsheet with one row a location what differs. What the file does
/// not name is not touched.
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Plan(plan::Arguments),
    Apply(apply::Arguments),
    Export(export::Arguments),
    Undo(undo::Arguments),
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match arguments.command {
        Command::Plan(arguments) => plan::run(arguments).await,
        Command::Apply(arguments) => apply::run(arguments).await,
        Command::Export(arguments) => export::run(arguments).await,
        Command::Undo(arguments) => undo::run(arguments).await,
    }
}

/// The file where writes are written down, unless another is named.
const JOURNAL: &str = "setup.jsonl";

/// What locations must have.
#[derive(clap::Args)]
struct Files {
    /// What every location must have; it names the spreadsheet of locations
    #[arg(value_name = "FILE", default_value = "agency.toml")]
    file: PathBuf,
    /// This location alone, by its name or id; several take several options
    #[arg(long, value_name = "NAME|ID")]
    location: Vec<String>,
}

impl Files {
    /// Reads the files. Fails with everything that is wrong with them.
    fn read(&self) -> Result<Desired, String> {
        let desired = Desired::read(&self.file).map_err(|problems| problems.to_string())?;
        desired
            .select(&self.location)
            .map_err(|error| error.to_string())
    }

    /// The arguments that name the same again.
    fn words(&self) -> String {
        let mut words = self.file.display().to_string();
        for location in &self.location {
            words += &format!(" --location \"{location}\"");
        }
        words
    }
}
