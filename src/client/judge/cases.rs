//! What is judged how: the table that the documentation shows, and its test.

use super::*;

/// Answers of one meaning.
struct Group {
    finding: &'static str,
    kind: &'static str,
    /// Who speaks, about what.
    subject: &'static str,
    cases: Vec<Case>,
}

#[derive(Debug)]
struct Case {
    asked: Asked,
    status: u16,
    body: &'static str,
}

fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let lines = include_str!("../../../fixtures/answers/voices.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix("== ") {
            let [finding, kind, subject] = *heading.split(" | ").collect::<Vec<_>>() else {
                panic!("no heading of a group: {line}");
            };
            groups.push(Group {
                finding,
                kind,
                subject,
                cases: Vec::new(),
            });
            continue;
        }
        let mut parts = line.splitn(3, ' ');
        let asked = match parts.next() {
            Some("with-token") => Asked::WithToken,
            Some("no-token") => Asked::WithoutToken,
            Some("for-tokens") => Asked::ForTokens,
            other => panic!("nothing that is asked: {other:?}"),
        };
        let case = Case {
            asked,
            status: parts.next().unwrap().parse().unwrap(),
            body: parts.next().unwrap_or_default(),
        };
        groups.last_mut().unwrap().cases.push(case);
    }
    groups
}

fn told(asked: Asked, status: u16, body: &str) -> (Judgement, Error) {
    let body = body.as_bytes();
    let judgement = judge(&Heard {
        status,
        content_type: None,
        body,
        asked,
    });
    let error = judgement.error("test.operation", status, body, &RateHeaders::default());
    (judgement, error)
}

#[test]
fn every_answer_is_judged_by_who_speaks_and_about_what() {
    let groups = groups();
    assert!(groups.len() > 20);
    for group in groups {
        for case in &group.cases {
            let (judgement, error) = told(case.asked, case.status, case.body);
            let found = format!("{:?}", judgement.finding);
            assert_eq!(found, group.finding, "{case:?}");
            let kind = format!("{:?}", error.kind());
            assert!(kind.starts_with(group.kind), "{case:?}: {kind}");
            assert_eq!(error.status(), Some(case.status));
        }
    }
}

/// The table of the documentation.
fn table() -> String {
    let mut table = String::from(
        "| who speaks, about what | for example | kind | sent again | token renewed |\n|---|---|---|---|---|\n",
    );
    for Group {
        kind,
        subject,
        cases,
        ..
    } in groups()
    {
        let Case {
            asked,
            status,
            body,
        } = cases[0];
        let (judgement, error) = told(asked, status, body);
        let words = &judgement.words;
        let said = words.canonical_code.clone().or(words.message());
        let said = match said.as_deref().unwrap_or(body) {
            "" => String::new(),
            said => format!(" `{said}`"),
        };
        let again = match judgement.aftermath() {
            Aftermath::Settled | Aftermath::NotSent => "no",
            Aftermath::OverLimit => "when the limit allows",
            Aftermath::InDoubt { .. } => "if it may be",
        };
        let renewed = if error.kind().may_mean_the_token() {
            "once"
        } else {
            "no"
        };
        let variant = kind.split('(').next().unwrap_or_default();
        table += &format!(
            "| {subject} | {status}{said} | [`{kind}`](ErrorKind::{variant}) | {again} | {renewed} |\n"
        );
    }
    table
}

#[test]
fn the_documentation_shows_this_table() {
    let shown = include_str!("../../error/verdicts.md");
    let table = table();
    assert_eq!(
        shown, table,
        "write this into src/error/verdicts.md:\n{table}"
    );
}

#[test]
fn an_error_keeps_what_was_said_and_by_whom() {
    let told = |status, body: &str| told(Asked::WithToken, status, body).1;
    let dnd = r#"{"canonicalCode":"CONVERSATIONS_MSG_DND_ACTIVE_SMS","message":"No, +13125550142","traceId":"0f6a1c51-7265559-a"}"#;
    let error = told(400, dnd);
    assert_eq!(
        error.canonical_code(),
        Some("CONVERSATIONS_MSG_DND_ACTIVE_SMS")
    );
    assert_eq!(
        error.to_string(),
        "test.operation: the contact has opted out (HTTP 400): No, [number] [CONVERSATIONS_MSG_DND_ACTIVE_SMS] \
         [traceId 0f6a1c51-7265559-a]; do not send to this contact on this channel"
    );
    let foreign = told(403, "error code: 1010").to_string();
    assert!(
        foreign.contains("`error code: 1010`") && foreign.contains("base URL"),
        "{foreign}"
    );
    let page = told(404, "<html>Maria</html>").to_string();
    assert!(
        page.contains("a web page") && !page.contains("Maria"),
        "{page}"
    );
    assert_eq!(
        *told(
            400,
            r#"{"message":"Conversation already exists","conversationId":"v1"}"#
        )
        .kind(),
        ErrorKind::ConversationExists {
            conversation_id: ConversationId::new("v1").ok()
        }
    );
    for status in [401, 403] {
        let words = told(
            status,
            r#"{"message":"No conversation provider found for this message"}"#,
        );
        let words = words.to_string();
        assert!(
            words.contains("provider belongs to") && !words.contains("make a new"),
            "{words}"
        );
    }
}
