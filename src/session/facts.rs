//! What the card says of a village beyond its own attributes: size, and how it compares.

use crate::geo::{Measure, measure, repaired, representative_point};
use crate::model::{ColumnData, FeatureId, Generation, Role, identifies};
use crate::render::LayerKey;

use super::layer::Loaded;
use super::state::Session;

/// Means of a field; `None` where no village has a value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Means {
    /// Over the villages of the same town, this one included.
    pub town: Option<f64>,
    /// Over all villages.
    pub all: Option<f64>,
}

/// What facts are about: a layer, its data, a feature.
pub type FactsKey = (LayerKey, Generation, FeatureId);

/// Facts about one feature, made when it is selected.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Geodesic size; `None` for points and lines.
    pub size: Option<Measure>,
    /// Whether its rings had to be repaired.
    pub repaired: bool,
    /// Means of each field, in the order of the table; plain means, each village counting once.
    pub means: Vec<Means>,
}

impl Facts {
    /// Measures a feature and compares it with its town and all others. Missing values count in no mean.
    pub fn new(loaded: &Loaded, feature: FeatureId) -> Self {
        let dataset = &loaded.dataset;
        let original = dataset.geometry.multi_polygon_of(feature);
        let geographic = dataset.source.crs.is_geographic() && !original.0.is_empty();
        let mended = if geographic { repaired(&original) } else { None };
        let polygons = mended.as_ref().unwrap_or(&original);
        let size = (geographic && representative_point(polygons).is_some()).then(|| measure(polygons));
        let town = loaded.towns.get(feature.index()).copied().unwrap_or(0);
        let code = dataset.roles.field(Role::Code);
        let means = dataset
            .table
            .columns
            .iter()
            .enumerate()
            .map(|(i, column)| {
                if Some(i) == code
                    || identifies(&column.name)
                    || matches!(column.data, ColumnData::Text { .. } | ColumnData::Boolean(_))
                {
                    return Means::default();
                }
                let mean = |keep: &dyn Fn(FeatureId) -> bool| {
                    let values = dataset.features().filter(|f| keep(*f)).filter_map(|f| column.value(f).as_f64());
                    let (sum, n) = values.fold((0.0, 0u32), |(s, n), v| (s + v, n + 1));
                    (n > 0).then(|| sum / f64::from(n))
                };
                let same_town = |f: FeatureId| loaded.towns.get(f.index()) == Some(&town);
                Means { town: (town != 0).then(|| mean(&same_town)).flatten(), all: mean(&|_| true) }
            })
            .collect();
        Self { size, repaired: mended.is_some(), means }
    }
}
impl Session {
    /// Brings the facts about the feature on the card up to date.
    pub fn find_facts(&mut self) {
        let Some((layer, feature)) = self.on_card() else {
            self.made.facts.clear();
            return;
        };
        let Some(loaded) = layer.loaded().cloned() else { return };
        let key = (layer.key, loaded.generation, feature);
        self.made.facts.make(key, |_| Facts::new(&loaded, feature));
    }

    /// Facts about a feature, where they are there.
    pub fn facts(&self, layer: LayerKey, feature: FeatureId) -> Option<&Facts> {
        let is_it = self.made.facts.key().is_some_and(|k| (k.0, k.2) == (layer, feature));
        self.made.facts.last().filter(|_| is_it)
    }
}
