//! What became of texts that HighLevel has accepted: its records are read again, many texts with one request, in the lane
//! of the background. It is looked after beside effects, so that no text waits for it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use super::Worker;
use super::receipt_readers::ReceiptReaders;
use crate::api::conversations::{ExportChannel, ExportQuery, Message};
use crate::api::cursor::SortDirection;
use crate::client::{Lane, Location};
use crate::error::{Error, ErrorKind};
use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::core::model::Receipt;
use crate::recipes::missed_call::engine::locations::Answer;
use crate::recipes::missed_call::engine::receipts::next_look;
use crate::recipes::missed_call::engine::update::{Change, Decided, StoreFailures};
use crate::recipes::missed_call::store::{
    AwaitedReceipt, Commit, ReceiptChange, Shares, StoreError,
};

/// How many texts of a location are looked after at once.
const TEXTS: usize = 500;
/// How long nobody else looks after them. It is also the pause after which they are looked after again if HighLevel did not
/// answer.
const CLAIMED: SignedDuration = SignedDuration::from_mins(10);
/// How soon to look again at the earliest.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(1);
/// How long that is tried.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Texts further apart than this are read with requests of their own.
const APART: SignedDuration = SignedDuration::from_mins(5);
/// How much earlier or later than this engine noted it HighLevel may date a text.
const DATED_EARLIER: SignedDuration = SignedDuration::from_mins(2);
const DATED_LATER: SignedDuration = SignedDuration::from_secs(30);

impl Worker {
    /// Begins to read the receipts that are due, as far as there is room. Returns when the next ones are due.
    pub(super) async fn start_reading_receipts(
        self: &Arc<Self>,
        readers: &mut ReceiptReaders,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut shares = self.all_but_quarantined(Lane::Background);
        for location in readers.locations() {
            shares.leave_out(location.clone());
        }
        while readers.have_room() {
            let claimed = self.claim_receipts(now, &shares).await?;
            let Some(location) = claimed.first().map(|awaited| awaited.location.clone()) else {
                break;
            };
            shares.leave_out(location.clone());
            let worker = Arc::clone(self);
            readers.start(location, async move { worker.read_receipts(claimed).await });
        }
        if !readers.have_room() {
            // What is due begins when one of them ends.
            return Ok(None);
        }
        let next = self.base.store.next_receipt(&shares).await?;
        // What is due now has just been claimed by another process.
        let soon = now.saturating_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
        Ok(next.map(|due| due.max(soon)))
    }

    /// Reads all receipts that are due now, one location after the other. Returns how many texts it has looked after.
    pub(super) async fn step_receipts(&self, now: Timestamp) -> Result<usize, StoreError> {
        let shares = self.all_but_quarantined(Lane::Background);
        let mut looked_after = 0;
        loop {
            let claimed = self.claim_receipts(now, &shares).await?;
            if claimed.is_empty() {
                return Ok(looked_after);
            }
            looked_after += claimed.len();
            self.read_receipts(claimed).await;
        }
    }

    async fn claim_receipts(
        &self,
        now: Timestamp,
        shares: &Shares,
    ) -> Result<Vec<AwaitedReceipt>, StoreError> {
        let again = now.saturating_add(CLAIMED).unwrap_or(Timestamp::MAX);
        let store = &self.base.store;
        store.claim_receipts(now, again, TEXTS, shares).await
    }

    /// Reads what became of these texts of one location, and writes it down. What fails is done again when the claim ends.
    async fn read_receipts(&self, awaited: Vec<AwaitedReceipt>) {
        let Some(location) = awaited.first().map(|awaited| awaited.location.clone()) else {
            return;
        };
        if let Err(error) = self.try_read_receipts(&location, awaited).await {
            tracing::error!(%location, error = &error as &dyn std::error::Error, "the receipts of texts could not be written; they are read again in ten minutes");
        }
    }

