//! The features of a reply: hashes of its words, pairs and triples of words, and runs of three to five letters.
//!
//! They are taken from the normalised words, so that case, accents, look-alike letters and common spellings make no
//! difference. At most [`MOST_BYTES`] of a text are looked at, from both its ends.

use crate::recipes::missed_call::core::reply::excerpt::Excerpt;
use crate::recipes::missed_call::core::reply::steps;
use crate::recipes::missed_call::core::reply::text::{Text, Word};

/// How many bytes of normalised words are looked at. A longer text is looked at from both ends, half from each.
const MOST_BYTES: usize = 512;
/// Of a longer word, only the beginning is looked at.
const LONGEST_WORD: usize = 24;
/// The shortest and the longest run of letters. The beginning and the end of a word count as letters.
const SHORTEST_RUN: usize = 3;
const LONGEST_RUN: usize = 5;
/// How many words after a "not" it is taken to cover.
const COVERED: usize = 4;
/// How many pictures are looked at.
const MOST_PICTURES: usize = 4;

/// Words that turn what follows into its opposite.
const NOT: &[&str] = &[
    "dont", "not", "no", "never", "didnt", "cant", "wont", "doesnt", "isnt", "without", "nunca",
    "ni", "sin", "ne", "pas", "jamais", "nobody", "noone", "stop", "quit", "dejen", "deje", "deja",
    "stopped",
];

/// What a feature is made of. The kind is part of its hash, so that the word `me` and the letters `me` differ.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Pair,
    Triple,
    Apart,
    Covered,
    Letters,
    Picture,
    Length,
    Question,
    First,
    Last,
}

/// The hashes of the features of a reply, whose words are `text`.
pub(super) fn of(excerpt: Excerpt<'_>, text: &Text) -> Vec<u32> {
    let words = looked_at(text.words());
    let mut found = Vec::with_capacity(512);
    letters(&words, &mut found);
    word_groups(&words, &mut found);
    covered(&words, &mut found);
    let parts = [excerpt.head, excerpt.tail.unwrap_or_default()];
    let pictures = parts.iter().flat_map(|part| part.chars());
    for picture in pictures.filter(|one| is_picture(*one)).take(MOST_PICTURES) {
        found.push(hash(Kind::Picture, &[&u32::from(picture).to_string()]));
    }
    if text.asks {
        found.push(hash(Kind::Question, &[]));
    }
    found.push(hash(Kind::Length, &[length(words.len())]));
    steps::take(found.len() as u64 / 4);
    found
}

/// Pictures that refuse or complain. Others are courtesy or mood and mean neither a yes nor a no.
fn is_picture(character: char) -> bool {
    matches!(
        character,
        '🛑' | '⛔'
            | '🚫'
            | '🖕'
            | '📵'
            | '🙅'
            | '🔕'
            | '❌'
            | '👎'
            | '✋'
            | '😡'
            | '🤬'
            | '😤'
            | '🙄'
            | '😠'
    )
}

/// A word as it counts: shortened, and with each number as `0`.
fn counted(word: &Word) -> String {
    let mut counted = String::with_capacity(word.text.len().min(LONGEST_WORD));
    for character in word.text.chars() {
        if counted.len() >= LONGEST_WORD {
            break;
        }
        let character = if character.is_ascii_digit() {
            if counted.ends_with('0') {
                continue;
            }
            '0'
        } else {
            character
        };
        counted.push(character);
    }
    counted
}

/// The words that are looked at: all of them, or those at both ends.
fn looked_at(words: &[Word]) -> Vec<String> {
    let fits = |budget: &mut usize, word: &Word| {
        let length = word.text.len().min(LONGEST_WORD) + 1;
        let left = budget.checked_sub(length);
        *budget = left.unwrap_or_default();
        left.is_some()
    };
    let mut budget = MOST_BYTES / 2;
    let head = words
        .iter()
        .take_while(|word| fits(&mut budget, word))
        .count();
    let rest = words.get(head..).unwrap_or_default();
    let mut budget = MOST_BYTES / 2;
    let tail = rest
        .iter()
        .rev()
        .take_while(|word| fits(&mut budget, word))
        .count();
    let tail = rest.get(rest.len() - tail..).unwrap_or_default();
    let head = words.get(..head).unwrap_or_default();
    head.iter().chain(tail).map(counted).collect()
}

/// Runs of three to five letters of a word.
fn letters(words: &[String], found: &mut Vec<u32>) {
    let mut text = String::with_capacity(LONGEST_WORD + 5);
    for word in words {
        text.clear();
        text.push(' ');
        text.push_str(word);
        text.push(' ');
        let bytes = text.as_bytes();
        for at in 0..bytes.len().saturating_sub(SHORTEST_RUN - 1) {
            let mut state = start(Kind::Letters);
            for (taken, byte) in (1..).zip(bytes[at..].iter().take(LONGEST_RUN)) {
                state = step(state, *byte);
                if taken >= SHORTEST_RUN {
                    found.push(finished(state));
                }
            }
        }
    }
}

fn word_groups(words: &[String], found: &mut Vec<u32>) {
    for (at, word) in words.iter().enumerate() {
        found.push(hash(Kind::Word, &[word]));
        let next = |by: usize| words.get(at + by).map_or("$", String::as_str);
        found.push(hash(Kind::Pair, &[word, next(1)]));
        if at + 1 < words.len() {
            found.push(hash(Kind::Triple, &[word, next(1), next(2)]));
            found.push(hash(Kind::Apart, &[word, next(2)]));
        }
    }
    if let [first, .., last] = words {
        found.push(hash(Kind::First, &[first]));
        found.push(hash(Kind::Last, &[last]));
    }
}

/// The words after a "not", which mean something else than without it.
fn covered(words: &[String], found: &mut Vec<u32>) {
    let mut left = 0;
    let mut not = "";
    for word in words {
        if left > 0 {
            found.push(hash(Kind::Covered, &[not, word]));
            left -= 1;
        }
        if NOT.contains(&word.as_str()) {
            left = COVERED;
            not = word;
        }
    }
}

fn length(words: usize) -> &'static str {
    match words {
        0 => "0",
        1 => "1",
        2 => "2",
        3 => "3",
        4..=6 => "6",
        7..=12 => "12",
        13..=24 => "24",
        _ => "more",
    }
}

fn hash(kind: Kind, parts: &[&str]) -> u32 {
    let mut state = start(kind);
    for part in parts {
        for byte in part.bytes() {
            state = step(state, byte);
        }
        state = step(state, 0);
    }
    finished(state)
}

/// FNV-1a over the kind and the bytes.
const fn start(kind: Kind) -> u32 {
    step(0x811c_9dc5, kind as u8)
}

const fn step(state: u32, byte: u8) -> u32 {
    (state ^ byte as u32).wrapping_mul(0x0100_0193)
}

/// Mixes the bits, because the upper ones choose the place.
const fn finished(state: u32) -> u32 {
    let state = (state ^ (state >> 16)).wrapping_mul(0x7feb_352d);
    let state = (state ^ (state >> 15)).wrapping_mul(0x846c_a68b);
    state ^ (state >> 16)
}
