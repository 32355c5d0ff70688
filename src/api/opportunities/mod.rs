//! Opportunities: possible sales to contacts, which move along pipelines.
//!
//! Here are the methods; opportunities as they are read are in `model`, what is written in `write`, the two searches in
//! `search`, the reasons why they are lost in `lost_reasons`, the pipelines that they move along in `pipelines`.
//!
//! Source: HighLevel's OpenAPI files `opportunities.json` and `opportunities-v3.json`; forms they leave open are those
//! of live answers. Scopes: `opportunities.readonly`, `opportunities.write`.

mod lost_reasons;
mod model;
mod pipelines;
mod search;
mod write;

pub use lost_reasons::{LostReason, LostReasonSearch};
pub use model::{
    Opportunity, OpportunityContact, OpportunityFieldValue, OpportunityFollowers,
    OpportunityStatus, UpsertedOpportunity,
};
pub use pipelines::{
    NewPipeline, Pipeline, PipelineColor, PipelineStage, PipelineUpdate, Pipelines, StageInput,
};
pub use search::{
    AdditionalDetails, AdvancedOpportunityPage, AdvancedOpportunitySearch, OpportunityCursor,
    OpportunityPage, OpportunitySearch, StageAggregation,
};
pub use write::{
    FollowersUpdate, Forecast, NewOpportunity, OpportunityFieldInput, OpportunityUpdate,
    OpportunityUpsert,
};

use futures_util::Stream;
use lost_reasons::LostReasonList;
use search::OpportunityPlace;
use write::{FollowersBody, StatusBody};

use super::offset::OffsetPage;
use crate::api::listing::count;
use crate::client::{Call, Location, ReplaySafety, Request, items, path};
use crate::error::Result;
use crate::ids::{LostReasonId, OpportunityId, UserId};

/// What the forecast is called in the error that version 2 does not know it.
const FORECAST: &str = "the forecast of an opportunity";

/// How many opportunities a page has at most.
const MOST_ON_A_PAGE: usize = 100;

/// The opportunities of one location. Made by [`Location::opportunities`].
#[derive(Debug, Clone, Copy)]
pub struct Opportunities<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's opportunities.
    pub fn opportunities(&self) -> Opportunities<'_> {
        Opportunities { location: self }
    }
}

