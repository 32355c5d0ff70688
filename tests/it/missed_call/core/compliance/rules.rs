//! The compliance rules as a host uses them: the built-in tables, and times around changes of the clock.

use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::compliance::{
    BusinessHours, HoursDecision, JurisdictionZone, Jurisdictions, LONGEST_WAIT, NumberingPlan,
    PlaceFacts, PlaceSource, QuietHours, TimeWindow, WeeklyHours, When, ZoneFiles,
};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use proptest::prelude::*;

/// Zones whose clocks change at different hours, at midnight, by half an hour, or never.
const ZONES: [&str; 10] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Havana",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Europe/London",
];

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn instant(local: &str) -> Timestamp {
    local.parse::<Zoned>().unwrap().timestamp()
}

fn decide(number: &str, state: Option<&str>, now: &str) -> HoursDecision {
    let phone: PhoneNumber = number.parse().unwrap();
    let facts = PlaceFacts {
        phone: Some(&phone),
        contact_state: state,
        ..PlaceFacts::default()
    };
    let candidates = Jurisdictions::of(&facts, NumberingPlan::built_in());
    QuietHours::built_in().decide(instant(now), &candidates)
}

#[test]
fn the_rules_of_each_state() {
    // 2026-11-20 is a Friday. The last column is the time of the first zone, or that it is never.
    for (number, state, now, expected) in [
        (
            "+12125550100",
            None,
            "2026-11-20T07:59[America/New_York]",
            "2026-11-20T08:00",
        ),
        (
            "+12125550100",
            None,
            "2026-11-20T08:00[America/New_York]",
            "now",
        ),
        (
            "+12125550100",
            None,
            "2026-11-20T20:59:59[America/New_York]",
            "now",
        ),
        (
            "+12125550100",
            None,
            "2026-11-20T21:00[America/New_York]",
            "2026-11-21T08:00",
        ),
        // Florida ends at 20:00, wherever the contact says it lives.
        (
            "+13055550100",
            None,
            "2026-11-20T20:00[America/New_York]",
            "2026-11-21T08:00",
        ),
        (
            "+13055550100",
            Some("NY"),
            "2026-11-20T20:00[America/New_York]",
            "2026-11-21T08:00",
        ),
        (
            "+12125550100",
            Some("Florida"),
            "2026-11-20T20:00[America/New_York]",
            "2026-11-21T08:00",
        ),
        // Oklahoma and Washington.
        (
            "+14055550100",
            None,
            "2026-11-20T20:00[America/Chicago]",
            "2026-11-21T08:00",
        ),
        (
            "+12065550100",
            None,
            "2026-11-20T20:00[America/Los_Angeles]",
            "2026-11-21T08:00",
        ),
        // Texas begins at noon on Sunday.
        (
            "+17135550100",
            None,
            "2026-11-20T08:30[America/Chicago]",
            "2026-11-20T09:00",
        ),
        (
            "+17135550100",
            None,
            "2026-11-22T11:59[America/Chicago]",
            "2026-11-22T12:00",
        ),
        // Alabama and Louisiana keep Sunday free: from Saturday night to Monday is too long.
        (
            "+12055550100",
            None,
            "2026-11-21T20:30[America/Chicago]",
            "never",
        ),
        (
            "+15045550100",
            None,
            "2026-11-22T07:00[America/Chicago]",
            "never",
        ),
        (
            "+16015550100",
            None,
            "2026-11-22T12:00[America/Chicago]",
            "2026-11-23T08:00",
        ),
        // Rhode Island.
        (
            "+14015550100",
            None,
            "2026-11-20T18:00[America/New_York]",
            "2026-11-21T10:00",
        ),
        (
            "+14015550100",
            None,
            "2026-11-22T16:59[America/New_York]",
            "now",
        ),
        // Kentucky, Connecticut, Nevada, Minnesota.
        (
            "+15025550100",
            None,
            "2026-11-20T09:59[America/New_York]",
            "2026-11-20T10:00",
        ),
        (
            "+12035550100",
            None,
            "2026-11-20T20:00[America/New_York]",
            "2026-11-21T09:00",
        ),
        (
            "+17025550100",
            None,
            "2026-11-20T20:00[America/Los_Angeles]",
            "2026-11-21T09:00",
        ),
        (
            "+16125550100",
            None,
            "2026-11-20T08:30[America/Chicago]",
            "2026-11-20T09:00",
        ),
        // Christmas in Alabama, and in Georgia.
        (
            "+12055550100",
            None,
            "2026-12-25T07:00[America/Chicago]",
            "never",
        ),
        (
            "+14045550100",
            None,
            "2026-12-25T09:00[America/New_York]",
            "now",
        ),
        // Two zones: late enough in the western one, early enough in the eastern one.
        (
            "+18505550100",
            None,
            "2026-11-20T08:30[America/New_York]",
            "2026-11-20T08:00",
        ),
        (
            "+12085550100",
            None,
            "2026-11-20T21:00[America/Boise]",
            "2026-11-21T09:00",
        ),
        // Both states of a contact that moved: from noon on Sunday, and until 17:00.
        (
            "+17135550100",
            Some("RI"),
            "2026-11-22T16:30[America/Chicago]",
            "now",
        ),
        (
            "+17135550100",
            Some("RI"),
            "2026-11-22T17:00[America/Chicago]",
            "2026-11-23T09:00",
        ),
    ] {
        let decision = decide(number, state, now);
        let first = zone(&decision.zones[0].0);
        let told = match decision.when {
            When::Now => "now".to_owned(),
            When::At(at) => first.to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string(),
            When::Never => "never".to_owned(),
        };
        assert_eq!(told, expected, "{number} {state:?} {now}: {decision}");
    }
}

