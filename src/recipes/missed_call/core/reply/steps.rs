//! Counts the steps of reading a reply, for the tests of their growth. Outside of tests it does nothing.

use std::cell::Cell;

thread_local! {
    static TAKEN: Cell<u64> = const { Cell::new(0) };
}

/// Counts a number of steps.
pub(super) fn take(steps: u64) {
    if cfg!(test) {
        TAKEN.set(TAKEN.get() + steps);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TAKEN;
    use crate::recipes::missed_call::core::reply::{Reply, classify};

    /// The maximum number of steps for any text, plus one for each character of padding.
    const MOST: u64 = 150_000;

    /// The fixed cost of checking every rule. One of the first rules may settle a text, such as thanks alone, at almost no
    /// cost, while the text of double length is checked against all rules.
    const SLACK: u64 = 100_000;

    /// Units that an attacker might repeat to slow the classifier down.
    const HOSTILE: [&str; 30] = [
        "ok ",
        "ok. ",
        "please now ",
        "thanks ",
        "thank you ",
        "sent from my iphone ",
        "no thanks ",
        "hi ",
        "stop ",
        "don't ",
        "please don't you want me to get ",
        "text me ",
        "remove me ",
        "cancel for ",
        "do not you ever even try to be to ",
        "how do you ",
        "i ",
        "9 ",
        "s.",
        "a",
        "un",
        "unsubscrib ",
        "ok STOP ok ",
        "“Liked ",
        "👍",
        "\u{200b}",
        "e\u{301}\u{323}",
        "\u{301}\u{323}",
        "ﷺ",
        "& < {{ \n",
    ];

    fn steps(text: &str) -> u64 {
        let before = TAKEN.get();
        classify(text);
        TAKEN.get() - before
    }

    fn of_length(unit: &str, length: usize) -> String {
        unit.repeat(length / unit.len() + 1)
    }

    #[test]
    fn twice_the_text_takes_at_most_twice_the_steps_and_never_more_than_a_bound() {
        for unit in HOSTILE {
            for end in ["", "x", " remove me appointment"] {
                let mut before = u64::MAX;
                for doubled in 0..=10 {
                    let text = of_length(unit, 1024 << doubled) + end;
                    let taken = steps(&text);
                    assert!(
                        taken <= before.saturating_mul(2).saturating_add(SLACK),
                        "{unit:?} {end:?}: {taken} after {before}"
                    );
                    assert!(
                        taken <= MOST + text.len() as u64,
                        "{unit:?} {end:?}: {taken}"
                    );
                    before = taken;
                }
            }
        }
    }

    #[test]
    fn a_no_is_seen_at_either_end_of_any_length() {
        let history = "On Monday the team wrote: we are open from nine to five. ".repeat(20_000);
        for no in [
            "STOP",
            "please stop texting me",
            "Take me off your list",
            "no me escriban más",
        ] {
            for text in [
                format!("{no}\n\n{history}"),
                format!("{history}\n\n{no}"),
                format!("\n{no}\n{}", "> \n".repeat(9_000)),
            ] {
                assert_eq!(classify(&text), Reply::OptOut, "{no}");
            }
        }
    }

    #[test]
    fn of_what_is_read_in_part_nothing_is_said_of_the_whole() {
        for (unit, whole) in [
            ("ok ", Reply::Thanks),
            ("👍", Reply::Thanks),
            ("gracias ", Reply::Thanks),
        ] {
            assert_eq!(classify(&unit.repeat(100)), whole);
            assert_eq!(classify(&unit.repeat(100_000)), Reply::Other, "{unit}");
        }
        let quoted = format!("Liked “{}”", "word ".repeat(100_000));
        assert_eq!(classify(&quoted), Reply::Thanks);
        let goes_on = format!("Liked “this”, {}", "and more ".repeat(100_000));
        assert_eq!(classify(&goes_on), Reply::Other);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn no_text_takes_more_than_a_bound(
            units in prop::collection::vec(
                prop_oneof![
                    prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
                    "\\PC{1,20}",
                    "[a-z]{1,12}[ .,?!]",
                ],
                1..6,
            ),
            length in 1_usize..200_000,
        ) {
            let text = of_length(&units.concat(), length);
            prop_assert!(steps(&text) <= MOST + text.len() as u64);
        }
    }
}
