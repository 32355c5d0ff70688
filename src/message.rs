//! Words that the REST API and the webhooks share when they speak of messages and calls.
//!
//! HighLevel spells the same thing differently by module (`CALL` on webhooks, `TYPE_CALL` in REST); each word is read
//! in all of its spellings.
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
    /// Which way a message or call went, seen from the business.
    pub enum Direction {
        /// From the contact to the business.
        Inbound = "inbound",
        /// From the business to the contact.
        Outbound = "outbound",
    }
}

open_enum! {
    /// What happened to a call. Source: `meta.callStatus` in HighLevel's `conversations.json`.
    pub enum CallStatus {
        /// Still ringing or running.
        Pending = "pending",
        /// Ended after somebody (or something) picked up.
        Completed = "completed",
        /// Picked up.
        Answered = "answered",
        /// The line was busy.
        Busy = "busy",
        /// Nobody picked up.
        NoAnswer = "no-answer" | "no_answer" | "noanswer",
        /// The platform or carrier failed.
        Failed = "failed",
        /// The caller hung up first.
        Canceled = "canceled" | "cancelled",
        /// A voicemail took the call.
        Voicemail = "voicemail",
    }
}

open_enum! {
    /// What kind of message it is. Source: the `messageType` lists of `conversations.json` and of the webhook pages;
    /// the spelling given back is that of REST.
    pub enum MessageType {
        /// A phone call.
        Call = "TYPE_CALL" | "CALL" | "Call",
        /// A phone call that went through an interactive voice menu.
        IvrCall = "TYPE_IVR_CALL" | "IVR_CALL" | "IVR_Call",
        /// A call logged by a custom provider.
        CustomCall = "TYPE_CUSTOM_CALL" | "CUSTOM_CALL",
        /// A voicemail.
        Voicemail = "TYPE_VOICEMAIL" | "VOICEMAIL" | "VoiceMail" | "Voicemail",
        /// A text message.
        Sms = "TYPE_SMS" | "SMS",
        /// A text message by a custom provider.
        CustomSms = "TYPE_CUSTOM_SMS" | "TYPE_CUSTOM_PROVIDER_SMS",
        /// A reaction (tapback) to a text message.
        SmsReaction = "TYPE_SMS_REACTION" | "SMS_REACTION",
        /// An e-mail.
        Email = "TYPE_EMAIL" | "Email" | "EMAIL",
        /// A WhatsApp message.
        WhatsApp = "TYPE_WHATSAPP" | "WhatsApp" | "WHATSAPP",
        /// A Facebook message.
        Facebook = "TYPE_FACEBOOK" | "FB",
        /// An Instagram message.
        Instagram = "TYPE_INSTAGRAM" | "IG",
        /// A Google Business message.
        GoogleBusiness = "TYPE_GMB" | "GMB",
        /// A message from the live chat.
        LiveChat = "TYPE_LIVE_CHAT" | "Live Chat" | "Live_Chat",
        /// A message from the chat widget.
        WebChat = "TYPE_WEBCHAT" | "WebChat",
    }
}

impl MessageType {
    /// Whether this is a phone call in any of its forms.
    pub fn is_call(&self) -> bool {
        matches!(self, Self::Call | Self::IvrCall | Self::CustomCall)
    }

    /// Whether a person may have written it. A word that HighLevel does not document may be a new way to write; calls,
    /// and what HighLevel itself notes down in a conversation, are not written.
    #[cfg(feature = "missed-call")]
    pub(crate) fn is_written_by_somebody(&self) -> bool {
        let Self::Other(word) = self else {
            return !self.is_call() && *self != Self::Voicemail;
        };
        let word = word.to_ascii_uppercase().replace([' ', '-'], "_");
        let kind = word.strip_prefix("TYPE_").unwrap_or(&word);
        let is_noted = kind.starts_with("ACTIVITY")
            || kind.starts_with("INTERNAL_COMMENT")
            || kind.ends_with("_INFO_MESSAGE")
            || kind.ends_with("_REQUEST");
        let is_spoken = kind.ends_with("CALL") || kind.ends_with("VOICEMAIL");
        !is_noted && !is_spoken
    }
}
