//! Edge cases, and the table that says how each is handled: complete, in order, each with tests that exist or with the
//! reason why nothing is done.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

mod calls;
mod platform;
mod replies;
mod times;

const TABLE: &str = include_str!("../../../../src/recipes/missed_call/edge_cases.md");

/// The cells of each line of the table.
fn lines() -> impl Iterator<Item = Vec<&'static str>> {
    let rows = TABLE.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// The names of all tests in this file: of functions that are marked as tests, and of the checks that are made of every
/// store.
fn tests_of(source: &str, found: &mut BTreeSet<String>) {
    let mut marked = false;
    let mut checks = false;
    for line in source.lines().map(str::trim) {
        let function = line.strip_prefix("async ").unwrap_or(line);
        if let Some(function) = function.strip_prefix("fn ") {
            let name = function.split(['(', '<']).next();
            found.extend(name.filter(|_| marked).map(str::to_owned));
        }
        // Other attributes may stand between the mark and the function.
        marked = line == "#[test]"
            || line.starts_with("#[tokio::test")
            || (marked && line.starts_with('#'));
        checks = (checks || line == "checks!(") && line != ");";
        if checks {
            found.extend(line.strip_suffix(',').map(str::to_owned));
        }
    }
}

fn all_tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_tests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            tests_of(&fs::read_to_string(path).unwrap(), found);
        }
    }
}

#[test]
fn every_edge_case_has_its_line_and_every_test_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    all_tests(&root.join("src"), &mut tests);
    all_tests(&root.join("tests"), &mut tests);

    let numbers: Vec<_> = lines().map(|cells| cells[0]).collect();
    let expected: Vec<_> = (1..=90).map(|number: u32| number.to_string()).collect();
    assert_eq!(numbers, expected);
    for cells in lines() {
        let [number, case, happens, named] = cells[..] else {
            panic!("{cells:?}");
        };
        assert!(!case.is_empty() && !happens.is_empty(), "{number}");
        if let Some(reason) = named.strip_prefix("not done: ") {
            assert!(!reason.is_empty(), "{number}");
            continue;
        }
        for name in named.split(", ") {
            let name = name
                .strip_prefix('`')
                .and_then(|name| name.strip_suffix('`'));
            let is_there = name.is_some_and(|name| tests.contains(name));
            assert!(is_there, "{number}: there is no test {name:?}");
        }
    }
}

#[test]
fn only_tests_are_taken_for_tests() {
    let source = "
        #[test]
        fn one() {}
        #[tokio::test]
        #[ignore]
        async fn two() {}
        fn not_one() {}
        checks!(
            three,
        );
        four,
    ";
    let mut found = BTreeSet::new();
    tests_of(source, &mut found);
    let expected = ["one", "three", "two"].map(str::to_owned);
    assert_eq!(found, expected.into());
}
