//! Filters of a trigger: which data a workflow asked for. Pure.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::serde_as;

use crate::lenient::Lenient;
use crate::secret::Private;

/// One condition that is set in a workflow's trigger.
///
/// HighLevel documents the operator `==` alone. `!=`, `<`, `<=`, `>` and `>=` are read as what they say; what another
/// operator means is left to HighLevel, which looks at the filters as well.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TriggerFilter {
    /// The key in the trigger's data, as the app registered it; `a.b` is `b` inside of `a`.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub field: Option<String>,
    /// How it is compared.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub operator: Option<String>,
    /// The kind of field: `string`, `select`, `multiselect`.
    #[serde(default, rename = "type")]
    #[serde_as(deserialize_as = "Lenient")]
    pub kind: Option<String>,
    /// What it is compared with: a text, or a list of which one is enough.
    #[serde(default)]
    pub value: Private<Value>,
}

impl TriggerFilter {
    /// Whether data passes the filter, as far as that can be known here. A filter that says nothing (no field, no value,
    /// an operator that is not known) lets everything pass.
    pub fn lets_pass(&self, data: &Value) -> bool {
        let wanted = texts(&self.value);
        let Some(field) = self.field.as_deref().filter(|_| !wanted.is_empty()) else {
            return true;
        };
        let given = find(data, field).map(texts).unwrap_or_default();
        let equal = || given.iter().any(|given| wanted.contains(given));
        match self.operator.as_deref().map(str::trim) {
            None | Some("==") => equal(),
            Some("!=") => !equal(),
            Some("<") => compares(&given, &wanted, |given, wanted| given < wanted),
            Some("<=") => compares(&given, &wanted, |given, wanted| given <= wanted),
            Some(">") => compares(&given, &wanted, |given, wanted| given > wanted),
            Some(">=") => compares(&given, &wanted, |given, wanted| given >= wanted),
            Some(_) => true,
        }
    }
}

/// The value under a key, or under a path of keys.
fn find<'a>(data: &'a Value, field: &str) -> Option<&'a Value> {
    let inside = || {
        let (first, rest) = field.split_once('.')?;
        find(data.get(first)?, rest)
    };
    data.get(field).or_else(inside)
}

/// The scalars of a value as text, since numbers come as text from HighLevel's forms.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => Some(text.trim())
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        other => vec![other.to_string()],
    }
}

fn compares(given: &[String], wanted: &[String], holds: fn(f64, f64) -> bool) -> bool {
    let number = |text: &String| text.parse::<f64>().ok();
    let mut pairs = given
        .iter()
        .flat_map(|given| wanted.iter().map(move |wanted| (given, wanted)));
    pairs.any(
        |(given, wanted)| matches!((number(given), number(wanted)), (Some(a), Some(b)) if holds(a, b)),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passes(filter: Value, data: Value) -> bool {
        let filter: TriggerFilter = serde_json::from_value(filter).unwrap();
        filter.lets_pass(&data)
    }

    #[test]
    fn equality_is_that_of_the_text() {
        let usa = json!({"field": "country", "operator": "==", "value": "USA"});
        for (data, expected) in [
            (json!({"country": "USA"}), true),
            (json!({"country": ["CAN", "USA"]}), true),
            (json!({"country": "CAN"}), false),
            (json!({"country": null}), false),
            (json!({}), false),
        ] {
            assert_eq!(passes(usa.clone(), data.clone()), expected, "{data}");
            let other = json!({"field": "country", "operator": "!=", "value": "USA"});
            assert_eq!(passes(other, data.clone()), !expected, "{data}");
        }
        let several = json!({"field": "call.age", "operator": "==", "value": ["29", 30]});
        assert!(passes(several.clone(), json!({"call": {"age": 30}})));
        assert!(passes(several.clone(), json!({"call.age": "29"})));
        assert!(!passes(several, json!({"call": {"age": 31}})));
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let at_least = json!({"field": "age", "operator": ">=", "value": "10"});
        for (data, expected) in [
            (json!({"age": 9}), false),
            (json!({"age": "10"}), true),
            (json!({"age": 100}), true),
            (json!({"age": "old"}), false),
            (json!({}), false),
        ] {
            assert_eq!(passes(at_least.clone(), data.clone()), expected, "{data}");
        }
        let below = json!({"field": "age", "operator": "<", "value": "10"});
        assert!(passes(below.clone(), json!({"age": 9})));
        assert!(!passes(below, json!({"age": 10})));
    }

    #[test]
    fn a_filter_that_says_nothing_lets_pass() {
        for filter in [
            json!({}),
            json!({"field": "country", "operator": "==", "value": ""}),
            json!({"field": "country", "operator": "==", "value": []}),
            json!({"field": "country", "operator": "sounds-like", "value": "USA"}),
            json!({"operator": "==", "value": "USA"}),
        ] {
            assert!(
                passes(filter.clone(), json!({"country": "CAN"})),
                "{filter}"
            );
        }
    }
}
