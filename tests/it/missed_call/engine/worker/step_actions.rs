//! Steps other than text, tag and task, over HTTP: each is done once although answers are lost, and the host notifies
//! the team.

use std::error::Error;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use gohighlevel::ids::ContactId;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Notice, Recipe, TeamNotifier};
use gohighlevel::testing::Fault;
use http::Method;

use crate::missed_call::harness::world::{World, caller};

/// A workflow of the sample location.
const WORKFLOW_ID: &str = "78559bb3-b920-461e-b010-7b2a2816d2a9";
const WORKFLOW: &str = "/contacts/*/workflow/*";

fn recipe(steps: &str) -> Recipe {
    let text = format!("name = \"actions\"\nversion = 1\n{steps}");
    Recipe::from_toml("actions.toml", &text).unwrap()
}

async fn world(steps: &str) -> World {
    World::with(recipe(steps), Arc::new(MemoryStore::new())).await
}

/// How often HighLevel was asked to take somebody into the workflow.
fn entered(world: &World) -> usize {
    let requests = world.ghl.requests();
    let same = requests
        .iter()
        .filter(|request| request.method == "POST" && request.path.ends_with(WORKFLOW_ID));
    same.count()
}

#[tokio::test]
async fn a_note_whose_answer_is_lost_is_found_and_not_written_again() {
    let world =
        world("[steps.note]\ndo = \"note\"\n[steps.task]\ndo = \"task\"\ntitle = \"Call\"").await;
    world
        .ghl
        .fault(Method::POST, "/contacts/*/notes", Fault::DropAfter, 1)
        .unwrap();
    let call = world.missed_call().await;
    world.minutes(2).await;
    let contact = ContactId::new(call.contact_id.as_str()).unwrap();
    let notes = world.location().notes().list(&contact).await.unwrap();
    assert_eq!(notes.len(), 1);
    let body = notes[0].body.as_ref().unwrap();
    assert!(body.contains("Missed call from"), "a note about the call");
    let history = world.history().await;
    assert!(history.contains(&"done note".to_owned()), "{history:?}");
    assert!(
        history.contains(&"outcome_unknown".to_owned()),
        "{history:?}"
    );
}

#[tokio::test]
async fn a_note_that_was_surely_not_written_is_written_once() {
    let world =
        world("[steps.note]\ndo = \"note\"\n[steps.task]\ndo = \"task\"\ntitle = \"Call\"").await;
    world
        .ghl
        .fault(Method::POST, "/contacts/*/notes", Fault::DropBefore, 2)
        .unwrap();
    let call = world.missed_call().await;
    world.minutes(5).await;
    let contact = ContactId::new(call.contact_id.as_str()).unwrap();
    let notes = world.location().notes().list(&contact).await.unwrap();
    assert_eq!(notes.len(), 1);
}

#[tokio::test]
async fn who_takes_over_reads_the_caller_s_last_words_and_where_to_answer() {
    let steps = "[numbers.\"+13125550100\"]\nname = \"Lakeview\"\n\
                 [steps.person]\ndo = \"task\"\non = \"help\"\ntitle = \"Guest asks for help\"";
    let world = world(steps).await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    world.writes(caller(), "Do you open on Saturday?").await;
    world
        .writes(caller(), "My skin is burning,\nplease call me back")
        .await;
    world.minutes(2).await;
    let tasks = world.tasks(&call.contact_id).await;
    let body = tasks[0].body.as_ref().unwrap();
    for told in [
        "Missed call from +13125550142. They called Lakeview (+13125550100).",
        "They wrote: “My skin is burning, please call me back”",
        &format!("/contacts/detail/{}", call.contact_id),
    ] {
        assert!(body.contains(told), "{told} is not in {}", body.as_str());
    }
}

#[tokio::test]
async fn the_team_is_asked_to_help_though_the_conversation_cannot_be_read() {
    let steps = "[steps.person]\ndo = \"task\"\non = \"help\"\ntitle = \"Guest asks for help\"";
    let world = world(steps).await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    world
        .ghl
        .fault(
            Method::GET,
            "/conversations/*/messages",
            Fault::Status(http::StatusCode::FORBIDDEN),
            9,
        )
        .unwrap();
    world.writes(caller(), "please call me back").await;
    world.minutes(2).await;
    let tasks = world.tasks(&call.contact_id).await;
    assert_eq!(tasks.len(), 1, "{:?}", world.history().await);
    assert!(!tasks[0].body.as_ref().unwrap().contains("They wrote"));
}

#[tokio::test]
async fn a_workflow_whose_answer_is_lost_is_not_entered_again() {
    let steps = format!("[steps.callback]\ndo = \"workflow\"\nworkflow = \"{WORKFLOW_ID}\"\n");
    let lost = world(&steps).await;
    let fault = Fault::DropAfter;
    lost.ghl.fault(Method::POST, WORKFLOW, fault, 1).unwrap();
    lost.missed_call().await;
    lost.minutes(60).await;
    assert_eq!(entered(&lost), 1);
    let told = "not_done callback failed:outcome_unknown".to_owned();
    let history = lost.history().await;
    assert!(history.contains(&told), "{history:?}");

    // A limit says that nothing was done.
    let limited = world(&steps).await;
    let fault = Fault::TooManyRequests;
    limited.ghl.fault(Method::POST, WORKFLOW, fault, 1).unwrap();
    limited.missed_call().await;
    limited.minutes(60).await;
    assert_eq!(entered(&limited), 2);
    let history = limited.history().await;
    assert!(history.contains(&"done callback".to_owned()), "{history:?}");
}

