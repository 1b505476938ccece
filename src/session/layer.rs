//! A layer in the window: its file, read, indexed and classed.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::colouring::Colouring;
use crate::district::{LayerLook, VillageEvidence, can_be_villages, is_facilities};
use crate::geo::{Anchor, BoundsDeg, GridPos, LonLat, Strips, WorldPos, representative_point};
use crate::ground::Ground;
use crate::index::{NameIndex, SpatialIndex};
use crate::model::{
    ColumnData, Dataset, FeatureId, FieldType, Generation, GeometryStore, LayerKind, Members, Part, PartKind, Report,
    Role,
};
use crate::palette::{Tokens, seen};
use crate::read::{Progress, full_report};
use crate::render::{Chunks, LayerKey, PointSymbol, Shape, Style, Texel};

/// Features handled in one go by [`Loaded::finish`].
const PIECE: usize = 2_000;

/// Features whose names are sorted within a frame.
const SOON_SORTED: u32 = 20_000;

/// How the names of villages were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// By a head that is known or chosen, or the file holds no texts that could be names.
    Plain,
    /// By what stands in the fields.
    ByValue,
    /// Not at all, though there are texts: a person can say.
    Nothing,
}

/// A file's data and everything made from them. Immutable and shared.
pub struct Loaded {
    /// Its number: another one where the same file was read again, or has other roles.
    pub generation: Generation,
    /// Number of its shapes: the same where only roles differ.
    pub shapes: Generation,
    /// The data.
    pub dataset: Arc<Dataset>,
    /// Geometry for the renderer.
    pub chunks: Arc<Chunks>,
    /// Number of the town of each feature; 0 where it has none.
    pub towns: Arc<[u32]>,
    /// Where labels stand; filled by [`Self::finish`].
    pub anchors: Arc<OnceLock<Vec<Option<Anchor>>>>,
    /// Towns and where their labels stand, largest first; filled by [`Self::finish`].
    pub town_anchors: OnceLock<Vec<(String, Anchor)>>,
    /// The same of districts, where there are several: names for a map of a whole country.
    pub district_anchors: OnceLock<Vec<(String, Anchor)>>,
    bounds_deg: Arc<OnceLock<Option<BoundsDeg>>>,
    spatial: Arc<OnceLock<SpatialIndex>>,
    names: OnceLock<NameIndex>,
    report: Arc<OnceLock<Report>>,
    is_facilities: OnceLock<bool>,
    has_roads: OnceLock<bool>,
    can_be_villages: OnceLock<bool>,
    evidence: OnceLock<VillageEvidence>,
    members: OnceLock<Members>,
}

impl Loaded {
    /// Prepares what the first picture needs; the rest follows by [`Self::finish`], or where it is asked for sooner.
    pub fn new(dataset: Dataset) -> Self {
        let dataset = Arc::new(dataset);
        let (chunks, towns) = rayon::join(|| Chunks::new(dataset.geometry.clone()), || towns_of(&dataset));
        Self {
            generation: Generation::next(),
            shapes: Generation::next(),
            towns,
            chunks: Arc::new(chunks),
            anchors: Arc::default(),
            town_anchors: OnceLock::new(),
            district_anchors: OnceLock::new(),
            bounds_deg: Arc::default(),
            spatial: Arc::default(),
            names: OnceLock::new(),
            report: Arc::default(),
            is_facilities: OnceLock::new(),
            has_roads: OnceLock::new(),
            can_be_villages: OnceLock::new(),
            evidence: OnceLock::new(),
            members: OnceLock::new(),
            dataset,
        }
    }

