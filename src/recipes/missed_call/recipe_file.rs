//! Reads a recipe from a file. What the file says is checked by the recipe itself.

use std::path::Path;

use super::core::recipe::{Recipe, RecipeError};

impl Recipe {
    /// Reads and checks the recipe in a file of UTF-8. Fails with one problem if the file cannot be read, and with all
    /// problems of the recipe otherwise.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, RecipeError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| RecipeError::unreadable(&name, &error))?;
        Self::from_bytes(&name, &bytes)
    }
}
