//! Services, their places and bookings.

use gohighlevel::api::calendars::TimeUnit;
use gohighlevel::api::calendars::services::{
    BookedServiceInput, BookingsQuery, DepositType, NewBookingStatus, NewService,
    NewServiceBooking, NewServiceLocation, NewServiceVariation, ServiceAddOnInput,
    ServiceBookingStatus, ServiceBookingUpdate, ServiceDetails, ServiceLocationDetails,
    ServiceLocationType, ServiceLocationUpdate, ServicePayment, ServiceTerms, ServiceUpdate,
    ServiceVariationUpdate, ServicesQuery, SkippedBookingChecks,
};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{
    ServiceAddOnId, ServiceBookingId, ServiceCategoryId, ServiceId, ServiceLocationId,
    ServiceVariationId, StaffId,
};
use serde_json::json;

use super::super::support::{
    CONTACT, LOCATION, Server, assert_prints_no_personal_data, contact_id, fixture, phone, text,
};
use super::asked_in_v3;

fn service_id() -> ServiceId {
    ServiceId::new("sv1").unwrap()
}

fn staff() -> StaffId {
    StaffId::new("8MkU36Wps2w5bRbuGtw3").unwrap()
}

fn half_an_hour() -> ServiceTerms {
    ServiceTerms {
        service_duration: Some(30),
        service_duration_unit: Some(TimeUnit::Minutes),
        payment: Some(ServicePayment {
            amount: Some(50.5),
            deposit: None,
            deposit_type: Some(DepositType::Amount),
        }),
        ..ServiceTerms::default()
    }
}

fn service() -> NewService {
    NewService {
        name: "Hair Styling".into(),
        slug: "hair-styling".into(),
        staff: vec![staff()],
        variations: vec![NewServiceVariation {
            name: "Standard Haircut".into(),
            terms: ServiceTerms::default(),
        }],
        terms: half_an_hour(),
        details: ServiceDetails {
            is_private: Some(true),
            ..ServiceDetails::default()
        },
    }
}

fn booking() -> NewServiceBooking {
    NewServiceBooking {
        contact_id: contact_id(),
        start_time: "2023-09-25T16:00:00+05:30".parse().unwrap(),
        end_time: "2023-09-25T16:30:00+05:30".parse().unwrap(),
        timezone: "America/New_York".into(),
        services: vec![BookedServiceInput {
            id: service_id(),
            staff_id: Some(staff()),
            position: Some(0),
            add_ons: vec![ServiceAddOnInput {
                id: ServiceAddOnId::new("a1").unwrap(),
                quantity: Some(2),
                duration: None,
            }],
        }],
        service_location_id: None,
        meeting_location: Some("3535 1st St N".into()),
        title: Some("Rosan Deo".into()),
        status: Some(NewBookingStatus::Confirmed),
    }
}

fn place() -> NewServiceLocation {
    NewServiceLocation {
        name: "Midtown".into(),
        slug: "midtown".into(),
        details: ServiceLocationDetails {
            phone: Some(phone()),
            address: Some("3535 1st St N".into()),
            location_type: Some(ServiceLocationType::Offline),
            ..ServiceLocationDetails::default()
        },
    }
}

