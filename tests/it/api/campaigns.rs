//! Campaigns of a contact.

use gohighlevel::ids::CampaignId;
use serde_json::json;

use super::support::{
    CONTACT, V3, V2021_07, asks, asks_in_both, assert_repeated, assert_sent_once, contact_id,
    fixture,
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
