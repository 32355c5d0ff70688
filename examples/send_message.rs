//! Sending a text whose HTTP response may be lost: it is sent once, or the calling function learns that the outcome is unknown.
//!
//! ```text
//! cargo run --example send_message --features testing       # offline: both ways to lose a response, on FakeGhl
//! GHL_TOKEN=pit-… cargo run --example send_message -- --location ID --phone +15550100123 --text 'Hello'
//! ```
//!
//! The second form sends a real text, which costs money.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use gohighlevel::Client;
use gohighlevel::api::conversations::{ConversationSearch, Message, MessagesQuery, OutgoingSms};
use gohighlevel::client::Location;
use gohighlevel::clock::{Clock, SystemClock};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{ContactId, LocationId, MessageId};
use gohighlevel::message::{Direction, MessageType};
use gohighlevel::phone::PhoneNumber;
use jiff::{SignedDuration, Timestamp};

/// How long to wait before each look for a text whose response was lost: HighLevel may show it with a delay.
const LOOKS: [Duration; 3] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// Sends a text to the contact with a phone number, once, also if HighLevel's response is lost.
///
/// Without options it works on the sample of FakeGhl, offline; that takes the feature `testing`. GHL_BASE_URL names another
/// server than HighLevel's.
#[derive(Parser)]
#[command(
    name = "send_message",
    override_usage = "send_message [--location <ID> --phone <NUMBER> --text <TEXT>]"
)]
struct Arguments {
    /// A location of yours; its token is read from GHL_TOKEN or GHL_TOKEN_<LOCATION_ID>
    #[arg(long, value_name = "ID", requires_all = ["phone", "text"])]
    location: Option<LocationId>,
    /// The phone number of a contact in it, such as +15550100123
    #[arg(long, value_name = "NUMBER", requires_all = ["location", "text"])]
    phone: Option<PhoneNumber>,
    /// What to send
    #[arg(long, value_name = "TEXT", requires_all = ["location", "phone"])]
    text: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match (arguments.location, arguments.phone, arguments.text) {
        (Some(location), Some(phone), Some(text)) => on_highlevel(location, &phone, &text).await,
        _ => on_the_sample().await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn on_highlevel(
    location: LocationId,
    phone: &PhoneNumber,
    text: &str,
) -> Result<(), Box<dyn Error>> {
    let location = Client::from_env()?.location(location);
    send(&location, &SystemClock, phone, text).await
}

#[cfg(feature = "testing")]
async fn on_the_sample() -> Result<(), Box<dyn Error>> {
    use gohighlevel::testing::{FakeGhl, Fault, ManualClock};
    use std::sync::Arc;

    // On this clock the waits take no time.
    let clock = ManualClock::new("2026-05-08T12:00:00Z".parse()?);
    let fake = FakeGhl::builder()
        .clock(Arc::new(clock.clone()))
        .start()
        .await?;
    let client = Client::builder()
        .base_url(fake.url())
        .token("pit-sample-soleil")
        .clock(Arc::new(clock.clone()))
        .build()?;
    let location = client.location(LocationId::new("soleilLocation000001")?);
    let maria = "+13125550111".parse()?;
    let path = "/conversations/messages";

    println!("HighLevel sends the text, and its response is lost:");
    fake.fault(http::Method::POST, path, Fault::DropAfter, 1)?;
    send(&location, &clock, &maria, "Your visit is at 3 pm.").await?;

    println!("The connection breaks before HighLevel has done anything:");
    fake.fault(http::Method::POST, path, Fault::DropBefore, 1)?;
    send(&location, &clock, &maria, "Please bring your card.").await?;

    let asked = fake.requests();
    let asked = asked.iter().filter(|request| request.path == path);
    let contact = location.contacts().find_by_phone(&maria).await?;
    let contact = contact.ok_or("the sample has this contact")?;
    let texts = texts(&location, &contact.id).await?;
    println!("asked {} times, sent {} texts", asked.count(), texts.len());
    Ok(())
}

#[cfg(not(feature = "testing"))]
async fn on_the_sample() -> Result<(), Box<dyn Error>> {
    Err(
        "name --location, --phone and --text, or build with --features testing for the sample"
            .into(),
    )
}

async fn send(
    location: &Location,
    clock: &dyn Clock,
    phone: &PhoneNumber,
    text: &str,
) -> Result<(), Box<dyn Error>> {
    let Some(contact) = location.contacts().find_by_phone(phone).await? else {
        return Err(format!("no contact has the number {phone}").into());
    };
    let sms = OutgoingSms {
        to_number: Some(phone.clone()),
        ..OutgoingSms::new(contact.id, text)
    };
    match send_once(location, clock, &sms).await {
        Ok(message) => {
            println!("  sent as {message}");
            Ok(())
        }
        Err(error) if *error.kind() == ErrorKind::DoNotDisturb => {
            Err(format!("they want no texts; never try again: {error}").into())
        }
        Err(error) if *error.kind() == ErrorKind::UnknownOutcome => Err(format!(
            "lost twice; look into the conversation before anything else: {error}"
        )
        .into()),
        Err(error) => Err(error.into()),
    }
}

/// A text sent twice is a text too many, so the client does not repeat it where the first may have gone out. It says so
/// with [`ErrorKind::UnknownOutcome`]. The caller looks into the conversation: if the text is there, all is well. If it
/// is not there some seconds later either, it is sent a second time, and the outcome of that one stands.
async fn send_once(
    location: &Location,
    clock: &dyn Clock,
    sms: &OutgoingSms,
) -> gohighlevel::Result<MessageId> {
    let began = clock.now();
    match location.conversations().send_sms(sms).await {
        Ok(sent) => return Ok(sent.message_id),
        Err(error) if *error.kind() == ErrorKind::UnknownOutcome => println!("  {error}"),
        // Every other error says that nothing was sent.
        Err(error) => return Err(error),
    }
    for wait in LOOKS {
        clock.sleep(wait).await;
        if let Some(message) = look(location, sms, began).await? {
            println!("  it is in the conversation: it is not sent again");
            return Ok(message);
        }
    }
    println!("  it is not in the conversation: it is sent again");
    let sent = location.conversations().send_sms(sms).await?;
    Ok(sent.message_id)
}

/// The text in the contact's conversation, if it went out since `began`.
async fn look(
    location: &Location,
    sms: &OutgoingSms,
    began: Timestamp,
) -> gohighlevel::Result<Option<MessageId>> {
    // HighLevel's clock and this one need not agree to the second.
    let earliest = began
        .saturating_sub(SignedDuration::from_mins(1))
        .unwrap_or(began);
    let is_it = |message: &Message| {
        message.body.as_ref() == Some(&sms.body)
            && message.date_added.is_some_and(|date| date >= earliest)
    };
    let texts = texts(location, &sms.contact_id).await?;
    Ok(texts.into_iter().find(is_it).map(|message| message.id))
}

/// The newest texts to a contact. One page is enough for a text that is seconds old.
async fn texts(location: &Location, contact: &ContactId) -> gohighlevel::Result<Vec<Message>> {
    let conversations = location.conversations();
    let search = ConversationSearch::with_contact(contact.clone());
    let found = conversations.search(&search).await?;
    let Some(conversation) = found.conversations.into_iter().next() else {
        return Ok(Vec::new());
    };
    let query = MessagesQuery {
        types: vec![MessageType::Sms],
        ..MessagesQuery::default()
    };
    let mut messages = conversations
        .messages(&conversation.id, &query)
        .await?
        .messages;
    messages.retain(|message| message.direction == Some(Direction::Outbound));
    Ok(messages)
}