#[tokio::test]
async fn bookings() {
    let id = ServiceBookingId::new("b1").unwrap();
    let query = BookingsQuery {
        from: "2023-09-25T00:00:00Z".parse().unwrap(),
        to: "2023-09-26T00:00:00Z".parse().unwrap(),
        timezone: Some("America/New_York".into()),
        service_location_id: Some(ServiceLocationId::new("p1").unwrap()),
    };
    let bookings = asked_in_v3(
        fixture!("calendars/bookings"),
        "GET",
        &format!(
            "/calendars/services/bookings?locationId={LOCATION}&startTime=1695600000000&endTime=1695686400000&timezone=America%2FNew_York&serviceLocationId=p1"
        ),
        None,
        async |location| location.service_bookings().list(&query).await,
    )
    .await;
    assert_eq!(bookings.len(), 2);
    assert_eq!(bookings[0].status, Some(ServiceBookingStatus::NoShow));
    let booked = &bookings[0].services[0];
    assert_eq!(booked.resources().count(), 1);
    assert_eq!(booked.service_add_ons[0].quantity, Some(2));
    assert_eq!(text(&bookings[0].meeting_location), Some("3535 1st St N"));
    assert_eq!(bookings[1].services, []);

    asked_in_v3(
        fixture!("calendars/booking"),
        "GET",
        "/calendars/services/bookings/b1",
        None,
        async |location| location.service_bookings().get(&id).await,
    )
    .await;
    assert_prints_no_personal_data(&booking());
    let read = asked_in_v3(
        fixture!("calendars/booking"),
        "POST",
        "/calendars/services/bookings?overrideAvailability=true",
        Some(json!({
            "locationId": LOCATION,
            "contactId": CONTACT,
            "startTime": "2023-09-25T10:30:00Z",
            "endTime": "2023-09-25T11:00:00Z",
            "timezone": "America/New_York",
            "services": [{
                "id": "sv1",
                "staffId": "8MkU36Wps2w5bRbuGtw3",
                "position": 0,
                "addOns": [{"id": "a1", "quantity": 2}],
            }],
            "meetingLocation": "3535 1st St N",
            "title": "Rosan Deo",
            "status": "confirmed",
        })),
        async |location| {
            let checks = SkippedBookingChecks {
                override_availability: true,
                ..SkippedBookingChecks::default()
            };
            location.service_bookings().create(&booking(), checks).await
        },
    )
    .await;
    assert_eq!(read.messages.len(), 1);
    let update = ServiceBookingUpdate {
        status: Some(ServiceBookingStatus::NoShow),
        ..ServiceBookingUpdate::default()
    };
    asked_in_v3(
        fixture!("calendars/booking"),
        "PUT",
        "/calendars/services/bookings/b1?skipSchedulingNotice=true",
        Some(json!({"status": "no_show"})),
        async |location| {
            let checks = SkippedBookingChecks {
                skip_scheduling_notice: true,
                ..SkippedBookingChecks::default()
            };
            let bookings = location.service_bookings();
            bookings.update(&id, &update, checks).await
        },
    )
    .await;
    asked_in_v3(
        fixture!("calendars/success"),
        "DELETE",
        "/calendars/services/bookings/b1",
        None,
        async |location| location.service_bookings().delete(&id).await,
    )
    .await;
}

#[tokio::test]
async fn catalog() {
    let query = ServicesQuery {
        service_category_id: Some(ServiceCategoryId::new("c1").unwrap()),
        is_private: Some(false),
    };
    let services = asked_in_v3(
        fixture!("calendars/services"),
        "GET",
        &format!(
            "/calendars/services/catalog?locationId={LOCATION}&serviceCategoryId=c1&isPrivate=false"
        ),
        None,
        async |location| location.services().list(&query).await,
    )
    .await;
    assert_eq!(services.len(), 2);
    assert_eq!(services[0].staff, [staff()]);
    assert_eq!(services[0].terms.post_buffer, Some(15));
    let payment = services[0].terms.payment.as_ref().unwrap();
    assert_eq!((payment.amount, payment.deposit), (Some(50.0), Some(20.5)));
    let [variation] = services[0].variations.as_slice() else {
        panic!("{services:?}");
    };
    assert_eq!(variation.terms.payment.as_ref().unwrap().amount, Some(30.0));
    assert_eq!(services[0].details.event_color.as_deref(), Some("#66C61C"));
    assert_eq!(services[1].terms.service_duration, Some(1));

    asked_in_v3(
        fixture!("calendars/service"),
        "GET",
        "/calendars/services/catalog/sv1",
        None,
        async |location| location.services().get(&service_id()).await,
    )
    .await;
    let read = asked_in_v3(
        fixture!("calendars/service"),
        "POST",
        "/calendars/services/catalog",
        Some(json!({
            "locationId": LOCATION,
            "name": "Hair Styling",
            "slug": "hair-styling",
            "staff": [{"id": "8MkU36Wps2w5bRbuGtw3"}],
            "variations": [{"name": "Standard Haircut"}],
            "serviceDuration": 30,
            "serviceDurationUnit": "mins",
            "payment": {"amount": 50.5, "depositType": "amount"},
            "isPrivate": true,
        })),
        async |location| location.services().create(&service()).await,
    )
    .await;
    assert_eq!(read.details.is_private, Some(true));
    let update = ServiceUpdate {
        staff: Some(vec![staff()]),
        variations: Some(vec![ServiceVariationUpdate {
            id: Some(ServiceVariationId::new("v1").unwrap()),
            ..ServiceVariationUpdate::default()
        }]),
        ..ServiceUpdate::default()
    };
    for (update, body) in [
        (
            update,
            json!({"staff": [{"id": "8MkU36Wps2w5bRbuGtw3"}], "variations": [{"id": "v1"}]}),
        ),
        (ServiceUpdate::default(), json!({})),
    ] {
        asked_in_v3(
            fixture!("calendars/service"),
            "PUT",
            "/calendars/services/catalog/sv1",
            Some(body),
            async |location| location.services().update(&service_id(), &update).await,
        )
        .await;
    }
    asked_in_v3(
        fixture!("calendars/success"),
        "DELETE",
        "/calendars/services/catalog/sv1",
        None,
        async |location| location.services().delete(&service_id()).await,
    )
    .await;
}

