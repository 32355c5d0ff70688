//! The file of the weights: half a byte for each weight, and whole numbers for the rest. Its layout is described in
//! `src/recipes/missed_call/core/reply/reader/weights.rs`.

use super::learn::{CLASSES, Model};
use super::tiers::Votes;

/// Scores are in thousandths.
const THOUSANDTHS: f64 = 1000.0;
/// The root of the number of features is in 256ths.
const ROOT: f64 = 256.0;
/// The largest weight, in steps.
const LARGEST: f64 = 7.0;
/// So many of a hundred weights are not cut to the largest one.
const UNCUT_OF_A_HUNDRED: usize = 99;

pub(crate) struct Parts<'a> {
    pub(crate) fingerprint: u64,
    pub(crate) certain: f64,
    pub(crate) doubtful: f64,
    pub(crate) votes: &'a Votes,
    pub(crate) votes_for_classes: [f64; CLASSES],
    pub(crate) no: &'a Model<2>,
    pub(crate) classes: &'a Model<CLASSES>,
}

pub(crate) fn bytes(parts: &Parts<'_>) -> Vec<u8> {
    let mut bytes = b"replies1".to_vec();
    bytes.extend(parts.fingerprint.to_le_bytes());
    let mut number = |value: f64| bytes.extend((value.round() as i32).to_le_bytes());
    number(parts.certain * THOUSANDTHS);
    number(parts.doubtful * THOUSANDTHS);
    for vote in parts.votes.votes {
        number(vote * THOUSANDTHS);
    }
    for vote in parts.votes_for_classes {
        number(vote * THOUSANDTHS);
    }

    let no: Vec<f64> = parts.no.weights.iter().map(|[yes, no]| no - yes).collect();
    let [yes, bias] = parts.no.bias;
    let unit = unit(no.iter().copied());
    number(unit * parts.votes.slope * THOUSANDTHS * ROOT);
    number((bias - yes) * parts.votes.slope * THOUSANDTHS);

    let units: [f64; CLASSES] =
        std::array::from_fn(|class| self::unit(parts.classes.weights.iter().map(|row| row[class])));
    for unit in units {
        number(unit * THOUSANDTHS * ROOT);
    }
    for bias in parts.classes.bias {
        number(bias * THOUSANDTHS);
    }
    for pair in no.chunks(2) {
        let steps = pair.iter().rev().map(|weight| steps(*weight, unit));
        bytes.push(steps.fold(0, |byte, steps| byte << 4 | steps as u8));
    }
    for row in &parts.classes.weights {
        let steps = row
            .iter()
            .zip(units)
            .rev()
            .map(|(weight, unit)| steps(*weight, unit));
        bytes.extend(steps.fold(0, |row, steps| row << 4 | steps).to_le_bytes());
    }
    bytes
}

/// A weight in steps from -7 to 7, of which 8 is none.
fn steps(weight: f64, unit: f64) -> u32 {
    ((weight / unit).round().clamp(-LARGEST, LARGEST) + LARGEST + 1.0) as u32
}

/// What one step of a weight is worth.
fn unit(weights: impl Iterator<Item = f64>) -> f64 {
    let mut sizes: Vec<f64> = weights.map(f64::abs).filter(|size| *size > 0.0).collect();
    sizes.sort_by(f64::total_cmp);
    let at = sizes.len() * UNCUT_OF_A_HUNDRED / 100;
    sizes.get(at).copied().unwrap_or(1.0) / LARGEST
}
