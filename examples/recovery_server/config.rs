//! The configuration of the service: its store, its locations and their recipes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use gohighlevel::ids::{AppId, LocationId};
use gohighlevel::recipes::missed_call::Recipe;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What stands in a configuration file.
const KEYS: &str =
    "write [store] with path, and for each location [[location]] with id and preset or recipe";
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Seconds between two sweeps for calls whose webhook was lost; without it there are no sweeps.
    pub(crate) sweep_every_seconds: Option<u32>,
    /// Time limit of the shutdown in seconds; 10 if left out.
    pub(crate) end_within_seconds: Option<u32>,
    /// The marketplace app whose webhooks count; without it those of every app do.
    pub(crate) app_id: Option<AppId>,
    pub(crate) store: StoreTable,
    #[serde(rename = "location")]
    locations: Vec<LocationTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreTable {
    pub(crate) path: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationTable {
    id: LocationId,
    preset: Option<String>,
    /// Found from where the configuration is.
    recipe: Option<PathBuf>,
    /// Of `gohighlevel report`.
    #[serde(rename = "report")]
    _report: Option<IgnoredAny>,
}

impl Config {
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("{name}: cannot be read: {error}"))?;
        toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.unwrap_or_default().matches('\n').count() + 1;
            format!("{name}:{line}: {}; {KEYS}", error.message())
        })
    }

    /// The recipe of each location. Fails with the problems of all of them.
    pub(crate) fn recipes(self, file: &Path) -> Result<HashMap<LocationId, Recipe>, String> {
        let (mut recipes, mut problems) = (HashMap::new(), Vec::new());
        if self.locations.is_empty() {
            problems.push(format!("{}: location: is empty; {KEYS}", file.display()));
        }
        for table in self.locations {
            let key = format!("{}: location {}", file.display(), table.id);
            let recipe = match (table.preset, table.recipe) {
                (Some(preset), None) => {
                    Recipe::preset(&preset).map_err(|error| format!("{key}: preset: {error}"))
                }
                (None, Some(path)) => {
                    Recipe::from_file(file.with_file_name(path)).map_err(|error| error.to_string())
                }
                _ => Err(format!(
                    "{key}: has no recipe or two; write preset = \"soleil\" or recipe = \"file.toml\""
                )),
            };
            match recipe {
                Ok(recipe) if !recipes.contains_key(&table.id) => {
                    recipes.insert(table.id, recipe);
                }
                Ok(_) => problems.push(format!("{key}: id: is there twice; leave one of them out")),
                Err(problem) => problems.push(problem),
            }
        }
        unless_sound(problems).map(|()| recipes)
    }
}

/// Fails with the problems, one a line, unless there are none.
pub(crate) fn unless_sound(problems: Vec<String>) -> Result<(), String> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems.join("\n"))
}
