//! Answers that are broken, endless, slow or not from HighLevel, over real sockets: a clear error, and the status where
//! there was one.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::client::{ClientBuilder, Location};
use gohighlevel::error::{ErrorKind, TransportErrorKind};
use gohighlevel::testing::ManualClock;
use gohighlevel::{Client, Error};
use serde_json::{Value, json};

use super::raw_server::{RawServer, Wire};

/// The most that the built-in transport reads of one answer.
const LARGEST: usize = 10 * 1024 * 1024;
/// For the connection that is slow; nothing else is measured.
const SHORT: Duration = Duration::from_millis(300);

const INTERRUPTED: ErrorKind = ErrorKind::Transport(TransportErrorKind::Interrupted);
const TIMEOUT: ErrorKind = ErrorKind::Transport(TransportErrorKind::Timeout);
const TOO_LARGE: ErrorKind = ErrorKind::Transport(TransportErrorKind::TooLarge);

/// Its repeats wait on a clock that takes no time.
fn location(server: &RawServer, set_up: impl Fn(ClientBuilder) -> ClientBuilder) -> Location {
    let clock = ManualClock::new("2026-05-08T12:00:00Z".parse().unwrap());
    let builder = Client::builder()
        .token("pit-planted-token")
        .base_url(&server.url)
        .clock(Arc::new(clock));
    let client = set_up(builder).build().unwrap();
    client.location("loc1".parse().unwrap())
}

async fn get(server: &RawServer) -> Result<Value, Error> {
    location(server, |builder| builder).get("/x").await
}

async fn post(server: &RawServer) -> Result<Value, Error> {
    let location = location(server, |builder| builder);
    location.post("/x", &json!({"a": 1})).await
}

