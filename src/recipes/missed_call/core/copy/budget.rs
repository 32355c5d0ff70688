//! What to leave out of a text so that it costs no more than it has to: first the contact's name, then what the
//! template can do without.

use super::error::{CopyError, Kind, TooMany};
use super::lint::links;
use super::merge_values::MergeValues;
use super::message::MessageCopy;
use super::segments::{Encoding, Segments, SenderKind, is_gsm7};
use super::template::MergeField;
use crate::recipes::missed_call::core::compliance::opt_out;

/// Room for the lines with the sender's name and about STOP that HighLevel puts after the first text to a contact, in
/// characters; its own lines differ by location, and about sixty is what they take.
const APPENDED: usize = 60;
/// As many costly characters are named.
const MOST_NAMED: usize = 12;

/// A text within its bounds, and the fields that were left out for it.
pub(super) struct Fitted {
    pub(super) body: String,
    pub(super) segments: Segments,
    pub(super) dropped: Vec<MergeField>,
}

/// A text and the values it was made with.
struct Draft {
    values: MergeValues,
    body: String,
    /// The room for what HighLevel puts after it.
    more: usize,
    segments: Segments,
}

impl Draft {
    fn of(copy: &MessageCopy, values: MergeValues, sender: SenderKind) -> Result<Self, CopyError> {
        let body = copy.compose(&values)?;
        let more = if opt_out::tells_how_to_stop(&body) {
            0
        } else {
            APPENDED
        };
        Ok(Self {
            segments: Segments::with_more(&body, more, sender),
            values,
            body,
            more,
        })
    }

    /// By how much it is too long, and for which letters.
    fn too_many(&self, most: usize, sender: SenderKind) -> TooMany {
        let mut costly = String::new();
        for character in self.body.chars().filter(|c| !is_gsm7(*c)) {
            if !costly.contains(character) && costly.chars().count() < MOST_NAMED {
                costly.push(character);
            }
        }
        let without: String = self
            .body
            .chars()
            .map(|c| if is_gsm7(c) { c } else { 'x' })
            .collect();
        TooMany {
            parts: self.segments.parts(),
            most,
            excess: self.segments.excess(most, sender),
            excess_without: Segments::with_more(&without, self.more, sender).excess(most, sender),
            costly,
        }
    }

    /// Whether it takes another part than `other`, or the alphabet in which parts hold less.
    fn costs_more_than(&self, other: &Self) -> bool {
        let (this, other) = (self.segments, other.segments);
        this.parts() > other.parts()
            || (this.encoding() == Encoding::Ucs2 && other.encoding() == Encoding::Gsm7)
    }
}

/// The text with as many of the values as it has room for.
pub(super) fn fitting(
    copy: &MessageCopy,
    given: &MergeValues,
    sender: SenderKind,
) -> Result<Fitted, CopyError> {
    // Before anything is made of them, many times over.
    for field in copy.body.fields() {
        given.check_length(field)?;
    }
    let most = usize::from(copy.max_segments.get());
    let mut values = given.clone();
    let mut optional = optional_values(copy, given);
    let mut dropped = Vec::new();
    loop {
        let draft = cheapest(copy, &values, sender)?;
        if draft.segments.parts() <= most {
            let mut names = dropped_names(copy, given, &draft.values);
            names.append(&mut dropped);
            return Ok(Fitted {
                body: draft.body,
                segments: draft.segments,
                dropped: names,
            });
        }
        let Some(key) = optional.pop() else {
            let kind = Kind::TooManyParts(draft.too_many(most, sender));
            return Err(CopyError::new(kind, None));
        };
        values.custom_values.remove(&key);
        dropped.push(MergeField::CustomValue(key));
    }
}

/// The text that says as much of the contact's name as costs nothing.
fn cheapest(
    copy: &MessageCopy,
    values: &MergeValues,
    sender: SenderKind,
) -> Result<Draft, CopyError> {
    let anonymous = Draft::of(copy, values.clone().without_names(|_| true), sender);
    let named = spellings(values)
        .into_iter()
        .map(|values| values.without_names(|name| copy.refuses_name(name)))
        .filter_map(|values| Draft::of(copy, values, sender).ok())
        .find(|draft| match &anonymous {
            Ok(anonymous) => !draft.costs_more_than(anonymous),
            Err(_) => true,
        });
    match named {
        Some(named) => Ok(named),
        None => anonymous,
    }
}

/// The values with the names as they are, in plain letters, and both with the first name alone.
fn spellings(values: &MergeValues) -> Vec<MergeValues> {
    let whole = values.clone().with_names_as_shown();
    let first = whole.clone().with_first_name_only();
    let mut spellings = vec![
        whole.clone(),
        whole.with_latin_names(),
        first.clone(),
        first.with_latin_names(),
    ];
    spellings.retain(MergeValues::has_names);
    spellings.dedup();
    spellings
}

/// The custom values that the template can do without, in their order: no link, nothing about
/// STOP, and there is something to say instead.
fn optional_values(copy: &MessageCopy, values: &MergeValues) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for field in copy.body.fields() {
        if let MergeField::CustomValue(key) = field
            && !field.is_link()
            && !keys.contains(key)
            && !copy.body.required().any(|required| required == field)
            && let Some(value) = values.get(field)
            && links(&value).next().is_none()
            && !opt_out::names_stop(&value)
        {
            keys.push(key.clone());
        }
    }
    keys
}

/// The names in the template that `given` has and `used` has not.
fn dropped_names(copy: &MessageCopy, given: &MergeValues, used: &MergeValues) -> Vec<MergeField> {
    let whole = given.clone().with_names_as_shown();
    let latin = whole.clone().with_latin_names();
    let mut dropped: Vec<MergeField> = Vec::new();
    for field in copy.body.fields() {
        let shown = used.get(field);
        if field.is_name()
            && whole.get(field).is_some()
            && shown != whole.get(field)
            && (shown.is_none() || shown != latin.get(field))
            && !dropped.contains(field)
        {
            dropped.push(field.clone());
        }
    }
    dropped
}
