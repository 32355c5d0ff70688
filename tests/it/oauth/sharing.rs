//! Several clients and processes on one store, where using a refresh token twice ends the grant.

use gohighlevel::auth::store::{FileTokenStore, SqliteTokenStore, TokenStore};

use super::support::{LIFE, Process, SOLEIL, asked, builder, clock};

/// Two processes, each with a store of its own on the same place, in five generations of tokens.
async fn share(one: impl TokenStore, two: impl TokenStore) {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let processes = [
        Process::new(&fake, &clock, one),
        Process::new(&fake, &clock, two),
    ];
    let code = fake.authorize_location(SOLEIL).unwrap();
    processes[0].credentials.connect(&code).await.unwrap();
    for generation in 1..=5 {
        if generation % 2 == 1 {
            clock.advance(LIFE);
        } else {
            fake.expire_access_tokens();
        }
        let (one, two) = tokio::join!(
            processes[0].read_at_once(&[SOLEIL; 25]),
            processes[1].read_at_once(&[SOLEIL; 25]),
        );
        let refreshes = asked(&fake, "/oauth/token") - 1;
        assert_eq!(
            (refreshes, one.0 + two.0),
            (generation, 50),
            "{:?} {:?}",
            one.1,
            two.1
        );
    }
}

#[tokio::test]
async fn two_clients_on_one_store_in_memory_make_one_token_call() {
    let store = gohighlevel::auth::store::MemoryTokenStore::new();
    share(store.clone(), store).await;
}

#[tokio::test]
async fn two_processes_on_one_folder_make_one_token_call() {
    let folder = tempfile::tempdir().unwrap();
    share(
        FileTokenStore::open(folder.path()).unwrap(),
        FileTokenStore::open(folder.path()).unwrap(),
    )
    .await;
}

#[tokio::test]
async fn two_processes_on_one_database_make_one_token_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grants.db");
    share(
        SqliteTokenStore::open(&path).unwrap(),
        SqliteTokenStore::open(&path).unwrap(),
    )
    .await;
}
