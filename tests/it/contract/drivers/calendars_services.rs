//! `calendars-v3.json`: services, the places where they are done, and their bookings.

use gohighlevel::api::calendars::TimeUnit;
use gohighlevel::api::calendars::services::{
    BookedServiceInput, BookingsQuery, DepositType, NewBookingStatus, NewService,
    NewServiceBooking, NewServiceLocation, NewServiceVariation, ServiceAddOnInput,
    ServiceBookingStatus, ServiceBookingUpdate, ServiceDetails, ServiceLocationDetails,
    ServiceLocationType, ServiceLocationUpdate, ServicePayment, ServiceTerms, ServiceUpdate,
    ServiceVariationUpdate, ServicesQuery, SkippedBookingChecks,
};
use jiff::ToSpan as _;

use super::{id, moment};
use crate::contract::spec::Version::V3;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    [catalog(), places(), bookings()]
        .into_iter()
        .flatten()
        .collect()
}

fn catalog() -> Vec<Driver> {
    vec![
        Driver::only(
            V3,
            "services.list",
            [
                call!(|stage| {
                    let query = ServicesQuery {
                        service_category_id: Some(id("k1")),
                        is_private: Some(false),
                    };
                    stage.location.services().list(&query).await
                }),
                call!(|stage| {
                    let query = ServicesQuery::default();
                    stage.location.services().list(&query).await
                }),
            ],
        ),
        Driver::only(
            V3,
            "services.get",
            [call!(|stage| stage
                .location
                .services()
                .get(&id("s1"))
                .await)],
        ),
        Driver::only(
            V3,
            "services.create",
            [
                call!(|stage| {
                    let service = NewService {
                        name: "Haircut".to_owned(),
                        slug: "haircut".to_owned(),
                        staff: vec![id("u1")],
                        variations: vec![NewServiceVariation {
                            name: "Long hair".to_owned(),
                            terms: terms(),
                        }],
                        terms: terms(),
                        details: details(),
                    };
                    stage.location.services().create(&service).await
                }),
                call!(|stage| {
                    let service = NewService {
                        name: "Haircut".to_owned(),
                        slug: "haircut".to_owned(),
                        staff: vec![id("u1")],
                        variations: Vec::new(),
                        terms: ServiceTerms::default(),
                        details: ServiceDetails::default(),
                    };
                    stage.location.services().create(&service).await
                }),
            ],
        ),
        Driver::only(
            V3,
            "services.update",
            [
                call!(|stage| {
                    let update = ServiceUpdate {
                        name: Some("Haircut".to_owned()),
                        slug: Some("haircut".to_owned()),
                        staff: Some(vec![id("u1")]),
                        variations: Some(vec![
                            ServiceVariationUpdate {
                                id: Some(id("v1")),
                                name: Some("Long hair".to_owned()),
                                terms: terms(),
                            },
                            ServiceVariationUpdate {
                                name: Some("Short hair".to_owned()),
                                ..ServiceVariationUpdate::default()
                            },
                        ]),
                        terms: terms(),
                        details: details(),
                    };
                    stage.location.services().update(&id("s1"), &update).await
                }),
                call!(|stage| {
                    let update = ServiceUpdate::default();
                    stage.location.services().update(&id("s1"), &update).await
                }),
            ],
        ),
        Driver::only(
            V3,
            "services.delete",
            [call!(|stage| stage
                .location
                .services()
                .delete(&id("s1"))
                .await)],
        ),
    ]
}

fn places() -> Vec<Driver> {
    vec![
        Driver::only(
            V3,
            "service_locations.list",
            [call!(|stage| stage
                .location
                .service_locations()
                .list()
                .await)],
        ),
        Driver::only(
            V3,
            "service_locations.get",
            [call!(|stage| stage
                .location
                .service_locations()
                .get(&id("l1"))
                .await)],
        ),
        Driver::only(
            V3,
            "service_locations.create",
            [
                call!(|stage| {
                    let place = NewServiceLocation {
                        name: "Main street".to_owned(),
                        slug: "main".to_owned(),
                        details: place_details(),
                    };
                    stage.location.service_locations().create(&place).await
                }),
                call!(|stage| {
                    let place = NewServiceLocation {
                        name: "Main street".to_owned(),
                        slug: "main".to_owned(),
                        details: ServiceLocationDetails::default(),
                    };
                    stage.location.service_locations().create(&place).await
                }),
            ],
        ),
        Driver::only(
            V3,
            "service_locations.update",
            [
                call!(|stage| {
                    let update = ServiceLocationUpdate {
                        name: Some("Main street".to_owned()),
                        slug: Some("main".to_owned()),
                        details: place_details(),
                    };
                    let places = stage.location.service_locations();
                    places.update(&id("l1"), &update).await
                }),
                call!(|stage| {
                    let update = ServiceLocationUpdate::default();
                    let places = stage.location.service_locations();
                    places.update(&id("l1"), &update).await
                }),
            ],
        ),
        Driver::only(
            V3,
            "service_locations.delete",
            [call!(|stage| stage
                .location
                .service_locations()
                .delete(&id("l1"))
                .await)],
        ),
    ]
}

