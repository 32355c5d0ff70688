//! What to leave out of a text so that it costs no more than necessary: first the contact's name, then the values that
//! the template can do without.

use super::contact_names::ContactNames;
use super::error::{CopyError, Kind, TooManySegments};
use super::lint::links;
use super::merge_field::MergeField;
use super::merge_values::FieldValues;
use super::message::MessageCopy;
use super::segments::{Encoding, Segments, SenderKind, is_gsm7};
use crate::recipes::missed_call::core::compliance::opt_out;

/// Room for the lines with the sender's name and about STOP that HighLevel puts after the first text to a contact, in
/// characters; its own lines differ by location, and take about sixty.
const APPENDED: usize = 60;
/// At most this many costly characters are named.
const MOST_NAMED: usize = 12;

/// A text within its limits, and the fields that were left out for it.
pub(super) struct Fitted {
    pub(super) body: String,
    pub(super) segments: Segments,
    pub(super) dropped: Vec<MergeField>,
}

/// A text and the names it was made with.
struct Draft {
    names: ContactNames,
    body: String,
    /// The room for what HighLevel puts after it.
    appended: usize,
    segments: Segments,
}

impl Draft {
    fn new(
        copy: &MessageCopy,
        values: &FieldValues<'_>,
        names: ContactNames,
        sender: SenderKind,
    ) -> Result<Self, CopyError> {
        let body = copy.compose_unchecked(&values.with_names(&names))?;
        let appended = if opt_out::tells_how_to_stop(&body) {
            0
        } else {
            APPENDED
        };
        Ok(Self {
            segments: Segments::with_appended(&body, appended, sender),
            names,
            body,
            appended,
        })
    }

    /// By how much it is too long, and because of which characters.
    fn too_many(&self, most: usize, sender: SenderKind) -> TooManySegments {
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
        let without = Segments::with_appended(&without, self.appended, sender);
        TooManySegments {
            segments: self.segments.segments(),
            most,
            excess: self.segments.excess(most, sender),
            excess_without: without.excess(most, sender),
            costly,
        }
    }

    /// Whether no other draft can cost less.
    fn is_cheapest(&self) -> bool {
        self.segments.encoding() == Encoding::Gsm7 && self.segments.segments() <= 1
    }

    /// Whether it takes another segment than `other`, or the encoding whose segments hold less.
    fn costs_more_than(&self, other: &Self) -> bool {
        let (this, other) = (self.segments, other.segments);
        this.segments() > other.segments()
            || (this.encoding() == Encoding::Ucs2 && other.encoding() == Encoding::Gsm7)
    }
}

/// The text with as many of the values as it has room for.
pub(super) fn fitting(
    copy: &MessageCopy,
    given: &FieldValues<'_>,
    sender: SenderKind,
) -> Result<Fitted, CopyError> {
    // Before the values are copied into drafts.
    for field in copy.body.fields() {
        given.check_length(field)?;
    }
    let most = usize::from(copy.max_segments.get());
    let shown = given.names().as_shown();
    let mut optional = None;
    let mut dropped = Vec::new();
    loop {
        let draft = cheapest(copy, &given.without(&dropped), &shown, sender)?;
        if draft.segments.segments() <= most {
            let mut names = dropped_names(copy, &shown, &draft.names);
            names.append(&mut dropped);
            return Ok(Fitted {
                body: draft.body,
                segments: draft.segments,
                dropped: names,
            });
        }
        let optional = optional.get_or_insert_with(|| optional_values(copy, given));
        let Some(field) = optional.pop() else {
            let kind = Kind::TooManySegments(draft.too_many(most, sender));
            return Err(CopyError::new(kind, None));
        };
        dropped.push(field);
    }
}

/// The text that says as much of the contact's name as costs nothing.
fn cheapest(
    copy: &MessageCopy,
    values: &FieldValues<'_>,
    shown: &ContactNames,
    sender: SenderKind,
) -> Result<Draft, CopyError> {
    // Names are not checked here, so that this holds for every draft.
    copy.check_values(&copy.body, values)?;
    let draft = |names| Draft::new(copy, values, names, sender);
    let anonymous = || draft(ContactNames::NONE);
    if !copy.body.fields().any(MergeField::is_name) {
        return anonymous();
    }
    let mut nameless = None;
    let mut tried = ContactNames::NONE;
    for spelling in [
        ContactNames::clone,
        ContactNames::in_latin,
        ContactNames::first_only,
        |names: &ContactNames| names.first_only().in_latin(),
    ] {
        let names = spelling(shown);
        if names.is_empty() || names == tried {
            continue;
        }
        tried = names.clone();
        let Ok(named) = draft(names.without(|name| copy.refuses_name(name))) else {
            continue;
        };
        // The draft without a name is only made where it may be cheaper.
        let costs_more = !named.is_cheapest()
            && matches!(nameless.get_or_insert_with(anonymous), Ok(nameless) if named.costs_more_than(nameless));
        if !costs_more {
            return Ok(named);
        }
    }
    nameless.unwrap_or_else(anonymous)
}

/// The custom values that the template can do without, in their order: those with a substitute that are not links and
/// say nothing about STOP.
fn optional_values(copy: &MessageCopy, values: &FieldValues<'_>) -> Vec<MergeField> {
    let mut optional: Vec<MergeField> = Vec::new();
    for field in copy.body.fields() {
        if matches!(field, MergeField::CustomValue(_))
            && !field.is_link()
            && !optional.contains(field)
            && !copy.body.required().any(|required| required == field)
            && let Some(value) = values.get(field)
            && links(value).next().is_none()
            && !opt_out::names_stop(value)
        {
            optional.push(field.clone());
        }
    }
    optional
}

/// The names in the template that can be shown and are not in `used`.
fn dropped_names(copy: &MessageCopy, shown: &ContactNames, used: &ContactNames) -> Vec<MergeField> {
    let mut dropped: Vec<MergeField> = Vec::new();
    let mut latin = None;
    for field in copy.body.fields().filter(|field| field.is_name()) {
        let (whole, used) = (shown.get(field), used.get(field));
        if whole.is_none() || used == whole || dropped.contains(field) {
            continue;
        }
        let latin = latin.get_or_insert_with(|| shown.in_latin());
        if used.is_none() || used != latin.get(field) {
            dropped.push(field.clone());
        }
    }
    dropped
}
