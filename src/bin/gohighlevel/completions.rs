//! `completions`: the script by which a shell completes the command.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::exit::Exit;
use crate::terminal;

/// Print the script by which your shell completes this command
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which shell; its documentation says where such a script belongs
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> Exit {
    let mut script = Vec::new();
    let mut command = crate::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "gohighlevel", &mut script);
    terminal::print(&String::from_utf8_lossy(&script));
    Exit::AsWished
}
