//! Generates a plan from a seed: the callers' acts, how webhooks are delivered, and which faults are injected.

use std::time::Duration;

use gohighlevel::recipes::missed_call::{DoubtDecision, Removal};
use jiff::Timestamp;

use super::faults::{Fault, Requests};
use super::fixture::PEOPLE;
use super::plan::{
    CallEnd, Caller, CrashPoint, DeliveryPlan, Departure, Event, EventKind, HostOnInstall,
    Interruption, Plan, Words,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// A Thursday. Daylight saving time ends in the night before the next Sunday.
const FIRST_DAY: Timestamp = Timestamp::constant(1_793_232_000, 0);

impl Plan {
    pub(super) fn of_seed(seed: u64) -> Self {
        let mut generator = Generator {
            rng: fastrand::Rng::with_seed(seed),
            loses: false,
        };
        generator.loses = generator.one_in(3);
        // Mostly in the opening hours of Chicago, and sometimes at night.
        let hour = if generator.one_in(4) {
            generator.rng.u64(..24)
        } else {
            generator.rng.u64(13..22)
        };
        let start = FIRST_DAY
            .saturating_add(Duration::from_secs(
                generator.rng.u64(..5) * 24 * HOUR + hour * HOUR,
            ))
            .unwrap_or(FIRST_DAY);
        let workers = generator.rng.usize(1..=2);
        let mut events = Vec::new();
        for _ in 0..generator.rng.usize(1..=3) {
            let caller = Caller(generator.rng.usize(..PEOPLE));
            generator.caller(caller, &mut events);
        }
        if generator.one_in(6) {
            generator.pause(&mut events);
        }
        generator.faults(&mut events);
        if generator.loses {
            generator.sweeps(&mut events);
        }
        if generator.one_in(8) {
            generator.flood(&mut events);
        }
        let mut doubter = Generator {
            rng: fastrand::Rng::with_seed(seed.rotate_left(32)),
            loses: false,
        };
        if doubter.one_in(4) {
            doubter.doubts(&mut events);
        }
        let dates_answers = !generator.one_in(4);
        if generator.one_in(4) {
            generator.stalls(&mut events);
        }
        if generator.one_in(6) {
            generator.absences(&mut events);
        }
        events.sort_by_key(|event| event.at);
        Self {
            start,
            workers,
            dates_answers,
            events,
        }
    }

    /// The same world on machines whose clocks are wrong from the start, are set again later, and run fast or slow. More
    /// answers are lost.
    pub(super) fn with_wrong_clocks(seed: u64) -> Self {
        let mut plan = Self::of_seed(seed);
        plan.dates_answers = true;
        let mut generator = Generator {
            rng: fastrand::Rng::with_seed(!seed),
            loses: false,
        };
        generator.wrong_clocks(plan.workers, &mut plan.events);
        plan.events.sort_by_key(|event| event.at);
        plan
    }
}

struct Generator {
    rng: fastrand::Rng,
    /// Whether webhooks are lost, and workers sweep.
    loses: bool,
}

impl Generator {
    fn one_in(&mut self, many: u32) -> bool {
        self.rng.u32(..many) == 0
    }

    fn seconds(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.rng.u64(from * 1000..to * 1000))
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.rng.usize(..choices.len())]
    }

    fn delivery(&mut self) -> DeliveryPlan {
        let delay = match self.rng.u32(..10) {
            0 => self.seconds(MINUTE, 40 * MINUTE),
            1 | 2 => self.seconds(1, 2 * MINUTE),
            _ => self.seconds(0, 2),
        };
        let repeat_after = match self.rng.u32(..6) {
            0 => Some(self.seconds(0, 1)),
            1 => Some(self.seconds(1, 20 * MINUTE)),
            _ => None,
        };
        DeliveryPlan {
            worker: self.rng.usize(..2),
            delay,
            repeat_after,
            lost: false,
        }
    }

    /// The delivery of a webhook whose event HighLevel also records.
    fn delivery_of_recorded(&mut self) -> DeliveryPlan {
        let lost = self.loses && self.one_in(4);
        DeliveryPlan {
            lost,
            ..self.delivery()
        }
    }

    /// A person calls once or more, and may write, book or opt out before, between or after the calls.
    fn caller(&mut self, caller: Caller, events: &mut Vec<Event>) {
        let mut at = self.seconds(0, 10 * MINUTE);
        if self.one_in(8) {
            // The caller opted out before the first call.
            self.writes(caller, Words::Refusal, at, events);
            at += self.seconds(1, 5 * MINUTE);
        }
        if self.one_in(3) {
            at += Duration::from_secs(HOUR);
            self.contact_before_call(caller, at, events);
        }
        self.calls(caller, at, events);
        if self.one_in(4) {
            // Usually before the text is sent.
            let at = at + self.seconds(1, 40);
            let delivery = self.delivery_of_recorded();
            let kind = self.in_touch(caller, delivery);
            events.push(Event { at, kind });
        }
        while self.one_in(2) {
            at += self.seconds(5, 10 * MINUTE);
            self.calls(caller, at, events);
        }
        if self.one_in(3) {
            at += self.seconds(1, 3 * HOUR);
            let words = self.one_of(&[
                Words::Stop,
                Words::Refusal,
                Words::Refusal,
                Words::Help,
                Words::Thanks,
                Words::Automatic,
                Words::Other,
            ]);
            self.writes(caller, words, at, events);
            if matches!(words, Words::Stop | Words::Refusal) && self.one_in(3) {
                at += self.seconds(2, 10 * MINUTE);
                self.writes(caller, Words::Start, at, events);
            }
        }
        if self.one_in(6) {
            let worker = self.rng.usize(..2);
            let at = at + self.seconds(1, HOUR);
            let kind = EventKind::Book { caller, worker };
            events.push(Event { at, kind });
        }
        if self.one_in(8) {
            let on = Event {
                at: at + self.seconds(1, HOUR),
                kind: EventKind::SetDnd {
                    caller,
                    on: true,
                    delivery: self.delivery(),
                },
            };
            events.push(on);
            if self.one_in(2) {
                let at = on.at + self.seconds(1, HOUR);
                let kind = EventKind::SetDnd {
                    caller,
                    on: false,
                    delivery: self.delivery(),
                };
                events.push(Event { at, kind });
            }
        }
        if self.one_in(3) {
            // After the cooldown, or close to its end.
            let last = at + Duration::from_secs(3 * HOUR + 50 * MINUTE) + self.seconds(0, HOUR);
            if self.one_in(2) {
                self.contact_before_call(caller, last, events);
            }
            self.calls(caller, last, events);
        }
    }

    /// Contact between a caller and the business in the hour before a call, which does not answer the call.
    fn contact_before_call(&mut self, caller: Caller, call: Duration, events: &mut Vec<Event>) {
        for _ in 0..self.rng.usize(1..=2) {
            let within = self.one_of(&[MINUTE, 10 * MINUTE, HOUR]);
            let early = self.seconds(1, within);
            let at = call.saturating_sub(early);
            let mut delivery = self.delivery_of_recorded();
            if self.one_in(4) {
                // Its webhook arrives right after the call.
                delivery.delay = early + self.seconds(0, 30);
            }
            let kind = self.in_touch(caller, delivery);
            events.push(Event { at, kind });
        }
    }

    fn in_touch(&mut self, caller: Caller, delivery: DeliveryPlan) -> EventKind {
        match self.rng.u32(..8) {
            0 => EventKind::Book {
                caller,
                worker: delivery.worker,
            },
            1..=4 => EventKind::Call {
                caller,
                end: self.one_of(&[CallEnd::Answered, CallEnd::Returned]),
                delivery,
            },
            _ => EventKind::Write {
                caller,
                words: self.one_of(&[
                    Words::Help,
                    Words::Thanks,
                    Words::Other,
                    Words::Automatic,
                    Words::Start,
                ]),
                delivery,
            },
        }
    }

    fn calls(&mut self, caller: Caller, at: Duration, events: &mut Vec<Event>) {
        let end = match self.rng.u32(..12) {
            0 => CallEnd::Answered,
            1 => CallEnd::Returned,
            2 => CallEnd::Voicemail,
            _ => CallEnd::Missed,
        };
        let delivery = self.delivery_of_recorded();
        let kind = EventKind::Call {
            caller,
            end,
            delivery,
        };
        events.push(Event { at, kind });
    }

    /// All callers call within a minute, as in a robocall flood.
    fn flood(&mut self, events: &mut Vec<Event>) {
        let began = self.seconds(0, 10 * MINUTE);
        for caller in (0..PEOPLE).map(Caller) {
            let at = began + self.seconds(0, 50);
            let delivery = self.delivery_of_recorded();
            let end = CallEnd::Missed;
            let kind = EventKind::Call {
                caller,
                end,
                delivery,
            };
            events.push(Event { at, kind });
        }
    }

    fn writes(&mut self, caller: Caller, words: Words, at: Duration, events: &mut Vec<Event>) {
        let delivery = self.delivery_of_recorded();
        let kind = EventKind::Write {
            caller,
            words,
            delivery,
        };
        events.push(Event { at, kind });
    }

    /// Sweeps from the first event to an hour after the last, by either worker and sometimes by both at once.
    fn sweeps(&mut self, events: &mut Vec<Event>) {
        let last = events.iter().map(|event| event.at).max();
        let end = last.unwrap_or_default() + Duration::from_secs(HOUR);
        let pause = self.one_of(&[2 * MINUTE, 15 * MINUTE, HOUR]);
        let mut at = self.seconds(0, pause);
        while at < end {
            let worker = self.rng.usize(..2);
            let kind = EventKind::Sweep { worker };
            events.push(Event { at, kind });
            if self.one_in(4) {
                let at = at + self.seconds(0, 1);
                let kind = EventKind::Sweep { worker: worker + 1 };
                events.push(Event { at, kind });
            }
            at += self.seconds(pause / 2, 2 * pause);
        }
    }

    /// Replies that may be opt-outs, after a call and often before another one, and what people decide about them.
    fn doubts(&mut self, events: &mut Vec<Event>) {
        let call = |event: &Event| match event.kind {
            EventKind::Call { caller, .. } => Some((caller, event.at)),
            _ => None,
        };
        let calls: Vec<_> = events.iter().filter_map(call).collect();
        for _ in 0..self.rng.usize(1..=2) {
            let (caller, called_at) = self.one_of(&calls);
            let within = self.one_of(&[20, 40, 2 * HOUR, 4 * HOUR]);
            let mut at = called_at + self.seconds(1, within);
            let worker = self.rng.usize(..2);
            let kind = EventKind::Doubt { caller, worker };
            events.push(Event { at, kind });
            if self.one_in(2) {
                let within = self.one_of(&[2, 10 * MINUTE, 2 * HOUR]);
                at += self.seconds(1, within);
                let kind = EventKind::Decide {
                    caller,
                    decision: self.one_of(&DoubtDecision::ALL),
                    worker: self.rng.usize(..2),
                };
                events.push(Event { at, kind });
            }
        }
    }

    /// A pause around one of the events. There is at most one, so that its end resumes the location.
    fn pause(&mut self, events: &mut Vec<Event>) {
        let anchors: Vec<Duration> = events.iter().map(|event| event.at).collect();
        let at = self.one_of(&anchors) + self.seconds(0, HOUR);
        let kind = EventKind::Pause {
            worker: self.rng.usize(..2),
            length: self.seconds(MINUTE, 3 * HOUR),
        };
        let early = self.seconds(0, HOUR);
        let at = at.saturating_sub(early);
        events.push(Event { at, kind });
    }

    /// Faults close to an event: right after it, or when a later step is due.
    fn faults(&mut self, events: &mut Vec<Event>) {
        let anchors: Vec<Duration> = events.iter().map(|event| event.at).collect();
        for _ in 0..self.rng.usize(..6) {
            let later = self.one_of(&[0, 0, 0, 30, 15 * MINUTE, 2 * HOUR]);
            let at = self.one_of(&anchors) + Duration::from_secs(later) + self.seconds(0, 20);
            let kind = self.fault();
            let early = self.seconds(0, 10);
            let at = at.saturating_sub(early);
            events.push(Event { at, kind });
        }
    }

    /// Workers hang, some of them for longer than their claims hold. Another one takes their work over meanwhile.
    fn stalls(&mut self, events: &mut Vec<Event>) {
        let anchors: Vec<Duration> = events.iter().map(|event| event.at).collect();
        for _ in 0..self.rng.usize(1..=2) {
            let later = self.one_of(&[0, 0, 0, 30, 2 * HOUR]);
            let at = self.one_of(&anchors) + Duration::from_secs(later);
            let kind = EventKind::Interrupt {
                worker: self.rng.usize(..2),
                // No engine can know that it hangs between its last look at the clock and the request.
                point: self.one_of(&[
                    CrashPoint::BeforeWrite,
                    CrashPoint::AfterWrite,
                    CrashPoint::AfterWrite,
                    CrashPoint::AfterRequest,
                ]),
                after: self.rng.u32(..6),
                interruption: Interruption::Stall {
                    length: self.one_of(&[
                        Duration::from_secs(20),
                        Duration::from_secs(5 * MINUTE),
                        Duration::from_secs(16 * MINUTE),
                        Duration::from_secs(40 * MINUTE),
                    ]),
                },
            };
            events.push(Event { at, kind });
        }
    }

    /// The location leaves the service around a call, once or twice, and comes back.
    fn absences(&mut self, events: &mut Vec<Event>) {
        let calls = events.iter().filter(|event| event.kind.is_call());
        let anchors: Vec<Duration> = calls.map(|event| event.at).collect();
        for _ in 0..self.rng.usize(1..=2) {
            let later = self.one_of(&[0, 0, MINUTE, 20 * MINUTE, 2 * HOUR]);
            let early = self.seconds(0, 5 * MINUTE);
            let at = self.one_of(&anchors) + Duration::from_secs(later);
            let kind = EventKind::Absence {
                worker: self.rng.usize(..2),
                departure: self.departure(),
                length: self.one_of(&[
                    Duration::from_secs(MINUTE),
                    Duration::from_secs(5 * MINUTE),
                    Duration::from_secs(30 * MINUTE),
                    Duration::from_secs(3 * HOUR),
                ]),
            };
            let at = at.saturating_sub(early);
            events.push(Event { at, kind });
        }
    }

    fn departure(&mut self) -> Departure {
        if self.one_in(2) {
            return Departure::Removed {
                removal: self.one_of(&[Removal::Finish, Removal::End]),
                everywhere: self.one_in(3),
            };
        }
        Departure::Uninstalled {
            gone: self.delivery(),
            back: self.delivery(),
            host: self.one_of(&[
                HostOnInstall::Nothing,
                HostOnInstall::Reports,
                HostOnInstall::Puts,
            ]),
        }
    }

    /// Wrong clocks from the start, and close to events.
    fn wrong_clocks(&mut self, workers: usize, events: &mut Vec<Event>) {
        let anchors: Vec<Duration> = events.iter().map(|event| event.at).collect();
        for worker in 0..workers {
            let kind = self.wrong_clock(worker);
            let at = Duration::ZERO;
            events.push(Event { at, kind });
        }
        for _ in 0..self.rng.usize(..5) {
            let later = self.one_of(&[0, 30, 30, 15 * MINUTE, 2 * HOUR]);
            let at = self.one_of(&anchors) + Duration::from_secs(later) + self.seconds(0, 20);
            let worker = self.rng.usize(..2);
            let kind = self.wrong_clock(worker);
            events.push(Event { at, kind });
        }
        for _ in 0..self.rng.usize(1..4) {
            let kind = EventKind::RequestFault {
                requests: self.one_of(&[Requests::Texts, Requests::Texts, Requests::Tasks]),
                fault: self.one_of(&[Fault::LostAfter, Fault::GatewayAfter, Fault::Hangs]),
                times: self.rng.u32(1..=3),
            };
            let at = self.one_of(&anchors);
            events.push(Event { at, kind });
        }
    }

    fn wrong_clock(&mut self, worker: usize) -> EventKind {
        const DAY: u64 = 24 * HOUR;
        let most = self.one_of(&[MINUTE, 5 * MINUTE, 3 * HOUR, 3 * HOUR, 2 * DAY, 400 * DAY]);
        let most = i64::try_from(most).unwrap_or(0);
        EventKind::ClockSet {
            worker,
            seconds: self.rng.i64(-most..=most),
            gains: self.one_of(&[0, 0, 0, 1, -1, 50, -50, 500, -500]),
        }
    }

    fn fault(&mut self) -> EventKind {
        match self.rng.u32(..14) {
            0..=4 => EventKind::RequestFault {
                requests: self.one_of(&Requests::ALL),
                fault: self.one_of(&Fault::ALL),
                times: self.rng.u32(1..=4),
            },
            5 => EventKind::Outage {
                fault: self.one_of(&Fault::WITHOUT_EFFECT),
                length: Duration::from_secs(30 * MINUTE),
            },
            6 => EventKind::Outage {
                fault: self.one_of(&Fault::ALL),
                length: self.seconds(1, 3 * MINUTE),
            },
            7 => EventKind::StoreFails {
                length: self.seconds(1, 2 * MINUTE),
            },
            8 => EventKind::ClockSet {
                worker: self.rng.usize(..2),
                seconds: self.rng.i64(-90..=90),
                gains: 0,
            },
            _ => EventKind::Interrupt {
                worker: self.rng.usize(..2),
                point: self.one_of(&CrashPoint::ALL),
                after: self.rng.u32(..6),
                interruption: Interruption::Crash {
                    down: self.one_of(&[
                        Duration::from_secs(1),
                        Duration::from_secs(20),
                        Duration::from_secs(8 * MINUTE),
                    ]),
                },
            },
        }
    }
}
