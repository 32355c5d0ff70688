//! Where a setting belongs that stands in the wrong section.

/// The settings that belong into one section alone, with it.
const PLACES: [(&str, &[&str]); 5] = [
    ("business", &["display_name"]),
    (
        "call",
        &[
            "max_age",
            "cooldown",
            "suspected_voicemail",
            "voicemail_below",
            "unlisted_numbers",
        ],
    ),
    (
        "callers",
        &[
            "own",
            "staff",
            "blocked",
            "landlines",
            "untexted_tags",
            "countries",
        ],
    ),
    (
        "hours",
        &[
            "zone",
            "every_day",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "weekdays",
            "weekend",
            "closed_on",
        ],
    ),
    (
        "compliance",
        &[
            "hipaa",
            "extra_clinical_words",
            "approved_copy_only",
            "later_texts",
            "texts_per_day",
            "floods",
            "new_callers_per_minute",
            "near_suspension",
            "first_text",
        ],
    ),
];

/// Settings of steps that no other section has.
const OF_STEPS: [&str; 12] = [
    "do",
    "on",
    "after",
    "body",
    "subject",
    "opt_out",
    "max_segments",
    "title",
    "due_after",
    "assign_to",
    "stops_on",
    "tag",
];

/// Settings of the whole file.
pub(super) const OF_THE_FILE: [&str; 2] = ["name", "version"];

/// What people call steps.
const STEPS: [&str; 8] = [
    "text",
    "email",
    "tag",
    "task",
    "note",
    "notify",
    "hand_off",
    "second_text",
];

/// Where the setting or section `name` belongs, as a remedy, if it is known in another section than `section`.
pub(super) fn right_place(section: &str, name: &str, is_section: bool) -> Option<String> {
    if is_section {
        return (section.is_empty() && STEPS.contains(&name))
            .then(|| format!("did you mean [steps.{name}]?"));
    }
    if OF_THE_FILE.contains(&name) {
        return Some("write it at the top of the file, before the first [section]".to_owned());
    }
    let mut places = PLACES.iter();
    if let Some((place, _)) =
        places.find(|(place, names)| *place != section && names.contains(&name))
    {
        return Some(format!("write it under [{place}]"));
    }
    (OF_STEPS.contains(&name) && !section.starts_with("steps."))
        .then(|| "write it under the step that it is for, such as [steps.text]".to_owned())
}
