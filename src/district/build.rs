//! Makes a district from its files.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::facility::{Facility, Kind, facilities_of, is_facilities};
use super::join::{Found, VillageFinder};
use super::table::Filler;
use crate::geo::{LonLat, representative_point};
use crate::index::{NearestIndex, SpatialIndex};
use crate::model::{Dataset, Edit, FeatureId, Indicator, Indicators, Observations, PartKind, Report, Role, Severity};
use crate::read::{WideTable, read_wide};

/// Villages, observations and facilities, joined.
pub struct District {
    /// The villages.
    pub villages: Arc<Dataset>,
    /// What the figures are.
    pub indicators: Indicators,
    /// The figures.
    pub observations: Observations,
    /// Facilities of all files, one file after the other.
    pub facilities: Vec<Facility>,
    /// Facilities of each village, by position in `facilities`.
    pub of_village: Vec<Vec<u32>>,
    /// What was odd in tables and joins.
    pub report: Report,
    /// Name of each layer of facilities: that of its file.
    layer_names: Vec<String>,
    /// Ids or names that facilities of several layers have.
    shared_keys: FxHashSet<String>,
    stands: Vec<Option<LonLat>>,
}

impl District {
    /// Joins the layers and tables of a project: the first layer with polygons holds the villages, point layers with
    /// kinds the facilities. What cannot be read or does not fit is in the report, and the rest is used; `None` where no
    /// layer has villages.
    /// Corrections of the project stand over all of them.
    pub fn new(layers: &[Arc<Dataset>], tables: &[PathBuf], own: &[Indicator], edits: &[Edit]) -> Option<Self> {
        let has_polygons = |d: &&Arc<Dataset>| d.geometry.parts.iter().any(|p| p.kind == PartKind::Polygon);
        let villages = layers.iter().find(has_polygons)?.clone();
        let spatial = SpatialIndex::new(&villages.geometry);
        let indicators = Indicators::with(own);
        let finder = VillageFinder::new(&villages);
        let mut report = Report::default();
        let read = |path: &PathBuf| match read_wide(path, &indicators) {
            Ok(table) => Some(table),
            Err(e) => {
                report.add(Severity::Error, "table-unreadable", None, e.to_string());
                None
            }
        };
        let tables: Vec<WideTable> = tables.iter().filter_map(read).collect();
        let mut filler = Filler::new(&villages, &indicators, &finder, &tables, edits);
        filler.properties(&mut report);
        for table in &tables {
            filler.table(table, &mut report);
        }
        filler.edits(edits, &mut report);
        filler.check_cumulative(&mut report);
        let observations = filler.observations;
        let mut facilities: Vec<Facility> = layers
            .iter()
            .filter(|d| is_facilities(d))
            .enumerate()
            .flat_map(|(source, d)| facilities_of(d, &mut report).into_iter().map(move |f| Facility { source, ..f }))
            .collect();
        let layer_names: Vec<String> = layers
            .iter()
            .filter(|d| is_facilities(d))
            .map(|d| d.source.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default())
            .collect();
        correct(&mut facilities, &layer_names, edits, &mut report);
        for facility in &mut facilities {
            place(facility, &villages, &finder, &spatial, &mut report);
        }
        let mut of_village = vec![Vec::new(); villages.len() as usize];
        for (i, facility) in facilities.iter().enumerate() {
            if let Some(list) = facility.village.and_then(|v| of_village.get_mut(v as usize)) {
                list.push(i as u32);
            }
        }
        let point = |v| representative_point(&villages.geometry.multi_polygon_of(v));
        let stands = (0..villages.len()).into_par_iter().map(point).collect();
        let mut first: FxHashMap<&str, usize> = FxHashMap::default();
        let own = |f: &Facility| if f.id.is_empty() { f.name.clone() } else { f.id.clone() };
        let keys: Vec<String> = facilities.iter().map(own).collect();
        let mut shared_keys = FxHashSet::default();
        for (facility, key) in facilities.iter().zip(&keys) {
            if *first.entry(key.as_str()).or_insert(facility.source) != facility.source {
                shared_keys.insert(key.clone());
            }
        }
        let mut district = Self {
            villages,
            indicators,
            observations,
            facilities,
            of_village,
            report,
            layer_names,
            shared_keys,
            stands,
        };
        district.compute_nearest();
        district.compute_derived();
        Some(district)
    }

