//! A plan for a pull request.

use super::{failures, names_of, totals_words, words_of};
use crate::setup::plan::{Action, AgencyPlan};

impl AgencyPlan {
    /// The plan as Markdown: a table of locations, and what each would get, folded.
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "### Set-up: `{}`\n\n{}\n\n",
            self.file,
            totals_words(self.totals())
        );
        for warning in &self.warnings {
            out += &format!("> warning: {}\n", cell(warning));
        }
        out += "| location | create | change | delete | person | conflict | as wanted |\n";
        out += "|---|---:|---:|---:|---:|---:|---:|\n";
        for location in self.locations.iter().filter(|it| it.failure.is_none()) {
            out += &format!("| {} |", cell(&location.name));
            for action in [
                Action::Create,
                Action::Change,
                Action::Delete,
                Action::ByHand,
                Action::Conflict,
                Action::Keep,
            ] {
                match location.count(action) {
                    0 => out += "  |",
                    count => out += &format!(" {count} |"),
                }
            }
            out.push('\n');
        }
        for (why, locations) in failures(self) {
            out += &format!(
                "\n**Not read** ({}): {}\n",
                cell(&names_of(&locations)),
                cell(why)
            );
        }
        for location in &self.locations {
            let shown = location
                .changes
                .iter()
                .filter(|change| change.action != Action::Keep);
            let shown: Vec<_> = shown.collect();
            if shown.is_empty() {
                continue;
            }
            let name = cell(&location.name);
            out += &format!(
                "\n<details><summary>{name} ({})</summary>\n\n",
                location.location
            );
            if self.changes_too_much(location) {
                out += "**Changes too much of what is there: applying it takes force.**\n\n";
            }
            out += "| | thing | | |\n|---|---|---|---|\n";
            for change in shown {
                let sign = change.action.sign();
                let key = cell(&change.key);
                let words = cell(&words_of(change));
                out += &format!("| `{sign}` | {} | {key} | {words} |\n", change.kind.word());
            }
            out += "\n</details>\n";
        }
        for line in &self.by_hand {
            out += &format!("\n- [ ] by hand, everywhere: {}", cell(line));
        }
        out.trim_end().to_owned() + "\n"
    }
}

/// Words that break neither a table nor a page, whatever is in them.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '&' => out += "&amp;",
            '\n' | '\r' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}
