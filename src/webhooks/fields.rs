//! The fields of one JSON object, each read by itself: whatever is odd about one of them costs that one alone.
//!
//! Only the reader lives here. It differs from a derived `Deserialize` in three ways that signed bodies need: a key
//! that comes twice is not a failure (the last one counts, as in JavaScript), nor is a value of the wrong type,
//! and text with half of a surrogate pair (what is left of an emoji that HighLevel cut) is kept, not refused.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_with::de::DeserializeAsWrap;

use crate::lenient::{FromScalar, Lenient};

/// What can be made of an object's fields, whatever they hold.
pub(super) trait Payload {
    fn read(fields: &Fields<'_>) -> Self;
}

/// The fields of a JSON object, not yet read, as they come. Every webhook passes here: nothing is copied that need not
/// be, and among so few fields a look at each is the fastest search.
pub(super) struct Fields<'a>(Vec<(Name<'a>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// `None` if `json` is not one JSON object.
    pub(super) fn read(json: &'a [u8]) -> Option<Self> {
        struct Object;

        impl<'a> Visitor<'a> for Object {
            type Value = Fields<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Fields<'a>, A::Error> {
                let mut fields = Vec::with_capacity(32);
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let fields = deserializer.deserialize_map(Object).ok()?;
        deserializer.end().ok()?;
        Some(fields)
    }

    fn raw(&self, name: &str) -> Option<&'a RawValue> {
        let mut last_first = self.0.iter().rev();
        let found = last_first.find(|(other, _)| other.0 == name);
        found.map(|(_, raw)| *raw)
    }

    /// The scalar in field `name`; `None` where it is missing, null, no scalar, or cannot be read as a `T`.
    pub(super) fn scalar<T: FromScalar>(&self, name: &str) -> Option<T> {
        scalar(self.raw(name)?)
    }

    /// The scalar in field `name`, or in the first item of the list there.
    pub(super) fn scalar_or_first<T: FromScalar>(&self, name: &str) -> Option<T> {
        let raw = self.raw(name)?;
        scalar(raw).or_else(|| items(raw).into_iter().find_map(scalar))
    }

    /// The scalars of the list in field `name`, without those that cannot be read.
    pub(super) fn list<T: FromScalar>(&self, name: &str) -> Vec<T> {
        let raw = self.raw(name);
        raw.map_or_else(Vec::new, |raw| {
            items(raw).into_iter().filter_map(scalar).collect()
        })
    }

    /// The object in field `name`.
    pub(super) fn object(&self, name: &str) -> Option<Fields<'a>> {
        Fields::read(self.raw(name)?.get().as_bytes())
    }

    /// What each object of the list in field `name` says.
    pub(super) fn payloads<T: Payload>(&self, name: &str) -> Vec<T> {
        let raw = self.raw(name);
        let objects = raw.map_or_else(Vec::new, |raw| items(raw)).into_iter();
        objects
            .filter_map(|raw| Fields::read(raw.get().as_bytes()))
            .map(|fields| T::read(&fields))
            .collect()
    }

    /// All fields that are objects, with their names.
    pub(super) fn objects(&self) -> impl Iterator<Item = (&str, Fields<'a>)> {
        let fields = self.0.iter().map(|(name, raw)| (&*name.0, *raw));
        // Of those with the same name the last stays.
        let fields: BTreeMap<&str, &'a RawValue> = fields.collect();
        fields.into_iter().filter_map(|(name, raw)| {
            Fields::read(raw.get().as_bytes()).map(|fields| (name, fields))
        })
    }
}

/// A field's name, out of the JSON itself unless something in it is escaped.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

fn items(raw: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

fn scalar<T: FromScalar>(raw: &RawValue) -> Option<T> {
    match serde_json::from_str::<DeserializeAsWrap<Option<T>, Lenient>>(raw.get()) {
        Ok(read) => read.into_inner(),
        // The JSON itself is well formed, so this is text that is no Unicode.
        Err(_) => T::from_text(&text_with_lone_surrogates(raw)?),
    }
}

/// The text of a JSON string in which half a surrogate pair is escaped, with replacement characters in its place.
fn text_with_lone_surrogates(raw: &RawValue) -> Option<String> {
    struct Lossy;

    impl Visitor<'_> for Lossy {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
            Ok(String::from_utf8_lossy(bytes).into_owned())
        }
    }

    serde_json::Deserializer::from_str(raw.get())
        .deserialize_bytes(Lossy)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_field_costs_nothing_but_itself() {
        let fields = Fields::read(
            br#"{"a":"first","\u0061":"second","a":"last","cut":"STOP \ud83d","n":7,"no":{"deep":[1]},"null":null,
                "list":["x",{},null,"y"],"one":"z","meta":{"call":{"duration":"12"}}}"#,
        )
        .unwrap();
        let text = |name: &str| fields.scalar::<String>(name);
        assert_eq!(text("a").as_deref(), Some("last"));
        assert!(text("cut").unwrap().starts_with("STOP \u{fffd}"));
        assert_eq!(text("n").as_deref(), Some("7"));
        assert_eq!(
            (text("no"), text("null"), text("absent")),
            (None, None, None)
        );
        assert_eq!(fields.list::<String>("list"), ["x", "y"]);
        assert_eq!(fields.list::<String>("n"), [""; 0]);
        let first = |name: &str| fields.scalar_or_first::<String>(name);
        assert_eq!(first("list").as_deref(), Some("x"));
        assert_eq!(first("one").as_deref(), Some("z"));
        let call = fields.object("meta").unwrap().object("call").unwrap();
        assert_eq!(call.scalar::<u64>("duration"), Some(12));
    }

    #[test]
    fn only_an_object_has_fields() {
        for json in ["", "null", "[]", "\"{}\"", "{", "{} {}", "7", "{\"a\":}"] {
            assert!(Fields::read(json.as_bytes()).is_none(), "{json}");
        }
        assert!(Fields::read(b"{\"a\":\"\xff\"}").is_none());
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(9_000), "]".repeat(9_000));
        let deep = Fields::read(deep.as_bytes()).unwrap();
        assert_eq!(deep.scalar::<String>("a"), None);
    }
}
