//! The state of the window that panels read.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustc_hash::FxHashMap;

use super::camera::Camera;
use super::command::Tab;
use super::history::{Document, DocumentState, History};
use super::layer::Layer;
use super::made::Made;
use super::meeting::{Flight, Left, Meeting};
use super::moment::Moment;
use super::survey::SurveyState;
use crate::lang::Lang;
use crate::model::{FeatureId, Problem, Role};
use crate::palette::{Tokens, Vision, tokens};
use crate::project::{
    LayerEntry, NotUnderstood, Original, PageOptions, Settings, ViewEntry, in_language, is_same_file,
};
use crate::read::{How, Progress};
use crate::render::LayerKey;

/// What a window that only makes a picture of another has to know of that one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Whether gaps are ringed there.
    pub are_gaps_ringed: bool,
    /// Whether the map is all there is: no legend, no scale.
    pub is_bare: bool,
}

/// What the program keeps, in memory and on disk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Storage {
    /// Where the program writes what it does; nowhere where absent.
    pub logs: Option<PathBuf>,
    /// Where tiles of servers are kept; nowhere where absent.
    pub tiles: Option<PathBuf>,
    /// Bytes of shapes of the map in memory.
    pub map_bytes: usize,
    /// Bytes of the cache, as last looked at; `None` where there is no cache.
    pub cache_bytes: Option<u64>,
    /// Where it lies.
    pub cache_folder: Option<PathBuf>,
    /// Where small pictures of recent files lie; nowhere where absent.
    pub recent: Option<PathBuf>,
    /// The adapters that can draw the window, by name and back end.
    pub adapters: Vec<String>,
    /// Why something could not be kept.
    pub trouble: Option<String>,
    /// How often tables were read again because another program wrote them.
    pub tables_read: u32,
}

/// The project's file.
#[derive(Clone, Debug)]
pub struct ProjectFile {
    /// Where the project was saved, if it was.
    pub path: Option<PathBuf>,
    /// That file as it was last read or written.
    pub on_disk: Option<Original>,
    /// The project as it was last saved or opened.
    pub saved: Document,
    /// Whether the next file opened takes the place of everything on the map: the demonstration gives way.
    pub gives_way: bool,
}

impl Default for ProjectFile {
    fn default() -> Self {
        Self { path: None, on_disk: None, saved: Document::default(), gives_way: true }
    }
}

/// How what is open is staged: the divider, the camera's flight, years that pass.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The camera on its way.
    pub flight: Option<Flight>,
    /// What stands on the left of the divider, outside of meetings.
    pub divided: Left,
    /// Where the divider stands, as a share of the map's width.
    pub divider: f32,
    /// Whether what the presenter reads is shown.
    pub has_presenter: bool,
    /// The screens of this machine, as the system names them.
    pub screens: Vec<String>,
    /// Whether there is a second screen for the presenter's own window.
    pub has_second_screen: bool,
    /// Whether the system is set to high contrast, as far as it says.
    pub is_system_stark: bool,
    /// Whose eyes the map is looked at with.
    pub vision: Vision,
    /// The step of the tour that is shown.
    pub tour: Option<usize>,
    /// When the year moves on by itself next, in seconds of the window's clock.
    pub playing: Option<f64>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            flight: None,
            divided: Left::default(),
            divider: 0.5,
            has_presenter: false,
            screens: Vec::new(),
            has_second_screen: false,
            is_system_stark: false,
            vision: Vision::Usual,
            tour: None,
            playing: None,
        }
    }
}

/// What is under way that a person waits for.
#[derive(Default)]
pub struct Work {
    /// Reports that have come into the folder that is looked into.
    pub reports_waiting: Option<super::ReportsDraft>,
    /// Names of tables there that cannot be read.
    pub reports_unread: Vec<String>,
    /// Files being read that are not on the map yet.
    pub pending: Vec<Pending>,
    /// Tables being understood.
    pub understanding: Vec<(PathBuf, Arc<crate::read::Progress>)>,
    /// An atlas on its way: pages done, pages in all, and how to stop it.
    pub atlas: Option<(usize, usize, Arc<AtomicBool>)>,
    /// Files being written, as they are told.
    pub writing: Vec<PathBuf>,
    /// Faults of the program in jobs, as sentences: what did not come about because of them.
    pub faults: Vec<String>,
}

/// Everything that is open.
pub struct Session {
    /// Project and selection: what undo covers.
    pub document: Document,
    /// The project's file.
    pub file: ProjectFile,
    /// Layers by key, those taken off the map included, so that undo finds them.
    pub layers: FxHashMap<LayerKey, Layer>,
    /// What is made from layers, tables, project and view.
    pub made: Made,
    /// How the district is looked at.
    pub view: ViewEntry,
    /// What the program keeps.
    pub storage: Storage,
    /// The survey log.
    pub survey: SurveyState,
    /// The meeting that is going on.
    pub meeting: Option<Meeting>,
    /// Where this is no window of its own, but makes a picture of one.
    pub picture: Option<Picture>,
    /// Divider, flight, passing years.
    pub stage: Stage,
    /// What is of the moment only, as of the last frame.
    pub moment: Moment,
    /// Undo, and where the camera was.
    pub history: History,
    /// Where the map looks.
    pub camera: Camera,
    /// Size of the map in points, as of the last frame.
    pub map_size_pt: [f64; 2],
    /// Choices of this person.
    pub settings: Settings,
    /// Language of the interface.
    pub lang: Lang,
    /// Dark or light.
    pub dark: bool,
    /// Page of the drawer.
    pub tab: Tab,
    /// A line of news in the status bar.
    pub news: Option<String>,
    /// What is under way.
    pub work: Work,
}

