//! Villages, tables and facilities joined: what the join is made for.

use std::sync::Arc;

use super::layer::{Loaded, Status};
use super::state::Session;
use super::symbols::ADDED_LAYER;
use crate::district::{District, LayerLook, Said, Source, TableSource, kinds_of, village_position};
use crate::model::{
    Dataset, Edit, Generation, Indicator, Indicators, KindWord, LayerKind, Person, Theme, ThemeEntry, VillageAlias,
};
use crate::project::TableEntry;

/// Everything that a district is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct DistrictKey {
    /// The layers, top first: their data, their ids, and what the project says that they are.
    pub layers: Vec<(Generation, String, Option<LayerKind>, [Option<String>; 2])>,
    /// Tables, and how often they were read again.
    pub tables: (Vec<TableSource>, u32),
    /// Indicators of the project's own.
    pub indicators: Vec<Indicator>,
    /// Corrections.
    pub edits: Vec<Edit>,
    /// What was decided about rows.
    pub aliases: Vec<VillageAlias>,
    /// What was decided about words for kinds.
    pub kinds: Vec<KindWord>,
    /// Themes of the project's own.
    pub themes: Vec<ThemeEntry>,
    /// Who answers for what.
    pub people: Vec<Person>,
}

impl DistrictKey {
    /// Joins the data that the key stands for.
    pub fn join(&self, sources: &[Source]) -> Option<Arc<District>> {
        let said = Said {
            edits: &self.edits,
            aliases: &self.aliases,
            kinds: &self.kinds,
            themes: &self.themes,
            people: &self.people,
        };
        District::of(sources, &self.tables.0, &self.indicators, &said).map(Arc::new)
    }
}

/// Whether a file of villages carries figures of a theme as properties.
fn has_figures(dataset: &Dataset) -> bool {
    static SHIPPED: std::sync::LazyLock<Indicators> = std::sync::LazyLock::new(|| Indicators::with(&[]));
    let is_figure = |name: &str| SHIPPED.get(name).is_some_and(|i| i.theme != Theme::Base);
    dataset.table.columns.iter().any(|c| is_figure(&c.name))
}

impl Session {
    /// What is to be joined, with the data of the layers.
    pub fn wanted_district(&self) -> (DistrictKey, Vec<Source>) {
        let of_files = self.shown().filter_map(|(l, e)| {
            Some((l.loaded()?, e.id.clone(), e.kind.clone(), [e.valid_from.clone(), e.valid_to.clone()]))
        });
        // Added facilities have no entry in the list of layers.
        let added = self.layers.get(&ADDED_LAYER).and_then(|l| l.loaded());
        let all: Vec<_> =
            of_files.chain(added.map(|l| (l, String::new(), Some(LayerKind::Facilities), [None, None]))).collect();
        let project = &self.document.project;
        let table = |t: &TableEntry| TableSource { path: t.path.clone(), layout: t.layout.clone() };
        let key = DistrictKey {
            layers: all
                .iter()
                .map(|(l, id, kind, valid)| (l.generation, id.clone(), kind.clone(), valid.clone()))
                .collect(),
            tables: (project.tables.iter().map(table).collect(), self.storage.tables_read),
            indicators: project.indicators.clone(),
            edits: project.edits.clone(),
            aliases: project.aliases.clone(),
            kinds: project.kinds.clone(),
            themes: project.themes.clone(),
            people: project.people.clone(),
        };
        let source =
            |(l, id, kind, valid): (&Arc<Loaded>, String, _, _)| Source { id, kind, valid, dataset: l.dataset.clone() };
        (key, all.into_iter().map(source).collect())
    }

    /// Whether a layer is still being read.
    pub fn is_loading(&self) -> bool {
        self.shown().any(|(l, _)| matches!(l.status, Status::Loading(_)))
    }

    /// Whether there is anything to join: a map without tables and facilities has not.
    pub fn needs_district(&self) -> bool {
        let mut loaded = self.shown().map(|(l, _)| l).chain(self.layers.get(&ADDED_LAYER)).filter_map(|l| l.loaded());
        !self.document.project.tables.is_empty() || loaded.any(|l| l.is_facilities() || has_figures(&l.dataset))
    }

    /// Whether the district that is there speaks of the same villages as these layers: it is shown until the new one is there.
    pub fn keeps_villages(&self, sources: &[Source]) -> bool {
        let looks: Vec<LayerLook<'_>> = sources.iter().map(LayerLook::of).collect();
        let villages = village_position(&looks, &kinds_of(&looks)).and_then(|i| sources.get(i));
        let is_same =
            |old: &Arc<District>| villages.is_some_and(|v| Arc::ptr_eq(&v.dataset.geometry, &old.villages.geometry));
        self.district().is_some_and(is_same)
    }

    /// Joins at once, without a window.
    pub fn join(&mut self) {
        let (key, layers) = self.wanted_district();
        self.made.district.make(key, |key| key.join(&layers));
    }
}
