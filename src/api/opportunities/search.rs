//! Searching opportunities: by fields (`GET`), and by text with what surrounds them (`POST`).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::{apply, serde_as, skip_serializing_none};

use super::model::{Opportunity, OpportunityStatus};
use crate::api::cursor::SearchPage;
use crate::api::listing::{Entries, NextPageUrl, count, says_more};
use crate::client::{Outlook, Page, Request, Way};
use crate::ids::{
    CampaignId, ContactId, LocationId, OpportunityId, PipelineId, PipelineStageId, UserId,
};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::secret::Private;

/// Which opportunities to find. The default finds all of the location, twenty to a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpportunitySearch {
    /// Free text of up to 75 characters.
    pub text: Option<Private<String>>,
    /// The one with this id.
    pub id: Option<OpportunityId>,
    /// Those of this contact.
    pub contact_id: Option<ContactId>,
    /// Those in this pipeline.
    pub pipeline_id: Option<PipelineId>,
    /// Those in this stage.
    pub pipeline_stage_id: Option<PipelineStageId>,
    /// Those with this status.
    pub status: Option<OpportunityStatus>,
    /// Those that this user looks after.
    pub assigned_to: Option<UserId>,
    /// Those of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Those with a contact in this country, as ISO 3166 alpha-2.
    pub country: Option<String>,
    /// Those from this day on.
    pub from: Option<Date>,
    /// Those up to this day.
    pub to: Option<Date>,
    /// The order, such as `added_asc`.
    pub order: Option<String>,
    /// How many opportunities a page has, up to 100; HighLevel takes 20 if `None`.
    pub limit: Option<u32>,
    /// Which page, from 1; leave it out where there is [`after`](Self::after).
    pub page: Option<u32>,
    /// Where to go on: [`OpportunityPage::next`] of the page before.
    pub after: Option<OpportunityCursor>,
    /// Whether to give the contact's tasks.
    pub tasks: bool,
    /// Whether to give the contact's notes.
    pub notes: bool,
    /// Whether to give the contact's events.
    pub calendar_events: bool,
}

impl OpportunitySearch {
    /// Adds the search to a request as its parameters. Version 2 writes some names in snake case, version 3 none.
    pub(super) fn parameters(&self, request: Request, location: &LocationId, v3: bool) -> Request {
        let name =
            |v2_name: &'static str, v3_name: &'static str| if v3 { v3_name } else { v2_name };
        let day = |date: Option<Date>| date.map(|date| date.strftime("%m-%d-%Y").to_string());
        let after = self.after.as_ref();
        request
            .query(name("location_id", "locationId"), location)
            .query_opt("q", self.text.as_ref().map(|text| text.as_str()))
            .query_opt("id", self.id.as_ref())
            .query_opt(name("contact_id", "contactId"), self.contact_id.as_ref())
            .query_opt(name("pipeline_id", "pipelineId"), self.pipeline_id.as_ref())
            .query_opt(
                name("pipeline_stage_id", "pipelineStageId"),
                self.pipeline_stage_id.as_ref(),
            )
            .query_opt("status", self.status.as_ref())
            .query_opt(name("assigned_to", "assignedTo"), self.assigned_to.as_ref())
            .query_opt("campaignId", self.campaign_id.as_ref())
            .query_opt("country", self.country.as_ref())
            .query_opt("date", day(self.from))
            .query_opt("endDate", day(self.to))
            .query_opt("order", self.order.as_ref())
            .query_opt("limit", self.limit)
            .query_opt("page", self.page)
            .query_opt("startAfter", after.map(|cursor| cursor.start_after))
            .query_opt("startAfterId", after.map(|cursor| &cursor.start_after_id))
            .query_opt("getTasks", self.tasks.then_some(true))
            .query_opt("getNotes", self.notes.then_some(true))
            .query_opt("getCalendarEvents", self.calendar_events.then_some(true))
    }
}

/// Where a search by fields goes on: a moment in milliseconds since 1970, and an opportunity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpportunityCursor {
    start_after: i64,
    start_after_id: OpportunityId,
}

/// How the stream of a search by fields goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OpportunityPlace {
    After(OpportunityCursor),
    Page(u32),
}

/// One page of found opportunities.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "PageWire")]
#[non_exhaustive]
pub struct OpportunityPage {
    /// The opportunities of this page.
    pub opportunities: Vec<Opportunity>,
    /// How many there are, and where this page is among them.
    meta: Meta,
    /// Figures over all that was found; HighLevel does not document the form.
    pub aggregations: Option<Map<String, Value>>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    limit: usize,
    /// The number of the page, if it was asked for by its number.
    number: Option<u32>,
}

