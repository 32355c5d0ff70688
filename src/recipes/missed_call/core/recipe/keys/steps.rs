//! The keys of steps: those of every step, and those of each action.

use jiff::SignedDuration;

use super::{Key, Keys, NOT_BLANK, Value};
use crate::recipes::missed_call::core::copy::LONGEST_TEXT;

/// HighLevel's task list cuts off longer titles.
const LONGEST_TITLE: usize = 200;
/// Mail programs cut off longer subjects.
const LONGEST_SUBJECT: usize = 150;
/// A follow-up to a call is shorter.
const LONGEST_EMAIL: usize = 10_000;

const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The form of an id of HighLevel.
const ID: &str = "^[^ /]+$";
const NAME: &str = "^[a-z][a-z0-9_]{0,39}$";

/// What a step can do: the word of `do` and the keys that belong to it.
pub(in super::super) struct Action {
    pub(in super::super) word: &'static str,
    pub(super) doc: &'static str,
    pub(in super::super) keys: Keys,
    /// Other words that people use for it.
    pub(in super::super) synonyms: &'static [&'static str],
}

/// The action with this word.
pub(in super::super) fn action(word: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.word == word)
}

/// The keys of every step.
pub(in super::super) const STEP: Keys = &[
    Key::new("do", Value::Action, "What is done: one of the words of the next table.").required(""),
    Key::new(
        "on",
        Value::Trigger(&[
            ("missed", "the first call"),
            ("not_sent", "the message `of` could not be sent"),
            ("not_delivered", "the text `of` was sent and did not arrive"),
        ]),
        "What it follows: `\"missed\"` (the first call), `\"not_sent\"`, `\"not_delivered\"` or another trigger.",
    )
    .absent("`\"missed\"`"),
    Key::new(
        "count",
        Value::Count { least: 2, most: u32::MAX, default: Some(2) },
        "With `on = \"missed_again\"`: how many missed calls it takes.",
    )
    .remedy("write how many missed calls it takes, such as count = 3; the first missed call is on = \"missed\""),
    Key::new(
        "of",
        Value::Form(NAME),
        "With `on = \"not_sent\"`, which requires it: the text or e-mail that this step replaces when it cannot be sent \
         although the caller may be reached in another way: no consent, no permitted hour, a landline, no address, copy \
         that cannot be rendered, a failure. With `on = \"not_delivered\"`, which requires it too: the text that HighLevel \
         accepts and then reports as failed or undelivered. That is known a minute after it was sent, ten minutes or an \
         hour; the episode stays open so long.",
    ),
    Key::new(
        "after",
        Value::Duration { least: SignedDuration::ZERO, most: MONTH, default: SignedDuration::ZERO },
        "How long after that.",
    ),
    Key::new("stops_on", Value::Triggers, "Triggers after which it is not done any more.")
        .absent("texts and e-mails: all but `\"missed_again\"` and `\"escalated\"`; else none"),
    Key::new("numbers", Value::PhoneNumbers, "Only for calls to one of these numbers.").absent("all"),
    Key::new("sources", Value::Texts, "Only for calls to numbers with one of these sources.").absent("all"),
    Key::new("priority", Value::Flag(None), "Only for calls to numbers with this `priority`.").absent("both"),
];

