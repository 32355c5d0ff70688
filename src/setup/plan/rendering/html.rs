//! A plan as one page to look at: a matrix of locations and things, in one file without scripts.

use super::{failures, names_of, totals_words, words_of};
use crate::setup::plan::{Action, AgencyPlan, Change, LocationPlan};
use crate::setup::thing::Kind;

const STYLE: &str = include_str!("matrix.css");

impl AgencyPlan {
    /// The plan as a page: each row a location, each column a thing, each cell what is to be done. A cell shows its words
    /// when it is pointed at; conflicts and what a person has to do are listed below, too.
    pub fn html(&self) -> String {
        let mut columns: Vec<(Kind, &str)> = Vec::new();
        for change in self.locations.iter().flat_map(|location| &location.changes) {
            let column = column_of(change);
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns.sort_by_key(|(kind, _)| *kind);
        let title = format!("Set-up: {}", escaped(&self.file));
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title}</title>\n<style>\n{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n\
             <p>{} Read at {}.</p>\n",
            totals_words(self.totals()),
            self.made_at.strftime("%Y-%m-%d %H:%M UTC")
        );
        out += "<p class=\"legend\">";
        for (action, word) in [
            (Action::Keep, "as it should be"),
            (Action::Create, "is made"),
            (Action::Change, "is changed"),
            (Action::Delete, "is deleted"),
            (Action::ByHand, "a person has to do it"),
            (Action::Conflict, "a person has to decide"),
        ] {
            out += &format!(
                "<span class=\"{}\">{}</span> {word} ",
                class(action),
                action.sign()
            );
        }
        out += "</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>location</th>";
        for (kind, key) in &columns {
            out += &format!(
                "<th><small>{}</small><br>{}</th>",
                kind.word(),
                escaped(key)
            );
        }
        out += "</tr></thead>\n<tbody>\n";
        for location in &self.locations {
            self.row(location, &columns, &mut out);
        }
        out += "</tbody></table></div>\n";
        self.lists(&mut out);
        out + "</body></html>\n"
    }

    fn row(&self, location: &LocationPlan, columns: &[(Kind, &str)], out: &mut String) {
        let name = escaped(&location.name);
        let too_much = if self.changes_too_much(location) {
            " <b>takes force</b>"
        } else {
            ""
        };
        *out += &format!(
            "<tr><th title=\"{}\">{name}{too_much}</th>",
            escaped(location.location.as_str())
        );
        if let Some(why) = &location.failure {
            let words = escaped(why);
            *out += &format!(
                "<td class=\"conflict left\" colspan=\"{}\">not read: {words}</td></tr>\n",
                columns.len().max(1)
            );
            return;
        }
        for column in columns {
            let mut found: Vec<&Change> = location
                .changes
                .iter()
                .filter(|it| column_of(it) == *column)
                .collect();
            // The gravest decides on the colour.
            found.sort_by_key(|change| std::cmp::Reverse(change.action));
            let Some(worst) = found.first() else {
                *out += "<td></td>";
                continue;
            };
            let words: Vec<String> = found
                .iter()
                .map(|it| format!("{} {}", it.key, words_of(it)))
                .collect();
            let words = escaped(words.join("\n").trim());
            *out += &format!(
                "<td class=\"{}\" title=\"{words}\">{}</td>",
                class(worst.action),
                worst.action.sign()
            );
        }
        *out += "</tr>\n";
    }

    fn lists(&self, out: &mut String) {
        for (why, locations) in failures(self) {
            *out += &format!(
                "<p class=\"conflict\">Not read: {}: {}</p>\n",
                escaped(&names_of(&locations)),
                escaped(why)
            );
        }
        if !self.by_hand.is_empty() {
            *out += "<h2>By hand, everywhere</h2>\n<ul>\n";
            for line in &self.by_hand {
                *out += &format!("<li>{}</li>\n", escaped(line));
            }
            *out += "</ul>\n";
        }
        for location in &self.locations {
            let mut shown = location
                .changes
                .iter()
                .filter(|it| it.action != Action::Keep)
                .peekable();
            if shown.peek().is_none() {
                continue;
            }
            *out += &format!(
                "<details><summary>{}</summary><ul>\n",
                escaped(&location.name)
            );
            for change in shown {
                let class = class(change.action);
                let sign = change.action.sign();
                let key = escaped(&change.key);
                let words = escaped(&words_of(change));
                *out += &format!(
                    "<li><span class=\"{class}\">{sign}</span> {} {key}: {words}</li>\n",
                    change.kind.word()
                );
            }
            *out += "</ul></details>\n";
        }
    }
}

/// The column of a change. Numbers and users differ from location to location, and share one.
fn column_of(change: &Change) -> (Kind, &str) {
    match change.kind {
        kind @ (Kind::Number | Kind::User) => (kind, ""),
        kind => (kind, &change.key),
    }
}

fn class(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Change => "change",
        Action::Delete => "delete",
        Action::Keep => "keep",
        Action::Conflict => "conflict",
        Action::ByHand => "by-hand",
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            _ => out.push(c),
        }
    }
    out
}
