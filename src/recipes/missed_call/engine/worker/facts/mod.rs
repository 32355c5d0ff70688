//! Reads what a step depends on, right before it. Nothing is kept from one effect to the next: a link that was
//! corrected or an opt-out that was set a second ago counts.

mod assignee;
mod call_summary;
mod caller_facts;
mod error;
mod limits;
mod needs;
pub(in super::super) mod opportunities;

pub(super) use self::error::FactsError;
use self::needs::Needs;
pub(in super::super) use self::needs::custom_values;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use self::error::of_contact;
use super::Worker;
use crate::api::contacts::DndChannel;
use crate::api::locations::LocationDetails;
use crate::api::tags::TagName;
use crate::recipes::missed_call::core::copy::MergeValues;
use crate::recipes::missed_call::core::episode::{
    EmailFacts, Episode, Facts, PlaceOfContact, TaskFacts, TextFacts,
};
use crate::recipes::missed_call::core::model::EffectId;
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::core::recipe::{EmailStep, Step, StepAction};
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::StoreError;

/// Which texts count: those of the longest cap there is.
const COUNTED: SignedDuration = SignedDuration::from_hours(24);

impl Worker {
    pub(super) async fn facts(
        &self,
        site: &LocationEntry,
        episode: &Episode,
        step: &Step,
    ) -> Result<Facts, FactsError> {
        Ok(match &step.action {
            StepAction::Text(text) => {
                let needs = Needs::of(episode.recipe(), text.templates());
                Facts::Text(text_facts(site, episode, step, needs).await?)
            }
            StepAction::ConfirmOptOut(body) => {
                let needs = Needs::of(episode.recipe(), [body]);
                Facts::Text(text_facts(site, episode, step, needs).await?)
            }
            StepAction::Email(email) => Facts::Email(email_facts(site, episode, email).await?),
            StepAction::Task(task) => Facts::Task(TaskFacts {
                assignee: assignee::user(site, episode, &task.assign_to).await?,
                caller: self.caller_facts(site, episode).await?,
            }),
            StepAction::Assign(user) => Facts::Task(TaskFacts {
                assignee: assignee::new_owner(site, episode, user).await?,
                ..TaskFacts::default()
            }),
            StepAction::Stage(_) => Facts::Stage(opportunities::facts(site, episode).await?),
            StepAction::Note(_) | StepAction::Notify(_) => {
                Facts::Team(self.team_facts(site, episode).await?)
            }
            StepAction::Tag(_)
            | StepAction::Untag(_)
            | StepAction::CompleteTask(_)
            | StepAction::Fields(_)
            | StepAction::DoNotDisturb
            | StepAction::Workflow(_)
            | StepAction::Record(_) => Facts::NotNeeded,
        })
    }

    /// Adds what the store knows of the caller. It is read again for each decision: an opt-out that came meanwhile must be
    /// seen.
    pub(in super::super) async fn add_what_is_stored(
        &self,
        episode: &Episode,
        effect: &EffectId,
        facts: &mut Facts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        match facts {
            Facts::Text(facts) => self.add_to_text_facts(episode, effect, facts, now).await,
            Facts::Email(facts) => {
                let list = self.base.on_the_list(episode, None).await?;
                (facts.suppressed, facts.doubtful) = (list.suppressed, list.doubtful);
                Ok(())
            }
            Facts::NotNeeded | Facts::Task(_) | Facts::Stage(_) | Facts::Team(_) => Ok(()),
        }
    }

