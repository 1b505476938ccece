//! The program `qiancun`: everything is in the library.
// No console stands behind the map on Windows; where the program is started from one, it writes there.
#![cfg_attr(windows, windows_subsystem = "windows")]

/// Gives memory back to the system as soon as a large file or a level of detail is dropped, and is quick where several threads
/// allocate, on every system the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(windows)]
    console::attach();
    qiancun::cli::run(std::env::args_os().skip(1))
}

/// The console of whoever started the program.
#[cfg(windows)]
mod console {
    use windows_sys::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole, GetStdHandle, STD_ERROR_HANDLE};

    /// Writes to the console that the program was started from, where there is one and nothing else was said.
    #[allow(unsafe_code, reason = "the system has no other way, and neither call touches memory of this program")]
    pub fn attach() {
        // SAFETY: both calls take plain numbers and return one.
        let has_errors_place = unsafe { !GetStdHandle(STD_ERROR_HANDLE).is_null() };
        // SAFETY: as above.
        let has_console = has_errors_place || unsafe { AttachConsole(ATTACH_PARENT_PROCESS) } != 0;
        qiancun::cli::errors_are_seen(has_console);
    }
}
