//! The sentences to learn from: the labelled corpus, ordinary sentences, and what the grammar makes.

use std::collections::HashSet;
use std::path::Path;

use gohighlevel::recipes::missed_call::Reply;

use super::chance::Chance;
use super::grammar::Grammar;
use super::noise;

/// How many sentences of one family are drawn at most.
const MOST_OF_A_FAMILY: usize = 60;
/// Neighbours in the corpus resemble each other, so that so many lines are one family.
const NEIGHBOURS: usize = 10;
/// So many of a hundred sentences of the grammar are joined with an ordinary one.
const JOINED: usize = 12;
const SEED: u64 = 20_250_411;

/// Where a sentence comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Labelled by hand. The rules were made from it too.
    Corpus,
    /// An ordinary sentence with hard words. What it is, apart from no opt-out, is not known.
    Ordinary,
    /// The same of daily life, by which the doubt is weighed.
    Daily,
    /// Made by the grammar, which the rules were not made from.
    Grammar,
}

pub(crate) struct Sentence {
    pub(crate) label: Reply,
    pub(crate) text: String,
    /// Sentences of one family are never on both sides of a validation.
    pub(crate) family: usize,
    pub(crate) source: Source,
}

/// The files of the grammar.
pub(crate) fn grammars() -> impl Iterator<Item = String> {
    [
        "opt_out_en",
        "opt_out_es",
        "wrong_and_automatic",
        "ordinary_en",
        "ordinary_es_fr",
        "second_round",
        "classes",
        "more_opt_out_en",
        "more_opt_out_es_fr",
        "more_wrong_number",
        "more_automatic",
        "more_booking",
        "more_help",
        "more_ordinary",
        "more_senses",
    ]
    .into_iter()
    .map(|name| format!("training/{name}.txt"))
}

pub(crate) fn read(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    std::fs::read_to_string(&path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// The lines of a file that count.
pub(crate) fn lines(file: &str) -> impl Iterator<Item = &str> {
    file.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

pub(crate) fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\\\", "\\")
}

pub(crate) fn label(code: &str) -> Option<Reply> {
    Reply::ALL.into_iter().find(|reply| reply.code() == code)
}

/// All sentences of the folder `fixtures/replies` that may be learnt from, the same ones each time.
pub(crate) fn sentences(folder: &Path) -> Result<Vec<Sentence>, String> {
    let chance = &mut Chance::new(SEED);
    let mut all = Vec::new();
    for (line, at) in lines(&read(folder, "corpus.tsv")?).zip(0..) {
        let (code, text) = line
            .split_once('\t')
            .ok_or("a line of corpus.tsv has no label")?;
        all.push(Sentence {
            label: label(code).ok_or("corpus.tsv has an unknown label")?,
            text: unescaped(text),
            family: at / NEIGHBOURS,
            source: Source::Corpus,
        });
    }
    let mut family = all.len() / NEIGHBOURS;
    for (name, source) in [
        ("ordinary_training.txt", Source::Ordinary),
        ("ordinary.txt", Source::Daily),
    ] {
        for line in lines(&read(folder, name)?) {
            family += 1;
            all.push(Sentence {
                label: Reply::Other,
                text: line.to_owned(),
                family,
                source,
            });
        }
    }
    let mut grammar = Grammar::default();
    for name in grammars() {
        grammar.add(&name, &read(folder, &name)?)?;
    }
    let ordinary: Vec<_> = grammar
        .families
        .iter()
        .filter(|one| matches!(one.label, Reply::Other | Reply::Thanks))
        .collect();
    for one in &grammar.families {
        family += 1;
        let mut drawn = HashSet::new();
        for _ in 0..one.size().min(MOST_OF_A_FAMILY) {
            let mut sentence = one.sentence(chance);
            let joins = chance.percent(JOINED);
            let other = ordinary[chance.below(ordinary.len())];
            if sentence.is_empty() {
                continue;
            }
            let alone = matches!(one.label, Reply::Automatic | Reply::Thanks | Reply::OptIn);
            if joins && !alone && other.language == one.language {
                let other = other.sentence(chance);
                sentence = if chance.percent(60) {
                    format!("{other}. {sentence}")
                } else {
                    format!("{sentence}. {other}")
                };
            }
            let sentence = noise::typed(&sentence, chance);
            if drawn.insert(sentence.clone()) {
                all.push(Sentence {
                    label: one.label,
                    text: sentence,
                    family,
                    source: Source::Grammar,
                });
            }
        }
    }
    Ok(all)
}
