//! The keys of the file and of its sections, but for steps.

use jiff::SignedDuration;

use super::steps::STEP;
use super::{Key, Keys, NOT_BLANK, Value};

const fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// The sections and the keys before the first of them.
pub(in super::super) const FILE: Keys = &[
    Key::new("name", Value::Text, "The name of the recipe in reports.")
        .required("write a short name, such as name = \"soleil\""),
    Key::new(
        "version",
        Value::Count {
            least: 1,
            most: u32::MAX,
            default: None,
        },
        "A whole number that goes up with every change.",
    )
    .required("write version = 1, and one more with every change"),
    Key::new(
        "dry_run",
        Value::Flag(Some(false)),
        "`true`: everything is decided and recorded as ever, and nothing is done: no text, no notice, nothing in HighLevel.",
    ),
    Key::new("business", Value::Section(BUSINESS), "The business."),
    Key::new("call", Value::Section(CALL), "Which calls count."),
    Key::new(
        "callers",
        Value::Section(CALLERS),
        "Which callers get texts.",
    ),
    Key::new(
        "numbers",
        Value::Named(NUMBER, r"^\+[1-9][0-9]{6,14}$"),
        "The phone numbers of the business.",
    ),
    Key::new("hours", Value::Section(HOURS), "When the business is open."),
    Key::new(
        "steps",
        Value::Named(STEP, r"^[a-z][a-z0-9_]{0,39}$"),
        "What is done for a missed call.",
    )
    .required(""),
    Key::new(
        "compliance",
        Value::Section(COMPLIANCE),
        "Which texts may be sent.",
    ),
    Key::new(
        "experiment",
        Value::Section(EXPERIMENT),
        "Holds the text back from some callers.",
    ),
    Key::new("hints", Value::Section(HINTS), "Which hints are shown."),
];

const BUSINESS: Keys = &[Key::new(
    "display_name",
    Value::Form(NOT_BLANK),
    "What `{{ location.name }}` becomes in texts.",
)
.absent("the location's name in HighLevel")];

const CALL: Keys = &[
    Key::new(
        "max_age",
        Value::Duration {
            least: seconds(1),
            most: seconds(24 * 3600),
            default: seconds(600),
        },
        "A call that ended longer ago gets no text, only the task.",
    ),
    Key::new(
        "cooldown",
        Value::Duration {
            least: seconds(0),
            most: seconds(7 * 24 * 3600),
            default: seconds(4 * 3600),
        },
        "Further missed calls of the same caller within this time send nothing more.",
    ),
    Key::new(
        "suspected_voicemail",
        Value::OneOf(
            &[
                ("answered", "it counts as answered"),
                ("reported", "the same, and the ledger shows it"),
                ("missed", "it counts as missed"),
            ],
            "reported",
        ),
        "How a call counts that lasted less than `call.voicemail_below` and that no known user answered: the mailbox of a \
         forwarded line may have taken it.",
    ),
    Key::new(
        "voicemail_below",
        Value::Duration {
            least: seconds(1),
            most: seconds(120),
            default: seconds(15),
        },
        "An answered call that is shorter may have been taken by a mailbox.",
    ),
    Key::new(
        "unlisted_numbers",
        Value::OneOf(
            &[
                (
                    "texted",
                    "the same as for all calls, except texts that need a value of the number",
                ),
                ("not_texted", "everything except messages"),
                ("ignored", "nothing"),
            ],
            "texted",
        ),
        "With `[numbers]`: what is done for calls to an unlisted or unknown number.",
    ),
];

