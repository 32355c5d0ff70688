//! Some of the locations alone, by what people call them.

use super::{Desired, DesiredLocation};
use crate::recipes::missed_call::nearest;
use crate::setup::names;

/// A name or id that no row of the spreadsheet has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no row of the spreadsheet has the location `{name}`; {}", self.remedy())]
#[non_exhaustive]
pub struct UnknownLocation {
    /// What was asked for.
    pub name: String,
    /// The name or id that was probably meant.
    pub nearest: Option<String>,
}

impl UnknownLocation {
    fn remedy(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "write the name or the id of a row".to_owned(),
        }
    }
}

impl Desired {
    /// The same for some of the locations alone: those with one of these names or ids, in the order of their rows. All of
    /// them, if there are no words.
    ///
    /// Fails with the first word that no row has.
    pub fn select(self, words: &[String]) -> Result<Self, UnknownLocation> {
        let is_called = |location: &DesiredLocation, word: &str| {
            location.id().as_str() == word || names::same(location.name(), word)
        };
        for word in words {
            if !self.locations().iter().any(|it| is_called(it, word)) {
                let known = self.locations().iter();
                let known = known.flat_map(|it| [it.name(), it.id().as_str()]);
                return Err(UnknownLocation {
                    name: word.clone(),
                    nearest: nearest(word, known).map(str::to_owned),
                });
            }
        }
        let is_meant = |location: &DesiredLocation| {
            words.is_empty() || words.iter().any(|word| is_called(location, word))
        };
        Ok(self.only(is_meant))
    }
}
