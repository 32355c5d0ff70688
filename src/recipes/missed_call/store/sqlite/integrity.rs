//! A thread that reads the whole database in the background and looks whether it still is one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, InterruptHandle};

use super::condition::Condition;
use super::error::Result;
use crate::clock::{Clock as _, SystemClock};
use crate::sqlite;

/// How much longer than a check the rest after it is, so that checks take a small part of a processor however often the
/// database is written.
const REST: u32 = 500;
const SHORTEST_REST: Duration = Duration::from_secs(5);

/// The order to check.
pub(super) type Order = Sender<()>;

/// Dropping it breaks off the check that is under way, and waits for the thread: until all orders are dropped.
pub(super) struct Checker {
    stops: Arc<AtomicBool>,
    interrupt: InterruptHandle,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checker").finish_non_exhaustive()
    }
}

impl Checker {
    /// `connection` is the thread's own. It ends once it is dropped here and nobody can order a check any more.
    pub(super) fn start(
        connection: Connection,
        condition: &Arc<Condition>,
    ) -> std::io::Result<(Self, Order)> {
        let (order, orders) = channel();
        let condition = Arc::clone(condition);
        let interrupt = connection.get_interrupt_handle();
        let stops = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stops);
        let thread = thread::Builder::new()
            .name("gohighlevel-check".into())
            .spawn(move || work(&connection, &orders, &condition, &stop))?;
        let checker = Self {
            stops,
            interrupt,
            thread: Some(thread),
        };
        Ok((checker, order))
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else {
            return;
        };
        // A check may begin at this very moment, and is not interrupted before it has.
        while !thread.is_finished() {
            self.interrupt.interrupt();
            thread::park_timeout(Duration::from_millis(1));
        }
        let _ = thread.join();
    }
}

fn work(connection: &Connection, orders: &Receiver<()>, condition: &Condition, stop: &AtomicBool) {
    while orders.recv().is_ok() {
        let mut is_ordered = true;
        while is_ordered && !stop.load(Ordering::Relaxed) && condition.damage().is_none() {
            let began = SystemClock.elapsed();
            if let Err(failure) = check(connection, stop)
                && !stop.load(Ordering::Relaxed)
            {
                condition.note(&failure);
            }
            let took = SystemClock.elapsed().saturating_sub(began);
            let rest = took.saturating_mul(REST).max(SHORTEST_REST);
            match ordered_within(orders, rest) {
                Some(ordered) => is_ordered = ordered,
                None => return,
            }
        }
    }
}

/// Rests for so long, and says whether a check was ordered meanwhile; `None` if nobody can order one any more.
fn ordered_within(orders: &Receiver<()>, rest: Duration) -> Option<bool> {
    let until = SystemClock.elapsed().saturating_add(rest);
    let mut ordered = false;
    loop {
        match orders.recv_timeout(until.saturating_sub(SystemClock.elapsed())) {
            Ok(()) => ordered = true,
            Err(RecvTimeoutError::Timeout) => return Some(ordered),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Table by table: while one is read, the log cannot be emptied.
fn check(connection: &Connection, stop: &AtomicBool) -> Result<()> {
    // What this connection remembers is not what is on the disk now.
    connection.execute_batch("PRAGMA shrink_memory")?;
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let tables: Vec<String> = connection
        .prepare(tables)?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for table in tables {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        sqlite::check(connection, Some(&table))?;
    }
    Ok(())
}
