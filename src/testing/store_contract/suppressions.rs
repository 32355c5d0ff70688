//! Checks of the suppression list.

use super::samples::{NUMBER, at, contact, done, location, number, suppression};
use crate::ids::LocationId;
use crate::recipes::missed_call::episode::Reason;
use crate::recipes::missed_call::store::{Commit, Store, Subject, Suppression, SuppressionChange};

checks!(each_reason_of_a_suppression_is_independent,);

async fn each_reason_of_a_suppression_is_independent(store: &dyn Store) {
    let (phone, person) = (
        Subject::number(&number(NUMBER)),
        Subject::contact(&contact("rosan")),
    );
    let change = async |subject: &Subject, reason, on| {
        done(
            store,
            Commit {
                suppressions: vec![suppression(subject, reason, on)],
                ..Commit::default()
            },
        )
        .await;
    };
    let blocked = async |subjects: &[&Subject]| {
        let subjects: Vec<_> = subjects.iter().copied().cloned().collect();
        !store
            .suppressions(&location(), &subjects)
            .await
            .unwrap()
            .is_empty()
    };
    assert!(!blocked(&[&phone, &person]).await);
    assert!(!blocked(&[]).await);
    // Adding twice is the same as adding once, and lifting a missing one does nothing.
    change(&phone, Reason::OptedOut, true).await;
    change(&phone, Reason::OptedOut, true).await;
    change(&person, Reason::OptedOut, false).await;
    assert!(blocked(&[&person, &phone]).await);
    assert!(!blocked(&[&person]).await);
    change(&phone, Reason::DoNotDisturb, true).await;
    change(&phone, Reason::OptedOut, false).await;
    assert!(blocked(&[&phone]).await, "the other reason stays in force");
    change(&phone, Reason::DoNotDisturb, false).await;
    assert!(!blocked(&[&phone]).await);

    // A doubt is kept under its own reason, and an opt-out beside it is another.
    change(&phone, Reason::Doubtful, true).await;
    change(&phone, Reason::OptedOut, true).await;
    change(&phone, Reason::OptedOut, false).await;
    let kept = store
        .suppressions(&location(), std::slice::from_ref(&phone))
        .await
        .unwrap();
    assert!(matches!(&kept[..], [one] if one.reason == Reason::Doubtful));
    change(&phone, Reason::Doubtful, false).await;
    assert!(!blocked(&[&phone]).await);

    // An older change does not undo a newer one, in whatever order they are reported.
    let said = async |suppressed, seconds| {
        let change = SuppressionChange {
            at: at(seconds),
            ..suppression(&person, Reason::OptedOut, suppressed)
        };
        done(
            store,
            Commit {
                suppressions: vec![change],
                ..Commit::default()
            },
        )
        .await;
    };
    said(true, 20).await;
    said(false, 10).await;
    said(false, 20).await;
    said(true, 5).await;
    said(false, 19).await;
    assert!(blocked(&[&person]).await);
    let kept = store
        .suppressions(&location(), std::slice::from_ref(&person))
        .await
        .unwrap();
    assert_eq!(
        kept,
        [Suppression {
            reason: Reason::OptedOut,
            since: at(20)
        }]
    );
    said(false, 21).await;
    assert!(!blocked(&[&person]).await);

    change(&person, Reason::OptedOut, true).await;
    let elsewhere = LocationId::new("harborLocation000002").unwrap();
    assert!(
        store
            .suppressions(&elsewhere, &[person])
            .await
            .unwrap()
            .is_empty()
    );
}
