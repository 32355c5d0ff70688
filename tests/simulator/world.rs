//! One simulated world: the platform, the store, the workers and the network between them, on one virtual time.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use gohighlevel::client::Transport as _;
use gohighlevel::clock::Clock as _;
use gohighlevel::ids::ContactId;
use gohighlevel::recipes::missed_call::store::{MemoryStore, PersonKey};
use gohighlevel::recipes::missed_call::{DoubtDecision, Engine};
use gohighlevel::testing::FakeGhl;
use gohighlevel::testing::{self, CallStatus, Direction, FakeGhlError, TextMessage, TextOutcomes};
use http::{Method, Request};
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::Notify;

use super::acks::{AwaitedAck, Fact};
use super::faults::ActiveFaults;
use super::fixture::{Fixture, LOCATION, TOKEN, TRAVELS, UNREACHABLE};
use super::host;
use super::invariant::Invariant;
use super::mutants::Mutant;
use super::oracle::{Call, Moment, Oracle, StepAction};
use super::plan::{CallEnd, Caller, DeliveryPlan, EventKind, Plan, Words};
use super::rules::{StepRule, UNREACHED};
use super::skip_reasons::Activity;
use super::time::Time;
use super::timeline::Timeline;
use super::webhook_delivery::{self, Notification, Report};
use super::worker::{Life, Worker, lock};

/// The length of a voicemail in seconds.
const VOICEMAIL: u32 = 12;

pub(super) struct World {
    pub(super) fixture: Fixture,
    pub(super) time: Time,
    pub(super) platform: FakeGhl,
    pub(super) tables: MemoryStore,
    pub(super) workers: Vec<Worker>,
    pub(super) faults: Mutex<ActiveFaults>,
    pub(super) mutant: Option<Mutant>,
    /// Whether HighLevel's answers have a date.
    pub(super) dates_answers: bool,
    /// Notified at the first violation.
    pub(super) failed: Notify,
    /// How many notifications, sweeps, pauses and absences are under way.
    pub(super) under_way: AtomicUsize,
    oracle: Mutex<Oracle>,
    timeline: Mutex<Timeline>,
    /// How many webhooks have been sent.
    sent_webhooks: Mutex<usize>,
    pub(super) awaited_acks: Mutex<BTreeMap<String, AwaitedAck>>,
    /// Held during an absence of the location.
    pub(super) absence: tokio::sync::Mutex<()>,
    contacts: Mutex<BTreeMap<Caller, String>>,
    reports: AtomicUsize,
}

impl World {
    pub(super) fn new(
        fixture: &Fixture,
        plan: &Plan,
        mutant: Option<Mutant>,
    ) -> Result<Self, FakeGhlError> {
        let time = Time::new(plan.start);
        let world = Self {
            platform: FakeGhl::builder()
                .seed(fixture.seed.clone())
                .clock(Arc::new(time.clone()))
                .in_process()?,
            fixture: fixture.clone(),
            time,
            tables: MemoryStore::new(),
            workers: (0..plan.workers).map(|_| Worker::default()).collect(),
            faults: Mutex::default(),
            mutant,
            dates_answers: plan.dates_answers && mutant.is_none_or(Mutant::dates_answers),
            failed: Notify::new(),
            under_way: AtomicUsize::new(0),
            oracle: Mutex::new(Oracle::new(plan.clock_error() * 2 + Duration::from_secs(5))),
            timeline: Mutex::default(),
            sent_webhooks: Mutex::default(),
            awaited_acks: Mutex::default(),
            absence: tokio::sync::Mutex::default(),
            contacts: Mutex::default(),
            reports: AtomicUsize::new(0),
        };
        let mut texts = TextOutcomes::delivered(LOCATION);
        texts.failing_numbers = vec![fixture.number(UNREACHABLE)];
        texts.after_seconds = TRAVELS;
        world.platform.order_text_outcomes(texts)?;
        world.oracle(|oracle, _| oracle.causes.insert((UNREACHABLE, UNREACHED)));
        world.end_faults();
        Ok(world)
    }

    /// Adds a line to the timeline.
    pub(super) fn note(&self, line: &dyn fmt::Display) {
        lock(&self.timeline).push(self.time.elapsed(), line);
    }

    pub(super) fn timeline(&self) -> Timeline {
        lock(&self.timeline).clone()
    }

    /// Gives access to the oracle. The first violation ends the world.
    pub(super) fn oracle<T>(&self, look: impl FnOnce(&mut Oracle, Moment) -> T) -> T {
        let now = Moment {
            time: self.time.now(),
            elapsed: self.time.elapsed(),
        };
        let mut oracle = lock(&self.oracle);
        let seen = look(&mut oracle, now);
        if oracle.violation().is_some() {
            self.failed.notify_one();
        }
        seen
    }

