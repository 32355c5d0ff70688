//! Measures this crate and its Rust peers against one loopback server that enforces HighLevel's rules, and prints the
//! results as a Markdown table. Fails if this crate misses a target.
//!
//! ```console
//! $ cargo run --release --manifest-path benches/peers/Cargo.toml
//! ```

#![expect(
    clippy::disallowed_methods,
    reason = "the crate's rule of one clock does not apply to measurements in real time"
)]

mod answers;
#[path = "../../bare/mod.rs"]
mod bare;
mod cpu;
mod oauth;
mod quota;
mod scene;
mod server;
mod table;
mod webhook;

use std::process::ExitCode;

use scene::Anything;
use table::Table;

fn main() -> Anything<ExitCode> {
    bare::server::serve_if_asked(bare::ANSWER)?;
    let cpu = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(cpu::get_of_a_contact())?;
    let mut table = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(promises())?;
    table.push(cpu);

    print!("{table}");
    for row in table.failures() {
        eprintln!("missed: {}: {}, got {}", row.scene, row.must, row.own.0);
    }
    let missed = table.failures().next().is_some();
    Ok(if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// All rows except the one about CPU.
async fn promises() -> Anything<Table> {
    let mut table = Table::default();
    table.push(oauth::expired_locally().await?);
    table.push(oauth::refused_by_the_server().await?);
    table.push(oauth::two_clients_on_one_store().await?);
    table.push(oauth::saving_fails().await?);
    table.push(oauth::dropped_caller().await?);
    table.push(oauth::minted_token_expired().await?);
    table.push(oauth::dead_locations().await?);
    table.push(quota::three_hundred_at_once().await?);
    table.push(answers::lost_answer().await?);
    table.push(answers::odd_contact().await?);
    table.push(answers::empty_delete().await?);
    table.push(answers::web_page().await?);
    table.push(answers::id_with_a_path().await?);
    table.push(webhook::ed25519().await?);
    Ok(table)
}
