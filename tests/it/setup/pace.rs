//! How long a plan of many locations takes: no longer than the rate limit and sixteen at once make it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::Client;
use gohighlevel::auth::oauth::{OAuth, OAuthApp, OAuthCredentials};
use gohighlevel::auth::store::MemoryTokenStore;
use gohighlevel::client::{Transport, TransportError};
use gohighlevel::clock::Clock;
use gohighlevel::setup::Setup;
use gohighlevel::testing::{FakeGhl, FakeTransport};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::of_texts;

const LOCATIONS: usize = 500;
/// As many as `Setup` works on without being asked otherwise.
const AT_ONCE: usize = 16;
/// How long an answer takes.
const ANSWER: Duration = Duration::from_millis(300);
/// How many requests HighLevel takes of a token in ten seconds.
const LIMIT: usize = 100;
const WINDOW: Duration = Duration::from_secs(10);

const TOML: &str = r#"
[agency]
locations = "locations.csv"

[tags]
present = ["missed-call"]

[values.offer]
value = "10 % off"

[fields."contact.lead_source"]
type = "TEXT"

[pipelines."Missed calls"]
stages = ["New", "Texted"]

[links.Booking]
to = "https://book.example.com"

[require]
workflows = [{ name = "WF-11 callback", status = "published" }]
users = ["ana@example.com"]

[recipe]
preset = "soleil"
"#;

/// The time that Tokio shows: it leaps on when nobody can go on.
#[derive(Debug, Clone)]
struct VirtualTime(Instant);

#[async_trait]
impl Clock for VirtualTime {
    fn now(&self) -> Timestamp {
        "2026-05-08T12:00:00Z".parse::<Timestamp>().unwrap() + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// The way to FakeGhl.
#[derive(Debug, Clone)]
struct Line(FakeTransport);

#[async_trait]
impl Transport for Line {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        tokio::time::sleep(ANSWER / 2).await;
        let answer = self.0.call(request).await;
        tokio::time::sleep(ANSWER / 2).await;
        answer
    }
}

fn seed() -> Value {
    let location = |at: usize| {
        json!({
            "location": {"id": format!("loc{at}"), "name": format!("Location {at}"), "companyId": "company1",
                         "timezone": "America/Chicago"},
            "tokens": [format!("pit-{at}")],
        })
    };
    let locations: Vec<Value> = (0..LOCATIONS).map(location).collect();
    json!({"locations": locations, "agencies": [{"company": {"id": "company1", "name": "Agency"}}]})
}

#[tokio::test(start_paused = true)]
async fn five_hundred_locations_take_as_long_as_the_limits_make_them() {
    let clock = VirtualTime(Instant::now());
    let fake = FakeGhl::builder()
        .seed_json(&seed().to_string())
        .unwrap()
        .clock(Arc::new(clock.clone()))
        .limit(LIMIT as u32, WINDOW)
        .in_process()
        .unwrap();
    let (id, secret) = fake.oauth_app();
    let app = OAuthApp::new(id, secret, "https://app.example.com/cb").unwrap();
    let builder = Client::builder()
        .base_url("http://127.0.0.1:1")
        .transport(Line(fake.transport()))
        .clock(clock.clone());
    let oauth = OAuth::new(app, builder.clone()).unwrap();
    let credentials = OAuthCredentials::builder(oauth, MemoryTokenStore::new()).build();
    let ids: Vec<String> = (0..LOCATIONS).map(|at| format!("loc{at}")).collect();
    let approved: Vec<&str> = ids.iter().map(String::as_str).collect();
    let code = fake.authorize_agency("company1", &approved).unwrap();
    credentials.connect(&code).await.unwrap();
    let setup = Setup::new(builder.credentials(credentials).build().unwrap());
    let csv = format!("location_id\n{}\n", ids.join("\n"));
    let desired = of_texts(TOML, &csv).unwrap();
    // What the sign-in took of the agency's window is no part of it.
    tokio::time::sleep(WINDOW).await;

    let before = fake.requests().len();
    let began = clock.elapsed();
    let plan = setup.plan(&desired).await;
    let took = clock.elapsed() - began;

    assert_eq!(plan.totals().failed, 0, "{plan}");
    let requests = fake.requests().split_off(before);
    assert!(
        requests
            .iter()
            .all(|request| request.status == Some(200) || request.status == Some(201))
    );
    let of_tokens = requests
        .iter()
        .filter(|request| request.path == "/oauth/locationToken")
        .count();
    assert_eq!(
        of_tokens, LOCATIONS,
        "each location's token is made of the agency's"
    );
    // Sixteen at once, one answer after the other in each; and a hundred tokens at once, then as many in each window.
    let rounds = LOCATIONS.div_ceil(AT_ONCE) * requests.len().div_ceil(LOCATIONS);
    let by_answers = ANSWER * rounds as u32;
    let by_tokens = WINDOW * (LOCATIONS.div_ceil(LIMIT) - 1) as u32;
    let bound = by_answers.max(by_tokens);
    assert!(
        took <= bound.mul_f64(1.3),
        "{} requests took {took:?}, and the limits ask for {bound:?}",
        requests.len()
    );
}
