//! What becomes of the database under a server that runs: webhooks are asked for again and health says so, whatever
//! happens to the file; and a second server is kept out, whatever path it takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::testing::{Call, FakeGhl};

use super::refusals::health;
use super::server::{Place, Server};
use super::{assert_served_once, call_ended_at, missed_call, until};
use crate::fake_ghl::{SOLEIL, SOLEIL_PHONE};

/// What the webhooks of a call were answered so far.
fn statuses(fake: &FakeGhl, webhook: &str) -> Vec<Option<u16>> {
    let deliveries = fake.deliveries();
    let told = deliveries
        .iter()
        .find(|delivery| delivery.webhook_id == webhook);
    let attempts = told.into_iter().flat_map(|told| &told.attempts);
    attempts.map(|attempt| attempt.status).collect()
}

/// Somebody else calls. Returns what their webhook is answered at first.
async fn answer_to_a_call(fake: &FakeGhl, caller: u32) -> Option<u16> {
    let (from, to) = (format!("+1312555{caller:04}"), SOLEIL_PHONE);
    let call = Call::missed(SOLEIL, from.parse().unwrap(), to.parse().unwrap());
    let id = fake.call(&call).unwrap().webhook_id;
    until("an answer", || !statuses(fake, &id).is_empty()).await;
    statuses(fake, &id)[0]
}

fn beside(place: &Place, end: &str) -> PathBuf {
    let mut name = place.database().into_os_string();
    name.push(end);
    name.into()
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_are_removed_or_replaced_are_missed() {
    for (end, replaced) in [("", false), ("", true), ("-wal", false), ("-shm", false)] {
        let fake = FakeGhl::builder().start().await.unwrap();
        let place = Place::new(&fake);
        let server = Server::start(&place, &fake).await;
        assert_eq!(answer_to_a_call(&fake, 2001).await, Some(200));
        let (file, aside) = (beside(&place, end), beside(&place, ".aside"));
        fs::rename(&file, &aside).unwrap();
        if replaced {
            fs::copy(&aside, &file).unwrap();
        }
        for caller in 2002..2005 {
            assert_eq!(answer_to_a_call(&fake, caller).await, Some(429), "{end}");
        }
        let (status, text) = health(&server).await;
        assert_eq!(status, 503, "{end}: {text}");
        assert!(text.contains("was removed or replaced"), "{text}");
        let log = place.log();
        let told = log.matches("the database takes nothing any more").count();
        assert_eq!(told, 1, "{end}: {log}");
        // Put back as they were, they are as good as before.
        server.kill().await;
        fs::rename(&aside, &file).unwrap();
        let server = Server::start(&place, &fake).await;
        fake.deliveries_settled().await;
        assert_eq!(health(&server).await.0, 200, "{end}");
        server.settle_and_stop(&place, &fake).await;
    }
}

/// Overwrites every page but the first.
fn spoil(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[4096..].fill(0xA5);
    let open = fs::OpenOptions::new().write(true).open(file);
    std::io::Write::write_all(&mut open.unwrap(), &bytes).unwrap();
}

#[tokio::test]
async fn spoilt_pages_are_found_while_it_runs_and_before_it_starts() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    // So that the pages are in the file and not in its log.
    Server::start(&place, &fake)
        .await
        .settle_and_stop(&place, &fake)
        .await;
    let server = Server::start(&place, &fake).await;
    assert_eq!(answer_to_a_call(&fake, 2001).await, Some(200));
    spoil(&place.database());
    let mut answer = (200, String::new());
    let began = SystemClock.elapsed();
    while answer.0 == 200 {
        answer = health(&server).await;
        assert!(SystemClock.elapsed() - began < super::DEADLINE);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(
        answer.1.contains("recovery.db is damaged ("),
        "{}",
        answer.1
    );
    assert_eq!(answer_to_a_call(&fake, 2002).await, Some(429));
    assert!(place.log().contains("recovery.db is damaged") || place.log().contains("is damaged ("));
    server.kill().await;
    let (code, text) = place.refused().await;
    assert_eq!(code, Some(2));
    assert!(text.contains("recovery.db is damaged ("), "{text}");
    assert!(text.contains("restore the last backup"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_second_server_is_kept_out_by_whatever_path_it_comes() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let server = Server::start(&place, &fake).await;
    let refused_at = async |path: &Path, why: &str| {
        let text = fs::read_to_string(place.config()).unwrap();
        let known = format!("{:?}", place.database());
        place.write_whole_config(&text.replace(&known, &format!("{path:?}")));
        let (code, told) = place.refused().await;
        place.write_whole_config(&text);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains(why), "{told}");
    };
    let in_use = "is in use by another process";
    let link = beside(&place, ".link");
    std::os::unix::fs::symlink(place.database(), &link).unwrap();
    refused_at(&link, in_use).await;
    refused_at(Path::new("recovery.db"), in_use).await;
    let lock = beside(&place, ".lock");
    fs::remove_file(&lock).unwrap();
    refused_at(&place.database(), in_use).await;
    fs::write(&lock, "").unwrap();
    refused_at(&place.database(), in_use).await;
    let other = beside(&place, ".other");
    fs::hard_link(place.database(), &other).unwrap();
    refused_at(&other, "has 2 names (hard links)").await;
    fs::remove_file(&other).unwrap();
    // It has noticed none of that.
    let contact = fake.call(&missed_call()).unwrap().contact_id;
    server.settle_and_stop(&place, &fake).await;
    assert_served_once(&fake, &contact, call_ended_at(&fake), "after all").await;
}

/// An older release knows nothing of the lock on the database itself.
#[tokio::test]
async fn a_server_of_an_older_release_keeps_it_out_too() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let lock = fs::File::create(beside(&place, ".lock")).unwrap();
    lock.try_lock().unwrap();
    let (code, text) = place.refused().await;
    assert_eq!(code, Some(2));
    assert!(text.contains("is in use by another process"), "{text}");
    drop(lock);
    Server::start(&place, &fake)
        .await
        .settle_and_stop(&place, &fake)
        .await;
}

#[tokio::test]
async fn a_log_that_is_removed_after_a_kill_is_told_of() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let server = Server::start(&place, &fake).await;
    assert_eq!(answer_to_a_call(&fake, 2001).await, Some(200));
    server.kill().await;
    fs::remove_file(beside(&place, "-wal")).unwrap();
    let server = Server::start(&place, &fake).await;
    let log = place.log();
    assert!(log.contains("commits of the last run are gone"), "{log}");
    assert!(log.contains("recovery.db"), "{log}");
    server.settle_and_stop(&place, &fake).await;
}
