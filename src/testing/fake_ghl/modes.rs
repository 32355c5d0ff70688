//! Variants of answers that HighLevel sometimes uses. A mode is on until it is switched off.

use std::str::FromStr;

use super::error::FakeGhlError;

/// A variant of valid answers. Unlike a [`Fault`](super::Fault) it applies to all requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// `no-cursor`: listings do not say where they go on: found contacts have no `searchAfter`, conversations no
    /// `lastMessageDate`, the `meta` of opportunities neither `startAfter` nor `startAfterId`, messages no `lastMessageId`,
    /// exports no `nextCursor`.
    NoCursor,
    /// `counts-more`: listings count one entry more than they have.
    CountsMore,
    /// `ties`: all contacts of a location have been made, and all of its conversations have their last message, at the same
    /// moment. Conversations are still listed by what comes after a moment, so pages leave out what shares it.
    Ties,
    /// `wrapped-appointments`: an appointment comes as production sends it, under `appointment` and with its status under
    /// `appoinmentStatus` too; under `event` or flat, as documented, without this.
    WrappedAppointments,
}

impl FromStr for Mode {
    type Err = FakeGhlError;

    fn from_str(text: &str) -> Result<Self, FakeGhlError> {
        match text {
            "no-cursor" => Ok(Self::NoCursor),
            "counts-more" => Ok(Self::CountsMore),
            "ties" => Ok(Self::Ties),
            "wrapped-appointments" => Ok(Self::WrappedAppointments),
            _ => Err(FakeGhlError::Mode(text.to_owned())),
        }
    }
}

/// The modes that are on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Modes {
    pub(super) no_cursor: bool,
    counts_more: bool,
    pub(super) ties: bool,
    pub(super) wrapped_appointments: bool,
}

impl Modes {
    pub(super) fn set(&mut self, mode: Mode, on: bool) {
        let is_on = match mode {
            Mode::NoCursor => &mut self.no_cursor,
            Mode::CountsMore => &mut self.counts_more,
            Mode::Ties => &mut self.ties,
            Mode::WrappedAppointments => &mut self.wrapped_appointments,
        };
        *is_on = on;
    }

    /// The count that a listing with this many entries reports.
    pub(super) fn total(self, entries: usize) -> usize {
        entries + usize::from(self.counts_more)
    }
}
