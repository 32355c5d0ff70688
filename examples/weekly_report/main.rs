//! Pages for people, made from a made-up year of an agency's locations: the week of one location, the same as an e-mail, the
//! agency's page, the case files of one caller, and the storyboards of the presets. Open them in a browser.
//!
//! ```text
//! cargo run --example weekly_report --features html-reports,sqlite -- --out report
//! cargo run --release --example weekly_report --features html-reports,sqlite -- --db year.db --calls-a-day 310
//! ```
//!
//! The second command fills a SQLite file with about a million entries, where the file is new, and then makes one page of all
//! of it while it reads.
#![allow(clippy::print_stdout)]

mod made_up;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser;
use gohighlevel::recipes::missed_call::report::pages::{
    AgencyLine, CaseFile, Detail, PageOptions, Pages,
};
use gohighlevel::recipes::missed_call::report::{
    BusinessLine, Overview, OverviewBuilder, Period, Report, ReportStream, Revenue, Settings,
    TargetRange, Trial, callers_needed,
};
use gohighlevel::recipes::missed_call::store::{Commit, LedgerQuery, SqliteStore, Store};
use gohighlevel::recipes::missed_call::{Preset, Recipe};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::made_up::{LAST_DAY, LINES, MadeUp, experiment};

type Failure = Box<dyn std::error::Error>;

/// How many entries are read or written at once.
const BATCH: usize = 5_000;

/// Makes pages from made-up missed calls
#[derive(Parser)]
#[command(name = "weekly_report")]
struct Arguments {
    /// Write the pages into this folder
    #[arg(long, value_name = "FOLDER", default_value = "weekly-report")]
    out: PathBuf,
    /// How many locations the agency has
    #[arg(long, default_value_t = 40)]
    locations: u64,
    /// How many calls a location misses on a day, on average
    #[arg(long, default_value_t = 5.0)]
    calls_a_day: f64,
    /// Take templates from this folder where it has them, by the names of `Pages::template_names`
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,
    /// Make one page of the ledger in this file; fill it first where it is new
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.out)?;
    match &arguments.db {
        Some(file) => one_page_of(file, &arguments).await,
        None => all_pages(&arguments),
    }
}

fn settings(recipe: &Arc<Recipe>, zone: TimeZone) -> Settings {
    let mut settings = Settings::new(zone);
    settings.recipes = vec![recipe.clone()];
    settings.revenue = Some(Revenue::between(16_500, 29_500));
    for (number, name) in LINES {
        if let Ok(number) = number.parse() {
            settings.lines.insert(number, BusinessLine::new(name));
        }
    }
    settings
}

fn options(business: &str) -> PageOptions {
    let mut options = PageOptions::default();
    options.business = business.to_owned();
    options.targets.coverage = Some(TargetRange { from: 1.0, to: 1.0 });
    options.targets.time_to_text = Some(SignedDuration::from_secs(60));
    options.targets.replied = Some(TargetRange { from: 0.4, to: 0.6 });
    options.targets.booked = Some(TargetRange {
        from: 0.15,
        to: 0.25,
    });
    options.made_at = "2026-11-30T13:00:00Z".parse::<Timestamp>().ok();
    options
}

/// The crate's pages, in the looks of the host.
fn pages(templates: Option<&Path>) -> Result<Pages, Failure> {
    let mut pages = Pages::new();
    for name in Pages::template_names() {
        let own = templates
            .map(|folder| folder.join(name))
            .filter(|file| file.exists());
        if let Some(file) = own {
            pages = pages.with_template(name, fs::read_to_string(file)?)?;
        }
    }
    Ok(pages)
}

