//! The example of a trigger: which targets are fired, which are not, and which no longer exist.

use super::{run, stderr, stdout};

#[test]
fn it_fires_those_that_want_it() {
    let output = run("fire_trigger", &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let expected = "an order:
  thank-everybody  HighLevel took it
  thank-the-usa    its filters do not want it
  was-deleted      no longer exists, removed: true
the next:
  thank-everybody  HighLevel took it
  thank-the-usa    its filters do not want it
";
    assert_eq!(stdout(&output), expected);
}
