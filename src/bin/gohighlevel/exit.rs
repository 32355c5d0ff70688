//! How the command ends: one meaning for each exit code, whatever the subcommand.

use std::process::ExitCode;

/// What the command found, the worst of it if there is more. A script goes by the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is as it should be, or has been done.
    AsWished,
    /// An argument or a file is wrong, or nothing could be read.
    Wrong,
    /// Something differs from what was expected.
    Differs,
    /// Only things for a person remain.
    ByHand,
    /// Some of it failed, or could not be read.
    Partly,
}

/// The codes for `--help`.
pub(crate) const CODES: &str = "\
Exit codes:
  0  All is as it should be, or was done
  1  An argument or a file is wrong, or nothing could be read; nothing was changed
  2  Something differs: there are changes to make, or an answer is not the expected one
  3  Only things for a person remain
  4  Some locations could not be read, or something failed: run it again
If several apply: 1 before 4, 2, 3 and 0.";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::AsWished => Self::SUCCESS,
            Exit::Wrong => Self::from(1),
            Exit::Differs => Self::from(2),
            Exit::ByHand => Self::from(3),
            Exit::Partly => Self::from(4),
        }
    }
}
