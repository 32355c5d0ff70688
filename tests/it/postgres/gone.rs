//! A process that is gone: others have its claims before they end, and it begins nothing more.

use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::recipes::missed_call::store::PostgresStore;
use jiff::SignedDuration;
use tokio_postgres::NoTls;

use super::several::claim;
use super::{open, schema, servers};
use crate::missed_call::harness::builders::{state, the_text};
use crate::missed_call::harness::commits::{done, fence, plan, with_effects};

const LEASE: SignedDuration = SignedDuration::from_mins(15);

#[tokio::test]
async fn the_claims_of_a_process_that_is_silent_for_a_minute_are_given_to_others() {
    let cluster = servers!();
    let schema = schema("gone");
    let gone = PostgresStore::new(open(cluster.url(), &schema).await);
    let now = SystemClock.now();
    let state = state("1", "rosan", None);
    done(&gone, with_effects(vec![plan(&state, the_text(), now)])).await;
    let first = fence(&claim(&gone, now, LEASE).await);

    let (client, connection) = tokio_postgres::connect(cluster.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    // Each store is a process that reports with its first statement.
    for (silent_for, is_gone) in [(50_000, false), (20_000, true)] {
        let silent = format!("UPDATE {schema}.process SET seen_at = seen_at - {silent_for}");
        client.batch_execute(&silent).await.unwrap();
        let other = PostgresStore::new(open(cluster.url(), &schema).await);
        let claims = claim(&other, now, LEASE).await;
        assert_eq!(claims.len(), usize::from(is_gone), "{silent_for}");
        if is_gone {
            assert_eq!(fence(&claims).attempt, first.attempt + 1);
        }
    }
}
