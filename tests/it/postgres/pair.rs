//! A primary and its synchronous standby, on sockets in a temporary folder: the one can be killed, the other takes over.

use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;
use tokio::process::Command;

use super::cluster::{command, made_by, other_user, programs};

/// Both have it: whichever is the primary waits for the other one.
const SETTINGS: &str = "listen_addresses = ''\nwal_level = replica\nhot_standby = on\n\
    synchronous_commit = on\nsynchronous_standby_names = '*'\nmax_connections = 200\n";

const PORTS: [u16; 2] = [5432, 5433];

pub(crate) struct Pair {
    folder: TempDir,
    programs: PathBuf,
    primary: usize,
}

impl Pair {
    /// `None` where the programs are missing.
    pub(crate) async fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = tempfile::tempdir().ok()?;
        if let Some((user, group)) = other_user() {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).ok()?;
        }
        let pair = Self {
            folder,
            programs,
            primary: 0,
        };
        let data = pair.data(0);
        made_by(&pair.programs, &data, other_user(), pair.folder.path())?;
        let settings = format!(
            "{SETTINGS}unix_socket_directories = '{}'\n",
            pair.folder.path().display()
        );
        let file = data.join("postgresql.conf");
        let known = std::fs::read_to_string(&file).ok()?;
        std::fs::write(&file, known + &settings).ok()?;
        pair.run_node(0).await;
        pair.follow().await;
        Some(pair)
    }

    /// An address of both, which leads to the one that can be written.
    pub(crate) fn url(&self) -> String {
        let host = self.folder.path().display().to_string();
        let host = host.replace('/', "%2F");
        let [one, other] = PORTS;
        format!(
            "postgres://postgres@{host}:{one},{host}:{other}/postgres?target_session_attrs=read-write"
        )
    }

    /// Kills all processes of the primary at once, lets the standby take over, and makes a new standby.
    pub(crate) async fn fail_over(&mut self) {
        let file = self.data(self.primary).join("postmaster.pid");
        let pid = std::fs::read_to_string(file).unwrap();
        let pid = pid.lines().next().unwrap();
        let all = format!("kill -9 {pid} $(pgrep -P {pid})");
        let killed = Command::new("sh").args(["-c", &all]).output().await;
        assert!(killed.is_ok());
        // They say that the primary is there for as long as nobody has asked for the exit code of its process.
        let socket = format!(".s.PGSQL.{}", PORTS[self.primary]);
        for file in [socket.clone(), socket + ".lock"] {
            let _ = std::fs::remove_file(self.folder.path().join(file));
        }
        self.primary = 1 - self.primary;
        self.pg_ctl(self.primary, &["promote"]).await;
        let dead = self.data(1 - self.primary);
        std::fs::remove_dir_all(dead).unwrap();
        self.follow().await;
    }

    /// Ends both.
    pub(crate) async fn stop(self) {
        for node in [1 - self.primary, self.primary] {
            self.pg_ctl(node, &["-m", "immediate", "stop"]).await;
        }
    }

    fn data(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("data{node}"))
    }

    fn log(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("log{node}"))
    }

    async fn run_node(&self, node: usize) {
        let port = format!("-p {}", PORTS[node]);
        let log = self.log(node).display().to_string();
        self.pg_ctl(node, &["-l", &log, "-o", &port, "start"]).await;
    }

    /// Copies the primary, and starts the copy as its standby.
    async fn follow(&self) {
        let standby = 1 - self.primary;
        let (socket, port) = (self.folder.path(), PORTS[self.primary].to_string());
        let data = self.data(standby);
        let program = self.programs.join("pg_basebackup");
        let mut copy = self.command(&program);
        copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync"])
            .args(["-U", "postgres", "-p", &port])
            .arg("-h")
            .arg(socket)
            .arg("-D")
            .arg(&data);
        done(copy.output().await.unwrap());
        self.run_node(standby).await;
    }

    async fn pg_ctl(&self, node: usize, arguments: &[&str]) {
        let program = self.programs.join("pg_ctl");
        let mut ctl = self.command(&program);
        ctl.args(["-s", "-w", "-t", "60", "-D"])
            .arg(self.data(node))
            .args(arguments)
            // The server keeps what it is given, and this would wait for its end.
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        let status = ctl.status().await.unwrap();
        let log = std::fs::read_to_string(self.log(node)).unwrap_or_default();
        assert!(status.success(), "pg_ctl {arguments:?}: {log}");
    }

    fn command(&self, program: &Path) -> Command {
        command(program, other_user(), self.folder.path()).into()
    }
}

fn done(output: Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
