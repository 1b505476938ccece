//! A layer in the window: its file, read, indexed and classed.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::geo::{LonLat, WorldPos, representative_point};
use crate::index::{NameIndex, SpatialIndex};
use crate::model::{Dataset, FeatureId, GeometryStore, PartKind, Role};
use crate::read::Progress;
use crate::render::{Chunks, LayerKey, PointSymbol, Shape, Style, Texel};
use crate::theme::Themed;

/// Where a label stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// A point inside the polygon.
    pub at: WorldPos,
    /// Width and height of the feature in world units.
    pub extent: [f32; 2],
}

/// A file's data and everything made from them. Immutable and shared.
pub struct Loaded {
    /// The data.
    pub dataset: Arc<Dataset>,
    /// Geometry for the renderer.
    pub chunks: Arc<Chunks>,
    /// By place.
    pub spatial: Arc<SpatialIndex>,
    /// By name.
    pub names: Arc<NameIndex>,
    /// Number of the town of each feature; 0 where it has none.
    pub towns: Arc<[u32]>,
    /// Where labels stand; filled in the background after the first frame.
    pub anchors: Arc<OnceLock<Vec<Option<Anchor>>>>,
}

impl Loaded {
    /// Indexes a dataset.
    pub fn new(dataset: Dataset) -> Self {
        let dataset = Arc::new(dataset);
        let geometry = dataset.geometry.clone();
        let ((chunks, towns), (spatial, names)) = rayon::join(
            || (Chunks::new(geometry.clone()), towns_of(&dataset)),
            || (SpatialIndex::new(&geometry), name_index(&dataset)),
        );
        Self {
            names: Arc::new(names),
            towns,
            chunks: Arc::new(chunks),
            spatial: Arc::new(spatial),
            anchors: Arc::default(),
            dataset,
        }
    }

    /// The same geometry under another choice of fields.
    pub fn with_roles(&self, dataset: Dataset) -> Self {
        Self {
            names: Arc::new(name_index(&dataset)),
            towns: towns_of(&dataset),
            chunks: self.chunks.clone(),
            spatial: self.spatial.clone(),
            anchors: self.anchors.clone(),
            dataset: Arc::new(dataset),
        }
    }

    /// Whether the layer holds points only.
    pub fn is_points(&self) -> bool {
        let parts = &self.dataset.geometry.parts;
        !parts.is_empty() && parts.iter().all(|p| p.kind == PartKind::Point)
    }

    /// Finds a point inside every polygon for its label.
    pub fn make_anchors(&self) {
        let geometry: &GeometryStore = &self.dataset.geometry;
        self.anchors
            .get_or_init(|| (0..self.dataset.len()).into_par_iter().map(|feature| anchor(geometry, feature)).collect());
    }

    /// How the renderer is to draw the features under a theme, or in one colour without.
    pub fn style(&self, themed: Option<&Themed>, plain: [u8; 3]) -> Style {
        Style::new((0..self.dataset.len()).map(|f| match themed {
            None => Texel::Colour(plain),
            Some(t) => t.colour_of(f).map_or(Texel::Hatched, Texel::Colour),
        }))
    }

    /// The symbols of point features: a shape for each class of the theme, so that colour is not needed to tell them.
    pub fn symbols(&self, themed: Option<&Themed>) -> Vec<PointSymbol> {
        PointSymbol::all(&self.chunks, |f| shape_of(themed.and_then(|t| t.class_of(f))))
    }
}

/// The shape of a class of points.
pub fn shape_of(class: Option<usize>) -> Shape {
    const SHAPES: [Shape; 5] = [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Cross, Shape::Diamond];
    class.map_or(Shape::Circle, |c| SHAPES[c % SHAPES.len()])
}

fn anchor(geometry: &GeometryStore, feature: FeatureId) -> Option<Anchor> {
    let polygons = geometry.multi_polygon_of(feature);
    let at = representative_point(&polygons)?;
    let [w, s, e, n] = geometry.bounds_of(feature)?;
    let (a, b) = (WorldPos::from_lonlat(LonLat::new(w, n)), WorldPos::from_lonlat(LonLat::new(e, s)));
    Some(Anchor { at: WorldPos::from_lonlat(at), extent: [(b.x - a.x) as f32, (b.y - a.y) as f32] })
}

fn name_index(dataset: &Dataset) -> NameIndex {
    let text = |f, role| dataset.text(f, role).map(|t| t.into_owned()).unwrap_or_default();
    NameIndex::new((0..dataset.len()).map(|f| (text(f, Role::Name), text(f, Role::Town), text(f, Role::Code))))
}

fn towns_of(dataset: &Dataset) -> Arc<[u32]> {
    let mut numbers: rustc_hash::FxHashMap<String, u32> = Default::default();
    (0..dataset.len())
        .map(|f| match dataset.text(f, Role::Town) {
            None => 0,
            Some(town) => {
                let next = numbers.len() as u32 + 1;
                *numbers.entry(town.into_owned()).or_insert(next)
            }
        })
        .collect()
}

/// How far a layer is.
pub enum Status {
    /// Being read.
    Loading(Arc<Progress>),
    /// On the map.
    Ready(Arc<Loaded>),
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
    pub themed: Option<Arc<Themed>>,
}

impl Layer {
    /// The data, once they are there.
    pub fn loaded(&self) -> Option<&Arc<Loaded>> {
        match &self.status {
            Status::Ready(loaded) => Some(loaded),
            _ => None,
        }
    }
}
