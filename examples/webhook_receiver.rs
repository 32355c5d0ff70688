//! HighLevel's webhooks in a service of your own: each is stored as a row before it is acknowledged, and only once however
//! often it is delivered.
//!
//! ```text
//! cargo run --example webhook_receiver --features axum,sqlite -- inbox.db 127.0.0.1:8080
//! ```
//!
//! The path is `/webhooks/ghl`; HighLevel requires https: put a reverse proxy in front that terminates TLS.
//! `GHL_WEBHOOK_PUBLIC_KEY` (PEM) replaces HighLevel's key, for tests with FakeGhl.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Parser;
use gohighlevel::serve::{Shutdown, serve};
use gohighlevel::webhooks::{Delivery, Endpoint, Event, Handler, NotDurable, Verifier};
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS inbox (key TEXT PRIMARY KEY, body BLOB NOT NULL)";

/// Writes HighLevel's webhooks into a database, each once, before it acknowledges them
#[derive(Parser)]
#[command(
    name = "webhook_receiver",
    after_help = "GHL_WEBHOOK_PUBLIC_KEY (PEM) replaces HighLevel's key, for tests with FakeGhl."
)]
struct Arguments {
    /// The file of the database; it is made if it is missing
    database: PathBuf,
    /// Address and port to listen on, such as 127.0.0.1:8080
    address: String,
}

/// The rest of the service works through its rows.
struct Inbox(Arc<Mutex<Connection>>);

#[async_trait::async_trait]
impl Handler for Inbox {
    fn wants(&self, delivery: &Delivery) -> bool {
        // All other events are acknowledged and not stored.
        matches!(
            delivery.event,
            Event::InboundMessage(_) | Event::AppointmentCreate(_)
        )
    }

    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        let inbox = Arc::clone(&self.0);
        let stored = spawn_blocking(move || {
            let row = (delivery.dedupe_key().to_string(), delivery.raw());
            let inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner);
            inbox.execute("INSERT OR IGNORE INTO inbox VALUES (?1, ?2)", row)
        });
        stored
            .await
            .map_err(NotDurable::new)?
            .map_err(NotDurable::new)?;
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let verifier = match std::env::var("GHL_WEBHOOK_PUBLIC_KEY") {
        Ok(pem) => Verifier::builder().ed25519_pem(&pem)?.build(),
        Err(_) => Verifier::highlevel(),
    };
    let inbox = Connection::open(arguments.database)?;
    inbox.execute(TABLE, ())?;
    let inbox = Inbox(Arc::new(Mutex::new(inbox)));
    let endpoint = Endpoint::new(verifier, inbox);
    let app = axum::Router::new().route("/webhooks/ghl", endpoint.route());
    let listener = TcpListener::bind(arguments.address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // What is under way when the signal comes is stored too.
    let report = serve(listener, app)
        .endpoint(&endpoint)
        .until(Shutdown::on_signal()?)
        .await;
    if !report.is_complete() {
        eprintln!("not all that was under way came to its end: {report:?}");
    }
    Ok(())
}
