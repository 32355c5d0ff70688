//! A way to the server that loses the answer to a COMMIT, or the COMMIT itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

/// COMMIT as a message to the server, and the server's word that it is done.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";
const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";

/// Where the connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// COMMIT does not reach the server.
    BeforeCommit,
    /// The server has committed, and its answer does not come back.
    AfterCommit,
}

/// The way to the server.
pub(crate) struct Proxy {
    port: u16,
    before: Arc<AtomicUsize>,
    after: Arc<AtomicUsize>,
}

fn position(bytes: &[u8], of: &[u8]) -> Option<usize> {
    bytes.windows(of.len()).position(|window| window == of)
}

/// Whether this is one of those to be cut.
fn is_to_be_cut(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    })
    .is_ok()
}

impl Proxy {
    pub(crate) async fn start(socket: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (before, after) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (cut_before, cut_after) = (Arc::clone(&before), Arc::clone(&after));
        let socket = socket.to_owned();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (before, after) = (Arc::clone(&cut_before), Arc::clone(&cut_after));
                tokio::spawn(forward(client, socket.clone(), before, after));
            }
        });
        Self {
            port,
            before,
            after,
        }
    }

    pub(crate) fn url(&self) -> String {
        let port = self.port;
        format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable")
    }

    /// Cuts the connections of the next COMMITs.
    pub(crate) fn cut(&self, cut: Cut, times: usize) {
        let left = match cut {
            Cut::BeforeCommit => &self.before,
            Cut::AfterCommit => &self.after,
        };
        left.store(times, Ordering::SeqCst);
    }

    /// How many are still to be cut.
    pub(crate) fn left(&self) -> usize {
        self.before.load(Ordering::SeqCst) + self.after.load(Ordering::SeqCst)
    }
}

/// Forwards until one end closes, or the connection is cut: both ends are then closed.
async fn forward(
    mut client: TcpStream,
    socket: PathBuf,
    before: Arc<AtomicUsize>,
    after: Arc<AtomicUsize>,
) {
    let Ok(mut server) = UnixStream::connect(socket).await else {
        return;
    };
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(bytes @ 1..) = read else { return };
                let bytes = &asked[..bytes];
                let whole = match position(bytes, COMMIT) {
                    Some(place) if is_to_be_cut(&before) => &bytes[..place],
                    _ => bytes,
                };
                if server.write_all(whole).await.is_err() || whole.len() < bytes.len() {
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(bytes @ 1..) = read else { return };
                let bytes = &answered[..bytes];
                let is_lost = position(bytes, COMMITTED).is_some() && is_to_be_cut(&after);
                if is_lost || client.write_all(bytes).await.is_err() {
                    return;
                }
            }
        }
    }
}
