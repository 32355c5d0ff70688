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

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use gohighlevel::testing::{FakeGhl, FakeGhlBuilder};

/// Runs FakeGhl, a HighLevel on loopback, until Ctrl-C
#[derive(Parser)]
#[command(name = "fake_ghl")]
struct Arguments {
    /// Address and port to listen on, such as 127.0.0.1:9000 [default: 127.0.0.1 and a free port]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// JSON with locations, tokens, users, custom values and contacts [default: the sample, see
    /// fixtures/fake_ghl/seed.json]
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Where webhooks go, plain http [default: nowhere]
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// Events that the app has subscribed to besides those that are always sent, such as ContactCreate
    #[arg(long = "event", value_name = "NAME")]
    events: Vec<String>,
    /// Requests a token may make in a window [default: 100/10s]
    #[arg(long, value_name = "N/SECONDSs", value_parser = limit)]
    limit: Option<(u32, Duration)>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let builder = arguments.builder().unwrap_or_else(|problem| {
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

impl Arguments {
    fn builder(self) -> Result<FakeGhlBuilder, Box<dyn Error>> {
        let mut builder = FakeGhl::builder();
        if let Some(address) = self.listen {
            builder = builder.listen(address);
        }
        if let Some(file) = self.seed {
            let name = file.display();
            let text = std::fs::read_to_string(&file)
                .map_err(|error| format!("cannot read {name}: {error}"))?;
            builder = builder
                .seed_json(&text)
                .map_err(|error| format!("{name}: {error}"))?;
        }
        if let Some(url) = self.webhook_url {
            builder = builder.webhook_url(&url)?;
        }
        if !self.events.is_empty() {
            builder = builder.events(self.events.iter().map(String::as_str))?;
        }
        if let Some((requests, window)) = self.limit {
            builder = builder.limit(requests, window);
        }
        Ok(builder)
    }
}

fn limit(text: &str) -> Result<(u32, Duration), &'static str> {
    text.strip_suffix('s')
        .and_then(|text| text.split_once('/'))
        .and_then(|(requests, seconds)| Some((requests.parse().ok()?, seconds.parse().ok()?)))
        .filter(|(_, seconds)| *seconds > 0)
        .map(|(requests, seconds)| (requests, Duration::from_secs(seconds)))
        .ok_or("write requests and seconds, such as 100/10s")
}
