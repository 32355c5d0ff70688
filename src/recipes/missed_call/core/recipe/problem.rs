//! The problems of a recipe, each with its place and its remedy.

use std::fmt;

use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// One thing that is wrong with a recipe. `Display` prints `file:line: key: what is wrong; what to write instead`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    file: String,
    line: usize,
    key: String,
    diagnostic: Diagnostic,
}

impl Problem {
    pub(crate) fn new(
        file: &str,
        line: usize,
        key: impl Into<String>,
        diagnostic: Diagnostic,
    ) -> Self {
        Self {
            file: file.to_owned(),
            line,
            key: key.into(),
            diagnostic,
        }
    }

    /// The name of the file, as it was given when the recipe was read.
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
        &self.diagnostic.what
    }

    /// What to write or do instead.
    pub fn remedy(&self) -> &str {
        &self.diagnostic.remedy
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}; {}", self.diagnostic.what, self.diagnostic.remedy)
    }
}

/// All problems of a recipe that cannot be used, in the order of their lines. `Display` prints one per line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeError {
    problems: Vec<Problem>,
}

impl RecipeError {
    /// A file that cannot be read.
    pub(crate) fn unreadable(file: &str, error: &std::io::Error) -> Self {
        let fault = Diagnostic::new(format!("cannot be read: {error}"), "name a readable file");
        Self::from(Problem::new(file, 1, "", fault))
    }

    /// Fails unless there is no problem.
    pub(crate) fn unless_sound(mut problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by_key(|problem| problem.line);
        Err(Self { problems })
    }

    /// Every problem; never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl From<Problem> for RecipeError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
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
