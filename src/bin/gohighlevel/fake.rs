//! `fake`: FakeGhl as a program, until Ctrl-C.

#[path = "../../../examples/fake_ghl/options.rs"]
mod options;

use crate::exit::Exit;
use crate::terminal;

/// Run FakeGhl, a HighLevel on this machine to try things out with, until Ctrl-C
///
/// It prints its address, and the key that its webhooks are signed with. Give the address as GHL_BASE_URL to the other commands, and
/// pit-sample-soleil as GHL_TOKEN for the location soleilLocation000001 of the sample.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    options: options::Options,
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    let builder = match arguments.options.builder() {
        Ok(builder) => builder,
        Err(problem) => {
            terminal::complain(&problem.to_string());
            return Exit::Wrong;
        }
    };
    let fake = match builder.start().await {
        Ok(fake) => fake,
        Err(error) => {
            terminal::complain(&format!("cannot start: {error}"));
            return Exit::Wrong;
        }
    };
    terminal::print(&format!("{}\n{}\n", fake.url(), fake.public_key_pem()));
    match tokio::signal::ctrl_c().await {
        Ok(()) => Exit::AsWished,
        Err(error) => {
            terminal::complain(&format!("cannot wait for Ctrl-C: {error}"));
            Exit::Wrong
        }
    }
}