fn all_pages(arguments: &Arguments) -> Result<(), Failure> {
    let recipe = Arc::new(Recipe::from_toml("soleil.toml", &with_hours())?);
    let pages = pages(arguments.templates.as_deref())?;
    let week = Period::week_of(LAST_DAY);
    let mut lines = Vec::new();
    for number in 1..=arguments.locations {
        let zones = ["America/Chicago", "America/Denver", "America/New_York"];
        let zone = zones
            .get(number as usize % 3)
            .copied()
            .unwrap_or("America/Chicago");
        let mut made = MadeUp::new(number, &recipe, arguments.calls_a_day, TimeZone::get(zone)?);
        let settings = settings(&recipe, made.zone.clone());
        // The page looks back on 13 weeks.
        let entries = made.entries(if number == 1 { 364 } else { 98 });
        let report = Report::of(&entries, &settings);
        let overview = Overview::of(&report, week, &settings);
        let name = format!("Soleil {number:02}");
        if number == 1 {
            let mut options = options(&name);
            write(
                &arguments.out,
                "page.html",
                &pages.overview(&overview, &settings, &options)?,
            )?;
            let mail = pages.mail(&overview, &settings, &options)?;
            println!("{}", mail.subject);
            write(&arguments.out, "mail.html", &mail.html)?;
            write(&arguments.out, "mail.txt", &mail.text)?;
            options.trial = Some(Trial::new(657, experiment(1, 312)));
            options.numbers_in_full = true;
            write(
                &arguments.out,
                "page_early.html",
                &pages.overview(&overview, &settings, &options)?,
            )?;
            let month = Overview::of(&report, Period::month_of(LAST_DAY), &settings);
            write(
                &arguments.out,
                "month.html",
                &pages.overview(&month, &settings, &options)?,
            )?;
            let booked = report
                .rows
                .iter()
                .rev()
                .find(|row| row.reply.is_some() && row.booked_at.is_some());
            if let Some(row) = booked {
                let of_case = entries
                    .iter()
                    .filter(|entry| entry.episode.as_ref() == Some(&row.episode));
                let of_case: Vec<_> = of_case.cloned().collect();
                for (file, detail) in [
                    ("case.html", Detail::Full),
                    ("case_redacted.html", Detail::Redacted),
                ] {
                    let case = CaseFile::of(&of_case, &settings, detail);
                    let case = case.ok_or("the case has no call")?;
                    write(&arguments.out, file, &pages.case_file(&case)?)?;
                }
            }
        }
        lines.push(AgencyLine::new(name, overview, &settings));
    }
    let mut options = options("Soleil, all studios");
    // The size was planned before the experiment began.
    let planned = callers_needed(0.10, 0.20, 0.2).ok_or("no such experiment")?;
    options.trial = Some(Trial::new(planned, experiment(arguments.locations, 40)));
    write(
        &arguments.out,
        "agency.html",
        &pages.agency(&lines, &options)?,
    )?;
    for preset in Preset::ALL {
        let page = pages.storyboard(&preset.recipe())?;
        write(
            &arguments.out,
            &format!("storyboard_{}.html", preset.name()),
            &page,
        )?;
    }
    Ok(())
}

/// The preset `soleil` with hours of business, which the page underlines.
fn with_hours() -> String {
    let hours = "\n[hours]\nzone = \"America/Chicago\"\nweekdays = \"09:00-18:00\"\nsaturday = \"10:00-14:00\"\n";
    format!("{}{hours}", Preset::Soleil.recipe().source())
}

fn write(folder: &Path, name: &str, page: &str) -> Result<(), Failure> {
    let file = folder.join(name);
    fs::write(&file, page)?;
    println!("{} ({} KB)", file.display(), page.len().div_ceil(1_000));
    Ok(())
}

/// One page of a ledger of any length.
async fn one_page_of(file: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let recipe = Arc::new(Preset::Soleil.recipe());
    let is_new = !file.exists();
    let store = SqliteStore::open(file)?;
    let zone = TimeZone::get("America/Chicago")?;
    if is_new {
        let mut made = MadeUp::new(1, &recipe, arguments.calls_a_day, zone.clone());
        for entries in made.entries(364).chunks(BATCH) {
            let commit = Commit {
                entries: entries.to_vec(),
                ..Commit::default()
            };
            store.commit(commit).await?;
        }
        println!("The file is filled. The next run makes its page.");
        return Ok(());
    }
    let settings = settings(&recipe, zone);
    let mut overview = OverviewBuilder::new(Period::month_of(LAST_DAY), &settings);
    let mut stream = ReportStream::new(&settings);
    let mut page = LedgerQuery::default();
    page.limit = Some(BATCH);
    let mut entries = 0;
    loop {
        let rows = store.ledger_rows(&page).await?;
        let Some(last) = rows.last() else { break };
        page.after = Some(last.sequence);
        entries += rows.len();
        for row in &rows {
            stream.take(&row.entry);
        }
        for row in stream.ready() {
            overview.add(&row);
        }
    }
    let rest = stream.finish();
    for row in &rest.rows {
        overview.add(row);
    }
    let pages = pages(arguments.templates.as_deref())?;
    let page = pages.overview(&overview.finish(&rest), &settings, &options("Soleil"))?;
    write(&arguments.out, "page_of_all.html", &page)?;
    println!("{entries} entries");
    Ok(())
}
