//! `locations.json`: locations themselves, an agency's dealings with them, and the search for tasks.

use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::locations::{
    LocationSearch, LocationSettingsInput, LocationUpdate, MailgunAccess, NewLocation, Permission,
    Prospect, ProviderChannel, Snapshot, SocialProfiles, TwilioAccess, TwilioAccount,
};
use gohighlevel::api::tasks::TaskSearch;
use gohighlevel::secret::Private;

use super::id;
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

const PERMISSIONS: [Permission; 25] = [
    Permission::TwoWayTextMessaging,
    Permission::GoogleBusinessMessaging,
    Permission::WebChat,
    Permission::ReputationManagement,
    Permission::FacebookMessenger,
    Permission::GoogleBusinessCallTracking,
    Permission::MissedCallTextBack,
    Permission::TextToPay,
    Permission::Calendar,
    Permission::Crm,
    Permission::Opportunities,
    Permission::EmailMarketing,
    Permission::FormBuilder,
    Permission::SurveyBuilder,
    Permission::TriggerLinks,
    Permission::HtmlBuilder,
    Permission::SmsEmailTemplates,
    Permission::Funnels,
    Permission::Websites,
    Permission::Workflow,
    Permission::Membership,
    Permission::AllReports,
    Permission::Triggers,
    Permission::Campaigns,
    Permission::Launchpad,
];

pub(super) fn drivers() -> Vec<Driver> {
    let mut drivers = of_itself();
    drivers.extend(of_the_agency());
    drivers
}

fn of_itself() -> Vec<Driver> {
    vec![
        Driver::both(
            "locations.get",
            [call!(|stage| stage.location.details().await)],
        ),
        Driver::both(
            "locations.time_zones",
            [call!(|stage| stage.location.time_zones().await)],
        ),
        Driver::only(
            Version::V3,
            "locations.permissions",
            [call!(|stage| stage.location.permissions().await)],
        ),
        Driver::only(
            Version::V3,
            "locations.set_permissions",
            [
                call!(|stage| stage.location.set_permissions(&PERMISSIONS).await),
                call!(|stage| stage.location.set_permissions(&[]).await),
            ],
        ),
        Driver::only(
            Version::V3,
            "locations.conversation_providers",
            [
                call!(|stage| {
                    let location = &stage.location;
                    location.conversation_providers(&ProviderChannel::Sms).await
                }),
                call!(|stage| {
                    let location = &stage.location;
                    location
                        .conversation_providers(&ProviderChannel::Email)
                        .await
                }),
            ],
        ),
        Driver::both(
            "tasks.search",
            [
                call!(|stage| {
                    let search = TaskSearch {
                        contact_ids: vec![id("c1"), id("c2")],
                        completed: Some(false),
                        assigned_to: vec![id("u1")],
                        query: Some(Private::from("call")),
                        business_id: Some(id("b1")),
                        limit: 50,
                        skip: 50,
                    };
                    stage.location.tasks().search(&search).await
                }),
                call!(|stage| stage.location.tasks().search(&TaskSearch::default()).await),
            ],
        ),
    ]
}

fn of_the_agency() -> Vec<Driver> {
    vec![
        Driver::both(
            "locations.search",
            [
                call!(|stage| {
                    let search = LocationSearch {
                        company_id: Some(id("co1")),
                        email: Some(Private::from("office@example.com")),
                        order: Some(SortDirection::Descending),
                        skip: 10,
                        limit: 20,
                    };
                    stage.client.locations().search(&search).await
                }),
                call!(|stage| {
                    let locations = stage.client.locations();
                    locations.search(&LocationSearch::default()).await
                }),
            ],
        ),
        Driver::both(
            "locations.create",
            [
                call!(|stage| stage.client.locations().create(&whole_location()).await),
                call!(|stage| {
                    let location = NewLocation::new(id("co1"), "Dentist");
                    stage.client.locations().create(&location).await
                }),
            ],
        ),
        Driver::both(
            "locations.update",
            [
                call!(|stage| {
                    let locations = stage.client.locations();
                    locations.update(&id("l1"), &whole_update()).await
                }),
                call!(|stage| {
                    let update = LocationUpdate::new(id("co1"));
                    stage.client.locations().update(&id("l1"), &update).await
                }),
            ],
        ),
        Driver::both(
            "locations.delete",
            [
                call!(|stage| {
                    let locations = stage.client.locations();
                    locations.delete(&id("l1"), TwilioAccount::Keep).await
                }),
                call!(|stage| {
                    let locations = stage.client.locations();
                    locations.delete(&id("l1"), TwilioAccount::Delete).await
                }),
            ],
        ),
    ]
}

