//! The threads that own a connection each. Writing jobs that wait together run in one transaction, each in a savepoint
//! of its own, and are answered after the one write to the disk that all of them share. Reading jobs have threads of
//! their own and wait for no disk: each sees all that was answered before it was asked.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::super::StoreError;
use crate::sqlite::Failure;

/// The most jobs that share one write. Each takes some 30 µs, and the first of them waits for the last.
const GROUP: usize = 256;

/// Runs in the group's transaction, where there is one, and gives back what tells the waiting caller once it is known
/// whether the group's write reached the disk.
type Job = Box<dyn FnOnce(Option<&Connection>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Option<&rusqlite::Error>) + Send>;

/// A handle to the thread. Dropping it waits until the jobs are done and the thread has ended, so that nothing is
/// written any more by the time the file is free for the next store.
#[derive(Debug)]
pub(super) struct Worker {
    /// `None` once it is being dropped.
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
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
    pub(super) fn writing(connection: Connection) -> std::io::Result<Self> {
        Self::start("gohighlevel-store", connection, write)
    }

    pub(super) fn reading(name: &str, connection: Connection) -> std::io::Result<Self> {
        Self::start(name, connection, read)
    }

    fn start(
        name: &str,
        connection: Connection,
        work: fn(&Connection, &Receiver<Job>),
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = channel();
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || work(&connection, &waiting))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Runs `job` on the connection. All that it reads is of one moment. What it wrote is on the disk when this returns;
    /// if it fails, nothing of it is.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        doing: &'static str,
        job: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |transaction| {
            let result = transaction.map(|connection| in_savepoint(connection, job));
            Box::new(move |failure| {
                let result = match (failure, result) {
                    (Some(error), _) => Err(error.to_string().into()),
                    (None, Some(result)) => result,
                    (None, None) => Err("there was no transaction".into()),
                };
                // Whoever asked may have gone.
                let _ = tell.send(result);
            })
        });
        let stopped = || StoreError::new(doing, "the store's thread has stopped");
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).map_err(|_| stopped())?;
        told.await
            .map_err(|_| stopped())?
            .map_err(|error| StoreError::new(doing, error))
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

fn write(connection: &Connection, waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let group = std::iter::once(first).chain(waiting.try_iter().take(GROUP - 1));
        let begun = connection.execute_batch("BEGIN IMMEDIATE");
        // Some failures (a full disk) make SQLite take back the whole transaction. Whatever ran after that would be
        // written by itself, though everybody in the group is told that nothing was.
        let transaction = || (!connection.is_autocommit()).then_some(connection);
        let answers: Vec<Answer> = group.map(|job| job(transaction())).collect();
        let ended = begun.and_then(|()| connection.execute_batch("COMMIT"));
        if ended.is_err() && !connection.is_autocommit() {
            // If even this fails, the next BEGIN does too, and its jobs are told.
            let _ = connection.execute_batch("ROLLBACK");
        }
        for answer in answers {
            answer(ended.as_ref().err());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_read_whose_savepoint_stays_open_keeps_no_other_in_its_moment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let writes = crate::sqlite::open(&path).unwrap();
        writes.execute_batch("CREATE TABLE t (n)").unwrap();
        let reader = Worker::reading("read", crate::sqlite::open(&path).unwrap()).unwrap();
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
