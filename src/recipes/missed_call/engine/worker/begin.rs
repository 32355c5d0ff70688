//! The decision right before an attempt, and the writing of its intent.

use jiff::Timestamp;

use super::Worker;
use super::highlevel;
use super::host_consent::{take_consent, write_consent};
use super::run::BEGIN_WITHIN;
use super::settle::count;
use crate::error::Error;
use crate::recipes::missed_call::core::episode::{Decision, Episode, Facts};
use crate::recipes::missed_call::core::model::{Intent, Reason};
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::commit_parts::add_outputs;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::engine::update::{Change, Decided};
use crate::recipes::missed_call::store::{
    Before, Commit, EffectChange, Fence, Progress, StoreError,
};

/// The effect is to be begun, if its step still holds.
pub(super) struct Begin<'b> {
    pub(super) worker: &'b Worker,
    pub(super) site: &'b LocationEntry,
    pub(super) fence: &'b Fence,
    pub(super) facts: Facts,
    pub(super) claimed_at: Timestamp,
    pub(super) failures: u32,
}

/// The result of the decision.
pub(super) enum Outcome {
    /// The intent is written, and HighLevel is to be asked.
    Begun {
        episode: Box<Episode>,
        intent: Box<Intent>,
        began_at: Timestamp,
        before: Before,
    },
    /// The effect's episode is not in the store any more.
    NoEpisode,
    /// The effect must be claimed again first: the claim is old, or the location was halted.
    Again { too_long: bool },
    /// A dry run: only what would be done is written.
    Would(Box<Intent>),
    /// The step is not done.
    Skip(Reason),
    /// The step waits.
    Defer { until: Timestamp, why: String },
    /// The episode has ended the effect already.
    Obsolete,
    /// What an earlier attempt may have left behind could not be read.
    NotRead(Error),
}

impl Change for Begin<'_> {
    type Then = Outcome;

    async fn decide(&mut self, _: u32) -> Result<Decided<Outcome>, StoreError> {
        let (worker, fence) = (self.worker, self.fence);
        let base = &worker.base;
        // Read again after each conflict: an opt-out that came meanwhile must be seen before the intent is written.
        let Some(Loaded {
            mut episode,
            revision,
        }) = worker.load(fence).await?
        else {
            return Ok(Decided::Nothing(Outcome::NoEpisode));
        };
        let now = base.now();
        worker
            .add_what_is_stored(&episode, &fence.effect, &mut self.facts, now)
            .await?;
        // The call may have been answered by another text since the host was asked.
        let not_asked = worker.lacks_consent_answer(&episode, &fence.effect.step, &self.facts);
        let consent = take_consent(&mut self.facts);
        let now = base.now();
        let too_long = now.duration_since(self.claimed_at) > BEGIN_WITHIN;
        if too_long || not_asked || base.holds(episode.state()).await?.is_some() {
            return Ok(Decided::Nothing(Outcome::Again { too_long }));
        }
        let called = episode.state().called();
        let dry_run = episode.recipe().is_dry_run(called) || self.site.recipe.is_dry_run(called);
        if let Facts::Text(facts) = &mut self.facts {
            facts.dry_run = dry_run;
        }
        let intent = match episode.decide(&fence.effect.step, &self.facts, now) {
            Decision::Proceed(intent) if dry_run => {
                return Ok(Decided::Nothing(Outcome::Would(Box::new(intent))));
            }
            Decision::Proceed(intent) => intent,
            Decision::Assign(assignment) => {
                // In a commit of its own, and before anything else is read: what comes after it must not tell the arms apart.
                worker.announce_experiment(&episode, now).await?;
                let outputs = episode.assign(&fence.effect, &assignment);
                let mut commit = Box::new(Commit::default());
                add_outputs(&mut commit, &episode, Some(revision), outputs, now);
                return Ok(Decided::First(commit));
            }
            Decision::Skip(reason) => return Ok(Decided::Nothing(Outcome::Skip(reason))),
            Decision::Defer { until, why } => {
                return Ok(Decided::Nothing(Outcome::Defer { until, why }));
            }
            Decision::Obsolete => return Ok(Decided::Nothing(Outcome::Obsolete)),
            Decision::WrongFacts => {
                tracing::error!(effect = %fence.effect, "the step is not done: the facts that were read are not of its kind");
                let reason = Reason::Failed("wrong_facts".into());
                return Ok(Decided::Nothing(Outcome::Skip(reason)));
            }
        };
        let earliest = base.time.earliest();
        let before = highlevel::before(self.site, episode.state(), &intent, earliest);
        let before = match before.await {
            Ok(before) => before,
            Err(error) => return Ok(Decided::Nothing(Outcome::NotRead(error))),
        };
        let mut outputs = episode.begin(&fence.effect, &intent, fence.attempt);
        let progress = Progress::Attempting {
            intent: intent.clone(),
            began_at: now,
            before: before.clone(),
            failures: self.failures,
        };
        let mut commit = Box::new(Commit {
            effects: vec![EffectChange::Keep {
                fence: fence.clone(),
                progress,
            }],
            ..Commit::default()
        });
        if let Facts::Text(facts) = &self.facts {
            let phone = facts.phone.as_ref();
            commit.texts = count(&episode, &fence.effect, phone, Some(now));
            if let Some(consent) = consent {
                write_consent(&mut commit, &mut outputs, &episode, phone, consent);
            }
        }
        add_outputs(&mut commit, &episode, Some(revision), outputs, now);
        let begun = Outcome::Begun {
            episode: Box::new(episode),
            intent: Box::new(intent),
            began_at: now,
            before,
        };
        Ok(Decided::Commit(commit, begun))
    }
}
