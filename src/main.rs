//! The program `qiancun`: everything is in the library.

fn main() -> std::process::ExitCode {
    qiancun::cli::run(std::env::args_os().skip(1))
}
