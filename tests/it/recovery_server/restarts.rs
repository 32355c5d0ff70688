//! `kill -9` at fifty moments between the webhook and the last step, and a restart on the same database each time.
//!
//! A moment is a place in the flow, held there by FakeGhl's gates or recognised by what FakeGhl has logged, never a
//! time that was slept. Where all three writes stand is gone through in full.

use std::sync::Arc;

use gohighlevel::testing::{FakeGhl, Gate, GatePoint, HeldRequest};
use http::Method;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::server::{Place, Server};
use super::{assert_done_once, assert_served_once, call_ended_at, ledger, missed_call, until};
use GatePoint::{BeforeAnswer, BeforeEffect};

/// How many moments are gone through at once. Nearly all of their time is spent waiting.
const AT_ONCE: usize = 14;

const WRITES: [Request; 3] = [
    Request("text", Method::POST, "/conversations/messages"),
    Request("tag", Method::POST, "/contacts/*/tags"),
    Request("task", Method::POST, "/contacts/*/tasks"),
];
const CONTACT: Request = Request("contact", Method::GET, "/contacts/*");
const LINK: Request = Request("link", Method::GET, "/locations/*/customValues");
const THREADS: Request = Request("threads", Method::GET, "/conversations/search");
const THREAD: Request = Request("thread", Method::GET, "/conversations/*/messages");
const TASKS: Request = Request("tasks", Method::GET, "/contacts/*/tasks");

/// A kind of request: its name here, its method and its path.
#[derive(Debug, Clone)]
struct Request(&'static str, Method, &'static str);

/// Where the server dies.
#[derive(Debug, Clone)]
enum Moment {
    /// Each of the writes is held at this point, or has come to its end where there is none.
    Writes([Option<GatePoint>; 3]),
    /// This request is held for the n-th time; what does not wait for it goes on.
    Held(Request, usize, GatePoint),
    /// As many requests of the flow have arrived at HighLevel, and who knows what else.
    Arrived(usize),
    /// The webhook was answered 200 as many scheduler polls ago.
    Acknowledged(usize),
    /// The server died before, when this write was held; its heir is settling, and this request of it is held.
    Settling(Request, GatePoint, Request, GatePoint),
}

fn moments() -> Vec<Moment> {
    use Moment::{Acknowledged, Arrived, Held, Settling, Writes};
    let points = [Some(BeforeEffect), Some(BeforeAnswer), None];
    let [text, _, task] = WRITES;
    let mut moments = Vec::new();
    for at_text in points {
        for at_tag in points {
            for at_task in points {
                moments.push(Writes([at_text, at_tag, at_task]));
            }
        }
    }
    // That was the last one: everything is over.
    moments.pop();
    for point in [BeforeEffect, BeforeAnswer] {
        moments.extend([
            Held(LINK, 1, point),
            Held(CONTACT, 1, point),
            Held(CONTACT, 2, point),
            Settling(text.clone(), BeforeAnswer, THREADS, point),
            Settling(text.clone(), BeforeAnswer, THREAD, point),
            Settling(task.clone(), BeforeAnswer, TASKS, point),
            Settling(text.clone(), BeforeEffect, text.clone(), point),
        ]);
    }
    moments.extend((1..=6).map(Arrived));
    moments.extend([0, 4, 16, 64].map(Acknowledged));
    moments
}

#[tokio::test]
async fn a_crash_at_any_moment_loses_nothing_and_doubles_nothing() {
    let moments = moments();
    assert_eq!(moments.len(), 50);
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    // Those that take longest first.
    for moment in moments.into_iter().rev() {
        let places = Arc::clone(&places);
        running.spawn(async move {
            let _place = places.acquire().await.unwrap();
            survive(moment).await;
        });
    }
    running.join_all().await;
}

async fn survive(moment: Moment) {
    let case = format!("{moment:?}");
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let server = Server::start(&place, &fake).await;
    let contact = match moment {
        Moment::Writes(points) => {
            let writes = WRITES.iter().zip(points);
            let (over, held): (Vec<_>, Vec<_>) = writes.partition(|(_, point)| point.is_none());
            let mut gates: Vec<Gate> = held
                .iter()
                .filter_map(|(request, point)| Some(gate(&fake, request, (*point)?)))
                .collect();
            let contact = call(&fake);
            let mut requests = Vec::new();
            for gate in &mut gates {
                requests.push(gate.arrived().await.unwrap());
            }
            for (Request(step, ..), _) in over {
                until(step, || place.has_ended(step)).await;
            }
            kill(server, requests).await;
            contact
        }
        Moment::Held(request, nth, point) => {
            let mut gate = gate(&fake, &request, point);
            let contact = call(&fake);
            let mut held = gate.arrived().await.unwrap();
            for _ in 1..nth {
                held.release();
                held = gate.arrived().await.unwrap();
            }
            kill(server, vec![held]).await;
            contact
        }
        Moment::Arrived(requests) => {
            let before = fake.requests().len();
            let contact = call(&fake);
            until("requests", || fake.requests().len() >= before + requests).await;
            kill(server, vec![]).await;
            contact
        }
        Moment::Acknowledged(polls) => {
            let contact = call(&fake);
            until("a 200", || is_acknowledged(&fake)).await;
            for _ in 0..polls {
                tokio::task::yield_now().await;
            }
            kill(server, vec![]).await;
            contact
        }
        Moment::Settling(write, at_write, request, point) => {
            let mut writing = gate(&fake, &write, at_write);
            let contact = call(&fake);
            let held = writing.arrived().await.unwrap();
            kill(server, vec![held]).await;
            drop(writing);
            let mut settling = gate(&fake, &request, point);
            let heir = Server::start(&place, &fake).await;
            let held = settling.arrived().await.unwrap();
            kill(heir, vec![held]).await;
            contact
        }
    };
    let server = Server::start(&place, &fake).await;
    server.settle_and_stop(&place, &fake).await;
    assert!(is_acknowledged(&fake), "{case}");
    assert_served_once(&fake, &contact, call_ended_at(&fake), &case).await;
    assert_done_once(&ledger(&place).await, &case);
}

fn gate(fake: &FakeGhl, Request(_, method, path): &Request, point: GatePoint) -> Gate {
    fake.gate(method.clone(), path, point).unwrap()
}

fn call(fake: &FakeGhl) -> String {
    fake.call(&missed_call()).unwrap().contact_id
}

fn is_acknowledged(fake: &FakeGhl) -> bool {
    let attempts = &fake.deliveries()[0].attempts;
    attempts.iter().any(|attempt| attempt.status == Some(200))
}

/// Kills the server, and returns when HighLevel knows that nobody waits for the requests it holds.
async fn kill(server: Server, held: Vec<HeldRequest>) {
    server.kill().await;
    for request in held {
        request.abandoned().await;
    }
}
