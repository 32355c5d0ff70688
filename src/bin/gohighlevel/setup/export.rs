//! `setup export`: the files of a location that is as one wants it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use gohighlevel::ids::LocationId;

use super::run::Run;
use crate::credentials;
use crate::exit::Exit;
use crate::terminal::{self, FAINT, styled};

/// Write the files of a location that is as you want it
///
/// They hold what the location has: a plan with them finds nothing to do there. Remove what differs from location to location, and
/// add a row for each other one. Exit code 1 if the location could not be read, or one of the files is there already.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The location's id
    location: LocationId,
    /// The folder that gets `agency.toml` and `locations.csv`
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    into: PathBuf,
    #[command(flatten)]
    credentials: credentials::Options,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match exported(&arguments).await {
        Ok(()) => Exit::AsWished,
        Err(problem) => {
            terminal::complain(&problem);
            Exit::Wrong
        }
    }
}

async fn exported(arguments: &Arguments) -> Result<(), String> {
    let toml = arguments.into.join("agency.toml");
    let csv = arguments.into.join("locations.csv");
    for file in [&toml, &csv] {
        if file.exists() {
            let file = file.display();
            return Err(format!(
                "{file}: is there already; move it away, or name another folder with --into"
            ));
        }
    }
    let run = Run::new(&arguments.credentials)?;
    let exported = run.setup.export(&arguments.location).await;
    let exported = exported.map_err(|error| error.to_string())?;
    written(&toml, &exported.toml)?;
    written(&csv, &exported.csv)?;
    let (toml, csv) = (toml.display(), csv.display());
    terminal::print(&format!("{toml}\n{csv}\n"));
    let words = format!("See whether anything differs: gohighlevel setup plan {toml}");
    terminal::print(&format!("{}\n", styled(FAINT, &words)));
    Ok(())
}

fn written(path: &Path, text: &str) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| format!("{}: cannot be written: {error}", path.display()))
}
