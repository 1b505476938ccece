//! A project that travels: one archive with the project, its data, and what else is wanted; unpacked it is a folder as any other.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};

use zip::write::SimpleFileOptions;

use super::error::UnpackError;
use super::file::{Project, text_for};
use super::write::Beside;
use crate::lang::{Lang, fill};
use crate::model::LayerKind;
use crate::read::split_layer;

/// Endings of files that belong to another of the same name.
const COMPANIONS: [&str; 18] = [
    "dbf", "shx", "prj", "cpg", "sbn", "sbx", "qix", "qpj", "tfw", "tifw", "pgw", "pngw", "jgw", "jpgw", "jpegw",
    "wld", "aux.xml", "shp.xml",
];
/// The most that is unpacked: an archive of a few kilobytes can hold more than a disk.
const MAX_UNPACKED: u64 = 64 << 30;
/// How many times its own size an archive may come to.
const MAX_RATIO: u64 = 200;
/// The most entries of a package.
const MOST_ENTRIES: usize = 100_000;

/// What goes into a package besides project and data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackOptions {
    /// The ground, where it is a file: often the largest part.
    pub ground: bool,
    /// Folders of photos.
    pub photos: bool,
    /// The survey log, with who was where when, and its photos.
    pub log: bool,
    /// Notes on the map.
    pub notes: bool,
    /// Who answers for what, with telephone numbers.
    pub people: bool,
}

impl Default for PackOptions {
    fn default() -> Self {
        Self { ground: true, photos: true, log: false, notes: false, people: false }
    }
}

/// Why something is not in a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOutOfPackage {
    /// The file is not there.
    Missing,
    /// It was not wanted.
    NotWanted,
    /// It is tiles of a server.
    Server,
    /// Notes on the map were not wanted; how many stands in the name's place.
    Notes,
    /// Who answers for what was not wanted; how many stands in the name's place.
    People,
}

impl LeftOutOfPackage {
    /// In language files `package.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotWanted => "not-wanted",
            Self::Server => "server",
            Self::Notes => "notes-left",
            Self::People => "people-left",
        }
    }

    /// What is left out, and why, in words.
    pub fn words(self, name: &str, lang: Lang) -> String {
        let words = fill(lang.find(&format!("package.{}", self.key())).unwrap_or(self.key()), &[("n", name)]);
        match self {
            Self::Notes | Self::People => words,
            Self::Missing | Self::NotWanted | Self::Server => format!("{name}   {words}"),
        }
    }
}

/// What is in a package: names and sizes; and what is not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packed {
    /// Files, by their names in it.
    pub files: Vec<(String, u64)>,
    /// What is not in it, and why.
    pub left_out: Vec<(String, LeftOutOfPackage)>,
}

/// What is to go into a package, put together before it is written.
struct Contents {
    folder: PathBuf,
    /// Where each file lies, by its name in the package.
    files: BTreeMap<String, PathBuf>,
    packed: Packed,
}

impl Contents {
    /// Takes a file with those that belong to it; its name in the package.
    fn take(&mut self, file: &Path) -> Option<String> {
        let name = self.name_of(file);
        if !file.is_file() {
            self.packed.left_out.push((name, LeftOutOfPackage::Missing));
            return None;
        }
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(s, _)| s).to_owned();
        // Where `v.CPG` answers to `v.cpg` too, each file is taken under the name that it has.
        let listed: Option<Vec<std::ffi::OsString>> =
            file.parent().and_then(|f| std::fs::read_dir(f).ok()).map(|e| e.flatten().map(|e| e.file_name()).collect());
        let is_named =
            |path: &Path| listed.as_ref().is_none_or(|l| l.iter().any(|n| Some(n.as_os_str()) == path.file_name()));
        for ending in COMPANIONS {
            for ending in [ending.to_owned(), ending.to_uppercase()] {
                for (beside, named) in [
                    (file.with_extension(&ending), format!("{stem}.{ending}")),
                    (PathBuf::from(format!("{}.{ending}", file.display())), format!("{name}.{ending}")),
                ] {
                    if beside.is_file() && beside != file && is_named(&beside) {
                        self.files.insert(named, beside);
                    }
                }
            }
        }
        self.files.insert(name.clone(), file.to_path_buf());
        Some(name)
    }

    /// Takes a folder with all that is in it.
    fn take_folder(&mut self, folder: &Path, name: &str) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.flatten().map(|e| e.path()) {
            let own = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let name = format!("{name}/{own}");
            if path.is_dir() && !path.is_symlink() {
                self.take_folder(&path, &name);
            } else if path.is_file() {
                self.files.insert(name, path);
            }
        }
    }

    /// The name of a file in the package: as it lies below the project, else in a folder for those from elsewhere.
    fn name_of(&self, file: &Path) -> String {
        let inside = file.strip_prefix(&self.folder).ok().map(slashed);
        if let Some(name) = inside.filter(|n| !n.is_empty()) {
            return name;
        }
        let own = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let named = |n: usize| if n == 0 { format!("data/{own}") } else { format!("data/{n}/{own}") };
        let is_free = |name: &String| self.files.get(name).is_none_or(|f| f == file);
        (0..).map(named).find(is_free).unwrap_or(own)
    }
}

