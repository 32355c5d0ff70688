//! The network between a worker and the platform: it has latency, injects faults, and ends when its worker crashes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::client::{Transport, TransportError};
use gohighlevel::clock::Clock as _;
use gohighlevel::error::TransportErrorKind;
use http::header::DATE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

use super::faults::Fault;
use super::mutants::Mutant;
use super::oracle::StepAction;
use super::plan::CrashPoint;
use super::worker::{Life, lock};
use super::world::World;

/// How long a request waits for its answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

pub(super) struct Network {
    world: Arc<World>,
    life: Arc<Life>,
}

impl Network {
    pub(super) fn new(world: &Arc<World>, life: &Arc<Life>) -> Self {
        Self {
            world: Arc::clone(world),
            life: Arc::clone(life),
        }
    }

    async fn reach(&self, point: CrashPoint) {
        let worker = &self.world.workers[self.life.worker];
        worker.pass(&self.life, point, &self.world.time).await;
    }

    /// Both the platform and the gateway date their answers, or neither does.
    fn date(&self, headers: &mut HeaderMap) {
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&self.world.time.now());
        let date = date.ok().and_then(|date| HeaderValue::try_from(date).ok());
        match date.filter(|_| self.world.dates_answers) {
            Some(date) => drop(headers.insert(DATE, date)),
            None => drop(headers.remove(DATE)),
        }
    }

    async fn travel(&self) {
        let moment = Duration::from_millis(fastrand::u64(20..150));
        self.world.time.sleep(moment).await;
        self.life.goes_on().await;
    }

    /// The platform performs the request.
    async fn arrive(
        &self,
        request: Request<Bytes>,
        left: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let action = action(&request);
        let path = request.uri().path().to_owned();
        let is_export = path.ends_with("/export");
        let writes = *request.method() != Method::GET && !path.ends_with("/search");
        let answer = self.world.platform.transport().call(request).await?;
        if writes && answer.status().is_success() {
            self.world.oracle(|oracle, _| oracle.written(&path, left));
        }
        if let Some(action) = action.filter(|_| answer.status().is_success()) {
            self.world.accepted(action, left);
        }
        self.world.send_new_webhooks(None);
        if self.world.mutant == Some(Mutant::FindsNothing) && is_export {
            return Ok(empty_export());
        }
        Ok(answer)
    }
}

#[async_trait]
impl Transport for Network {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.life.goes_on().await;
        self.reach(CrashPoint::BeforeRequest).await;
        let left = self.world.time.elapsed();
        let fault = lock(&self.world.faults).take(request.method(), request.uri().path(), left);
        self.travel().await;
        let mut answer = match fault {
            None => self.arrive(request, left).await,
            Some(fault) if fault.has_effect() => {
                if self.world.mutant == Some(Mutant::SendsTwice) {
                    self.arrive(request.clone(), left).await?;
                }
                self.arrive(request, left).await?;
                failed_response(fault)
            }
            Some(fault) => failed_response(fault),
        };
        if let Ok(answer) = &mut answer {
            self.date(answer.headers_mut());
        }
        self.reach(CrashPoint::AfterRequest).await;
        if fault == Some(Fault::Hangs) {
            self.world.time.sleep(ANSWER_TIMEOUT).await;
        }
        self.travel().await;
        answer
    }
}

/// The response, or the error, that the engine gets for this fault.
fn failed_response(fault: Fault) -> Result<Response<Bytes>, TransportError> {
    match fault {
        Fault::NoConnection => Err(TransportError::new(
            TransportErrorKind::Connect,
            "no connection (injected fault)",
        )),
        Fault::LostBefore | Fault::LostAfter => Err(lost()),
        Fault::Hangs => Err(TransportError::new(
            TransportErrorKind::Timeout,
            "no answer (injected fault)",
        )),
        Fault::Unavailable => Ok(refusal(StatusCode::SERVICE_UNAVAILABLE)),
        Fault::GatewayAfter => Ok(refusal(StatusCode::BAD_GATEWAY)),
        Fault::TooMany => Ok(refusal(StatusCode::TOO_MANY_REQUESTS)),
    }
}

fn lost() -> TransportError {
    TransportError::new(TransportErrorKind::Interrupted, "lost (injected fault)")
}

fn refusal(status: StatusCode) -> Response<Bytes> {
    let body = json!({ "statusCode": status.as_u16(), "message": status.canonical_reason() });
    answer(status, &body)
}

/// An empty page of an export.
fn empty_export() -> Response<Bytes> {
    answer(StatusCode::OK, &json!({ "messages": [], "total": 0 }))
}

fn answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    answer
}

/// The action of a request that must not be done twice.
fn action(request: &Request<Bytes>) -> Option<StepAction> {
    if *request.method() != Method::POST {
        return None;
    }
    let path = request.uri().path();
    let body = || serde_json::from_slice::<Value>(request.body()).ok();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match path.trim_matches('/').split('/').collect::<Vec<_>>()[..] {
        ["conversations", "messages"] => {
            let body = body()?;
            Some(StepAction {
                contact: text(&body["contactId"])?,
                says: text(&body["message"])?,
                is_text: true,
            })
        }
        ["contacts", contact, "tasks"] => Some(StepAction {
            contact: contact.to_owned(),
            says: text(&body()?["title"])?,
            is_text: false,
        }),
        _ => None,
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("life", &self.life)
            .finish_non_exhaustive()
    }
}
