//! What a text costs, and what is left out to keep within the budget: segments, names, optional values, links.

use std::collections::BTreeMap;
use std::num::NonZeroU8;

use gohighlevel::recipes::missed_call::copy::{
    Approval, CopyWarning, Encoding, MergeField, MergeValues, MessageCopy, Rendered, Segments,
    SenderKind, Template, render,
};
use proptest::prelude::*;

fn copy(body: &str) -> MessageCopy {
    MessageCopy::new("first_text", Template::parse(body).unwrap())
}

fn named(first_name: &str) -> MergeValues {
    MergeValues {
        first_name: Some(first_name.into()),
        ..MergeValues::default()
    }
}

fn with(values: &[(&str, &str)]) -> MergeValues {
    let pairs = values.iter();
    MergeValues {
        custom_values: pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        ..MergeValues::default()
    }
}

fn long_code(copy: &MessageCopy, values: &MergeValues) -> Rendered {
    render(copy, values, SenderKind::LongCode).unwrap_or_else(|error| panic!("{error}"))
}

fn code(copy: &MessageCopy, values: &MergeValues) -> &'static str {
    render(copy, values, SenderKind::LongCode)
        .unwrap_err()
        .code()
}

fn link(length: usize) -> String {
    let host = "https://book.example/";
    format!("{host}{}", "x".repeat(length - host.len()))
}

#[test]
fn what_real_copies_cost() {
    let skin = |link: &str| {
        format!(
            "Hi, Skin here - sorry we missed you. You can grab a time here: {link}. If you need help finding the right \
             appointment, reply here and we'll help."
        )
    };
    let blog = |name: &str| {
        format!(
            "Hi {name}, sorry we missed your call! We'll call you back within 15 minutes. Or click here to \
             schedule: {}",
            link(42)
        )
    };
    let soleil = |apostrophe: &str, link_length: usize| {
        format!(
            "Hi there, it{apostrophe}s Soleil. Sorry we missed your call. Text us back or book here: {} Reply STOP \
             to opt out.",
            link(link_length)
        )
    };
    use Encoding::{Gsm7, Ucs2};
    for (text, encoding, units, segments) in [
        (skin(&link(25)), Gsm7, 164, 2),
        (skin(&link(27)), Gsm7, 166, 2),
        (
            format!("{} Reply STOP to opt out.", skin(&link(81))),
            Gsm7,
            243,
            2,
        ),
        (blog("Maria"), Gsm7, 145, 1),
        (blog("Zoë"), Ucs2, 143, 3),
        (soleil("'", 62), Gsm7, 162, 2),
        (soleil("’", 62), Ucs2, 162, 3),
    ] {
        let counted = Segments::of(&text, SenderKind::LongCode);
        assert_eq!(
            (counted.encoding(), counted.units(), counted.segments()),
            (encoding, units, segments),
            "{text}"
        );
    }
}

#[test]
fn typographic_copy_is_sent_as_plain() {
    let values = MergeValues {
        location_name: Some("Soleil\u{a0}– Loop".to_owned()),
        custom_values: with(&[("book_link", "https://a.example/x–y")]).custom_values,
        ..named("D’Arcy")
    };
    let body =
        "Hi {{ contact.first_name }}, it’s “{{ location.name }}” … {{ custom_values.book_link }}";
    let text = long_code(
        &copy(body).opt_out_line("Reply STOP – that’s it").unwrap(),
        &values,
    );
    assert_eq!(
        *text.body,
        "Hi D'Arcy, it's \"Soleil - Loop\" ... https://a.example/x–y Reply STOP - that's it"
    );
}

