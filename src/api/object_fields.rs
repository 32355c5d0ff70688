//! Custom fields of custom objects and of businesses, which HighLevel calls Custom Fields V2. Those of contacts and
//! opportunities belong to the location.
//!
//! Source: HighLevel's OpenAPI files `custom-fields.json` and `custom-fields-v3.json`, which are alike. Scopes:
//! `locations/customFields.readonly`, `locations/customFields.write`.

use jiff::Timestamp;
use serde::de::{Deserializer, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_with::{apply, skip_serializing_none};

use crate::client::{Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{CustomFieldId, LocationId};
use crate::lenient::{Lenient, LenientList};
use crate::open_enum::open_enum;

/// The custom fields of a location's custom objects and businesses. Made by [`Location::object_fields`].
#[derive(Debug, Clone, Copy)]
pub struct ObjectFields<'a> {
    location: &'a Location,
}

impl Location {
    /// The custom fields of the location's custom objects and businesses.
    pub fn object_fields(&self) -> ObjectFields<'_> {
        ObjectFields { location: self }
    }
}

impl<'a> ObjectFields<'a> {
    /// All fields and folders of an object, by its key. HighLevel's app shows the key with the object's settings; that
    /// of a custom object starts with `custom_objects.`, such as `custom_objects.pet`.
    pub fn list(&self, object_key: &str) -> Call<'a, ObjectFieldList> {
        let request = Request::get(path(&["custom-fields", "object-key", object_key]))
            .operation("object_fields.list")
            .query("locationId", self.location.id());
        self.location.send(request)
    }

    /// One field or folder by its id.
    pub fn get(&self, id: &CustomFieldId) -> Call<'a, ObjectField> {
        let request = Request::get(path(&["custom-fields", id.as_str()]))
            .operation("object_fields.get")
            .data_key("field");
        self.location.send(request)
    }

    /// Creates a field. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// it with [`list`](Self::list) before creating it again.
    pub fn create(&self, field: &NewObjectField) -> Call<'a, ObjectField> {
        let request = Request::post(path(&["custom-fields", ""]))
            .operation("object_fields.create")
            .json(&self.with_location(field))
            .data_key("field");
        self.location.send(request)
    }

    /// Changes what `update` names and leaves the rest. A field's type cannot be changed.
    pub fn update(&self, id: &CustomFieldId, update: &ObjectFieldUpdate) -> Call<'a, ObjectField> {
        let request = Request::put(path(&["custom-fields", id.as_str()]))
            .operation("object_fields.update")
            .json(&self.with_location(update))
            .data_key("field");
        self.location.send(request)
    }

    /// Deletes a field.
    pub async fn delete(&self, id: &CustomFieldId) -> Result<()> {
        let request = Request::delete(path(&["custom-fields", id.as_str()]))
            .operation("object_fields.delete");
        self.location.send_discarding(request).await
    }

    /// Creates a folder. It is not repeated, like [`create`](Self::create).
    pub fn create_folder(&self, object_key: &str, name: &str) -> Call<'a, ObjectFieldFolder> {
        let request = Request::post(path(&["custom-fields", "folder"]))
            .operation("object_fields.create_folder")
            .json(&self.with_location(&FolderInput {
                object_key: Some(object_key),
                name,
            }))
            .data_key("folder");
        self.location.send(request)
    }

    /// Gives a folder another name.
    pub fn rename_folder(&self, id: &CustomFieldId, name: &str) -> Call<'a, ObjectFieldFolder> {
        let request = Request::put(path(&["custom-fields", "folder", id.as_str()]))
            .operation("object_fields.rename_folder")
            .json(&self.with_location(&FolderInput {
                object_key: None,
                name,
            }))
            .data_key("folder");
        self.location.send(request)
    }

    /// Deletes a folder.
    pub async fn delete_folder(&self, id: &CustomFieldId) -> Result<()> {
        let request = Request::delete(path(&["custom-fields", "folder", id.as_str()]))
            .operation("object_fields.delete_folder")
            .query("locationId", self.location.id());
        self.location.send_discarding(request).await
    }

    fn with_location<'b, T>(&'b self, body: &'b T) -> WithLocation<'b, T> {
        WithLocation {
            location_id: self.location.id(),
            body,
        }
    }
}

open_enum! {
    /// What a field holds.
    pub enum ObjectFieldType {
        /// One line of text.
        Text = "TEXT",
        /// Several lines of text.
        LargeText = "LARGE_TEXT",
        /// A number.
        Numerical = "NUMERICAL",
        /// A phone number.
        Phone = "PHONE",
        /// An e-mail address.
        Email = "EMAIL",
        /// An amount of money; the misspelling is HighLevel's.
        Monetary = "MONETORY",
        /// Any number of options.
        Checkbox = "CHECKBOX",
        /// One option out of a list.
        SingleOptions = "SINGLE_OPTIONS",
        /// Several options out of a list.
        MultipleOptions = "MULTIPLE_OPTIONS",
        /// One option, all of them in view.
        Radio = "RADIO",
        /// A date.
        Date = "DATE",
        /// A list of texts with a name each.
        TextboxList = "TEXTBOX_LIST",
        /// Files.
        FileUpload = "FILE_UPLOAD",
    }
}

