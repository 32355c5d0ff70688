//! The report in the format that was asked for, and where it goes.

use std::io::{self, Write as _};
use std::path::Path;

use gohighlevel::recipes::missed_call::report::pages::{AgencyLine, PageOptions, Pages};
use gohighlevel::recipes::missed_call::report::{Digest, weekly_review_csv};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::config::Site;
use super::made::Made;
use super::{Arguments, Format, one_location};

/// The report as text.
pub(super) fn written(
    made: Vec<Made>,
    sites: &[Site],
    arguments: &Arguments,
    now: Timestamp,
) -> Result<String, String> {
    let pages = Pages::new();
    let (made_of_one, site) = match (&made[..], sites, &arguments.location) {
        ([made], [site], _) => (made, site),
        _ if arguments.format == Format::Html => {
            let mut options = PageOptions::default();
            options.business = "All locations".to_owned();
            options.made_at = Some(now);
            let lines = made.into_iter().zip(sites);
            let lines: Vec<_> = lines
                .map(|(made, site)| AgencyLine::new(&site.name, made.overview, &site.settings))
                .collect();
            return text(pages.agency(&lines, &options).map(|page| page.into_inner()));
        }
        _ if arguments.format == Format::Json => {
            let all: Vec<Value> = made.iter().zip(sites).map(figures).collect();
            return Ok(lines(&Value::from(all)));
        }
        _ => return Err(one_location(arguments.format)),
    };
    let Made {
        period,
        overview,
        report,
    } = made_of_one;
    let settings = &site.settings;
    let mut options = PageOptions::default();
    options.business = site.name.clone();
    options.targets = site.targets;
    options.numbers_in_full = arguments.full_numbers;
    options.made_at = Some(now);
    match arguments.format {
        Format::Html | Format::CaseFile => {
            let page = pages.overview(overview, settings, &options);
            text(page.map(|page| page.into_inner()))
        }
        Format::Csv => {
            let of_period = report.rows.iter().filter(|row| {
                let ended_at = row.call.ended_at.to_zoned(settings.zone.clone());
                period.contains(ended_at.date())
            });
            Ok(weekly_review_csv(of_period, settings).into_inner())
        }
        Format::Digest => Ok(Digest::of(report, period.last(), settings)
            .text()
            .to_owned()),
        Format::Json => Ok(lines(&figures((made_of_one, site)))),
        Format::Mail => {
            let mail = pages.mail(overview, settings, &options);
            text(mail.map(|mail| mail.html.into_inner()))
        }
        Format::MailText => {
            let mail = pages.mail(overview, settings, &options);
            text(mail.map(|mail| mail.text.into_inner()))
        }
    }
}

fn figures((made, site): (&Made, &Site)) -> Value {
    json!({"location": site.id, "name": site.name, "overview": made.overview})
}

fn lines(value: &Value) -> String {
    format!("{value:#}\n")
}

fn text<E: std::error::Error>(page: Result<String, E>) -> Result<String, String> {
    page.map_err(|error| error.to_string())
}

/// Writes a file for its owner alone, as a whole or not at all, or to the output.
pub(super) fn write(file: Option<&Path>, report: &str) -> Result<(), String> {
    let Some(file) = file else {
        let mut stdout = io::stdout().lock();
        // A reader who has gone away misses nothing.
        let _ = stdout
            .write_all(report.as_bytes())
            .and_then(|()| stdout.flush());
        return Ok(());
    };
    let failed = |error: io::Error| format!("{}: cannot be written: {error}", file.display());
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut written =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    written.write_all(report.as_bytes()).map_err(failed)?;
    written.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}
