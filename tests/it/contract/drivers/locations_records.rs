//! `locations.json`: the tags, custom fields, custom values, recurring tasks and templates of a location.

use std::time::Duration;

use gohighlevel::api::custom_fields::{
    CustomFieldModel, CustomFieldType, CustomFieldUpdate, NewCustomField, TextBoxOption,
};
use gohighlevel::api::custom_values::CustomValueInput;
use gohighlevel::api::recurring_tasks::{
    NewRecurringTask, Recurrence, RecurrenceDay, RecurrenceRule, RecurringTaskUpdate,
};
use gohighlevel::api::templates::{TemplateKind, TemplateQuery};
use gohighlevel::secret::Private;

use super::{id, moment};
use crate::contract::stage::{Driver, Play, call};

pub(super) fn drivers() -> Vec<Driver> {
    let mut drivers = tags();
    drivers.extend(custom_fields());
    drivers.extend(custom_values());
    drivers.extend(recurring_tasks());
    drivers.extend(templates());
    drivers
}

fn tags() -> Vec<Driver> {
    vec![
        Driver::both(
            "tags.list",
            [call!(|stage| stage.location.tags().list().await)],
        ),
        Driver::both(
            "tags.get",
            [call!(|stage| stage.location.tags().get(&id("g1")).await)],
        ),
        Driver::both(
            "tags.create",
            [call!(|stage| stage
                .location
                .tags()
                .create(&id("missed call"))
                .await)],
        ),
        Driver::both(
            "tags.update",
            [call!(|stage| {
                let tags = stage.location.tags();
                tags.update(&id("g1"), &id("missed call")).await
            })],
        ),
        Driver::both(
            "tags.delete",
            [call!(|stage| stage.location.tags().delete(&id("g1")).await)],
        ),
    ]
}

fn custom_fields() -> Vec<Driver> {
    vec![
        Driver::both(
            "custom_fields.list",
            [
                call!(|stage| {
                    let fields = stage.location.custom_fields();
                    fields.list(&CustomFieldModel::Opportunity).await
                }),
                call!(|stage| {
                    let fields = stage.location.custom_fields();
                    fields.list(&CustomFieldModel::Contact).await
                }),
                call!(|stage| {
                    let fields = stage.location.custom_fields();
                    fields.list(&CustomFieldModel::All).await
                }),
            ],
        ),
        Driver::both(
            "custom_fields.get",
            [call!(|stage| stage
                .location
                .custom_fields()
                .get(&id("f1"))
                .await)],
        ),
        Driver::both(
            "custom_fields.get_by_key",
            [call!(|stage| {
                let fields = stage.location.custom_fields();
                fields.get_by_key("contact.pincode").await
            })],
        ),
        Driver::both(
            "custom_fields.create",
            [
                call!(|stage| {
                    let field = NewCustomField {
                        data_type: CustomFieldType::TextBoxList,
                        rest: whole_field(),
                    };
                    stage.location.custom_fields().create(&field).await
                }),
                call!(|stage| {
                    let field = NewCustomField::new("Pin Code", CustomFieldType::Text);
                    stage.location.custom_fields().create(&field).await
                }),
            ],
        ),
        Driver::both(
            "custom_fields.update",
            [
                call!(|stage| {
                    let fields = stage.location.custom_fields();
                    fields.update(&id("f1"), &whole_field()).await
                }),
                call!(|stage| {
                    let update = CustomFieldUpdate::new("Pin Code");
                    stage
                        .location
                        .custom_fields()
                        .update(&id("f1"), &update)
                        .await
                }),
            ],
        ),
        Driver::both(
            "custom_fields.delete",
            [call!(|stage| stage
                .location
                .custom_fields()
                .delete(&id("f1"))
                .await)],
        ),
    ]
}

fn whole_field() -> CustomFieldUpdate {
    CustomFieldUpdate {
        placeholder: Some("Placeholder Text".to_owned()),
        accepted_format: vec![".pdf".to_owned(), ".docx".to_owned()],
        is_multiple_file: Some(true),
        max_number_of_files: Some(2),
        text_box_list_options: vec![TextBoxOption {
            label: "First".to_owned(),
            prefill_value: "x".to_owned(),
        }],
        position: Some(3),
        model: Some(CustomFieldModel::Contact),
        ..CustomFieldUpdate::new("Pin Code")
    }
}

fn custom_values() -> Vec<Driver> {
    vec![
        Driver::both(
            "custom_values.list",
            [call!(|stage| stage.location.custom_values().list().await)],
        ),
        Driver::both(
            "custom_values.get",
            [call!(|stage| stage
                .location
                .custom_values()
                .get(&id("k1"))
                .await)],
        ),
        Driver::both(
            "custom_values.create",
            [call!(|stage| stage
                .location
                .custom_values()
                .create(&link())
                .await)],
        ),
        Driver::both(
            "custom_values.update",
            [call!(|stage| {
                let values = stage.location.custom_values();
                values.update(&id("k1"), &link()).await
            })],
        ),
        Driver::both(
            "custom_values.delete",
            [call!(|stage| stage
                .location
                .custom_values()
                .delete(&id("k1"))
                .await)],
        ),
    ]
}

