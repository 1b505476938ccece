//! Villages, tables and facilities joined: what the join is made for.

use std::path::PathBuf;
use std::sync::Arc;

use super::state::Session;
use super::symbols::ADDED_LAYER;
use crate::district::{District, is_facilities, village_dataset};
use crate::model::{Dataset, Edit, Generation, Indicator, Indicators, Topic};

/// Everything that a district is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct DistrictKey {
    /// Data of the layers, top first.
    pub layers: Vec<Generation>,
    /// Tables, and how often they were read again.
    pub tables: (Vec<PathBuf>, u32),
    /// Indicators of the project's own.
    pub indicators: Vec<Indicator>,
    /// Corrections.
    pub edits: Vec<Edit>,
}

impl DistrictKey {
    /// Joins the data that the key stands for.
    pub fn join(&self, layers: &[Arc<Dataset>]) -> Option<Arc<District>> {
        District::new(layers, &self.tables.0, &self.indicators, &self.edits).map(Arc::new)
    }
}

/// Whether a file of villages carries figures of a theme as properties.
fn has_figures(dataset: &Dataset) -> bool {
    static SHIPPED: std::sync::LazyLock<Indicators> = std::sync::LazyLock::new(|| Indicators::with(&[]));
    let is_figure = |name: &str| SHIPPED.get(name).is_some_and(|i| i.theme != Topic::Base);
    dataset.table.columns.iter().any(|c| is_figure(&c.name))
}

impl Session {
    /// What is to be joined, with the data of the layers.
    pub fn wanted_district(&self) -> (DistrictKey, Vec<Arc<Dataset>>) {
        let shown = self.shown().map(|(l, _)| l).chain(self.layers.get(&ADDED_LAYER));
        let loaded: Vec<_> = shown.filter_map(|l| l.loaded()).collect();
        let project = &self.document.project;
        let key = DistrictKey {
            layers: loaded.iter().map(|l| l.generation).collect(),
            tables: (project.tables.iter().map(|t| t.path.clone()).collect(), self.storage.tables_read),
            indicators: project.indicators.clone(),
            edits: project.edits.clone(),
        };
        (key, loaded.into_iter().map(|l| l.dataset.clone()).collect())
    }

    /// Whether there is anything to join: a map without tables and facilities has not.
    pub fn needs_district(&self, layers: &[Arc<Dataset>]) -> bool {
        let has_some = |d: &Arc<Dataset>| is_facilities(d) || has_figures(d);
        !self.document.project.tables.is_empty() || layers.iter().any(has_some)
    }

    /// Whether the district that is there speaks of the same villages as these layers: it is shown until the new one is there.
    pub fn keeps_villages(&self, layers: &[Arc<Dataset>]) -> bool {
        let villages = village_dataset(layers);
        self.district().is_some_and(|old| villages.is_some_and(|v| Arc::ptr_eq(&v.geometry, &old.villages.geometry)))
    }

    /// Joins at once, without a window.
    pub fn join(&mut self) {
        let (key, layers) = self.wanted_district();
        self.made.district.make(key, |key| key.join(&layers));
    }
}
