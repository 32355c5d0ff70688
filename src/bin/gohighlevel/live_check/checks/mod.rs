//! The questions, in the order in which they are asked: reading first, and the own contact's removal last.

mod calendars;
mod contacts;
mod conversations;
mod gateway;
mod own_contact;
mod own_records;
mod records;

use super::check::Check;

/// All questions.
pub(super) fn all() -> impl Iterator<Item = &'static Check> {
    [
        gateway::CHECKS,
        records::CHECKS,
        contacts::CHECKS,
        conversations::CHECKS,
        calendars::CHECKS,
        own_contact::CHECKS,
        own_records::CHECKS,
        own_contact::LAST,
    ]
    .into_iter()
    .flatten()
}
