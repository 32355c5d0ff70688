//! A throw-away PostgreSQL server and a PgBouncer in front of it, on sockets in a temporary folder.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Where Debian and Homebrew put the programs, beside the PATH. A star stands for the version.
const USUAL: [&str; 6] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/sbin",
    "/opt/homebrew/opt/*/bin",
    "/usr/local/opt/*/bin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
];

/// Ends when the other end of its standard input does, which is this program, and takes the servers with it.
const WATCH: &str = r#"
"$2/pg_ctl" -D "$1/data" -m immediate -w -t 60 -l "$1/server.log" -o "-k $1 -c listen_addresses= -c max_connections=300 -c unix_socket_permissions=0777" start >/dev/null 2>&1 || { echo failed; exit 1; }
pooler=
if [ -n "$3" ]; then "$3" "$1/pgbouncer.ini" >"$1/pgbouncer.out" 2>&1 & pooler=$!; fi
echo started
read -r _
[ -z "$pooler" ] || kill "$pooler"
"$2/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
rm -rf "$1"
"#;

/// The servers that the tests of this program share.
pub(crate) struct Cluster {
    url: String,
    pooled: Option<String>,
    socket: Option<PathBuf>,
    /// The servers end with its standard input.
    _watch: Option<Child>,
}

impl Cluster {
    /// The servers, started by the first that asks.
    pub(crate) fn get() -> Option<&'static Self> {
        static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
        CLUSTER
            .get_or_init(|| {
                let found = named().or_else(start);
                if found.is_none() {
                    // Beside the test's own output, which is not shown if it passes.
                    let _ = writeln!(
                        std::io::stderr(),
                        "skipped what needs PostgreSQL: install postgresql and pgbouncer (apt-get install postgresql pgbouncer, or brew install postgresql pgbouncer), or name a server in GHL_TEST_POSTGRES"
                    );
                }
                found
            })
            .as_ref()
    }

    /// The address of the server itself.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The address of a pooler in transaction mode, if there is one.
    pub(crate) fn pooled(&self) -> Option<&str> {
        self.pooled.as_deref()
    }

    /// The socket of the server itself, unless it is one that `GHL_TEST_POSTGRES` names.
    pub(crate) fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }
}

fn named() -> Option<Cluster> {
    let url = std::env::var("GHL_TEST_POSTGRES").ok()?;
    Some(Cluster {
        url,
        pooled: None,
        socket: None,
        _watch: None,
    })
}

/// All folders that a place with a star stands for.
fn expanded(place: &str) -> Vec<PathBuf> {
    let Some((before, after)) = place.split_once("/*/") else {
        return vec![PathBuf::from(place)];
    };
    let entries = fs::read_dir(before).into_iter().flatten().flatten();
    let mut folders: Vec<_> = entries.map(|entry| entry.path().join(after)).collect();
    folders.sort();
    folders.reverse();
    folders
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = USUAL.iter().flat_map(|place| expanded(place));
    let mut folders = std::env::split_paths(&path).chain(usual);
    folders.find(|folder| folder.join(program).is_file())
}

/// The folder of all of PostgreSQL's programs; the PATH may have links to some of them.
pub(super) fn programs() -> Option<PathBuf> {
    let initdb = fs::canonicalize(find("initdb")?.join("initdb")).ok()?;
    Some(initdb.parent()?.to_owned())
}

/// The user to run the servers as: they refuse to run as root.
pub(super) fn other_user() -> Option<(u32, u32)> {
    let us = fs::metadata("/proc/self").or_else(|_| fs::metadata(std::env::temp_dir()));
    if us.is_ok_and(|us| us.uid() != 0) {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let user = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse::<u32>);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    };
    user("postgres").or_else(|| user("nobody"))
}

pub(super) fn command(
    program: impl AsRef<std::ffi::OsStr>,
    user: Option<(u32, u32)>,
    folder: &Path,
) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}

/// Makes the files of a server.
pub(super) fn made_by(
    programs: &Path,
    data: &Path,
    user: Option<(u32, u32)>,
    folder: &Path,
) -> Option<()> {
    let made = command(programs.join("initdb"), user, folder)
        .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"])
        .arg("-D")
        .arg(data)
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "initdb: {said}");
    Some(())
}

fn start() -> Option<Cluster> {
    let (programs, pooler) = (programs()?, find("pgbouncer"));
    // It is removed by the one who watches.
    let folder = tempfile::tempdir().ok()?.keep();
    let user = other_user();
    if let Some((user, group)) = user {
        std::os::unix::fs::chown(&folder, Some(user), Some(group)).ok()?;
    }
    made_by(&programs, &folder.join("data"), user, &folder)?;
    let place = folder.display();
    let settings = format!(
        "[databases]\npostgres = host={place} port=5432 dbname=postgres user=postgres\n\
         [pgbouncer]\nlisten_port = 6432\nlisten_addr =\nunix_socket_dir = {place}\n\
         auth_type = any\npool_mode = transaction\nmax_client_conn = 500\ndefault_pool_size = 20\n\
         logfile = {place}/pgbouncer.log\npidfile = {place}/pgbouncer.pid\n"
    );
    fs::write(folder.join("pgbouncer.ini"), settings).ok()?;
    let mut watch = command("sh", user, &folder)
        .args(["-c", WATCH, "watch"])
        .arg(&folder)
        .arg(&programs)
        .arg(
            pooler
                .as_ref()
                .map_or_else(PathBuf::new, |folder| folder.join("pgbouncer")),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut line = String::new();
    let mut said = std::io::BufReader::new(watch.stdout.take()?);
    std::io::BufRead::read_line(&mut said, &mut line).ok()?;
    let log = || fs::read_to_string(folder.join("server.log")).unwrap_or_default();
    assert_eq!(line, "started\n", "the server does not start: {}", log());
    let host = folder.display().to_string().replace('/', "%2F");
    let url = |port: u16| format!("postgres://postgres@{host}:{port}/postgres");
    Some(Cluster {
        url: url(5432),
        pooled: pooler.is_some().then(|| url(6432)),
        socket: Some(folder.join(".s.PGSQL.5432")),
        _watch: Some(watch),
    })
}