#[test]
fn the_decision_explains_itself_and_can_be_stored() {
    let decision = decide("+18505550100", None, "2026-11-20T20:30[America/New_York]");
    let files = ZoneFiles::in_use().to_string();
    let told = |decision: &HoursDecision| {
        let told = decision.to_string();
        let end = format!(" (zone files {files})");
        told.strip_suffix(&end).expect("no version").to_owned()
    };
    assert_eq!(
        told(&decision),
        "allowed from 2026-11-21T14:00:00Z: everywhere 08:00-21:00 in America/Chicago"
    );
    let stored = serde_json::to_value(&decision).unwrap();
    assert_eq!(
        stored,
        serde_json::json!({
            "when": { "at": "2026-11-21T14:00:00Z" },
            "zones": [["America/Chicago", "area_code"], ["America/New_York", "area_code"]],
            "rules": ["default", { "state": "FL" }],
            "held_by": { "rule": "default", "zone": "America/Chicago", "window": "08:00-21:00" },
            "zone_files": files,
        })
    );
    let read: HoursDecision = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(read, decision);
    let mut of_before = stored;
    of_before.as_object_mut().unwrap().remove("zone_files");
    let read: HoursDecision = serde_json::from_value(of_before).unwrap();
    assert!(!read.to_string().contains("zone files"));

    let open = decide("+13055550100", None, "2026-11-20T12:00[America/New_York]");
    assert_eq!(
        told(&open),
        "allowed now: everywhere and in FL in America/New_York"
    );
    let sunday = decide("+12055550100", None, "2026-11-21T20:30[America/Chicago]");
    assert_eq!(
        told(&sunday),
        "not allowed within 24 hours: in AL 08:00-20:00 in America/Chicago"
    );
    let nowhere = decide("+18005550100", None, "2026-11-20T12:00[America/New_York]");
    assert_eq!(nowhere.when, When::Never);
    assert_eq!(
        told(&nowhere),
        "not allowed within 24 hours: no time zone is known"
    );
}

#[test]
fn caps_are_those_of_the_strictest_place() {
    let table = r#"
        [default]
        hours = { every_day = "08:00-21:00" }
        texts_per_24_hours = 3
        source = "a test"
        [[rule]]
        states = ["FL", "OK"]
        hours = { every_day = "08:00-20:00" }
        texts_per_24_hours = 2
        source = "a test"
        [[rule]]
        states = ["TX"]
        hours = { every_day = "09:00-21:00" }
        source = "a test"
    "#;
    let strict = QuietHours::from_toml(table).unwrap();
    for (state, ours, built_in) in [("FL", 2, 3), ("TX", 3, 3), ("NY", 3, 3)] {
        let facts = PlaceFacts {
            contact_state: Some(state),
            ..PlaceFacts::default()
        };
        let candidates = Jurisdictions::of(&facts, NumberingPlan::built_in());
        let texts = |rules: &QuietHours| rules.cap(&candidates).unwrap().texts;
        assert_eq!(texts(&strict), ours, "{state}");
        assert_eq!(texts(QuietHours::built_in()), built_in, "{state}");
    }
    let without = table.replace("texts_per_24_hours = 3", "");
    let without = QuietHours::from_toml(&without).unwrap();
    assert_eq!(without.cap(&Jurisdictions::default()), None);
}

