//! Enumerations of messages and calls that the REST API and the webhooks share.
//!
//! HighLevel spells the same thing differently by module (`CALL` and `Live Chat` on webhooks, `TYPE_CALL` in REST), and
//! people do who write workflows. So each word is read in any case, with spaces, hyphens or underscores between its parts.
//!
//! ```
//! use gohighlevel::message::MessageType;
//!
//! let webhook: MessageType = serde_json::from_str(r#""CALL""#)?;
//! assert_eq!((webhook.clone(), webhook.as_str()), (MessageType::Call, "TYPE_CALL"));
//! // A word that is not known yet is kept.
//! let new: MessageType = serde_json::from_str(r#""TYPE_TELEPATHY""#)?;
//! assert_eq!(new.as_str(), "TYPE_TELEPATHY");
//! # Ok::<(), serde_json::Error>(())
//! ```

use crate::open_enum::open_enum;

open_enum! {
    fold = in_small_letters;
    /// Which way a message or call went, seen from the business.
    pub enum Direction {
        /// From the contact to the business.
        Inbound = "inbound" | "incoming",
        /// From the business to the contact.
        Outbound = "outbound" | "outgoing",
    }
}

open_enum! {
    fold = in_small_letters;
    /// What happened to a call. Source: `meta.callStatus` in HighLevel's `conversations.json`.
    pub enum CallStatus {
        /// Still ringing or running.
        Pending = "pending" | "ringing" | "queued" | "initiated" | "dialing" | "in-progress" | "on-hold",
        /// Ended after somebody (or something) picked up.
        Completed = "completed",
        /// Picked up.
        Answered = "answered",
        /// The line was busy.
        Busy = "busy" | "line-busy" | "user-busy",
        /// Nobody picked up.
        NoAnswer = "no-answer" | "noanswer" | "missed" | "missed-call" | "call-missed" | "unanswered" | "not-answered",
        /// The platform or carrier failed.
        Failed = "failed",
        /// The caller hung up first.
        Canceled = "canceled" | "cancelled" | "abandoned",
        /// A voicemail took the call.
        Voicemail = "voicemail" | "voice-mail",
    }
}

open_enum! {
    fold = as_type;
    /// What kind of message it is. Source: the `messageType` lists of `conversations.json` and of the webhook pages;
    /// the spelling given back is that of REST.
    pub enum MessageType {
        /// A phone call.
        Call = "TYPE_CALL" | "TYPE_PHONE_CALL" | "TYPE_INBOUND_CALL" | "TYPE_INCOMING_CALL" | "TYPE_MISSED_CALL",
        /// A phone call that went through an interactive voice menu.
        IvrCall = "TYPE_IVR_CALL" | "TYPE_IVRCALL",
        /// A call logged by a custom provider.
        CustomCall = "TYPE_CUSTOM_CALL" | "TYPE_CUSTOMCALL",
        /// A call that a campaign made, or that answers one.
        CampaignCall = "TYPE_CAMPAIGN_CALL",
        /// A call that a campaign asked a user to make.
        CampaignManualCall = "TYPE_CAMPAIGN_MANUAL_CALL",
        /// A voicemail.
        Voicemail = "TYPE_VOICEMAIL" | "TYPE_VOICE_MAIL",
        /// A voicemail that a campaign left.
        CampaignVoicemail = "TYPE_CAMPAIGN_VOICEMAIL",
        /// A text message.
        Sms = "TYPE_SMS",
        /// A text message by a custom provider.
        CustomSms = "TYPE_CUSTOM_SMS" | "TYPE_CUSTOM_PROVIDER_SMS",
        /// A reaction (tapback) to a text message.
        SmsReaction = "TYPE_SMS_REACTION",
        /// An e-mail.
        Email = "TYPE_EMAIL",
        /// A WhatsApp message.
        WhatsApp = "TYPE_WHATSAPP",
        /// A Facebook message.
        Facebook = "TYPE_FACEBOOK" | "TYPE_FB",
        /// An Instagram message.
        Instagram = "TYPE_INSTAGRAM" | "TYPE_IG",
        /// A Google Business message.
        GoogleBusiness = "TYPE_GMB",
        /// A message from the live chat.
        LiveChat = "TYPE_LIVE_CHAT" | "TYPE_LIVECHAT",
        /// A message from the chat widget.
        WebChat = "TYPE_WEBCHAT" | "TYPE_WEB_CHAT",
    }
}

impl MessageType {
    /// Whether this is a phone call in any of its forms, those that this release does not know among them: what is called
    /// some kind of call, and is not one of HighLevel's notes about calls.
    pub fn is_call(&self) -> bool {
        match self {
            Self::Call
            | Self::IvrCall
            | Self::CustomCall
            | Self::CampaignCall
            | Self::CampaignManualCall => true,
            Self::Other(word) => is_spoken(word, &["CALL", "CALLS"]),
            _ => false,
        }
    }