const CALLERS: Keys = &[
    Key::new(
        "countries",
        Value::Countries,
        "Countries (ISO 3166-1 alpha-2) whose numbers get texts, except numbers of services.",
    )
    .absent("`[\"US\", \"CA\"]`"),
    Key::new(
        "own",
        Value::PhoneNumbers,
        "Numbers of the business: their calls are ignored. All lists of numbers: with the country code, which may be left \
         out where all `callers.countries` share one.",
    ),
    Key::new(
        "staff",
        Value::PhoneNumbers,
        "Numbers of the staff: their calls are ignored.",
    ),
    Key::new(
        "blocked",
        Value::PhoneNumbers,
        "Blocked numbers: their calls are ignored.",
    ),
    Key::new(
        "landlines",
        Value::PhoneNumbers,
        "Numbers that cannot receive texts; tag and task are made.",
    ),
    Key::new(
        "untexted_tags",
        Value::Texts,
        "Contacts with one of these tags get no texts and e-mails, because a bot or a workflow writes to them or they are \
         marked as spam; everything else is done.",
    ),
    Key::new(
        "may_text_tag",
        Value::Form(NOT_BLANK),
        "The tag by which a person decides that a doubtful reply was no opt-out. It counts once an `untag` step with \
         `on = \"doubtful\"` has removed it, so that one of before is no decision.",
    )
    .absent("`\"texts-ok\"`"),
    Key::new(
        "no_more_texts_tag",
        Value::Form(NOT_BLANK),
        "The tag by which a person decides that a doubtful reply was an opt-out.",
    )
    .absent("`\"no-texts\"`"),
];

/// Of each `[numbers."+13125550100"]`.
pub(super) const NUMBER: Keys = &[
    Key::new(
        "name",
        Value::Form(NOT_BLANK),
        "What `{{ number.name }}` becomes, such as a branch.",
    ),
    Key::new(
        "source",
        Value::Form(NOT_BLANK),
        "The lead source of its callers, such as a campaign.",
    ),
    Key::new(
        "link",
        Value::Form("^https://"),
        "What `{{ number.link }}` becomes: the one https link that its callers get.",
    ),
    Key::new(
        "link_value",
        Value::Form(r"^(\{\{ *)?(custom_values\.)?[a-z0-9_]+( *\}\})?$"),
        "The same, as the key of a custom value of the location.",
    ),
    Key::new(
        "priority",
        Value::Flag(Some(false)),
        "Whether its callers come first.",
    ),
    Key::new(
        "active",
        Value::Flag(Some(true)),
        "`false`: calls to it are written to the ledger, and nothing else is done.",
    ),
    Key::new(
        "dry_run",
        Value::Flag(Some(false)),
        "The same as `dry_run` of the recipe, for calls to this number.",
    ),
];

const HOURS: Keys = &[
    Key::new(
        "zone",
        Value::Text,
        "The IANA name of the business's time zone, or one of the six names that are common in the United States: `\"Central \
         Time\"`, `\"CST\"`, `\"US/Central\"`.",
    )
    .required("write the IANA name of the zone, such as zone = \"America/Chicago\""),
    hours(
        "every_day",
        "When it is open: `\"09:00-12:00, 13:00-17:00\"`, `\"9am-5pm\"`, `\"24/7\"` or `\"closed\"`. Keys for fewer days \
         override keys for more. Other spans of days are keys too, such as `monday-friday`.",
    ),
    hours("weekdays", "The same for Monday to Friday."),
    hours("weekend", "The same for Saturday and Sunday."),
    hours("monday", "The same for one day."),
    hours("tuesday", "The same for one day."),
    hours("wednesday", "The same for one day."),
    hours("thursday", "The same for one day."),
    hours("friday", "The same for one day."),
    hours("saturday", "The same for one day."),
    hours("sunday", "The same for one day."),
    Key::new(
        "closed_on",
        Value::Dates,
        "Dates on which it is closed, such as `[2026-12-25]`, in quotes or without.",
    ),
];

const fn hours(name: &'static str, doc: &'static str) -> Key {
    Key::new(name, Value::Hours, doc).absent("closed")
}

