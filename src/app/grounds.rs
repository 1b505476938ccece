//! Grounds: tiles and pictures of the earth below the villages, opened in the background, one layer each.

use super::asking::Asks;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::cache::Cache;
use crate::geo::{BoundsDeg, WorldPos};
use crate::ground::{
    CUT_SHORT, Ground, GroundError, GroundFormat, GroundSpec, KeptArea, ServerTrouble, WmtsOffer, server_of,
    without_key, wmts_offers,
};
use crate::lang::{Lang, fill};
use crate::model::LayerKind;
use crate::project::{GroundEntry, LayerEntry, Settings, read_words};
use crate::read::Progress;
use crate::render::LayerKey;
use crate::session::{Camera, Dialogue, DocumentState, KeepDraft, Layer, LayerCommand, OnlineDraft, Status};

/// How opaque villages become above a ground that a person opens, where they hid all of it: it is asked for to be seen.
const OVER_GROUND: f32 = 0.65;

/// Lets villages that hide the ground show it; an opacity that a person chose stays.
pub(super) fn let_through(document: &mut DocumentState, villages: Option<LayerKey>) {
    if let Some(entry) = villages.and_then(|v| document.entry_mut(v)).filter(|e| e.opacity == 1.0) {
        entry.opacity = OVER_GROUND;
    }
}

/// What a command that draws a project opens its ground from: whoever has a page or a map made of a project means the servers that it
/// names, with this person's key.
pub(super) fn trusted_spec(entry: &LayerEntry) -> GroundSpec {
    let mut settings = Settings::load();
    let limit_mb = settings.tiles_limit_mb();
    let kept = Cache::usual_folder().map(|f| f.join("tiles")).filter(|_| limit_mb > 0);
    let spec = GroundSpec { kept, kept_most_bytes: Some(u64::from(limit_mb) * 1_000_000), ..entry.ground_spec() };
    let Some(server) = server_of(&spec.url) else { return spec };
    let key = settings.tile_keys.remove(&server).unwrap_or_default();
    GroundSpec { is_online: true, key, ..spec }
}

/// Zoom down to which an area is kept where a person says no other: houses can be told apart.
const USUAL_DEEPEST: u32 = 16;

/// Whether a file or folder is one of tiles or of a picture of the earth.
pub(super) fn is_ground(path: &Path) -> bool {
    GroundFormat::of(path).is_some()
}

/// Why a ground cannot be shown, in words for people.
pub(super) fn words(lang: Lang, error: &GroundError) -> String {
    let text = lang.find(&format!("ground.error-{}", error.code())).unwrap_or(error.code());
    if let GroundError::Server(server, trouble) = error {
        let status = if let ServerTrouble::Status(n) = trouble { n.to_string() } else { String::new() };
        let why = lang.find(&format!("ground.server-{}", trouble.code())).unwrap_or(trouble.code());
        return fill(text, &[("n", server), ("why", &fill(why, &[("n", &status)]))]);
    }
    let detail = match error {
        GroundError::Io(e) => read_words(lang, e),
        GroundError::Damaged(how) if how == CUT_SHORT => lang.t("ground.cut-short").to_owned(),
        // What a library says of it helps nobody who does not read English.
        GroundError::Damaged(_) if lang == Lang::Zh => lang.t("ground.other-damage").to_owned(),
        other => other.detail(),
    };
    fill(text, &[("n", &detail)])
}

impl Qiancun {
    /// Carries out a command about grounds.
    pub(super) fn on_grounds(&mut self, command: LayerCommand) {
        match command {
            LayerCommand::TurnOnline(key) => self.turn_online(key),
            LayerCommand::KeepAreaDialogue(key) => self.begin_keeping_area(key),
            LayerCommand::AskKeepArea(draft) => self.ask_keep_area(draft),
            LayerCommand::KeepArea(draft, path) => self.keep_area(draft, &path),
            LayerCommand::ServerDialogue => {
                self.session.moment.dialogue = Some(Dialogue::Online(Box::default()));
            }
            LayerCommand::AskServer(draft) => self.ask_server(draft),
            LayerCommand::AddServer(draft) => self.add_server(*draft),
            LayerCommand::SetDatum(key, datum) => {
                self.session.transact_layer("ground.datum", key, |e| e.ground.datum = datum);
                self.load_layer(key);
            }
            _ => {}
        }
    }

    /// Puts a ground below all layers, and lets the villages show it: one step.
    pub(super) fn add_ground(&mut self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        self.put_ground(LayerEntry { kind: Some(LayerKind::Ground), ..LayerEntry::new(path) });
    }

