//! The command `gohighlevel`, run as the program it is, with its own `fake` as HighLevel.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod completions;
mod doctor;
mod fake;
mod help;
mod live_check;
mod login;
mod recipe;
mod report;
#[cfg(unix)]
mod serve;
mod setup;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program::gohighlevel;

/// A location of the sample, and its token.
const SOLEIL: &str = "soleilLocation000001";
const TOKEN: &str = "pit-sample-soleil";
/// Another one of the same agency; its token is pit-sample-harbor.
const HARBOR: &str = "harborLocation000002";

/// How the command has ended, and what it printed.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|_| panic!("{}\n{}", self.stdout, self.stderr))
    }
}

/// The command with these arguments, and with no variable of the environment that it reads.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(gohighlevel());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let is_read = ["GHL_", "CLICOLOR", "NO_COLOR", "RUST_LOG", "DATABASE_URL"];
        if is_read.iter().any(|read| name.starts_with(read)) {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

/// Runs it to its end.
fn ended(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(arguments: &[&str]) -> Ran {
    ended(&mut command(arguments))
}

/// A file of the test in a folder that goes with it.
fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The path as an argument.
fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// `gohighlevel fake` with its sample, until it is dropped.
struct Fake {
    program: Child,
    url: String,
    key: String,
}

impl Fake {
    fn start(arguments: &[&str]) -> Self {
        let mut program = command(&["fake"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let url = line();
        let key = [line(), line(), line()].join("\n");
        Self { program, url, key }
    }

    /// The command with FakeGhl as HighLevel and the token of its sample location.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .env("GHL_BASE_URL", &self.url)
            .env("GHL_TOKEN", TOKEN);
        command
    }

    /// Asks it as any client may, with the sample's token.
    fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        use std::io::Write as _;
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {TOKEN}\r\nversion: 2021-07-28\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
    }

    /// Method and path of each request of the API that it has seen.
    fn requests(&self) -> Vec<(String, String)> {
        let seen = self.ask("GET", "/_fake/requests", "");
        let seen = seen["requests"].as_array().unwrap().clone();
        let text = |request: &Value, key: &str| request[key].as_str().unwrap().to_owned();
        seen.iter()
            .map(|request| (text(request, "method"), text(request, "path")))
            .collect()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// An address at which nobody listens: one that was free a moment ago.
fn dead_url() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
