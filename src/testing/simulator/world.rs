//! One simulated world: the platform, the store, the workers and the post between them, on one virtual time.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::Notify;

use super::invariant::Invariant;
use super::news::{News, Told};
use super::omitted::Did;
use super::plan::{CallEnd, Caller, Fate, Plan, What, Words};
use super::planted::Planted;
use super::post::{self, Parcel};
use super::rules::StepRule;
use super::scene::{LOCATION, Scene, TOKEN};
use super::time::Time;
use super::timeline::Timeline;
use super::trouble::Troubles;
use super::watch::{Call, Moment, StepAction, Watch};
use super::worker::{Life, Worker, lock};
use crate::clock::Clock;
use crate::ids::ContactId;
use crate::recipes::missed_call::Engine;
use crate::recipes::missed_call::store::{MemoryStore, PersonKey};
use crate::testing::fake_ghl::InProcess;
use crate::testing::{self, CallStatus, Direction, FakeGhlError, TextMessage};

/// How long somebody speaks to the voicemail, in seconds.
const VOICEMAIL: u32 = 12;

pub(super) struct World {
    pub(super) scene: Scene,
    pub(super) time: Time,
    pub(super) platform: InProcess,
    pub(super) tables: MemoryStore,
    pub(super) workers: Vec<Worker>,
    pub(super) troubles: Mutex<Troubles>,
    pub(super) planted: Option<Planted>,
    /// Whether HighLevel's answers tell what time it is there.
    pub(super) tells_time: bool,
    /// Told when a promise is broken.
    pub(super) over: Notify,
    /// How many parcels are on their way.
    pub(super) under_way: AtomicUsize,
    watch: Mutex<Watch>,
    timeline: Mutex<Timeline>,
    /// How many webhooks have been posted.
    posted: Mutex<usize>,
    pub(super) news: Mutex<BTreeMap<String, News>>,
    contacts: Mutex<BTreeMap<Caller, String>>,
    bookings: AtomicUsize,
}

impl World {
    pub(super) fn new(
        scene: &Scene,
        plan: &Plan,
        planted: Option<Planted>,
    ) -> Result<Self, FakeGhlError> {
        let time = Time::new(plan.start);
        let world = Self {
            platform: InProcess::new(&scene.seed, Arc::new(time.clone()))?,
            scene: scene.clone(),
            time,
            tables: MemoryStore::new(),
            workers: (0..plan.workers).map(|_| Worker::default()).collect(),
            troubles: Mutex::default(),
            planted,
            tells_time: plan.tells_time && planted.is_none_or(Planted::tells_time),
            over: Notify::new(),
            under_way: AtomicUsize::new(0),
            watch: Mutex::new(Watch::new(plan.clock_error() * 2 + Duration::from_secs(5))),
            timeline: Mutex::default(),
            posted: Mutex::default(),
            news: Mutex::default(),
            contacts: Mutex::default(),
            bookings: AtomicUsize::new(0),
        };
        world.calm();
        Ok(world)
    }

    /// Writes a line of the timeline.
    pub(super) fn note(&self, line: &dyn fmt::Display) {
        lock(&self.timeline).push(self.time.elapsed(), line);
    }

    pub(super) fn timeline(&self) -> Timeline {
        lock(&self.timeline).clone()
    }

    /// Shows the watch something. Everything ends with the first promise that is broken.
    pub(super) fn watch<T>(&self, look: impl FnOnce(&mut Watch, Moment) -> T) -> T {
        let now = Moment {
            time: self.time.now(),
            elapsed: self.time.elapsed(),
        };
        let mut watch = lock(&self.watch);
        let seen = look(&mut watch, now);
        if watch.broken().is_some() {
            self.over.notify_one();
        }
        seen
    }

    /// No more faults, and clocks that are right again, as far as no bug is planted.
    pub(super) fn calm(&self) {
        *lock(&self.troubles) = Troubles::default();
        for worker in &self.workers {
            worker.disarm();
            worker.set_clock(self.clock_error(0), 0, self.time.elapsed());
        }
    }