/// A file on its way to the map.
#[derive(Clone)]
pub struct Pending {
    /// Key its layer will have.
    pub key: LayerKey,
    /// The file.
    pub path: PathBuf,
    /// How it is read.
    pub how: How,
    /// How far it is.
    pub progress: Arc<Progress>,
}

impl Session {
    /// All problems of the data: of each layer, then of tables and joins, which speak of villages. With the layer they
    /// belong to and its title.
    pub fn problems(&self) -> Vec<(LayerKey, String, &[Problem])> {
        let layers = self.shown().filter_map(|(l, _)| Some((l, l.loaded()?)));
        let mut lists: Vec<_> =
            layers.map(|(l, d)| (l.key, self.layer_title(l.key), &d.report().problems[..])).collect();
        if let Some(district) = self.district() {
            let is_villages = |l: &&Layer| self.village_layer().is_some_and(|v| v.key == l.key);
            if let Some(layer) = self.shown().map(|(l, _)| l).find(is_villages) {
                lists.push((layer.key, self.lang.t("problems.joined").to_owned(), &district.report.problems));
            }
        }
        lists
    }

    /// Language of the villages' names, where the data have them in several: the project's, else the interface's.
    pub fn name_language(&self) -> Lang {
        self.document.project.name_language.as_deref().map_or(self.lang, Lang::from_tag)
    }

    /// An empty session with a person's settings.
    pub fn new(settings: Settings, lang: Lang, dark: bool) -> Self {
        Self {
            document: Document::default(),
            file: ProjectFile::default(),
            layers: FxHashMap::default(),
            made: Made::default(),
            view: ViewEntry::default(),
            storage: Storage::default(),
            survey: SurveyState::default(),
            meeting: None,
            picture: None,
            stage: Stage::default(),
            moment: Moment::default(),
            history: History::default(),
            camera: Camera::default(),
            map_size_pt: [800.0, 600.0],
            settings,
            lang,
            dark,
            tab: Tab::Table,
            news: None,
            work: Work::default(),
        }
    }

    /// Whether text and rims stand out as strongly as they can: as the person chose, else as the system has it.
    pub fn is_stark(&self) -> bool {
        self.settings.window.contrast.unwrap_or(self.stage.is_system_stark)
    }

