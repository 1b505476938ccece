//! What is remembered on this machine between two sessions.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::write::write_replacing;

/// Most entries of the list of recent files.
const MAX_RECENT: usize = 10;

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
    /// The graphics adapter that drew the window the last time, with its back end; any where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub adapter: String,
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

    /// The saved settings; the defaults where there are none or they cannot be read.
    pub fn load() -> Self {
        Self::path()
            .and_then(|p| std::fs::read_to_string(p).ok())
            .and_then(|t| toml::from_str(&t).ok())
            .unwrap_or_default()
    }

    /// Saves the settings.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn save(&self) -> std::io::Result<()> {
        let Some(path) = Self::path() else { return Ok(()) };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let text = toml::to_string_pretty(self).map_err(std::io::Error::other)?;
        write_replacing(&path, text.as_bytes())
    }

    /// Puts a file at the top of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|p| p != path);
        self.recent.insert(0, path.to_path_buf());
        self.recent.truncate(MAX_RECENT);
    }
}
