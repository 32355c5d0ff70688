//! Voice AI agents and the calls that they answered.

use futures_util::TryStreamExt;
use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::voice_ai::{
    VoiceAiActionType, VoiceAiAgentQuery, VoiceAiCallOrder, VoiceAiCallSearch, VoiceAiCallType,
};
use gohighlevel::ids::{ContactId, VoiceAiAgentId, VoiceAiCallId};

use super::support::{
    LOCATION, Server, V2021_04, asks_in_both, assert_prints_no_personal_data, assert_repeated,
    contact_id, fixture, text,
};

fn agent_id() -> VoiceAiAgentId {
    VoiceAiAgentId::new("507f1f77bcf86cd799439011").unwrap()
}

fn call_id() -> VoiceAiCallId {
    VoiceAiCallId::new("507f1f77bcf86cd799439011").unwrap()
}

#[tokio::test]
async fn agents() {
    let query = VoiceAiAgentQuery {
        text: Some("desk".into()),
        page: 2,
        page_size: 2,
    };
    let target = format!("/voice-ai/agents?page=2&pageSize=2&locationId={LOCATION}&query=desk");
    let answer = fixture!("voice_ai/agents");
    let page = asks_in_both(V2021_04, answer, ("GET", &target, None), async |server| {
        server.location.voice_ai_agents().list(&query).await
    })
    .await;
    assert_eq!(
        (page.total, page.number, page.next()),
        (Some(150), 2, Some(3))
    );
    let [agent, bare] = &page.items[..] else {
        panic!("two agents");
    };
    let number = agent.inbound_number.as_ref().unwrap();
    assert_eq!(number.e164(), "+15550001234");
    assert_eq!(agent.name.as_deref(), Some("Front desk"));
    assert_eq!(agent.is_backup_disabled, Some(false));
    assert_eq!(agent.max_call_seconds, Some(600));
    assert_eq!(agent.call_end_workflow_ids.len(), 2);
    let monday = &agent.working_hours[0];
    assert_eq!(
        (monday.day, monday.intervals[0].end_minute),
        (Some(1), Some(30))
    );
    let notified = agent.post_call_notification.as_ref().unwrap();
    assert_eq!(
        (notified.admins, notified.custom_emails.len()),
        (Some(true), 1)
    );
    let action = &agent.actions[0];
    assert_eq!(action.action_type, Some(VoiceAiActionType::CustomAction));
    let parameters = action.parameters.as_ref().unwrap();
    assert_eq!(parameters["apiDetails"]["method"], "GET");
    assert!(agent.translation.is_some());

    assert_eq!((&bare.inbound_number, &bare.number_pool_id), (&None, &None));
    assert_eq!(bare.is_backup_disabled, Some(true));
    assert_eq!(bare.working_hours, []);
    assert_eq!(
        bare.actions[0].action_type,
        Some(VoiceAiActionType::Other("JUGGLE".into()))
    );
    let printed = format!("{page:?}");
    assert!(
        !printed.contains("sk_live") && !printed.contains("rosan"),
        "{printed}"
    );
}

#[tokio::test]
async fn an_agent_and_a_call() {
    let target = format!("/voice-ai/agents/507f1f77bcf86cd799439011?locationId={LOCATION}");
    let answer = fixture!("voice_ai/agent");
    let agent = asks_in_both(V2021_04, answer, ("GET", &target, None), async |server| {
        server.location.voice_ai_agents().get(&agent_id()).await
    })
    .await;
    assert_eq!(agent.id, agent_id());

    let target =
        format!("/voice-ai/dashboard/call-logs/507f1f77bcf86cd799439011?locationId={LOCATION}");
    let answer = fixture!("voice_ai/call");
    let call = asks_in_both(V2021_04, answer, ("GET", &target, None), async |server| {
        server.location.voice_ai_calls().get(&call_id()).await
    })
    .await;
    assert_eq!(call.contact_id, Some(contact_id()));
    assert_eq!(
        call.message_id.as_ref().unwrap().as_str(),
        "507f1f77bcf86cd799439014"
    );
    assert_eq!(
        (call.duration_seconds, call.is_trial),
        (Some(180.0), Some(false))
    );
    assert_eq!(text(&call.summary), Some("Rosan Deo asked for Tuesday."));
    assert_eq!(call.extracted_data.as_ref().unwrap()["name"], "Rosan Deo");
    let translation = call.translation.as_ref().unwrap();
    assert_eq!(text(&translation.transcript), Some("bot: Hola"));
    let action = &call.actions[0];
    assert_eq!(action.action_type, Some(VoiceAiActionType::Sms));
    assert!(action.triggered_at < action.executed_at);
    assert_prints_no_personal_data(&call);
}

#[tokio::test]
async fn calls() {
    let search = VoiceAiCallSearch {
        agent_id: Some(agent_id()),
        contact_ids: vec![contact_id(), ContactId::new("c2").unwrap()],
        call_type: Some(VoiceAiCallType::Live),
        between: Some((
            "2023-03-20T10:40:00Z".parse().unwrap(),
            "2023-03-21T10:39:59Z".parse().unwrap(),
        )),
        action_types: vec![VoiceAiActionType::Sms, VoiceAiActionType::CallTransfer],
        sort: Some((VoiceAiCallOrder::Duration, SortDirection::Descending)),
        ..VoiceAiCallSearch::default()
    };
    let target = format!(
        "/voice-ai/dashboard/call-logs?locationId={LOCATION}&agentId=507f1f77bcf86cd799439011\
         &contactId=seD4PfOuKoVMLkEZqohJ%2Cc2&callType=LIVE&startDate=1679308800000\
         &endDate=1679395199000&actionType=SMS%2CCALL_TRANSFER&sortBy=duration&sort=descend\
         &page=1&pageSize=50"
    );
    let answer = fixture!("voice_ai/calls");
    let page = asks_in_both(V2021_04, answer, ("GET", &target, None), async |server| {
        server.location.voice_ai_calls().search(&search).await
    })
    .await;
    // Two of three on a page of fifty: HighLevel may give fewer than it was asked for.
    assert_eq!(
        (page.total, page.items.len(), page.next()),
        (Some(3), 2, Some(2))
    );
    assert_eq!(page.items[1].duration_seconds, Some(12.5));
    assert_eq!(page.items[1].from_number, None);
    assert_prints_no_personal_data(&page);
}

#[tokio::test]
async fn all_calls() {
    let rest = r#"{"total":3,"page":2,"pageSize":2,"callLogs":[{"id":"c3"}]}"#;
    let server = Server::answering_in_turn(&[fixture!("voice_ai/calls"), rest]).await;
    let search = VoiceAiCallSearch {
        page_size: 2,
        ..VoiceAiCallSearch::default()
    };
    let calls = server.location.voice_ai_calls().stream(&search);
    let ids: Vec<_> = calls.map_ok(|call| call.id).try_collect().await.unwrap();
    assert_eq!((ids.len(), server.count().await), (3, 2));
}

#[tokio::test]
async fn reading_is_repeated() {
    let (query, search) = (VoiceAiAgentQuery::default(), VoiceAiCallSearch::default());
    assert_repeated(async |location| location.voice_ai_agents().list(&query).await).await;
    assert_repeated(async |location| location.voice_ai_calls().search(&search).await).await;
}