    fn clock_error(&self, seconds: i64) -> SignedDuration {
        let planted = self.planted.map(Planted::clock_error);
        SignedDuration::from_secs(seconds) + planted.unwrap_or_default()
    }

    fn worker(&self, index: usize) -> &Worker {
        &self.workers[index % self.workers.len()]
    }

    /// Lets something happen.
    pub(super) async fn perform(self: &Arc<Self>, what: What) -> Result<(), FakeGhlError> {
        self.note(&what);
        if what.hinders(self.tells_time) {
            self.watch(|watch, _| watch.grounds.hindered = true);
        }
        let now = self.time.elapsed();
        match what {
            What::Call { caller, end, fate } => self.call(caller, end, fate)?,
            What::Write {
                caller,
                words,
                fate,
            } => self.write(caller, words, fate)?,
            What::Sweep { worker } => post::begin_sweep(self, worker),
            What::Pause { worker, length } => post::pause(self, worker, length),
            What::Book { caller, worker } => self.book(caller, worker),
            What::Disturb { caller, on, fate } => self.disturb(caller, on, fate).await,
            What::Trouble {
                requests,
                fault,
                times,
            } => lock(&self.troubles).add(requests, fault, times),
            What::Spell { fault, length } => {
                lock(&self.troubles).begin_spell(fault, now + length);
            }
            What::StoreFails { length } => lock(&self.troubles).fail_store(now + length),
            What::ClockSet {
                worker,
                seconds,
                gains,
            } => {
                let error = self.clock_error(seconds);
                self.worker(worker).set_clock(error, gains, now);
            }
            What::Crash {
                worker,
                point,
                after,
                down,
            } => self.worker(worker).arm(point, after, down),
        }
        Ok(())
    }

    fn call(
        self: &Arc<Self>,
        caller: Caller,
        end: CallEnd,
        fate: Fate,
    ) -> Result<(), FakeGhlError> {
        let (person, business) = (self.scene.number(caller), self.scene.business.clone());
        let mut call = testing::Call::missed(LOCATION, person, business);
        match end {
            CallEnd::Missed => {}
            CallEnd::Voicemail => call = call.with_status(CallStatus::Voicemail, VOICEMAIL),
            CallEnd::Answered => call = call.with_status(CallStatus::Completed, 90),
            CallEnd::Returned => {
                call = call.with_status(CallStatus::Completed, 90);
                std::mem::swap(&mut call.from, &mut call.to);
                call.direction = Direction::Outbound;
            }
        }
        let trigger = self.platform.call(&call)?;
        let did = Did::of_call(end);
        let missed = did.is_none();
        let message = trigger.message_id.clone();
        let told = match did {
            Some(_) => Told::Answer { caller },
            None => Told::Missed { message },
        };
        self.expect_news(trigger.webhook_id, told);
        lock(&self.contacts).insert(caller, trigger.contact_id);
        if let Some(did) = did {
            self.did(caller, did);
        }
        self.watch(|watch, now| {
            watch.in_touch(caller, now.time);
            let length = match end {
                CallEnd::Voicemail => VOICEMAIL,
                _ => 0,
            };
            let length = SignedDuration::from_secs(length.into());
            let call = Call {
                caller,
                ended_from: now.time.saturating_sub(length).unwrap_or(now.time),
                ended_at: now.time,
                missed,
            };
            watch.calls.insert(trigger.message_id, call);
        });
        self.post_new_webhooks(Some(fate));
        Ok(())
    }

    fn write(
        self: &Arc<Self>,
        caller: Caller,
        words: Words,
        fate: Fate,
    ) -> Result<(), FakeGhlError> {
        let trigger = self.platform.message(&TextMessage {
            location_id: LOCATION.to_owned(),
            from: self.scene.number(caller),
            to: self.scene.business.clone(),
            body: words.text().to_owned(),
        })?;
        if let Some(did) = Did::of_words(words) {
            let told = match did {
                Did::SaidNo => Told::No { caller },
                _ => Told::Answer { caller },
            };
            self.expect_news(trigger.webhook_id, told);
            self.did(caller, did);
        }
        self.watch(|watch, now| watch.in_touch(caller, now.time));
        self.watch(|watch, now| match words {
            Words::Start => watch.said_yes(caller, now.time),
            Words::Refusal => watch.refusals.entry(caller).or_default().push(now.time),
            Words::Help => drop(watch.causes.insert((caller, "person"))),
            Words::Stop | Words::Thanks | Words::Automatic | Words::Other => {}
        });
        lock(&self.contacts).insert(caller, trigger.contact_id);
        self.post_new_webhooks(Some(fate));
        Ok(())
    }