fn slashed(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

/// What would go into a package, and what not: names and sizes, nothing written. `beside` as [`pack`] has it.
pub fn contents_of(project: &Project, file: &Path, beside: &[PathBuf], options: PackOptions) -> Packed {
    let (contents, _) = gather(project, file, beside, options);
    let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |m| m.len());
    let files = contents.files.iter().map(|(name, path)| (name.clone(), size(path))).collect();
    Packed { files, ..contents.packed }
}

/// Writes a project with its data into one archive (ZIP). `beside`: further files and folders that go along where the log does. The project in
/// it names its files as they lie in it.
///
/// # Errors
/// Those of the file system; nothing is left half written.
pub fn pack(
    project: &Project,
    file: &Path,
    beside: &[PathBuf],
    options: PackOptions,
    out: &Path,
) -> io::Result<Packed> {
    let (contents, own) = gather(project, file, beside, options);
    let text = text_for(&contents.folder.join(name_in(file)), &own).map_err(io::Error::other)?;
    let Contents { files, mut packed, .. } = contents;
    packed.files = write(out, (&name_in(file), &text), &files)?;
    Ok(packed)
}

fn name_in(file: &Path) -> String {
    file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What goes in, and the project as it says it there.
fn gather(project: &Project, file: &Path, beside: &[PathBuf], options: PackOptions) -> (Contents, Project) {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    let folder = file.parent().unwrap_or(Path::new("/")).to_path_buf();
    let mut contents = Contents { folder: folder.clone(), files: BTreeMap::new(), packed: Packed::default() };
    let mut own = project.clone();
    own.layers.retain_mut(|layer| {
        let is_ground = layer.kind == Some(LayerKind::Ground);
        let name = if layer.title.is_empty() { contents.name_of(&layer.path) } else { layer.title.clone() };
        let mut leave = |why| contents.packed.left_out.push((name.clone(), why));
        if layer.path.as_os_str().is_empty() {
            // Only its address goes along: nothing is fetched before a person says so.
            leave(LeftOutOfPackage::Server);
            return true;
        }
        if is_ground && !options.ground || layer.kind == Some(LayerKind::Photos) && !options.photos {
            leave(LeftOutOfPackage::NotWanted);
            return false;
        }
        if layer.path.is_dir() {
            let name = contents.name_of(&layer.path);
            contents.take_folder(&layer.path.clone(), &name);
            layer.path = folder.join(name);
            return true;
        }
        let (path, inner) = split_layer(&layer.path);
        // One that is not there is called what it would be: where it should lie with the sender is nobody's business.
        let name = contents.take(&path).unwrap_or_else(|| contents.name_of(&path));
        let inner = inner.map(|l| format!("#{l}")).unwrap_or_default();
        layer.path = folder.join(format!("{name}{inner}"));
        true
    });
    for path in own.tables.iter_mut().map(|t| &mut t.path).chain(own.forms.iter_mut().map(|f| &mut f.path)) {
        let name = contents.take(&path.clone()).unwrap_or_else(|| contents.name_of(path));
        *path = folder.join(name);
    }
    if !options.notes && !own.notes.is_empty() {
        contents.packed.left_out.push((own.notes.len().to_string(), LeftOutOfPackage::Notes));
        own.notes.clear();
    }
    for photo in own.notes.iter_mut().map(|n| &mut n.photo).filter(|p| !p.as_os_str().is_empty()) {
        // Where it lay with the sender is nobody's business, whether it goes along or not.
        let path = std::mem::take(photo);
        if !options.photos {
            let name = contents.name_of(&path);
            contents.packed.left_out.push((name, LeftOutOfPackage::NotWanted));
        } else if let Some(name) = contents.take(&path) {
            *photo = folder.join(name);
        }
    }
    if !options.people && !own.people.is_empty() {
        contents.packed.left_out.push((own.people.len().to_string(), LeftOutOfPackage::People));
        own.people.clear();
    }
    for path in beside.iter().filter(|p| p.exists()).map(|p| std::path::absolute(p).unwrap_or_else(|_| p.clone())) {
        let name = contents.name_of(&path);
        match (options.log, path.is_dir()) {
            (false, _) => contents.packed.left_out.push((name, LeftOutOfPackage::NotWanted)),
            (true, true) => contents.take_folder(&path, &name),
            (true, false) => drop(contents.files.insert(name, path)),
        }
    }
    (contents, own)
}

/// Writes the archive; files of which there is nothing to gain are stored as they are.
fn write(out: &Path, (name, text): (&str, &str), files: &BTreeMap<String, PathBuf>) -> io::Result<Vec<(String, u64)>> {
    let mut listed = vec![(name.to_owned(), text.len() as u64)];
    let mut zip = zip::ZipWriter::new(io::BufWriter::new(Beside::begin(out)?));
    let deflated = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated).large_file(true);
    let stored = deflated.compression_method(zip::CompressionMethod::Stored);
    zip.start_file(name, deflated).map_err(io::Error::other)?;
    zip.write_all(text.as_bytes())?;
    for (name, path) in files {
        let is_packed = path.extension().is_some_and(|e| {
            let e = e.to_string_lossy().to_ascii_lowercase();
            ["jpg", "jpeg", "png", "webp", "zip", "kmz", "xlsx", "mbtiles", "pmtiles"].contains(&e.as_str())
        });
        zip.start_file(name.as_str(), if is_packed { stored } else { deflated }).map_err(io::Error::other)?;
        let bytes = io::copy(&mut BufReader::new(crate::read::open_plain(path)?), &mut zip)?;
        listed.push((name.clone(), bytes));
    }
    zip.finish().map_err(io::Error::other)?.into_inner().map_err(|e| e.into_error())?.finish()?;
    Ok(listed)
}

