//! Questions that need a contact: all of them about one of the command's own making.

use gohighlevel::client::{ApiVersion, ReplaySafety, Request};
use serde_json::{Value, json};

use crate::live_check::check::{Check, Finding, Found, Verdict};
use crate::live_check::sandbox::{Answer, Sandbox};

pub(super) const CHECKS: &[Check] = &[
    Check {
        question: "What does the creation of a contact answer?",
        expected: "201 with `contact` and its id",
        writes: true,
        ask: |sandbox| Box::pin(create(sandbox)),
    },
    Check {
        question: "How is the same contact refused a second time?",
        expected: "400 with meta.contactId and meta.matchingField, where duplicates are not allowed",
        writes: true,
        ask: |sandbox| Box::pin(create_again(sandbox)),
    },
    Check {
        question: "Does an upsert say whether the contact is new?",
        expected: "new: false, with the same contact",
        writes: true,
        ask: |sandbox| Box::pin(upsert(sandbox)),
    },
    Check {
        question: "How is a property refused that does not exist?",
        expected: "422 with a list of messages",
        writes: true,
        ask: |sandbox| Box::pin(unknown_property(sandbox)),
    },
    Check {
        question: "How is a national number without + read?",
        expected: "as a number of the location's country, in E.164",
        writes: true,
        ask: |sandbox| Box::pin(national_number(sandbox)),
    },
    Check {
        question: "Does null clear a field?",
        expected: "the e-mail address is gone",
        writes: true,
        ask: |sandbox| Box::pin(cleared(sandbox)),
    },
    Check {
        question: "Are tags kept in small letters?",
        expected: "yes, on the contact and in tagsAdded",
        writes: true,
        ask: |sandbox| Box::pin(tags(sandbox)),
    },
    Check {
        question: "Under which key does do-not-disturb for texts come back?",
        expected: "dndSettings.SMS with status active",
        writes: true,
        ask: |sandbox| Box::pin(do_not_disturb(sandbox)),
    },
    Check {
        question: "How is a text refused to a contact with do-not-disturb?",
        expected: "400 `Cannot send message as DND is active for SMS.`; a canonicalCode may follow",
        writes: true,
        ask: |sandbox| Box::pin(text_refused(sandbox)),
    },
    Check {
        question: "How is a text without words refused?",
        expected: "400 or 422 with a message",
        writes: true,
        ask: |sandbox| Box::pin(empty_text(sandbox)),
    },
    Check {
        question: "What does a second conversation with the same contact answer?",
        expected: "the first one, or a refusal with a message",
        writes: true,
        ask: |sandbox| Box::pin(second_conversation(sandbox)),
    },
];

/// Asked when all else is done.
pub(super) const LAST: &[Check] = &[
    Check {
        question: "What does the removal of a contact answer?",
        expected: "200 with succeded or succeeded: true",
        writes: true,
        ask: |sandbox| Box::pin(delete(sandbox)),
    },
    Check {
        question: "What answers a contact that was just removed?",
        expected: "404, or 400 with a message",
        writes: true,
        ask: |sandbox| Box::pin(deleted(sandbox)),
    },
];

async fn own(sandbox: &mut Sandbox) -> Result<Answer, Finding> {
    let id = sandbox.own_contact().await?;
    sandbox.get(&format!("/contacts/{id}")).await
}

/// Changes the own contact, and reads it again.
async fn changed(sandbox: &mut Sandbox, change: Value) -> Result<(Answer, Answer), Finding> {
    let id = sandbox.own_contact().await?;
    let request = Request::put(format!("/contacts/{id}")).json(&change);
    let answer = sandbox.ask(request).await?;
    let read = sandbox.get(&format!("/contacts/{id}")).await?;
    Ok((answer, read))
}

async fn create(sandbox: &mut Sandbox) -> Found {
    sandbox.own_contact().await?;
    let Some(answer) = &sandbox.creation else {
        return Ok(Finding::new(Verdict::Failed, "the answer was lost"));
    };
    let expected = answer.status == 201 && answer.text("/contact/id").is_some();
    Ok(Finding::of_answer(answer, expected))
}