#[tokio::test]
async fn locations() {
    let id = ServiceLocationId::new("p1").unwrap();
    let places = asked_in_v3(
        fixture!("calendars/service_locations"),
        "GET",
        &format!("/calendars/services/locations?locationId={LOCATION}"),
        None,
        async |location| location.service_locations().list().await,
    )
    .await;
    assert_eq!(places.len(), 2);
    assert_eq!(places[0].phone, Some(phone()));
    assert_eq!(text(&places[0].address), Some("3535 1st St N"));
    assert_eq!(places[1].phone, None);

    let read = asked_in_v3(
        fixture!("calendars/service_location"),
        "GET",
        "/calendars/services/locations/p1",
        None,
        async |location| location.service_locations().get(&id).await,
    )
    .await;
    assert_eq!(read.location_type, Some(ServiceLocationType::AskBooker));
    assert_prints_no_personal_data(&place());
    asked_in_v3(
        fixture!("calendars/service_location"),
        "POST",
        "/calendars/services/locations",
        Some(json!({
            "locationId": LOCATION,
            "name": "Midtown",
            "slug": "midtown",
            "phone": "+18887324197",
            "address": "3535 1st St N",
            "locationType": "offline",
        })),
        async |location| location.service_locations().create(&place()).await,
    )
    .await;
    let update = ServiceLocationUpdate {
        slug: Some("uptown".into()),
        ..ServiceLocationUpdate::default()
    };
    asked_in_v3(
        fixture!("calendars/service_location"),
        "PUT",
        "/calendars/services/locations/p1",
        Some(json!({"slug": "uptown"})),
        async |location| location.service_locations().update(&id, &update).await,
    )
    .await;
    asked_in_v3(
        fixture!("calendars/success"),
        "DELETE",
        "/calendars/services/locations/p1",
        None,
        async |location| location.service_locations().delete(&id).await,
    )
    .await;
}

#[tokio::test]
async fn only_creates_are_not_repeated() {
    let server = Server::answering_v3(502, "<html>bad gateway</html>").await;
    let location = &server.location;
    let errors = [
        location.services().create(&service()).await.unwrap_err(),
        location
            .service_locations()
            .create(&place())
            .await
            .unwrap_err(),
        location
            .service_bookings()
            .create(&booking(), SkippedBookingChecks::default())
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(*error.kind(), ErrorKind::UnknownOutcome, "{error}");
    }
    assert_eq!(server.count().await, 3);
    let error = location.services().delete(&service_id()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unavailable, "{error}");
    assert_eq!(server.count().await, 8);
}