    /// Ends all faults and corrects all clocks, except for the error of a mutant.
    pub(super) fn end_faults(&self) {
        *lock(&self.faults) = ActiveFaults::default();
        for worker in &self.workers {
            worker.disarm();
            worker.set_clock(self.clock_error(0), 0, self.time.elapsed());
        }
    }

    fn clock_error(&self, seconds: i64) -> SignedDuration {
        let mutant = self.mutant.map(Mutant::clock_error);
        SignedDuration::from_secs(seconds) + mutant.unwrap_or_default()
    }

    fn worker(&self, index: usize) -> &Worker {
        &self.workers[index % self.workers.len()]
    }

    /// Performs an event.
    pub(super) async fn perform(self: &Arc<Self>, kind: EventKind) -> Result<(), FakeGhlError> {
        self.note(&kind);
        if kind.hinders(self.dates_answers) {
            self.oracle(|oracle, _| oracle.skip_reasons.hindered = true);
        }
        let now = self.time.elapsed();
        match kind {
            EventKind::Call {
                caller,
                end,
                delivery,
            } => self.call(caller, end, delivery)?,
            EventKind::Write {
                caller,
                words,
                delivery,
            } => self.write(caller, words, delivery)?,
            EventKind::Sweep { worker } => webhook_delivery::begin_sweep(self, worker),
            EventKind::Pause { worker, length } => host::pause(self, worker, length),
            EventKind::Absence {
                worker,
                departure,
                length,
            } => host::leave(self, worker, departure, length),
            EventKind::Book { caller, worker } => self.book(caller, worker),
            EventKind::Doubt { caller, worker } => self.doubt(caller, worker),
            EventKind::Decide {
                caller,
                decision,
                worker,
            } => self.decide(caller, decision, worker),
            EventKind::SetDnd {
                caller,
                on,
                delivery,
            } => self.set_dnd(caller, on, delivery).await,
            EventKind::RequestFault {
                requests,
                fault,
                times,
            } => lock(&self.faults).add(requests, fault, times),
            EventKind::Outage { fault, length } => {
                lock(&self.faults).begin_outage(fault, now + length);
            }
            EventKind::StoreFails { length } => lock(&self.faults).fail_store(now + length),
            EventKind::ClockSet {
                worker,
                seconds,
                gains,
            } => {
                let error = self.clock_error(seconds);
                self.worker(worker).set_clock(error, gains, now);
            }
            EventKind::Interrupt {
                worker,
                point,
                after,
                interruption,
            } => self.worker(worker).arm(point, after, interruption),
        }
        Ok(())
    }

    fn call(
        self: &Arc<Self>,
        caller: Caller,
        end: CallEnd,
        delivery: DeliveryPlan,
    ) -> Result<(), FakeGhlError> {
        let (person, business) = (self.fixture.number(caller), self.fixture.business.clone());
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
        let activity = Activity::of_call(end);
        let missed = activity.is_none();
        let message = trigger.message_id.clone();
        let fact = match activity {
            Some(_) => Fact::Answer { caller },
            None => Fact::MissedCall { message },
        };
        self.expect_ack(trigger.webhook_id, fact);
        lock(&self.contacts).insert(caller, trigger.contact_id);
        if let Some(activity) = activity {
            self.activity(caller, activity);
        }
        self.oracle(|oracle, now| {
            oracle.in_touch(caller, now.time);
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
            oracle.calls.insert(trigger.message_id, call);
        });
        self.send_new_webhooks(Some(delivery));
        Ok(())
    }

    fn write(
        self: &Arc<Self>,
        caller: Caller,
        words: Words,
        delivery: DeliveryPlan,
    ) -> Result<(), FakeGhlError> {
        let trigger = self.platform.message(&TextMessage {
            location_id: LOCATION.to_owned(),
            from: self.fixture.number(caller),
            to: self.fixture.business.clone(),
            body: words.text().to_owned(),
        })?;
        if let Some(activity) = Activity::of_words(words) {
            let fact = match activity {
                Activity::OptedOut => Fact::OptOut { caller },
                _ => Fact::Answer { caller },
            };
            self.expect_ack(trigger.webhook_id, fact);
            self.activity(caller, activity);
        }
        self.oracle(|oracle, now| oracle.in_touch(caller, now.time));
        self.oracle(|oracle, now| match words {
            Words::Start => oracle.opted_in(caller, now.time),
            Words::Refusal => oracle.refusals.entry(caller).or_default().push(now.time),
            Words::Help => drop(oracle.causes.insert((caller, "person"))),
            Words::Stop | Words::Thanks | Words::Automatic | Words::Other => {}
        });
        lock(&self.contacts).insert(caller, trigger.contact_id);
        self.send_new_webhooks(Some(delivery));
        Ok(())
    }

