//! Pages that were made of a project, by the short code that stands on them: what they showed, and of which data. The list is a file beside the
//! project, one page a line (JSON), so that making a page changes no project, and two people may make pages at once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::file::Project;
use super::scene::SceneEntry;
use crate::model::LayerKind;
use crate::read::read_plain;

/// Digits of codes (Crockford's base 32): none is taken for another.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code, without its dash.
const CODE_LENGTH: usize = 8;
/// The longest list that is read.
const MAX_LIST_BYTES: u64 = 64 << 20;
/// Name among the digests of what the project says over its files.
const CORRECTIONS: &str = "corrections";

/// A page that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MadePage {
    /// Its code, as [`code_of`] writes it.
    pub code: String,
    /// What it showed, from where.
    pub view: SceneEntry,
    /// Digests of the data that it was made of, by the names of the files.
    pub data: BTreeMap<String, String>,
}

impl MadePage {
    /// The page that shows this view of these data: the same page has the same code everywhere.
    pub fn new(view: SceneEntry, data: BTreeMap<String, String>) -> Self {
        // What a speaker says of a scene is not what it shows.
        let no_words = SceneEntry::default();
        let view = SceneEntry {
            name: no_words.name,
            name_en: no_words.name_en,
            title: no_words.title,
            title_en: no_words.title_en,
            note: no_words.note,
            note_en: no_words.note_en,
            ..view
        };
        let said = serde_json::to_string(&(&view, &data)).unwrap_or_default();
        let digest = Sha256::digest(said.as_bytes());
        let number = digest.iter().take(5).fold(0_u64, |n, byte| (n << 8) | u64::from(*byte));
        let digit = |i: usize| DIGITS.get((number >> (35 - 5 * i)) as usize & 31).map_or('0', |d| char::from(*d));
        let code: String = (0..CODE_LENGTH).map(digit).collect();
        Self { code: code_of(&code).unwrap_or(code), view, data }
    }

    /// The data that are no longer what the page was made of, by name; files that are gone or came later among them.
    pub fn changed(&self, now: &BTreeMap<String, String>) -> Vec<String> {
        let mut names: Vec<String> = self.data.keys().chain(now.keys()).cloned().collect();
        names.sort();
        names.dedup();
        names.retain(|n| self.data.get(n) != now.get(n));
        names
    }
}

/// A code as pages have it, `K7M2-9QXD`, of what a person types: small letters, without the dash, O for 0, I and L for 1. `None` where it
/// can be none.
///
/// # Examples
/// ```
/// use qiancun::project::code_of;
///
/// assert_eq!(code_of(" k7m29qxd ").as_deref(), Some("K7M2-9QXD"));
/// assert_eq!(code_of("K7M2-9QXO"), code_of("K7M2-9QX0"));
/// assert_eq!(code_of("page 3"), None);
/// ```
pub fn code_of(typed: &str) -> Option<String> {
    let mut digits = String::with_capacity(CODE_LENGTH + 1);
    for c in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—')) {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let is_digit = u8::try_from(c).is_ok_and(|b| DIGITS.contains(&b));
        if !is_digit || digits.len() > CODE_LENGTH {
            return None;
        }
        if digits.len() == CODE_LENGTH / 2 {
            digits.push('-');
        }
        digits.push(c);
    }
    (digits.len() == CODE_LENGTH + 1).then_some(digits)
}

/// Where the pages of a project are listed.
pub fn made_pages_path(project: &Path) -> PathBuf {
    project.with_extension("pages.jsonl")
}

