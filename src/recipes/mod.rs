//! Recipes: complete features that a service embeds, built on the client and the webhooks.
//!
//! A recipe consists of a checked configuration, pure decisions, and an engine that carries them out. Each recipe has its
//! own folder. Code that several recipes need belongs to the rest of the crate.
//!
//! There is one recipe so far: [`missed_call`]. A TOML file configures it, and mistakes are reported when the file is read:
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
