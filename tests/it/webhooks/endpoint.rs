//! The endpoint without a web framework: bounds, shutdown, keys that change, and handlers by location.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::{join_all, poll_immediate};
use gohighlevel::ids::LocationId;
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::{
    Delivery, Endpoint, EndpointBuilder, Handler, LocationRouter, MAX_BODY_BYTES, NotDurable,
    Verifier,
};
use http::{Method, Request, StatusCode};
use tokio::sync::Semaphore;

use super::signing::Ed25519Signer;

/// Writes down what it is handed, each when there is a permit.
struct Desk {
    permits: Semaphore,
    begun: Semaphore,
    taken: Mutex<Vec<String>>,
}

impl Desk {
    fn open() -> Arc<Self> {
        Self::with_permits(Semaphore::MAX_PERMITS)
    }

    fn with_permits(permits: usize) -> Arc<Self> {
        Arc::new(Self {
            permits: Semaphore::new(permits),
            begun: Semaphore::new(0),
            taken: Mutex::default(),
        })
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    /// Returns when so many more deliveries have been handed over.
    async fn has_begun(&self, deliveries: u32) {
        self.begun.acquire_many(deliveries).await.unwrap().forget();
    }
}

#[async_trait]
impl Handler for Desk {
    fn wants(&self, delivery: &Delivery) -> bool {
        assert_ne!(delivery.event.name(), Some("Undecided"), "planted panic");
        delivery.event.name() != Some("Unwanted")
    }

    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        self.begun.add_permits(1);
        self.permits.acquire().await.unwrap().forget();
        match delivery.event.name() {
            Some("DiskFull") => return Err(NotDurable::new("the disk is full")),
            Some("Panic") => panic!("planted panic"),
            _ => {}
        }
        self.taken
            .lock()
            .unwrap()
            .push(delivery.webhook_id.unwrap().to_string());
        Ok(())
    }
}

fn verifier(signers: &[&Ed25519Signer]) -> Verifier {
    let mut builder = Verifier::builder();
    for signer in signers {
        builder = builder.ed25519_pem(&signer.pem()).unwrap();
    }
    builder.build()
}

fn builder(signer: &Ed25519Signer, handler: impl Handler) -> EndpointBuilder {
    let clock = ManualClock::new("2026-06-01T10:00:00Z".parse().unwrap());
    Endpoint::builder(verifier(&[signer]), handler).clock(clock)
}

fn endpoint(signer: &Ed25519Signer, handler: impl Handler) -> Endpoint {
    builder(signer, handler).build()
}

fn event(kind: &str, name: &str, location: Option<&str>) -> Bytes {
    let body = serde_json::json!({"type": kind, "webhookId": name, "locationId": location});
    body.to_string().into()
}

fn signed(signer: &Ed25519Signer, body: Bytes) -> Request<Bytes> {
    let headers = signer.headers(&body);
    let mut request = Request::post("/webhooks/ghl").body(body).unwrap();
    *request.headers_mut() = headers;
    request
}

async fn post(endpoint: &Endpoint, signer: &Ed25519Signer, body: Bytes) -> u16 {
    endpoint
        .answer(signed(signer, body))
        .await
        .status()
        .as_u16()
}

