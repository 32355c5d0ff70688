//! Bodies as HighLevel sends them, each read into what it says.

mod about_contacts;
mod about_the_rest;

use std::path::Path;
use std::time::Duration;

use gohighlevel::message::{CallStatus, MessageType};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::webhooks::{Delivery, DndStatus, Event, Message};
use jiff::Timestamp;

fn body(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/webhooks");
    std::fs::read(folder.join(name).with_extension("json")).unwrap()
}

fn read(name: &str) -> Delivery {
    Delivery::read(body(name), Timestamp::UNIX_EPOCH).unwrap()
}

fn inbound(name: &str) -> Message {
    match read(name).event {
        Event::InboundMessage(message) => message,
        other => panic!("{name}: {other:?}"),
    }
}

fn outbound(name: &str) -> Message {
    match read(name).event {
        Event::OutboundMessage(message) => message,
        other => panic!("{name}: {other:?}"),
    }
}

fn unknown(name: &str) -> Option<String> {
    match read(name).event {
        Event::Unknown { name } => name,
        other => panic!("{name}: {other:?}"),
    }
}

fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

fn number(text: &str) -> Option<PhoneNumber> {
    Some(text.parse().unwrap())
}

#[test]
fn a_text() {
    let delivery = read("inbound_sms");
    assert_eq!(
        delivery.location_id.as_ref().unwrap().as_str(),
        "l1C08ntBrFjLS0elLIYU"
    );
    assert_eq!(
        (delivery.webhook_id.clone(), delivery.timestamp),
        (None, None)
    );
    assert!(delivery.dedupe_key().as_str().starts_with("sha256:"));

    let message = inbound("inbound_sms");
    assert_eq!(message.message_type, Some(MessageType::Sms));
    assert_eq!(
        message.contact_id.as_ref().unwrap().as_str(),
        "cI08i1Bls3iTB9bKgFJh"
    );
    assert_eq!(
        message.conversation_id.as_ref().unwrap().as_str(),
        "fcanlLgpbQgQhderivVs"
    );
    assert_eq!(message.date_added, time("2021-04-21T11:31:45.750Z"));
    assert_eq!(**message.body.as_ref().unwrap(), "This is a test message");
    assert_eq!(message.status.as_deref(), Some("delivered"));
    assert_eq!(
        message.conversation_provider_id.as_deref(),
        Some("cI08i1Bls3iTB9bKgF01")
    );
    assert_eq!(message.call_outcome(), None);
    assert_eq!((message.message_id, message.user_id), (None, None));
}

#[test]
fn a_text_with_the_live_envelope_and_half_an_emoji() {
    let delivery = read("inbound_sms_live");
    assert_eq!(
        delivery.dedupe_key().as_str(),
        "webhook:5d0b3c1e-7a44-4c7e-9b0a-2f6f1f3f9a10"
    );
    assert_eq!(delivery.timestamp, time("2026-06-01T10:00:02.118Z"));
    assert_eq!(
        delivery.app_id.unwrap().as_str(),
        "66a1f0c2b5d7e90012ab34cd"
    );
    let message = inbound("inbound_sms_live");
    assert!(message.body.as_ref().unwrap().starts_with("STOP "));
    assert_eq!(message.from_number(), number("+15550001111"));
    assert_eq!(message.to_number(), number("+15550002222"));
    assert_eq!(message.message_id.unwrap().as_str(), "Zt7mQ2bV0xYc3dEfGh1J");
}

#[test]
fn an_answered_call_under_the_right_and_the_wrong_label() {
    for name in ["inbound_call_completed", "inbound_call_mislabelled"] {
        let call = inbound(name);
        assert_eq!(call.message_type, Some(MessageType::Call), "{name}");
        assert_eq!(call.call_status, Some(CallStatus::Completed), "{name}");
        assert_eq!(call.call_outcome(), Some(CallStatus::Completed), "{name}");
        assert_eq!(call.call_duration, Some(Duration::from_secs(120)), "{name}");
        assert_eq!(call.attachments.len(), 1, "{name}");
        assert_eq!(call.body, None, "{name}");
    }
    let call = inbound("inbound_call_completed");
    assert_eq!(call.from_number(), number("+15550001111"));
    assert_eq!(inbound("inbound_call_mislabelled").from, None);
    assert_eq!(
        read("inbound_call_mislabelled").event.name(),
        Some("InboundMessage")
    );
}

#[test]
fn missed_calls_and_voicemails() {
    let missed = inbound("inbound_call_missed");
    assert_eq!(missed.call_outcome(), Some(CallStatus::NoAnswer));
    assert_eq!(missed.call_duration, Some(Duration::ZERO));

    let anonymous = inbound("inbound_call_anonymous");
    assert_eq!(anonymous.message_type, Some(MessageType::IvrCall));
    assert_eq!(anonymous.call_status, None);
    assert_eq!(anonymous.call_outcome(), Some(CallStatus::Canceled));
    assert_eq!(**anonymous.from.as_ref().unwrap(), "anonymous");
    assert_eq!(anonymous.from_number(), None);
    assert_eq!(anonymous.to_number(), number("+15550002222"));
    assert!(anonymous.attachments.is_empty());

    let voicemail = inbound("inbound_voicemail");
    assert_eq!(voicemail.call_status, None);
    assert_eq!(voicemail.call_outcome(), Some(CallStatus::Voicemail));

    let returned = outbound("outbound_call_voicemail");
    assert_eq!(returned.status.as_deref(), Some("completed"));
    assert_eq!(returned.call_outcome(), Some(CallStatus::Voicemail));
    assert_eq!(returned.user_id.unwrap().as_str(), "YlWd2wuCAZQzh2cH1fVZ");
}

