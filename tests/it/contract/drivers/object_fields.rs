//! `custom-fields.json`: the fields of custom objects and businesses.

use gohighlevel::api::object_fields::{
    FieldOption, FileFormat, NewObjectField, ObjectFieldType, ObjectFieldUpdate,
};

use super::id;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "object_fields.list",
            [call!(|stage| stage
                .location
                .object_fields()
                .list("custom_objects.pet")
                .await)],
        ),
        Driver::both(
            "object_fields.get",
            [call!(|stage| stage
                .location
                .object_fields()
                .get(&id("f1"))
                .await)],
        ),
        Driver::both(
            "object_fields.create",
            [
                call!(|stage| {
                    let fields = stage.location.object_fields();
                    fields.create(&new(Some(true), whole(Some("dog")))).await
                }),
                call!(|stage| {
                    let rest = ObjectFieldUpdate::default();
                    stage
                        .location
                        .object_fields()
                        .create(&new(None, rest))
                        .await
                }),
            ],
        ),
        Driver::both(
            "object_fields.update",
            [
                call!(|stage| {
                    let fields = stage.location.object_fields();
                    fields.update(&id("f1"), &whole(None)).await
                }),
                call!(|stage| {
                    let (fields, update) =
                        (stage.location.object_fields(), ObjectFieldUpdate::default());
                    fields.update(&id("f1"), &update).await
                }),
            ],
        ),
        Driver::both(
            "object_fields.delete",
            [call!(|stage| stage
                .location
                .object_fields()
                .delete(&id("f1"))
                .await)],
        ),
        Driver::both(
            "object_fields.create_folder",
            [call!(|stage| {
                let fields = stage.location.object_fields();
                fields.create_folder("custom_objects.pet", "Breeds").await
            })],
        ),
        Driver::both(
            "object_fields.rename_folder",
            [call!(|stage| {
                stage
                    .location
                    .object_fields()
                    .rename_folder(&id("f1"), "Breeds")
                    .await
            })],
        ),
        Driver::both(
            "object_fields.delete_folder",
            [call!(|stage| stage
                .location
                .object_fields()
                .delete_folder(&id("f1"))
                .await)],
        ),
    ]
}

fn new(allow_custom_option: Option<bool>, rest: ObjectFieldUpdate) -> NewObjectField {
    NewObjectField {
        object_key: "custom_objects.pet".to_owned(),
        field_key: "custom_objects.pet.name".to_owned(),
        data_type: ObjectFieldType::Radio,
        parent_id: id("f2"),
        allow_custom_option,
        rest,
    }
}

/// An option has a key when its field is created, and none when it is changed.
fn whole(key: Option<&str>) -> ObjectFieldUpdate {
    ObjectFieldUpdate {
        name: Some("Breed".to_owned()),
        description: Some("What it is".to_owned()),
        placeholder: Some("Dog".to_owned()),
        show_in_forms: true,
        options: Some(vec![FieldOption {
            key: key.map(str::to_owned),
            label: "Dog".to_owned(),
            url: Some("https://deo.example/dog.png".to_owned()),
        }]),
        accepted_formats: Some(FileFormat::Pdf),
        max_file_limit: Some(2),
    }
}
