//! Lenient decoding of what HighLevel really sends: nulls, numbers as strings, strings as numbers, empty ids, dates in many forms.
//!
//! Only readers live here, for use with `serde_with`'s `serde_as`: `Option<Lenient>` style adapters decode straight
//! from the input without an intermediate JSON value. A value that cannot be read becomes `None` (or an empty list):
//! one odd field must not cost the whole answer. Where HighLevel's forms come from: API facts in HighLevel's OpenAPI
//! files and issue threads of `GoHighLevel/highlevel-api-docs` (#43, #214, #289).

mod scalars;
mod shapes;

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_with::DeserializeAs;
use serde_with::de::DeserializeAsWrap;

pub(crate) use scalars::LenientScalars;
use shapes::OneOf;
pub(crate) use shapes::{Addresses, Emails, LenientItems, LenientTexts, Names, Phones};

/// A scalar out of a JSON scalar of any type; anything else, and what cannot be read, is `None`.
///
/// Use as `#[serde_as(deserialize_as = "Lenient")]` on an `Option<T>` whose `T` is [`FromScalar`].
pub(crate) struct Lenient;

/// How a type reads itself from a scalar, whichever JSON type that has.
pub(crate) trait FromScalar: Sized {
    fn from_text(text: &str) -> Option<Self>;

    fn from_unsigned(number: u64) -> Option<Self> {
        Self::from_text(&number.to_string())
    }

    fn from_signed(number: i64) -> Option<Self> {
        Self::from_text(&number.to_string())
    }

    fn from_float(number: f64) -> Option<Self> {
        Self::from_text(&number.to_string())
    }

    fn from_bool(flag: bool) -> Option<Self> {
        Self::from_text(if flag { "true" } else { "false" })
    }

    /// From a time as Firestore writes it: `{"_seconds":1714032441,"_nanoseconds":0}`.
    fn from_firestore(_seconds: i64) -> Option<Self> {
        None
    }
}

impl<'de, T: FromScalar> DeserializeAs<'de, Option<T>> for Lenient {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(Scalar(PhantomData))
    }
}

struct Scalar<T>(PhantomData<T>);

