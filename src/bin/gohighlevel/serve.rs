//! `serve`: the recovery server, made of the example's own parts.

#[path = "../../../examples/recovery_server/config.rs"]
pub(crate) mod config;
// It prints its address.
#[allow(clippy::print_stdout)]
#[path = "../../../examples/recovery_server/service.rs"]
mod service;

use crate::exit::Exit;
use crate::terminal;

/// Run missed-call text back as a service, until Ctrl-C or SIGTERM; a second one ends it at once
///
/// It takes HighLevel's webhooks at /webhooks/ghl, and texts, tags and makes tasks through the API. HighLevel requires https: put a
/// reverse proxy in front that passes the path on byte for byte. /healthz says whether all is well.
/// With a token in GHL_BOARD_TOKEN, /board shows today's calls and who waits for a person. Exit code 0 after an end
/// in order, 1 if it cannot start.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    options: service::Options,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match service::run(&arguments.options).await {
        Ok(()) => Exit::AsWished,
        Err(problems) => {
            terminal::complain(&problems);
            Exit::Wrong
        }
    }
}
