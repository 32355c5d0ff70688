//! The table of requirements of the five systems: complete, in order, and each test that it names exists.

use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("../../../src/recipes/missed_call/core/presets/requirements.md");

/// The number, and the last column, of each line.
fn lines() -> Vec<(String, String)> {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    TABLE
        .lines()
        .map(cells)
        .filter(|cells: &Vec<String>| cells.len() == 6 && cells[1].starts_with('R'))
        .map(|cells| (cells[1].clone(), cells[4].clone()))
        .collect()
}

fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_requirement_has_its_line_and_every_test_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    sources(&root.join("src"), &mut code);
    sources(&root.join("tests"), &mut code);

    let lines = lines();
    let numbers: Vec<_> = lines.iter().map(|(number, _)| number.clone()).collect();
    let expected: Vec<_> = (1..=58).map(|number| format!("R{number:02}")).collect();
    assert_eq!(numbers, expected);
    for (number, test) in lines {
        match test
            .strip_prefix('`')
            .and_then(|test| test.strip_suffix('`'))
        {
            Some(name) => {
                let is_there = code.contains(&format!("fn {name}()"));
                assert!(is_there, "{number}: there is no test {name}");
            }
            None => assert!(test.starts_with("none: "), "{number}: {test}"),
        }
    }
}
