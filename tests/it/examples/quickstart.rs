//! The quickstart: on the sample, and on a server that it is told of.

use std::collections::HashMap;

use gohighlevel::testing::{FakeGhl, Fault};
use http::Method;

use super::{run, stderr, stdout};

const SOLEIL: &str = "soleilLocation000001";
const MARIA: &str = "sampleContactMaria01";

#[test]
fn it_finds_tags_and_reads_on_the_sample() {
    let output = run("quickstart", &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines: HashMap<&str, &str> = stdout(&output)
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, value)| (name, value.trim()))
        .collect();
    assert_eq!(lines["contact"], MARIA);
    assert_eq!(lines["tags"], "vip, quickstart");
    assert!(lines["task"].contains(", due 20"), "{lines:?}");
    assert_eq!(lines["calendly_link"], "https://calendly.com/soleil/visit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_whose_answer_is_lost_is_looked_for_and_not_made_twice() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let tasks = format!("/contacts/{MARIA}/tasks");
    fake.fault(Method::POST, &tasks, Fault::DropAfter, 1)
        .unwrap();
    let url = fake.url();
    let output = tokio::task::spawn_blocking(move || {
        run(
            "quickstart",
            &["--location", SOLEIL, "--phone", "+1 312-555-0111"],
            &[("GHL_BASE_URL", &url), ("GHL_TOKEN", "pit-sample-soleil")],
        )
    })
    .await
    .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let requests = fake.requests();
    let made = |method: &str| {
        requests
            .iter()
            .filter(|request| request.method == method && request.path == tasks)
            .count()
    };
    assert_eq!((made("POST"), made("GET")), (1, 1));
}

#[test]
fn what_is_wrong_is_said() {
    let unknown = ["--location", SOLEIL, "--phone", "+13125550199"];
    for (arguments, code, expected) in [
        (&["--phone"][..], 2, "'--phone <NUMBER>'"),
        (&["--phone", "+13125550199"], 2, "--location <ID>"),
        (
            &["--location", SOLEIL, "--phone", "555"],
            2,
            "write it as E.164",
        ),
        (&unknown, 1, "set GHL_TOKEN"),
    ] {
        let output = run("quickstart", arguments, &[]);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}
