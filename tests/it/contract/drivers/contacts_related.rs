//! `contacts.json`: what hangs on a contact, which are tags, notes, tasks, followers, appointments, workflows, campaigns.

use gohighlevel::api::notes::{NewNote, NoteUpdate};
use gohighlevel::api::tags::TagName;
use gohighlevel::api::tasks::{NewTask, TaskUpdate};
use gohighlevel::ids::{BusinessId, ContactId, UserId};

use super::{id, moment};
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    [tags(), notes(), tasks(), people(), automations()]
        .into_iter()
        .flatten()
        .collect()
}

fn tags() -> Vec<Driver> {
    vec![
        Driver::both(
            "contact_tags.add",
            [call!(|stage| stage
                .location
                .contact_tags()
                .add(&id("c1"), &two_tags())
                .await)],
        ),
        Driver::both(
            "contact_tags.remove",
            [call!(|stage| stage
                .location
                .contact_tags()
                .remove(&id("c1"), &two_tags())
                .await)],
        ),
        Driver::both(
            "contact_tags.add_to_many",
            [call!(|stage| {
                let tags = stage.location.contact_tags();
                tags.add_to_many(&two_contacts(), &two_tags()).await
            })],
        ),
        Driver::both(
            "contact_tags.remove_from_many",
            [call!(|stage| {
                let tags = stage.location.contact_tags();
                tags.remove_from_many(&two_contacts(), &two_tags()).await
            })],
        ),
        Driver::both(
            "contact_tags.remove_all_from_many",
            [call!(|stage| {
                let tags = stage.location.contact_tags();
                tags.remove_all_from_many(&two_contacts()).await
            })],
        ),
    ]
}

fn notes() -> Vec<Driver> {
    vec![
        Driver::both(
            "notes.list",
            [call!(|stage| stage.location.notes().list(&id("c1")).await)],
        ),
        Driver::both(
            "notes.get",
            [call!(|stage| stage
                .location
                .notes()
                .get(&id("c1"), &id("n1"))
                .await)],
        ),
        Driver::both(
            "notes.create",
            [
                call!(|stage| {
                    let note = NewNote {
                        body: "Called back".into(),
                        title: Some("Call".into()),
                        user_id: Some(id("u1")),
                        color: Some("#FFAA00".to_owned()),
                        pinned: Some(true),
                    };
                    stage.location.notes().create(&id("c1"), &note).await
                }),
                call!(|stage| {
                    let note = NewNote::new("Called back");
                    stage.location.notes().create(&id("c1"), &note).await
                }),
            ],
        ),
        Driver::both(
            "notes.update",
            [
                call!(|stage| {
                    let update = NoteUpdate {
                        body: Some("Called back".into()),
                        title: Some("Call".into()),
                        user_id: Some(id("u1")),
                        color: Some("#FFAA00".to_owned()),
                        pinned: Some(true),
                    };
                    stage
                        .location
                        .notes()
                        .update(&id("c1"), &id("n1"), &update)
                        .await
                }),
                call!(|stage| {
                    let update = NoteUpdate::default();
                    stage
                        .location
                        .notes()
                        .update(&id("c1"), &id("n1"), &update)
                        .await
                }),
            ],
        ),
        Driver::both(
            "notes.delete",
            [call!(|stage| stage
                .location
                .notes()
                .delete(&id("c1"), &id("n1"))
                .await)],
        ),
    ]
}

