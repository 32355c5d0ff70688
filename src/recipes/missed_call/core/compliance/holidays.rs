//! The dates of movable holidays, such as Thanksgiving: the table in `holidays.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::table;

const TABLE: &str = "holidays.toml";

/// The days of the holiday of that name, in order. `None` if the table has no such holiday.
pub(super) fn days_of(name: &str) -> Option<&'static [Date]> {
    static DAYS: LazyLock<BTreeMap<String, Vec<Date>>> = LazyLock::new(|| {
        match table::read::<File>(TABLE, include_str!("holidays.toml")) {
            Ok(file) => file
                .holiday
                .into_iter()
                .map(|row| (row.name, row.dates))
                .collect(),
            // A test reads the table, so a release cannot fail here.
            Err(error) => unreachable!("the holidays are not sound: {error}"),
        }
    });
    DAYS.get(name).map(Vec::as_slice)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    holiday: Vec<Row>,
}

/// The rule is for people, and for the test that computes the dates again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[serde(rename = "rule")]
    _rule: String,
    dates: Vec<Date>,
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::{Weekday, date};

    use super::*;

    /// The days of the rule in one year, computed from the calendar alone.
    fn by_rule(rule: &str, year: i16) -> Date {
        let nth = |month, weekday, n| {
            let first = date(year, month, 1);
            first.nth_weekday_of_month(n, weekday).unwrap()
        };
        match rule {
            "the third Monday of January" => nth(1, Weekday::Monday, 3),
            "the third Monday of February" => nth(2, Weekday::Monday, 3),
            "47 days before Easter Sunday" => easter(year) - 47.days(),
            "two days before Easter Sunday" => easter(year) - 2.days(),
            "the fourth Monday of April" => nth(4, Weekday::Monday, 4),
            "the last Monday of April" => nth(4, Weekday::Monday, -1),
            "the last Monday of May" => nth(5, Weekday::Monday, -1),
            "the first Monday of June" => nth(6, Weekday::Monday, 1),
            "June 19 if a Monday; the Monday before if Tuesday to Friday; the Monday after if a weekend" =>
            {
                let day = date(year, 6, 19);
                match day.weekday() {
                    Weekday::Monday => day,
                    Weekday::Saturday | Weekday::Sunday => {
                        day.nth_weekday(1, Weekday::Monday).unwrap()
                    }
                    _ => day.nth_weekday(-1, Weekday::Monday).unwrap(),
                }
            }
            "the second Monday of August" => nth(8, Weekday::Monday, 2),
            "the first Monday of September" => nth(9, Weekday::Monday, 1),
            "the second Monday of October" => nth(10, Weekday::Monday, 2),
            "the Tuesday after the first Monday of November" => {
                nth(11, Weekday::Monday, 1).tomorrow().unwrap()
            }
            "the fourth Thursday of November" => nth(11, Weekday::Thursday, 4),
            "the day after the fourth Thursday of November" => {
                nth(11, Weekday::Thursday, 4).tomorrow().unwrap()
            }
            unknown => panic!("the test does not know the rule `{unknown}`: add it"),
        }
    }

    /// Easter Sunday of the Gregorian calendar: the first Sunday after the full moon of the church's own reckoning, by
    /// golden number and epact. (The table was made with another algorithm.)
    fn easter(year: i16) -> Date {
        let golden = year % 19 + 1;
        let century = year / 100 + 1;
        let solar = 3 * century / 4 - 12;
        let lunar = (8 * century + 5) / 25 - 5;
        let mut epact = (11 * golden + 20 + lunar - solar).rem_euclid(30);
        if (epact == 25 && golden > 11) || epact == 24 {
            epact += 1;
        }
        let mut full_moon = 44 - epact;
        if full_moon < 21 {
            full_moon += 30;
        }
        let moon = date(year, 3, 1) + i64::from(full_moon - 1).days();
        moon.nth_weekday(1, Weekday::Sunday).unwrap()
    }

    #[test]
    fn easter_is_where_calendars_have_it() {
        for sunday in [
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2027, 3, 28),
            date(2038, 4, 25),
            date(2285, 3, 22),
        ] {
            assert_eq!(easter(sunday.year()), sunday);
        }
    }

    #[test]
    fn every_day_of_the_table_follows_from_its_rule() {
        let file: File = table::read(TABLE, include_str!("holidays.toml")).unwrap();
        assert!(file.holiday.len() >= 15);
        for Row { name, _rule, dates } in file.holiday {
            let expected: Vec<_> = (2026..=2032).map(|year| by_rule(&_rule, year)).collect();
            assert_eq!(dates, expected, "{name}");
            assert_eq!(days_of(&name), Some(expected.as_slice()));
        }
        assert_eq!(days_of("yesterday"), None);
    }
}
