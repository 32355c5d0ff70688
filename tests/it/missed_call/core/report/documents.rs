//! The weekly review and the digest, compared in full, with names that would do harm in a spreadsheet or a text.

use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::report::{
    BusinessLine, Digest, Report, Revenue, Settings, weekly_review_csv,
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::missed_call::harness::builders::{BUSINESS, NUMBER, at};
use crate::missed_call::harness::ledger_builder::{LedgerBuilder, settings};

const HOUR: i64 = 60 * 60;
const SOUTH: &str = "+15550004444";

fn number(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

/// Two studios: `North` behind [`BUSINESS`] in Chicago, and one in New York with an ugly name.
fn two_studios() -> Settings {
    let mut settings = Settings::new(TimeZone::get("America/Chicago").unwrap());
    settings.revenue = Some(Revenue::between(16_500, 29_500));
    settings
        .lines
        .insert(number(BUSINESS), BusinessLine::new("North"));
    let mut south = BusinessLine::new("=HYPERLINK(\"http://x\",\"South\")\nand more");
    south.zone = Some(TimeZone::get("America/New_York").unwrap());
    south.revenue = Some(Revenue::exactly(25_000));
    south.priority = true;
    settings.lines.insert(number(SOUTH), south);
    settings
}

fn from(caller: &str, called: &str) -> Value {
    json!({"contact": caller, "caller": caller, "called": called})
}

/// Seven callers of one morning, from five o'clock in Chicago.
fn a_morning() -> LedgerBuilder {
    let not = |reason| json!(reason);
    LedgerBuilder::default()
        .missed("call-1", 0, from("+15550001001", BUSINESS))
        .texted("call-1", 4)
        .happened("call-1", 60, "clicked", "link-1")
        .happened("call-1", 90, "booked", "booking-1")
        .missed("call-2", 60, from("+15550001002", SOUTH))
        .texted("call-2", 64)
        .happened("call-2", 99, "booked", "booking-2")
        .missed("call-3", HOUR, from("+15550001003", SOUTH))
        .texted("call-3", HOUR + 3)
        .missed("call-4", HOUR + 60, from("+15550001004", BUSINESS))
        .texted("call-4", HOUR + 62)
        .joined("call-4", HOUR + 70, 2)
        .replied("call-4", HOUR + 90, "help")
        .missed("call-5", HOUR + 120, from("+15550001005", BUSINESS))
        .texted("call-5", HOUR + 122)
        .opted_out("call-5", HOUR + 125, "opted_out")
        .missed("call-6", HOUR + 180, from("+15550001006", "+15550009999"))
        .not_done("call-6", HOUR + 181, "text", not("do_not_disturb"))
        .missed(
            "call-7",
            HOUR + 240,
            json!({"contact": "hidden", "caller": null, "called": null}),
        )
        .not_done("call-7", HOUR + 241, "text", not("withheld"))
        .missed("call-8", HOUR + 300, from("+15550001008", BUSINESS))
}

const HEADER: &str = "\u{feff}Studio,Caller number,Call time,Answered or missed,Text sent,Booking link clicked,\
    Reply received,Manual handoff needed,Recovered appointment,Estimated recovered revenue (low),\
    Estimated recovered revenue (high)\r\n";

#[test]
fn the_weekly_review_in_full() {
    let settings = two_studios();
    let report = Report::of(&a_morning().0, &settings);
    let ugly = "\"'=HYPERLINK(\"\"http://x\"\",\"\"South\"\")\nand more\"";
    let records = [
        "North,(555) 000-1001,2026-06-01 05:00:00,missed,yes,yes,no,no,yes,165.00,295.00"
            .to_owned(),
        format!("{ugly},(555) 000-1002,2026-06-01 06:01:00,missed,yes,,no,no,yes,250.00,250.00"),
        format!("{ugly},(555) 000-1003,2026-06-01 07:00:00,missed,yes,,no,no,no,,"),
        "North,(555) 000-1004,2026-06-01 06:01:00,missed,yes,,yes,yes,no,,".to_owned(),
        "North,(555) 000-1005,2026-06-01 06:02:00,missed,yes,,opt-out,no,no,,".to_owned(),
        "(555) 000-9999,(555) 000-1006,2026-06-01 06:03:00,missed,\
         no: the contact has do-not-disturb on; do not text,,no,no,no,,"
            .to_owned(),
        ",,2026-06-01 06:04:00,missed,no: the number was withheld,,no,no,no,,".to_owned(),
        "North,(555) 000-1008,2026-06-01 06:05:00,missed,not yet,,no,no,no,,".to_owned(),
        "Total unknown,,,1,0,0,0,0,0,,".to_owned(),
        "Total (555) 000-9999,,,1,0,0,0,0,0,,".to_owned(),
        "\"Total =HYPERLINK(\"\"http://x\"\",\"\"South\"\")\nand more\",,,2,2,0,0,0,1,250.00,250.00"
            .to_owned(),
        "Total North,,,4,3,1,1,1,1,165.00,295.00".to_owned(),
        "Total,,,8,5,1,1,1,2,415.00,545.00".to_owned(),
    ];
    let expected = format!("{HEADER}{}\r\n", records.join("\r\n"));
    assert_eq!(
        weekly_review_csv(&report.rows, &settings).as_str(),
        expected
    );
}

#[test]
fn a_click_is_denied_only_if_every_click_is_reported() {
    let told = LedgerBuilder::call().texted("call-1", 4);
    let mut settings = settings();
    let clicked = |settings: &Settings| {
        let csv = weekly_review_csv(&told.report().rows, settings);
        let record = csv.lines().nth(1).unwrap().to_owned();
        record.split(',').nth(5).unwrap().to_owned()
    };
    assert_eq!(clicked(&settings), "");
    settings.all_clicks_reported = true;
    assert_eq!(clicked(&settings), "no");
}

#[test]
fn two_bookings_of_one_caller_are_worth_both() {
    let told = LedgerBuilder::call()
        .texted("call-1", 4)
        .happened("call-1", 60, "booked", "booking-1")
        .happened("call-1", 70, "booked", "booking-2")
        .closed("call-1", 80);
    let mut settings = settings();
    settings.revenue = Some(Revenue::between(16_500, 29_500));
    settings
        .values
        .insert("booking-2".into(), Revenue::exactly(10_000));
    let csv = weekly_review_csv(&told.report().rows, &settings);
    assert!(csv.contains(",yes,265.00,395.00\r\n"), "{}", csv.as_str());
    assert!(
        csv.ends_with("Total,,,1,1,0,0,0,1,265.00,395.00\r\n"),
        "{}",
        csv.as_str()
    );
}

#[test]
fn the_digest_in_full() {
    let settings = two_studios();
    let told = a_morning()
        .entry(
            None,
            HOUR + 400,
            json!({"kind": "call_unclear", "message": "call-9", "status": "parked"}),
        )
        // The next day, in Chicago.
        .missed("call-9", 20 * HOUR, from("+15550001009", BUSINESS));
    let report = Report::of(&told.0, &settings);
    let digest = Digest::of(&report, "2026-06-01".parse().unwrap(), &settings);
    assert_eq!((digest.callers, digest.waiting), (8, 4));
    let expected = "\
Missed calls on Monday, 1 June 2026

Callers: 8 (9 missed calls)
Texted: 5
Not texted: 3
  1: not yet
  1: the contact has do-not-disturb on; do not text
  1: the number was withheld
Replied: 1
Asked for a person: 1
Opted out: 1
Reached: 0
Booked: 2

1 call could not be classified as missed or answered; please check.

4 callers still need attention, the most urgent first:
1. 06:01 +15550001004 called North 2 times: asks for a person; texted
2. 07:00 +15550001003 called =HYPERLINK(\"http://x\",\"South\") and more: priority; texted
3. 06:03 +15550001006 called +15550009999: no text: the contact has do-not-disturb on; do not text
4. 06:05 +15550001008 called North: no text yet
";
    assert_eq!(digest.text(), expected);

    let next = Digest::of(&report, "2026-06-02".parse().unwrap(), &settings);
    let expected = "\
Missed calls on Tuesday, 2 June 2026

Callers: 1 (1 missed call)
Texted: 0
Not texted: 1
  1: not yet
Replied: 0
Asked for a person: 0
Opted out: 0
Reached: 0
Booked: 0

1 caller still needs attention, the most urgent first:
1. 01:00 +15550001009 called North: no text yet

4 callers of earlier days still need attention.
";
    assert_eq!(next.text(), expected);
}

#[test]
fn what_presses_most_comes_first() {
    let mut told = LedgerBuilder::default();
    for (call, seconds, called) in [
        ("plain", 0, BUSINESS),
        ("plain_too", 5, BUSINESS),
        ("twice", 10, BUSINESS),
        ("thrice", 20, BUSINESS),
        ("campaign", 30, SOUTH),
        ("clicks", 40, BUSINESS),
        ("books", 50, BUSINESS),
        ("asks", 60, BUSINESS),
    ] {
        let caller = format!("+1555000{:04}", seconds);
        told = told.missed(call, seconds, from(&caller, called));
    }
    let told = told
        .joined("twice", 100, 2)
        .joined("thrice", 100, 2)
        .joined("thrice", 110, 3)
        .happened("clicks", 100, "clicked", "link-1")
        .replied("books", 100, "booking")
        .replied("asks", 100, "help");
    let settings = two_studios();
    let report = Report::of(&told.0, &settings);
    let digest = Digest::of(&report, "2026-06-01".parse().unwrap(), &settings);
    let lines = digest
        .text()
        .lines()
        .filter(|line| line.contains(" called "));
    let callers: Vec<_> = lines.map(|line| &line[17..21]).collect();
    let expected = [
        "0060", "0050", "0040", "0030", "0020", "0010", "0000", "0005",
    ];
    assert_eq!(callers, expected, "{}", digest.text());
}

#[test]
fn a_day_on_which_all_is_well() {
    let told = LedgerBuilder::call()
        .texted("call-1", 4)
        .happened("call-1", 60, "returned", "call-2");
    let digest = Digest::of(&told.report(), "2026-06-01".parse().unwrap(), &settings());
    assert!(
        digest
            .text()
            .ends_with("\nAll callers have been taken care of.\n"),
        "{}",
        digest.text()
    );
    assert_eq!(at(0).to_zoned(TimeZone::UTC).date(), digest.day);
}

#[test]
fn nothing_shows_a_number_when_it_is_printed() {
    let settings = two_studios();
    let told = LedgerBuilder::call().texted("call-1", 4);
    let report = Report::of(&told.0, &settings);
    let digest = Digest::of(&report, "2026-06-01".parse().unwrap(), &settings);
    assert!(digest.text().contains(NUMBER));
    let csv = weekly_review_csv(&report.rows, &settings);
    assert!(csv.contains("(555) 000-1111"));
    let printed = format!("{report:?} {digest:?} {csv:?} {csv} {settings:?}");
    for number in [NUMBER, BUSINESS, SOUTH] {
        assert!(!printed.contains(&number[2..]), "{printed}");
    }
    assert!(!printed.contains("000-1111"), "{printed}");
}
