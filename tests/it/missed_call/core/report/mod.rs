//! Reports: from ledgers that a test builds entry by entry, and from one that an engine wrote.

mod after_close;
mod attribution;
mod documents;
mod engine_run;
mod evidence;
mod experiment;
mod metrics;
mod outcomes;
#[cfg(feature = "html-reports")]
mod pages;
mod receipts;
mod serialised;
mod statistics;
mod stream;
