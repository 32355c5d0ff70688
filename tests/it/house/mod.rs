//! Rules of the source itself: what may stand in which file.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod enums;
mod imports;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

/// What may lie at the top of the repository, beside dot-files.
const TOP_LEVEL: [&str; 11] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "examples",
    "fixtures",
    "src",
    "tests",
];

/// The part of the recipe that decides, and therefore knows no clock, chance, network, database or executor.
const PURE: &str = "src/recipes/missed_call/core/";

/// Inside it, the seam that a host fills in: a trait may be async, what is decided with its answer is not.
const SEAM: &str = "src/recipes/missed_call/core/reply/agent.rs";

const IMPURE: [&str; 16] = [
    "async ",
    ".await",
    "tokio",
    "reqwest",
    "rusqlite",
    "axum",
    "fastrand",
    "std::fs",
    "std::net",
    "Clock",
    "SystemTime",
    "::now()",
    "crate::api",
    "crate::client::Client",
    "crate::client::Location",
    "crate::client::{",
];

/// How one could come to know the time.
const CLOCKS: [&str; 6] = [
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio::time",
    "thread::sleep",
];

/// Where a socket or another process is waited for in real time. What FakeGhl answers depends on its clock alone.
const REAL_WAITS: [&str; 2] = [
    "src/testing/fake_ghl/server.rs",
    "src/testing/fake_ghl/webhooks.rs",
];

const PANICS: [&str; 6] = [
    ".unwrap()",
    ".expect(",
    "panic!(",
    "todo!(",
    "unimplemented!(",
    "dbg!(",
];

/// The samples of FakeGhl are part of the crate and read by tests.
const PROVEN: [&str; 2] = ["src/auth/oauth/app.rs", "src/testing/fake_ghl/seed.rs"];

/// The checks that store authors run in their tests: a check that fails panics, as assertions do.
const ASSERTING: &str = "src/testing/store_contract/";

/// Folders that name one machine, not a place in the repository or a system path of every machine.
const MACHINE: [&str; 5] = ["/home/", "/Users/", "/root/", "/tmp/", "C:\\\\"];

struct Source {
    /// The path inside the repository, with `/`.
    name: String,
    text: String,
}

