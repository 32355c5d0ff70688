//! The table of keys as the Markdown that the documentation of the recipe includes.

use super::file::NUMBER;
use super::steps::{APPROVAL, VARIANT};
use super::{ACTIONS, FILE, Key, Keys, STEP, Value};

const HEAD: &str = "| key | meaning | default |\n|---|---|---|\n";

/// All tables.
fn markdown() -> String {
    let mut text = HEAD.to_owned();
    for key in FILE {
        match key.value {
            Value::Section(keys) => text.push_str(&rows(key.name, keys)),
            Value::Named(..) => {}
            _ => text.push_str(&row(key.name, key)),
        }
    }
    let tables = [
        (
            "Every number of the business, `[numbers.\"+13125550100\"]`:",
            NUMBER,
        ),
        ("Every step, `[steps.NAME]`:", STEP),
    ];
    for (title, keys) in tables {
        text.push_str(&format!("\n{title}\n\n{HEAD}{}", rows("", keys)));
    }
    text.push_str("\nWhat a step does:\n\n| `do` | key | meaning | default |\n|---|---|---|---|\n");
    for action in ACTIONS {
        text.push_str(&format!("| `{}` | | {} | |\n", action.word, action.doc));
        for key in action.keys {
            text.push_str(&format!("| {}", row(key.name, key)));
        }
    }
    let tables = [
        (
            "Every variant of a text, `[[steps.NAME.variants]]`:",
            VARIANT,
        ),
        (
            "Every approval of a text, `[[steps.NAME.approvals]]`:",
            APPROVAL,
        ),
    ];
    for (title, keys) in tables {
        text.push_str(&format!("\n{title}\n\n{HEAD}{}", rows("", keys)));
    }
    text
}

fn rows(section: &str, keys: Keys) -> String {
    let path = |key: &Key| match section {
        "" => key.name.to_owned(),
        section => format!("{section}.{}", key.name),
    };
    let row = |key: &Key| match key.value {
        Value::Section(keys) => rows(&path(key), keys),
        _ => row(&path(key), key),
    };
    keys.iter().map(row).collect()
}

fn row(path: &str, key: &Key) -> String {
    format!(
        "| `{path}` | {} | {} |\n",
        key.meaning(),
        key.default_text()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With `UPDATE_FIXTURES=1` the file is written.
    #[test]
    fn the_documentation_is_what_the_table_says() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/recipes/missed_call/core/recipe/keys/keys.md"
        );
        let expected = markdown();
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(path, &expected).unwrap();
        }
        let written = std::fs::read_to_string(path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert!(
            written == expected,
            "{path} should read as follows:\n{expected}"
        );
    }
}
