//! The example of a step: the recipe inside of somebody's workflow.

use super::{run, stderr, stdout};

#[test]
fn the_step_sends_one_text() {
    let output = run("workflow_action", &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let expected = r#"the step answers 200 {"missed_call":"taken"}
the step answers 200 {"missed_call":"repeated"}
without the secret 401
texts sent 1
"#;
    assert_eq!(stdout(&output), expected);
}
