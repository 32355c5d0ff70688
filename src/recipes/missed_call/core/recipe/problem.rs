//! What is wrong with a recipe: every problem at once, each with its place and its remedy.

use std::fmt;

use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// One thing that is wrong with a recipe. `Display` prints `file:line: key: what is wrong; what to write instead`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    file: String,
    line: usize,
    key: String,
    fault: Diagnostic,
}

impl Problem {
    pub(crate) fn new(file: &str, line: usize, key: impl Into<String>, fault: Diagnostic) -> Self {
        Self {
            file: file.to_owned(),
            line,
            key: key.into(),
            fault,
        }
    }

    /// The file as it was named when the recipe was read.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line in it, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The key with its section, such as `text.body`; empty if the whole file is meant.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong.
    pub fn what(&self) -> &str {
        &self.fault.what
    }

    /// What to write or do instead.
    pub fn remedy(&self) -> &str {
        &self.fault.remedy
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}; {}", self.fault.what, self.fault.remedy)
    }
}

/// A recipe that cannot be used, with all of its problems in the order of their lines. `Display` prints one per line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeError {
    problems: Vec<Problem>,
}

impl RecipeError {
    /// Succeeds if there is no problem.
    pub(crate) fn unless_sound(mut problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by_key(|problem| problem.line);
        Err(Self { problems })
    }

    pub(crate) fn of(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }

    /// Every problem; never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RecipeError {}
