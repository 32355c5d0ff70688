//! Pipelines: reading them, and changes that lose no stage.

use gohighlevel::Client;
use gohighlevel::api::opportunities::{
    NewPipeline, Pipeline, PipelineColor, PipelineUpdate, StageInput,
};
use gohighlevel::client::ApiVersion;
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::PipelineStageId;
use serde_json::{Value, json};

use super::{pipeline, stage};
use crate::api::support::{
    LOCATION, Server, V3, V2021_07, asks_in_both, assert_repeated, assert_sent_once, fixture,
};

const TARGET: &str = "/opportunities/pipelines/VDm7RPYC2GLUvdpKmBfC";

fn stage_id(id: &str) -> PipelineStageId {
    PipelineStageId::new(id).unwrap()
}

fn sales() -> Pipeline {
    serde_json::from_str(fixture!("pipelines/one")).unwrap()
}

fn sales_update() -> PipelineUpdate {
    PipelineUpdate::of(&sales()).unwrap()
}

fn replied() -> StageInput {
    StageInput {
        win_probability: Some(30.0),
        ..StageInput::new("Replied")
    }
}

fn new_pipeline() -> NewPipeline {
    NewPipeline::new("Missed calls", ["New", "Texted"])
}

/// What an update sends.
async fn body(update: &PipelineUpdate) -> Value {
    let server = Server::answering(200, fixture!("pipelines/one")).await;
    server.location.pipelines().update(update).await.unwrap();
    server.sent_body().await
}

/// Names and ids of the stages in a body.
fn names(body: &Value) -> Vec<(&str, Option<&str>)> {
    let stages = body["stages"].as_array().unwrap();
    let places: Vec<_> = stages
        .iter()
        .map(|stage| stage["position"].as_u64())
        .collect();
    assert_eq!(
        places,
        (0..stages.len() as u64).map(Some).collect::<Vec<_>>()
    );
    stages
        .iter()
        .map(|stage| (stage["name"].as_str().unwrap(), stage["id"].as_str()))
        .collect()
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("pipelines/list")).await;
    let pipelines = server.location.pipelines().list().await.unwrap();
    let target = format!("/opportunities/pipelines?locationId={LOCATION}");
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!(pipelines[0].id, pipeline());
    assert_eq!(pipelines[0].stages[0].id, stage());
    assert_eq!(pipelines[0].stages[0].position, Some(0));
    assert_eq!(pipelines[0].use_opportunity_probability, Some(true));
    assert_eq!(
        pipelines[0].color_render_mode,
        Some(PipelineColor::BackgroundTint)
    );

    let server = Server::answering(200, fixture!("pipelines/list_odd")).await;
    let pipelines = server.location.pipelines().list().await.unwrap();
    assert_eq!(pipelines.len(), 2);
    assert_eq!(pipelines[0].stages.len(), 1);
    assert_eq!(pipelines[0].stages[0].position, Some(2));
}

#[tokio::test]
async fn find_takes_names_as_people_write_them() {
    let server = Server::answering(200, fixture!("pipelines/list_updated")).await;
    let pipelines = server.location.pipelines();
    for name in ["Sales", " sales", "SALES "] {
        let found = pipelines.find(name).await.unwrap();
        assert_eq!(found.unwrap().id, pipeline(), "{name:?}");
    }
    assert_eq!(pipelines.find("Sale").await.unwrap(), None);
}

#[tokio::test]
async fn get_is_version_3_for_every_client() {
    let asked = ("GET", TARGET, None);
    let read = asks_in_both(V3, fixture!("pipelines/one"), asked, async |server| {
        server.location.pipelines().get(&pipeline()).await
    })
    .await;
    assert_eq!(read.position.as_deref(), Some("a4C0TZl"));
    assert_eq!(read.stages[1].win_probability, Some(12.5));
    assert_eq!(read.stages[0].color.as_deref(), Some("#039855"));
    assert!(read.date_added < read.date_updated);
}

