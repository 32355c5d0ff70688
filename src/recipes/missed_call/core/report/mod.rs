//! Reports on missed calls, computed from the ledger, for the business and its lawyers.
//!
//! Every function takes entries of the [`ledger`](super::ledger), as a store returns them, and returns values or text. The
//! functions are pure: the only times are those of the entries. [`Settings`] holds what the ledger does not know.
//!
//! What they return can be serialised, with callers' numbers and texts in full, for a dashboard of the host's own. Durations
//! are ISO 8601. Read the entries of whole episodes for them:
//! [`LedgerQuery::of_episodes_since`](crate::recipes::missed_call::store::LedgerQuery::of_episodes_since).
//!
//! | part | question that it answers |
//! |---|---|
//! | [`Report`] | what was the outcome for each caller? One [`Row`] each, with an [`Outcome`] |
//! | [`weekly_review_csv`] | the weekly review for a spreadsheet: one record for each caller, and totals |
//! | [`Digest`] | what happened on a day, and which calls still need attention? |
//! | [`Metrics`] | how fast, how often, how much? Each number with its definition |
//! | [`Overview`] | all figures of a week or month: hours, lines, weeks, reasons, who needs somebody |
//! | [`ReportStream`] | the same for a ledger of any length, read bit by bit |
//! | [`ExperimentReport`] | what did the callers of each arm of an experiment do? |
//! | [`Trial`] | what does the text bring? Arms, intervals, the number of callers that it takes |
//! | [`Targets`] | were the targets met? |
//! | [`evidence`] | which text was sent to whom, when, and on what basis? |
//! | `pages` (feature `html-reports`) | all of this as pages and e-mails for people |
//!
//! ```
//! use gohighlevel::recipes::missed_call::ledger::Entry;
//! use gohighlevel::recipes::missed_call::report::{
//!     Digest, Metrics, Report, Revenue, Settings, BusinessLine, evidence, weekly_review_csv,
//! };
//! use jiff::tz::TimeZone;
//!
//! /// All reports of one location's ledger.
//! fn reports(entries: &[Entry]) -> Result<(), Box<dyn std::error::Error>> {
//!     let mut settings = Settings::new(TimeZone::get("America/Chicago")?);
//!     settings.lines.insert("+13125550100".parse()?, BusinessLine::new("North"));
//!     settings.revenue = Some(Revenue::between(165_00, 295_00));
//!
//!     let report = Report::of(entries, &settings);
//!     let csv: String = weekly_review_csv(&report.rows, &settings).into_inner();
//!     let digest = Digest::of(&report, "2026-11-20".parse()?, &settings);
//!     let metrics = Metrics::of(&report.rows, &settings);
//!
//!     // The ledger is empty: only the header and the totals.
//!     assert_eq!(csv.lines().count(), 2);
//!     assert_eq!(digest.text(), "Missed calls on Friday, 20 November 2026\n\nThere were none.\n");
//!     assert_eq!(metrics.time_to_text_p95, None);
//!     assert_eq!(evidence::lines(entries).count(), 0);
//!     Ok(())
//! }
//! # reports(&[])?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod attribution;
mod csv;
mod currency;
mod digest;
pub mod evidence;
mod experiment;
mod metrics;
mod outcome;
mod overview;
#[cfg(feature = "html-reports")]
pub mod pages;
mod period;
mod plain;
mod projection;
mod row;
mod settings;
mod statistics;
mod stream;
mod targets;
mod weekly_review;

pub use currency::Currency;
pub use digest::Digest;
pub use experiment::{ArmOutcomes, ExperimentReport, OutcomeOfCaller, Outcomes};
pub use metrics::{Metrics, Share};
pub use outcome::Outcome;
pub use overview::{
    DayFigures, LineFigures, Loss, Overview, OverviewBuilder, Speed, Step, Waiting, WeekFigures,
};
#[cfg(feature = "html-reports")]
pub use pages::html;
pub use period::Period;
pub use projection::{Report, UnclearCall};
pub use row::{
    AcceptedText, Booking, DoubtRow, OptOutRow, ReceiptRow, ReplyRow, Row, StepEnd, StepRow,
};
pub use settings::{BusinessLine, Revenue, Settings};
pub use statistics::{Arm, Arms, Difference, Interval, Trial, Verdict, callers_needed};
pub use stream::ReportStream;
pub use targets::{Comparison, Measured, Target, TargetRange, Targets};
pub use weekly_review::weekly_review_csv;
