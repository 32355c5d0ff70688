//! Which of several copies a caller gets. Conditions on the call select the most specific copy, and an experiment
//! splits callers between copies so that each caller always gets the same one.

use std::collections::BTreeSet;

use super::message::MessageCopy;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::model::place_among;

/// What is known of a call when its copy is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyContext {
    /// The number of the business that was called.
    pub called: Option<PhoneNumber>,
    /// Whether the business was open; nothing if its hours are not known.
    pub in_hours: Option<bool>,
    /// Whether the caller left a voicemail.
    pub voicemail: bool,
    /// Whether the same person's call was missed before.
    pub repeat_caller: bool,
    /// Where the call came from, such as the tag of a campaign or tracking number.
    pub source: Option<String>,
}

/// The calls that a copy is for. All conditions must hold; a copy without conditions is for every call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// One of these numbers was called; any number if there are none.
    pub called: BTreeSet<PhoneNumber>,
    /// The call came from one of these sources; any source if there are none.
    pub source: BTreeSet<String>,
    /// The caller's call was missed before, or was not.
    pub repeat_caller: Option<bool>,
    /// The caller left a voicemail, or did not.
    pub voicemail: Option<bool>,
    /// The business was open, or was not. Neither holds while its hours are not known.
    pub in_hours: Option<bool>,
}

impl Conditions {
    fn hold(&self, context: &CopyContext) -> bool {
        meets(&self.called, context.called.as_ref())
            && meets(&self.source, context.source.as_ref())
            && self
                .repeat_caller
                .is_none_or(|asked| asked == context.repeat_caller)
            && self
                .voicemail
                .is_none_or(|asked| asked == context.voicemail)
            && self
                .in_hours
                .is_none_or(|asked| context.in_hours == Some(asked))
    }

    /// Which conditions there are, the most important first: a link of the wrong location is a worse mistake than the
    /// wrong greeting.
    fn specificity(&self) -> [bool; 5] {
        [
            !self.called.is_empty(),
            !self.source.is_empty(),
            self.repeat_caller.is_some(),
            self.voicemail.is_some(),
            self.in_hours.is_some(),
        ]
    }

    /// Whether a call can meet both and neither of them is more specific.
    fn compete(&self, other: &Self) -> bool {
        self.specificity() == other.specificity()
            && self.repeat_caller == other.repeat_caller
            && self.voicemail == other.voicemail
            && self.in_hours == other.in_hours
            && overlap(&self.called, &other.called)
            && overlap(&self.source, &other.source)
    }
}

fn meets<T: Ord>(asked: &BTreeSet<T>, known: Option<&T>) -> bool {
    asked.is_empty() || known.is_some_and(|known| asked.contains(known))
}

fn overlap<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> bool {
    (one.is_empty() && other.is_empty()) || !one.is_disjoint(other)
}

/// A copy's share in an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// The experiment's name. Another name assigns the callers again.
    pub experiment: String,
    /// How many callers get this copy, in proportion to the other arms; none with 0.
    pub weight: u32,
}

/// A copy and the calls that it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The copy; its name identifies the variant.
    pub copy: MessageCopy,
    /// The calls that it is for.
    pub when: Conditions,
    /// Its share, if another copy is for the same calls.
    pub arm: Option<Arm>,
}

/// Why several copies cannot be used together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidVariants {
    /// Two have the same name.
    #[error("two copies are called `{0}`; give each a name of its own")]
    SameName(String),
    /// Two copies are for the same calls, and nothing decides between them.
    #[error(
        "`{0}` and `{1}` are meant for the same calls; give one a further condition, or make both arms of one \
         experiment with the same conditions"
    )]
    SameCalls(String, String),
    /// All arms of an experiment weigh nothing.
    #[error("all arms of the experiment `{0}` have the weight 0; give one a weight")]
    NoWeight(String),
}

/// Copies, at most one of which is for each call and caller.
///
/// The most specific copy wins: one for the number that was called before one for the source, then for repeat callers,
/// for voicemails, for business hours, and last the one without conditions.
///
/// ```
/// use gohighlevel::recipes::missed_call::copy::{
///     Conditions, CopyContext, MessageCopy, Template, Variant, Variants,
/// };
///
/// let variant = |name: &str, when| -> Result<Variant, Box<dyn std::error::Error>> {
///     let body = Template::parse("Sorry we missed you.")?;
///     Ok(Variant { copy: MessageCopy::new(name, body), when, arm: None })
/// };
/// let closed = Conditions { in_hours: Some(false), ..Conditions::default() };
/// let variants = Variants::new(vec![
///     variant("always", Conditions::default())?,
///     variant("after_hours", closed)?,
/// ])?;
///
/// let at_night = CopyContext { in_hours: Some(false), ..CopyContext::default() };
/// let chosen = variants.choose(&at_night, "the caller's key");
/// assert_eq!(chosen.map(|variant| variant.copy.name()), Some("after_hours"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Variants {
    list: Vec<Variant>,
}

impl Variants {
    /// The variants, if it is clear for every call which one is for it.
    pub fn new(list: Vec<Variant>) -> Result<Self, InvalidVariants> {
        for (at, variant) in list.iter().enumerate() {
            let name = &variant.copy.name;
            let others = list.iter().skip(at + 1);
            for other in others {
                if other.copy.name == *name {
                    return Err(InvalidVariants::SameName(name.clone()));
                }
                if variant.when.compete(&other.when) && !variant.is_tried_against(other) {
                    let other = other.copy.name.clone();
                    return Err(InvalidVariants::SameCalls(name.clone(), other));
                }
            }
            if let Some(arm) = &variant.arm
                && list
                    .iter()
                    .filter(|other| other.when == variant.when)
                    .all(|other| other.weight() == 0)
            {
                return Err(InvalidVariants::NoWeight(arm.experiment.clone()));
            }
        }
        Ok(Self { list })
    }

    /// All of them, in the given order.
    pub fn iter(&self) -> impl Iterator<Item = &Variant> {
        self.list.iter()
    }

    /// The copies for this call. If there are several, they are arms of one experiment.
    pub(crate) fn meant(&self, context: &CopyContext) -> impl Iterator<Item = &Variant> {
        let holding = || {
            let list = self.list.iter();
            list.filter(|variant| variant.when.hold(context))
        };
        let best = holding().map(|variant| variant.when.specificity()).max();
        holding().filter(move |variant| Some(variant.when.specificity()) == best)
    }

    /// The copy for this call, if there is one. `subject` names the caller: the same subject always gets the same arm
    /// of an experiment, and another arm only if the weights change.
    pub fn choose(&self, context: &CopyContext, subject: &str) -> Option<&Variant> {
        let arms = || self.meant(context);
        let first = arms().next()?;
        let Some(arm) = &first.arm else {
            return Some(first);
        };
        let total: u64 = arms().map(|variant| variant.weight()).sum();
        let mut point = place_among(&arm.experiment, subject, total);
        arms().find(|variant| {
            let within = point < variant.weight();
            point = point.saturating_sub(variant.weight());
            within
        })
    }
}

impl Variant {
    fn weight(&self) -> u64 {
        self.arm.as_ref().map_or(0, |arm| u64::from(arm.weight))
    }

    fn is_tried_against(&self, other: &Self) -> bool {
        let same_experiment = matches!((&self.arm, &other.arm), (Some(mine), Some(theirs))
            if mine.experiment == theirs.experiment);
        same_experiment && self.when == other.when
    }
}
