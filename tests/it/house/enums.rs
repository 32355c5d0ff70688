//! Each public enum says whether it may grow.

use super::{none, rust};

/// Above an enum that a release may add a variant to, and above one that must be matched as a whole.
const MARKS: [&str; 2] = ["#[non_exhaustive]", "// Exhaustive on purpose: "];

#[test]
fn every_public_enum_says_whether_it_may_grow() {
    let mut silent = Vec::new();
    let mut enums = 0;
    for source in rust(&["src"]) {
        // The lines right above the item: its docs, attributes and comments.
        let mut above: Vec<&str> = Vec::new();
        for (line, number) in source.text.lines().zip(1..) {
            // What is indented is inside a macro that adds the attribute.
            if line.starts_with("pub enum ") {
                enums += 1;
                let says =
                    |mark: &&str| above.iter().any(|line| line.trim_start().starts_with(mark));
                if !MARKS.iter().any(says) {
                    silent.push(format!("{}:{number}: {line}", source.name));
                }
            }
            if line.is_empty() || line.starts_with('}') {
                above.clear();
            } else {
                above.push(line);
            }
        }
    }
    assert!(enums > 50, "{enums}");
    none(silent);
}
