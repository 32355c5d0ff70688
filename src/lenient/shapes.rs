//! Values that come in several shapes: texts as text or inside an object, lists as a list, as one text or as one object.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use serde_with::DeserializeAs;
use serde_with::de::DeserializeAsWrap;

use super::{FromScalar, Lenient};

/// Where texts stand that may come as texts or as objects around them.
pub(crate) trait Texts {
    /// The members of the object that may hold the text.
    const MEMBERS: &'static [&'static str];
    /// Whether a text in place of the list holds all of them, with commas between.
    const COMMAS: bool = true;
    /// Whether a number is one of them.
    const NUMBERS: bool = false;
}

/// Further phone numbers: `"+1312…"` or `{"phone":"+1312…","phoneLabel":"…"}`.
pub(crate) struct Phones;

impl Texts for Phones {
    const MEMBERS: &'static [&'static str] = &["phone", "phoneNumber", "number", "value"];
    const NUMBERS: bool = true;
}

/// Further e-mail addresses: `"a@example.com"` or `{"email":"a@example.com","validEmailDate":"…"}`.
pub(crate) struct Emails;

impl Texts for Emails {
    const MEMBERS: &'static [&'static str] = &["email", "emailAddress", "address", "value"];
}

/// Attachments: `"https://…"` or `{"url":"https://…"}`.
pub(crate) struct Addresses;

impl Texts for Addresses {
    const MEMBERS: &'static [&'static str] = &["url", "fileUrl", "link", "href", "value"];
    // An address may hold commas.
    const COMMAS: bool = false;
}

/// Tags: `"vip"` or `{"name":"vip"}`.
pub(crate) struct Names;

impl Texts for Names {
    const MEMBERS: &'static [&'static str] = &["name", "tag", "value"];
}

/// A list of texts as `S` says, or one text in its place; null and any other JSON type are empty, and what cannot be read
/// is left out. It is read in one go.
///
/// Use as `#[serde_as(deserialize_as = "LenientTexts<Phones>")]` on a `Vec<T>` whose `T` is [`FromScalar`].
pub(crate) struct LenientTexts<S>(PhantomData<S>);

impl<'de, T: FromScalar, S: Texts> DeserializeAs<'de, Vec<T>> for LenientTexts<S> {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(List::<T, S>(PhantomData))
    }
}

struct List<T, S>(PhantomData<(T, S)>);

impl<'de, T: FromScalar, S: Texts> Visitor<'de> for List<T, S> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, a text or null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(One::<T, S>(PhantomData))? {
            list.extend(item);
        }
        Ok(list)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        let texts = text.split(|c| S::COMMAS && c == ',').map(str::trim);
        Ok(texts
            .filter(|text| !text.is_empty())
            .filter_map(T::from_text)
            .collect())
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Vec<T>, A::Error> {
        let one = One::<T, S>(PhantomData).visit_map(entries)?;
        Ok(one.into_iter().collect())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
}

/// One of the list.
struct One<T, S>(PhantomData<(T, S)>);

impl<'de, T: FromScalar, S: Texts> DeserializeSeed<'de> for One<T, S> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: FromScalar, S: Texts> Visitor<'de> for One<T, S> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or an object around it")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<T>, E> {
        Ok(T::from_text(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<T>, A::Error> {
        let mut found = None;
        while let Some(is_it) = entries.next_key_seed(OneOf(S::MEMBERS))? {
            if is_it && found.is_none() {
                type Read<T> = DeserializeAsWrap<Option<T>, Lenient>;
                found = entries.next_value::<Read<T>>()?.into_inner();
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<T>, E> {
        Ok(S::NUMBERS.then(|| T::from_unsigned(number)).flatten())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// Whether a key is one of these.
pub(super) struct OneOf(pub(super) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for OneOf {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for OneOf {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<bool, E> {
        Ok(self.0.contains(&key))
    }
}

/// A list whose items are read one by one, or one item in its place, or an object that has the items as its members. `None`
/// if it is none of these: what cannot be read is not nothing.
///
/// Use as `#[serde_as(deserialize_as = "LenientItems")]` on an `Option<Vec<T>>`.
pub(crate) struct LenientItems;

impl<'de, T: Deserialize<'de>> DeserializeAs<'de, Option<Vec<T>>> for LenientItems {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        if json.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(de::Error::custom)?;
            let items = items
                .into_iter()
                .map(|item| serde_json::from_str(item.get()));
            return Ok(Some(items.filter_map(Result::ok).collect()));
        }
        if let Ok(one) = serde_json::from_str(json) {
            return Ok(json.starts_with('{').then(|| vec![one]));
        }
        let members: Result<BTreeMap<&str, T>, _> = serde_json::from_str(json);
        let items = members.ok().map(|members| members.into_values().collect());
        Ok(items.filter(|items: &Vec<T>| !items.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_with::serde_as;

    use super::*;

    #[serde_as]
    #[derive(Deserialize, Debug, Default, PartialEq)]
    #[serde(default)]
    struct Row {
        #[serde_as(deserialize_as = "LenientTexts<Phones>")]
        phones: Vec<String>,
        #[serde_as(deserialize_as = "LenientTexts<Addresses>")]
        files: Vec<String>,
        #[serde_as(deserialize_as = "LenientItems")]
        pairs: Option<Vec<(u8, u8)>>,
        #[serde_as(deserialize_as = "LenientItems")]
        hours: Option<Vec<Hours>>,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Hours {
        open: u8,
    }

    fn read(json: &str) -> Row {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_text_is_read_alone_and_inside_an_object() {
        for (phones, expected) in [
            (r#"["+1","+2"]"#, &["+1", "+2"][..]),
            (
                r#"[{"phone":"+1","phoneLabel":"Work"},"+2",null,7.5,{"x":[1]},[]]"#,
                &["+1", "+2"],
            ),
            (
                r#"[{"label":"a","number":12},15550001234]"#,
                &["12", "15550001234"],
            ),
            (r#""+1, +2,""#, &["+1", "+2"]),
            (r#"{"phone":"+1"}"#, &["+1"]),
            ("null", &[]),
            ("7", &[]),
            ("true", &[]),
        ] {
            let row = read(&format!(r#"{{"phones":{phones}}}"#));
            assert_eq!(row.phones, expected, "{phones}");
        }
        let row = read(r#"{"files":["https://a/1,2",{"url":"https://b/"}]}"#);
        assert_eq!(row.files, ["https://a/1,2", "https://b/"]);
        assert_eq!(
            read(r#"{"files":"https://a/1,2"}"#).files,
            ["https://a/1,2"]
        );
    }

    #[test]
    fn a_list_that_cannot_be_read_is_not_an_empty_one() {
        let open = |hours: &[u8]| Some(hours.iter().map(|open| Hours { open: *open }).collect());
        for (hours, expected) in [
            (r#"[{"open":1},{"closed":2},{"open":3}]"#, open(&[1, 3])),
            ("[]", open(&[])),
            (r#"{"open":1}"#, open(&[1])),
            (r#"{"0":{"open":1},"1":{"open":2}}"#, open(&[1, 2])),
            ("{}", None),
            (r#"{"monday":"9-5"}"#, None),
            (r#""9-5""#, None),
            ("null", None),
        ] {
            let row = read(&format!(r#"{{"hours":{hours}}}"#));
            assert_eq!(row.hours, expected, "{hours}");
        }
        assert_eq!(read(r#"{"pairs":[[1,2],[3]]}"#).pairs, Some(vec![(1, 2)]));
    }
}
