//! The crate's reading of telephone numbers beside libphonenumber's, row by row.
//!
//! The list in `fixtures/phone` is small. `PHONE_NUMBERS` names a larger one, which `fixtures/phone/generate.py list 50000`
//! writes; without it the test of it says so and passes.
#![allow(
    clippy::print_stdout,
    reason = "the measures are worth reading where they pass, too"
)]

use std::collections::BTreeMap;
use std::fs;

use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Caller;
use gohighlevel::recipes::missed_call::compliance::{
    CallerLists, Country, NotTextable, NumberingPlan, textable,
};

/// What a list comes to: how many rows of each kind of mistake, with the first few of them.
#[derive(Default)]
struct Found {
    rows: usize,
    wrong: BTreeMap<&'static str, Vec<String>>,
}

impl Found {
    fn note(&mut self, mistake: &'static str, row: &str, read: &str) {
        let rows = self.wrong.entry(mistake).or_default();
        rows.push(format!("{row} | {read}"));
    }

    fn count(&self, mistake: &str) -> usize {
        self.wrong.get(mistake).map_or(0, Vec::len)
    }

    /// Nobody is written to by a mistake.
    fn check(&self) {
        for mistake in [OTHER, TAKEN, TEXTED] {
            assert_eq!(self.count(mistake), 0, "{mistake}");
        }
        // Some of the shortest numbers, and of those that are written in more than one way at home.
        let refused = self.count(REFUSED) + self.count(OTHER_AT_HOME);
        assert!(refused * 1000 <= self.rows * 2, "{refused}");
        // +1 600: of satellites and machines.
        assert!(self.count(KEPT) * 1000 <= self.rows * 2);
    }

    fn print(&self) {
        println!("{} rows", self.rows);
        for (mistake, rows) in &self.wrong {
            println!("{mistake}: {}", rows.len());
            for row in rows.iter().take(12) {
                println!("    {row}");
            }
        }
    }
}

/// A number that was read, where the expected one is another, or none.
const OTHER: &str = "read as another number";
const OTHER_AT_HOME: &str = "read as another number, without its calling code";
const TAKEN: &str = "read, and must be refused";
const REFUSED: &str = "refused, and is a number";
const TEXTED: &str = "textable, and is a service";
const KEPT: &str = "not textable, and is a person's";
const KIND: &str = "not textable, as another service";

fn compare(list: &str) -> Found {
    let mut found = Found::default();
    for row in list.lines().filter(|row| !row.starts_with('#')) {
        let [text, code, expected, kind] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row has four columns: {row}");
        };
        found.rows += 1;
        let number = match code {
            "-" => PhoneNumber::parse(text),
            code => PhoneNumber::parse_national(text, code.parse().unwrap()),
        };
        let number = match number {
            Ok(number) if number.e164() == expected => number,
            Ok(number) if expected == "-" => {
                found.note(TAKEN, row, number.e164());
                continue;
            }
            Ok(number) => {
                let mistake = if code == "-" { OTHER } else { OTHER_AT_HOME };
                found.note(mistake, row, number.e164());
                continue;
            }
            Err(_) if expected == "-" => continue,
            Err(error) => {
                // What nobody has may be refused.
                if kind != "unassigned" {
                    found.note(REFUSED, row, &error.to_string());
                }
                continue;
            }
        };
        judge(&mut found, row, kind, number);
    }
    found
}

/// Whether it would be texted by a recipe that is open to its country.
fn judge(found: &mut Found, row: &str, kind: &str, number: PhoneNumber) {
    use NotTextable::{NonGeographic, Premium, SharedCost, TollFree};
    let table = NumberingPlan::built_in();
    let origin = table.origin(&number);
    let country = origin.and_then(|origin| origin.country);
    let lists = CallerLists {
        countries: country.into_iter().chain([Country::US]).collect(),
        ..CallerLists::default()
    };
    let caller = Caller::Number(number);
    let read = textable(&caller, &lists, table).err();
    let expected = match kind {
        "text" => None,
        "toll_free" => Some(TollFree),
        "premium" => Some(Premium),
        "shared_cost" => Some(SharedCost),
        "other" => Some(NonGeographic),
        _ => return,
    };
    let said = format!("{read:?}");
    match (expected, read) {
        (Some(_), None) => found.note(TEXTED, row, &said),
        (None, Some(NotTextable::Country)) if country.is_none() => {}
        (None, Some(_)) => found.note(KEPT, row, &said),
        (Some(expected), Some(read)) if expected != read && read != NotTextable::Country => {
            found.note(KIND, row, &said);
        }
        _ => {}
    }
}

#[test]
fn the_small_list() {
    let list = fs::read_to_string("fixtures/phone/numbers.tsv").unwrap();
    let found = compare(&list);
    found.print();
    assert!(found.rows >= 3_000);
    found.check();
}

#[test]
fn the_large_list() {
    let Ok(path) = std::env::var("PHONE_NUMBERS") else {
        println!("skipped: PHONE_NUMBERS names no list; see fixtures/phone/generate.py");
        return;
    };
    let found = compare(&fs::read_to_string(path).unwrap());
    found.print();
    assert!(found.rows >= 30_000);
    found.check();
}
