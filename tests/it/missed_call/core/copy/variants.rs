//! Which variant of the copy a call gets, and that a caller keeps theirs.

use std::collections::BTreeMap;

use gohighlevel::recipes::missed_call::copy::{
    Arm, Conditions, CopyContext, InvalidVariants, MessageCopy, Template, Variant, Variants,
};

fn variant(name: &str, when: Conditions) -> Variant {
    Variant {
        copy: MessageCopy::new(name, Template::parse("Sorry we missed you.").unwrap()),
        when,
        arm: None,
    }
}

fn arm(name: &str, experiment: &str, weight: u32, when: Conditions) -> Variant {
    Variant {
        arm: Some(Arm {
            experiment: experiment.to_owned(),
            weight,
        }),
        ..variant(name, when)
    }
}

fn numbers(numbers: &[&str]) -> Conditions {
    Conditions {
        called: numbers
            .iter()
            .map(|number| number.parse().unwrap())
            .collect(),
        ..Conditions::default()
    }
}

fn sources(sources: &[&str]) -> Conditions {
    Conditions {
        source: sources.iter().map(|source| (*source).to_owned()).collect(),
        ..Conditions::default()
    }
}

const LOOP: &str = "+15550000001";
const UPTOWN: &str = "+15550000002";

#[test]
fn the_most_specific_copy_is_meant() {
    let closed = Conditions {
        in_hours: Some(false),
        ..Conditions::default()
    };
    let voicemail = Conditions {
        voicemail: Some(true),
        ..Conditions::default()
    };
    let again = Conditions {
        repeat_caller: Some(true),
        ..Conditions::default()
    };
    let list = vec![
        variant("closed", closed.clone()),
        variant("always", Conditions::default()),
        variant("loop", numbers(&[LOOP, "+15550000009"])),
        variant(
            "loop_closed",
            Conditions {
                in_hours: Some(false),
                ..numbers(&[LOOP])
            },
        ),
        variant("again", again),
        variant("voicemail", voicemail.clone()),
        variant(
            "voicemail_closed",
            Conditions {
                in_hours: Some(false),
                ..voicemail
            },
        ),
        variant("campaign", sources(&["spring", "summer"])),
    ];
    let call = |called: &str, in_hours, voicemail, repeat_caller, source: &str| CopyContext {
        called: called.parse().ok(),
        in_hours,
        voicemail,
        repeat_caller,
        source: (!source.is_empty()).then(|| source.to_owned()),
    };
    let cases = [
        (CopyContext::default(), "always"),
        (call(UPTOWN, Some(true), false, false, ""), "always"),
        (call(UPTOWN, Some(false), false, false, ""), "closed"),
        (call(UPTOWN, None, true, false, ""), "voicemail"),
        (
            call(UPTOWN, Some(false), true, false, ""),
            "voicemail_closed",
        ),
        (call(UPTOWN, Some(false), true, true, ""), "again"),
        (call(UPTOWN, Some(false), true, true, "summer"), "campaign"),
        (call(UPTOWN, None, false, false, "autumn"), "always"),
        (call(LOOP, Some(true), true, true, "summer"), "loop"),
        (call(LOOP, Some(false), true, true, "summer"), "loop_closed"),
    ];
    // The order in which they were written makes no difference.
    for list in [list.clone(), list.into_iter().rev().collect()] {
        let variants = Variants::new(list).unwrap();
        for (context, name) in &cases {
            let chosen = variants.choose(context, "subject").unwrap();
            assert_eq!(chosen.copy.name(), *name, "{context:?}");
        }
    }
}

#[test]
fn no_copy_is_meant() {
    let variants = Variants::new(vec![variant("loop", numbers(&[LOOP]))]).unwrap();
    assert_eq!(variants.choose(&CopyContext::default(), "subject"), None);
    assert_eq!(
        Variants::default().choose(&CopyContext::default(), "subject"),
        None
    );
}