/// The pages that were made of a project, oldest first; lines that cannot be read are left out.
///
/// # Errors
/// Where the list is there and cannot be read.
pub fn made_pages(project: &Path) -> io::Result<Vec<MadePage>> {
    let bytes = match read_plain(&made_pages_path(project), MAX_LIST_BYTES) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let lines = bytes.split(|b| *b == b'\n');
    Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

/// Puts pages on the list of a project, each once; how many came to it.
///
/// # Errors
/// Where the list cannot be read or written.
pub fn remember_pages(project: &Path, pages: &[MadePage]) -> io::Result<usize> {
    let mut known: HashSet<String> = made_pages(project)?.into_iter().map(|p| p.code).collect();
    let (mut lines, mut count) = (Vec::new(), 0);
    for page in pages.iter().filter(|p| known.insert(p.code.clone())) {
        serde_json::to_writer(&mut lines, page)?;
        lines.push(b'\n');
        count += 1;
    }
    if count > 0 {
        // One write: two programs that append at once mix no lines. A line that was cut is ended, so that it costs itself only.
        let path = made_pages_path(project);
        let mut list = std::fs::OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        let mut last = [b'\n'];
        if list.seek(io::SeekFrom::End(-1)).is_ok() {
            list.read_exact(&mut last)?;
        }
        if last != [b'\n'] {
            lines.insert(0, b'\n');
        }
        list.write_all(&lines)?;
    }
    Ok(count)
}

/// What a project's data are now: the digest of each file, by its path from the project's folder, and of what the project says over them.
/// Files that cannot be read have none.
pub fn digests(project: &Project, folder: Option<&Path>) -> BTreeMap<String, String> {
    let folder = folder.and_then(|f| std::path::absolute(f).ok());
    let layers = project.layers.iter().filter(|l| l.kind != Some(LayerKind::Ground)).map(|l| &l.path);
    let files = layers.chain(project.tables.iter().map(|t| &t.path));
    let mut found = BTreeMap::new();
    for file in files.filter(|f| !f.as_os_str().is_empty()) {
        let (file, _) = crate::read::split_layer(file);
        let file = std::path::absolute(&file).unwrap_or(file);
        let inside = folder.as_deref().and_then(|f| file.strip_prefix(f).ok());
        // A path of this machine says nothing on another, and is nobody's business there.
        let name = inside.map_or_else(
            || file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            |p| p.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
        );
        if let Some(digest) = digest_of(&file) {
            found.insert(name, digest);
        }
    }
    let said =
        (&project.edits, &project.facilities, &project.aliases, &project.kinds, &project.rules, &project.indicators);
    let is_said = !project.edits.is_empty()
        || !project.facilities.is_empty()
        || !project.aliases.is_empty()
        || !project.kinds.is_empty()
        || !project.rules.is_empty()
        || !project.indicators.is_empty();
    if let Some(text) = is_said.then(|| serde_json::to_vec(&said).ok()).flatten() {
        found.insert(CORRECTIONS.to_owned(), short(&Sha256::digest(&text)));
    }
    found
}

fn short(digest: &[u8]) -> String {
    digest.iter().take(4).map(|b| format!("{b:02x}")).collect()
}

/// The beginning of a file's SHA-256, computed once for as long as its size and time stay.
fn digest_of(file: &Path) -> Option<String> {
    type Known = Mutex<HashMap<(PathBuf, u64, std::time::SystemTime), String>>;
    static KNOWN: std::sync::OnceLock<Known> = std::sync::OnceLock::new();
    let known = KNOWN.get_or_init(Known::default);
    let metadata = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?;
    let key = (file.to_path_buf(), metadata.len(), metadata.modified().ok()?);
    if let Some(digest) = known.lock().ok()?.get(&key) {
        return Some(digest.clone());
    }
    let mut digest = Sha256::new();
    io::copy(&mut crate::read::open_plain(file).ok()?, &mut Hashing(&mut digest)).ok()?;
    let digest = short(&digest.finalize());
    known.lock().ok()?.insert(key, digest.clone());
    Some(digest)
}

/// Takes what is written into a digest.
struct Hashing<'a>(&'a mut Sha256);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_listed_once_and_found_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let project = dir.path().join("district.qiancun");
        std::fs::write(dir.path().join("v.geojson"), "{}").expect("written");
        let mut of =
            Project { layers: vec![super::super::LayerEntry::new(dir.path().join("v.geojson"))], ..Project::default() };
        let view = || SceneEntry { filter: "人口 > 500".into(), name: "whatever".into(), ..SceneEntry::default() };
        let page = MadePage::new(view(), digests(&of, Some(dir.path())));
        assert_eq!(page.data.keys().collect::<Vec<_>>(), ["v.geojson"]);
        let keep = |page: &MadePage| remember_pages(&project, std::slice::from_ref(page)).expect("kept");
        assert_eq!((keep(&page), keep(&page)), (1, 0));
        let other = MadePage::new(SceneEntry { filter: "x".into(), ..view() }, page.data.clone());
        assert!(other.code != page.code && keep(&other) == 1);
        let mut list = std::fs::OpenOptions::new().append(true).open(made_pages_path(&project)).expect("there");
        list.write_all(b"{\"code\":").expect("a line that was cut");
        let third = MadePage::new(SceneEntry { filter: "y".into(), ..view() }, page.data.clone());
        assert_eq!(keep(&third), 1);
        assert_eq!(made_pages(&project).expect("read"), [page.clone(), other, third]);
        // What changed is told by name.
        assert!(page.changed(&digests(&of, Some(dir.path()))).is_empty());
        std::fs::write(dir.path().join("v.geojson"), "{ }").expect("written");
        of.edits.clear();
        assert_eq!(page.changed(&digests(&of, Some(dir.path()))), ["v.geojson"]);
    }

    #[test]
    fn codes_are_what_people_type() {
        let page = MadePage::new(SceneEntry::default(), BTreeMap::new());
        assert_eq!(code_of(&page.code.to_lowercase().replace('-', "")), Some(page.code.clone()));
        for wrong in ["", "K7M2", "K7M2-9QXDX", "villages.geojson", "U7M2-9QXD"] {
            assert_eq!(code_of(wrong), None, "{wrong}");
        }
    }
}
