//! Where a driver plays: a client whose transport answers from HighLevel's files and keeps what it was asked.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::client::{ApiVersion, ClientBuilder, Location, Transport, TransportError};
use gohighlevel::error::{Error, ErrorKind};
use gohighlevel::testing::ManualClock;

use super::request::Sent;
use super::response::Sample;
use super::spec::{Spec, Version};

/// One method of ours, and how it is called.
pub(super) struct Driver {
    /// The method, such as `contacts.create`.
    pub(super) name: &'static str,
    /// The one version that has the method; the other refuses it.
    pub(super) only: Option<Version>,
    /// The versions in which it makes its outcome of parts of several answers. Other drivers read those whole.
    pub(super) in_parts: Vec<Version>,
    /// With every input set, with none that may be left out, and whatever lies between.
    pub(super) calls: Vec<Play>,
}

/// A call of a method.
pub(super) type Play = for<'a> fn(&'a Stage) -> Pin<Box<dyn Future<Output = Settled> + Send + 'a>>;

/// What became of a call.
pub(super) type Settled = Result<Box<dyn Outcome>, Failure>;

/// A result that can be compared with one of the same type.
pub(super) trait Outcome: Send + Sync {
    fn same(&self, other: &dyn Outcome) -> bool;
    fn as_any(&self) -> &dyn std::any::Any;
}

impl<T: PartialEq + Send + Sync + 'static> Outcome for T {
    fn same(&self, other: &dyn Outcome) -> bool {
        other.as_any().downcast_ref::<T>() == Some(self)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// Why a call failed.
pub(super) struct Failure {
    /// Whether our client has refused to send anything.
    pub(super) refused: bool,
    text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The one place where a driver hands over what its method gave.
pub(super) fn settled<T: PartialEq + Send + Sync + 'static>(result: Result<T, Error>) -> Settled {
    match result {
        Ok(value) => Ok(Box::new(value)),
        Err(error) => Err(Failure {
            refused: *error.kind() == ErrorKind::Config,
            text: format!("{error}: {error:?}"),
        }),
    }
}

/// A [`Play`] out of a call: `call!(|stage| stage.location.contacts().get(&id("c1")).await)`.
macro_rules! call {
    (|$stage:ident| $call:expr) => {{
        let play: $crate::contract::stage::Play =
            |$stage| Box::pin(async move { $crate::contract::stage::settled($call) });
        play
    }};
}
pub(super) use call;

impl Driver {
    /// A method that both versions have.
    pub(super) fn both(name: &'static str, calls: impl IntoIterator<Item = Play>) -> Self {
        Self {
            name,
            only: None,
            in_parts: Vec::new(),
            calls: calls.into_iter().collect(),
        }
    }

    /// The same method, which makes its outcome of parts of several answers in this version.
    pub(super) fn in_parts(mut self, version: Version) -> Self {
        self.in_parts.push(version);
        self
    }

    /// A method that one version has.
    pub(super) fn only(
        version: Version,
        name: &'static str,
        calls: impl IntoIterator<Item = Play>,
    ) -> Self {
        Self {
            only: Some(version),
            ..Self::both(name, calls)
        }
    }
}

/// A client and what it needs.
pub(super) struct Stage {
    pub(super) client: Client,
    pub(super) location: Location,
    /// How the client was set up, but for its token.
    pub(super) setup: ClientBuilder,
    script: Arc<Script>,
}

impl Stage {
    /// Answers each operation with its sample of `answers`.
    pub(super) fn new(spec: &'static Spec, answers: &BTreeMap<String, Sample>) -> Self {
        let script = Arc::new(Script {
            spec: Some(spec),
            answers: Mutex::new(answers.clone()),
            sent: Mutex::default(),
        });
        let transport = Scripted(script.clone());
        Self {
            script,
            ..Self::on(spec.version, transport)
        }
    }

    /// Sends everything to this transport, and knows nothing of what was sent.
    pub(super) fn on(version: Version, transport: impl Transport) -> Self {
        let setup = Client::builder()
            .transport(transport)
            .clock(Arc::new(ManualClock::new(
                "2026-05-08T12:00:00Z".parse().unwrap(),
            )));
        let setup = match version {
            Version::V2 => setup,
            Version::V3 => setup.api_version(ApiVersion::V3),
        };
        let client = setup.clone().token("pit-contract").build().unwrap();
        Self {
            location: client.location("ve9EPM428h8vShlRW1KT".parse().unwrap()),
            client,
            setup,
            script: Arc::default(),
        }
    }

    /// Answers this operation with this from now on.
    pub(super) fn answer(&self, operation: &str, sample: Sample) {
        let mut answers = self.script.answers.lock().unwrap();
        answers.insert(operation.to_owned(), sample);
    }

    /// What was sent since this was last asked.
    pub(super) fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.script.sent.lock().unwrap())
    }
}

#[derive(Default)]
struct Script {
    spec: Option<&'static Spec>,
    answers: Mutex<BTreeMap<String, Sample>>,
    sent: Mutex<Vec<Sent>>,
}

struct Scripted(Arc<Script>);

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let sent = Sent::new(&request);
        let operation = self.0.spec;
        let operation = operation.and_then(|spec| spec.find(&sent.method, &sent.path));
        self.0.sent.lock().unwrap().push(sent);
        let answers = self.0.answers.lock().unwrap();
        let sample = operation.and_then(|operation| answers.get(&operation.name));
        let status = sample.map_or(200, |sample| sample.status);
        let body = sample.and_then(|sample| sample.body.as_ref());
        let body = body.map_or_else(String::new, ToString::to_string);
        let response = http::Response::builder().status(status);
        Ok(response.body(Bytes::from(body)).unwrap())
    }
}
