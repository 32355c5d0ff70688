//! Which callers cannot or must not be texted, according to the number alone and to lists that the host keeps.
//!
//! HighLevel's API reports neither the type of a line nor its spam rating. A text to a landline fails with the error
//! 30006, 21614 or 21635 (help article 155000003201); then the number belongs on the list.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::numbering_plan::{NumberingPlan, Service};
use super::region::Country;
use super::service_numbers::ServiceNumbers;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::call::Caller;

/// Numbers that must not be texted, and countries that may be. `Debug` shows the last four digits of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerLists {
    /// The numbers of the business itself; otherwise two automatic replies would answer each other.
    pub own: BTreeSet<PhoneNumber>,
    /// The phones of owners, staff and forwarding targets.
    pub staff: BTreeSet<PhoneNumber>,
    /// The blocked numbers.
    pub blocked: BTreeSet<PhoneNumber>,
    /// The numbers that are known not to receive texts.
    pub landlines: BTreeSet<PhoneNumber>,
    /// The countries whose numbers may be texted. A North American number whose area code is not in the table counts as
    /// one of the United States, like nearly all new codes.
    pub countries: BTreeSet<Country>,
}

impl Default for CallerLists {
    /// No numbers; the United States and Canada.
    fn default() -> Self {
        Self {
            own: BTreeSet::new(),
            staff: BTreeSet::new(),
            blocked: BTreeSet::new(),
            landlines: BTreeSet::new(),
            countries: BTreeSet::from([Country::US, Country::CA]),
        }
    }
}

impl CallerLists {
    /// The calling code of all the countries that may be texted, if they have one in common: numbers that are written
    /// without a code are read by it.
    pub(crate) fn calling_code(&self) -> Option<u16> {
        let mut countries = self.countries.iter();
        let table = NumberingPlan::built_in();
        let code = table.calling_code(*countries.next()?)?;
        countries
            .all(|country| table.calling_code(*country) == Some(code))
            .then_some(code)
    }
}

/// Why a caller gets no text. `Display` explains it to people, without the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotTextable {
    /// The caller hid the number.
    #[error("the caller's number is withheld")]
    Withheld,
    /// Three to six digits: a service.
    #[error("the caller is a short code")]
    ShortCode,
    /// Not a number in E.164.
    #[error("the caller's number cannot be read")]
    Unreadable,
    /// A number that cannot exist, invented or truncated: too few digits, or an area code that begins with 0.
    #[error("the caller's number is one that nobody can have")]
    Impossible,
    /// A number of the business itself.
    #[error("the caller is a number of the business itself")]
    OwnNumber,
    /// A number of the staff.
    #[error("the caller is on the list of staff")]
    Staff,
    /// A blocked number.
    #[error("the caller is on the block-list")]
    Blocked,
    /// Toll-free: a business.
    #[error("the caller's number is toll-free")]
    TollFree,
    /// Premium: the caller would pay for an answer.
    #[error("the caller's number is a premium one")]
    Premium,
    /// Shared cost: the caller would pay for an answer.
    #[error("the caller's number is one of shared cost")]
    SharedCost,
    /// A number of machines, carriers, governments or whole companies.
    #[error("the caller's number belongs to no place")]
    NonGeographic,
    /// A known landline.
    #[error("the caller's line is known to take no texts")]
    Landline,
    /// A country that may not be texted, or an unknown one.
    #[error("the caller's country is not one that may be texted")]
    Country,
    /// The contact has a tag whose contacts get no messages.
    #[error("the contact has a tag whose contacts get no messages")]
    Tagged,
}

impl NotTextable {
    /// The stored word, such as `toll_free`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Withheld => "withheld",
            Self::ShortCode => "short_code",
            Self::Unreadable => "unreadable",
            Self::Impossible => "impossible",
            Self::OwnNumber => "own_number",
            Self::Staff => "staff",
            Self::Blocked => "blocked",
            Self::TollFree => "toll_free",
            Self::Premium => "premium",
            Self::SharedCost => "shared_cost",
            Self::NonGeographic => "non_geographic",
            Self::Landline => "landline",
            Self::Country => "country",
            Self::Tagged => "tagged",
        }
    }

    /// Whether the call is not from a customer, so that no step follows from it.
    pub(crate) fn is_not_a_lead(self) -> bool {
        matches!(self, Self::OwnNumber | Self::Staff | Self::Blocked)
    }
}

