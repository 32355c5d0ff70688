//! Missed-call text back as a service: it takes HighLevel's webhooks, and texts, tags and makes tasks through the API.
//!
//! Copy `fixtures/recovery_server/config.toml`, write your location's id into it, and name the copy with `--config`:
//!
//! ```text
//! GHL_TOKEN=pit-… cargo run --example recovery_server --features missed-call,sqlite,axum -- --config my-config.toml
//! ```
//!
//! HighLevel requires https: put a reverse proxy in front that terminates TLS and passes `/webhooks/ghl` on byte for byte.
//!
//! To try it without HighLevel, in two terminals:
//!
//! ```text
//! cargo run --all-features --example fake_ghl -- --listen 127.0.0.1:9000 --webhook-url http://127.0.0.1:8080/webhooks/ghl | tee fake.txt
//! GHL_TOKEN=pit-sample-soleil GHL_BASE_URL=http://127.0.0.1:9000 GHL_WEBHOOK_PUBLIC_KEY="$(tail -n +2 fake.txt)" \
//!     cargo run --all-features --example recovery_server -- --config fixtures/recovery_server/config.toml
//! ```
//!
//! Then simulate a missed call, and look at the requests that follow:
//!
//! ```text
//! curl http://127.0.0.1:9000/_fake/calls -d '{"locationId":"soleilLocation000001","from":"+13125550142","to":"+13125550100"}'
//! curl http://127.0.0.1:9000/_fake/requests
//! ```
//!
//! Several of them share a PostgreSQL database in place of the file, where the feature `postgres` is on: with `--postgres URL`, or
//! with `--postgres` alone and the address in `DATABASE_URL`.
//!
//! `config` reads the configuration, and `service` shows how the parts are put together. The command `gohighlevel serve` is
//! made of the same two files.
#![allow(clippy::print_stdout)]

mod config;
mod service;

use std::io;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::filter::EnvFilter;

use crate::service::Options;

/// Runs missed-call text back as a service until Ctrl-C or SIGTERM; a second one ends it at once
#[derive(Parser)]
#[command(name = "recovery_server", after_help = ENVIRONMENT)]
struct Arguments {
    #[command(flatten)]
    options: Options,
}

const ENVIRONMENT: &str = "\
Environment:
  GHL_TOKEN                Private integration token for every location without one of its own
  GHL_TOKEN_<LOCATION_ID>  Private integration token of one location
  GHL_WEBHOOK_PUBLIC_KEY   PEM of the key that webhooks are checked with [default: HighLevel's own]
  GHL_BASE_URL             Another server than HighLevel's API, for trying things out
  GHL_BOARD_TOKEN          Token of the live board at /board, which is there with the feature `live-board`
  DATABASE_URL             Address of the PostgreSQL database, for --postgres without one
  RUST_LOG                 What is logged [default: info]

Exit code 0 after an end in order, 2 if it cannot start.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(filter)
        .init();
    match service::run(&arguments.options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            eprintln!("{problems}");
            ExitCode::from(2)
        }
    }
}
