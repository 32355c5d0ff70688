//! The live board over real sockets: who sees it, what is on it, and how it changes.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::auth::StaticTokens;
use gohighlevel::client::Client;
use gohighlevel::clock::Clock;
use gohighlevel::recipes::missed_call::board::{Board, BoardAccess, BoardBuilder, BoardToken};
use gohighlevel::recipes::missed_call::report::{BusinessLine, Settings};
use gohighlevel::recipes::missed_call::store::{Commit, MemoryStore};
use gohighlevel::recipes::missed_call::{Engine, Preset};
use gohighlevel::serve::{Shutdown, ShutdownReport, serve};
use jiff::tz::TimeZone;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::held_clock::HeldClock;
use crate::missed_call::harness::builders::{BUSINESS, at, location};
use crate::missed_call::harness::ledger_builder::LedgerBuilder;

const TOKEN: &str = "the-token-of-a-board";

/// A server with a board at `/board`, an hour after the first call.
struct Running {
    address: String,
    clock: HeldClock,
    engine: Engine,
    stop: oneshot::Sender<()>,
    served: JoinHandle<ShutdownReport>,
}

fn calls() -> LedgerBuilder {
    let call = |made: LedgerBuilder, name: &str, at: i64, caller: &str| {
        made.missed(name, at, json!({"caller": caller, "contact": caller}))
    };
    let made = call(
        LedgerBuilder::default(),
        "yesterday",
        -20 * 3_600,
        "+15550000001",
    )
    .not_done(
        "yesterday",
        -20 * 3_600 + 1,
        "text",
        json!({"not_textable": "landline"}),
    );
    let made = call(made, "asks", 0, "+15550000002")
        .texted("asks", 4)
        .replied("asks", 60, "help");
    let made = call(made, "booked", 300, "+15550000003")
        .texted("booked", 303)
        .happened("booked", 500, "booked", "appointment");
    let made = call(made, "new", 3_590, "+15550000004");
    call(made, "reached", 900, "+15550000005")
        .texted("reached", 908)
        .happened("reached", 1_200, "returned", "message")
}

impl Running {
    async fn start(access: BoardAccess, set_up: impl FnOnce(BoardBuilder) -> BoardBuilder) -> Self {
        let clock = HeldClock::new();
        let now = at(3_600).as_second().unsigned_abs();
        clock.advance(Duration::from_secs(now));
        let client = Client::builder().credentials(StaticTokens::new("pit-nobody"));
        let client = client.base_url("http://127.0.0.1:9").build().unwrap();
        let on_clock: Arc<dyn Clock> = Arc::new(clock.clone());
        let engine = Engine::builder(Arc::new(MemoryStore::new()))
            .clock(on_clock)
            .location(client.location(location()), Preset::Soleil.recipe())
            .build();
        let commit = Commit {
            entries: calls().0,
            ..Commit::default()
        };
        engine.store().commit(commit).await.unwrap();
        let mut settings = Settings::new(TimeZone::get("America/Chicago").unwrap());
        let line = BusinessLine::new("North <b>");
        settings.lines.insert(BUSINESS.parse().unwrap(), line);
        let board = Board::builder(engine.clone(), access).title("Soleil & Co");
        let board = set_up(board.location(location(), "Gold Coast", settings)).build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel();
        let service = serve(listener, board.routes("/board")).board(&board);
        let served = service.until(Shutdown::when(async { drop(stopped.await) }));
        Self {
            address,
            clock,
            engine,
            stop,
            served: tokio::spawn(served),
        }
    }

    async fn with_token() -> Self {
        let access = BoardAccess::Token(BoardToken::new(TOKEN).unwrap());
        Self::start(access, |board| board).await
    }

