//! `workflows.json`; putting contacts into workflows is in `contacts.json`.

use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![Driver::both(
        "workflows.list",
        [call!(|stage| stage.location.workflows().list().await)],
    )]
}
