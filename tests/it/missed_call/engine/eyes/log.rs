//! The log has one line for each end, and nothing of the person.

use crate::logged::logged;
use crate::missed_call::harness::world::{World, caller};

#[tokio::test]
async fn each_end_is_one_line_and_says_nothing_of_the_person() {
    let world = World::new().await;
    let ((), log) = logged(async {
        world.missed_call().await;
        world.minutes(24 * 60).await;
    })
    .await;
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(" INFO ")).collect();
    let ends: Vec<&&str> = lines
        .iter()
        .filter(|line| line.contains("the step is"))
        .collect();
    assert_eq!(ends.len(), 3, "{ends:#?}");
    for step in ["text", "tag", "task"] {
        let of_step = format!("step={step} ");
        let line = ends.iter().find(|line| line.contains(&of_step));
        let line = line.unwrap_or_else(|| panic!("{step}: {ends:#?}"));
        assert!(line.contains("seconds_after_call="), "{line}");
        assert!(
            line.contains("effect{effect="),
            "in the effect's span: {line}"
        );
    }
    let closed = lines
        .iter()
        .filter(|line| line.contains("the episode is closed"));
    assert_eq!(closed.count(), 1);
    assert!(!lines.iter().any(|line| line.contains(caller().e164())));
}
