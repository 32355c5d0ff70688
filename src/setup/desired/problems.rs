//! The problems that were found so far, and the places that they are reported at.

use std::fmt;

use crate::recipes::missed_call::{Diagnostic, Problem};

/// What is wrong where a required key is missing.
pub(super) const MISSING: &str = "missing";

/// Everything that is wrong with the files of a set-up; nothing was asked yet. `Display` prints one problem a line, each
/// with its file, its line, its key and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSetup {
    problems: Vec<Problem>,
}

impl InvalidSetup {
    /// Every problem, in the order of files and lines; never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for InvalidSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidSetup {}

/// The problems and warnings of one reading.
#[derive(Debug, Default)]
pub(super) struct Problems {
    wrong: Vec<Problem>,
    warnings: Vec<Problem>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) key: String,
}

impl Place {
    pub(super) fn new(file: &str, line: usize, key: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            key: key.into(),
        }
    }

    fn problem(&self, what: impl Into<String>, remedy: impl Into<String>) -> Problem {
        let diagnostic = Diagnostic::new(what, remedy);
        Problem::new(&self.file, self.line, &self.key, diagnostic)
    }
}

impl Problems {
    pub(super) fn wrong(
        &mut self,
        place: &Place,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let problem = place.problem(what, remedy);
        if !self.wrong.contains(&problem) {
            self.wrong.push(problem);
        }
    }

    pub(super) fn warn(
        &mut self,
        place: &Place,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.warnings.push(place.problem(what, remedy));
    }

    /// Takes back that a key is missing: it is there under another name.
    pub(super) fn not_missing(&mut self, key: &str) {
        let is_it = |problem: &Problem| problem.key() == key && problem.what() == MISSING;
        self.wrong.retain(|problem| !is_it(problem));
    }

    /// Takes over problems that were found by another reader.
    pub(super) fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.wrong.extend(problems);
    }

    /// The warnings, if nothing is wrong.
    pub(super) fn finish(mut self) -> Result<Vec<Problem>, InvalidSetup> {
        if self.wrong.is_empty() {
            return Ok(self.warnings);
        }
        self.wrong.sort_by(|one, other| {
            let place = |problem: &Problem| (problem.file().to_owned(), problem.line());
            place(one).cmp(&place(other))
        });
        Err(InvalidSetup {
            problems: self.wrong,
        })
    }
}
