//! Bodies that several resources write alike.

use serde::Serialize;

use crate::ids::LocationId;

/// A body with the location's id beside its own fields.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InLocation<'a, T> {
    location_id: &'a LocationId,
    #[serde(flatten)]
    body: &'a T,
}

impl<'a, T> InLocation<'a, T> {
    pub(crate) fn new(location_id: &'a LocationId, body: &'a T) -> Self {
        Self { location_id, body }
    }
}
