//! Custom values of a location: named texts such as `calendly_link` that copy refers to.
//!
//! Source: HighLevel's OpenAPI file `locations.json`, `/locations/{locationId}/customValues`. Scopes:
//! `locations/customValues.readonly`, `locations/customValues.write`.

use serde::{Deserialize, Serialize};
use serde_with::serde_as;

use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{CustomValueId, LocationId};
use crate::lenient::Lenient;

/// The custom values of one location. Made by [`Location::custom_values`].
#[derive(Debug, Clone, Copy)]
pub struct CustomValues<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's custom values.
    pub fn custom_values(&self) -> CustomValues<'_> {
        CustomValues { location: self }
    }
}

impl<'a> CustomValues<'a> {
    /// All custom values; HighLevel does not page them.
    pub fn list(&self) -> Call<'a, Vec<CustomValue>> {
        let request = Request::get(self.path(None)).operation("custom_values.list");
        self.location
            .send::<CustomValueList>(request)
            .map(|list| list.custom_values.items)
    }

    /// The custom value with this key, written as a slug (`calendly_link`) or as a merge field
    /// (`{{ custom_values.calendly_link }}`). `None` if the location has none.
    pub fn find(&self, key: &str) -> Call<'a, Option<CustomValue>> {
        let slug = slug(key).to_owned();
        self.list().map(move |values| {
            let mut values = values.into_iter();
            values.find(|value| value.key() == Some(&*slug))
        })
    }

    /// One custom value by its id.
    pub fn get(&self, id: &CustomValueId) -> Call<'a, CustomValue> {
        self.location.send(
            Request::get(self.path(Some(id)))
                .operation("custom_values.get")
                .data_key("customValue"),
        )
    }

    /// Creates a custom value. HighLevel makes the key out of the name (`Calendly Link` becomes `calendly_link`). It is not
    /// repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with [`find`](Self::find)
    /// before creating it again.
    pub fn create(&self, value: &CustomValueInput) -> Call<'a, CustomValue> {
        let request = Request::post(self.path(None))
            .operation("custom_values.create")
            .json(value)
            .data_key("customValue");
        self.location.send(request)
    }

    /// Sets name and value; HighLevel has no partial update. Send the name unchanged to keep the key.
    pub fn update(&self, id: &CustomValueId, value: &CustomValueInput) -> Call<'a, CustomValue> {
        let request = Request::put(self.path(Some(id)))
            .operation("custom_values.update")
            .json(value)
            .data_key("customValue");
        self.location.send(request)
    }

    /// Deletes a custom value.
    pub async fn delete(&self, id: &CustomValueId) -> Result<()> {
        self.location
            .send_discarding(Request::delete(self.path(Some(id))).operation("custom_values.delete"))
            .await
    }

    fn path(&self, id: Option<&CustomValueId>) -> String {
        match id {
            Some(id) => path(&[
                "locations",
                self.location.id().as_str(),
                "customValues",
                id.as_str(),
            ]),
            None => path(&["locations", self.location.id().as_str(), "customValues"]),
        }
    }
}

/// A custom value as HighLevel gives it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomValue {
    /// Its id.
    pub id: CustomValueId,
    /// The name that people see.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// The whole merge field, braces included: `{{ custom_values.calendly_link }}`. Folders have none.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub field_key: Option<String>,
    /// The text.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub value: Option<String>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
}

impl CustomValue {
    /// The key without braces and prefix: `calendly_link`.
    pub fn key(&self) -> Option<&str> {
        self.field_key
            .as_deref()
            .map(slug)
            .filter(|key| !key.is_empty())
    }
}

/// `{{ custom_values.calendly_link }}`, `custom_values.calendly_link` or `calendly_link` → `calendly_link`.
fn slug(key: &str) -> &str {
    let inner = key
        .trim()
        .trim_start_matches("{{")
        .trim_end_matches("}}")
        .trim();
    inner.strip_prefix("custom_values.").unwrap_or(inner)
}

/// Name and text of a custom value to write; HighLevel asks for both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomValueInput {
    /// The name that people see.
    pub name: String,
    /// The text.
    pub value: String,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomValueList {
    #[serde(default)]
    custom_values: Entries<CustomValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_read_out_of_the_merge_field() {
        for key in [
            "{{ custom_values.calendly_link }}",
            "{{custom_values.calendly_link}}",
            "custom_values.calendly_link",
            " calendly_link ",
        ] {
            assert_eq!(slug(key), "calendly_link");
        }
    }
}
