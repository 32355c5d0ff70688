//! A service with a workflow endpoint, and a HighLevel that calls it.

use axum::Router;
use gohighlevel::Client;
use gohighlevel::client::Location;
use gohighlevel::testing::{AppUrl, FakeGhl, SeenRequest};
use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};

pub(super) const LOCATION: &str = "soleilLocation000001";
pub(super) const HEADER: &str = "x-workflow-secret";
pub(super) const SECRET: &str = "Jq8mV2tR5xZ7cB1nK4";

pub(super) fn secret() -> SharedSecret {
    SharedSecret::new(HEADER, SECRET).unwrap()
}

pub(super) async fn fake() -> FakeGhl {
    FakeGhl::builder().start().await.unwrap()
}

pub(super) fn location(fake: &FakeGhl) -> Location {
    let client = Client::builder()
        .token("pit-sample-soleil")
        .base_url(fake.url())
        .build()
        .unwrap();
    client.location(LOCATION.parse().unwrap())
}

/// Serves the endpoint until the test ends; its address.
pub(super) async fn serve_at(endpoint: &WorkflowEndpoint) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/workflows", endpoint.route());
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/workflows")
}

/// As [`serve_at`]; without the header.
pub(super) async fn serve(endpoint: &WorkflowEndpoint) -> AppUrl {
    AppUrl::new(&serve_at(endpoint).await).unwrap()
}

/// The requests whose path begins so.
pub(super) fn seen(fake: &FakeGhl, path: &str) -> Vec<SeenRequest> {
    let mut requests = fake.requests();
    requests.retain(|request| request.path.starts_with(path));
    requests
}
