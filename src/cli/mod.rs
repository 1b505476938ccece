//! The command line: one file per subcommand.

mod against;
mod args;
mod reports;
mod say;
mod bench;
mod chart;
mod check;
mod classify;
mod decision;
mod convert;
pub mod demo;
mod field;
mod field_photos;
mod form;
mod gaps;
mod help;
mod info;
mod joined;
mod map;
mod nearest;
mod open;
mod package;
mod pick;
mod preflight;
mod read;
mod render;
mod share;
mod shot;
mod summary;
mod survey;
mod survey_exchange;
mod written;

use crate::project::Beside;
use std::ffi::OsString;
use std::process::ExitCode;

use crate::app;
use say::{said, told};

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Wrong usage: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The input could not be used: exit code 1.
    #[error("{0}")]
    Input(String),
    /// The same, with what a program needs to know of it.
    #[error("{message}")]
    Because {
        /// A stable word for the reason.
        code: &'static str,
        /// What happened, for people.
        message: String,
        /// The file that it is about.
        file: Option<std::path::PathBuf>,
    },
    /// The reason is in the document already printed: exit code 1.
    #[error("")]
    Printed,
}

impl From<lexopt::Error> for Failure {
    fn from(e: lexopt::Error) -> Self {
        Self::Usage(e.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Self {
        Self::Input(e.to_string())
    }
}

/// Runs the program with these arguments, the program's own name left out.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let as_json = arguments.iter().any(|a| a == "--json");
    let done = in_language(&arguments).and_then(|()| match dispatch(arguments.clone()) {
        // Every command takes a language, also where nothing of what it says depends on it.
        Err(Failure::Usage(message)) if message == "invalid option '--lang'" => dispatch(without_language(&arguments)),
        other => other,
    });
    match done.and_then(|()| say::finish()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            told!("qiancun: {message}\n\n{}", help::after_wrong_usage(&arguments));
            ExitCode::from(2)
        }
        Err(Failure::Input(message)) => failed(as_json, "failed", &message, None),
        Err(Failure::Because { code, message, file }) => failed(as_json, code, &message, file.as_deref()),
        // What could not be printed is one more failure.
        Err(Failure::Printed) => {
            if let Err(e) = say::finish() {
                told!("qiancun: {e}");
            }
            ExitCode::from(1)
        }
    }
}

/// Notes which language the arguments ask for.
fn in_language(arguments: &[OsString]) -> Result<(), Failure> {
    let mut said = arguments.iter().skip_while(|a| *a != "--lang").skip(1);
    if let Some(word) = said.next() {
        let mut parser = lexopt::Parser::from_args([OsString::from("--lang"), word.clone()]);
        parser.next()?;
        say::say_in(args::lang(&mut parser)?);
    }
    Ok(())
}

fn without_language(arguments: &[OsString]) -> Vec<OsString> {
    let at = arguments.iter().position(|a| a == "--lang");
    let is_of_it = |i: usize| at.is_some_and(|at| i == at || i == at + 1);
    arguments.iter().enumerate().filter(|(i, _)| !is_of_it(*i)).map(|(_, a)| a.clone()).collect()
}

/// Whether somebody sees what is written to standard error.
static ERRORS_ARE_SEEN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(true);

/// Says whether somebody sees what is written to standard error: without a console nobody does, and what ends the program is shown in a
/// window of its own.
pub fn errors_are_seen(are_seen: bool) {
    ERRORS_ARE_SEEN.store(are_seen, std::sync::atomic::Ordering::Relaxed);
}

/// Says why a command failed: in words on standard error, and for programs as a document on standard output.
fn failed(as_json: bool, code: &str, message: &str, file: Option<&std::path::Path>) -> ExitCode {
    told!("qiancun: {message}");
    if !ERRORS_ARE_SEEN.load(std::sync::atomic::Ordering::Relaxed) {
        rfd::MessageDialog::new().set_title("千村 Qiancun").set_description(message).show();
    }
    if as_json {
        let file = file.map(|f| f.to_string_lossy());
        let error = serde_json::json!({ "code": code, "message": message, "file": file, "feature": null });
        // Where it cannot be printed, the words above have said it.
        read::print(&serde_json::json!({ "error": error })).and_then(|()| say::finish()).ok();
    }
    ExitCode::from(1)
}

