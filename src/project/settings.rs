//! What is remembered on this machine between two sessions.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::write::write_replacing;
use crate::lang::Lang;

/// Most entries of the list of recent files.
const MAX_RECENT: usize = 10;

/// What areas are said in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AreaUnit {
    /// Metric, with mu (亩, ¹⁄₁₅ ha) beside it.
    #[default]
    Both,
    /// m², ha, km².
    Metric,
    /// Mu.
    Mu,
}

impl AreaUnit {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Both, Self::Metric, Self::Mu];

    /// Stable name; in language files `settings.area-<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Metric => "metric",
            Self::Mu => "mu",
        }
    }
}

/// Folders in which the last answers to questions for files lay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Folders {
    /// Of what was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<PathBuf>,
    /// Of what was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write: Option<PathBuf>,
}

/// How the window shows itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowSettings {
    /// Size of all type in per cent; 100 where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_pct: Option<u32>,
    /// Whether a program draws the map rather than the graphics card; counts from the next start.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_software: bool,
    /// Whether the tour of the first start was seen or skipped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub was_toured: bool,
    /// Whether rows and buttons stand close.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub compact: bool,
    /// Whether text and rims stand out as strongly as they can; as the system has it where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contrast: Option<bool>,
    /// What areas are said in.
    #[serde(skip_serializing_if = "is_usual")]
    pub area_unit: AreaUnit,
    /// What files without a coordinate system whose positions are no degrees are taken for, such as `EPSG:4527`; asked each time where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub usual_crs: String,
    /// The graphics adapter that drew the window the last time, with its back end; any where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub adapter: String,
    /// The adapter that this person wants to draw, by its name and back end; chosen by itself where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub wanted_adapter: String,
    /// The folder in which reports of residents come as tables, by project: looked at when it is opened and when the window comes to the front.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub reports_folders: std::collections::BTreeMap<String, PathBuf>,
    /// Where questions for files begin.
    #[serde(skip_serializing_if = "is_usual")]
    pub folders: Folders,
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Choices of the person, kept in the platform's configuration folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The screen that meetings are shown on, by its place in the system's list; the one that the window is on where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting_screen: Option<usize>,
    /// `zh` or `en`; the system's where absent.
    pub language: Option<String>,
    /// Dark or light; the system's where absent.
    pub dark: Option<bool>,
    /// Files opened last, newest first.
    pub recent: Vec<PathBuf>,
    /// How the window shows itself.
    #[serde(flatten)]
    pub window: WindowSettings,
    /// Who records visits on this machine.
    pub surveyor: String,
    /// Whether nothing moves by itself: scenes change at once, figures stand.
    pub no_motion: bool,
    /// How long a year stands while the years pass, in seconds; the usual pace where 0.
    pub year_secs: f64,
    /// Memory for shapes of the map in MB; the usual where 0.
    pub map_memory_mb: u32,
    /// Most that the cache keeps on disk in MB, nothing where 0; the usual where absent.
    pub cache_limit_mb: Option<u32>,
    /// Most that is kept of tiles of servers and levels of pictures in MB, nothing where 0; the usual where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiles_limit_mb: Option<u32>,
    /// Whether files that other programs change are read again only when the person asks.
    pub rereads_on_request: bool,
    /// Servers of tiles that this person has turned on, such as `https://tiles.example.org`.
    pub online: Vec<String>,
    /// Keys for servers of tiles, by server: they stand in no project.
    pub tile_keys: std::collections::BTreeMap<String, String>,
    /// What the codes of field sheets open on a telephone: `amap`, `baidu`, `tencent`, `geo`; the usual one where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub navigation: String,
    /// Whether the left panel is folded.
    pub left_folded: bool,
    /// Whether the right panel is folded.
    pub right_folded: bool,
    /// Whether the drawer is open.
    pub drawer_open: bool,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
    /// The file that they come from.
    #[serde(skip)]
    pub file: SettingsFile,
}

/// What the file of settings said, beside what was understood of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsFile {
    /// Keys that this version knows with values that it does not understand: kept as they stand.
    misread: toml::Table,
    /// The settings as they were when it was read or written last, those that it leaves out as usual: what differs was changed here, and what another
    /// window changed since then stays.
    said: toml::Table,
    /// Whether it was damaged, and has been put aside.
    pub was_damaged: bool,
}

/// Memory for shapes of the map where nothing else is chosen, in MB.
const USUAL_MAP_MEMORY_MB: u32 = 256;

/// What the cache keeps on disk where nothing else is chosen, in MB.
pub const USUAL_CACHE_MB: u32 = 4096;

/// What is kept of tiles and levels of pictures where nothing else is chosen, in MB.
const USUAL_TILES_MB: u32 = 1024;