/// The project in an archive, where it is a package: one `*.qiancun` that lies at its top, or in the only folder there.
pub fn project_in(package: &Path) -> Option<String> {
    let is_zip = package.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
    let archive = zip::ZipArchive::new(BufReader::new(File::open(package).ok().filter(|_| is_zip)?)).ok()?;
    match projects_in(&archive).as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// The projects at the top of an archive; what a Mac puts beside files when it packs them is none.
fn projects_in(archive: &zip::ZipArchive<BufReader<File>>) -> Vec<String> {
    let names = archive.file_names().filter_map(|n| Some(n.ok()?.into_owned()));
    let is_project = |name: &String| {
        let own = name.rsplit('/').next().unwrap_or_default();
        own.to_ascii_lowercase().ends_with(".qiancun") && name.matches('/').count() <= 1 && !is_of_mac(name)
    };
    names.filter(is_project).collect()
}

/// Whether it is what a Mac packs beside a file (`__MACOSX/._name`).
fn is_of_mac(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.rsplit('/').next().is_some_and(|own| own.starts_with("._"))
}

/// Unpacks a package into a new folder of its name in `into`; the project in it.
///
/// # Errors
/// Where it is no package, its names lead out of the folder, it comes to more than an archive of its size may, or the folder cannot be written.
/// Nothing that is there is written over, and nothing is left of what failed.
pub fn unpack(package: &Path, into: &Path) -> Result<PathBuf, UnpackError> {
    let (own, at) = (|| package.to_path_buf(), UnpackError::at);
    let damaged = |why: &dyn std::fmt::Display| UnpackError::Damaged { path: own(), why: why.to_string() };
    let file = File::open(package).map_err(at(package))?;
    let size = file.metadata().map_err(at(package))?.len();
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(&e))?;
    let project = match projects_in(&archive).as_slice() {
        [] => return Err(UnpackError::NoProject(own())),
        [one] => one.clone(),
        _ => return Err(UnpackError::Several(own())),
    };
    let mut left = MAX_UNPACKED.min(size.saturating_mul(MAX_RATIO).max(64 << 20));
    if archive.len() > MOST_ENTRIES {
        return Err(UnpackError::TooMany(own()));
    }
    let stem = package.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = stem.strip_suffix(".qiancun").unwrap_or(&stem).to_owned();
    let named = |n: u32| into.join(if n == 0 { stem.clone() } else { format!("{stem}-{n}") });
    let folder = (0..10_000).map(named).find(|p| !p.exists()).unwrap_or_else(|| into.join(&stem));
    std::fs::create_dir_all(into).map_err(at(into))?;
    std::fs::create_dir(&folder).map_err(at(&folder))?;
    let mut all = || -> Result<(), UnpackError> {
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(|e| damaged(&e))?;
            let name = entry.name().map_err(|e| damaged(&e))?.into_owned();
            if !entry.is_file() || is_of_mac(&name) {
                continue;
            }
            let path = Path::new(&name);
            let is_safe = !name.contains('\\')
                && !name.contains(':')
                && path.components().all(|c| matches!(c, Component::Normal(_)));
            if !is_safe {
                return Err(UnpackError::Outside { path: own(), name });
            }
            let to = folder.join(path);
            if let Some(parent) = to.parent() {
                std::fs::create_dir_all(parent).map_err(at(parent))?;
            }
            let mut file = File::create_new(&to).map_err(at(&to))?;
            let bytes = io::copy(&mut (&mut entry).take(left + 1), &mut file).map_err(|e| match e.kind() {
                // What the archive itself says of its contents.
                io::ErrorKind::InvalidData
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::Other
                | io::ErrorKind::InvalidInput => damaged(&format!("{name}: {e}")),
                _ => at(&to)(e),
            })?;
            left = left.checked_sub(bytes).ok_or_else(|| UnpackError::TooLarge(own()))?;
        }
        Ok(())
    };
    if let Err(e) = all() {
        std::fs::remove_dir_all(&folder).ok();
        return Err(e);
    }
    Ok(folder.join(project))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{LayerEntry, NoteEntry, TableEntry, open};

    #[test]
    fn a_project_travels_with_all_that_it_needs() {
        let dir = tempfile::tempdir().expect("a folder");
        let (home, elsewhere) = (dir.path().join("home"), dir.path().join("elsewhere"));
        for folder in [&home, &elsewhere] {
            std::fs::create_dir_all(folder).expect("made");
        }
        for (file, text) in [
            (home.join("v.shp"), "shapes"),
            (home.join("v.dbf"), "table"),
            (home.join("v.CPG"), "GBK"),
            (elsewhere.join("figures.csv"), "a,b"),
            (home.join("d.survey.gpkg"), "log"),
            (home.join("other.txt"), "not ours"),
        ] {
            std::fs::write(file, text).expect("written");
        }
        let project = Project {
            layers: vec![LayerEntry::new(home.join("v.shp")), LayerEntry::new(home.join("gone.geojson"))],
            tables: vec![TableEntry::new(elsewhere.join("figures.csv"))],
            notes: vec![NoteEntry::default()],
            ..Project::default()
        };
        let file = home.join("d.qiancun");
        crate::project::save(&file, &project).expect("saved");
        let out = dir.path().join("d.qiancun.zip");
        let packed =
            pack(&project, &file, &[home.join("d.survey.gpkg")], PackOptions::default(), &out).expect("packed");
        let names: Vec<&str> = packed.files.iter().map(|f| f.0.as_str()).collect();
        assert_eq!(names, ["d.qiancun", "data/figures.csv", "v.CPG", "v.dbf", "v.shp"]);
        assert!(packed.left_out.contains(&("gone.geojson".into(), LeftOutOfPackage::Missing)));
        assert!(packed.left_out.contains(&("d.survey.gpkg".into(), LeftOutOfPackage::NotWanted)));
        let to = dir.path().join("there");
        let unpacked = unpack(&out, &to).expect("unpacked");
        assert_eq!(unpacked, to.join("d/d.qiancun"));
        let back = open(&unpacked).expect("a project").project;
        assert_eq!(back.layers[0].path, to.join("d/v.shp"));
        assert_eq!(std::fs::read_to_string(&back.tables[0].path).expect("there"), "a,b");
        assert!(back.notes.is_empty() && !std::fs::read_to_string(&unpacked).expect("text").contains("home"));
        // A second time beside the first, never over it.
        assert_eq!(unpack(&out, &to).expect("unpacked"), to.join("d-1/d.qiancun"));
        // Photos of notes go along with them, and nothing of where they lay does.
        std::fs::write(elsewhere.join("spot.jpg"), "photo").expect("written");
        let note = |photo: &str| NoteEntry { title: "a".into(), photo: elsewhere.join(photo), ..NoteEntry::default() };
        let noted = Project { notes: vec![note("spot.jpg"), note("gone.jpg")], ..project.clone() };
        let all = PackOptions { log: true, notes: true, ..PackOptions::default() };
        let noted_out = dir.path().join("noted.zip");
        let packed = pack(&noted, &file, &[], all, &noted_out).expect("packed");
        assert!(packed.files.iter().any(|f| f.0 == "data/spot.jpg"), "{packed:?}");
        assert!(packed.left_out.contains(&("data/gone.jpg".into(), LeftOutOfPackage::Missing)), "{packed:?}");
        let there = unpack(&noted_out, &to).expect("unpacked");
        assert!(open(&there).expect("a project").project.notes[0].photo.is_file());
        assert!(!std::fs::read_to_string(&there).expect("text").contains("elsewhere"));
        let packed = pack(&project, &file, &[home.join("d.survey.gpkg")], all, &out).expect("packed");
        assert!(packed.files.iter().any(|f| f.0 == "d.survey.gpkg"));
    }

    #[test]
    fn what_is_no_package_is_refused_and_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        let made = |name: &str, entries: &[(&str, &[u8])]| {
            let path = dir.path().join(name);
            let mut zip = zip::ZipWriter::new(File::create(&path).expect("made"));
            for (name, bytes) in entries {
                zip.start_file(*name, SimpleFileOptions::default()).expect("begun");
                zip.write_all(bytes).expect("written");
            }
            zip.finish().expect("written");
            path
        };
        let to = dir.path().join("to");
        let bomb = vec![0; 80 << 20];
        for (name, entries) in [
            ("none.zip", vec![("a.geojson", b"{}".as_slice())]),
            ("two.zip", vec![("a.qiancun", b"".as_slice()), ("b.qiancun", b"")]),
            ("out.zip", vec![("a.qiancun", b"".as_slice()), ("../evil.txt", b"x")]),
            ("drive.zip", vec![("a.qiancun", b"".as_slice()), ("C:\\evil.txt", b"x")]),
            ("bomb.zip", vec![("a.qiancun", b"".as_slice()), ("zeros", bomb.as_slice())]),
        ] {
            assert!(unpack(&made(name, &entries), &to).is_err(), "{name}");
            assert!(
                !to.join(name.trim_end_matches(".zip")).exists() && !dir.path().join("evil.txt").exists(),
                "{name}"
            );
        }
        std::fs::write(dir.path().join("torn.zip"), b"PK\x03\x04").expect("written");
        assert!(matches!(unpack(&dir.path().join("torn.zip"), &to), Err(UnpackError::Damaged { .. })));
        // Packed again on a Mac.
        let mac = made("mac.zip", &[("a.QIANCUN", b"version = 1"), ("__MACOSX/._a.qiancun", b"x")]);
        assert!(unpack(&mac, &to).is_ok_and(|p| p.is_file() && !to.join("mac/__MACOSX").exists()));
    }
}
