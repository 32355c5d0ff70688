//! `voice-ai.json`: what is read.

use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::voice_ai::{
    VoiceAiActionType, VoiceAiAgentQuery, VoiceAiCallOrder, VoiceAiCallSearch, VoiceAiCallType,
};

use super::{id, moment};
use crate::contract::stage::{Driver, Play, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "voice_ai_agents.list",
            [
                call!(|stage| {
                    let query = VoiceAiAgentQuery {
                        text: Some("desk".to_owned()),
                        ..VoiceAiAgentQuery::default()
                    };
                    stage.location.voice_ai_agents().list(&query).await
                }),
                call!(|stage| {
                    let query = VoiceAiAgentQuery::default();
                    stage.location.voice_ai_agents().list(&query).await
                }),
            ],
        ),
        Driver::both(
            "voice_ai_agents.get",
            [call!(|stage| stage
                .location
                .voice_ai_agents()
                .get(&id("a1"))
                .await)],
        ),
        Driver::both("voice_ai_calls.search", searches()),
        Driver::both(
            "voice_ai_calls.get",
            [call!(|stage| stage
                .location
                .voice_ai_calls()
                .get(&id("c1"))
                .await)],
        ),
    ]
}

fn searches() -> [Play; 3] {
    [
        call!(|stage| {
            let search = whole_search(VoiceAiCallType::Live);
            stage.location.voice_ai_calls().search(&search).await
        }),
        call!(|stage| {
            let search = VoiceAiCallSearch {
                sort: Some((VoiceAiCallOrder::CreatedAt, SortDirection::Descending)),
                ..whole_search(VoiceAiCallType::Trial)
            };
            stage.location.voice_ai_calls().search(&search).await
        }),
        call!(|stage| {
            let search = VoiceAiCallSearch::default();
            stage.location.voice_ai_calls().search(&search).await
        }),
    ]
}

fn whole_search(call_type: VoiceAiCallType) -> VoiceAiCallSearch {
    VoiceAiCallSearch {
        agent_id: Some(id("a1")),
        contact_ids: vec![id("c1"), id("c2")],
        call_type: Some(call_type),
        between: Some((moment(), moment())),
        action_types: vec![VoiceAiActionType::Sms, VoiceAiActionType::CallTransfer],
        sort: Some((VoiceAiCallOrder::Duration, SortDirection::Ascending)),
        ..VoiceAiCallSearch::default()
    }
}
