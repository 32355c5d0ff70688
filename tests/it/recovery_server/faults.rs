//! HighLevel misbehaves: still one text, one tag, one task.
//!
//! Each case waits on the real clock for what HighLevel asks (ten seconds after a 429) or what settling takes (ten
//! seconds after each lost answer), so all of them run at once.

use std::time::Duration;

use gohighlevel::testing::FakeGhl;
use http::Method;
use tokio::task::JoinSet;

use super::server::{Place, Server};
use super::{assert_done_once, assert_served_once, call_ended_at, ledger, missed_call, text_after};

/// The fault, and how often it comes.
const FAULTS: [(&str, u32); 5] = [
    ("drop-after", 1),
    ("drop-before", 3),
    ("status:500", 3),
    ("html:502", 3),
    ("429", 3),
];

const TEXT: &[&str] = &["/conversations/messages"];
const REST: &[&str] = &["/contacts/*/tasks", "/contacts/*/tags"];

#[tokio::test]
async fn every_step_is_done_once_through_every_fault() {
    let mut cases = JoinSet::new();
    for paths in [TEXT, REST] {
        for (fault, times) in FAULTS {
            cases.spawn(serve_through(paths, fault, times));
        }
    }
    cases.join_all().await;
}

async fn serve_through(paths: &'static [&'static str], fault: &'static str, times: u32) {
    let case = format!("{fault} on {paths:?}");
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let server = Server::start(&place, &fake).await;
    for path in paths {
        let fault = fault.parse().unwrap();
        fake.fault(Method::POST, path, fault, times).unwrap();
    }
    let contact = fake.call(&missed_call()).unwrap().contact_id;
    server.settle_and_stop(&place, &fake).await;

    let ended_at = call_ended_at(&fake);
    assert_served_once(&fake, &contact, ended_at, &case).await;
    assert_done_once(&ledger(&place).await, &case);
    let after = text_after(&fake, &contact, ended_at).await;
    assert!(after < Duration::from_secs(60), "{case}: {after:?}");
    for path in paths {
        let last = path.rsplit('/').next().unwrap();
        let attempts = fake
            .requests()
            .iter()
            .filter(|request| request.method == "POST" && request.path.ends_with(last))
            .count();
        // The faults were all met; only what was done behind a lost answer is not sent again, save the harmless tag.
        let extra = u32::from(fault != "drop-after" || last == "tags");
        assert_eq!(attempts, (times + extra) as usize, "{case}: {path}");
    }
}
