//! The delivery of e-mails that HighLevel sent.

use jiff::Timestamp;

use crate::secret::Private;

payload! {
    /// An event of one e-mail, as the mail service reports it: the names of the fields are its own, and its time counts
    /// seconds.
    pub struct EmailStats in "webhookPayload" {
        /// Such as `delivered`, `opened`, `clicked`, `failed`, `complained` or `unsubscribed`.
        event: Option<String> = scalar("event"),
        /// The mail service's id of this.
        id: Option<String> = scalar("id"),
        /// When it happened.
        at: Option<Timestamp> = scalar("timestamp"),
        /// To whom it was sent.
        recipient: Option<Private<String>> = scalar("recipient"),
        /// The domain of that address.
        recipient_domain: Option<Private<String>> = scalar("recipient-domain"),
        /// How bad it is, such as `info` or `error`.
        log_level: Option<String> = scalar("log-level"),
        /// What it was tagged with.
        tags: Vec<String> = list("tags"),
    }
}