    fn book(self: &Arc<Self>, caller: Caller, worker: usize) {
        let contact = lock(&self.contacts).get(&caller).cloned();
        let Some(contact) = contact.and_then(|id| ContactId::new(id).ok()) else {
            return;
        };
        self.watch(|watch, _| watch.causes.insert((caller, "booked")));
        let person = PersonKey {
            location: self.scene.location.clone(),
            contact,
            number: Some(self.scene.number(caller)),
        };
        let number = self.bookings.fetch_add(1, Ordering::Relaxed);
        let reference = format!("booking-{number}");
        let fate = Fate {
            worker,
            ..Fate::PROMPT
        };
        let parcel = Parcel::Booking {
            caller,
            at: self.time.now(),
            person,
            reference,
        };
        post::send(self, parcel, fate);
    }

    /// The watch remembers what a text may be left out for.
    pub(super) fn did(&self, caller: Caller, did: Did) {
        self.watch(|watch, now| watch.grounds.add(caller, did, now.time));
    }

    async fn disturb(self: &Arc<Self>, caller: Caller, on: bool, fate: Fate) {
        let contact = lock(&self.contacts).get(&caller).cloned();
        let Some(contact) = contact else {
            return;
        };
        if on {
            self.did(caller, Did::SaidNo);
        }
        let status = if on { "active" } else { "inactive" };
        let body = json!({ "dndSettings": { "SMS": { "status": status } } }).to_string();
        let request = Request::builder()
            .method(Method::PUT)
            .uri(format!("/contacts/{contact}"))
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("version", "2021-07-28")
            .header("content-type", "application/json")
            .body(Bytes::from(body));
        let answer = match request {
            Ok(request) => self.platform.answer(request).await,
            Err(_) => None,
        };
        if answer.is_none_or(|answer| !answer.status().is_success()) {
            let how = "do-not-disturb cannot be set".to_owned();
            self.watch(|watch, _| watch.breaks(Invariant::Plays, how));
        }
        self.post_new_webhooks(Some(fate));
    }

    /// Sends off the webhooks that the platform has made since.
    pub(super) fn post_new_webhooks(self: &Arc<Self>, fate: Option<Fate>) {
        let new = {
            let mut posted = lock(&self.posted);
            let new = self.platform.webhooks_from(*posted);
            *posted += new.len();
            new
        };
        for (id, body) in new {
            let fate = fate.unwrap_or(Fate::PROMPT);
            post::send(self, Parcel::Webhook { id, body }, fate);
        }
    }

    /// The platform has taken something; it left the engine when so much time had passed.
    pub(super) fn accepted(&self, action: StepAction, left: Duration) {
        let contacts = lock(&self.contacts);
        let caller = contacts
            .iter()
            .find(|(_, contact)| **contact == action.contact);
        if let (Some((caller, _)), Some(rule)) = (caller, StepRule::of(&action)) {
            self.note(&format_args!(
                "the platform takes `{}` for {caller}",
                rule.step
            ));
        }
        drop(contacts);
        self.watch(|watch, now| watch.accepted(action, left, now));
    }

    /// This worker, or another if it is down.
    pub(super) fn running(&self, worker: usize) -> Option<(Arc<Life>, Engine)> {
        let count = self.workers.len();
        (0..count).find_map(|next| self.workers[(worker + next) % count].running())
    }

    /// Lets go of the engines, which hold the world.
    pub(super) fn end(&self) {
        for worker in &self.workers {
            worker.stop();
        }
    }
}
