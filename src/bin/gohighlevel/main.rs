//! The command `gohighlevel`: recipes, locations and a HighLevel on loopback, from a terminal. One file a subcommand; `exit` says
//! what its end means, and `terminal` how it is printed.

mod completions;
mod credentials;
mod doctor;
mod exit;
mod fake;
mod live_check;
mod login;
mod recipe;
mod report;
mod serve;
mod setup;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::exit::Exit;

/// Set locations up, check recipes and try them without an account, and see whether locations are ready
#[derive(Parser)]
#[command(
    name = "gohighlevel",
    bin_name = "gohighlevel",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    styles = terminal::HELP,
    max_term_width = terminal::WIDEST,
    after_help = exit::CODES,
    after_long_help = format!("{}\n\n{ENVIRONMENT}", exit::CODES)
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Setup(setup::Arguments),
    Recipe(recipe::Arguments),
    Doctor(doctor::Arguments),
    Login(login::Arguments),
    Report(Box<report::Arguments>),
    Serve(serve::Arguments),
    Fake(fake::Arguments),
    LiveCheck(live_check::Arguments),
    Completions(completions::Arguments),
}

const ENVIRONMENT: &str = "\
Environment:
  GHL_TOKEN                Token of every location without one of its own
  GHL_TOKEN_<LOCATION_ID>  Token of one location
  GHL_BASE_URL             Another server than HighLevel's, such as `fake`
  GHL_CLIENT_ID            Id of the app whose grants --grants names, for `login` too
  GHL_CLIENT_SECRET        Secret of that app
  GHL_WEBHOOK_PUBLIC_KEY   PEM of another key of webhooks than HighLevel's
  GHL_BOARD_TOKEN          Token of the live board, for serve
  DATABASE_URL             PostgreSQL database, for serve and report --postgres
  NO_COLOR                 No colours; pipes get none anyway
  CLICOLOR_FORCE           Colours in pipes too
  RUST_LOG                 What is logged to stderr";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A terminal that is gone has nobody who reads.
            let _ = error.print();
            let asked_for_help = !error.use_stderr();
            return if asked_for_help {
                Exit::AsWished
            } else {
                Exit::Wrong
            }
            .into();
        }
    };
    terminal::log(match arguments.command {
        Command::Serve(_) => "info",
        _ => "off",
    });
    let exit = match arguments.command {
        Command::Setup(arguments) => setup::run(arguments).await,
        Command::Recipe(arguments) => recipe::run(arguments).await,
        Command::Doctor(arguments) => doctor::run(arguments).await,
        Command::Login(arguments) => login::run(arguments).await,
        Command::Report(arguments) => report::run(*arguments).await,
        Command::Serve(arguments) => serve::run(arguments).await,
        Command::Fake(arguments) => fake::run(arguments).await,
        Command::LiveCheck(arguments) => live_check::run(arguments).await,
        Command::Completions(arguments) => completions::run(&arguments),
    };
    exit.into()
}