fn answer(head: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes =
        format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn decode() -> ErrorKind {
    ErrorKind::Decode { path: ".".into() }
}

/// A broken answer, and what it means where the request may be repeated and where doing it twice would harm.
struct Case {
    bytes: Vec<u8>,
    status: Option<u16>,
    read: ErrorKind,
    write: ErrorKind,
    message: &'static str,
}

fn case(bytes: impl Into<Vec<u8>>, status: u16, read: ErrorKind, message: &'static str) -> Case {
    Case {
        bytes: bytes.into(),
        status: (status > 0).then_some(status),
        write: match read {
            ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::Refused => read.clone(),
            ErrorKind::RateLimited | ErrorKind::DoNotDisturb => read.clone(),
            _ => ErrorKind::UnknownOutcome,
        },
        read,
        message,
    }
}

#[tokio::test]
async fn every_broken_answer_is_a_clear_error_with_its_status() {
    const PAGE: &str = "<!DOCTYPE html><html><body>Checking your browser</body></html>";
    let html = |status: &str| answer(&format!("{status}\r\ncontent-type: text/html"), PAGE);
    let said_json = |status: &str, body: &str| {
        answer(&format!("{status}\r\ncontent-type: application/json"), body)
    };
    let gzip = |status: &str| {
        let head = format!("{status}\r\ncontent-type: application/json\r\ncontent-encoding: gzip");
        answer(
            &head,
            [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0],
        )
    };
    let cut = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-length: 500\r\n\r\n{body}").into_bytes()
    };
    let away = ErrorKind::Unavailable;
    let dnd = r#"{"status":400,"message":"Cannot send message as DND is active for SMS."}"#;
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for case in [
        // Something else than HighLevel answers.
        case(
            html("502 Bad Gateway"),
            502,
            ErrorKind::Unavailable,
            "HTTP 502",
        ),
        case(
            html("503 Service Unavailable"),
            503,
            ErrorKind::Unavailable,
            "HTTP 503",
        ),
        case(html("404 Not Found"), 404, away.clone(), "a web page"),
        case(html("403 Forbidden"), 403, away.clone(), "a web page"),
        case(html("401 Unauthorized"), 401, away.clone(), "a web page"),
        case(html("200 OK"), 200, away.clone(), "a web page"),
        case(said_json("200 OK", PAGE), 200, away.clone(), "a web page"),
        case(
            said_json("403 Forbidden", "error code: 1010"),
            403,
            away.clone(),
            "1010",
        ),
        case(
            answer("404 Not Found", "404 page not found"),
            404,
            away.clone(),
            "plain text",
        ),
        case(
            answer("403 Forbidden", r#"{"message":"Forbidden"}"#),
            403,
            away.clone(),
            "gateway",
        ),
        case(gzip("200 OK"), 200, decode(), "compressed"),
        case(gzip("404 Not Found"), 404, away, "unreadable"),
        // Nothing, or half of it.
        case(answer("200 OK", ""), 200, decode(), "the body is empty"),
        case(
            "HTTP/1.1 204 No Content\r\n\r\n",
            204,
            decode(),
            "the body is empty",
        ),
        case(
            answer("400 Bad Request", ""),
            400,
            ErrorKind::Refused,
            "HTTP 400",
        ),
        case(
            answer("500 Oops", ""),
            500,
            ErrorKind::Unavailable,
            "HTTP 500",
        ),
        case(
            said_json("200 OK", r#"{"a":[1,"#),
            200,
            ErrorKind::Decode { path: "a".into() },
            "too early",
        ),
        case(
            said_json("200 OK", "{\"a\":\"\u{0}\"}"),
            200,
            ErrorKind::Decode { path: "a".into() },
            "not JSON",
        ),
        // The body breaks off. A success is not known then; a refusal is.
        case(
            cut("200 OK", r#"{"a":1}"#),
            200,
            INTERRUPTED,
            "the connection broke",
        ),
        case(
            format!("{chunked}7\r\n{{\"a\":1}}\r\n"),
            200,
            INTERRUPTED,
            "the connection broke",
        ),
        case(
            format!("{chunked}zz\r\n"),
            200,
            INTERRUPTED,
            "the connection broke",
        ),
        case(
            cut("404 Not Found", "{"),
            404,
            ErrorKind::NotFound,
            "HTTP 404",
        ),
        case(
            cut("400 Bad Request", dnd),
            400,
            ErrorKind::DoNotDisturb,
            "DND is active",
        ),
        case(
            cut("429 Too Many Requests", ""),
            429,
            ErrorKind::RateLimited,
            "HTTP 429",
        ),
        case(
            cut("500 Oops", "<"),
            500,
            ErrorKind::Unavailable,
            "HTTP 500",
        ),
        // No HTTP, or half of it.
        case(
            "SSH-2.0-OpenSSH_9.6\r\n",
            0,
            INTERRUPTED,
            "the connection broke",
        ),
        case(
            "HTTP/1.1 200 OK\r\nContent-Le",
            0,
            INTERRUPTED,
            "the connection broke",
        ),
        case(
            "HTTP/1.1 two hundred\r\n\r\n",
            0,
            INTERRUPTED,
            "the connection broke",
        ),
        case("", 0, INTERRUPTED, "the connection broke"),
    ] {
        let shown = String::from_utf8_lossy(&case.bytes).into_owned();
        let server = RawServer::start([Wire::Bytes(case.bytes)]).await;
        let error = get(&server).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (&case.read, case.status),
            "{shown}"
        );
        assert!(error.to_string().contains(case.message), "{shown}: {error}");
        assert!(!error.to_string().contains('<'), "{error}");
        let reads = server.requests();
        let error = post(&server).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (&case.write, case.status),
            "{shown}"
        );
        if case.write == ErrorKind::UnknownOutcome {
            assert_eq!(server.requests() - reads, 1, "{shown}");
        }
    }
}

#[tokio::test]
async fn json_is_read_whatever_it_is_said_to_be_and_however_it_ends() {
    for bytes in [
        answer("200 OK\r\ncontent-type: text/html", r#"{"a":1}"#),
        answer("201 Created", " {\"a\":1}\r\n"),
        b"HTTP/1.0 200 OK\r\n\r\n{\"a\":1}".to_vec(),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n".to_vec(),
    ] {
        let server = RawServer::start([Wire::Bytes(bytes)]).await;
        assert_eq!(get(&server).await.unwrap(), json!({"a": 1}));
        assert_eq!(post(&server).await.unwrap(), json!({"a": 1}));
    }
}

#[tokio::test]
async fn a_web_page_is_no_yes_to_a_deletion() {
    let page = answer("200 OK\r\ncontent-type: text/html", "<html>Sign in</html>");
    let server = RawServer::start([Wire::Bytes(page)]).await;
    let error = location(&server, |builder| builder)
        .delete("/x")
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unavailable, "{error}");
    assert_eq!(error.status(), Some(200));
    assert!(error.to_string().contains("a web page"), "{error}");
}

#[tokio::test]
async fn an_answer_of_ten_mebibytes_is_read_and_one_byte_more_is_not() {
    let text = |length: usize| {
        let body = format!("\"{}\"", "x".repeat(length - 2));
        Wire::Bytes(answer("200 OK", body))
    };
    let server = RawServer::start([text(LARGEST)]).await;
    let read = get(&server).await.unwrap();
    assert_eq!(read.as_str().unwrap().len(), LARGEST - 2);

    let server = RawServer::start([text(LARGEST + 1)]).await;
    let error = get(&server).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (&TOO_LARGE, Some(200)));
    assert_eq!(server.requests(), 1, "it is as large the next time");
    assert!(error.to_string().contains("smaller page"), "{error}");
    let error = post(&server).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (&ErrorKind::UnknownOutcome, Some(200))
    );
}