async fn create_again(sandbox: &mut Sandbox) -> Found {
    let first = sandbox.own_contact().await?;
    let request = Request::post("/contacts/").json(&sandbox.new_contact());
    let answer = sandbox.ask(request).await?;
    if let Some(id) = answer.text("/contact/id") {
        // Duplicates are allowed here: this one is not wanted.
        if id != first {
            sandbox.made("contact", format!("/contacts/{id}"));
        }
        return Ok(Finding::of(
            false,
            "a second contact: duplicates are allowed here",
        ));
    }
    let expected = answer.status == 400
        && answer.text("/meta/contactId") == Some(first.as_str())
        && answer.text("/meta/matchingField").is_some();
    let field = answer.text("/meta/matchingField").unwrap_or("nothing");
    let seen = format!("{} {}, matched by {field}", answer.status, answer.words());
    Ok(Finding::of(expected, seen))
}

async fn upsert(sandbox: &mut Sandbox) -> Found {
    let first = sandbox.own_contact().await?;
    let request = Request::post("/contacts/upsert").json(&sandbox.new_contact());
    let answer = sandbox
        .ask(request.replay(ReplaySafety::Repeatable))
        .await?;
    let id = answer.text("/contact/id").map(str::to_owned);
    if let Some(other) = id.as_ref().filter(|id| **id != first) {
        sandbox.made("contact", format!("/contacts/{other}"));
    }
    let expected = answer.at("/new") == Some(&Value::Bool(false)) && id.as_ref() == Some(&first);
    let new = answer
        .at("/new")
        .map_or_else(|| "nothing".to_owned(), Value::to_string);
    Ok(Finding::of(
        expected,
        format!("{}, new: {new}", answer.status),
    ))
}

async fn unknown_property(sandbox: &mut Sandbox) -> Found {
    let (answer, _) = changed(sandbox, json!({ "liveCheckProperty": "x" })).await?;
    let expected = answer.status == 422 && answer.at("/message").is_some_and(Value::is_array);
    Ok(Finding::of_refusal(&answer, expected))
}

async fn national_number(sandbox: &mut Sandbox) -> Found {
    let full = sandbox.phone();
    let national = full.trim_start_matches("+1").to_owned();
    let (answer, read) = changed(sandbox, json!({ "phone": national })).await?;
    if !answer.is_success() {
        return Ok(Finding::of_refusal(&answer, false));
    }
    let phone = read.text("/contact/phone");
    let seen = match phone {
        Some(phone) if phone == full => "as a number of the United States",
        Some(phone) if phone.starts_with('+') => "in E.164, of another country",
        Some(_) => "as it was written",
        None => "not at all",
    };
    Ok(Finding::of(
        phone.is_some_and(|phone| phone.starts_with('+')),
        seen,
    ))
}

async fn cleared(sandbox: &mut Sandbox) -> Found {
    let (answer, read) = changed(sandbox, json!({ "email": null })).await?;
    if !answer.is_success() {
        return Ok(Finding::of_refusal(&answer, false));
    }
    let address = read.text("/contact/email").unwrap_or_default();
    let seen = if address.is_empty() {
        "gone"
    } else {
        "still there"
    };
    let back = json!({ "email": sandbox.email() });
    changed(sandbox, back).await?;
    Ok(Finding::of(address.is_empty(), seen))
}

async fn tags(sandbox: &mut Sandbox) -> Found {
    let id = sandbox.own_contact().await?;
    let tag = format!("Live-Check {}", sandbox.suffix);
    let request = Request::post(format!("/contacts/{id}/tags")).json(&json!({ "tags": [tag] }));
    let answer = sandbox
        .ask(request.replay(ReplaySafety::Repeatable))
        .await?;
    let small = tag.to_lowercase();
    let has = |list: &str, name: &str| answer.list(list).iter().any(|tag| tag == name);
    let expected = has("/tags", &small) && has("/tagsAdded", &small);
    let seen = if has("/tags", &small) {
        "small letters"
    } else {
        "other letters"
    };
    let seen = format!(
        "{} {seen}, {}",
        answer.status,
        crate::live_check::shape::shape(&answer.body)
    );
    // The location knows the tag from now on.
    let list = sandbox
        .get(&format!("/locations/{}/tags", sandbox.id()))
        .await?;
    let known = list.list("/tags").iter().find(|known| {
        let name = known["name"].as_str().unwrap_or_default();
        name.to_lowercase() == small
    });
    if let Some(known) = known.and_then(|known| known["id"].as_str()) {
        let path = format!("/locations/{}/tags/{known}", sandbox.id());
        sandbox.made("tag", path);
    }
    Ok(Finding::of(expected, seen))
}