#[test]
fn a_name_costs_nothing() {
    // With "there" it fills one part to the last character.
    let full = format!("Hi {{{{ contact.first_name }}}}! {}", "a".repeat(127));
    let short = "Hi {{ contact.first_name }}!";
    let foreign = "Hi {{ contact.first_name }}, à bientôt!";
    for (body, name, shown, dropped) in [
        (short, "Rosan", "Hi Rosan!", false),
        (short, "René", "Hi René!", false),
        (short, "Zoë", "Hi Zoe!", false),
        (short, "ŁUKASZ", "Hi Lukasz!", false),
        (short, "李小龙", "Hi there!", true),
        (short, "Дмитрий", "Hi there!", true),
        (short, "Rosan 🙂", "Hi there!", true),
        (short, "Unknown", "Hi there!", false),
        (short, "Botox", "Hi there!", true),
        (short, "Štop", "Hi there!", true),
        // The text is in the other alphabet anyway.
        (foreign, "Zoë", "Hi Zoë, à bientôt!", false),
        (foreign, "李小龙", "Hi 李小龙, à bientôt!", false),
        (&full, "Rosan", "Hi Rosan!", false),
        (&full, "Roxane", "Hi there!", true),
        (&full, "Zoë", "Hi Zoe!", false),
    ] {
        let text = long_code(&copy(body), &named(name));
        assert!(text.body.starts_with(shown), "{name}: {}", *text.body);
        let fields = [MergeField::ContactFirstName];
        assert_eq!(text.dropped, &fields[..usize::from(dropped)], "{name}");
    }
}

#[test]
fn of_a_whole_name_the_first_name_stays() {
    let values = MergeValues {
        last_name: Some("Wojciechowska".into()),
        name: Some("Żaneta Wojciechowska".into()),
        ..named("Żaneta")
    };
    let body = |letters: usize| {
        copy(&format!(
            "Hi {{{{ contact.name }}}}! {}",
            "a".repeat(letters)
        ))
    };
    for (letters, shown, dropped) in [
        (100, "Hi Zaneta Wojciechowska!", vec![]),
        (126, "Hi Zaneta!", vec![MergeField::ContactName]),
        (127, "Hi there!", vec![MergeField::ContactName]),
        // The second part begins without any name, and has room for one.
        (140, "Hi Zaneta Wojciechowska!", vec![]),
    ] {
        let text = long_code(&body(letters), &values);
        assert!(text.body.starts_with(shown), "{letters}: {}", *text.body);
        assert_eq!(text.dropped, dropped, "{letters}");
    }
}

#[test]
fn optional_values_make_room_the_last_one_first() {
    let body = "Hello. {{ custom_values.first | default('') }}{% if custom_values.second %} {{ custom_values.second }}\
                {% endif %} {{ custom_values.book_link }}";
    let (first, second, link) = ("f".repeat(100), "s".repeat(100), link(100));
    let mut values = with(&[("first", &first), ("second", &second), ("book_link", &link)]);
    let most = |segments| copy(body).max_segments(NonZeroU8::new(segments).unwrap());
    for (segments, kept, dropped) in [
        (3, vec![&first, &second, &link], vec![]),
        (2, vec![&first, &link], vec!["second"]),
        (1, vec![&link], vec!["second", "first"]),
    ] {
        let text = long_code(&most(segments), &values);
        assert_eq!(text.segments.segments(), usize::from(segments));
        for value in [&first, &second, &link] {
            assert_eq!(text.body.contains(value.as_str()), kept.contains(&value));
        }
        let dropped: Vec<_> = dropped
            .into_iter()
            .map(|key| MergeField::CustomValue(key.to_owned()))
            .collect();
        assert_eq!(text.dropped, dropped);
        assert!(text.body.ends_with("Reply STOP to opt out."));
    }
    // A link is never left out, not even one in a value that the template can do without.
    values
        .custom_values
        .insert("first".to_owned(), link.clone());
    values
        .custom_values
        .insert("second".to_owned(), String::new());
    assert_eq!(code(&most(1), &values), "too_many_parts");
    let error = render(&most(1), &values, SenderKind::LongCode).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the text would take 2 segments, but the limit is 1; shorten")
    );
    values
        .custom_values
        .insert("book_link".to_owned(), "https://a.example".to_owned());
    assert!(long_code(&most(1), &values).body.contains(&link));
}

#[test]
fn room_is_kept_for_the_line_that_highlevel_puts_there() {
    let one = NonZeroU8::MIN;
    let bare = |letters: usize| {
        copy(&"a".repeat(letters))
            .without_opt_out_line()
            .max_segments(one)
    };
    let text = long_code(&bare(100), &MergeValues::default());
    assert_eq!((text.body.len(), text.segments.units()), (100, 160));
    assert_eq!(code(&bare(101), &MergeValues::default()), "too_many_parts");

    // With a line of its own there is nothing to put.
    let own = format!("{} Text STOP to end", "a".repeat(143));
    let own = copy(&own).without_opt_out_line().max_segments(one);
    assert_eq!(
        long_code(&own, &MergeValues::default()).segments.units(),
        160
    );
}

