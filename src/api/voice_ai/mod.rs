//! Voice AI: agents that answer calls, and the calls that they have answered. Reading only.
//!
//! An agent on a number answers before anybody's mailbox does, so that a call counts as answered and no missed-call text goes
//! out. Here are the methods; what they give is in `model`.
//!
//! Source: HighLevel's OpenAPI files `voice-ai.json` and `voice-ai-v3.json`, which are alike. Scopes:
//! `voice-ai-agents.readonly`, `voice-ai-dashboard.readonly`.

mod model;

pub use model::{
    PostCallNotification, VoiceAiActionType, VoiceAiAgent, VoiceAiAgentAction, VoiceAiCall,
    VoiceAiCallAction, VoiceAiInterval, VoiceAiTranslation, VoiceAiWorkingDay,
};

use futures_util::Stream;
use jiff::Timestamp;
use model::{AgentList, CallList};

use super::cursor::SortDirection;
use super::numbered::NumberedPage;
use crate::client::{ApiVersion, Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{ContactId, VoiceAiAgentId, VoiceAiCallId};
use crate::open_enum::open_enum;

/// The Voice AI agents of one location. Made by [`Location::voice_ai_agents`].
#[derive(Debug, Clone, Copy)]
pub struct VoiceAiAgents<'a> {
    location: &'a Location,
}

/// The calls that Voice AI agents of one location have answered. Made by [`Location::voice_ai_calls`].
#[derive(Debug, Clone, Copy)]
pub struct VoiceAiCalls<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's Voice AI agents.
    pub fn voice_ai_agents(&self) -> VoiceAiAgents<'_> {
        VoiceAiAgents { location: self }
    }

    /// The calls that the location's Voice AI agents have answered.
    pub fn voice_ai_calls(&self) -> VoiceAiCalls<'_> {
        VoiceAiCalls { location: self }
    }
}

impl<'a> VoiceAiAgents<'a> {
    /// One page of agents.
    pub fn list(&self, query: &VoiceAiAgentQuery) -> Call<'a, NumberedPage<VoiceAiAgent>> {
        let (page, length) = (query.page, query.page_size);
        let request = Request::get(path(&["voice-ai", "agents"]))
            .operation("voice_ai_agents.list")
            .version(VERSION)
            .query("page", page)
            .query("pageSize", length)
            .query("locationId", self.location.id())
            .query_opt("query", query.text.as_ref());
        self.location
            .send::<AgentList>(request)
            .map(move |list| NumberedPage::new(list.agents, list.total, page, length))
    }

    /// All agents that a query finds, page after page from the one it names.
    pub fn stream(
        &self,
        query: &VoiceAiAgentQuery,
    ) -> impl Stream<Item = Result<VoiceAiAgent>> + Send + use<'a> {
        let (agents, query) = (*self, query.clone());
        let skipped = Some(before(query.page, query.page_size));
        items("voice_ai_agents.list", skipped, move |ask| {
            let mut query = query.clone();
            query.page = ask.cursor.unwrap_or(query.page);
            agents.list(&query)
        })
    }

    /// One agent by its id.
    pub fn get(&self, id: &VoiceAiAgentId) -> Call<'a, VoiceAiAgent> {
        let request = Request::get(path(&["voice-ai", "agents", id.as_str()]))
            .operation("voice_ai_agents.get")
            .version(VERSION)
            .query("locationId", self.location.id());
        self.location.send(request)
    }
}

