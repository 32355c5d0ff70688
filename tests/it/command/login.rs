//! `login`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use url::Url;

use super::{Fake, HARBOR, SOLEIL, argument, ended, run, written};

/// A login that waits for its browser.
struct Login {
    program: Child,
    page: Url,
}

impl Login {
    fn start(command: &mut Command) -> Self {
        let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(program.stdout.as_mut().unwrap()).lines();
        let page = lines
            .find_map(|line| Url::parse(&line.unwrap()).ok())
            .unwrap();
        Self { program, page }
    }

    /// A parameter of the page that the browser is sent to.
    fn parameter(&self, name: &str) -> String {
        let mut pairs = self.page.query_pairs();
        let found = pairs.find(|(known, _)| known == name);
        found.unwrap().1.into_owned()
    }

    /// The browser comes back with these parameters.
    fn comes_back(&self, query: &str) -> String {
        let redirect = Url::parse(&self.parameter("redirect_uri")).unwrap();
        assert_eq!(redirect.host_str(), Some("127.0.0.1"));
        let address = format!("127.0.0.1:{}", redirect.port().unwrap());
        let mut stream = TcpStream::connect(address).unwrap();
        let path = redirect.path();
        write!(
            stream,
            "GET {path}?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn ends(mut self) -> Option<i32> {
        self.program.wait().unwrap().code()
    }
}

fn app(fake: &Fake, who: &str) -> (String, [(&'static str, String); 2]) {
    let app = fake.ask("POST", "/_fake/authorizations", who);
    let text = |key: &str| app[key].as_str().unwrap().to_owned();
    let client = [
        ("GHL_CLIENT_ID", text("clientId")),
        ("GHL_CLIENT_SECRET", text("clientSecret")),
    ];
    (text("code"), client)
}

#[test]
fn an_agency_lets_the_app_in_and_its_locations_can_be_set_up() {
    let fake = Fake::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let who = format!(
        "{{\"companyId\":\"sampleCompany0000001\",\"locations\":[\"{SOLEIL}\",\"{HARBOR}\"]}}"
    );
    let (code, client) = app(&fake, &who);
    let arguments = ["login", "--port", "0", "--grants", "grants"];
    let mut command = fake.command(&arguments);
    command
        .current_dir(folder.path())
        .env_remove("GHL_TOKEN")
        .envs(client.clone());
    let login = Login::start(&mut command);
    let state = login.parameter("state");
    assert_eq!(state.len(), 64);
    assert!(login.parameter("scope").contains("locations/tags.write"));

    // Somebody else's visit, and one without a state, change nothing.
    for query in [
        format!("code={code}&state=0{state}"),
        format!("code={code}"),
    ] {
        let answer = login.comes_back(&query);
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    let answer = login.comes_back(&format!("code={code}&state={state}"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(login.ends(), Some(0));
    private(&folder.path().join("grants"));

    let toml = "[agency]\nlocations = \"locations.csv\"\n[tags]\npresent = [\"missed-call\"]\n";
    written(&folder, "agency.toml", toml);
    written(
        &folder,
        "locations.csv",
        &format!("location_id\n{SOLEIL}\n{HARBOR}\n"),
    );
    let mut command = fake.command(&["setup", "plan", "--json", "--grants", "grants"]);
    command
        .current_dir(folder.path())
        .env_remove("GHL_TOKEN")
        .envs(client);
    let ran = ended(&mut command);
    let plan = ran.json();
    assert_eq!(plan["locations"].as_array().map(Vec::len), Some(2));
    assert!(plan["locations"][1]["failure"].is_null(), "{plan}");
}

/// Nobody else can read the grants.
#[cfg(unix)]
fn private(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert!(files.len() >= 3, "an agency and two locations");
    for file in files {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[cfg(not(unix))]
fn private(_: &std::path::Path) {}

#[test]
fn a_refusal_and_what_is_missing_are_named() {
    let fake = Fake::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let (_, client) = app(&fake, &format!("{{\"locationId\":\"{SOLEIL}\"}}"));
    let grants = folder.path().join("grants");
    let arguments = ["login", "--port", "0", "--grants", argument(&grants)];
    let mut command = fake.command(&arguments);
    let login = Login::start(command.envs(client).stderr(Stdio::null()));
    let state = login.parameter("state");
    login.comes_back(&format!("error=access_denied&state={state}"));
    assert_eq!(login.ends(), Some(1));

    let ran = run(&arguments);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("GHL_CLIENT_ID is not set"),
        "{}",
        ran.stderr
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = run(&["login", "--port", &port]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("cannot listen on 127.0.0.1"),
        "{}",
        ran.stderr
    );
}