fn link() -> CustomValueInput {
    CustomValueInput {
        name: "Calendly Link".to_owned(),
        value: "https://calendly.example/deo".to_owned(),
    }
}

fn recurring_tasks() -> Vec<Driver> {
    vec![
        Driver::both(
            "recurring_tasks.get",
            [call!(|stage| stage
                .location
                .recurring_tasks()
                .get(&id("r1"))
                .await)],
        ),
        Driver::both(
            "recurring_tasks.create",
            [
                call!(|stage| {
                    let task = NewRecurringTask {
                        description: Some(Private::from("All who have asked")),
                        contact_ids: vec![id("c1")],
                        owners: vec![id("u1")],
                        ignore_task_creation: Some(true),
                        ..NewRecurringTask::new("Call back", whole_rule())
                    };
                    stage.location.recurring_tasks().create(&task).await
                }),
                call!(|stage| {
                    let task = NewRecurringTask::new("Call back", rule());
                    stage.location.recurring_tasks().create(&task).await
                }),
                every_rule(),
            ],
        ),
        Driver::both(
            "recurring_tasks.update",
            [
                call!(|stage| {
                    let update = RecurringTaskUpdate {
                        title: Some(Private::from("Call back")),
                        description: Some(Private::from("All who have asked")),
                        contact_ids: Some(vec![id("c1")]),
                        owners: Some(vec![id("u1")]),
                        rule: Some(whole_rule()),
                        ignore_task_creation: Some(true),
                    };
                    let tasks = stage.location.recurring_tasks();
                    tasks.update(&id("r1"), &update).await
                }),
                call!(|stage| {
                    let update = RecurringTaskUpdate {
                        contact_ids: Some(Vec::new()),
                        owners: Some(Vec::new()),
                        ..RecurringTaskUpdate::default()
                    };
                    let tasks = stage.location.recurring_tasks();
                    tasks.update(&id("r1"), &update).await
                }),
                call!(|stage| {
                    let tasks = stage.location.recurring_tasks();
                    tasks
                        .update(&id("r1"), &RecurringTaskUpdate::default())
                        .await
                }),
            ],
        ),
        Driver::both(
            "recurring_tasks.delete",
            [call!(|stage| stage
                .location
                .recurring_tasks()
                .delete(&id("r1"))
                .await)],
        ),
    ]
}

/// Creates a task for each unit and each day.
fn every_rule() -> Play {
    call!(|stage| {
        let units = [
            Recurrence::Yearly,
            Recurrence::Monthly,
            Recurrence::Weekly,
            Recurrence::Daily,
            Recurrence::Hourly,
        ]
        .map(|interval_type| RecurrenceRule {
            interval_type,
            ..rule()
        });
        let days = [
            RecurrenceDay::Monday,
            RecurrenceDay::Tuesday,
            RecurrenceDay::Wednesday,
            RecurrenceDay::Thursday,
            RecurrenceDay::Friday,
            RecurrenceDay::Saturday,
            RecurrenceDay::Sunday,
        ]
        .map(|day| RecurrenceRule {
            day_of_week: Some(day),
            ..rule()
        });
        for rule in units.into_iter().chain(days) {
            let task = NewRecurringTask::new("Call back", rule);
            let tasks = stage.location.recurring_tasks();
            tasks.create(&task).await.unwrap();
        }
        Ok(())
    })
}

fn rule() -> RecurrenceRule {
    let due_after = Duration::from_secs(3600);
    RecurrenceRule::new(Recurrence::Daily, 1, moment(), due_after)
}

fn whole_rule() -> RecurrenceRule {
    RecurrenceRule {
        end_date: Some(moment()),
        day_of_month: Some(1),
        day_of_week: Some(RecurrenceDay::Monday),
        month_of_year: Some(2),
        count: Some(10),
        create_task_if_over_due: Some(true),
        interval_type: Recurrence::Yearly,
        ..rule()
    }
}

fn templates() -> Vec<Driver> {
    vec![
        Driver::both(
            "templates.list",
            [
                call!(|stage| {
                    let query = TemplateQuery {
                        kind: Some(TemplateKind::Sms),
                        deleted: true,
                        skip: 25,
                        limit: 50,
                        ..TemplateQuery::new("ve9EPM428h8vShlRW1KT")
                    };
                    stage.location.templates().list(&query).await
                }),
                call!(|stage| {
                    let query = TemplateQuery::new("ve9EPM428h8vShlRW1KT");
                    stage.location.templates().list(&query).await
                }),
                call!(|stage| {
                    for kind in [TemplateKind::Email, TemplateKind::WhatsApp] {
                        let query = TemplateQuery {
                            kind: Some(kind),
                            ..TemplateQuery::new("ve9EPM428h8vShlRW1KT")
                        };
                        stage.location.templates().list(&query).await.unwrap();
                    }
                    Ok(())
                }),
            ],
        ),
        Driver::both(
            "templates.delete",
            [call!(|stage| stage
                .location
                .templates()
                .delete(&id("t1"))
                .await)],
        ),
    ]
}
