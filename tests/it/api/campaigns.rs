//! Campaigns of a contact.

use gohighlevel::api::campaigns::CampaignStatus;
use gohighlevel::ids::CampaignId;
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, V3, V2021_07, asks, asks_in_both, assert_repeated, assert_sent_once,
    contact_id, fixture,
};

#[tokio::test]
async fn contacts_are_put_in_and_taken_out() {
    let contact = contact_id();
    let campaign = CampaignId::new("Y2I9XM7aO1hncuSOlc9L").unwrap();
    let target = format!("/contacts/{CONTACT}/campaigns/Y2I9XM7aO1hncuSOlc9L");
    let answer = fixture!("campaigns/done");
    let asked = ("POST", target.as_str(), Some(json!({})));
    asks_in_both(V2021_07, answer, asked, async |server| {
        let campaigns = server.location.campaigns();
        campaigns.add_contact(&contact, &campaign).await
    })
    .await;
    let asked = ("DELETE", target.as_str(), None);
    asks_in_both(V2021_07, answer, asked, async |server| {
        let campaigns = server.location.campaigns();
        campaigns.remove_contact(&contact, &campaign).await
    })
    .await;
    for (version, last) in [(V2021_07, "removeAll"), (V3, "remove-all")] {
        let target = format!("/contacts/{CONTACT}/campaigns/{last}");
        let asked = ("DELETE", target.as_str(), None);
        let removed = asks(version, answer, asked, async |server| {
            let campaigns = server.location.campaigns();
            campaigns.remove_contact_from_all(&contact).await
        });
        removed.await.unwrap();
    }
    assert_sent_once(async |location| {
        let campaigns = location.campaigns();
        campaigns.add_contact(&contact, &campaign).await
    })
    .await;
    assert_repeated(async |location| {
        let campaigns = location.campaigns();
        campaigns.remove_contact(&contact, &campaign).await
    })
    .await;
}

#[tokio::test]
async fn list() {
    let target = format!("/campaigns/?locationId={LOCATION}&status=published");
    let answer = fixture!("campaigns/list");
    let asked = ("GET", target.as_str(), None);
    let campaigns = asks_in_both(V2021_07, answer, asked, async |server| {
        let status = CampaignStatus::Published;
        server.location.campaigns().list(Some(&status)).await
    })
    .await;
    assert_eq!(campaigns.len(), 2);
    assert_eq!(campaigns[0].status, Some(CampaignStatus::Published));
    assert_eq!(campaigns[1].status, Some(CampaignStatus::Draft));
    assert_repeated(async |location| location.campaigns().list(None).await).await;
}
