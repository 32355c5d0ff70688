//! Recurring tasks of a location, and searching its tasks.

use std::time::Duration;

use gohighlevel::api::recurring_tasks::{
    NewRecurringTask, Recurrence, RecurrenceDay, RecurrenceRule, RecurringTaskUpdate,
};
use gohighlevel::api::tasks::TaskSearch;
use gohighlevel::ids::{BusinessId, RecurringTaskId, UserId};
use serde_json::json;

use super::support::{
    CONTACT, LOCATION, Server, V2021_07, asks_in_both, assert_prints_no_personal_data,
    assert_repeated, assert_sent_once, contact_id, fixture, text,
};

fn id() -> RecurringTaskId {
    RecurringTaskId::new("sx6wyHhbFdRXh302Lunr").unwrap()
}

fn user() -> UserId {
    UserId::new("hxHGVRb1YJUscrCB8eXK").unwrap()
}

fn rule() -> RecurrenceRule {
    RecurrenceRule {
        end_date: Some("2022-09-30T00:00:00Z".parse().unwrap()),
        day_of_month: Some(15),
        day_of_week: Some(RecurrenceDay::Monday),
        month_of_year: Some(1),
        count: Some(10),
        create_task_if_over_due: Some(true),
        ..RecurrenceRule::new(
            Recurrence::Monthly,
            2,
            "2021-09-30T00:00:00Z".parse().unwrap(),
            Duration::from_secs(23_404_000),
        )
    }
}

#[tokio::test]
async fn every_operation_asks_as_documented() {
    let all = format!("/locations/{LOCATION}/recurring-tasks");
    let one = format!("{all}/sx6wyHhbFdRXh302Lunr");
    let (answer, id) = (fixture!("recurring_tasks/one"), id());
    let task = asks_in_both(V2021_07, answer, ("GET", &one, None), async |server| {
        server.location.recurring_tasks().get(&id).await
    })
    .await;
    assert_eq!(task.rule, Some(rule()));
    assert_eq!(text(&task.title), Some("Call Rosan back"));
    assert_eq!(task.contact_id, Some(contact_id()));
    assert_eq!((task.occurrences, task.deleted), (Some(10), Some(false)));
    assert_prints_no_personal_data(&task);

    let rule_body = json!({
        "intervalType": "monthly",
        "interval": 2,
        "startDate": "2021-09-30T00:00:00Z",
        "endDate": "2022-09-30T00:00:00Z",
        "dayOfMonth": 15,
        "dayOfWeek": "MO",
        "monthOfYear": 1,
        "count": 10,
        "createTaskIfOverDue": true,
        "dueAfterSeconds": 23404000,
    });
    let new = NewRecurringTask {
        description: Some("Missed call from +18887324197".into()),
        contact_ids: vec![contact_id()],
        owners: vec![user()],
        ignore_task_creation: Some(true),
        ..NewRecurringTask::new("Call Rosan back", rule())
    };
    let body = json!({
        "title": "Call Rosan back",
        "description": "Missed call from +18887324197",
        "contactIds": [CONTACT],
        "owners": ["hxHGVRb1YJUscrCB8eXK"],
        "rruleOptions": rule_body,
        "ignoreTaskCreation": true,
    });
    let asked = ("POST", all.as_str(), Some(body));
    asks_in_both(V2021_07, answer, asked, async |server| {
        server.location.recurring_tasks().create(&new).await
    })
    .await;
    assert_prints_no_personal_data(&new);

    let update = RecurringTaskUpdate {
        owners: Some(Vec::new()),
        rule: Some(rule()),
        ..RecurringTaskUpdate::default()
    };
    let body = json!({"owners": [], "rruleOptions": rule_body});
    let asked = ("PUT", one.as_str(), Some(body));
    asks_in_both(V2021_07, answer, asked, async |server| {
        server.location.recurring_tasks().update(&id, &update).await
    })
    .await;
    asks_in_both(
        V2021_07,
        fixture!("recurring_tasks/delete"),
        ("DELETE", &one, None),
        async |server| server.location.recurring_tasks().delete(&id).await,
    )
    .await;
    assert_sent_once(async |location| location.recurring_tasks().create(&new).await).await;
    assert_repeated(async |location| location.recurring_tasks().update(&id, &update).await).await;
}

#[tokio::test]
async fn an_odd_task_is_read() {
    let server = Server::answering(200, fixture!("recurring_tasks/one_odd")).await;
    let task = server.location.recurring_tasks().get(&id()).await.unwrap();
    let rule = task.rule.unwrap();
    assert_eq!(rule.interval_type, Recurrence::Other("fortnightly".into()));
    assert_eq!(
        (rule.interval, rule.due_after, rule.day_of_month),
        (2, Duration::from_secs(60), None)
    );
    assert_eq!(task.occurrences, Some(3));
}

#[tokio::test]
async fn search() {
    let search = TaskSearch {
        contact_ids: vec![contact_id()],
        completed: Some(false),
        assigned_to: vec![user()],
        query: Some("Rosan".into()),
        business_id: Some(BusinessId::new("6348240b98722079e5417332").unwrap()),
        skip: 25,
        ..TaskSearch::default()
    };
    let target = format!("/locations/{LOCATION}/tasks/search");
    let body = json!({
        "contactId": [CONTACT],
        "completed": false,
        "assignedTo": ["hxHGVRb1YJUscrCB8eXK"],
        "query": "Rosan",
        "businessId": "6348240b98722079e5417332",
        "limit": 25,
        "skip": 25,
    });
    let page = asks_in_both(
        V2021_07,
        fixture!("tasks/search"),
        ("POST", &target, Some(body)),
        async |server| server.location.tasks().search(&search).await,
    )
    .await;
    assert_eq!((page.items.len(), page.next()), (2, Some(28)));
    assert_eq!(page.items[0].contact_id, Some(contact_id()));
    assert_eq!(page.items[1].id.as_str(), "t2");
    assert_eq!(
        (&page.items[1].contact_id, page.items[1].completed),
        (&None, Some(true))
    );
    assert_prints_no_personal_data(&(page, &search));
    let asked = (
        "POST",
        target.as_str(),
        Some(json!({"limit": 25, "skip": 0})),
    );
    let page = asks_in_both(V2021_07, r#"{"tasks":[]}"#, asked, async |server| {
        server.location.tasks().search(&TaskSearch::default()).await
    })
    .await;
    assert_eq!(page.next(), None);
    assert_repeated(async |location| location.tasks().search(&search).await).await;
}
