//! Calendars and everything around them, each method under both API versions.

mod calendar;
mod events;
mod groups;
mod parts;
mod schedules;
mod services;

use std::fmt::Debug;

use gohighlevel::Result;
use gohighlevel::client::Location;
use gohighlevel::error::ErrorKind;
use serde_json::Value;

use super::support::{Server, V2021_04, assert_prints_no_personal_data};

const CALENDAR: &str = "BqTwX8QFwXzpegMve9EQ";
const EVENT: &str = "ocQHyuzHvysMo5N5VsXc";
const USER: &str = "YlWd2wuCAZQzh2cH1fVZ";

/// Calls under both versions, asserts that the same request is sent, and gives what was read.
async fn asked<T: Debug>(
    answer: &str,
    method: &str,
    target: &str,
    body: Option<Value>,
    call: impl AsyncFn(&Location) -> Result<T>,
) -> T {
    let server = Server::answering(200, answer).await;
    let read = call(&server.location).await.unwrap();
    server
        .assert_asked(method, target, V2021_04, body.clone())
        .await;
    assert_prints_no_personal_data(&read);
    let server = Server::answering_v3(200, answer).await;
    call(&server.location).await.unwrap();
    server.assert_asked(method, target, "v3", body).await;
    read
}

/// Calls under version 3, and asserts that nothing is sent under version 2.
async fn asked_in_v3<T: Debug>(
    answer: &str,
    method: &str,
    target: &str,
    body: Option<Value>,
    call: impl AsyncFn(&Location) -> Result<T>,
) -> T {
    let server = Server::answering(200, answer).await;
    let error = call(&server.location).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().contains("in API version 3 only"),
        "{error}"
    );
    assert_eq!(server.count().await, 0);
    let server = Server::answering_v3(201, answer).await;
    let read = call(&server.location).await.unwrap();
    server.assert_asked(method, target, "v3", body).await;
    assert_prints_no_personal_data(&read);
    read
}
