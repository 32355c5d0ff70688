//! The endpoint, spoken to over a real socket.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::{Delivery, Endpoint, Handler, MAX_BODY_BYTES, NotDurable, Verifier};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::super::logged::logged;
use super::signing::{Ed25519Signer, SIGNATURE, base64};

const BODY: &str = r#"{"type":"InboundMessage","direction":"inbound","locationId":"loc-1","webhookId":"hook-1",
 "timestamp":"2026-06-01T10:00:00Z","messageType":"SMS","body":"planted text","from":"+15550001111"}"#;

#[derive(Default)]
struct Recorder {
    taken: Mutex<Vec<Delivery>>,
    begun: Notify,
    go_on: Notify,
    finished: Notify,
}

#[async_trait]
impl Handler for Recorder {
    async fn handle(&self, delivery: Delivery) -> Result<(), NotDurable> {
        match delivery.event.name() {
            Some("DiskFull") => return Err(NotDurable::new("the disk is full")),
            Some("Panic") => panic!("planted panic"),
            Some("Slow") => {
                self.begun.notify_one();
                self.go_on.notified().await;
            }
            _ => {}
        }
        self.taken.lock().unwrap().push(delivery);
        self.finished.notify_one();
        Ok(())
    }
}

struct Server {
    address: SocketAddr,
    signer: Ed25519Signer,
    recorder: Arc<Recorder>,
}

impl Server {
    async fn start() -> Self {
        let signer = Ed25519Signer::generate();
        let recorder = Arc::new(Recorder::default());
        let verifier = Verifier::builder().ed25519_pem(&signer.pem()).unwrap();
        let start: Timestamp = "2026-06-01T10:00:05Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let webhooks = Endpoint::builder(verifier.build(), recorder.clone())
            .clock(clock)
            .build();
        // The limit of the host is smaller and must not count here.
        let app = axum::Router::new()
            .route("/webhooks/ghl", webhooks.route())
            .layer(axum::extract::DefaultBodyLimit::max(10));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            address,
            signer,
            recorder,
        }
    }

    async fn post(&self, body: &[u8]) -> (u16, String) {
        let signature = base64(&self.signer.sign(body));
        self.send("POST", Some(&signature), body, Framing::Length)
            .await
    }

    /// Status and body of the answer to one request.
    async fn send(
        &self,
        method: &str,
        signature: Option<&str>,
        body: &[u8],
        framing: Framing,
    ) -> (u16, String) {
        let request = request(method, signature, body, framing);
        let (mut reader, mut writer) = TcpStream::connect(self.address).await.unwrap().into_split();
        // The server may answer and close before it has read everything.
        let writing = tokio::spawn(async move {
            let _ = writer.write_all(&request).await;
            writer
        });
        let mut answer = Vec::new();
        let mut buffer = [0; 1024];
        while let Ok(length @ 1..) = reader.read(&mut buffer).await {
            answer.extend_from_slice(&buffer[..length]);
        }
        drop(writing.await);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        assert_eq!(
            status == 405,
            head.to_ascii_lowercase().contains("\r\nallow: post"),
            "{head}"
        );
        (status, body.to_owned())
    }

    fn taken(&self) -> Vec<Delivery> {
        self.recorder.taken.lock().unwrap().clone()
    }
}

#[derive(Clone, Copy)]
enum Framing {
    Length,
    Chunked,
}

fn request(method: &str, signature: Option<&str>, body: &[u8], framing: Framing) -> Vec<u8> {
    let mut head =
        format!("{method} /webhooks/ghl HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    if let Some(signature) = signature {
        write!(head, "{SIGNATURE}: {signature}\r\n").unwrap();
    }
    match framing {
        Framing::Length => {
            write!(head, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
            [head.as_bytes(), body].concat()
        }
        Framing::Chunked => {
            head += "Transfer-Encoding: chunked\r\n\r\n";
            let mut request = head.into_bytes();
            for chunk in body.chunks(60_000) {
                request.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                request.extend_from_slice(chunk);
                request.extend_from_slice(b"\r\n");
            }
            request.extend_from_slice(b"0\r\n\r\n");
            request
        }
    }
}

/// A JSON object of exactly `length` bytes.
fn padded(length: usize) -> Vec<u8> {
    let empty = r#"{"type":"Padded","padding":""}"#;
    let padding = "x".repeat(length - empty.len());
    format!(r#"{{"type":"Padded","padding":"{padding}"}}"#).into_bytes()
}

#[tokio::test]
async fn takes_what_is_signed() {
    let server = Server::start().await;
    let (status, answer) = server.post(BODY.as_bytes()).await;
    assert_eq!((status, answer.as_str()), (200, "Accepted."));
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].raw(), BODY.as_bytes());
    assert_eq!(taken[0].dedupe_key().as_str(), "webhook:hook-1");
    assert_eq!(taken[0].received_at.to_string(), "2026-06-01T10:00:05Z");
}

