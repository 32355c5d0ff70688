//! The options of FakeGhl as a program, for this example and for the command `gohighlevel`.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use gohighlevel::testing::{FakeGhl, FakeGhlBuilder};

#[derive(clap::Args)]
pub(crate) struct Options {
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

impl Options {
    pub(crate) fn builder(self) -> Result<FakeGhlBuilder, Box<dyn Error>> {
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
