//! A server that sends the same response to every request, for responses that FakeGhl never sends.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::bare::server::{answer, converse};
use crate::scene::Anything;

/// The server. It stops when it is dropped.
pub struct OneAnswer {
    url: String,
    targets: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl OneAnswer {
    pub async fn start(status: &str, content_type: &str, body: &str) -> Anything<Self> {
        let answer: Arc<str> = answer(status, content_type, body).into();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let targets = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&targets);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                let tell = move |target: &str| {
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    seen.push(target.to_owned());
                };
                tokio::spawn(converse(stream, answer, tell));
            }
        });
        Ok(Self { url, targets, task })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The path and query of the last request.
    pub fn last_target(&self) -> Option<String> {
        let targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        targets.last().cloned()
    }
}

impl Drop for OneAnswer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
