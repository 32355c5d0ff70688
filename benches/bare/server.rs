//! A server that sends the same response to every request, as fast as it can, also in a process of its own.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The variable that tells a process to be the server.
const SERVE: &str = "GOHIGHLEVEL_BENCH_SERVE";
/// The maximum length of a request's head.
const LARGEST_HEAD: usize = 16 * 1024;
/// HighLevel's documented headers, with a limit that is never reached.
const LIMITS: &str = "x-ratelimit-limit-daily: 200000000\r\nx-ratelimit-daily-remaining: 199999999\r\n\
                      x-ratelimit-interval-milliseconds: 1\r\nx-ratelimit-max: 10000\r\n\
                      x-ratelimit-remaining: 9999\r\n";

/// A complete response: status line, headers, body.
pub(crate) fn answer(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\n{LIMITS}content-length: {length}\r\n\r\n{body}"
    )
}

/// Sends `answer` to every request of a connection; requests have no body. Calls `seen` with the target of each.
pub(crate) async fn converse(mut stream: TcpStream, answer: Arc<str>, seen: impl Fn(&str) + Send) {
    // Each response is awaited.
    let _ = stream.set_nodelay(true);
    let mut buffer = vec![0; LARGEST_HEAD];
    let mut filled = 0;
    loop {
        match stream.read(&mut buffer[filled..]).await {
            Ok(0) | Err(_) => return,
            Ok(more) => filled += more,
        }
        let end = |head: &[u8]| head.windows(4).position(|four| four == b"\r\n\r\n");
        while let Some(end) = end(&buffer[..filled]) {
            let head = String::from_utf8_lossy(&buffer[..end]);
            seen(head.split(' ').nth(1).unwrap_or_default());
            buffer.copy_within(end + 4..filled, 0);
            filled -= end + 4;
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

/// This program once more, as the server. It ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    url: String,
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .env(SERVE, "1")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        if let Some(said) = process.stdout.take() {
            BufReader::new(said).read_line(&mut url)?;
        }
        let url = url.trim().to_owned();
        Ok(Self { process, url })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs the server forever if [`Server::start`] started this process.
pub(crate) fn serve_if_asked(body: &str) -> io::Result<()> {
    if std::env::var_os(SERVE).is_none() {
        return Ok(());
    }
    let answer: Arc<str> = answer("200 OK", "application/json; charset=utf-8", body).into();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        {
            use std::io::Write;
            writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
        }
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(converse(stream, Arc::clone(&answer), |_| {}));
        }
    })
}