const COMPLIANCE: Keys = &[
    Key::new(
        "hipaa",
        Value::Flag(Some(true)),
        "Whether health-related words (possible PHI) are refused.",
    ),
    Key::new("extra_clinical_words", Value::Texts, "More words to refuse."),
    Key::new(
        "approved_copy_only",
        Value::Flag(Some(false)),
        "Whether texts are refused unless their words are approved (`approvals` of the step).",
    ),
    Key::new(
        "first_text",
        Value::OneOf(
            &[("at_once", "it is sent at any hour"), ("waits", "it waits, as all later texts do")],
            "at_once",
        ),
        "What the answer to the call does in quiet hours.",
    ),
    Key::new(
        "later_texts",
        Value::OneOf(
            &[
                ("with_consent", "only after the caller wrote or consent was recorded"),
                ("always", "you are responsible for the consent; the ledger shows it with each text"),
            ],
            "with_consent",
        ),
        "When texts after the answer to the call are sent.",
    ),
    Key::new(
        "new_callers_per_minute",
        Value::Count { least: 1, most: u32::MAX, default: Some(10) },
        "This many unknown callers within a minute are a flood; five consecutive numbers within ten minutes are one too.",
    )
    .remedy("write a number that a busy minute does not reach, such as 20"),
    Key::new(
        "floods",
        Value::OneOf(
            &[
                (
                    "pause_texts",
                    "calls of the flood get no text; callers who called before or whose contact is older get theirs",
                ),
                ("ignored", "texts are sent as always"),
            ],
            "pause_texts",
        ),
        "What happens during a flood of unknown callers, such as robocalls.",
    ),
    Key::new(
        "near_suspension",
        Value::OneOf(
            &[
                ("pause_texts", "texts pause until midnight in UTC: follow-ups first, at worst all"),
                ("pause_follow_ups", "callers are still answered"),
                ("ignored", "texts are sent as always"),
            ],
            "pause_texts",
        ),
        "What happens when the location's sending figures are certain to be near the limits at which HighLevel suspends it.",
    ),
    Key::new(
        "texts_per_day",
        Value::Count { least: 1, most: 3, default: Some(3) },
        "The most texts to one person within 24 hours, all recipes of the location together.",
    )
    .remedy("write a number from 1 to 3: the rules of compliance allow no more"),
];

const EXPERIMENT: Keys = &[
    Key::new(
        "name",
        Value::Text,
        "The name of the experiment in reports. Another name assigns all callers again.",
    )
    .required("write a short name, such as name = \"spring\""),
    Key::new(
        "hold_out",
        Value::Share(0.5),
        "The share of callers from whom the text is held back. Tag, task and notice are made for all.",
    )
    .required("write a share above 0 and up to 0.5, such as hold_out = 0.2"),
    Key::new(
        "planned",
        Value::Count {
            least: 1,
            most: u32::MAX,
            default: None,
        },
        "How many callers are to be assigned, in all locations with the experiment together, before reports show a result.",
    )
    .required("write how many callers it takes, such as planned = 657"),
    Key::new(
        "until",
        Value::Date,
        "From this day on (in UTC) all callers get the text. It or `experiment.calls` is required.",
    ),
    Key::new(
        "calls",
        Value::Count {
            least: 1,
            most: u32::MAX,
            default: None,
        },
        "After so many callers of one location, all further ones get the text. A few more may be assigned where calls come \
         at the same moment.",
    )
    .remedy("write after how many callers it ends, such as calls = 657"),
    Key::new(
        "window",
        Value::Duration {
            least: seconds(24 * 3600),
            most: seconds(30 * 24 * 3600),
            default: seconds(7 * 24 * 3600),
        },
        "How long after the assignment a booking, a reply or a conversation counts.",
    ),
    Key::new(
        "salt",
        Value::Text,
        "Any words. Other words change who gets no text.",
    ),
    Key::new(
        "never",
        Value::PhoneNumbers,
        "Numbers of callers who always get the text, such as good customers.",
    ),
    Key::new(
        "never_tags",
        Value::Texts,
        "Contacts with one of these tags always get the text.",
    ),
];

const HINTS: Keys = &[Key::new(
    "silence",
    Value::Hints,
    "Names of hints that are not shown; they are listed below.",
)];
