//! Lists as they stand in an answer: what could be read of them, and how many entries they have.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::lenient::Item;

/// The entries of a list in an answer; null is an empty list.
///
/// An entry that cannot be read is left out and counted. A value that is not a list, or a list without a readable entry, has no entries
/// and is not [`listed`](Self::listed): for a stream that is an error, since it would otherwise look like the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entries<T> {
    pub(crate) items: Vec<T>,
    /// How many there are, with those that cannot be read.
    pub(crate) count: usize,
    /// Whether there is a list, be it an empty one, and something of it can be read.
    pub(crate) listed: bool,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            count: 0,
            listed: false,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(List(PhantomData))
    }
}

/// Something that is listed, with what no other of its listing has.
pub(crate) trait Named {
    /// Its id, or what it has in the place of one; `None` if HighLevel sent neither.
    fn name(&self) -> Option<&str>;
}

/// By the field `id`, which is always there.
macro_rules! named_by_id {
    ($($listed:ty),+ $(,)?) => {$(
        impl Named for $listed {
            fn name(&self) -> Option<&str> {
                Some(self.id.as_str())
            }
        }
    )+};
}

named_by_id!(
    super::businesses::Business,
    super::calendars::AppointmentNote,
    super::calendars::Schedule,
    super::contacts::Contact,
    super::conversations::Conversation,
    super::conversations::Message,
    super::custom_menus::CustomMenu,
    super::email_templates::EmailTemplateEntry,
    super::forms::Form,
    super::forms::FormSubmission,
    super::funnels::Funnel,
    super::links::Link,
    super::locations::LocationDetails,
    super::opportunities::LostReason,
    super::opportunities::Opportunity,
    super::tasks::Task,
    super::templates::Template,
    super::users::User,
    super::voice_ai::VoiceAiAgent,
    super::voice_ai::VoiceAiCall,
);

/// A number as HighLevel takes it, to count with.
pub(crate) fn count(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}

/// What the address of the next page asks for, where HighLevel gives one. Its host is one of HighLevel's own machines and
/// is not asked.
pub(crate) struct NextPageUrl(Vec<(String, String)>);

impl NextPageUrl {
    pub(crate) fn read(address: &str) -> Self {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// The value of a parameter, if it has one.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let pairs = self.0.iter();
        let mut named = pairs.filter(|(key, value)| key == name && !value.is_empty());
        named.next().map(|(_, value)| value.as_str())
    }
}

/// Whether a field that names the next page (a number, an address, a flag) names one.
pub(crate) fn says_more(next: Option<&str>) -> bool {
    next.is_some_and(|next| !matches!(next.trim(), "" | "0" | "false" | "null"))
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Entries<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Entries<T>, A::Error> {
        let mut list = Entries::default();
        while let Some(item) = entries.next_element_seed(Item::default())? {
            list.count += 1;
            list.items.extend(item);
        }
        list.listed = !list.items.is_empty() || list.count == 0;
        Ok(list)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Entries<T>, E> {
        Ok(Entries {
            listed: true,
            ..Entries::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Entries<T>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Entries::default())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Entries<T>, E> {
        Ok(Entries::default())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Entries<T>, E> {
        Ok(Entries::default())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Entries<T>, E> {
        Ok(Entries::default())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Entries<T>, E> {
        Ok(Entries::default())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Entries<T>, E> {
        Ok(Entries::default())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Page {
        #[serde(default)]
        numbers: Entries<u8>,
    }

    #[test]
    fn what_is_no_list_is_no_end() {
        for (json, items, count) in [
            (r#"{"numbers":[1,"x",2,{"a":[1]},300]}"#, &[1, 2][..], 5),
            (r#"{"numbers":[]}"#, &[], 0),
            (r#"{"numbers":null}"#, &[], 0),
        ] {
            let Page { numbers } = serde_json::from_str(json).unwrap();
            assert_eq!(
                (&numbers.items[..], numbers.count),
                (items, count),
                "{json}"
            );
        }
        for (json, count) in [
            ("{}", 0),
            ("[]", 0),
            (r#"{"numbers":["a",null]}"#, 2),
            (r#"{"numbers":{"0":1}}"#, 0),
            (r#"{"numbers":"none"}"#, 0),
            (r#"{"numbers":-7.5}"#, 0),
            (r#"{"numbers":true}"#, 0),
        ] {
            let Page { numbers } = serde_json::from_str(json).unwrap();
            assert_eq!((numbers.listed, numbers.count), (false, count), "{json}");
            assert!(numbers.items.is_empty(), "{json}");
        }
    }
}