#[tokio::test]
async fn create() {
    let asked = json!({
        "locationId": LOCATION,
        "name": "Missed calls",
        "stages": [
            {"name": "New", "position": 0, "showInFunnel": true, "showInPieChart": true},
            {"name": "Texted", "position": 1, "showInFunnel": true, "showInPieChart": true},
        ],
        "showInFunnel": true,
        "showInPieChart": true,
    });
    let answer = fixture!("pipelines/created");
    let asked = ("POST", "/opportunities/pipelines", Some(asked));
    let created = asks_in_both(V3, answer, asked, async |server| {
        server.location.pipelines().create(&new_pipeline()).await
    })
    .await;
    assert_eq!(created.id.as_str(), "aWdODOBVOlH1RUFKWQke");
    // The answer's stages are those of the documentation: none. Nothing can be lost by that.
    let error = PipelineUpdate::of(&created).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);

    let hidden = StageInput {
        win_probability: Some(10.0),
        color: Some("#155EEF".into()),
        show_in_funnel: Some(false),
        show_in_pie_chart: None,
        ..StageInput::new("New")
    };
    let pipeline = NewPipeline {
        stages: vec![hidden],
        use_opportunity_probability: Some(true),
        color_render_mode: Some(PipelineColor::Dot),
        ..new_pipeline()
    };
    let server = Server::answering(201, answer).await;
    server.location.pipelines().create(&pipeline).await.unwrap();
    let body = json!({
        "locationId": LOCATION,
        "name": "Missed calls",
        "stages": [{
            "name": "New", "position": 0, "showInFunnel": false, "stageWinProbability": 10.0, "color": "#155EEF",
        }],
        "showInFunnel": false,
        "useOpportunityProbability": true,
        "colorRenderMode": "dot",
    });
    assert_eq!(server.sent_body().await, body);
}

#[tokio::test]
async fn an_update_sends_what_was_read_without_what_highlevel_refuses() {
    let asked = json!({
        "name": "Sales",
        "stages": [
            {"id": "s-new", "name": "New", "position": 0, "showInFunnel": true, "showInPieChart": false,
             "stageWinProbability": 12.5, "color": "#155EEF"},
            {"id": "s-texted", "name": "Texted", "position": 1, "showInFunnel": true, "showInPieChart": true,
             "stageWinProbability": 40.0, "color": "#039855"},
            {"id": "s-lost", "name": "Lost", "position": 2, "showInFunnel": false, "showInPieChart": false,
             "stageWinProbability": 90.0},
        ],
        // What was read says no; the dashboards go by whether a stage is shown.
        "showInFunnel": true,
        "showInPieChart": true,
        "useOpportunityProbability": false,
        "colorRenderMode": "dot",
    });
    let answer = fixture!("pipelines/one");
    asks_in_both(V3, answer, ("PUT", TARGET, Some(asked)), async |server| {
        server.location.pipelines().update(&sales_update()).await
    })
    .await;
}

#[tokio::test]
async fn stages_are_added_changed_and_moved_and_none_is_lost() {
    let mut update = sales_update();
    update.insert_stage(1, replied());
    update.insert_stage(
        99,
        StageInput {
            win_probability: Some(99.0),
            ..StageInput::new("Won")
        },
    );
    update.stage_mut(&stage_id("s-texted")).unwrap().name = "Text sent".into();
    assert!(update.move_stage(&stage_id("s-lost"), 99));
    let sent = body(&update).await;
    let expected = [
        ("New", Some("s-new")),
        ("Replied", None),
        ("Text sent", Some("s-texted")),
        ("Won", None),
        ("Lost", Some("s-lost")),
    ];
    assert_eq!(names(&sent), expected);

    let strange = stage_id("s-strange");
    assert_eq!(update.stage_mut(&strange), None);
    assert_eq!(update.remove_stage(&strange), None);
    assert!(!update.move_stage(&strange, 0));
    assert_eq!(body(&update).await, sent);

    assert!(update.move_stage(&stage_id("s-lost"), 0));
    let removed = update.remove_stage(&stage_id("s-new")).unwrap();
    assert_eq!(removed.name, "New");
    let sent = body(&update).await;
    let expected = [
        ("Lost", Some("s-lost")),
        ("Replied", None),
        ("Text sent", Some("s-texted")),
        ("Won", None),
    ];
    assert_eq!(names(&sent), expected);
    let ids: Vec<_> = update.stages().map(|(id, _)| id.is_some()).collect();
    assert_eq!(ids, [true, false, true, false]);
}

#[tokio::test]
async fn what_was_read_with_a_gap_is_no_base_for_an_update() {
    for (read, word) in [
        (json!({"id": "p1", "name": "Sales"}), "no stages"),
        (
            json!({"id": "p1", "name": "Sales", "stages": null}),
            "no stages",
        ),
        (
            json!({"id": "p1", "name": "Sales", "stages": []}),
            "no stages",
        ),
        (
            json!({"id": "p1", "name": "Sales", "stages": {"a": 1}}),
            "no stages",
        ),
        (
            json!({"id": "p1", "name": "Sales", "stages": [{"id": "s1", "name": "New"}, {"name": "Texted"}]}),
            "could not be read",
        ),
        (
            json!({"id": "p1", "name": "Sales", "stages": [{"id": "s1"}]}),
            "without a name",
        ),
        (
            json!({"id": "p1", "stages": [{"id": "s1", "name": "New"}]}),
            "no name",
        ),
    ] {
        let pipeline: Pipeline = serde_json::from_str(&read.to_string()).unwrap();
        let error = PipelineUpdate::of(&pipeline).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(word), "{error}");
        assert!(error.to_string().contains("read it again"), "{error}");
    }
}