fn whole_location() -> NewLocation {
    NewLocation {
        phone: Some(id("+14155550123")),
        address: Some(Private::from("4th fleet street")),
        city: Some(Private::from("New York")),
        state: Some("Illinois".to_owned()),
        country: Some("US".to_owned()),
        postal_code: Some(Private::from("567654")),
        website: Some("https://dentist.example".to_owned()),
        timezone: Some("US/Central".to_owned()),
        prospect_info: Some(prospect()),
        settings: Some(settings()),
        social: Some(social()),
        twilio: Some(twilio()),
        mailgun: Some(mailgun()),
        snapshot_id: Some(id("sn1")),
        ..NewLocation::new(id("co1"), "Dentist")
    }
}

fn whole_update() -> LocationUpdate {
    LocationUpdate {
        name: Some("Dentist".to_owned()),
        phone: Some(id("+14155550123")),
        address: Some(Private::from("4th fleet street")),
        city: Some(Private::from("New York")),
        state: Some("Illinois".to_owned()),
        country: Some("US".to_owned()),
        postal_code: Some(Private::from("567654")),
        website: Some("https://dentist.example".to_owned()),
        timezone: Some("US/Central".to_owned()),
        prospect_info: Some(prospect()),
        settings: Some(settings()),
        social: Some(social()),
        twilio: Some(twilio()),
        mailgun: Some(mailgun()),
        snapshot: Some(Snapshot {
            id: id("sn1"),
            overrides: true,
        }),
        ..LocationUpdate::new(id("co1"))
    }
}

fn prospect() -> Prospect {
    Prospect {
        first_name: Private::from("John"),
        last_name: Private::from("Deo"),
        email: Private::from("deo@example.com"),
    }
}

fn settings() -> LocationSettingsInput {
    LocationSettingsInput {
        allow_duplicate_contact: Some(true),
        allow_duplicate_opportunity: Some(true),
        allow_facebook_name_merge: Some(false),
        disable_contact_timezone: Some(false),
    }
}

fn social() -> SocialProfiles {
    SocialProfiles {
        facebook_url: Some("https://facebook.example/dentist".to_owned()),
        google_plus: Some("https://plus.example/dentist".to_owned()),
        linked_in: Some("https://linkedin.example/dentist".to_owned()),
        foursquare: Some("https://foursquare.example/dentist".to_owned()),
        twitter: Some("https://x.example/dentist".to_owned()),
        yelp: Some("https://yelp.example/dentist".to_owned()),
        instagram: Some("https://instagram.example/dentist".to_owned()),
        youtube: Some("https://youtube.example/dentist".to_owned()),
        pinterest: Some("https://pinterest.example/dentist".to_owned()),
        blog_rss: Some("https://dentist.example/rss".to_owned()),
        google_places_id: Some("place-1".to_owned()),
    }
}

fn twilio() -> TwilioAccess {
    TwilioAccess {
        sid: "AC1".to_owned(),
        auth_token: "twilio-sample".into(),
    }
}

fn mailgun() -> MailgunAccess {
    MailgunAccess {
        api_key: "mailgun-sample".into(),
        domain: "mail.dentist.example".to_owned(),
    }
}
