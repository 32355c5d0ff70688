//! A token, a number, a name, an address and a text are planted in every public type that can hold one; none of them
//! may be in what it prints.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::sync::Arc;

use gohighlevel::api::contacts::{
    Change, Contact, ContactField, ContactFilter, ContactPage, ContactSearch, ContactUpdate,
    CustomFieldInput, NewContact, UpsertedContact,
};
use gohighlevel::api::conversations::{
    ConversationPage, ConversationSearch, MessagePage, OutgoingEmail, OutgoingSms,
};
use gohighlevel::api::locations::LocationDetails;
use gohighlevel::api::tasks::{NewTask, Task, TaskUpdate};
use gohighlevel::api::users::User;
use gohighlevel::auth::StaticTokens;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::call::Caller;
use gohighlevel::recipes::missed_call::copy::{
    Approval, MergeValues, MessageCopy, SenderKind, Template, render,
};
use gohighlevel::recipes::missed_call::episode::{
    Decision, Episode, Evidence, Facts, Input, MissedCall, StepName, TaskFacts, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{
    Before, Claim, Commit, EffectChange, EpisodeChange, Fence, LedgerQuery, MemoryStore, PersonKey,
    Progress, RecipeText, Store, Stored, Subject, SuppressionChange,
};
use gohighlevel::recipes::missed_call::{Engine, LocationFacts, MissedReason, Recipe, render_text};
use gohighlevel::secret::{Private, Secret};
use gohighlevel::testing::{FakeGhl, ManualClock, Seed, TextMessage};
use gohighlevel::webhooks::{Delivery, NotDurable};
use gohighlevel::{Client, Error};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const TOKEN: &str = "pit-planted-token";
const NUMBER: &str = "+13125550188";
const CALLED: &str = "+13125550177";
const NAME: &str = "Rosanplanted";
const ADDRESS: &str = "planted@people.example";
const TEXT: &str = "planted words of a text";

const PLANTED: [&str; 8] = [
    TOKEN,
    "3125550188",
    "312-555-0188",
    "3125550177",
    NAME,
    "rosanplanted",
    ADDRESS,
    "planted words",
];

#[track_caller]
fn hides(printed: &str) {
    for planted in PLANTED {
        assert!(!printed.contains(planted), "`{planted}` is in {printed}");
    }
}

#[track_caller]
fn debug_hides(value: &dyn Debug) {
    hides(&format!("{value:?}"));
    hides(&format!("{value:#?}"));
}

#[track_caller]
fn display_hides(value: &dyn Display) {
    hides(&format!("{value} {value:#}"));
}

/// An error with all of its sources.
#[track_caller]
fn error_hides(error: &(dyn std::error::Error + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        debug_hides(&error);
        display_hides(&error);
        next = error.source();
    }
}

fn number() -> PhoneNumber {
    NUMBER.parse().unwrap()
}

fn contact() -> ContactId {
    ContactId::new("contact-1").unwrap()
}

fn location() -> LocationId {
    LocationId::new("location-1").unwrap()
}

fn read<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_str(&json.to_string()).unwrap()
}

fn client(address: &str) -> Client {
    Client::builder()
        .base_url(address)
        .token(TOKEN)
        .clock(Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)))
        .build()
        .unwrap()
}

#[test]
fn plain_values() {
    let (secret, private) = (Secret::new(TOKEN), Private::new(TEXT.to_owned()));
    debug_hides(&(&secret, &private, number(), Some(number())));
    display_hides(&secret);
    display_hides(&private);
    display_hides(&number());
    // A text that is no number is not repeated: it may be somebody's.
    error_hides(&"3125550188".parse::<PhoneNumber>().unwrap_err());
    error_hides(
        &"+312-555-0188-planted words"
            .parse::<PhoneNumber>()
            .unwrap_err(),
    );
    error_hides(&serde_json::from_value::<PhoneNumber>(json!("312-555-0188")).unwrap_err());
}

#[test]
fn the_client_and_its_credentials() {
    let client = client("http://127.0.0.1:9");
    let place = client.location(location());
    debug_hides(&client);
    debug_hides(&place);
    debug_hides(&place.in_background());
    debug_hides(&(place.contacts(), place.conversations(), place.tasks()));
    debug_hides(&Client::builder().token(TOKEN));
    debug_hides(&StaticTokens::new(TOKEN).with_location(location(), TOKEN));
    error_hides(
        &Client::builder()
            .token(TOKEN)
            .base_url(format!("http://{NAME}:{TOKEN}@example.com"))
            .build()
            .unwrap_err(),
    );
}

