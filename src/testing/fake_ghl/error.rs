//! What can go wrong when a test drives FakeGhl. Refusals of the API it imitates are answers, not errors.

/// A command that FakeGhl cannot perform. Over HTTP the same text comes with status 400 or 404.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FakeGhlError {
    /// The seed is not what [`Seed`](super::Seed) describes.
    #[error("seed: {0}")]
    Seed(String),
    /// The signing key is not an Ed25519 private key in PKCS#8.
    #[error("signing key: {0}; give an Ed25519 private key in PKCS#8, as PEM or DER")]
    SigningKey(String),
    /// Webhooks can only be sent to a plain `http` address.
    #[error("webhook URL: {0}; give an address such as http://127.0.0.1:8080/webhooks/ghl")]
    WebhookUrl(String),
    /// No location of the seed has this id.
    #[error("there is no location `{0}`; use the id of a location in the seed")]
    UnknownLocation(String),
    /// No location and no agency of the seed has this token. The text does not show it.
    #[error("there is no such private token; use one of the seed")]
    UnknownToken,
    /// No webhook has this id.
    #[error("there is no webhook `{0}`; use a webhookId that FakeGhl answered or sent")]
    UnknownWebhook(String),
    /// FakeGhl sends no such event by itself.
    #[error(
        "`{0}` is not an event that FakeGhl sends by itself; see FakeGhlBuilder::events, or send it with FakeGhl::event"
    )]
    UnknownEvent(String),
    /// No workflow has this trigger.
    #[error("no workflow has the trigger `{0}`; use an id that FakeGhl answered")]
    UnknownTrigger(String),
    /// The app did not answer.
    #[error("the app did not answer: {0}")]
    NoAnswer(String),
    /// The pattern of a fault or a gate is not the path of a request.
    #[error(
        "path pattern `{0}` does not start with `/`; write it as HighLevel's path, with `*` or `{{id}}` for one segment"
    )]
    PathPattern(String),
    /// The text is not the name of a fault.
    #[error(
        "unknown fault `{0}`; use status:CODE, html:CODE, text:CODE, empty:CODE, gateway:CODE, gateway-1010, challenge-page, timeout-401, passing-400, provider-401, provider-403, code:CANONICAL_CODE (such as code:CONVERSATIONS_MSG_DND_ACTIVE_SMS), 429, 429:SECONDSs, drop-before, drop-after or hang:SECONDSs, such as hang:30s"
    )]
    Fault(String),
    /// The text is not the name of a mode.
    #[error("unknown mode `{0}`; use no-cursor, counts-more, ties or wrapped-appointments")]
    Mode(String),
    /// The command itself cannot be read.
    #[error("{0}")]
    Order(String),
}