impl Source {
    /// The lines of the library's own code, with their numbers: no comments, and nothing from the test module on,
    /// which stands last.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .zip(1..)
            .take_while(|(line, _)| line.trim() != "#[cfg(test)]")
            .map(|(line, number)| (number, line.split("//").next().unwrap_or_default()))
    }

    /// Where one of `words` stands in the code.
    fn naming(&self, words: &[&str]) -> Vec<String> {
        self.code()
            .filter_map(|(number, line)| {
                let word = words.iter().find(|word| line.contains(**word))?;
                Some(format!("{}:{number}: {word}", self.name))
            })
            .collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// These files of text, and all below these folders, in order.
fn files(folders: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    for place in folders {
        let place = root().join(place);
        if place.is_dir() {
            collect(&place, &mut paths);
        } else {
            paths.push(place);
        }
    }
    paths.sort();
    let source = |path: PathBuf| {
        let inside = path.strip_prefix(root()).unwrap();
        let parts: Vec<_> = inside.iter().map(|part| part.to_str().unwrap()).collect();
        let text = fs::read_to_string(&path).ok()?;
        Some(Source {
            name: parts.join("/"),
            text,
        })
    };
    paths.into_iter().filter_map(source).collect()
}

fn rust(folders: &[&str]) -> Vec<Source> {
    let mut sources = files(folders);
    sources.retain(|source| source.name.ends_with(".rs"));
    assert!(!sources.is_empty(), "{folders:?}");
    sources
}

fn none(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn only_the_clock_knows_the_time() {
    let sources = rust(&["src"]);
    let allowed = |source: &&Source| {
        source.name == "src/clock.rs" || REAL_WAITS.contains(&source.name.as_str())
    };
    let others = sources.iter().filter(|source| !allowed(source));
    none(others.flat_map(|source| source.naming(&CLOCKS)).collect());
    let clock = sources.iter().find(|source| source.name == "src/clock.rs");
    assert!(!clock.unwrap().naming(&CLOCKS).is_empty());
}

#[test]
fn decisions_know_nothing_of_the_outside() {
    let mut sources = rust(&[PURE]);
    sources.retain(|source| source.name != SEAM);
    none(
        sources
            .iter()
            .flat_map(|source| source.naming(&IMPURE))
            .collect(),
    );
}

#[test]
fn library_code_does_not_panic_on_purpose() {
    let mut sources = rust(&["src"]);
    sources.retain(|source| {
        !PROVEN.contains(&source.name.as_str()) && !source.name.starts_with(ASSERTING)
    });
    none(
        sources
            .iter()
            .flat_map(|source| source.naming(&PANICS))
            .collect(),
    );
}

#[test]
fn the_test_module_stands_last() {
    // What follows it would be read by none of the rules here.
    let mut found = Vec::new();
    for source in rust(&["src"]) {
        let mut rest = source
            .text
            .lines()
            .skip_while(|line| *line != "#[cfg(test)]");
        if rest.next().is_none() {
            continue;
        }
        let items = rest
            .filter(|line| !line.is_empty() && !line.starts_with([' ', '}', '#', ')', '/', '"']));
        let items: Vec<_> = items.collect();
        if items.len() != 1 || !items[0].starts_with("mod ") {
            found.push(format!("{}: {items:?}", source.name));
        }
    }
    none(found);
}

#[test]
fn no_file_is_long() {
    let too_long = |source: &Source| {
        let lines = source.text.lines().count();
        (lines > 600).then(|| format!("{}: {lines} lines", source.name))
    };
    let sources = rust(&["src", "tests", "examples"]);
    none(sources.iter().filter_map(too_long).collect());
}

#[test]
fn every_file_says_what_lives_in_it() {
    let sources = rust(&["src", "tests", "examples"]);
    let silent = sources
        .iter()
        .filter(|source| !source.text.starts_with("//! "));
    none(silent.map(|source| source.name.clone()).collect());
}

#[test]
fn no_path_of_one_machine() {
    let mut found = Vec::new();
    for source in files(&["src", "tests", "examples", "fixtures"]) {
        // The list of such paths is here.
        if source.name == "tests/it/house/mod.rs" {
            continue;
        }
        for (line, number) in source.text.lines().zip(1..) {
            // A path of a web address or inside the repository goes on from something.
            let begins = |place: usize| {
                let before = line[..place].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || "._-/}".contains(c))
            };
            let mut places = MACHINE.iter().flat_map(|path| line.match_indices(path));
            if let Some((_, path)) = places.find(|(place, _)| begins(*place)) {
                found.push(format!("{}:{number}: {path}", source.name));
            }
        }
    }
    none(found);
}

#[test]
fn the_top_level_holds_nothing_else() {
    let names = fs::read_dir(root()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let strange = |name: &String| {
        let known = TOP_LEVEL.contains(&name.as_str()) || name == "target";
        !known && !name.starts_with('.')
    };
    none(names.filter(strange).collect());
}

#[test]
fn the_guides_name_places_that_are_there() {
    let tops = [
        ".ci/",
        "src/",
        "tests/",
        "fixtures/",
        "examples/",
        "benches/",
    ];
    let mut found = Vec::new();
    let mut places = 0;
    for guide in files(&[".github"]) {
        // Every second piece stands between backticks; what follows a path there are arguments.
        for code in guide.text.split('`').skip(1).step_by(2) {
            let path = code.split(' ').next().unwrap_or_default();
            if tops.iter().any(|top| path.starts_with(top)) {
                places += 1;
                if !root().join(path).exists() {
                    found.push(format!("{}: {path}", guide.name));
                }
            }
        }
    }
    assert!(places > 20, "{places}");
    none(found);
}
