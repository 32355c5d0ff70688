//! Pipelines: what an update destroys, and the list that trails it.

use super::*;

const PIPELINE: &str = "samplePipeMissed0001";
const LIST: &str = "/opportunities/pipelines?locationId=soleilLocation000001";

async fn v3(api: &Api, method: &str, path: &str, body: Value) -> Reply {
    let request = api
        .client
        .request(method.parse().unwrap(), format!("{}{path}", api.base));
    let request = request.bearer_auth(&api.token).header("Version", "v3");
    let request = if body.is_null() {
        request
    } else {
        request.json(&body)
    };
    read(request).await.unwrap()
}

async fn made(api: &Api, name: &str) -> Value {
    let stages = json!([
        { "name": "New", "position": 0, "stageWinProbability": 10 },
        { "name": "Booked", "position": 1, "stageWinProbability": 60 },
        { "name": "Won", "position": 2, "stageWinProbability": 100 },
    ]);
    let body = json!({ "locationId": SOLEIL, "name": name, "stages": stages });
    v3(api, "POST", "/opportunities/pipelines", body)
        .await
        .expect(201)["pipeline"]
        .clone()
}

fn names(pipelines: &Value) -> Vec<&str> {
    let list = pipelines["pipelines"].as_array().unwrap();
    list.iter()
        .map(|pipeline| pipeline["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_update_without_a_stage_deletes_it_and_moves_its_opportunities_silently() {
    let fake = start().await;
    let api = Api::new(&fake);
    let pipeline = made(&api, "Sales").await;
    let path = format!(
        "/opportunities/pipelines/{}",
        pipeline["id"].as_str().unwrap()
    );
    let stages = pipeline["stages"].as_array().unwrap();
    let body = json!({
        "locationId": SOLEIL, "pipelineId": pipeline["id"], "pipelineStageId": stages[1]["id"],
        "contactId": MARIA, "name": "Visit", "status": "open",
    });
    let opportunity = api.post("/opportunities/", body).await.expect(201);
    let kept = json!({ "stages": [
        { "id": stages[0]["id"], "name": "New", "position": 0, "stageWinProbability": 10 },
        { "id": stages[2]["id"], "name": "Won", "position": 1, "stageWinProbability": 100 },
    ] });
    let changed = v3(&api, "PUT", &path, kept).await.expect(200);
    assert_eq!(changed["pipeline"]["stages"].as_array().unwrap().len(), 2);
    let id = opportunity["opportunity"]["id"].as_str().unwrap();
    let moved = api.get(&format!("/opportunities/{id}")).await.expect(200);
    assert_eq!(moved["opportunity"]["pipelineStageId"], stages[0]["id"]);
    assert_eq!(changed["pipeline"]["stages"][0]["stageWinProbability"], 10);
    // One stage without a probability, and all are written anew.
    let ramp = json!({ "stages": [
        { "id": stages[0]["id"], "name": "New", "stageWinProbability": 10 }, { "name": "Won" },
    ] });
    let changed = v3(&api, "PUT", &path, ramp).await.expect(200);
    let stages = &changed["pipeline"]["stages"];
    assert_eq!(
        (
            &stages[0]["stageWinProbability"],
            &stages[1]["stageWinProbability"]
        ),
        (&json!(50), &json!(100))
    );
    v3(&api, "DELETE", &path, Value::Null).await.expect(200);
    api.get(&format!("/opportunities/{id}")).await.expect(404);
}

#[tokio::test]
async fn names_are_taken_whatever_their_case_and_the_rows_own_fields_are_refused() {
    let fake = start().await;
    let api = Api::new(&fake);
    let pipeline = made(&api, "Sales").await;
    let path = format!(
        "/opportunities/pipelines/{}",
        pipeline["id"].as_str().unwrap()
    );
    let body =
        json!({ "locationId": SOLEIL, "name": "MISSED CALLS", "stages": [{ "name": "New" }] });
    v3(&api, "POST", "/opportunities/pipelines", body)
        .await
        .expect(400);
    let twice = json!({ "stages": [{ "name": "New" }, { "name": "new" }] });
    v3(&api, "PUT", &path, twice).await.expect(400);
    let refused = v3(&api, "PUT", &path, pipeline).await.expect(422);
    let said = refused["message"].to_string();
    for name in ["id", "position", "dateAdded", "dateUpdated", "locationId"] {
        assert!(
            said.contains(&format!("property {name} should not exist")),
            "{said}"
        );
    }
    // Version 2 has the list alone.
    api.get(&path).await.expect(404);
    api.get(LIST).await.expect(200);
}

#[tokio::test]
async fn the_list_trails_a_write_and_one_pipeline_does_not() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let api = Api::new(&fake);
    let pipeline = made(&api, "Sales").await;
    let path = format!(
        "/opportunities/pipelines/{}",
        pipeline["id"].as_str().unwrap()
    );
    assert_eq!(names(&api.get(LIST).await.expect(200)), ["Missed calls"]);
    v3(&api, "GET", &path, Value::Null).await.expect(200);
    clock.advance(Duration::from_millis(600));
    v3(&api, "PUT", &path, json!({ "name": "Sales 2" }))
        .await
        .expect(200);
    clock.advance(Duration::from_millis(600));
    assert_eq!(
        names(&api.get(LIST).await.expect(200)),
        ["Missed calls", "Sales"]
    );
    clock.advance(Duration::from_millis(600));
    assert_eq!(
        names(&api.get(LIST).await.expect(200)),
        ["Missed calls", "Sales 2"]
    );
    fake.set_list_lag(Duration::ZERO);
    v3(&api, "PUT", &path, json!({ "name": "Sales 3" }))
        .await
        .expect(200);
    assert_eq!(
        names(&api.get(LIST).await.expect(200)),
        ["Missed calls", "Sales 3"]
    );
}

#[tokio::test]
async fn a_naive_second_edit_from_a_list_too_young_loses_the_stage_of_the_first() {
    let clock = clock();
    let fake = builder(&clock).start().await.unwrap();
    let api = Api::new(&fake);
    let path = format!("/opportunities/pipelines/{PIPELINE}");
    for stage in ["Second call", "Third call"] {
        let list = api.get(LIST).await.expect(200);
        let mut stages = list["pipelines"][0]["stages"].clone();
        stages
            .as_array_mut()
            .unwrap()
            .push(json!({ "name": stage, "position": 4 }));
        v3(&api, "PUT", &path, json!({ "stages": stages }))
            .await
            .expect(200);
    }
    let now = v3(&api, "GET", &path, Value::Null).await.expect(200);
    let stages = now["pipeline"]["stages"].to_string();
    assert!(
        stages.contains("Third call") && !stages.contains("Second call"),
        "{stages}"
    );
}
