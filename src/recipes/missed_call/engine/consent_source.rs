//! Consents that the host keeps, and that are asked for right before a text.

use std::error::Error as StdError;
use std::fmt;

use async_trait::async_trait;

use crate::recipes::missed_call::core::compliance::ConsentAnswer;
use crate::recipes::missed_call::core::model::{EffectId, PersonKey};

/// Knows whether a person has consented to texts: the host's own records, such as forms or a till.
///
/// It is asked right before each text that is more than the answer to the call, so that the state of that moment counts. It decides,
/// and its answer is evidence: a consent is written into the store and the ledger together with the
/// intent of the text, a refusal as the reason why the text was not sent.
///
/// Without an answer nothing is sent: after an error, or after 15 seconds, the text waits and the source is asked again,
/// later and later, until the text is too old. The words of an error are not logged.
///
/// ```
/// use std::error::Error;
/// use async_trait::async_trait;
/// use gohighlevel::recipes::missed_call::compliance::{Consent, ConsentAnswer, ConsentKind};
/// use gohighlevel::recipes::missed_call::{ConsentQuestion, ConsentSource};
///
/// #[derive(Debug)]
/// struct Forms;
///
/// #[async_trait]
/// impl ConsentSource for Forms {
///     async fn consent(
///         &self,
///         question: &ConsentQuestion,
///     ) -> Result<ConsentAnswer, Box<dyn Error + Send + Sync>> {
///         let form = find(question.person.contact.as_str()).await?;
///         Ok(match form {
///             Some((id, signed_at)) => ConsentAnswer::Given {
///                 how: ConsentKind::Written,
///                 consent: Consent { given_at: signed_at, reference: id },
///             },
///             None => ConsentAnswer::Refused,
///         })
///     }
/// }
/// # async fn find(_: &str) -> Result<Option<(String, jiff::Timestamp)>, std::io::Error> { Ok(None) }
/// ```
#[async_trait]
pub trait ConsentSource: fmt::Debug + Send + Sync + 'static {
    /// Whether this person may get this text.
    async fn consent(
        &self,
        question: &ConsentQuestion,
    ) -> Result<ConsentAnswer, Box<dyn StdError + Send + Sync>>;
}

/// Who is to be texted, and with which text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsentQuestion {
    /// The person: their contact, and the number that they called from if it is known, else the contact's.
    pub person: PersonKey,
    /// The text. Its step is the recipe's name for it.
    pub effect: EffectId,
}
