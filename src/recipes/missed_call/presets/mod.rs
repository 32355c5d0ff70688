//! Ready recipes, one TOML file each, to use as they are or to copy and adapt.
//!
//! Only data lives here: a preset is read and checked like any other recipe.

use super::recipe::Recipe;

/// A recipe that comes with the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// One text at once with a booking link, the tag `missed-call` and a task due in an hour; no clinical words.
    Soleil,
}

impl Preset {
    /// All presets.
    pub const ALL: &'static [Self] = &[Self::Soleil];

    /// The name by which [`Recipe::preset`] finds it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Soleil => "soleil",
        }
    }

    /// Its TOML, to copy and adapt.
    pub fn source(self) -> &'static str {
        match self {
            Self::Soleil => include_str!("soleil.toml"),
        }
    }

    /// The checked recipe.
    pub fn recipe(self) -> Recipe {
        let file = format!("{}.toml", self.name());
        match Recipe::from_toml(&file, self.source()) {
            Ok(recipe) => recipe,
            // A test reads every preset, so none can be released that fails here.
            Err(error) => unreachable!("the preset is not sound: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_sound_and_found_by_its_name() {
        for preset in Preset::ALL {
            let recipe = preset.recipe();
            assert_eq!(recipe.name(), preset.name());
            assert_eq!(recipe.source(), preset.source());
            assert_eq!(Recipe::preset(preset.name()), Ok(recipe));
        }
        let error = Recipe::preset("solei").unwrap_err().to_string();
        assert_eq!(
            error,
            "solei:1: there is no such preset; choose one of: soleil"
        );
    }
}
