//! Grants in a folder, one file each, for one or several processes of one machine.
//!
//! A file is replaced whole: written beside its place, synced, renamed. Readers need no lock; writers hold the lock of
//! the folder, which the system lets go of when a process dies.

use std::error::Error as StdError;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Put, Revision, Stored, TokenStore, TokenStoreError};
use crate::auth::oauth::{Grant, GrantKey};

type Result<T, E = Box<dyn StdError + Send + Sync>> = std::result::Result<T, E>;

/// Upper-case letters are encoded too: some file systems do not tell `a` from `A`, and HighLevel does.
const FILE_NAME: &AsciiSet = &UPPER_CASE.remove(b'-');
const UPPER_CASE: AsciiSet = {
    let mut set = NON_ALPHANUMERIC.add(b'A');
    let mut letter = b'B';
    while letter <= b'Z' {
        set = set.add(letter);
        letter += 1;
    }
    set
};

/// Keeps each grant in a file of its own in one folder, which several processes of a machine may share.
///
/// On Unix the folder is made with mode 0700 and the files with 0600. Do not put it on a network file system that has
/// no locks.
#[derive(Debug, Clone)]
pub struct FileTokenStore {
    folder: Arc<Path>,
}

/// What a file holds.
#[derive(Serialize, Deserialize)]
struct Row {
    key: String,
    revision: u64,
    grant: Box<RawValue>,
}

impl FileTokenStore {
    /// Opens the folder, and makes it if it is not there. Fails if it cannot be made or written.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, TokenStoreError> {
        let folder = folder.as_ref();
        let failed = |error: std::io::Error| {
            TokenStoreError::new(
                "open the folder",
                format!("{}: {error}; it must be writable", folder.display()),
            )
        };
        make_private_folder(folder).map_err(failed)?;
        open_private(&folder.join(".lock"), false).map_err(failed)?;
        Ok(Self {
            folder: folder.into(),
        })
    }

    fn path(folder: &Path, key: &GrantKey) -> Result<PathBuf> {
        let name = format!(
            "{}-{}.json",
            key.kind(),
            utf8_percent_encode(key.id(), FILE_NAME)
        );
        if name.len() > 250 {
            return Err(format!("the id of {key} is too long for the name of a file").into());
        }
        Ok(folder.join(name))
    }
}

fn read(path: &Path) -> Result<Option<(GrantKey, Stored)>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{}: {error}", path.display()).into()),
    };
    // serde's message may repeat a token.
    let spoilt = || {
        format!(
            "{} is not a file of this store; restore it, or move it away",
            path.display()
        )
    };
    let row: Row = serde_json::from_slice(&text).map_err(|_| spoilt())?;
    let key = GrantKey::from_text(&row.key).ok_or_else(spoilt)?;
    let grant = Grant::from_json(row.grant.get())?;
    let revision = Revision(row.revision);
    Ok(Some((key, Stored { grant, revision })))
}

fn write(folder: &Path, path: &Path, key: &GrantKey, stored: &Stored) -> Result<()> {
    let row = Row {
        key: key.to_text(),
        revision: stored.revision.0,
        grant: RawValue::from_string(stored.grant.to_json())?,
    };
    // The lock is held, so no other process writes there; what a crash left is written over.
    let beside = folder.join(".new");
    let mut file = open_private(&beside, true)?;
    file.write_all(&serde_json::to_vec(&row)?)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(folder)?;
    Ok(())
}

/// Runs blocking work off the executor's threads.
async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T, TokenStoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| TokenStoreError::new(doing, error))?
        .map_err(|error| TokenStoreError::new(doing, error))
}

#[async_trait]
impl TokenStore for FileTokenStore {
    async fn get(&self, key: &GrantKey) -> Result<Option<Stored>, TokenStoreError> {
        let (folder, key) = (Arc::clone(&self.folder), key.clone());
        blocking("read a grant", move || {
            Ok(read(&Self::path(&folder, &key)?)?.map(|(_, stored)| stored))
        })
        .await
    }

    async fn put(
        &self,
        key: &GrantKey,
        expected: Option<Revision>,
        grant: &Grant,
    ) -> Result<Put, TokenStoreError> {
        let (folder, key, grant) = (Arc::clone(&self.folder), key.clone(), grant.clone());
        blocking("write a grant", move || {
            let path = Self::path(&folder, &key)?;
            let lock = open_private(&folder.join(".lock"), false)?;
            lock.lock()?;
            let there = read(&path)?.map(|(_, stored)| stored.revision);
            if there != expected {
                return Ok(Put::Conflict);
            }
            let revision = Revision::after(expected);
            write(&folder, &path, &key, &Stored { grant, revision })?;
            Ok(Put::Done(revision))
        })
        .await
    }

    async fn all(&self) -> Result<Vec<(GrantKey, Stored)>, TokenStoreError> {
        let folder = Arc::clone(&self.folder);
        blocking("list the grants", move || {
            let mut all = Vec::new();
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path
                    .extension()
                    .is_some_and(|extension| extension == "json")
                {
                    all.extend(read(&path)?);
                }
            }
            Ok(all)
        })
        .await
    }
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open_private(path: &Path, empty: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(empty);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A rename is on the disk only when its folder is.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
