//! Holidays, Sundays and the hours of single states, as the law of 2026 has them.

use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::compliance::{
    Jurisdictions, NumberingPlan, PlaceFacts, QuietHours, When,
};
use jiff::{Timestamp, Zoned};

fn instant(local: &str) -> Timestamp {
    local.parse::<Zoned>().unwrap().timestamp()
}

#[test]
fn holidays_sundays_and_hours_that_states_have_changed() {
    // Each row: a number, the contact's zone, a moment in which no text may go out, and one in which it may.
    for (number, contact_zone, closed, open) in [
        // Oregon: until 20:00 since 2026.
        (
            "+15035550100",
            None,
            "2026-12-01T20:30[America/Los_Angeles]",
            "2026-12-01T19:59[America/Los_Angeles]",
        ),
        // Utah: no Sunday, no Pioneer Day, and Juneteenth on a Monday.
        (
            "+18015550100",
            None,
            "2026-11-29T12:00[America/Denver]",
            "2026-11-30T12:00[America/Denver]",
        ),
        (
            "+18015550100",
            None,
            "2028-07-24T12:00[America/Denver]",
            "2028-07-25T12:00[America/Denver]",
        ),
        (
            "+18015550100",
            None,
            "2030-06-17T12:00[America/Denver]",
            "2030-06-18T12:00[America/Denver]",
        ),
        // Louisiana: Veterans Day, Mardi Gras, the day after Thanksgiving.
        (
            "+15045550100",
            None,
            "2027-11-11T12:00[America/Chicago]",
            "2027-11-12T12:00[America/Chicago]",
        ),
        (
            "+15045550100",
            None,
            "2027-02-09T12:00[America/Chicago]",
            "2027-02-10T12:00[America/Chicago]",
        ),
        (
            "+15045550100",
            None,
            "2026-11-27T12:00[America/Chicago]",
            "2026-11-28T12:00[America/Chicago]",
        ),
        // Alabama: the Friday before a Christmas on Saturday; Rhode Island: Victory Day; Pennsylvania: Flag Day.
        (
            "+12055550100",
            None,
            "2027-12-24T12:00[America/Chicago]",
            "2027-12-23T12:00[America/Chicago]",
        ),
        (
            "+14015550100",
            None,
            "2027-08-09T12:00[America/New_York]",
            "2027-08-10T12:00[America/New_York]",
        ),
        (
            "+12155550100",
            None,
            "2027-06-14T12:00[America/New_York]",
            "2027-06-15T12:00[America/New_York]",
        ),
        // British Columbia keeps summer time since 2026: 04:30 UTC is 21:30 there, 20:30 by older zone files.
        (
            "+16045550100",
            None,
            "2026-12-01T04:30[UTC]",
            "2026-12-01T03:30[UTC]",
        ),
        // Florida, whatever the contact's own zone says.
        (
            "+13055550100",
            Some("America/Los_Angeles"),
            "2026-12-01T22:30[America/New_York]",
            "2026-12-01T12:00[America/New_York]",
        ),
    ] {
        let phone: PhoneNumber = number.parse().unwrap();
        let facts = PlaceFacts {
            phone: Some(&phone),
            contact_zone,
            ..PlaceFacts::default()
        };
        let candidates = Jurisdictions::of(&facts, NumberingPlan::built_in());
        let at = |now| QuietHours::built_in().decide(instant(now), &candidates);
        assert_ne!(at(closed).when, When::Now, "{number} {closed}");
        assert_eq!(at(open).when, When::Now, "{number}: {}", at(open));
    }
}