async fn do_not_disturb(sandbox: &mut Sandbox) -> Found {
    let on = json!({ "dndSettings": { "SMS": { "status": "active", "message": "", "code": "" } } });
    let (answer, read) = changed(sandbox, on).await?;
    if !answer.is_success() {
        return Ok(Finding::of_refusal(&answer, false));
    }
    let settings = read.at("/contact/dndSettings").and_then(Value::as_object);
    let keys: Vec<&str> = settings
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect();
    let expected = read.text("/contact/dndSettings/SMS/status") == Some("active");
    Ok(Finding::of(
        expected,
        format!("dndSettings with {}", keys.join(", ")),
    ))
}

/// Sends a text to the own contact, which has do-not-disturb and a number that belongs to nobody.
async fn text(sandbox: &mut Sandbox, words: &str) -> Result<Answer, Finding> {
    let read = own(sandbox).await?;
    // Without do-not-disturb a text would really go out.
    if read.text("/contact/dndSettings/SMS/status") != Some("active") {
        return Err(Finding::nothing("contact with do-not-disturb: see above"));
    }
    let id = sandbox.own_contact().await?;
    let body = json!({ "type": "SMS", "contactId": id, "message": words });
    let request = Request::post("/conversations/messages").json(&body);
    sandbox.ask(request.version(ApiVersion::V2021_04_15)).await
}

async fn text_refused(sandbox: &mut Sandbox) -> Found {
    let answer = text(sandbox, "live-check").await?;
    let expected = answer.status == 400 && answer.words().contains("DND is active");
    Ok(Finding::of_refusal(&answer, expected))
}

async fn empty_text(sandbox: &mut Sandbox) -> Found {
    let answer = text(sandbox, "").await?;
    let expected = matches!(answer.status, 400 | 422) && answer.at("/message").is_some();
    Ok(Finding::of_refusal(&answer, expected))
}

async fn second_conversation(sandbox: &mut Sandbox) -> Found {
    let id = sandbox.own_contact().await?;
    let body = json!({ "locationId": sandbox.id(), "contactId": id });
    let request = || {
        Request::post("/conversations/")
            .json(&body)
            .version(ApiVersion::V2021_04_15)
    };
    let first = sandbox.ask(request()).await?.known()?;
    let second = sandbox.ask(request()).await?.known()?;
    let id_of = |answer: &Answer| answer.text("/conversation/id").map(str::to_owned);
    if second.is_success() {
        let same = id_of(&first).is_some() && id_of(&first) == id_of(&second);
        let seen = if same { "the first one" } else { "another one" };
        return Ok(Finding::of(same, format!("{} {seen}", second.status)));
    }
    Ok(Finding::of_refusal(
        &second,
        second.at("/message").is_some(),
    ))
}

async fn delete(sandbox: &mut Sandbox) -> Found {
    let id = sandbox.own_contact().await?;
    let path = format!("/contacts/{id}");
    let answer = sandbox.ask(Request::delete(path.clone())).await?;
    if answer.is_success() {
        sandbox.removed(&path);
    }
    let yes = Some(&Value::Bool(true));
    let expected = answer.at("/succeded") == yes || answer.at("/succeeded") == yes;
    Ok(Finding::of_answer(&answer, expected))
}

async fn deleted(sandbox: &mut Sandbox) -> Found {
    let answer = own(sandbox).await?;
    let worded = answer.status == 400 && answer.at("/message").is_some();
    Ok(Finding::of_refusal(&answer, answer.status == 404 || worded))
}