    /// What the cache knows of a file: nothing that takes long is left to be made.
    pub fn restored(dataset: Dataset, chunks: Chunks, anchors: Vec<Option<Anchor>>, report: Report) -> Self {
        let towns = towns_of(&dataset);
        Self {
            generation: Generation::next(),
            shapes: Generation::next(),
            // Names of villages and towns are placed together: both are there, or neither.
            town_anchors: OnceLock::from(place_anchors(&dataset, Role::Town, &towns, &anchors)),
            district_anchors: OnceLock::from(district_anchors(&dataset, &anchors)),
            towns,
            chunks: Arc::new(chunks),
            anchors: Arc::new(OnceLock::from(anchors)),
            bounds_deg: Arc::default(),
            spatial: Arc::default(),
            names: OnceLock::new(),
            report: Arc::new(OnceLock::from(report)),
            is_facilities: OnceLock::new(),
            has_roads: OnceLock::new(),
            can_be_villages: OnceLock::new(),
            evidence: OnceLock::new(),
            members: OnceLock::new(),
            dataset: Arc::new(dataset),
        }
    }

    /// The same geometry under another choice of fields.
    pub fn with_roles(&self, dataset: Dataset) -> Self {
        let towns = towns_of(&dataset);
        let anchors = self.anchors.get();
        let placed = anchors.map(|a| OnceLock::from(place_anchors(&dataset, Role::Town, &towns, a)));
        let districts = anchors.map(|a| OnceLock::from(district_anchors(&dataset, a)));
        Self {
            generation: Generation::next(),
            shapes: self.shapes,
            town_anchors: placed.unwrap_or_default(),
            district_anchors: districts.unwrap_or_default(),
            towns,
            chunks: self.chunks.clone(),
            anchors: self.anchors.clone(),
            bounds_deg: self.bounds_deg.clone(),
            spatial: self.spatial.clone(),
            names: OnceLock::new(),
            report: self.report.clone(),
            is_facilities: OnceLock::new(),
            has_roads: OnceLock::new(),
            can_be_villages: OnceLock::new(),
            evidence: OnceLock::new(),
            members: OnceLock::new(),
            dataset: Arc::new(dataset),
        }
    }

    /// Bounds of everything, \[west, south, east, north\] in degrees.
    pub fn bounds_deg(&self) -> Option<BoundsDeg> {
        let bounds = || {
            let is_placed = self.dataset.source.crs.is_geographic();
            is_placed.then(|| self.dataset.geometry.bounds_of_most()).flatten()
        };
        *self.bounds_deg.get_or_init(bounds)
    }

    /// The features by place.
    pub fn spatial(&self) -> &SpatialIndex {
        self.spatial.get_or_init(|| SpatialIndex::new(&self.dataset.geometry))
    }

    /// The features by name.
    pub fn names(&self) -> &NameIndex {
        self.names.get_or_init(|| name_index(&self.dataset))
    }

    /// The features by place, where asking does not take long: see [`Self::names_in_time`].
    pub fn spatial_in_time(&self) -> Option<&SpatialIndex> {
        if self.dataset.len() < SOON_SORTED { Some(self.spatial()) } else { self.spatial.get() }
    }

    /// The features by name, where asking does not take long: small layers, and large ones once [`Self::finish`] has come to
    /// them.
    pub fn names_in_time(&self) -> Option<&NameIndex> {
        if self.dataset.len() < SOON_SORTED { Some(self.names()) } else { self.names.get() }
    }

    /// Whether its lines are roads, as their classes or its name say.
    pub fn has_roads(&self, name: &str) -> bool {
        *self.has_roads.get_or_init(|| crate::round::are_roads(&self.dataset, name))
    }

    /// Whether it is facilities, as its fields say.
    pub fn is_facilities(&self) -> bool {
        *self.is_facilities.get_or_init(|| is_facilities(&self.dataset))
    }

    /// Whether its areas can be the villages.
    pub fn can_be_villages(&self) -> bool {
        *self.can_be_villages.get_or_init(|| can_be_villages(&self.dataset))
    }