impl Settings {
    /// Turns a server of tiles on.
    pub fn turn_on(&mut self, server: &str) {
        if !self.online.iter().any(|s| s == server) {
            self.online.push(server.to_owned());
        }
    }

    /// Most that the cache keeps on disk, in bytes.
    pub fn cache_limit_bytes(&self) -> u64 {
        u64::from(self.cache_limit_mb.unwrap_or(USUAL_CACHE_MB)) * 1_000_000
    }

    /// Most that is kept of tiles and levels of pictures, in MB.
    pub fn tiles_limit_mb(&self) -> u32 {
        self.tiles_limit_mb.unwrap_or(USUAL_TILES_MB)
    }

    /// Size of type in the window, as a factor of the usual one.
    pub fn text_scale(&self) -> f32 {
        self.window.text_pct.unwrap_or(100).clamp(80, 200) as f32 / 100.0
    }

    /// Memory for shapes of the map, in MB.
    pub fn map_memory_mb(&self) -> u32 {
        if self.map_memory_mb == 0 { USUAL_MAP_MEMORY_MB } else { self.map_memory_mb.clamp(32, 65_536) }
    }

    /// The settings file, where the platform has a place for it. `QIANCUN_CONFIG_DIR` names another folder.
    pub fn path() -> Option<PathBuf> {
        if let Some(folder) = std::env::var_os("QIANCUN_CONFIG_DIR") {
            return Some(PathBuf::from(folder).join("settings.toml"));
        }
        directories::ProjectDirs::from("", "", "qiancun").map(|d| d.config_dir().join("settings.toml"))
    }

    /// The saved settings; the defaults where there are none. What cannot be understood costs itself only, and is kept as it stands; a file that is no TOML
    /// at all, such as one that was cut short, is put aside as `settings.toml.damaged` before another is written.
    pub fn load() -> Self {
        Self::read().unchanged()
    }

    /// Notes that nothing has been changed yet.
    fn unchanged(mut self) -> Self {
        // What cannot be put into a table differs from nothing, and is written anew.
        self.file.said = self.to_table().unwrap_or_default();
        self
    }

    fn read() -> Self {
        let Some(path) = Self::path() else { return Self::default() };
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Self::default(),
            // Held by another program for a moment, most likely: once more, and what cannot be read is put aside below.
            Err(_) => {
                std::thread::sleep(std::time::Duration::from_millis(200));
                // A byte that is no text: put aside as well, as far as that can be done.
                std::fs::read(&path).unwrap_or_else(|_| vec![0xff])
            }
        };
        std::str::from_utf8(&bytes).ok().and_then(Self::of_text).unwrap_or_else(|| {
            // In a folder that cannot be written nothing is written over it either.
            std::fs::copy(&path, path.with_extension("toml.damaged")).ok();
            Self { file: SettingsFile { was_damaged: true, ..SettingsFile::default() }, ..Self::default() }
        })
    }

    /// Settings as a file says them; `None` where it is no TOML.
    fn of_text(text: &str) -> Option<Self> {
        let said: toml::Table = toml::from_str(text).ok()?;
        if let Ok(settings) = said.clone().try_into() {
            return Some(settings);
        }
        // Something in it is meant for another version: each key is looked at by itself.
        let is_understood = |key: &String, value: &toml::Value| {
            let alone = toml::Table::from_iter([(key.clone(), value.clone())]);
            alone.try_into::<Self>().is_ok()
        };
        let (understood, misread): (toml::Table, toml::Table) =
            said.into_iter().partition(|(key, value)| is_understood(key, value));
        let settings: Self = understood.try_into().unwrap_or_default();
        Some(Self { file: SettingsFile { misread, ..SettingsFile::default() }, ..settings })
    }

    /// Settings as a file says them.
    fn to_table(&self) -> Result<toml::Table, toml::ser::Error> {
        let mut said = toml::Table::try_from(self)?;
        let usual = toml::Table::try_from(Self::default())?;
        // What another version meant stands until this person chooses something in its place.
        for (key, value) in &self.file.misread {
            if said.get(key) == usual.get(key) {
                said.insert(key.clone(), value.clone());
            }
        }
        Ok(said)
    }

    /// What is to stand in the file where it says `there` now: what was changed here since it was read, and the rest as it is; of files opened
    /// lately those of both, one's own first.
    fn merged_into(&self, there: &toml::Table) -> Result<toml::Table, toml::ser::Error> {
        let (own, before) = (self.to_table()?, &self.file.said);
        let mut merged = there.clone();
        for key in own.keys().chain(before.keys()).filter(|k| own.get(*k) != before.get(*k)) {
            match own.get(key) {
                Some(value) => merged.insert(key.clone(), value.clone()),
                None => merged.remove(key),
            };
        }
        let (theirs, old) = (there.get("recent"), before.get("recent"));
        if let (true, Some(theirs), Some(all)) =
            (theirs != old, theirs.and_then(|v| v.as_array()), merged.get_mut("recent").and_then(|v| v.as_array_mut()))
        {
            let more: Vec<_> = theirs.iter().filter(|p| !all.contains(p)).cloned().collect();
            all.extend(more);
            all.truncate(MAX_RECENT);
        }
        Ok(merged)
    }

    /// Saves the settings; what another window has changed in the file meanwhile stays.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&mut self) -> std::io::Result<()> {
        let Some(path) = Self::path() else { return Ok(()) };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let there = std::fs::read_to_string(&path).ok().and_then(|text| toml::from_str(&text).ok()).unwrap_or_default();
        let merged = self.merged_into(&there).map_err(std::io::Error::other)?;
        let text = toml::to_string_pretty(&merged).map_err(std::io::Error::other)?;
        write_replacing(&path, text.as_bytes())?;
        self.file.said = self.to_table().map_err(std::io::Error::other)?;
        Ok(())
    }

    /// The language that was chosen; `None` where none was, or one that this version does not have.
    pub fn lang(&self) -> Option<Lang> {
        let tag = self.language.as_deref()?.to_ascii_lowercase();
        (tag.starts_with("zh") || tag.starts_with("en")).then(|| Lang::from_tag(&tag))
    }

    /// Puts a file at the top of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|p| p != path);
        self.recent.insert(0, path.to_path_buf());
        self.recent.truncate(MAX_RECENT);
    }
}

