//! The examples, run as the programs they are.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod agency_server;
mod fire_trigger;
mod missed_call;
mod oauth_install;
mod presets;
mod quickstart;
mod search_contacts;
mod send_message;
mod webhook_receiver;
mod workflow_action;

use std::process::{Command, Output};

use crate::program::example;

/// Runs an example to its end, with no variable of the environment that it reads but these.
fn run(name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(example(name));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("GHL_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}
