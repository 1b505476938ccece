//! Brings scene and derived values up to date with the document.

use std::path::PathBuf;
use std::sync::Arc;

use super::qiancun::Qiancun;
use crate::district::{District, MapSpec, choropleth, is_facilities, village_dataset};
use crate::lang::Lang;
use crate::model::{Dataset, Edit, Indicator, Indicators, Roles, Topic};
use crate::project::{FieldMapping, Focus};
use crate::render::{LayerKey, PointSymbol, Style, Texel};
use crate::session::{ADDED_LAYER, Facts, Loaded, Status, Tab};
use crate::theme::{ThemeSpec, Themed};

/// What a layer on the scene was last made from.
#[derive(Clone, PartialEq)]
pub struct Applied {
    theme: Option<ThemeSpec>,
    fields: FieldMapping,
    names: Lang,
    dark: bool,
    data: usize,
    /// What a theme's map shows: its specification, the district, the focus.
    look: Option<(MapSpec, usize, Option<Focus>)>,
    /// The symbols of facilities, by their place in memory.
    symbols: Option<usize>,
}

/// What a district is made from.
#[derive(Clone)]
pub struct DistrictStamp {
    pub(super) layers: Vec<Arc<Dataset>>,
    pub(super) tables: Vec<PathBuf>,
    pub(super) indicators: Vec<Indicator>,
    pub(super) edits: Vec<Edit>,
}

impl PartialEq for DistrictStamp {
    /// Datasets never change: the same ones are the same place in memory.
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Arc<Dataset>, &Arc<Dataset>)| Arc::ptr_eq(a, b);
        self.layers.len() == other.layers.len()
            && self.layers.iter().zip(&other.layers).all(same)
            && self.tables == other.tables
            && self.indicators == other.indicators
            && self.edits == other.edits
    }
}

/// Whether a file of villages carries figures of a theme as properties.
fn has_figures(dataset: &Dataset) -> bool {
    static SHIPPED: std::sync::LazyLock<Indicators> = std::sync::LazyLock::new(|| Indicators::with(&[]));
    let is_figure = |name: &str| SHIPPED.get(name).is_some_and(|i| i.theme != Topic::Base);
    dataset.table.columns.iter().any(|c| is_figure(&c.name))
}

impl Qiancun {
    /// Brings everything up to date; cheap where nothing changed.
    pub(super) fn sync(&mut self) {
        self.sync_placeholder();
        self.sync_added();
        self.sync_district();
        self.session.find_focus();
        self.session.roll();
        self.session.make_symbols(self.map.is_moving());
        let keys = self.session.document.keys.clone();
        for key in &keys {
            self.sync_layer(*key);
        }
        self.sync_layer(ADDED_LAYER);
        let shown: Vec<(LayerKey, bool, f32)> =
            self.session.shown().map(|(l, e)| (l.key, e.visible, e.opacity)).collect();
        if let Ok(mut scene) = self.scene.lock() {
            let bottom_first: Vec<LayerKey> = keys.iter().rev().copied().chain([ADDED_LAYER]).collect();
            scene.set_order(&bottom_first);
            scene.set_budget((self.session.settings.map_memory_mb() as usize) << 20);
            self.session.storage.map_bytes = scene.kept_bytes();
            for (key, visible, opacity) in shown {
                scene.set_visibility(key, visible, opacity);
            }
        }
        self.applied.retain(|k, _| *k == ADDED_LAYER || keys.contains(k));
        self.sync_before();
        self.sync_preview();
        self.sync_facts();
        self.session.make_card();
        if self.session.settings.drawer_open && self.session.tab == Tab::Table {
            self.session.make_sheet();
        }
        self.sync_coverage();
        self.sync_survey();
        self.sync_gaps();
        self.sync_comparison();
        let rings = self.session.meeting.as_ref().is_some_and(|m| m.gaps);
        if rings || (self.session.settings.drawer_open && self.session.tab == Tab::Gaps) {
            self.session.list_gaps();
            self.session.list_visits();
        }
    }

