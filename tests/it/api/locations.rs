//! The location's own details.

use gohighlevel::api::locations::ContactIdentifier;

use super::support::{
    LOCATION, Server, V2021_07, assert_prints_no_personal_data, assert_repeated, fixture, text,
};

#[tokio::test]
async fn details() {
    let server = Server::answering(200, fixture!("locations/get")).await;
    let details = server.location.details().await.unwrap();
    server
        .assert_asked("GET", &format!("/locations/{LOCATION}"), V2021_07, None)
        .await;
    assert_eq!(details.name.as_deref(), Some("Soleil Dental"));
    assert_eq!(details.timezone.as_deref(), Some("America/Chicago"));
    assert_eq!(
        details.company_id.as_ref().unwrap().as_str(),
        "5DP4iH6HLkQsiKESj6rh"
    );
    assert_eq!(details.phone.as_ref().unwrap().e164(), "+13125550100");
    for (value, expected) in [
        (&details.first_name, "Sanjay"),
        (&details.last_name, "Deo"),
        (&details.email, "office@example.com"),
        (&details.address, "1 Bank Street"),
        (&details.city, "Chicago"),
        (&details.postal_code, "60601"),
    ] {
        assert_eq!(text(value), Some(expected));
    }
    let business = details.business.as_ref().unwrap();
    for (value, expected) in [
        (&details.state, "IL"),
        (&details.country, "US"),
        (&details.website, "https://soleil.example"),
        (&business.name, "Soleil Dental LLC"),
        (&business.timezone, "America/Chicago"),
        (&business.website, "https://soleil.example"),
        (&business.country, "US"),
    ] {
        assert_eq!(value.as_deref(), Some(expected));
    }
    let settings = details.settings.as_ref().unwrap();
    assert_eq!(settings.allow_duplicate_contact, Some(false));
    assert_eq!(settings.allow_duplicate_opportunity, Some(true));
    assert_eq!(settings.disable_contact_timezone, Some(false));
    assert_eq!(
        settings.contact_unique_identifiers,
        [ContactIdentifier::Phone, ContactIdentifier::Email]
    );
    assert_prints_no_personal_data(&details);
}

#[tokio::test]
async fn details_reads_an_odd_answer() {
    let server = Server::answering(200, fixture!("locations/get_odd")).await;
    let details = server.location.details().await.unwrap();
    assert_eq!((details.phone, details.timezone), (None, None));
    assert_eq!(text(&details.postal_code), Some("60601"));
    let settings = details.settings.unwrap();
    assert_eq!(settings.allow_duplicate_contact, Some(true));
    assert_eq!(
        settings.contact_unique_identifiers,
        [
            ContactIdentifier::Other("fax".into()),
            ContactIdentifier::Email
        ]
    );
}

#[tokio::test]
async fn reading_is_repeated() {
    assert_repeated(async |location| location.details().await).await;
}
