//! The problems that were found while a recipe is read, and the places that they are reported at.

use std::collections::BTreeMap;

use super::problem::Problem;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// What is wrong where a required key is missing.
pub(super) const MISSING: &str = "missing";

/// The problems found so far, and the line of every key.
pub(super) struct Diagnostics<'a> {
    file: &'a str,
    /// Where each line but the first begins.
    line_starts: Vec<usize>,
    pub(super) problems: Vec<Problem>,
    pub(super) lines: BTreeMap<String, usize>,
}

impl<'a> Diagnostics<'a> {
    pub(super) fn new(file: &'a str, source: &'a str) -> Self {
        let breaks = source.match_indices('\n');
        Self {
            file,
            line_starts: breaks.map(|(at, _)| at + 1).collect(),
            problems: Vec::new(),
            lines: BTreeMap::new(),
        }
    }

    /// Removes the problem that a key is missing: it is there under another name, or in another place.
    pub(super) fn not_missing(&mut self, key: &str) {
        let missing = |problem: &Problem| problem.key() == key && problem.what() == MISSING;
        self.problems.retain(|problem| !missing(problem));
    }

    /// Reports a problem at a byte of the source.
    pub(super) fn at(&mut self, offset: usize, key: impl Into<String>, problem: Diagnostic) {
        let line = self.line(offset);
        self.problems
            .push(Problem::new(self.file, line, key, problem));
    }

    pub(super) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset) + 1
    }
}

/// A value that was read, with the place at which problems with it are reported.
#[derive(Clone)]
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) key: String,
    pub(super) offset: usize,
}

impl<T> Found<T> {
    /// Reports a problem with this value.
    pub(super) fn report(&self, diagnostics: &mut Diagnostics<'_>, problem: Diagnostic) {
        diagnostics.at(self.offset, &self.key, problem);
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found {
            value: change(self.value),
            key: self.key,
            offset: self.offset,
        }
    }
}