    /// The same of a server, which is turned on: that is what it was described for. The key stays in this person's settings.
    pub(super) fn add_server(&mut self, mut draft: OnlineDraft) {
        let Some(server) = server_of(&draft.entry.url) else { return };
        let mut key = draft.key.trim().to_owned();
        // A key that stands in the address would go into the project with it.
        if let Some((url, own)) = without_key(&draft.entry.url) {
            (draft.entry.url, key) = (url, own);
        }
        self.remembering(|s| {
            s.turn_on(&server);
            if !key.is_empty() {
                s.tile_keys.insert(server, key);
            }
        });
        let title = draft.title.trim().to_owned();
        let ground = draft.entry;
        self.put_ground(LayerEntry { kind: Some(LayerKind::Ground), title, ground, ..LayerEntry::new(PathBuf::new()) });
    }

    /// Asks a server what it offers, in the background.
    fn ask_server(&mut self, mut draft: Box<OnlineDraft>) {
        let url = draft.entry.url.trim().to_owned();
        (draft.is_asking, draft.told) = (true, String::new());
        self.session.moment.dialogue = Some(Dialogue::Online(draft));
        self.jobs.start(Job::Look, move |_| {
            let found = wmts_offers(&url);
            Some(Done::ServerAsked(url, found))
        });
    }

    /// A server said what it offers, or did not. Whoever has closed the dialogue meanwhile is not asked.
    pub(super) fn server_was_asked(&mut self, url: &str, found: Result<(Vec<WmtsOffer>, String), GroundError>) {
        let lang = self.session.lang;
        let Some(Dialogue::Online(draft)) = &mut self.session.moment.dialogue else { return };
        draft.is_asking = false;
        if draft.entry.url.trim() != url {
            return;
        }
        match found {
            Ok((offers, key)) => {
                draft.told = lang.with("online.offers", &[("n", &offers.len().to_string())]);
                draft.offers = offers;
                if !key.is_empty() {
                    draft.key = key;
                }
            }
            Err(error) => draft.told = words(lang, &error),
        }
    }

    /// Asks how much is to be kept: the district, else what is in view.
    pub(super) fn begin_keeping_area(&mut self, layer: LayerKey) {
        let villages = self.session.village_layer().and_then(|l| l.loaded()).and_then(|l| l.bounds_deg());
        let view = || {
            let [w, n, e, s] = self.map.view()?.bounds().sides();
            let (a, b) = (WorldPos { x: w, y: n }.to_lonlat(), WorldPos { x: e, y: s }.to_lonlat());
            Some(BoundsDeg::new([a.lon_deg, b.lat_deg, b.lon_deg, a.lat_deg]))
        };
        let bounds = villages.map(|b| b.with_room(0.05, 0.001)).or_else(view);
        let deepest = self.session.layers.get(&layer).and_then(|l| l.ground()).map(|g| g.levels().1.min(USUAL_DEEPEST));
        if let Some((bounds, deepest)) = bounds.zip(deepest) {
            self.session.moment.dialogue = Some(Dialogue::KeepArea(KeepDraft { layer, bounds, deepest }));
        }
    }

