//! Brings scene and derived values up to date with the document.

use std::sync::Arc;

use super::jobs::{Done, Job, Reply};
use super::load::roles_of;
use super::qiancun::Qiancun;
use crate::colouring::{Colouring, ColouringSpec, IndicatorLook};
use crate::district::{MapSpec, choropleth, coverage};
use crate::lang::Lang;
use crate::model::{Dataset, FeatureId, Generation};
use crate::palette::{Vision, seen};
use crate::project::{FieldMapping, Focus, HOLLOW_OUTLINE, HOLLOW_OUTLINE_PT, LayerEntry, LayerStyle, USUAL_LINE_PT};
use crate::render::{LayerKey, OutlinePen, PointSymbol, Style, Texel};
use crate::session::{ADDED_LAYER, Covered, Derived, EarlierGaps, FoundGaps, Loaded, Since, Status, Tab, Ticket};

/// What a layer on the scene is made from.
#[derive(Clone, PartialEq)]
pub(super) struct LayerLook {
    colouring: Option<ColouringSpec>,
    fields: FieldMapping,
    names: Lang,
    tokens: &'static crate::palette::Tokens,
    data: Generation,
    /// What a theme's map shows: its specification, the district, the focus.
    look: Option<(MapSpec, Generation, Option<Focus>)>,
    /// What the project says of how it is coloured.
    indicator: Option<IndicatorLook>,
    style: LayerStyle,
    /// Whose eyes it is seen with.
    vision: Vision,
    /// The symbols of facilities.
    symbols: Option<Generation>,
}

/// The pen that a person chose for the outlines of a layer.
pub(super) fn pen_of(style: &LayerStyle) -> Option<OutlinePen> {
    let is_hollow = style.is_hollow();
    if style.outline.is_none() && style.outline_pt.is_none() && style.dash.is_none() && !is_hollow {
        return None;
    }
    // White shows between fills only.
    let colour = style.outline_rgb().or(is_hollow.then_some(HOLLOW_OUTLINE));
    let width_pt = style.width_pt().or(is_hollow.then_some(HOLLOW_OUTLINE_PT));
    let dash_pt = style.dash.map_or([0.0; 4], |d| d.lengths(width_pt.unwrap_or(USUAL_LINE_PT)));
    Some(OutlinePen { colour, width_pt, dash_pt, is_hollow })
}

