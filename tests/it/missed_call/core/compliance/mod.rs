//! The rules that keep a text back: opt-outs, consent, caps, quiet hours, floods and pauses.

mod consent_and_caps;
mod flood;
mod holidays;
mod opt_out;
mod quiet_hours;
mod rules;
mod suspension;