#[tokio::test]
async fn each_answer_has_its_reason() {
    let (signer, desk) = (Ed25519Signer::generate(), Desk::open());
    let endpoint = endpoint(&signer, desk.clone());
    let padded = |length: usize| {
        let padding = "x".repeat(length - 35);
        let body = format!(r#"{{"webhookId":"padded","padding":"{padding}"}}"#);
        assert_eq!(body.len(), length);
        Bytes::from(body)
    };
    for (body, expected) in [
        (event("Note", "plain", None), 200),
        (event("Unwanted", "unwanted", None), 200),
        (padded(MAX_BODY_BYTES), 200),
        (padded(MAX_BODY_BYTES + 1), 413),
        (Bytes::from("[]"), 400),
        (Bytes::from(r#"{"timestamp":"2026-05-01T08:00:00Z"}"#), 401),
        (Bytes::from(r#"{"timestamp":"2026-06-01T10:06:00Z"}"#), 429),
        (event("DiskFull", "full", None), 429),
        (event("Panic", "panic", None), 429),
        (event("Undecided", "undecided", None), 429),
    ] {
        let beginning = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(
            post(&endpoint, &signer, body).await,
            expected,
            "{beginning}"
        );
    }
    let mut forged = signed(&signer, event("Note", "forged", None));
    *forged.body_mut() = event("Note", "altered", None);
    assert_eq!(
        endpoint.answer(forged).await.status(),
        StatusCode::UNAUTHORIZED
    );
    let mut asked = signed(&signer, event("Note", "asked", None));
    *asked.method_mut() = Method::GET;
    let answer = endpoint.answer(asked).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers()["allow"], "POST");
    assert_eq!(desk.taken(), ["plain", "padded"]);
}

#[tokio::test]
async fn beyond_the_bound_the_answer_is_to_send_it_again() {
    let (signer, desk) = (Ed25519Signer::generate(), Desk::with_permits(0));
    let endpoint = builder(&signer, desk.clone()).max_in_flight(2).build();
    let note = |name: &str| post(&endpoint, &signer, event("Note", name, None));
    let (mut first, mut second) = (Box::pin(note("first")), Box::pin(note("second")));
    assert!(poll_immediate(&mut first).await.is_none());
    assert!(poll_immediate(&mut second).await.is_none());
    desk.has_begun(2).await;
    assert_eq!(note("third").await, 429);
    // A place is free when its delivery has been taken, and not before.
    desk.permits.add_permits(1);
    assert_eq!(first.await, 200);
    let mut third = Box::pin(note("third"));
    assert!(poll_immediate(&mut third).await.is_none());
    assert_eq!(note("fourth").await, 429);
    desk.permits.add_permits(2);
    assert_eq!((second.await, third.await), (200, 200));
    let mut taken = desk.taken();
    taken.sort();
    assert_eq!(taken, ["first", "second", "third"]);
}

#[tokio::test]
async fn what_is_refused_unwanted_or_broken_keeps_no_place() {
    let (signer, desk) = (Ed25519Signer::generate(), Desk::open());
    let endpoint = builder(&signer, desk.clone()).max_in_flight(1).build();
    let other = Ed25519Signer::generate();
    for _ in 0..3 {
        let body = event("Note", "forged", None);
        assert_eq!(post(&endpoint, &other, body).await, 401);
        assert_eq!(
            post(&endpoint, &signer, event("Unwanted", "no", None)).await,
            200
        );
        assert_eq!(
            post(&endpoint, &signer, event("Panic", "panic", None)).await,
            429
        );
    }
    assert_eq!(
        post(&endpoint, &signer, event("Note", "taken", None)).await,
        200
    );
    assert_eq!(desk.taken(), ["taken"]);
}

#[tokio::test]
async fn a_shutdown_waits_for_what_is_under_way_and_takes_nothing_more() {
    let (signer, desk) = (Ed25519Signer::generate(), Desk::with_permits(0));
    let endpoint = endpoint(&signer, desk.clone());
    let note = |name: &str| post(&endpoint, &signer, event("Note", name, None));
    let mut first = Box::pin(note("first"));
    assert!(poll_immediate(&mut first).await.is_none());
    // The sender of the second hangs up.
    let mut second = Box::pin(note("second"));
    assert!(poll_immediate(&mut second).await.is_none());
    desk.has_begun(2).await;
    drop(second);

    let other = endpoint.clone();
    let mut drained = Box::pin(async move { other.drain().await });
    assert!(poll_immediate(&mut drained).await.is_none());
    assert_eq!(note("third").await, 429);
    desk.permits.add_permits(1);
    assert_eq!(first.await, 200);
    assert!(poll_immediate(&mut drained).await.is_none());
    desk.permits.add_permits(1);
    drained.await;
    assert_eq!(desk.taken(), ["first", "second"]);
    // It stays so, and may be asked for again.
    endpoint.drain().await;
    assert_eq!(note("fourth").await, 429);
}

#[tokio::test]
async fn no_delivery_slips_through_a_shutdown() {
    let (signer, desk) = (Ed25519Signer::generate(), Desk::open());
    let endpoint = endpoint(&signer, desk.clone());
    let mut answers = Vec::new();
    for number in 0..40 {
        let (endpoint, request) = (
            endpoint.clone(),
            signed(&signer, event("Note", &number.to_string(), None)),
        );
        answers.push(tokio::spawn(async move {
            endpoint.answer(request).await.status()
        }));
        if number == 20 {
            tokio::task::yield_now().await;
        }
    }
    endpoint.drain().await;
    let taken_at_the_end = desk.taken().len();
    let answers = join_all(answers).await;
    let taken = answers
        .iter()
        .filter(|answer| *answer.as_ref().unwrap() == 200);
    assert_eq!(
        (taken.count(), desk.taken().len()),
        (taken_at_the_end, taken_at_the_end)
    );
}

#[tokio::test]
async fn keys_change_while_it_runs() {
    let (old, new) = (Ed25519Signer::generate(), Ed25519Signer::generate());
    let desk = Desk::open();
    let endpoint = endpoint(&old, desk.clone());
    // A clone is behind the route; the code that changes the key has another.
    let route = endpoint.clone();
    let answers = async |name: &str| {
        let body = event("Note", name, None);
        (
            post(&route, &old, body.clone()).await,
            post(&route, &new, body).await,
        )
    };
    assert_eq!(answers("before").await, (200, 401));
    endpoint.set_verifier(verifier(&[&old, &new]));
    assert_eq!(answers("between").await, (200, 200));
    endpoint.set_verifier(verifier(&[&new]));
    assert_eq!(answers("after").await, (401, 200));
}

#[tokio::test]
async fn a_delivery_goes_to_the_handler_of_its_location() {
    let signer = Ed25519Signer::generate();
    let (soleil, nebru, rest) = (Desk::open(), Desk::open(), Desk::open());
    let id = |text: &str| LocationId::new(text).unwrap();
    let handlers = LocationRouter::new(rest.clone())
        .location(id("soleil"), soleil.clone())
        .location(id("nebru"), nebru.clone());
    let endpoint = endpoint(&signer, Arc::new(handlers));
    for (name, location) in [
        ("1", Some("soleil")),
        ("2", Some("nebru")),
        ("3", Some("elsewhere")),
        ("4", None),
        ("5", Some("soleil")),
    ] {
        assert_eq!(
            post(&endpoint, &signer, event("Note", name, location)).await,
            200
        );
        // Each handler says for itself what it wants.
        let unwanted = event("Unwanted", "no", location);
        assert_eq!(post(&endpoint, &signer, unwanted).await, 200);
    }
    let full = event("DiskFull", "6", Some("nebru"));
    assert_eq!(post(&endpoint, &signer, full).await, 429);
    assert_eq!(soleil.taken(), ["1", "5"]);
    assert_eq!(nebru.taken(), ["2"]);
    assert_eq!(rest.taken(), ["3", "4"]);
}
