//! `recipe`: what can be known of recipes without an account.

mod check;
mod play;
mod preview;

use crate::exit::Exit;

/// Check recipes, read their messages, watch them work; without an account
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Check(check::Arguments),
    Preview(preview::Arguments),
    Play(play::Arguments),
}

pub(crate) async fn run(arguments: Arguments) -> Exit {
    match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Preview(arguments) => preview::run(&arguments),
        Command::Play(arguments) => play::run(arguments).await,
    }
}
