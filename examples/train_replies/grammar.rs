//! The grammar of the training sentences: patterns such as `[stop|quit] texting $me`, each of which is one family.

use std::collections::HashMap;

use gohighlevel::recipes::missed_call::Reply;

use super::chance::Chance;

/// A pattern and what its sentences mean.
pub(crate) struct Family {
    pub(crate) label: Reply,
    pub(crate) language: String,
    pattern: String,
}

/// The families of all files.
#[derive(Default)]
pub(crate) struct Grammar {
    pub(crate) families: Vec<Family>,
}

impl Grammar {
    /// Adds the families of a file. Its slots hold for this file alone.
    pub(crate) fn add(&mut self, name: &str, file: &str) -> Result<(), String> {
        let mut slots = HashMap::new();
        let mut section = None;
        for (line, at) in file.lines().zip(1..) {
            let wrong = |what: &str| format!("{name}, line {at}: {what}");
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(slot) = line.strip_prefix('@') {
                let (slot, choices) = slot
                    .split_once('=')
                    .ok_or_else(|| wrong("a slot has no `=`"))?;
                slots.insert(
                    slot.trim().to_owned(),
                    format!("[{}]", choices.trim_start()),
                );
            } else if let Some(head) = line.strip_prefix("> ") {
                let (label, language) = head
                    .split_once(' ')
                    .ok_or_else(|| wrong("a section has no language"))?;
                let label = Reply::ALL.into_iter().find(|reply| reply.code() == label);
                section = Some((
                    label.ok_or_else(|| wrong("there is no such class"))?,
                    language.to_owned(),
                ));
            } else {
                let (label, language) = section
                    .clone()
                    .ok_or_else(|| wrong("a pattern stands before the first section"))?;
                let pattern = expanded(line, &slots)
                    .map_err(|slot| wrong(&format!("there is no slot ${slot}")))?;
                if pattern.matches('[').count() != pattern.matches(']').count() {
                    return Err(wrong("brackets are not closed"));
                }
                self.families.push(Family {
                    label,
                    language,
                    pattern,
                });
            }
        }
        Ok(())
    }
}

impl Family {
    /// One sentence of the family.
    pub(crate) fn sentence(&self, chance: &mut Chance) -> String {
        let mut rest = self.pattern.as_str();
        let chosen = sequence(&mut rest, chance);
        chosen.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// About how many sentences it has.
    pub(crate) fn size(&self) -> usize {
        self.pattern.split('[').skip(1).fold(1_usize, |size, part| {
            let choices = part
                .split(']')
                .next()
                .unwrap_or_default()
                .matches('|')
                .count()
                + 1;
            size.saturating_mul(choices)
        })
    }
}

/// The pattern with its slots written out, in words that begin with `$`. Slots may hold slots.
fn expanded(pattern: &str, slots: &HashMap<String, String>) -> Result<String, String> {
    let Some((before, after)) = pattern.split_once('$') else {
        return Ok(pattern.to_owned());
    };
    let end = after
        .find(|one: char| !one.is_ascii_lowercase())
        .unwrap_or(after.len());
    let (slot, rest) = after.split_at(end);
    let choices = slots.get(slot).ok_or_else(|| slot.to_owned())?;
    Ok(format!(
        "{before}{}{}",
        expanded(choices, slots)?,
        expanded(rest, slots)?
    ))
}

/// Reads up to the end of the alternative, choosing in the brackets on its way.
fn sequence(rest: &mut &str, chance: &mut Chance) -> String {
    let mut said = String::new();
    while let Some(at) = rest.find(['[', ']', '|']) {
        said.push_str(&rest[..at]);
        let mark = rest.as_bytes()[at];
        if mark != b'[' {
            *rest = &rest[at..];
            return said;
        }
        *rest = &rest[at + 1..];
        let mut choices = Vec::new();
        loop {
            choices.push(sequence(rest, chance));
            let more = rest.starts_with('|');
            *rest = rest.get(1..).unwrap_or_default();
            if !more {
                break;
            }
        }
        let chosen = chance.below(choices.len());
        said.push_str(&choices[chosen]);
    }
    said.push_str(rest);
    *rest = "";
    said
}
