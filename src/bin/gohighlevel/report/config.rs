//! What the configuration of `serve` says of reports: the name, zone, currency and targets of each location.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::report::{
    Currency, Revenue, Settings, TargetRange, Targets,
};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::serve::config::Config;

/// A location as reports show it.
pub(super) struct Site {
    pub(super) id: LocationId,
    pub(super) name: String,
    pub(super) settings: Settings,
    pub(super) targets: Targets,
}

/// The part of the file that `serve` has no use for.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    location: Vec<LocationTable>,
}

#[derive(Deserialize)]
struct LocationTable {
    id: LocationId,
    #[serde(default)]
    report: ReportTable,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct ReportTable {
    name: Option<String>,
    zone: Option<String>,
    /// A code of ISO 4217.
    currency: Option<String>,
    /// In the currency, not in hundredths.
    appointment_worth: Option<Worth>,
    all_clicks_reported: bool,
    targets: TargetTable,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Worth {
    Exactly(f64),
    Between([f64; 2]),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct TargetTable {
    coverage: Option<[f64; 2]>,
    replied: Option<[f64; 2]>,
    booked: Option<[f64; 2]>,
    time_to_text_seconds: Option<u32>,
}

/// The path of the database, and the locations in the order of the file.
pub(super) fn read(file: &Path) -> Result<(PathBuf, Vec<Site>), String> {
    let config = Config::read(file)?;
    let store = config.store.path.clone();
    let mut recipes = config.recipes(file)?;
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("{name}: cannot be read: {error}"))?;
    let tables: File = toml::from_str(&text)
        .map_err(|error| format!("{name}: [location.report]: {}", error.message()))?;
    let mut sites = Vec::new();
    for table in tables.location {
        let Some(recipe) = recipes.remove(&table.id) else {
            continue;
        };
        let key = format!("{name}: location {}: report", table.id);
        let settings = Settings::of_recipe(Arc::new(recipe));
        let site = table.report.site(table.id, settings);
        sites.push(site.map_err(|problem| format!("{key}.{problem}"))?);
    }
    Ok((store, sites))
}

impl ReportTable {
    fn site(self, id: LocationId, mut settings: Settings) -> Result<Site, String> {
        if let Some(zone) = self.zone {
            settings.zone = TimeZone::get(&zone).map_err(|_| {
                format!("zone: there is no zone {zone:?}; write its IANA name, such as \"America/Chicago\"")
            })?;
        }
        if let Some(code) = self.currency {
            settings.currency = Currency::of_code(&code);
        }
        settings.revenue = self.appointment_worth.map(Worth::revenue).transpose()?;
        settings.all_clicks_reported = self.all_clicks_reported;
        let mut targets = Targets::default();
        let range = |range: Option<[f64; 2]>| range.map(|[from, to]| TargetRange { from, to });
        targets.coverage = range(self.targets.coverage);
        targets.replied = range(self.targets.replied);
        targets.booked = range(self.targets.booked);
        let seconds = self.targets.time_to_text_seconds;
        targets.time_to_text = seconds.map(|seconds| SignedDuration::from_secs(seconds.into()));
        Ok(Site {
            name: self.name.unwrap_or_else(|| id.to_string()),
            id,
            settings,
            targets,
        })
    }
}

impl Worth {
    fn revenue(self) -> Result<Revenue, String> {
        let hundredths = |amount: f64| {
            let is_amount = (0.0..=1e9).contains(&amount);
            let hundredths = (amount * 100.0).round() as u64;
            is_amount.then_some(hundredths).ok_or_else(|| {
                format!("appointment_worth: {amount} is no amount; write such as 250 or [165, 295]")
            })
        };
        Ok(match self {
            Self::Exactly(amount) => Revenue::exactly(hundredths(amount)?),
            Self::Between([low, high]) => Revenue::between(hundredths(low)?, hundredths(high)?),
        })
    }
}
