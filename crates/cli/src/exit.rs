//! What the exit codes mean.

use std::process::ExitCode;

/// How a command ended. The numbers are promised to scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It did what was asked.
    Fine = 0,
    /// A test or a check failed, or what was compared differs.
    Failed = 1,
    /// The command was used wrongly, or names something that is not there.
    Usage = 2,
    /// A procedure file does not load.
    Procedure = 3,
    /// The store is damaged, or its proof is broken.
    Damaged = 4,
    /// Somebody else came first, or the store cannot be had: it is locked, read-only, or the disk refuses.
    Conflict = 5,
    /// The procedure does not allow it.
    NotAllowed = 6,
    /// A limit cannot be computed.
    CannotCompute = 7,
}

/// The list for the help page.
pub(crate) const HELP: &str = "\
Exit codes:
  0  fine                              4  the store is damaged or its proof broken
  1  a test failed, or two differ      5  conflict, or the store cannot be had
  2  wrong usage, or no such thing     6  the procedure does not allow it
  3  a procedure file does not load    7  a limit cannot be computed

What is recorded ends with 0 even if the answer cannot be written; standard error says so.

Environment: COMITY_STORE, COMITY_WORKFLOWS, COMITY_ACCOUNT, COMITY_LOG (off, or like `info`), NO_COLOR";

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
