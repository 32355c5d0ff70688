//! Reports: from a ledger that is made up, entry by entry, and from one that an engine wrote.

mod after_close;
mod bookings;
mod evidence;
mod measures;
mod outcomes;
mod papers;
mod told;
mod world;
