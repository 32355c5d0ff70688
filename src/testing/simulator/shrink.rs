//! Makes a failing plan as small as it gets while the same promise still breaks.

use super::plan::{Event, Plan};

/// How many smaller plans are tried.
const MOST_TRIES: usize = 400;

/// The smallest plan found for which `breaks` still holds: first without halves, then without quarters, and at last
/// without single events.
pub(super) fn shrink(plan: Plan, mut breaks: impl FnMut(&Plan) -> bool) -> Plan {
    let mut tries = 0;
    let mut smallest = plan;
    let mut size = smallest.events.len().div_ceil(2).max(1);
    loop {
        let mut smaller = false;
        let mut from = 0;
        while from < smallest.events.len() && tries < MOST_TRIES {
            let candidate = without(&smallest, from, size);
            tries += 1;
            if breaks(&candidate) {
                smallest = candidate;
                smaller = true;
            } else {
                from += size;
            }
        }
        if tries >= MOST_TRIES || (size == 1 && !smaller) {
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