fn dispatch(arguments: Vec<OsString>) -> Result<(), Failure> {
    let rest = || lexopt::Parser::from_args(arguments.iter().skip(1).cloned());
    let asks = arguments.iter().any(|a| a == "--help" || a == "-h");
    if asks && without_language(&arguments).first().is_some_and(|a| a == "--help" || a == "-h") {
        return help::run(lexopt::Parser::from_args(Vec::<OsString>::new()));
    }
    if let Some(text) = help::asked(&arguments) {
        say::say(format_args!("{text}"), "");
        return Ok(());
    }
    match arguments.first().and_then(|a| a.to_str()) {
        Some("check") => check::run(rest()),
        Some("info") => info::run(rest()),
        Some("pick") => pick::run(rest()),
        Some("nearest") => nearest::run(rest()),
        Some("classify") => classify::run(rest()),
        Some("convert") => convert::run(rest()),
        Some("map") => map::run(rest()),
        Some("open") => open::run(rest()),
        Some("pack") => package::pack_project(rest()),
        Some("unpack") => package::unpack_project(rest()),
        Some("share") => share::run(rest()),
        Some("preflight") => preflight::run(rest()),
        Some("shot") => shot::run(rest()),
        Some("summary") => summary::run(rest()),
        Some("chart") => chart::run(rest()),
        Some("gaps") => gaps::run(rest()),
        Some("field") => field::run(rest()),
        Some("form") => form::run(rest()),
        Some("render") => render::run(rest()),
        Some("atlas") => render::run_atlas(rest()),
        Some("survey") => survey::run(rest()),
        Some("decision") => decision::run(rest()),
        Some("reports") => reports::run(rest()),
        Some("people") => decision::people(rest()),
        Some("bench") => bench::run(rest()),
        Some("demo") => run_demo(rest()),
        Some("help" | "--help" | "-h") => help::run(rest()),
        Some("--version" | "-V") => {
            said!("{}", crate::version());
            Ok(())
        }
        Some(word) if is_mistyped(word) => Err(Failure::Usage(format!(
            "{word} is no command and no file{}",
            like(word).map(|known| format!("; did you mean {known}?")).unwrap_or_default()
        ))),
        _ => window(lexopt::Parser::from_args(arguments)),
    }
}

/// Whether a word can only be meant as a command: letters, and no file of that name.
fn is_mistyped(word: &str) -> bool {
    let is_word =
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-');
    is_word && !std::path::Path::new(word).exists()
}

/// The command that a mistyped one is meant for, where one is close.
fn like(word: &str) -> Option<&'static str> {
    let far = |known: &str| {
        let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), known.chars().collect());
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, c) in a.iter().enumerate() {
            let mut before = std::mem::replace(&mut row[0], i + 1);
            for (j, d) in b.iter().enumerate() {
                let put = (before + usize::from(c != d)).min(row[j] + 1).min(row[j + 1] + 1);
                before = std::mem::replace(&mut row[j + 1], put);
            }
        }
        row.last().copied().unwrap_or(usize::MAX)
    };
    help::commands().into_iter().map(|known| (far(known), known)).filter(|(n, _)| *n <= 2).min().map(|(_, known)| known)
}

/// How the window is opened by this person on this machine.
fn usual() -> app::Options {
    app::Options {
        settings: crate::project::Settings::load(),
        remember: true,
        rescue_to: app::rescue_path(),
        // The settings say how much; see `Settings::cache_limit_bytes`.
        cache: crate::cache::Cache::usual_folder().map(|folder| crate::cache::Cache::new(folder, u64::MAX)),
        ..Default::default()
    }
}

fn window(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let mut options = usual();
    let mut is_demo = false;
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Value(path) => options.files.push(path.into()),
            lexopt::Arg::Long("lang") => options.lang = Some(args::lang(&mut parser)?),
            lexopt::Arg::Long("dark") => options.dark = Some(true),
            lexopt::Arg::Long("demo") => is_demo = true,
            lexopt::Arg::Long("safe") => options.safe = true,
            other => return Err(other.unexpected().into()),
        }
    }
    if options.safe {
        // Nothing of former sessions: neither what was kept of files nor what was chosen, and a program draws.
        (options.cache, options.settings, options.remember) = (None, crate::project::Settings::default(), false);
    }
    // Who has opened something before is offered that; the demonstration is for the first time.
    options.empty = options.files.is_empty() && !is_demo && !options.settings.recent.is_empty();
    app::run(options).map_err(Failure::Input)
}

fn run_demo(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let mut folder = None;
    let (mut villages, mut vertices) = (None, 64_u32);
    while let Some(arg) = parser.next()? {
        match arg {
            lexopt::Arg::Long("villages") => villages = Some(args::number(&mut parser, 1, 5_000_000)? as usize),
            lexopt::Arg::Long("vertices") => vertices = args::number(&mut parser, 6, 10_000)?,
            lexopt::Arg::Value(path) if folder.is_none() => folder = Some(std::path::PathBuf::from(path)),
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some(villages) = villages {
        return write_country(&folder.unwrap_or_else(|| ".".into()), villages, vertices);
    }
    let folder = folder.ok_or_else(|| Failure::Usage("demo needs a folder to write to".into()))?;
    let project = include_bytes!("../../maps/haidian-demo/haidian.qiancun");
    let explain =
        |e: std::io::Error| Failure::Input(format!("the demonstration cannot be written to {}: {e}", folder.display()));
    let mut written = demo::generate(&folder).map_err(explain)?;
    let path = folder.join("haidian.qiancun");
    crate::project::write_replacing(&path, project).map_err(explain)?;
    written.push(path);
    for path in written {
        said!("{}", path.display());
    }
    Ok(())
}

/// Writes `country-N.geojson`, beside its place first, so that no half of it is left behind.
fn write_country(folder: &std::path::Path, villages: usize, vertices: u32) -> Result<(), Failure> {
    let path = folder.join(format!("country-{villages}.geojson"));
    let explain = |e: std::io::Error| Failure::Input(format!("{} cannot be written: {e}", path.display()));
    std::fs::create_dir_all(folder).map_err(explain)?;
    let write = || {
        let mut out = std::io::BufWriter::with_capacity(1 << 20, Beside::begin(&path)?);
        demo::Country::new(villages, vertices).write(&mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.finish()
    };
    write().map_err(explain)?;
    said!("{}", path.display());
    Ok(())
}
