//! Makes a district from its files.

use std::sync::Arc;

use super::facility::{Facility, Kind, facilities_of};
use super::join::{Found, VillageFinder};
use super::table::Filler;
use crate::geo::representative_point;
use crate::index::{NearestIndex, SpatialIndex};
use crate::model::{Dataset, FeatureId, Indicator, Indicators, Observations, Report, Role, Severity};
use crate::read::WideTable;

/// What a district is made from.
pub struct Source<'a> {
    /// The villages.
    pub villages: Arc<Dataset>,
    /// Their index.
    pub spatial: &'a SpatialIndex,
    /// Files of facilities.
    pub facilities: Vec<Arc<Dataset>>,
    /// Tables of indicators.
    pub tables: Vec<Arc<WideTable>>,
    /// Indicators of the project's own.
    pub own: &'a [Indicator],
}

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
    /// How many of the facilities come from each file, in order.
    pub files: Vec<usize>,
    /// Facilities of each village, by position in `facilities`.
    pub of_village: Vec<Vec<u32>>,
    /// What was odd in tables and joins.
    pub report: Report,
}

impl District {
    /// Joins everything. What does not fit is in the report, and the rest is used.
    pub fn new(source: &Source<'_>) -> Self {
        let villages = source.villages.clone();
        let indicators = Indicators::with(source.own);
        let finder = VillageFinder::new(&villages);
        let mut report = Report::default();
        let mut filler = Filler::new(&villages, &indicators, &finder, &source.tables);
        filler.properties(&mut report);
        for table in &source.tables {
            filler.table(table, &mut report);
        }
        filler.check_cumulative(&mut report);
        let observations = filler.observations;
        let (mut facilities, mut files) = (Vec::new(), Vec::new());
        for file in &source.facilities {
            let mut of_file = facilities_of(file);
            for facility in &mut of_file {
                place(facility, &villages, &finder, source.spatial, &mut report);
            }
            files.push(of_file.len());
            facilities.append(&mut of_file);
        }
        let mut of_village = vec![Vec::new(); villages.len() as usize];
        for (i, facility) in facilities.iter().enumerate() {
            if let Some(list) = facility.village.and_then(|v| of_village.get_mut(v as usize)) {
                list.push(i as u32);
            }
        }
        let mut district = Self { villages, indicators, observations, facilities, files, of_village, report };
        district.compute_nearest();
        district
    }

    /// Fills the indicators that are computed: distance to the nearest clinic in use, per year.
    fn compute_nearest(&mut self) {
        use rayon::prelude::*;
        let Some(indicator) = self.indicators.position("nearest_clinic_m") else { return };
        let stands: Vec<_> = (0..self.villages.len())
            .into_par_iter()
            .map(|v| representative_point(&self.villages.geometry.multi_polygon_of(v)))
            .collect();
        let mut years: Vec<Option<i32>> = self.observations.years().iter().map(|y| Some(*y)).collect();
        years.push(None);
        for year in years {
            let clinics = self.standing(Kind::Clinic, year);
            if clinics.is_empty() {
                continue;
            }
            let index =
                NearestIndex::new(clinics.iter().filter_map(|i| Some((*i, self.facilities.get(*i as usize)?.at))));
            let found: Vec<_> = stands.par_iter().map(|p| index.nearest((*p)?)).collect();
            for (village, nearest) in found.into_iter().enumerate() {
                let Some(nearest) = nearest else { continue };
                match year {
                    Some(year) => self.observations.set(indicator, year, village as u32, nearest.distance_m),
                    None => self.observations.set_timeless(indicator, village as u32, nearest.distance_m),
                }
            }
        }
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

    /// Text of a village's field; empty where it has none.
    pub fn text(&self, village: FeatureId, role: Role) -> String {
        self.villages.text(village, role).map(|t| t.into_owned()).unwrap_or_default()
    }
}

/// Finds the village of a facility: by code, else by name in the file, else by where it lies; and says where these
/// disagree.
fn place(
    facility: &mut Facility,
    villages: &Dataset,
    finder: &VillageFinder,
    spatial: &SpatialIndex,
    report: &mut Report,
) {
    let inside = spatial.at_point(&villages.geometry, facility.at);
    let by_code = finder.find(&facility.village_code, "", "");
    facility.village = match by_code {
        Found::One(village) => Some(village),
        _ => inside.first().copied(),
    };
    let label = format!("{} · {}", facility.name, facility.kind.key());
    match by_code {
        Found::One(village) if !inside.is_empty() && !inside.contains(&village) => {
            report.add(Severity::Warning, "facility-elsewhere", Some(village), label);
        }
        Found::One(village) if inside.is_empty() => {
            report.add(Severity::Warning, "facility-outside", Some(village), label);
        }
        Found::Nothing if !facility.village_code.is_empty() => {
            let detail = format!("{label} · {}", facility.village_code);
            report.add(Severity::Warning, "facility-unknown-code", inside.first().copied(), detail);
        }
        Found::Several => report.add(Severity::Warning, "facility-several", inside.first().copied(), label),
        Found::Nothing if inside.is_empty() => {
            report.add(Severity::Warning, "facility-nowhere", None, label);
        }
        _ => {}
    }
}