#[test]
fn a_table_of_ones_own_is_checked() {
    let table = |rules: &str| {
        let default = "[default]\nhours = { every_day = \"08:00-21:00\" }\nsource = \"\"\n";
        QuietHours::from_toml(&format!("{default}{rules}"))
    };
    let rule = |states: &str, rest: &str| {
        format!("[[rule]]\nstates = [{states}]\nsource = \"\"\n{rest}\n")
    };
    let hours = "hours = { every_day = \"08:00-20:00\" }";
    assert!(table(&rule("\"FL\"", hours)).is_ok());
    for (rules, said) in [
        (
            rule("\"FL\", \"Florida\"", hours),
            "quiet_hours.toml, line 5: FL stands here for the second time",
        ),
        (
            rule("\"Narnia\"", hours),
            "quiet_hours.toml, line 5: `Narnia` is no state; write its postal code, such as FL or ON",
        ),
        (
            rule("\"FL\"", "hours = { everyday = \"08:00-20:00\" }"),
            "quiet_hours.toml, line 7: unknown field `everyday`, expected one of `every_day`, `monday`, `tuesday`, \
             `wednesday`, `thursday`, `friday`, `saturday`, `sunday`",
        ),
        (
            rule("\"FL\"", "hours = { every_day = \"20:00-08:00\" }"),
            "quiet_hours.toml, line 7: `20:00-08:00` is not a time window; write it from the earlier to the later time, \
             such as 08:00-21:00",
        ),
        (
            rule("\"FL\"", &format!("{hours}\nholidays = [\"hogmanay\"]")),
            "quiet_hours.toml, line 8: `hogmanay` is not a holiday in holidays.toml; write its days in closed_on",
        ),
        (
            rule("\"FL\"", &format!("{hours}\nclosed_on = [\"02-30\"]")),
            "quiet_hours.toml, line 8: `02-30` is not a day; write 12-25 or 2026-11-26",
        ),
    ] {
        let error = table(&rules).unwrap_err();
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn a_day_of_one_year_can_be_closed() {
    let table = r#"
        [default]
        hours = { every_day = "00:00-24:00" }
        closed_on = ["2026-11-26", "12-25"]
        source = "a test"
    "#;
    let rules = QuietHours::from_toml(table).unwrap();
    let candidates = in_zones(&["America/New_York"]);
    let midnight = instant("2026-11-27T00:00[America/New_York]");
    for (now, expected) in [
        ("2026-11-25T23:59[America/New_York]", When::Now),
        ("2026-11-26T00:00[America/New_York]", When::At(midnight)),
        ("2027-11-26T00:00[America/New_York]", When::Now),
        (
            "2031-12-25T12:00[America/New_York]",
            When::At(instant("2031-12-26T00:00[America/New_York]")),
        ),
    ] {
        assert_eq!(
            rules.decide(instant(now), &candidates).when,
            expected,
            "{now}"
        );
    }
}

fn in_zones(names: &[&str]) -> Jurisdictions {
    let candidate = |name: &&str| JurisdictionZone {
        zone: zone(name),
        source: PlaceSource::AreaCode,
    };
    Jurisdictions {
        zones: names.iter().map(candidate).collect(),
        states: Vec::new(),
    }
}

/// A change of clocks in some zone within a few years, and some minutes from it.
fn around_changes() -> impl Strategy<Value = Timestamp> {
    (0..ZONES.len(), 0..8_usize, -3000..3000_i64).prop_map(|(at, change, minutes)| {
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let changes = zone(ZONES[at]);
        let change = changes.following(start).nth(change);
        let change = change.map_or(start, |change| change.timestamp());
        change + SignedDuration::from_mins(minutes)
    })
}

fn some_zones() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(ZONES.to_vec(), 1..=3)
}

/// A window that the clock's changes fall into or lie at the edge of, more often than not.
fn some_window() -> impl Strategy<Value = String> {
    let quarter = |quarters: u32| format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15);
    (0..95_u32, 1..96_u32).prop_map(move |(opens, length)| {
        let closes = (opens + length).min(96);
        format!("{}-{}", quarter(opens), quarter(closes))
    })
}

