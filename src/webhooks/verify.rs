//! Proving that a request comes from HighLevel: which header counts, which key, and how old the body may be.
//!
//! Pure: the current time is an argument.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};

use super::delivery::{Delivery, InvalidDelivery};
use super::keys::{Ed25519Key, HIGHLEVEL_ED25519, HIGHLEVEL_RSA, InvalidKey, RsaKey};
use crate::ids::AppId;

const SIGNATURE: &str = "x-ghl-signature";
const LEGACY_SIGNATURE: &str = "x-wh-signature";
const DELIVERY_ID: &str = "deliveryid";

/// How far ahead of `now` a body's timestamp may be: room for clocks that disagree.
const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// How old a body may be unless set otherwise: HighLevel keeps webhooks for as long, to be sent again by hand.
const STALENESS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Proves that webhooks come from HighLevel. Cheap to clone; every clone shares the keys.
///
/// `Debug` shows how many keys there are, not the keys.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<Keys>,
    accept_legacy_rsa: bool,
    staleness: SignedDuration,
    app: Option<AppId>,
}

#[derive(Debug, Default)]
struct Keys {
    ed25519: Vec<Ed25519Key>,
    rsa: Vec<RsaKey>,
}

impl Keys {
    fn add_highlevel(&mut self) {
        // Both constants are keys: `keys::tests` reads them.
        self.ed25519.extend(Ed25519Key::from_pem(HIGHLEVEL_ED25519));
        self.rsa.extend(RsaKey::from_pem(HIGHLEVEL_RSA));
    }
}

/// Why a webhook was refused. Answer [`InvalidDelivery`](Self::InvalidDelivery) with 400, [`FromTheFuture`](Self::FromTheFuture) with 429
/// (it is this machine's clock that is wrong, and HighLevel is to send it again) and everything else with 401.
///
/// No variant holds any of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Neither signature header is there (the value `N/A` counts as absent).
    #[error(
        "the webhook is not signed: no `X-GHL-Signature` header; only webhooks of a marketplace app are signed, workflow webhook actions are not"
    )]
    MissingSignature,
    /// Only the RSA signature that HighLevel retires is there, and it is not accepted.
    #[error(
        "the webhook has only the legacy header `X-WH-Signature`, which is not accepted; turn it on with `Verifier::builder().accept_legacy_rsa(true)` while HighLevel still sends it"
    )]
    LegacySignatureOnly,
    /// The header comes more than once, so it is unclear which one counts.
    #[error(
        "the webhook has several `{header}` headers; HighLevel sends one, so check what stands between it and this server"
    )]
    RepeatedSignature {
        /// The header's name.
        header: &'static str,
    },
    /// The header is not base64, or the signature in it has the wrong length.
    #[error(
        "the webhook's `{header}` header is not a signature in base64; check what stands between HighLevel and this server"
    )]
    MalformedSignature {
        /// The header's name.
        header: &'static str,
    },
    /// The header's kind of signature needs a key of a kind that the verifier has none of.
    #[error(
        "the webhook is signed with `{header}`, but the verifier has no key for it; add one with `{method}` or `builtin_keys`"
    )]
    NoKey {
        /// The header's name.
        header: &'static str,
        /// The method of [`VerifierBuilder`] that adds such a key.
        method: &'static str,
    },
    /// The signature fits none of the keys: forged, altered on the way, or signed with a newer key.
    #[error(
        "the webhook's signature in `{header}` does not fit its body; verify the raw bytes, and if every webhook fails, look for a new key in HighLevel's Webhook Integration Guide"
    )]
    WrongSignature {
        /// The header's name.
        header: &'static str,
    },
    /// The body was made longer ago than the verifier accepts.
    #[error(
        "the webhook is stale: it was made {age:#} ago; if it was sent again on purpose, accept more with `Verifier::builder().staleness(..)`"
    )]
    Stale {
        /// How long ago the body was made.
        age: SignedDuration,
    },
    /// The body was made more than five minutes in the future.
    #[error("the webhook was made {ahead:#} in the future; set this machine's clock right")]
    FromTheFuture {
        /// How far ahead of this machine's clock the body is.
        ahead: SignedDuration,
    },
    /// HighLevel has signed it, for another app than the one that is expected.
    #[error(
        "the webhook is of app `{app}`, and this verifier takes those of another one alone; check the id given to `Verifier::builder().app(..)`, or the webhook URL in the settings of that app"
    )]
    OtherApp {
        /// The app that the body names.
        app: AppId,
    },
    /// The signature is right, but the body is not a JSON object.
    #[error(transparent)]
    InvalidDelivery(#[from] InvalidDelivery),
}

impl VerifyError {
    /// The kind of refusal, by which refusals are counted.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::LegacySignatureOnly => "legacy_signature_only",
            Self::RepeatedSignature { .. } => "repeated_signature",
            Self::MalformedSignature { .. } => "malformed_signature",
            Self::NoKey { .. } => "no_key",
            Self::WrongSignature { .. } => "wrong_signature",
            Self::Stale { .. } => "stale",
            Self::FromTheFuture { .. } => "from_the_future",
            Self::OtherApp { .. } => "other_app",
            Self::InvalidDelivery(_) => "not_json",
        }
    }
}

