//! `users.json`.

use gohighlevel::api::cursor::SortDirection;
use gohighlevel::api::users::{
    NewUser, PlatformLanguage, UserEmailSearch, UserPermissions, UserRole, UserSearch, UserType,
    UserUpdate,
};

use super::id;
use crate::contract::spec::Version;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    [of_location(), of_agency()].into_iter().flatten().collect()
}

fn of_location() -> Vec<Driver> {
    vec![
        Driver::both(
            "users.list",
            [call!(|stage| stage.location.users().list().await)],
        )
        .in_parts(Version::V3),
        Driver::both(
            "users.search",
            [
                call!(|stage| stage
                    .location
                    .users()
                    .search(&id("k1"), &whole_search())
                    .await),
                call!(|stage| {
                    let search = UserSearch::default();
                    stage.location.users().search(&id("k1"), &search).await
                }),
            ],
        ),
        Driver::both(
            "users.get",
            [call!(|stage| stage.location.users().get(&id("u1")).await)],
        ),
        Driver::both(
            "users.create",
            [
                call!(|stage| stage.location.users().create(&whole_user()).await),
                call!(|stage| stage.location.users().create(&least_user()).await),
            ],
        ),
        Driver::both(
            "users.update",
            [
                call!(|stage| stage
                    .location
                    .users()
                    .update(&id("u1"), &whole_update())
                    .await),
                call!(|stage| {
                    let update = UserUpdate::default();
                    stage.location.users().update(&id("u1"), &update).await
                }),
            ],
        ),
        Driver::both(
            "users.delete",
            [call!(|stage| stage
                .location
                .users()
                .delete(&id("u1"))
                .await)],
        ),
    ]
}

fn of_agency() -> Vec<Driver> {
    vec![
        Driver::both(
            "agency users.search",
            [
                call!(|stage| stage
                    .client
                    .users()
                    .search(&id("k1"), &whole_search())
                    .await),
                call!(|stage| {
                    let search = UserSearch::default();
                    stage.client.users().search(&id("k1"), &search).await
                }),
            ],
        ),
        Driver::both(
            "agency users.search_by_email",
            [
                call!(|stage| {
                    let search = UserEmailSearch {
                        emails: vec!["ana@deo.example".into(), "ben@deo.example".into()],
                        deleted: Some(true),
                        projection: Some("all".to_owned()),
                        skip: Some(20),
                        limit: Some(10),
                    };
                    stage
                        .client
                        .users()
                        .search_by_email(&id("k1"), &search)
                        .await
                }),
                call!(|stage| {
                    let search = UserEmailSearch::default();
                    stage
                        .client
                        .users()
                        .search_by_email(&id("k1"), &search)
                        .await
                }),
            ],
        ),
        Driver::both(
            "agency users.get",
            [call!(|stage| stage.client.users().get(&id("u1")).await)],
        ),
        Driver::both(
            "agency users.create",
            [call!(|stage| stage
                .client
                .users()
                .create(&whole_user())
                .await)],
        ),
        Driver::both(
            "agency users.update",
            [call!(|stage| stage
                .client
                .users()
                .update(&id("u1"), &whole_update())
                .await)],
        ),
        Driver::both(
            "agency users.delete",
            [call!(|stage| stage.client.users().delete(&id("u1")).await)],
        ),
    ]
}

fn whole_search() -> UserSearch {
    UserSearch {
        query: Some("Ana".into()),
        location_id: Some(id("ve9EPM428h8vShlRW1KT")),
        user_type: Some(UserType::Account),
        role: Some(UserRole::Admin),
        ids: vec![id("u1"), id("u2")],
        sort: Some("dateAdded".to_owned()),
        sort_direction: Some(SortDirection::Ascending),
        two_way_sync: Some(true),
        skip: Some(20),
        limit: Some(10),
    }
}

fn least_user() -> NewUser {
    NewUser {
        company_id: id("k1"),
        first_name: "Ana".into(),
        last_name: "Deo".into(),
        email: "ana@deo.example".into(),
        password: "a long password".into(),
        user_type: UserType::Account,
        role: UserRole::Admin,
        location_ids: vec![id("ve9EPM428h8vShlRW1KT")],
        phone: None,
        permissions: None,
        scopes: None,
        scopes_assigned_to_only: None,
        profile_photo: None,
        twilio_phone: None,
        platform_language: None,
    }
}

fn whole_user() -> NewUser {
    let update = whole_update();
    NewUser {
        phone: update.phone,
        permissions: update.permissions,
        scopes: update.scopes,
        scopes_assigned_to_only: update.scopes_assigned_to_only,
        profile_photo: update.profile_photo,
        twilio_phone: update.twilio_phone,
        platform_language: update.platform_language,
        ..least_user()
    }
}

fn whole_update() -> UserUpdate {
    UserUpdate {
        company_id: Some(id("k1")),
        first_name: Some("Ana".into()),
        last_name: Some("Deo".into()),
        email: Some("ana@deo.example".into()),
        password: Some("a long password".into()),
        user_type: Some(UserType::Account),
        role: Some(UserRole::User),
        location_ids: Some(vec![id("ve9EPM428h8vShlRW1KT")]),
        phone: Some(id("+18887324197")),
        permissions: Some(permissions()),
        scopes: Some(vec!["contacts.write".to_owned()]),
        scopes_assigned_to_only: Some(vec!["contacts.write".to_owned()]),
        profile_photo: Some("https://deo.example/ana.png".to_owned()),
        twilio_phone: Some([(id("ve9EPM428h8vShlRW1KT"), id("+18887324197"))].into()),
        platform_language: Some(PlatformLanguage::English),
    }
}

/// All of them.
fn permissions() -> UserPermissions {
    let mut all = UserPermissions::default();
    for permission in [
        &mut all.campaigns_enabled,
        &mut all.campaigns_read_only,
        &mut all.contacts_enabled,
        &mut all.workflows_enabled,
        &mut all.workflows_read_only,
        &mut all.triggers_enabled,
        &mut all.funnels_enabled,
        &mut all.websites_enabled,
        &mut all.opportunities_enabled,
        &mut all.dashboard_stats_enabled,
        &mut all.bulk_requests_enabled,
        &mut all.appointments_enabled,
        &mut all.reviews_enabled,
        &mut all.online_listings_enabled,
        &mut all.phone_call_enabled,
        &mut all.conversations_enabled,
        &mut all.assigned_data_only,
        &mut all.adwords_reporting_enabled,
        &mut all.membership_enabled,
        &mut all.facebook_ads_reporting_enabled,
        &mut all.attributions_reporting_enabled,
        &mut all.settings_enabled,
        &mut all.tags_enabled,
        &mut all.lead_value_enabled,
        &mut all.marketing_enabled,
        &mut all.agent_reporting_enabled,
        &mut all.bot_service,
        &mut all.social_planner,
        &mut all.blogging_enabled,
        &mut all.invoice_enabled,
        &mut all.affiliate_manager_enabled,
        &mut all.content_ai_enabled,
        &mut all.refunds_enabled,
        &mut all.record_payment_enabled,
        &mut all.cancel_subscription_enabled,
        &mut all.payments_enabled,
        &mut all.communities_enabled,
        &mut all.export_payments_enabled,
    ] {
        *permission = Some(true);
    }
    all
}
