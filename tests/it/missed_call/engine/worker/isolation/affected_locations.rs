//! What happens to the failing locations themselves, and what they cost.

use std::collections::BTreeMap;
use std::time::Duration;

use gohighlevel::testing::Fault;

use super::many_locations::World;
use super::{HOUR, SOON, p99};

const MINUTE: Duration = Duration::from_secs(60);

fn outcomes(found: &BTreeMap<String, usize>) -> Vec<(&str, usize)> {
    let found = found.iter();
    found.map(|(name, count)| (name.as_str(), *count)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_location_that_becomes_well_sends_what_can_still_be_answered() {
    for fault in [
        Fault::RetryAfter(HOUR),
        Fault::DailyLimit,
        Fault::Hang(HOUR),
        Fault::Hang(Duration::from_secs(40)),
    ] {
        let mut world = World::with(2).await;
        world.make_ill(0, fault);
        for _ in 0..30 {
            world.missed_call(0).await;
        }
        world.pass(MINUTE * 7).await;
        for _ in 0..30 {
            world.missed_call(0).await;
        }
        world.pass(MINUTE * 4).await;
        // The first ones are older than ten minutes by now.
        world.make_well(0);
        // How long a used-up day lasts HighLevel does not say: it is asked about a quarter of an hour after it said so.
        world.pass(MINUTE * 5).await;
        let texted = world.waits(0..1);
        let told = format!("{fault:?}: {:?}", world.outcomes(0).await);
        let (old, young) = texted.split_at(30);
        assert!(old.iter().all(Option::is_none), "{told}");
        assert_eq!(young.iter().flatten().count(), 30, "{told}");
        let found = world.outcomes(0).await;
        assert_eq!(outcomes(&found), [("done", 30), ("stale", 30)], "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_asked_about_again_and_again() {
    let mut world = World::with(1).await;
    world.make_ill(0, Fault::RetryAfter(HOUR));
    for _ in 0..50 {
        world.missed_call(0).await;
    }
    world.pass(MINUTE * 9).await;
    // A few in each minute, in either lane.
    let asked = world.asked(0);
    assert!((9..250).contains(&asked), "{asked} requests");
    // What is too old comes to its end all the same.
    world.pass(MINUTE * 4).await;
    assert_eq!(outcomes(&world.outcomes(0).await), [("stale", 50)]);
}

#[tokio::test(start_paused = true)]
async fn what_comes_too_fast_is_answered_in_time_all_the_same() {
    // Twice as many as the rate limit allows, for longer than a text may be late. A text takes three requests.
    let mut world = World::with_limit(1, 20).await;
    let calls = 12 * 60;
    for _ in 0..calls {
        world.missed_call(0).await;
        world.pass(Duration::from_secs(1)).await;
    }
    let waits = world.waits(0..1);
    let texted: Vec<Duration> = waits.iter().flatten().copied().collect();
    assert!(texted.len() > calls / 3, "{} of {calls}", texted.len());
    let (mut all, latest) = (texted.clone(), texted.iter().max().unwrap());
    all.sort();
    assert!(*latest <= MINUTE * 10, "{latest:?}");
    assert!(
        all[all.len() / 2] < MINUTE * 2,
        "half wait for {:?}",
        all[all.len() / 2]
    );
    // All of them come to an end.
    world.pass(MINUTE * 12).await;
    let ended: usize = world.outcomes(0).await.values().sum();
    assert_eq!(ended, calls);
}

#[tokio::test(start_paused = true)]
async fn open_requests_stay_bounded_however_many_locations_hang() {
    const ILL: usize = 300;
    let mut world = World::with(ILL + 1).await;
    for location in 0..ILL {
        world.make_ill(location, Fault::Hang(HOUR));
    }
    for _ in 0..4 {
        for location in 0..ILL {
            world.missed_call(location).await;
        }
    }
    // At first nobody knows that they hang.
    world.pass(MINUTE).await;
    for _ in 0..60 {
        world.missed_call(ILL).await;
        world.pass(Duration::from_secs(2)).await;
    }
    let waits: Vec<_> = world.waits(ILL..ILL + 1).into_iter().flatten().collect();
    assert_eq!(waits.len(), 60);
    let p99 = p99(waits);
    assert!(p99 <= SOON, "{p99:?}");
    // An effect has up to three requests open.
    assert!(world.most_open() <= 3 * 448, "{}", world.most_open());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_or_doubled_when_the_process_dies_among_the_ill() {
    for fault in [
        Some(Fault::RetryAfter(HOUR)),
        Some(Fault::Hang(Duration::from_secs(5))),
        None,
    ] {
        let mut world = World::with(3).await;
        for round in 0..8 {
            if let Some(fault) = fault {
                world.make_ill(0, fault);
            }
            for _ in 0..10 {
                world.missed_call(0).await;
                world.missed_call(1).await;
            }
            world.pass(Duration::from_millis(700 + 313 * round)).await;
            world.restart(3).await;
        }
        world.make_well(0);
        world.pass(MINUTE * 20).await;
        // None is doubled, or this would fail. What was under way at a death is free when its claim ends, and too old then.
        let waits = world.waits(0..2);
        let texted = waits.iter().flatten().count();
        assert!(texted >= 160 - 2 * 8 * 4, "{fault:?}: {texted} texts");
        for location in 0..2 {
            let ended: usize = world.outcomes(location).await.values().sum();
            assert_eq!(ended, 80, "{fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_hangs_delays_no_other() {
    const LOCATIONS: usize = 40;
    let world = World::with(LOCATIONS).await;
    // Half of them, and the first in order among them.
    for location in 0..LOCATIONS / 2 {
        world.make_ill(location, Fault::Hang(HOUR));
    }
    let engine = world.engine.clone();
    let pause = MINUTE * 2;
    let sweeping = async move { engine.run_sweeps(pause, std::future::pending()).await };
    let sweeping = tokio::spawn(sweeping);
    world.pass(MINUTE * 11).await;
    sweeping.abort();
    for location in LOCATIONS / 2..LOCATIONS {
        assert!(
            world.asked(location) >= 5,
            "{location}: {}",
            world.asked(location)
        );
    }
    assert!(world.most_open() <= LOCATIONS);
}
