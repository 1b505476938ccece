//! What commands print. A reader that has seen enough (`| head`) ends nothing; an output that cannot be written is said once, at
//! the end; neither is a panic.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

use super::Failure;
use crate::lang::Lang;

/// Why standard output takes nothing more.
static FAILED: Mutex<Option<io::Error>> = Mutex::new(None);

/// The language that the arguments ask for.
static IN: std::sync::OnceLock<Lang> = std::sync::OnceLock::new();

/// From now on commands speak a language, as far as they have it.
pub fn say_in(lang: Lang) {
    IN.set(lang).ok();
}

/// The language that the arguments ask for; `None` where they ask for none.
pub fn lang_said() -> Option<Lang> {
    IN.get().copied()
}

/// The language of what is said besides a command's own result: English unless the arguments ask for another, so that programs that read it find
/// what they know.
pub fn lang() -> Lang {
    lang_said().unwrap_or(Lang::En)
}

/// Prints on standard output, as long as it takes anything.
pub fn say(text: Arguments<'_>, line_end: &str) {
    write(|out| write!(out, "{text}{line_end}"));
}

/// Writes on standard output, as long as it takes anything.
pub fn write(write: impl FnOnce(&mut io::StdoutLock<'_>) -> io::Result<()>) {
    let mut failed = FAILED.lock().unwrap_or_else(PoisonError::into_inner);
    if failed.is_none() {
        *failed = write(&mut io::stdout().lock()).err();
    }
}

/// Says something on standard error. Where that is closed there is nobody to tell.
pub fn tell(text: Arguments<'_>) {
    writeln!(io::stderr().lock(), "{text}").ok();
}

/// Whether all that was printed has arrived, or nobody wanted it.
///
/// # Errors
/// Why standard output could not be written.
pub fn finish() -> Result<(), Failure> {
    write(|out| out.flush());
    match FAILED.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(e) if e.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::Input(format!("standard output cannot be written: {e}")))
        }
        _ => Ok(()),
    }
}

/// Prints a line on standard output.
macro_rules! said {
    ($($text:tt)*) => { $crate::cli::say::say(format_args!($($text)*), "\n") };
}

/// Prints a line on standard error.
macro_rules! told {
    ($($text:tt)*) => { $crate::cli::say::tell(format_args!($($text)*)) };
}

pub(crate) use {said, told};
