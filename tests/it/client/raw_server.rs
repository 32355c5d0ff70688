//! A server that writes bytes rather than HTTP: what a gateway, a proxy or a dying process may put on the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What becomes of a request, and then of its connection.
#[derive(Debug, Clone)]
pub(super) enum Wire {
    /// The connection is closed before anything is read.
    CloseAtOnce,
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes; the connection stays for the next request.
    Keep(Vec<u8>),
    /// These bytes, then nothing any more.
    Silence(Vec<u8>),
    /// The first bytes, then the second ones a little at a time, for ever.
    Trickle(Vec<u8>, Vec<u8>),
    /// The first bytes, then the second ones as fast as they are taken, for ever.
    Flood(Vec<u8>, Vec<u8>),
}

/// Plays one step for each request, and the last one for ever. It stops when it is dropped.
pub(super) struct RawServer {
    pub(super) url: String,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicUsize,
    connections: AtomicUsize,
    step: AtomicUsize,
    flooded: AtomicUsize,
}

impl RawServer {
    pub(super) async fn start(steps: impl IntoIterator<Item = Wire>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let steps: Arc<Vec<Wire>> = Arc::new(steps.into_iter().collect());
        let counts = Arc::new(Counts::default());
        let task = tokio::spawn({
            let counts = Arc::clone(&counts);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    counts.connections.fetch_add(1, Ordering::SeqCst);
                    let (steps, counts) = (Arc::clone(&steps), Arc::clone(&counts));
                    // An error is a client that went away.
                    tokio::spawn(async move { serve(stream, &steps, &counts).await.ok() });
                }
            }
        });
        Self { url, counts, task }
    }

    /// How many requests were read whole.
    pub(super) fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }

    pub(super) fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// How many bytes of floods the system has taken.
    pub(super) fn flooded(&self) -> usize {
        self.counts.flooded.load(Ordering::SeqCst)
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, steps: &[Wire], counts: &Counts) -> std::io::Result<()> {
    loop {
        let number = counts.step.load(Ordering::SeqCst);
        let step = &steps[number.min(steps.len() - 1)];
        if matches!(step, Wire::CloseAtOnce) {
            counts.step.fetch_add(1, Ordering::SeqCst);
            return Ok(());
        }
        read_request(&mut stream).await?;
        counts.requests.fetch_add(1, Ordering::SeqCst);
        counts.step.fetch_add(1, Ordering::SeqCst);
        match step {
            Wire::CloseAtOnce => return Ok(()),
            Wire::Bytes(bytes) => {
                stream.write_all(bytes).await?;
                return stream.shutdown().await;
            }
            Wire::Keep(bytes) => stream.write_all(bytes).await?,
            Wire::Silence(bytes) => {
                stream.write_all(bytes).await?;
                // Until the client goes away.
                return read_some(&mut stream, &mut Vec::new()).await;
            }
            Wire::Trickle(first, then) => {
                stream.write_all(first).await?;
                loop {
                    stream.write_all(then).await?;
                    // The pace of a slow sender. What it proves does not depend on its length.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            Wire::Flood(first, then) => {
                stream.write_all(first).await?;
                loop {
                    stream.write_all(then).await?;
                    counts.flooded.fetch_add(then.len(), Ordering::SeqCst);
                }
            }
        }
    }
}

/// Reads the head, and the body that it announces.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut read = Vec::new();
    let head = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        read_some(stream, &mut read).await?;
    };
    let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
    let length: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    while read.len() < head + length {
        read_some(stream, &mut read).await?;
    }
    Ok(())
}

async fn read_some(stream: &mut TcpStream, read: &mut Vec<u8>) -> std::io::Result<()> {
    match stream.read_buf(read).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}
