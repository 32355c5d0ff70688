//! The missed-call recipe: its inner parts, and as a whole over real HTTP on a clock set by hand.

mod assignee;
mod callers;
mod compliance;
mod crash;
mod desk;
mod effects_contract;
mod episode;
mod episode_any_order;
mod faults;
mod flow;
mod given;
mod hard_times;
mod hours;
mod intake;
mod old_rows;
mod opt_out;
mod overtaken;
mod replies;
mod reply_corpus;
mod simulator;
mod sqlite_store;
mod steps;
mod store_contract;
mod support;