#[tokio::test]
async fn refuses_what_is_not() {
    let server = Server::start().await;
    let body = BODY.as_bytes();
    let good = base64(&server.signer.sign(body));
    let forged = base64(&Ed25519Signer::generate().sign(body));
    for signature in [None, Some("N/A"), Some(forged.as_str()), Some("nonsense")] {
        let (status, answer) = server.send("POST", signature, body, Framing::Length).await;
        assert_eq!(status, 401, "{signature:?}");
        assert!(!answer.contains("planted"), "{answer}");
    }
    let altered = BODY.replace("planted", "altered");
    let (status, _) = server
        .send("POST", Some(&good), altered.as_bytes(), Framing::Length)
        .await;
    assert_eq!(status, 401);
    // Of a body from the future this machine's clock is guilty: it is to come again.
    for (time, status) in [("2026-05-01T08:00:00Z", 401), ("2026-06-01T11:00:00Z", 429)] {
        let body = BODY.replace("2026-06-01T10:00:00Z", time);
        assert_eq!(server.post(body.as_bytes()).await.0, status, "{time}");
    }
    for body in ["", "no json", "[]", "7", "{\"type\":"] {
        assert_eq!(server.post(body.as_bytes()).await.0, 400, "{body}");
    }
    for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let (status, _) = server
            .send(method, Some(&good), body, Framing::Length)
            .await;
        assert_eq!(status, 405, "{method}");
    }
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn whoever_shows_no_signature_is_answered_before_the_body_is_read() {
    let server = Server::start().await;
    for signature in ["", "x-ghl-signature: nonsense\r\n"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST /webhooks/ghl HTTP/1.1\r\nHost: localhost\r\n{signature}Content-Length: 1000000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // Nothing of the body is ever sent.
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 401");
    }
}

#[tokio::test]
async fn takes_one_mebibyte_and_not_a_byte_more() {
    let server = Server::start().await;
    assert_eq!(MAX_BODY_BYTES, 1 << 20);
    for framing in [Framing::Length, Framing::Chunked] {
        for (length, expected) in [
            (MAX_BODY_BYTES, 200),
            (MAX_BODY_BYTES + 1, 413),
            (3 * MAX_BODY_BYTES, 413),
        ] {
            let body = padded(length);
            assert_eq!(body.len(), length);
            let signature = base64(&server.signer.sign(&body));
            let (status, _) = server.send("POST", Some(&signature), &body, framing).await;
            assert_eq!(status, expected, "{length}");
        }
    }
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test]
async fn asks_for_a_repeat_of_what_is_not_durable() {
    let server = Server::start().await;
    for kind in ["DiskFull", "Panic"] {
        let body = format!(r#"{{"type":"{kind}"}}"#);
        let (status, answer) = server.post(body.as_bytes()).await;
        assert_eq!(status, 429, "{kind}");
        assert_eq!(answer, "Not stored; please send it again.");
    }
    assert!(server.taken().is_empty());
    assert_eq!(server.post(BODY.as_bytes()).await.0, 200);
}

#[tokio::test]
async fn a_delivery_is_taken_to_its_end_even_if_the_sender_hangs_up() {
    let server = Server::start().await;
    let body = br#"{"type":"Slow"}"#;
    let signature = base64(&server.signer.sign(body));
    let request = request("POST", Some(&signature), body, Framing::Length);
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(&request).await.unwrap();
    server.recorder.begun.notified().await;
    drop(socket);
    // Another exchange gives the server the occasion to notice.
    assert_eq!(server.post(b"{}").await.0, 200);
    server.recorder.finished.notified().await;
    server.recorder.go_on.notify_one();
    // The bound only ends a test that has failed.
    let finished = server.recorder.finished.notified();
    let bound = std::time::Duration::from_secs(20);
    tokio::time::timeout(bound, finished).await.unwrap();
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test]
async fn the_log_names_the_delivery_and_holds_nothing_of_its_content() {
    let work = async {
        let server = Server::start().await;
        let mislabelled = BODY.replace("InboundMessage", "OutboundMessage");
        assert_eq!(server.post(mislabelled.as_bytes()).await.0, 200);
        let full = BODY.replace("InboundMessage", "DiskFull");
        assert_eq!(server.post(full.as_bytes()).await.0, 429);
        let panicking = BODY.replace("InboundMessage", "Panic");
        assert_eq!(server.post(panicking.as_bytes()).await.0, 429);
        let unsigned = server
            .send("POST", None, BODY.as_bytes(), Framing::Length)
            .await;
        assert_eq!(unsigned.0, 401);
    };
    let ((), log) = logged(work).await;
    for expected in [
        "INFO webhook{event=\"InboundMessage\" location_id=loc-1 webhook_id=hook-1}",
        "ERROR webhook{event=\"DiskFull\" location_id=loc-1 webhook_id=hook-1}",
        "the disk is full",
        "its handler panicked",
        "direction disagree",
        "WARN gohighlevel::webhooks::endpoint: webhook refused",
    ] {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    for private in ["planted", "5550001111"] {
        assert!(!log.contains(private), "{private}: {log}");
    }
}
