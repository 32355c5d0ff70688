//! Shrinks a failing plan as far as the same invariant is still violated.

use super::plan::{Event, Plan};

/// The most smaller plans to try.
const MAX_TRIES: usize = 400;

/// The smallest plan found that still `fails`. It removes halves first, then quarters, and at last single events.
pub(super) fn shrink(plan: Plan, mut fails: impl FnMut(&Plan) -> bool) -> Plan {
    let mut tries = 0;
    let mut smallest = plan;
    let mut size = smallest.events.len().div_ceil(2).max(1);
    loop {
        let mut smaller = false;
        let mut from = 0;
        while from < smallest.events.len() && tries < MAX_TRIES {
            let candidate = without(&smallest, from, size);
            tries += 1;
            if fails(&candidate) {
                smallest = candidate;
                smaller = true;
            } else {
                from += size;
            }
        }
        if tries >= MAX_TRIES || (size == 1 && !smaller) {
            return smallest;
        }
        if !smaller {
            size = size.div_ceil(2);
        }
    }
}

fn without(plan: &Plan, from: usize, size: usize) -> Plan {
    let keep =
        |(index, event): (usize, &Event)| (index < from || index >= from + size).then_some(*event);
    Plan {
        events: plan.events.iter().enumerate().filter_map(keep).collect(),
        ..plan.clone()
    }
}
