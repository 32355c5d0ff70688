//! Companies: the agency itself.

use gohighlevel::ids::CompanyId;

use super::support::{Server, V2021_07, assert_prints_no_personal_data, fixture, text};

const TARGET: &str = "/companies/5DP41231LkQsiKESj6rh";

fn id() -> CompanyId {
    CompanyId::new("5DP41231LkQsiKESj6rh").unwrap()
}

#[tokio::test]
async fn get() {
    let server = Server::answering(200, fixture!("companies/get")).await;
    let company = server.client.companies().get(&id()).await.unwrap();
    server.assert_asked("GET", TARGET, V2021_07, None).await;
    assert_eq!(company.id, id());
    assert_eq!(company.name.as_deref(), Some("Tesla inc"));
    assert_eq!(text(&company.phone), Some("+1 888-732-4197"));
    assert_eq!(company.twilio_free_credits, Some(99.5));
    assert_eq!(company.location_count, Some(10));
    assert_eq!(company.enable_depreciated_features, Some(true));
    assert_eq!(company.onboarding_info.as_ref().unwrap()["pending"], false);
    assert!(company.saas_settings.is_some());
    assert_eq!(
        company
            .privacy_policy_accepted_by
            .as_ref()
            .unwrap()
            .as_str(),
        "SDfdf355Dfggdee"
    );
    let printed = format!("{company:?}");
    for planted in ["rosan", "732-4197", "3535", "Bank Street"] {
        assert!(!printed.contains(planted), "{printed}");
    }
}

#[tokio::test]
async fn get_reads_an_odd_answer() {
    let server = Server::answering_v3(200, fixture!("companies/get_odd")).await;
    let company = server.client.companies().get(&id()).await.unwrap();
    server.assert_asked("GET", TARGET, "v3", None).await;
    assert_eq!((company.plan, company.location_count), (Some(3), None));
    assert_eq!(company.is_reselling, Some(true));
    assert_eq!(company.saas_settings, None);
    assert_prints_no_personal_data(&company);
}
