//! Ready recipes, one TOML file each, to use as they are or to copy and adapt.
//!
//! There is only data here: a preset is read and checked like any other recipe.
//!
#![doc = include_str!("requirements.md")]

use super::recipe::{Diagnostic, Problem, Recipe, RecipeError};

/// A recipe that comes with the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// One text at once with a booking link, the tag `missed-call` and a task due in an hour; no clinical words.
    Soleil,
    /// Two minutes of grace, a text, an urgent call back, an e-mail, a last text; tags by number, a manager for the third
    /// call.
    GhlBlog,
    /// One text in approved words with the link of the studio that was called; a person only for callers who ask for help.
    HiSkin,
    /// A text, then another and an e-mail until there is an answer; note, fields, stage and a notice to the team.
    Nebru,
    /// A text at once, and a person for callers who ask for one.
    Zfire,
}

impl Preset {
    /// All presets.
    pub const ALL: &'static [Self] = &[
        Self::Soleil,
        Self::GhlBlog,
        Self::HiSkin,
        Self::Nebru,
        Self::Zfire,
    ];

    /// The name by which [`Recipe::preset`] finds it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Soleil => "soleil",
            Self::GhlBlog => "ghl_blog",
            Self::HiSkin => "hi_skin",
            Self::Nebru => "nebru",
            Self::Zfire => "zfire",
        }
    }

    /// Its TOML, to copy and adapt.
    pub fn source(self) -> &'static str {
        match self {
            Self::Soleil => include_str!("soleil.toml"),
            Self::GhlBlog => include_str!("ghl_blog.toml"),
            Self::HiSkin => include_str!("hi_skin.toml"),
            Self::Nebru => include_str!("nebru.toml"),
            Self::Zfire => include_str!("zfire.toml"),
        }
    }

    /// The checked recipe.
    pub fn recipe(self) -> Recipe {
        let file = format!("{}.toml", self.name());
        match Recipe::from_toml(&file, self.source()) {
            Ok(recipe) => recipe,
            // A test reads every preset, so none can be released that fails here.
            Err(error) => unreachable!("the preset has problems: {error}"),
        }
    }
}

impl Recipe {
    /// The preset of this name. Fails with the names of all presets.
    pub fn preset(name: &str) -> Result<Self, RecipeError> {
        Preset::ALL
            .iter()
            .find(|preset| preset.name() == name)
            .map(|preset| preset.recipe())
            .ok_or_else(|| {
                let names: Vec<_> = Preset::ALL.iter().map(|preset| preset.name()).collect();
                let remedy = format!("choose one of: {}", names.join(", "));
                let problem = Diagnostic::new("there is no such preset", remedy);
                RecipeError::from(Problem::new(name, 1, "", problem))
            })
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
            "solei:1: there is no such preset; choose one of: soleil, ghl_blog, hi_skin, nebru, zfire"
        );
    }
}
