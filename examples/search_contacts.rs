//! Searching contacts: a filter, an order, and all pages as one stream that can be left at any time.
//!
//! ```text
//! cargo run --example search_contacts --features testing                        # offline, on a FakeGhl
//! GHL_TOKEN=pit-… cargo run --example search_contacts -- --location ID --tag vip
//! ```
//!
//! It only reads.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::pin::pin;
use std::process::ExitCode;

use clap::Parser;
use futures_util::TryStreamExt as _;
use gohighlevel::Client;
use gohighlevel::api::contacts::{
    Contact, ContactField, ContactFilter, ContactSearch, ContactSort, ContactSortField,
};
use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::tags::TagName;
use gohighlevel::client::Location;
use gohighlevel::ids::LocationId;

/// How many contacts are shown one by one.
const SHOWN: usize = 3;

/// Finds the contacts that have a tag and a phone number, newest first, and counts those that may be texted.
///
/// Without options it works on 250 made-up contacts, offline; that takes the feature `testing`. GHL_BASE_URL names another
/// server than HighLevel's.
#[derive(Parser)]
#[command(
    name = "search_contacts",
    override_usage = "search_contacts [--location <ID> --tag <TAG>]"
)]
struct Arguments {
    /// A location of yours; its token is read from GHL_TOKEN or GHL_TOKEN_<LOCATION_ID>
    #[arg(long, value_name = "ID", requires = "tag")]
    location: Option<LocationId>,
    // HighLevel keeps tags in lower case; `TagName` does the same.
    /// The tag, such as vip
    #[arg(long, value_name = "TAG", requires = "location")]
    tag: Option<TagName>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match (arguments.location, arguments.tag) {
        (Some(location), Some(tag)) => on_highlevel(location, &tag).await,
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

async fn on_highlevel(location: LocationId, tag: &TagName) -> Result<(), Box<dyn Error>> {
    find(&Client::from_env()?.location(location), tag).await
}

#[cfg(feature = "testing")]
async fn on_the_sample() -> Result<(), Box<dyn Error>> {
    // Every other one has the tag; every fifth one wants no texts.
    let contacts: Vec<_> = (0..250)
        .map(|number| {
            serde_json::json!({
                "id": format!("contact{number:03}"),
                "phone": format!("+1312555{:04}", 1000 + number),
                "tags": if number % 2 == 0 { vec!["vip"] } else { vec![] },
                "dnd": number % 5 == 0,
            })
        })
        .collect();
    let location = serde_json::json!({ "id": "sampleLocation000001", "name": "Sample" });
    let seed = serde_json::json!({
        "locations": [{ "location": location, "tokens": ["pit-sample"], "contacts": contacts }],
    });
    let fake = gohighlevel::testing::FakeGhl::builder()
        .seed_json(&seed.to_string())?
        .start()
        .await?;
    let client = Client::builder()
        .base_url(fake.url())
        .token("pit-sample")
        .build()?;
    let location = client.location(LocationId::new("sampleLocation000001")?);
    find(&location, &TagName::new("vip")?).await?;
    println!("requests   {}", fake.requests().len());
    Ok(())
}

#[cfg(not(feature = "testing"))]
async fn on_the_sample() -> Result<(), Box<dyn Error>> {
    Err("name a --location and a --tag, or build with --features testing for the sample".into())
}

async fn find(location: &Location, tag: &TagName) -> Result<(), Box<dyn Error>> {
    let search = ContactSearch {
        sort: vec![ContactSort {
            field: ContactSortField::DateAdded,
            direction: SortDirection::Descending,
        }],
        page_limit: 50,
        ..ContactSearch::new(ContactFilter::all([
            ContactFilter::eq(ContactField::Tags, tag.as_str()),
            ContactFilter::exists(ContactField::Phone),
        ]))
    };

    // Background requests give way to interactive ones. The next page is requested only when the contacts before it have
    // been read, so stopping early saves requests. An error ends the stream.
    let background = location.in_background();
    let contacts = background.contacts();
    let mut found = pin!(contacts.stream(&search));
    let (mut all, mut textable) = (0, 0);
    while let Some(contact) = found.try_next().await? {
        if all < SHOWN {
            show(&contact);
        }
        all += 1;
        textable += usize::from(!contact.sms_blocked());
    }
    println!("found      {all}");
    println!("textable   {textable}");
    Ok(())
}

/// Names and numbers are personal and print as `[private]`; ids are not.
fn show(contact: &Contact) {
    let added = contact.date_added.map(|date| date.to_string());
    println!(
        "contact    {}, added {}",
        contact.id,
        added.as_deref().unwrap_or("at an unknown time")
    );
}
