//! What operators ask for: health, preflight, pausing a location, erasing a person.

pub(super) mod erase;
mod halt;
pub(super) mod health;
pub(super) mod preflight;