    /// A request with these header lines, and what comes back.
    async fn ask(&self, request: &str, headers: &str, body: &str) -> String {
        let (address, length) = (&self.address, body.len());
        let mut socket = TcpStream::connect(address).await.unwrap();
        let text = format!(
            "{request} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        socket.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn page(&self) -> String {
        self.ask("GET /board", &bearer(), "").await
    }

    async fn listen(&self) -> Listening {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        let (address, bearer) = (&self.address, bearer());
        let text = format!("GET /board/events HTTP/1.1\r\nhost: {address}\r\n{bearer}\r\n");
        socket.write_all(text.as_bytes()).await.unwrap();
        Listening {
            socket,
            heard: Vec::new(),
            clock: self.clock.clone(),
        }
    }

    /// A new caller, of whom the engine knows.
    async fn call(&self, name: &str, caller: &str) {
        let change = json!({"caller": caller, "contact": caller});
        let commit = Commit {
            entries: LedgerBuilder::default().missed(name, 3_600, change).0,
            ..Commit::default()
        };
        self.engine.store().commit(commit).await.unwrap();
        // What the engine itself commits is seen at once.
        self.engine.pause(&location()).await.unwrap();
    }
}

fn bearer() -> String {
    format!("authorization: Bearer {TOKEN}\r\n")
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap()
}

struct Listening {
    socket: TcpStream,
    heard: Vec<u8>,
    clock: HeldClock,
}

impl Listening {
    /// Lets time pass until this was heard, or the end. The server works in threads of its own, so it is looked for again and
    /// again; only a failing test looks so often.
    async fn hears(&mut self, what: &str) -> bool {
        for _ in 0..60_000 {
            if String::from_utf8_lossy(&self.heard).contains(what) {
                return true;
            }
            tokio::select! {
                biased;
                read = self.socket.read_buf(&mut self.heard) => {
                    if read.unwrap_or(0) == 0 {
                        return false;
                    }
                }
                () = tokio::time::sleep(Duration::from_millis(1)) => {
                    if self.clock.waiting() > 0 {
                        self.clock.advance(Duration::from_secs(1));
                    }
                }
            }
        }
        panic!("`{what}` is not shown");
    }
}

#[tokio::test]
async fn it_shows_who_waits_and_how_calls_stand() {
    let running = Running::with_token().await;
    let page = running.page().await;
    assert_eq!(status(&page), "200");
    let (_, body) = page.split_once("\r\n\r\n").unwrap();
    // Nobody finds a number, an unescaped word or another server in it.
    for (what, is_there) in [
        ("5550000002", false),
        ("<b>North", false),
        ("North &lt;b&gt;", true),
        ("http:", false),
        ("https:", false),
        ("Soleil &amp; Co", true),
    ] {
        assert_eq!(body.contains(what), is_there, "{what}");
    }
    let expected = "\
        Need somebody now|3|Missed callers today|4|Texted|3|Wrote back|1|Booked|1|Steps still to do|0|\
        Who needs somebody now|\
        The most urgent first, of today and the six days before. Call back in HighLevel; then they leave this list.|\
        Caller|Called|Waits for|Why|Where|\
        … 0002|North &lt;b&gt;|05:00|1 h|asks for a person; texted|North &lt;b&gt;|\
        … 0001|North &lt;b&gt;|Sun 31 May, 09:00|21 h|number cannot get texts (landline, toll-free, other country)|North &lt;b&gt;|\
        … 0004|North &lt;b&gt;|05:59|1 min|no text yet|North &lt;b&gt;|\
        Missed calls of today|The latest first, in the time of the line|At|Caller|How it stands|Where|\
        05:59|… 0004|North &lt;b&gt;|the text is on its way|needs somebody|North &lt;b&gt;|\
        05:15|… 0005|North &lt;b&gt;|spoke with the team|North &lt;b&gt;|\
        05:05|… 0003|North &lt;b&gt;|booked|North &lt;b&gt;|\
        05:00|… 0002|North &lt;b&gt;|asks for a person|North &lt;b&gt;|\
        Locations|Location|Health|Open callers|Checked for lost calls until|\
        Gold Coast|answers calls|0";
    assert_eq!(shown(body).join("|"), expected);
}

/// The words of the page's main part, one for each element.
fn shown(page: &str) -> Vec<&str> {
    let (_, main) = page.split_once("<main").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    let insides = main.split('<').filter_map(|piece| piece.split_once('>'));
    let insides = insides.map(|(_, inside)| inside.trim());
    insides.filter(|inside| !inside.is_empty()).collect()
}

#[tokio::test]
async fn a_policy_keeps_everything_else_out_and_nothing_is_kept() {
    let running = Running::with_token().await;
    let policy = |page: &str| {
        let line = page
            .lines()
            .find(|line| line.starts_with("content-security-policy: "));
        line.unwrap().to_owned()
    };
    let (first, second) = (running.page().await, running.page().await);
    let (one, other) = (policy(&first), policy(&second));
    assert!(
        one.starts_with(
            "content-security-policy: default-src 'none'; img-src data:; style-src 'nonce-"
        ),
        "{one}"
    );
    assert!(!one.contains("unsafe"), "{one}");
    assert_ne!(one, other, "a nonce is used once");
    assert!(first.contains("cache-control: no-store"));
    assert!(first.contains("referrer-policy: no-referrer"));
}

#[tokio::test]
async fn a_browser_gives_the_token_once_and_no_address_has_it() {
    let running = Running::with_token().await;
    for headers in [
        "",
        "authorization: Bearer another-token-of-a-board\r\n",
        "cookie: gohighlevel_board=1\r\n",
    ] {
        for path in ["/board", "/board/events"] {
            let answer = running.ask(&format!("GET {path}"), headers, "").await;
            assert_eq!(status(&answer), "401", "{path} {headers}");
            assert!(!answer.contains("0002"), "{path} {headers}");
        }
    }
    let browser = running.ask("GET /board", "accept: text/html\r\n", "").await;
    assert_eq!(status(&browser), "200");
    assert!(browser.contains("type=\"password\"") && !browser.contains("0002"));
    let wrong = running
        .ask("POST /board", "", "token=another-token-of-a-board")
        .await;
    assert_eq!(status(&wrong), "401");
    assert!(wrong.contains("not the token") && !wrong.contains("set-cookie"));

    let right = running
        .ask(
            "POST /board",
            "x-forwarded-proto: https\r\n",
            &format!("token={TOKEN}"),
        )
        .await;
    assert_eq!(status(&right), "303");
    assert!(right.contains("location: /board\r\n"), "{right}");
    let cookie = right
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    assert!(
        cookie.ends_with("; Path=/board; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure"),
        "{cookie}"
    );
    assert!(!cookie.contains(TOKEN));
    let (cookie, _) = cookie.split_once(';').unwrap();
    let headers = format!("cookie: other=1; {cookie}\r\n");
    assert_eq!(
        status(&running.ask("GET /board", &headers, "").await),
        "200"
    );
}

#[test]
fn a_token_that_keeps_nobody_out_is_none() {
    assert!(BoardToken::new("fifteen letters").is_err());
    let token = BoardToken::new("sixteen letters!").unwrap();
    assert_eq!(format!("{token:?}"), "BoardToken { .. }");
}

#[tokio::test]
async fn behind_the_hosts_own_authentication_it_asks_for_nothing() {
    let running = Running::start(BoardAccess::Host, |board| board).await;
    assert_eq!(status(&running.ask("GET /board", "", "").await), "200");
    assert_eq!(
        status(&running.ask("POST /board", "", "token=1").await),
        "404"
    );
}

#[tokio::test]
async fn a_change_reaches_all_who_listen_and_nobody_waits_for_the_slow() {
    let running = Running::with_token().await;
    let mut listening = running.listen().await;
    assert!(listening.hears("… 0002").await);
    // It reads nothing from here on.
    let slow = running.listen().await;
    for number in 0..20 {
        running
            .call(&format!("more-{number}"), &format!("+155500001{number:02}"))
            .await;
        assert!(listening.hears(&format!("01{number:02}")).await);
    }
    drop(slow);
}

#[tokio::test]
async fn listeners_are_bounded_and_let_go_at_the_end() {
    let access = BoardAccess::Token(BoardToken::new(TOKEN).unwrap());
    let running = Running::start(access, |board| board.most_listeners(1)).await;
    let mut listening = running.listen().await;
    assert!(listening.hears("0002").await);
    let refused = running.ask("GET /board/events", &bearer(), "").await;
    assert_eq!(status(&refused), "503");
    assert!(refused.contains("retry-after: "));
    assert_eq!(status(&running.page().await), "200");

    running.stop.send(()).unwrap();
    assert!(!listening.hears("not to be heard").await, "it ends");
    assert!(running.served.await.unwrap().is_complete());
}
