//! What is going to happen, all of it decided from the seed before anything runs. Each event stands for itself, so that
//! any of them can be left out when a failure is shrunk.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::scene::PEOPLE;
use crate::testing::simulator::trouble::{Fault, Requests};

/// One of the people who call, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Caller(pub(super) usize);

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "caller {}", self.0 + 1)
    }
}

/// All that happens in one simulated world from outside.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) start: Timestamp,
    /// How many engines share the store.
    pub(super) workers: usize,
    /// In the order of time.
    pub(super) events: Vec<Event>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) at: Duration,
    pub(super) what: What,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Call {
        caller: Caller,
        end: CallEnd,
        fate: Fate,
    },
    Write {
        caller: Caller,
        words: Words,
        fate: Fate,
    },
    /// The host tells of a booking.
    Book { caller: Caller, worker: usize },
    /// A worker sweeps: it reads what HighLevel has recorded.
    Sweep { worker: usize },
    /// The host pauses the location for as long as this.
    Pause { worker: usize, length: Duration },
    /// The team turns do-not-disturb on or off.
    Disturb {
        caller: Caller,
        on: bool,
        fate: Fate,
    },
    /// The next requests of this kind go wrong.
    Trouble {
        requests: Requests,
        fault: Fault,
        times: u32,
    },
    /// Everything goes wrong for as long as this.
    Spell { fault: Fault, length: Duration },
    /// The store fails for as long as this.
    StoreFails { length: Duration },
    /// Somebody sets the clock of a worker's machine.
    ClockSet { worker: usize, seconds: i64 },
    /// The worker dies at the point that it reaches after this many others, and is started again later.
    Crash {
        worker: usize,
        point: CrashPoint,
        after: u32,
        down: Duration,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallEnd {
    Missed,
    Voicemail,
    Answered,
    /// The business calls, and is answered.
    Returned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// The word that the platform understands, too.
    Stop,
    /// What only the recipe understands.
    Refusal,
    Start,
    Help,
    Thanks,
    Automatic,
    Other,
}

impl Words {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Refusal => "please stop texting me",
            Self::Start => "START",
            Self::Help => "can somebody call me please",
            Self::Thanks => "thanks",
            Self::Automatic => "I'm driving right now and will get back to you later.",
            Self::Other => "we are on our way home",
        }
    }
}

/// What becomes of a webhook on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fate {
    pub(super) worker: usize,
    pub(super) delay: Duration,
    /// How long after the first it is delivered once more.
    pub(super) again: Option<Duration>,
    /// It is never delivered. A sweep may still find what it would have told.
    pub(super) lost: bool,
}