    async fn add_to_text_facts(
        &self,
        episode: &Episode,
        effect: &EffectId,
        facts: &mut TextFacts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let phone = facts.phone.as_ref();
        let list = self.base.on_the_list(episode, phone).await?;
        (facts.suppressed, facts.doubtful) = (list.suppressed, list.doubtful);
        facts.landline = list.landline;
        let state = episode.state();
        let subjects = Subject::all(state.contact(), state.caller().into_iter().chain(phone));
        let since = now.saturating_sub(COUNTED).unwrap_or(Timestamp::MIN);
        let store = &self.base.store;
        let record = store.texting_record(state.location(), &subjects, since);
        let record = record.await?;
        facts.consents = record.consents;
        facts.quiet_hours.clone_from(&self.quiet_hours);
        facts.counts = self.send_counts(episode, now).await?;
        facts.flood = match episode.recipe().step(&effect.step) {
            Some(step) => self.flood_of(episode, step, now).await?,
            None => None,
        };
        facts.assigned = self.assigned_callers(episode).await?;
        let others = record.sent.into_iter().filter(|(other, _)| other != effect);
        facts.sent = others.map(|(_, at)| at).collect();
        Ok(())
    }
}

async fn text_facts(
    site: &LocationEntry,
    episode: &Episode,
    step: &Step,
    needs: Needs,
) -> Result<TextFacts, FactsError> {
    let location = &site.location;
    let hours = episode.recipe().keeps_quiet_hours(step);
    let contacts = location.contacts();
    let (contact, custom_values, details) = tokio::join!(
        contacts.get(episode.state().contact()),
        async {
            if needs.custom_values {
                custom_values(location).await
            } else {
                Ok(BTreeMap::new())
            }
        },
        async {
            if needs.location || hours {
                location.details().await.map(Some)
            } else {
                Ok(None)
            }
        },
    );
    let contact = contact.map_err(of_contact)?;
    let details = details?;
    let settings = details
        .as_ref()
        .and_then(|details| details.settings.as_ref());
    Ok(TextFacts {
        do_not_disturb: contact.sms_blocked(),
        tags: names(&contact.tags),
        place: PlaceOfContact {
            zone: contact.timezone,
            state: contact.state,
            country: contact.country,
            location_zone: details
                .as_ref()
                .and_then(|details| details.timezone.clone()),
            zone_disabled: settings
                .and_then(|settings| settings.disable_contact_timezone)
                .unwrap_or(false),
        },
        first_name: contact.first_name,
        last_name: contact.last_name,
        name: contact.name,
        phone: contact.phone,
        contact_made_at: contact.date_added,
        location_phone: details.as_ref().and_then(phone_of),
        location_name: details.and_then(|details| details.name),
        custom_values: custom_values?,
        // The store is asked right before the decision, which comes later.
        ..TextFacts::default()
    })
}

/// The business's phone number, as `location.phone` prints it.
fn phone_of(details: &LocationDetails) -> Option<String> {
    Some(details.phone.as_ref()?.e164().to_owned())
}

async fn email_facts(
    site: &LocationEntry,
    episode: &Episode,
    email: &EmailStep,
) -> Result<EmailFacts, FactsError> {
    let location = site.location.in_background();
    let needs = Needs::of(episode.recipe(), [&email.subject, &email.body]);
    let contact = location.contacts().get(episode.state().contact()).await;
    let contact = contact.map_err(of_contact)?;
    let details = if needs.location {
        Some(location.details().await?)
    } else {
        None
    };
    Ok(EmailFacts {
        has_address: contact.email.is_some(),
        do_not_disturb: contact.is_blocked(&DndChannel::Email),
        tags: names(&contact.tags),
        // The list is asked right before the decision, which comes later.
        suppressed: false,
        doubtful: false,
        values: MergeValues {
            first_name: contact.first_name,
            last_name: contact.last_name,
            name: contact.name,
            location_phone: details.as_ref().and_then(phone_of),
            location_name: details.and_then(|details| details.name),
            custom_values: if needs.custom_values {
                custom_values(&location).await?
            } else {
                BTreeMap::new()
            },
            ..MergeValues::default()
        },
    })
}

fn names(tags: &[TagName]) -> Vec<String> {
    tags.iter().map(ToString::to_string).collect()
}
