//! Phone numbers and number pools.

use gohighlevel::api::phone_numbers::{
    AccountStatus, AddressRequirement, AvailableNumbersQuery, InboundCallServiceType, NumberOrigin,
    NumberPurchase, NumberType, NumbersQuery,
};
use gohighlevel::error::ErrorKind;
use serde_json::json;

use super::support::{
    LOCATION, Server, V2021_07, assert_prints_no_personal_data, assert_repeated, assert_sent_once,
    fixture, phone, text,
};

fn target(rest: &str) -> String {
    format!("/phone-system/numbers/location/{LOCATION}{rest}")
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("phone_numbers/list")).await;
    let query = NumbersQuery {
        page_size: Some(2),
        page: Some(0),
        containing: Some("+1".into()),
        skip_number_pools: Some(false),
        rcs_senders: false,
    };
    let page = server.location.phone_numbers().list(&query).await.unwrap();
    let target = target("?pageSize=2&page=0&searchFilter=%2B1&skipNumberPool=false");
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!(page.is_under_lc, Some(true));
    assert_eq!(page.account_status, Some(AccountStatus::Active));
    assert_eq!((page.numbers.len(), page.next()), (2, Some(1)));
    let number = &page.numbers[0];
    assert_eq!(number.phone_number, Some(phone()));
    assert_eq!(number.number_type, Some(NumberType::Local));
    assert_eq!(number.capabilities.as_ref().unwrap().fax, Some(false));
    assert_eq!(number.linked_ring_all_users.len(), 2);
    let service = number.inbound_call_service.as_ref().unwrap();
    assert_eq!(service.service_type, Some(InboundCallServiceType::VoiceAi));
    assert_eq!(number.origin, Some(NumberOrigin::Twilio));
    assert_eq!(page.numbers[1].number_type, Some(NumberType::TollFree));
    assert_eq!(page.numbers[1].inbound_call_service, None);
    assert_prints_no_personal_data(&page);
}

#[tokio::test]
async fn list_in_version_3() {
    let server = Server::answering_v3(200, fixture!("phone_numbers/list_v3")).await;
    let query = NumbersQuery {
        rcs_senders: true,
        ..NumbersQuery::default()
    };
    let page = server.location.phone_numbers().list(&query).await.unwrap();
    let target = target("?includeRcsSenderIds=true");
    server.assert_asked("GET", &target, "v3", None).await;
    assert_eq!((page.is_under_lc, page.total), (Some(true), Some(2)));
    assert_eq!(page.next(), None, "both are on the first page of fifty");
    assert!(page.numbers[0].date_created.is_some());
    let sender = &page.rcs_sender_ids[0];
    assert_eq!(text(&sender.number), Some("rosan-sender"));
    assert!(sender.rcs_meta.is_some());
    assert_prints_no_personal_data(&page);
}

#[tokio::test]
async fn list_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("phone_numbers/list_odd")).await;
    let numbers = server.location.phone_numbers();
    let page = numbers.list(&NumbersQuery::default()).await.unwrap();
    server
        .assert_asked("GET", &target(""), V2021_07, None)
        .await;
    assert_eq!((page.numbers.len(), page.next()), (1, None));
    assert_eq!(page.numbers[0].phone_number, None);
    assert_eq!(
        page.numbers[0].number_type,
        Some(NumberType::Other("satellite".into()))
    );
    assert_prints_no_personal_data(&page);
}

#[tokio::test]
async fn available() {
    let server = Server::answering(200, fixture!("phone_numbers/available")).await;
    let query = AvailableNumbersQuery {
        first_part: Some("830".into()),
        sms: Some(true),
        ..AvailableNumbersQuery::new("US", [NumberType::Local, NumberType::TollFree])
    };
    let numbers = server.location.phone_numbers();
    let found = numbers.available(&query).await.unwrap();
    let v2 = target(
        "/available?countryCode=US&numberTypes=local%2CtollFree&firstPart=830&smsEnabled=true",
    );
    server.assert_asked("GET", &v2, V2021_07, None).await;
    assert_eq!(found.fingerprint_id.as_deref(), Some("1773314252953"));
    let number = &found.numbers[0];
    assert_eq!(number.phone_number, Some(phone()));
    assert_eq!(number.latitude, Some(35.2418));
    assert_eq!(number.address_requirements, Some(AddressRequirement::None));
    let capabilities = number.capabilities.as_ref().unwrap();
    assert_eq!(
        (capabilities.sms, capabilities.mms, capabilities.voice),
        (Some(true), Some(true), Some(false))
    );
    let price = number.price.as_ref().unwrap();
    assert_eq!(price.number_type, Some(NumberType::TollFree));
    assert_eq!(price.price, Some(1.15));
    assert_prints_no_personal_data(&found);

    let server = Server::answering_v3(200, fixture!("phone_numbers/available_v3")).await;
    let numbers = server.location.phone_numbers();
    let found = numbers.available(&query).await.unwrap();
    // What was not asked for is not sent, as empty or as false.
    let v3 = v2;
    server.assert_asked("GET", &v3, "v3", None).await;
    assert_eq!(found.numbers.len(), 1);
}