/// Everything that a step can do.
pub(in super::super) const ACTIONS: &[Action] = &[
    Action {
        word: "text",
        doc: "Sends a text to the caller.",
        keys: TEXT,
        synonyms: &[
            "sms", "message", "msg", "text_message", "send_text", "send_sms", "send_message", "texts", "reply",
        ],
    },
    Action {
        word: "email",
        doc: "Sends an e-mail to the contact.",
        keys: &[
            Key::new("subject", Value::Line(LONGEST_SUBJECT), "The subject, a template.")
                .required("write the subject, such as subject = \"Sorry we missed your call\""),
            Key::new(
                "body",
                Value::Template(LONGEST_EMAIL, "write a shorter e-mail"),
                "The e-mail, a template; an empty line begins a paragraph.",
            )
            .required("write the e-mail between three quotes, with an empty line between paragraphs"),
        ],
        synonyms: &["mail", "e_mail", "send_email", "emails"],
    },
    Action {
        word: "tag",
        doc: "Adds a tag to the contact.",
        keys: TAG,
        synonyms: &["add_tag", "tags", "label"],
    },
    Action {
        word: "untag",
        doc: "Removes a tag from the contact.",
        keys: TAG,
        synonyms: &["remove_tag", "delete_tag"],
    },
    Action {
        word: "task",
        doc: "Creates a task for the team.",
        keys: &[
            Key::new("title", Value::Line(LONGEST_TITLE), "What the team has to do.")
                .required("write what the team has to do, such as title = \"Missed call: call back\""),
            Key::new(
                "due_after",
                Value::Duration {
                    least: SignedDuration::ZERO,
                    most: MONTH,
                    default: SignedDuration::from_hours(1),
                },
                "How long after the trigger of the step the task is due.",
            ),
            Key::new(
                "assign_to",
                Value::WordOrChoice(
                    &[
                        ("contact_owner", "the user to whom the contact is assigned"),
                        ("nobody", "the task stays unassigned"),
                    ],
                    USER,
                ),
                "Who gets it; or `{ user_id = \"…\" }` or `{ user_email = \"…\" }`.",
            ),
        ],
        synonyms: &["todo", "to_do", "create_task", "add_task", "reminder", "call", "call_back"],
    },
    Action {
        word: "complete_task",
        doc: "Completes a task.",
        keys: &[Key::new("task", Value::Form(NAME), "The step whose task is completed.").required(
            "write the name of the step that makes the task, such as task = \"task\" for [steps.task]",
        )],
        synonyms: &[],
    },
    Action {
        word: "note",
        doc: "Adds a note about the call to the contact.",
        keys: &[Key::new("body", Value::Text, "Words before what is known of the call.")],
        synonyms: &["add_note", "comment", "notes"],
    },
    Action {
        word: "fields",
        doc: "Fills in fields of the contact, at least one.",
        keys: &[
            Key::new("source", Value::Text, "Where the contact came from."),
            Key::new(
                "values",
                Value::Words(r"^(\{\{ *)?(contact\.)?[a-z0-9_]+( *\}\})?$"),
                "Custom fields by key, with words or `call.caller`, `call.called`, `call.ended_at` (RFC 3339), \
                 `call.missed_calls`.",
            ),
        ],
        synonyms: &["field", "custom_field", "custom_fields", "update_field", "update_contact"],
    },
    Action {
        word: "stage",
        doc: "Moves the contact's opportunity to a stage, or creates it there. Never back, and not if it is closed.",
        keys: &[
            Key::new("pipeline", Value::Text, "The name or id of the pipeline.")
                .required("write the name or id of the pipeline, such as pipeline = \"Missed calls\""),
            Key::new("stage", Value::Text, "The name or id of the stage.")
                .required("write the name or id of the stage, such as stage = \"New\""),
        ],
        synonyms: &["pipeline", "opportunity", "move_stage"],
    },
    Action {
        word: "workflow",
        doc: "Adds the contact to a workflow.",
        keys: &[Key::new("workflow", Value::Form(ID), "The id of the workflow.").required(
            "copy the id from the address of the workflow in HighLevel, such as workflow = \"0e2b…\"",
        )],
        synonyms: &["add_to_workflow", "automation", "campaign"],
    },
    Action {
        word: "assign",
        doc: "Assigns the contact to a user, unless it is assigned.",
        keys: &[Key::new(
            "assign_to",
            Value::Choice(USER),
            "The user: `{ user_id = \"…\" }` or `{ user_email = \"…\" }`.",
        )
        .required("write assign_to = { user_id = \"…\" } or { user_email = \"…\" }")],
        synonyms: &["owner", "assign_to", "assign_user"],
    },
    Action {
        word: "notify",
        doc: "Notifies the team of the call.",
        keys: NOTIFY,
        synonyms: &["notification", "alert", "internal_notification", "tell"],
    },
    Action {
        word: "hand_off",
        doc: "The same; it is the trigger `\"handed_off\"` too, so messages stop.",
        keys: NOTIFY,
        synonyms: &[],
    },
    Action {
        word: "escalate",
        doc: "The same; it is the trigger `\"escalated\"` too.",
        keys: NOTIFY,
        synonyms: &[],
    },
    Action {
        word: "record",
        doc: "Writes words to the ledger.",
        keys: &[Key::new("what", Value::Text, "The words.")
            .required("write the words for the ledger, such as what = \"high intent\"")],
        synonyms: &[],
    },
    Action {
        word: "confirm_opt_out",
        doc: "Sends one text that confirms an opt-out, within five minutes, if its words were not such that the carrier \
              answers. It follows `\"opted_out\"` only, which is its default.",
        keys: &[Key::new("body", TEXT_BODY, "The text, a template.")
            .absent("the business's name, and that no more texts come")],
        synonyms: &[],
    },
    Action {
        word: "do_not_disturb",
        doc: "Turns on the contact's do-not-disturb for texts. It follows `\"opted_out\"` by default.",
        keys: &[],
        synonyms: &["dnd", "opt_out", "unsubscribe"],
    },
];

const TEXT_BODY: Value = Value::Template(
    LONGEST_TEXT,
    "keep to 160, which is one segment of a text message",
);

