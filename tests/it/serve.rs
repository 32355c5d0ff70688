//! The server of the library over real sockets: who gets in, what a body may cost, and the report of its end.
//!
//! What is waited for is an answer or the end of a connection; the bounds only end a test that has failed.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use gohighlevel::serve::{Serve, Shutdown, ShutdownReport, serve};
use gohighlevel::webhooks::{Delivery, Endpoint, Handler, NotDurable, Verifier};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

/// No test is this long.
const DEADLINE: Duration = Duration::from_secs(60);
/// How long the end may take where it is to be cut short.
const SHORT: Duration = Duration::from_millis(500);

/// A running server with routes of its own: `/length` reads a body, `/held` waits for a permit, `/kept` reads a body and
/// then waits.
struct Running {
    address: String,
    permits: Arc<Semaphore>,
    begun: Arc<Semaphore>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<ShutdownReport>,
}

impl Running {
    async fn start(within: Duration, set_up: impl FnOnce(Serve) -> Serve) -> Self {
        Self::with(Router::new(), within, set_up).await
    }

    async fn with(more: Router, within: Duration, set_up: impl FnOnce(Serve) -> Serve) -> Self {
        let (permits, begun) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (wait, begin) = (Arc::clone(&permits), Arc::clone(&begun));
        let held = async move || {
            begin.add_permits(1);
            wait.acquire().await.unwrap().forget();
            "done"
        };
        let length = async |body: Bytes| body.len().to_string();
        let (wait, begin) = (Arc::clone(&permits), Arc::clone(&begun));
        let kept = async move |body: Bytes| {
            begin.add_permits(1);
            wait.acquire().await.unwrap().forget();
            body.len().to_string()
        };
        let app = Router::new()
            .route("/length", post(length))
            .route("/kept", post(kept))
            .route("/held", get(held))
            .merge(more);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel();
        let shutdown = Shutdown::when(async { drop(stopped.await) }).within(within);
        let service = set_up(serve(listener, app));
        let served = tokio::spawn(service.until(shutdown));
        Self {
            address,
            permits,
            begun,
            stop,
            served,
        }
    }

    async fn send(&self, text: &str) -> TcpStream {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        socket.write_all(text.as_bytes()).await.unwrap();
        socket
    }

    /// Returns when so many more requests to `/held` are at work.
    async fn has_begun(&self, requests: u32) {
        let begun = self.begun.acquire_many(requests);
        let begun = tokio::time::timeout(DEADLINE, begun).await.unwrap();
        begun.unwrap().forget();
    }

    async fn stop(self) -> ShutdownReport {
        drop(self.stop);
        let served = tokio::time::timeout(DEADLINE, self.served).await;
        served.expect("the end").unwrap()
    }
}

/// What comes on the connection until it is closed.
async fn rest(mut socket: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(DEADLINE, socket.read_to_end(&mut answer)).await;
    // A connection that is reset has answered before, or was given up.
    let _ = read.expect("the connection stays open");
    String::from_utf8(answer).unwrap()
}

fn get_held(connection: &str) -> String {
    format!("GET /held HTTP/1.1\r\nhost: here\r\nconnection: {connection}\r\n\r\n")
}

/// A body of which less is sent than announced.
fn part_of_body(announced: usize, sent: usize) -> String {
    format!(
        "POST /length HTTP/1.1\r\nhost: here\r\ncontent-length: {announced}\r\n\r\n{}",
        "x".repeat(sent)
    )
}