fn tasks() -> Vec<Driver> {
    vec![
        Driver::both(
            "tasks.list",
            [call!(|stage| stage.location.tasks().list(&id("c1")).await)],
        ),
        Driver::both(
            "tasks.get",
            [call!(|stage| stage
                .location
                .tasks()
                .get(&id("c1"), &id("t1"))
                .await)],
        ),
        Driver::both(
            "tasks.create",
            [
                call!(|stage| {
                    let task = NewTask {
                        body: Some("Missed call".into()),
                        completed: true,
                        assigned_to: Some(id("u1")),
                        ..NewTask::new("Call back", moment())
                    };
                    stage.location.tasks().create(&id("c1"), &task).await
                }),
                call!(|stage| {
                    let task = NewTask::new("Call back", moment());
                    stage.location.tasks().create(&id("c1"), &task).await
                }),
            ],
        ),
        Driver::both(
            "tasks.update",
            [
                call!(|stage| {
                    let update = TaskUpdate {
                        title: Some("Call back".into()),
                        body: Some("Missed call".into()),
                        due_date: Some(moment()),
                        completed: Some(true),
                        assigned_to: Some(id("u1")),
                    };
                    stage
                        .location
                        .tasks()
                        .update(&id("c1"), &id("t1"), &update)
                        .await
                }),
                call!(|stage| {
                    let update = TaskUpdate::default();
                    stage
                        .location
                        .tasks()
                        .update(&id("c1"), &id("t1"), &update)
                        .await
                }),
            ],
        ),
        Driver::both(
            "tasks.complete",
            [call!(|stage| stage
                .location
                .tasks()
                .complete(&id("c1"), &id("t1"), true)
                .await)],
        ),
        Driver::both(
            "tasks.delete",
            [call!(|stage| stage
                .location
                .tasks()
                .delete(&id("c1"), &id("t1"))
                .await)],
        ),
    ]
}

fn people() -> Vec<Driver> {
    vec![
        Driver::both(
            "contacts.add_followers",
            [call!(|stage| {
                let contacts = stage.location.contacts();
                contacts.add_followers(&id("c1"), &followers()).await
            })],
        ),
        Driver::both(
            "contacts.remove_followers",
            [call!(|stage| {
                let contacts = stage.location.contacts();
                contacts.remove_followers(&id("c1"), &followers()).await
            })],
        ),
        Driver::both(
            "contacts.appointments",
            [call!(|stage| stage
                .location
                .contacts()
                .appointments(&id("c1"))
                .await)],
        ),
        Driver::both(
            "contacts.set_business",
            [
                call!(|stage| {
                    let business: BusinessId = id("b1");
                    let contacts = stage.location.contacts();
                    contacts
                        .set_business(&two_contacts(), Some(&business))
                        .await
                }),
                call!(|stage| {
                    let contacts = stage.location.contacts();
                    contacts.set_business(&two_contacts(), None).await
                }),
            ],
        ),
    ]
}

fn automations() -> Vec<Driver> {
    vec![
        Driver::both(
            "workflows.add_contact",
            [
                call!(|stage| {
                    let workflows = stage.location.workflows();
                    workflows
                        .add_contact(&id("c1"), &id("w1"), Some(moment()))
                        .await
                }),
                call!(|stage| {
                    let workflows = stage.location.workflows();
                    workflows.add_contact(&id("c1"), &id("w1"), None).await
                }),
            ],
        ),
        Driver::both(
            "workflows.remove_contact",
            [
                call!(|stage| {
                    let workflows = stage.location.workflows();
                    workflows
                        .remove_contact(&id("c1"), &id("w1"), Some(moment()))
                        .await
                }),
                call!(|stage| {
                    let workflows = stage.location.workflows();
                    workflows.remove_contact(&id("c1"), &id("w1"), None).await
                }),
            ],
        ),
        Driver::both(
            "campaigns.add_contact",
            [call!(|stage| {
                let campaigns = stage.location.campaigns();
                campaigns.add_contact(&id("c1"), &id("p1")).await
            })],
        ),
        Driver::both(
            "campaigns.remove_contact",
            [call!(|stage| {
                let campaigns = stage.location.campaigns();
                campaigns.remove_contact(&id("c1"), &id("p1")).await
            })],
        ),
        Driver::both(
            "campaigns.remove_contact_from_all",
            [call!(|stage| {
                let campaigns = stage.location.campaigns();
                campaigns.remove_contact_from_all(&id("c1")).await
            })],
        ),
    ]
}

fn two_tags() -> [TagName; 2] {
    [id("vip"), id("missed call")]
}

fn two_contacts() -> [ContactId; 2] {
    [id("c1"), id("c2")]
}

fn followers() -> [UserId; 2] {
    [id("u1"), id("u2")]
}
