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
  1  An argument or a file is wrong, or nothing could be read
  2  Something differs: changes to make, or an answer that was not expected
  3  Only things for a person remain
  4  Some locations could not be read, or something failed: run it again
If several apply: 1 before 4, 2, 3 and 0.";

impl Exit {
    /// The number that a script sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::AsWished => 0,
            Self::Wrong => 1,
            Self::Differs => 2,
            Self::ByHand => 3,
            Self::Partly => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