#[tokio::test]
async fn silent_connections_make_room_for_others() {
    let running = Running::start(DEADLINE, |serve| serve.max_connections(2)).await;
    running.permits.add_permits(20);
    let mut silent = Vec::new();
    for _ in 0..10 {
        silent.push(running.send("").await);
        silent.push(running.send("GET /he").await);
        let answer = rest(running.send(&get_held("close")).await).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // All but the last ones were closed.
    for socket in silent.drain(..18) {
        assert_eq!(rest(socket).await, "");
    }
    assert!(running.stop().await.is_complete());
}

#[tokio::test]
async fn whoever_is_being_served_is_not_closed_for_another() {
    let running = Running::start(DEADLINE, |serve| serve.max_connections(2)).await;
    let first = running.send(&get_held("close")).await;
    let second = running.send(&get_held("close")).await;
    running.has_begun(2).await;
    // It waits, and is served as soon as one has gone.
    let third = running.send(&get_held("close")).await;
    running.permits.add_permits(3);
    for socket in [first, second, third] {
        let answer = rest(socket).await;
        assert!(answer.ends_with("done"), "{answer}");
    }
    assert!(running.stop().await.is_complete());
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_429_and_gets_no_further() {
    let time = Duration::from_millis(50);
    let running = Running::start(DEADLINE, |serve| serve.body_timeout(time)).await;
    for sent in [0, 9] {
        let answer = rest(running.send(&part_of_body(10, sent)).await).await;
        assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
        assert!(
            answer.ends_with("Too slow; please send it again."),
            "{answer}"
        );
    }
    let whole = part_of_body(10, 10).replace("host", "connection: close\r\nhost");
    let answer = rest(running.send(&whole).await).await;
    assert!(answer.ends_with("\r\n\r\n10"), "{answer}");
    assert!(running.stop().await.is_complete());
}

#[tokio::test]
async fn large_bodies_share_their_room_and_small_ones_do_not_wait_for_it() {
    const LARGE: usize = 1_048_576;
    // How many of them there is room for.
    const ROOM: usize = 32;
    let time = Duration::from_secs(3);
    let running = Running::start(DEADLINE, |serve| serve.body_timeout(time)).await;
    let whole = |length: usize| {
        let body = part_of_body(length, length);
        body.replace("host", "connection: close\r\nhost")
    };
    let kept = whole(LARGE).replace("/length", "/kept");
    let mut at_work = Vec::new();
    for _ in 0..ROOM {
        at_work.push(running.send(&kept).await);
        running.has_begun(1).await;
    }
    let answer = rest(running.send(&part_of_body(LARGE, 100_000)).await).await;
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
    assert!(answer.ends_with("Busy; please send it again."), "{answer}");
    for _ in 0..20 {
        let answer = rest(running.send(&whole(20_000)).await).await;
        assert!(answer.ends_with("\r\n20000"), "{answer}");
    }
    running.permits.add_permits(ROOM);
    for socket in at_work {
        assert!(rest(socket).await.ends_with("\r\n1048576"));
    }
    let answer = rest(running.send(&whole(LARGE)).await).await;
    assert!(answer.ends_with("\r\n1048576"), "{answer}");
    assert!(running.stop().await.is_complete());
}

#[tokio::test]
async fn at_the_end_requests_are_answered_and_connections_closed() {
    let running = Running::start(DEADLINE, |serve| serve).await;
    let held = running.send(&get_held("keep-alive")).await;
    running.has_begun(1).await;
    let silent = running.send("GET /held").await;
    let Running {
        permits,
        stop,
        served,
        address,
        ..
    } = running;
    drop(stop);
    // Nobody new is let in.
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(rest(silent).await, "");
    permits.add_permits(1);
    let answer = rest(held).await;
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.ends_with("done"), "{answer}");
    let report = tokio::time::timeout(DEADLINE, served)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(report, ShutdownReport::default());
}

#[tokio::test]
async fn what_does_not_end_is_cut_off_and_counted() {
    let running = Running::start(SHORT, |serve| serve).await;
    let held = running.send(&get_held("close")).await;
    running.has_begun(1).await;
    // On a route of the host's own, which waits for the whole body.
    let half = running.send(&part_of_body(10, 1)).await;
    let report = running.stop().await;
    assert!(report.requests_cut_off >= 1, "{report:?}");
    assert!(!report.is_complete());
    for socket in [held, half] {
        assert_eq!(rest(socket).await, "");
    }
}

/// A handler that never ends.
struct Stuck(Arc<Semaphore>);

#[async_trait]
impl Handler for Stuck {
    async fn handle(&self, _: Delivery) -> Result<(), NotDurable> {
        self.0.add_permits(1);
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_handler_that_is_stuck_does_not_hold_up_the_end() {
    let (signer, begun) = (
        crate::webhooks::signing::Ed25519Signer::generate(),
        Arc::new(Semaphore::new(0)),
    );
    let verifier = Verifier::builder().ed25519_pem(&signer.pem()).unwrap();
    let endpoint = Endpoint::new(verifier.build(), Stuck(Arc::clone(&begun)));
    let app = Router::new().route("/webhooks", endpoint.route());
    let running = Running::with(app, SHORT * 6, |serve| serve.endpoint(&endpoint)).await;
    let body = "{}";
    let signature = crate::webhooks::signing::base64(&signer.sign(body.as_bytes()));
    let head = |length: usize| {
        format!(
            "POST /webhooks HTTP/1.1\r\nhost: here\r\nx-ghl-signature: {signature}\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let stuck = running.send(&(head(body.len()) + body)).await;
    begun.acquire().await.unwrap().forget();
    let half = running.send(&(head(100) + "{")).await;
    // Another exchange gives the server the occasion to read it.
    running.permits.add_permits(1);
    rest(running.send(&get_held("close")).await).await;
    let report = running.stop().await;
    assert_eq!(report.deliveries_unfinished, 1, "{report:?}");
    assert_eq!(rest(stuck).await, "");
    // A request that was only half there was answered 429.
    let answer = rest(half).await;
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
}
