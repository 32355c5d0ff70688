//! The example of a trigger: who is fired, who is not, and who is no more.

use super::{run, stderr, stdout};

#[test]
fn it_fires_those_that_want_it() {
    let output = run("fire_trigger", &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let expected = "an order:
  thank-everybody  HighLevel took it
  thank-the-usa    its filters do not want it
  was-deleted      is no more, removed: true
the next:
  thank-everybody  HighLevel took it
  thank-the-usa    its filters do not want it
";
    assert_eq!(stdout(&output), expected);
}
