//! The one place where an intent meets HighLevel: doing it, and finding out whether it was done.
//!
//! What must not be done twice is sent without retries: before each attempt the episode is asked again.

mod find;
mod matching;

pub(super) use find::{Found, before, find, is_hidden};

use super::notifier::{Notice, TeamNotifier};
use crate::api::contacts::{
    ContactUpdate, CustomFieldInput, DndChannel, DndSetting, DndSettings, DndStatus,
};
use crate::api::conversations::{OutgoingEmail, OutgoingSms};
use crate::api::notes::NewNote;
use crate::api::opportunities::{NewOpportunity, OpportunityUpdate};
use crate::api::tags::TagName;
use crate::api::tasks::NewTask;
use crate::client::{Call, Location, Reservation};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::ContactId;
use crate::recipes::missed_call::core::episode::EpisodeState;
use crate::recipes::missed_call::core::model::{EffectId, Intent, NoticeTo};

/// By what an intent is done.
pub(super) struct Door<'a> {
    pub(super) location: &'a Location,
    /// Room for the one request of an intent that must not be done twice, so that nothing comes between the decision and
    /// the request.
    pub(super) reservation: Option<Reservation>,
    pub(super) notifier: Option<&'a dyn TeamNotifier>,
}

/// Does what `intent` says, and returns the id of what came of it.
pub(super) async fn perform(
    door: Door<'_>,
    episode: &EpisodeState,
    effect: &EffectId,
    intent: &Intent,
) -> Result<Option<String>> {
    let Door {
        location,
        reservation,
        notifier,
    } = door;
    let contact = episode.contact();
    match intent {
        Intent::Text { body, from, to, .. } => {
            let mut sms = OutgoingSms::new(contact.clone(), body.clone());
            sms.from_number = from.clone();
            sms.to_number = to.clone();
            let send = send(location, reservation, |it| {
                it.conversations().send_sms(&sms)
            });
            let sent = send.await?;
            Ok(Some(sent.message_id.to_string()))
        }
        Intent::Email {
            subject,
            text,
            html,
        } => {
            let mut email = OutgoingEmail::new(contact.clone(), subject.clone(), html.clone());
            email.text = Some(text.clone());
            let send = send(location, reservation, |it| {
                it.conversations().send_email(&email)
            });
            let sent = send.await?;
            Ok(Some(sent.message_id.to_string()))
        }
        Intent::Tag { name } => {
            let tag = tag("contact_tags.add", name)?;
            location.contact_tags().add(contact, &[tag]).await?;
            Ok(None)
        }
        Intent::Untag { name } => {
            let tag = tag("contact_tags.remove", name)?;
            location.contact_tags().remove(contact, &[tag]).await?;
            Ok(None)
        }
        Intent::Task {
            title,
            body,
            due,
            assignee,
        } => {
            let mut task = NewTask::new(title.as_str(), *due);
            task.body = Some(body.clone());
            task.assigned_to = assignee.clone();
            let first = send(location, reservation, |it| {
                it.tasks().create(contact, &task)
            });
            let created = match first.await {
                // The user may have left. The team needs the task more than it needs an owner.
                Err(error) if task.assigned_to.is_some() && is_refusal(&error) => {
                    tracing::warn!(location = %location.id(), %error, "the task's assignee is refused; it goes to nobody");
                    task.assigned_to = None;
                    let reservation = location.reserve().await?;
                    reservation
                        .send(|location| location.tasks().create(contact, &task))
                        .await?
                }
                created => created?,
            };
            Ok(Some(created.id.to_string()))
        }
        Intent::CompleteTask { task } => {
            location.tasks().complete(contact, task, true).await?;
            Ok(Some(task.to_string()))
        }
        Intent::Note { body } => {
            let note = NewNote::new(body.clone());
            let written = location.notes().create(contact, &note).await?;
            Ok(Some(written.id.to_string()))
        }
        Intent::Fields { values, source } => {
            let mut update = ContactUpdate::default();
            if let Some(source) = source {
                update.source = source.clone().into();
            }
            let field = |(key, value): (&String, &crate::secret::Private<String>)| {
                CustomFieldInput::by_key(key.as_str(), value.as_str())
            };
            update.custom_fields = values.iter().map(field).collect();
            location.contacts().update(contact, &update).await?;
            Ok(None)
        }
        Intent::Stage {
            pipeline,
            stage,
            opportunity,
            name,
        } => {
            let opportunities = location.opportunities();
            let reached = match opportunity {
                Some(opportunity) => {
                    let update = OpportunityUpdate {
                        pipeline_id: Some(pipeline.clone()),
                        pipeline_stage_id: Some(stage.clone()),
                        ..OpportunityUpdate::default()
                    };
                    opportunities.update(opportunity, &update).await?
                }
                None => {
                    let mut new =
                        NewOpportunity::new(pipeline.clone(), contact.clone(), name.clone());
                    new.pipeline_stage_id = Some(stage.clone());
                    opportunities.create(&new).await?
                }
            };
            Ok(Some(reached.id.to_string()))
        }
        Intent::DoNotDisturb => {
            let setting = DndSetting::new(DndStatus::Active);
            let update = ContactUpdate {
                dnd_settings: Some(DndSettings::default().with(DndChannel::Sms, setting)),
                ..ContactUpdate::default()
            };
            location.contacts().update(contact, &update).await?;
            Ok(None)
        }
        Intent::Workflow { workflow } => {
            location
                .workflows()
                .add_contact(contact, workflow, None)
                .await?;
            Ok(None)
        }
        Intent::Assign { user } => {
            let update = ContactUpdate {
                assigned_to: user.clone().into(),
                ..ContactUpdate::default()
            };
            location.contacts().update(contact, &update).await?;
            Ok(Some(user.to_string()))
        }
        Intent::Notify { to, title, body } => match to {
            NoticeTo::Host => {
                let notice = Notice {
                    effect: effect.clone(),
                    location: episode.location().clone(),
                    contact: contact.clone(),
                    title: title.clone(),
                    body: body.clone(),
                };
                tell_host(notifier, &notice).await.map(|()| None)
            }
            NoticeTo::Text(contact) => {
                let sms = OutgoingSms::new(contact.clone(), tell_contact(title, body));
                let sent = location.conversations().send_sms(&sms).await?;
                Ok(Some(sent.message_id.to_string()))
            }
            NoticeTo::Email(contact) => {
                let email = notice_email(contact.clone(), title, body);
                let sent = location.conversations().send_email(&email).await?;
                Ok(Some(sent.message_id.to_string()))
            }
        },
        Intent::Record { .. } => Ok(None),
    }
}

