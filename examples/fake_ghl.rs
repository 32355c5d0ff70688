//! FakeGhl as a program: a HighLevel on loopback to try things out with, from any language.
//!
//! ```text
//! cargo run --example fake_ghl --features testing -- --webhook-url http://127.0.0.1:8080/webhooks/ghl
//! ```
//!
//! What it is to do besides, it is told under `/_fake/` (see `FakeGhl`), such as to have HighLevel's own time-out three
//! times, or to let a content delivery network answer at the token endpoint:
//!
//! ```text
//! curl $URL/_fake/faults -d '{"method":"POST","path":"/contacts/search","fault":"timeout-401","times":3}'
//! curl $URL/_fake/faults -d '{"method":"POST","path":"/oauth/token","fault":"gateway-1010"}'
//! ```
#![allow(clippy::print_stdout)]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use gohighlevel::testing::{FakeGhl, FakeGhlBuilder};

const USAGE: &str = "\
FakeGhl, a HighLevel on loopback. It runs until Ctrl-C.

Usage: fake_ghl [OPTIONS]

  --listen ADDRESS     address and port to listen on (default: 127.0.0.1 and a free port)
  --seed FILE          JSON with locations, tokens, users, custom values and contacts
                       (default: the sample, see fixtures/fake_ghl/seed.json)
  --webhook-url URL    where webhooks go, plain http (default: nowhere)
  --limit N/SECONDSs   requests a token may make in a window (default: 100/10s)
  --help               this text
";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let builder = match read(&arguments) {
        Ok(builder) => builder,
        Err(problem) => {
            eprint!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
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

fn read(arguments: &[String]) -> Result<FakeGhlBuilder, String> {
    let mut builder = FakeGhl::builder();
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| format!("{option} needs a value"));
        builder = match option.as_str() {
            "--listen" => {
                let address: SocketAddr = value()?
                    .parse()
                    .map_err(|_| "--listen takes an address such as 127.0.0.1:9000".to_owned())?;
                builder.listen(address)
            }
            "--seed" => {
                let file = value()?;
                let text = std::fs::read_to_string(file)
                    .map_err(|error| format!("cannot read {file}: {error}"))?;
                builder
                    .seed_json(&text)
                    .map_err(|error| format!("{file}: {error}"))?
            }
            "--webhook-url" => builder
                .webhook_url(value()?)
                .map_err(|error| error.to_string())?,
            "--limit" => {
                let (requests, window) = limit(value()?)?;
                builder.limit(requests, window)
            }
            other => return Err(format!("unknown option {other}")),
        };
    }
    Ok(builder)
}

fn limit(text: &str) -> Result<(u32, Duration), String> {
    text.strip_suffix('s')
        .and_then(|text| text.split_once('/'))
        .and_then(|(requests, seconds)| Some((requests.parse().ok()?, seconds.parse().ok()?)))
        .filter(|(_, seconds)| *seconds > 0)
        .map(|(requests, seconds)| (requests, Duration::from_secs(seconds)))
        .ok_or_else(|| "--limit takes requests and seconds such as 100/10s".to_owned())
}
