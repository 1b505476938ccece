//! The program `qiancun`: everything is in the library.

/// Gives memory back to the system as soon as a large file or a level of detail is dropped, and is quick where several threads
/// allocate, on every system the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    qiancun::cli::run(std::env::args_os().skip(1))
}
