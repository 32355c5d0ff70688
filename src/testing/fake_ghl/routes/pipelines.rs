//! Pipelines and their stages. Source of the rules: HighLevel's live documentation of August 2026, and what others have
//! measured in September 2026.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::values::{fresh_id, fresh_uuid, wire_time};
use crate::testing::fake_ghl::visit::{Version, Visit};

pub(super) const MODULE: Module = Module {
    name: "Pipelines",
    rules: &[
        "Creating, reading one, updating and deleting exist in version 3 alone, as in HighLevel's live documentation.",
        "Names of pipelines are unique in a location, names of stages in a pipeline, both without regard to letter case; 1 to 255 characters.",
        "An update replaces all stages. A stage that is left out is deleted, and its opportunities move to the first stage without a word.",
        "A stage without an id is new, even if one of its name is there; `id`, `position`, `dateAdded`, `dateUpdated` and `locationId` of the pipeline itself are refused.",
        "If one stage has no `stageWinProbability`, those of all stages are replaced by an even ramp.",
        "The list trails a write by the lag (1 s on FakeGhl's clock, see `PUT /_fake/lag`); reading one pipeline does not.",
        "Deleting a pipeline deletes every opportunity in it.",
    ],
    operations: &[
        own(
            "GET",
            "/opportunities/pipelines",
            "opportunities.readonly",
            |v, _, _| list(v),
        ),
        own(
            "POST",
            "/opportunities/pipelines",
            "opportunities.write",
            |v, _, b| create(v, b),
        )
        .only(Version::V3),
        own(
            "GET",
            "/opportunities/pipelines/{pipelineId}",
            "opportunities.readonly",
            |v, p, _| get(v, p[0]),
        )
        .only(Version::V3),
        own(
            "PUT",
            "/opportunities/pipelines/{pipelineId}",
            "opportunities.write",
            |v, p, b| update(v, p[0], b),
        )
        .only(Version::V3),
        own(
            "DELETE",
            "/opportunities/pipelines/{pipelineId}",
            "opportunities.write",
            |v, p, _| delete(v, p[0]),
        )
        .only(Version::V3),
    ],
};

const FLAGS: [Property; 4] = [
    optional("showInFunnel", Kind::Bool),
    optional("showInPieChart", Kind::Bool),
    optional("useOpportunityProbability", Kind::Bool),
    optional("colorRenderMode", Kind::OneOf(&["none", "dot", "bg-tint"])),
];

const STAGE: &[Property] = &[
    required("name", Kind::Text),
    optional("id", Kind::Text),
    optional("position", Kind::Number),
    optional("showInFunnel", Kind::Bool),
    optional("showInPieChart", Kind::Bool),
    optional("stageWinProbability", Kind::Number),
    optional("color", Kind::TextOrNull),
];

/// The list as it was before the writes of the last moments.
fn list(visit: &Visit<'_>) -> Outcome {
    visit.request.required_query("locationId")?;
    let fresh = |since: SignedDuration| since < visit.lag;
    let mut earlier = visit.location.earlier_pipelines.iter();
    let earlier = earlier.find(|(at, _)| fresh(visit.now.duration_since(*at)));
    let pipelines = earlier.map_or(&visit.location.pipelines, |(_, pipelines)| pipelines);
    Ok(Answer::ok(json!({ "pipelines": pipelines })))
}

fn get(visit: &Visit<'_>, id: &str) -> Outcome {
    let pipeline = &visit.location.pipelines[position(visit, id)?];
    Ok(Answer::ok(json!({ "pipeline": pipeline })))
}

fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let mut properties = vec![
        required("locationId", Kind::Text),
        required("name", Kind::Text),
        required("stages", Kind::Objects),
    ];
    properties.extend(FLAGS);
    check(body, &properties)?;
    check_name(visit, body, None)?;
    let mut pipeline = Fields::new();
    pipeline.insert("id".to_owned(), fresh_id().into());
    pipeline.insert("showInFunnel".to_owned(), true.into());
    pipeline.insert("showInPieChart".to_owned(), true.into());
    pipeline.insert("dateAdded".to_owned(), wire_time(visit.now).into());
    let place = format!("a{}", visit.location.pipelines.len());
    pipeline.insert("position".to_owned(), place.into());
    write(visit, &mut pipeline, body)?;
    before_a_write(visit);
    visit.location.pipelines.push(pipeline.clone());
    Ok(Answer::created(json!({ "pipeline": pipeline })))
}

fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let position = position(visit, id)?;
    let mut properties = vec![
        optional("name", Kind::Text),
        optional("stages", Kind::Objects),
    ];
    properties.extend(FLAGS);
    check(body, &properties)?;
    check_name(visit, body, Some(id))?;
    let mut pipeline = visit.location.pipelines[position].clone();
    write(visit, &mut pipeline, body)?;
    before_a_write(visit);
    visit.location.pipelines[position].clone_from(&pipeline);
    let stages: Vec<&Value> = stages(&pipeline).iter().map(|stage| &stage["id"]).collect();
    for opportunity in &mut visit.location.opportunities {
        let stage = opportunity.get("pipelineStageId").unwrap_or(&Value::Null);
        if opportunity["pipelineId"] == id
            && !stages.contains(&stage)
            && let Some(first) = stages.first()
        {
            opportunity.insert("pipelineStageId".to_owned(), (*first).clone());
        }
    }
    Ok(Answer::ok(json!({ "pipeline": pipeline })))
}

fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let position = position(visit, id)?;
    before_a_write(visit);
    visit.location.pipelines.remove(position);
    visit
        .location
        .opportunities
        .retain(|opportunity| opportunity["pipelineId"] != id);
    Ok(visit.succeded())
}

/// Keeps what the list shows until the lag is over, and forgets what no list shows any more.
fn before_a_write(visit: &mut Visit<'_>) {
    let (now, lag) = (visit.now, visit.lag);
    let location = &mut visit.location;
    let earlier = &mut location.earlier_pipelines;
    earlier.retain(|(at, _)| now.duration_since(*at) < lag);
    earlier.push((now, location.pipelines.clone()));
}

fn write(visit: &Visit<'_>, pipeline: &mut Fields, body: &Fields) -> Result<(), Answer> {
    let known: Vec<Value> = stages(pipeline).to_vec();
    pipeline.extend(body.clone());
    pipeline.insert("locationId".to_owned(), visit.location.id.clone().into());
    pipeline.insert("dateUpdated".to_owned(), wire_time(visit.now).into());
    if let Some(Value::Array(written)) = body.get("stages") {
        let stages = whole_stages(written, &known)?;
        pipeline.insert("stages".to_owned(), stages.into());
    }
    Ok(())
}

/// The stages as they are kept: all checked, in their order, with ids and probabilities.
fn whole_stages(written: &[Value], known: &[Value]) -> Result<Vec<Value>, Answer> {
    if written.is_empty() {
        return Err(Answer::unprocessable(vec![
            "stages should not be empty".to_owned(),
        ]));
    }
    let mut names = Vec::new();
    let mut stages = Vec::new();
    for (index, stage) in written.iter().enumerate() {
        let Some(fields) = stage.as_object() else {
            continue;
        };
        check(fields, STAGE)?;
        let name = text(fields, "name").trim().to_lowercase();
        if name.chars().count() > 255 {
            return Err(too_long("stages name"));
        }
        if names.contains(&name) {
            return Err(Answer::bad_request(format!(
                "Stage name {} is used twice in this pipeline",
                text(fields, "name")
            )));
        }
        names.push(name);
        let id = fields
            .get("id")
            .filter(|id| known.iter().any(|old| old["id"] == **id));
        if id.is_none() && fields.contains_key("id") {
            return Err(Answer::bad_request("The pipeline stage id is invalid."));
        }
        let mut whole = Fields::new();
        whole.insert("id".to_owned(), fresh_uuid().into());
        whole.insert("showInFunnel".to_owned(), true.into());
        whole.insert("showInPieChart".to_owned(), true.into());
        whole.insert("position".to_owned(), index.into());
        whole.extend(fields.clone());
        stages.push(whole);
    }
    stages.sort_by_key(|stage| stage["position"].as_u64());
    if stages
        .iter()
        .any(|stage| !stage.contains_key("stageWinProbability"))
    {
        let count = stages.len();
        for (stage, place) in stages.iter_mut().zip(1..) {
            let probability = (place * 100) / count;
            stage.insert("stageWinProbability".to_owned(), probability.into());
        }
    }
    Ok(stages.into_iter().map(Value::Object).collect())
}

fn check_name(visit: &Visit<'_>, body: &Fields, own: Option<&str>) -> Result<(), Answer> {
    let name = text(body, "name").trim().to_lowercase();
    if name.chars().count() > 255 {
        return Err(too_long("name"));
    }
    let is_taken = visit.location.pipelines.iter().any(|pipeline| {
        own.is_none_or(|own| pipeline["id"] != own)
            && text(pipeline, "name").trim().to_lowercase() == name
    });
    if is_taken {
        return Err(Answer::bad_request("Pipeline name already exists"));
    }
    Ok(())
}

fn too_long(what: &str) -> Answer {
    Answer::unprocessable(vec![format!(
        "{what} must be shorter than or equal to 255 characters"
    )])
}

fn stages(pipeline: &Fields) -> &[Value] {
    let stages = pipeline.get("stages").and_then(Value::as_array);
    stages.map_or(&[], Vec::as_slice)
}

fn position(visit: &Visit<'_>, id: &str) -> Result<usize, Answer> {
    let mut pipelines = visit.location.pipelines.iter();
    pipelines
        .position(|pipeline| pipeline["id"] == id)
        .ok_or_else(|| Answer::not_found("Pipeline", id))
}
