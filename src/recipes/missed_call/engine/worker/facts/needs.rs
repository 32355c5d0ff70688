//! Which data of a location the templates of a recipe use; reads the custom values.

use std::collections::BTreeMap;

use crate::client::Location;
use crate::error::Result;
use crate::recipes::missed_call::core::copy::{MergeField, Template};
use crate::recipes::missed_call::core::recipe::Recipe;

/// Which reads the copy of a recipe needs.
pub(super) struct Needs {
    pub(super) custom_values: bool,
    /// Its name or phone number.
    pub(super) location: bool,
}

impl Needs {
    pub(super) fn of<'a>(recipe: &Recipe, words: impl IntoIterator<Item = &'a Template>) -> Self {
        let mut needs = Self {
            custom_values: false,
            location: false,
        };
        for field in words.into_iter().flat_map(Template::fields) {
            needs.custom_values |= match field {
                MergeField::CustomValue(_) => true,
                MergeField::NumberLink => recipe.numbers.need_custom_values(),
                _ => false,
            };
            needs.location |= match field {
                MergeField::LocationName => recipe.display_name.is_none(),
                MergeField::LocationPhone => true,
                _ => false,
            };
        }
        needs
    }
}

/// The location's custom values by key.
pub(in super::super::super) async fn custom_values(
    location: &Location,
) -> Result<BTreeMap<String, String>> {
    let values = location.custom_values().list().await?;
    Ok(values
        .into_iter()
        .filter_map(|value| Some((value.key()?.to_owned(), value.value.clone()?)))
        .collect())
}
