//! Requests the end of a service, and makes sure that its process ends.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::clock::{Clock as _, SystemClock};

/// How long a service has to end unless [`Shutdown::within`] says otherwise.
const BOUND: Duration = Duration::from_secs(10);

/// When a service is to end, and how long that may take.
///
/// ```no_run
/// # fn example() -> std::io::Result<()> {
/// use std::time::Duration;
/// use gohighlevel::serve::Shutdown;
///
/// let on_signal = Shutdown::on_signal()?.within(Duration::from_secs(25));
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let by_the_host = Shutdown::when(async { drop(stopped.await) });
/// # Ok(()) }
/// ```
#[must_use]
pub struct Shutdown {
    pub(super) requested: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// In milliseconds. The thread that ends the process reads it.
    bound: Arc<AtomicU64>,
}

impl Shutdown {
    /// When `requested` completes. The process is the host's to end.
    pub fn when(requested: impl Future<Output = ()> + Send + 'static) -> Self {
        Self {
            requested: Box::pin(requested),
            bound: Arc::new(AtomicU64::new(milliseconds(BOUND))),
        }
    }

    /// On SIGTERM or Ctrl-C (elsewhere than on Unix, Ctrl-C alone), which are caught from the call on.
    ///
    /// From the first signal on the *process* ends within the bound, with exit code 0 at the latest when it is over: a
    /// thread of its own sees to that, because tokio's runtime waits on its way out for all that blocks a thread, such as a
    /// name that is being looked up. That is as safe as a crash: what is durable stays, the rest is settled at the next
    /// start. A second signal ends the process at once, with 128 and the signal's number as exit code.
    ///
    /// So it is for programs that end when their service does. If the `Shutdown` was dropped before, a signal ends the
    /// process at once.
    ///
    /// Fails if the system lets no signal be caught or no thread be started.
    pub fn on_signal() -> io::Result<Self> {
        let bound = Arc::new(AtomicU64::new(milliseconds(BOUND)));
        let (request, requested) = oneshot::channel();
        let (ready, started) = mpsc::sync_channel(1);
        let of_thread = Arc::clone(&bound);
        thread::Builder::new()
            .name("gohighlevel-signals".into())
            .spawn(move || watch(&of_thread, request, &ready))?;
        started.recv().map_err(io::Error::other)??;
        Ok(Self {
            // The thread outlives the process's other ones.
            requested: Box::pin(async { drop(requested.await) }),
            bound,
        })
    }

    /// Within this time, 10 seconds otherwise. Choose it shorter than what your supervisor leaves a process before it
    /// kills it: 30 seconds in Kubernetes, 90 with systemd, 10 with Docker.
    pub fn within(self, bound: Duration) -> Self {
        self.bound.store(milliseconds(bound), Ordering::SeqCst);
        self
    }

    pub(super) fn bound(&self) -> Duration {
        Duration::from_millis(self.bound.load(Ordering::SeqCst))
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown")
            .field("within", &self.bound())
            .finish_non_exhaustive()
    }
}

fn milliseconds(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}

/// The process must be gone within the bound, so its last end begins this much before it: Docker kills after 10 seconds sharp.
const LAST_PART: Duration = Duration::from_millis(200);

/// Waits for signals on a runtime of its own, so that nothing which blocks the service keeps them from being heard.
fn watch(
    bound: &AtomicU64,
    request: oneshot::Sender<()>,
    ready: &mpsc::SyncSender<io::Result<()>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let report = |result| {
        // The thread that started this one waits for it.
        let _ = ready.send(result);
    };
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return report(Err(error)),
    };
    runtime.block_on(async {
        let mut signals = match Signals::catch() {
            Ok(signals) => signals,
            Err(error) => return report(Err(error)),
        };
        report(Ok(()));
        let first = signals.next().await;
        if request.send(()).is_err() {
            std::process::exit(first);
        }
        let bound = Duration::from_millis(bound.load(Ordering::SeqCst));
        tracing::info!(?bound, "the service ends; another signal ends it at once");
        let code = tokio::select! {
            second = signals.next() => second,
            () = SystemClock.sleep(bound.saturating_sub(LAST_PART.min(bound / 20))) => {
                tracing::warn!("the time for an orderly end is over; what was under way is settled at the next start");
                0
            }
        };
        std::process::exit(code);
    });
}

/// The signals that ask a process to end.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The exit code of a process that ends by the next signal.
    async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}

/// The signals that ask a process to end.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn catch() -> io::Result<Self> {
        Ok(Self)
    }

    /// The exit code of a process that ends by the next signal.
    async fn next(&mut self) -> i32 {
        if tokio::signal::ctrl_c().await.is_err() {
            // It cannot be caught, and ends the process by itself.
            std::future::pending::<()>().await;
        }
        130
    }
}
