//! Missed calls that workflows report.

use std::borrow::Cow;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::Intake;
use crate::recipes::missed_call::WorkflowCall;
use crate::recipes::missed_call::core::compliance::zone;
use crate::recipes::missed_call::core::signal::{Occurrence, Origin, message_name};
use crate::recipes::missed_call::engine::acceptance::{AcceptError, Acceptance};
use crate::recipes::missed_call::engine::locations::LocationEntry;

impl Intake {
    /// Accepts a call; `None` if its location has no recipe here.
    pub(in super::super) async fn accept_workflow_call(
        &self,
        call: &WorkflowCall,
    ) -> Result<Option<Acceptance>, AcceptError> {
        let location = &call.location;
        let Some(site) = self.base.site(location).await? else {
            tracing::warn!(%location, "a workflow reports a call in a location without a recipe");
            return Ok(None);
        };
        let site = &*site;
        let call = &*self.with_instant(site, call).await;
        let now = self.base.time.now_at(call.ended_at).await;
        let Some((message, signal)) = call.signal(now) else {
            return Ok(Some(Acceptance::Ignored));
        };
        let says = signal.dedupe_kind().unwrap_or("unclear");
        let occurrence = Occurrence {
            name: message_name(&call.location, &message, says),
            signal,
            received_at: now,
            origin: Origin::Workflow,
        };
        self.keep(site, &occurrence).await?;
        Ok(Some(self.take(site, &occurrence).await?))
    }

    /// The call with the time of its end, where a workflow reports it in local time only.
    async fn with_instant<'c>(
        &self,
        site: &LocationEntry,
        call: &'c WorkflowCall,
    ) -> Cow<'c, WorkflowCall> {
        if call.ended_at.is_some() || call.ended_at_local.is_none() {
            return Cow::Borrowed(call);
        }
        let zone = match &site.recipe.hours {
            Some(hours) => Some(hours.zone().clone()),
            None => self.zone_of(site).await,
        };
        Cow::Owned(call.in_zone(zone.as_ref(), self.base.now()))
    }

    /// The location's time zone. What was read is kept for an hour; older, it still counts where HighLevel does not answer.
    async fn zone_of(&self, site: &LocationEntry) -> Option<TimeZone> {
        const KEPT: Duration = Duration::from_secs(3600);
        let location = site.location.id();
        let elapsed = self.base.clock.elapsed();
        let kept = self.base.locations.kept_zone(location);
        if let Some((zone, read_at)) = &kept
            && elapsed.saturating_sub(*read_at) < KEPT
        {
            return Some(zone.clone());
        }
        let known = || kept.map(|(zone, _)| zone);
        let details = match site.location.details().await {
            Ok(details) => details,
            Err(error) => {
                tracing::warn!(
                    %location,
                    error = &error as &dyn std::error::Error,
                    "the location's time zone could not be read, by which a workflow tells when a call ended"
                );
                return known();
            }
        };
        let zone = details.timezone.and_then(|name| zone(name.trim()));
        let Some(zone) = zone else {
            tracing::warn!(%location, "the location has no time zone, by which a workflow tells when a call ended");
            return known();
        };
        let locations = &self.base.locations;
        locations.keep_zone(location, zone.clone(), elapsed);
        Some(zone)
    }
}
