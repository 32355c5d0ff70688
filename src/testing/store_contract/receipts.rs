//! Checks of awaited receipts: which texts are looked after now, and by whom.

use jiff::Timestamp;

use super::samples::{at, conflicts, done, location, state, updates, with_episode};
use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::store::{
    AwaitedReceipt, Commit, ReceiptChange, Scope, Shares, Store,
};

checks!(
    a_receipt_is_awaited_until_it_has_come,
    receipts_of_one_location_are_claimed_together,
    the_location_that_has_waited_the_longest_comes_first,
    receipts_of_others_are_left_to_them,
);

fn message(name: &str) -> MessageId {
    MessageId::new(name).unwrap()
}

fn elsewhere() -> LocationId {
    LocationId::new("elsewhere").unwrap()
}

fn text_in(location: LocationId, name: &str, due: i64) -> AwaitedReceipt {
    AwaitedReceipt {
        location,
        message: message(name),
        episode: state("call", "maria", None).id().clone(),
        accepted_at: at(due - 60),
        due: at(due),
    }
}

fn text(name: &str, due: i64) -> AwaitedReceipt {
    text_in(location(), name, due)
}

fn awaits(texts: &[AwaitedReceipt]) -> Commit {
    changes(texts.iter().cloned().map(ReceiptChange::Await).collect())
}

fn changes(receipts: Vec<ReceiptChange>) -> Commit {
    Commit {
        receipts,
        ..Commit::default()
    }
}

async fn claim(store: &dyn Store, now: i64, again: i64) -> Vec<(String, Timestamp)> {
    claim_of(store, now, again, &Shares::UNLIMITED).await
}

async fn claim_of(
    store: &dyn Store,
    now: i64,
    again: i64,
    shares: &Shares,
) -> Vec<(String, Timestamp)> {
    let claimed = store.claim_receipts(at(now), at(again), 3, shares).await;
    let mut claimed: Vec<_> = claimed
        .unwrap()
        .into_iter()
        .map(|text| (text.message.to_string(), text.due))
        .collect();
    claimed.sort_unstable();
    claimed
}

async fn next(store: &dyn Store) -> Option<Timestamp> {
    store.next_receipt(&Shares::UNLIMITED).await.unwrap()
}

async fn a_receipt_is_awaited_until_it_has_come(store: &dyn Store) {
    let first = text("first", 60);
    done(store, awaits(std::slice::from_ref(&first))).await;
    // A text that is already awaited stays as it is.
    let later = AwaitedReceipt {
        due: at(90),
        accepted_at: at(80),
        ..first.clone()
    };
    done(store, awaits(&[later])).await;
    let found = store.awaited_receipt(&location(), &first.message).await;
    assert_eq!(found.unwrap(), Some(first.clone()));
    assert_eq!(next(store).await, Some(at(60)));
    // Neither effects nor episodes are due.
    assert_eq!(store.next_due().await.unwrap(), None);
    for place in [location(), elsewhere()] {
        let other = store.awaited_receipt(&place, &message("other")).await;
        assert_eq!(other.unwrap(), None);
    }
    let there = store.awaited_receipt(&elsewhere(), &first.message).await;
    assert_eq!(there.unwrap(), None);

    let postpone = ReceiptChange::Postpone {
        location: location(),
        message: first.message.clone(),
        due: at(600),
    };
    done(store, changes(vec![postpone])).await;
    assert_eq!(next(store).await, Some(at(600)));
    let end = ReceiptChange::End {
        location: location(),
        message: first.message.clone(),
    };
    // With the rest of the commit or not at all.
    let episode = state("call", "maria", None);
    done(store, with_episode(&episode)).await;
    let contested = Commit {
        receipts: vec![end.clone()],
        ..updates(&episode, 7)
    };
    conflicts(store, contested).await;
    assert_eq!(next(store).await, Some(at(600)));
    // What is not awaited can be ended and postponed without effect.
    done(store, changes(vec![end.clone(), end])).await;
    let postpone = ReceiptChange::Postpone {
        location: location(),
        message: first.message.clone(),
        due: at(700),
    };
    done(store, changes(vec![postpone])).await;
    assert_eq!(next(store).await, None);
    let found = store.awaited_receipt(&location(), &first.message).await;
    assert_eq!(found.unwrap(), None);
}

async fn receipts_of_one_location_are_claimed_together(store: &dyn Store) {
    let texts = [text("a", 60), text("b", 61), text("c", 62), text("d", 63)];
    done(store, awaits(&texts)).await;
    done(store, awaits(&[text("later", 100)])).await;
    assert_eq!(claim(store, 59, 600).await, []);
    // At most three at once, those first that are due the longest; from then on they are due later.
    let claimed = claim(store, 99, 600).await;
    let expected = ["a", "b", "c"].map(|name| (name.to_owned(), at(600)));
    assert_eq!(claimed, expected);
    assert_eq!(claim(store, 99, 600).await, [("d".to_owned(), at(600))]);
    assert_eq!(claim(store, 99, 600).await, []);
    assert_eq!(next(store).await, Some(at(100)));
    let a = store.awaited_receipt(&location(), &message("a")).await;
    let a = a.unwrap().unwrap();
    assert_eq!((a.accepted_at, a.due), (at(0), at(600)));
}

async fn the_location_that_has_waited_the_longest_comes_first(store: &dyn Store) {
    let texts = [
        text("here", 70),
        text_in(elsewhere(), "there", 60),
        text_in(elsewhere(), "there_too", 90),
    ];
    done(store, awaits(&texts)).await;
    let there = ["there", "there_too"].map(|name| (name.to_owned(), at(600)));
    assert_eq!(claim(store, 100, 600).await, there);
    assert_eq!(claim(store, 100, 600).await, [("here".to_owned(), at(600))]);
}

async fn receipts_of_others_are_left_to_them(store: &dyn Store) {
    let texts = [text("here", 70), text_in(elsewhere(), "there", 60)];
    done(store, awaits(&texts)).await;
    let mut busy = Shares::UNLIMITED;
    busy.leave_out(elsewhere());
    let own = Shares::of(1).within(Scope::from_iter([location()]));
    for shares in [busy, own, Shares::only(location(), 1)] {
        assert_eq!(store.next_receipt(&shares).await.unwrap(), Some(at(70)));
        let claimed = claim_of(store, 100, 70, &shares).await;
        assert_eq!(claimed, [("here".to_owned(), at(70))]);
    }
    let nobody = Shares::UNLIMITED.within(Scope::from_iter([]));
    assert_eq!(store.next_receipt(&nobody).await.unwrap(), None);
    assert_eq!(claim_of(store, 100, 600, &nobody).await, []);
    assert_eq!(next(store).await, Some(at(60)));
}
