//! Locations below an agency: minted tokens renew themselves from the agency's grant.

use gohighlevel::auth::oauth::GrantKey;
use gohighlevel::auth::store::MemoryTokenStore;
use gohighlevel::clock::Clock;
use gohighlevel::error::ErrorKind;
use gohighlevel::testing::{FakeGhl, Fault, ManualClock};
use http::{Method, StatusCode};

use super::support::{LIFE, Process, agency_seed, asked, builder, clock, while_claims_hold};
use crate::held_clock::HeldClock;

struct Agency<C = ManualClock> {
    fake: FakeGhl,
    clock: C,
    locations: Vec<String>,
}

impl Agency {
    async fn new(locations: usize, minted_refresh_tokens: bool) -> Self {
        Self::on(clock(), locations, minted_refresh_tokens).await
    }
}

impl<C: Clock + Clone> Agency<C> {
    async fn on(clock: C, locations: usize, minted_refresh_tokens: bool) -> Self {
        let fake = builder(&clock)
            .seed(agency_seed(locations))
            .minted_refresh_tokens(minted_refresh_tokens)
            .start()
            .await
            .unwrap();
        let locations = (0..locations).map(|n| format!("location-{n}")).collect();
        Self {
            fake,
            clock,
            locations,
        }
    }

    fn locations(&self) -> Vec<&str> {
        self.locations.iter().map(String::as_str).collect()
    }

    async fn connect(&self, process: &Process) {
        let code = self.fake.authorize_agency("agency", &self.locations());
        let connected = process.credentials.connect(&code.unwrap()).await.unwrap();
        assert_eq!(connected.key, GrantKey::from_text("agency:agency").unwrap());
        assert_eq!(connected.approved_locations.len(), self.locations.len());
    }

    fn process(&self) -> Process {
        Process::new(&self.fake, &self.clock, MemoryTokenStore::new())
    }

    /// Calls of the token endpoint since the code was exchanged, and minted tokens.
    fn calls(&self) -> (usize, usize) {
        (
            asked(&self.fake, "/oauth/token") - 1,
            asked(&self.fake, "/oauth/locationToken"),
        )
    }
}

#[tokio::test]
async fn a_minted_token_is_always_minted_anew_with_a_refresh_token_in_the_reply_or_without() {
    for with_refresh_token in [true, false] {
        let agency = Agency::new(1, with_refresh_token).await;
        let process = agency.process();
        agency.connect(&process).await;
        for _ in 0..5 {
            agency.clock.advance(LIFE);
            process.read("location-0").await.unwrap();
        }
        assert_eq!(agency.calls(), (5, 5));
    }
}

#[tokio::test]
async fn twenty_dead_locations_under_a_dead_agency_token_take_one_refresh_and_twenty_mints() {
    let agency = Agency::new(20, true).await;
    let process = agency.process();
    agency.connect(&process).await;
    let (served, errors) = process.read_at_once(&agency.locations()).await;
    assert_eq!((agency.calls(), served), ((0, 20), 20), "{errors:?}");

    agency.clock.advance(LIFE);
    let (served, errors) = process.read_at_once(&agency.locations()).await;
    assert_eq!((agency.calls(), served), ((1, 40), 20), "{errors:?}");

    // The same when HighLevel has ended all tokens before their time: one mint is refused, and tells the others.
    agency.fake.expire_access_tokens();
    let (served, errors) = process.read_at_once(&agency.locations()).await;
    assert_eq!((agency.calls(), served), ((2, 40 + 21), 20), "{errors:?}");
}

#[tokio::test]
async fn locations_without_tokens_take_one_refused_mint_when_their_agencys_has_ended_early() {
    let agency = Agency::new(20, true).await;
    let process = agency.process();
    agency.connect(&process).await;
    agency.fake.expire_access_tokens();
    // These locations never had a token: nothing but the first mint tells that the agency's is no more.
    let (served, errors) = process.read_at_once(&agency.locations()).await;
    assert_eq!((agency.calls(), served), ((1, 21), 20), "{errors:?}");
}

#[tokio::test]
async fn a_mint_that_stumbles_does_not_hold_up_the_others() {
    let agency = Agency::new(20, true).await;
    let process = agency.process();
    agency.connect(&process).await;
    let path = "/oauth/locationToken";
    let down = Fault::Status(StatusCode::BAD_GATEWAY);
    agency.fake.fault(Method::POST, path, down, 1).unwrap();
    let (served, errors) = process.read_at_once(&agency.locations()).await;
    assert_eq!((agency.calls(), served), ((0, 21), 20), "{errors:?}");
}

#[tokio::test]
async fn two_processes_mint_each_token_once() {
    let agency = Agency::on(HeldClock::new(), 20, true).await;
    let store = MemoryTokenStore::new();
    let processes = [
        Process::new(&agency.fake, &agency.clock, store.clone()),
        Process::new(&agency.fake, &agency.clock, store.clone()),
    ];
    agency.connect(&processes[0]).await;
    agency.clock.advance(LIFE);
    let locations = agency.locations();
    let both = async {
        tokio::join!(
            processes[0].read_at_once(&locations),
            processes[1].read_at_once(&locations),
        )
    };
    let (one, two) = while_claims_hold(&agency.clock, &store, both).await;
    assert_eq!(one.0 + two.0, 40, "{:?} {:?}", one.1, two.1);
    assert_eq!(agency.calls(), (1, 20));
}

#[tokio::test]
async fn an_agency_that_is_no_more_ends_its_locations_and_says_so() {
    let agency = Agency::new(3, true).await;
    let process = agency.process();
    agency.connect(&process).await;
    agency.fake.uninstall_agency("agency");
    let (served, errors) = process.read_at_once(&agency.locations()).await;
    assert_eq!(served, 0);
    for error in errors {
        assert_eq!(*error.kind(), ErrorKind::GrantDead, "{error}");
    }
    assert_eq!(agency.calls().0, 1);
}

#[tokio::test]
async fn installed_locations_are_read_over_all_pages_in_both_versions() {
    for version_3 in [false, true] {
        let agency = Agency::new(205, false).await;
        let process = if version_3 {
            Process::version_3(&agency.fake, &agency.clock, MemoryTokenStore::new())
        } else {
            agency.process()
        };
        let code = agency.fake.authorize_agency("agency", &agency.locations());
        process.credentials.connect(&code.unwrap()).await.unwrap();
        let company = "agency".parse().unwrap();
        let found = process.credentials.sync_locations(&company).await.unwrap();
        assert_eq!(found.len(), 205);
        assert!(found.iter().all(|it| it.installed_at.is_some()));
        process.read("location-204").await.unwrap();
        let path = if version_3 {
            "/oauth/installed-locations"
        } else {
            "/oauth/installedLocations"
        };
        assert_eq!(asked(&agency.fake, path), 3);
        agency.clock.advance(LIFE);
        process.read("location-204").await.unwrap();
    }
}

#[tokio::test]
async fn a_location_nobody_told_of_is_named_with_what_to_do() {
    let agency = Agency::new(1, true).await;
    let process = agency.process();
    let error = process.read("location-0").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("location location-0"), "{error}");
    let (location, company) = ("location-0".parse().unwrap(), "agency".parse().unwrap());
    let added = process.credentials.add_location(&location, &company).await;
    assert!(added.unwrap());
    let error = process.read("location-0").await.unwrap_err();
    assert!(error.to_string().contains("agency agency"), "{error}");
    agency.connect(&process).await;
    process.read("location-0").await.unwrap();
}
