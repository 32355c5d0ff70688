//! Coerces fields of HighLevel's forms into a type of the service's own: numbers and booleans arrive as text.
//!
//! What the type asks for decides: text is read as a number where a number is wanted, and a number as text where text is.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Number, Value};

/// A field does not hold what the service's type asks for. The error does not quote what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the field `{field}` cannot be read: {problem}")]
pub struct InvalidField {
    field: String,
    problem: &'static str,
}

impl InvalidField {
    /// `problem` goes on from "the field cannot be read".
    #[cfg(feature = "missed-call")]
    pub(crate) fn new(field: &str, problem: &'static str) -> Self {
        Self {
            field: field.to_owned(),
            problem,
        }
    }

    #[cfg(feature = "missed-call")]
    pub(crate) fn missing(field: &str) -> Self {
        Self::new(field, "it is missing")
    }
}

/// Reads an object (or nothing, which is an object without fields).
pub(crate) fn coerce<T: DeserializeOwned>(value: Value) -> Result<T, InvalidField> {
    let value = match value {
        Value::Null => Value::Object(serde_json::Map::new()),
        value => value,
    };
    serde_path_to_error::deserialize(Coerced(value)).map_err(|error| {
        let message = error.inner().to_string();
        // The one message of serde's that quotes names of the type alone.
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split('`').next());
        match missing {
            Some(field) => InvalidField {
                field: field.to_owned(),
                problem: "it is missing",
            },
            None => InvalidField {
                field: error.path().to_string(),
                problem: "it holds something else than the step's type asks for",
            },
        }
    })
}

struct Coerced(Value);

impl Coerced {
    /// Text that is a number becomes one.
    fn number(self) -> Value {
        let number = match &self.0 {
            Value::String(text) => text.trim().parse::<Number>().ok(),
            _ => None,
        };
        number.map_or(self.0, Value::Number)
    }

    /// A number or a truth becomes text.
    fn text(self) -> Value {
        match self.0 {
            scalar @ (Value::Number(_) | Value::Bool(_)) => Value::String(scalar.to_string()),
            other => other,
        }
    }

    fn is_empty(&self) -> bool {
        match &self.0 {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

impl<'de> IntoDeserializer<'de, Error> for Coerced {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! as_number {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.number().$method(visitor)
        }
    )*};
}

macro_rules! as_text {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.text().$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Coerced {
    type Error = Error;

    as_number! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    as_text! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    forward_to_deserialize_any! { bytes byte_buf unit unit_struct ignored_any }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
            scalar => scalar.deserialize_any(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let truth = match &self.0 {
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        };
        truth.map_or(self.0, Value::Bool).deserialize_bool(visitor)
    }

    /// A field that was left empty is none.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// One value is a list of one.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let items = match self.0 {
            Value::Array(items) => items,
            _ if self.is_empty() => Vec::new(),
            object @ Value::Object(_) => return object.deserialize_seq(visitor),
            scalar => vec![scalar],
        };
        SeqDeserializer::new(items.into_iter().map(Coerced)).deserialize_seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(fields) => {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name, Coerced(value)));
                MapDeserializer::new(fields).deserialize_map(visitor)
            }
            other => other.deserialize_map(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.text().deserialize_enum(name, variants, visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Plan {
        Free,
        Paid,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Years(u8);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Form {
        name: String,
        age: Years,
        weight: f64,
        #[serde(default)]
        hobbies: Vec<String>,
        data_share: bool,
        plan: Option<Plan>,
        visits: Option<u32>,
        #[serde(default)]
        marks: BTreeMap<String, i64>,
    }

    #[test]
    fn text_is_read_as_what_the_type_asks_for() {
        let form: Form = coerce(json!({
            "name": "John Doe", "age": "29", "weight": " 70.5 ", "hobbies": ["sports"],
            "dataShare": "True", "plan": "paid", "visits": "", "marks": {"a": "-1", "b": 2},
            "notAsked": {"x": []},
        }))
        .unwrap();
        let expected = Form {
            name: "John Doe".into(),
            age: Years(29),
            weight: 70.5,
            hobbies: vec!["sports".into()],
            data_share: true,
            plan: Some(Plan::Paid),
            visits: None,
            marks: BTreeMap::from([("a".into(), -1), ("b".into(), 2)]),
        };
        assert_eq!(form, expected);
    }

    #[test]
    fn what_has_its_type_already_keeps_it() {
        let form: Form = coerce(json!({
            "name": 12, "age": 29, "weight": 70, "hobbies": "sports", "dataShare": false,
            "plan": null, "visits": 3,
        }))
        .unwrap();
        assert_eq!(form.name, "12");
        assert_eq!((form.age, form.visits), (Years(29), Some(3)));
        assert_eq!(form.hobbies, ["sports"]);
        assert!(!form.data_share && form.plan.is_none());
    }

    #[test]
    fn nothing_is_a_form_without_fields() {
        #[derive(Deserialize)]
        struct Optional {
            age: Option<u8>,
        }
        assert_eq!(coerce::<Optional>(Value::Null).unwrap().age, None);
    }

    #[test]
    fn an_error_names_the_field_and_not_what_it_holds() {
        let form = |field: &str, value: Value| {
            let mut form = json!({"name": "n", "age": 1, "weight": 1, "dataShare": true});
            form[field] = value;
            coerce::<Form>(form).unwrap_err().to_string()
        };
        for (field, value) in [
            ("age", json!("+13125550142")),
            ("age", json!("300")),
            ("dataShare", json!("perhaps")),
            ("plan", json!("secret plan")),
            ("weight", json!({"a": 1})),
        ] {
            let error = form(field, value.clone());
            assert!(error.contains(&format!("`{field}`")), "{error}");
            assert!(
                !error.contains("3125550142") && !error.contains("secret"),
                "{error}"
            );
        }
        let missing = coerce::<Form>(json!({})).unwrap_err().to_string();
        assert_eq!(missing, "the field `name` cannot be read: it is missing");
    }
}