open_enum! {
    /// A kind of file that a field takes.
    pub enum FileFormat {
        /// PDF.
        Pdf = ".pdf",
        /// Word.
        Docx = ".docx",
        /// Word, up to 2003.
        Doc = ".doc",
        /// JPEG.
        Jpg = ".jpg",
        /// JPEG.
        Jpeg = ".jpeg",
        /// PNG.
        Png = ".png",
        /// GIF.
        Gif = ".gif",
        /// Comma-separated values.
        Csv = ".csv",
        /// Excel.
        Xlsx = ".xlsx",
        /// Excel, up to 2003.
        Xls = ".xls",
        /// Any.
        All = "all",
    }
}

/// A field as HighLevel gives it, or a folder, which has fewer of these.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ObjectField {
    /// Its id.
    pub id: CustomFieldId,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The name that people see.
    pub name: Option<String>,
    /// What the field is for.
    pub description: Option<String>,
    /// What an empty field shows.
    pub placeholder: Option<String>,
    /// Whether forms show the field.
    pub show_in_forms: Option<bool>,
    /// The options of a field that has some.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub options: Vec<FieldOption>,
    /// Which files a field takes.
    #[serde(default, deserialize_with = "one_or_many")]
    pub accepted_formats: Vec<FileFormat>,
    /// The object it belongs to, such as `custom_object.pet`.
    pub object_key: Option<String>,
    /// What the field holds.
    pub data_type: Option<ObjectFieldType>,
    /// The folder it is in.
    pub parent_id: Option<CustomFieldId>,
    /// The whole key, such as `custom_object.pet.name`.
    pub field_key: Option<String>,
    /// Whether records may hold another value than the options.
    pub allow_custom_option: Option<bool>,
    /// How many files a field takes.
    pub max_file_limit: Option<u32>,
    /// When it was made.
    pub date_added: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
}

/// An option of a field.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOption {
    /// The key. Give one when you create a field, and none when you change it.
    pub key: Option<String>,
    /// What people see.
    pub label: String,
    /// A picture for it; for fields of type [`Radio`](ObjectFieldType::Radio).
    pub url: Option<String>,
}

/// The fields and folders of an object.
#[apply(Vec<_> => #[serde_as(deserialize_as = "LenientList")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ObjectFieldList {
    /// The fields.
    pub fields: Vec<ObjectField>,
    /// The folders they are in.
    pub folders: Vec<ObjectField>,
}

/// A folder as creating and renaming give it.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ObjectFieldFolder {
    /// Its id.
    pub id: CustomFieldId,
    /// The object it belongs to.
    pub object_key: Option<String>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The name that people see.
    pub name: Option<String>,
}

/// A field to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewObjectField {
    /// The object, such as `custom_object.pet`.
    pub object_key: String,
    /// The whole key, such as `custom_object.pet.name`.
    pub field_key: String,
    /// What the field holds; it cannot be changed later.
    pub data_type: ObjectFieldType,
    /// The folder it goes into.
    pub parent_id: CustomFieldId,
    /// For fields with options: whether records may hold another value.
    pub allow_custom_option: Option<bool>,
    /// What can be changed later too.
    #[serde(flatten)]
    pub rest: ObjectFieldUpdate,
}

/// What to change about a field; `None` leaves a part as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectFieldUpdate {
    /// The name that people see.
    pub name: Option<String>,
    /// What the field is for.
    pub description: Option<String>,
    /// What an empty field shows.
    pub placeholder: Option<String>,
    /// Whether forms show the field. HighLevel asks for this always.
    pub show_in_forms: bool,
    /// The options. They replace all that the field has.
    pub options: Option<Vec<FieldOption>>,
    /// Which files a field takes.
    pub accepted_formats: Option<FileFormat>,
    /// How many files a field takes.
    pub max_file_limit: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WithLocation<'a, T> {
    location_id: &'a LocationId,
    #[serde(flatten)]
    body: &'a T,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FolderInput<'a> {
    object_key: Option<&'a str>,
    name: &'a str,
}

/// HighLevel documents one format where it also keeps several.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<FileFormat>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Formats {
        One(FileFormat),
        Many(Vec<FileFormat>),
        Neither(IgnoredAny),
    }
    Formats::deserialize(deserializer).map(|formats| match formats {
        Formats::One(format) => vec![format],
        Formats::Many(formats) => formats,
        Formats::Neither(_) => Vec::new(),
    })
}
