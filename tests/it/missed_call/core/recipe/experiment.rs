//! The section `[experiment]`: what it needs, and where it is refused.

use gohighlevel::recipes::missed_call::Recipe;

const RECIPE: &str = r#"name = "studio"
version = 1
[steps.text]
do = "text"
body = "{{ location.name }}: sorry we missed your call."
[steps.task]
do = "task"
title = "Call back"
"#;

const EXPERIMENT: &str =
    "[experiment]\nname = \"spring\"\nhold_out = 0.2\nplanned = 657\ncalls = 657\n";

fn problems(recipe: &str) -> String {
    match Recipe::from_toml("studio.toml", recipe) {
        Ok(recipe) => {
            let hints = recipe.hints();
            let lines: Vec<String> = hints.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn it_is_off_unless_the_section_is_there() {
    let plain = Recipe::from_toml("studio.toml", RECIPE).unwrap();
    assert!(plain.experiment().is_none());
    let recipe = Recipe::from_toml("studio.toml", &format!("{RECIPE}{EXPERIMENT}")).unwrap();
    let rules = recipe.experiment().unwrap();
    assert_eq!((rules.held_out_per_million, rules.planned), (200_000, 657));
    assert_eq!((rules.calls, rules.until), (Some(657), None));
    assert_eq!(rules.window.as_hours(), 7 * 24);
    assert!(recipe.hints().is_empty());
    let dated = EXPERIMENT.replace("calls = 657", "until = 2027-03-01\nwindow = \"10 days\"");
    let recipe = Recipe::from_toml("studio.toml", &format!("{RECIPE}{dated}")).unwrap();
    let until = recipe.experiment().unwrap().until.unwrap();
    assert_eq!(until.to_string(), "2027-03-01T00:00:00Z");
}

#[test]
fn what_is_refused() {
    let body = "do = \"text\"\nbody = \"{{ location.name }}: sorry we missed your call.\"";
    let task = "do = \"task\"\ntitle = \"Call back\"";
    for (from, to, expected) in [
        (
            "calls = 657\n",
            "",
            "studio.toml:9: experiment: an experiment without an end; write",
        ),
        (
            "0.2",
            "0.6",
            "studio.toml:11: experiment.hold_out: not a share above 0 and up to 0.5; write",
        ),
        (
            "0.2",
            "20",
            "studio.toml:11: experiment.hold_out: not a share above 0 and up to 0.5; write",
        ),
        (
            "0.2",
            "0",
            "studio.toml:11: experiment.hold_out: not a share above 0 and up to 0.5; write",
        ),
        (
            "0.2",
            "\"20%\"",
            "studio.toml:11: experiment.hold_out: expected a number, found words in quotes; write `hold_out = 0.2`",
        ),
        ("planned = 657\n", "", "such as planned = 657"),
        (
            "calls = 657",
            "until = \"next spring\"",
            "experiment.until: not a date; write it as 2027-03-01",
        ),
        (
            task,
            "do = \"tag\"",
            "callers without the text `text` would be left alone",
        ),
        (
            body,
            "do = \"tag\"",
            "there is nothing to hold back; remove [experiment]",
        ),
    ] {
        let recipe = format!("{RECIPE}{EXPERIMENT}");
        assert!(recipe.contains(from), "{from}");
        let found = problems(&recipe.replace(from, to));
        assert!(found.contains(expected), "{to}: {found}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
}

#[test]
fn too_small_a_size_and_a_dry_run_are_hints() {
    let small = EXPERIMENT.replace("planned = 657", "planned = 100");
    let found = problems(&format!("{RECIPE}{small}"));
    assert!(
        found.contains("experiment.planned: of the planned callers 20 get no text"),
        "{found}"
    );
    assert!(
        found.ends_with("silence = [\"small_experiment\"])"),
        "{found}"
    );
    let found = problems(&format!("dry_run = true\n{RECIPE}{EXPERIMENT}"));
    assert!(
        found.contains("dry_run: the experiment assigns nobody"),
        "{found}"
    );
}

/// A task for other calls does not help those of the text.
#[test]
fn the_team_must_know_of_the_same_calls() {
    let numbers = "[numbers.\"+13125550100\"]\n[numbers.\"+13125550101\"]\n";
    let task =
        |numbers: &str| RECIPE.replace("title =", &format!("numbers = [{numbers}]\ntitle ="));
    let recipe = |task: String| problems(&format!("{task}{EXPERIMENT}{numbers}"));
    assert!(recipe(task("\"+13125550100\"")).contains("would be left alone"));
    assert_eq!(recipe(RECIPE.to_owned()), "");
}