    /// Fills the indicators that are computed: distance to the nearest clinic in use, per year.
    fn compute_nearest(&mut self) {
        let Some(indicator) = self.indicators.position("nearest_clinic_m") else { return };
        if !self.facilities.iter().any(|f| f.kind == Kind::Clinic) {
            return;
        }
        let mut years: Vec<Option<i32>> = self.observations.years().iter().map(|y| Some(*y)).collect();
        years.push(None);
        for year in years {
            let clinics = self.standing(Kind::Clinic, year);
            if clinics.is_empty() {
                continue;
            }
            let index =
                NearestIndex::new(clinics.iter().filter_map(|i| Some((*i, self.facilities.get(*i as usize)?.at))));
            let found: Vec<_> = self.stands.par_iter().map(|p| index.nearest((*p)?)).collect();
            for (village, nearest) in found.into_iter().enumerate() {
                let Some(nearest) = nearest else { continue };
                match year {
                    Some(year) => self.observations.set(indicator, year, village as u32, nearest.distance_m),
                    None => self.observations.set_timeless(indicator, village as u32, nearest.distance_m),
                }
            }
        }
    }

    /// Where a village is taken to be: a point inside it; `None` where it has no area. Distances are measured from there.
    pub fn stand(&self, village: FeatureId) -> Option<LonLat> {
        self.stands.get(village as usize).copied().flatten()
    }

    /// Facilities of a kind that are in use and stood in a year, by position.
    pub fn standing(&self, kind: Kind, year: Option<i32>) -> Vec<u32> {
        let fits = |f: &&Facility| f.kind == kind && f.is_in_use() && f.is_there(year);
        self.facilities.iter().enumerate().filter(|(_, f)| fits(f)).map(|(i, _)| i as u32).collect()
    }

    /// A figure; `None` where it is unknown.
    pub fn value(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> Option<f64> {
        self.observations.value(indicator, year, village)
    }

    /// The latest year, where there is one.
    pub fn last_year(&self) -> Option<i32> {
        self.observations.years().last().copied()
    }

    /// The year asked for where the tables know it, else the latest.
    pub fn year(&self, asked: Option<i32>) -> Option<i32> {
        asked.filter(|y| self.observations.years().contains(y)).or_else(|| self.last_year())
    }

    /// Name of a facility's layer.
    pub fn layer_name(&self, facility: &Facility) -> String {
        self.layer_names.get(facility.source).cloned().unwrap_or_default()
    }

    /// What names a facility over years and machines: its id, else its name; with its layer before it where another layer has
    /// the same.
    pub fn facility_key(&self, facility: &Facility) -> String {
        let key = if facility.id.is_empty() { &facility.name } else { &facility.id };
        match self.shared_keys.contains(key) {
            true => format!("{}:{key}", self.layer_name(facility)),
            false => key.clone(),
        }
    }

    /// Text of a village's field; empty where it has none.
    pub fn text(&self, village: FeatureId, role: Role) -> String {
        self.villages.text(village, role).map(|t| t.into_owned()).unwrap_or_default()
    }
}

/// Puts the project's corrections over the facilities.
fn correct(facilities: &mut [Facility], layers: &[String], edits: &[Edit], report: &mut Report) {
    for edit in edits.iter().filter(|e| !e.facility.is_empty()) {
        let is = |f: &Facility| {
            let is_here = edit.layer.is_empty() || layers.get(f.source).is_some_and(|l| *l == edit.layer);
            is_here && (f.id == edit.facility || (f.id.is_empty() && f.name == edit.facility))
        };
        let known = facilities.iter_mut().find(|f| is(f)).is_some_and(|f| f.correct(edit));
        if !known {
            let detail = format!("{} · {} · {}", edit.facility, edit.what, edit.value);
            report.add(Severity::Warning, "edit-without-target", None, detail);
        }
    }
}

/// Finds the village of a facility: by code, else by name within the town, else by where it lies; and says where these
/// disagree.
fn place(
    facility: &mut Facility,
    villages: &Dataset,
    finder: &VillageFinder,
    spatial: &SpatialIndex,
    report: &mut Report,
) {
    let inside = spatial.at_point(&villages.geometry, facility.at);
    let here = inside.first().copied();
    let found = finder.find(&facility.village_code, &facility.village_name, &facility.town);
    facility.village = if let Found::One(village) = found { Some(village) } else { here };
    let claims = [facility.village_code.as_str(), facility.village_name.as_str()].join(" ");
    let (code, at) = match found {
        Found::One(village) if inside.contains(&village) => return,
        Found::One(village) if inside.is_empty() => ("facility-outside", Some(village)),
        Found::One(village) => ("facility-elsewhere", Some(village)),
        Found::Several => ("facility-several", here),
        Found::Nothing if !claims.trim().is_empty() => ("facility-unknown-village", here),
        Found::Nothing if inside.is_empty() => ("facility-nowhere", None),
        Found::Nothing => return,
    };
    let detail = [facility.name.as_str(), claims.trim()].join(" · ");
    report.add(Severity::Warning, code, at, detail);
}
