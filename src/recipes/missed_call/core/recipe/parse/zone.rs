//! The time zone of the business: the name that IANA gave it, or one of those that people in the United States use.

use jiff::tz::TimeZone;

use crate::recipes::missed_call::core::compliance::zone;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

/// The six zones of the United States: the word in their names, the letters, and what IANA calls them. "MST" is not among the
/// letters: in Arizona it is another zone than in Denver in summer.
const UNITED_STATES: [(&str, &[&str], &str); 6] = [
    ("eastern", &["et", "est", "edt"], "America/New_York"),
    ("central", &["ct", "cst", "cdt"], "America/Chicago"),
    ("mountain", &["mt", "mdt"], "America/Denver"),
    ("pacific", &["pt", "pst", "pdt"], "America/Los_Angeles"),
    ("alaska", &["akt", "akst", "akdt"], "America/Anchorage"),
    ("hawaii", &["ht", "hst"], "Pacific/Honolulu"),
];

pub(super) fn read_zone(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<TimeZone> {
    let written = section.text(diagnostics, "zone")?;
    let lower = written.value.to_lowercase();
    let name = united_states(&lower).unwrap_or(&written.value);
    // Other letters of zones are IANA names too, of zones without summer time that nobody means.
    let is_letters = name.len() <= 4 && name != "UTC" && name != "GMT";
    let zone = zone(name).filter(|_| !is_letters);
    if zone.is_none() {
        let remedy = match lower.as_str() {
            "mst" | "mountain standard time" => {
                "write zone = \"America/Denver\", or in Arizona zone = \"America/Phoenix\""
                    .to_owned()
            }
            "arizona" | "arizona time" => "write zone = \"America/Phoenix\"".to_owned(),
            _ => section.what_to_write("zone"),
        };
        written.report(
            diagnostics,
            Diagnostic::new("not the name of a time zone", remedy),
        );
    }
    zone
}

/// The zone that one of the six names means, in small letters: "central time", "us/central", "cst".
fn united_states(lower: &str) -> Option<&'static str> {
    let word = lower
        .trim_start_matches("us/")
        .trim_start_matches("us ")
        .trim_end_matches(" zone")
        .trim_end_matches(" time");
    let word = word
        .strip_suffix(" standard")
        .filter(|word| *word != "mountain")
        .or_else(|| word.strip_suffix(" daylight"))
        .unwrap_or(word);
    let (.., name) = UNITED_STATES
        .iter()
        .find(|(name, letters, _)| *name == word || letters.contains(&word))?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::united_states;

    #[test]
    fn the_six_zones_of_the_united_states() {
        for (written, name) in [
            ("central time", Some("America/Chicago")),
            ("cst", Some("America/Chicago")),
            ("us/central", Some("America/Chicago")),
            ("central standard time", Some("America/Chicago")),
            ("eastern", Some("America/New_York")),
            ("est", Some("America/New_York")),
            ("pacific daylight time", Some("America/Los_Angeles")),
            ("mountain time", Some("America/Denver")),
            ("alaska time", Some("America/Anchorage")),
            ("hawaii", Some("Pacific/Honolulu")),
            ("mst", None),
            ("mountain standard time", None),
            ("central european time", None),
            ("ist", None),
        ] {
            assert_eq!(united_states(written), name, "{written}");
        }
    }
}
