//! Custom fields of objects and companies.

use gohighlevel::api::object_fields::{
    FieldOption, FileFormat, NewObjectField, ObjectFieldType, ObjectFieldUpdate,
};
use gohighlevel::ids::CustomFieldId;
use serde_json::json;

use super::support::{LOCATION, Server, V2021_07, assert_repeated, assert_sent_once, fixture};

const TARGET: &str = "/custom-fields/3v34PM428h8vShlRW1KT";
const FOLDER: &str = "/custom-fields/folder/3v34PM428h8vShlRW1KP";

fn id() -> CustomFieldId {
    CustomFieldId::new("3v34PM428h8vShlRW1KT").unwrap()
}

fn folder() -> CustomFieldId {
    CustomFieldId::new("3v34PM428h8vShlRW1KP").unwrap()
}

fn update() -> ObjectFieldUpdate {
    ObjectFieldUpdate {
        name: Some("Breed".into()),
        show_in_forms: true,
        options: Some(vec![FieldOption {
            key: Some("poodle".into()),
            label: "Poodle".into(),
            url: None,
        }]),
        accepted_formats: Some(FileFormat::Pdf),
        ..ObjectFieldUpdate::default()
    }
}

fn new_field() -> NewObjectField {
    NewObjectField {
        object_key: "custom_object.pet".into(),
        field_key: "custom_object.pet.breed".into(),
        data_type: ObjectFieldType::Monetary,
        parent_id: folder(),
        allow_custom_option: Some(false),
        rest: update(),
    }
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("object_fields/list")).await;
    let fields = server.location.object_fields();
    let list = fields.list("custom_objects.pet").await.unwrap();
    let target = format!("/custom-fields/object-key/custom_objects.pet?locationId={LOCATION}");
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!((list.fields.len(), list.folders.len()), (1, 1));
    let field = &list.fields[0];
    assert_eq!(field.id, id());
    assert_eq!(field.data_type, Some(ObjectFieldType::Radio));
    assert_eq!(field.accepted_formats, [FileFormat::Pdf]);
    assert_eq!(field.options[0].label, "Poodle");
    assert_eq!(field.parent_id, Some(folder()));
    assert_eq!(field.max_file_limit, Some(2));
    assert_eq!(list.folders[0].id, folder());
}

#[tokio::test]
async fn list_reads_an_odd_answer() {
    let server = Server::answering_v3(200, fixture!("object_fields/list_odd")).await;
    let list = server.location.object_fields().list("business").await;
    let list = list.unwrap();
    let target = format!("/custom-fields/object-key/business?locationId={LOCATION}");
    server.assert_asked("GET", &target, "v3", None).await;
    assert_eq!((list.fields.len(), list.folders.len()), (2, 0));
    assert_eq!(
        list.fields[0].accepted_formats,
        [FileFormat::All, FileFormat::Other(".heic".into())]
    );
    assert_eq!(list.fields[0].max_file_limit, Some(2));
    assert_eq!(list.fields[1].options.len(), 1);
}

#[tokio::test]
async fn get() {
    for body in [
        fixture!("object_fields/one"),
        fixture!("object_fields/one_odd"),
    ] {
        let server = Server::answering(200, body).await;
        let field = server.location.object_fields().get(&id()).await.unwrap();
        server.assert_asked("GET", TARGET, V2021_07, None).await;
        assert_eq!(field.id, id());
    }
}

#[tokio::test]
async fn create() {
    let server = Server::answering(201, fixture!("object_fields/one")).await;
    let fields = server.location.object_fields();
    assert_eq!(fields.create(&new_field()).await.unwrap().id, id());
    let body = json!({
        "locationId": LOCATION,
        "objectKey": "custom_object.pet",
        "fieldKey": "custom_object.pet.breed",
        "dataType": "MONETORY",
        "parentId": "3v34PM428h8vShlRW1KP",
        "allowCustomOption": false,
        "name": "Breed",
        "showInForms": true,
        "options": [{"key": "poodle", "label": "Poodle"}],
        "acceptedFormats": ".pdf",
    });
    server
        .assert_asked("POST", "/custom-fields/", V2021_07, Some(body))
        .await;
}

#[tokio::test]
async fn update_a_field() {
    let server = Server::answering(200, fixture!("object_fields/one")).await;
    let update = ObjectFieldUpdate {
        max_file_limit: Some(3),
        ..ObjectFieldUpdate::default()
    };
    let fields = server.location.object_fields();
    fields.update(&id(), &update).await.unwrap();
    let body = json!({"locationId": LOCATION, "showInForms": false, "maxFileLimit": 3});
    server
        .assert_asked("PUT", TARGET, V2021_07, Some(body))
        .await;
}

#[tokio::test]
async fn delete() {
    for body in [fixture!("object_fields/delete"), ""] {
        let server = Server::answering(200, body).await;
        let fields = server.location.object_fields();
        fields.delete(&id()).await.unwrap();
        server.assert_asked("DELETE", TARGET, V2021_07, None).await;
    }
}

#[tokio::test]
async fn folders() {
    let server = Server::answering(201, fixture!("object_fields/folder")).await;
    let fields = server.location.object_fields();
    let made = fields.create_folder("custom_object.pet", "Pet").await;
    assert_eq!(made.unwrap().id, folder());
    let body = json!({"locationId": LOCATION, "objectKey": "custom_object.pet", "name": "Pet"});
    server
        .assert_asked("POST", "/custom-fields/folder", V2021_07, Some(body))
        .await;

    let server = Server::answering(200, fixture!("object_fields/folder_odd")).await;
    let fields = server.location.object_fields();
    let renamed = fields.rename_folder(&folder(), "Dog").await.unwrap();
    assert_eq!(renamed.id.as_str(), "12");
    let body = json!({"locationId": LOCATION, "name": "Dog"});
    server
        .assert_asked("PUT", FOLDER, V2021_07, Some(body))
        .await;

    let server = Server::answering(200, fixture!("object_fields/delete")).await;
    let fields = server.location.object_fields();
    fields.delete_folder(&folder()).await.unwrap();
    let target = format!("{FOLDER}?locationId={LOCATION}");
    server.assert_asked("DELETE", &target, V2021_07, None).await;
}

#[tokio::test]
async fn only_creating_is_not_repeated() {
    assert_sent_once(async |location| location.object_fields().create(&new_field()).await).await;
    assert_sent_once(async |location| location.object_fields().create_folder("a", "b").await).await;
    assert_repeated(async |location| location.object_fields().update(&id(), &update()).await).await;
    assert_repeated(async |location| location.object_fields().delete(&id()).await).await;
    assert_repeated(async |location| location.object_fields().delete_folder(&id()).await).await;
}
