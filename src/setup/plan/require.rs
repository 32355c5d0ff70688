//! What no API makes: workflows, users and numbers are looked for, and a person is asked for what is missing.

use super::change::{Action, Change};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::nearest;
use crate::setup::desired::{UserWish, Wishes, WorkflowWish};
use crate::setup::live::Live;
use crate::setup::names;
use crate::setup::thing::Kind;

pub(super) fn diff(wishes: &Wishes, live: &Live) -> Vec<Change> {
    let workflows = wishes.workflows.iter().map(|wish| workflow(wish, live));
    let users = wishes.users.iter().map(|wish| user(wish, live));
    let numbers = wishes
        .numbers
        .iter()
        .map(|number| self::number(number, live));
    workflows.chain(users).chain(numbers).collect()
}

fn workflow(wish: &WorkflowWish, live: &Live) -> Change {
    let all = live.workflows.as_deref().unwrap_or_default();
    let named = |name: &Option<String>| name.as_deref().map(str::to_owned);
    let (key, published, found) = match wish {
        WorkflowWish::Named { name, published } => {
            let is_it =
                |found: &Option<String>| found.as_deref().is_some_and(|it| names::same(it, name));
            let found = all.iter().find(|(_, found)| is_it(found));
            (name.clone(), *published, found)
        }
        WorkflowWish::Known(id) => {
            let found = all.iter().find(|(facts, _)| facts.id == *id);
            (id.as_str().to_owned(), true, found)
        }
    };
    let change = |action| Change::new(Kind::Workflow, &key, action);
    match found {
        Some((facts, _)) if published && facts.is_draft => change(Action::ByHand)
            .because("is a draft and does nothing: publish it (Automation > Workflows)"),
        Some(_) => change(Action::Keep),
        None => {
            let names: Vec<String> = all.iter().filter_map(|(_, name)| named(name)).collect();
            let words = match nearest(&key, names.iter().map(String::as_str)) {
                Some(meant) => format!("is not there, `{meant}` is: did you mean it?"),
                None => {
                    "is not there: bring it with a snapshot, or make it (Automation > Workflows)"
                        .to_owned()
                }
            };
            change(Action::ByHand).because(words)
        }
    }
}

fn user(wish: &UserWish, live: &Live) -> Change {
    let all = live.users.as_deref().unwrap_or_default();
    let (key, found) = match wish {
        UserWish::Email(email) => {
            let is_it = |found: &&str| found.eq_ignore_ascii_case(email);
            let mut emails = all
                .iter()
                .filter_map(|(_, email)| Some(email.as_ref()?.as_str()));
            ((**email).clone(), emails.any(|found| is_it(&found)))
        }
        UserWish::Known(id) => (
            id.as_str().to_owned(),
            all.iter().any(|(user, _)| user == id),
        ),
    };
    match found {
        true => Change::new(Kind::User, key, Action::Keep),
        false => Change::new(Kind::User, key, Action::ByHand)
            .because("has no access to the location: add it (Settings > My Staff)"),
    }
}

fn number(number: &PhoneNumber, live: &Live) -> Change {
    let all = live.numbers.as_deref().unwrap_or_default();
    match all.iter().any(|found| found.number == *number) {
        true => Change::new(Kind::Number, number.e164(), Action::Keep),
        false => Change::new(Kind::Number, number.e164(), Action::ByHand)
            .because("is not a number of the location: buy or move it (Settings > Phone Numbers)"),
    }
}
