//! The services of a location.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::value::RawValue;
use serde_with::{serde_as, skip_serializing_none};

use crate::api::body::InLocation;
use crate::api::calendars::{TimeUnit, only_in_v3};
use crate::api::listing::Entries;
use crate::client::{ApiVersion, Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{LocationId, ServiceCategoryId, ServiceId, ServiceVariationId, StaffId};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;

/// The services of a location. Made by [`Location::services`].
#[derive(Debug, Clone, Copy)]
pub struct Services<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's services. Version 3 only.
    pub fn services(&self) -> Services<'_> {
        Services { location: self }
    }
}

impl<'a> Services<'a> {
    /// The services that a query finds; HighLevel does not page them.
    pub fn list(&self, query: &ServicesQuery) -> Call<'a, Vec<Service>> {
        let checked = only_in_v3(self.location, "services.list");
        let request = Request::get(path(&["calendars", "services", "catalog"]))
            .operation("services.list")
            .version(ApiVersion::V3)
            .query("locationId", self.location.id())
            .query_opt("serviceCategoryId", query.service_category_id.as_ref())
            .query_opt("isPrivate", query.is_private);
        self.location
            .send::<ServiceList>(request)
            .map(|list| list.services.items)
            .only_if(checked)
    }

    /// One service by its id.
    pub fn get(&self, id: &ServiceId) -> Call<'a, Service> {
        let checked = only_in_v3(self.location, "services.get");
        let request = Request::get(service_path(id))
            .operation("services.get")
            .version(ApiVersion::V3)
            .data_key("service");
        self.location.send(request).only_if(checked)
    }

    /// Creates a service. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look
    /// for it with [`list`](Self::list) before creating it again.
    pub fn create(&self, service: &NewService) -> Call<'a, Service> {
        let checked = only_in_v3(self.location, "services.create");
        let request = Request::post(path(&["calendars", "services", "catalog"]))
            .operation("services.create")
            .version(ApiVersion::V3)
            .json(&InLocation::new(self.location.id(), service))
            .data_key("service");
        self.location.send(request).only_if(checked)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &ServiceId, update: &ServiceUpdate) -> Call<'a, Service> {
        let checked = only_in_v3(self.location, "services.update");
        let request = Request::put(service_path(id))
            .operation("services.update")
            .version(ApiVersion::V3)
            .json(update)
            .data_key("service");
        self.location.send(request).only_if(checked)
    }

    /// Deletes a service.
    pub async fn delete(&self, id: &ServiceId) -> Result<()> {
        only_in_v3(self.location, "services.delete")?;
        let request = Request::delete(service_path(id))
            .operation("services.delete")
            .version(ApiVersion::V3);
        self.location.send_discarding(request).await
    }
}

fn service_path(id: &ServiceId) -> String {
    path(&["calendars", "services", "catalog", id.as_str()])
}

/// Which services to find. The default finds all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServicesQuery {
    /// Only those of this category.
    pub service_category_id: Option<ServiceCategoryId>,
    /// Only those that are hidden from the public (`true`) or not (`false`).
    pub is_private: Option<bool>,
}

/// A service as HighLevel gives it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The name that people see.
    pub name: Option<String>,
    /// The last part of its address.
    pub slug: Option<String>,
    /// Who does it.
    pub staff: Vec<StaffId>,
    /// Its variations.
    pub variations: Vec<ServiceVariation>,
    /// How long it takes and what it costs.
    pub terms: ServiceTerms,
    /// Everything else.
    pub details: ServiceDetails,
}

/// A variation of a service as HighLevel gives it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ServiceVariation {
    /// Its id.
    pub id: ServiceVariationId,
    /// The name that people see.
    pub name: Option<String>,
    /// How long it takes and what it costs.
    pub terms: ServiceTerms,
}

/// How long a service takes and what it costs. `None` is not written.
#[serde_with::apply(
    Option => #[serde_as(deserialize_as = "Lenient")],
)]
#[serde_with::serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceTerms {
    /// How long it takes.
    pub service_duration: Option<u32>,
    /// The unit of it: minutes or hours.
    pub service_duration_unit: Option<TimeUnit>,
    /// How much time is kept free before it.
    pub pre_buffer: Option<u32>,
    /// The unit of it: minutes or hours.
    pub pre_buffer_unit: Option<TimeUnit>,
    /// How much time is kept free after it.
    pub post_buffer: Option<u32>,
    /// The unit of it: minutes or hours.
    pub post_buffer_unit: Option<TimeUnit>,
    /// What it costs; nothing if a new service has none.
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub payment: Option<ServicePayment>,
}

