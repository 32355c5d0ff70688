//! The cost of reading hostile texts, in every function that reads text from outside. Prints the CPU time for a megabyte of
//! each kind, and fails if reading it as a reply takes two milliseconds or more.
//!
//! With the argument `count` it runs every function, kind and size once and prints each; `.ci/instructions` counts the
//! instructions.
#![allow(clippy::print_stdout, reason = "it prints its results")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::{LazyLock, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use cpu_time::ProcessTime;
use gohighlevel::Client;
use gohighlevel::client::{Location, Transport, TransportError};
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::copy::{
    MergeValues, MessageCopy, SenderKind, Template, render,
};
use gohighlevel::recipes::missed_call::reply::classify;
use gohighlevel::recipes::missed_call::{Preset, Recipe};
use gohighlevel::webhooks::Delivery;
use jiff::Timestamp;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

/// The units that are repeated.
const KINDS: [(&str, &str); 16] = [
    ("courtesy", "ok "),
    ("clauses", "ok. "),
    ("polite", "please now "),
    ("opt-outs", "remove me "),
    ("negations", "please dont you want to get me "),
    ("prose", "the quick brown fox calls you back tomorrow "),
    ("one word", "un"),
    ("emoji", "👍"),
    ("zero width", "\u{200b}"),
    ("marks", "e\u{301}\u{323}\u{301}"),
    ("ampersands", "&a"),
    ("brackets", "<a"),
    ("braces", "{{a}}"),
    ("digits", "1 2-"),
    ("line breaks", "\n"),
    ("links", "www.a.b "),
];

/// The name of a reading function, and the function.
type Place = (&'static str, fn(&str));

/// The functions that read text from outside.
const PLACES: [Place; 8] = [
    ("reply", |text| {
        black_box(classify(text));
    }),
    ("webhook", |text| {
        let body =
            json!({"type": "InboundMessage", "locationId": "l1", "contactId": "c1", "body": text})
                .to_string();
        drop(black_box(Delivery::read(
            body.into_bytes(),
            Timestamp::UNIX_EPOCH,
        )));
    }),
    ("name", |text| {
        let values = MergeValues {
            first_name: Some(text.into()),
            ..MergeValues::default()
        };
        drop(black_box(render(
            &copy("Hi {{ contact.first_name }}"),
            &values,
            SenderKind::LongCode,
        )));
    }),
    ("custom value", |text| {
        let values = MergeValues {
            custom_values: BTreeMap::from([("note".to_owned(), text.to_owned())]),
            ..MergeValues::default()
        };
        let copy = copy("Hi {% if custom_values.note %}{{ custom_values.note }}{% endif %}");
        drop(black_box(render(&copy, &values, SenderKind::LongCode)));
    }),
    ("template", |text| drop(black_box(Template::parse(text)))),
    ("recipe", |text| {
        let source = format!("{}\n{text}", Preset::Soleil.recipe().source());
        drop(black_box(Recipe::from_toml("recipe.toml", &source)));
    }),
    ("phone number", |text| {
        drop(black_box(PhoneNumber::parse(&format!("+{text}"))));
    }),
    ("error message", |text| {
        *ANSWER.lock().expect("nobody panics") = json!({ "message": text }).to_string().into();
        let contact = ContactId::new("c1").expect("an id");
        drop(black_box(
            RUNTIME.block_on(LOCATION.contacts().get(&contact).into_future()),
        ));
    }),
];

fn copy(body: &str) -> MessageCopy {
    MessageCopy::new("copy", Template::parse(body).expect("a template"))
}

static ANSWER: Mutex<Bytes> = Mutex::new(Bytes::new());
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime"));
static LOCATION: LazyLock<Location> = LazyLock::new(|| {
    let client = Client::builder().token("pit-bounds").transport(Refuses);
    let client = client.build().expect("a client");
    client.location(LocationId::new("l1").expect("an id"))
});

/// Answers each request with this error message.
#[derive(Debug)]
struct Refuses;

#[async_trait]
impl Transport for Refuses {
    async fn call(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let mut answer = http::Response::new(ANSWER.lock().expect("nobody panics").clone());
        *answer.status_mut() = http::StatusCode::BAD_REQUEST;
        Ok(answer)
    }
}

fn of_length(unit: &str, length: usize) -> String {
    unit.repeat(length / unit.len()) + "x"
}

/// The counted part, a function of its own so that it can be found by name.
#[inline(never)]
fn measured(look: fn(&str), text: &str) {
    look(black_box(text));
}

fn count() {
    for (place, look) in PLACES {
        // Initialises everything that is created once.
        look("hi");
        for (kind, unit) in KINDS {
            for doubled in 0..=10 {
                let length = 1000 << doubled;
                println!("{place},{kind},{length}");
                measured(look, &of_length(unit, length));
            }
        }
    }
}

/// The minimum CPU time of several runs, in milliseconds.
fn milliseconds(look: fn(&str), text: &str) -> f64 {
    let rounds = (0..7).map(|_| {
        let begun = ProcessTime::now();
        measured(look, text);
        begun.elapsed().as_secs_f64() * 1e3
    });
    rounds.fold(f64::INFINITY, f64::min)
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "count") {
        count();
        return ExitCode::SUCCESS;
    }
    const MOST: f64 = 2.0;
    let mut worst: f64 = 0.0;
    println!("CPU milliseconds of a megabyte");
    for (place, look) in PLACES {
        look("hi");
        for (kind, unit) in KINDS {
            let took = milliseconds(look, &of_length(unit, 1_000_000));
            println!("{place:14} {kind:12} {took:9.3}");
            if place == "reply" {
                worst = worst.max(took);
            }
        }
    }
    if worst < MOST {
        ExitCode::SUCCESS
    } else {
        println!("reading a reply takes {worst:.3} ms, and must take less than {MOST} ms");
        ExitCode::FAILURE
    }
}
