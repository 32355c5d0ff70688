//! The contract of a [`Store`], as checks that anyone who writes a store runs on their own.
//!
//! [`run`] makes a new, empty store for each check. A check that fails panics like any test: the message names the
//! violated expectation, and standard error names the check.
//!
//! ```
//! use gohighlevel::recipes::missed_call::store::MemoryStore;
//! use gohighlevel::testing::store_contract;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! store_contract::run(async || MemoryStore::new()).await;
//! # }
//! ```
//!
//! To get a test of its own for each check, go through [`checks`] instead.
//!
//! The checks cover what a store does while it is open. They cannot cover what survives a crash, nor how long a query takes.
#![allow(clippy::unwrap_used, reason = "a check that cannot go on has failed")]

use std::fmt;
use std::pin::Pin;

use crate::recipes::missed_call::store::Store;

/// Makes the list of a module's checks.
macro_rules! checks {
    ($($check:ident),+ $(,)?) => {
        pub(super) const CHECKS: &[super::Check] = &[$(super::Check {
            name: stringify!($check),
            run: |store| Box::pin($check(store)),
        }),+];
    };
}

mod commits;
mod effects;
mod finding;
mod halts;
mod ledger;
mod people;
mod receipts;
mod retention;
mod samples;
mod suppressions;
mod texting;
mod turns;
mod wakeups;

type Running<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// One check of the contract.
#[derive(Clone, Copy)]
pub struct Check {
    name: &'static str,
    run: for<'a> fn(&'a dyn Store) -> Running<'a>,
}

impl Check {
    /// Its name, which says what holds for every store, such as `a_delivery_is_accepted_once`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs it on an empty store. Panics if the store violates the contract.
    pub async fn run(&self, store: &dyn Store) {
        let named = Named(self.name);
        (self.run)(store).await;
        drop(named);
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// Names a check when it panics.
struct Named(&'static str);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the store violates its contract: {}", self.0);
        }
    }
}

/// All checks.
pub fn checks() -> impl Iterator<Item = Check> {
    [
        commits::CHECKS,
        people::CHECKS,
        wakeups::CHECKS,
        suppressions::CHECKS,
        effects::CHECKS,
        turns::CHECKS,
        halts::CHECKS,
        texting::CHECKS,
        finding::CHECKS,
        receipts::CHECKS,
        ledger::CHECKS,
        retention::CHECKS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Runs every check, each on a new store. Panics at the first check that fails.
pub async fn run<S: Store>(mut make_store: impl AsyncFnMut() -> S) {
    for check in checks() {
        check.run(&make_store().await).await;
    }
}
