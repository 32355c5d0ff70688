//! Learns the weights: multinomial logistic regression, by gradient descent with a step for each weight (AdaGrad).
//!
//! One thread, one order, and only operations that IEEE 754 defines to the last bit: the same weights on every machine. That
//! is why the exponential function is written out here.

use super::chance::Chance;

/// The classes that the reader tells apart.
pub(crate) const CLASSES: usize = 7;

const SEED: u64 = 1;

/// A sentence to learn from.
pub(crate) struct Lesson {
    pub(crate) class: usize,
    /// The places of its features.
    pub(crate) places: Vec<u32>,
    /// How much it counts.
    pub(crate) weight: f64,
}

pub(crate) struct Settings {
    pub(crate) rounds: usize,
    pub(crate) rate: f64,
    pub(crate) decay: f64,
    pub(crate) places: usize,
}

/// A score for each class is `bias + scale(features) * sum of weights`.
pub(crate) struct Model<const N: usize> {
    pub(crate) weights: Vec<[f64; N]>,
    pub(crate) bias: [f64; N],
}

/// By what the sum of the weights is multiplied, so that long replies do not shout.
fn scale(features: usize) -> f64 {
    1.0 / (features.max(1) as f64).sqrt()
}

impl<const N: usize> Model<N> {
    pub(crate) fn scores(&self, places: &[u32]) -> [f64; N] {
        let mut scores = [0.0; N];
        for place in places {
            let weights = &self.weights[*place as usize];
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight;
            }
        }
        let scale = scale(places.len());
        for (score, bias) in scores.iter_mut().zip(&self.bias) {
            *score = *score * scale + bias;
        }
        scores
    }

    pub(crate) fn learnt(lessons: &[Lesson], settings: &Settings) -> Self {
        let mut model = Self {
            weights: vec![[0.0; N]; settings.places],
            bias: [0.0; N],
        };
        let mut squares = vec![[1e-3; N]; settings.places];
        let mut bias_squares = [1e-3; N];
        let mut order: Vec<usize> = (0..lessons.len()).collect();
        let mut chance = Chance::new(SEED);
        for _ in 0..settings.rounds {
            shuffle(&mut order, &mut chance);
            for at in &order {
                let lesson = &lessons[*at];
                let mut slopes = likely(model.scores(&lesson.places));
                slopes[lesson.class] -= 1.0;
                let scale = scale(lesson.places.len());
                for class in 0..N {
                    let slope = slopes[class] * lesson.weight;
                    bias_squares[class] += slope * slope;
                    model.bias[class] -= settings.rate * slope / bias_squares[class].sqrt();
                    slopes[class] = slope * scale;
                }
                for place in &lesson.places {
                    let weights = &mut model.weights[*place as usize];
                    let squares = &mut squares[*place as usize];
                    for class in 0..N {
                        let slope = slopes[class] + settings.decay * weights[class] * scale;
                        squares[class] += slope * slope;
                        weights[class] -= settings.rate * slope / squares[class].sqrt();
                    }
                }
            }
        }
        model
    }
}

/// The likelihood of each class.
pub(crate) fn likely<const N: usize>(mut scores: [f64; N]) -> [f64; N] {
    let most = scores.iter().copied().fold(f64::MIN, f64::max);
    let mut sum = 0.0;
    for score in &mut scores {
        *score = exp(*score - most);
        sum += *score;
    }
    scores.map(|score| score / sum)
}

/// e^x for x of at most zero: (1 + x/1024)^1024.
fn exp(x: f64) -> f64 {
    let mut power = (1.0 + x / 1024.0).max(0.0);
    for _ in 0..10 {
        power *= power;
    }
    power
}

fn shuffle(all: &mut [usize], chance: &mut Chance) {
    for last in (1..all.len()).rev() {
        all.swap(last, chance.below(last + 1));
    }
}