    /// Colours and sizes.
    pub fn tokens(&self) -> &'static Tokens {
        tokens(self.dark, self.is_stark())
    }

    /// Project and selection as they would be saved: during a meeting those of the window before it, with the scenes of now.
    pub fn kept_document(&self) -> Document {
        let mut kept = self.document.clone();
        if let Some(meeting) = &self.meeting {
            kept = meeting.was.document.clone();
            if kept.project.scenes != self.document.project.scenes {
                kept.change().project.scenes.clone_from(&self.document.project.scenes);
            }
        }
        // What is being typed for a page is part of the project already.
        if let Some(draft) = &self.moment.page {
            let options = PageOptions { grey: false, ..draft.options.clone() };
            if options != kept.project.page {
                kept.change().project.page = options;
            }
        }
        kept
    }

    /// Whether the project differs from what was saved.
    pub fn is_changed(&self) -> bool {
        self.kept_document().project != self.file.saved.project
    }

    /// The file among those that the session is made of, the project and its log included, that an output would overwrite.
    pub fn source_at(&self, path: &std::path::Path) -> Option<PathBuf> {
        if !path.exists() {
            return None;
        }
        let project = &self.document.project;
        let log = self.file.path.as_deref().map(crate::survey::LogPaths::of);
        let layers = project.layers.iter().map(|l| l.path.clone());
        let tables = project.tables.iter().map(|t| t.path.clone());
        let own = self.file.path.clone().into_iter().chain(log.into_iter().flat_map(|l| [l.log, l.journal]));
        own.chain(layers).chain(tables).find(|source| is_same_file(source, path))
    }

    /// What of the project file this version does not understand, as sentences.
    pub fn not_understood(&self) -> Vec<String> {
        let list = self.file.on_disk.iter().flat_map(|o| &o.not_understood);
        let words = |n: &NotUnderstood| match n.place.as_str() {
            "version" => self.lang.t("error.later-version").to_owned(),
            place => self.lang.with("error.not-understood", &[("place", place), ("n", &n.why)]),
        };
        list.map(words).collect()
    }

    /// Layers of the map, top first, with their entries in the project.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = (&Layer, &LayerEntry)> {
        let document: &DocumentState = &self.document;
        document
            .keys
            .iter()
            .zip(&document.project.layers)
            .filter_map(|(key, entry)| Some((self.layers.get(key)?, entry)))
    }

    /// The entry of a layer.
    pub fn entry(&self, key: LayerKey) -> Option<&LayerEntry> {
        self.document.entry(key)
    }

    /// Title of a layer: the person's, else the file's.
    pub fn layer_title(&self, key: LayerKey) -> String {
        let Some(entry) = self.entry(key) else { return String::new() };
        let title = in_language(&entry.title, &entry.title_en, self.lang);
        if !title.is_empty() {
            return title.to_owned();
        }
        entry.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The layer that table and legend speak of: the selected feature's, else that of the villages, else the topmost
    /// with more than points, else the top.
    pub fn active(&self) -> Option<&Layer> {
        if let Some((key, _)) = &self.document.selection
            && let Some(layer) = self.layers.get(key).filter(|l| l.loaded().is_some())
        {
            return Some(layer);
        }
        if let Some(layer) = self.village_layer() {
            return Some(layer);
        }
        let ready = || self.shown().map(|(l, _)| l).filter(|l| l.loaded().is_some());
        ready().find(|l| l.loaded().is_some_and(|d| !d.is_points())).or_else(|| ready().next())
    }

    /// The feature on the card.
    pub fn on_card(&self) -> Option<(&Layer, FeatureId)> {
        let (key, features) = self.document.selection.as_ref()?;
        let (layer, feature) = (self.layers.get(key)?, *features.last()?);
        // Whatever part of a village was chosen, it is the village that is looked at.
        let members = layer.loaded().filter(|l| l.can_be_villages()).and_then(|l| l.members_in_time());
        Some((layer, members.and_then(|m| m.village_of(feature)).unwrap_or(feature)))
    }

    /// Whether a feature is selected.
    pub fn is_selected(&self, key: LayerKey, feature: FeatureId) -> bool {
        self.document.selection.as_ref().is_some_and(|(k, f)| *k == key && f.contains(&feature))
    }

    /// A short name for a feature in lists.
    pub fn feature_title(&self, key: LayerKey, feature: FeatureId) -> String {
        self.layers.get(&key).and_then(|l| l.loaded()).map(|l| l.dataset.display_name(feature)).unwrap_or_default()
    }

    /// A coordinate reference system in words; the name that a file gives where it is none of those known.
    pub fn crs_words(&self, crs: &crate::model::Crs) -> String {
        match crs {
            crate::model::Crs::Other(name) if name.is_empty() => self.lang.t("crs.other").to_owned(),
            other => self.crs_name_words(&other.name()),
        }
    }

    /// The same for a name such as `EPSG:4527` or `GCJ-02`.
    pub fn crs_name_words(&self, name: &str) -> String {
        let code = name.trim_start_matches("EPSG:");
        if let Some(words) = self.lang.find(&format!("crs.{code}")) {
            return words.to_owned();
        }
        let zone = |first: u32, step: u32, code: u32| (75 + step * (code - first)).to_string();
        let words = |key: &'static str, meridian: String| self.lang.with(key, &[("n", &meridian)]);
        match code.parse::<u32>() {
            // EPSG:4513–4533 with the zone in the easting, 4534–4554 without; 4491–4501 and 4502–4512 of six degrees.
            Ok(code @ 4513..=4533) => words("crs.zone-3", zone(4513, 3, code)),
            Ok(code @ 4534..=4554) => words("crs.zone-3", zone(4534, 3, code)),
            Ok(code @ 4491..=4501) => words("crs.zone-6", zone(4491, 6, code)),
            Ok(code @ 32601..=32660) => format!("UTM {}N", code - 32600),
            Ok(code @ 32701..=32760) => format!("UTM {}S", code - 32700),
            Ok(code @ 4502..=4512) => words("crs.zone-6", zone(4502, 6, code)),
            _ => name.to_owned(),
        }
    }

    /// Its town, where known.
    pub fn feature_town(&self, key: LayerKey, feature: FeatureId) -> Option<String> {
        let loaded = self.layers.get(&key)?.loaded()?;
        loaded.dataset.text(feature, Role::Town).map(|t| t.into_owned())
    }
}

/// A number for people: digits in groups of three from 10,000 on, no more than four significant decimals.
pub fn number(v: f64) -> String {
    if !v.is_finite() {
        return "—".to_owned();
    }
    let decimals = if v.abs() >= 1000.0 || v.fract() == 0.0 {
        0
    } else if v.abs() >= 10.0 {
        2
    } else {
        4
    };
    let text = format!("{:.*}", decimals, v.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut grouped = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) && whole.len() > 4 {
            grouped.push(',');
        }
        grouped.push(c);
    }
    let sign = if v < 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0') { "−" } else { "" };
    if fraction.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_for_people() {
        for (v, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (99.0, "99"),
            (97.25, "97.25"),
            (1234.0, "1234"),
            (250_123.0, "250,123"),
            (-12.5, "−12.5"),
            (0.00001, "0"),
            (f64::NAN, "—"),
        ] {
            assert_eq!(number(v), text);
        }
    }
}
