//! The pages of the documentation that are made from FakeGhl's own tables.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::*;

async fn ask(fake: &FakeGhl, path: &str) -> Value {
    let api = Api::new(fake);
    api.get(path).await.expect(200)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// `src/testing/fake_ghl/played.md`.
async fn played(fake: &FakeGhl) -> String {
    let answer = ask(fake, "/_fake/operations").await;
    let resources = answer["resources"].as_array().unwrap();
    let count = |version: &str| {
        let operations = resources
            .iter()
            .flat_map(|it| it["operations"].as_array().unwrap());
        let has = |it: &&Value| it["versions"].as_array().unwrap().contains(&json!(version));
        operations.filter(has).count()
    };
    let mut page = String::from(
        "Which operations of HighLevel FakeGhl plays, and which of HighLevel's rules it keeps.\n\n",
    );
    let (v2, v3) = (count("v2"), count("v3"));
    writeln!(
        page,
        "FakeGhl plays {v2} operations of version 2 (the dates in the `Version` header) and {v3} of version 3. All of them ask for\n\
         a `Version` header and, but for the exchange of tokens, for a token; keep the limit of requests for each token; and\n\
         refuse a token that lacks the scope. Records of another location are refused with 403. Bodies with unknown or missing\n\
         properties are refused with 422. An operation that only the other version has is answered 404, what HighLevel has and\n\
         FakeGhl does not play 501 in words that name FakeGhl.\n\n\
         `GET /_fake/operations` gives this list as JSON.\n"
    )
    .unwrap();
    for resource in resources {
        writeln!(page, "# {}\n", text(&resource["name"])).unwrap();
        for rule in resource["rules"].as_array().unwrap() {
            writeln!(page, "- {}", text(rule)).unwrap();
        }
        page.push_str("\n| operation | versions | token | scope |\n|---|---|---|---|\n");
        for operation in resource["operations"].as_array().unwrap() {
            let versions = operation["versions"].as_array().unwrap();
            let versions: Vec<&str> = versions.iter().map(text).collect();
            let scope = match text(&operation["scope"]) {
                "" => String::new(),
                scope => format!("`{scope}`"),
            };
            writeln!(
                page,
                "| `{} {}` | {} | {} | {scope} |",
                text(&operation["method"]),
                text(&operation["path"]),
                versions.join(", "),
                text(&operation["tokens"]),
            )
            .unwrap();
        }
        page.push('\n');
    }
    page.trim_end().to_owned() + "\n"
}

/// The table of commands in `src/testing/fake_ghl/any_language.md`.
async fn commands(fake: &FakeGhl) -> String {
    let answer = ask(fake, "/_fake/commands").await;
    let mut table = String::from("| command | body | effect |\n|---|---|---|\n");
    for command in answer["commands"].as_array().unwrap() {
        writeln!(
            table,
            "| `{} {}` | {} | {} |",
            text(&command["method"]),
            text(&command["path"]),
            text(&command["body"]),
            text(&command["effect"]),
        )
        .unwrap();
    }
    table
}

#[tokio::test]
async fn the_pages_are_those_of_the_tables() {
    let fake = start().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/testing/fake_ghl");
    let wanted = played(&fake).await;
    let page = fs::read_to_string(folder.join("played.md")).unwrap();
    if page != wanted {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("played.md");
        fs::write(&made, wanted).unwrap();
        panic!(
            "played.md is not what FakeGhl plays; take {}",
            made.display()
        );
    }
    let table = commands(&fake).await;
    let page = fs::read_to_string(folder.join("any_language.md")).unwrap();
    if !page.contains(&table) {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("commands.md");
        fs::write(&made, table).unwrap();
        panic!(
            "any_language.md lacks the table of commands; take {}",
            made.display()
        );
    }
}

#[tokio::test]
async fn every_resource_tells_its_rules_and_no_operation_is_there_twice() {
    let fake = start().await;
    let answer = ask(&fake, "/_fake/operations").await;
    let mut seen = std::collections::BTreeSet::new();
    for resource in answer["resources"].as_array().unwrap() {
        assert!(
            !resource["rules"].as_array().unwrap().is_empty(),
            "{resource}"
        );
        for operation in resource["operations"].as_array().unwrap() {
            let name = format!("{} {}", operation["method"], operation["path"]);
            assert!(seen.insert(name), "{operation}");
        }
    }
}