impl Qiancun {
    /// Brings everything up to date; cheap where nothing changed.
    pub(super) fn sync(&mut self) {
        self.sync_placeholder();
        self.sync_added();
        self.watch_files();
        self.sync_district();
        self.join_waiting();
        self.show_through();
        self.session.find_focus();
        self.session.roll();
        self.session.weigh_chosen();
        self.session.make_symbols(self.map.is_moving());
        let keys = self.session.document.keys.clone();
        for key in &keys {
            self.sync_layer(*key);
        }
        self.sync_layer(ADDED_LAYER);
        let shown: Vec<(LayerKey, bool, f32)> =
            self.session.shown().map(|(l, e)| (l.key, self.session.is_drawn(e), e.opacity)).collect();
        if let Ok(mut scene) = self.scene.lock() {
            let bottom_first: Vec<LayerKey> = keys.iter().rev().copied().chain([ADDED_LAYER]).collect();
            scene.set_order(&bottom_first);
            scene.set_grounds(self.session.drawn_grounds());
            scene.set_budget((self.session.settings.map_memory_mb() as usize) << 20);
            self.session.storage.map_bytes = scene.kept_bytes();
            for (key, visible, opacity) in shown {
                scene.set_visibility(key, visible, opacity);
            }
        }
        self.drawn.applied.retain(|k, _| *k == ADDED_LAYER || keys.contains(k));
        self.tell_ground_faults();
        self.sync_before();
        if let Some(Ok(mut before)) = self.map.before.as_ref().map(|scene| scene.lock()) {
            before.set_grounds(self.session.drawn_grounds());
        }
        self.sync_page_back();
        self.sync_round();
        self.sync_preview();
        self.session.find_facts();
        self.session.make_card();
        self.session.find_photos();
        self.session.find_scene_photos();
        if self.session.settings.drawer_open && self.session.tab == Tab::Table {
            self.session.make_sheet();
        }
        self.sync_coverage();
        self.session.find_hits();
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
        let (tokens, vision) = (self.session.tokens(), self.session.stage.vision);
        let names = self.session.name_language();
        let is_villages = self.session.village_layer().is_some_and(|l| l.key == key);
        let map = self.session.map_spec().filter(|_| is_villages);
        let district = self.session.district().cloned();
        let focused = self.session.focused().cloned().filter(|_| is_villages);
        let look = map
            .zip(district.as_ref())
            .map(|(map, district)| (map, district.generation, focused.as_ref().map(|f| f.focus.clone())));
        let indicator = map.and_then(|m| self.session.indicator_look(m.indicator)).cloned();
        let symbols = self.session.symbols().cloned().filter(|s| s.singles.contains_key(&key));
        let Some(layer) = self.session.layers.get_mut(&key) else { return };
        let Some(mut loaded) = layer.loaded().cloned() else { return };
        let applied = |loaded: &Loaded| LayerLook {
            colouring: entry.colouring.clone(),
            fields: entry.fields.clone(),
            names,
            tokens,
            data: loaded.generation,
            look: look.clone(),
            indicator: indicator.clone(),
            style: entry.style.clone(),
            vision,
            symbols: symbols.as_ref().map(|s| s.generation),
        };
        if self.drawn.applied.get(&key).and_then(Derived::key) == Some(&applied(&loaded))
            && self.scene.lock().is_ok_and(|s| s.has_layer(key))
        {
            return;
        }
        if let Some(chosen) = under_choice(&loaded, &entry, names) {
            loaded = Arc::new(chosen);
            layer.status = Status::Ready(loaded.clone());
        }
        let now = applied(&loaded);
        let Ok(mut scene) = self.scene.lock() else { return };
        let in_focus =
            |v: FeatureId| focused.as_ref().is_none_or(|f| f.members.get(v.index()).copied().unwrap_or(false));
        let own = || entry.colouring.as_ref().and_then(|spec| Colouring::new(&loaded.dataset.table, spec));
        layer.colouring = match map.zip(district.as_ref()) {
            Some((map, district)) => choropleth(district, &map, indicator.as_ref(), &in_focus),
            None => own(),
        }
        .map(Arc::new);
        if symbols.is_some() {
            layer.colouring = None;
        }
        let colouring = layer.colouring.as_deref();
        let colour = entry.style.fill_rgb().unwrap_or_else(|| loaded.usual_colour(plain));
        let [r, g, b, _] = plain.ground.to_array();
        let style = loaded.style(colouring, colour, &in_focus, [r, g, b]);
        let (style, points) = match symbols.as_ref().and_then(|s| s.singles.get(&key)) {
            Some(singles) => {
                let texel = |f: FeatureId| {
                    singles.get(&f).map_or(Texel::Hidden, |(kind, _)| Texel::Colour(seen(kind.colour())))
                };
                let points = PointSymbol::all(&loaded.chunks, |f| singles.get(&f).map(|(_, mark)| *mark));
                (Style::new(loaded.dataset.features().map(texel)), points)
            }
            // Labels among the villages are no villages: neither classed nor missing.
            None if is_villages && loaded.has_labels() => {
                let members = loaded.members();
                let plain = Texel::Colour(plain.plain.symbol);
                let texel =
                    |f: FeatureId| if members.village_of(f).is_some() { style.texel(f.number()) } else { plain };
                (Style::new(loaded.dataset.features().map(texel)), loaded.symbols(None))
            }
            None => (style, loaded.symbols(colouring)),
        };
        if scene.has_layer(key) {
            scene.set_towns(key, &loaded.towns);
            scene.set_style(key, style);
            scene.set_points(key, points);
        } else {
            scene.set_layer(key, loaded.chunks.clone(), loaded.towns.clone(), style, points);
        }
        scene.set_pen(key, pen_of(&entry.style));
        self.drawn.applied.insert(key, Derived::of(now, ()));
    }

