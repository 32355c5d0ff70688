//! Reading replies: the replies of the second hold-out, one after another, and the longest text that is read in full. The
//! baseline is a plain walk over the letters of the same replies.
//!
//! On two shared cores of a cloud machine a reply takes 12 µs, of which normalising takes 5 µs, and the longest text 0.35 ms.
#![allow(missing_docs, reason = "criterion's macros make items without")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gohighlevel::recipes::missed_call::reply::classify;

const REPLIES: &str = include_str!("../fixtures/replies/unseen.tsv");
/// The bytes of the longest text message.
const LONGEST: usize = 1600;

fn replies(bench: &mut Criterion) {
    let lines = REPLIES.lines().filter(|line| !line.starts_with('#'));
    let texts: Vec<&str> = lines
        .filter_map(|line| line.splitn(3, '\t').nth(2))
        .collect();
    let mut group = bench.benchmark_group("replies");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("letters alone", |bench| {
        bench.iter(|| {
            let letters = texts.iter().flat_map(|text| text.chars());
            black_box(letters.filter(|letter| letter.is_alphabetic()).count())
        });
    });
    group.bench_function("classify", |bench| {
        bench.iter(|| {
            for text in &texts {
                black_box(classify(black_box(text)));
            }
        });
    });
    group.finish();
    let unit = "I called about my roof and ";
    let long = unit.repeat(LONGEST / unit.len());
    bench.bench_function("replies/longest", |bench| {
        bench.iter(|| classify(black_box(&long)))
    });
}

criterion_group!(benches, replies);
criterion_main!(benches);
