//! The memory of 10,000 locations of an agency: each with its grant in a memory store, its minted token and its pacer, after
//! one request each. Fails above 20 MB.
#![allow(clippy::print_stdout, reason = "it prints its results")]

use std::alloc::System;
use std::process::ExitCode;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::auth::oauth::{
    Grant, GrantKey, GrantSource, OAuth, OAuthApp, OAuthCredentials, Tokens,
};
use gohighlevel::auth::store::{MemoryTokenStore, TokenStore};
use gohighlevel::client::{Request, Transport, TransportError};
use gohighlevel::clock::{Clock, SystemClock};
use gohighlevel::ids::LocationId;
use jiff::SignedDuration;
use serde_json::Value;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Builder;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const LOCATIONS: usize = 10_000;
const MOST: usize = 20_000_000;
/// The length of a JWT with a dozen scopes in it.
const TOKEN_LENGTH: usize = 600;
const SCOPES: [&str; 8] = [
    "contacts.readonly",
    "contacts.write",
    "conversations.readonly",
    "conversations/message.readonly",
    "conversations/message.write",
    "locations.readonly",
    "locations/customValues.readonly",
    "users.readonly",
];

/// Answers each request at once, with HighLevel's headers.
#[derive(Debug)]
struct AtOnce;

#[async_trait]
impl Transport for AtOnce {
    async fn call(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let mut answer = http::Response::new(Bytes::from_static(b"{}"));
        for (name, value) in [
            ("x-ratelimit-max", "100"),
            ("x-ratelimit-remaining", "99"),
            ("x-ratelimit-interval-milliseconds", "10000"),
            ("x-ratelimit-limit-daily", "200000"),
            ("x-ratelimit-daily-remaining", "199999"),
        ] {
            let value = http::HeaderValue::from_static(value);
            answer.headers_mut().insert(name, value);
        }
        Ok(answer)
    }
}

/// HighLevel's ids have 20 characters.
fn location(number: usize) -> LocationId {
    format!("location{number:012}").parse().expect("an id")
}

fn grant(number: usize) -> Grant {
    let now = SystemClock.now();
    let agency = "agency00000000000001".parse().expect("an id");
    let mut grant = Grant::new(GrantSource::Agency(agency));
    grant.tokens = Some(Tokens {
        access: format!("{number:0>TOKEN_LENGTH$}").into(),
        // Minted tokens have no refresh token.
        refresh: None,
        obtained_at: now,
        expires_at: Some(now + SignedDuration::from_hours(24)),
    });
    grant.scopes = SCOPES.map(str::to_owned).to_vec();
    grant
}

async fn measure() -> usize {
    let app = OAuthApp::new("app-1", "secret", "https://app.example.com/callback");
    let setup = Client::builder().transport(AtOnce);
    let oauth = OAuth::new(app.expect("an app"), setup.clone()).expect("OAuth");
    let store = MemoryTokenStore::new();
    let credentials = OAuthCredentials::builder(oauth, store.clone()).build();
    let client = setup.credentials(credentials).build().expect("a client");

    let memory = Region::new(ALLOCATOR);
    for number in 0..LOCATIONS {
        let key = GrantKey::Location(location(number));
        let put = store.put(&key, None, &grant(number)).await;
        put.expect("a store in memory");
    }
    for number in 0..LOCATIONS {
        let handle = client.location(location(number));
        let answer = handle.send::<Value>(Request::get("/things/1")).await;
        answer.expect("an answer");
    }
    let change = memory.change();
    let bytes = change
        .bytes_allocated
        .saturating_sub(change.bytes_deallocated);
    assert_eq!(client.usage(&location(0)).daily_remaining, Some(199_999));
    bytes
}

fn main() -> ExitCode {
    let runtime = Builder::new_current_thread().enable_all().build();
    let bytes = runtime.expect("an executor").block_on(measure());
    println!(
        "{LOCATIONS} locations with grant, token of {TOKEN_LENGTH} bytes and pacer: {:.1} MB, {} bytes each \
         (at most {} MB)",
        bytes as f64 / 1e6,
        bytes / LOCATIONS,
        MOST / 1_000_000,
    );
    if bytes > MOST {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
