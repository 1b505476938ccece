//! Why a project could not be opened, saved or unpacked.

use std::path::{Path, PathBuf};

use crate::lang::Lang;

/// Why a project could not be opened or saved.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no project.
    #[error("{path} is not a project file of Qiancun: {message}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        message: String,
    },
    /// The file is no text, or text in another encoding than UTF-8, as old editors save it.
    #[error(
        "{path} is not a project file of Qiancun: line {line} is not text in UTF-8; choose a project (*.qiancun), or save it as UTF-8 in your editor"
    )]
    NoText {
        /// The file.
        path: PathBuf,
        /// Its first line that is none, 1-based.
        line: usize,
    },
    /// A number that is none: nothing can be computed with it.
    #[error("{path}, line {line}: {place} is {value}, which is no number; write a number there, or take the line out")]
    NoNumber {
        /// The file.
        path: PathBuf,
        /// Its line, 1-based.
        line: usize,
        /// Which value, such as `rule[0].limits.residents`.
        place: String,
        /// How it stands there.
        value: String,
    },
    /// Somebody else wrote the file since it was last looked at.
    #[error("{path} was written by somebody else meanwhile; it is left as it is")]
    Changed {
        /// The file.
        path: PathBuf,
    },
}

impl ProjectError {
    /// It in words for the person at the window.
    pub fn words(&self, lang: Lang) -> String {
        let path = match self {
            Self::Io { path, .. }
            | Self::Syntax { path, .. }
            | Self::NoText { path, .. }
            | Self::NoNumber { path, .. }
            | Self::Changed { path } => path.display().to_string(),
        };
        let (key, values) = match self {
            Self::Io { source, .. } => ("project-error.io", vec![("n", read_words(lang, source))]),
            Self::Syntax { message, .. } => ("project-error.syntax", vec![("n", message.trim().to_owned())]),
            Self::NoText { line, .. } => ("project-error.no-text", vec![("line", line.to_string())]),
            Self::NoNumber { line, place, value, .. } => (
                "project-error.no-number",
                vec![("line", line.to_string()), ("place", place.clone()), ("value", value.clone())],
            ),
            Self::Changed { .. } => ("project-error.changed", Vec::new()),
        };
        let mut all = vec![("path", path.as_str())];
        all.extend(values.iter().map(|(k, v)| (*k, v.as_str())));
        lang.with(key, &all)
    }
}

/// Why a file could not be read, in the person's language where that helps.
pub fn read_words(lang: Lang, error: &std::io::Error) -> String {
    use std::io::ErrorKind as K;
    let key = match error.kind() {
        K::NotFound => "project-error.gone",
        K::PermissionDenied => "project-error.denied",
        K::ResourceBusy => "error.held-open",
        _ => return error.to_string(),
    };
    lang.t(key).to_owned()
}

/// Why a package could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It is no archive, or cut short.
    #[error("{}: it is no package, or is damaged: {why}", path.display())]
    Damaged {
        /// The package.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// No project is at its top.
    #[error("{}: it holds no project", .0.display())]
    NoProject(PathBuf),
    /// More than one is.
    #[error("{}: it holds several projects", .0.display())]
    Several(PathBuf),
    /// It has more files than a project can have.
    #[error("{}: it holds too many files", .0.display())]
    TooMany(PathBuf),
    /// A name in it leads elsewhere.
    #[error("{}: a name in it leads out of the folder: {name}", path.display())]
    Outside {
        /// The package.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// Unpacked it would fill the disk.
    #[error("{}: it comes to more than an archive of its size may", .0.display())]
    TooLarge(PathBuf),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl UnpackError {
    /// What went wrong with a file.
    pub(super) fn at(path: &Path) -> impl Fn(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path: path.clone(), source }
    }

    /// It in words for the person at the window; the package is named elsewhere.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Damaged { why, .. } => lang.with("unpack-error.damaged", &[("n", why)]),
            Self::NoProject(_) => lang.t("unpack-error.no-project").to_owned(),
            Self::Several(_) => lang.t("unpack-error.several").to_owned(),
            Self::TooMany(_) => lang.t("unpack-error.too-many").to_owned(),
            Self::Outside { name, .. } => lang.with("unpack-error.outside", &[("name", name)]),
            Self::TooLarge(_) => lang.t("unpack-error.too-large").to_owned(),
            Self::Io { path, source } => {
                let path = path.display().to_string();
                lang.with("unpack-error.io", &[("path", &path), ("n", &read_words(lang, source))])
            }
        }
    }
}
