//! What the seed decides: who does what, what becomes of it on its way, and what goes wrong.

use std::time::Duration;

use jiff::Timestamp;

use super::plan::{CallEnd, Caller, CrashPoint, Event, Fate, Plan, What, Words};
use super::scene::PEOPLE;
use super::trouble::{Fault, Requests};

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
        if random.one_in(8) {
            random.flood(&mut events);
        }
        events.sort_by_key(|event| event.at);
        Self {
            start,
            workers,
            tells_time: !random.one_in(4),
            events,
        }
    }

    /// The same world on machines whose clocks are wrong from the start, are set again while something happens, and run
    /// fast or slow; and in which many answers get lost.
    pub(super) fn with_wrong_clocks(seed: u64) -> Self {
        let mut plan = Self::of_seed(seed);
        plan.tells_time = true;
        let mut random = Random {
            chance: fastrand::Rng::with_seed(!seed),
            loses: false,
        };
        random.wrong_clocks(plan.workers, &mut plan.events);
        plan.events.sort_by_key(|event| event.at);
        plan
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

    /// A person calls, and perhaps again, and perhaps says something before, meanwhile or afterwards.
    fn caller(&mut self, caller: Caller, events: &mut Vec<Event>) {
        let mut at = self.seconds(0, 10 * MINUTE);
        if self.one_in(8) {
            // Somebody who wanted no texts before they ever called.
            self.writes(caller, Words::Refusal, at, events);
            at += self.seconds(1, 5 * MINUTE);
        }
        if self.one_in(3) {
            at += Duration::from_secs(HOUR);
            self.in_touch_before(caller, at, events);
        }
        self.calls(caller, at, events);
        if self.one_in(4) {
            // Before the text goes out, mostly.
            let at = at + self.seconds(1, 40);
            let fate = self.fate_of_recorded();
            let what = self.in_touch(caller, fate);
            events.push(Event { at, what });
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
            if self.one_in(2) {
                self.in_touch_before(caller, last, events);
            }
            self.calls(caller, last, events);
        }
    }

    /// What passes between a caller and the business within the hour before a call, which is no answer to it.
    fn in_touch_before(&mut self, caller: Caller, call: Duration, events: &mut Vec<Event>) {
        for _ in 0..self.chance.usize(1..=2) {
            let within = self.one_of(&[MINUTE, 10 * MINUTE, HOUR]);
            let early = self.seconds(1, within);
            let at = call.saturating_sub(early);
            let mut fate = self.fate_of_recorded();
            if self.one_in(4) {
                // It is told right after the call.
                fate.delay = early + self.seconds(0, 30);
            }
            let what = self.in_touch(caller, fate);
            events.push(Event { at, what });
        }
    }

    fn in_touch(&mut self, caller: Caller, fate: Fate) -> What {
        match self.chance.u32(..8) {
            0 => What::Book {
                caller,
                worker: fate.worker,
            },
            1..=4 => What::Call {
                caller,
                end: self.one_of(&[CallEnd::Answered, CallEnd::Returned]),
                fate,
            },
            _ => What::Write {
                caller,
                words: self.one_of(&[
                    Words::Help,
                    Words::Thanks,
                    Words::Other,
                    Words::Automatic,
                    Words::Start,
                ]),
                fate,
            },
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

    /// Everybody calls within a minute, as machines do.
    fn flood(&mut self, events: &mut Vec<Event>) {
        let began = self.seconds(0, 10 * MINUTE);
        for caller in (0..PEOPLE).map(Caller) {
            let at = began + self.seconds(0, 50);
            let fate = self.fate_of_recorded();
            let end = CallEnd::Missed;
            let what = What::Call { caller, end, fate };
            events.push(Event { at, what });
        }
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

    /// From the start, and close to where something happens.
    fn wrong_clocks(&mut self, workers: usize, events: &mut Vec<Event>) {
        let anchors: Vec<Duration> = events.iter().map(|event| event.at).collect();
        for worker in 0..workers {
            let what = self.wrong_clock(worker);
            let at = Duration::ZERO;
            events.push(Event { at, what });
        }
        for _ in 0..self.chance.usize(..5) {
            let later = self.one_of(&[0, 30, 30, 15 * MINUTE, 2 * HOUR]);
            let at = self.one_of(&anchors) + Duration::from_secs(later) + self.seconds(0, 20);
            let worker = self.chance.usize(..2);
            let what = self.wrong_clock(worker);
            events.push(Event { at, what });
        }
        for _ in 0..self.chance.usize(1..4) {
            let what = What::Trouble {
                requests: self.one_of(&[Requests::Texts, Requests::Texts, Requests::Tasks]),
                fault: self.one_of(&[Fault::LostAfter, Fault::GatewayAfter, Fault::Hangs]),
                times: self.chance.u32(1..=3),
            };
            let at = self.one_of(&anchors);
            events.push(Event { at, what });
        }
    }

    fn wrong_clock(&mut self, worker: usize) -> What {
        const DAY: u64 = 24 * HOUR;
        let most = self.one_of(&[MINUTE, 5 * MINUTE, 3 * HOUR, 3 * HOUR, 2 * DAY, 400 * DAY]);
        let most = i64::try_from(most).unwrap_or(0);
        What::ClockSet {
            worker,
            seconds: self.chance.i64(-most..=most),
            gains: self.one_of(&[0, 0, 0, 1, -1, 50, -50, 500, -500]),
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
                gains: 0,
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