#[test]
fn what_is_sent() {
    let mut email = OutgoingEmail::new(contact(), TEXT, TEXT);
    email.from = Some(ADDRESS.into());
    email.cc = vec![ADDRESS.into()];
    let mut sms = OutgoingSms::new(contact(), TEXT);
    (sms.from_number, sms.to_number) = (Some(number()), Some(number()));
    sms.attachments = vec![format!("https://example.com/{NAME}").into()];
    debug_hides(&(&email, &sms));
    let new = NewContact {
        first_name: Some(NAME.into()),
        email: Some(ADDRESS.into()),
        phone: Some(number()),
        custom_fields: vec![CustomFieldInput::by_key("note", TEXT)],
        ..NewContact::default()
    };
    debug_hides(&new);
    let update = ContactUpdate {
        last_name: Change::Set(NAME.into()),
        email: Change::Set(ADDRESS.into()),
        phone: Change::Set(number()),
        ..ContactUpdate::default()
    };
    debug_hides(&update);
    for (field, value) in [
        (ContactField::Phone, NUMBER),
        (ContactField::Email, ADDRESS),
        (ContactField::Name, NAME),
    ] {
        debug_hides(&ContactSearch::new(ContactFilter::eq(field, value)));
    }
    debug_hides(&ConversationSearch::with_contact(contact()));
    let mut task = NewTask::new(TEXT, Timestamp::UNIX_EPOCH);
    task.body = Some(format!("Call {NAME} on {NUMBER}").into());
    debug_hides(&task);
    let update = TaskUpdate {
        title: Some(TEXT.into()),
        body: Some(NUMBER.into()),
        ..TaskUpdate::default()
    };
    debug_hides(&update);
}

#[test]
fn what_is_read() {
    let person = json!({
        "id": "contact-1", "name": NAME, "contactName": NAME, "firstName": NAME, "lastName": NAME,
        "firstNameLowerCase": "rosanplanted", "email": ADDRESS, "phone": NUMBER,
        "companyName": NAME, "address1": TEXT, "city": TEXT, "postalCode": TEXT, "website": ADDRESS,
        "dateOfBirth": TEXT, "customFields": [{"id": "field-1", "value": TEXT}],
        "searchAfter": [NUMBER, ADDRESS],
        "dndSettings": {"SMS": {"status": "active", "message": format!("by {NAME}"), "code": "1"}},
    });
    debug_hides(&read::<Contact>(person.clone()));
    debug_hides(&read::<UpsertedContact>(
        json!({"contact": person, "new": true}),
    ));
    let page: ContactPage = read(json!({"contacts": [person], "total": 1}));
    assert_eq!(page.contacts.len(), 1);
    debug_hides(&page);
    debug_hides(&page.next());

    let message = json!({
        "id": "message-1", "messageType": "TYPE_SMS", "body": TEXT, "direction": "inbound",
        "attachments": [format!("https://example.com/{NAME}")], "from": NUMBER, "to": NUMBER,
    });
    let page: MessagePage =
        read(json!({"messages": [message], "lastMessageId": "message-1", "nextPage": false}));
    assert_eq!(page.messages.len(), 1);
    debug_hides(&page);
    let conversation = json!({
        "id": "conversation-1", "contactName": NAME, "fullName": NAME, "email": ADDRESS,
        "phone": NUMBER, "lastMessageBody": TEXT,
    });
    let page: ConversationPage = read(json!({"conversations": [conversation], "total": 1}));
    assert_eq!(page.conversations.len(), 1);
    debug_hides(&page);
    debug_hides(&read::<Task>(
        json!({"id": "task-1", "title": TEXT, "body": NUMBER}),
    ));
    debug_hides(&read::<User>(json!({
        "id": "user-1", "name": NAME, "firstName": NAME, "lastName": NAME, "email": ADDRESS,
        "phone": NUMBER,
    })));
    debug_hides(&read::<LocationDetails>(json!({
        "id": "location-1", "firstName": NAME, "lastName": NAME, "email": ADDRESS, "phone": NUMBER,
        "address": TEXT,
    })));
}

async fn refusal(status: u16, body: &str) -> Error {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let place = client(&server.uri()).location(location());
    let sms = OutgoingSms::new(contact(), TEXT);
    place.conversations().send_sms(&sms).await.unwrap_err()
}

#[tokio::test]
async fn errors_of_highlevel() {
    let said = format!("cannot send to {NUMBER} (+1 312-555-0188) or {ADDRESS} with {TOKEN}");
    for status in [200, 400, 401, 403, 404, 422, 429, 500] {
        for body in [
            json!({"message": said, "statusCode": status, "traceId": "trace-1"}),
            json!({"message": [said], "error": "Unprocessable Entity"}),
            json!({"error": said, "msg": said}),
            json!({"message": said, "meta": {"contactId": "contact-1", "matchingField": "phone"}}),
        ] {
            let error = refusal(status, &body.to_string()).await;
            error_hides(&error);
            debug_hides(error.kind());
        }
    }
    let page = format!("<html><body>{said} {NAME}: {TEXT}</body></html>");
    error_hides(&refusal(502, &page).await);
    error_hides(&refusal(200, &page).await);
}

