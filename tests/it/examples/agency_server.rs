//! The agency's app as a process of its own: installed over OAuth, served, changed by the operator, and removed again.

use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

use gohighlevel::testing::{Call, FakeGhl, OutgoingText};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{run, stderr};
use crate::fake_ghl::{SOLEIL, SOLEIL_PHONE};
use crate::program::example;

const COMPANY: &str = "sampleCompany0000001";
const HARBOR: &str = "harborLocation000002";
const HARBOR_PHONE: &str = "+16175550100";
const OPERATOR: &str = "a-token-of-the-operator";

/// How long to look for something that must come. Only a failing test waits for so long.
const DEADLINE: Duration = Duration::from_secs(120);

/// A recipe with this text.
fn recipe(body: &str) -> String {
    format!("name = \"own\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"{body}\"\n")
}

/// FakeGhl, and the server that its webhooks go to.
struct Agency {
    fake: FakeGhl,
    folder: TempDir,
    /// Arguments beside those that every server gets.
    arguments: Vec<String>,
    child: Child,
    url: String,
    http: reqwest::Client,
}

impl Agency {
    async fn start() -> Self {
        Self::with(&[]).await
    }

    async fn with(arguments: &[&str]) -> Self {
        let fake = FakeGhl::builder().start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        let (child, url) = serve(&fake, &folder, &arguments).await;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none());
        Self {
            fake,
            folder,
            arguments,
            child,
            url,
            http: http.build().unwrap(),
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends it in good order, and starts it again on the same files.
    async fn restart(&mut self) {
        let id = self.child.id().unwrap().to_string();
        let mut kill = std::process::Command::new("kill");
        assert!(kill.args(["-TERM", &id]).status().unwrap().success());
        let ended = self.child.wait().await.unwrap();
        assert_eq!(ended.code(), Some(0), "{}", self.log());
        (self.child, self.url) = serve(&self.fake, &self.folder, &self.arguments).await;
    }

    /// Follows the link to install the app, and comes back with the code that HighLevel gives.
    async fn installs(&self, code: impl FnOnce(&FakeGhl) -> String) -> (StatusCode, String) {
        let begun = self.http.get(format!("{}/oauth/install", self.url));
        let begun = begun.send().await.unwrap();
        assert_eq!(begun.status(), StatusCode::SEE_OTHER);
        let page: Url = begun.headers()[LOCATION].to_str().unwrap().parse().unwrap();
        let (_, state) = page
            .query_pairs()
            .find(|(name, _)| name == "state")
            .unwrap();
        let cookie = begun.headers()[SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly; Secure; SameSite=Lax"),
            "{cookie}"
        );
        let cookie = format!("other=1; {}", cookie.split(';').next().unwrap());
        self.comes_back(&code(&self.fake), &state, &cookie).await
    }

    async fn comes_back(&self, code: &str, state: &str, cookie: &str) -> (StatusCode, String) {
        let query = [("code", code), ("state", state)];
        let url = Url::parse_with_params(&format!("{}/oauth/callback", self.url), query).unwrap();
        let back = self.http.get(url).header(COOKIE, cookie).send();
        let back = back.await.unwrap();
        (back.status(), back.text().await.unwrap())
    }

    /// Asks as the agency's own systems do.
    async fn operator(&self, method: Method, path: &str, body: String) -> (StatusCode, Value) {
        let request = self
            .http
            .request(method, format!("{}/operator{path}", self.url));
        let request = request.header("content-type", "application/json");
        let answer = request.bearer_auth(OPERATOR).body(body).send();
        let answer = answer.await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    /// Somebody calls whom nobody answers. Returns the statuses that the webhook was answered with.
    async fn call(&self, location: &str, phone: &str) -> Vec<u16> {
        let call = Call::from_somebody(location, phone.parse().unwrap());
        let webhook = self.fake.call(&call).unwrap().webhook_id;
        self.fake.deliveries_settled().await;
        self.statuses(&webhook)
    }

    fn statuses(&self, webhook: &str) -> Vec<u16> {
        let deliveries = self.fake.deliveries();
        let delivery = deliveries.iter().find(|one| one.webhook_id == webhook);
        let attempts = &delivery.unwrap().attempts;
        attempts
            .iter()
            .filter_map(|attempt| attempt.status)
            .collect()
    }

    /// Looks again and again until the location has sent so many texts.
    async fn texts(&self, location: &str, count: usize) -> Vec<OutgoingText> {
        until(|| self.fake.texts(location).len() >= count, || self.log()).await;
        let texts = self.fake.texts(location);
        assert_eq!(texts.len(), count);
        texts
    }

    /// The kinds of all entries of the ledger in this location, in order.
    async fn ledger(&self, location: &str) -> Vec<String> {
        let (status, rows) = self.operator(Method::GET, "/ledger/0", String::new()).await;
        assert_eq!(status, StatusCode::OK);
        let rows = rows.as_array().unwrap().iter();
        let here = rows.filter(|row| row["entry"]["location"] == location);
        let kind = |row: &Value| row["entry"]["kind"].as_str().unwrap().to_owned();
        here.map(kind).filter(|kind| kind != "swept").collect()
    }
}

async fn until(seen: impl Fn() -> bool + Send + Sync, log: impl Fn() -> String + Send + Sync) {
    let looking = async {
        while !seen() {
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
    };
    let found = tokio::time::timeout(DEADLINE, looking).await;
    assert!(found.is_ok(), "not seen:\n{}", log());
}

/// Starts the program, waits until it listens, and lets FakeGhl's webhooks go there.
async fn serve(fake: &FakeGhl, folder: &TempDir, arguments: &[String]) -> (Child, String) {
    let (client_id, client_secret) = fake.oauth_app();
    let path = folder.path().join("log");
    let log = File::options().create(true).append(true).open(path);
    let mut child = Command::new(example("agency_server"))
        .args(["--listen", "127.0.0.1:0", "--redirect-uri"])
        .args(["https://app.example.com/oauth/callback", "--data"])
        .arg(folder.path().join("data"))
        .args(arguments)
        .env_clear()
        .env("GHL_CLIENT_ID", client_id)
        .env("GHL_CLIENT_SECRET", client_secret)
        .env("GHL_BASE_URL", fake.url())
        .env("GHL_WEBHOOK_PUBLIC_KEY", fake.public_key_pem())
        .env("OPERATOR_TOKEN", OPERATOR)
        .stdout(Stdio::piped())
        .stderr(log.unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let Some(line) = lines.next_line().await.unwrap() else {
        let log = std::fs::read_to_string(folder.path().join("log"));
        panic!("the server does not start:\n{}", log.unwrap());
    };
    let url = line.strip_prefix("listening on ").unwrap().to_owned();
    fake.set_webhook_url(&format!("{url}/webhooks/ghl"))
        .unwrap();
    (child, url)
}

fn of_soleil(fake: &FakeGhl) -> String {
    fake.authorize_location(SOLEIL).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_is_served_from_its_grant_to_its_removal_and_again() {
    let mut agency = Agency::start().await;
    // HighLevel reports a call before the user is back with the code.
    let early = Call::from_somebody(SOLEIL, SOLEIL_PHONE.parse().unwrap());
    let early = agency.fake.call(&early).unwrap().webhook_id;
    until(|| !agency.statuses(&early).is_empty(), || agency.log()).await;
    assert_eq!(agency.statuses(&early)[0], 429);

    let installed = agency.installs(of_soleil).await;
    let expected = "Installed. Locations: 1.\n".to_owned();
    assert_eq!(installed, (StatusCode::OK, expected), "{}", agency.log());
    // It comes again by itself, unless this machine is so slow that HighLevel has given up.
    agency.fake.resend(&early).unwrap();
    agency.fake.deliveries_settled().await;
    assert_eq!(agency.statuses(&early).last(), Some(&200));
    let texts = agency.texts(SOLEIL, 1).await;
    let body = texts[0].body.as_str();
    assert!(body.contains("https://calendly.com/soleil/visit"), "{body}");

    agency.restart().await;
    assert_eq!(agency.call(SOLEIL, SOLEIL_PHONE).await, [200]);
    agency.texts(SOLEIL, 2).await;

    agency.fake.uninstall_location(SOLEIL).unwrap();
    agency.fake.deliveries_settled().await;
    let before = agency.ledger(SOLEIL).await;
    assert_eq!(agency.call(SOLEIL, SOLEIL_PHONE).await, [200]);
    assert_eq!(agency.ledger(SOLEIL).await, before, "nothing is done");
    assert_eq!(before.iter().filter(|kind| *kind == "halted").count(), 1);

    assert_eq!(agency.installs(of_soleil).await.0, StatusCode::OK);
    assert_eq!(agency.call(SOLEIL, SOLEIL_PHONE).await, [200]);
    agency.texts(SOLEIL, 3).await;
    let health = agency.http.get(format!("{}/healthz", agency.url)).send();
    assert_eq!(health.await.unwrap().text().await.unwrap(), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_installs_it_and_its_systems_change_and_remove_a_location() {
    let agency = Agency::start().await;
    let both = |fake: &FakeGhl| fake.authorize_agency(COMPANY, &[SOLEIL, HARBOR]).unwrap();
    let installed = agency.installs(both).await;
    assert_eq!(
        installed.1,
        "Installed. Locations: 2.\n",
        "{}",
        agency.log()
    );
    assert_eq!(agency.call(HARBOR, HARBOR_PHONE).await, [200]);
    agency.texts(HARBOR, 1).await;

    let path = format!("/locations/{SOLEIL}/recipe");
    let bad = agency.operator(Method::PUT, &path, recipe("Hi {{ contact.nick }}"));
    let (status, problem) = bad.await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = problem.as_str().unwrap();
    assert!(
        problem.starts_with("recipe.toml:5: steps.text.body"),
        "{problem}"
    );
    let own = "Soleil here. Sorry, we call you back.";
    let (status, answer) = agency.operator(Method::PUT, &path, recipe(own)).await;
    assert_eq!(status, StatusCode::OK, "{}", agency.log());
    assert_eq!(answer["status"]["recipe"]["name"], "own");
    agency.call(SOLEIL, SOLEIL_PHONE).await;
    let texts = agency.texts(SOLEIL, 1).await;
    let body = texts[0].body.as_str();
    assert!(
        body.starts_with("Soleil here. Sorry, we call you back."),
        "{body}"
    );

    let booking = json!([texts[0].to, "their booking"]).to_string();
    let path = format!("/locations/{SOLEIL}/bookings");
    let (status, _) = agency.operator(Method::POST, &path, booking).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let nobody = json!(["+13125550199", "another"]).to_string();
    let (status, _) = agency.operator(Method::POST, &path, nobody).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(agency.ledger(SOLEIL).await.contains(&"happened".to_owned()));

    let path = format!("/locations/{SOLEIL}");
    let (status, _) = agency.operator(Method::DELETE, &path, String::new()).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(agency.call(SOLEIL, SOLEIL_PHONE).await, [200]);
    agency.call(HARBOR, HARBOR_PHONE).await;
    agency.texts(HARBOR, 2).await;
    let path = format!("{path}/recipe");
    let (status, _) = agency.operator(Method::PUT, &path, recipe(own)).await;
    assert_eq!(status, StatusCode::OK);
    agency.call(SOLEIL, SOLEIL_PHONE).await;
    // The call in between was not answered, and is not answered late.
    agency.texts(SOLEIL, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_serve_what_is_installed_in_one() {
    let cluster = crate::postgres::servers!();
    let schema = crate::postgres::schema("agency").to_string();
    let shared = ["--postgres", cluster.url(), "--schema", &schema];
    let agency = Agency::with(&shared).await;
    // From here on webhooks go to the second one, and pages are asked of the first.
    let (mut second, _) = serve(&agency.fake, &agency.folder, &agency.arguments).await;
    assert_eq!(agency.installs(of_soleil).await.0, StatusCode::OK);
    assert_eq!(agency.call(SOLEIL, SOLEIL_PHONE).await, [200]);
    agency.texts(SOLEIL, 1).await;
    second.kill().await.unwrap();
    let first = format!("{}/webhooks/ghl", agency.url);
    agency.fake.set_webhook_url(&first).unwrap();
    assert_eq!(agency.call(SOLEIL, SOLEIL_PHONE).await, [200]);
    agency.texts(SOLEIL, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_comes_in() {
    let agency = Agency::start().await;
    let code = of_soleil(&agency.fake);
    for (state, cookie) in [("one", "state=two"), ("one", "other=one"), ("", "")] {
        let (status, _) = agency.comes_back(&code, state, cookie).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{state} {cookie}");
    }
    assert!(agency.fake.requests().is_empty());
    let ledger = format!("{}/operator/ledger/0", agency.url);
    for token in [None, Some("a-token-of-another")] {
        let mut request = agency.http.get(&ledger);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let status = request.send().await.unwrap().status();
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
}

#[test]
fn it_says_what_is_missing() {
    let redirect = ["--redirect-uri", "https://app.example.com/oauth/callback"];
    let output = run("agency_server", &redirect, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("GHL_CLIENT_ID"),
        "{}",
        stderr(&output)
    );
}
