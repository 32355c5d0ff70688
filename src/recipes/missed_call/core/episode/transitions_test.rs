//! Each state of a step × each input: two tables list the result of every pair, and a test checks that none is missing.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use jiff::{SignedDuration, Timestamp};

    use crate::ids::{ContactId, LocationId, MessageId};
    use crate::recipes::missed_call::core::call::{Caller, MissedReason};
    use crate::recipes::missed_call::core::episode::*;
    use crate::recipes::missed_call::core::model::{DoubtDecision, Receipt};
    use crate::recipes::missed_call::core::reply::Reply;

    /// A message, with the default triggers that stop messages. Each line is an input with the reason that it gives; then
    /// the next state of the message for each state, `=` if unchanged, with a further entry after `+`; then the entries
    /// besides that of the step's end, and the steps that are started.
    ///
    /// Steps that a trigger starts are in the state `–` before. The last column names those that become `Planned`.
    const MESSAGE: &str = "
        input                      | reason                      | planned           | attempting        | stopping   | done       | would      | not_done   | entries     | followed by
        the same call              |                             | =                 | =                 | =          | =          | =          | =          |             |
        a further call             |                             | =                 | =                 | =          | =          | =          | =          | call_joined | missed_again
        reply opt_out              | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | replied
        reply doubtful             | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | replied
        reply opt_in               | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | replied
        reply wrong_number         | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | replied
        reply help                 | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | replied help
        reply booking              | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | replied
        reply thanks               | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | replied
        reply automatic            |                             | =                 | =                 | =          | =          | =          | =          | replied     |
        reply other                | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | replied
        wrote                      | replied                     | not_done          | stopping          | =          | =          | =          | =          |             | replied
        read help                  | replied                     | not_done          | stopping          | =          | =          | =          | =          | replied     | help
        read other                 |                             | =                 | =                 | =          | =          | =          | =          | replied     |
        read again                 |                             | =                 | =                 | =          | =          | =          | =          |             |
        no opted_out               | opted_out                   | not_done          | stopping          | stopping   | =          | =          | =          | opted_out   | opted_out
        no do_not_disturb          | do_not_disturb              | not_done          | stopping          | stopping   | =          | =          | =          | opted_out   | opted_out
        no suppressed              | suppressed                  | not_done          | stopping          | stopping   | =          | =          | =          |             |
        doubted                    | doubtful                    | not_done          | stopping          | stopping   | =          | =          | =          | doubted     | doubtful
        a doubt stands             | doubtful                    | not_done          | stopping          | stopping   | =          | =          | =          |             |
        decided                    |                             | =                 | =                 | =          | =          | =          | =          | doubt_decided |
        a receipt of another text  |                             | =                 | =                 | =          | =          | =          | =          |             |
        happened missed_again      |                             | =                 | =                 | =          | =          | =          | =          | happened    |
        happened answered          | overtaken:answered          | not_done          | stopping          | =          | =          | =          | =          | happened    | answered
        happened returned          | overtaken:returned          | not_done          | stopping          | =          | =          | =          | =          | happened    | returned
        happened team_wrote        | overtaken:team_wrote        | not_done          | stopping          | =          | =          | =          | =          | happened    | team_wrote
        happened replied           | overtaken:replied           | not_done          | stopping          | =          | =          | =          | =          | happened    | replied
        happened help              | overtaken:help              | not_done          | stopping          | =          | =          | =          | =          | happened    | help
        happened booked            | overtaken:booked            | not_done          | stopping          | =          | =          | =          | =          | happened    | booked
        happened booking_cancelled | overtaken:booking_cancelled | not_done          | stopping          | =          | =          | =          | =          | happened    | booking_cancelled
        happened clicked           | overtaken:clicked           | not_done          | stopping          | =          | =          | =          | =          | happened    | clicked
        happened task_done         | overtaken:task_done         | not_done          | stopping          | =          | =          | =          | =          | happened    | task_done
        happened opted_out         | overtaken:opted_out         | not_done          | stopping          | =          | =          | =          | =          | happened    | opted_out
        happened doubtful          | overtaken:doubtful          | not_done          | stopping          | =          | =          | =          | =          | happened    | doubtful
        happened handed_off        | overtaken:handed_off        | not_done          | stopping          | =          | =          | =          | =          | happened    | handed_off
        happened escalated         |                             | =                 | =                 | =          | =          | =          | =          | happened    | escalated
        ended                      | contact_gone                | not_done + closed | stopping + closed | = + closed | = + closed | = + closed | = + closed | ended       |
        its end: done              |                             | done              | done              | done       | =          | =          | =          |             |
        its end: contact_gone      | contact_gone                | not_done          | not_done          | not_done   | =          | =          | =          |             |
        its end: do_not_disturb    | do_not_disturb              | not_done          | not_done          | not_done   | =          | =          | =          |             |
        the end of no step         |                             | =                 | =                 | =          | =          | =          | =          |             |
        wake too early             |                             | =                 | =                 | =          | =          | =          | =          |             |
        wake                       |                             | =                 | =                 | =          | = + closed | = + closed | = + closed |             |
    ";

    /// A step for the team, which no trigger stops: only the lines that are not `=` in all states.
    const TASK: &str = "
        ended                      | contact_gone                | not_done + closed | stopping + closed | = + closed | = + closed | = + closed | = + closed | ended       |
        its end: done              |                             | done              | done              | done       | =          | =          | =          |             |
        its end: contact_gone      | contact_gone                | not_done          | not_done          | not_done   | =          | =          | =          |             |
        its end: do_not_disturb    | do_not_disturb              | not_done          | not_done          | not_done   | =          | =          | =          |             |
        wake                       |                             | =                 | =                 | =          | = + closed | = + closed | = + closed |             |
    ";

    const MESSAGE_STEP: &str = "do = \"text\"\nbody = \"Sorry we missed you.\"";
    const TASK_STEP: &str = "do = \"task\"\ntitle = \"Call back\"";

    const STEP: &str = "step";
    /// A pending reply, for inputs that classify it.
    const UNREAD: &str = "unread";

    /// The states that a step can be in, with their words. A new state does not compile here until it has a word; then it
    /// needs a column.
    fn states() -> [(&'static str, StepState); 6] {
        [
            StepState::Planned,
            StepState::Attempting,
            StepState::Stopping(Reason::StoppedBy(Trigger::Clicked)),
            StepState::Done,
            StepState::Would,
            StepState::NotDone(Reason::Stale),
        ]
        .map(|state| (described(&state).0, state))
    }

    /// A state's word, and the code of its reason.
    fn described(state: &StepState) -> (&'static str, Option<String>) {
        match state {
            StepState::Planned => ("planned", None),
            StepState::Attempting => ("attempting", None),
            StepState::Stopping(reason) => ("stopping", Some(reason.code())),
            StepState::Done => ("done", None),
            StepState::Would => ("would", None),
            StepState::NotDone(reason) => ("not_done", Some(reason.code())),
        }
    }

    /// The kinds of inputs. A new kind does not compile here until it has a number; then it needs inputs, and these lines.
    fn kind(input: &Input) -> usize {
        match input {
            Input::CallMissed(_) => 0,
            Input::Replied { .. } => 1,
            Input::ReplyPending { .. } => 2,
            Input::ReplyClassified { .. } => 3,
            Input::OptedOut { .. } => 4,
            Input::Happened { .. } => 5,
            Input::Ended(_) => 6,
            Input::EffectEnded { .. } => 7,
            Input::Wake => 8,
            Input::Doubted { .. } => 9,
            Input::DoubtStands => 10,
            Input::DoubtDecided { .. } => 11,
            Input::Receipt { .. } => 12,
        }
    }

    const KINDS: usize = 13;

    /// The inputs with their names, and when each is given.
    fn inputs() -> Vec<(String, Input, Timestamp)> {
        let mut all = vec![
            (
                "the same call".to_owned(),
                Input::CallMissed(call("call-1")),
            ),
            (
                "a further call".to_owned(),
                Input::CallMissed(call("call-2")),
            ),
        ];
        all.extend(Reply::ALL.map(|reply| {
            let input = Input::Replied {
                message: None,
                reply,
                at: at(5),
            };
            (format!("reply {}", reply.code()), input)
        }));
        let wrote = Input::ReplyPending {
            message: MessageId::new("text-1").unwrap(),
            rules: Reply::Other,
            at: at(5),
            until: at(60),
        };
        all.push(("wrote".to_owned(), wrote));
        for (name, message, reply) in [
            ("read help", UNREAD, Reply::Help),
            ("read other", UNREAD, Reply::Other),
            ("read again", "text-1", Reply::Help),
        ] {
            let message = MessageId::new(message).unwrap();
            all.push((name.to_owned(), Input::ReplyClassified { message, reply }));
        }
        for reason in [Reason::OptedOut, Reason::DoNotDisturb, Reason::Suppressed] {
            let name = format!("no {reason}");
            let unconfirmed_since = None;
            all.push((
                name,
                Input::OptedOut {
                    reason,
                    unconfirmed_since,
                },
            ));
        }
        let decided = Input::DoubtDecided {
            decision: DoubtDecision::MayText,
            by: "Ana".to_owned(),
        };
        all.extend([
            ("doubted".to_owned(), Input::Doubted { message: None }),
            ("a doubt stands".to_owned(), Input::DoubtStands),
            ("decided".to_owned(), decided),
        ]);
        let receipt = Input::Receipt {
            message: MessageId::new("text-2").unwrap(),
            receipt: Receipt::Delivered,
        };
        all.push(("a receipt of another text".to_owned(), receipt));
        all.extend(Trigger::ALL.map(|what| {
            let reference = "reference".to_owned();
            let name = format!("happened {}", what.as_str());
            (name, Input::Happened { what, reference })
        }));
        all.push(("ended".to_owned(), Input::Ended(Reason::ContactGone)));
        let done = EffectEnd::Done {
            reference: None,
            at: at(5),
            found: false,
        };
        all.push(("its end: done".to_owned(), ended(STEP, done.clone())));
        for reason in [Reason::ContactGone, Reason::DoNotDisturb] {
            let name = format!("its end: {reason}");
            all.push((name, ended(STEP, EffectEnd::NotDone(reason))));
        }
        all.push(("the end of no step".to_owned(), ended("nothing", done)));
        let mut all: Vec<_> = all
            .into_iter()
            .map(|(name, input)| (name, input, at(5)))
            .collect();
        all.push(("wake too early".to_owned(), Input::Wake, at(5)));
        all.push(("wake".to_owned(), Input::Wake, at(100_000)));
        all
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn step_name(name: &str) -> StepName {
        StepName::new(name).unwrap()
    }

    fn ended(step: &str, end: EffectEnd) -> Input {
        let location = LocationId::new("location").unwrap();
        let effect = EffectId {
            episode: EpisodeId::of_call(&location, &MessageId::new("call-1").unwrap()),
            step: step_name(step),
            ordinal: 0,
        };
        Input::EffectEnded { effect, end }
    }

    fn call(name: &str) -> MissedCall {
        MissedCall {
            location: LocationId::new("location").unwrap(),
            message: MessageId::new(name).unwrap(),
            contact: ContactId::new("rosan").unwrap(),
            conversation: None,
            caller: Some(Caller::Number("+15550001111".parse().unwrap())),
            called: None,
            duration: None,
            ended_at: at(0),
            reason: MissedReason::NoAnswer,
            evidence: Evidence {
                delivery: format!("webhook:{name}"),
                body_sha256: "0".repeat(64),
                received_at: at(1),
            },
        }
    }

    /// An episode with this step in this state, and with a step for each trigger that starts one.
    fn episode(step: &str, state: &StepState) -> Episode {
        let mut toml = format!("name = \"coverage\"\nversion = 1\n[steps.{STEP}]\n{step}\n");
        for trigger in Trigger::ALL {
            let word = trigger.as_str();
            toml.push_str(&format!(
                "[steps.after_{word}]\ndo = \"record\"\non = \"{word}\"\nwhat = \"{word}\"\n"
            ));
        }
        let recipe = Recipe::from_toml("coverage.toml", &toml).unwrap();
        let (mut episode, _) = Episode::open(Arc::new(recipe), &call("call-1"), at(1));
        let steps = &mut episode.state.steps;
        assert_eq!(
            steps.len(),
            1,
            "those that follow something are not set off"
        );
        steps.insert(step_name(STEP), state.clone());
        episode
    }

    /// The result of one pair, in the words of the tables.
    #[derive(Debug, PartialEq)]
    struct Outcome {
        state: (&'static str, Option<String>),
        entries: Vec<&'static str>,
        followed_by: BTreeSet<String>,
    }

    fn outcome(episode: &mut Episode, input: &Input, now: Timestamp) -> Outcome {
        if let Input::ReplyClassified { message, .. } = input
            && message.as_str() == UNREAD
        {
            let (rules, until) = (Reply::Other, at(60));
            let unread = pending_reply::PendingReply { rules, until };
            episode
                .state
                .pending_replies
                .insert(message.clone(), unread);
        }
        let outputs = episode.handle(input, now);
        let mut outcome = Outcome {
            state: described(&episode.state.steps[&step_name(STEP)]),
            entries: Vec::new(),
            followed_by: BTreeSet::new(),
        };
        for action in outputs {
            match action {
                Output::Record(entry) => outcome.entries.push(entry.name()),
                Output::Perform { effect, .. } => {
                    let what = effect.step.as_str().strip_prefix("after_");
                    outcome.followed_by.insert(what.unwrap_or("?").to_owned());
                    assert_eq!(episode.state.step(&effect.step), Some(&StepState::Planned));
                }
            }
        }
        outcome
    }

    /// The cells of a table's lines, its head first.
    fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
        let lines = table.lines().filter(|line| line.contains('|'));
        lines.map(|line| line.split('|').map(str::trim).collect())
    }

    /// The expected result of a line for this state.
    fn expected(line: &[&'static str], column: usize, before: &StepState) -> Outcome {
        let mut parts = line[2 + column].split('+').map(str::trim);
        let reason = Some(line[1].to_owned());
        let state = match parts.next().unwrap() {
            "=" => described(before),
            word @ ("not_done" | "stopping") => (word, reason),
            word => (word, None),
        };
        let mut entries: Vec<_> = line[8].split_whitespace().collect();
        if before.is_open() && matches!(state.0, "done" | "not_done") {
            entries.push(state.0);
        }
        entries.extend(parts);
        Outcome {
            state,
            entries,
            followed_by: line[9].split_whitespace().map(str::to_owned).collect(),
        }
    }

    #[test]
    fn every_input_has_its_line_and_every_state_its_column() {
        let inputs = inputs();
        let kinds: BTreeSet<_> = inputs.iter().map(|(_, input, _)| kind(input)).collect();
        assert_eq!(kinds, (0..KINDS).collect());
        let mut lines = lines(MESSAGE);
        let head = lines.next().unwrap();
        assert_eq!(head[2..8], states().map(|(word, _)| word));
        let names: Vec<_> = lines.map(|line| line[0]).collect();
        let expected: Vec<_> = inputs.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_message_in_every_state_at_every_input() {
        for (line, (name, input, now)) in lines(MESSAGE).skip(1).zip(inputs()) {
            for (column, (state, before)) in states().into_iter().enumerate() {
                let outcome = outcome(&mut episode(MESSAGE_STEP, &before), &input, now);
                let expected = expected(&line, column, &before);
                assert_eq!(outcome, expected, "{name} while {state}");
            }
        }
    }

    #[test]
    fn a_task_in_every_state_at_every_input() {
        let mut special: Vec<_> = lines(TASK).collect();
        for (line, (name, input, now)) in lines(MESSAGE).skip(1).zip(inputs()) {
            let own = special.iter().position(|line| line[0] == name);
            let line = match own {
                Some(place) => special.remove(place),
                None => {
                    let mut line = line;
                    line[2..8].fill("=");
                    line
                }
            };
            for (column, (state, before)) in states().into_iter().enumerate() {
                let outcome = outcome(&mut episode(TASK_STEP, &before), &input, now);
                let expected = expected(&line, column, &before);
                assert_eq!(outcome, expected, "{name} while {state}");
            }
        }
        assert!(special.is_empty(), "{special:?}");
    }

    #[test]
    fn a_closed_episode_stops_what_is_open_and_sets_off_nothing() {
        for action in [MESSAGE_STEP, TASK_STEP] {
            for (name, input, now) in inputs() {
                for (state, before) in states() {
                    let live = outcome(&mut episode(action, &before), &input, now);
                    let mut closed = episode(action, &before);
                    closed.state.live = false;
                    let closed = outcome(&mut closed, &input, now);
                    assert_eq!(closed.state, live.state, "{name} while {state}");
                    assert!(closed.followed_by.is_empty(), "{name} while {state}");
                }
            }
        }
    }

    #[test]
    fn a_step_is_planned_once_however_often_its_trigger_occurs() {
        for (name, input, now) in inputs() {
            let mut episode = episode(TASK_STEP, &StepState::Done);
            outcome(&mut episode, &input, now);
            let again = outcome(&mut episode, &input, now);
            assert!(again.followed_by.is_empty(), "{name}");
        }
    }
}