    async fn try_read_receipts(
        &self,
        id: &LocationId,
        mut awaited: Vec<AwaitedReceipt>,
    ) -> Result<(), StoreError> {
        let Answer::Served(site) = self.base.find(id).await else {
            return self.give_up_what_is_old(awaited).await;
        };
        let location = site.location.in_background();
        awaited.sort_by_key(|text| text.accepted_at);
        let is_near = |one: &AwaitedReceipt, next: &AwaitedReceipt| {
            next.accepted_at.duration_since(one.accepted_at) <= APART
        };
        for texts in awaited.chunk_by(is_near) {
            let found = match found(&location, texts).await {
                Ok(found) => found,
                Err(error) => {
                    tracing::warn!(location = %id, error = &error as &dyn std::error::Error, "HighLevel did not say what became of texts; it is asked again in ten minutes");
                    self.give_up_what_is_old(texts.to_vec()).await?;
                    continue;
                }
            };
            let mut commit = Commit::default();
            for text in texts {
                match found.get(&text.message) {
                    Some(receipt) => self.receive(text, receipt).await?,
                    None => commit.receipts.push(self.look_later(text)),
                }
                // A store in memory never waits, and other work of the thread would.
                tokio::task::yield_now().await;
            }
            if !commit.receipts.is_empty() {
                self.base.commit(StoreFailures::Return, commit).await?;
            }
        }
        Ok(())
    }

    /// A text of which HighLevel has not said the last word is looked after later, or never again.
    fn look_later(&self, text: &AwaitedReceipt) -> ReceiptChange {
        match next_look(text.accepted_at, self.base.now()) {
            Some(due) => ReceiptChange::Postpone {
                location: text.location.clone(),
                message: text.message.clone(),
                due,
            },
            None => text.end(),
        }
    }

    /// Nobody could be asked. After a day nobody is asked any more.
    async fn give_up_what_is_old(&self, texts: Vec<AwaitedReceipt>) -> Result<(), StoreError> {
        let now = self.base.now();
        let old = texts
            .iter()
            .filter(|text| now.duration_since(text.accepted_at) > GIVE_UP_AFTER);
        let commit = Commit {
            receipts: old.map(AwaitedReceipt::end).collect(),
            ..Commit::default()
        };
        if commit.receipts.is_empty() {
            return Ok(());
        }
        self.base
            .commit(StoreFailures::Return, commit)
            .await
            .map(drop)
    }

    async fn receive(&self, text: &AwaitedReceipt, receipt: &Receipt) -> Result<(), StoreError> {
        let base = &self.base;
        let change = Receive {
            worker: self,
            text,
            receipt,
        };
        let received = base.commit_change(StoreFailures::Return, change).await?;
        received.or_contested("write down what became of a text")?;
        // A step may follow.
        base.wake_up.notify_one();
        Ok(())
    }
}

struct Receive<'r> {
    worker: &'r Worker,
    text: &'r AwaitedReceipt,
    receipt: &'r Receipt,
}

impl Change for Receive<'_> {
    type Then = ();

    async fn decide(&mut self, _: u32) -> Result<Decided<()>, StoreError> {
        let base = &self.worker.base;
        let commit = base.receive(self.text, self.receipt, base.now()).await?;
        Ok(Decided::Commit(Box::new(commit), ()))
    }
}

/// What HighLevel says of these texts, which lie near one another in time. Those of which it has not said the last word are
/// not there.
async fn found(
    location: &Location,
    texts: &[AwaitedReceipt],
) -> Result<BTreeMap<MessageId, Receipt>, Error> {
    let mut wanted: HashSet<&MessageId> = texts.iter().map(|text| &text.message).collect();
    let mut found = BTreeMap::new();
    let mut take = |message: &Message, wanted: &mut HashSet<&MessageId>| {
        if wanted.remove(&message.id)
            && let Some(receipt) = receipt_of(message)
        {
            found.insert(message.id.clone(), receipt);
        }
    };
    if let [first, .., last] = texts {
        let query = ExportQuery {
            channel: Some(ExportChannel::Sms),
            from: first.accepted_at.checked_sub(DATED_EARLIER).ok(),
            to: last.accepted_at.checked_add(DATED_LATER).ok(),
            sort: Some(SortDirection::Ascending),
            ..ExportQuery::default()
        };
        let recorded = location.conversations().stream_export(&query);
        let mut recorded = std::pin::pin!(recorded);
        while !wanted.is_empty()
            && let Some(message) = recorded.next().await
        {
            take(&message?, &mut wanted);
            tokio::task::yield_now().await;
        }
    }
    // A text of a custom provider, or one that was found after its answer was lost, is not in an export. There are few.
    let alone = 1 + texts.len() / 20;
    for text in texts
        .iter()
        .filter(|text| wanted.contains(&text.message))
        .take(alone)
    {
        match location.conversations().message(&text.message).await {
            Ok(message) => found.extend(receipt_of(&message).map(|it| (message.id.clone(), it))),
            Err(error) if *error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn receipt_of(message: &Message) -> Option<Receipt> {
    let words = message.error.as_deref().map(String::as_str);
    Receipt::read(message.status.as_ref()?.as_str(), words)
}