    /// How its villages are named.
    pub fn naming(&self) -> Naming {
        let (roles, table) = (&self.dataset.roles, &self.dataset.table);
        let has_texts = table.columns.iter().any(|c| c.kind == FieldType::Text);
        if !self.can_be_villages() || self.dataset.is_empty() {
            return Naming::Plain;
        }
        match roles.field(Role::Name) {
            Some(_) if roles.is_by_value(Role::Name) => Naming::ByValue,
            None if roles.is_by_value(Role::Code) => Naming::ByValue,
            None if has_texts => Naming::Nothing,
            _ => Naming::Plain,
        }
    }

    /// How much it looks like the villages.
    pub fn evidence(&self) -> VillageEvidence {
        *self.evidence.get_or_init(|| VillageEvidence::of(&self.dataset))
    }

    /// What is known of it, beside what the project says.
    pub fn look(&self, said: Option<LayerKind>) -> LayerLook<'_> {
        let (is_facilities, can_be_villages) = (self.is_facilities(), self.can_be_villages());
        LayerLook { said, is_facilities, can_be_villages, evidence: Box::new(|| self.evidence()) }
    }

    /// Which of its features are villages.
    pub fn members(&self) -> &Members {
        self.members.get_or_init(|| Members::of(&self.dataset))
    }

    /// The same, where asking does not take long: see [`Self::names_in_time`].
    pub fn members_in_time(&self) -> Option<&Members> {
        if self.dataset.len() < SOON_SORTED { Some(self.members()) } else { self.members.get() }
    }

    /// How many villages it has, or features where it is something else.
    pub fn count(&self) -> usize {
        let members = self.members_in_time().filter(|_| self.can_be_villages());
        members.map_or(self.dataset.len() as usize, Members::len)
    }

    /// Whether there are points or lines among its areas: labels rather than villages.
    pub fn has_labels(&self) -> bool {
        let is_area = |p: &Part| p.kind == PartKind::Polygon;
        self.can_be_villages() && !self.dataset.geometry.parts.iter().all(is_area)
    }

    /// Problems of the data: those of the reader at first, with those of the geometry once [`Self::finish`] is done.
    pub fn report(&self) -> &Report {
        self.report.get().unwrap_or(&self.dataset.report)
    }

    /// Whether everything is there that follows the first picture.
    pub fn is_finished(&self) -> bool {
        self.report.get().is_some()
            && self.names.get().is_some()
            && self.anchors.get().is_some()
            && (!self.can_be_villages() || self.members.get().is_some())
            && self.town_anchors.get().is_some()
            && self.district_anchors.get().is_some()
    }

    /// Makes indices, places of labels and the full report, in pieces that leave room for other work. Stops where the
    /// layer was taken away meanwhile.
    pub fn finish(self: &Arc<Self>) {
        // Searching is what people do first.
        rayon::join(|| self.names(), || self.spatial());
        if self.can_be_villages() {
            self.members();
        }
        let geometry: &GeometryStore = &self.dataset.geometry;
        if self.anchors.get().is_none() {
            let mut anchors = Vec::with_capacity(self.dataset.len() as usize);
            for start in (0..self.dataset.len()).step_by(PIECE) {
                let end = (start + PIECE as u32).min(self.dataset.len());
                anchors.par_extend((start..end).into_par_iter().map(|f| anchor(geometry, FeatureId::new(f))));
            }
            // Where another thread was faster, its equal result stays.
            self.anchors.set(anchors).ok();
        }
        if let Some(anchors) = self.anchors.get() {
            self.town_anchors.get_or_init(|| place_anchors(&self.dataset, Role::Town, &self.towns, anchors));
            self.district_anchors.get_or_init(|| district_anchors(&self.dataset, anchors));
        }
        let is_shown = || Arc::strong_count(self) > 1 || Arc::strong_count(&self.report) > 1;
        if self.report.get().is_none()
            && let Some(mut report) = full_report(&self.dataset, is_shown)
        {
            if self.can_be_villages() {
                report.problems.extend(self.members().problems(&self.dataset));
            }
            self.report.set(report).ok();
        }
    }

    /// Whether the layer holds points only.
    pub fn is_points(&self) -> bool {
        let parts = &self.dataset.geometry.parts;
        !parts.is_empty() && parts.iter().all(|p| p.kind == PartKind::Point)
    }

    /// Whether the layer holds lines only: roads, rivers, pipes.
    pub fn is_lines(&self) -> bool {
        let parts = &self.dataset.geometry.parts;
        !parts.is_empty() && parts.iter().all(|p| p.kind == PartKind::Line)
    }

    /// The colour of features that nothing colours and for which nobody chose one.
    pub fn usual_colour(&self, tokens: &Tokens) -> [u8; 3] {
        if self.is_points() {
            tokens.plain.symbol
        } else if self.is_lines() {
            tokens.plain.line
        } else {
            tokens.plain.fill
        }
    }

    /// How the renderer is to draw the features under a theme, or in one colour without.
    /// Features out of focus fade towards the ground.
    pub fn style(
        &self,
        colouring: Option<&Colouring>,
        plain: [u8; 3],
        in_focus: &dyn Fn(FeatureId) -> bool,
        ground: [u8; 3],
    ) -> Style {
        Style::new(self.dataset.features().map(|f| {
            let texel = match colouring {
                None => Texel::Colour(plain),
                Some(t) => t.colour_of(f).map_or(Texel::Hatched, Texel::Colour),
            };
            match texel {
                Texel::Colour(colour) if !in_focus(f) => Texel::Colour(seen(faded(colour, ground))),
                Texel::Hatched if !in_focus(f) => Texel::Colour(seen(faded([200; 3], ground))),
                Texel::Colour(colour) => Texel::Colour(seen(colour)),
                texel => texel,
            }
        }))
    }

    /// Where the name of a line or a point stands: half-way along its longest piece, or at its first place.
    pub fn spot(&self, feature: FeatureId) -> Option<Anchor> {
        let geometry = &self.dataset.geometry;
        let world = |c: &[f64; 2]| WorldPos::from_lonlat(LonLat::new(c[0], c[1]));
        let length =
            |line: &[[f64; 2]]| -> f64 { line.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum() };
        let pieces = geometry.parts_of(feature).iter().flat_map(|p| geometry.rings_of(p));
        let (whole, longest) = pieces.map(|l| (length(l), l)).max_by(|a, b| a.0.total_cmp(&b.0))?;
        let mut left = whole / 2.0;
        let mut at = world(longest.first()?);
        for w in longest.windows(2) {
            let own = (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1]);
            if own >= left && own > 0.0 {
                let share = left / own;
                at = world(&[w[0][0] + (w[1][0] - w[0][0]) * share, w[0][1] + (w[1][1] - w[0][1]) * share]);
                break;
            }
            left -= own;
        }
        let [w, s, e, n] = geometry.bounds_of(feature)?.sides();
        let (a, b) = (world(&[w, n]), world(&[e, s]));
        Some(Anchor { at, extent: [(b.x - a.x) as f32, (b.y - a.y) as f32] })
    }

    /// The inside of the part of a feature in which its name stands.
    pub fn inside(&self, feature: FeatureId) -> Option<Strips> {
        let at = self.anchors.get()?.get(feature.index()).copied().flatten()?.at;
        let geometry = &self.dataset.geometry;
        let world = |p: &GridPos| {
            let step = 1.0 / (1u64 << crate::geo::GRID_BITS) as f64;
            WorldPos { x: f64::from(p.x) * step, y: f64::from(p.y) * step }
        };
        geometry.polygons_of(feature).find_map(|part| {
            let rings = (part.ring_start..part.ring_end)
                .map(|ring| self.chunks.grid.get(geometry.ring_range(ring)).unwrap_or(&[]).iter().map(world).collect());
            Strips::new(&rings.collect::<Vec<_>>(), at)
        })
    }

    /// The symbols of point features: a shape for each class of the theme, so that colour is not needed to tell them.
    pub fn symbols(&self, colouring: Option<&Colouring>) -> Vec<PointSymbol> {
        PointSymbol::all(&self.chunks, |f| Some(shape_of(colouring.and_then(|t| t.class_of(f))).into()))
    }
}

