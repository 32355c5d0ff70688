//! `forms.json`.

use gohighlevel::api::forms::{FormQuery, FormSubmissionSearch};

use super::id;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "forms.list",
            [
                call!(|stage| {
                    let query = FormQuery {
                        kind: Some("folder".to_owned()),
                        skip: 50,
                        limit: 20,
                    };
                    stage.location.forms().list(&query).await
                }),
                call!(|stage| stage.location.forms().list(&FormQuery::default()).await),
            ],
        ),
        Driver::both(
            "forms.submissions",
            [
                call!(|stage| {
                    let search = FormSubmissionSearch {
                        form_id: Some(id("f1")),
                        text: Some("rosan".into()),
                        from: Some(id("2026-01-31")),
                        to: Some(id("2026-02-28")),
                        page: 2,
                        limit: 50,
                    };
                    stage.location.forms().submissions(&search).await
                }),
                call!(|stage| {
                    let search = FormSubmissionSearch::default();
                    stage.location.forms().submissions(&search).await
                }),
            ],
        ),
    ]
}
