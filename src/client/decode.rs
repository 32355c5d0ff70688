//! Decodes an answer's bytes into the requested type. Pure.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::judge::Noted;
use super::wrapped;
use crate::error::{Error, ErrorKind};

/// What an answer is read for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// The operation, such as `appointments.get`.
    pub(super) operation: &'a str,
    /// The field that holds the value by the documentation; `None` if the whole body does.
    pub(super) data_key: Option<&'static str>,
    /// Whether something was written: then an id alone says that it was done.
    pub(super) writes: bool,
}

/// Reads the answer's value: the field `data_key` of the body, or where that does not hold it whatever does (see
/// [`wrapped`]); without such a field the whole body.
pub(super) fn decode<T: DeserializeOwned>(reading: Reading<'_>, body: &[u8]) -> Result<T, Error> {
    let read = match reading.data_key {
        None => whole(body),
        Some(field) => {
            let mut reader = serde_json::Deserializer::from_slice(body);
            match Envelope::new(field).deserialize(&mut reader) {
                Ok(Some(value)) => Some(value),
                _ => wrapped::read(reading, field, body),
            }
        }
    };
    // To know the path at every moment costs more than to read; it is only needed for the error.
    read.map_or_else(|| read_with_path(reading, body), Ok)
}

pub(super) fn whole<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    T::deserialize(&mut serde_json::Deserializer::from_slice(json)).ok()
}

fn read_with_path<T: DeserializeOwned>(reading: Reading<'_>, body: &[u8]) -> Result<T, Error> {
    let fail = |path: String, error: serde_json::Error| {
        // serde's message repeats the value it stumbled on; that may be personal, so only its category is reported.
        let what = match error.classify() {
            _ if body.is_empty() => "the body is empty",
            _ if body.starts_with(&[0x1f, 0x8b]) => {
                "the body is compressed, which was not asked for; check what stands between here and HighLevel"
            }
            serde_json::error::Category::Eof => "the body ends too early",
            serde_json::error::Category::Syntax => "the body is not JSON",
            _ => "a value has another type than documented",
        };
        let noted = Noted::read(body);
        let message = match noted.failure {
            Some(failure) => format!("{what}; HighLevel says: {failure}"),
            None => what.to_owned(),
        };
        Error::new(ErrorKind::Decode { path }, reading.operation.to_owned())
            .with_message(Some(message))
            .with_trace_id(noted.trace_id)
            .with_body(body)
    };
    if let Some(field) = reading.data_key {
        let mut track = serde_path_to_error::Track::new();
        let mut reader = serde_json::Deserializer::from_slice(body);
        let read = Envelope::new(field).deserialize(serde_path_to_error::Deserializer::new(
            &mut reader,
            &mut track,
        ));
        match read {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => {}
            Err(error) => return Err(fail(track.path().to_string(), error)),
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        fail(path, error.into_inner())
    })
}

/// Takes one field out of an object without looking at the others.
struct Envelope<T> {
    field: &'static str,
    value: PhantomData<T>,
}

impl<T> Envelope<T> {
    fn new(field: &'static str) -> Self {
        let value = PhantomData;
        Self { field, value }
    }
}

/// Whether a key is this one.
struct Is(&'static str);

impl<'de> DeserializeSeed<'de> for Is {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Envelope<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Envelope<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.field)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<T>, A::Error> {
        let mut found = None;
        while let Some(is_it) = entries.next_key_seed(Is(self.field))? {
            if is_it && found.is_none() {
                found = Some(entries.next_value()?);
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<T: DeserializeOwned>(
        operation: &str,
        data_key: Option<&'static str>,
        body: &[u8],
    ) -> Result<T, Error> {
        let reading = Reading {
            operation,
            data_key,
            writes: false,
        };
        super::decode(reading, body)
    }

    #[test]
    fn an_answer_is_read_wrapped_or_flat() {
        let wrapped = decode::<Vec<u8>>(
            "o",
            Some("items"),
            br#"{"traceId":"t","items":[1,2],"x":{"items":[3]}}"#,
        );
        assert_eq!(wrapped.unwrap(), [1, 2]);
        assert_eq!(
            decode::<Vec<u8>>("o", Some("items"), b"[1,2]").unwrap(),
            [1, 2]
        );
        assert_eq!(
            decode::<Option<u8>>("o", Some("item"), br#"{"item":null}"#).unwrap(),
            None
        );
    }

    #[test]
    fn a_decode_error_names_the_path_and_not_the_value() {
        let error = decode::<std::collections::BTreeMap<String, Vec<u8>>>(
            "o",
            Some("a"),
            br#"{"a":{"b":[1,"Rosan"]}}"#,
        )
        .unwrap_err();
        assert_eq!(
            *error.kind(),
            ErrorKind::Decode {
                path: "a.b[1]".into()
            }
        );
        assert!(!error.to_string().contains("Rosan"), "{error}");
        for body in ["", "{", "null"] {
            assert!(matches!(
                decode::<u8>("o", Some("a"), body.as_bytes())
                    .unwrap_err()
                    .kind(),
                ErrorKind::Decode { .. }
            ));
        }
    }
}
