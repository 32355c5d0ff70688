//! A plan as people see it: text, Markdown, JSON and the page.

use gohighlevel::setup::{AgencyPlan, InvalidPlan, Kind};

use super::{CSV, TOML, World, of_texts};

#[tokio::test]
async fn a_plan_says_what_would_be_done_and_changes_nothing() {
    let world = World::start().await;
    let before = world.state(1).await;
    let plan = world.setup.plan(&of_texts(TOML, CSV).unwrap()).await;
    insta::assert_snapshot!("plan", plan.to_string());
    let short = plan.lines(80, false).into_iter();
    let short: Vec<String> = short
        .map(|line| {
            line.into_iter()
                .map(|span| span.text)
                .collect::<String>()
                .trim_end()
                .to_owned()
        })
        .collect();
    assert!(
        short.iter().all(|line| line.chars().count() <= 80),
        "{short:#?}"
    );
    insta::assert_snapshot!("plan_short", short.join("\n"));
    insta::assert_snapshot!("plan_markdown", plan.markdown());
    assert_eq!(world.state(1).await, before);
    assert!(
        world
            .fake
            .requests()
            .iter()
            .all(|request| request.method == "GET")
    );
}

#[tokio::test]
async fn a_saved_plan_is_read_back() {
    let world = World::start().await;
    let plan = world.setup.plan(&of_texts(TOML, CSV).unwrap()).await;
    assert_eq!(AgencyPlan::from_json(&plan.to_json()).unwrap(), plan);
    let newer = plan.to_json().replace("\"version\": 1", "\"version\": 2");
    assert!(matches!(
        AgencyPlan::from_json(&newer),
        Err(InvalidPlan::Version { found: 2 })
    ));
    assert!(matches!(
        AgencyPlan::from_json("{"),
        Err(InvalidPlan::Unreadable(_))
    ));
}

#[tokio::test]
async fn the_page_is_one_file_and_escapes_what_people_write() {
    let world = World::start().await;
    let toml = TOML.replace("missed-call\"", "<script>alert(1)</script>\"");
    let page = world
        .setup
        .plan(&of_texts(&toml, CSV).unwrap())
        .await
        .html();
    assert!(
        !page.contains("<script") && !page.contains("http://") && !page.contains("src="),
        "{page}"
    );
    assert!(page.contains("&lt;script&gt;"));
    assert_eq!(page.matches("<tr>").count(), 4);
}

#[tokio::test]
async fn a_recipe_brings_what_it_needs_and_what_keeps_texts_from_going_out() {
    let world = World::start().await;
    let toml = format!("{TOML}\n[recipe]\npreset = \"soleil\"\n");
    let plan = world.setup.plan(&of_texts(&toml, CSV).unwrap()).await;
    let evanston = &plan.locations()[1];
    assert_eq!(evanston.ready(), Some(false));
    let words = |kind| {
        let all = evanston
            .changes
            .iter()
            .filter(move |change| change.kind == kind);
        all.map(|change| format!("{} {}", change.key, change.because))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(
        words(Kind::Number).contains("+18475550101 forwards calls"),
        "{}",
        words(Kind::Number)
    );
    assert!(
        words(Kind::Value).contains("calendly_link the recipe needs it"),
        "{}",
        words(Kind::Value)
    );
    assert!(plan.by_hand().iter().any(|line| line.contains("text back")));
}