/// A colour that has nearly become the ground.
fn faded(colour: [u8; 3], ground: [u8; 3]) -> [u8; 3] {
    std::array::from_fn(|i| ((u16::from(colour[i]) + 4 * u16::from(ground[i])) / 5) as u8)
}

/// The shape of a class of points.
pub fn shape_of(class: Option<usize>) -> Shape {
    const SHAPES: [Shape; 5] = [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Cross, Shape::Diamond];
    class.map_or(Shape::Circle, |c| SHAPES[c % SHAPES.len()])
}

fn anchor(geometry: &GeometryStore, feature: FeatureId) -> Option<Anchor> {
    let polygons = geometry.multi_polygon_of(feature);
    let at = representative_point(&polygons)?;
    let [w, s, e, n] = geometry.bounds_of(feature)?.sides();
    let (a, b) = (WorldPos::from_lonlat(LonLat::new(w, n)), WorldPos::from_lonlat(LonLat::new(e, s)));
    Some(Anchor { at: WorldPos::from_lonlat(at), extent: [(b.x - a.x) as f32, (b.y - a.y) as f32] })
}

/// Each town's middle, at the village nearest to it. A name whose villages lie scattered is borne by several towns: it
/// gets no label.
fn place_anchors(dataset: &Dataset, role: Role, towns: &[u32], anchors: &[Option<Anchor>]) -> Vec<(String, Anchor)> {
    struct Town {
        bounds: [f64; 4],
        moment: [f64; 2],
        area: f64,
        first: FeatureId,
    }
    let mut found: Vec<Option<Town>> = Vec::new();
    let member = |f: usize| Some((*towns.get(f)? as usize, anchors.get(f).copied().flatten()?)).filter(|m| m.0 > 0);
    for (f, (town, anchor)) in (0..towns.len()).filter_map(|f| Some((f, member(f)?))) {
        if found.len() <= town {
            found.resize_with(town + 1, || None);
        }
        let (w, h) = (f64::from(anchor.extent[0]), f64::from(anchor.extent[1]));
        let all = found[town].get_or_insert(Town {
            bounds: [1.0, 1.0, 0.0, 0.0],
            moment: [0.0; 2],
            area: 0.0,
            first: FeatureId::new(f as u32),
        });
        let [west, north, east, south] = all.bounds;
        let WorldPos { x, y } = anchor.at;
        all.bounds = [west.min(x - w / 2.0), north.min(y - h / 2.0), east.max(x + w / 2.0), south.max(y + h / 2.0)];
        all.moment = [all.moment[0] + x * w * h, all.moment[1] + y * w * h];
        all.area += w * h;
    }
    let mut nearest: Vec<Option<(f64, WorldPos)>> = vec![None; found.len()];
    for (town, anchor) in (0..towns.len()).filter_map(member) {
        let Some(all) = &found[town] else { continue };
        let (dx, dy) = (anchor.at.x - all.moment[0] / all.area, anchor.at.y - all.moment[1] / all.area);
        let distance = dx.hypot(dy);
        if nearest[town].is_none_or(|(least, _)| distance < least) {
            nearest[town] = Some((distance, anchor.at));
        }
    }
    let mut labels: Vec<(String, Anchor)> = found
        .iter()
        .zip(nearest)
        .filter_map(|(town, nearest)| {
            let (town, (_, at)) = (town.as_ref()?, nearest?);
            let [west, north, east, south] = town.bounds;
            let (width, height) = (east - west, south - north);
            (width * height < 4.0 * town.area).then_some(())?;
            let name = dataset.text(town.first, role)?.into_owned();
            Some((name, Anchor { at, extent: [width as f32, height as f32] }))
        })
        .collect();
    let size = |a: &Anchor| a.extent[0] * a.extent[1];
    labels.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)));
    labels
}