/// The number to text, unless the caller cannot or must not be texted. If several reasons apply, the most specific one
/// is reported: first who the caller is, then the kind of number, then the kind of line, then the country.
pub fn textable<'c>(
    caller: &'c Caller,
    lists: &CallerLists,
    table: &NumberingPlan,
) -> Result<&'c PhoneNumber, NotTextable> {
    let number = match caller {
        Caller::Number(number) => number,
        Caller::Withheld => return Err(NotTextable::Withheld),
        Caller::ShortCode => return Err(NotTextable::ShortCode),
        Caller::Unreadable => return Err(NotTextable::Unreadable),
    };
    let origin = table.origin(number);
    let service = origin.and_then(|origin| origin.service);
    let service = service.or_else(|| ServiceNumbers::built_in().service(number));
    let country = match origin {
        Some(origin) => origin.country,
        None => number.e164().starts_with("+1").then_some(Country::US),
    };
    let reason = if lists.own.contains(number) {
        NotTextable::OwnNumber
    } else if lists.staff.contains(number) {
        NotTextable::Staff
    } else if lists.blocked.contains(number) {
        NotTextable::Blocked
    } else if number.impossible().is_some() {
        NotTextable::Impossible
    } else if let Some(service) = service {
        match service {
            Service::TollFree => NotTextable::TollFree,
            Service::Premium => NotTextable::Premium,
            Service::SharedCost => NotTextable::SharedCost,
            Service::NonGeographic => NotTextable::NonGeographic,
        }
    } else if lists.landlines.contains(number) {
        NotTextable::Landline
    } else if !country.is_some_and(|country| lists.countries.contains(&country)) {
        NotTextable::Country
    } else {
        return Ok(number);
    };
    Err(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(from: &str, lists: &CallerLists) -> Option<NotTextable> {
        let caller = Caller::from_wire(Some(from));
        let textable = textable(&caller, lists, NumberingPlan::built_in());
        if let Ok(number) = textable {
            assert_eq!(number.e164(), from);
        }
        textable.err()
    }

    #[test]
    fn by_the_number_alone() {
        use NotTextable::{
            Country, Impossible, NonGeographic, Premium, ShortCode, TollFree, Unreadable, Withheld,
        };
        for (from, expected) in [
            ("+13055550100", None),
            ("+14165550100", None),
            ("+12325550100", None), // newer than the table
            ("anonymous", Some(Withheld)),
            ("+266696687", Some(Withheld)),
            ("72345", Some(ShortCode)),
            ("3055550100", Some(Unreadable)),
            ("+18005550100", Some(TollFree)),
            ("+18335550100", Some(TollFree)),
            ("+19005550100", Some(Premium)),
            ("+15215550100", Some(NonGeographic)),
            ("+18765550100", Some(Country)), // Jamaica
            ("+442079460000", Some(Country)),
            ("+1305555010", Some(Impossible)),
            ("+130555501000", Some(Impossible)),
            ("+10365550142", Some(Impossible)),
            ("+12120123456", Some(Impossible)),
            ("+12115550100", Some(Impossible)),
            ("+19995550100", Some(Impossible)),
            ("+2100000000", Some(Impossible)),
        ] {
            assert_eq!(reason(from, &CallerLists::default()), expected, "{from}");
        }
        let british = CallerLists {
            countries: BTreeSet::from([super::Country::read("GB").unwrap()]),
            ..CallerLists::default()
        };
        assert_eq!(reason("+442079460000", &british), None);
        assert_eq!(reason("+13055550100", &british), Some(Country));
    }

    #[test]
    fn services_of_a_country_that_is_opened() {
        use NotTextable::{NonGeographic, Premium, SharedCost, TollFree};
        let europe = CallerLists {
            countries: ["GB", "FR", "DE", "AU", "ES", "IT", "MX", "BR", "IN", "BS"]
                .into_iter()
                .filter_map(super::Country::read)
                .collect(),
            ..CallerLists::default()
        };
        for (from, expected) in [
            ("+448001234567", Some(TollFree)),
            ("+449012345678", Some(Premium)),
            ("+448431234567", Some(Premium)),
            ("+443001234567", Some(NonGeographic)),
            ("+33800123456", Some(TollFree)),
            ("+33899123456", Some(Premium)),
            ("+491801234567", Some(SharedCost)),
            ("+611300123456", Some(SharedCost)),
            ("+34900123456", Some(TollFree)),
            ("+39800123456", Some(TollFree)),
            ("+528001234567", Some(TollFree)),
            ("+558001234567", Some(TollFree)),
            ("+911800123456", Some(TollFree)),
            ("+12423001234", Some(TollFree)),
            ("+447700900123", None),
            ("+442079460958", None),
            ("+33612345678", None),
            ("+390612345678", None),
            ("+12424771234", None),
        ] {
            assert_eq!(reason(from, &europe), expected, "{from}");
        }
    }

    #[test]
    fn one_calling_code_or_several() {
        let code = |countries: &[&str]| {
            let countries = countries
                .iter()
                .map(|country| super::Country::read(country).unwrap());
            CallerLists {
                countries: countries.collect(),
                ..CallerLists::default()
            }
            .calling_code()
        };
        assert_eq!(CallerLists::default().calling_code(), Some(1));
        assert_eq!(code(&["US", "CA", "JM"]), Some(1));
        assert_eq!(code(&["GB"]), Some(44));
        assert_eq!(code(&["US", "GB"]), None);
        assert_eq!(code(&[]), None);
        assert_eq!(code(&["ZZ"]), None);
    }

    #[test]
    fn by_the_lists() {
        let number = "+13055550100";
        let listed = || BTreeSet::from([number.parse().unwrap()]);
        let everywhere = CallerLists {
            own: listed(),
            staff: listed(),
            blocked: listed(),
            landlines: listed(),
            countries: BTreeSet::new(),
        };
        let mut lists = everywhere;
        assert_eq!(reason(number, &lists), Some(NotTextable::OwnNumber));
        lists.own.clear();
        assert_eq!(reason(number, &lists), Some(NotTextable::Staff));
        lists.staff.clear();
        assert_eq!(reason(number, &lists), Some(NotTextable::Blocked));
        lists.blocked.clear();
        assert_eq!(reason(number, &lists), Some(NotTextable::Landline));
        lists.landlines.clear();
        assert_eq!(reason(number, &lists), Some(NotTextable::Country));
        lists.countries.insert(Country::US);
        assert_eq!(reason(number, &lists), None);
        assert_eq!(reason("+13055550101", &lists), None);
    }

    #[test]
    fn numbers_are_not_printed() {
        let lists = CallerLists {
            staff: BTreeSet::from(["+13055550100".parse().unwrap()]),
            ..CallerLists::default()
        };
        assert!(!format!("{lists:?}").contains("305555"));
    }
}
