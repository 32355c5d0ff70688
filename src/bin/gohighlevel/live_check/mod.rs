//! `live-check`: what nobody could confirm without an account, asked of a sandbox location. `checks` is the table of questions.

mod check;
mod checks;
mod recorder;
mod sandbox;
mod shape;

use std::fmt::Write as _;

use anstyle::Style;
use gohighlevel::ids::LocationId;
use serde::Serialize;

use self::check::{Check, Finding, Verdict};
use self::sandbox::Sandbox;
use crate::exit::Exit;
use crate::terminal::{self, BAD, DOUBTFUL, FAINT, GOOD, count, styled};

/// Ask a sandbox location what HighLevel's documentation leaves open
///
/// It only reads, unless --write is given. The table at the end can be pasted into an issue as it is: it has the shapes of answers
/// and HighLevel's own words, and no tokens, numbers, names or ids. Exit code 0 if everything that could be asked was
/// answered as expected, 2 if something differs, 4 if something failed or was not removed, 1 if nothing could be asked.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The id of the sandbox location; its token comes from GHL_TOKEN or GHL_TOKEN_<LOCATION_ID>
    #[arg(long, value_name = "ID")]
    location: LocationId,
    /// Also ask what only a change can answer: on a contact, a tag and custom values of its own making, which it removes again
    #[arg(long)]
    write: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    writes: bool,
    answers: Vec<Row>,
    /// What was made and could not be removed, without ids.
    left_behind: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    number: usize,
    question: &'static str,
    expected: &'static str,
    seen: String,
    verdict: Verdict,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    let mut sandbox = match Sandbox::open(arguments.location) {
        Ok(sandbox) => sandbox,
        Err(error) => {
            terminal::complain(&error.to_string());
            return Exit::Wrong;
        }
    };
    if let Err(problem) = sandbox.greet().await {
        terminal::complain(&problem);
        return Exit::Wrong;
    }
    let mut report = Report {
        version: env!("CARGO_PKG_VERSION"),
        writes: arguments.write,
        answers: Vec::new(),
        left_behind: Vec::new(),
    };
    let stopped = tokio::select! {
        () = answer(&mut sandbox, &mut report) => false,
        _ = tokio::signal::ctrl_c() => true,
    };
    // Whatever has happened, nothing stays.
    report.left_behind = sandbox.remove_all().await;
    if arguments.json {
        terminal::print_json(&report);
    } else {
        terminal::print(&report.text());
    }
    if stopped {
        terminal::complain("stopped by Ctrl-C; the table ends where it was");
    }
    report.exit(stopped)
}

/// Asks one question after the other.
async fn answer(sandbox: &mut Sandbox, report: &mut Report) {
    for (index, check) in checks::all().enumerate() {
        let finding = if check.writes && !report.writes {
            Finding::new(Verdict::NotAsked, "needs --write")
        } else {
            (check.ask)(sandbox).await.unwrap_or_else(|finding| finding)
        };
        report.answers.push(Row::of(index + 1, check, finding));
    }
}

impl Row {
    fn of(number: usize, check: &Check, finding: Finding) -> Self {
        Self {
            number,
            question: check.question,
            expected: check.expected,
            seen: finding.seen,
            verdict: finding.verdict,
        }
    }
}

impl Report {
    fn number_of(&self, verdict: Verdict) -> usize {
        let answers = self.answers.iter();
        answers.filter(|row| row.verdict == verdict).count()
    }

    fn exit(&self, stopped: bool) -> Exit {
        let failed = self.number_of(Verdict::Failed);
        if stopped || failed > 0 || !self.left_behind.is_empty() {
            Exit::Partly
        } else if self.number_of(Verdict::Differs) > 0 {
            Exit::Differs
        } else {
            Exit::AsWished
        }
    }

    /// A table in Markdown: it can be read here, and pasted into an issue.
    fn text(&self) -> String {
        let mut out = format!(
            "gohighlevel {} live-check{}\n\n",
            self.version,
            if self.writes { " --write" } else { "" }
        );
        out.push_str("| # | question | expected | seen | verdict |\n|---|---|---|---|---|\n");
        for row in &self.answers {
            let cell = |text: &str| text.replace('|', "\\|");
            let verdict = styled(row.verdict.style(), row.verdict.words());
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {verdict} |",
                row.number,
                cell(row.question),
                cell(row.expected),
                cell(&row.seen)
            );
        }
        let _ = writeln!(
            out,
            "\n{}: {} as expected, {} differ, {} with nothing to look at, {} not available, {} not asked, {} failed.",
            count(self.answers.len(), "question"),
            self.number_of(Verdict::AsExpected),
            self.number_of(Verdict::Differs),
            self.number_of(Verdict::NothingThere),
            self.number_of(Verdict::NotAvailable),
            self.number_of(Verdict::NotAsked),
            self.number_of(Verdict::Failed),
        );
        for left in &self.left_behind {
            let _ = writeln!(out, "{}", styled(BAD, left));
        }
        out
    }
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Self::AsExpected => "as expected",
            Self::Differs => "**differs**",
            Self::NothingThere => "nothing to look at",
            Self::NotAvailable => "not available",
            Self::NotAsked => "not asked",
            Self::Failed => "failed",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::AsExpected => GOOD,
            Self::Differs | Self::Failed => BAD,
            Self::NotAvailable => DOUBTFUL,
            Self::NothingThere | Self::NotAsked => FAINT,
        }
    }
}
