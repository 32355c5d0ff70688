//! Pages: each number against an independent count, what a page must never hold, and its text as a snapshot.

use std::collections::BTreeMap;

use gohighlevel::recipes::missed_call::Preset;
use gohighlevel::recipes::missed_call::report::pages::{
    AgencyLine, CaseFile, Detail, PageError, PageOptions, Pages,
};
use gohighlevel::recipes::missed_call::report::{
    Arm, Arms, BusinessLine, Currency, Overview, OverviewBuilder, Period, Report, Revenue,
    Settings, TargetRange, Trial, html,
};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::missed_call::harness::ledger_builder::LedgerBuilder;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// The ledger begins on Monday, 1 June 2026, at 10:00 in UTC: 05:00 in Chicago.
const FIRST: Date = date(2026, 6, 1);

/// One caller as it was planned, from which the test counts by itself.
struct Planned {
    /// Seconds after the beginning.
    call: i64,
    line: usize,
    text_after: Option<i64>,
    why_not: Option<Value>,
    replied: bool,
    booked: bool,
    returned: bool,
}

const LINES: [(&str, &str); 2] = [("+15550002222", "North"), ("+15550003333", "South <b>")];

/// Callers of three weeks.
fn plan() -> Vec<Planned> {
    let mut random = fastrand::Rng::with_seed(5);
    (0..400)
        .map(|_| {
            let reasons = [
                json!("withheld"),
                json!("stale"),
                json!({"failed": "refused_400"}),
                json!("quiet_hours"),
            ];
            let texted = random.u32(0..10) < 7;
            Planned {
                call: random.i64(0..21 * DAY),
                line: random.usize(..2),
                text_after: texted.then(|| random.i64(1..400)),
                why_not: (!texted).then(|| reasons[random.usize(..4)].clone()),
                replied: texted && random.bool(),
                booked: texted && random.u32(0..5) == 0,
                returned: random.bool(),
            }
        })
        .collect()
}

fn ledger(plan: &[Planned]) -> LedgerBuilder {
    let mut entries: Vec<LedgerBuilder> = Vec::new();
    for (number, caller) in plan.iter().enumerate() {
        let name = format!("call-{number}");
        let phone = format!("+1555777{number:04}");
        let change = json!({"contact": phone, "caller": phone, "called": LINES[caller.line].0});
        let mut made = LedgerBuilder::default().missed(&name, caller.call, change);
        if let Some(after) = caller.text_after {
            made = made.texted(&name, caller.call + after);
        }
        if let Some(why) = &caller.why_not {
            made = made.not_done(&name, caller.call + 1, "text", why.clone());
        }
        if caller.replied {
            made = made.replied(&name, caller.call + 500, "other");
        }
        if caller.booked {
            made = made.happened(
                &name,
                caller.call + 600,
                "booked",
                &format!("booking-{number}"),
            );
        }
        if caller.returned {
            made = made.happened(
                &name,
                caller.call + 700,
                "returned",
                &format!("call-back-{number}"),
            );
        }
        entries.push(made.closed(&name, caller.call + 800));
    }
    let mut all: Vec<_> = entries.into_iter().flat_map(|made| made.0).collect();
    all.sort_by_key(|entry| entry.at);
    LedgerBuilder(all)
}

fn settings() -> Settings {
    let mut settings = Settings::new(TimeZone::get("America/Chicago").unwrap());
    settings.revenue = Some(Revenue::between(16_500, 29_500));
    for (number, name) in LINES {
        settings
            .lines
            .insert(number.parse().unwrap(), BusinessLine::new(name));
    }
    settings
}

fn options() -> PageOptions {
    let mut options = PageOptions::default();
    options.business = "Soleil & <script>alert(1)</script>".to_owned();
    options.targets.time_to_text = Some(SignedDuration::from_secs(60));
    options.targets.booked = Some(TargetRange {
        from: 0.15,
        to: 0.25,
    });
    options
}

/// What stands in the element with this mark.
fn figure(page: &str, name: &str) -> String {
    let mark = format!("data-figure=\"{name}\"");
    let after = page
        .split(&mark)
        .nth(1)
        .unwrap_or_else(|| panic!("{name} is not there"));
    let inside = after.split_once('>').unwrap().1.split_once('<').unwrap().0;
    inside.to_owned()
}

