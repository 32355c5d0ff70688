//! The shape of an answer: keys and kinds of values, and nothing of what a person wrote.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// How deep objects are shown.
const DEPTH: usize = 4;
/// How many keys of an object are shown.
const KEYS: usize = 40;

/// The shape of a value: `{"id":"x","tags":["vip"]}` is `{id: text, tags: [text]}`.
pub(super) fn shape(value: &Value) -> String {
    at(value, DEPTH)
}

fn at(value: &Value, depth: usize) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(number) => kind_of_number(number.as_f64().unwrap_or_default()).to_owned(),
        Value::String(text) => kind_of_text(text).to_owned(),
        Value::Array(items) => match items.first() {
            None => "[]".to_owned(),
            Some(first) => format!("[{}]", at(first, depth)),
        },
        Value::Object(_) if depth == 0 => "{…}".to_owned(),
        Value::Object(members) => object(members, depth),
    }
}

fn object(members: &Map<String, Value>, depth: usize) -> String {
    let mut shown: Vec<String> = Vec::new();
    for (key, value) in members {
        let entry = format!("{}: {}", shown_key(key), at(value, depth - 1));
        // Keys that are data, such as dates, all look the same.
        if !shown.contains(&entry) {
            shown.push(entry);
        }
    }
    let more = if shown.len() > KEYS { ", …" } else { "" };
    shown.truncate(KEYS);
    format!("{{{}{more}}}", shown.join(", "))
}

/// A key, unless it is data: a date, an id, a number.
fn shown_key(key: &str) -> &str {
    let is_name = key.len() <= 32
        && key.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
        && !key.is_empty();
    if is_name || key == "address1" {
        key
    } else if key.parse::<jiff::civil::Date>().is_ok() {
        "<date>"
    } else {
        "<key>"
    }
}

fn kind_of_number(number: f64) -> &'static str {
    if number >= 1e12 {
        "ms"
    } else if number >= 1e9 {
        "seconds?"
    } else {
        "number"
    }
}

/// What kind of text it is. Times and numbers as text matter; anything else is text.
pub(super) fn kind_of_text(text: &str) -> &'static str {
    let digits = text.chars().all(|c| c.is_ascii_digit());
    match text {
        "" => "empty text",
        "true" | "false" => "bool as text",
        _ if digits && text.len() == 13 => "ms as text",
        _ if digits => "number as text",
        _ if text.starts_with("+") && text[1..].chars().all(|c| c.is_ascii_digit()) => "E.164",
        _ if text.parse::<Timestamp>().is_ok() && text.ends_with('Z') => "time in UTC",
        _ if text.parse::<Timestamp>().is_ok() => "time with offset",
        _ if text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10 => "date",
        _ if text.parse::<jiff::civil::DateTime>().is_ok() => "time without zone",
        _ => "text",
    }
}
