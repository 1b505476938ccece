//! What the program did, for those who mend it: a file that turns over, of what happens and never of whom or what it is about. No path, no
//! name, no text of a file or project stands in it.

use std::fs::{File, OpenOptions};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

use crate::project::Settings;

/// The file that is being written to.
const NAME: &str = "qiancun.log";
/// Beyond this it becomes the one before, at the next start.
const MOST_BYTES: u64 = 1 << 20;
/// Files that are kept besides.
const KEPT: usize = 3;

static PLACE: OnceLock<PathBuf> = OnceLock::new();

/// The folder of the log, where it is written.
pub fn place() -> Option<&'static Path> {
    PLACE.get().map(PathBuf::as_path)
}

/// Where it lies: beside the settings.
fn usual_folder() -> Option<PathBuf> {
    Some(Settings::path()?.parent()?.join("logs"))
}

/// Begins to write, once a program; where there is no place to write to, nothing is written and nothing is lost.
pub(super) fn begin() {
    let Some(folder) = usual_folder() else { return };
    let Ok(file) = opened(&folder) else { return };
    let format = tracing_subscriber::fmt::layer().with_ansi(false).with_target(false).with_writer(Mutex::new(file));
    // What libraries say may hold paths and texts.
    let own = format.with_filter(filter_fn(|m| m.target().starts_with(env!("CARGO_PKG_NAME"))));
    if tracing::subscriber::set_global_default(Registry::default().with(own)).is_err() {
        return;
    }
    PLACE.set(folder).ok();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        note_panic(info);
        usual(info);
    }));
}

/// The log, turned over where it has grown.
fn opened(folder: &Path) -> std::io::Result<File> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(NAME);
    if std::fs::metadata(&path).is_ok_and(|m| m.len() > MOST_BYTES) {
        let numbered = |n: usize| folder.join(format!("qiancun.{n}.log"));
        for n in (1..KEPT).rev() {
            // One that is not there, or that another program holds, stays as it is.
            std::fs::rename(numbered(n), numbered(n + 1)).ok();
        }
        std::fs::rename(&path, numbered(1)).ok();
    }
    OpenOptions::new().create(true).append(true).open(path)
}

/// Where the program broke, and how it had come there.
fn note_panic(info: &PanicHookInfo<'_>) {
    let at = info.location().map(|l| format!("{}:{}", file_of(l.file()), l.line())).unwrap_or_default();
    let text = info.payload().downcast_ref::<&str>().map(|t| (*t).to_owned());
    let text = text.or_else(|| info.payload().downcast_ref::<String>().cloned()).unwrap_or_default();
    let trace = std::backtrace::Backtrace::force_capture().to_string();
    // Names of functions say enough; lines below them hold paths of the machine that built the program.
    let trace: Vec<&str> = trace.lines().map(str::trim).filter(|l| !l.starts_with("at ")).take(60).collect();
    let thread = std::thread::current().name().unwrap_or("?").to_owned();
    tracing::error!(at, thread, says = without_data(&text), trace = trace.join(" | "), "broke");
}

/// A source within its crate: what stands before is of the machine that built it.
fn file_of(path: &str) -> &str {
    path.rfind("src/").and_then(|at| path.get(at..)).unwrap_or(path)
}

/// A text of a fault without what it quotes, and without letters that only data have.
pub(super) fn without_data(text: &str) -> String {
    let mut out = String::new();
    let mut quoted: Option<char> = None;
    for c in text.chars().take(400) {
        match (quoted, c) {
            // From where a path begins nothing is kept: it may have blanks.
            (None, '/' | '\\') => {
                out.push('…');
                break;
            }
            (None, '"' | '`' | '“' | '\'') => {
                quoted = Some(if c == '“' { '”' } else { c });
                out.push('…');
            }
            (Some(end), c) if c == end => quoted = None,
            (Some(_), _) => {}
            (None, c) if c.is_ascii() => out.push(c),
            (None, _) => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_file_or_person_is_written() {
        assert_eq!(without_data("no village \"东沟村\" in /home/li/村.geojson row 3"), "no village … in …");
        assert_eq!(without_data("index 3 of 2"), "index 3 of 2");
        assert_eq!(without_data("张三 `secret"), " …");
        assert_eq!(without_data(r"cannot open C:\Users\Li Ming\West village.geojson"), "cannot open C:…");
        assert_eq!(without_data("field 'Zhang San' is no number"), "field … is no number");
        assert_eq!(file_of("/build/qiancun/src/app/mod.rs"), "src/app/mod.rs");
    }

    #[test]
    fn a_log_that_has_grown_is_turned_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        for round in 0..6 {
            std::fs::write(&path, vec![b'0' + round; MOST_BYTES as usize + 1]).expect("written");
            drop(opened(folder.path()).expect("opened"));
        }
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .expect("there")
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        assert_eq!(names, ["qiancun.1.log", "qiancun.2.log", "qiancun.3.log", "qiancun.log"]);
        assert_eq!(std::fs::read(folder.path().join("qiancun.1.log")).expect("there")[0], b'5', "the latest before");
    }
}
