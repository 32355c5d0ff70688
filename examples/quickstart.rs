//! The client alone: find a contact by phone, tag it, give the team a task, read a custom value.
//!
//! ```text
//! cargo run --example quickstart --features testing                       # offline, on FakeGhl's sample
//! GHL_TOKEN=pit-… cargo run --example quickstart -- --location ID --phone +15550100123
//! ```
//!
//! The second form writes to the location: a tag and a task due in an hour.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use gohighlevel::Client;
use gohighlevel::api::tags::TagName;
use gohighlevel::api::tasks::{NewTask, Task};
use gohighlevel::client::Location;
use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::phone::PhoneNumber;
use jiff::ToSpan as _;

/// Finds a contact by phone, tags it, gives it a task, and reads the custom value calendly_link.
///
/// Without options it works on the sample of FakeGhl, offline; that takes the feature `testing`. GHL_BASE_URL names another
/// server than HighLevel's.
#[derive(Parser)]
#[command(
    name = "quickstart",
    override_usage = "quickstart [--location <ID> --phone <NUMBER>]"
)]
struct Arguments {
    /// A location of yours; its token is read from GHL_TOKEN or GHL_TOKEN_<LOCATION_ID>
    #[arg(long, value_name = "ID", requires = "phone")]
    location: Option<LocationId>,
    /// The phone number of a contact in it, such as +15550100123
    #[arg(long, value_name = "NUMBER", requires = "location")]
    phone: Option<PhoneNumber>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match (arguments.location, arguments.phone) {
        (Some(location), Some(phone)) => on_highlevel(location, &phone).await,
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

async fn on_highlevel(location: LocationId, phone: &PhoneNumber) -> Result<(), Box<dyn Error>> {
    start(&Client::from_env()?.location(location), phone).await
}

#[cfg(feature = "testing")]
async fn on_the_sample() -> Result<(), Box<dyn Error>> {
    let fake = gohighlevel::testing::FakeGhl::builder().start().await?;
    let client = Client::builder()
        .base_url(fake.url())
        .token("pit-sample-soleil")
        .build()?;
    let location = client.location(LocationId::new("soleilLocation000001")?);
    start(&location, &"+13125550111".parse()?).await
}

#[cfg(not(feature = "testing"))]
async fn on_the_sample() -> Result<(), Box<dyn Error>> {
    Err("name a --location and a --phone, or build with --features testing for the sample".into())
}

async fn start(location: &Location, phone: &PhoneNumber) -> Result<(), Box<dyn Error>> {
    // The contact that HighLevel takes for the holder of the number.
    let Some(contact) = location.contacts().find_by_phone(phone).await? else {
        return Err(format!("no contact has the number {phone}").into());
    };
    println!("contact        {}", contact.id);

    // Adding a tag twice equals adding it once, so the client repeats it by itself when HighLevel stumbles.
    let tags = location
        .contact_tags()
        .add(&contact.id, &[TagName::new("quickstart")?])
        .await?;
    let tags: Vec<&str> = tags.iter().map(TagName::as_str).collect();
    println!("tags           {}", tags.join(", "));

    let due = SystemClock.now() + 1.hour();
    let task = create_once(location, &contact.id, &NewTask::new("Call back", due)).await?;
    println!("task           {}, due {due:.0}", task.id);

    match location.custom_values().find("calendly_link").await? {
        Some(link) => println!(
            "calendly_link  {}",
            link.value.as_deref().unwrap_or("(empty)")
        ),
        None => println!("calendly_link  (the location has no such custom value)"),
    }
    Ok(())
}

/// Creating a task twice makes two tasks, so the client does not repeat it where the first may have arrived. It says so
/// with [`ErrorKind::UnknownOutcome`], and the caller checks whether it is there.
async fn create_once(
    location: &Location,
    contact: &ContactId,
    task: &NewTask,
) -> gohighlevel::Result<Task> {
    match location.tasks().create(contact, task).await {
        Err(error) if *error.kind() == ErrorKind::UnknownOutcome => {
            let found = location.tasks().list(contact).await?;
            let is_it = |found: &Task| {
                found.title.as_ref() == Some(&task.title)
                    && found.due_date.map(|due| due.as_second()) == Some(task.due_date.as_second())
            };
            // Not there: then the first error is the answer, and somebody decides whether to try again.
            found.into_iter().find(is_it).ok_or(error)
        }
        other => other,
    }
}
