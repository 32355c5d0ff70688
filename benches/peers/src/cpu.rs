//! The row about CPU: a GET of a contact of 2 KB, 32 in flight, by each client in turns.
//!
//! The server is another process, so that its CPU does not count; the executor has one thread, which leaves the other
//! of a small machine to the server. The clients take turns in short rounds, and what counts is the median over the
//! rounds: of each client's CPU, and of what it took over bare reqwest in the same round.

use cpu_time::ProcessTime;
use gohighlevel::Client;
use tokio::task::JoinSet;

use crate::bare::server::Server;
use crate::bare::{Bare, CONTACT, LOCATION, TOKEN};
use crate::scene::Anything;
use crate::table::Row;

const IN_FLIGHT: usize = 32;
const REQUESTS_OF_A_ROUND: usize = 2048;
const ROUNDS: usize = 60;
/// The CPU limit of this crate, relative to bare reqwest and typed serde.
const MOST: f64 = 1.10;

/// CPU time of one request in microseconds.
async fn round<F: Future<Output = ()> + Send + 'static>(
    get: impl Fn() -> F + Clone + Send + 'static,
) -> f64 {
    let each = REQUESTS_OF_A_ROUND / IN_FLIGHT;
    let start = ProcessTime::now();
    let mut tasks = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let get = get.clone();
        tasks.spawn(async move {
            for _ in 0..each {
                get().await;
            }
        });
    }
    tasks.join_all().await;
    start.elapsed().as_secs_f64() * 1e6 / (each * IN_FLIGHT) as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One client's CPU in each round.
#[derive(Default)]
struct Rounds(Vec<f64>);

impl Rounds {
    fn over(&self, bare: &Self) -> f64 {
        let rounds = self.0.iter().zip(&bare.0);
        median(rounds.map(|(own, bare)| own / bare).collect())
    }

    fn cell(&self, bare: &Self) -> String {
        let over = self.over(bare);
        format!("{:.1} µs ({over:.2} ×)", median(self.0.clone()))
    }
}

pub async fn get_of_a_contact() -> Anything<Row> {
    let server = Server::start()?;
    let url = server.url();
    let bare = Bare::new(url)?;
    let own = Client::builder().token(TOKEN).base_url(url).build()?;
    let own = own.location(LOCATION.parse()?);
    let ghl_sdk = ghl_sdk::Ghl::builder()
        .base_url(url)
        .private_integration_token(TOKEN)
        .build()?;
    let id = CONTACT.parse::<gohighlevel::ids::ContactId>()?;

    let bare_get = move || {
        let bare = bare.clone();
        async move {
            let contact = bare.contact(CONTACT).await;
            assert!(contact.is_ok_and(|contact| contact.id == CONTACT));
        }
    };
    let own_get = move || {
        let (own, id) = (own.clone(), id.clone());
        async move {
            let contact = own.contacts().get(&id).await;
            assert!(contact.is_ok_and(|contact| contact.id == id));
        }
    };
    let ghl_sdk_get = move || {
        let ghl_sdk = ghl_sdk.clone();
        async move {
            let contact = ghl_sdk.contacts().get(CONTACT).await;
            assert!(contact.is_ok_and(|contact| contact.id == CONTACT));
        }
    };

    let [mut bare, mut own, mut ghl_sdk] = [const { Rounds(Vec::new()) }; 3];
    // The first rounds warm up connections and caches.
    for number in 0..ROUNDS + 3 {
        // The order changes in each round.
        let mut now = [0.0; 3];
        for step in 0..3 {
            let turn = (number + step) % 3;
            now[turn] = match turn {
                0 => round(bare_get.clone()).await,
                1 => round(own_get.clone()).await,
                _ => round(ghl_sdk_get.clone()).await,
            };
        }
        if number >= 3 {
            bare.0.push(now[0]);
            own.0.push(now[1]);
            ghl_sdk.0.push(now[2]);
        }
    }
    let holds = own.over(&bare) <= MOST;
    let bare_median = median(bare.0.clone());
    Ok(Row {
        scene: "CPU per GET of a 2 KB contact, 32 in flight, over bare reqwest + typed serde",
        must: "≤ 1.10 × bare",
        own: (
            format!("{}; bare {bare_median:.1} µs", own.cell(&bare)),
            holds,
        ),
        ghl_sdk: Some(ghl_sdk.cell(&bare)),
        // It sends at most 95 requests in 10 seconds.
        highlevel_api: None,
    })
}
