//! Recipes: whole pieces of work that a service embeds, built on the client and the webhooks.
//!
//! A recipe is a checked configuration, pure decisions and an engine that carries them out. What several recipes need
//! belongs to the rest of the crate; only recipes live here, one folder each.
//!
//! There is one so far: [`missed_call`]. What it is to do stands in a file, whose mistakes are told when it is read:
//!
//! ```
//! use gohighlevel::recipes::missed_call::Recipe;
//!
//! let recipe = Recipe::from_toml(
//!     "clinic.toml",
//!     r#"
//!         name = "clinic"
//!         version = 1
//!         [steps.text]
//!         do = "text"
//!         body = "Sorry we missed you. Book here: {{ custom_values.calendly_link }}"
//!     "#,
//! )?;
//! assert_eq!(recipe.name(), "clinic");
//!
//! let wrong = "name = \"clinic\"\nversion = 0\nsteps.task = { do = \"task\", title = \"Call back\" }";
//! let error = Recipe::from_toml("clinic.toml", wrong).unwrap_err();
//! assert!(error.to_string().contains("clinic.toml:2: version"), "{error}");
//! # Ok::<(), gohighlevel::recipes::missed_call::RecipeError>(())
//! ```

pub mod missed_call;
