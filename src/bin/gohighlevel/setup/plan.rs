//! `setup plan`: what would be done.

use std::path::{Path, PathBuf};

use gohighlevel::setup::AgencyPlan;

use super::run::Run;
use super::{Files, shown};
use crate::credentials;
use crate::exit::Exit;
use crate::terminal::{self, FAINT, styled};

/// See what would be done, and change nothing
///
/// It reads each location, and shows what would be made, changed and deleted, and what only a person can do. Exit code 0 if nothing is
/// to do; 2 if there are changes to make; 3 if only things for a person remain; 4 if some locations could not be read; 1 if a file is
/// wrong or no location could be read. What a person has to do everywhere changes no exit code.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    files: Files,
    /// Save the plan, to be applied with `setup apply --plan`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show each thing of each location
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    form: Form,
    #[command(flatten)]
    credentials: credentials::Options,
}

#[derive(clap::Args)]
#[group(multiple = false)]
struct Form {
    /// Print the plan as JSON
    #[arg(long)]
    json: bool,
    /// Print the plan as Markdown, for a pull request
    #[arg(long)]
    markdown: bool,
    /// Print the plan as a page: a matrix of locations and things
    #[arg(long)]
    html: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match planned(&arguments).await {
        Ok(plan) => exit_of(&plan),
        Err(problem) => {
            terminal::complain(&problem);
            Exit::Wrong
        }
    }
}

async fn planned(arguments: &Arguments) -> Result<AgencyPlan, String> {
    let desired = arguments.files.read()?;
    let run = Run::new(&arguments.credentials)?;
    let plan = run.during(run.setup.plan(&desired)).await;
    if let Some(out) = &arguments.out {
        save(&plan, out)?;
    }
    let form = &arguments.form;
    if form.json {
        terminal::print(&format!("{}\n", plan.to_json()));
    } else if form.markdown {
        terminal::print(&plan.markdown());
    } else if form.html {
        terminal::print(&plan.html());
    } else {
        terminal::print(&shown::plan(&plan, arguments.full));
        let totals = plan.totals();
        if totals.create + totals.change + totals.delete > 0 {
            let apply = match &arguments.out {
                Some(out) => format!("--plan {}", out.display()),
                None => arguments.files.words(),
            };
            let words = format!("Nothing was changed. Apply with: gohighlevel setup apply {apply}");
            terminal::print(&format!("{}\n", styled(FAINT, &words)));
        }
    }
    Ok(plan)
}

fn save(plan: &AgencyPlan, out: &Path) -> Result<(), String> {
    std::fs::write(out, plan.to_json())
        .map_err(|error| format!("{}: the plan cannot be saved: {error}", out.display()))
}

fn exit_of(plan: &AgencyPlan) -> Exit {
    let totals = plan.totals();
    if totals.failed > 0 && totals.failed == plan.locations().len() {
        Exit::Wrong
    } else if totals.failed > 0 {
        Exit::Partly
    } else if totals.create + totals.change + totals.delete > 0 {
        Exit::Differs
    } else if totals.by_hand + totals.conflict > 0 {
        Exit::ByHand
    } else {
        Exit::AsWished
    }
}
