//! Drivers for `businesses.json`.

use gohighlevel::api::businesses::BusinessFields;

use super::id;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "businesses.list",
            [
                call!(|stage| stage.location.businesses().list(Some(10), Some(20)).await),
                call!(|stage| stage.location.businesses().list(None, None).await),
            ],
        ),
        Driver::both(
            "businesses.get",
            [call!(|stage| stage
                .location
                .businesses()
                .get(&id("b1"))
                .await)],
        ),
        Driver::both(
            "businesses.create",
            [
                call!(|stage| stage
                    .location
                    .businesses()
                    .create("Deo Ltd", &whole())
                    .await),
                call!(|stage| {
                    let fields = BusinessFields::default();
                    stage.location.businesses().create("Deo Ltd", &fields).await
                }),
            ],
        ),
        Driver::both(
            "businesses.update",
            [
                call!(|stage| {
                    let (businesses, name) = (stage.location.businesses(), "Deo Ltd".into());
                    businesses.update(&id("b1"), Some(&name), &whole()).await
                }),
                call!(|stage| {
                    let (businesses, fields) =
                        (stage.location.businesses(), BusinessFields::default());
                    businesses.update(&id("b1"), None, &fields).await
                }),
            ],
        ),
        Driver::both(
            "businesses.delete",
            [call!(|stage| stage
                .location
                .businesses()
                .delete(&id("b1"))
                .await)],
        ),
    ]
}

fn whole() -> BusinessFields {
    BusinessFields {
        phone: Some("+18887324197".into()),
        email: Some("info@deo.example".into()),
        website: Some("https://deo.example".into()),
        address: Some("1 Bank Street".into()),
        city: Some("Chicago".into()),
        state: Some("IL".into()),
        postal_code: Some("60601".into()),
        country: Some("US".to_owned()),
        description: Some("A regular".into()),
    }
}
