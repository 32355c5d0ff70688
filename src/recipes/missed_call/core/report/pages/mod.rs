//! Reports as pages for people: one file each, without scripts, and without anything that is fetched from elsewhere.
//!
//! | page | made from | question that it answers |
//! |---|---|---|
//! | [`Pages::overview`] | an [`Overview`] | how many callers came back in a week or a month, and what was that worth? |
//! | [`Pages::mail`] | the same | the same as an e-mail, in tables alone, with a plain text beside it |
//! | [`Pages::agency`] | one overview for each location | which location needs help first? |
//! | [`Pages::case_file`] | a [`CaseFile`] | what did one caller experience, and on what basis? |
//! | [`Pages::storyboard`] | a recipe | what will callers read, when, and what stops it? |
//!
//! Pages read well on a phone, print on few sheets, follow the light or dark setting of the reader's device, and show every
//! chart also as a table. They are made from templates ([minijinja](https://docs.rs/minijinja)), which escape every value. A host
//! changes their looks with [`Pages::with_template`]: `style.css` for colours and type, or a whole page.
//!
//! The ten columns of a weekly review, line by line, and their places on the page:
//!
//! | column | place on the page |
//! |---|---|
//! | studio | *By line*, one row each; the name comes from [`Settings::lines`] |
//! | caller number | *Who needs somebody now*; all callers are in [`weekly_review_csv`](super::weekly_review_csv) |
//! | call time | the same; *When calls are missed*, by weekday and hour |
//! | answered or missed | *From the missed call to the reply*, first bar. Answered calls leave no entry in the ledger |
//! | text sent | the same, third bar, with the reasons why not; column *Texted* by line |
//! | booking link clicked | the note of the tile *Wrote back*, if the settings say that every click is reported |
//! | reply received | tile and bar *Wrote back*; column by line |
//! | manual hand-off needed | tile *Needs somebody now*; *Who needs somebody now* |
//! | recovered appointment | tile *Booked*; column by line |
//! | estimated recovered revenue | tile *Worth*, a range; column by line |
//!
//! The indicators that owners watch:
//!
//! | indicator | place on the page |
//! |---|---|
//! | missed calls that are noticed | tile *Missed callers*; calls that could not be classified are counted in *Who needs somebody now* |
//! | speed of the response | tile *Time to the text*; *How fast the text came* |
//! | leads that are lost, and where | *From the missed call to the reply*, the reasons at each step |
//! | engagement, conversion | the shares of *Wrote back* and *Booked*, with their intervals |
//! | hand-off to people | *Who needs somebody now*; live on `board` (feature `live-board`) |
//! | follow-up discipline | tile *Needs somebody now*, against the period before; the agency's page, worst first |
//! | source of the lead | *By line*, if each source has a number |
//! | recovered revenue | tile *Worth* |
//! | improvement over time | each tile against the period before; *13 weeks*; *What the text brings* |
//!
//! ```
//! use gohighlevel::recipes::missed_call::Preset;
//! use gohighlevel::recipes::missed_call::report::pages::Pages;
//!
//! let page = Pages::new().storyboard(&Preset::Soleil.recipe())?;
//! assert!(page.starts_with("<!doctype html>"));
//! # Ok::<(), gohighlevel::recipes::missed_call::report::pages::PageError>(())
//! ```

mod agency;
mod case_events;
mod case_file;
mod charts;
mod figures;
#[cfg(feature = "live-board")]
mod live;
mod proof;
mod storyboard;
mod written;

use jiff::Timestamp;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;

pub use agency::AgencyLine;
pub use case_file::{CaseFile, Detail};
#[cfg(feature = "live-board")]
pub(crate) use live::{Live, LiveCaller, Place};

use super::overview::Overview;
use super::period::Period;
use super::projection::Report;
use super::settings::Settings;
use super::statistics::Trial;
use super::targets::Targets;
use crate::recipes::missed_call::core::recipe::Recipe;
use crate::secret::Private;

/// The templates, which a host may replace.
const TEMPLATES: [(&str, &str); 12] = [
    ("style.css", include_str!("templates/style.css")),
    ("page.html", include_str!("templates/page.html")),
    ("mail.html", include_str!("templates/mail.html")),
    ("mail.txt", include_str!("templates/mail.txt")),
    ("agency.html", include_str!("templates/agency.html")),
    ("case_file.html", include_str!("templates/case_file.html")),
    ("storyboard.html", include_str!("templates/storyboard.html")),
    ("board.html", include_str!("templates/board.html")),
    ("board_main.html", include_str!("templates/board_main.html")),
    ("board.css", include_str!("templates/board.css")),
    ("board.js", include_str!("templates/board.js")),
    ("sign_in.html", include_str!("templates/sign_in.html")),
];

/// Makes pages from templates.
#[derive(Debug)]
pub struct Pages {
    environment: Environment<'static>,
}

/// What a page says beyond the figures.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PageOptions {
    /// The name of the business or location, for the title.
    pub business: String,
    /// The targets of its tiles.
    pub targets: Targets,
    /// Whether callers' numbers are shown in full. Otherwise their last four digits are.
    pub numbers_in_full: bool,
    /// The experiment that holds the text back from some callers, with the callers of other locations. Without it, the
    /// latest experiment of the ledger is shown.
    pub trial: Option<Trial>,
    /// When the ledger was read.
    pub made_at: Option<Timestamp>,
}