/// The time of a call in Chicago, five hours behind UTC in June.
fn local(planned: &Planned) -> (i64, i64) {
    let seconds = planned.call + 5 * HOUR;
    (seconds.div_euclid(DAY), seconds.rem_euclid(DAY) / HOUR)
}

#[test]
fn every_number_is_the_one_that_was_planned() {
    let plan = plan();
    let report = Report::of(&ledger(&plan).0, &settings());
    let week = Period::between(date(2026, 6, 8), date(2026, 6, 14));
    let page = html(&report, week, &settings(), &options()).unwrap();
    let of = |from: i64, to: i64| {
        plan.iter()
            .filter(move |caller| (from..to).contains(&local(caller).0))
    };
    let count = |from, to, counts: fn(&Planned) -> bool| {
        of(from, to).filter(|caller| counts(caller)).count()
    };
    for (name, counts) in [
        ("missed", (|_| true) as fn(&Planned) -> bool),
        ("replied", |caller| caller.replied),
        ("booked", |caller| caller.booked),
        ("waiting", |caller| {
            !caller.returned && !caller.booked && caller.why_not != Some(json!("withheld"))
        }),
    ] {
        assert_eq!(
            figure(&page, name),
            count(7, 14, counts).to_string(),
            "{name}"
        );
        let before = figure(&page, &format!("{name}-before"));
        let before = before.split(' ').next().unwrap();
        assert_eq!(before, count(0, 7, counts).to_string(), "{name} before");
    }
    let is_textable = |caller: &Planned| {
        !matches!(
            caller.why_not.as_ref().and_then(Value::as_str),
            Some("withheld" | "quiet_hours")
        )
    };
    for (name, expected) in [
        ("funnel-missed", count(7, 14, |_| true)),
        (
            "funnel-textable",
            of(7, 14).filter(|caller| is_textable(caller)).count(),
        ),
        (
            "funnel-texted",
            count(7, 14, |caller| caller.text_after.is_some()),
        ),
        ("funnel-replied", count(7, 14, |caller| caller.replied)),
        ("funnel-booked", count(7, 14, |caller| caller.booked)),
    ] {
        assert_eq!(figure(&page, name), expected.to_string(), "{name}");
    }
    let bookings = count(7, 14, |caller| caller.booked) as u64;
    let dollars = |each: u64| {
        let amount = (bookings * each).to_string();
        if amount.len() > 3 {
            format!(
                "{},{}",
                &amount[..amount.len() - 3],
                &amount[amount.len() - 3..]
            )
        } else {
            amount
        }
    };
    assert_eq!(
        figure(&page, "worth"),
        format!("${}–${}", dollars(165), dollars(295))
    );
    let mut times: Vec<i64> = of(7, 14).filter_map(|caller| caller.text_after).collect();
    times.sort_unstable();
    let half = times[times.len().div_ceil(2) - 1];
    let written = if half < 60 {
        format!("{half} s")
    } else {
        format!("{} min {} s", half / 60, half % 60)
    };
    assert_eq!(figure(&page, "speed"), written.replace(" 0 s", ""));
    let (missed, texted) = (count(7, 14, |_| true), times.len());
    let (replied, booked) = (count(7, 14, |caller| caller.replied), bookings);
    let sentence = format!(
        "{texted} of {missed} missed callers got a text, half of them within {}; {replied} wrote back, {booked} booked: {}.",
        figure(&page, "speed"),
        figure(&page, "worth"),
    );
    assert_eq!(figure(&page, "sentence"), sentence);
}

