//! Custom fields of a location.

use gohighlevel::api::custom_fields::{
    CustomFieldModel, CustomFieldType, CustomFieldUpdate, NewCustomField, TextBoxOption,
};
use gohighlevel::ids::CustomFieldId;
use serde_json::json;

use super::support::{
    LOCATION, Server, V2021_07, asks_in_both, assert_repeated, assert_sent_once, fixture,
};

fn id() -> CustomFieldId {
    CustomFieldId::new("3sv6UEo51C9Bmpo1cKTq").unwrap()
}

fn full() -> CustomFieldUpdate {
    CustomFieldUpdate {
        placeholder: Some("Pin code".into()),
        accepted_format: vec![".pdf".into()],
        is_multiple_file: Some(true),
        max_number_of_files: Some(4),
        text_box_list_options: vec![TextBoxOption {
            label: "First".into(),
            prefill_value: String::new(),
        }],
        position: Some(0),
        model: Some(CustomFieldModel::Contact),
        ..CustomFieldUpdate::new("pincode")
    }
}

#[tokio::test]
async fn every_operation_asks_as_documented() {
    let all = format!("/locations/{LOCATION}/customFields");
    let one = format!("{all}/3sv6UEo51C9Bmpo1cKTq");
    let (answer, id) = (fixture!("custom_fields/one"), id());
    let target = format!("{all}?model=all");
    let fields = asks_in_both(
        V2021_07,
        fixture!("custom_fields/list"),
        ("GET", &target, None),
        async |server| {
            let custom_fields = server.location.custom_fields();
            custom_fields.list(&CustomFieldModel::All).await
        },
    )
    .await;
    assert_eq!(fields.len(), 1);
    let field = asks_in_both(V2021_07, answer, ("GET", &one, None), async |server| {
        server.location.custom_fields().get(&id).await
    })
    .await;
    assert_eq!(field, fields[0]);
    assert_eq!(field.field_key.as_deref(), Some("contact.pincode"));
    assert_eq!(field.data_type, Some(CustomFieldType::Text));
    assert_eq!(field.picklist_options, ["first option"]);
    assert_eq!((field.position, field.max_file_limit), (Some(0), Some(4)));

    let target = format!("{all}/contact.pincode");
    asks_in_both(V2021_07, answer, ("GET", &target, None), async |server| {
        let custom_fields = server.location.custom_fields();
        custom_fields.get_by_key("contact.pincode").await
    })
    .await;

    let mut body = json!({
        "name": "pincode",
        "placeholder": "Pin code",
        "acceptedFormat": [".pdf"],
        "isMultipleFile": true,
        "maxNumberOfFiles": 4,
        "textBoxListOptions": [{"label": "First", "prefillValue": ""}],
        "position": 0,
        "model": "contact",
    });
    let asked = ("PUT", one.as_str(), Some(body.clone()));
    asks_in_both(V2021_07, answer, asked, async |server| {
        server.location.custom_fields().update(&id, &full()).await
    })
    .await;
    body["dataType"] = json!("MONETORY");
    let new = NewCustomField {
        rest: full(),
        ..NewCustomField::new("pincode", CustomFieldType::Monetary)
    };
    let asked = ("POST", all.as_str(), Some(body));
    asks_in_both(V2021_07, answer, asked, async |server| {
        server.location.custom_fields().create(&new).await
    })
    .await;
    let answer = r#"{"succeded":true}"#;
    asks_in_both(V2021_07, answer, ("DELETE", &one, None), async |server| {
        server.location.custom_fields().delete(&id).await
    })
    .await;
    assert_sent_once(async |location| location.custom_fields().create(&new).await).await;
    assert_repeated(async |location| location.custom_fields().update(&id, &full()).await).await;
}

#[tokio::test]
async fn odd_fields_are_read() {
    let server = Server::answering(200, fixture!("custom_fields/list_odd")).await;
    let custom_fields = server.location.custom_fields();
    let fields = custom_fields.list(&CustomFieldModel::Contact).await;
    let fields = fields.unwrap();
    assert_eq!(fields.len(), 2);
    assert_eq!(fields[0].data_type, Some(CustomFieldType::Monetary));
    assert_eq!(
        (fields[0].position, fields[0].max_file_limit),
        (Some(50), Some(2))
    );
    assert_eq!(
        fields[1].data_type,
        Some(CustomFieldType::Other("HOLOGRAM".into()))
    );
    assert_eq!(fields[1].is_multi_file_allowed, Some(true));
}
