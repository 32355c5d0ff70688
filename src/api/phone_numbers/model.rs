//! The numbers a location has, and its number pools, as HighLevel gives them.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use serde_with::{apply, serde_as};

use crate::api::listing::{Entries, Named, count};
use crate::client::{Outlook, Page, Way};
use crate::ids::{LocationId, NumberPoolId, UserId};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

open_enum! {
    /// What kind of number it is. Reading knows both spellings of toll-free; each request writes the one it has to.
    pub enum NumberType {
        /// Of a place.
        Local = "local",
        /// Free for the caller.
        TollFree = "toll-free" | "tollFree",
        /// Of a mobile network.
        Mobile = "mobile",
        /// Of a country.
        National = "national",
    }
}

open_enum! {
    /// Where a number came from.
    pub enum NumberOrigin {
        /// Bought.
        Twilio = "twilio",
        /// Only its text messages are here.
        Hosted = "hosted",
        /// Brought along from another carrier.
        Ported = "ported",
    }
}

open_enum! {
    /// What answers calls to a number.
    pub enum InboundCallServiceType {
        /// An AI agent.
        VoiceAi = "voice_ai",
        /// A menu.
        Ivr = "ivr",
        /// Another number.
        Forward = "forward",
    }
}

open_enum! {
    /// The state of a location's account with the carrier.
    pub enum AccountStatus {
        /// It works.
        Active = "active",
        /// It is stopped, such as for unpaid bills.
        Suspended = "suspended",
        /// It is gone.
        Closed = "closed",
    }
}

/// What a number can do.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Capabilities {
    /// Calls.
    pub voice: Option<bool>,
    /// Text messages.
    #[serde(alias = "SMS")]
    pub sms: Option<bool>,
    /// Text messages with pictures.
    #[serde(alias = "MMS")]
    pub mms: Option<bool>,
    /// Faxes.
    pub fax: Option<bool>,
}

/// What answers calls to a number.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InboundCallService {
    /// What kind of service it is.
    #[serde(rename = "type")]
    pub service_type: Option<InboundCallServiceType>,
    /// Which one: an id, or the number to forward to.
    pub value: Option<Private<String>>,
}

/// A number that a location has.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct OwnedNumber {
    /// The number; `None` where it is none in E.164, such as a short code.
    pub phone_number: Option<PhoneNumber>,
    /// The name that people see.
    pub friendly_name: Option<Private<String>>,
    /// The carrier's id of it.
    pub sid: Option<String>,
    /// The country as ISO 3166 alpha-2.
    pub country_code: Option<String>,
    /// What it can do.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub capabilities: Option<Capabilities>,
    /// What kind of number it is.
    #[serde(rename = "type")]
    pub number_type: Option<NumberType>,
    /// Whether the location calls and texts from it unless another is chosen.
    pub is_default_number: Option<bool>,
    /// The user it belongs to.
    pub linked_user: Option<UserId>,
    /// The users whose phones all ring.
    #[serde_as(deserialize_as = "LenientList")]
    pub linked_ring_all_users: Vec<UserId>,
    /// What answers calls to it.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub inbound_call_service: Option<InboundCallService>,
    /// Where calls to it are forwarded.
    pub forwarding_number: Option<PhoneNumber>,
    /// Whether it can text with several people at once.
    pub is_group_conversation_enabled: Option<bool>,
    /// The carrier's id of the address that belongs to it.
    pub address_sid: Option<String>,
    /// The carrier's id of the papers that belong to it.
    pub bundle_sid: Option<String>,
    /// When it was added.
    pub date_added: Option<Timestamp>,
    /// When it was made; only version 3 gives this.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// Where it came from.
    pub origin: Option<NumberOrigin>,
}

/// A sender of rich text messages (RCS).
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct RcsSender {
    /// The sender's id, which stands in the place of a number.
    pub number: Option<Private<String>>,
    /// What stands there in words: `rcsSenderId`.
    pub number_type: Option<String>,
    /// The name that people see.
    pub friendly_name: Option<Private<String>>,
    /// More about the sender; HighLevel does not document the form.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub rcs_meta: Option<Private<Map<String, Value>>>,
}

/// One page of a location's numbers.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "PageWire")]
#[non_exhaustive]
pub struct NumberPage {
    /// The numbers of this page.
    pub numbers: Vec<OwnedNumber>,
    /// The senders of rich text messages, where they were asked for.
    pub rcs_sender_ids: Vec<RcsSender>,
    /// Whether HighLevel's own phone system (LC Phone) serves the location.
    pub is_under_lc: Option<bool>,
    /// How many numbers a page has.
    pub page_size: Option<u32>,
    /// Which page this is, from 0.
    pub page: Option<u32>,
    /// How many numbers there are in all; only version 3 says so.
    pub total: Option<u64>,
    /// The state of the account with the carrier.
    pub account_status: Option<AccountStatus>,
    /// How many entries came, with those that cannot be read.
    entries: usize,
    /// Whether there was a list at all.
    listed: bool,
}

