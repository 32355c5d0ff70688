//! `snapshots.json`.

use gohighlevel::api::snapshots::{SnapshotAudience, SnapshotPushQuery};

use super::{id, moment};
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "snapshots.list",
            [call!(|stage| stage
                .client
                .snapshots()
                .list(&id("k1"))
                .await)],
        ),
        Driver::both(
            "snapshots.share",
            [
                call!(|stage| {
                    let audience = SnapshotAudience::Agencies(vec!["0-128-926".to_owned()]);
                    let snapshots = stage.client.snapshots();
                    snapshots.share(&id("k1"), &id("s1"), &audience).await
                }),
                call!(|stage| {
                    let audience = SnapshotAudience::Locations(vec![id("l1"), id("l2")]);
                    let snapshots = stage.client.snapshots();
                    snapshots.share(&id("k1"), &id("s1"), &audience).await
                }),
                call!(|stage| {
                    let audience = SnapshotAudience::Link;
                    let snapshots = stage.client.snapshots();
                    snapshots.share(&id("k1"), &id("s1"), &audience).await
                }),
                call!(|stage| {
                    let audience = SnapshotAudience::Everybody;
                    let snapshots = stage.client.snapshots();
                    snapshots.share(&id("k1"), &id("s1"), &audience).await
                }),
            ],
        ),
        Driver::both(
            "snapshots.pushes",
            [
                call!(|stage| {
                    let query = SnapshotPushQuery {
                        after: Some(id("p0")),
                        ..SnapshotPushQuery::between(moment(), moment())
                    };
                    let snapshots = stage.client.snapshots();
                    snapshots.pushes(&id("k1"), &id("s1"), &query).await
                }),
                call!(|stage| {
                    let query = SnapshotPushQuery::between(moment(), moment());
                    let snapshots = stage.client.snapshots();
                    snapshots.pushes(&id("k1"), &id("s1"), &query).await
                }),
            ],
        ),
        Driver::both(
            "snapshots.last_push",
            [call!(|stage| {
                let snapshots = stage.client.snapshots();
                snapshots.last_push(&id("k1"), &id("s1"), &id("l1")).await
            })],
        ),
    ]
}
