//! `phone-system.json`.

use gohighlevel::api::phone_numbers::{
    AvailableNumbersQuery, NumberPurchase, NumberType, NumbersQuery,
};

use super::id;
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "phone_numbers.list",
            [
                call!(|stage| stage.location.phone_numbers().list(&whole_query()).await),
                call!(|stage| {
                    let numbers = stage.location.phone_numbers();
                    numbers.list(&NumbersQuery::default()).await
                }),
            ],
        ),
        Driver::only(
            Version::V3,
            "phone_numbers.list with RCS senders",
            [call!(|stage| {
                let query = NumbersQuery {
                    rcs_senders: true,
                    ..whole_query()
                };
                stage.location.phone_numbers().list(&query).await
            })],
        ),
        Driver::both(
            "phone_numbers.available",
            [
                call!(|stage| {
                    let types = [NumberType::TollFree, NumberType::Local, NumberType::Mobile];
                    let query = AvailableNumbersQuery {
                        first_part: Some("312".to_owned()),
                        last_part: Some("00".to_owned()),
                        anywhere: Some("55".to_owned()),
                        sms: Some(true),
                        mms: Some(true),
                        voice: Some(false),
                        ..AvailableNumbersQuery::new("US", types)
                    };
                    stage.location.phone_numbers().available(&query).await
                }),
                call!(|stage| {
                    let query = AvailableNumbersQuery::new("US", [NumberType::Local]);
                    stage.location.phone_numbers().available(&query).await
                }),
            ],
        ),
        Driver::only(
            Version::V2,
            "phone_numbers.available of any kind",
            [call!(|stage| {
                let query = AvailableNumbersQuery::new("US", []);
                stage.location.phone_numbers().available(&query).await
            })],
        ),
        Driver::both(
            "phone_numbers.purchase",
            [
                call!(|stage| {
                    let numbers = stage.location.phone_numbers();
                    numbers.purchase(&whole_purchase()).await
                }),
                call!(|stage| {
                    let purchase = NumberPurchase::new(id("+18305551234"));
                    stage.location.phone_numbers().purchase(&purchase).await
                }),
            ],
        ),
        Driver::only(
            Version::V3,
            "phone_numbers.purchase with a payment",
            [call!(|stage| {
                let purchase = NumberPurchase {
                    payment_intent_id: Some("pi_1".to_owned()),
                    stripe_account_id: Some("acct_1".to_owned()),
                    payment_method_id: Some("pm_1".to_owned()),
                    ..whole_purchase()
                };
                stage.location.phone_numbers().purchase(&purchase).await
            })],
        ),
        Driver::both(
            "phone_numbers.pools",
            [call!(|stage| stage.location.phone_numbers().pools().await)],
        ),
    ]
}

fn whole_query() -> NumbersQuery {
    NumbersQuery {
        page_size: Some(100),
        page: Some(0),
        containing: Some("+1312".to_owned()),
        skip_number_pools: Some(false),
        rcs_senders: false,
    }
}

fn whole_purchase() -> NumberPurchase {
    NumberPurchase {
        country_code: Some("US".to_owned()),
        number_type: Some(NumberType::TollFree),
        address_sid: Some("AD1".to_owned()),
        bundle_sid: Some("BU1".to_owned()),
        locality: Some("San Antonio".to_owned()),
        region: Some("TX".to_owned()),
        fingerprint_id: Some("fp_1".to_owned()),
        skip_location_kyc: Some(false),
        ..NumberPurchase::new(id("+18305551234"))
    }
}