#[test]
fn toll_free_segments_are_smaller() {
    let body = copy(&"a".repeat(306 - 23));
    let values = MergeValues::default();
    assert_eq!(long_code(&body, &values).segments.segments(), 2);
    let refused = render(&body, &values, SenderKind::TollFree).unwrap_err();
    assert_eq!(refused.code(), "too_many_parts");
}

#[test]
fn links_stay_whole_and_apart_from_punctuation() {
    let note = |value: &str| {
        let text = long_code(
            &copy("{{ custom_values.note }}. Bye."),
            &with(&[("note", value)]),
        );
        text.body
            .strip_suffix(" Bye. Reply STOP to opt out.")
            .unwrap()
            .to_owned()
    };
    for (value, text) in [
        ("Come by", "Come by."),
        ("See https://a.example/x", "See https://a.example/x ."),
        (
            "(https://a.example/x), then",
            "(https://a.example/x ), then.",
        ),
        (
            "See https://a.example/x_(y)",
            "See https://a.example/x_(y) .",
        ),
        ("‘https://a.example/x’", "'https://a.example/x '."),
        ("“https://a.example/x”", "\"https://a.example/x \"."),
        ("https://a.example/x\u{200b}", "https://a.example/x ."),
    ] {
        assert_eq!(note(value), text);
    }
}

#[test]
fn shorteners_and_braces_are_refused_in_values_too() {
    for (value, expected) in [
        ("See bit.ly/x", "link_shortener"),
        ("here:bit.ly/x", "link_shortener"),
        ("See https://BIT.ly/x.", "link_shortener"),
        ("See bit\u{200b}.ly/x", "link_shortener"),
        ("Bo\u{ad}tox", "clinical_word"),
        ("{{ contact.email }}", "leftover_braces"),
        ("｛｛ contact.email ｝｝", "leftover_braces"),
        ("{\u{200b}{ contact.email", "leftover_braces"),
    ] {
        let values = with(&[("note", value)]);
        assert_eq!(code(&copy("{{ custom_values.note }}"), &values), expected);
    }
    // Braces that only come about next to the template's own.
    let values = with(&[("note", "{ contact.email }")]);
    assert_eq!(
        code(&copy("a { {{- custom_values.note }}"), &values),
        "leftover_braces"
    );
}

#[test]
fn clinical_words_in_links_are_warned_of() {
    let values = with(&[("book_link", "https://soleilinfusion.example/iv-therapy")]);
    let body = "Book: {{ custom_values.book_link }}";
    let warned = |copy: &MessageCopy| long_code(copy, &values).warnings;
    let word = |word: &str| CopyWarning::ClinicalWordInLink(word.to_owned());
    assert_eq!(
        warned(&copy(body)),
        [word("infusion"), word("iv"), word("therapy")]
    );
    assert_eq!(
        warned(&copy(body).also_refusing(["soleil".to_owned()])).last(),
        Some(&word("soleil"))
    );
    assert_eq!(warned(&copy(body).outside_health_care()), []);
    assert!(word("iv").to_string().contains("`iv`"));
}

#[test]
fn an_approval_covers_the_words_it_was_given_for() {
    let approval = |copy: &MessageCopy, on: &str| Approval {
        by: "Dana Reyes".into(),
        on: on.parse().unwrap(),
        fingerprint: copy.fingerprint(),
    };
    let approved = copy("Sorry we missed you.");
    let given = [
        approval(&approved, "2026-05-04"),
        approval(&approved, "2026-06-01"),
        approval(&copy("Older words."), "2026-07-01"),
    ];
    assert_eq!(approved.approved_by(&given).unwrap(), &given[1]);
    // Its name and how long it may be are no words of it.
    let renamed = MessageCopy::new("b", Template::parse("Sorry we missed you.").unwrap());
    assert!(
        renamed
            .max_segments(NonZeroU8::MIN)
            .approved_by(&given)
            .is_ok()
    );

    for other in [
        copy("Sorry we missed you!"),
        copy("Sorry we missed you.").without_opt_out_line(),
        copy("Sorry we missed you.")
            .opt_out_line("STOP ends this")
            .unwrap(),
        copy("Sorry we missed you.").business_name("Soleil"),
        copy(""),
    ] {
        let error = other.approved_by(&given).unwrap_err();
        assert_eq!(error.code(), "not_approved");
        assert!(error.to_string().contains(&other.fingerprint()), "{error}");
    }
    assert!(approved.approved_by(&[]).is_err());
    assert!(!format!("{:?} {approved:?}", given[0]).contains("Dana"));
    assert!(!format!("{approved:?}").contains("Sorry"));
}

