//! The weights of the reader, and the sums over them. Scores are in thousandths of the logarithm of the odds.
//!
//! The file `weights.bin`, in little-endian order: the bytes `replies1`; the fingerprint of data and trainer (`u64`); then as
//! `i32` the two thresholds, the votes of the rules for a no and for their class (one for each class), scale and bias of the
//! first sum, scales and biases of the second; then the weights, in steps of half a byte each, where 8 is none: two places of the
//! first sum in a byte, and one place of the second sum, with its classes, in four bytes. The lower half comes first.

use std::sync::LazyLock;

/// The number of classes of the second sum.
pub(super) const CLASSES: usize = 7;
/// So many of them, the first ones, say no.
pub(super) const NO: usize = 2;
/// The places of the first sum.
const PLACES: usize = 65_536;
/// The places of the second sum, each with one weight for each class.
const CLASS_PLACES: usize = 8_192;
/// The bytes of a place of the second sum.
const ROW: usize = 4;
/// The weight of nothing.
const NONE: i32 = 8;
/// The bytes before the weights.
const HEAD: usize = 16 + 4 * (2 + 2 * CLASSES + 2 + 2 * CLASSES);

static FILE: &[u8] = include_bytes!("weights.bin");
const _: () = assert!(
    include_bytes!("weights.bin").len() == HEAD + PLACES / 2 + CLASS_PLACES * ROW,
    "weights.bin has another size; make it with examples/train_replies"
);

/// A sum is scaled by this, divided by the root of the number of features, and shifted by the bias.
#[derive(Clone, Copy)]
struct Line {
    scale: i64,
    bias: i64,
}

impl Line {
    fn at(self, sum: i32, root: i64) -> i64 {
        i64::from(sum) * self.scale / root + self.bias
    }
}

pub(super) struct Weights {
    /// A no of at least so much is certain.
    pub(super) certain: i64,
    /// A no of at least so much is doubtful.
    pub(super) doubtful: i64,
    /// What the verdict of the rules adds to the no, for each class.
    pub(super) votes_for_no: [i64; CLASSES],
    /// What the verdict of the rules adds to its class.
    pub(super) votes_for_classes: [i64; CLASSES],
    no: Line,
    classes: [Line; CLASSES],
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(Weights::read);

impl Weights {
    pub(super) fn get() -> &'static Self {
        &WEIGHTS
    }

    fn read() -> Self {
        let mut numbers = FILE[16..HEAD].as_chunks::<4>().0.iter();
        let mut next = || i64::from(i32::from_le_bytes(*numbers.next().unwrap_or(&[0; 4])));
        let (certain, doubtful) = (next(), next());
        let votes_for_no = std::array::from_fn(|_| next());
        let votes_for_classes = std::array::from_fn(|_| next());
        let no = Line {
            scale: next(),
            bias: next(),
        };
        let scales: [i64; CLASSES] = std::array::from_fn(|_| next());
        let classes = scales.map(|scale| Line {
            scale,
            bias: next(),
        });
        Self {
            certain,
            doubtful,
            votes_for_no,
            votes_for_classes,
            no,
            classes,
        }
    }

    /// How much the features say no.
    pub(super) fn no(&self, features: &[u32]) -> i64 {
        let weight = |feature: &u32| {
            let place = place(*feature, PLACES);
            i32::from(FILE[HEAD + place / 2] >> (4 * (place % 2)) & 15) - NONE
        };
        self.no
            .at(features.iter().map(weight).sum(), root(features))
    }

    /// How much the features speak for each class.
    pub(super) fn classes(&self, features: &[u32]) -> [i64; CLASSES] {
        let (rows, _) = FILE[HEAD + PLACES / 2..].as_chunks::<ROW>();
        let mut sums = [0_i32; CLASSES];
        for feature in features {
            let row = u32::from_le_bytes(rows[place(*feature, CLASS_PLACES)]);
            for (sum, class) in sums.iter_mut().zip(0..) {
                *sum += (row >> (4 * class) & 15).cast_signed() - NONE;
            }
        }
        let root = root(features);
        std::array::from_fn(|class| self.classes[class].at(sums[class], root))
    }
}

/// The place of a feature among so many.
fn place(feature: u32, places: usize) -> usize {
    ((u64::from(feature) * places as u64) >> 32) as usize
}

/// The root of the number of features, in 256ths.
fn root(features: &[u32]) -> i64 {
    let count = features.len().max(1) as u64;
    i64::from(((count << 16).isqrt() as u32).max(1))
}
