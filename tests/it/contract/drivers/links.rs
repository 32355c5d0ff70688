//! `links.json`.

use gohighlevel::api::links::{LinkInput, LinkSearch};

use super::id;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "links.list",
            [call!(|stage| stage.location.links().list().await)],
        ),
        Driver::both(
            "links.search",
            [
                call!(|stage| {
                    let search = LinkSearch {
                        query: Some("offer".to_owned()),
                        skip: Some(20),
                        limit: Some(10),
                    };
                    stage.location.links().search(&search).await
                }),
                call!(|stage| stage.location.links().search(&LinkSearch::default()).await),
            ],
        ),
        Driver::both(
            "links.get",
            [call!(|stage| stage.location.links().get(&id("l1")).await)],
        ),
        Driver::both(
            "links.create",
            [call!(|stage| stage.location.links().create(&offer()).await)],
        ),
        Driver::both(
            "links.update",
            [call!(|stage| stage
                .location
                .links()
                .update(&id("l1"), &offer())
                .await)],
        ),
        Driver::both(
            "links.delete",
            [call!(|stage| stage
                .location
                .links()
                .delete(&id("l1"))
                .await)],
        ),
    ]
}

fn offer() -> LinkInput {
    LinkInput {
        name: "Offer".to_owned(),
        redirect_to: "https://deo.example/offer".to_owned(),
    }
}
