//! The host's own list of locations, which the engine asks as they are needed.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;

use crate::client::Location;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::recipe::Recipe;

/// The host's own list of locations, mostly a table of its database. The engine asks it when an event, a due effect or the
/// host names a location that the process does not know, so that any number of locations need no loop at the start, and
/// any process on the store can serve each of them. An `Arc` of a source is a source too.
///
/// What it answers is kept for some minutes and for a bounded number of locations
/// ([`EngineBuilder::location_cache`](crate::recipes::missed_call::EngineBuilder::location_cache)); that it does not know a
/// location, or fails, for ten seconds. An answer that is older still counts while the source fails. It is asked about one
/// location once at a time, and has five seconds.
///
/// ```
/// use std::{collections::HashMap, sync::{Arc, RwLock}};
/// use async_trait::async_trait;
/// use gohighlevel::{Client, ids::LocationId};
/// use gohighlevel::recipes::missed_call::{LocationSource, Lookup, Recipe, SourceError};
///
/// /// In a service: a table, with the grants beside it.
/// struct Customers {
///     client: Client,
///     recipes: RwLock<HashMap<LocationId, Arc<Recipe>>>,
/// }
///
/// #[async_trait]
/// impl LocationSource for Customers {
///     async fn look_up(&self, id: &LocationId) -> Result<Lookup, SourceError> {
///         let recipes = self.recipes.read().map_err(|_| "the table is broken")?;
///         Ok(match recipes.get(id) {
///             Some(recipe) => Lookup::found(self.client.location(id.clone()), Arc::clone(recipe)),
///             None => Lookup::Unknown, // its grant may be stored in a moment
///         })
///     }
/// }
/// ```
#[async_trait]
pub trait LocationSource: Send + Sync + 'static {
    /// Says whether a location is served, and with which recipe. After an error the engine asks again: a webhook is
    /// answered 429, and a due effect waits.
    async fn look_up(&self, location: &LocationId) -> Result<Lookup, SourceError>;
}

#[async_trait]
impl<S: LocationSource + ?Sized> LocationSource for Arc<S> {
    async fn look_up(&self, location: &LocationId) -> Result<Lookup, SourceError> {
        (**self).look_up(location).await
    }
}

/// Why a source could not answer. It is logged: it must hold nothing personal and no secret.
pub type SourceError = Box<dyn Error + Send + Sync>;

/// What a source says of a location.
// Exhaustive on purpose: only sources make it.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// It is served with this recipe.
    Found {
        /// Its handle, with a token.
        location: Location,
        /// The recipe of episodes that begin from now on.
        recipe: Arc<Recipe>,
    },
    /// Nothing is known of it, perhaps not yet: its webhooks are answered 429 and come again.
    Unknown,
    /// It is not one that is served, and will not be soon: its webhooks are acknowledged and ignored.
    NotServed,
}

impl Lookup {
    /// It is served with this recipe.
    pub fn found(location: Location, recipe: impl Into<Arc<Recipe>>) -> Self {
        Self::Found {
            location,
            recipe: recipe.into(),
        }
    }
}