#[test]
fn the_figures_of_hours_lines_weeks_and_speeds_are_those_that_were_planned() {
    let plan = plan();
    let report = Report::of(&ledger(&plan).0, &settings());
    let period = Period::between(date(2026, 6, 8), date(2026, 6, 21));
    let overview = Overview::of(&report, period, &settings());
    let chosen: Vec<&Planned> = plan
        .iter()
        .filter(|caller| (7..21).contains(&local(caller).0))
        .collect();
    let mut hours = [[0_u64; 24]; 7];
    for caller in &chosen {
        let (day, hour) = local(caller);
        hours[(day % 7) as usize][hour as usize] += 1;
    }
    assert_eq!(overview.hours, hours);
    for (place, (_, name)) in LINES.iter().enumerate() {
        let of_line: Vec<_> = chosen
            .iter()
            .filter(|caller| caller.line == place)
            .collect();
        let line = overview
            .lines
            .iter()
            .find(|line| line.name == *name)
            .unwrap();
        assert_eq!(line.metrics.episodes, of_line.len() as u64);
        let booked = of_line.iter().filter(|caller| caller.booked).count() as u64;
        assert_eq!(line.metrics.booked.unwrap().part(), booked);
    }
    assert_eq!(overview.weeks.len(), 13);
    for (place, from, to) in [(10, 0, 7), (11, 7, 14), (12, 14, 21)] {
        let expected = plan
            .iter()
            .filter(|caller| (from..to).contains(&local(caller).0))
            .count() as u64;
        assert_eq!(overview.weeks[place].metrics.episodes, expected);
    }
    assert_eq!(
        (overview.weeks[0].from, overview.weeks[12].from),
        (date(2026, 3, 23), date(2026, 6, 15))
    );
    assert_eq!(overview.weeks[10].from, FIRST);
    let mut slower = 0;
    for speed in &overview.speeds {
        let within = speed.within_seconds.unwrap_or(i64::MAX);
        let texts = chosen.iter().filter_map(|caller| caller.text_after);
        let expected = texts
            .filter(|after| (slower + 1..=within).contains(after))
            .count() as u64;
        assert_eq!(speed.texts, expected, "{within}");
        slower = within;
    }
    let mut losses: BTreeMap<&str, u64> = BTreeMap::new();
    for caller in &chosen {
        let why = match caller.why_not.as_ref().map(ToString::to_string).as_deref() {
            Some("\"withheld\"") => "number withheld",
            Some("\"quiet_hours\"") => "quiet hours",
            Some("\"stale\"") => "the call was reported too late",
            Some(_) => "HighLevel did not accept it",
            None if caller.replied => continue,
            None if caller.booked => "booked without writing",
            None if caller.returned => "spoke with the team instead",
            None => "no reply",
        };
        *losses.entry(why).or_default() += 1;
    }
    let shown: BTreeMap<&str, u64> = overview
        .losses
        .iter()
        .map(|loss| (loss.why, loss.callers))
        .collect();
    assert_eq!(shown, losses);
    // The same rows one by one.
    let settings = settings();
    let mut builder = OverviewBuilder::new(period, &settings);
    report.rows.iter().for_each(|row| builder.add(row));
    assert_eq!(builder.finish(&report), overview);
}

fn all_pages() -> Vec<(&'static str, String)> {
    let plan = plan();
    let ledger = ledger(&plan);
    let report = Report::of(&ledger.0, &settings());
    let overview = Overview::of(&report, Period::week_of(date(2026, 6, 8)), &settings());
    let pages = Pages::new();
    let mail = pages.mail(&overview, &settings(), &options()).unwrap();
    let case = CaseFile::of(&a_case().0, &settings(), Detail::Full).unwrap();
    let redacted = CaseFile::of(&a_case().0, &settings(), Detail::Redacted).unwrap();
    let line = AgencyLine::new("North <b>", overview.clone(), &settings()).link("north.html");
    let mut made = vec![
        (
            "page",
            pages
                .overview(&overview, &settings(), &options())
                .unwrap()
                .into_inner(),
        ),
        ("mail", mail.html.into_inner()),
        (
            "agency",
            pages.agency(&[line], &options()).unwrap().into_inner(),
        ),
        ("case", pages.case_file(&case).unwrap().into_inner()),
        (
            "case_redacted",
            pages.case_file(&redacted).unwrap().into_inner(),
        ),
    ];
    for preset in Preset::ALL {
        let page = pages.storyboard(&preset.recipe()).unwrap();
        made.push((preset.name(), page.into_inner()));
    }
    made
}

/// Somebody who waits for the morning, gets a text, asks for a person and opts out.
fn a_case() -> LedgerBuilder {
    let text = json!({"text": {"body": "Hi <i>Rosan</i> & co, sorry we missed you.", "from": LINES[0].0, "to": null,
        "hours": "08:00-21:00 in America/Chicago", "basis": "written", "variant": "text",
        "copy_fingerprint": "3c26a7620f1c93b8",
        "consent": {"given_at": "2026-05-30T10:00:00Z", "reference": "form-of-rosan"}}});
    LedgerBuilder::call()
        .entry(Some("call-1"), 2, json!({"kind": "waits", "effect": crate::missed_call::harness::ledger_builder::effect("call-1", "text"),
            "until": "2026-06-01T13:00:00Z", "why": "not before 08:00"}))
        .attempted("call-1", 3 * HOUR, "text", text)
        .done("call-1", 3 * HOUR + 4, "text")
        .not_done("call-1", 3 * HOUR + 5, "email", json!("no_address"))
        .joined("call-1", 3 * HOUR + 600, 2)
        .replied("call-1", 4 * HOUR, "help")
        .opted_out("call-1", 5 * HOUR, "opted_out")
        .closed("call-1", 6 * HOUR)
}