    pub(super) fn ask_keep_area(&mut self, draft: KeepDraft) {
        let title = self.session.lang.t("keep-area.title");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.add_filter("MBTiles", &["mbtiles"]);
            let path = dialogue.set_file_name("ground.mbtiles").save_file()?;
            Some(LayerCommand::KeepArea(draft, crate::project::with_ending(&path, "mbtiles")))
        });
    }

    /// Keeps an area as a file, in the background; it becomes a ground in place of the server's.
    pub(super) fn keep_area(&mut self, draft: KeepDraft, path: &Path) {
        let Some(entry) = self.session.entry(draft.layer).filter(|e| e.ground.may_keep).cloned() else { return };
        let Some(ground) = self.session.layers.get(&draft.layer).and_then(|l| l.ground()).cloned() else { return };
        if !self.may_write(path) {
            return;
        }
        let progress = Arc::new(Progress::new());
        self.session.work.understanding.push((path.to_path_buf(), progress.clone()));
        let (path, title) = (path.to_path_buf(), self.session.layer_title(draft.layer));
        self.jobs.start(Job::Write, move |_| {
            let said = (path.as_path(), title.as_str(), entry.ground.attribution.as_str());
            let kept = ground.keep(draft.bounds, draft.deepest, said, &progress);
            Some(Done::AreaKept(draft.layer, path, kept))
        });
    }

    /// An area was kept, or not.
    pub(super) fn area_was_kept(&mut self, layer: LayerKey, path: PathBuf, kept: Result<KeptArea, GroundError>) {
        self.session.work.understanding.retain(|(of, _)| *of != path);
        let lang = self.session.lang;
        match kept {
            Ok(kept) => {
                let counts = [kept.tiles, kept.none, kept.failed].map(|n| n.to_string());
                let words = [("n", counts[0].as_str()), ("none", &counts[1]), ("failed", &counts[2])];
                let text = lang.with("keep-area.kept", &words);
                let datum = self.session.entry(layer).map(|e| e.ground.datum).unwrap_or_default();
                let ground = GroundEntry { datum, ..GroundEntry::default() };
                self.put_ground(LayerEntry { kind: Some(LayerKind::Ground), ground, ..LayerEntry::new(path) });
                self.session.transact_layer("command.show-layer", layer, |e| e.visible = false);
                self.session.news = Some(text);
            }
            // Whoever stopped it knows.
            Err(GroundError::Cancelled) => {}
            Err(error) => {
                let text = words(lang, &error);
                self.ask_after(Dialogue::Message(text));
            }
        }
    }

    fn put_ground(&mut self, entry: LayerEntry) {
        let key = self.new_key();
        let villages = self.session.village_layer().map(|l| l.key);
        self.opened.shows_ground = villages.is_none();
        self.session.transact("command.open", |d| {
            d.put_layer(key, entry);
            let last = d.keys.len().saturating_sub(1);
            d.move_layer(0, last);
            let_through(d, villages);
        });
        self.load_layer(key);
    }

    /// Lets villages that came after a ground show it: no step of its own.
    pub(super) fn show_through(&mut self) {
        let Some(villages) = self.session.village_layer().map(|l| l.key).filter(|_| self.opened.shows_ground) else {
            return;
        };
        self.opened.shows_ground = false;
        self.session.note(|d| let_through(d, Some(villages)));
    }

    fn spec_of(&self, entry: &LayerEntry) -> GroundSpec {
        let is_command = self.session.picture.as_ref().is_some_and(|p| p.is_bare);
        if is_command { trusted_spec(entry) } else { self.session.ground_spec(entry) }
    }

    /// Has the ground of a layer opened.
    pub(super) fn load_ground(&mut self, key: LayerKey, entry: &LayerEntry) {
        let status = Status::Loading(Arc::new(Progress::new()));
        self.session.layers.insert(key, Layer { key, status, colouring: None });
        let spec = self.spec_of(entry);
        if let Some(server) = server_of(&spec.url).filter(|_| !spec.is_online && spec.kept.is_none()) {
            let text = self.session.lang.with("ground.offline", &[("n", &server)]);
            self.session.layers.insert(key, Layer { key, status: Status::Failed(text), colouring: None });
            return;
        }
        self.jobs.start(Job::Ground(key), move |_| Some(Done::Ground(key, Ground::open(spec).map(Box::new))));
    }

    /// Takes a ground that was opened, unless the layer says something else meanwhile.
    pub(super) fn ground_was_opened(&mut self, key: LayerKey, opened: Result<Box<Ground>, GroundError>) {
        match &opened {
            Ok(ground) => tracing::info!(format = ground.format().key(), "a ground was opened"),
            Err(error) => tracing::warn!(code = error.code(), "a ground could not be opened"),
        }
        let Some(entry) = self.session.entry(key).cloned() else { return };
        let status = match opened {
            Ok(ground) if *ground.spec() != self.spec_of(&entry) => return self.load_ground(key, &entry),
            Ok(ground) => {
                let ctx = self.ctx.clone();
                ground.on_arrival(move || ctx.request_repaint());
                // Alone it says where the map opens.
                let is_alone = self.session.document.keys.len() == 1 && self.session.document.project.camera.is_none();
                if let Some(bounds) = ground.bounds().filter(|_| is_alone) {
                    self.session.camera = Camera::fitting(bounds, self.session.map_size_pt);
                }
                Status::Ground(Arc::from(ground))
            }
            Err(error) => Status::Failed(words(self.session.lang, &error)),
        };
        self.session.layers.insert(key, Layer { key, status, colouring: None });
    }

    /// Turns the server of a ground on, for all projects of this person: only from then on anything is asked of it.
    pub(super) fn turn_online(&mut self, key: LayerKey) {
        let Some(entry) = self.session.entry(key).cloned() else { return };
        let Some(server) = server_of(&entry.ground.url) else { return };
        self.remembering(|s| s.turn_on(&server));
        self.load_ground(key, &entry);
    }

    /// Says once what went wrong with blocks of a ground.
    pub(super) fn tell_ground_faults(&mut self) {
        for (key, ground, _) in self.session.grounds() {
            let Some(fault) = ground.fault().filter(|_| self.drawn.faulty_grounds.insert(key)) else { continue };
            let name = self.session.layer_title(key);
            self.session.news = Some(
                self.session.lang.with("ground.fault", &[("name", &name), ("n", &words(self.session.lang, &fault))]),
            );
        }
    }
}