/// The same of districts; one alone needs no name.
fn district_anchors(dataset: &Dataset, anchors: &[Option<Anchor>]) -> Vec<(String, Anchor)> {
    if dataset.roles.field(Role::District).is_none() {
        return Vec::new();
    }
    let places = place_anchors(dataset, Role::District, &codes_of(dataset, Role::District), anchors);
    if places.len() > 1 { places } else { Vec::new() }
}

fn name_index(dataset: &Dataset) -> NameIndex {
    let text = |f, role| dataset.text(f, role).map(|t| t.into_owned()).unwrap_or_default();
    NameIndex::new(dataset.features().map(|f| (text(f, Role::Name), text(f, Role::Town), text(f, Role::Code))))
}

fn towns_of(dataset: &Dataset) -> Arc<[u32]> {
    let towns = codes_of(dataset, Role::Town);
    if dataset.roles.field(Role::District).is_none() {
        return towns.into();
    }
    // Towns of one name in two districts are two towns.
    let districts = codes_of(dataset, Role::District);
    let mut numbers: rustc_hash::FxHashMap<(u32, u32), u32> = Default::default();
    let mut number = |(town, district): (&u32, &u32)| {
        let next = numbers.len() as u32 + 1;
        if *town == 0 { 0 } else { *numbers.entry((*district, *town)).or_insert(next) }
    };
    towns.iter().zip(&districts).map(&mut number).collect()
}

