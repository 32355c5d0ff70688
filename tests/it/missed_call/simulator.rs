//! Thousands of simulated worlds, and the proof that a broken promise would be seen in them.

use gohighlevel::testing::{Planted, Simulation};

#[test]
fn probe() {
    let began = std::time::Instant::now();
    let n: u64 = std::env::var("N").map_or(20, |n| n.parse().unwrap());
    let mut bad = 0;
    let mut texts = 0;
    for seed in 0..n {
        match Simulation::of_seed(seed).run() {
            Ok(summary) => texts += summary.texts,
            Err(broken) => {
                bad += 1;
                if bad < 6 {
                    println!("{broken}");
                }
            }
        }
    }
    println!("{n} {bad} bad {texts} texts {:?}", began.elapsed());
    let _ = Planted::ALL;
}