    /// Joins villages, tables and facilities anew, in the background, where one of them changed. A map without tables and
    /// facilities has nothing to join.
    fn sync_district(&mut self) {
        let session = &mut self.session;
        if self.drawn.just_placed || session.is_loading() {
            return;
        }
        if !session.needs_district() {
            session.made.district.clear();
            return;
        }
        let (key, sources) = session.wanted_district();
        let Some(ticket) = session.made.district.ask(key.clone()) else { return };
        // The old one is shown until the new one is there, as long as it speaks of the same villages.
        if !session.keeps_villages(&sources) {
            session.made.district.forget();
        }
        self.note_tables(&key.tables.0.iter().map(|t| t.path.clone()).collect::<Vec<_>>());
        self.jobs.derive(Job::Join, ticket, |m| Some(&mut m.district), move |_, _| Some(key.join(&sources)));
    }

    /// Looks for gaps where district, year or rules have changed.
    fn sync_gaps(&mut self) {
        let Some((key, district)) = self.session.wanted_gaps() else { return };
        let Some(ticket) = self.session.made.gaps.ask(key.clone()) else { return };
        // A project's visits ask for it at once; a file alone has none.
        let is_asked = self.session.survey.of.is_some();
        let find = move |_: &Ticket, _: &Reply| {
            let found = FoundGaps::find(&key, &district);
            if is_asked {
                found.index.prepare();
            }
            Some(Arc::new(found))
        };
        self.jobs.derive(Job::Gaps, ticket, |m| Some(&mut m.gaps), find);
    }

    /// Asks for the area within the radius of a clinic where it is wanted and not yet asked for.
    fn sync_coverage(&mut self) {
        let Some((key, district)) = self.session.wanted_coverage() else { return };
        if let Some(ticket) = self.session.made.covered.ask(key) {
            self.jobs.derive(
                Job::Coverage,
                ticket,
                |m| Some(&mut m.covered),
                move |ticket, _| {
                    let found = coverage(&district, key.radius_m, key.year, || ticket.is_wanted())?;
                    Some(Arc::new(Covered::new(found)))
                },
            );
        }
        self.session.share_coverage();
    }

    /// Compares the gaps where that is wanted and not yet done.
    fn sync_comparison(&mut self) {
        let Some((found, since)) = self.session.wanted_change() else { return };
        let Some(district) = self.session.district().cloned() else { return };
        let Some(ticket) = self.session.made.change.ask((found.generation, since.clone())) else { return };
        self.jobs.derive(
            Job::Compare,
            ticket,
            |m| Some(&mut m.change),
            move |_, reply| {
                let other = match &since {
                    Since::Year(_) => Ok(None),
                    Since::Project(path) => super::survey::other_district(path).map(Some),
                };
                match other {
                    Ok(other) => Some(Arc::new(EarlierGaps::find(&found, &district, &since, other))),
                    Err(message) => {
                        reply.tell(Done::NotCompared(message));
                        None
                    }
                }
            },
        );
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
        self.drawn.calm_frames =
            if wanted.is_empty() && !self.jobs.is_map_busy() { self.drawn.calm_frames + 1 } else { 0 };
        self.jobs.build(wanted);
        // Indices and names wait until the map stands: the first picture comes sooner.
        let tried = |key: &LayerKey| self.drawn.unfinished.contains(key);
        let bare = self.session.layers.values().filter(|l| !tried(&l.key));
        let bare = bare.filter_map(|l| Some((l.key, l.loaded()?))).find(|(_, l)| !l.is_finished());
        if let Some((key, loaded)) = bare.map(|(key, l)| (key, l.clone())) {
            if self.drawn.calm_frames > 2 {
                self.jobs.finish(key, loaded);
            } else if !self.jobs.is_map_busy() {
                self.ctx.request_repaint();
            }
        }
    }
}

/// A layer under the fields that are chosen for it, where it is not yet.
fn under_choice(loaded: &Loaded, entry: &LayerEntry, names: Lang) -> Option<Loaded> {
    let roles = roles_of(&loaded.dataset, entry, Some(names));
    let is_as_chosen = roles == loaded.dataset.roles && entry.fields.fields == *loaded.dataset.chosen;
    let chosen = || Arc::new(entry.fields.fields.clone());
    (!is_as_chosen).then(|| loaded.with_roles(Dataset { roles, chosen: chosen(), ..(*loaded.dataset).clone() }))
}