#[apply(
    Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
    Vec<_> => #[serde(default)] #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageWire {
    #[serde(default)]
    numbers: Entries<OwnedNumber>,
    rcs_sender_ids: Vec<RcsSender>,
    #[serde(alias = "isUnderGhl")]
    is_under_lc: Option<bool>,
    page_size: Option<u32>,
    page: Option<u32>,
    total: Option<u64>,
    account_status: Option<AccountStatus>,
}

impl From<PageWire> for NumberPage {
    fn from(wire: PageWire) -> Self {
        Self {
            entries: wire.numbers.count,
            listed: wire.numbers.listed,
            numbers: wire.numbers.items,
            rcs_sender_ids: wire.rcs_sender_ids,
            is_under_lc: wire.is_under_lc,
            page_size: wire.page_size,
            page: wire.page,
            total: wire.total,
            account_status: wire.account_status,
        }
    }
}

impl NumberPage {
    /// The page of what was asked for; what HighLevel says of it counts for more.
    pub(super) fn with_request(self, page: Option<u32>) -> Self {
        Self {
            page: self.page.or(Some(page.unwrap_or(0))),
            ..self
        }
    }

    /// The number of the page after this one. `None` when this one is empty, is the last by [`total`](Self::total), or is
    /// not full by [`page_size`](Self::page_size); where HighLevel tells neither, only an empty page is the last.
    pub fn next(&self) -> Option<u32> {
        let next = self.page?.checked_add(1)?;
        let entries = self.entries as u64;
        let size = self.page_size.map(u64::from);
        let full = size.is_none_or(|size| entries >= size);
        let more = match self.total {
            Some(total) => u64::from(next) * size.unwrap_or(entries).max(entries) < total,
            None => full,
        };
        (more && entries > 0).then_some(next)
    }
}

impl Named for OwnedNumber {
    fn name(&self) -> Option<&str> {
        let number = self.phone_number.as_ref().map(PhoneNumber::e164);
        self.sid.as_deref().or(number)
    }
}

impl Page for NumberPage {
    type Item = OwnedNumber;
    type Cursor = u32;

    fn outlook(&self) -> Outlook<u32> {
        let size = self.page_size.map(count);
        Outlook {
            listed: self.listed,
            entries: self.entries,
            full: size.is_some_and(|size| self.entries >= size),
            total: self.total,
            more: None,
            way: self.next().map(Way::At),
        }
    }

    fn id_of(number: &OwnedNumber) -> Option<&str> {
        number.name()
    }

    fn into_items(self) -> Vec<OwnedNumber> {
        self.numbers
    }
}

/// A pool of numbers.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NumberPool {
    /// Its id.
    pub id: NumberPoolId,
    /// The name that people see.
    pub name: Option<String>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The numbers in it.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub numbers: Vec<PooledNumber>,
    /// Where calls are forwarded.
    pub forwarding_number: Option<PhoneNumber>,
    /// Whether a person who answers hears a message first.
    pub whisper: Option<bool>,
    /// That message.
    pub whisper_message: Option<Private<String>>,
    /// Whether calls are recorded.
    pub call_recording: Option<bool>,
    /// Whether the pool is in use.
    pub is_active: Option<bool>,
    /// What answers calls.
    #[serde_with(skip_apply)]
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub inbound_call_service: Option<InboundCallService>,
}

/// A number in a pool.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PooledNumber {
    /// The number.
    pub phone_number: Option<PhoneNumber>,
    /// The name that people see.
    pub friendly_name: Option<Private<String>>,
}

/// All pools: a list, or an object around it. Version 3's form is not documented.
pub(super) struct NumberPools(pub(super) Vec<NumberPool>);

impl<'de> Deserialize<'de> for NumberPools {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[serde_as]
        #[derive(Deserialize)]
        struct Bare(#[serde_as(deserialize_as = "LenientList")] Vec<NumberPool>);

        #[serde_as]
        #[derive(Deserialize)]
        struct Wrapped {
            #[serde(default)]
            #[serde_as(deserialize_as = "LenientList")]
            data: Vec<NumberPool>,
        }

        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let pools = if raw.starts_with('[') {
            serde_json::from_str::<Bare>(raw).map(|bare| bare.0)
        } else {
            serde_json::from_str::<Wrapped>(raw).map(|wrapped| wrapped.data)
        };
        pools.map(Self).map_err(serde::de::Error::custom)
    }
}