impl<'de, T: FromScalar> Visitor<'de> for Scalar<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<T>, E> {
        Ok(T::from_text(text))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<T>, E> {
        Ok(T::from_unsigned(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<T>, E> {
        Ok(T::from_signed(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Option<T>, E> {
        Ok(T::from_float(number))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Option<T>, E> {
        Ok(T::from_bool(flag))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<T>, A::Error> {
        const PARTS: &[&str] = &["_seconds", "seconds"];
        let mut seconds = None;
        while let Some(is_it) = entries.next_key_seed(OneOf(PARTS))? {
            if is_it {
                let read = entries.next_value::<DeserializeAsWrap<Option<i64>, Lenient>>()?;
                seconds = read.into_inner();
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(seconds.and_then(T::from_firestore))
    }
}

impl FromScalar for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl<T: FromScalar> FromScalar for crate::secret::Private<T> {
    fn from_text(text: &str) -> Option<Self> {
        T::from_text(text).map(Self::new)
    }

    fn from_unsigned(number: u64) -> Option<Self> {
        T::from_unsigned(number).map(Self::new)
    }

    fn from_signed(number: i64) -> Option<Self> {
        T::from_signed(number).map(Self::new)
    }

    fn from_float(number: f64) -> Option<Self> {
        T::from_float(number).map(Self::new)
    }

    fn from_bool(flag: bool) -> Option<Self> {
        T::from_bool(flag).map(Self::new)
    }
}

impl FromScalar for crate::phone::PhoneNumber {
    /// What HighLevel has is kept, be it a number that nobody can have.
    fn from_text(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }
}

impl FromScalar for bool {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "true" | "True" | "TRUE" | "1" => Some(true),
            "false" | "False" | "FALSE" | "0" => Some(false),
            _ => None,
        }
    }
}

macro_rules! scalar_by_parsing {
    ($($type:ty),+ $(,)?) => {$(
        impl FromScalar for $type {
            fn from_text(text: &str) -> Option<Self> {
                <$type>::from_str(text.trim()).ok()
            }
        }
    )+};
}

scalar_by_parsing!(
    u32,
    u64,
    i64,
    f64,
    crate::ids::LocationId,
    crate::ids::CompanyId,
    crate::ids::AppId,
    crate::ids::ContactId,
    crate::ids::UserId,
    crate::ids::TaskId,
    crate::ids::TagId,
    crate::ids::CustomValueId,
    crate::ids::CustomFieldId,
    crate::ids::WorkflowId,
    crate::ids::ConversationId,
    crate::ids::MessageId,
    crate::ids::CalendarId,
    crate::ids::CalendarGroupId,
    crate::ids::CalendarEventId,
    crate::ids::NoteId,
    crate::ids::CalendarResourceId,
    crate::ids::CalendarNotificationId,
    crate::ids::ScheduleId,
    crate::ids::ServiceBookingId,
    crate::ids::ServiceId,
    crate::ids::ServiceVariationId,
    crate::ids::ServiceCategoryId,
    crate::ids::ServiceAddOnId,
    crate::ids::ServiceLocationId,
    crate::ids::StaffId,
    crate::ids::BusinessId,
    crate::ids::CampaignId,
    crate::ids::RecurringTaskId,
    crate::ids::TemplateId,
    crate::ids::SnapshotId,
    crate::ids::ConversationProviderId,
    crate::ids::CustomSubtypeId,
    crate::ids::WebhookId,
    crate::ids::OpportunityId,
    crate::ids::PipelineId,
    crate::ids::PipelineStageId,
    crate::ids::LostReasonId,
    crate::ids::LinkId,
    crate::ids::NumberPoolId,
    crate::ids::FormId,
    crate::ids::TemplateFolderId,
    crate::ids::VoiceAiAgentId,
    crate::ids::VoiceAiCallId,
    crate::ids::VoiceAiActionId,
    jiff::civil::Date,
);

impl FromScalar for Timestamp {
    /// RFC 3339 (with `Z` or an offset), epoch milliseconds as text, and `YYYY-MM-DD HH:MM:SS` or a date alone, both
    /// read as UTC.
    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(time) = text.parse::<Self>() {
            return Some(time);
        }
        if let Ok(number) = text.parse::<i64>() {
            return Self::from_signed(number);
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        jiff::tz::Offset::UTC.to_timestamp(civil).ok()
    }

    fn from_unsigned(number: u64) -> Option<Self> {
        Self::from_signed(i64::try_from(number).ok()?)
    }

    /// Epoch milliseconds; numbers too small for that (before May 1970) are taken for seconds.
    fn from_signed(number: i64) -> Option<Self> {
        const SMALLEST_MILLISECONDS: u64 = 10_000_000_000;
        if number.unsigned_abs() < SMALLEST_MILLISECONDS {
            Self::from_second(number).ok()
        } else {
            Self::from_millisecond(number).ok()
        }
    }

    fn from_firestore(seconds: i64) -> Option<Self> {
        Self::from_second(seconds).ok()
    }

    fn from_float(number: f64) -> Option<Self> {
        // The cast saturates, and a saturated number is out of the range of timestamps.
        #[expect(clippy::cast_possible_truncation)]
        Self::from_signed(number as i64)
    }
}

/// A list whose items are read one by one: null or a missing list is empty, an item that cannot be read is left out.
///
/// Use as `#[serde_as(deserialize_as = "LenientList")]` on a `Vec<T>`.
pub(crate) struct LenientList;

impl<'de, T: de::Deserialize<'de>> DeserializeAs<'de, Vec<T>> for LenientList {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(List(|| Item(PhantomData)))
    }
}

/// Reads each item with a new seed.
struct List<S>(fn() -> S);

impl<'de, T, S: DeserializeSeed<'de, Value = Option<T>>> Visitor<'de> for List<S> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed((self.0)())? {
            list.extend(item);
        }
        Ok(list)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_none<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Vec<T>, E> {
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

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Vec<T>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
}

/// One item; the raw text is taken first so that a failure inside it leaves the reader at the next item.
pub(crate) struct Item<T>(PhantomData<T>);

impl<T> Default for Item<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: de::Deserialize<'de>> DeserializeSeed<'de> for Item<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        let raw = <&serde_json::value::RawValue>::deserialize(deserializer)?;
        Ok(serde_json::from_str(raw.get()).ok())
    }
}

/// A part with a structure of its own; null, another JSON type, and what cannot be read are `None`.
///
/// Use as `#[serde_as(deserialize_as = "LenientPart")]` on an `Option<T>`.
pub(crate) struct LenientPart;

impl<'de, T: de::Deserialize<'de>> DeserializeAs<'de, Option<T>> for LenientPart {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Item(PhantomData).deserialize(deserializer)
    }
}

/// An object of which every field is lenient itself; null and any other JSON type are `None`, and in a list left out.
///
/// It is read in one go, where [`LenientPart`] and [`LenientList`] go over the text twice. The price: what cannot be
/// read in it costs the whole answer, so a field that is not lenient, or has an alias, must not be in it.
///
/// Use as `#[serde_as(deserialize_as = "LenientObject")]` on an `Option<T>` or a `Vec<T>`.
pub(crate) struct LenientObject;

impl<'de, T: de::Deserialize<'de>> DeserializeAs<'de, Option<T>> for LenientObject {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Object(PhantomData).deserialize(deserializer)
    }
}

impl<'de, T: de::Deserialize<'de>> DeserializeAs<'de, Vec<T>> for LenientObject {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(List(|| Object(PhantomData)))
    }
}

