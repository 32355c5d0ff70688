//! What is answered: the page, the form for its token, and the changes for pages that listen.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
    REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{Stream, unfold};
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::feed::Shown;
use super::{Board, BoardAccess};
use crate::recipes::missed_call::core::report::pages::PageError;
use crate::secret::Private;

/// How long the first page waits until the days before are read.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest form: a token.
const LONGEST_FORM: usize = 4_096;
/// How often a listening page hears that the service is there.
const PULSE: Duration = Duration::from_secs(15);

#[derive(Clone)]
struct Site {
    board: Board,
    /// As the browser sees it, for the cookie and the way back from the form.
    path: Arc<str>,
}

impl Board {
    /// The routes of the board at this path, such as `/board`: the page, and `/board/events` for its changes. It is the path
    /// as browsers see it; merge the routes into the host's router, and nest them nowhere.
    pub fn routes(&self, path: &str) -> Router {
        let path = format!("/{}", path.trim_matches('/'));
        let events = format!("{}/events", path.trim_end_matches('/'));
        let site = Site {
            board: self.clone(),
            path: Arc::from(path.as_str()),
        };
        Router::new()
            .route(&path, get(page).post(sign_in))
            .route(&events, get(listen))
            .with_state(site)
    }
}

async fn page(State(site): State<Site>, headers: HeaderMap) -> Response {
    let inner = &site.board.inner;
    if !inner.access.lets_in(&headers) {
        return form(&site, false, status_for(&headers));
    }
    let Some(shown) = site.shown().await else {
        let wait = [(RETRY_AFTER, "5")];
        let later = "The board is being prepared. Load it again in a few seconds.";
        return (StatusCode::SERVICE_UNAVAILABLE, wait, later).into_response();
    };
    html(StatusCode::OK, |nonce| {
        inner.feed.pages.board_page(&shown.view, nonce)
    })
}

async fn sign_in(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let BoardAccess::Token(token) = &site.board.inner.access else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let body = body.get(..LONGEST_FORM).unwrap_or(&body);
    let given = url::form_urlencoded::parse(body).find(|(name, _)| name == "token");
    if !given.is_some_and(|(_, given)| token.is(&given)) {
        tracing::warn!("somebody gave a wrong token to the live board");
        return form(&site, true, StatusCode::UNAUTHORIZED);
    }
    let is_https = headers
        .get("x-forwarded-proto")
        .is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
    let cookie = token.set_cookie(&site.path, is_https);
    let back = [(SET_COOKIE, cookie), (LOCATION, site.path.to_string())];
    (StatusCode::SEE_OTHER, back).into_response()
}

async fn listen(State(site): State<Site>, headers: HeaderMap) -> Response {
    let inner = &site.board.inner;
    if !inner.access.lets_in(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(permit) = Arc::clone(&inner.listeners).try_acquire_owned() else {
        let wait = [(RETRY_AFTER, "15")];
        return (StatusCode::SERVICE_UNAVAILABLE, wait, "Too many listen.").into_response();
    };
    let listener = Listener {
        shown: site.board.shown(),
        closed: inner.closed.subscribe(),
        is_first: true,
        _permit: permit,
    };
    let alive = KeepAlive::new().interval(PULSE);
    let uncached = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (uncached, Sse::new(listener.events()).keep_alive(alive)).into_response()
}

/// A page that listens. It sees the newest and none of what was shown while it was slow.
struct Listener {
    shown: watch::Receiver<Option<Arc<Shown>>>,
    closed: watch::Receiver<bool>,
    is_first: bool,
    _permit: OwnedSemaphorePermit,
}

impl Listener {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        unfold(self, |mut listener| async move {
            let news = listener.next().await?;
            Some((Ok(Event::default().data(&*news)), listener))
        })
    }

    /// `None` at the end of the board.
    async fn next(&mut self) -> Option<Arc<str>> {
        loop {
            if !std::mem::take(&mut self.is_first) {
                tokio::select! {
                    biased;
                    _ = self.closed.wait_for(|closed| *closed) => return None,
                    changed = self.shown.changed() => changed.ok()?,
                }
            }
            if *self.closed.borrow() {
                return None;
            }
            if let Some(shown) = &*self.shown.borrow_and_update() {
                return Some(Arc::clone(&shown.news));
            }
        }
    }
}

impl Site {
    /// What is shown now; of a board that has just begun, what is shown first.
    async fn shown(&self) -> Option<Arc<Shown>> {
        let mut shown = self.board.shown();
        tokio::select! {
            biased;
            found = shown.wait_for(Option::is_some) => found.ok()?.clone(),
            () = self.board.inner.feed.sleep(PATIENCE) => None,
        }
    }
}

/// A program that may not see the board gets an error; for a browser the form is what it asked for.
fn status_for(headers: &HeaderMap) -> StatusCode {
    let accepts = headers
        .get(ACCEPT)
        .and_then(|accepts| accepts.to_str().ok());
    let is_browser = accepts.is_some_and(|accepts| accepts.contains("text/html"));
    if is_browser && !headers.contains_key(AUTHORIZATION) {
        StatusCode::OK
    } else {
        StatusCode::UNAUTHORIZED
    }
}

/// The form that asks for the token.
fn form(site: &Site, refused: bool, status: StatusCode) -> Response {
    let pages = &site.board.inner.feed.pages;
    html(status, |nonce| pages.sign_in(refused, nonce))
}

fn html(
    status: StatusCode,
    page: impl FnOnce(&str) -> Result<Private<String>, PageError>,
) -> Response {
    let mut nonce = [0; 16];
    if rand::fill(&mut nonce).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let nonce = STANDARD.encode(nonce);
    let policy = format!(
        "default-src 'none'; img-src data:; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let page = match page(&nonce) {
        Ok(page) => page.into_inner(),
        Err(error) => {
            tracing::error!(%error, "a page of the live board cannot be made");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let Ok(policy) = HeaderValue::try_from(policy) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (status, headers, page).into_response()
}