#[tokio::test]
async fn an_answer_without_end_is_cut_at_ten_mebibytes() {
    let piece = vec![b'x'; 0x10000];
    let chunk = [b"10000\r\n".as_slice(), &piece, b"\r\n"].concat();
    let chunked = "transfer-encoding: chunked";
    let long = "content-length: 8000000000";
    let gzip = "content-encoding: gzip\r\ntransfer-encoding: chunked";
    for (status, header, then, expected) in [
        ("200 OK", chunked, &chunk, TOO_LARGE),
        ("200 OK", long, &piece, TOO_LARGE),
        ("200 OK", gzip, &chunk, TOO_LARGE),
        // What HighLevel refuses stays refused, however much is said about it.
        ("413 Content Too Large", chunked, &chunk, ErrorKind::Refused),
    ] {
        let head = format!("HTTP/1.1 {status}\r\n{header}\r\n\r\n");
        let server = RawServer::start([Wire::Flood(head.into_bytes(), then.clone())]).await;
        let error = get(&server).await.unwrap_err();
        assert_eq!(*error.kind(), expected, "{status} {header}");
        assert_eq!(error.status(), status[..3].parse().ok());
        assert_eq!(
            error.body().len(),
            if expected == TOO_LARGE { 0 } else { 512 }
        );
        assert_eq!(server.requests(), 1);
        // The rest lies in the buffers of the two sockets.
        assert!(server.flooded() < 4 * LARGEST, "{}", server.flooded());
    }
}

#[tokio::test]
async fn heads_without_end_are_cut() {
    let line = b"x-more: and-more-and-more-and-more-and-more\r\n".repeat(100);
    let server = RawServer::start([Wire::Flood(b"HTTP/1.1 200 OK\r\n".to_vec(), line)]).await;
    let error = post(&server).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn slow_answers_are_cut_by_the_request_timeout() {
    let trickle = |first: &str, then: &str| Wire::Trickle(first.into(), then.into());
    for wire in [
        // Nothing at all; a head a line at a time; a body a byte at a time, and one that stops in the middle.
        Wire::Silence(Vec::new()),
        trickle("HTTP/1.1 200 OK\r\n", "x: y\r\n"),
        trickle("HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n", " "),
        trickle(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "1\r\n \r\n",
        ),
        Wire::Silence(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec()),
    ] {
        let label = format!("{wire:?}");
        let server = RawServer::start([wire]).await;
        // The deadline leaves no time for repeats.
        let location = location(&server, |builder| {
            builder.request_timeout(SHORT).deadline(Duration::ZERO)
        });
        let error = location.get::<Value>("/x").await.unwrap_err();
        assert_eq!(*error.kind(), TIMEOUT, "{label}");
        assert!(error.is_retryable());
        let error = location.post::<Value>("/x", &json!({})).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{label}");
        assert!(server.requests() <= 2, "{label}");
    }
}

#[tokio::test]
async fn a_connection_that_closes_is_tried_again_where_that_cannot_harm() {
    let fine = Wire::Bytes(answer("200 OK", "{}"));
    for closes in [Wire::CloseAtOnce, Wire::Bytes(Vec::new())] {
        let server = RawServer::start([closes.clone(), closes.clone(), fine.clone()]).await;
        get(&server).await.unwrap();
        assert_eq!(server.connections(), 3);

        let server = RawServer::start([closes, fine.clone()]).await;
        let error = post(&server).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (&ErrorKind::UnknownOutcome, None)
        );
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_kept_connection_that_closes_after_a_request_does_not_repeat_it() {
    let kept = Wire::Keep(answer("200 OK", "{}"));
    let closes = Wire::Bytes(Vec::new());
    let server = RawServer::start([kept, closes, Wire::Bytes(answer("200 OK", "{}"))]).await;
    let location = location(&server, |builder| builder);
    location.get::<Value>("/x").await.unwrap();
    let error = location.post::<Value>("/x", &json!({})).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{error}");
    // Nor did the HTTP library repeat it behind the client's back.
    assert_eq!((server.requests(), server.connections()), (2, 1));
    location.post::<Value>("/x", &json!({})).await.unwrap();
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let server = RawServer::start([Wire::CloseAtOnce]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let location = location(&server, |builder| builder.base_url(&nowhere));
    let error = location.post::<Value>("/x", &json!({})).await.unwrap_err();
    let connect = ErrorKind::Transport(TransportErrorKind::Connect);
    assert_eq!((error.kind(), error.attempts()), (&connect, 5));
    assert!(error.to_string().contains("check the network"), "{error}");
}
