//! Countries and states: the codes that the tables of rules use, and how they are read from what people enter.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

/// A country, by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// Canada.
    pub const CA: Self = Self(*b"CA");
    /// The United States, with their territories.
    pub const US: Self = Self(*b"US");

    /// Reads two letters, in any case. `None` for anything else; whether the country exists is not checked.
    pub fn read(text: &str) -> Option<Self> {
        match text.trim().as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([
                    first.to_ascii_uppercase(),
                    second.to_ascii_uppercase(),
                ]))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.0.map(char::from);
        write!(f, "{first}{second}")
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

impl TryFrom<String> for Country {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::read(&text)
            .ok_or_else(|| format!("`{text}` is no country; write two letters, such as US"))
    }
}

/// A state or territory of the United States, the District of Columbia, or a province or territory of Canada.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct State(&'static str);

/// Postal codes and names: US Postal Service publication 28, appendix B, and Canada Post's addressing guidelines.
const STATES: &[(&str, &str)] = &[
    ("AK", "Alaska"),
    ("AL", "Alabama"),
    ("AR", "Arkansas"),
    ("AS", "American Samoa"),
    ("AZ", "Arizona"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DC", "District of Columbia"),
    ("DE", "Delaware"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("GU", "Guam"),
    ("HI", "Hawaii"),
    ("IA", "Iowa"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("MA", "Massachusetts"),
    ("MD", "Maryland"),
    ("ME", "Maine"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MO", "Missouri"),
    ("MP", "Northern Mariana Islands"),
    ("MS", "Mississippi"),
    ("MT", "Montana"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("NE", "Nebraska"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NV", "Nevada"),
    ("NY", "New York"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("PR", "Puerto Rico"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VA", "Virginia"),
    ("VI", "Virgin Islands"),
    ("VT", "Vermont"),
    ("WA", "Washington"),
    ("WI", "Wisconsin"),
    ("WV", "West Virginia"),
    ("WY", "Wyoming"),
    ("AB", "Alberta"),
    ("BC", "British Columbia"),
    ("MB", "Manitoba"),
    ("NB", "New Brunswick"),
    ("NL", "Newfoundland and Labrador"),
    ("NS", "Nova Scotia"),
    ("NT", "Northwest Territories"),
    ("NU", "Nunavut"),
    ("ON", "Ontario"),
    ("PE", "Prince Edward Island"),
    ("QC", "Quebec"),
    ("SK", "Saskatchewan"),
    ("YT", "Yukon"),
];

/// Other ways to write some of them.
const SPELLINGS: &[(&str, &str)] = &[
    ("DC", "washingtondc"),
    ("NL", "newfoundland"),
    ("QC", "québec"),
    ("VI", "usvirginislands"),
    ("WA", "washingtonstate"),
    ("YT", "yukonterritory"),
];

impl State {
    /// Reads a postal code or an English name, in any case and with any spaces and full stops, as people fill in a
    /// contact's `state`. `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let folded: String = text
            .chars()
            .filter(|character| !matches!(character, '.' | ',' | '-') && !character.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect();
        let plain = |name: &str| name.to_lowercase().replace(' ', "");
        let named = STATES
            .iter()
            .find(|(code, name)| folded.eq_ignore_ascii_case(code) || folded == plain(name))
            .or_else(|| SPELLINGS.iter().find(|(_, spelling)| folded == *spelling));
        named.map(|(code, _)| Self(code))
    }

    /// The two letters of its postal code.
    pub fn code(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State({})", self.0)
    }
}

impl From<State> for String {
    fn from(state: State) -> Self {
        state.0.to_owned()
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| {
            let what = format!("`{text}` is no state; write its postal code, such as FL or ON");
            de::Error::custom(what)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_states_as_people_write_them() {
        for (text, code) in [
            ("FL", "FL"),
            ("fl", "FL"),
            (" Florida ", "FL"),
            ("new  york", "NY"),
            ("N.Y.", "NY"),
            ("Washington", "WA"),
            ("Washington, D.C.", "DC"),
            ("District of Columbia", "DC"),
            ("Québec", "QC"),
            ("quebec", "QC"),
            ("Puerto Rico", "PR"),
        ] {
            assert_eq!(State::read(text).map(State::code), Some(code), "{text}");
        }
        for text in ["", "F", "Bavaria", "Floridaa", "XX", "new"] {
            assert_eq!(State::read(text), None, "{text}");
        }
    }

    #[test]
    fn every_state_is_found_by_its_code_and_its_name() {
        for (code, name) in STATES {
            assert_eq!(State::read(code).map(State::code), Some(*code));
            assert_eq!(State::read(name).map(State::code), Some(*code));
        }
        for (code, spelling) in SPELLINGS {
            assert_eq!(State::read(spelling).map(State::code), Some(*code));
        }
    }

    #[test]
    fn codes_travel_as_two_letters() {
        let state: State = serde_json::from_str("\"florida\"").unwrap();
        assert_eq!(serde_json::to_string(&state).unwrap(), "\"FL\"");
        let country: Country = serde_json::from_str("\"us\"").unwrap();
        assert_eq!(country, Country::US);
        assert_eq!(serde_json::to_string(&country).unwrap(), "\"US\"");
        assert_eq!(Country::read("USA"), None);
    }
}