    /// Whether this is a voicemail in any of its forms.
    pub fn is_voicemail(&self) -> bool {
        match self {
            Self::Voicemail | Self::CampaignVoicemail => true,
            Self::Other(word) => is_spoken(word, &["VOICEMAIL", "VOICEMAILS"]),
            _ => false,
        }
    }

    /// Whether a person may have written it. A word that HighLevel does not document may be a new way to write; calls,
    /// and what HighLevel itself notes down in a conversation, are not written.
    #[cfg(feature = "missed-call")]
    pub(crate) fn is_written_by_somebody(&self) -> bool {
        let is_noted = matches!(self, Self::Other(word) if is_noted(&as_type(word)));
        !is_noted && !self.is_call() && !self.is_voicemail()
    }
}

/// Whether one of these words is part of the name of a kind, and the kind is not a note.
fn is_spoken(kind: &str, words: &[&str]) -> bool {
    let kind = as_type(kind);
    !is_noted(&kind) && kind.split('_').any(|part| words.contains(&part))
}

/// Whether HighLevel notes this down by itself.
fn is_noted(kind: &str) -> bool {
    let kind = kind.strip_prefix("TYPE_").unwrap_or(kind);
    kind.starts_with("ACTIVITY")
        || kind.starts_with("INTERNAL_COMMENT")
        || kind.ends_with("_INFO_MESSAGE")
        || kind.ends_with("_REQUEST")
}

/// `IVR Call`, `ivr-call` and `IVR_CALL` as REST writes it: `TYPE_IVR_CALL`.
fn as_type(word: &str) -> String {
    let word = joined(word, '_').to_ascii_uppercase();
    match word.strip_prefix("TYPE_") {
        Some(_) => word,
        None => format!("TYPE_{word}"),
    }
}

/// `No Answer` and `NO_ANSWER` as `no-answer`.
fn in_small_letters(word: &str) -> String {
    joined(word, '-').to_ascii_lowercase()
}

/// The parts of a word, with one sign in between.
fn joined(word: &str, sign: char) -> String {
    let is_between = |character: char| {
        character.is_whitespace() || matches!(character, '_' | '-' | '\u{2010}'..='\u{2015}')
    };
    let parts: Vec<&str> = word
        .split(is_between)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(sign.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_calls_in_any_spelling() {
        for word in [
            "CALL",
            "Call",
            "call",
            " Call ",
            "TYPE_CALL",
            "type_call",
            "Type Call",
            "TYPE-CALL",
            "Phone Call",
            "Inbound Call",
            "incoming_call",
        ] {
            assert_eq!(MessageType::from(word), MessageType::Call, "{word}");
        }
        for word in [
            "IVR Call",
            "IVR_CALL",
            "TYPE_IVR_CALL",
            "ivr-call",
            "IvrCall",
            "IVR  CALL",
        ] {
            assert_eq!(MessageType::from(word), MessageType::IvrCall, "{word}");
        }
        for word in [
            "Campaign Call",
            "TYPE_CAMPAIGN_CALL",
            "CAMPAIGN_MANUAL_CALL",
            "Custom Call",
            "TYPE_WHATSAPP_CALL",
            "Video Call",
            "CALL_FORWARDED",
        ] {
            assert!(MessageType::from(word).is_call(), "{word}");
        }
        for word in [
            "VoiceMail",
            "Voicemail",
            "Voice Mail",
            "TYPE_VOICEMAIL",
            "campaign voicemail",
            "NEW_VOICEMAIL",
        ] {
            assert!(MessageType::from(word).is_voicemail(), "{word}");
        }
        for word in [
            "TYPE_ACTIVITY_CALL",
            "Call Request",
            "TYPE_INTERNAL_COMMENT_CALL",
            "RECALL",
            "SMS",
            "TYPE_CALLBACK",
            "Live Chat",
            "TYPE_SMS_REVIEW_REQUEST",
        ] {
            let kind = MessageType::from(word);
            assert!(!kind.is_call() && !kind.is_voicemail(), "{word}");
        }
        assert_eq!(MessageType::from("live chat"), MessageType::LiveChat);
    }

    #[test]
    fn what_became_of_a_call_in_any_spelling() {
        for (word, expected) in [
            ("No Answer", CallStatus::NoAnswer),
            ("NO_ANSWER", CallStatus::NoAnswer),
            ("no–answer", CallStatus::NoAnswer),
            ("noAnswer", CallStatus::NoAnswer),
            (" missed", CallStatus::NoAnswer),
            ("Missed Call", CallStatus::NoAnswer),
            ("BUSY", CallStatus::Busy),
            ("Cancelled", CallStatus::Canceled),
            ("Voice Mail", CallStatus::Voicemail),
            ("In Progress", CallStatus::Pending),
            ("Ringing", CallStatus::Pending),
            ("Completed", CallStatus::Completed),
            ("Parked", CallStatus::Other("Parked".into())),
        ] {
            assert_eq!(CallStatus::from(word), expected, "{word}");
        }
        assert_eq!(Direction::from("Incoming"), Direction::Inbound);
        assert_eq!(Direction::from("OUTBOUND"), Direction::Outbound);
    }
}