/// Where the small picture of a file lies in a folder.
pub fn small_picture_of(folder: &Path, file: &Path) -> PathBuf {
    let digest = Sha256::digest(file.to_string_lossy().as_bytes());
    let name: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
    folder.join(format!("{name}.png"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_version_costs_what_cannot_be_understood_and_keeps_it() {
        let text = "language = \"en\"\ndark = \"at night\"\ntext_pct = 125\nfuture = [1, 2]\narea_unit = \"qing\"\n[folders]\nread = \"/a\"\n";
        let settings = Settings::of_text(text).expect("TOML");
        assert_eq!(settings.language.as_deref(), Some("en"));
        assert_eq!(settings.dark, None);
        assert_eq!(settings.window.text_pct, Some(125));
        assert_eq!(settings.window.folders.read.as_deref(), Some(Path::new("/a")));
        let kept: toml::Table = settings.to_table().expect("written");
        assert_eq!(kept.get("dark").and_then(|v| v.as_str()), Some("at night"));
        assert_eq!(kept.get("area_unit").and_then(|v| v.as_str()), Some("qing"));
        assert!(kept.contains_key("future"));
        // What is chosen now counts.
        let chosen = Settings { dark: Some(true), ..settings };
        let kept: toml::Table = chosen.to_table().expect("written");
        assert_eq!(kept.get("dark").and_then(toml::Value::as_bool), Some(true));
        assert_eq!(Settings::of_text("language = \"en"), None, "cut short");
    }

    #[test]
    fn settings_come_back_as_they_were_written() {
        let mut settings = Settings { surveyor: "甲".into(), ..Settings::default() };
        settings.window = WindowSettings {
            compact: true,
            contrast: Some(true),
            area_unit: AreaUnit::Mu,
            usual_crs: "EPSG:4527".into(),
            folders: Folders { read: Some("a".into()), write: None },
            ..WindowSettings::default()
        };
        let text = toml::to_string_pretty(&settings.to_table().expect("written")).expect("written");
        assert_eq!(Settings::of_text(&text), Some(settings));
    }

    #[test]
    fn what_two_windows_choose_both_stays() {
        let text = "language = \"en\"\nrecent = [\"/old\"]\nfuture = 1\n";
        let read = || Settings::of_text(text).expect("TOML").unchanged();
        let (mut a, mut b) = (read(), read());
        a.language = Some("zh".into());
        a.remember(Path::new("/a"));
        // The file says nothing of it yet, and the other window has it as usual.
        a.surveyor = "甲".into();
        let there = a.merged_into(&toml::from_str(text).expect("TOML")).expect("merged");
        b.dark = Some(true);
        b.remember(Path::new("/b"));
        let both = b.merged_into(&there).expect("merged");
        assert_eq!(both.get("language").and_then(|v| v.as_str()), Some("zh"));
        assert_eq!(both.get("dark").and_then(toml::Value::as_bool), Some(true));
        assert_eq!(both.get("surveyor").and_then(|v| v.as_str()), Some("甲"));
        assert!(both.contains_key("future"));
        let recent: Vec<&str> = both["recent"].as_array().expect("a list").iter().filter_map(|v| v.as_str()).collect();
        assert_eq!(recent, ["/b", "/old", "/a"]);
        // A language of a later version is none of this one's.
        assert_eq!((Settings { language: Some("fr".into()), ..read() }).lang(), None);
    }
}