#[tokio::test]
async fn probabilities_that_highlevel_would_discard_are_not_sent() {
    let server = Server::answering(200, fixture!("pipelines/one")).await;
    let pipelines = server.location.pipelines();
    let mut update = sales_update();
    update.insert_stage(1, StageInput::new("Replied"));
    let error = pipelines.update(&update).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("\"Replied\""), "{error}");
    let mut pipeline = new_pipeline();
    pipeline.stages[1].win_probability = Some(50.0);
    let error = pipelines.create(&pipeline).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("\"New\""), "{error}");
    assert_eq!(server.count().await, 0);
}

#[tokio::test]
async fn delete() {
    let asked = ("DELETE", TARGET, None);
    asks_in_both(V3, fixture!("pipelines/deleted"), asked, async |server| {
        server.location.pipelines().delete(&pipeline()).await
    })
    .await;
    let server = Server::answering(200, fixture!("pipelines/not_deleted")).await;
    let error = server.location.pipelines().delete(&pipeline()).await;
    assert_eq!(*error.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_written_pipeline_is_looked_for_until_the_list_shows_it() {
    let (before, after) = (
        fixture!("pipelines/list"),
        fixture!("pipelines/list_updated"),
    );
    let mut update = sales_update();
    update.insert_stage(1, replied());

    let server = Server::answering_in_turn(&[before, before, after]).await;
    let shown = server.location.pipelines().confirm_updated(&update).await;
    let shown = shown.unwrap().unwrap();
    assert_eq!((shown.id, shown.stages.len()), (pipeline(), 4));
    assert_eq!(server.count().await, 3);

    let created = NewPipeline::new("referrals", ["New"]);
    let server = Server::answering_in_turn(&[before, after]).await;
    let shown = server.location.pipelines().confirm_created(&created).await;
    assert_eq!(shown.unwrap().unwrap().id.as_str(), "p9");
    assert_eq!(server.count().await, 2);
}

#[tokio::test]
async fn what_was_not_written_is_not_found_in_the_end() {
    let server = Server::answering(200, fixture!("pipelines/list_updated")).await;
    let pipelines = server.location.pipelines();
    let none = pipelines.confirm_created(&new_pipeline()).await.unwrap();
    assert_eq!((none, server.count().await), (None, 4));

    // Neither a stage too few, nor one too many, nor another order, nor another pipeline is the update.
    let mut replied_later = sales_update();
    replied_later.insert_stage(2, replied());
    let mut two_more = sales_update();
    two_more.insert_stage(1, replied());
    two_more.insert_stage(4, StageInput::new("Won"));
    let mut renamed = sales_update();
    renamed.insert_stage(1, replied());
    renamed.name = "Sales 2".into();
    for update in [sales_update(), replied_later, two_more, renamed] {
        let shown = pipelines.confirm_updated(&update).await.unwrap();
        assert_eq!(shown, None, "{update:?}");
    }
}

#[tokio::test]
async fn creating_and_updating_are_not_repeated() {
    assert_sent_once(async |location| location.pipelines().create(&new_pipeline()).await).await;
    assert_sent_once(async |location| location.pipelines().update(&sales_update()).await).await;
    assert_repeated(async |location| location.pipelines().list().await).await;
    assert_repeated(async |location| location.pipelines().get(&pipeline()).await).await;
    assert_repeated(async |location| location.pipelines().delete(&pipeline()).await).await;
}

#[tokio::test]
async fn a_client_of_an_older_version_is_refused_before_anything_is_sent() {
    let client = Client::builder()
        .token("pit-test")
        .base_url("http://127.0.0.1:9")
        .api_version(ApiVersion::V2021_07_28)
        .build()
        .unwrap();
    let location = client.location(LOCATION.parse().unwrap());
    let pipelines = location.pipelines();
    let errors = [
        pipelines.get(&pipeline()).await.unwrap_err(),
        pipelines.create(&new_pipeline()).await.unwrap_err(),
        pipelines.update(&sales_update()).await.unwrap_err(),
        pipelines.delete(&pipeline()).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(*error.kind(), ErrorKind::Config, "{error}");
        assert!(error.to_string().contains("version 3 only;"), "{error}");
    }
}
