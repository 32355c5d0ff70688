//! Both searches for opportunities.

use gohighlevel::api::cursor::SearchPage;
use gohighlevel::api::opportunities::{
    AdditionalDetails, AdvancedOpportunitySearch, LostReasonSearch, OpportunitySearch,
    OpportunityStatus,
};
use gohighlevel::ids::CampaignId;
use serde_json::json;

use super::super::support::{
    CONTACT, LOCATION, Server, V2021_07, assert_prints_no_personal_data, contact_id, fixture,
};
use super::{id, pipeline, reason, stage, user};

fn search() -> OpportunitySearch {
    OpportunitySearch {
        text: Some("rosan".into()),
        contact_id: Some(contact_id()),
        pipeline_id: Some(pipeline()),
        pipeline_stage_id: Some(stage()),
        status: Some(OpportunityStatus::All),
        assigned_to: Some(user("u1")),
        campaign_id: Some(CampaignId::new("c1").unwrap()),
        country: Some("US".into()),
        from: Some("2026-01-31".parse().unwrap()),
        to: Some("2026-02-28".parse().unwrap()),
        order: Some("added_asc".into()),
        limit: Some(100),
        tasks: true,
        notes: true,
        calendar_events: true,
        ..OpportunitySearch::default()
    }
}

#[tokio::test]
async fn search_by_fields() {
    let rest =
        "campaignId=c1&country=US&date=01-31-2026&endDate=02-28-2026&order=added_asc&limit=100";
    let parts = "getTasks=true&getNotes=true&getCalendarEvents=true";
    let (p, s) = (
        "VDm7RPYC2GLUvdpKmBfC",
        "e93ba61a-53b3-45e7-985a-c7732dbcdb69",
    );
    let v2 = Server::answering(200, fixture!("opportunities/search")).await;
    let page = v2.location.opportunities().search(&search()).await.unwrap();
    let target = format!(
        "/opportunities/search?location_id={LOCATION}&q=rosan&contact_id={CONTACT}&pipeline_id={p}\
         &pipeline_stage_id={s}&status=all&assigned_to=u1&{rest}&{parts}"
    );
    v2.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!(page.opportunities.len(), 1);
    assert_eq!(page.total(), Some(3));
    assert_eq!(
        (page.previous_page(), page.current_page(), page.next_page()),
        (None, Some(1), Some(2))
    );
    assert!(page.aggregations.is_some());
    assert_prints_no_personal_data(&(&page, search()));

    let v3 = Server::answering_v3(200, fixture!("opportunities/search")).await;
    let after = OpportunitySearch {
        after: page.next(),
        ..search()
    };
    v3.location.opportunities().search(&after).await.unwrap();
    let cursor = "startAfter=1625203104328&startAfterId=yWQobCRIhRguQtD2llvk";
    let target = format!(
        "/opportunities/search?locationId={LOCATION}&q=rosan&contactId={CONTACT}&pipelineId={p}\
         &pipelineStageId={s}&status=all&assignedTo=u1&{rest}&{cursor}&{parts}"
    );
    v3.assert_asked("GET", &target, "v3", None).await;
}

#[tokio::test]
async fn search_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("opportunities/search_odd")).await;
    let search = OpportunitySearch {
        id: Some(id()),
        page: Some(2),
        ..OpportunitySearch::default()
    };
    let page = server.location.opportunities().search(&search).await;
    let page = page.unwrap();
    let target =
        format!("/opportunities/search?location_id={LOCATION}&id=yWQobCRIhRguQtD2llvk&page=2");
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!((page.opportunities.len(), page.total()), (1, Some(3)));
    assert!(page.next().is_some());
    assert_eq!(page.aggregations, None);

    let server = Server::answering(
        200,
        r#"{"opportunities":[],"meta":{"startAfter":1,"startAfterId":"o1"}}"#,
    )
    .await;
    let page = server.location.opportunities().search(&search).await;
    assert_eq!(page.unwrap().next(), None, "an empty page is the last");
}

#[tokio::test]
async fn search_advanced() {
    let server = Server::answering_v3(200, fixture!("opportunities/search_advanced")).await;
    let mut search = AdvancedOpportunitySearch {
        query: Some("rosan".into()),
        limit: Some(20),
        page: SearchPage::Number { page: 1 },
        details: AdditionalDetails {
            notes: true,
            ..AdditionalDetails::default()
        },
    };
    let opportunities = server.location.opportunities();
    let page = opportunities.search_advanced(&search).await.unwrap();
    let details = json!({
        "notes": true, "tasks": false, "calendarEvents": false, "unReadConversations": false,
    });
    let body = json!({
        "locationId": LOCATION, "query": "rosan", "limit": 20, "page": 1, "additionalDetails": details,
    });
    server
        .assert_asked("POST", "/opportunities/search", "v3", Some(body))
        .await;
    assert_eq!((page.opportunities.len(), page.total), (1, Some(100)));
    assert_eq!(page.stage_aggregations[0].weighted_value, Some(14700.5));
    assert_prints_no_personal_data(&(&page, &search));

    search.page = page.next().unwrap();
    search.details = AdditionalDetails::default();
    let server = Server::answering(200, fixture!("opportunities/search_advanced_odd")).await;
    let opportunities = server.location.opportunities();
    let page = opportunities.search_advanced(&search).await.unwrap();
    let body = json!({
        "locationId": LOCATION, "query": "rosan", "limit": 20,
        "searchAfter": [1627966517355_i64, "rosan@example.com"],
    });
    server
        .assert_asked("POST", "/opportunities/search", V2021_07, Some(body))
        .await;
    assert_eq!((page.opportunities.len(), page.next()), (1, None));
    assert_prints_no_personal_data(&search);
}

#[tokio::test]
async fn lost_reasons() {
    let search = LostReasonSearch {
        name: Some("Too dear".into()),
        query: Some("dear".into()),
        deleted: Some(false),
        skip: Some(1),
        limit: Some(10),
        count: Some(true),
    };
    let server = Server::answering(200, fixture!("opportunities/lost_reasons")).await;
    let opportunities = server.location.opportunities();
    let page = opportunities.lost_reasons(&search).await.unwrap();
    let target = format!(
        "/opportunities/lost-reason?locationId={LOCATION}&name=Too%20dear&query=dear&deleted=false\
         &skip=1&limit=10&getCount=true"
    );
    server.assert_asked("GET", &target, V2021_07, None).await;
    assert_eq!((page.total, page.next()), (Some(100), Some(2)));
    assert_eq!(page.items[0].id, reason());

    let server = Server::answering(200, fixture!("opportunities/lost_reasons_odd")).await;
    let opportunities = server.location.opportunities();
    let page = opportunities
        .lost_reasons(&LostReasonSearch::default())
        .await;
    assert_eq!(page.unwrap().items.len(), 1);
}
