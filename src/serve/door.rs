//! Who is connected and what each connection is doing: whom to close so that another one gets in, and who has taken too
//! long. Pure: the time is an argument, and what is to be closed is handed back.

use std::collections::HashMap;
use std::time::Duration;

/// How long a new connection may take to send the head of its first request.
const FIRST_HEAD: Duration = Duration::from_secs(10);
/// How long a connection may stay without the whole head of another request. Proxies keep theirs for 60 seconds by default;
/// this side must not be the first to close, or a request can meet the closing.
const NEXT_HEAD: Duration = Duration::from_secs(75);

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// No whole head of a request is there.
    AwaitingHead,
    /// A head is there, and its body is not.
    ReadingBody,
    /// The whole request is there and is worked on.
    Handling,
    /// The answer is being sent.
    Answering,
}

/// All connections, each with `H` to close it.
#[derive(Debug)]
pub(super) struct Connections<H> {
    most: usize,
    made: u64,
    all: HashMap<u64, Connection<H>>,
}

#[derive(Debug)]
struct Connection<H> {
    handle: H,
    phase: Phase,
    since: Duration,
    /// Whether there was a request before.
    is_used: bool,
}

impl<H> Connection<H> {
    /// By when the head has to be there.
    fn is_overdue(&self, now: Duration) -> bool {
        let limit = if self.is_used { NEXT_HEAD } else { FIRST_HEAD };
        self.phase == Phase::AwaitingHead && now.saturating_sub(self.since) >= limit
    }
}

/// There are as many connections as may be, and each has its whole request with the service.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AllAtWork;

impl<H> Connections<H> {
    pub(super) fn at_most(most: usize) -> Self {
        Self {
            most: most.max(1),
            made: 0,
            all: HashMap::new(),
        }
    }

    /// Takes a new connection in. Returns its number.
    pub(super) fn enter(&mut self, now: Duration, handle: impl FnOnce(u64) -> H) -> u64 {
        self.made += 1;
        let connection = Connection {
            handle: handle(self.made),
            phase: Phase::AwaitingHead,
            since: now,
            is_used: false,
        };
        self.all.insert(self.made, connection);
        self.made
    }

    pub(super) fn leave(&mut self, number: u64) {
        self.all.remove(&number);
    }

    /// Makes room for one more, if there is none, by giving up the connection that has gone longest without getting on:
    /// its handle is returned, to be closed.
    pub(super) fn make_room(&mut self) -> Result<Option<H>, AllAtWork> {
        if self.all.len() < self.most {
            return Ok(None);
        }
        self.give_up_one().map(Some).ok_or(AllAtWork)
    }

    /// Gives up the connection that has been in its phase for longest. One whose whole request is with the service is
    /// never given up: the request may be half done.
    pub(super) fn give_up_one(&mut self) -> Option<H> {
        let can_wait = self
            .all
            .iter()
            .filter(|(_, connection)| connection.phase != Phase::Handling);
        let (number, _) =
            can_wait.min_by_key(|(number, connection)| (connection.since, **number))?;
        let number = *number;
        Some(self.all.remove(&number)?.handle)
    }

    /// Notes what a connection is doing from now on. `false` if it was given up.
    pub(super) fn is_now(&mut self, number: u64, phase: Phase, now: Duration) -> bool {
        let Some(connection) = self.all.get_mut(&number) else {
            return false;
        };
        connection.phase = phase;
        connection.since = now;
        connection.is_used = true;
        true
    }

    /// Gives up those that have taken too long to send a head.
    pub(super) fn overdue(&mut self, now: Duration) -> Vec<H> {
        self.give_up(|connection| connection.is_overdue(now))
    }

    /// Gives up those that have sent no whole head.
    pub(super) fn without_request(&mut self) -> Vec<H> {
        self.give_up(|connection| connection.phase == Phase::AwaitingHead)
    }

    fn give_up(&mut self, which: impl Fn(&Connection<H>) -> bool) -> Vec<H> {
        let given_up = self.all.extract_if(|_, connection| which(connection));
        given_up.map(|(_, connection)| connection.handle).collect()
    }

    /// How many are in the middle of a request.
    pub(super) fn with_request(&self) -> usize {
        let phases = self.all.values().map(|connection| connection.phase);
        phases.filter(|phase| *phase != Phase::AwaitingHead).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Connections whose handles are their numbers.
    fn entered(most: usize, moments: impl IntoIterator<Item = u64>) -> Connections<u64> {
        let mut connections = Connections::at_most(most);
        for moment in moments {
            connections.enter(at(moment), |number| number);
        }
        connections
    }

    #[test]
    fn a_new_one_takes_the_place_of_who_has_gone_longest_without_getting_on() {
        let mut connections = entered(3, [0, 1, 2]);
        assert!(connections.is_now(1, Phase::ReadingBody, at(3)));
        assert_eq!(connections.make_room(), Ok(Some(2)));
        assert_eq!(connections.make_room(), Ok(None));
        connections.enter(at(4), |number| number);
        assert_eq!(connections.make_room(), Ok(Some(3)));
        connections.enter(at(5), |number| number);
        // A body that does not come is no better than a head.
        assert_eq!(connections.make_room(), Ok(Some(1)));
        // It must not be served any more.
        assert!(!connections.is_now(1, Phase::Handling, at(6)));
    }

    #[test]
    fn a_request_that_the_service_has_is_never_given_up() {
        let mut connections = entered(2, [0, 0]);
        for number in [1, 2] {
            assert!(connections.is_now(number, Phase::Handling, at(1)));
        }
        assert_eq!(connections.make_room(), Err(AllAtWork));
        assert!(connections.overdue(at(1_000_000)).is_empty());
        assert!(connections.without_request().is_empty());
        assert_eq!(connections.with_request(), 2);
        // A peer that does not read the answer can be closed.
        assert!(connections.is_now(2, Phase::Answering, at(2)));
        assert_eq!(connections.make_room(), Ok(Some(2)));
        connections.leave(1);
        assert_eq!(connections.with_request(), 0);
    }

    #[test]
    fn heads_have_a_time_limit_which_a_byte_now_and_then_does_not_extend() {
        let mut connections = entered(9, [0, 5]);
        assert!(connections.overdue(at(9)).is_empty());
        assert_eq!(connections.overdue(at(10)), [1]);
        // Proxies keep connections open for the next request.
        assert!(connections.is_now(2, Phase::Handling, at(11)));
        assert!(connections.is_now(2, Phase::AwaitingHead, at(12)));
        assert!(connections.overdue(at(86)).is_empty());
        assert_eq!(connections.overdue(at(87)), [2]);
    }

    #[test]
    fn honest_ones_get_in_however_many_are_silent() {
        let mut connections = Connections::at_most(512);
        for silent in 0..10_000 {
            if let Some(handle) = connections.make_room().unwrap() {
                assert_ne!(handle % 100, 0, "an honest one was closed");
            }
            let now = Duration::from_millis(silent);
            let number = connections.enter(now, |number| number);
            if number % 100 == 0 {
                assert!(connections.is_now(number, Phase::Handling, now));
            }
        }
        assert_eq!(connections.with_request(), 100);
    }
}