/// A number for each text of a role, in order of first appearance; 0 where there is none.
fn codes_of(dataset: &Dataset, role: Role) -> Vec<u32> {
    let column = dataset.roles.field(role).and_then(|i| dataset.table.columns.get(i));
    if let Some(ColumnData::Text { codes, dictionary }) = column.filter(|c| c.sparse.is_none()).map(|c| &c.data) {
        let blank: Vec<bool> = dictionary.iter().map(|t| t.trim().is_empty()).collect();
        return codes.iter().map(|c| blank.get(*c as usize).filter(|b| !**b).map_or(0, |_| c + 1)).collect();
    }
    let mut numbers: rustc_hash::FxHashMap<String, u32> = Default::default();
    let number = |f| {
        dataset.text(f, role).map_or(0, |text| {
            let next = numbers.len() as u32 + 1;
            *numbers.entry(text.into_owned()).or_insert(next)
        })
    };
    dataset.features().map(number).collect()
}

/// How far a layer is.
pub enum Status {
    /// Being read.
    Loading(Arc<Progress>),
    /// On the map.
    Ready(Arc<Loaded>),
    /// Below everything: tiles or a picture of the earth.
    Ground(Arc<Ground>),
    /// Its file could not be read: the message.
    Failed(String),
}

/// A layer of the window.
pub struct Layer {
    /// Its key in scene and document.
    pub key: LayerKey,
    /// How far it is.
    pub status: Status,
    /// The theme applied, if any.
    pub colouring: Option<Arc<Colouring>>,
}

impl Layer {
    /// The data, once they are there.
    pub fn loaded(&self) -> Option<&Arc<Loaded>> {
        match &self.status {
            Status::Ready(loaded) => Some(loaded),
            _ => None,
        }
    }

    /// Why it is not on the map, where it could not be read.
    pub fn trouble(&self) -> Option<&str> {
        match &self.status {
            Status::Failed(why) => Some(why),
            _ => None,
        }
    }

    /// The ground, where it is one that is open.
    pub fn ground(&self) -> Option<&Arc<Ground>> {
        match &self.status {
            Status::Ground(ground) => Some(ground),
            _ => None,
        }
    }
}
