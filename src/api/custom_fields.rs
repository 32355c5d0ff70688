//! Custom fields of contacts and opportunities in a location. Those of companies and custom objects are another module
//! of HighLevel's (Custom Fields V2).
//!
//! Source: HighLevel's OpenAPI file `locations.json`, `/locations/{locationId}/customFields`. Scopes:
//! `locations/customFields.readonly`, `locations/customFields.write`. Uploading a file into a field is not here.

use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{CustomFieldId, LocationId};
use crate::lenient::{Lenient, LenientList};
use crate::open_enum::open_enum;

/// The custom fields of one location. Made by [`Location::custom_fields`].
#[derive(Debug, Clone, Copy)]
pub struct CustomFields<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's custom fields of contacts and opportunities.
    pub fn custom_fields(&self) -> CustomFields<'_> {
        CustomFields { location: self }
    }
}

impl<'a> CustomFields<'a> {
    /// All custom fields of contacts, of opportunities, or of both; HighLevel does not page them.
    pub fn list(&self, model: &CustomFieldModel) -> Call<'a, Vec<CustomField>> {
        let request = Request::get(self.path(None))
            .operation("custom_fields.list")
            .query("model", model);
        self.location
            .send::<CustomFieldList>(request)
            .map(|list| list.custom_fields.items)
    }

    /// One custom field by its id.
    pub fn get(&self, id: &CustomFieldId) -> Call<'a, CustomField> {
        let request = Request::get(self.path(Some(id.as_str())))
            .operation("custom_fields.get")
            .data_key("customField");
        self.location.send(request)
    }

    /// One custom field by its whole key, such as `contact.pincode`.
    pub fn get_by_key(&self, key: &str) -> Call<'a, CustomField> {
        let request = Request::get(self.path(Some(key)))
            .operation("custom_fields.get_by_key")
            .data_key("customField");
        self.location.send(request)
    }

    /// Creates a custom field. HighLevel makes the key out of the name (`Pin Code` becomes `contact.pin_code`), and the
    /// type cannot be changed later. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with [`list`](Self::list) before creating it
    /// again.
    pub fn create(&self, field: &NewCustomField) -> Call<'a, CustomField> {
        let request = Request::post(self.path(None))
            .operation("custom_fields.create")
            .json(field)
            .data_key("customField");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &CustomFieldId, update: &CustomFieldUpdate) -> Call<'a, CustomField> {
        let request = Request::put(self.path(Some(id.as_str())))
            .operation("custom_fields.update")
            .json(update)
            .data_key("customField");
        self.location.send(request)
    }

    /// Deletes a custom field, and with it its values.
    pub async fn delete(&self, id: &CustomFieldId) -> Result<()> {
        let request =
            Request::delete(self.path(Some(id.as_str()))).operation("custom_fields.delete");
        self.location.send_discarding(request).await
    }

    fn path(&self, id: Option<&str>) -> String {
        let location = self.location.id().as_str();
        match id {
            Some(id) => path(&["locations", location, "customFields", id]),
            None => path(&["locations", location, "customFields"]),
        }
    }
}

open_enum! {
    /// What custom fields belong to.
    pub enum CustomFieldModel {
        /// Contacts.
        Contact = "contact",
        /// Opportunities.
        Opportunity = "opportunity",
        /// Both; for lists only.
        All = "all",
    }
}

open_enum! {
    /// What a custom field holds. Source: `dataType` in HighLevel's `custom-fields.json`; live answers have more.
    pub enum CustomFieldType {
        /// A line of text.
        Text = "TEXT",
        /// A longer text.
        LargeText = "LARGE_TEXT",
        /// A number.
        Numerical = "NUMERICAL",
        /// A phone number.
        Phone = "PHONE",
        /// An e-mail address.
        Email = "EMAIL",
        /// An amount of money; HighLevel spells it so.
        Monetary = "MONETORY" | "MONETARY",
        /// Boxes to tick.
        Checkbox = "CHECKBOX",
        /// One of several choices.
        SingleOptions = "SINGLE_OPTIONS",
        /// Some of several choices.
        MultipleOptions = "MULTIPLE_OPTIONS",
        /// One of several choices, all shown.
        Radio = "RADIO",
        /// A date.
        Date = "DATE",
        /// Several lines of text with labels.
        TextBoxList = "TEXTBOX_LIST",
        /// Files.
        FileUpload = "FILE_UPLOAD",
        /// A signature.
        Signature = "SIGNATURE",
    }
}

/// A custom field as HighLevel gives it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomField {
    /// Its id.
    pub id: CustomFieldId,
    /// The name that people see.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// The key, such as `contact.pincode`, without the braces of a merge field.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub field_key: Option<String>,
    /// What it holds.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub data_type: Option<CustomFieldType>,
    /// What it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub model: Option<CustomFieldModel>,
    /// What is shown while it is empty.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub placeholder: Option<String>,
    /// Its place in the order.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub position: Option<i64>,
    /// The choices.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub picklist_options: Vec<String>,
    /// URLs of the choices' pictures.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub picklist_image_options: Vec<String>,
    /// Whether other choices may be given.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub is_allowed_custom_option: Option<bool>,
    /// Whether it takes more than one file.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub is_multi_file_allowed: Option<bool>,
    /// How many files it takes.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub max_file_limit: Option<u64>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
}

/// A custom field to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCustomField {
    /// What it holds.
    pub data_type: CustomFieldType,
    /// The rest, all of which can be changed later.
    #[serde(flatten)]
    pub rest: CustomFieldUpdate,
}

impl NewCustomField {
    /// A custom field of contacts with nothing but a name.
    pub fn new(name: impl Into<String>, data_type: CustomFieldType) -> Self {
        Self {
            data_type,
            rest: CustomFieldUpdate::new(name),
        }
    }
}

/// What to write of a custom field; HighLevel asks for the name, and `None` leaves the rest as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomFieldUpdate {
    /// The name that people see.
    pub name: String,
    /// What is shown while it is empty.
    pub placeholder: Option<String>,
    /// The kinds of files it takes, such as `.pdf`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted_format: Vec<String>,
    /// Whether it takes more than one file.
    pub is_multiple_file: Option<bool>,
    /// How many files it takes.
    pub max_number_of_files: Option<u32>,
    /// The lines of a list of texts, or the choices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub text_box_list_options: Vec<TextBoxOption>,
    /// Its place in the order.
    pub position: Option<u32>,
    /// What it belongs to; contacts if `None`.
    pub model: Option<CustomFieldModel>,
}

impl CustomFieldUpdate {
    /// The name alone.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            placeholder: None,
            accepted_format: Vec::new(),
            is_multiple_file: None,
            max_number_of_files: None,
            text_box_list_options: Vec::new(),
            position: None,
            model: None,
        }
    }
}

/// A line of a list of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TextBoxOption {
    /// What stands before it.
    pub label: String,
    /// What it holds at first.
    pub prefill_value: String,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomFieldList {
    #[serde(default)]
    custom_fields: Entries<CustomField>,
}
