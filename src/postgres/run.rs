//! How statements reach the database: alone, several at once, or as a transaction, in one round trip each.

use std::ops::Deref;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use deadpool_postgres::Object;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use super::error::DatabaseError;
use super::statement::Statement;
use super::{Database, Tries};
use crate::clock::{Clock, SystemClock};

/// What is not answered within this time is given up with its connection. It is longer than any wait for a lock that another
/// process holds.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);

/// A process that stops in the middle of a transaction must not hold its locks for longer than this.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const BEGIN_AND_GO_ON: &str =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = '5s'";

/// A connection that is closed unless it is given back: one that is dropped in the middle of something, such as a
/// transaction, serves nobody after that.
pub(crate) struct Held(Option<Object>);

impl Held {
    /// Returns the connection to the pool.
    pub(crate) fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

/// The rows of each statement, in order.
pub(crate) type Answers = Vec<Vec<Row>>;

impl Database {
    /// The statement for this database: with its schema.
    fn placed(&self, statement: &Statement) -> String {
        let schema = format!("\"{}\".", self.0.schema);
        statement.sql().replace("@.", &schema)
    }

    async fn hold(&self) -> Result<Held, DatabaseError> {
        Ok(Held(Some(self.0.pool.get().await?)))
    }

    /// The rows of one statement. It is asked again after failures, so that it must do no harm twice.
    pub(crate) async fn query(&self, statement: &Statement) -> Result<Vec<Row>, DatabaseError> {
        let mut answers = self.queries(std::slice::from_ref(statement)).await?;
        Ok(answers.pop().unwrap_or_default())
    }

    /// The rows of several statements, each a transaction of its own, in one round trip. They are asked again after failures.
    pub(crate) async fn queries(&self, statements: &[Statement]) -> Result<Answers, DatabaseError> {
        let mut tries = Tries::default();
        loop {
            match self.queries_once(statements).await {
                Ok(answers) => return Ok(answers),
                Err(error) => tries.wait(error).await?,
            }
        }
    }

    async fn queries_once(&self, statements: &[Statement]) -> Result<Answers, DatabaseError> {
        let held = self.hold().await?;
        let answers = held.pipeline(self, None, statements, None).await?;
        held.give_back();
        Ok(answers)
    }

    /// All of it in one transaction and one round trip; where a statement fails, nothing is written. After
    /// [`Fault::Broken`](super::Fault::Broken) it may be written all the same.
    pub(crate) async fn transaction(
        &self,
        statements: &[Statement],
    ) -> Result<Answers, DatabaseError> {
        let held = self.hold().await?;
        let done = held.pipeline(self, Some(BEGIN), statements, Some("COMMIT"));
        let done = done.await;
        if done.as_ref().err().is_none_or(DatabaseError::is_over) {
            held.give_back();
        }
        done
    }

    /// Begins a transaction with these statements. It goes on with [`finish`](Self::finish), and ends without a trace where
    /// the connection is dropped.
    pub(crate) async fn begin(
        &self,
        statements: &[Statement],
    ) -> Result<(Held, Answers), DatabaseError> {
        let held = self.hold().await?;
        let answers = held.pipeline(self, Some(BEGIN_AND_GO_ON), statements, None);
        let answers = answers.await?;
        Ok((held, answers))
    }

    /// Ends a transaction with these statements.
    pub(crate) async fn finish(
        &self,
        held: Held,
        statements: &[Statement],
    ) -> Result<Answers, DatabaseError> {
        let answers = held
            .pipeline(self, None, statements, Some("COMMIT"))
            .await?;
        held.give_back();
        Ok(answers)
    }
}

/// A statement as it is sent: its SQL and typed values, or its name on this connection and values.
enum Ready<'s> {
    Unnamed(String, Vec<(&'s (dyn ToSql + Sync), Type)>),
    Named(tokio_postgres::Statement, Vec<&'s (dyn ToSql + Sync)>),
}

impl Ready<'_> {
    async fn query(&self, client: &Client) -> Result<Vec<Row>, tokio_postgres::Error> {
        match self {
            Self::Unnamed(sql, values) => client.query_typed(sql, values).await,
            Self::Named(name, values) => client.query(name, values).await,
        }
    }
}

impl Held {
    fn object(&self) -> Result<&Object, DatabaseError> {
        let object = self.0.as_ref();
        object.ok_or_else(|| DatabaseError::broken("the connection was given back"))
    }

    /// Prepares a statement, where connections keep them and this one does not have it yet.
    async fn ready<'s>(
        &self,
        database: &Database,
        statement: &'s Statement,
    ) -> Result<Ready<'s>, DatabaseError> {
        let (sql, values) = (database.placed(statement), statement.values());
        if !database.0.prepared {
            return Ok(Ready::Unnamed(sql, values));
        }
        let (values, types): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        let name = self.object()?.prepare_typed_cached(&sql, &types).await?;
        Ok(Ready::Named(name, values))
    }

    /// Sends all of it at once, and then reads what comes back. The first error counts: those after it follow from it.
    async fn pipeline(
        &self,
        database: &Database,
        first: Option<&str>,
        statements: &[Statement],
        last: Option<&str>,
    ) -> Result<Answers, DatabaseError> {
        let client: &Client = self.object()?.deref().deref();
        let all = async {
            let mut ready = Vec::with_capacity(statements.len());
            for statement in statements {
                ready.push(self.ready(database, statement).await?);
            }
            // All are sent in this order before any answer is waited for.
            let begun = match first {
                Some(sql) => Some(Sent::send(client.batch_execute(sql)).await),
                None => None,
            };
            let mut sent = Vec::with_capacity(ready.len());
            for statement in &ready {
                sent.push(Sent::send(statement.query(client)).await);
            }
            let ended = match last {
                Some(sql) => Some(Sent::send(client.batch_execute(sql)).await),
                None => None,
            };
            let mut failed = None;
            if let Some(begun) = begun {
                failed = begun.answer().await.err();
            }
            let mut answers = Vec::with_capacity(sent.len());
            for query in sent {
                match query.answer().await {
                    Ok(rows) => answers.push(rows),
                    Err(error) => failed = failed.or(Some(error)),
                }
            }
            if let Some(ended) = ended {
                failed = failed.or(ended.answer().await.err());
            }
            match failed {
                Some(error) => Err(DatabaseError::from(error)),
                None => Ok(answers),
            }
        };
        tokio::select! {
            biased;
            answers = all => answers,
            () = SystemClock.sleep(ANSWERED_WITHIN) => Err(DatabaseError::broken(format!(
                "the database did not answer within {} seconds",
                ANSWERED_WITHIN.as_secs()
            ))),
        }
    }
}

/// A request that has left, and may have been answered.
enum Sent<F: Future> {
    Waits(Pin<Box<F>>),
    Answered(F::Output),
}

impl<F: Future> Sent<F> {
    /// A request leaves when its future is polled for the first time.
    async fn send(request: F) -> Self {
        let mut request = Box::pin(request);
        let first = std::future::poll_fn(|context| Poll::Ready(request.as_mut().poll(context)));
        match first.await {
            Poll::Ready(answer) => Self::Answered(answer),
            Poll::Pending => Self::Waits(request),
        }
    }

    async fn answer(self) -> F::Output {
        match self {
            Self::Waits(request) => request.await,
            Self::Answered(answer) => answer,
        }
    }
}

/// The first row of the first answer.
#[cfg(feature = "missed-call")]
pub(crate) fn first(answers: &Answers) -> Option<&Row> {
    answers.first()?.first()
}
