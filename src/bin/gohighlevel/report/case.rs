//! The case file of one caller, who is found by their contact or their number.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use gohighlevel::ids::ContactId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind, EntryTag};
use gohighlevel::recipes::missed_call::report::pages::{CaseFile, Detail, Pages};
use gohighlevel::recipes::missed_call::store::LedgerQuery;

use super::config::Site;
use super::ledger::Ledger;

/// Whose case it is.
pub(super) enum Caller {
    Contact(ContactId),
    Number(PhoneNumber),
}

/// The caller of `--contact`, or of the first line of the input: arguments can be seen by others, and stay in histories.
pub(super) fn caller(contact: Option<&ContactId>) -> Result<Caller, String> {
    if let Some(contact) = contact {
        return Ok(Caller::Contact(contact.clone()));
    }
    let mut input = io::stdin().lock();
    if io::stdin().is_terminal() {
        let mut stderr = io::stderr();
        let _ = write!(stderr, "The caller's number: ").and_then(|()| stderr.flush());
    }
    let mut line = String::new();
    input
        .read_line(&mut line)
        .map_err(|error| format!("the input cannot be read: {error}"))?;
    line.trim().parse().map(Caller::Number).map_err(|_| {
        "the first line of the input is no phone number; write it with its country code, such as +13125550142, or name --contact".to_owned()
    })
}

impl Caller {
    fn is_of(&self, entry: &Entry) -> bool {
        match &entry.kind {
            EntryKind::CallMissed { call, .. } | EntryKind::CallJoined { call, .. } => match self {
                Self::Contact(contact) => call.contact == *contact,
                Self::Number(number) => call.caller.as_ref() == Some(number),
            },
            EntryKind::ContactFollowed { from, to } => match self {
                Self::Contact(contact) => from == contact || to == contact,
                Self::Number(_) => false,
            },
            _ => false,
        }
    }
}

/// The page of the case.
pub(super) async fn file(
    ledger: &Ledger,
    site: &Site,
    caller: &Caller,
    redact: bool,
) -> Result<String, String> {
    let mut query = LedgerQuery::of_location(site.id.clone());
    query.kinds = vec![
        EntryTag::CallMissed,
        EntryTag::CallJoined,
        EntryTag::ContactFollowed,
    ];
    let mut episodes = Vec::new();
    ledger
        .pages(query, |entries| {
            let theirs = entries.iter().filter(|entry| caller.is_of(entry));
            for episode in theirs.filter_map(|entry| entry.episode.as_ref()) {
                if !episodes.contains(episode) {
                    episodes.push(episode.clone());
                }
            }
        })
        .await?;
    let mut entries = Vec::new();
    for episode in episodes {
        let query = LedgerQuery::of_episode(episode);
        ledger.pages(query, |page| entries.extend(page)).await?;
    }
    let detail = if redact {
        Detail::Redacted
    } else {
        Detail::Full
    };
    let case = CaseFile::of(&entries, &site.settings, detail).ok_or_else(|| {
        format!(
            "the ledger of {} has no missed call of this caller; check the number or contact, and the location",
            site.id
        )
    })?;
    let page = Pages::new().case_file(&case);
    page.map(|page| page.into_inner())
        .map_err(|error| error.to_string())
}
