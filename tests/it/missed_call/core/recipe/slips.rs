//! The same mistake in every preset: one problem, at its line, with its key.

use gohighlevel::recipes::missed_call::{Preset, Recipe};

/// The words in a preset, the mistake in their place, how many lines later it is reported, its key, and part of the remedy.
const SLIPS: [(&str, &str, usize, &str, &str); 34] = [
    (
        "max_age = \"PT10M\"",
        "max_age = “PT10M”",
        0,
        "call.max_age",
        "straight ones: `max_age = \"…\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = ‘PT10M’",
        0,
        "call.max_age",
        "straight ones: `max_age = \"…\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = „PT10M“",
        0,
        "call.max_age",
        "straight ones: `max_age = \"…\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = \"PT10M”",
        0,
        "call.max_age",
        "write `\"` at both ends",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = \"PT10M",
        0,
        "call.max_age",
        "write `\"` after its last word",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = PT10M\"",
        0,
        "call.max_age",
        "write `max_age = \"…\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = 'PT10M\"",
        0,
        "call.max_age",
        "write `\"` at both ends",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = PT10M",
        0,
        "call.max_age",
        "write `max_age = \"PT10M\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = 10 minutes",
        0,
        "call.max_age",
        "write `max_age = \"10 minutes\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = 10m",
        0,
        "call.max_age",
        "write `max_age = \"10m\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age: \"PT10M\"",
        0,
        "call.max_age",
        "write `max_age = \"PT10M\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age : PT10M",
        0,
        "call.max_age",
        "write `max_age = \"PT10M\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max age = \"PT10M\"",
        0,
        "call.max_age",
        "write `max_age = …`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age \"PT10M\"",
        0,
        "call.max_age",
        "write `max_age = …`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age == \"PT10M\"",
        0,
        "call.max_age",
        "write `max_age = …`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age =",
        0,
        "call.max_age",
        "write `max_age = \"…\"`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = \"PT10M\",",
        0,
        "call.max_age",
        "remove it",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = \"PT10M\" // ten minutes",
        0,
        "call.max_age",
        "write `#`",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = \"PT10M\" ten minutes",
        0,
        "call.max_age",
        "write `#`",
    ),
    (
        "max_age = \"PT10M\"",
        "\u{a0}max_age = \"PT10M\"",
        0,
        "call.max_age",
        "delete it",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age\u{200b} = \"PT10M\"",
        0,
        "call.max_age",
        "delete it",
    ),
    (
        "max_age = \"PT10M\"",
        "max_age = \"PT10M\"\nmax_age = \"PT5M\"",
        1,
        "call.max_age",
        "remove one of the two",
    ),
    (
        "max_age = \"PT10M\"",
        "// ten minutes\nmax_age = \"PT10M\"",
        0,
        "call",
        "write `#`",
    ),
    (
        "max_age = \"PT10M\"",
        "That is ten minutes.\nmax_age = \"PT10M\"",
        0,
        "call",
        "`#` in front of a comment",
    ),
    ("[call]", "[call", 0, "call", "write `[call]`"),
    ("[call]", "[call]:", 0, "call", "write `[call]` alone"),
    ("[call]", "call]", 0, "call", "write `[call]`"),
    (
        "[steps.text]",
        "[steps.first text]",
        0,
        "steps.first_text",
        "write `[steps.first_text]`",
    ),
    (
        "[steps.text]",
        "[steps.first-text",
        0,
        "steps.first-text",
        "write `[steps.first-text]`",
    ),
    (
        "[steps.text]",
        "[steps.text]\n[steps.text]",
        1,
        "steps.text",
        "another name",
    ),
    (
        "hipaa = ",
        "hipaa = yes #",
        0,
        "compliance.hipaa",
        "write `hipaa = true`",
    ),
    (
        "hipaa = ",
        "hipaa = No #",
        0,
        "compliance.hipaa",
        "write `hipaa = false`",
    ),
    (
        "hipaa = ",
        "hipaa = TRUE #",
        0,
        "compliance.hipaa",
        "write `hipaa = true`",
    ),
    (
        "version = 1",
        "version = v1",
        0,
        "version",
        "write `version = 1`",
    ),
];

#[test]
fn one_problem_at_its_line_in_every_preset() {
    for preset in Preset::ALL {
        for (from, to, later, key, remedy) in SLIPS {
            let lines: Vec<&str> = preset.source().lines().collect();
            let at = lines
                .iter()
                .position(|line| line.starts_with(from))
                .unwrap();
            let mut slipped = lines.clone();
            let line = slipped[at].replacen(from, to, 1);
            slipped[at] = &line;
            for end in ["\n", "\r\n"] {
                let text = slipped.join(end).replace('\n', end).replace("\r\r", "\r");
                let error = Recipe::from_toml("r.toml", &text).unwrap_err();
                let [problem] = error.problems() else {
                    panic!("{} {to}\n{error}", preset.name());
                };
                assert_eq!(
                    (problem.line(), problem.key()),
                    (at + 1 + later, key),
                    "{} {to}\n{error}",
                    preset.name()
                );
                assert!(problem.remedy().contains(remedy), "{error}");
            }
        }
    }
}

/// A text without an end is reported where it begins, whatever follows.
#[test]
fn a_long_text_without_an_end_is_reported_where_it_begins() {
    for preset in Preset::ALL {
        let source = preset.source();
        for (place, _) in source.match_indices("\"\"\"\n") {
            let line_start = source[..place].rfind('\n').map_or(0, |at| at + 1);
            if !source[line_start..place].contains("body = ") {
                continue;
            }
            let close = place + 3 + source[place + 3..].find("\"\"\"").unwrap();
            let text = format!("{}{}", &source[..close], &source[close + 3..]);
            let error = Recipe::from_toml("r.toml", &text).unwrap_err();
            assert_eq!(error.problems().len(), 1, "{error}");
            let line = source[..place].matches('\n').count() + 1;
            assert_eq!(error.problems()[0].line(), line, "{error}");
            assert!(error.problems()[0].key().ends_with(".body"), "{error}");
        }
    }
}
