//! Checks of the texting record: consents, the texts of the last days, and daily counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;

use super::samples::{NUMBER, at, contact, done, effect_of, location, number, state, the_text};
use crate::ids::LocationId;
use crate::recipes::missed_call::compliance::{Consent, ConsentKind, SendCounts};
use crate::recipes::missed_call::episode::EffectId;
use crate::recipes::missed_call::store::{
    Commit, ConsentGiven, ContactHistory, DailyCounts, SentText, Store, Subject,
};

checks!(
    the_last_consent_of_each_kind_counts,
    a_text_is_counted_once_and_only_while_it_was_sent,
    texts_of_other_days_people_and_locations_are_not_counted,
    text_outcomes_add_up_by_location_and_day,
);

fn maria() -> Subject {
    Subject::number(&number(NUMBER))
}

fn text(call: &str) -> EffectId {
    effect_of(&state(call, "maria", Some(NUMBER)), the_text())
}

async fn record(store: &dyn Store, subjects: &[Subject]) -> ContactHistory {
    let record = store.texting_record(&location(), subjects, at(0)).await;
    record.unwrap()
}

fn consent(subject: &Subject, kind: ConsentKind, seconds: i64, reference: &str) -> Commit {
    Commit {
        consents: vec![ConsentGiven {
            location: location(),
            subject: subject.clone(),
            kind,
            consent: Consent {
                given_at: at(seconds),
                reference: reference.to_owned(),
            },
        }],
        ..Commit::default()
    }
}

fn count(subject: &Subject, effect: EffectId, sent_at: Option<Timestamp>) -> Commit {
    Commit {
        texts: vec![SentText {
            location: location(),
            subject: subject.clone(),
            effect,
            sent_at,
        }],
        ..Commit::default()
    }
}

async fn the_last_consent_of_each_kind_counts(store: &dyn Store) {
    let (form, later) = (-90_000, -80_000);
    done(store, consent(&maria(), ConsentKind::Written, later, "b")).await;
    done(store, consent(&maria(), ConsentKind::Written, form, "a")).await;
    done(store, consent(&maria(), ConsentKind::Verbal, form, "c")).await;
    let known = record(store, &[Subject::contact(&contact("maria")), maria()]).await;
    let expected = [
        (ConsentKind::Written, (at(later), "b")),
        (ConsentKind::Verbal, (at(form), "c")),
    ];
    let expected: BTreeMap<_, _> = expected
        .into_iter()
        .map(|(kind, (given_at, reference))| {
            let reference = reference.to_owned();
            (
                kind,
                Consent {
                    given_at,
                    reference,
                },
            )
        })
        .collect();
    assert_eq!(known.consents, expected);
    let stranger = Subject::contact(&contact("rosan"));
    assert_eq!(record(store, &[stranger]).await, ContactHistory::default());
}

async fn a_text_is_counted_once_and_only_while_it_was_sent(store: &dyn Store) {
    let by_contact = Subject::contact(&contact("maria"));
    let both = [by_contact.clone(), maria()];
    done(store, count(&by_contact, text("call"), Some(at(5)))).await;
    done(store, count(&maria(), text("call"), Some(at(5)))).await;
    let sent = record(store, &both).await.sent;
    assert_eq!(sent, BTreeMap::from([(text("call"), at(5))]));
    // The same text once more: it was attempted again.
    done(store, count(&by_contact, text("call"), Some(at(9)))).await;
    done(store, count(&maria(), text("call"), Some(at(9)))).await;
    let sent = record(store, &both).await.sent;
    assert_eq!(sent, BTreeMap::from([(text("call"), at(9))]));
    done(store, count(&by_contact, text("call"), None)).await;
    done(store, count(&maria(), text("call"), None)).await;
    assert!(record(store, &both).await.sent.is_empty());
}

async fn texts_of_other_days_people_and_locations_are_not_counted(store: &dyn Store) {
    done(store, count(&maria(), text("old"), Some(at(-1)))).await;
    done(store, count(&maria(), text("new"), Some(at(0)))).await;
    let rosan = Subject::contact(&contact("rosan"));
    done(store, count(&rosan, text("other"), Some(at(0)))).await;
    let sent = record(store, &[maria()]).await.sent;
    assert_eq!(sent, BTreeMap::from([(text("new"), at(0))]));
    let elsewhere = LocationId::new("otherLocation0000001").unwrap();
    let there = store.texting_record(&elsewhere, &[maria()], at(0)).await;
    assert_eq!(there.unwrap(), ContactHistory::default());

    // Two days later what is old may be forgotten, and what is new must not.
    let two_days = 49 * 3600;
    let later = count(&maria(), text("later"), Some(at(two_days)));
    done(store, later).await;
    let known = store
        .texting_record(&location(), &[maria()], at(two_days - 5))
        .await;
    let expected = BTreeMap::from([(text("later"), at(two_days))]);
    assert_eq!(known.unwrap().sent, expected);
}

async fn text_outcomes_add_up_by_location_and_day(store: &dyn Store) {
    let (today, tomorrow) = (date(2026, 6, 1), date(2026, 6, 2));
    let add = |day, sent, failed, opted_out| Commit {
        counts: vec![DailyCounts {
            location: location(),
            day,
            more: SendCounts {
                sent,
                failed,
                opted_out,
            },
        }],
        ..Commit::default()
    };
    done(store, add(today, 2, 1, 0)).await;
    done(store, add(today, 1, 0, 1)).await;
    done(store, add(tomorrow, 5, 0, 0)).await;
    let counts = |sent, failed, opted_out| SendCounts {
        sent,
        failed,
        opted_out,
    };
    let both = BTreeMap::from([(today, counts(3, 1, 1)), (tomorrow, counts(5, 0, 0))]);
    let known = store.send_counts(&location(), today).await.unwrap();
    assert_eq!(known, both);
    let known = store.send_counts(&location(), tomorrow).await.unwrap();
    assert_eq!(known, BTreeMap::from([(tomorrow, counts(5, 0, 0))]));
    // Fourteen days count.
    let last = date(2026, 6, 15);
    done(store, add(last, 1, 0, 0)).await;
    let known = store.send_counts(&location(), tomorrow).await.unwrap();
    assert_eq!(known.into_keys().collect::<Vec<_>>(), [tomorrow, last]);
    let elsewhere = LocationId::new("otherLocation0000001").unwrap();
    let there = store.send_counts(&elsewhere, today).await.unwrap();
    assert_eq!(there, BTreeMap::new());
}
