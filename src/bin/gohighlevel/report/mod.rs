//! `report`: what a database says of missed calls, for people, spreadsheets and programs.

mod case;
mod config;
mod ledger;
mod made;
mod output;
mod period;

use std::path::PathBuf;

use clap::ValueEnum;
use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::ids::{ContactId, LocationId};
use jiff::civil::Date;

use self::config::Site;
use self::ledger::Ledger;
use self::period::Days;
use crate::exit::Exit;
use crate::terminal;

/// Make a report from a database: a page, a spreadsheet, a digest, JSON, an e-mail, or the case file of one caller
///
/// The database may be in use: it is read beside the service, and nothing in it changes. Without --location, html is the page of all
/// locations and json has all of them; the other formats are of one location. Reports hold personal data: --out makes a file for
/// its owner alone. Exit code 0, or 1 if an argument is wrong, the database cannot be read, or there is no such caller.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration of `serve`; [location.report] has the name, zone, currency and targets of a location
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Read this SQLite file instead of the configuration's
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Read the PostgreSQL database of DATABASE_URL; a user who may only read is enough
    #[cfg(feature = "postgres")]
    #[arg(long, conflicts_with = "db")]
    postgres: bool,
    /// Report on this location
    #[arg(long, value_name = "ID")]
    location: Option<LocationId>,
    /// What to make
    #[arg(long, value_enum, default_value_t = Format::Html)]
    format: Format,
    /// The first day, such as 2026-11-23
    #[arg(long, value_name = "DATE", conflicts_with = "last")]
    from: Option<Date>,
    /// The last day; yesterday if left out, in the zone of the location
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// So many days up to the last one, such as 7d or 4w [default: 7d]
    #[arg(long, value_name = "DAYS")]
    last: Option<Days>,
    /// The caller of the case file; without it the first line of the input is the caller's number
    #[arg(long, value_name = "CONTACT")]
    contact: Option<ContactId>,
    /// Leave words, ids and whole numbers out of the case file
    #[arg(long)]
    redact: bool,
    /// Show whole numbers on pages and in e-mails
    #[arg(long, conflicts_with = "redact")]
    full_numbers: bool,
    /// Write to this file instead of the output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page; without --location that of all locations
    Html,
    /// The weekly review, a record for each caller, with their numbers
    Csv,
    /// The last day in plain text, with the numbers of callers to call back
    Digest,
    /// All figures, and the callers who wait with their numbers
    Json,
    /// The body of an e-mail in HTML
    Mail,
    /// The same in plain text
    MailText,
    /// All that is known of one caller, as a page
    CaseFile,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match make(&arguments).await {
        Ok(report) => match output::write(arguments.out.as_deref(), &report) {
            Ok(()) => Exit::AsWished,
            Err(problem) => wrong(&problem),
        },
        Err(problem) => wrong(&problem),
    }
}

fn wrong(problem: &str) -> Exit {
    terminal::complain(problem);
    Exit::Wrong
}

async fn make(arguments: &Arguments) -> Result<String, String> {
    let (store, sites) = config::read(&arguments.config)?;
    let sites = wanted(sites, arguments)?;
    if arguments.format == Format::CaseFile {
        let caller = case::caller(arguments.contact.as_ref())?;
        let ledger = open(arguments, store).await?;
        let [site] = &sites[..] else {
            return Err(one_location(Format::CaseFile));
        };
        return case::file(&ledger, site, &caller, arguments.redact).await;
    }
    if arguments.contact.is_some() || arguments.redact {
        return Err("--contact and --redact are of a case file; write --format case-file".into());
    }
    let now = SystemClock.now();
    let periods: Vec<_> = sites
        .iter()
        .map(|site| {
            let today = now.to_zoned(site.settings.zone.clone()).date();
            period::of(arguments.from, arguments.to, arguments.last, today)
        })
        .collect::<Result<_, _>>()?;
    let ledger = open(arguments, store).await?;
    let made = made::of(&ledger, &sites, &periods).await?;
    output::written(made, &sites, arguments, now)
}

/// The locations that the report is of.
fn wanted(sites: Vec<Site>, arguments: &Arguments) -> Result<Vec<Site>, String> {
    let Some(wanted) = &arguments.location else {
        let of_all = matches!(arguments.format, Format::Html | Format::Json);
        return if of_all || sites.len() == 1 {
            Ok(sites)
        } else {
            Err(one_location(arguments.format))
        };
    };
    let ids: Vec<String> = sites.iter().map(|site| site.id.to_string()).collect();
    let found = sites.into_iter().find(|site| site.id == *wanted);
    found.map(|site| vec![site]).ok_or_else(|| {
        format!(
            "--location {wanted}: the configuration has no such location; it has {}",
            ids.join(", ")
        )
    })
}

fn one_location(format: Format) -> String {
    let name = format.to_possible_value();
    let name = name.as_ref().map_or("this", |value| value.get_name());
    format!("--format {name} is of one location; name it with --location")
}

async fn open(arguments: &Arguments, store: PathBuf) -> Result<Ledger, String> {
    #[cfg(feature = "postgres")]
    if arguments.postgres {
        return Ledger::in_postgres().await;
    }
    Ledger::in_file(arguments.db.clone().unwrap_or(store))
}
