//! What the host does with its location: it pauses it, removes it and puts it again, and learns of the app's installation.
//! Each act is repeated until a worker has done it.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::clock::Clock as _;
use gohighlevel::recipes::missed_call::{Engine, Halt, Removal};

use super::absences::AbsenceNumber;
use super::acks::Fact;
use super::fixture::LOCATION;
use super::invariant::Invariant;
use super::plan::{Departure, HostOnInstall};
use super::webhook_delivery::{RETRY_PAUSE, spawn};
use super::worker::{self, Life};
use super::world::World;

/// The shortest time between two absences.
const STAYS: Duration = Duration::from_secs(600);

/// The host pauses the location, and resumes it after `length`.
pub(super) fn pause(world: &Arc<World>, worker: usize, length: Duration) {
    spawn(world, async move |world| {
        while !set_pause(&world, worker, true).await {
            world.time.sleep(RETRY_PAUSE).await;
        }
        world.oracle(|oracle, now| oracle.paused_since = Some(now.elapsed));
        world.time.sleep(length).await;
        world.oracle(|oracle, _| oracle.paused_since = None);
        while !set_pause(&world, worker, false).await {
            world.time.sleep(RETRY_PAUSE).await;
        }
    });
}

async fn set_pause(world: &World, worker: usize, paused: bool) -> bool {
    let Some((life, engine)) = world.running(worker) else {
        return false;
    };
    let location = &world.fixture.location;
    let set_pause = async {
        let result = if paused {
            engine.pause(location).await
        } else {
            engine.resume(location).await.map(drop)
        };
        result.is_ok()
    };
    life.completes(set_pause).await
}

/// The location leaves the service, and comes back after `length`.
pub(super) fn leave(world: &Arc<World>, worker: usize, departure: Departure, length: Duration) {
    spawn(world, async move |world| {
        // One after the other, so that the end of one does not end another.
        let _turn = world.absence.lock().await;
        let absence = match departure {
            Departure::Removed {
                removal,
                everywhere,
            } => {
                let halt = match removal {
                    Removal::Finish => Halt::Finishing,
                    Removal::End => Halt::Removed,
                };
                let absence = world.oracle(|oracle, now| oracle.absences.begins(halt, now));
                remove(&world, worker, removal, absence, everywhere).await;
                world.time.sleep(length).await;
                absence
            }
            Departure::Uninstalled { gone, .. } => {
                let halt = Halt::Uninstalled;
                let absence = world.oracle(|oracle, now| oracle.absences.begins(halt, now));
                completes(&world, world.platform.uninstall_location(LOCATION));
                for webhook in world.send_new_webhooks(Some(gone)) {
                    world.expect_ack(webhook, Fact::Uninstalled { absence });
                }
                world.time.sleep(length).await;
                absence
            }
        };
        world.oracle(|oracle, now| oracle.absences.return_begins(absence, now));
        match departure {
            Departure::Removed { .. } => put(&world, worker, absence).await,
            Departure::Uninstalled { back, host, .. } => {
                completes(&world, world.platform.authorize_location(LOCATION));
                for webhook in world.send_new_webhooks(Some(back)) {
                    world.expect_ack(webhook, Fact::Installed { absence });
                }
                match host {
                    HostOnInstall::Nothing => {}
                    HostOnInstall::Reports => report_installed(&world, worker, absence).await,
                    HostOnInstall::Puts => put(&world, worker, absence).await,
                }
            }
        }
        while !world.oracle(|oracle, _| oracle.absences.is_over(absence)) {
            world.time.sleep(RETRY_PAUSE).await;
        }
        world.note(&"the location is back");
        world.time.sleep(STAYS).await;
    });
}

/// The platform's part of an act, which has no faults.
fn completes<T, E: ToString>(world: &World, done: Result<T, E>) {
    if let Err(error) = done {
        let how = error.to_string();
        world.oracle(|oracle, _| oracle.report(Invariant::Completes, how));
    }
}

/// The host removes the location over one worker, and over the others if it tells each.
async fn remove(
    world: &World,
    worker: usize,
    removal: Removal,
    absence: AbsenceNumber,
    everywhere: bool,
) {
    let over = async |life: &Life, engine: &Engine| {
        life.set_location_is_given(false);
        let location = &world.fixture.location;
        engine.remove_location(location, removal).await.is_ok()
    };
    let told = if everywhere { world.workers.len() } else { 1 };
    for next in 0..told {
        loop {
            if let Some((life, engine)) = world.running(worker + next)
                && life.completes(over(&life, &engine)).await
            {
                break;
            }
            world.time.sleep(RETRY_PAUSE).await;
        }
        world.oracle(|oracle, now| oracle.absences.acknowledged(absence, now));
    }
    world.note(&"the location is removed");
}

/// The host puts the location, with another token, over each worker.
async fn put(world: &Arc<World>, worker: usize, absence: AbsenceNumber) {
    let count = world.workers.len();
    for next in 0..count {
        let worker = &world.workers[(worker + next) % count];
        let over = async |life: &Arc<Life>, engine: &Engine| {
            let Ok(location) = worker::location(world, life) else {
                return false;
            };
            let recipe = world.recipe();
            let is_put = engine.put_location(location, recipe).await.is_ok();
            if is_put {
                life.set_location_is_given(true);
            }
            is_put
        };
        let mut began = world.time.elapsed();
        loop {
            if let Some((life, engine)) = worker.running()
                && life.completes(over(&life, &engine)).await
            {
                break;
            }
            world.time.sleep(RETRY_PAUSE).await;
            began = world.time.elapsed();
        }
        world.oracle(|oracle, now| oracle.absences.put(absence, began, now));
    }
}

/// The host reports to a worker that the app is installed.
async fn report_installed(world: &World, worker: usize, absence: AbsenceNumber) {
    loop {
        if let Some((life, engine)) = world.running(worker) {
            let location = &world.fixture.location;
            let report = async { engine.app_installed(location).await.is_ok() };
            if life.completes(report).await {
                break;
            }
        }
        world.time.sleep(RETRY_PAUSE).await;
    }
    world.oracle(|oracle, now| oracle.absences.returned(absence, now));
}
