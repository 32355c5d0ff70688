//! Decoding a contact of 2 KB: with plain serde, into this crate's type, and through the whole client without a network.
#![allow(missing_docs, reason = "criterion's macros make items without")]

use std::hint::black_box;

use async_trait::async_trait;
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gohighlevel::Client;
use gohighlevel::api::contacts::Contact;
use gohighlevel::client::{Transport, TransportError};
use serde::Deserialize;
use tokio::runtime::Builder;

const ANSWER: &str = include_str!("bare/contact.json");

/// Answers each request at once.
#[derive(Debug)]
struct AtOnce;

#[async_trait]
impl Transport for AtOnce {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        black_box(request);
        let mut answer = http::Response::new(Bytes::from_static(ANSWER.as_bytes()));
        // A limit that is never reached.
        for (name, value) in [
            ("x-ratelimit-max", "10000"),
            ("x-ratelimit-interval-milliseconds", "1"),
        ] {
            let value = http::HeaderValue::from_static(value);
            answer.headers_mut().insert(name, value);
        }
        Ok(answer)
    }
}

#[derive(Deserialize)]
struct Envelope {
    contact: Contact,
}

fn contact(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("contact of 2 KB");
    group.throughput(Throughput::Bytes(ANSWER.len() as u64));
    group.bench_function("into a JSON value", |it| {
        it.iter(|| serde_json::from_str::<serde_json::Value>(black_box(ANSWER)).expect("JSON"));
    });
    group.bench_function("into a Contact", |it| {
        it.iter(|| {
            let envelope = serde_json::from_str::<Envelope>(black_box(ANSWER));
            envelope.expect("a contact").contact
        });
    });
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("an executor");
    let client = Client::builder().token("pit-1").transport(AtOnce).build();
    let client = client.expect("a client");
    // One alone would reach the largest limit that is believed.
    let locations = (0..64).map(|number| format!("location-{number}").parse().expect("an id"));
    let locations: Vec<_> = locations.map(|id| client.location(id)).collect();
    let mut turns = locations.iter().cycle();
    let id = "seD4PfOuKoVMLkEZqohJ".parse().expect("an id");
    group.bench_function("through the client, without a network", |it| {
        it.iter(|| {
            let contact = turns.next().map(|location| location.contacts().get(&id));
            runtime
                .block_on(contact.expect("a location"))
                .expect("a contact")
        });
    });
    group.finish();
}

criterion_group!(benches, contact);
criterion_main!(benches);
