//! Snapshots of an agency.

use gohighlevel::api::snapshots::{SnapshotAudience, SnapshotPushQuery};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{CompanyId, LocationId, SnapshotId, SnapshotPushId};
use serde_json::json;

use super::support::{LOCATION, Server, V3, V2021_07, asks, asks_in_both, fixture};

fn company() -> CompanyId {
    CompanyId::new("k1").unwrap()
}

fn snapshot() -> SnapshotId {
    SnapshotId::new("1eM2UgkfaECOYyUdCo9Pa").unwrap()
}

#[tokio::test]
async fn list() {
    let asked = ("GET", "/snapshots/?companyId=k1", None);
    let answer = fixture!("snapshots/list");
    let snapshots = asks_in_both(V2021_07, answer, asked, async |server| {
        server.client.snapshots().list(&company()).await
    })
    .await;
    assert_eq!(snapshots.len(), 2);
    assert_eq!(snapshots[0].id, snapshot());
    assert_eq!(snapshots[0].name.as_deref(), Some("Martial Arts Snapshot"));
    assert_eq!(snapshots[1].kind.as_deref(), Some("imported"));
}

#[tokio::test]
async fn share() {
    let locations = ["l1", "l2"].map(|id| LocationId::new(id).unwrap());
    for (audience, more) in [
        (SnapshotAudience::Link, json!({"share_type": "link"})),
        (
            SnapshotAudience::Everybody,
            json!({"share_type": "permanent_link"}),
        ),
        (
            SnapshotAudience::Agencies(vec!["0-128-926".into(), "1-208-926".into()]),
            json!({"share_type": "agency_link", "relationship_number": "0-128-926,1-208-926"}),
        ),
        (
            SnapshotAudience::Locations(locations.to_vec()),
            json!({"share_type": "location_link", "share_location_id": "l1,l2"}),
        ),
    ] {
        let mut body = json!({"snapshot_id": "1eM2UgkfaECOYyUdCo9Pa"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let asked = ("POST", "/snapshots/share/link?companyId=k1", Some(body));
        let answer = fixture!("snapshots/shared");
        let link = asks_in_both(V2021_07, answer, asked, async |server| {
            let snapshots = server.client.snapshots();
            snapshots.share(&company(), &snapshot(), &audience).await
        })
        .await;
        let address = link.share_link.unwrap();
        assert!(address.ends_with(&link.id), "{address}");
    }
    let server = Server::answering(502, "").await;
    let snapshots = server.client.snapshots();
    let error = snapshots.share(&company(), &snapshot(), &SnapshotAudience::Link);
    assert_eq!(*error.await.unwrap_err().kind(), ErrorKind::UnknownOutcome);
    assert_eq!(server.count().await, 1);
}

#[tokio::test]
async fn pushes() {
    let moment = |text: &str| text.parse().unwrap();
    let query = SnapshotPushQuery {
        after: Some(SnapshotPushId::new("p0").unwrap()),
        limit: 5,
        ..SnapshotPushQuery::between(
            moment("2022-10-10T00:00:00Z"),
            moment("2023-12-18T23:59:00Z"),
        )
    };
    let path = "/snapshots/snapshot-status/1eM2UgkfaECOYyUdCo9Pa?companyId=k1";
    for (version, from, to) in [
        (
            V2021_07,
            "10-10-2022%2012%3A00%20AM",
            "12-18-2023%2011%3A59%20PM",
        ),
        (V3, "2022-10-10T00%3A00%3A00Z", "2023-12-18T23%3A59%3A00Z"),
    ] {
        let target = format!("{path}&from={from}&to={to}&lastDoc=p0&limit=5");
        let answer = fixture!("snapshots/pushes");
        let pushes = asks(version, answer, ("GET", &target, None), async |server| {
            let snapshots = server.client.snapshots();
            snapshots.pushes(&company(), &snapshot(), &query).await
        });
        let pushes = pushes.await.unwrap();
        assert_eq!(pushes.len(), 2);
        assert_eq!(pushes[0].status.as_deref(), Some("processing"));
        assert_eq!(
            pushes[0].date_added.as_deref(),
            Some("10/28/2022, 6:24:54 PM")
        );
        assert_eq!(pushes[1].location_id, None);
    }
}

#[tokio::test]
async fn last_push() {
    let target = format!(
        "/snapshots/snapshot-status/1eM2UgkfaECOYyUdCo9Pa/location/{LOCATION}?companyId=k1"
    );
    let answer = fixture!("snapshots/last_push");
    let location = LocationId::new(LOCATION).unwrap();
    let progress = asks_in_both(V2021_07, answer, ("GET", &target, None), async |server| {
        let snapshots = server.client.snapshots();
        snapshots
            .last_push(&company(), &snapshot(), &location)
            .await
    })
    .await;
    assert_eq!(progress.completed, ["custom_values", "tags"]);
    assert_eq!(progress.pending, ["workflows"]);
    assert_eq!(progress.status.as_deref(), Some("processing"));
}
