//! `setup apply`: does what a plan says.

use std::path::{Path, PathBuf};

use gohighlevel::setup::{AgencyPlan, Applied, Force, Journal, Outcome};

use super::run::Run;
use super::{Files, JOURNAL, shown};
use crate::credentials;
use crate::exit::Exit;
use crate::terminal;

/// Do what a plan says
///
/// Without --plan it plans, shows the plan and asks. Each thing is read again right before it is written: what somebody has changed
/// since the plan was made is left alone. Each write is written down in the journal before it is made: after a crash, a lost answer or
/// Ctrl-C run the same command again, and nothing is made twice. Exit code 0 if all was done, or nothing was to do; 3 if things for a
/// person remain; 4 if something failed or was left alone; 1 if a file is wrong or nothing was written.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    files: Files,
    /// Apply this saved plan, without asking
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "location"])]
    plan: Option<PathBuf>,
    /// Where each write is written down, to continue after a crash and to undo
    #[arg(long, value_name = "FILE", default_value = JOURNAL)]
    journal: PathBuf,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Change more of what a location has than the settings file allows
    #[arg(long)]
    force: bool,
    /// Show each thing of each location
    #[arg(long)]
    full: bool,
    /// Print one JSON object, and do not ask
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    credentials: credentials::Options,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match applied(&arguments).await {
        Ok(exit) => exit,
        Err(problem) => {
            terminal::complain(&problem);
            Exit::Wrong
        }
    }
}

async fn applied(arguments: &Arguments) -> Result<Exit, String> {
    let run = Run::new(&arguments.credentials)?;
    let plan = match &arguments.plan {
        Some(file) => saved(file)?,
        None => match arguments.agreed(&run).await? {
            Some(plan) => plan,
            None => {
                terminal::note("Nothing was changed.");
                return Ok(Exit::Wrong);
            }
        },
    };
    let journal = Journal::open(&arguments.journal).map_err(|error| error.to_string())?;
    let force = match arguments.force {
        true => Force::Yes,
        false => Force::No,
    };
    let applied = run.during(run.setup.apply(&plan, &journal, force)).await;
    if arguments.json {
        terminal::print_json(&shown::Summary::of(&applied.locations));
    } else {
        let journal = arguments.journal.display();
        let undo = match arguments.journal == Path::new(JOURNAL) {
            true => "gohighlevel setup undo".to_owned(),
            false => format!("gohighlevel setup undo --journal {journal}"),
        };
        terminal::print(&shown::applied(&applied, arguments.full, Some(&undo)));
    }
    Ok(exit_of(&plan, &applied))
}

impl Arguments {
    /// Plans, shows the plan, and asks; `None` if it is not to be applied.
    async fn agreed(&self, run: &Run) -> Result<Option<AgencyPlan>, String> {
        let desired = self.files.read()?;
        if !self.yes && (self.json || !terminal::can_ask()) {
            return Err(
                "nobody can be asked whether to apply the plan; look at it with `setup plan --out plan.json` and give \
                 --plan plan.json, or give --yes"
                    .to_owned(),
            );
        }
        let plan = run.during(run.setup.plan(&desired)).await;
        if run.is_stopped() {
            return Ok(None);
        }
        if !self.json {
            terminal::print(&shown::plan(&plan, self.full));
        }
        let has_writes = plan
            .locations()
            .iter()
            .any(|it| it.writes().next().is_some());
        if self.yes || !has_writes || terminal::agrees("Apply this plan?").await {
            return Ok(Some(plan));
        }
        Ok(None)
    }
}

fn saved(file: &Path) -> Result<AgencyPlan, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{shown}: the plan cannot be read: {error}"))?;
    AgencyPlan::from_json(&text).map_err(|error| format!("{shown}: {error}"))
}

fn exit_of(plan: &AgencyPlan, applied: &Applied) -> Exit {
    let totals = plan.totals();
    if !applied.is_complete() {
        let is_nothing = |outcome: &Outcome| matches!(outcome, Outcome::Failed(_));
        let nothing = applied.count(|outcome| !is_nothing(outcome)) == 0;
        return if nothing { Exit::Wrong } else { Exit::Partly };
    }
    if totals.failed > 0 && totals.failed == plan.locations().len() {
        Exit::Wrong
    } else if totals.failed > 0 {
        Exit::Partly
    } else if totals.by_hand + totals.conflict > 0 {
        Exit::ByHand
    } else {
        Exit::AsWished
    }
}
