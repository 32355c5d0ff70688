//! The rows about single responses: lost, odd, empty, far too long; and about an invalid id.

use std::mem::discriminant;
use std::sync::Arc;

use gohighlevel::Client;
use gohighlevel::api::conversations::{ConversationSearch, MessagesQuery, OutgoingSms};
use gohighlevel::client::Location;
use gohighlevel::error::{ErrorKind, TransportErrorKind};
use gohighlevel::ids::ContactId;
use gohighlevel::testing::{FakeGhl, Fault};
use http::{Method, StatusCode};
use serde_json::json;

use crate::quota::highlevel_api;
use crate::scene::{Anything, CONTACT, SOLEIL, TOKEN, clock};
use crate::server::OneAnswer;
use crate::table::Row;

/// An address without a listener.
const NOWHERE: &str = "http://127.0.0.1:1";

/// This crate's client. Its pauses before repeats take no time.
fn client(url: &str) -> Anything<Client> {
    let clock = Arc::new(clock()?);
    Ok(Client::builder()
        .token(TOKEN)
        .base_url(url)
        .clock(clock)
        .build()?)
}

fn location(url: &str) -> Anything<Location> {
    Ok(client(url)?.location(SOLEIL.parse()?))
}

fn ghl_sdk(url: &str) -> Anything<ghl_sdk::Ghl> {
    Ok(ghl_sdk::Ghl::builder()
        .base_url(url)
        .private_integration_token(TOKEN)
        .build()?)
}

pub async fn lost_answer() -> Anything<Row> {
    const TEXT: &str = "Sorry we missed your call.";
    let path = "/conversations/messages";
    let fake = FakeGhl::builder().start().await?;
    fake.fault(Method::POST, path, Fault::DropAfter, 2)?;
    let contact: ContactId = CONTACT.parse()?;
    let sms = OutgoingSms::new(contact.clone(), TEXT);

    let here = location(&fake.url())?;
    let lost = here.conversations().send_sms(&sms).await;
    let lost = lost.err().map(|error| error.kind().clone());
    let nowhere = location(NOWHERE)?;
    let unsent = nowhere.conversations().send_sms(&sms).await;
    let unsent = unsent.err().map(|error| error.kind().clone());
    // The conversation shows whether the text was sent.
    let search = ConversationSearch::with_contact(contact);
    let found = here.conversations().search(&search).await?;
    let conversation = found.conversations.first().ok_or("no conversation")?;
    let query = MessagesQuery::default();
    let messages = here.conversations().messages(&conversation.id, &query);
    let messages = messages.await?.messages;
    let is_it = |body: &gohighlevel::secret::Private<String>| body.as_str() == TEXT;
    let sent = messages
        .iter()
        .filter(|it| it.body.as_ref().is_some_and(is_it));
    let sent = sent.count();
    let holds = lost == Some(ErrorKind::UnknownOutcome)
        && unsent == Some(ErrorKind::Transport(TransportErrorKind::Connect))
        && sent == 1;

    let message = || ghl_sdk::conversations::SendMessage {
        message_type: "SMS".to_owned(),
        contact_id: CONTACT.to_owned(),
        message: Some(TEXT.to_owned()),
        ..Default::default()
    };
    let other_lost = ghl_sdk(&fake.url())?
        .conversations()
        .send_message(message())
        .await;
    let other_unsent = ghl_sdk(NOWHERE)?
        .conversations()
        .send_message(message())
        .await;
    let tells = match (other_lost, other_unsent) {
        (Err(lost), Err(unsent)) => discriminant(&lost) != discriminant(&unsent),
        _ => return Err("ghl-sdk lost no answer".into()),
    };

    Ok(Row {
        scene: "text accepted but the answer lost: can the caller tell \"not sent\" from \"perhaps sent\"?",
        must: "yes: `UnknownOutcome`, and a way to settle it",
        own: (
            match (lost, unsent) {
                (Some(lost), Some(unsent)) => format!(
                    "`{lost:?}`, and `{unsent:?}` if nothing was sent; found {sent} time in the conversation"
                ),
                _ => "no".to_owned(),
            },
            holds,
        ),
        ghl_sdk: Some(
            if tells {
                "yes"
            } else {
                "no, the same error for both"
            }
            .to_owned(),
        ),
        highlevel_api: None,
    })
}

fn read_or<T, E>(result: &Result<T, E>) -> String {
    match result {
        Ok(_) => "read".to_owned(),
        Err(_) => "error".to_owned(),
    }
}

