//! Do not disturb: which channels a contact may be reached on.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_with::{serde_as, skip_serializing_none};

use crate::lenient::{Lenient, LenientObject, Object};
use crate::open_enum::open_enum;
use crate::secret::Private;

open_enum! {
    /// A channel that a contact can opt out of. It is read in the spelling of either API version and written in that of
    /// the client's. Source: `dndSettings` in HighLevel's `contacts.json` and `v3/contacts-v3.json`.
    pub enum DndChannel {
        /// Phone calls.
        Call = "Call" | "call",
        /// E-mail.
        Email = "Email" | "email",
        /// Text messages.
        Sms = "SMS" | "sms",
        /// WhatsApp.
        WhatsApp = "WhatsApp" | "whatsApp" | "whatsapp",
        /// Google Business messages.
        GoogleBusiness = "GMB" | "gmb",
        /// Facebook.
        Facebook = "FB" | "fb",
        /// Rich text messages; live answers have it, the documentation does not.
        Rcs = "RCS" | "rcs",
    }
}

impl DndChannel {
    /// The word of API version 3.
    pub(super) fn in_version_3(&self) -> &str {
        match self {
            Self::Call => "call",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::WhatsApp => "whatsApp",
            Self::GoogleBusiness => "gmb",
            Self::Facebook => "fb",
            Self::Rcs => "rcs",
            Self::Other(word) => word,
        }
    }
}

open_enum! {
    /// Whether do not disturb is on; that is, `active` means that nothing may be sent.
    pub enum DndStatus {
        /// On: nothing may be sent.
        Active = "active",
        /// Off: sending is allowed.
        Inactive = "inactive",
        /// On, and the business cannot switch it off.
        Permanent = "permanent",
    }
}

/// Do not disturb on one channel.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DndSetting {
    /// Whether it is on.
    #[serde_as(deserialize_as = "Lenient")]
    pub status: Option<DndStatus>,
    /// Why or by whom, such as `STOP`. HighLevel writes people's names here.
    #[serde_as(deserialize_as = "Lenient")]
    pub message: Option<Private<String>>,
    /// A code of HighLevel's, such as `101`; it is not documented.
    #[serde_as(deserialize_as = "Lenient")]
    pub code: Option<String>,
}

impl DndSetting {
    /// A setting with nothing but a status.
    pub fn new(status: DndStatus) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// Whether sending is blocked; `None` if there is no status. A status that this release does not know blocks: a
    /// text that should not have been sent is worse than one that was not.
    fn blocks(&self) -> Option<bool> {
        self.status
            .as_ref()
            .map(|status| *status != DndStatus::Inactive)
    }
}

/// Do not disturb by channel. A channel without an entry follows the contact's master switch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DndSettings(Vec<(DndChannel, DndSetting)>);

impl DndSettings {
    /// The setting of a channel.
    pub fn get(&self, channel: &DndChannel) -> Option<&DndSetting> {
        self.0
            .iter()
            .find_map(|(known, setting)| (known == channel).then_some(setting))
    }

    /// The same settings with this one for `channel`.
    #[must_use]
    pub fn with(mut self, channel: DndChannel, setting: DndSetting) -> Self {
        match self.0.iter_mut().find(|(known, _)| *known == channel) {
            Some((_, old)) => *old = setting,
            None => self.0.push((channel, setting)),
        }
        self
    }

    /// All channels with an entry.
    pub fn iter(&self) -> impl Iterator<Item = (&DndChannel, &DndSetting)> {
        self.0.iter().map(|(channel, setting)| (channel, setting))
    }

    /// Whether the settings block a channel; `None` if they do not say.
    pub(super) fn blocks(&self, channel: &DndChannel) -> Option<bool> {
        self.get(channel).and_then(DndSetting::blocks)
    }
}

impl Serialize for DndSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (channel, setting) in &self.0 {
            map.serialize_entry(channel, setting)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for DndSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Channels)
    }
}

/// Reads the settings of all channels; anything else is left out.
struct Channels;

impl<'de> Visitor<'de> for Channels {
    type Value = DndSettings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with channels")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<DndSettings, A::Error> {
        let mut settings = DndSettings::default();
        while let Some(channel) = entries.next_key::<DndChannel>()? {
            let Some(setting) = entries.next_value_seed(Object(PhantomData))? else {
                continue;
            };
            // Where one answer has both spellings of a channel, the one that blocks counts.
            if settings.blocks(&channel) != Some(true) {
                settings = settings.with(channel, setting);
            }
        }
        // HighLevel's order means nothing.
        settings
            .0
            .sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        Ok(settings)
    }
}

/// Do not disturb for what the contact sends: whether the business wants to hear from it.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboundDndSettings {
    /// All channels together; HighLevel has no single ones here.
    #[serde_as(deserialize_as = "LenientObject")]
    pub all: Option<DndSetting>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read_and_the_documented_one_is_written() {
        for json in [
            r#"{"SMS":{"status":"active","message":"STOP","code":101},"FB":null}"#,
            r#"{"sms":{"status":"active","message":"STOP","code":"101"}}"#,
            r#"{"SMS":{"status":"inactive"},"sms":{"status":"active","message":"STOP","code":"101"}}"#,
            r#"{"sms":{"status":"inactive"},"SMS":{"status":"active","message":"STOP","code":"101"}}"#,
        ] {
            let settings: DndSettings = serde_json::from_str(json).unwrap();
            assert_eq!(
                serde_json::to_string(&settings).unwrap(),
                r#"{"SMS":{"status":"active","message":"STOP","code":"101"}}"#
            );
            assert!(!format!("{settings:?}").contains("STOP"));
        }
    }

    #[test]
    fn a_status_nobody_knows_blocks() {
        for (json, expected) in [
            (r#"{"SMS":{"status":"active"}}"#, Some(true)),
            (r#"{"SMS":{"status":"permanent"}}"#, Some(true)),
            (r#"{"SMS":{"status":"paused"}}"#, Some(true)),
            (r#"{"SMS":{"status":"inactive"}}"#, Some(false)),
            (r#"{"SMS":{"status":null}}"#, None),
            (r#"{"SMS":{}}"#, None),
            (r#"{"SMS":7,"Email":{"status":"active"}}"#, None),
            ("{}", None),
        ] {
            let settings: DndSettings = serde_json::from_str(json).unwrap();
            assert_eq!(settings.blocks(&DndChannel::Sms), expected, "{json}");
        }
    }
}
