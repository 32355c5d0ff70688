//! Phone numbers of a location: those it has, those it can buy, and its number pools.
//!
//! Here are the methods; what is read is in `model`, buying in `purchase`.
//!
//! Source: HighLevel's OpenAPI files `phone-system.json` and `phone-system-v3.json`. Version 3 wraps the answers in
//! `data` and leaves some undescribed; those are read like version 2's, wrapped or not. Scopes: `phonenumbers.read`,
//! `phonenumbers.write`, `numberpools.read` (not `.readonly`).

mod model;
mod purchase;

pub use model::{
    AccountStatus, Capabilities, InboundCallService, InboundCallServiceType, NumberOrigin,
    NumberPage, NumberPool, NumberType, OwnedNumber, PooledNumber, RcsSender,
};
pub use purchase::{
    AddressRequirement, AvailableNumber, AvailableNumbers, AvailableNumbersQuery, NumberPrice,
    NumberPurchase, PurchasedNumber,
};

use futures_util::Stream;
use model::NumberPools;

use crate::client::{Call, Location, Request, items, path};
use crate::error::Result;

/// The phone numbers of one location. Made by [`Location::phone_numbers`].
#[derive(Debug, Clone, Copy)]
pub struct PhoneNumbers<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's phone numbers.
    pub fn phone_numbers(&self) -> PhoneNumbers<'_> {
        PhoneNumbers { location: self }
    }
}

impl<'a> PhoneNumbers<'a> {
    /// One page of the numbers that the location has. Fails with [`NotFound`](crate::error::ErrorKind::NotFound) if the
    /// location has no phone system.
    pub fn list(&self, query: &NumbersQuery) -> Call<'a, NumberPage> {
        const OPERATION: &str = "phone_numbers.list";
        let checked = self
            .location
            .v3_only(OPERATION, "listing RCS senders", query.rcs_senders);
        let request = Request::get(self.path(&[]))
            .operation(OPERATION)
            .query_opt("pageSize", query.page_size)
            .query_opt("page", query.page)
            .query_opt("searchFilter", query.containing.as_ref())
            .query_opt("skipNumberPool", query.skip_number_pools)
            .query_opt("includeRcsSenderIds", query.rcs_senders.then_some(true))
            .data_key("data");
        let page = query.page;
        self.location
            .send(request)
            .map(move |answer: NumberPage| answer.with_request(page))
            .only_if(checked)
    }

    /// All numbers that a query finds, page after page from the one it names.
    pub fn stream(
        &self,
        query: &NumbersQuery,
    ) -> impl Stream<Item = Result<OwnedNumber>> + Send + use<'a> {
        let (numbers, query) = (*self, query.clone());
        let begins = query.page.unwrap_or(0);
        let length = query.page_size.map(u64::from);
        let skipped = match begins {
            0 => Some(0),
            _ => length.map(|length| length * u64::from(begins)),
        };
        items("phone_numbers.list", skipped, move |ask| {
            let mut query = query.clone();
            query.page = ask.cursor.or(query.page);
            numbers.list(&query)
        })
    }

    /// Numbers that can be bought. Version 3 of the API asks for kinds of numbers: name at least one there.
    pub fn available(&self, query: &AvailableNumbersQuery) -> Call<'a, AvailableNumbers> {
        const OPERATION: &str = "phone_numbers.available";
        let v3 = self.location.speaks_v3();
        let request = Request::get(self.path(&["available"])).operation(OPERATION);
        let request = query.parameters(request).data_key("data");
        let checked = query.check(OPERATION, v3);
        self.location.send(request).only_if(checked)
    }

    /// Buys a number, which costs money. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for the number with [`list`](Self::list) before
    /// buying again.
    pub fn purchase(&self, purchase: &NumberPurchase) -> Call<'a, PurchasedNumber> {
        const OPERATION: &str = "phone_numbers.purchase";
        let checked = self.location.v3_only(
            OPERATION,
            "paying with a payment of your own",
            purchase.pays(),
        );
        let request = Request::post(self.path(&["purchase"]))
            .operation(OPERATION)
            .json(purchase)
            .data_key("data");
        self.location.send(request).only_if(checked)
    }

    /// All number pools of the location.
    pub fn pools(&self) -> Call<'a, Vec<NumberPool>> {
        let request = Request::get(path(&["phone-system", "number-pools"]))
            .operation("phone_numbers.pools")
            .query("locationId", self.location.id())
            .data_key("data");
        self.location
            .send::<NumberPools>(request)
            .map(|pools| pools.0)
    }

    fn path(&self, rest: &[&str]) -> String {
        let location = self.location.id().as_str();
        let mut segments = vec!["phone-system", "numbers", "location", location];
        segments.extend(rest);
        path(&segments)
    }
}

/// Which of the location's numbers to list. The default lists all that are in no pool, as many to a page as HighLevel
/// gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumbersQuery {
    /// How many numbers a page has, up to 1000.
    pub page_size: Option<u32>,
    /// Which page, from 0: [`NumberPage::next`] of the page before.
    pub page: Option<u32>,
    /// Those that contain this text, such as `+91`.
    pub containing: Option<String>,
    /// Whether to leave out numbers in pools; HighLevel does so if `None`.
    pub skip_number_pools: Option<bool>,
    /// Whether to give the senders of rich text messages too. API version 3 only:
    /// [`Config`](crate::error::ErrorKind::Config) under version 2.
    pub rcs_senders: bool,
}
