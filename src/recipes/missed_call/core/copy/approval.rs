//! Who approved which words. If the business asks for approval, only approved words may be sent.

use jiff::civil::Date;

use super::error::{CopyError, Kind};
use super::message::MessageCopy;
use crate::secret::Private;

/// The approval of one version of a copy.
///
/// ```
/// use gohighlevel::recipes::missed_call::copy::{Approval, MessageCopy, Template};
///
/// let copy = MessageCopy::new("first_text", Template::parse("Sorry we missed you.")?);
/// let approval = Approval {
///     by: "Dana Reyes".into(),
///     on: "2026-05-04".parse()?,
///     fingerprint: copy.fingerprint(),
/// };
/// assert!(approval.covers(&copy));
///
/// let reworded = MessageCopy::new("first_text", Template::parse("Sorry we missed you!")?);
/// let refused = reworded.approved_by(&[approval]).unwrap_err();
/// assert_eq!(refused.code(), "not_approved");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who approved it.
    pub by: Private<String>,
    /// The day of the approval, in the approver's time zone.
    pub on: Date,
    /// The [fingerprint](MessageCopy::fingerprint) of the approved copy.
    pub fingerprint: String,
}

impl Approval {
    /// Whether these are the approved words.
    pub fn covers(&self, copy: &MessageCopy) -> bool {
        self.fingerprint.eq_ignore_ascii_case(&copy.fingerprint())
    }
}

impl MessageCopy {
    /// The latest of `approvals` that covers the copy, to be kept as evidence. Fails with `not_approved` if none covers
    /// it; then it must not be sent.
    pub fn approved_by<'a>(&self, approvals: &'a [Approval]) -> Result<&'a Approval, CopyError> {
        approvals
            .iter()
            .filter(|approval| approval.covers(self))
            .max_by_key(|approval| approval.on)
            .ok_or_else(|| {
                let kind = Kind::NotApproved {
                    copy: self.name.clone(),
                    fingerprint: self.fingerprint(),
                };
                CopyError::new(kind, None)
            })
    }
}