fn bookings() -> Vec<Driver> {
    vec![
        Driver::only(
            V3,
            "service_bookings.list",
            [
                call!(|stage| {
                    let query = BookingsQuery {
                        from: moment(),
                        to: moment() + 24.hours(),
                        timezone: Some("America/Chicago".to_owned()),
                        service_location_id: Some(id("l1")),
                    };
                    stage.location.service_bookings().list(&query).await
                }),
                call!(|stage| {
                    let query = BookingsQuery {
                        from: moment(),
                        to: moment() + 24.hours(),
                        timezone: None,
                        service_location_id: None,
                    };
                    stage.location.service_bookings().list(&query).await
                }),
            ],
        ),
        Driver::only(
            V3,
            "service_bookings.get",
            [call!(|stage| stage
                .location
                .service_bookings()
                .get(&id("b1"))
                .await)],
        ),
        Driver::only(
            V3,
            "service_bookings.create",
            [
                call!(|stage| {
                    let booking = NewServiceBooking {
                        contact_id: id("p1"),
                        start_time: moment(),
                        end_time: moment() + 1.hour(),
                        timezone: "America/Chicago".to_owned(),
                        services: vec![booked_service()],
                        service_location_id: Some(id("l1")),
                        meeting_location: Some("1 Bank Street".into()),
                        title: Some("Rosan Deo".into()),
                        status: Some(NewBookingStatus::Confirmed),
                    };
                    let bookings = stage.location.service_bookings();
                    bookings.create(&booking, no_checks()).await
                }),
                call!(|stage| {
                    let booking = NewServiceBooking {
                        contact_id: id("p1"),
                        start_time: moment(),
                        end_time: moment() + 1.hour(),
                        timezone: "America/Chicago".to_owned(),
                        services: vec![least_booked_service()],
                        service_location_id: None,
                        meeting_location: None,
                        title: None,
                        status: None,
                    };
                    let bookings = stage.location.service_bookings();
                    bookings
                        .create(&booking, SkippedBookingChecks::default())
                        .await
                }),
            ],
        ),
        Driver::only(
            V3,
            "service_bookings.update",
            [
                call!(|stage| {
                    let update = ServiceBookingUpdate {
                        start_time: Some(moment()),
                        end_time: Some(moment() + 1.hour()),
                        timezone: Some("America/Chicago".to_owned()),
                        services: Some(vec![booked_service(), least_booked_service()]),
                        service_location_id: Some(id("l1")),
                        meeting_location: Some("1 Bank Street".into()),
                        title: Some("Rosan Deo".into()),
                        status: Some(ServiceBookingStatus::NoShow),
                    };
                    let bookings = stage.location.service_bookings();
                    bookings.update(&id("b1"), &update, no_checks()).await
                }),
                call!(|stage| {
                    let update = ServiceBookingUpdate::default();
                    let bookings = stage.location.service_bookings();
                    bookings
                        .update(&id("b1"), &update, SkippedBookingChecks::default())
                        .await
                }),
            ],
        ),
        Driver::only(
            V3,
            "service_bookings.delete",
            [call!(|stage| stage
                .location
                .service_bookings()
                .delete(&id("b1"))
                .await)],
        ),
    ]
}

fn terms() -> ServiceTerms {
    ServiceTerms {
        service_duration: Some(1),
        service_duration_unit: Some(TimeUnit::Hours),
        pre_buffer: Some(10),
        pre_buffer_unit: Some(TimeUnit::Minutes),
        post_buffer: Some(15),
        post_buffer_unit: Some(TimeUnit::Minutes),
        payment: Some(ServicePayment {
            amount: Some(49.5),
            deposit: Some(20.0),
            deposit_type: Some(DepositType::Percentage),
        }),
    }
}

fn details() -> ServiceDetails {
    ServiceDetails {
        description: Some("With washing".to_owned()),
        event_color: Some("#66C61C".to_owned()),
        cover_image: Some("https://deo.example/hair.png".to_owned()),
        service_category_id: Some(id("k1")),
        is_private: Some(true),
        form_id: Some("f1".to_owned()),
    }
}

fn place_details() -> ServiceLocationDetails {
    ServiceLocationDetails {
        phone: Some(id("+18887324197")),
        address: Some("1 Bank Street".into()),
        cover_image: Some("https://deo.example/place.png".to_owned()),
        location_type: Some(ServiceLocationType::Offline),
    }
}

fn no_checks() -> SkippedBookingChecks {
    SkippedBookingChecks {
        override_availability: true,
        skip_scheduling_notice: true,
    }
}

fn booked_service() -> BookedServiceInput {
    BookedServiceInput {
        id: id("s1"),
        staff_id: Some(id("u1")),
        position: Some(0),
        add_ons: vec![ServiceAddOnInput {
            id: id("a1"),
            quantity: Some(2),
            duration: Some(15),
        }],
    }
}

fn least_booked_service() -> BookedServiceInput {
    BookedServiceInput {
        id: id("s1"),
        staff_id: None,
        position: None,
        add_ons: Vec::new(),
    }
}
