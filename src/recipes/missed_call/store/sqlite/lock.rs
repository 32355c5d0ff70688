//! One store on one database, by whatever path, link or mount it is reached.
//!
//! Three locks, each for what the others cannot see. The file `.lock` beside the database, under the path as given and
//! under the real one, keeps out older releases. A lock of the whole database file (`flock`, which is none of the byte
//! ranges that SQLite locks) keeps out a process that uses another name, or has removed or copied the lock file; on other
//! systems than Linux that lock would stand in SQLite's way. And what this process itself has open is kept in a list: to
//! find it out by opening the file a second time would take SQLite's locks away.

use std::collections::HashSet;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::error::Result;
use crate::sqlite::{self, Failure, FileId, OpenFiles, Refusal};

/// Whether the system has a lock for a whole file that does not stand in the way of SQLite's.
const LOCKS_THE_DATABASE: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// The databases that are open in this process.
static OPEN: LazyLock<Mutex<HashSet<FileId>>> = LazyLock::new(Mutex::default);

fn open_here() -> MutexGuard<'static, HashSet<FileId>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held for as long as the store has the database open; the system lets go of it when the process dies.
#[derive(Debug)]
pub(super) struct Lock {
    id: FileId,
    database: Option<Locked>,
    /// The lock files. That beside the real path comes first.
    beside: Vec<Locked>,
}

impl Lock {
    /// Locks the database at `real`, which is where `given` leads, and makes it if it is not there.
    pub(super) fn take(given: &Path, real: &Path) -> Result<Self> {
        let mut open = open_here();
        let mut beside = Vec::new();
        for name in names(given, real) {
            beside.push(Locked::beside(&name)?);
        }
        sqlite::create(real)?;
        let found = std::fs::metadata(real)?;
        has_one_name(&found)?;
        let id = FileId::new(&found);
        // Windows has no ids; there the lock file alone tells.
        if cfg!(unix) && open.contains(&id) {
            return Err(in_use());
        }
        let database = if LOCKS_THE_DATABASE {
            Some(Locked::database(real, id)?)
        } else {
            None
        };
        open.insert(id);
        Ok(Self {
            id,
            database,
            beside,
        })
    }

    /// The lock file beside the real path, in which there is room to remember something.
    pub(super) fn file(&self) -> std::io::Result<File> {
        self.beside[0].file.try_clone()
    }

    /// Lets `files` watch the lock file too, where nothing else keeps out a process that has removed it.
    pub(super) fn watch_in(&self, files: &mut OpenFiles) -> std::io::Result<()> {
        if LOCKS_THE_DATABASE {
            return Ok(());
        }
        files.watch(&self.beside[0].path)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let mut open = open_here();
        self.database = None;
        self.beside.clear();
        open.remove(&self.id);
    }
}

/// The lock files, that of the real path first.
fn names(given: &Path, real: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = Vec::new();
    for path in [real, given] {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let name = PathBuf::from(name);
        let name = sqlite::real_path(&name).unwrap_or(name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Two names of one file have a log each, and SQLite reads only that of the name it was given.
#[cfg(unix)]
fn has_one_name(found: &Metadata) -> Result<()> {
    let names = std::os::unix::fs::MetadataExt::nlink(found);
    if names > 1 {
        return Err(Refusal::boxed(format!(
            "has {names} names (hard links), and SQLite would keep a log of its own for each; keep one of them and remove the others"
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
fn has_one_name(_: &Metadata) -> Result<()> {
    Ok(())
}

fn in_use() -> Failure {
    Refusal::boxed(
        "is in use by another process, or by another store of this one; one process works on one file",
    )
}

/// A file that is locked until this is dropped.
#[derive(Debug)]
struct Locked {
    path: PathBuf,
    file: File,
}

impl Locked {
    fn beside(name: &Path) -> Result<Self> {
        let shown = name.display();
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(name)
            .map_err(|error| format!("{shown}: {error}; the folder must exist and be writable"))?;
        #[cfg(unix)]
        {
            let owners = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            // One that an older release has made as another user stays as it is.
            let _ = file.set_permissions(owners);
        }
        match file.try_lock() {
            Ok(()) => Ok(Self {
                path: name.to_path_buf(),
                file,
            }),
            Err(TryLockError::WouldBlock) => Err(in_use()),
            Err(TryLockError::Error(error)) => Err(format!("{shown}: {error}").into()),
        }
    }

    /// Its descriptor must be closed after those of SQLite.
    fn database(real: &Path, id: FileId) -> Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(real)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use()),
            Err(TryLockError::Error(error)) => {
                return Err(Refusal::boxed(format!(
                    "cannot be locked ({error}); keep it on a disk of this machine"
                )));
            }
        }
        if FileId::new(&file.metadata()?) != id {
            return Err(Refusal::boxed(
                "was replaced while it was opened; try again",
            ));
        }
        Ok(Self {
            path: real.to_path_buf(),
            file,
        })
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Closing it is not enough while a child process that has just begun holds a copy.
        let _ = self.file.unlock();
    }
}