#[test]
fn a_text_knows_its_version() {
    let copy = copy("Hi.");
    let text = long_code(&copy, &MergeValues::default());
    assert_eq!(
        (text.variant.as_str(), &text.fingerprint),
        ("first_text", &copy.fingerprint())
    );
    assert_eq!(copy.fingerprint().len(), 16);
    assert_eq!(
        copy.opt_out_line("Goodbye").unwrap_err().code(),
        "opt_out_without_stop"
    );
}

proptest! {
    /// A name that looks like a template, a link or an order to the carrier is data: it is printed as it is (typography
    /// and letters made plain), or nobody is called by it.
    #[test]
    fn a_name_is_never_read_as_a_template(
        first in prop_oneof![
            "[A-Za-z{}%#|. '’é‘ëł｛]{0,24}",
            "[^\\u{0}-\\u{7f}]{0,6}",
            "\\{\\{ ?contact\\.(name|email) ?\\}\\}",
            "\\{% ?if x ?%\\}",
        ],
        last in any::<Option<String>>(),
    ) {
        let copy = copy("Hi {{ contact.first_name | default('friend') }}, sorry we missed your call.");
        let values = MergeValues { last_name: last.map(Into::into), ..named(&first) };
        let text = long_code(&copy, &values);
        let shown = text.body.strip_prefix("Hi ").unwrap();
        let shown = shown.strip_suffix(", sorry we missed your call. Reply STOP to opt out.").unwrap();
        prop_assert!(!shown.contains(['{', '}', '%']), "{}", shown);
        // Read as a template, it says itself and nothing else.
        prop_assert_eq!(Template::parse(shown).unwrap().render(&values).unwrap(), shown);
        let letters = |name: &str| name.chars().filter(|c| c.is_alphabetic()).count();
        prop_assert!(shown == "friend" || letters(shown) >= letters(&first), "{}", shown);
        prop_assert_eq!(text.segments.encoding(), Encoding::Gsm7);
    }

    /// Whatever the values are, a text that goes out is within its bounds, with its link and its line whole.
    #[test]
    fn what_goes_out_keeps_to_its_bounds(
        first in any::<Option<String>>(),
        note in "[a-zA-Z ’–.,é李🙂]{0,200}",
        path in "[a-z0-9/?=&-]{1,120}",
        most in 1u8..4,
        toll_free in any::<bool>(),
    ) {
        let sender = if toll_free { SenderKind::TollFree } else { SenderKind::LongCode };
        let link = format!("https://a.example/{path}");
        let body = "Hi {{ contact.first_name }}. {{ custom_values.note | default('') }} {{ custom_values.book_link }}";
        let copy = copy(body).max_segments(NonZeroU8::new(most).unwrap());
        let values = MergeValues {
            first_name: first.map(Into::into),
            ..with(&[("note", note.as_str()), ("book_link", link.as_str())])
        };
        match render(&copy, &values, sender) {
            Ok(text) => {
                prop_assert!(text.segments.segments() <= usize::from(most));
                prop_assert_eq!(text.segments, Segments::of(&text.body, sender));
                prop_assert!(text.body.contains(link.trim_end_matches('?')), "{}", *text.body);
                prop_assert_eq!(text.body.matches("Reply STOP to opt out.").count(), 1);
            }
            Err(error) => {
                // A note can name a shortener by chance, such as "T.co".
                let refused = ["too_many_parts", "clinical_word", "link_shortener"];
                prop_assert!(refused.contains(&error.code()), "{}", error);
            }
        }
    }
}