impl Fate {
    pub(super) const PROMPT: Self = Self {
        worker: 0,
        delay: Duration::from_millis(300),
        again: None,
        lost: false,
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CrashPoint {
    BeforeWrite,
    AfterWrite,
    BeforeRequest,
    AfterRequest,
}

impl CrashPoint {
    const ALL: [Self; 4] = [
        Self::BeforeWrite,
        Self::AfterWrite,
        Self::BeforeRequest,
        Self::AfterRequest,
    ];
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// A Thursday; the clocks go back in the night to the Sunday after.
const FIRST_DAY: Timestamp = Timestamp::constant(1_793_232_000, 0);

impl Plan {
    pub(super) fn of_seed(seed: u64) -> Self {
        let mut random = Random {
            chance: fastrand::Rng::with_seed(seed),
            loses: false,
        };
        random.loses = random.one_in(3);
        // Mostly when the business is open in Chicago, and now and then at night.
        let hour = if random.one_in(4) {
            random.chance.u64(..24)
        } else {
            random.chance.u64(13..22)
        };
        let start = FIRST_DAY
            .saturating_add(Duration::from_secs(
                random.chance.u64(..5) * 24 * HOUR + hour * HOUR,
            ))
            .unwrap_or(FIRST_DAY);
        let workers = random.chance.usize(1..=2);
        let mut events = Vec::new();
        for _ in 0..random.chance.usize(1..=3) {
            let caller = Caller(random.chance.usize(..PEOPLE));
            random.caller(caller, &mut events);
        }
        if random.one_in(6) {
            random.pause(&mut events);
        }
        random.troubles(&mut events);
        if random.loses {
            random.sweeps(&mut events);
        }
        events.sort_by_key(|event| event.at);
        Self {
            start,
            workers,
            events,
        }
    }
}

impl Plan {
    /// The most that a worker's clock is ever wrong.
    pub(super) fn clock_error(&self) -> Duration {
        let errors = self.events.iter().map(|event| match event.what {
            What::ClockSet { seconds, .. } => seconds.unsigned_abs(),
            _ => 0,
        });
        Duration::from_secs(errors.max().unwrap_or(0))
    }

    /// Whether a webhook is never delivered.
    pub(super) fn loses(&self) -> bool {
        self.events.iter().any(|event| match event.what {
            What::Call { fate, .. } | What::Write { fate, .. } => fate.lost,
            _ => false,
        })
    }
}

struct Random {
    chance: fastrand::Rng,
    /// Whether webhooks get lost, and workers sweep.
    loses: bool,
}

impl Random {
    fn one_in(&mut self, many: u32) -> bool {
        self.chance.u32(..many) == 0
    }

    fn seconds(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(self.chance.u64(from * 1000..to * 1000))
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.chance.usize(..choices.len())]
    }

    fn fate(&mut self) -> Fate {
        let delay = match self.chance.u32(..10) {
            0 => self.seconds(MINUTE, 40 * MINUTE),
            1 | 2 => self.seconds(1, 2 * MINUTE),
            _ => self.seconds(0, 2),
        };
        let again = match self.chance.u32(..6) {
            0 => Some(self.seconds(0, 1)),
            1 => Some(self.seconds(1, 20 * MINUTE)),
            _ => None,
        };
        Fate {
            worker: self.chance.usize(..2),
            delay,
            again,
            lost: false,
        }
    }

    /// That of a webhook which tells of what HighLevel records.
    fn fate_of_recorded(&mut self) -> Fate {
        let lost = self.loses && self.one_in(4);
        Fate {
            lost,
            ..self.fate()
        }
    }

    /// A person calls, and perhaps again, and perhaps says something.
    fn caller(&mut self, caller: Caller, events: &mut Vec<Event>) {
        let mut at = self.seconds(0, 10 * MINUTE);
        if self.one_in(8) {
            // Somebody who wanted no texts before they ever called.
            self.writes(caller, Words::Refusal, at, events);
            at += self.seconds(1, 5 * MINUTE);
        }
        self.calls(caller, at, events);
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
            let worker = self.chance.usize(..2);
            let at = at + self.seconds(1, HOUR);
            let what = What::Book { caller, worker };
            events.push(Event { at, what });
        }
        if self.one_in(8) {
            let on = Event {
                at: at + self.seconds(1, HOUR),
                what: What::Disturb {
                    caller,
                    on: true,
                    fate: self.fate(),
                },
            };
            events.push(on);
            if self.one_in(2) {
                let at = on.at + self.seconds(1, HOUR);
                let what = What::Disturb {
                    caller,
                    on: false,
                    fate: self.fate(),
                };
                events.push(Event { at, what });
            }
        }
        if self.one_in(3) {
            // After the cooldown, or right around its end.
            let last = at + Duration::from_secs(3 * HOUR + 50 * MINUTE) + self.seconds(0, HOUR);
            self.calls(caller, last, events);
        }
    }

    fn calls(&mut self, caller: Caller, at: Duration, events: &mut Vec<Event>) {
        let end = match self.chance.u32(..12) {
            0 => CallEnd::Answered,
            1 => CallEnd::Returned,
            2 => CallEnd::Voicemail,
            _ => CallEnd::Missed,
        };
        let fate = self.fate_of_recorded();
        let what = What::Call { caller, end, fate };
        events.push(Event { at, what });
    }

    fn writes(&mut self, caller: Caller, words: Words, at: Duration, events: &mut Vec<Event>) {
        let fate = self.fate_of_recorded();
        let what = What::Write {
            caller,
            words,
            fate,
        };
        events.push(Event { at, what });
    }

    /// From the first event to some time after the last, by one worker or the other, and now and then by both at once.
    fn sweeps(&mut self, events: &mut Vec<Event>) {
        let last = events.iter().map(|event| event.at).max();
        let end = last.unwrap_or_default() + Duration::from_secs(HOUR);
        let pause = self.one_of(&[2 * MINUTE, 15 * MINUTE, HOUR]);
        let mut at = self.seconds(0, pause);
        while at < end {
            let worker = self.chance.usize(..2);
            let what = What::Sweep { worker };
            events.push(Event { at, what });
            if self.one_in(4) {
                let at = at + self.seconds(0, 1);
                let what = What::Sweep { worker: worker + 1 };
                events.push(Event { at, what });
            }
            at += self.seconds(pause / 2, 2 * pause);
        }
    }

    /// Around something that happens. There is one at most, so that its end is the end of all.
    fn pause(&mut self, events: &mut Vec<Event>) {
        let anchors: Vec<Duration> = events.iter().map(|event| event.at).collect();
        let at = self.one_of(&anchors) + self.seconds(0, HOUR);
        let what = What::Pause {
            worker: self.chance.usize(..2),
            length: self.seconds(MINUTE, 3 * HOUR),
        };
        let early = self.seconds(0, HOUR);
        let at = at.saturating_sub(early);
        events.push(Event { at, what });
    }

    /// Faults, close to where something happens: right after a person does something, or when a later step is due.
    fn troubles(&mut self, events: &mut Vec<Event>) {
        let anchors: Vec<Duration> = events.iter().map(|event| event.at).collect();
        for _ in 0..self.chance.usize(..6) {
            let later = self.one_of(&[0, 0, 0, 30, 15 * MINUTE, 2 * HOUR]);
            let at = self.one_of(&anchors) + Duration::from_secs(later) + self.seconds(0, 20);
            let what = self.trouble();
            let early = self.seconds(0, 10);
            let at = at.saturating_sub(early);
            events.push(Event { at, what });
        }
    }

    fn trouble(&mut self) -> What {
        match self.chance.u32(..14) {
            0..=4 => What::Trouble {
                requests: self.one_of(&Requests::ALL),
                fault: self.one_of(&Fault::ALL),
                times: self.chance.u32(1..=4),
            },
            5 => What::Spell {
                fault: self.one_of(&Fault::WITHOUT_EFFECT),
                length: Duration::from_secs(30 * MINUTE),
            },
            6 => What::Spell {
                fault: self.one_of(&Fault::ALL),
                length: self.seconds(1, 3 * MINUTE),
            },
            7 => What::StoreFails {
                length: self.seconds(1, 2 * MINUTE),
            },
            8 => What::ClockSet {
                worker: self.chance.usize(..2),
                seconds: self.chance.i64(-90..=90),
            },
            _ => What::Crash {
                worker: self.chance.usize(..2),
                point: self.one_of(&CrashPoint::ALL),
                after: self.chance.u32(..6),
                down: self.one_of(&[
                    Duration::from_secs(1),
                    Duration::from_secs(20),
                    Duration::from_secs(8 * MINUTE),
                ]),
            },
        }
    }
}
