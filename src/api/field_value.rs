//! The value of a custom field under whichever name it has.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_with::de::DeserializeAsWrap;

use crate::ids::CustomFieldId;
use crate::lenient::Lenient;
use crate::secret::Private;

/// A custom field and its value. HighLevel documents `value` or `fieldValue`; live answers have a name for each type
/// (`fieldValueString`, `fieldValueDate` in milliseconds …), also beside each other and beside nulls. The first that is not
/// null counts.
#[derive(Default)]
pub(super) struct FieldAndValue {
    pub(super) id: Option<CustomFieldId>,
    pub(super) value: Private<Value>,
}

impl<'de> Deserialize<'de> for FieldAndValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = FieldAndValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a custom field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<FieldAndValue, A::Error> {
        let mut read = FieldAndValue::default();
        while let Some(key) = entries.next_key_seed(Key::Other)? {
            match key {
                Key::Id => {
                    type Id = DeserializeAsWrap<Option<CustomFieldId>, Lenient>;
                    read.id = entries.next_value::<Id>()?.into_inner();
                }
                Key::Value if read.value.is_null() => read.value = entries.next_value()?,
                Key::Value | Key::Other => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(read)
    }
}

enum Key {
    Id,
    Value,
    Other,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self, E> {
        Ok(match key {
            "id" => Self::Id,
            "value" => Self::Value,
            key if key.starts_with("fieldValue") || key.starts_with("field_value") => Self::Value,
            _ => Self::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_name_that_is_not_null_counts() {
        for (fields, expected) in [
            (
                r#""fieldValueDate":1751328000000"#,
                json!(1_751_328_000_000_i64),
            ),
            (r#""fieldValue":null,"fieldValueDate":7"#, json!(7)),
            (r#""fieldValueDate":7,"fieldValue":null"#, json!(7)),
            (r#""fieldValueBoolean":false"#, json!(false)),
            (
                r#""fieldValueFiles":[{"url":"u"}],"type":"file""#,
                json!([{ "url": "u" }]),
            ),
            (r#""field_value":"a""#, json!("a")),
            (r#""value":"","fieldValueString":"b""#, json!("")),
            (r#""fieldKey":"contact.a""#, Value::Null),
        ] {
            let json = format!(r#"{{"id":"f1",{fields}}}"#);
            let read: FieldAndValue = serde_json::from_str(&json).unwrap();
            assert_eq!(read.id.unwrap().as_str(), "f1");
            assert_eq!(*read.value, expected, "{fields}");
        }
        let read: FieldAndValue = serde_json::from_str(r#"{"value":1}"#).unwrap();
        assert!(read.id.is_none());
    }
}