#[test]
fn an_email() {
    let email = outbound("outbound_email");
    assert_eq!(email.message_type, Some(MessageType::Email));
    assert_eq!(
        **email.body.as_ref().unwrap(),
        "<div style=\"color:#111\">Your order is confirmed.</div>"
    );
    assert_eq!(**email.subject.as_ref().unwrap(), "Order Confirmed");
    assert_eq!(**email.to.as_ref().unwrap(), "example@email.com");
    assert_eq!((email.from_number(), email.to_number()), (None, None));
    assert_eq!(
        email.email_message_id.unwrap().as_str(),
        "sddfDSFDdsfsdDSFsdf3"
    );
    assert_eq!(email.source.as_deref(), Some("app"));
}

#[test]
fn texts_whose_labels_disagree() {
    let sms = inbound("outbound_sms_mislabelled");
    assert_eq!(sms.message_type, Some(MessageType::Sms));
    let sms = outbound("inbound_message_type_outbound_direction");
    assert_eq!(sms.source.as_deref(), Some("workflow"));
}

#[test]
fn do_not_disturb() {
    let Event::ContactDndUpdate(update) = read("contact_dnd_update").event else {
        panic!("not a ContactDndUpdate");
    };
    assert_eq!(
        update.contact_id.as_ref().unwrap().as_str(),
        "nmFmQEsNgz6AVpgLVUJ0"
    );
    assert_eq!(update.phone, number("+15550001111"));
    assert_eq!(update.dnd, Some(true));
    assert_eq!(update.sms_blocked(), Some(true));
    let channel = |name: &str| &update.dnd_settings[name];
    assert_eq!(channel("sms").status, Some(DndStatus::Active));
    assert_eq!(channel("sms").code.as_deref(), Some("103"));
    assert_eq!(channel("rcs").status, Some(DndStatus::Inactive));
    assert_eq!(channel("call").status, Some(DndStatus::Permanent));
    assert_eq!(channel("call").code.as_deref(), Some("101"));
}

#[test]
fn installing_and_uninstalling() {
    let delivery = read("install_location");
    assert!(delivery.location_id.is_some() && delivery.app_id.is_some());
    let Event::Install(install) = delivery.event else {
        panic!("not an Install");
    };
    assert_eq!(install.install_type.as_deref(), Some("Location"));
    assert_eq!(install.user_id.unwrap().as_str(), "otg8dTQqGLh3Q6iQI55u");
    assert_eq!(**install.company_name.as_ref().unwrap(), "Example Company");

    let agency = read("install_agency");
    assert_eq!(agency.location_id, None);
    assert_eq!(agency.company_id.unwrap().as_str(), "otg8dTQqGLh3Q6iQI550");
    let Event::Install(install) = agency.event else {
        panic!("not an Install");
    };
    assert_eq!(install.plan_id.as_deref(), Some("66a1f0c2b5d7e90012ab34ce"));

    let removed = read("uninstall");
    assert!(matches!(removed.event, Event::Uninstall));
    assert!(removed.location_id.is_some());

    let removed = read("uninstall_agency");
    assert!(matches!(removed.event, Event::Uninstall));
    assert_eq!(removed.location_id, None);
    assert_eq!(removed.company_id.unwrap().as_str(), "otg8dTQqGLh3Q6iQI550");
}

#[test]
fn every_other_event_keeps_its_name_and_its_json() {
    for (file, name) in [
        ("record_without_type", None),
        ("provider_outbound_sms", Some("SMS")),
        ("product_without_type", None),
    ] {
        assert_eq!(unknown(file).as_deref(), name, "{file}");
        let delivery = read(file);
        assert_eq!(delivery.raw(), body(file), "{file}");
        assert!(delivery.location_id.is_some(), "{file}");
    }
}

#[test]
fn nothing_personal_is_printed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/webhooks");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let printed = format!("{0:?} {0:#?}", read(&name));
        for private in [
            "5550001",
            "5550002",
            "example",
            "sample@",
            "anonymous",
            "test message",
            "STOP",
            "Order Confirmed",
            "order is",
            "John",
            "Deo",
            "Springfield",
            "Loram",
            "recordings",
            "Awesome",
            "Sons",
            "3535",
            "meet.",
            "2000-01-05",
        ] {
            assert!(!printed.contains(private), "{name}: {private}: {printed}");
        }
        files += 1;
    }
    assert_eq!(files, 81, "each fixture has a test above");
}
