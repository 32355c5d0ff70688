//! Delivers webhooks and a host's own notifications to a worker: late, twice, out of order, and again until a worker
//! acknowledges them. It also starts sweeps, which find lost webhooks.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gohighlevel::clock::Clock as _;
use gohighlevel::recipes::missed_call::episode::Trigger;
use gohighlevel::recipes::missed_call::store::PersonKey;
use gohighlevel::recipes::missed_call::{Acceptance, DoubtDecision, Engine};
use gohighlevel::webhooks::Delivery;
use jiff::Timestamp;

use super::plan::{Caller, DeliveryPlan};
use super::skip_reasons::Activity;
use super::world::World;

/// The pause after a delivery that no worker acknowledged, or after an act of the host that no worker has done.
pub(super) const RETRY_PAUSE: Duration = Duration::from_secs(45);

#[derive(Debug, Clone)]
pub(super) enum Notification {
    Webhook {
        id: String,
        body: String,
    },
    Report {
        caller: Caller,
        at: Timestamp,
        person: PersonKey,
        what: Report,
        reference: String,
    },
}

/// What the host reports of a caller.
#[derive(Debug, Clone, Copy)]
pub(super) enum Report {
    Booking,
    Doubt,
    Decision(DoubtDecision),
}

/// Sends a notification, and a second time if its plan says so.
pub(super) fn send(world: &Arc<World>, notification: Notification, delivery: DeliveryPlan) {
    if delivery.lost {
        return;
    }
    if let Some(pause) = delivery.repeat_after {
        let delay = delivery.delay + pause;
        deliver(world, notification.clone(), delay, delivery.worker + 1);
    }
    deliver(world, notification, delivery.delay, delivery.worker);
}

fn deliver(world: &Arc<World>, notification: Notification, delay: Duration, worker: usize) {
    spawn(world, async move |world| {
        world.time.sleep(delay).await;
        let mut delivered = try_deliver(&world, &notification, worker).await;
        while delivered == Delivered::Refused {
            world.time.sleep(RETRY_PAUSE).await;
            delivered = try_deliver(&world, &notification, worker).await;
        }
        match &notification {
            _ if delivered == Delivered::Elsewhere => {}
            Notification::Webhook { id, .. } => world.acknowledged(id),
            Notification::Report {
                caller, at, what, ..
            } => world.oracle(|oracle, now| match what {
                Report::Booking => oracle.answers.acknowledged(*caller, *at, now.elapsed),
                Report::Doubt => oracle.doubt_acknowledged(*caller, *at, now.elapsed),
                Report::Decision(DoubtDecision::NoMoreTexts) => {
                    // The engine dates it by its own clock.
                    let said = at.saturating_sub(oracle.tolerance).unwrap_or(*at);
                    oracle.opt_out_acknowledged(*caller, said, now.elapsed);
                }
                Report::Decision(DoubtDecision::MayText) => {}
            }),
        }
    });
}

/// A worker starts a sweep.
pub(super) fn begin_sweep(world: &Arc<World>, worker: usize) {
    spawn(world, async move |world| {
        sweep(&world, worker).await;
    });
}

/// Starts work that the end of the world waits for.
pub(super) fn spawn<W>(world: &Arc<World>, work: impl FnOnce(Arc<World>) -> W)
where
    W: Future<Output = ()> + Send + 'static,
{
    world.under_way.fetch_add(1, Ordering::Relaxed);
    let work = work(Arc::clone(world));
    let world = Arc::clone(world);
    // The runtime ends it at the latest.
    tokio::spawn(async move {
        work.await;
        world.under_way.fetch_sub(1, Ordering::Relaxed);
    });
}

/// Whether a worker completed a sweep.
pub(super) async fn sweep(world: &World, worker: usize) -> bool {
    let Some((life, engine)) = world.running(worker) else {
        return false;
    };
    let began = world.time.now();
    let sweep = async { engine.sweep(&world.fixture.location).await.is_ok() };
    let swept = life.completes(sweep).await;
    if swept {
        world.swept(began);
    }
    swept
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivered {
    /// It must be delivered again.
    Refused,
    Acknowledged,
    /// It is acknowledged by a worker that does not serve the location any more, and that keeps nothing of it.
    Elsewhere,
}

/// Delivers it to this worker, or to another one if this one is down.
async fn try_deliver(world: &World, notification: &Notification, worker: usize) -> Delivered {
    let Some((life, engine)) = world.running(worker) else {
        return Delivered::Refused;
    };
    let mut acceptance = None;
    let was_given = life.location_is_given();
    let accept = async {
        acceptance = accept(world, &engine, notification).await;
        acceptance.is_some()
    };
    if !life.completes(accept).await {
        return Delivered::Refused;
    }
    match acceptance {
        Some(Acceptance::Ignored) if !(was_given && life.location_is_given()) => {
            Delivered::Elsewhere
        }
        _ => Delivered::Acknowledged,
    }
}

async fn accept(world: &World, engine: &Engine, notification: &Notification) -> Option<Acceptance> {
    match notification {
        Notification::Webhook { body, .. } => {
            let mut delivery = Delivery::read(body.clone(), world.time.now()).ok()?;
            if let Some(mutant) = world.mutant {
                mutant.change_delivery(&mut delivery);
            }
            engine.accept(&delivery).await.ok()
        }
        Notification::Report {
            caller,
            person,
            what,
            reference,
            ..
        } => match what {
            Report::Booking => {
                // The host reports no date, so the booking counts from the moment of the report.
                world.activity(*caller, Activity::Booked);
                let booked = engine.record(person, Trigger::Booked, reference);
                booked.await.ok()
            }
            Report::Doubt => {
                let doubted = engine.record(person, Trigger::Doubtful, reference);
                doubted.await.ok()
            }
            Report::Decision(decision) => {
                world.oracle(|oracle, now| oracle.decided(*caller, now.time));
                let decided = engine.record_decision(person, *decision, "host", reference);
                decided.await.ok()
            }
        },
    }
}
