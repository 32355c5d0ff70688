//! FakeGhl as a program: a HighLevel on loopback to try things out with, from any language.
//!
//! ```text
//! cargo run --example fake_ghl --features testing -- --webhook-url http://127.0.0.1:8080/webhooks/ghl
//! ```
//!
//! Requests under `/_fake/` control it (see `testing::any_language`). These make HighLevel time out three times, and let a content delivery
//! network answer at the token endpoint:
//!
//! ```text
//! curl $URL/_fake/faults -d '{"method":"POST","path":"/contacts/search","fault":"timeout-401","times":3}'
//! curl $URL/_fake/faults -d '{"method":"POST","path":"/oauth/token","fault":"gateway-1010"}'
//! ```
#![allow(clippy::print_stdout)]

mod options;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};

use crate::options::Options;

/// Runs FakeGhl, a HighLevel on loopback, until Ctrl-C
#[derive(Parser)]
#[command(name = "fake_ghl")]
struct Arguments {
    #[command(flatten)]
    options: Options,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let builder = arguments.options.builder().unwrap_or_else(|problem| {
        let mut command = Arguments::command();
        command.error(ErrorKind::ValueValidation, problem).exit()
    });
    let fake = match builder.start().await {
        Ok(fake) => fake,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}\n{}", fake.url(), fake.public_key_pem());
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot wait for Ctrl-C: {error}");
            ExitCode::FAILURE
        }
    }
}