#[serde_as]
#[derive(Deserialize)]
struct PageWire {
    #[serde(default)]
    opportunities: Entries<Opportunity>,
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    meta: Option<Meta>,
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    aggregations: Option<Map<String, Value>>,
}

impl From<PageWire> for OpportunityPage {
    fn from(wire: PageWire) -> Self {
        Self {
            opportunities: wire.opportunities.items,
            meta: wire.meta.unwrap_or_default(),
            aggregations: wire.aggregations,
            entries: wire.opportunities.count,
            listed: wire.opportunities.listed,
            limit: usize::MAX,
            number: None,
        }
    }
}

/// `nextPageUrl` leads to HighLevel's own machines in its samples; what it asks for counts.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Meta {
    total: Option<u64>,
    start_after: Option<i64>,
    start_after_id: Option<OpportunityId>,
    current_page: Option<u32>,
    next_page: Option<String>,
    next_page_url: Option<Private<String>>,
    prev_page: Option<u32>,
}

impl OpportunityPage {
    /// The page of what was asked for.
    pub(super) fn with_request(self, search: &OpportunitySearch) -> Self {
        let by_number = search.after.is_none();
        Self {
            limit: count(search.limit.unwrap_or(20)),
            number: by_number.then(|| search.page.unwrap_or(1)),
            ..self
        }
    }

    /// How many opportunities the search finds in all.
    pub fn total(&self) -> Option<u64> {
        self.meta.total
    }

    /// The number of this page, from 1.
    pub fn current_page(&self) -> Option<u32> {
        self.meta.current_page
    }

    /// The number of the page after this one, if HighLevel names one.
    pub fn next_page(&self) -> Option<u32> {
        self.meta.next_page.as_deref()?.parse().ok()
    }

    /// The number of the page before this one, if HighLevel names one.
    pub fn previous_page(&self) -> Option<u32> {
        self.meta.prev_page
    }

    /// What [`OpportunitySearch::after`] has to be for the page after this one; `None` when this one is empty or
    /// HighLevel gave no cursor, be it in `meta`, with the last opportunity, or in the address of the next page. It does not
    /// suffer from what is made or deleted meanwhile, as page numbers do.
    pub fn next(&self) -> Option<OpportunityCursor> {
        let last = self.opportunities.last()?;
        let meta = &self.meta;
        let named = |start_after: i64, start_after_id: OpportunityId| OpportunityCursor {
            start_after,
            start_after_id,
        };
        let in_meta = || Some(named(meta.start_after?, meta.start_after_id.clone()?));
        let of_last = || {
            let (start_after, id) = last.search_after.as_ref()?.number_and_id()?;
            let start_after_id = (id == last.id.as_str()).then(|| last.id.clone())?;
            Some(named(start_after, start_after_id))
        };
        let in_address = || {
            let address = NextPageUrl::read(meta.next_page_url.as_ref()?);
            let time = address.parameter("startAfter")?.parse().ok()?;
            let id = address.parameter("startAfterId")?;
            Some(named(time, OpportunityId::new(id).ok()?))
        };
        // The time alone is that of the last opportunity.
        let completed = || Some(named(meta.start_after?, last.id.clone()));
        in_meta()
            .or_else(of_last)
            .or_else(in_address)
            .or_else(completed)
    }

    /// The number of the page after this one, from whichever field has it.
    fn next_number(&self) -> Option<u32> {
        let in_address = || {
            let address = NextPageUrl::read(self.meta.next_page_url.as_ref()?);
            address.parameter("page")?.parse().ok()
        };
        let counted = || self.number.or(self.meta.current_page)?.checked_add(1);
        let named = self.next_page().or_else(in_address);
        named.or_else(counted).filter(|_| self.entries > 0)
    }
}

impl Page for OpportunityPage {
    type Item = Opportunity;
    type Cursor = OpportunityPlace;

    fn outlook(&self) -> Outlook<OpportunityPlace> {
        let address = self.meta.next_page_url.as_ref();
        let more = says_more(self.meta.next_page.as_deref())
            || (self.entries > 0 && says_more(address.map(|address| address.as_str())));
        let by_number = || self.next_number().map(OpportunityPlace::Page);
        let way = self.next().map(OpportunityPlace::After);
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= self.limit,
            total: self.meta.total,
            more: more.then_some(true),
            way: way.or_else(by_number).map(Way::At),
        }
    }

    fn id_of(opportunity: &Opportunity) -> Option<&str> {
        Some(opportunity.id.as_str())
    }

    fn into_items(self) -> Vec<Opportunity> {
        self.opportunities
    }
}

