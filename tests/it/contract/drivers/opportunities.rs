//! `opportunities.json`.

use gohighlevel::api::cursor::SearchPage;
use gohighlevel::api::opportunities::{
    AdditionalDetails, AdvancedOpportunitySearch, FollowersUpdate, Forecast, LostReasonSearch,
    NewOpportunity, OpportunityFieldInput, OpportunitySearch, OpportunityStatus, OpportunityUpdate,
    OpportunityUpsert,
};
use gohighlevel::ids::{LostReasonId, UserId};
use serde_json::json;

use super::id;
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    [found(), written(), forecast(), followers()]
        .into_iter()
        .flatten()
        .collect()
}

fn found() -> Vec<Driver> {
    vec![
        Driver::both(
            "pipelines.list",
            [call!(|stage| stage.location.pipelines().list().await)],
        ),
        Driver::both(
            "opportunities.lost_reasons",
            [
                call!(|stage| {
                    let search = LostReasonSearch {
                        name: Some("Price".to_owned()),
                        query: Some("price".to_owned()),
                        deleted: Some(true),
                        skip: Some(20),
                        limit: Some(10),
                        count: Some(true),
                    };
                    stage.location.opportunities().lost_reasons(&search).await
                }),
                call!(|stage| {
                    let search = LostReasonSearch::default();
                    stage.location.opportunities().lost_reasons(&search).await
                }),
            ],
        ),
        Driver::both(
            "opportunities.search",
            [
                call!(|stage| {
                    let opportunities = stage.location.opportunities();
                    let first = opportunities
                        .search(&OpportunitySearch::default())
                        .await
                        .unwrap();
                    let search = OpportunitySearch {
                        after: first.next(),
                        ..whole_search()
                    };
                    opportunities.search(&search).await
                }),
                call!(|stage| stage.location.opportunities().search(&whole_search()).await),
            ],
        ),
        Driver::both(
            "opportunities.search_advanced",
            [
                call!(|stage| {
                    let search = AdvancedOpportunitySearch {
                        query: Some("Rosan".into()),
                        limit: Some(10),
                        page: SearchPage::Number { page: 2 },
                        details: AdditionalDetails {
                            notes: true,
                            tasks: true,
                            calendar_events: true,
                            unread_conversations: true,
                        },
                    };
                    stage
                        .location
                        .opportunities()
                        .search_advanced(&search)
                        .await
                }),
                call!(|stage| {
                    let cursor = serde_json::from_value(json!(["1628008053263", "o1"])).unwrap();
                    let search = AdvancedOpportunitySearch {
                        page: SearchPage::After {
                            search_after: cursor,
                        },
                        ..AdvancedOpportunitySearch::default()
                    };
                    stage
                        .location
                        .opportunities()
                        .search_advanced(&search)
                        .await
                }),
                call!(|stage| {
                    let search = AdvancedOpportunitySearch::default();
                    stage
                        .location
                        .opportunities()
                        .search_advanced(&search)
                        .await
                }),
            ],
        ),
        Driver::both(
            "opportunities.get",
            [call!(|stage| stage
                .location
                .opportunities()
                .get(&id("o1"))
                .await)],
        ),
    ]
}

fn written() -> Vec<Driver> {
    vec![
        Driver::both(
            "opportunities.create",
            [
                call!(|stage| stage.location.opportunities().create(&whole()).await),
                call!(|stage| stage.location.opportunities().create(&least()).await),
            ],
        ),
        Driver::both(
            "opportunities.update",
            [
                call!(|stage| {
                    let opportunities = stage.location.opportunities();
                    opportunities.update(&id("o1"), &whole_update()).await
                }),
                call!(|stage| {
                    let update = OpportunityUpdate::default();
                    stage
                        .location
                        .opportunities()
                        .update(&id("o1"), &update)
                        .await
                }),
            ],
        ),
        Driver::both(
            "opportunities.upsert",
            [
                call!(|stage| stage.location.opportunities().upsert(&whole_upsert()).await),
                call!(|stage| {
                    let upsert = OpportunityUpsert::new(id("p1"));
                    stage.location.opportunities().upsert(&upsert).await
                }),
                call!(|stage| {
                    let upsert = OpportunityUpsert {
                        followers: FollowersUpdate::RemoveAll,
                        ..OpportunityUpsert::new(id("p1"))
                    };
                    stage.location.opportunities().upsert(&upsert).await
                }),
            ],
        ),
        Driver::both(
            "opportunities.set_status",
            [
                call!(|stage| {
                    let (lost, reason): (_, LostReasonId) = (OpportunityStatus::Lost, id("r1"));
                    let opportunities = stage.location.opportunities();
                    opportunities
                        .set_status(&id("o1"), &lost, Some(&reason))
                        .await
                }),
                call!(|stage| {
                    let opportunities = stage.location.opportunities();
                    opportunities
                        .set_status(&id("o1"), &OpportunityStatus::Won, None)
                        .await
                }),
            ],
        ),
        Driver::both(
            "opportunities.delete",
            [call!(|stage| stage
                .location
                .opportunities()
                .delete(&id("o1"))
                .await)],
        ),
    ]
}

