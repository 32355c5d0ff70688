//! Custom fields of the location, and what contacts hold in them.

use gohighlevel::api::custom_fields::{CustomFieldModel, CustomFieldType};
use gohighlevel::testing::Fault;
use http::{Method, StatusCode};
use serde_json::json;

use super::*;

const CALL: &str = "sampleFieldCall00002";
const LEAD: &str = "sampleFieldLead00003";

#[tokio::test]
async fn the_client_reads_the_fields_of_the_seed() {
    let fake = start().await;
    let location = client(&fake);
    let fields = location
        .custom_fields()
        .list(&CustomFieldModel::Contact)
        .await
        .unwrap();
    let keys: Vec<_> = fields
        .iter()
        .map(|field| field.field_key.as_deref().unwrap())
        .collect();
    assert_eq!(
        keys,
        [
            "contact.preferred_language",
            "contact.last_missed_call",
            "contact.lead_source"
        ]
    );
    let call = &fields[1];
    assert_eq!(call.id.as_str(), CALL);
    assert_eq!(call.name.as_deref(), Some("Last Missed Call"));
    assert_eq!(call.data_type, Some(CustomFieldType::Date));
    assert_eq!(call.model, Some(CustomFieldModel::Contact));
    let by_key = location
        .custom_fields()
        .get_by_key("contact.lead_source")
        .await
        .unwrap();
    assert_eq!(by_key, fields[2]);
}

#[tokio::test]
async fn the_list_is_of_one_model_or_of_all() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/locations/{SOLEIL}/customFields");
    for (query, count) in [("", 3), ("?model=all", 3), ("?model=opportunity", 0)] {
        let list = api.get(&format!("{path}{query}")).await.expect(200);
        assert_eq!(
            list["customFields"].as_array().unwrap().len(),
            count,
            "{query}"
        );
    }
    api.get(&format!("{path}?model=company")).await.expect(422);
    api.get(&format!("{path}/unheard-of")).await.expect(404);
    api.get(&format!("/locations/{HARBOR}/customFields"))
        .await
        .expect(403);
}

#[tokio::test]
async fn an_update_by_key_or_by_id_is_read_back() {
    let fake = start().await;
    let api = Api::new(&fake);
    let path = format!("/contacts/{MARIA}");
    let update = json!({
        "customFields": [
            { "key": "contact.last_missed_call", "field_value": "2026-05-08" },
            { "id": LEAD, "field_value": "missed call" },
            { "key": "unheard_of", "field_value": "x" },
        ],
        "source": "missed call",
        "assignedTo": ANA,
    });
    api.put(&path, update).await.expect(200);
    let read = api.get(&path).await.expect(200);
    let contact = &read["contact"];
    assert_eq!(
        contact["customFields"],
        json!([{ "id": CALL, "value": "2026-05-08" }, { "id": LEAD, "value": "missed call" }])
    );
    assert_eq!(contact["source"], "missed call");
    assert_eq!(contact["assignedTo"], ANA);

    // What an update does not name stays.
    let update =
        json!({ "customFields": [{ "key": "last_missed_call", "field_value": "2026-05-09" }] });
    api.put(&path, update).await.expect(200);
    let read = api.get(&path).await.expect(200);
    assert_eq!(
        read["contact"]["customFields"],
        json!([{ "id": LEAD, "value": "missed call" }, { "id": CALL, "value": "2026-05-09" }])
    );
    assert_eq!(read["contact"]["source"], "missed call");
}

#[tokio::test]
async fn the_list_meets_faults() {
    let fake = start().await;
    let api = Api::new(&fake);
    let fault = Fault::Status(StatusCode::BAD_GATEWAY);
    fake.fault(Method::GET, "/locations/*/customFields", fault, 1)
        .unwrap();
    let path = format!("/locations/{SOLEIL}/customFields");
    api.get(&path).await.expect(502);
    api.get(&path).await.expect(200);
}
