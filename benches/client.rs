//! The overhead of the client: a GET of a contact of 2 KB, compared with bare reqwest and typed serde, with 1 and 32
//! requests in flight, in time and in CPU. The server is another process.
#![allow(missing_docs, reason = "criterion's macros make items without")]

mod bare;

use std::hint::black_box;
use std::time::Duration;

use bare::server::{Server, serve_if_asked};
use bare::{ANSWER, Bare, CONTACT, LOCATION, TOKEN};
use cpu_time::ProcessTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, Throughput, criterion_group};
use gohighlevel::Client;
use gohighlevel::ids::ContactId;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

/// CPU time of this process, over all threads.
struct Cpu;

impl Measurement for Cpu {
    type Intermediate = ProcessTime;
    type Value = Duration;

    fn start(&self) -> ProcessTime {
        ProcessTime::now()
    }

    fn end(&self, start: ProcessTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        static TIME: WallTime = WallTime;
        TIME.formatter()
    }
}

/// Requests of one iteration.
const REQUESTS: u64 = 64;

/// Performs them with this many in flight.
async fn perform<F: Future<Output = ()> + Send + 'static>(
    in_flight: u64,
    get: impl Fn() -> F + Clone + Send + 'static,
) {
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let get = get.clone();
        tasks.spawn(async move {
            for _ in 0..REQUESTS / in_flight {
                get().await;
            }
        });
    }
    tasks.join_all().await;
}

fn measure<M: Measurement>(criterion: &mut Criterion<M>, what: &str) {
    let server = Server::start().expect("a server");
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("an executor");
    let bare = Bare::new(server.url()).expect("reqwest");
    let client = Client::builder().token(TOKEN).base_url(server.url());
    let client = client.build().expect("a client");
    let location = client.location(LOCATION.parse().expect("an id"));
    let id: ContactId = CONTACT.parse().expect("an id");

    let mut group = criterion.benchmark_group(format!("64 contacts, {what}"));
    group.throughput(Throughput::Elements(REQUESTS));
    for in_flight in [1, 32] {
        group.bench_function(format!("reqwest and serde, {in_flight} in flight"), |it| {
            let bare = bare.clone();
            let get = move || {
                let bare = bare.clone();
                async move {
                    let contact = bare.contact(CONTACT).await;
                    black_box(contact.expect("a contact").id);
                }
            };
            it.iter(|| runtime.block_on(perform(in_flight, get.clone())));
        });
        group.bench_function(format!("gohighlevel, {in_flight} in flight"), |it| {
            let (location, id) = (location.clone(), id.clone());
            let get = move || {
                let (location, id) = (location.clone(), id.clone());
                async move {
                    let contact = location.contacts().get(&id).await;
                    black_box(contact.expect("a contact").id);
                }
            };
            it.iter(|| runtime.block_on(perform(in_flight, get.clone())));
        });
    }
    group.finish();
}

fn time(criterion: &mut Criterion) {
    measure(criterion, "time");
}

fn cpu(criterion: &mut Criterion<Cpu>) {
    measure(criterion, "CPU");
}

criterion_group!(in_time, time);
criterion_group!(name = in_cpu; config = Criterion::default().with_measurement(Cpu); targets = cpu);

fn main() {
    serve_if_asked(ANSWER).expect("a server");
    in_time();
    in_cpu();
    Criterion::default().configure_from_args().final_summary();
}
