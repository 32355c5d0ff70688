//! Tasks of a contact.

use gohighlevel::api::tasks::{NewTask, TaskUpdate};
use gohighlevel::ids::{TaskId, UserId};
use serde_json::json;

use super::support::{
    CONTACT, Server, V2021_07, assert_prints_no_personal_data, assert_repeated, assert_sent_once,
    contact_id, fixture, text,
};

fn id() -> TaskId {
    TaskId::new("lJpzYrWdpkC2hX6t2yue").unwrap()
}

fn task_target() -> String {
    format!("/contacts/{CONTACT}/tasks/lJpzYrWdpkC2hX6t2yue")
}

fn new_task() -> NewTask {
    NewTask {
        body: Some("Missed call from +18887324197".into()),
        assigned_to: Some(UserId::new("hxHGVRb1YJUscrCB8eXK").unwrap()),
        ..NewTask::new("Call Rosan back", "2026-07-01T15:00:00.5Z".parse().unwrap())
    }
}

#[tokio::test]
async fn list() {
    let server = Server::answering(200, fixture!("tasks/list")).await;
    let tasks = server.location.tasks().list(&contact_id()).await.unwrap();
    server
        .assert_asked("GET", &format!("/contacts/{CONTACT}/tasks"), V2021_07, None)
        .await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(text(&tasks[0].title), Some("Call Rosan back"));
    assert_eq!(text(&tasks[0].body), Some("Missed call from +18887324197"));
    assert_eq!(tasks[0].assigned_to, new_task().assigned_to);
    assert_eq!(tasks[0].completed, Some(false));
    assert_eq!(tasks[0].contact_id, Some(contact_id()));
    assert_prints_no_personal_data(&tasks);
}

#[tokio::test]
async fn list_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("tasks/list_odd")).await;
    let tasks = server.location.tasks().list(&contact_id()).await.unwrap();
    assert_eq!(tasks.len(), 2);
    assert_eq!((tasks[0].completed, tasks[0].due_date), (Some(true), None));
    assert_eq!(tasks[1].completed, Some(false));
    assert_eq!(
        tasks[1].due_date,
        Some("2026-07-01T15:00:00Z".parse().unwrap())
    );
    assert_eq!(text(&tasks[1].title), Some("42"));
}

#[tokio::test]
async fn get() {
    let server = Server::answering(200, fixture!("tasks/one")).await;
    let task = server.location.tasks().get(&contact_id(), &id()).await;
    server
        .assert_asked("GET", &task_target(), V2021_07, None)
        .await;
    assert_eq!(
        task.unwrap().due_date,
        Some("2026-07-01T15:00:00Z".parse().unwrap())
    );
}

#[tokio::test]
async fn get_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("tasks/one_odd")).await;
    let tasks = server.location.tasks();
    let task = tasks.get(&contact_id(), &id()).await.unwrap();
    assert_eq!((task.completed, task.body), (None, None));
}

#[tokio::test]
async fn create() {
    let server = Server::answering(201, fixture!("tasks/one")).await;
    let tasks = server.location.tasks();
    let task = tasks.create(&contact_id(), &new_task()).await.unwrap();
    server
        .assert_asked(
            "POST",
            &format!("/contacts/{CONTACT}/tasks"),
            V2021_07,
            Some(json!({
                "title": "Call Rosan back",
                "body": "Missed call from +18887324197",
                "dueDate": "2026-07-01T15:00:00Z",
                "completed": false,
                "assignedTo": "hxHGVRb1YJUscrCB8eXK",
            })),
        )
        .await;
    assert_eq!(task.id, id());
    assert_prints_no_personal_data(&(task, new_task()));
}

#[tokio::test]
async fn update() {
    let server = Server::answering(200, fixture!("tasks/one")).await;
    let update = TaskUpdate {
        title: Some("Call Rosan back".into()),
        due_date: Some("2026-07-01T15:00:00Z".parse().unwrap()),
        ..TaskUpdate::default()
    };
    let tasks = server.location.tasks();
    tasks.update(&contact_id(), &id(), &update).await.unwrap();
    server
        .assert_asked(
            "PUT",
            &task_target(),
            V2021_07,
            Some(json!({"title": "Call Rosan back", "dueDate": "2026-07-01T15:00:00Z"})),
        )
        .await;
    assert_prints_no_personal_data(&update);
}

#[tokio::test]
async fn complete() {
    let server = Server::answering(200, fixture!("tasks/one")).await;
    let tasks = server.location.tasks();
    tasks.complete(&contact_id(), &id(), true).await.unwrap();
    server
        .assert_asked(
            "PUT",
            &format!("{}/completed", task_target()),
            V2021_07,
            Some(json!({"completed": true})),
        )
        .await;
}

#[tokio::test]
async fn delete() {
    let server = Server::answering(200, fixture!("tasks/delete")).await;
    let tasks = server.location.tasks();
    tasks.delete(&contact_id(), &id()).await.unwrap();
    server
        .assert_asked("DELETE", &task_target(), V2021_07, None)
        .await;
}

#[tokio::test]
async fn only_create_is_not_repeated() {
    let (contact, task) = (contact_id(), id());
    assert_sent_once(async |location| location.tasks().create(&contact, &new_task()).await).await;
    assert_repeated(async |location| location.tasks().list(&contact).await).await;
    assert_repeated(async |location| location.tasks().complete(&contact, &task, true).await).await;
    assert_repeated(async |location| location.tasks().delete(&contact, &task).await).await;
}
