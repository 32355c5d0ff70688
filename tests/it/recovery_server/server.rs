//! Starting, watching, killing and stopping the server.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{ExitStatus, Output, Stdio};

use gohighlevel::testing::FakeGhl;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::until;
use crate::fake_ghl::{APP, SOLEIL, SOLEIL_TOKEN};
use crate::program::example;

/// A folder with a configuration, the database and the logs of every server that ran on them.
pub(super) struct Place {
    folder: TempDir,
    base_url: String,
    public_key: String,
    /// A command of the shell that sets a limit to the server.
    limit: Option<String>,
    /// Another build of the server than this test's own.
    program: Option<PathBuf>,
    /// Variables beside those that every server gets.
    variables: Vec<(String, String)>,
    /// The PostgreSQL database to use instead of the file.
    postgres: Option<String>,
}

impl Place {
    /// The sample location with the preset `soleil`, and this FakeGhl as HighLevel.
    pub(super) fn new(fake: &FakeGhl) -> Self {
        Self::at(&fake.url(), &fake.public_key_pem())
    }

    /// The same with a FakeGhl that runs elsewhere.
    pub(super) fn at(base_url: &str, public_key: &str) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
            base_url: base_url.to_owned(),
            public_key: public_key.to_owned(),
            limit: None,
            program: None,
            variables: Vec::new(),
            postgres: None,
        };
        place.write_config("preset = \"soleil\"");
        place
    }

    /// Webhooks are checked with this key instead of FakeGhl's.
    pub(super) fn with_public_key(self, pem: &str) -> Self {
        let public_key = pem.to_owned();
        Self { public_key, ..self }
    }

    /// Nobody answers for HighLevel.
    pub(super) fn with_base_url(self, url: &str) -> Self {
        let base_url = url.to_owned();
        Self { base_url, ..self }
    }

    /// No file may grow beyond so many blocks of 512 bytes: further writes fail, as on a full disk.
    pub(super) fn with_largest_file(self, blocks: Option<u32>) -> Self {
        // Without the trap the system ends whoever writes beyond the limit.
        let limit = blocks.map(|blocks| format!("trap '' XFSZ; ulimit -f {blocks}"));
        Self { limit, ..self }
    }

    /// The server may have so many files and connections open.
    pub(super) fn with_open_files(self, files: u32) -> Self {
        let limit = Some(format!("ulimit -n {files}"));
        Self { limit, ..self }
    }

    /// This build of the server, if there is one, instead of this test's own.
    pub(super) fn with_program(self, program: Option<PathBuf>) -> Self {
        Self { program, ..self }
    }

    /// Everything is in this PostgreSQL database, which other servers may share.
    pub(super) fn with_postgres(self, url: &str) -> Self {
        let postgres = Some(url.to_owned());
        Self { postgres, ..self }
    }

    /// Each of these locations has this token.
    pub(super) fn with_tokens(self, tokens: impl Iterator<Item = (String, String)>) -> Self {
        let variables = tokens.map(|(location, token)| (format!("GHL_TOKEN_{location}"), token));
        Self {
            variables: variables.collect(),
            ..self
        }
    }

    /// A configuration of one location with this recipe.
    pub(super) fn write_config(&self, recipe: &str) {
        self.write_whole_config(&format!(
            "app_id = \"{APP}\"\n[store]\npath = {:?}\n[[location]]\nid = \"{SOLEIL}\"\n{recipe}\n",
            self.database()
        ));
    }

    pub(super) fn write_whole_config(&self, text: &str) {
        std::fs::write(self.config(), text).unwrap();
    }

    pub(super) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.folder.path().join(file), text).unwrap();
    }

    pub(super) fn config(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.path().join("recovery.db")
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn connection(&self) -> Option<Connection> {
        Connection::open_with_flags(self.database(), OpenFlags::SQLITE_OPEN_READ_ONLY).ok()
    }

    fn count(&self, query: &str) -> Option<i64> {
        let count = self.connection()?.query_row(query, [], |row| row.get(0));
        count.ok()
    }

    /// Whether nothing is left to do.
    pub(super) fn has_settled(&self) -> bool {
        self.count("SELECT count(*) FROM effect WHERE due_at IS NOT NULL") == Some(0)
    }

    /// Whether this step has come to its end.
    pub(super) fn has_ended(&self, step: &str) -> bool {
        let query = format!("SELECT count(*) FROM effect WHERE due_at IS NULL AND step = '{step}'");
        self.count(&query) == Some(1)
    }

    /// The program with this place's configuration, on a free port, and with nothing else of this process's settings.
    pub(super) fn command(&self) -> Command {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"));
        let program = self.program.clone();
        let program = program.unwrap_or_else(|| example("recovery_server"));
        let mut command = match &self.limit {
            None => Command::new(program),
            Some(limit) => {
                let mut shell = Command::new("/bin/sh");
                let limited = format!("{limit}; exec \"$0\" \"$@\"");
                shell.args(["-c", &limited]).arg(program);
                shell
            }
        };
        command
            .args(["--listen", "127.0.0.1:0", "--config"])
            .arg(self.config())
            .args(self.postgres.iter().map(|url| format!("--postgres={url}")))
            .current_dir(self.folder.path())
            .env_clear()
            .env("GHL_TOKEN", SOLEIL_TOKEN)
            .env("GHL_BASE_URL", &self.base_url)
            .env("GHL_WEBHOOK_PUBLIC_KEY", &self.public_key)
            .envs(self.variables.clone())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.map(File::into).unwrap_or_else(|_| Stdio::null()))
            .kill_on_drop(true);
        command
    }

    /// What the program says when it does not start: exit code and stderr.
    pub(super) async fn refused(&self) -> (Option<i32>, String) {
        output(&mut self.command()).await
    }
}

/// Runs a program to its end: exit code and stderr.
pub(super) async fn output(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.stderr(Stdio::piped()).output().await.unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// A server that takes webhooks.
pub(super) struct Server {
    child: Child,
    pub(super) url: String,
}

impl Server {
    /// Starts it, waits until it listens, and lets FakeGhl's webhooks go there.
    pub(super) async fn start(place: &Place, fake: &FakeGhl) -> Self {
        let server = Self::listen(place).await;
        fake.set_webhook_url(&server.webhook_url()).unwrap();
        server
    }

    /// Starts it, and waits until it listens.
    pub(super) async fn listen(place: &Place) -> Self {
        let mut child = place.command().spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(line) = lines.next_line().await.unwrap() else {
            panic!("the server does not start:\n{}", place.log());
        };
        let url = line.strip_prefix("listening on ").unwrap().to_owned();
        Self { child, url }
    }

    pub(super) fn webhook_url(&self) -> String {
        format!("{}/webhooks/ghl", self.url)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// `kill -9`.
    pub(super) async fn kill(mut self) {
        self.kill_now().await;
    }

    /// `kill -9`; it may be replaced then.
    pub(super) async fn kill_now(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM.
    pub(super) fn terminate(&self) {
        let id = self.id().to_string();
        let mut kill = std::process::Command::new("kill");
        assert!(kill.args(["-TERM", &id]).status().unwrap().success());
    }

    pub(super) async fn ended(mut self) -> ExitStatus {
        self.child.wait().await.unwrap()
    }

    /// Waits until nothing is left to do, then ends it in good order.
    pub(super) async fn settle_and_stop(self, place: &Place, fake: &FakeGhl) {
        fake.deliveries_settled().await;
        until("an end of everything", || place.has_settled()).await;
        self.terminate();
        assert_eq!(self.ended().await.code(), Some(0), "{}", place.log());
    }
}
