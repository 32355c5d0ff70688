//! What is printed and how: colours that obey `NO_COLOR`, `CLICOLOR_FORCE` and pipes, lines that fit the terminal, and JSON.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use textwrap::Options;
use tracing_subscriber::filter::EnvFilter;

/// Longer lines are hard to read, however wide the terminal is.
pub(crate) const WIDEST: usize = 120;
/// What a pipe gets, and the least that a terminal does.
const USUAL: usize = 100;
const NARROWEST: usize = 40;

/// As it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Wrong, or missing.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// To be looked at.
pub(crate) const DOUBTFUL: Style = AnsiColor::Yellow.on_default();
/// What a thing is about.
pub(crate) const TITLE: Style = Style::new().bold();
/// What is known or matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// The colours of `--help`: dark and light backgrounds show them.
pub(crate) const HELP: clap::builder::Styles = clap::builder::Styles::styled()
    .header(TITLE)
    .usage(TITLE)
    .literal(AnsiColor::Cyan.on_default())
    .error(BAD.bold())
    .valid(GOOD)
    .invalid(DOUBTFUL);

/// `text` in a style.
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// How many columns there are to write on.
pub(crate) fn width() -> usize {
    if !io::stdout().is_terminal() {
        return USUAL;
    }
    terminal_size::terminal_size().map_or(USUAL, |(width, _)| {
        usize::from(width.0).clamp(NARROWEST, WIDEST)
    })
}

/// Adds `text` behind `head`, on as many lines as it takes; those after the first begin below the first word of it.
/// Line breaks in `text` stay.
pub(crate) fn add(out: &mut String, head: &str, text: &str) {
    let indent = " ".repeat(textwrap::core::display_width(head));
    let options = Options::new(width())
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .subsequent_indent(&indent);
    let mut first = head;
    for line in text.split('\n') {
        let wrapped = textwrap::fill(line, options.clone().initial_indent(first));
        let _ = writeln!(out, "{}", wrapped.trim_end());
        first = &indent;
    }
}

/// Prints to stdout, with colours only where they are wanted. A reader who has gone away misses nothing.
pub(crate) fn print(text: &str) {
    let mut stdout = anstream::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

/// Prints to stderr what keeps the command from its work.
pub(crate) fn complain(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let error = styled(BAD.bold(), "error:");
    let _ = writeln!(stderr, "{error} {text}");
}

/// Prints to stderr what is of interest only while it goes on.
pub(crate) fn note(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = writeln!(stderr, "{text}");
}

/// A bar of locations. It is drawn on stderr, and only if that is a terminal.
pub(crate) fn bar(locations: usize) -> ProgressBar {
    let bar = ProgressBar::new(locations as u64);
    match ProgressStyle::with_template("{bar:30} {pos} of {len} locations, {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Whether somebody is there to be asked.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks, and waits for `y` or `yes`; anything else, and Ctrl-C, is a no.
pub(crate) async fn agrees(question: &str) -> bool {
    {
        let mut stderr = anstream::stderr().lock();
        let _ = write!(stderr, "{} [y/N] ", styled(TITLE, question));
        let _ = stderr.flush();
    }
    let (answer, answered) = tokio::sync::oneshot::channel();
    // A thread of its own: nobody waits for it when the command ends.
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = io::stdin().read_line(&mut line);
        let _ = answer.send(line);
    });
    tokio::select! {
        line = answered => {
            let line = line.unwrap_or_default().trim().to_lowercase();
            matches!(line.as_str(), "y" | "yes")
        }
        _ = tokio::signal::ctrl_c() => {
            note("");
            false
        }
    }
}

/// Prints one JSON value.
pub(crate) fn print_json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(json) => print(&format!("{json}\n")),
        Err(error) => complain(&format!("cannot write JSON: {error}")),
    }
}

/// Writes to stderr what `RUST_LOG` asks for, or `otherwise`.
pub(crate) fn log(otherwise: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(otherwise));
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_env_filter(filter)
        .init();
}

/// `1 problem`, `2 problems`.
pub(crate) fn count(number: usize, word: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {word}{s}")
}

/// How many locations are named before the rest is counted.
const NAMED: usize = 3;

/// `Loop, Evanston and 38 more`; `all` is how many there are.
pub(crate) fn named(names: &[String], all: usize) -> String {
    match names.len() {
        1 if all == 1 => names.concat(),
        number if number == all => format!("all {number} locations"),
        number if number <= NAMED + 1 => names.join(", "),
        number => {
            let named = names[..NAMED].join(", ");
            format!("{named} and {} more", number - NAMED)
        }
    }
}