/// What a service costs, in the currency of the location's service settings.
#[serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePayment {
    /// The price.
    #[serde_as(deserialize_as = "Lenient")]
    pub amount: Option<f64>,
    /// What is paid in advance: an amount or a percentage.
    #[serde_as(deserialize_as = "Lenient")]
    pub deposit: Option<f64>,
    /// Which of the two it is.
    #[serde_as(deserialize_as = "Lenient")]
    pub deposit_type: Option<DepositType>,
}

open_enum! {
    /// What the number of a deposit means.
    pub enum DepositType {
        /// A percentage of the price.
        Percentage = "percentage",
        /// An amount.
        Amount = "amount",
    }
}

/// What else can be said about a service. `None` is not written.
#[serde_with::apply(
    Option => #[serde_as(deserialize_as = "Lenient")],
)]
#[serde_with::serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceDetails {
    /// What it is.
    pub description: Option<String>,
    /// The colour of its bookings, such as `#66C61C`.
    pub event_color: Option<String>,
    /// The address of a picture.
    pub cover_image: Option<String>,
    /// Its category; a new service gets the default one if `None`.
    pub service_category_id: Option<ServiceCategoryId>,
    /// Whether it is hidden from the public.
    pub is_private: Option<bool>,
    /// The form that a booker fills in who books this service alone.
    pub form_id: Option<String>,
}

/// A service to create.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewService {
    /// The name that people see.
    pub name: String,
    /// The last part of its address.
    pub slug: String,
    /// Who does it; at least one.
    #[serde(serialize_with = "as_objects")]
    pub staff: Vec<StaffId>,
    /// Its variations.
    pub variations: Vec<NewServiceVariation>,
    /// How long it takes and what it costs.
    #[serde(flatten)]
    pub terms: ServiceTerms,
    /// Everything else.
    #[serde(flatten)]
    pub details: ServiceDetails,
}

/// A variation to create.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewServiceVariation {
    /// The name that people see.
    pub name: String,
    /// How long it takes and what it costs.
    #[serde(flatten)]
    pub terms: ServiceTerms,
}

/// What to change about a service; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ServiceUpdate {
    /// The name that people see.
    pub name: Option<String>,
    /// The last part of its address.
    pub slug: Option<String>,
    /// All who shall do it.
    #[serde(serialize_with = "as_optional_objects")]
    pub staff: Option<Vec<StaffId>>,
    /// All variations it shall have; those with an id are changed, those without are made.
    pub variations: Option<Vec<ServiceVariationUpdate>>,
    /// How long it takes and what it costs.
    #[serde(flatten)]
    pub terms: ServiceTerms,
    /// Everything else.
    #[serde(flatten)]
    pub details: ServiceDetails,
}

/// A variation to change or to make.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ServiceVariationUpdate {
    /// Which one to change; makes one if `None`.
    pub id: Option<ServiceVariationId>,
    /// The name that people see.
    pub name: Option<String>,
    /// How long it takes and what it costs.
    #[serde(flatten)]
    pub terms: ServiceTerms,
}

/// HighLevel wraps the id of each member of staff.
#[derive(Serialize, Deserialize)]
struct Staff<T> {
    id: T,
}

fn as_objects<S: serde::Serializer>(staff: &[StaffId], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(staff.iter().map(|id| Staff { id }))
}

fn as_optional_objects<S: serde::Serializer>(
    staff: &Option<Vec<StaffId>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    as_objects(staff.as_deref().unwrap_or_default(), serializer)
}

#[serde_with::apply(
    Option => #[serde(default)] #[serde_as(deserialize_as = "Lenient")],
    Vec => #[serde(default)] #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<T> {
    id: T,
    location_id: Option<LocationId>,
    name: Option<String>,
    slug: Option<String>,
    staff: Vec<Staff<StaffId>>,
    variations: Vec<ServiceVariation>,
}

impl<'de> Deserialize<'de> for Service {
    /// The parts are read one after the other: serde's `flatten` would keep lenient lists from the raw text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let head: Head<ServiceId> = part(raw)?;
        Ok(Self {
            id: head.id,
            location_id: head.location_id,
            name: head.name,
            slug: head.slug,
            staff: head.staff.into_iter().map(|staff| staff.id).collect(),
            variations: head.variations,
            terms: part(raw)?,
            details: part(raw)?,
        })
    }
}

impl<'de> Deserialize<'de> for ServiceVariation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let head: Head<ServiceVariationId> = part(raw)?;
        Ok(Self {
            id: head.id,
            name: head.name,
            terms: part(raw)?,
        })
    }
}

fn part<'de, T: Deserialize<'de>, E: de::Error>(raw: &'de RawValue) -> Result<T, E> {
    serde_json::from_str(raw.get()).map_err(E::custom)
}

#[serde_as]
#[derive(Deserialize)]
struct ServiceList {
    #[serde(default)]
    services: Entries<Service>,
}