#[tokio::test]
async fn a_tag_is_taken_off_and_a_task_completed_when_the_caller_is_spoken_with() {
    let steps = r#"
        [steps.tag]
        do = "tag"
        [steps.task]
        do = "task"
        title = "Call back"
        [steps.close]
        do = "complete_task"
        on = "replied"
        task = "task"
        [steps.untag]
        do = "untag"
        on = "replied"
    "#;
    let world = world(steps).await;
    let call = world.missed_call().await;
    world.minutes(1).await;
    assert_eq!(world.tags(&call.contact_id).await, ["missed-call"]);
    world
        .writes(
            crate::missed_call::harness::world::caller(),
            "I have booked, thanks",
        )
        .await;
    world.minutes(1).await;
    assert!(world.tags(&call.contact_id).await.is_empty());
    let tasks = world.tasks(&call.contact_id).await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].completed, Some(true));
}

/// A team that cannot be reached the first time.
#[derive(Debug, Default)]
struct Team {
    asked: Mutex<Vec<Notice>>,
}

#[async_trait]
impl TeamNotifier for Team {
    async fn notify(&self, notice: &Notice) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut asked = self.asked.lock().unwrap();
        asked.push(notice.clone());
        if asked.len() == 1 {
            return Err("+13125550142 cannot be told".into());
        }
        Ok(())
    }
}

#[tokio::test]
async fn the_host_notifies_the_team_of_what_was_sent_and_is_asked_again() {
    let steps = r#"
        [steps.text]
        do = "text"
        body = "Sorry we missed you."
        [steps.tell]
        do = "notify"
        after = "PT1M"
        title = "Missed call"
    "#;
    let team = Arc::new(Team::default());
    let world = World::telling(recipe(steps), team.clone()).await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    let asked = team.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0], asked[1]);
    assert_eq!(asked[0].contact.as_str(), call.contact_id);
    assert_eq!(asked[0].title, "Missed call");
    let told = asked[0].body.as_str();
    assert!(told.contains("+13125550142"), "who called");
    assert!(
        told.contains("Text sent: Sorry we missed you."),
        "what they were told"
    );
    let history = world.history().await;
    assert!(history.contains(&"done tell".to_owned()), "{history:?}");
}

#[tokio::test]
async fn without_a_notifier_the_ledger_says_why_the_team_was_not_notified() {
    let world = world("[steps.tell]\ndo = \"notify\"\ntitle = \"Missed call\"\n").await;
    let errors = world.engine.preflight().await;
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("actions.toml:3: steps.tell.to: "),
        "{told:?}"
    );
    world.missed_call().await;
    world.minutes(25 * 60).await;
    let history = world.history().await;
    let told = "not_done tell failed:config".to_owned();
    assert!(history.contains(&told), "{history:?}");
}

#[tokio::test]
async fn preflight_looks_for_what_steps_name_in_the_crm() {
    let sound = r#"
        [steps.stage]
        do = "stage"
        pipeline = "missed calls"
        stage = "New"
        [steps.workflow]
        do = "workflow"
        workflow = "78559bb3-b920-461e-b010-7b2a2816d2a9"
        [steps.fields]
        do = "fields"
        [steps.fields.values]
        "contact.lead_source" = "Missed call"
    "#;
    assert!(world(sound).await.engine.preflight().await.is_empty());
    let amiss = r#"
        [steps.stage]
        do = "stage"
        pipeline = "Missed calls"
        stage = "Newest"
        [steps.other_stage]
        do = "stage"
        pipeline = "Lost"
        stage = "New"
        [steps.workflow]
        do = "workflow"
        workflow = "0f5d4a52-1c5a-4b7e-9a55-3c8f0d1b2e44"
        [steps.other_workflow]
        do = "workflow"
        workflow = "00000000-0000-0000-0000-000000000000"
        [steps.fields]
        do = "fields"
        [steps.fields.values]
        "contact.no_such_field" = "x"
    "#;
    let errors = world(amiss);
    let errors = errors.await.engine.preflight().await;
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [
        "steps.stage.stage: the pipeline `Missed calls` has no stage `Newest`; write one of: New, Contacted, Booked",
        "steps.other_stage.pipeline: the location has no pipeline `Lost`; write one of: Missed calls",
        "is a draft and does nothing; publish it in HighLevel",
        "steps.other_workflow.workflow: the location has no workflow 00000000",
        "the location has no custom field `contact.no_such_field`; create it in HighLevel",
    ] {
        assert!(told[0].contains(part), "no `{part}` in {}", told[0]);
    }
}
