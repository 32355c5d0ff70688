//! The calls and messages that HighLevel has recorded, read for a sweep.

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use crate::api::conversations::{ExportQuery, Message as Recorded};
use crate::api::cursor::SortDirection;
use crate::error::{Error, ErrorKind, TransportErrorKind};
use crate::ids::LocationId;
use crate::message::Direction;
use crate::recipes::missed_call::core::signal::{
    EventReport, FoundMessage, Occurrence, Origin, RecordDirection, Signal, message_name,
};
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::webhooks::Message;

/// A period is not divided further in search of the records in it that cannot be read.
const SHORTEST_LOOK: SignedDuration = SignedDuration::from_secs(1);
/// How many readings may fail by what was read: enough to find two records in three days. If more fail, it is not the
/// records.
const MOST_UNREADABLE: usize = 40;

/// A record that means something to the recipe.
pub(super) struct Found {
    pub(super) made_at: Timestamp,
    pub(super) occurrence: Occurrence,
}

/// What HighLevel has recorded of a location in this time, in the order in which webhooks would have reported it.
pub(super) async fn recorded(
    site: &LocationEntry,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Vec<Found>, Error> {
    let mut all = Vec::new();
    let mut unreadable = 0;
    let mut to_read = vec![(from, to)];
    while let Some((from, to)) = to_read.pop() {
        let error = match recorded_between(site, (from, to), now).await {
            Ok(found) => {
                all.extend(found);
                continue;
            }
            Err(error) => error,
        };
        unreadable += 1;
        if unreadable > MOST_UNREADABLE || !is_unreadable(&error) {
            return Err(error);
        }
        let length = to.duration_since(from);
        if length > SHORTEST_LOOK {
            let middle = back(to, length / 2);
            // HighLevel takes both ends in, and times to the millisecond.
            let after = back(middle, -SignedDuration::from_millis(1));
            to_read.extend([(after, to), (from, middle)]);
        } else {
            let location = site.location.id();
            tracing::warn!(
                %location,
                %from,
                %to,
                error = &error as &dyn std::error::Error,
                "what was recorded in this time cannot be read, and is passed over"
            );
        }
    }
    // Whatever HighLevel makes of the order that was asked for.
    all.sort_by_key(|found| found.made_at);
    Ok(all)
}

async fn recorded_between(
    site: &LocationEntry,
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Vec<Found>, Error> {
    let query = ExportQuery {
        from: Some(from),
        to: Some(to),
        // Messages that come while pages are read come after them.
        sort: Some(SortDirection::Ascending),
        ..ExportQuery::default()
    };
    let background = site.location.in_background();
    let recorded = background.conversations().stream_export(&query);
    let mut recorded = std::pin::pin!(recorded);
    let mut all = Vec::new();
    while let Some(message) = recorded.next().await {
        all.extend(read(site, &message?, now));
        // A page has a hundred, and nothing in between waits.
        tokio::task::yield_now().await;
    }
    Ok(all)
}

/// Whether it is the answer that cannot be read, and another attempt comes to the same.
pub(super) fn is_unreadable(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Decode { .. }
            | ErrorKind::Listing
            | ErrorKind::Transport(TransportErrorKind::TooLarge)
    )
}

/// `None` if the message means nothing to the recipe, or more is to come of it.
fn read(site: &LocationEntry, recorded: &Recorded, now: Timestamp) -> Option<Found> {
    let location = site.location.id().clone();
    let made_at = recorded.date_added.unwrap_or(now);
    let found = FoundMessage {
        message: recorded.id.clone(),
        made_at,
    };
    let direction = match &recorded.direction {
        Some(Direction::Inbound) => RecordDirection::Inbound,
        Some(Direction::Outbound) => RecordDirection::Outbound,
        other => {
            let status = other.as_ref().map_or("no_direction", Direction::as_str);
            let occurrence = unclear_call(location, recorded, found, status, now)?;
            return Some(Found {
                made_at,
                occurrence,
            });
        }
    };
    let message = message_of(recorded);
    let report = EventReport::of_record(location, direction, &message, found, now);
    let occurrence = report.occurrence(now)?;
    occurrence.signal.dedupe_kind()?;
    Some(Found {
        made_at,
        occurrence,
    })
}

/// The message as a webhook would have reported it, but for the numbers: the record does not say them.
fn message_of(recorded: &Recorded) -> Message {
    let status = recorded.status.as_ref();
    let source = recorded.source.as_ref();
    Message {
        message_type: recorded.message_type.clone(),
        contact_id: recorded.contact_id.clone(),
        conversation_id: recorded.conversation_id.clone(),
        message_id: Some(recorded.id.clone()),
        date_added: recorded.date_added,
        body: recorded.body.clone(),
        status: status.map(|status| status.as_str().to_owned()),
        call_status: recorded.call_status.clone(),
        call_duration: recorded.call_duration,
        user_id: recorded.user_id.clone(),
        source: source.map(|source| source.as_str().to_owned()),
        attachments: recorded.attachments.clone(),
        ..Message::default()
    }
}

/// A recorded call that says nothing else.
fn unclear_call(
    location: LocationId,
    recorded: &Recorded,
    found: FoundMessage,
    status: &str,
    now: Timestamp,
) -> Option<Occurrence> {
    let kind = recorded.message_type.as_ref();
    if !kind.is_some_and(|kind| kind.is_call() || kind.is_voicemail()) {
        return None;
    }
    let signal = Signal::unclear(location.clone(), recorded.id.clone(), status);
    let says = signal.dedupe_kind()?;
    Some(Occurrence {
        name: message_name(&location, &recorded.id, says),
        received_at: now,
        origin: Origin::Sweep(Box::new(found)),
        signal,
    })
}

pub(super) fn back(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
