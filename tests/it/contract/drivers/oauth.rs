//! `oauth.json`: tokens, and where an app is installed.

use gohighlevel::auth::oauth::{InstalledQuery, OAuth, OAuthApp, UserType};
use gohighlevel::secret::Secret;

use super::id;
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, Stage, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "oauth.exchange_code",
            [
                call!(|stage| {
                    let location = Some(UserType::Location);
                    oauth(stage).exchange_code("code", location).await
                }),
                call!(|stage| oauth(stage).exchange_code("code", None).await),
            ],
        ),
        Driver::both(
            "oauth.refresh",
            [
                call!(|stage| {
                    let agency = Some(UserType::Company);
                    oauth(stage).refresh(&Secret::new("refresh"), agency).await
                }),
                call!(|stage| oauth(stage).refresh(&Secret::new("refresh"), None).await),
            ],
        ),
        Driver::both(
            "oauth.location_token",
            [call!(|stage| {
                let agency = Secret::new("agency");
                oauth(stage)
                    .location_token(&agency, &id("k1"), &id("l1"))
                    .await
            })],
        ),
        Driver::both(
            "oauth.installed_locations",
            [
                call!(|stage| {
                    let query = InstalledQuery {
                        is_installed: Some(false),
                        name: Some("Deo".to_owned()),
                        location_id: Some(id("l1")),
                        version_id: Some("v1".to_owned()),
                        plan_id: Some("p1".to_owned()),
                        on_trial: Some(true),
                        page_size: 1,
                        ..InstalledQuery::new(id("k1"))
                    };
                    let agency = Secret::new("agency");
                    oauth(stage)
                        .installed_locations(&agency, &query, None)
                        .await
                }),
                call!(|stage| {
                    let query = InstalledQuery {
                        is_installed: None,
                        page_size: 1,
                        ..InstalledQuery::new(id("k1"))
                    };
                    let (oauth, agency) = (oauth(stage), Secret::new("agency"));
                    let page = oauth
                        .installed_locations(&agency, &query, None)
                        .await
                        .unwrap();
                    oauth
                        .installed_locations(&agency, &query, page.next.as_ref())
                        .await
                }),
            ],
        ),
        Driver::only(
            Version::V3,
            "oauth.installed_locations of a user",
            [call!(|stage| {
                let query = InstalledQuery {
                    restrict_to_user_locations: Some(true),
                    ..InstalledQuery::new(id("k1"))
                };
                let agency = Secret::new("agency");
                oauth(stage)
                    .installed_locations(&agency, &query, None)
                    .await
            })],
        ),
    ]
}

fn oauth(stage: &Stage) -> OAuth {
    let app = OAuthApp::new("k1-abc", "secret", "https://deo.example/callback").unwrap();
    OAuth::new(app, stage.setup.clone()).unwrap()
}
