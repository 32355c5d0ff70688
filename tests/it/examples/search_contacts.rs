//! The search example: all pages of the sample, and what it asks a server for.

use gohighlevel::testing::{FakeGhl, Fault};
use http::{Method, StatusCode};
use serde_json::json;

use super::{run, stderr, stdout};

const SOLEIL: &str = "soleilLocation000001";

#[test]
fn it_reads_all_pages_of_the_sample() {
    let output = run("search_contacts", &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    // 125 of 250 have the tag, and one in five of them wants no texts. Fifty to a page are two full pages, a half one, and
    // the empty one that ends the search.
    assert_eq!(value("found").as_deref(), Some("125"), "{text}");
    assert_eq!(value("textable").as_deref(), Some("100"), "{text}");
    assert_eq!(value("requests").as_deref(), Some("4"), "{text}");
    assert_eq!(text.lines().count(), 6, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_asks_for_the_tag_and_stops_at_an_error() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let search = async || {
        let url = fake.url();
        tokio::task::spawn_blocking(move || {
            run(
                "search_contacts",
                &["--location", SOLEIL, "--tag", "VIP"],
                &[("GHL_BASE_URL", &url), ("GHL_TOKEN", "pit-sample-soleil")],
            )
        })
        .await
        .unwrap()
    };
    let output = search().await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("contact    sampleContactMaria01"));
    assert!(!stdout(&output).contains("Maria L") && !stdout(&output).contains("5550111"));
    let asked = fake.requests().remove(0);
    let filter = json!({"field": "tags", "operator": "eq", "value": "vip"});
    assert!(
        asked.body.to_string().contains(&filter.to_string()),
        "{asked:?}"
    );

    let forbidden = Fault::Status(StatusCode::FORBIDDEN);
    fake.fault(Method::POST, "/contacts/search", forbidden, 1)
        .unwrap();
    let output = search().await;
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("no access to this location"), "{told}");
}

#[test]
fn what_is_wrong_is_said() {
    for (arguments, code, expected) in [
        (&["--tag"][..], 2, "'--tag <TAG>'"),
        (&["--tag", "vip"], 2, "--location <ID>"),
        (&["--location", SOLEIL, "--tag", "vip"], 1, "set GHL_TOKEN"),
    ] {
        let output = run("search_contacts", arguments, &[]);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}
