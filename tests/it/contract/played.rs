//! FakeGhl against the drivers: it plays nearly all that the crate types, in both versions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt as _;
use gohighlevel::client::{Transport, TransportError};
use gohighlevel::testing::{FakeGhl, FakeTransport};
use serde_json::{Value, json};

use super::drivers;
use super::spec::Version;
use super::stage::Stage;

/// What the crate types and no driver calls, because HighLevel's files do not have it: its name, the one version that has
/// it, its method and path. Source: HighLevel's live documentation, and the pages on triggers and actions.
const FURTHER: &[(&str, Option<Version>, &str, &str)] = &[
    ("campaigns.list", None, "GET", "/campaigns/"),
    (
        "contacts.lookup",
        Some(Version::V3),
        "GET",
        "/contacts/lookup",
    ),
    ("funnels.list", None, "GET", "/funnels/funnel/list"),
    (
        "pipelines.create",
        Some(Version::V3),
        "POST",
        "/opportunities/pipelines",
    ),
    (
        "pipelines.delete",
        Some(Version::V3),
        "DELETE",
        "/opportunities/pipelines/p1",
    ),
    (
        "pipelines.get",
        Some(Version::V3),
        "GET",
        "/opportunities/pipelines/p1",
    ),
    (
        "pipelines.update",
        Some(Version::V3),
        "PUT",
        "/opportunities/pipelines/p1",
    ),
    ("surveys.list", None, "GET", "/surveys/"),
    (
        "users.search_by_email",
        None,
        "POST",
        "/users/search/filter-by-email",
    ),
    (
        "workflows.fire_trigger",
        None,
        "POST",
        "/workflows-marketplace/triggers/execute/a1/t1",
    ),
    (
        "workflows.resume",
        None,
        "POST",
        "/workflows-marketplace/actions/resume-internal-action",
    ),
    (
        "workflows.send_inbound",
        None,
        "POST",
        "/hooks/l1/webhook-trigger/w1",
    ),
];

/// Names of steps inside the crate that are no operations of HighLevel's.
const NO_OPERATIONS: [&str; 3] = ["oauth.app", "oauth.connect", "oauth.renew"];

const VERSIONS: [Version; 2] = [Version::V2, Version::V3];
const LEAST: f64 = 0.95;

/// A transport to FakeGhl that remembers what FakeGhl does not know.
struct Watched {
    fake: FakeTransport,
    unknown: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<usize>>,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

#[async_trait]
impl Transport for Watched {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let what = format!("{} {}", request.method(), request.uri().path());
        *self.asked.lock().unwrap() += 1;
        let response = self.fake.call(request).await?;
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        if is_unknown(response.status().as_u16(), &body) {
            self.unknown.lock().unwrap().push(what);
        }
        Ok(response)
    }
}

/// Whether FakeGhl has said that it plays nothing there: itself, or in HighLevel's words for a path that is not there.
fn is_unknown(status: u16, body: &Value) -> bool {
    let said = body["message"].as_str().unwrap_or_default();
    status == 501 || said.starts_with("Cannot ") || said.contains("not yet supported by the IAM")
}

fn fake() -> FakeGhl {
    let seed = json!({ "locations": [{
        "location": { "id": "ve9EPM428h8vShlRW1KT", "companyId": "k1", "name": "Deo" },
        "tokens": ["pit-contract"],
    }] });
    FakeGhl::builder()
        .seed_json(&seed.to_string())
        .unwrap()
        .in_process()
        .unwrap()
}

/// Every method of a version, and whether FakeGhl plays all that it asks for.
async fn methods(version: Version) -> BTreeMap<String, bool> {
    let mut methods = BTreeMap::new();
    for driver in drivers::all() {
        if driver.only.is_some_and(|only| only != version) {
            continue;
        }
        let fake = fake();
        let (unknown, asked) = (Arc::default(), Arc::default());
        for play in &driver.calls {
            let transport = Watched {
                fake: fake.transport(),
                unknown: Arc::clone(&unknown),
                asked: Arc::clone(&asked),
            };
            // What it comes to does not matter: the ids of the drivers are nowhere, and drivers that need an answer for their
            // next question end there.
            let stage = Stage::on(version, transport);
            let _ = AssertUnwindSafe(play(&stage)).catch_unwind().await;
        }
        assert!(
            *asked.lock().unwrap() > 0,
            "{} asks for nothing",
            driver.name
        );
        let is_played = unknown.lock().unwrap().is_empty();
        methods.insert(driver.name.to_owned(), is_played);
    }
    for (name, only, method, path) in FURTHER {
        if only.is_some_and(|only| only != version) {
            continue;
        }
        let header = match version {
            Version::V2 => "2021-07-28",
            Version::V3 => "v3",
        };
        let request = http::Request::builder()
            .method(*method)
            .uri(format!("http://fake-ghl.invalid{path}"))
            .header("authorization", "Bearer pit-contract")
            .header("version", header)
            .body(Bytes::new())
            .unwrap();
        let response = fake().transport().call(request).await.unwrap();
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let is_played = !is_unknown(response.status().as_u16(), &body);
        methods.insert((*name).to_owned(), is_played);
    }
    methods
}

#[tokio::test]
async fn fake_ghl_plays_what_the_crate_types() {
    for version in VERSIONS {
        let methods = methods(version).await;
        let missing: Vec<&String> = methods
            .iter()
            .filter_map(|(name, is_played)| (!is_played).then_some(name))
            .collect();
        let (typed, played) = (methods.len(), methods.len() - missing.len());
        println!("{version:?}: {played} of {typed} typed operations are played");
        assert!(
            played as f64 >= LEAST * typed as f64,
            "{version:?}: {played} of {typed}; not {missing:?}"
        );
    }
}

/// The names that the source gives to its operations, such as `links.create`.
fn operations_in_the_source() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for folder in ["api", "auth/oauth", "workflows"] {
        collect(&root.join(folder), &mut files);
    }
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text
            .lines()
            .take_while(|line| line.trim() != "#[cfg(test)]")
            .map(|line| line.split("//").next().unwrap_or_default());
        for line in code {
            // Every second part stands between quotes.
            let quoted = line.split('"').skip(1).step_by(2);
            names.extend(quoted.filter(|text| is_name(text)).map(str::to_owned));
        }
    }
    names
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

fn is_name(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .split_once('.')
            .is_some_and(|(module, method)| is_word(module) && is_word(method))
}

#[test]
fn the_operations_that_are_counted_are_those_of_the_source() {
    let mut counted: BTreeSet<(String, String)> = BTreeSet::new();
    let names = drivers::all()
        .into_iter()
        .map(|driver| driver.name.to_owned());
    let names = names.chain(FURTHER.iter().map(|(name, ..)| (*name).to_owned()));
    for name in names {
        // `oauth.installed_locations of a user`, `conversations.preferences.custom_subtypes`.
        let name = name.split(' ').next().unwrap_or_default();
        let parts: Vec<&str> = name.split('.').collect();
        let (module, method) = (parts[0], parts[parts.len() - 1]);
        counted.insert((module.to_owned(), method.to_owned()));
    }
    let source = operations_in_the_source();
    assert!(source.len() > 200, "{}", source.len());
    let not_counted: Vec<&String> = source
        .iter()
        .filter(|name| !NO_OPERATIONS.contains(&name.as_str()))
        .filter(|name| {
            let (module, method) = name.split_once('.').unwrap();
            !counted.contains(&(module.to_owned(), method.to_owned()))
        })
        .collect();
    assert!(
        not_counted.is_empty(),
        "give them a driver, or a row in FURTHER if HighLevel's files do not have them: {not_counted:?}"
    );
}
