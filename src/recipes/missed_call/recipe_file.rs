//! Reads a recipe from a file. What the file says is checked by the recipe itself.

use std::path::Path;

use super::core::presets::Preset;
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

    /// The preset of this name, or else the recipe in this file. A name without a dot or a slash that is neither fails with the
    /// names of all presets, and any other as [`from_file`](Self::from_file) does.
    ///
    /// ```
    /// use gohighlevel::recipes::missed_call::Recipe;
    ///
    /// assert_eq!(Recipe::from_preset_or_file("soleil")?.name(), "soleil");
    /// let error = Recipe::from_preset_or_file("solei").unwrap_err();
    /// assert!(error.to_string().contains("there is no such preset; choose one of: soleil"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_preset_or_file(name: &str) -> Result<Self, RecipeError> {
        let is_preset = Preset::ALL.iter().any(|preset| preset.name() == name);
        let may_be_file = name.contains(['.', '/', '\\']) || Path::new(name).is_file();
        if is_preset || !may_be_file {
            Self::preset(name)
        } else {
            Self::from_file(name)
        }
    }
}
