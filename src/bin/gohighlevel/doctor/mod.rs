//! `doctor`: whether locations have what their recipes need.

mod report;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use gohighlevel::Client;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{
    Engine, Notice, PreflightError, Recipe, RecipeError, TeamNotifier,
};

use self::report::Report;
use crate::credentials;
use crate::exit::Exit;
use crate::serve::config::Config;
use crate::terminal;

/// How many locations are asked at once. Each has a rate limit of its own.
const AT_ONCE: usize = 16;

/// See whether locations have what their recipes need
///
/// It reads custom values, users, pipelines and so on of each location, and changes nothing. One problem of many locations is shown
/// once. Exit code 0 if all are ready, whatever the hints; 3 if something is missing; 4 if some could not be asked; 1 if none
/// could be.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration of the recovery server, which names locations and recipes
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "location",
        required_unless_present = "location"
    )]
    config: Option<PathBuf>,
    /// A location, or several
    #[arg(long, value_name = "ID", requires = "recipe")]
    location: Vec<LocationId>,
    /// The recipe of these locations
    #[arg(long, value_name = "FILE|PRESET", requires = "location")]
    recipe: Option<String>,
    #[command(flatten)]
    credentials: credentials::Options,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    let recipes = match arguments.recipes() {
        Ok(recipes) => recipes,
        Err(problems) => {
            terminal::complain(&problems);
            return Exit::Wrong;
        }
    };
    let client = match arguments.credentials.client() {
        Ok(client) => client,
        Err(problem) => {
            terminal::complain(&problem);
            return Exit::Wrong;
        }
    };
    let report = Report::of(examined(&client, recipes).await);
    if arguments.json {
        terminal::print_json(&report);
    } else {
        terminal::print(&report.text());
    }
    report.exit()
}

impl Arguments {
    fn recipes(&self) -> Result<HashMap<LocationId, Recipe>, String> {
        if let Some(file) = &self.config {
            return Config::read(file)?.recipes(file);
        }
        let recipe = self.recipe.as_deref().unwrap_or_default();
        let recipe = Recipe::from_preset_or_file(recipe)
            .map_err(|problems: RecipeError| problems.to_string())?;
        let ids = self.location.iter().cloned();
        Ok(ids.map(|id| (id, recipe.clone())).collect())
    }
}

/// What is known of one location.
pub(crate) struct Examined {
    id: LocationId,
    /// What people call it, if HighLevel says so.
    name: Option<String>,
    errors: Vec<PreflightError>,
}

/// Asks the locations, many at once, with a bar on a terminal.
async fn examined(client: &Client, recipes: HashMap<LocationId, Recipe>) -> Vec<Examined> {
    let mut engine = Engine::builder(Arc::new(MemoryStore::new())).notifier(Arc::new(Somebody));
    let mut ids: Vec<LocationId> = recipes.keys().cloned().collect();
    ids.sort();
    for (id, recipe) in recipes {
        engine = engine.location(client.location(id), recipe);
    }
    let engine = engine.build();
    let bar = terminal::bar(ids.len());
    let mut found: Vec<Examined> = futures_util::stream::iter(ids)
        .map(|id| {
            let (engine, bar) = (&engine, &bar);
            async move {
                let location = client.location(id.clone()).in_background();
                let errors = engine.preflight_of(&id).await;
                let was_asked = !errors.iter().any(is_unasked);
                // Who could not be asked anything is not asked for a name either.
                let name = match was_asked {
                    true => location
                        .details()
                        .await
                        .ok()
                        .and_then(|details| details.name),
                    false => None,
                };
                bar.inc(1);
                Examined { id, name, errors }
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    bar.finish_and_clear();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found
}

fn is_unasked(error: &PreflightError) -> bool {
    !matches!(
        error,
        PreflightError::NotReady { .. }
            | PreflightError::Warning { .. }
            | PreflightError::Hint { .. }
            | PreflightError::DryRun { .. }
    )
}

/// Whether the service that runs the recipes has somebody to tell is not asked here.
#[derive(Debug)]
struct Somebody;

#[async_trait]
impl TeamNotifier for Somebody {
    async fn notify(&self, _: &Notice) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
}