    /// Fields, theme, colours and symbols of one layer.
    pub(super) fn sync_layer(&mut self, key: LayerKey) {
        let added = (key == ADDED_LAYER).then(Self::added_entry);
        let Some(entry) = self.session.entry(key).cloned().or(added) else { return };
        let plain = self.session.tokens();
        let dark = self.session.dark;
        let names = self.session.name_language();
        let is_villages = self.session.village_layer().is_some_and(|l| l.key == key);
        let map = self.session.map_spec().filter(|_| is_villages);
        let district = self.session.district.clone();
        let focused = self.session.focused.clone().filter(|_| is_villages);
        let look = map
            .zip(district.as_ref())
            .map(|(map, district)| (map, Arc::as_ptr(district) as usize, focused.as_ref().map(|f| f.focus.clone())));
        let symbols = self.session.symbols.clone().filter(|s| s.singles.contains_key(&key));
        let Some(layer) = self.session.layers.get_mut(&key) else { return };
        let Some(mut loaded) = layer.loaded().cloned() else { return };
        let applied = |loaded: &Loaded| Applied {
            theme: entry.theme.clone(),
            fields: entry.fields.clone(),
            names,
            dark,
            data: Arc::as_ptr(&loaded.dataset) as usize,
            look: look.clone(),
            symbols: symbols.as_ref().map(|s| Arc::as_ptr(s) as usize),
        };
        if self.applied.get(&key) == Some(&applied(&loaded)) && self.scene.lock().is_ok_and(|s| s.has_layer(key)) {
            return;
        }
        let table = &loaded.dataset.table;
        let roles = Roles::detect(table).named_in(names, table).chosen(&entry.fields.fields, table);
        if roles != loaded.dataset.roles {
            loaded = Arc::new(loaded.with_roles(Dataset { roles, ..(*loaded.dataset).clone() }));
            layer.status = Status::Ready(loaded.clone());
        }
        let now = applied(&loaded);
        let Ok(mut scene) = self.scene.lock() else { return };
        let in_focus = |v: u32| focused.as_ref().is_none_or(|f| f.members.get(v as usize).copied().unwrap_or(false));
        let own = || entry.theme.as_ref().and_then(|spec| Themed::new(&loaded.dataset.table, spec));
        layer.themed = match map.zip(district.as_ref()) {
            Some((map, district)) => choropleth(district, &map, &in_focus),
            None => own(),
        }
        .map(Arc::new);
        if symbols.is_some() {
            layer.themed = None;
        }
        let themed = layer.themed.as_deref();
        let colour = if loaded.is_points() { plain.plain_symbol } else { plain.plain_fill };
        let [r, g, b, _] = plain.ground.to_array();
        let style = loaded.style(themed, colour, &in_focus, [r, g, b]);
        let (style, points) = match symbols.as_ref().and_then(|s| s.singles.get(&key)) {
            Some(singles) => {
                let texel = |f: u32| singles.get(&f).map_or(Texel::Hidden, |(kind, _)| Texel::Colour(kind.colour()));
                let points = PointSymbol::all(&loaded.chunks, |f| singles.get(&f).map(|(_, mark)| *mark));
                (Style::new((0..loaded.dataset.len()).map(texel)), points)
            }
            // Labels among the villages are no villages: neither classed nor missing.
            None if is_villages && loaded.has_labels() => {
                let members = loaded.members();
                let plain = Texel::Colour(plain.plain_symbol);
                let texel = |f: u32| if members.village_of(f).is_some() { style.texel(f) } else { plain };
                (Style::new((0..loaded.dataset.len()).map(texel)), loaded.symbols(None))
            }
            None => (style, loaded.symbols(themed)),
        };
        if scene.has_layer(key) {
            scene.set_towns(key, &loaded.towns);
            scene.set_style(key, style);
            scene.set_points(key, points);
        } else {
            scene.set_layer(key, loaded.chunks.clone(), loaded.towns.clone(), style, points);
        }
        self.applied.insert(key, now);
    }