/// Which opportunities to find by text. The default finds all of the location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AdvancedOpportunitySearch {
    /// Free text.
    pub query: Option<Private<String>>,
    /// How many opportunities a page has.
    pub limit: Option<u32>,
    /// Which page.
    pub page: SearchPage,
    /// What to give besides the opportunities.
    pub details: AdditionalDetails,
}

/// What to give besides opportunities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdditionalDetails {
    /// The contact's notes.
    pub notes: bool,
    /// The contact's tasks.
    pub tasks: bool,
    /// The contact's events.
    pub calendar_events: bool,
    /// The contact's conversations with unread messages.
    #[serde(rename = "unReadConversations")]
    pub unread_conversations: bool,
}

/// HighLevel's file declares all of these as required; live, the location is enough.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdvancedBody<'a> {
    location_id: &'a LocationId,
    query: Option<&'a Private<String>>,
    limit: Option<u32>,
    #[serde(flatten)]
    page: &'a SearchPage,
    additional_details: Option<&'a AdditionalDetails>,
}

impl AdvancedOpportunitySearch {
    /// How many opportunities a page has.
    pub(super) fn length(&self) -> u32 {
        self.limit.unwrap_or(20)
    }

    pub(super) fn body<'a>(&'a self, location_id: &'a LocationId) -> impl Serialize + 'a {
        AdvancedBody {
            location_id,
            query: self.query.as_ref(),
            limit: self.limit,
            page: &self.page,
            additional_details: (self.details != AdditionalDetails::default())
                .then_some(&self.details),
        }
    }
}

/// One page of opportunities that an advanced search has found.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "AdvancedWire")]
#[non_exhaustive]
pub struct AdvancedOpportunityPage {
    /// The opportunities of this page.
    pub opportunities: Vec<Opportunity>,
    /// How many opportunities the search finds in all.
    pub total: Option<u64>,
    /// Figures by stage; only version 3 gives them.
    pub stage_aggregations: Vec<StageAggregation>,
    /// Figures over all that was found; HighLevel does not document the form.
    pub aggregations: Option<Map<String, Value>>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
    asked: SearchPage,
    limit: usize,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdvancedWire {
    #[serde(default)]
    opportunities: Entries<Opportunity>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    stage_aggregations: Vec<StageAggregation>,
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    aggregations: Option<Map<String, Value>>,
}

impl From<AdvancedWire> for AdvancedOpportunityPage {
    fn from(wire: AdvancedWire) -> Self {
        Self {
            opportunities: wire.opportunities.items,
            total: wire.total,
            stage_aggregations: wire.stage_aggregations,
            aggregations: wire.aggregations,
            entries: wire.opportunities.count,
            listed: wire.opportunities.listed,
            asked: SearchPage::First,
            limit: usize::MAX,
        }
    }
}

impl AdvancedOpportunityPage {
    /// The page of what was asked for.
    pub(super) fn with_request(self, search: &AdvancedOpportunitySearch) -> Self {
        Self {
            asked: search.page.clone(),
            limit: count(search.length()),
            ..self
        }
    }

    /// The page after this one: by the cursor of the last opportunity, or where that has none by the number. `None` when this
    /// one is empty, or nothing tells how to go on.
    pub fn next(&self) -> Option<SearchPage> {
        self.way().map(Way::into_cursor)
    }

    fn way(&self) -> Option<Way<SearchPage>> {
        self.asked.way_on(&self.opportunities, |opportunity| {
            (opportunity.id.as_str(), opportunity.search_after.as_ref())
        })
    }
}

impl Page for AdvancedOpportunityPage {
    type Item = Opportunity;
    type Cursor = SearchPage;

    fn outlook(&self) -> Outlook<SearchPage> {
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: self.entries >= self.limit,
            total: self.total,
            more: None,
            way: self.way(),
        }
    }

    fn id_of(opportunity: &Opportunity) -> Option<&str> {
        Some(opportunity.id.as_str())
    }

    fn into_items(self) -> Vec<Opportunity> {
        self.opportunities
    }
}

/// The figures of one stage, in the location's currency.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct StageAggregation {
    /// The stage.
    pub pipeline_stage_id: Option<PipelineStageId>,
    /// How many opportunities are in it.
    pub total_count: Option<u64>,
    /// What they are worth.
    pub total_value: Option<f64>,
    /// What they are worth by their probability.
    pub weighted_value: Option<f64>,
    /// What the open ones are worth.
    pub open_value: Option<f64>,
    /// What the open ones are worth by their probability.
    pub open_weighted_value: Option<f64>,
    /// What the won ones are worth.
    pub won_value: Option<f64>,
}
