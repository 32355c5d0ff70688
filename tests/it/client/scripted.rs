//! A transport that plays a script, remembers what it was asked and when, and the client around it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::client::{ClientBuilder, Location, Transport, TransportError};
use gohighlevel::clock::Clock;
use gohighlevel::error::TransportErrorKind;
use gohighlevel::ids::LocationId;
use gohighlevel::testing::ManualClock;

/// What happens to one request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Answer(u16, Vec<(&'static str, String)>, String),
    Fail(TransportErrorKind),
    /// The status arrives and the body does not.
    BreakAfter(u16),
}

pub(crate) fn answer(status: u16, body: &str) -> Step {
    Step::Answer(status, Vec::new(), body.to_owned())
}

impl Step {
    pub(crate) fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        if let Self::Answer(_, headers, _) = &mut self {
            headers.push((name, value.to_string()));
        }
        self
    }
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) at: Duration,
    pub(crate) line: String,
    pub(crate) authorization: String,
    pub(crate) body: String,
}

/// Plays its steps in order and the last one for ever. Clones share script and memory.
#[derive(Debug, Clone)]
pub(crate) struct ScriptedTransport {
    clock: ManualClock,
    steps: Arc<Mutex<VecDeque<Step>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[async_trait]
impl Transport for ScriptedTransport {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.asked.lock().unwrap().push(Asked {
            at: self.clock.elapsed(),
            line: format!("{} {}", request.method(), request.uri()),
            authorization: request.headers()["authorization"]
                .to_str()
                .unwrap()
                .to_owned(),
            body: String::from_utf8_lossy(request.body()).into_owned(),
        });
        let step = {
            let mut steps = self.steps.lock().unwrap();
            match steps.len() {
                0 => answer(200, "{}"),
                1 => steps[0].clone(),
                _ => steps.pop_front().unwrap(),
            }
        };
        match step {
            Step::Answer(status, headers, body) => {
                let mut response = http::Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                Ok(response.body(Bytes::from(body)).unwrap())
            }
            Step::Fail(kind) => Err(TransportError::new(kind, "scripted")),
            Step::BreakAfter(status) => Err(TransportError::new(
                TransportErrorKind::Interrupted,
                "scripted",
            )
            .with_status(status)),
        }
    }
}

/// A client, its location, its clock, and what its transport saw.
pub(crate) struct Scene {
    transport: ScriptedTransport,
    pub(crate) clock: ManualClock,
    pub(crate) client: Client,
    pub(crate) location: Location,
}

impl Scene {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self::with(steps, |builder| builder.token("pit-planted-token"))
    }

    pub(crate) fn with(
        steps: impl IntoIterator<Item = Step>,
        set_up: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let clock = ManualClock::new("2026-05-08T12:00:00Z".parse().unwrap());
        let transport = ScriptedTransport {
            clock: clock.clone(),
            steps: Arc::new(Mutex::new(steps.into_iter().collect())),
            asked: Arc::default(),
        };
        let builder = Client::builder()
            .transport(transport.clone())
            .clock(Arc::new(clock.clone()));
        let client = set_up(builder).build().unwrap();
        let location = client.location(LocationId::new("loc1").unwrap());
        Self {
            transport,
            clock,
            client,
            location,
        }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.transport.asked.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.transport.asked.lock().unwrap().len()
    }
}
