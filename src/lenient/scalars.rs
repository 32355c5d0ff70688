//! Lists of scalars.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde_with::DeserializeAs;

use super::List;

/// A list of scalars: null and any other JSON type are empty, an item that cannot be read or is not a scalar is left out.
/// It is read in one go, where [`LenientList`] goes over each item twice.
///
/// Use as `#[serde_as(deserialize_as = "LenientScalars")]` on a `Vec<T>`.
pub(crate) struct LenientScalars;

impl<'de, T: de::Deserialize<'de>> DeserializeAs<'de, Vec<T>> for LenientScalars {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(List(|| ListedScalar(PhantomData)))
    }
}

struct ListedScalar<T>(PhantomData<T>);

impl<'de, T: de::Deserialize<'de>> DeserializeSeed<'de> for ListedScalar<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads `T` as if the scalar were the whole input.
fn scalar<'de, T: de::Deserialize<'de>>(
    value: impl IntoDeserializer<'de, de::value::Error>,
) -> Option<T> {
    T::deserialize(value.into_deserializer()).ok()
}

impl<'de, T: de::Deserialize<'de>> Visitor<'de> for ListedScalar<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<T>, E> {
        Ok(scalar(text))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<T>, E> {
        Ok(scalar(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<T>, E> {
        Ok(scalar(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Option<T>, E> {
        Ok(scalar(number))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Option<T>, E> {
        Ok(scalar(flag))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(scalar(()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<T>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_with::serde_as;

    use super::*;

    #[test]
    fn scalars_are_read_and_everything_else_left_out() {
        #[serde_as]
        #[derive(Deserialize, Debug, Default, PartialEq)]
        #[serde(default)]
        struct Words {
            #[serde_as(deserialize_as = "LenientScalars")]
            texts: Vec<String>,
            #[serde_as(deserialize_as = "LenientScalars")]
            ids: Vec<crate::ids::UserId>,
        }
        let full = r#"{"texts":["a",7,null,true,-1.5,{"x":["b"]},["c"],"d"],"ids":["u1",2,"",null,{},"u3"]}"#;
        let words: Words = serde_json::from_str(full).unwrap();
        assert_eq!(words.texts, ["a", "d"]);
        let ids: Vec<_> = words.ids.iter().map(|id| id.as_str()).collect();
        assert_eq!(ids, ["u1", "2", "u3"]);
        for other in ["null", "7", r#""a""#, r#"{"a":["b"]}"#] {
            let text = format!(r#"{{"texts":{other}}}"#);
            assert_eq!(
                serde_json::from_str::<Words>(&text).unwrap(),
                Words::default()
            );
        }
    }
}