impl Verifier {
    /// A verifier with HighLevel's published keys, the legacy RSA signature off, 30 days of
    /// [`staleness`](VerifierBuilder::staleness), and webhooks of every app: name yours with
    /// [`app`](VerifierBuilder::app).
    pub fn highlevel() -> Self {
        Self::builder().build()
    }

    /// Starts a verifier with other keys or rules.
    ///
    /// ```
    /// use gohighlevel::webhooks::Verifier;
    ///
    /// let next_key = "-----BEGIN PUBLIC KEY-----
    /// MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=
    /// -----END PUBLIC KEY-----";
    /// let verifier = Verifier::builder().builtin_keys().ed25519_pem(next_key)?.build();
    /// # Ok::<(), gohighlevel::webhooks::InvalidKey>(())
    /// ```
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder {
            keys: Keys::default(),
            accept_legacy_rsa: false,
            staleness: STALENESS,
            app: None,
        }
    }

    /// Proves the signature over the raw `body`, reads it, and checks its age against `now`.
    ///
    /// The rules, in this order (HighLevel's Webhook Integration Guide):
    ///
    /// 1. `X-GHL-Signature` (Ed25519) counts alone where it is present: if it is wrong, nothing else is tried.
    /// 2. Else `X-WH-Signature` (RSA PKCS#1 v1.5 with SHA-256) counts, if
    ///    [`accept_legacy_rsa`](VerifierBuilder::accept_legacy_rsa) is on.
    /// 3. A header that is empty or says `N/A` is absent. A repeated header is refused.
    /// 4. Only then is the body read. Its `timestamp` must lie within the staleness window and no more than five
    ///    minutes ahead. A body without one (HighLevel documents it for few events) is accepted: repeats of it are
    ///    still caught by [`Delivery::dedupe_key`], and what acts on an event has its own rule of age. If it names an
    ///    app, it must be the [`app`](VerifierBuilder::app) that is expected.
    ///
    /// `body` is anything that turns into [`Bytes`] without loss; for a borrowed slice write
    /// `Bytes::copy_from_slice(slice)`.
    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: impl Into<Bytes>,
        now: Timestamp,
    ) -> Result<Delivery, VerifyError> {
        let body = body.into();
        self.prove(headers, &body)?;
        let delivery = Delivery::read(body, now)?.with_delivery_id(delivery_id(headers));
        if let Some(made_at) = delivery.timestamp {
            let age = now.duration_since(made_at);
            if age > self.staleness {
                return Err(VerifyError::Stale { age });
            }
            let ahead = made_at.duration_since(now);
            if ahead > FUTURE_TOLERANCE {
                return Err(VerifyError::FromTheFuture { ahead });
            }
        }
        if let (Some(expected), Some(app)) = (&self.app, &delivery.app_id)
            && expected != app
        {
            return Err(VerifyError::OtherApp { app: app.clone() });
        }
        Ok(delivery)
    }

    fn prove(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), VerifyError> {
        match self.signature_in(headers)? {
            Signature::Ed25519(signature) => any_key(
                &self.keys.ed25519,
                |key| key.accepts(body, &signature),
                SIGNATURE,
                "ed25519_pem",
            ),
            Signature::Rsa(signature) => any_key(
                &self.keys.rsa,
                |key| key.accepts(body, &signature),
                LEGACY_SIGNATURE,
                "rsa_pem",
            ),
        }
    }

    /// The signature that counts. Fails where a body need not even be read.
    pub(super) fn signature_in(&self, headers: &HeaderMap) -> Result<Signature, VerifyError> {
        if let Some(text) = only_value(headers, SIGNATURE)? {
            let header = SIGNATURE;
            let signature = decode(text, header)?;
            if signature.len() != 64 {
                return Err(VerifyError::MalformedSignature { header });
            }
            return Ok(Signature::Ed25519(signature));
        }
        if !self.accept_legacy_rsa {
            let legacy = headers.get_all(LEGACY_SIGNATURE).iter().any(is_present);
            return Err(if legacy {
                VerifyError::LegacySignatureOnly
            } else {
                VerifyError::MissingSignature
            });
        }
        let header = LEGACY_SIGNATURE;
        let text = only_value(headers, header)?.ok_or(VerifyError::MissingSignature)?;
        decode(text, header).map(Signature::Rsa)
    }
}

/// What a header says is the body's signature.
pub(super) enum Signature {
    Ed25519(Vec<u8>),
    Rsa(Vec<u8>),
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("ed25519_keys", &self.keys.ed25519.len())
            .field("rsa_keys", &self.keys.rsa.len())
            .field("accept_legacy_rsa", &self.accept_legacy_rsa)
            .field("staleness", &self.staleness)
            .field("app", &self.app)
            .finish()
    }
}

