//! The post: webhooks and a host's own news on their way to a worker, late, twice and out of order, and again until
//! somebody acknowledges them; sweeps, which find what got lost; and what else a host asks of a worker.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;

use super::omitted::Did;
use super::plan::{Caller, Fate};
use super::world::World;
use crate::clock::Clock;
use crate::recipes::missed_call::Engine;
use crate::recipes::missed_call::episode::Trigger;
use crate::recipes::missed_call::store::PersonKey;
use crate::webhooks::Delivery;

/// The pause after a delivery that nobody acknowledged.
const PAUSE: Duration = Duration::from_secs(45);

#[derive(Debug, Clone)]
pub(super) enum Parcel {
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

/// Sends a parcel off, and once more if that is its fate.
pub(super) fn send(world: &Arc<World>, parcel: Parcel, fate: Fate) {
    if fate.lost {
        return;
    }
    if let Some(again) = fate.again {
        let delay = fate.delay + again;
        carry(world, parcel.clone(), delay, fate.worker + 1);
    }
    carry(world, parcel, fate.delay, fate.worker);
}

fn carry(world: &Arc<World>, parcel: Parcel, delay: Duration, worker: usize) {
    begin(world, async move |world| {
        world.time.sleep(delay).await;
        while !hand_over(&world, &parcel, worker).await {
            world.time.sleep(PAUSE).await;
        }
        if let Parcel::Webhook { id, .. } = &parcel {
            world.acknowledged(id);
        }
    });
}

/// A worker begins a sweep.
pub(super) fn begin_sweep(world: &Arc<World>, worker: usize) {
    begin(world, async move |world| {
        sweep(&world, worker).await;
    });
}

/// Begins what the world's end waits for.
fn begin<W>(world: &Arc<World>, work: impl FnOnce(Arc<World>) -> W)
where
    W: Future<Output = ()> + Send + 'static,
{
    world.under_way.fetch_add(1, Ordering::Relaxed);
    let work = work(Arc::clone(world));
    let world = Arc::clone(world);
    // It ends with the runtime, if not before.
    tokio::spawn(async move {
        work.await;
        world.under_way.fetch_sub(1, Ordering::Relaxed);
    });
}

/// Whether a worker has swept, from beginning to end.
pub(super) async fn sweep(world: &World, worker: usize) -> bool {
    let Some((life, engine)) = world.running(worker) else {
        return false;
    };
    let began = world.time.now();
    let sweep = async { engine.sweep(&world.scene.location).await.is_ok() };
    let swept = life.does(sweep).await;
    if swept {
        world.swept(began);
    }
    swept
}

/// The host pauses the location, and lets it go on later.
pub(super) fn pause(world: &Arc<World>, worker: usize, length: Duration) {
    begin(world, async move |world| {
        while !halt(&world, worker, true).await {
            world.time.sleep(PAUSE).await;
        }
        world.watch(|watch, now| watch.paused_since = Some(now.elapsed));
        world.time.sleep(length).await;
        world.watch(|watch, _| watch.paused_since = None);
        while !halt(&world, worker, false).await {
            world.time.sleep(PAUSE).await;
        }
    });
}

async fn halt(world: &World, worker: usize, halted: bool) -> bool {
    let Some((life, engine)) = world.running(worker) else {
        return false;
    };
    let location = &world.scene.location;
    let told = async {
        let told = if halted {
            engine.pause(location).await
        } else {
            engine.resume(location).await.map(drop)
        };
        told.is_ok()
    };
    life.does(told).await
}

/// Whether a worker has taken it: this one, or another if it is down.
async fn hand_over(world: &World, parcel: &Parcel, worker: usize) -> bool {
    let Some((life, engine)) = world.running(worker) else {
        return false;
    };
    life.does(take(world, &engine, parcel)).await
}

async fn take(world: &World, engine: &Engine, parcel: &Parcel) -> bool {
    match parcel {
        Parcel::Webhook { body, .. } => match Delivery::read(body.clone(), world.time.now()) {
            Ok(mut delivery) => {
                if let Some(planted) = world.planted {
                    planted.retell(&mut delivery);
                }
                engine.accept(&delivery).await.is_ok()
            }
            Err(_) => false,
        },
        Parcel::Booking {
            caller,
            at,
            person,
            reference,
        } => {
            // The host tells no date: it counts as done when it is told.
            world.did(*caller, Did::Booked);
            let booked = engine.record(person, Trigger::Booked, reference);
            let booked = booked.await.is_ok();
            if booked {
                world.watch(|watch, now| watch.answers.acknowledged(*caller, *at, now.elapsed));
            }
            booked
        }
    }
}
