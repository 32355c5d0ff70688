//! Suggestions for a merge field that recipes do not know: which field was probably meant.

use super::merge_field::FIXED_FIELDS;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::spelling::nearest;

const KNOWN_FIELDS: &str = "write one of `contact.first_name`, `contact.last_name`, `contact.name`, `location.name`, \
                            `location.phone`, `number.name`, `number.link` or `custom_values.<key>`";

/// The first words of HighLevel's own merge fields, besides those of contacts and locations.
const OBJECTS: [&str; 16] = [
    "user",
    "appointment",
    "calendar",
    "right_now",
    "message",
    "trigger_link",
    "campaign",
    "attribution",
    "location_owner",
    "opportunity",
    "task",
    "order",
    "invoice",
    "workflow",
    "note",
    "membership",
];

/// HighLevel's fields of contacts and locations that look like one of ours, or that users ask for.
const OTHER_FIELDS: [&str; 24] = [
    "contact.email",
    "contact.phone",
    "contact.phone_raw",
    "contact.full_address",
    "contact.address1",
    "contact.city",
    "contact.state",
    "contact.country",
    "contact.postal_code",
    "contact.company_name",
    "contact.date_of_birth",
    "contact.source",
    "contact.website",
    "contact.timezone",
    "contact.id",
    "location.email",
    "location.address",
    "location.full_address",
    "location.city",
    "location.state",
    "location.country",
    "location.postal_code",
    "location.website",
    "location.logo_url",
];

/// Other names that users write for our fields.
const OTHER_NAMES: [(&str, &[&str]); 6] = [
    (
        "contact.first_name",
        &[
            "first_name",
            "firstname",
            "fname",
            "first",
            "name_first",
            "contact_first_name",
            "customer_first_name",
            "client_first_name",
            "patient_first_name",
            "given_name",
        ],
    ),
    (
        "contact.last_name",
        &[
            "last_name",
            "lastname",
            "lname",
            "last",
            "surname",
            "contact_last_name",
            "family_name",
        ],
    ),
    (
        "contact.name",
        &[
            "name",
            "full_name",
            "fullname",
            "contact_name",
            "customer_name",
            "client_name",
            "contact",
            "customer",
            "client",
            "caller_name",
            "your_name",
        ],
    ),
    (
        "location.name",
        &[
            "location_name",
            "business_name",
            "company_name",
            "business",
            "company",
            "clinic",
            "clinic_name",
            "location",
            "studio",
            "studio_name",
            "practice_name",
            "our_name",
            "your_business",
            "your_business_name",
            "brand",
            "shop_name",
            "salon_name",
            "your_company",
        ],
    ),
    (
        "location.phone",
        &[
            "location_phone",
            "business_phone",
            "phone",
            "phone_number",
            "company_phone",
            "our_phone",
            "our_number",
            "business_phone_number",
        ],
    ),
    (
        "custom_values.booking_link",
        &[
            "link",
            "url",
            "booking_link",
            "booking_url",
            "calendar_link",
            "calendly_link",
            "calendly",
            "scheduling_link",
            "schedule_link",
            "appointment_link",
            "website",
            "studio_booking_link",
            "insert_link",
            "calendar",
            "insert_link_here",
        ],
    ),
];

/// What is wrong with an unknown field.
pub(super) fn unknown_field(path: &str) -> Diagnostic {
    let lower = path.trim().to_lowercase();
    let object = lower.split('.').next().unwrap_or_default();
    if is_other_field(object, &lower) {
        return Diagnostic::new(
            format!("`{path}` is a field of HighLevel's that recipes do not fill"),
            "write the words themselves, or put them into a custom value and write `{{ custom_values.its_key }}`",
        );
    }
    Diagnostic::new(format!("unknown merge field `{path}`"), instead_of(&lower))
}

fn instead_of(lower: &str) -> String {
    let (object, rest) = lower.split_once('.').unwrap_or(("", lower));
    if object.starts_with("custom_value") || object.starts_with("customvalue") {
        let key = slug(rest);
        if object == "custom_values" {
            let key = if key.is_empty() {
                "calendly_link"
            } else {
                &key
            };
            return format!(
                "the key of a custom value has lower-case letters, digits and `_` only, such as `custom_values.{key}`"
            );
        }
        return format!("did you mean `custom_values.{key}`?");
    }
    if let Some(meant) = nearest(lower, FIXED_FIELDS.iter().copied()) {
        return format!("did you mean `{meant}`? Otherwise {KNOWN_FIELDS}");
    }
    // `contact.first_name default="there"`.
    if let Some(field) = lower
        .split([' ', '(', ':'])
        .next()
        .filter(|word| FIXED_FIELDS.contains(word))
    {
        return format!("write `{{{{ {field} | default('there') }}}}`, or the field alone");
    }
    if let Some(field) = meant(lower).filter(|field| !field.starts_with("custom_values.")) {
        return format!("did you mean `{field}`? Otherwise {KNOWN_FIELDS}");
    }
    let is_key = |key: &str| {
        !key.is_empty()
            && key
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    if object.is_empty() && is_key(rest) {
        return format!("did you mean `custom_values.{rest}`? Otherwise {KNOWN_FIELDS}");
    }
    KNOWN_FIELDS.to_owned()
}

fn is_other_field(object: &str, path: &str) -> bool {
    OBJECTS.contains(&object) || OTHER_FIELDS.contains(&path)
}

/// The field that words such as `First Name`, `business_name` or `contact.first_name` stand for.
pub(super) fn meant(words: &str) -> Option<&'static str> {
    let lower = words.to_lowercase();
    if let Some(field) = FIXED_FIELDS.iter().find(|field| **field == lower) {
        return Some(field);
    }
    let words = slug(&lower);
    let known = |words: &str| {
        let mut names = OTHER_NAMES.iter();
        names
            .find(|(_, names)| names.contains(&words))
            .map(|(field, _)| *field)
    };
    known(&words).or_else(|| {
        known(
            words
                .strip_prefix("insert_")
                .or_else(|| words.strip_prefix("your_"))?,
        )
    })
}

/// The words in lower-case letters, digits and `_`.
pub(super) fn slug(words: &str) -> String {
    let mut slug = String::new();
    for character in words.trim().to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.ends_with('_') && !slug.is_empty() {
            slug.push('_');
        }
    }
    slug.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_names_the_field_that_was_meant() {
        for (path, begin) in [
            ("user.name", "write the words themselves"),
            ("contact.email", "write the words themselves"),
            ("location.email", "write the words themselves"),
            ("appointment.start_time", "write the words themselves"),
            ("first_name", "did you mean `contact.first_name`?"),
            ("Contact.First_Name", "did you mean `contact.first_name`?"),
            ("contact.frist_name", "did you mean `contact.first_name`?"),
            ("contact.firstname", "did you mean `contact.first_name`?"),
            ("business_name", "did you mean `location.name`?"),
            (
                "calendly_link",
                "did you mean `custom_values.calendly_link`?",
            ),
            (
                "custom_value.calendly_link",
                "did you mean `custom_values.calendly_link`?",
            ),
            (
                "customvalues.calendly_link",
                "did you mean `custom_values.calendly_link`?",
            ),
            (
                "custom_values.Calendly Link",
                "the key of a custom value has lower-case letters, digits and `_` only, such as `custom_values.calendly_link`",
            ),
            (
                "contact.first_name default='x'",
                "write `{{ contact.first_name | default('there') }}`",
            ),
            ("1 + 1", "write one of"),
        ] {
            let remedy = unknown_field(path).remedy;
            assert!(remedy.starts_with(begin), "{path}: {remedy}");
        }
    }
}