fn call_event() -> Delivery {
    let body = json!({
        "type": "InboundMessage", "locationId": "location-1", "webhookId": "webhook-1",
        "contactId": "contact-1", "direction": "inbound", "messageType": "CALL",
        "messageId": "call-1", "status": "no-answer", "from": NUMBER, "to": NUMBER,
        "attachments": [format!("https://example.com/{NAME}")], "body": TEXT, "subject": TEXT,
    });
    Delivery::read(body.to_string(), Timestamp::UNIX_EPOCH).unwrap()
}

#[test]
fn webhooks() {
    debug_hides(&call_event());
    display_hides(&call_event().dedupe_key());
    for body in [
        json!({"type": "InboundMessage", "direction": "inbound", "messageType": "Email",
               "from": format!("{NAME} <{ADDRESS}>"), "to": [ADDRESS], "subject": TEXT, "body": TEXT}),
        json!({"type": "ContactDndUpdate", "id": "contact-1", "phone": NUMBER, "name": NAME,
               "dndSettings": {"SMS": {"status": "active", "message": format!("by {NAME}")}}}),
        json!({"type": "INSTALL", "companyName": NAME}),
        json!({"type": "ContactCreate", "name": NAME, "email": ADDRESS, "phone": NUMBER}),
    ] {
        let delivery = Delivery::read(body.to_string(), Timestamp::UNIX_EPOCH).unwrap();
        debug_hides(&delivery);
        debug_hides(&delivery.event);
    }
    error_hides(&NotDurable::new("the disk is full"));
}

/// A recipe whose task goes to somebody by address.
fn recipe() -> Recipe {
    let source = format!(
        "name = \"test\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"{TEXT}, {{{{ contact.first_name }}}}\"\n\
         [steps.tag]\ndo = \"tag\"\n[steps.task]\ndo = \"task\"\ntitle = \"Call back\"\nassign_to = {{ user_email = \"{ADDRESS}\" }}"
    );
    Recipe::from_toml("test.toml", &source).unwrap()
}

fn missed_call() -> MissedCall {
    MissedCall {
        location: location(),
        message: "call-1".parse().unwrap(),
        contact: contact(),
        conversation: None,
        caller: Some(Caller::Number(number())),
        called: Some(CALLED.parse().unwrap()),
        ended_at: Timestamp::UNIX_EPOCH,
        duration: None,
        reason: MissedReason::NoAnswer,
        evidence: Evidence {
            delivery: "webhook:1".into(),
            body_sha256: "0".repeat(64),
            received_at: Timestamp::UNIX_EPOCH,
        },
    }
}

fn text_facts() -> TextFacts {
    TextFacts {
        first_name: Some(NAME.into()),
        last_name: Some(NAME.into()),
        name: Some(NAME.into()),
        phone: Some(number()),
        ..TextFacts::default()
    }
}

#[test]
fn the_recipe_and_its_copy() {
    debug_hides(&recipe());
    let values = MergeValues {
        first_name: Some(NAME.into()),
        last_name: Some(NAME.into()),
        name: Some(NAME.into()),
        custom_values: BTreeMap::from([("note".to_owned(), "nothing".to_owned())]),
        ..MergeValues::default()
    };
    debug_hides(&values);
    let rendered = render_text(&recipe(), &values).unwrap();
    assert!(rendered.contains(NAME) && rendered.contains(TEXT));
    let body = Template::parse(&format!("{{{{ contact.name }}}}, {TEXT}")).unwrap();
    let copy = MessageCopy::new("first_text", body);
    let rendered = render(&copy, &values, SenderKind::LongCode).unwrap();
    assert!(rendered.body.contains(NAME) && rendered.body.contains(TEXT));
    debug_hides(&(&copy, &rendered));
    debug_hides(&Approval {
        by: NAME.into(),
        on: "2026-05-04".parse().unwrap(),
        fingerprint: copy.fingerprint(),
    });
    let mut facts = LocationFacts::default();
    let user = "user-1".parse().unwrap();
    facts.users = Some(vec![(user, Some(ADDRESS.into()))]);
    debug_hides(&facts);
}

