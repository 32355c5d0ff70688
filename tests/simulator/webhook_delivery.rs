//! Delivers webhooks and a host's own notifications to a worker: late, twice, out of order, and again until a worker
//! acknowledges them. It also starts sweeps, which find lost webhooks, and pauses the location.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gohighlevel::clock::Clock as _;
use gohighlevel::recipes::missed_call::Engine;
use gohighlevel::recipes::missed_call::episode::Trigger;
use gohighlevel::recipes::missed_call::store::PersonKey;
use gohighlevel::webhooks::Delivery;
use jiff::Timestamp;

use super::plan::{Caller, DeliveryPlan};
use super::skip_reasons::Activity;
use super::world::World;

/// The pause after a delivery that no worker acknowledged.
const RETRY_PAUSE: Duration = Duration::from_secs(45);

#[derive(Debug, Clone)]
pub(super) enum Notification {
    Webhook {
        id: String,
        body: String,
    },
    Booking {
        caller: Caller,
        at: Timestamp,
        person: PersonKey,
        reference: String,
    },
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
        while !try_deliver(&world, &notification, worker).await {
            world.time.sleep(RETRY_PAUSE).await;
        }
        if let Notification::Webhook { id, .. } = &notification {
            world.acknowledged(id);
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
fn spawn<W>(world: &Arc<World>, work: impl FnOnce(Arc<World>) -> W)
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

/// The host pauses the location, and resumes it after `length`.
pub(super) fn pause(world: &Arc<World>, worker: usize, length: Duration) {
    spawn(world, async move |world| {
        while !halt(&world, worker, true).await {
            world.time.sleep(RETRY_PAUSE).await;
        }
        world.oracle(|oracle, now| oracle.paused_since = Some(now.elapsed));
        world.time.sleep(length).await;
        world.oracle(|oracle, _| oracle.paused_since = None);
        while !halt(&world, worker, false).await {
            world.time.sleep(RETRY_PAUSE).await;
        }
    });
}

async fn halt(world: &World, worker: usize, halted: bool) -> bool {
    let Some((life, engine)) = world.running(worker) else {
        return false;
    };
    let location = &world.fixture.location;
    let set_halt = async {
        let result = if halted {
            engine.pause(location).await
        } else {
            engine.resume(location).await.map(drop)
        };
        result.is_ok()
    };
    life.completes(set_halt).await
}

/// Whether a worker accepted it: this one, or another one if this one is down.
async fn try_deliver(world: &World, notification: &Notification, worker: usize) -> bool {
    let Some((life, engine)) = world.running(worker) else {
        return false;
    };
    life.completes(accept(world, &engine, notification)).await
}

async fn accept(world: &World, engine: &Engine, notification: &Notification) -> bool {
    match notification {
        Notification::Webhook { body, .. } => {
            match Delivery::read(body.clone(), world.time.now()) {
                Ok(mut delivery) => {
                    if let Some(mutant) = world.mutant {
                        mutant.change_delivery(&mut delivery);
                    }
                    engine.accept(&delivery).await.is_ok()
                }
                Err(_) => false,
            }
        }
        Notification::Booking {
            caller,
            at,
            person,
            reference,
        } => {
            // The host reports no date, so the booking counts from the moment of the report.
            world.activity(*caller, Activity::Booked);
            let booked = engine.record(person, Trigger::Booked, reference);
            let booked = booked.await.is_ok();
            if booked {
                world.oracle(|oracle, now| oracle.answers.acknowledged(*caller, *at, now.elapsed));
            }
            booked
        }
    }
}
