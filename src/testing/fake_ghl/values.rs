//! Values as HighLevel writes them: ids, times, records and keys.

use std::iter::repeat_with;

use jiff::Timestamp;
use serde_json::Value;

use super::answer::Fields;

/// A JSON object of these fields, without the nulls.
pub(super) fn record<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// An id like HighLevel's: twenty letters and digits. Random, so that two runs of FakeGhl never reuse one.
pub(super) fn fresh_id() -> String {
    repeat_with(fastrand::alphanumeric).take(20).collect()
}

/// A random UUID (version 4), the form of trace, webhook and delivery ids.
pub(super) fn fresh_uuid() -> String {
    let bits = (fastrand::u128(..) & !(0xf << 76 | 0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// A time as HighLevel mostly writes it: ISO 8601 in UTC with milliseconds.
pub(super) fn wire_time(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// The key of a custom value: the whole merge tag, with braces and inner spaces.
pub(super) fn custom_value_key(name: &str) -> String {
    format!("{{{{ custom_values.{} }}}}", slug(name))
}

/// A name as it stands in keys: lower case, with `_` for spaces.
pub(super) fn slug(name: &str) -> String {
    name.trim()
        .to_lowercase()
        .chars()
        .map(|c| if c.is_whitespace() { '_' } else { c })
        .filter(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The value of a written custom field, by whichever of its names.
pub(super) fn written_value(item: &Value) -> Value {
    ["field_value", "fieldValue", "value"]
        .into_iter()
        .find_map(|name| item.get(name))
        .cloned()
        .unwrap_or_default()
}
