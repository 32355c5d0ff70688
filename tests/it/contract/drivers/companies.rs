//! `companies.json`.

use super::id;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![Driver::both(
        "companies.get",
        [call!(|stage| stage.client.companies().get(&id("k1")).await)],
    )]
}
