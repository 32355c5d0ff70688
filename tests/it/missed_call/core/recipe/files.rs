//! Every file under `fixtures/recipes`: the good ones load, the bad ones report exactly what the `.expected` file beside them says.

use std::fs;
use std::path::{Path, PathBuf};

use gohighlevel::recipes::missed_call::{Preset, Recipe};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/recipes")
        .join(name)
}

pub(super) fn recipes(name: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    files
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn load(path: &Path) -> Result<Recipe, gohighlevel::recipes::missed_call::RecipeError> {
    Recipe::from_bytes(&file_name(path), &fs::read(path).unwrap())
}

#[test]
fn good_recipes_load_and_survive_a_store() {
    let files = recipes("good");
    assert!(!files.is_empty());
    for path in files {
        let recipe = load(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(recipe.fingerprint().len(), 16);
        let again = Recipe::from_toml("from the store", recipe.source()).unwrap();
        assert_eq!(again, recipe, "{}", path.display());
        assert_eq!(again.fingerprint(), recipe.fingerprint());
    }
}

/// With `UPDATE_FIXTURES=1` the expected problems are written.
#[test]
fn bad_recipes_say_what_to_write_instead() {
    let files = recipes("bad");
    assert!(files.len() >= 25);
    let mut differences = String::new();
    for path in files {
        let problems = match load(&path) {
            Ok(_) => "(no problem)".to_owned(),
            Err(error) => error.to_string(),
        };
        let expected = path.with_extension("expected");
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            fs::write(&expected, format!("{problems}\n")).unwrap();
        }
        let expected = fs::read_to_string(expected).unwrap_or_default();
        if problems.trim_end() != expected.trim_end() {
            differences.push_str(&format!("--- {}\n{problems}\n", path.display()));
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

#[test]
fn a_slip_is_reported_once_and_without_jargon() {
    const OF_PARSERS: [&str; 15] = [
        "not TOML",
        "expected newline",
        "unexpected key",
        "invalid basic string",
        "invalid multi-line",
        "invalid unquoted key",
        "invalid boolean",
        "invalid key-value",
        "literal string",
        "unclosed table",
        "duplicate key",
        "key with no value",
        "found integer",
        "found datetime",
        "stream did not contain",
    ];
    let mut slips = 0;
    for path in recipes("bad") {
        let Err(error) = load(&path) else {
            continue;
        };
        let problems = error.to_string();
        for words in OF_PARSERS {
            assert!(!problems.contains(words), "{problems}");
        }
        let name = file_name(&path);
        if name.starts_with("slip_") || name.starts_with("file_") {
            slips += 1;
            assert_eq!(error.problems().len(), 1, "{problems}");
        }
    }
    assert!(slips > 60);
}

#[test]
fn one_text_whatever_the_editor() {
    let text = "name = \"x\"\nversion = 1\n[steps.email]\ndo = \"email\"\nsubject = \"Hi\"\nbody = \"\"\"\nHi,\nwe missed you.\n\"\"\"\n";
    let plain = Recipe::from_toml("r.toml", text).unwrap();
    for other in [
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        format!("\u{feff}{text}"),
        format!("\u{feff}{}", text.replace('\n', "\r\n")),
    ] {
        let recipe = Recipe::from_bytes("r.toml", other.as_bytes()).unwrap();
        assert_eq!(recipe.fingerprint(), plain.fingerprint());
        assert_eq!(recipe.source(), text);
        assert_eq!(recipe, plain);
    }
}

#[test]
fn problems_can_be_taken_apart() {
    let error = Recipe::from_toml(
        "r.toml",
        "name = \"x\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = 1",
    )
    .unwrap_err();
    let [problem] = error.problems() else {
        panic!("{error}");
    };
    assert_eq!(
        (problem.file(), problem.line(), problem.key()),
        ("r.toml", 5, "steps.text.body")
    );
    assert!(!problem.what().is_empty() && !problem.remedy().is_empty());
    assert_eq!(
        problem.to_string(),
        format!(
            "r.toml:5: steps.text.body: {}; {}",
            problem.what(),
            problem.remedy()
        )
    );
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_with_its_name() {
    let error = Recipe::from_file("no/such/recipe.toml").unwrap_err();
    let problems = error.to_string();
    assert!(
        problems.starts_with("no/such/recipe.toml:1: cannot be read: "),
        "{problems}"
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("soleil.toml");
    fs::write(&path, Preset::Soleil.source()).unwrap();
    assert_eq!(Recipe::from_file(&path), Ok(Preset::Soleil.recipe()));
}

#[test]
fn nothing_personal_is_printed() {
    let recipe = Recipe::from_toml(
        "r.toml",
        "name = \"x\"\nversion = 1\n[steps.task]\ndo = \"task\"\ntitle = \"Call\"\nassign_to = { user_email = \"desk@studio.example\" }",
    )
    .unwrap();
    let debug = format!("{recipe:?}");
    assert!(
        debug.contains(recipe.fingerprint()) && !debug.contains('@'),
        "{debug}"
    );
}