#[tokio::test]
async fn what_an_episode_goes_through() {
    let call = missed_call();
    debug_hides(&call);
    debug_hides(&call.caller);
    let recipe = Arc::new(recipe());
    let (mut episode, actions) = Episode::open(Arc::clone(&recipe), &call, Timestamp::UNIX_EPOCH);
    debug_hides(&actions);
    debug_hides(&Input::CallMissed(call));

    let mut commit = Commit {
        episodes: vec![EpisodeChange {
            state: episode.state().clone(),
            read_at_revision: None,
            wake_at: None,
        }],
        recipe: Some(RecipeText {
            fingerprint: recipe.fingerprint().to_owned(),
            source: recipe.source().into(),
        }),
        ..Commit::default()
    };
    for (step, facts) in [
        (StepName::new("text").unwrap(), Facts::Text(text_facts())),
        (
            StepName::new("task").unwrap(),
            Facts::Task(TaskFacts::default()),
        ),
    ] {
        debug_hides(&facts);
        let permit = episode.decide(&step, &facts, Timestamp::UNIX_EPOCH);
        debug_hides(&permit);
        let Decision::Proceed(intent) = permit else {
            panic!("{step} may be done");
        };
        assert!(
            // The number of the caller or of the business.
            serde_json::to_string(&intent).unwrap().contains("31255501")
        );
        let effect = gohighlevel::recipes::missed_call::episode::EffectId {
            episode: episode.state().id().clone(),
            step,
            ordinal: 0,
        };
        let actions = episode.begin(&effect, &intent, 1);
        debug_hides(&actions);
        for action in actions {
            let gohighlevel::recipes::missed_call::episode::Output::Record(kind) = action else {
                panic!("evidence only");
            };
            let entry =
                json!({"at": Timestamp::UNIX_EPOCH, "location": "location-1", "episode": null});
            let mut entry = entry.as_object().unwrap().clone();
            entry.extend(
                serde_json::to_value(&kind)
                    .unwrap()
                    .as_object()
                    .unwrap()
                    .clone(),
            );
            let entry: Entry = read(Value::Object(entry));
            assert!(matches!(entry.kind, EntryKind::Attempted { .. }));
            debug_hides(&entry);
            commit.entries.push(entry);
        }
        let progress = Progress::Attempting {
            intent,
            began_at: Timestamp::UNIX_EPOCH,
            before: Before::NotKnown,
            failures: 0,
        };
        debug_hides(&progress);
        let fence = Fence { effect, attempt: 1 };
        debug_hides(&Claim {
            fence: fence.clone(),
            progress: progress.clone(),
        });
        debug_hides(&EffectChange::Keep { fence, progress });
    }
    debug_hides(&episode);
    debug_hides(episode.state());
    let subject = Subject::number(&number());
    debug_hides(&subject);
    commit.suppressions.push(SuppressionChange {
        location: location(),
        subject,
        reason: gohighlevel::recipes::missed_call::episode::Reason::OptedOut,
        suppressed: true,
        at: Timestamp::UNIX_EPOCH,
    });
    debug_hides(&commit);
    let person = PersonKey {
        location: location(),
        contact: contact(),
        number: Some(number()),
    };
    debug_hides(&person);
    debug_hides(&Stored {
        state: episode.state().clone(),
        revision: 1,
    });

    let store = MemoryStore::new();
    store.commit(commit).await.unwrap();
    debug_hides(&store);
    debug_hides(&store.open_episode(&person).await.unwrap());
    debug_hides(&store.ledger(&LedgerQuery::default()).await.unwrap());
}

#[tokio::test]
async fn the_engine() {
    let store = Arc::new(MemoryStore::new());
    let place = client("http://127.0.0.1:9").location(location());
    let engine = Engine::builder(store)
        .clock(Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)))
        .location(place, recipe())
        .build();
    engine.accept(&call_event()).await.unwrap();
    debug_hides(&engine);
    for error in engine.preflight().await {
        error_hides(&error);
    }
}

#[tokio::test]
async fn the_fake_platform() {
    let seed = json!({"locations": [{
        "location": {"id": "location-1", "name": "Soleil", "phone": NUMBER}, "tokens": [TOKEN],
        "users": [{"id": "user-1", "name": NAME, "email": ADDRESS}],
        "contacts": [{"id": "contact-1", "firstName": NAME, "phone": NUMBER, "email": ADDRESS}],
    }]});
    let seed = Seed::from_json(&seed.to_string()).unwrap();
    debug_hides(&seed);
    let builder = FakeGhl::builder().seed(seed);
    debug_hides(&builder);
    let fake = builder.start().await.unwrap();
    debug_hides(&fake);
    let text = TextMessage {
        location_id: "location-1".into(),
        from: number(),
        to: number(),
        body: TEXT.into(),
    };
    debug_hides(&text);
    let place = client(&fake.url()).location(location());
    let sms = OutgoingSms::new(contact(), TEXT);
    let _ = place.conversations().send_sms(&sms).await;
    let seen = fake.requests();
    assert!(!seen.is_empty());
    debug_hides(&seen);
    debug_hides(&fake.deliveries());
}
