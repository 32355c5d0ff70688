//! The contract of token stores, for each of them.

use std::collections::BTreeSet;

use gohighlevel::auth::oauth::{Grant, GrantKey, GrantSource, Tokens};
use gohighlevel::auth::store::{
    FileTokenStore, MemoryTokenStore, Put, Revision, SqliteTokenStore, TokenStore,
};
use tokio::task::JoinSet;

fn key(text: &str) -> GrantKey {
    GrantKey::from_text(text).unwrap()
}

fn grant(access: &str) -> Grant {
    let mut grant = Grant::new(GrantSource::Own);
    grant.tokens = Some(Tokens {
        access: access.into(),
        refresh: Some("refresh".into()),
        obtained_at: "2026-05-08T12:00:00Z".parse().unwrap(),
        expires_at: Some("2026-05-09T12:00:00Z".parse().unwrap()),
    });
    grant
}

/// `other` is opened on the same place as `store`.
async fn contract(store: impl TokenStore + Clone, other: impl TokenStore + Clone) {
    // Ids that differ by case, and one that could leave its place.
    let keys = ["location:a", "location:A", "agency:a", "location:../x y/é"]
        .map(|text| text.replace(' ', "_"));
    for (number, text) in keys.iter().enumerate() {
        let (key, grant) = (key(text), grant(&format!("access-{number}")));
        assert!(store.get(&key).await.unwrap().is_none(), "{text}");
        let first = Revision::after(None);
        assert_eq!(
            store.put(&key, Some(first), &grant).await.unwrap(),
            Put::Conflict
        );
        assert_eq!(
            store.put(&key, None, &grant).await.unwrap(),
            Put::Done(first)
        );
        let stored = other.get(&key).await.unwrap().unwrap();
        assert_eq!((stored.grant, stored.revision), (grant.clone(), first));
        assert_eq!(other.put(&key, None, &grant).await.unwrap(), Put::Conflict);
    }
    let all = other.all().await.unwrap();
    let found: BTreeSet<String> = all.iter().map(|(key, _)| key.to_text()).collect();
    assert_eq!(found, keys.into_iter().collect());

    // Each of these reads and writes until it has written once: no write is lost.
    let mut writers = JoinSet::new();
    for number in 0..8 {
        let (store, other) = (store.clone(), other.clone());
        writers.spawn(async move {
            let key = key("location:a");
            let grant = grant(&format!("writer-{number}"));
            loop {
                let written = if number % 2 == 0 {
                    write(&store, &key, &grant).await
                } else {
                    write(&other, &key, &grant).await
                };
                if written {
                    return;
                }
            }
        });
    }
    writers.join_all().await;
    let stored = store.get(&key("location:a")).await.unwrap().unwrap();
    assert_eq!(stored.revision, Revision(9));
    assert!(!format!("{stored:?} {store:?}").contains("writer-"));
}

async fn write(store: &impl TokenStore, key: &GrantKey, grant: &Grant) -> bool {
    let read = store.get(key).await.unwrap().unwrap().revision;
    store.put(key, Some(read), grant).await.unwrap() != Put::Conflict
}

#[tokio::test]
async fn memory_keeps_the_contract() {
    let store = MemoryTokenStore::new();
    contract(store.clone(), store).await;
}

#[tokio::test]
async fn files_keep_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let open = || FileTokenStore::open(folder.path().join("grants")).unwrap();
    contract(open(), open()).await;
}

#[tokio::test]
async fn sqlite_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let open = || SqliteTokenStore::open(folder.path().join("grants.db")).unwrap();
    contract(open(), open()).await;
}

#[cfg(all(unix, feature = "postgres"))]
#[tokio::test]
async fn postgres_keeps_the_contract() {
    use crate::postgres::{open, schema, servers};
    use gohighlevel::auth::store::PostgresTokenStore;

    let cluster = servers!();
    let schema = schema("grants");
    let pooled = cluster.pooled().unwrap_or(cluster.url());
    let store = PostgresTokenStore::new(open(cluster.url(), &schema).await);
    let other = PostgresTokenStore::new(open(pooled, &schema).await);
    contract(store, other).await;
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_what_is_stored() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let (files, database) = (folder.path().join("files"), folder.path().join("grants.db"));
    let key = key("location:a");
    let store = FileTokenStore::open(&files).unwrap();
    store.put(&key, None, &grant("access")).await.unwrap();
    let sqlite = SqliteTokenStore::open(&database).unwrap();
    sqlite.put(&key, None, &grant("access")).await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&files), 0o700);
    for folder in [files.as_path(), folder.path()] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn what_a_crash_left_behind_does_no_harm_and_a_spoilt_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileTokenStore::open(folder.path()).unwrap();
    std::fs::write(folder.path().join(".new"), "half a wri").unwrap();
    let key = key("location:a");
    store.put(&key, None, &grant("access-1")).await.unwrap();
    assert_eq!(
        store.get(&key).await.unwrap().unwrap().grant,
        grant("access-1")
    );
    let file = folder.path().join("location-a.json");
    std::fs::write(&file, r#"{"access":"access-1""#).unwrap();
    let error = store.get(&key).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("location-a.json"), "{cause}");
    assert!(!cause.contains("access-1"), "{cause}");
}

#[tokio::test]
async fn a_file_that_is_no_sound_database_is_named_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grants.db");
    let refused = || {
        let error = SqliteTokenStore::open(&file).unwrap_err();
        let cause = std::error::Error::source(&error).unwrap();
        cause.to_string()
    };
    std::fs::write(&file, "These are notes. ".repeat(99)).unwrap();
    assert!(refused().contains("grants.db is not a database of SQLite"));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("These"));
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(refused().contains("grants.db is a folder or a device"));
    std::fs::remove_dir(&file).unwrap();

    drop(SqliteTokenStore::open(&file).unwrap());
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(&file, &bytes).unwrap();
    let message = refused();
    assert!(message.contains("grants.db is damaged ("), "{message}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

/// A grant that is renewed and kept nowhere is lost with the process.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_was_replaced_takes_no_grants() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grants.db");
    let store = SqliteTokenStore::open(&file).unwrap();
    let (mine, grant) = (key("location:a"), grant("access"));
    store.put(&mine, None, &grant).await.unwrap();
    std::fs::rename(&file, folder.path().join("aside")).unwrap();
    std::fs::copy(folder.path().join("aside"), &file).unwrap();
    let error = store.put(&key("location:b"), None, &grant).await;
    let error = error.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("grants.db was removed or replaced"),
        "{cause}"
    );
    assert!(store.get(&mine).await.is_err());
    std::fs::rename(folder.path().join("aside"), &file).unwrap();
    assert!(store.get(&mine).await.unwrap().is_some());
}
