//! The example of a text whose answer is lost: on the sample, and on a server that it is told of.

use gohighlevel::testing::{FakeGhl, TextMessage};
use http::Method;

use super::{run, stderr, stdout};

const SOLEIL: &str = "soleilLocation000001";
const MARIA: &str = "+13125550111";

#[test]
fn a_text_goes_out_once_whichever_way_its_answer_is_lost() {
    let output = run("send_message", &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let unknown = "it is not known whether the request was carried out";
    for (line, expected) in lines.iter().zip([
        "HighLevel sends the text, and its response is lost:",
        unknown,
        "it is in the conversation: it is not sent again",
        "sent as ",
        "The connection breaks before HighLevel has done anything:",
        unknown,
        "it is not in the conversation: it is sent again",
        "sent as ",
        "asked 3 times, sent 2 texts",
    ]) {
        assert!(line.contains(expected), "{expected} in\n{text}");
    }
    assert_eq!(lines.len(), 9, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sends_one_text_to_highlevel_and_none_to_who_opted_out() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let send = async |text: &'static str| {
        let url = fake.url();
        let arguments = ["--location", SOLEIL, "--phone", MARIA, "--text", text];
        let environment = [
            ("GHL_TOKEN", "pit-sample-soleil".to_owned()),
            ("GHL_BASE_URL", url),
        ];
        tokio::task::spawn_blocking(move || {
            let environment = environment
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            run("send_message", &arguments, &environment)
        })
        .await
        .unwrap()
    };
    let sent = || {
        let requests = fake.requests();
        let is_text =
            |path: &str, method: &str| path == "/conversations/messages" && method == Method::POST;
        let texts = requests.iter().filter(|it| is_text(&it.path, &it.method));
        texts.map(|it| it.status.unwrap()).collect::<Vec<_>>()
    };
    let output = send("Hello").await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(sent(), [201]);

    fake.message(&TextMessage {
        location_id: SOLEIL.to_owned(),
        from: MARIA.parse().unwrap(),
        to: "+13125550100".parse().unwrap(),
        body: "STOP".to_owned(),
    })
    .unwrap();
    let output = send("Hello again").await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("never try again"),
        "{}",
        stderr(&output)
    );
    assert_eq!(sent(), [201, 400]);
}

#[test]
fn what_is_wrong_is_said() {
    let arguments = ["--location", SOLEIL, "--phone", MARIA, "--text", "Hello"];
    for (arguments, code, expected) in [
        (&arguments[..4], 2, "--text <TEXT>"),
        (&arguments[..], 1, "set GHL_TOKEN"),
    ] {
        let output = run("send_message", arguments, &[]);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}