/// Reads a [`LenientObject`].
pub(crate) struct Object<T>(pub(crate) PhantomData<T>);

impl<'de, T: de::Deserialize<'de>> DeserializeSeed<'de> for Object<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: de::Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Option<T>, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(entries)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }
}

use serde::Deserialize as _;

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_with::serde_as;

    use super::*;

    #[serde_as]
    #[derive(Deserialize, Debug, Default, PartialEq)]
    #[serde(default)]
    struct Row {
        #[serde_as(deserialize_as = "Lenient")]
        id: Option<crate::ids::ContactId>,
        #[serde_as(deserialize_as = "Lenient")]
        count: Option<u64>,
        #[serde_as(deserialize_as = "Lenient")]
        flag: Option<bool>,
        #[serde_as(deserialize_as = "Lenient")]
        at: Option<Timestamp>,
        #[serde_as(deserialize_as = "LenientList")]
        tags: Vec<String>,
        #[serde_as(deserialize_as = "LenientPart")]
        pair: Option<(u8, u8)>,
    }

    fn read(json: &str) -> Row {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn numbers_strings_nulls_and_absent_fields_are_all_read() {
        let full = read(
            r#"{"id":"c1","count":3,"flag":true,"at":"2021-07-08T02:30:00.000Z","tags":["a","b"]}"#,
        );
        assert_eq!(full.at.unwrap().as_millisecond(), 1_625_711_400_000);
        assert_eq!(
            read(
                r#"{"id":"c1","count":"3","flag":"true","at":1625711400000,"tags":["a",7,"b",{"x":[1]}]}"#
            ),
            full
        );
        assert_eq!(
            read(r#"{"id":"c1","count":3.0,"flag":1,"at":"1625711400000","tags":["a","b"]}"#),
            full
        );
        for empty in [
            "{}",
            r#"{"id":null,"count":null,"flag":null,"at":null,"tags":null}"#,
            r#"{"id":"","count":"many","flag":{},"at":"soon","tags":"a","pair":null}"#,
            r#"{"id":[],"count":[1],"flag":"perhaps","at":{"a":1},"tags":{"a":[1]},"pair":{"a":[1]}}"#,
            r#"{"tags":7,"pair":[1]}"#,
            r#"{"tags":-7.5,"pair":"one"}"#,
        ] {
            assert_eq!(read(empty), Row::default(), "{empty}");
        }
    }

    #[test]
    fn a_part_is_read_whole_or_not_at_all() {
        assert_eq!(read(r#"{"pair":[1,2],"count":3}"#).pair, Some((1, 2)));
        assert_eq!(read(r#"{"pair":[1,2,3],"count":3}"#).count, Some(3));
    }

    #[test]
    fn an_object_is_read_and_everything_else_left_out() {
        #[serde_as]
        #[derive(Deserialize, Debug, Default, PartialEq)]
        #[serde(default)]
        struct Rows {
            #[serde_as(deserialize_as = "LenientObject")]
            one: Option<Row>,
            #[serde_as(deserialize_as = "LenientObject")]
            many: Vec<Row>,
        }
        let full = r#"{"one":{"count":"3","x":[1]},"many":[{"count":3},null,7,-7.5,true,"a",[{}],{"count":{}}]}"#;
        let rows: Rows = serde_json::from_str(full).unwrap();
        assert_eq!(rows.one, Some(read(r#"{"count":3}"#)));
        assert_eq!(rows.many, [read(r#"{"count":3}"#), Row::default()]);
        for other in ["null", "7", "-7", "7.5", "true", r#""a""#, "[{}]"] {
            let text = format!(r#"{{"one":{other}}}"#);
            assert_eq!(
                serde_json::from_str::<Rows>(&text).unwrap(),
                Rows::default()
            );
        }
    }

    #[test]
    fn dates_come_in_many_forms() {
        for (text, expected) in [
            ("\"2026-06-01T10:00:00+05:30\"", "2026-06-01T04:30:00Z"),
            ("\"2021-07-16 11:00:00\"", "2021-07-16T11:00:00Z"),
            ("\"2021-07-16\"", "2021-07-16T00:00:00Z"),
            ("1714032441", "2024-04-25T08:07:21Z"),
            ("\"1628008053263\"", "2021-08-03T16:27:33.263Z"),
            (
                r#"{"_seconds":1714032441,"_nanoseconds":500000000}"#,
                "2024-04-25T08:07:21Z",
            ),
            (
                r#"{"nanoseconds":0,"seconds":"1714032441"}"#,
                "2024-04-25T08:07:21Z",
            ),
        ] {
            let row = read(&format!("{{\"at\":{text}}}"));
            assert_eq!(row.at, Some(expected.parse().unwrap()), "{text}");
        }
    }
}