#[test]
fn no_page_has_scripts_or_fetches_anything_or_lets_a_value_become_markup() {
    for (name, page) in all_pages() {
        assert!(page.starts_with("<!doctype html>"), "{name}");
        for forbidden in [
            "<script",
            "<b>\"",
            "<i>Rosan",
            "North <b>",
            "South <b>",
            "src=",
            "url(",
            "@import",
            "<link",
            "<iframe",
            "onload",
        ] {
            assert!(!page.contains(forbidden), "{name}: {forbidden}");
        }
        // Links lead to places on the page, to numbers and to pages beside it. In texts, a link is text.
        for link in page.split("href=\"").skip(1) {
            assert!(
                link.starts_with('#') || link.starts_with("tel:") || link.starts_with("north.html"),
                "{name}: {link:.30}"
            );
        }
        assert!(page.len() < 150_000, "{name}: {} bytes", page.len());
        assert!(
            page.contains("<title>") && page.contains("lang=\"en\"") && page.contains("<h1"),
            "{name}"
        );
    }
}

#[test]
fn numbers_are_shown_in_full_only_where_that_is_asked_for() {
    let plan = plan();
    let report = Report::of(&ledger(&plan).0, &settings());
    let week = Period::week_of(date(2026, 6, 8));
    let page = html(&report, week, &settings(), &options()).unwrap();
    assert!(!page.contains("777-"), "a whole number");
    let mut options = options();
    options.numbers_in_full = true;
    let page = html(&report, week, &settings(), &options).unwrap();
    assert!(page.contains("href=\"tel:+1555777"));
    assert!(page.contains("(555) 777-"));
    let redacted = CaseFile::of(&a_case().0, &settings(), Detail::Redacted).unwrap();
    let page = Pages::new().case_file(&redacted).unwrap();
    for secret in [
        "Rosan", "rosan", "111", "form-of", "webhook:", "reply-", "sorry",
    ] {
        let shown = page.split("<header>").nth(1).unwrap();
        // The last four digits stay.
        assert!(!shown.replace("… 1111", "").contains(secret), "{secret}");
    }
    assert_eq!(format!("{redacted:?}"), "CaseFile { .. }");
}

#[test]
fn an_experiment_is_shown_as_far_as_it_may_be() {
    let arm = |callers, booked| Arm { callers, booked };
    let arms = |texted, held_out| Arms { texted, held_out };
    let report = Report::of(&ledger(&plan()).0, &settings());
    let week = Period::week_of(date(2026, 6, 8));
    let proof = |trial: Option<Trial>| {
        let mut options = options();
        options.trial = trial;
        html(&report, week, &settings(), &options).unwrap()
    };
    let early = proof(Some(Trial::new(657, [arms(arm(250, 50), arm(62, 6))])));
    assert_eq!(figure(&early, "proof"), "Too early: 312 of 657 callers.");
    let done = proof(Some(Trial::new(600, [arms(arm(480, 96), arm(120, 12))])));
    assert_eq!(figure(&done, "proof"), "+10.0 points");
    assert!(done.contains("95% interval +2.5 to +15.7"));
    assert!(proof(None).contains("This comparison is weak"));
}

#[test]
fn money_is_that_of_the_business() {
    let mut settings = settings();
    settings.currency = Currency::of_code("EUR");
    let report = Report::of(&ledger(&plan()).0, &settings);
    let page = html(
        &report,
        Period::week_of(date(2026, 6, 8)),
        &settings,
        &options(),
    )
    .unwrap();
    assert!(figure(&page, "worth").starts_with('€'));
}

