//! Other ways of answering, and how the client gets along with each.

use futures_util::TryStreamExt;
use gohighlevel::api::calendars::{AppointmentStatus, AppointmentUpdate, NewAppointment};
use gohighlevel::api::contacts::ContactSearch;
use gohighlevel::api::conversations::{ConversationSearch, MessagesQuery};
use gohighlevel::api::opportunities::{NewOpportunity, OpportunitySearch};
use gohighlevel::error::{Error, ErrorKind};
use gohighlevel::testing::{Call, Mode};

use super::*;

/// Twelve callers, so that there are as many conversations.
async fn called() -> (FakeGhl, ManualClock) {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    for number in 0..12 {
        let caller = format!("+1312555{:04}", 2_000 + 37 * number);
        let call = Call::missed(
            SOLEIL,
            caller.parse().unwrap(),
            SOLEIL_PHONE.parse().unwrap(),
        );
        fake.call(&call).unwrap();
        clock.advance(Duration::from_secs(60));
    }
    (fake, clock)
}

async fn conversations(fake: &FakeGhl, limit: u32) -> Result<usize, Error> {
    let search = ConversationSearch {
        limit: Some(limit),
        ..ConversationSearch::default()
    };
    let location = client(fake);
    let conversations = location.conversations();
    let found: Vec<_> = conversations.stream(&search).try_collect().await?;
    Ok(found.len())
}

async fn contacts(fake: &FakeGhl) -> Result<usize, Error> {
    let search = ContactSearch {
        page_limit: 5,
        ..ContactSearch::default()
    };
    let location = client(fake);
    let contacts = location.contacts();
    let found: Vec<_> = contacts.stream(&search).try_collect().await?;
    Ok(found.len())
}

#[tokio::test]
async fn ties_lose_nobody() {
    let (fake, _) = called().await;
    let all = conversations(&fake, 100).await.unwrap();
    assert!(all >= 12);
    let everybody = contacts(&fake).await.unwrap();
    fake.set_mode(Mode::Ties, true);
    for limit in [1, 3, 5, 20] {
        assert_eq!(conversations(&fake, limit).await.unwrap(), all, "{limit}");
    }
    assert_eq!(contacts(&fake).await.unwrap(), everybody);
    // The mode does what it says: whoever goes on after the moment alone misses those that share it.
    let location = client(&fake);
    let search = ConversationSearch {
        limit: Some(5),
        ..ConversationSearch::default()
    };
    let first = location.conversations().search(&search).await.unwrap();
    let next = ConversationSearch {
        start_after: first.next(),
        ..search
    };
    let second = location.conversations().search(&next).await.unwrap();
    assert!(second.conversations.is_empty());
}

#[tokio::test]
async fn without_cursors_a_listing_goes_on_otherwise_or_says_that_it_cannot() {
    let (fake, _) = called().await;
    let everybody = contacts(&fake).await.unwrap();
    let location = client(&fake);
    let pipeline = location.pipelines().list().await.unwrap();
    let contact = MARIA.parse().unwrap();
    let new = NewOpportunity::new(pipeline[0].id.clone(), contact, "Botox");
    location.opportunities().create(&new).await.unwrap();

    fake.set_mode(Mode::NoCursor, true);
    assert_eq!(contacts(&fake).await.unwrap(), everybody);
    let search = OpportunitySearch {
        limit: Some(1),
        ..OpportunitySearch::default()
    };
    let opportunities = location.opportunities();
    let found: Vec<_> = opportunities.stream(&search).try_collect().await.unwrap();
    assert!(!found.is_empty());
    let error = conversations(&fake, 5).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Listing, "{error}");

    let thread = ConversationSearch::with_contact(MARIA.parse().unwrap());
    let thread = location.conversations().search(&thread).await.unwrap();
    for conversation in thread.conversations {
        let conversations = location.conversations();
        let query = MessagesQuery {
            limit: Some(1),
            ..MessagesQuery::default()
        };
        let messages = conversations.stream_messages(&conversation.id, &query);
        let one_by_one: Vec<_> = messages.try_collect().await.unwrap();
        let query = MessagesQuery::default();
        let at_once = conversations
            .messages(&conversation.id, &query)
            .await
            .unwrap();
        assert_eq!(one_by_one, at_once.messages);
    }
    fake.set_mode(Mode::NoCursor, false);
    assert!(conversations(&fake, 5).await.is_ok());
}

#[tokio::test]
async fn what_is_counted_and_not_shown_is_missed() {
    let (fake, _) = called().await;
    let api = Api::new(&fake);
    api.put("/_fake/modes/counts-more", json!({ "on": true }))
        .await
        .expect(200);
    for error in [
        conversations(&fake, 5).await.unwrap_err(),
        contacts(&fake).await.unwrap_err(),
    ] {
        assert_eq!(*error.kind(), ErrorKind::Listing, "{error}");
        assert!(
            error.to_string().contains("entries and has shown"),
            "{error}"
        );
    }
    api.put("/_fake/modes/counts-more", json!({ "on": false }))
        .await
        .expect(200);
    assert!(contacts(&fake).await.is_ok());
    let reply = api
        .put("/_fake/modes/upside-down", json!({ "on": true }))
        .await;
    assert_eq!(reply.status, 400);
    assert!(
        reply.body["error"]
            .as_str()
            .unwrap()
            .contains("wrapped-appointments")
    );
}

#[tokio::test]
async fn appointments_are_booked_read_and_changed_in_both_wrappers() {
    let fake = start().await;
    let location = client(&fake);
    let appointments = location.appointments();
    for wrapped in [false, true] {
        fake.set_mode(Mode::WrappedAppointments, wrapped);
        let start = "2026-05-11T15:00:00Z".parse().unwrap();
        let new = NewAppointment::new("calendar1".parse().unwrap(), MARIA.parse().unwrap(), start);
        let booked = appointments.create(&new).await.unwrap();
        assert_eq!(
            booked.appointment_status,
            Some(AppointmentStatus::Confirmed)
        );
        let mut update = AppointmentUpdate::default();
        update.details.appointment_status = Some(AppointmentStatus::Showed);
        let changed = appointments.update(&booked.id, &update).await.unwrap();
        assert_eq!(changed.appointment_status, Some(AppointmentStatus::Showed));
        let read = appointments.get(&booked.id).await.unwrap();
        assert_eq!(
            (read.start_time, read.appointment_status),
            (Some(start), changed.appointment_status)
        );
    }
    let api = Api::new(&fake);
    let path = "/calendars/events/appointments";
    assert_eq!(api.get(&format!("{path}/nobody")).await.status, 404);
    assert_eq!(
        api.post(path, json!({ "contactId": MARIA })).await.status,
        422
    );
    let new = json!({
        "calendarId": "k", "locationId": SOLEIL, "contactId": "nobody", "startTime": "2026-05-11T15:00:00Z",
    });
    assert_eq!(api.post(path, new).await.status, 404);
}
