//! The event of changed do-not-disturb settings, and what it says about texts.

use std::collections::BTreeMap;

use super::fields::{Fields, Payload};
use crate::ids::ContactId;
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

open_enum! {
    /// Whether do-not-disturb is on for a channel.
    pub enum DndStatus {
        /// On: sending is blocked.
        Active = "active",
        /// Off: sending is allowed.
        Inactive = "inactive",
        /// On, and users cannot turn it off.
        Permanent = "permanent",
    }
}

/// A contact's do-not-disturb settings changed: a STOP came in, or a user edited the contact.
///
/// The event carries no `inboundDndSettings` (issue #264 of `GoHighLevel/highlevel-api-docs`).
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ContactDndUpdate {
    /// The contact.
    pub contact_id: Option<ContactId>,
    /// The contact's number, if it is E.164.
    pub phone: Option<PhoneNumber>,
    /// The switch for all channels.
    pub dnd: Option<bool>,
    /// The switch of each channel, by its name in lower case (`sms`, `call`, `email`, `whatsapp`, `gmb`, `fb`, `rcs`),
    /// since HighLevel writes it `SMS` or `sms`. Empty where the event has none.
    pub dnd_settings: BTreeMap<String, DndChannel>,
}

/// Do-not-disturb on one channel.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct DndChannel {
    /// On or off.
    pub status: Option<DndStatus>,
    /// Who or what changed it, in HighLevel's words; may hold a user's name.
    pub message: Option<Private<String>>,
    /// HighLevel's code for the reason, such as `101`; the codes are not documented.
    pub code: Option<String>,
}

impl Payload for ContactDndUpdate {
    fn read(fields: &Fields<'_>) -> Self {
        let settings = fields.object("dndSettings");
        let channels = settings.iter().flat_map(Fields::objects);
        Self {
            contact_id: fields.scalar("id").or_else(|| fields.scalar("contactId")),
            phone: fields.scalar("phone"),
            dnd: fields.scalar("dnd"),
            dnd_settings: channels
                .map(|(name, channel)| (name.to_ascii_lowercase(), DndChannel::read(&channel)))
                .collect(),
        }
    }
}

impl ContactDndUpdate {
    /// Whether texts to the contact are blocked now, as far as the event tells.
    ///
    /// | `dnd` | SMS channel | answer |
    /// |---|---|---|
    /// | any | `active` or `permanent` | `Some(true)` |
    /// | `true` | not mentioned | `Some(true)`: the switch for all channels stands alone |
    /// | `false` or missing | `inactive` | `Some(false)` |
    /// | `false` | not mentioned | `Some(false)` |
    /// | anything else | | `None`: read the contact before you send |
    pub fn sms_blocked(&self) -> Option<bool> {
        let sms = self.dnd_settings.get("sms").map(|sms| &sms.status);
        match (self.dnd, sms) {
            (_, Some(Some(DndStatus::Active | DndStatus::Permanent))) | (Some(true), None) => {
                Some(true)
            }
            (Some(false) | None, Some(Some(DndStatus::Inactive))) | (Some(false), None) => {
                Some(false)
            }
            _ => None,
        }
    }
}

impl DndChannel {
    fn read(fields: &Fields<'_>) -> Self {
        let status: Option<String> = fields.scalar("status");
        Self {
            status: status.map(|word| DndStatus::from(&*word.to_ascii_lowercase())),
            message: fields.scalar("message"),
            code: fields.scalar("code"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_whether_texts_are_blocked() {
        for (json, expected) in [
            (
                r#"{"dnd":true,"dndSettings":{"SMS":{"status":"active"}}}"#,
                Some(true),
            ),
            (
                r#"{"dnd":false,"dndSettings":{"SMS":{"status":"active"}}}"#,
                Some(true),
            ),
            (
                r#"{"dnd":"false","dndSettings":{"sms":{"status":"PERMANENT"}}}"#,
                Some(true),
            ),
            (r#"{"dndSettings":{"Sms":{"status":"active"}}}"#, Some(true)),
            (r#"{"dnd":true}"#, Some(true)),
            (r#"{"dnd":true,"dndSettings":{}}"#, Some(true)),
            (
                r#"{"dnd":true,"dndSettings":{"Email":{"status":"active"}}}"#,
                Some(true),
            ),
            (
                r#"{"dnd":false,"dndSettings":{"SMS":{"status":"inactive"}}}"#,
                Some(false),
            ),
            (
                r#"{"dndSettings":{"SMS":{"status":"inactive"}}}"#,
                Some(false),
            ),
            (
                r#"{"dnd":true,"dndSettings":{"SMS":{"status":"inactive"}}}"#,
                None,
            ),
            (
                r#"{"dnd":false,"dndSettings":{"SMS":{"status":"snoozed"}}}"#,
                None,
            ),
            (r#"{"dnd":false,"dndSettings":{"SMS":{}}}"#, None),
            (
                r#"{"dnd":false,"dndSettings":{"Call":{"status":"active"}}}"#,
                Some(false),
            ),
            (r#"{"dnd":false}"#, Some(false)),
            (r#"{"dnd":"perhaps","dndSettings":"all"}"#, None),
            ("{}", None),
        ] {
            let update = ContactDndUpdate::read(&Fields::read(json.as_bytes()).unwrap());
            assert_eq!(update.sms_blocked(), expected, "{json}");
        }
    }
}