#[tokio::test]
async fn available_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("phone_numbers/available_odd")).await;
    let query = AvailableNumbersQuery::new("US", []);
    let numbers = server.location.phone_numbers();
    let found = numbers.available(&query).await.unwrap();
    let target = target("/available?countryCode=US");
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!(found.fingerprint_id.as_deref(), Some("1773314252953"));
    assert_eq!(found.numbers.len(), 1);
    assert_eq!(found.numbers[0].price, None);
}

#[tokio::test]
async fn purchase() {
    let server = Server::answering(201, fixture!("phone_numbers/purchase")).await;
    let purchase = NumberPurchase {
        number_type: Some(NumberType::TollFree),
        fingerprint_id: Some("fp_1".into()),
        skip_location_kyc: Some(false),
        ..NumberPurchase::new(phone())
    };
    let numbers = server.location.phone_numbers();
    let bought = numbers.purchase(&purchase).await.unwrap();
    let body = json!({
        "phoneNumber": "+18887324197", "numberType": "tollFree", "fingerprintId": "fp_1",
        "skipLocationKYC": false,
    });
    server
        .assert_asked("POST", &target("/purchase"), V2021_07, Some(body))
        .await;
    assert_eq!(bought.under_lc_account, Some(true));
    assert_eq!(bought.account_sid.as_deref(), Some("AC1"));
    assert_eq!(bought.location_id.as_ref().unwrap().as_str(), LOCATION);
    assert_eq!(
        bought.numbers.as_ref().unwrap()["+18887324197"],
        "conversation"
    );
    assert_prints_no_personal_data(&(bought, purchase));
}

#[tokio::test]
async fn purchase_in_version_3() {
    let server = Server::answering_v3(201, fixture!("phone_numbers/purchase_v3")).await;
    let purchase = NumberPurchase {
        payment_intent_id: Some("pi_1".into()),
        ..NumberPurchase::new(phone())
    };
    let numbers = server.location.phone_numbers();
    let bought = numbers.purchase(&purchase).await.unwrap();
    let body = json!({"phoneNumber": "+18887324197", "paymentIntentId": "pi_1"});
    server
        .assert_asked("POST", &target("/purchase"), "v3", Some(body))
        .await;
    assert_eq!(bought.number, Some(phone()));
    assert_eq!(bought.under_lc_account, Some(false));
    assert_eq!(bought.id.as_deref(), Some("twilio-account-123"));
}

#[tokio::test]
async fn purchase_reads_an_odd_answer() {
    let server = Server::answering(201, fixture!("phone_numbers/purchase_odd")).await;
    let numbers = server.location.phone_numbers();
    let bought = numbers.purchase(&NumberPurchase::new(phone())).await;
    let bought = bought.unwrap();
    assert_eq!((bought.under_lc_account, bought.id), (Some(true), None));
}

#[tokio::test]
async fn pools() {
    let target = format!("/phone-system/number-pools?locationId={LOCATION}");
    for (server, version) in [
        (
            Server::answering(200, fixture!("phone_numbers/pools")).await,
            V2021_07,
        ),
        (
            Server::answering_v3(200, fixture!("phone_numbers/pools_v3")).await,
            "v3",
        ),
    ] {
        let pools = server.location.phone_numbers().pools().await.unwrap();
        server.assert_asked("GET", &target, version, None).await;
        assert_eq!(pools.len(), 1);
        assert_eq!(pools[0].numbers[0].phone_number, Some(phone()));
        assert_eq!(pools[0].call_recording, Some(true));
        assert_prints_no_personal_data(&pools);
    }
    let server = Server::answering(200, fixture!("phone_numbers/pools_odd")).await;
    let pools = server.location.phone_numbers().pools().await.unwrap();
    assert_eq!((pools.len(), pools[0].whisper), (1, None));
}

#[tokio::test]
async fn what_one_version_does_not_know_is_not_sent() {
    let v2 = Server::answering(200, "{}").await;
    let numbers = v2.location.phone_numbers();
    let senders = NumbersQuery {
        rcs_senders: true,
        ..NumbersQuery::default()
    };
    let error = numbers.list(&senders).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("version 3 only"), "{error}");
    let paid = NumberPurchase {
        payment_method_id: Some("pm_1".into()),
        ..NumberPurchase::new(phone())
    };
    let error = numbers.purchase(&paid).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);
    assert_eq!(v2.count().await, 0);

    let v3 = Server::answering_v3(200, "{}").await;
    let query = AvailableNumbersQuery::new("US", []);
    let error = v3.location.phone_numbers().available(&query).await;
    assert_eq!(*error.unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(v3.count().await, 0);
}

#[tokio::test]
async fn only_buying_is_not_repeated() {
    let purchase = NumberPurchase::new(phone());
    assert_sent_once(async |location| location.phone_numbers().purchase(&purchase).await).await;
    assert_repeated(async |location| location.phone_numbers().pools().await).await;
}