#[test]
fn what_is_not_clear_is_refused() {
    let any = Conditions::default;
    let both = |called: &[&str], source: &[&str]| Conditions {
        source: sources(source).source,
        ..numbers(called)
    };
    let same_calls = |a: &str, b: &str| Err(InvalidVariants::SameCalls(a.into(), b.into()));
    for (list, outcome) in [
        (
            vec![variant("a", any()), variant("a", numbers(&[LOOP]))],
            Err(InvalidVariants::SameName("a".into())),
        ),
        (
            vec![variant("a", any()), variant("b", any())],
            same_calls("a", "b"),
        ),
        (
            vec![
                variant("a", numbers(&[LOOP])),
                variant("b", numbers(&[LOOP, UPTOWN])),
            ],
            same_calls("a", "b"),
        ),
        (
            vec![
                variant("a", numbers(&[LOOP])),
                variant("b", numbers(&[UPTOWN])),
            ],
            Ok(2),
        ),
        (
            vec![
                variant("a", both(&[LOOP], &["x"])),
                variant("b", both(&[LOOP], &["y"])),
            ],
            Ok(2),
        ),
        (
            vec![arm("a", "tone", 1, any()), arm("b", "tone", 1, any())],
            Ok(2),
        ),
        (
            vec![arm("a", "tone", 1, any()), variant("b", any())],
            same_calls("a", "b"),
        ),
        (
            vec![arm("a", "tone", 1, any()), arm("b", "length", 1, any())],
            same_calls("a", "b"),
        ),
        (
            vec![
                arm("a", "tone", 1, numbers(&[LOOP])),
                arm("b", "tone", 1, numbers(&[LOOP, UPTOWN])),
            ],
            same_calls("a", "b"),
        ),
        (
            vec![arm("a", "tone", 0, any()), arm("b", "tone", 0, any())],
            Err(InvalidVariants::NoWeight("tone".into())),
        ),
    ] {
        let names: Vec<_> = list
            .iter()
            .map(|variant| variant.copy.name().to_owned())
            .collect();
        let outcome = outcome.map_err(|error: InvalidVariants| error.to_string());
        let made = Variants::new(list).map(|variants| variants.iter().count());
        assert_eq!(
            made.map_err(|error| error.to_string()),
            outcome,
            "{names:?}"
        );
    }
}

/// Which arm each of 10,000 callers gets.
fn assigned(experiment: &str, weights: [u32; 3]) -> Vec<String> {
    let arms = ["a", "b", "c"].into_iter().zip(weights);
    let list = arms.map(|(name, weight)| arm(name, experiment, weight, Conditions::default()));
    let variants = Variants::new(list.collect()).unwrap();
    (0..10_000)
        .map(|caller| {
            let subject = format!("location:+1555{caller:07}");
            let chosen = variants.choose(&CopyContext::default(), &subject).unwrap();
            chosen.copy.name().to_owned()
        })
        .collect()
}

#[test]
fn callers_are_split_by_weight() {
    for weights in [[1, 1, 1], [8, 1, 1], [50, 30, 20], [1, 0, 3]] {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for name in assigned("tone", weights) {
            *counts.entry(name).or_default() += 1;
        }
        let total: u32 = weights.iter().sum();
        for (name, weight) in ["a", "b", "c"].into_iter().zip(weights) {
            let expected = f64::from(weight) * 10_000.0 / f64::from(total);
            let got = f64::from(counts.get(name).copied().unwrap_or_default());
            // Four standard deviations of a fair split are at most 200.
            assert!((got - expected).abs() <= 200.0, "{weights:?} {name}: {got}");
            assert!(weight > 0 || got == 0.0, "{weights:?} {name}: {got}");
        }
    }
}

#[test]
fn callers_keep_their_arm() {
    let before = assigned("tone", [1, 1, 0]);
    assert_eq!(assigned("tone", [1, 1, 0]), before);
    // The same shares in other numbers are the same split.
    assert_eq!(assigned("tone", [7, 7, 0]), before);

    // When one arm grows, callers move to it and between no others.
    let grown = assigned("tone", [3, 1, 0]);
    let moved = before.iter().zip(&grown).filter(|(was, is)| was != is);
    let moved: Vec<_> = moved.collect();
    assert!(
        moved
            .iter()
            .all(|(was, is)| (was.as_str(), is.as_str()) == ("b", "a"))
    );
    assert!((2_300..2_700).contains(&moved.len()), "{}", moved.len());

    // Another experiment shuffles them: half of them get the other arm.
    let other = assigned("length", [1, 1, 0]);
    let same = before
        .iter()
        .zip(&other)
        .filter(|(was, is)| was == is)
        .count();
    assert!((4_800..5_200).contains(&same), "{same}");
}
