//! The row about a webhook with the only signature that HighLevel sends today.

use gohighlevel::clock::{Clock, SystemClock};
use gohighlevel::testing::{Call, FakeGhl};
use gohighlevel::webhooks::Verifier;
use http::HeaderMap;

use crate::scene::{Anything, SOLEIL};
use crate::table::Row;

pub async fn ed25519() -> Anything<Row> {
    let fake = FakeGhl::builder().start().await?;
    let (from, to) = ("+13125550142".parse()?, "+13125550100".parse()?);
    fake.call(&Call::missed(SOLEIL, from, to))?;
    let sent = fake.deliveries().pop().ok_or("no webhook was made")?;
    let (body, key) = (sent.body.as_bytes(), fake.public_key_pem());
    let mut headers = HeaderMap::new();
    headers.insert("x-ghl-signature", sent.signature.parse()?);

    let verifier = Verifier::builder().ed25519_pem(&key)?.build();
    let now = SystemClock.now();
    let accepted = verifier.verify(&headers, body.to_vec(), now).is_ok();
    let changed = [body, b" "].concat();
    let refused = verifier.verify(&headers, changed, now).is_err();
    let own = match (accepted, refused) {
        (true, true) => "accepted on raw bytes; one byte more is refused",
        (true, false) => "accepted, with one byte more too",
        (false, _) => "refused",
    };

    let said = |accepted: bool| if accepted { "accepted" } else { "refused" }.to_owned();
    let ghl_sdk = ghl_sdk::webhooks::verify_with_key(body, &sent.signature, &key).is_ok();
    let (_, secret) = fake.oauth_app();
    let highlevel_api = highlevel_api::webhook::verify_signature(body, &sent.signature, &secret);
    Ok(Row {
        scene: "webhook with today's only signature (Ed25519)",
        must: "accepted on raw bytes",
        own: (own.to_owned(), accepted && refused),
        ghl_sdk: Some(said(ghl_sdk)),
        highlevel_api: Some(said(highlevel_api)),
    })
}