/// Sends what `call` builds: in the room that is reserved for it, or else like any other request.
async fn send<T>(
    location: &Location,
    reservation: Option<Reservation>,
    call: impl for<'a> FnOnce(&'a Location) -> Call<'a, T>,
) -> Result<T> {
    match reservation {
        Some(reservation) => reservation.send(call).await,
        None => call(location).await,
    }
}

fn tag(operation: &'static str, name: &str) -> Result<TagName> {
    TagName::new(name).map_err(|error| Error::config(operation, error.to_string()))
}

/// A host that fails is asked again, as HighLevel is. Its error may name a person and is not repeated.
async fn tell_host(notifier: Option<&dyn TeamNotifier>, notice: &Notice) -> Result<()> {
    const OPERATION: &str = "team.notify";
    let notifier = notifier.ok_or_else(|| {
        Error::config(
            OPERATION,
            "the engine has no notifier; give it one with EngineBuilder::notifier",
        )
    })?;
    let sent = notifier.notify(notice).await;
    sent.map_err(|_| Error::config(OPERATION, "the notifier failed"))
}

/// What a member of the team reads in a text.
fn tell_contact(title: &str, body: &str) -> String {
    format!("{title}\n{body}")
}

fn notice_email(contact: ContactId, title: &str, body: &str) -> OutgoingEmail {
    let html = crate::recipes::missed_call::core::copy::html(body);
    let mut email = OutgoingEmail::new(contact, title.to_owned(), html);
    email.text = Some(body.to_owned().into());
    email
}

fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Validation { .. } | ErrorKind::Refused
    )
}
