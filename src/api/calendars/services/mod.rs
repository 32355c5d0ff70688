//! Services: what can be booked with whom and where, and the bookings. Version 3 only; under another version each
//! method fails with [`Config`](crate::error::ErrorKind::Config) before anything is sent.
//!
//! Each part has its file and its handle: `catalog` (the services), `bookings`, `places` (service locations).
//!
//! Source: HighLevel's OpenAPI file `calendars-v3.json`, `/calendars/services/`. Scopes: `calendars.readonly`,
//! `calendars.write`; for bookings `calendars/events.readonly`, `calendars/events.write`.

mod bookings;
mod catalog;
mod places;

pub use bookings::{
    BookedAddOn, BookedService, BookedServiceInput, BookingsQuery, NewBookingStatus,
    NewServiceBooking, ServiceAddOnInput, ServiceBooking, ServiceBookingStatus,
    ServiceBookingUpdate, ServiceBookings, SkippedBookingChecks,
};
pub use catalog::{
    DepositType, NewService, NewServiceVariation, Service, ServiceDetails, ServicePayment,
    ServiceTerms, ServiceUpdate, ServiceVariation, ServiceVariationUpdate, Services, ServicesQuery,
};
pub use places::{
    NewServiceLocation, ServiceLocation, ServiceLocationDetails, ServiceLocationType,
    ServiceLocationUpdate, ServiceLocations,
};