    /// Joins villages, tables and facilities anew, in the background, where one of them changed. A map without tables and
    /// facilities has nothing to join.
    fn sync_district(&mut self) {
        let session = &self.session;
        if self.just_placed || session.shown().any(|(l, _)| matches!(l.status, Status::Loading(_))) {
            return;
        }
        let project = &session.document.project;
        let stamp = DistrictStamp {
            layers: session
                .shown()
                .map(|(l, _)| l)
                .chain(session.layers.get(&ADDED_LAYER))
                .filter_map(|l| Some(l.loaded()?.dataset.clone()))
                .collect(),
            tables: project.tables.iter().map(|t| t.path.clone()).collect(),
            indicators: project.indicators.clone(),
            edits: project.edits.clone(),
        };
        if self.district_of.as_ref() == Some(&stamp) {
            return;
        }
        let needed = !stamp.tables.is_empty() || stamp.layers.iter().any(|d| is_facilities(d) || has_figures(d));
        // The old one is shown until the new one is there, as long as it speaks of the same villages.
        let villages = village_dataset(&stamp.layers);
        let same = |old: &Arc<District>| villages.is_some_and(|v| Arc::ptr_eq(&v.geometry, &old.villages.geometry));
        if !needed || !self.session.district.as_ref().is_some_and(same) {
            self.session.district = None;
        }
        self.note_tables(&stamp.tables);
        if needed {
            self.jobs.district(stamp.clone());
        }
        self.session.joining = needed;
        self.district_of = Some(stamp);
    }

    /// Takes a district, unless its files have changed meanwhile.
    pub(super) fn was_joined(&mut self, stamp: &DistrictStamp, district: Option<Arc<District>>) {
        if self.district_of.as_ref() == Some(stamp) {
            self.session.district = district;
            self.session.focused = None;
            self.session.joining = false;
        }
    }

    /// Looks for gaps where district, year or rules have changed.
    fn sync_gaps(&mut self) {
        let Some((stamp, district)) = self.session.wanted_gaps() else { return };
        if self.gaps_of.as_ref() != Some(&stamp) {
            self.gaps_of = Some(stamp.clone());
            self.jobs.gaps(stamp, district);
        }
    }

    /// Asks for the area within the radius of a clinic where it is wanted and not yet asked for.
    fn sync_coverage(&mut self) {
        let Some((stamp, district)) = self.session.wanted_coverage() else { return };
        if self.coverage_of != Some(stamp) {
            self.coverage_of = Some(stamp);
            self.jobs.coverage(stamp, district);
        }
        self.session.share_coverage();
    }

    fn sync_facts(&mut self) {
        let Some((layer, feature)) = self.session.on_card() else {
            self.session.facts = None;
            return;
        };
        let Some(loaded) = layer.loaded().cloned() else { return };
        let id = (layer.key, feature, Arc::as_ptr(&loaded.dataset) as usize);
        if self.session.facts.as_ref().is_none_or(|(of, _)| *of != id) {
            self.session.facts = Some((id, Facts::new(&loaded, feature)));
        }
    }

    /// Starts what the view lacks.
    pub(super) fn want_meshes(&mut self) {
        let Some(view) = self.map.view() else { return };
        let mut wanted = self.scene.lock().map(|s| s.wanted(&view)).unwrap_or_default();
        if let Some(before) = &self.map.before {
            wanted.extend(before.lock().map(|s| s.wanted(&view)).unwrap_or_default());
        }
        let of = |key: LayerKey| -> Option<Arc<Loaded>> { self.session.layers.get(&key)?.loaded().cloned() };
        let wanted: Vec<_> =
            wanted.into_iter().filter_map(|(key, chunk, level)| Some((key, of(key)?, chunk, level))).collect();
        self.calm_frames = if wanted.is_empty() && !self.jobs.is_map_busy() { self.calm_frames + 1 } else { 0 };
        self.jobs.build(wanted);
        // Indices and names wait until the map stands: the first picture comes sooner.
        let tried = |key: &LayerKey| self.unfinished.contains(key);
        let bare = self.session.layers.values().filter(|l| !tried(&l.key));
        let bare = bare.filter_map(|l| Some((l.key, l.loaded()?))).find(|(_, l)| !l.is_finished());
        if let Some((key, loaded)) = bare.map(|(key, l)| (key, l.clone())) {
            if self.calm_frames > 2 {
                self.jobs.finish(key, loaded);
            } else if !self.jobs.is_map_busy() {
                self.ctx.request_repaint();
            }
        }
    }
}
