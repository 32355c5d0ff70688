//! Which files a database is made of, and whether they are still where they were opened.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::FileFault;

/// Where a file really lies, whatever links lead there. For one that is not there yet: where it will be made.
pub(crate) fn real_path(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Ok(real) => Ok(without_prefix(real)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            // A link whose target is to be made. A ring of links is another error.
            Ok(target) => real_path(&folder(path).join(target)),
            Err(_) => {
                let name = path.file_name().ok_or(error)?;
                Ok(without_prefix(fs::canonicalize(folder(path))?).join(name))
            }
        },
        Err(error) => Err(error),
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// SQLite does not take what `canonicalize` puts in front of a path on Windows.
fn without_prefix(path: PathBuf) -> PathBuf {
    let text = path.to_str().and_then(|path| path.strip_prefix(r"\\?\"));
    match text {
        Some(text) if cfg!(windows) && !text.starts_with("UNC") => PathBuf::from(text),
        _ => path,
    }
}

/// What tells a file from every other one on this machine.
#[cfg(unix)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
}

/// Windows does not let a file be removed or replaced while SQLite has it open.
#[cfg(not(unix))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileId;

impl FileId {
    #[cfg(unix)]
    pub(crate) fn new(found: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            device: found.dev(),
            inode: found.ino(),
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn new(_: &Metadata) -> Self {
        Self
    }
}

/// The files of a database that is open: the file itself, its log, and the index of the log.
#[derive(Debug)]
pub(crate) struct OpenFiles {
    database: (PathBuf, FileId),
    log: PathBuf,
    /// The log and its index, where there are any, and what else is looked after.
    beside: Vec<(PathBuf, FileId)>,
}

/// The files as they were last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How long the log is.
    pub(crate) log_bytes: u64,
    /// When the database itself was last written.
    pub(crate) written: Option<SystemTime>,
    /// How long the database itself is.
    pub(crate) bytes: u64,
}

/// Where SQLite writes before it writes into the database itself.
pub(crate) fn log_of(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

impl OpenFiles {
    /// The files as they lie there now that a connection has them open. `path` is the real one.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let log = log_of(path);
        let id = |path: PathBuf| {
            let found = fs::metadata(&path).ok()?;
            Some((path, FileId::new(&found)))
        };
        Ok(Self {
            database: (path.to_path_buf(), FileId::new(&fs::metadata(path)?)),
            beside: [log.clone(), beside(path, "-shm")]
                .into_iter()
                .filter_map(id)
                .collect(),
            log,
        })
    }

    /// Looks after this file too.
    #[cfg(feature = "missed-call")]
    pub(crate) fn watch(&mut self, path: &Path) -> io::Result<()> {
        let id = FileId::new(&fs::metadata(path)?);
        self.beside.push((path.to_path_buf(), id));
        Ok(())
    }

    /// Looks whether each is still the file that was opened. A connection goes on with files that were removed or
    /// replaced without an error, but what it writes is gone when the process ends.
    pub(crate) fn look(&self) -> Result<Seen, FileFault> {
        let database = in_place(&self.database)?;
        let mut log_bytes = 0;
        for file in &self.beside {
            let found = in_place(file)?;
            if file.0 == self.log {
                log_bytes = found.len();
            }
        }
        Ok(Seen {
            log_bytes,
            written: database.modified().ok(),
            bytes: database.len(),
        })
    }
}

fn in_place((path, id): &(PathBuf, FileId)) -> Result<Metadata, FileFault> {
    match fs::metadata(path) {
        Ok(found) if FileId::new(&found) == *id => Ok(found),
        _ => Err(FileFault::Displaced(path.display().to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_real_path() {
        let folder = tempfile::tempdir().unwrap();
        let home = real_path(folder.path()).unwrap();
        let file = home.join("a.db");
        assert_eq!(real_path(&folder.path().join("a.db")).unwrap(), file);
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("b.db", home.join("link.db")).unwrap();
            symlink("link.db", home.join("second.db")).unwrap();
            // Whether or not what the links lead to is there.
            for _ in 0..2 {
                let real = real_path(&home.join("second.db")).unwrap();
                assert_eq!(real, home.join("b.db"));
                fs::write(home.join("b.db"), "").unwrap();
            }
            symlink("ring.db", home.join("ring.db")).unwrap();
            assert!(real_path(&home.join("ring.db")).is_err());
        }
        assert!(real_path(&home.join("missing/a.db")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_removed_or_replaced_is_missed() {
        for end in ["", "-wal", "-shm"] {
            let folder = tempfile::tempdir().unwrap();
            let path = real_path(folder.path()).unwrap().join("a.db");
            for end in ["", "-wal", "-shm"] {
                fs::write(folder.path().join(format!("a.db{end}")), "1").unwrap();
            }
            let files = OpenFiles::read(&path).unwrap();
            assert_eq!(files.look().unwrap().log_bytes, 1);
            let file = folder.path().join(format!("a.db{end}"));
            let aside = folder.path().join("aside");
            fs::rename(&file, &aside).unwrap();
            assert!(files.look().is_err(), "removed: {end}");
            fs::copy(&aside, &file).unwrap();
            let error = files.look().unwrap_err().to_string();
            assert!(error.starts_with(&*file.to_string_lossy()), "{error}");
            fs::rename(&aside, &file).unwrap();
            assert!(files.look().is_ok(), "put back: {end}");
        }
    }
}