/// Whether the clock of each zone shows a time inside the window. Times are compared as text.
fn clocks_show(window: &str, zones: &[&str], time: Timestamp) -> bool {
    let (opens, closes) = window.split_once('-').unwrap();
    zones.iter().all(|name| {
        let shown = zone(name).to_datetime(time).strftime("%H:%M").to_string();
        opens <= shown.as_str() && shown.as_str() < closes
    })
}

fn one_rule(window: &str) -> QuietHours {
    let table = format!("[default]\nhours = {{ every_day = \"{window}\" }}\nsource = \"a test\"");
    QuietHours::from_toml(&table).unwrap()
}

proptest! {
    /// Whatever the windows and the zones: a text is inside the window of every candidate at the decided instant.
    #[test]
    fn a_text_at_the_decided_instant_is_inside_every_window(
        now in around_changes(),
        zones in some_zones(),
        window in some_window(),
    ) {
        let decision = one_rule(&window).decide(now, &in_zones(&zones));
        match decision.when {
            When::Now => prop_assert!(clocks_show(&window, &zones, now), "{decision}"),
            When::At(at) => {
                prop_assert!(at > now && at <= now + LONGEST_WAIT, "{decision}");
                prop_assert!(clocks_show(&window, &zones, at), "{decision}");
            }
            When::Never => {}
        }
    }

    /// More places never allow an earlier text.
    #[test]
    fn another_candidate_never_loosens(
        now in around_changes(),
        zones in some_zones(),
        window in some_window(),
    ) {
        let rules = one_rule(&window);
        let earliest = |candidates| match rules.decide(now, &candidates).when {
            When::Now => now,
            When::At(at) => at,
            When::Never => Timestamp::MAX,
        };
        let all = earliest(in_zones(&zones));
        for name in &zones {
            prop_assert!(earliest(in_zones(&[*name])) <= all);
        }
    }

    /// A business opens after it was closed, and its clock is inside the hours whenever it is open.
    #[test]
    fn businesses_open_when_the_clock_says_so(
        now in around_changes(),
        name in proptest::sample::select(ZONES.to_vec()),
        window in some_window(),
        day in 0..7_i8,
    ) {
        let hours: TimeWindow = window.parse().unwrap();
        let weekday = Weekday::from_monday_zero_offset(day).unwrap();
        let week = WeeklyHours::every_day([hours]).with(weekday, []);
        let business = BusinessHours::new(zone(name), week);
        let inside = |time| {
            clocks_show(&window, &[name], time) && zone(name).to_datetime(time).weekday() != weekday
        };
        if business.is_open(now) {
            prop_assert!(inside(now));
        }
        let next = business.next_opening(now).unwrap();
        prop_assert!(next > now);
        prop_assert!(business.is_open(next) && inside(next));
        prop_assert!(!business.is_open(next - SignedDuration::from_nanos(1)));
    }
}

proptest! {
    // Each case looks at every minute of a day.
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Windows of the day do not meet the changes of clocks at night: there the decision is the very first minute that
    /// all clocks allow, and there is none where it says never.
    #[test]
    fn no_earlier_minute_would_do(
        now in around_changes(),
        zones in some_zones(),
        opens in 5..14_i64,
        length in 1..9_i64,
    ) {
        let window = format!("{opens:02}:00-{:02}:00", opens + length);
        let decision = one_rule(&window).decide(now, &in_zones(&zones));
        // The instants tried are whole minutes, and so are all changes.
        let first = (0..=24 * 60)
            .map(|minutes| now + SignedDuration::from_mins(minutes))
            .find(|time| clocks_show(&window, &zones, *time));
        let expected = match first {
            Some(time) if time == now => When::Now,
            Some(time) => When::At(time),
            None => When::Never,
        };
        prop_assert_eq!(decision.when, expected, "{}", decision);
    }
}
