//! The threads, each of which owns a connection. Writing jobs share one ([`writer`](super::writer)). Reading jobs have their
//! own threads and do not wait for the disk. A reading job sees every write that was answered before the job was sent.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::condition::Condition;
use super::writer::Writer;
use crate::recipes::missed_call::store::StoreError;
use crate::sqlite::{Failure, FileFault};

/// Runs in the group's transaction, if there is one. Returns a function that answers the waiting caller once it is known
/// whether the group's write reached the disk.
pub(super) type Job = Box<dyn FnOnce(Option<&Connection>) -> Answer + Send>;
pub(super) type Answer = Box<dyn FnOnce(Option<&Refused>) + Send>;

/// Why a whole group failed.
#[derive(Debug, Clone)]
pub(super) enum Refused {
    File(FileFault),
    Sqlite(String),
}

impl From<FileFault> for Refused {
    fn from(fault: FileFault) -> Self {
        Self::File(fault)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::File(fault) => Box::new(fault),
            Refused::Sqlite(text) => text.into(),
        }
    }
}

/// A handle to the thread. Dropping it waits until the jobs are done and the thread has ended, so that no write happens
/// after the file is free for the next store.
#[derive(Debug)]
pub(super) struct Worker {
    /// `None` once it is being dropped.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    condition: Arc<Condition>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}

impl Worker {
    pub(super) fn writing(writer: Writer, condition: &Arc<Condition>) -> std::io::Result<Self> {
        Self::start("gohighlevel-store", condition, |jobs| writer.work(&jobs))
    }

    pub(super) fn reading(
        name: &str,
        connection: Connection,
        condition: &Arc<Condition>,
    ) -> std::io::Result<Self> {
        Self::start(name, condition, move |jobs| read(&connection, &jobs))
    }

    fn start(
        name: &str,
        condition: &Arc<Condition>,
        work: impl FnOnce(Receiver<Job>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = channel();
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || work(waiting))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            condition: Arc::clone(condition),
        })
    }

    /// Runs `job` on the connection. The job reads one consistent snapshot. Its writes are on the disk when this returns; if
    /// it fails, none of them is.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        doing: &'static str,
        job: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let condition = Arc::clone(&self.condition);
        let job: Job = Box::new(move |transaction| {
            let result = transaction.map(|connection| in_savepoint(connection, job));
            if let Some(Err(failure)) = &result {
                condition.note(failure);
            }
            Box::new(move |refused| {
                let result = match (refused, result) {
                    (Some(refused), _) => Err(refused.clone().into()),
                    (None, Some(result)) => result,
                    (None, None) => Err("there was no transaction".into()),
                };
                // The caller may have gone.
                let _ = sender.send(result);
            })
        });
        let stopped = || StoreError::new(doing, "the store's thread has stopped");
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).map_err(|_| stopped())?;
        let done = receiver.await.map_err(|_| stopped())?;
        done.map_err(|failure| self.condition.error(doing, failure))
    }
}

fn in_savepoint<T>(
    connection: &Connection,
    job: impl FnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    run(connection, "SAVEPOINT job")?;
    let result = job(connection);
    if result.is_err() {
        run(connection, "ROLLBACK TO job")?;
    }
    run(connection, "RELEASE job")?;
    result
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

fn read(connection: &Connection, waiting: &Receiver<Job>) {
    while let Ok(job) = waiting.recv() {
        // Outside a transaction a savepoint is one.
        let answer = job(Some(connection));
        if !connection.is_autocommit() {
            // It could not be released. All later reads would see what it saw.
            let _ = connection.execute_batch("ROLLBACK");
        }
        answer(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_read_whose_savepoint_stays_open_keeps_no_other_in_its_moment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let open = || Connection::open(&path).unwrap();
        let writes = open();
        writes.execute_batch("CREATE TABLE t (n)").unwrap();
        let condition = Arc::new(Condition::of(&path));
        let reader = Worker::reading("read", open(), &condition).unwrap();
        let count = |connection: &Connection| -> Result<i64, Failure> {
            Ok(connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?)
        };
        let broken = reader.run("read", move |connection| {
            // As if `RELEASE` failed: there is nothing of that name any more.
            connection.execute_batch("SAVEPOINT other; RELEASE job; SAVEPOINT left")?;
            count(connection)
        });
        assert!(broken.await.is_err());
        writes.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        assert_eq!(reader.run("read", count).await.unwrap(), 1);
    }
}