/// What the live board shows.
#[cfg(feature = "live-board")]
#[derive(Clone)]
pub(crate) struct BoardView(Value);

/// An e-mail with a report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportMail {
    /// The subject: the report in one sentence.
    pub subject: String,
    /// The body in HTML: tables with styles of their own, which mail programs show.
    pub html: Private<String>,
    /// The body in plain text.
    pub text: Private<String>,
}

/// A page could not be made. It names the template and the line. Correct the host's template; those of the crate do not fail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// There is no template of this name.
    #[error("there is no template `{0}`; the names are {names}", names = Pages::template_names().collect::<Vec<_>>().join(", "))]
    UnknownTemplate(String),
    /// A template is wrong, or uses a value that the page does not have.
    #[error("the template is wrong: {0}; correct it, or start again from `Pages::template`")]
    Template(#[from] minijinja::Error),
}

/// The page of a report: the figures of a location in this period.
///
/// `report` must hold the 13 weeks before the end of the period too. For a ledger that is too long for a [`Report`], use
/// [`OverviewBuilder`](super::OverviewBuilder) and [`Pages::overview`].
pub fn html(
    report: &Report,
    period: Period,
    settings: &Settings,
    options: &PageOptions,
) -> Result<Private<String>, PageError> {
    Pages::new().overview(&Overview::of(report, period, settings), settings, options)
}

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}

impl Pages {
    /// Pages with the crate's own templates.
    pub fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in TEMPLATES {
            // They compile, as a test of each page shows; a page without its template is an error.
            let _ = environment.add_template(name, source);
        }
        Self { environment }
    }

    /// The names of the templates.
    pub fn template_names() -> impl Iterator<Item = &'static str> {
        TEMPLATES.iter().map(|(name, _)| *name)
    }

    /// The crate's own template of this name, to start from.
    pub fn template(name: &str) -> Option<&'static str> {
        let found = TEMPLATES.iter().find(|(known, _)| *known == name);
        found.map(|(_, source)| *source)
    }

    /// The same pages with another template in place of the one of this name. It is compiled at once; a value that it names
    /// and the page does not have is an error when the page is made.
    pub fn with_template(
        mut self,
        name: &str,
        source: impl Into<String>,
    ) -> Result<Self, PageError> {
        let known = Self::template_names().find(|known| *known == name);
        let known = known.ok_or_else(|| PageError::UnknownTemplate(name.to_owned()))?;
        self.environment.add_template_owned(known, source.into())?;
        Ok(self)
    }

    /// The page of one location.
    pub fn overview(
        &self,
        overview: &Overview,
        settings: &Settings,
        options: &PageOptions,
    ) -> Result<Private<String>, PageError> {
        self.render("page.html", &figures::view(overview, settings, options))
    }

    /// The e-mail of one location.
    pub fn mail(
        &self,
        overview: &Overview,
        settings: &Settings,
        options: &PageOptions,
    ) -> Result<ReportMail, PageError> {
        let view = figures::view(overview, settings, options);
        Ok(ReportMail {
            subject: figures::sentence(&overview.metrics, settings),
            html: self.render("mail.html", &view)?,
            text: self.render("mail.txt", &view)?,
        })
    }

    /// The page of an agency: a line for each location, the one with the largest share of callers whom nobody has dealt with
    /// first.
    pub fn agency(
        &self,
        lines: &[AgencyLine],
        options: &PageOptions,
    ) -> Result<Private<String>, PageError> {
        self.render("agency.html", &agency::view(lines, options))
    }

    /// The page of one caller.
    pub fn case_file(&self, case: &CaseFile) -> Result<Private<String>, PageError> {
        self.render("case_file.html", case.view())
    }

    /// The page of a recipe: each text as it will read, when it is sent, what starts it and what stops it. Names, links and
    /// custom values are made up.
    pub fn storyboard(&self, recipe: &Recipe) -> Result<Private<String>, PageError> {
        self.render("storyboard.html", &storyboard::view(recipe))
    }

    /// What the live board shows of this.
    #[cfg(feature = "live-board")]
    pub(crate) fn board(&self, live: &Live<'_>) -> BoardView {
        BoardView(live::view(live))
    }

    /// The page of the live board, whose style and script carry `nonce`.
    #[cfg(feature = "live-board")]
    pub(crate) fn board_page(
        &self,
        view: &BoardView,
        nonce: &str,
    ) -> Result<Private<String>, PageError> {
        let mut view = view.0.clone();
        view["nonce"] = nonce.into();
        self.render("board.html", &view)
    }

    /// What changes on the live board, for its script.
    #[cfg(feature = "live-board")]
    pub(crate) fn board_news(&self, view: &BoardView) -> Result<Private<String>, PageError> {
        let main = self.render("board_main.html", &view.0)?;
        let news = serde_json::json!({"main": main.into_inner(), "now": view.0["now"]});
        Ok(news.to_string().into())
    }

    /// The page that asks for the board's token.
    #[cfg(feature = "live-board")]
    pub(crate) fn sign_in(&self, refused: bool, nonce: &str) -> Result<Private<String>, PageError> {
        let view = serde_json::json!({"refused": refused, "nonce": nonce});
        self.render("sign_in.html", &view)
    }

    fn render(&self, name: &str, view: &Value) -> Result<Private<String>, PageError> {
        let template = self.environment.get_template(name)?;
        Ok(template.render(Serde(view))?.into())
    }
}