#[test]
fn an_agency_begins_with_the_location_that_needs_help() {
    let settings = settings();
    let week = Period::week_of(date(2026, 6, 8));
    let made = |callers: i64, waiting: i64| {
        let mut ledger = LedgerBuilder::default();
        for caller in 0..callers {
            let (name, at) = (format!("call-{caller}"), 7 * DAY + caller * 60);
            let phone = format!("+1555777{caller:04}");
            ledger = ledger
                .missed(&name, at, json!({"contact": phone, "caller": phone}))
                .texted(&name, at + 5);
            if caller >= waiting {
                ledger = ledger.happened(&name, at + 50, "returned", &format!("back-{caller}"));
            }
        }
        Overview::of(&Report::of(&ledger.0, &settings), week, &settings)
    };
    let lines = [
        AgencyLine::new("Fine", made(50, 0), &settings),
        AgencyLine::new("Two callers", made(2, 2), &settings),
        AgencyLine::new("Bad", made(60, 40), &settings),
    ];
    let page = Pages::new().agency(&lines, &options()).unwrap();
    let place = |name: &str| page.find(&format!("<tr><th scope=\"row\">{name}")).unwrap();
    assert!(place("Bad") < place("Two callers") && place("Two callers") < place("Fine"));
}

#[test]
fn a_host_may_restyle_its_pages() {
    let recipe = Preset::Soleil.recipe();
    let own = Pages::new().with_template(
        "storyboard.html",
        "<h1>{{ name }}</h1><style>{% include 'style.css' %}</style>",
    );
    let own = own
        .unwrap()
        .with_template("style.css", "h1{color:red}")
        .unwrap();
    assert_eq!(
        own.storyboard(&recipe).unwrap().as_str(),
        "<h1>soleil</h1><style>h1{color:red}</style>"
    );
    let unknown = Pages::new().with_template("pages.html", "").unwrap_err();
    assert!(matches!(unknown, PageError::UnknownTemplate(_)));
    assert!(unknown.to_string().contains("page.html"));
    assert!(Pages::new().with_template("page.html", "{% if %}").is_err());
    let misspelt = Pages::new()
        .with_template("storyboard.html", "{{ nmae }}")
        .unwrap();
    assert!(matches!(
        misspelt.storyboard(&recipe),
        Err(PageError::Template(_))
    ));
    assert!(Pages::template_names().all(|name| Pages::template(name).is_some()));
}

#[test]
fn a_week_without_calls_says_so() {
    let report = Report::of(&[], &settings());
    let page = html(&report, Period::week_of(FIRST), &settings(), &options()).unwrap();
    assert_eq!(figure(&page, "sentence"), "No call was missed.");
    assert!(!page.contains("NaN"));
}

#[test]
fn storyboards_show_each_text_as_it_will_read() {
    let soleil = Pages::new().storyboard(&Preset::Soleil.recipe()).unwrap();
    assert!(soleil.contains("Hi Rosan, Soleil here."));
    for preset in Preset::ALL {
        let page = Pages::new().storyboard(&preset.recipe()).unwrap();
        assert!(
            !page.contains("class=\"note missed-target\""),
            "{}: a text cannot be shown",
            preset.name()
        );
    }
    let blog = Pages::new().storyboard(&Preset::GhlBlog.recipe()).unwrap();
    for words in [
        "after 2 min",
        "Missed call number 3",
        "last_text",
        "callers of “Website Caller”",
    ] {
        assert!(blog.contains(words), "{words}");
    }
}

/// The text of a page without its styles, in lines.
fn shown(page: &str) -> String {
    let body = page.split("<body").nth(1).unwrap();
    let mut text = String::new();
    for (place, piece) in body.split('<').enumerate() {
        let inside = if place == 0 {
            ""
        } else {
            piece.split_once('>').map_or("", |(_, inside)| inside)
        };
        let inside = inside.trim();
        if !inside.is_empty() {
            text.push_str(inside);
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_places_that_the_documentation_names_are_on_the_page() {
    let source = include_str!("../../../../../src/recipes/missed_call/core/report/pages/mod.rs");
    let pages = all_pages();
    let (_, page) = pages.iter().find(|(name, _)| *name == "page").unwrap();
    let rows = source.lines().filter(|line| line.starts_with("//! |"));
    let places: Vec<&str> = rows
        .flat_map(|row| row.split('*').skip(1).step_by(2))
        .collect();
    assert!(places.len() > 20, "{places:?}");
    for place in places {
        assert!(page.contains(place), "{place}");
    }
}

#[test]
fn pages_read_as_they_did() {
    for (name, page) in all_pages() {
        insta::assert_snapshot!(name, shown(&page));
    }
}