/// What version 3 alone takes.
fn forecast() -> Vec<Driver> {
    const FORECAST: Forecast = Forecast {
        expected_close_date: Some(jiff::civil::date(2026, 7, 1)),
        probability: Some(50.0),
    };
    vec![
        Driver::only(
            Version::V3,
            "opportunities.create with a forecast",
            [call!(|stage| {
                let opportunity = NewOpportunity {
                    forecast: FORECAST,
                    ..least()
                };
                stage.location.opportunities().create(&opportunity).await
            })],
        ),
        Driver::only(
            Version::V3,
            "opportunities.update with a forecast",
            [call!(|stage| {
                let update = OpportunityUpdate {
                    forecast: FORECAST,
                    ..OpportunityUpdate::default()
                };
                stage
                    .location
                    .opportunities()
                    .update(&id("o1"), &update)
                    .await
            })],
        ),
        Driver::only(
            Version::V3,
            "opportunities.upsert with a forecast",
            [call!(|stage| {
                let upsert = OpportunityUpsert {
                    forecast: FORECAST,
                    ..OpportunityUpsert::new(id("p1"))
                };
                stage.location.opportunities().upsert(&upsert).await
            })],
        ),
    ]
}

fn followers() -> Vec<Driver> {
    vec![
        Driver::both(
            "opportunities.add_followers",
            [call!(|stage| {
                let opportunities = stage.location.opportunities();
                opportunities.add_followers(&id("o1"), &two_users()).await
            })],
        ),
        Driver::both(
            "opportunities.remove_followers",
            [call!(|stage| {
                let opportunities = stage.location.opportunities();
                opportunities
                    .remove_followers(&id("o1"), &two_users())
                    .await
            })],
        ),
        Driver::both(
            "opportunities.remove_all_followers",
            [call!(|stage| {
                stage
                    .location
                    .opportunities()
                    .remove_all_followers(&id("o1"))
                    .await
            })],
        ),
    ]
}

fn whole_search() -> OpportunitySearch {
    OpportunitySearch {
        text: Some("Rosan".into()),
        id: Some(id("o1")),
        contact_id: Some(id("c1")),
        pipeline_id: Some(id("p1")),
        pipeline_stage_id: Some(id("s1")),
        status: Some(OpportunityStatus::All),
        assigned_to: Some(id("u1")),
        campaign_id: Some(id("g1")),
        country: Some("US".to_owned()),
        from: Some(id("2026-05-01")),
        to: Some(id("2026-05-31")),
        order: Some("added_asc".to_owned()),
        limit: Some(10),
        page: Some(2),
        after: None,
        tasks: true,
        notes: true,
        calendar_events: true,
    }
}

fn least() -> NewOpportunity {
    NewOpportunity::new(id("p1"), id("c1"), "Deo")
}

fn whole() -> NewOpportunity {
    NewOpportunity {
        status: OpportunityStatus::Won,
        pipeline_stage_id: Some(id("s1")),
        monetary_value: Some(99.5),
        assigned_to: Some(id("u1")),
        custom_fields: custom_fields(),
        ..least()
    }
}

fn whole_update() -> OpportunityUpdate {
    OpportunityUpdate {
        pipeline_id: Some(id("p1")),
        pipeline_stage_id: Some(id("s1")),
        name: Some("Deo".into()),
        status: Some(OpportunityStatus::Won),
        monetary_value: Some(99.5),
        assigned_to: Some(id("u1")),
        custom_fields: custom_fields(),
        forecast: Forecast::default(),
    }
}

fn whole_upsert() -> OpportunityUpsert {
    OpportunityUpsert {
        id: Some(id("o1")),
        contact_id: Some(id("c1")),
        name: Some("Deo".into()),
        status: Some(OpportunityStatus::Lost),
        lost_reason_id: Some(id("r1")),
        pipeline_stage_id: Some(id("s1")),
        monetary_value: Some(99.5),
        assigned_to: Some(id("u1")),
        followers: FollowersUpdate::Add(two_users().into()),
        ..OpportunityUpsert::new(id("p1"))
    }
}

/// One of each kind of value.
fn custom_fields() -> Vec<OpportunityFieldInput> {
    vec![
        OpportunityFieldInput::by_id(id("f1"), "text"),
        OpportunityFieldInput::by_id(id("f2"), json!(["one", "two"])),
        OpportunityFieldInput::by_id(id("f3"), 100.5),
        OpportunityFieldInput::by_key("score", "high"),
    ]
}

fn two_users() -> [UserId; 2] {
    [id("u1"), id("u2")]
}