impl<'a> VoiceAiCalls<'a> {
    /// One page of the calls that a search finds.
    pub fn search(&self, search: &VoiceAiCallSearch) -> Call<'a, NumberedPage<VoiceAiCall>> {
        let (page, length) = (search.page, search.page_size);
        let milliseconds = |moment: Timestamp| moment.as_millisecond();
        let (from, to) = search.between.unzip();
        let request = Request::get(path(&["voice-ai", "dashboard", "call-logs"]))
            .operation("voice_ai_calls.search")
            .version(VERSION)
            .query("locationId", self.location.id())
            .query_opt("agentId", search.agent_id.as_ref())
            .query_opt("contactId", joined(&search.contact_ids, ContactId::as_str))
            .query_opt("callType", search.call_type.as_ref())
            .query_opt("startDate", from.map(milliseconds))
            .query_opt("endDate", to.map(milliseconds))
            .query_opt(
                "actionType",
                joined(&search.action_types, VoiceAiActionType::as_str),
            )
            .query_opt("sortBy", search.sort.as_ref().map(|(by, _)| by))
            .query_opt("sort", search.sort.as_ref().map(|(_, order)| word(*order)))
            .query("page", page)
            .query("pageSize", length);
        self.location
            .send::<CallList>(request)
            .map(move |list| NumberedPage::new(list.call_logs, list.total, page, length))
    }

    /// All calls that a search finds, page after page from the one it names.
    pub fn stream(
        &self,
        search: &VoiceAiCallSearch,
    ) -> impl Stream<Item = Result<VoiceAiCall>> + Send + use<'a> {
        let (calls, search) = (*self, search.clone());
        let skipped = Some(before(search.page, search.page_size));
        items("voice_ai_calls.search", skipped, move |ask| {
            let mut search = search.clone();
            search.page = ask.cursor.unwrap_or(search.page);
            calls.search(&search)
        })
    }

    /// One call by its id.
    pub fn get(&self, id: &VoiceAiCallId) -> Call<'a, VoiceAiCall> {
        let segments = ["voice-ai", "dashboard", "call-logs", id.as_str()];
        let request = Request::get(path(&segments))
            .operation("voice_ai_calls.get")
            .version(VERSION)
            .query("locationId", self.location.id());
        self.location.send(request)
    }
}

/// What HighLevel's file of version 2 documents for all of Voice AI.
const VERSION: ApiVersion = ApiVersion::V2021_04_15;

/// How many entries the pages before one have.
fn before(page: u32, length: u32) -> u64 {
    u64::from(page.saturating_sub(1)) * u64::from(length)
}

/// Several values in one parameter; `None` if there are none.
fn joined<T>(values: &[T], text: impl Fn(&T) -> &str) -> Option<String> {
    let values: Vec<&str> = values.iter().map(text).collect();
    (!values.is_empty()).then(|| values.join(","))
}

fn word(order: SortDirection) -> &'static str {
    match order {
        SortDirection::Ascending => "ascend",
        SortDirection::Descending => "descend",
    }
}

open_enum! {
    /// Who has called.
    pub enum VoiceAiCallType {
        /// A caller.
        Live = "LIVE",
        /// Somebody who tried the agent out.
        Trial = "TRIAL",
    }
}

open_enum! {
    /// What calls are sorted by.
    pub enum VoiceAiCallOrder {
        /// How long they lasted.
        Duration = "duration",
        /// When they began.
        CreatedAt = "createdAt",
    }
}

/// Which agents to list. The default finds the first 50.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceAiAgentQuery {
    /// Free text.
    pub text: Option<String>,
    /// The number of the page, from 1.
    pub page: u32,
    /// How many agents a page has.
    pub page_size: u32,
}

impl Default for VoiceAiAgentQuery {
    fn default() -> Self {
        Self {
            text: None,
            page: 1,
            page_size: 50,
        }
    }
}

/// Which calls to find. The default finds the 50 newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceAiCallSearch {
    /// Those of this agent.
    pub agent_id: Option<VoiceAiAgentId>,
    /// Those of these contacts; of all if empty.
    pub contact_ids: Vec<ContactId>,
    /// Those of callers, or of people who tried an agent out.
    pub call_type: Option<VoiceAiCallType>,
    /// Those between two moments, the earlier one first.
    pub between: Option<(Timestamp, Timestamp)>,
    /// Those with one of these actions; all if empty.
    pub action_types: Vec<VoiceAiActionType>,
    /// How to sort; the newest first if `None`.
    pub sort: Option<(VoiceAiCallOrder, SortDirection)>,
    /// The number of the page, from 1.
    pub page: u32,
    /// How many calls a page has, 50 at most.
    pub page_size: u32,
}

impl Default for VoiceAiCallSearch {
    fn default() -> Self {
        Self {
            agent_id: None,
            contact_ids: Vec::new(),
            call_type: None,
            between: None,
            action_types: Vec::new(),
            sort: None,
            page: 1,
            page_size: 50,
        }
    }
}