/// Builds a [`Verifier`]. If no key is added, it gets HighLevel's.
///
/// HighLevel announces new keys by e-mail and puts no key id on a signature, so during a change keep the old key
/// beside the new one: a signature counts if it fits any of them.
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct VerifierBuilder {
    keys: Keys,
    accept_legacy_rsa: bool,
    staleness: SignedDuration,
    app: Option<AppId>,
}

impl VerifierBuilder {
    /// Adds a key for `X-GHL-Signature`: an Ed25519 public key in SPKI PEM (`-----BEGIN PUBLIC KEY-----`). Fails with
    /// [`InvalidKey`], which says what is wrong with the text.
    pub fn ed25519_pem(mut self, pem: &str) -> Result<Self, InvalidKey> {
        self.keys.ed25519.push(Ed25519Key::from_pem(pem)?);
        Ok(self)
    }

    /// Adds a key for the legacy header `X-WH-Signature`: an RSA public key of 2048 to 8192 bits in SPKI PEM. It is
    /// used only if [`accept_legacy_rsa`](Self::accept_legacy_rsa) is on.
    pub fn rsa_pem(mut self, pem: &str) -> Result<Self, InvalidKey> {
        self.keys.rsa.push(RsaKey::from_pem(pem)?);
        Ok(self)
    }

    /// Adds HighLevel's published keys of both kinds to those given.
    pub fn builtin_keys(mut self) -> Self {
        self.keys.add_highlevel();
        self
    }

    /// Whether `X-WH-Signature` counts on requests without `X-GHL-Signature`. Off unless turned on: HighLevel retires
    /// that header (announced for September 2026).
    pub fn accept_legacy_rsa(mut self, accept: bool) -> Self {
        self.accept_legacy_rsa = accept;
        self
    }

    /// How old the `timestamp` of a body may be; 30 days unless set, a negative one counts as zero.
    ///
    /// HighLevel sends a webhook again by itself for an hour and more, and by hand for 30 days, and it is not known whether
    /// it refreshes the timestamp then: a shorter window refuses those repeats for good. So a handler must know for as
    /// long as the window what it has taken ([`Delivery::dedupe_key`]), and ask itself whether it is too late to act.
    /// [`Engine`](crate::recipes::missed_call::Engine) does both.
    pub fn staleness(mut self, window: SignedDuration) -> Self {
        self.staleness = window.max(SignedDuration::ZERO);
        self
    }

    /// Takes webhooks of this app alone, and those that name none. HighLevel signs the webhooks of all apps with one key:
    /// without this, the owner of another app in the same location could have its removal signed and present it as
    /// yours. The id is the part of the app's client id before the `-`
    /// ([`OAuthApp::app_id`](crate::auth::oauth::OAuthApp::app_id)).
    pub fn app(mut self, app: AppId) -> Self {
        self.app = Some(app);
        self
    }

    /// The verifier.
    pub fn build(mut self) -> Verifier {
        if self.keys.ed25519.is_empty() && self.keys.rsa.is_empty() {
            self.keys.add_highlevel();
        }
        Verifier {
            keys: Arc::new(self.keys),
            accept_legacy_rsa: self.accept_legacy_rsa,
            staleness: self.staleness,
            app: self.app,
        }
    }
}

/// The value of a header that must not come twice.
fn only_value<'h>(
    headers: &'h HeaderMap,
    header: &'static str,
) -> Result<Option<&'h [u8]>, VerifyError> {
    let mut values = headers.get_all(header).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(VerifyError::RepeatedSignature { header });
    }
    Ok(first
        .filter(|value| is_present(value))
        .map(|value| value.as_bytes().trim_ascii()))
}

/// HighLevel fills a header it has no signature for with `N/A`.
fn is_present(value: &http::HeaderValue) -> bool {
    let text = value.as_bytes().trim_ascii();
    !text.is_empty() && !text.eq_ignore_ascii_case(b"N/A")
}

fn decode(text: &[u8], header: &'static str) -> Result<Vec<u8>, VerifyError> {
    STANDARD
        .decode(text)
        .map_err(|_| VerifyError::MalformedSignature { header })
}

fn any_key<K>(
    keys: &[K],
    accepts: impl Fn(&K) -> bool,
    header: &'static str,
    method: &'static str,
) -> Result<(), VerifyError> {
    if keys.is_empty() {
        Err(VerifyError::NoKey { header, method })
    } else if keys.iter().any(accepts) {
        Ok(())
    } else {
        Err(VerifyError::WrongSignature { header })
    }
}

/// The `deliveryId` header, if there is exactly one and it can be an id.
fn delivery_id(headers: &HeaderMap) -> Option<Box<str>> {
    let mut values = headers.get_all(DELIVERY_ID).iter();
    let (first, None) = (values.next()?, values.next()) else {
        return None;
    };
    let text = first.to_str().ok()?.trim();
    ((1..=256).contains(&text.len())).then(|| text.into())
}