    fn book(self: &Arc<Self>, caller: Caller, worker: usize) {
        let Some(person) = self.person(caller) else {
            return;
        };
        self.oracle(|oracle, _| oracle.causes.insert((caller, "booked")));
        self.report(caller, person, Report::Booking, worker);
    }

    fn doubt(self: &Arc<Self>, caller: Caller, worker: usize) {
        let Some(person) = self.person(caller) else {
            return;
        };
        self.oracle(|oracle, _| oracle.causes.insert((caller, "doubt")));
        self.activity(caller, Activity::Doubted);
        self.report(caller, person, Report::Doubt, worker);
    }

    fn decide(self: &Arc<Self>, caller: Caller, decision: DoubtDecision, worker: usize) {
        let Some(person) = self.person(caller) else {
            return;
        };
        if decision == DoubtDecision::NoMoreTexts {
            self.activity(caller, Activity::OptedOut);
        }
        self.report(caller, person, Report::Decision(decision), worker);
    }

    /// The caller as the host knows them, once they are a contact.
    fn person(&self, caller: Caller) -> Option<PersonKey> {
        let contact = lock(&self.contacts).get(&caller).cloned();
        Some(PersonKey {
            location: self.fixture.location.clone(),
            contact: ContactId::new(contact?).ok()?,
            number: Some(self.fixture.number(caller)),
        })
    }

    /// The host reports something of a caller, under a reference of its own.
    fn report(self: &Arc<Self>, caller: Caller, person: PersonKey, what: Report, worker: usize) {
        let number = self.reports.fetch_add(1, Ordering::Relaxed);
        let delivery = DeliveryPlan {
            worker,
            ..DeliveryPlan::PROMPT
        };
        let notification = Notification::Report {
            caller,
            at: self.time.now(),
            person,
            what,
            reference: format!("report-{number}"),
        };
        webhook_delivery::send(self, notification, delivery);
    }

    /// The oracle records an act that can justify a skipped text.
    pub(super) fn activity(&self, caller: Caller, activity: Activity) {
        self.oracle(|oracle, now| oracle.skip_reasons.add(caller, activity, now.time));
    }

    async fn set_dnd(self: &Arc<Self>, caller: Caller, on: bool, delivery: DeliveryPlan) {
        let contact = lock(&self.contacts).get(&caller).cloned();
        let Some(contact) = contact else {
            return;
        };
        if on {
            self.activity(caller, Activity::OptedOut);
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
            Ok(request) => self.platform.transport().call(request).await.ok(),
            Err(_) => None,
        };
        if answer.is_none_or(|answer| !answer.status().is_success()) {
            let how = "do-not-disturb could not be set".to_owned();
            self.oracle(|oracle, _| oracle.report(Invariant::Completes, how));
        }
        self.send_new_webhooks(Some(delivery));
    }

    /// Sends the webhooks that the platform has created since the last time, and returns their ids.
    pub(super) fn send_new_webhooks(
        self: &Arc<Self>,
        delivery: Option<DeliveryPlan>,
    ) -> Vec<String> {
        let new = {
            let mut sent = lock(&self.sent_webhooks);
            let new = self.platform.deliveries_from(*sent);
            *sent += new.len();
            new
        };
        let delivery = delivery.unwrap_or(DeliveryPlan::PROMPT);
        let mut ids = Vec::new();
        for webhook in new {
            let (id, body) = (webhook.webhook_id, webhook.body);
            ids.push(id.clone());
            webhook_delivery::send(self, Notification::Webhook { id, body }, delivery);
        }
        ids
    }

    /// The platform accepted an action, which left the engine at `left`.
    pub(super) fn accepted(&self, action: StepAction, left: Duration) {
        let contacts = lock(&self.contacts);
        let caller = contacts
            .iter()
            .find(|(_, contact)| **contact == action.contact);
        if let (Some((caller, _)), Some(rule)) = (caller, StepRule::of(&action)) {
            self.note(&format_args!(
                "the platform accepts `{}` for {caller}",
                rule.step
            ));
        }
        drop(contacts);
        self.oracle(|oracle, now| oracle.accepted(action, left, now));
    }

    /// This worker, or another one if this one is down.
    pub(super) fn running(&self, worker: usize) -> Option<(Arc<Life>, Engine)> {
        let count = self.workers.len();
        (0..count).find_map(|next| self.workers[(worker + next) % count].running())
    }

    /// Drops the engines, which hold references to the world.
    pub(super) fn end(&self) {
        for worker in &self.workers {
            worker.stop();
        }
    }
}