impl<'a> Opportunities<'a> {
    /// One page of the reasons why opportunities are lost.
    pub fn lost_reasons(&self, search: &LostReasonSearch) -> Call<'a, OffsetPage<LostReason>> {
        let request = Request::get(path(&["opportunities", "lost-reason"]))
            .operation("opportunities.lost_reasons")
            .query("locationId", self.location.id());
        let (skip, limit) = (search.skip, search.limit.unwrap_or(100));
        self.location
            .send::<LostReasonList>(search.parameters(request))
            .map(move |list| OffsetPage::new(list.lost_reasons, list.total, skip, Some(limit)))
    }

    /// All reasons why opportunities are lost, page after page from the one that `search` names.
    pub fn stream_lost_reasons(
        &self,
        search: &LostReasonSearch,
    ) -> impl Stream<Item = Result<LostReason>> + Send + use<'a> {
        let (opportunities, search) = (*self, search.clone());
        let skipped = Some(search.skip.unwrap_or(0));
        items("opportunities.lost_reasons", skipped, move |ask| {
            let mut search = search.clone();
            search.skip = ask.cursor.or(search.skip);
            opportunities.lost_reasons(&search)
        })
    }

    /// One page of the opportunities that a search by fields finds.
    pub fn search(&self, search: &OpportunitySearch) -> Call<'a, OpportunityPage> {
        let request =
            Request::get(path(&["opportunities", "search"])).operation("opportunities.search");
        let request = search.parameters(request, self.location.id(), self.location.speaks_v3());
        let asked = search.clone();
        self.location
            .send(request)
            .map(move |page: OpportunityPage| page.with_request(&asked))
    }

    /// All opportunities that a search by fields finds, page after page from the one it names.
    pub fn stream(
        &self,
        search: &OpportunitySearch,
    ) -> impl Stream<Item = Result<Opportunity>> + Send + use<'a> {
        let (opportunities, search) = (*self, search.clone());
        let length = u64::from(search.limit.unwrap_or(20));
        let pages = u64::from(search.page.unwrap_or(1).saturating_sub(1));
        let skipped = search.after.is_none().then_some(pages * length);
        items("opportunities.search", skipped, move |ask| {
            let mut search = search.clone();
            match ask.cursor {
                Some(OpportunityPlace::After(after)) => {
                    (search.page, search.after) = (None, Some(after));
                }
                Some(OpportunityPlace::Page(page)) => {
                    (search.page, search.after) = (Some(page), None);
                }
                None => {}
            }
            opportunities.search(&search)
        })
    }

    /// One page of the opportunities that a search by text finds, with what surrounds them where that is asked for.
    pub fn search_advanced(
        &self,
        search: &AdvancedOpportunitySearch,
    ) -> Call<'a, AdvancedOpportunityPage> {
        let request = Request::post(path(&["opportunities", "search"]))
            .operation("opportunities.search_advanced")
            .replay(ReplaySafety::Safe)
            .json(&search.body(self.location.id()));
        let asked = search.clone();
        self.location
            .send(request)
            .map(move |page: AdvancedOpportunityPage| page.with_request(&asked))
    }

    /// All opportunities that a search by text finds, page after page from the one it names.
    pub fn stream_advanced(
        &self,
        search: &AdvancedOpportunitySearch,
    ) -> impl Stream<Item = Result<Opportunity>> + Send + use<'a> {
        let (opportunities, search) = (*self, search.clone());
        let skipped = search.page.skipped(search.length());
        items("opportunities.search_advanced", skipped, move |ask| {
            let mut search = search.clone();
            if ask.known > 0 {
                let length = ask.length(count(search.length()), MOST_ON_A_PAGE);
                search.limit = u32::try_from(length).ok();
            }
            search.page = ask.cursor.unwrap_or(search.page);
            opportunities.search_advanced(&search)
        })
    }

    /// One opportunity by its id.
    pub fn get(&self, id: &OpportunityId) -> Call<'a, Opportunity> {
        let request = Request::get(path(&["opportunities", id.as_str()]))
            .operation("opportunities.get")
            .data_key("opportunity");
        self.location.send(request)
    }

    /// Creates an opportunity. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with [`search`](Self::search) by its
    /// contact before creating it again.
    ///
    /// A forecast under version 2 of the API is [`Config`](crate::error::ErrorKind::Config).
    pub fn create(&self, opportunity: &NewOpportunity) -> Call<'a, Opportunity> {
        const OPERATION: &str = "opportunities.create";
        let checked = self
            .location
            .v3_only(OPERATION, FORECAST, opportunity.forecast.is_given());
        let request = Request::post(path(&["opportunities", ""]))
            .operation(OPERATION)
            .json(&opportunity.body(self.location.id(), self.location.speaks_v3()))
            .data_key("opportunity");
        self.location.send(request).only_if(checked)
    }

    /// Changes what `update` names and leaves the rest.
    ///
    /// A forecast under version 2 of the API is [`Config`](crate::error::ErrorKind::Config).
    pub fn update(&self, id: &OpportunityId, update: &OpportunityUpdate) -> Call<'a, Opportunity> {
        const OPERATION: &str = "opportunities.update";
        let checked = self
            .location
            .v3_only(OPERATION, FORECAST, update.forecast.is_given());
        let request = Request::put(path(&["opportunities", id.as_str()]))
            .operation(OPERATION)
            .json(&update.body(self.location.speaks_v3()))
            .data_key("opportunity");
        self.location.send(request).only_if(checked)
    }

    /// Updates the opportunity with the id in `upsert`, or creates one. Prefer [`create`](Self::create) and
    /// [`update`](Self::update): HighLevel's file does not say by what an opportunity is recognised when there is no id.
    ///
    /// It is repeated like an update when `upsert` holds the opportunity's or the contact's id, and like a creation it
    /// is not when it holds neither. A forecast under version 2 of the API is
    /// [`Config`](crate::error::ErrorKind::Config).
    pub fn upsert(&self, upsert: &OpportunityUpsert) -> Call<'a, UpsertedOpportunity> {
        const OPERATION: &str = "opportunities.upsert";
        let checked = self
            .location
            .v3_only(OPERATION, FORECAST, upsert.forecast.is_given());
        let request = Request::post(path(&["opportunities", "upsert"]))
            .operation(OPERATION)
            .replay(upsert.replay())
            .json(&upsert.body(self.location.id()))
            .data_key("data");
        self.location.send(request).only_if(checked)
    }

    /// Sets the status, and why the opportunity was lost.
    pub async fn set_status(
        &self,
        id: &OpportunityId,
        status: &OpportunityStatus,
        lost_reason: Option<&LostReasonId>,
    ) -> Result<()> {
        let request = Request::put(path(&["opportunities", id.as_str(), "status"]))
            .operation("opportunities.set_status")
            .json(&StatusBody {
                status,
                lost_reason_id: lost_reason,
            });
        self.location.send_discarding(request).await
    }

    /// Deletes an opportunity.
    pub async fn delete(&self, id: &OpportunityId) -> Result<()> {
        let request = Request::delete(path(&["opportunities", id.as_str()]))
            .operation("opportunities.delete");
        self.location.send_discarding(request).await
    }

    /// Adds followers to an opportunity and leaves its others.
    pub fn add_followers(
        &self,
        id: &OpportunityId,
        followers: &[UserId],
    ) -> Call<'a, OpportunityFollowers> {
        let request = Request::post(path(&["opportunities", id.as_str(), "followers"]))
            .operation("opportunities.add_followers")
            .replay(ReplaySafety::Repeatable)
            .json(&FollowersBody { followers });
        self.location.send(request)
    }

    /// Removes followers from an opportunity and leaves its others.
    pub fn remove_followers(
        &self,
        id: &OpportunityId,
        followers: &[UserId],
    ) -> Call<'a, OpportunityFollowers> {
        let request = Request::delete(path(&["opportunities", id.as_str(), "followers"]))
            .operation("opportunities.remove_followers")
            .json(&FollowersBody { followers });
        self.location.send(request)
    }

    /// Removes all followers from an opportunity.
    pub fn remove_all_followers(&self, id: &OpportunityId) -> Call<'a, OpportunityFollowers> {
        let request = Request::delete(path(&["opportunities", id.as_str(), "followers"]))
            .operation("opportunities.remove_all_followers")
            .query("isRemoveAllFollowers", true)
            .json(&FollowersBody { followers: &[] });
        self.location.send(request)
    }
}
