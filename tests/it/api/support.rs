//! A loopback server that gives every request the same answer, and assertions on requests, repeats and printed values.

use std::fmt::Debug;
use std::sync::Arc;

use gohighlevel::client::{ApiVersion, ClientBuilder, Location};
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::testing::ManualClock;
use gohighlevel::{Client, Result};
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) const LOCATION: &str = "ve9EPM428h8vShlRW1KT";
pub(crate) const CONTACT: &str = "seD4PfOuKoVMLkEZqohJ";
pub(crate) const V2021_07: &str = "2021-07-28";
pub(crate) const V2021_04: &str = "2021-04-15";
pub(crate) const V3: &str = "v3";

/// A body as HighLevel sends it, from `fixtures/api`.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/api/",
            $name,
            ".json"
        ))
    };
}
pub(crate) use fixture;

pub(crate) struct Server {
    mock: MockServer,
    pub(crate) client: Client,
    pub(crate) location: Location,
}

impl Server {
    /// Answers everything with this status and body.
    pub(crate) async fn answering(status: u16, body: &str) -> Self {
        Self::start(status, body, Client::builder()).await
    }

    /// The same, to a client that speaks API version 3.
    pub(crate) async fn answering_v3(status: u16, body: &str) -> Self {
        Self::start(status, body, Client::builder().api_version(ApiVersion::V3)).await
    }

    /// The same, to a client of API version 3 where `version` says so.
    pub(crate) async fn speaking(version: &str, status: u16, body: &str) -> Self {
        if version == V3 {
            Self::answering_v3(status, body).await
        } else {
            Self::answering(status, body).await
        }
    }

    /// Answers each request with the next of these bodies, and the last one for ever.
    pub(crate) async fn answering_in_turn(bodies: &[&str]) -> Self {
        let (last, before) = bodies.split_last().unwrap();
        let mock = MockServer::start().await;
        for body in before {
            let answer = ResponseTemplate::new(200).set_body_raw(*body, "application/json");
            let once = Mock::given(any()).respond_with(answer).up_to_n_times(1);
            once.mount(&mock).await;
        }
        Self::start_on(mock, 200, last, Client::builder()).await
    }

    async fn start(status: u16, body: &str, builder: ClientBuilder) -> Self {
        Self::start_on(MockServer::start().await, status, body, builder).await
    }

    async fn start_on(mock: MockServer, status: u16, body: &str, builder: ClientBuilder) -> Self {
        Mock::given(any())
            .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/json"))
            .mount(&mock)
            .await;
        let client = builder
            .token("pit-test")
            .base_url(mock.uri())
            .clock(Arc::new(ManualClock::new(
                "2026-05-08T12:00:00Z".parse().unwrap(),
            )))
            .build()
            .unwrap();
        Self {
            mock,
            location: client.location(LocationId::new(LOCATION).unwrap()),
            client,
        }
    }

    /// Asserts that exactly this request came, headers included.
    pub(crate) async fn assert_asked(
        &self,
        method: &str,
        target: &str,
        version: &str,
        body: Option<Value>,
    ) {
        let requests = self.mock.received_requests().await.unwrap();
        assert_eq!(requests.len(), 1, "exactly one request, not {requests:#?}");
        let request = &requests[0];
        let mut asked = format!("{} {}", request.method, request.url.path());
        if let Some(query) = request.url.query() {
            asked = format!("{asked}?{query}");
        }
        assert_eq!(asked, format!("{method} {target}"));
        let header = |name: &str| {
            let values: Vec<_> = request.headers.get_all(name).iter().collect();
            assert!(values.len() <= 1, "`{name}` more than once: {values:?}");
            values.first().map(|value| value.to_str().unwrap())
        };
        assert_eq!(header("authorization"), Some("Bearer pit-test"), "{asked}");
        assert_eq!(header("version"), Some(version), "{asked}");
        assert_eq!(header("accept"), Some("application/json"), "{asked}");
        assert_eq!(
            header("content-type"),
            body.as_ref().map(|_| "application/json"),
            "{asked}"
        );
        let sent = (!request.body.is_empty())
            .then(|| serde_json::from_slice::<Value>(&request.body).unwrap());
        assert_eq!(sent, body, "body of {asked}");
    }

