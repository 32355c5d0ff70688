//! Stores: the contract, the SQLite file, and the rows and files of earlier releases.

mod contract;
mod old_files;
mod old_rows;
mod sqlite_file;
mod sqlite_ledger;
mod sqlite_store;