pub async fn odd_contact() -> Anything<Row> {
    let contact = json!({
        "contact": {
            "id": CONTACT,
            "locationId": SOLEIL,
            "firstName": "Maria",
            "postalCode": 60606,
            "tags": null,
            "customFields": [
                { "id": "MgobCB14YMVKuE4Ka8p1", "value": 42 },
                { "id": "6dvNaf7VhkQ9snc5vnjJ", "value": ["one", "two"] },
            ],
        },
    });
    let server = OneAnswer::start("200 OK", "application/json", &contact.to_string()).await?;

    let own = location(server.url())?;
    let own = own.contacts().get(&CONTACT.parse()?).await;
    let whole = own.as_ref().is_ok_and(|contact| {
        let code = contact.postal_code.as_ref();
        code.is_some_and(|code| code.as_str() == "60606")
            && contact.tags.is_empty()
            && contact.custom_fields.len() == 2
    });
    let ghl_sdk = ghl_sdk(server.url())?.contacts().get(CONTACT).await;
    let highlevel_api = highlevel_api(server.url()).await;
    let highlevel_api = highlevel_api.contacts().get(CONTACT).await;
    Ok(Row {
        scene: "contact with a number or list in a custom field, a null list, a number for a string",
        must: "read",
        own: (read_or(&own), whole),
        ghl_sdk: Some(read_or(&ghl_sdk)),
        highlevel_api: Some(read_or(&highlevel_api)),
    })
}

pub async fn empty_delete() -> Anything<Row> {
    let fake = FakeGhl::builder().start().await?;
    let path = format!("/contacts/{CONTACT}");
    fake.fault(Method::DELETE, &path, Fault::Empty(StatusCode::OK), 3)?;
    let own = location(&fake.url())?;
    let own = own.contacts().delete(&CONTACT.parse()?).await;
    let ghl_sdk = ghl_sdk(&fake.url())?.contacts().delete(CONTACT).await;
    let highlevel_api = highlevel_api(&fake.url()).await;
    let highlevel_api = highlevel_api.contacts().delete(CONTACT).await;
    let said = |done: bool| if done { "`Ok(())`" } else { "error" }.to_owned();
    Ok(Row {
        scene: "DELETE answered with an empty body",
        must: "`Ok(())`",
        own: (said(own.is_ok()), own.is_ok()),
        ghl_sdk: Some(said(ghl_sdk.is_ok())),
        highlevel_api: Some(said(highlevel_api.is_ok())),
    })
}

pub async fn web_page() -> Anything<Row> {
    let page = format!(
        "<html><body>{}</body></html>",
        "Access denied. ".repeat(43_400)
    );
    let server = OneAnswer::start("403 Forbidden", "text/html", &page).await?;
    let own = location(server.url())?;
    let own = own.contacts().get(&CONTACT.parse()?).await;
    let own = own.err().ok_or("a web page was read as a contact")?;
    let (status, kept, printed) = (own.status(), own.body().len(), own.to_string().len());

    let message = |length: usize| format!("{} kB message", length / 1000);
    let ghl_sdk = ghl_sdk(server.url())?.contacts().get(CONTACT).await;
    let ghl_sdk = ghl_sdk.map_or_else(|error| error.to_string().len(), |_| 0);
    let highlevel_api = highlevel_api(server.url()).await;
    let highlevel_api = highlevel_api.contacts().get(CONTACT).await;
    let highlevel_api = highlevel_api.map_or_else(|error| error.to_string().len(), |_| 0);
    Ok(Row {
        scene: "a 650 kB HTML error page",
        must: "status, first 512 bytes",
        own: (
            format!(
                "status {}, first {kept} bytes, message of {printed} bytes",
                status.unwrap_or_default()
            ),
            status == Some(403) && (1..=512).contains(&kept) && printed <= 1024,
        ),
        ghl_sdk: Some(message(ghl_sdk)),
        highlevel_api: Some(message(highlevel_api)),
    })
}

pub async fn id_with_a_path() -> Anything<Row> {
    const ID: &str = "../oauth/x?y=1#";
    let server = OneAnswer::start("404 Not Found", "application/json", "{}").await?;
    let asks = |target: Option<String>| match target {
        Some(target) => format!("requests `{target}`"),
        None => "refused".to_owned(),
    };
    if let Ok(id) = ID.parse() {
        // The response does not matter.
        let _ = location(server.url())?.contacts().get(&id).await;
    }
    let own = server.last_target();
    let inside = |target: &str| {
        let id = target.strip_prefix("/contacts/");
        id.is_some_and(|id| !id.contains(['/', '?', '#']))
    };
    let holds = own.as_deref().is_none_or(inside);
    let _ = ghl_sdk(server.url())?.contacts().get(ID).await;
    let ghl_sdk = server.last_target();
    let _ = highlevel_api(server.url()).await.contacts().get(ID).await;
    let highlevel_api = server.last_target();
    Ok(Row {
        scene: "id `../oauth/x?y=1#`",
        must: "refused or encoded",
        own: (asks(own), holds),
        ghl_sdk: Some(asks(ghl_sdk)),
        highlevel_api: Some(asks(highlevel_api)),
    })
}