    /// The body of the one request that came.
    pub(crate) async fn sent_body(&self) -> Value {
        let requests = self.mock.received_requests().await.unwrap();
        assert_eq!(requests.len(), 1, "exactly one request, not {requests:#?}");
        serde_json::from_slice(&requests[0].body).unwrap()
    }

    pub(crate) async fn count(&self) -> usize {
        self.mock.received_requests().await.unwrap().len()
    }
}

/// What a call has to ask: method, target, body.
pub(crate) type Asked<'a> = (&'a str, &'a str, Option<Value>);

/// Asserts that a call asks exactly this in one API version. Gives what the call made of the answer.
pub(crate) async fn asks<T: Debug>(
    version: &str,
    answer: &str,
    (method, target, body): Asked<'_>,
    call: impl AsyncFn(&Server) -> Result<T>,
) -> Result<T> {
    let server = Server::speaking(version, 200, answer).await;
    let result = call(&server).await;
    server.assert_asked(method, target, version, body).await;
    result
}

/// Asserts that a call asks the same in version 2 (`version` is its header) and in version 3.
pub(crate) async fn asks_in_both<T: Debug>(
    version: &str,
    answer: &str,
    asked: Asked<'_>,
    call: impl AsyncFn(&Server) -> Result<T>,
) -> T {
    let (method, target, body) = asked;
    let newer = Server::speaking(V3, 200, answer).await;
    call(&newer).await.unwrap();
    newer.assert_asked(method, target, V3, body.clone()).await;
    let older = Server::speaking(version, 200, answer).await;
    let value = call(&older).await.unwrap();
    older.assert_asked(method, target, version, body).await;
    value
}

/// Asserts that a call is refused in an API version that lacks the operation, and that nothing is sent.
pub(crate) async fn assert_not_in<T: Debug>(
    version: &str,
    call: impl AsyncFn(&Server) -> Result<T>,
) {
    let server = Server::speaking(version, 200, "{}").await;
    let error = call(&server).await.unwrap_err();
    assert_eq!(*error.kind(), gohighlevel::error::ErrorKind::Config);
    assert!(error.to_string().contains("only;"), "{error}");
    assert_eq!(server.count().await, 0);
}

/// Asserts that a call which HighLevel answers with 502 is repeated until the attempts are used up.
pub(crate) async fn assert_repeated<T: Debug>(call: impl AsyncFn(&Location) -> Result<T>) {
    let server = Server::answering(502, "<html>bad gateway</html>").await;
    let error = call(&server.location).await.unwrap_err();
    assert_eq!(server.count().await, 5, "{error}");
    assert_eq!(
        *error.kind(),
        gohighlevel::error::ErrorKind::Unavailable,
        "{error}"
    );
}

/// Asserts that a call which HighLevel answers with 502 is not repeated, and that its outcome is not known.
pub(crate) async fn assert_sent_once<T: Debug>(call: impl AsyncFn(&Location) -> Result<T>) {
    let server = Server::answering(502, "<html>bad gateway</html>").await;
    let error = call(&server.location).await.unwrap_err();
    assert_eq!(server.count().await, 1, "{error}");
    assert_eq!(
        *error.kind(),
        gohighlevel::error::ErrorKind::UnknownOutcome,
        "{error}"
    );
}

/// Asserts that nothing personal out of the fixtures and inputs of these tests is printed.
pub(crate) fn assert_prints_no_personal_data(value: &impl Debug) {
    let printed = format!("{value:#?}");
    for planted in [
        "rosan",
        "deo",
        "sanjay",
        "8887324197",
        "5550001234",
        "8088688888",
        "3125550100",
        "3535",
        "bank street",
        "stop",
        "sorry",
        "missed call from",
        "call back",
    ] {
        assert!(
            !printed.to_lowercase().contains(planted),
            "`{planted}` is printed: {printed}"
        );
    }
}

pub(crate) fn contact_id() -> ContactId {
    ContactId::new(CONTACT).unwrap()
}

pub(crate) fn phone() -> PhoneNumber {
    PhoneNumber::parse("+18887324197").unwrap()
}

/// The text inside an optional private value.
pub(crate) fn text(value: &Option<gohighlevel::secret::Private<String>>) -> Option<&str> {
    value.as_ref().map(|text| text.as_str())
}
