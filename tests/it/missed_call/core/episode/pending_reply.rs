//! An episode with a reply whose classification is still pending.

use gohighlevel::recipes::missed_call::Reply;
use gohighlevel::recipes::missed_call::episode::{Episode, Input, Output};
use gohighlevel::recipes::missed_call::ledger::EntryKind;

use crate::missed_call::harness::builders::{at, call, dropped, message, recipe_of};

fn episode() -> Episode {
    let recipe = recipe_of(
        r#"
        name = "help"
        version = 1
        [call]
        max_age = "PT10M"
        cooldown = "PT1H"
        [steps.text]
        do = "text"
        after = "PT2M"
        body = "Sorry we missed you"
        [steps.help]
        do = "tag"
        on = "help"
        "#,
    );
    Episode::open(recipe, &call("call-1"), at(1)).0
}

fn wrote(rules: Reply) -> Input {
    Input::ReplyPending {
        message: message("text-1"),
        rules,
        at: at(9),
        until: at(25),
    }
}

fn read(name: &str, reply: Reply) -> Input {
    Input::ReplyClassified {
        message: message(name),
        reply,
    }
}

/// What was written down, and what is planned.
fn told(actions: &[Output]) -> Vec<String> {
    let name = |action: &Output| match action {
        Output::Record(EntryKind::Replied { reply, .. }) => format!("replied {}", reply.code()),
        Output::Record(kind) => kind.name().to_owned(),
        Output::Perform { effect, .. } => format!("perform {}", effect.step),
        other => panic!("{other:?}"),
    };
    actions.iter().map(name).collect()
}

#[test]
fn messages_stop_at_once_and_the_rest_follows_the_answer() {
    for (rules, answer, follows) in [
        (
            Reply::Other,
            Reply::Help,
            &["replied help", "perform help"][..],
        ),
        (Reply::Help, Reply::Booking, &["replied booking"]),
        (Reply::Other, Reply::Other, &["replied other"]),
    ] {
        let mut episode = episode();
        let actions = episode.handle(&wrote(rules), at(10));
        assert_eq!(dropped(&actions), [("text".into(), "replied".into())]);
        assert_eq!(told(&actions), ["not_done"]);
        // It allows later texts like any reply.
        let stored = serde_json::to_value(episode.state()).unwrap();
        assert_eq!(stored["replied_at"], serde_json::json!(at(9)));
        // It is the same reply, however often it is told.
        assert!(episode.handle(&wrote(Reply::Thanks), at(11)).is_empty());
        // Another's answer is not its own.
        assert!(episode.handle(&read("text-2", answer), at(12)).is_empty());
        let actions = episode.handle(&read("text-1", answer), at(12));
        assert_eq!(told(&actions), follows);
        assert!(
            episode
                .handle(&read("text-1", Reply::Help), at(13))
                .is_empty()
        );
    }
}

#[test]
fn without_an_answer_it_wakes_and_goes_by_the_rules() {
    let mut episode = episode();
    episode.handle(&wrote(Reply::Help), at(10));
    assert_eq!(episode.next_wakeup(), Some(at(25)));
    // It is in the store by then.
    let stored = serde_json::to_string(episode.state()).unwrap();
    let recipe = recipe_of(episode.recipe().source());
    let mut episode = Episode::resume(serde_json::from_str(&stored).unwrap(), recipe);
    assert!(episode.handle(&Input::Wake, at(24)).is_empty());
    let actions = episode.handle(&Input::Wake, at(25));
    assert_eq!(told(&actions), ["replied help", "perform help"]);
    assert!(
        episode
            .handle(&read("text-1", Reply::Booking), at(26))
            .is_empty()
    );
    assert!(episode.handle(&Input::Wake, at(27)).is_empty());
}

#[test]
fn closing_does_not_lose_it() {
    let mut episode = episode();
    episode.handle(&wrote(Reply::Help), at(10));
    let actions = episode.close(at(12));
    assert_eq!(told(&actions), ["replied help", "perform help", "closed"]);
    assert!(
        episode
            .handle(&read("text-1", Reply::Other), at(13))
            .is_empty()
    );
    assert_eq!(episode.next_wakeup(), None);
}
