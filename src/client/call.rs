//! A typed request that is sent when it is awaited, and its whole response.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::error::{Error, Result};

type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<Response<T>>> + Send + 'a>>;

/// A request that is sent when it is awaited, and gives the value of its answer. Every typed method that reads an
/// answer returns one.
///
/// The value holds what this crate has a type for. What HighLevel says besides is reached by
/// [`response`](Self::response):
///
/// ```no_run
/// # async fn example(location: &gohighlevel::client::Location) -> Result<(), Box<dyn std::error::Error>> {
/// # let id = "ocQHyuzHvysMo5N5VsXc".parse()?;
/// let contact = location.contacts().get(&id).await?;
///
/// let response = location.contacts().get(&id).response().await?;
/// let body: serde_json::Value = serde_json::from_slice(response.raw())?;
/// println!("{}: {}", response.value().id, body["traceId"]);
/// # Ok(()) }
/// ```
#[must_use = "a request is sent when it is awaited"]
pub struct Call<'a, T> {
    answering: Answering<'a, T>,
}

impl<'a, T> Call<'a, T> {
    pub(super) fn new(answering: impl Future<Output = Result<Response<T>>> + Send + 'a) -> Self {
        Self {
            answering: Box::pin(answering),
        }
    }

    /// Sends the request and gives the whole answer.
    ///
    /// Fails as awaiting the call itself does.
    pub async fn response(self) -> Result<Response<T>> {
        self.answering.await
    }

    /// The same request with another value made of its answer.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'a) -> Call<'a, U>
    where
        T: 'a,
    {
        let answering = self.answering;
        Call::new(async move {
            let Response { value, status, raw } = answering.await?;
            let value = change(value);
            Ok(Response { value, status, raw })
        })
    }

    /// The same request with more in its error.
    pub(crate) fn explain<F>(self, explain: impl FnOnce(Error) -> F + Send + 'a) -> Self
    where
        F: Future<Output = Error> + Send,
        T: 'a,
    {
        let answering = self.answering;
        Call::new(async move {
            let error = match answering.await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            Err(explain(error).await)
        })
    }

    /// The same request, if the check before it went well; otherwise nothing is sent, and the check's error is given.
    pub(crate) fn only_if(self, check: Result<()>) -> Self
    where
        T: 'a,
    {
        match check {
            Ok(()) => self,
            Err(error) => Self::new(async move { Err(error) }),
        }
    }
}

impl<T> Future for Call<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = self.answering.as_mut().poll(context);
        answer.map_ok(Response::into_value)
    }
}

impl<T> fmt::Debug for Call<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}

/// An answer with a 2xx status: the value read from it, and its body as it came. Made by [`Call::response`].
///
/// The body holds names, numbers and texts, so it does not show in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Response<T> {
    pub(super) value: T,
    pub(super) status: u16,
    pub(super) raw: Bytes,
}

impl<T> Response<T> {
    /// What the crate has a type for.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// What the crate has a type for, without the rest.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The HTTP status, such as 201.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The body as it came, in JSON, with every field that HighLevel sent.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