const OPT_OUT: Key = Key::new(
    "opt_out",
    Value::Text,
    "Added after the body unless the body has such a line; `\"none\"` for approved words only.",
);

const EXPERIMENT: Key = Key::new(
    "experiment",
    Value::Form(NOT_BLANK),
    "Copies with the same experiment and conditions share the callers; each caller always gets the same copy.",
);

const WEIGHT: Key = Key::new(
    "weight",
    Value::Count {
        least: 1,
        most: u32::MAX,
        default: Some(1),
    },
    "With `experiment`: its share of the callers.",
)
.remedy("write its share, such as weight = 1; remove a copy that nobody should get");

const TEXT: Keys = &[
    Key::new("body", TEXT_BODY, "The text, a template.").required(
        "write the text, such as body = \"Hi {{ contact.first_name }}, sorry we missed your call.\"",
    ),
    OPT_OUT.absent("`\"Reply STOP to opt out.\"`"),
    Key::new(
        "max_segments",
        Value::Count { least: 1, most: 10, default: Some(2) },
        "The most segments that the text may take.",
    )
    .remedy("write a number from 1 to 10: no carrier accepts more"),
    EXPERIMENT,
    WEIGHT,
    Key::new("variants", Value::Sections(VARIANT), "Other words for some calls, as below."),
    Key::new("approvals", Value::Sections(APPROVAL), "Approvals of the body or of a variant, as below."),
];

/// Of each `[[steps.NAME.variants]]`.
pub(super) const VARIANT: Keys = &[
    Key::new("name", Value::Form(NAME), "Its name in the ledger.").required(
        "write up to 40 small letters, digits and `_`, beginning with a letter, such as name = \"after_hours\"",
    ),
    Key::new("body", TEXT_BODY, "The text, a template.").required("write the text of this variant"),
    OPT_OUT.absent("the step's"),
    Key::new("when", Value::Section(CONDITIONS), "The calls that it is for.").absent("all"),
    EXPERIMENT,
    WEIGHT,
];

const CONDITIONS: Keys = &[
    Key::new(
        "numbers",
        Value::PhoneNumbers,
        "One of these numbers was called.",
    )
    .absent("any"),
    Key::new(
        "sources",
        Value::Texts,
        "The number called has one of these sources.",
    )
    .absent("any"),
    Key::new(
        "repeat_caller",
        Value::Flag(None),
        "Whether a call of the same caller was missed before in the episode.",
    )
    .absent("both"),
    Key::new(
        "voicemail",
        Value::Flag(None),
        "Whether the caller left a voicemail.",
    )
    .absent("both"),
    Key::new(
        "in_hours",
        Value::Flag(None),
        "Whether the call ended in `[hours]`.",
    )
    .absent("both"),
];

/// Of each `[[steps.NAME.approvals]]`.
pub(super) const APPROVAL: Keys = &[
    Key::new("by", Value::Text, "Who approved it.").required("write who approved it"),
    Key::new("on", Value::Date, "The day, such as `\"2026-05-04\"`.")
        .required("write the day of the approval, such as on = \"2026-05-04\""),
    Key::new(
        "fingerprint",
        Value::Form("^[0-9A-Fa-f]{16}$"),
        "The fingerprint of the words with the business's name and the opt-out line. The problem that asks for an approval \
         shows it.",
    )
    .required("copy the 16 digits that the recipe's check shows, such as fingerprint = \"0f3a…\""),
];

const TAG: Keys = &[
    Key::new("tag", Value::Form(NOT_BLANK), "The tag, in small letters.")
        .absent("`\"missed-call\"`"),
];

const NOTIFY: Keys = &[
    Key::new("title", Value::Line(LONGEST_TITLE), "The headline.")
        .required("write the headline, such as title = \"Missed call\""),
    Key::new(
        "to",
        Value::WordOrChoice(
            &[(
                "host",
                "the service that runs the recipe, through its `TeamNotifier`",
            )],
            &[
                Key::new(
                    "text_contact",
                    Value::Form(ID),
                    "The id of a contact who gets a text.",
                ),
                Key::new(
                    "email_contact",
                    Value::Form(ID),
                    "The id of a contact who gets an e-mail.",
                ),
            ],
        ),
        "Who is notified; or `{ text_contact = \"…\" }` or `{ email_contact = \"…\" }` with the id of a contact.",
    ),
];

const USER: Keys = &[
    Key::new("user_id", Value::Form(ID), "The id of a user."),
    Key::new(
        "user_email",
        Value::Form("^[^@ ]+@[^@ ]+[.][^@ ]+$"),
        "The address with which a user signs in.",
    ),
];
