//! Makes a district from its files.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::editions::Editions;
use super::facility::{Facility, Kind};
use super::facility_file::facilities_of;
use super::join::{Found, RowKey, VillageFinder};
use super::people::People;
use super::source::{LayerLook, Source, kinds_of, village_position};
use super::table::Filler;
use super::texts::{CorrectedGroups, CorrectedTexts};
use crate::geo::{LonLat, representative_point};
use crate::index::{NearestIndex, SpatialIndex};
use crate::model::{
    Dataset, Edit, FeatureId, Generation, Indicator, Indicators, KindWord, LayerKind, Members, Observations, Person,
    Report, Role, Severity, ThemeEntry, VillageAlias,
};
use crate::read::{Layout, LayoutSaid, WideTable, read_wide};

/// Where a figure stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigurePlace {
    /// Name of the file.
    pub file: String,
    /// The sheet; empty for text.
    pub sheet: String,
    /// The line, from 1.
    pub line: u32,
    /// The cell as spreadsheets call it.
    pub cell: String,
    /// Head of the column.
    pub head: String,
}

/// A table, with what a person says of its layout.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSource {
    /// The file.
    pub path: PathBuf,
    /// What is said.
    pub layout: LayoutSaid,
}

/// What people say about figures and rows.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Corrections.
    pub edits: &'a [Edit],
    /// Which villages rows mean.
    pub aliases: &'a [VillageAlias],
    /// Which kinds words for facilities mean.
    pub kinds: &'a [KindWord],
    /// Themes of the project's own, and the order of all.
    pub themes: &'a [ThemeEntry],
    /// Who answers for what.
    pub people: &'a [Person],
}

/// Villages, observations and facilities, joined.
pub struct District {
    /// Its number.
    pub generation: Generation,
    /// The villages.
    pub villages: Arc<Dataset>,
    /// Which of its features are villages.
    pub members: Members,
    /// What the figures are.
    pub indicators: Indicators,
    /// The figures.
    pub observations: Observations,
    /// Facilities of all files, one file after the other.
    pub facilities: Vec<Facility>,
    /// Facilities of each village, by position in `facilities`.
    pub of_village: Vec<Vec<u32>>,
    /// Who answers for which village.
    pub people: People,
    /// What was odd in tables and joins.
    pub report: Report,
    /// Tables that could not be read: their figures are missing.
    pub unread_tables: Vec<PathBuf>,
    /// The tables taken in, in their order.
    pub tables: Vec<PathBuf>,
    /// How they are laid out.
    pub layouts: Vec<Layout>,
    /// Name of each layer of facilities: its id, else that of its file.
    layer_names: Vec<String>,
    /// Ids or names that facilities of several layers have.
    shared_keys: FxHashSet<String>,
    stands: Vec<Option<LonLat>>,
    /// Boundaries of other years.
    pub editions: Arc<Editions>,
    /// Corrected words of villages.
    pub(super) texts: CorrectedTexts,
    /// Groups of villages as the project has them.
    pub(super) groups: CorrectedGroups,
    /// Name of the town of each feature.
    towns: Vec<Arc<str>>,
}

impl District {
    /// Joins the layers and tables of a project: one of the layers with areas holds the villages ([`super::villages_among`]), layers with
    /// kinds the facilities. What cannot be read or does not fit is in the report, and the rest is used; `None` where no
    /// layer has villages.
    /// Corrections of the project stand over all of them.
    pub fn new(layers: &[Arc<Dataset>], tables: &[PathBuf], own: &[Indicator], edits: &[Edit]) -> Option<Self> {
        let sources: Vec<Source> = layers.iter().cloned().map(Source::unsaid).collect();
        let plain = |path: &PathBuf| TableSource { path: path.clone(), layout: LayoutSaid::default() };
        let tables: Vec<TableSource> = tables.iter().map(plain).collect();
        Self::of(&sources, &tables, own, &Said { edits, aliases: &[], kinds: &[], themes: &[], people: &[] })
    }

    /// The same, of layers of which the project says what they are.
    pub fn of(sources: &[Source], tables: &[TableSource], own: &[Indicator], said: &Said<'_>) -> Option<Self> {
        let edits = said.edits;
        let looks: Vec<LayerLook<'_>> = sources.iter().map(LayerLook::of).collect();
        let kinds = kinds_of(&looks);
        let position = village_position(&looks, &kinds)?;
        let villages = sources.get(position)?.dataset.clone();
        let is_facilities = |(_, kind): &(&Source, &LayerKind)| **kind == LayerKind::Facilities;
        let facility_sources: Vec<&Source> = sources.iter().zip(&kinds).filter(is_facilities).map(|(s, _)| s).collect();
        let spatial = SpatialIndex::new(&villages.geometry);
        let indicators = Indicators::with(own).under(said.themes);
        let members = Members::of(&villages);
        let finder = VillageFinder::new(&villages, &members).with_aliases(said.aliases);
        let editions = Arc::new(Editions::of(sources, &kinds, position));
        let finder = finder.with_editions(editions.clone());
        let mut report = Report::default();
        let mut unread_tables = Vec::new();
        let read = |TableSource { path, layout }: &TableSource| match read_wide(path, &indicators, layout) {
            Ok(table) => Some(table),
            Err(e) => {
                unread_tables.push(path.clone());
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let detail = format!("{}\t{name}", e.kind().unwrap_or(e.code()));
                report.add(Severity::Error, "table-unreadable", None, detail);
                None
            }
        };
        let tables: Vec<WideTable> = tables.iter().filter_map(read).collect();
        let mut filler = Filler::new(&villages, &members, &indicators, &finder, &tables, edits);
        filler.properties(&mut report);
        for table in &tables {
            filler.table(table, &mut report);
        }
        filler.edits(edits, &mut report);
        filler.check_cumulative(&mut report);
        let (observations, texts, groups) = (filler.observations, filler.texts, filler.groups);
        let mut facilities: Vec<Facility> = facility_sources
            .iter()
            .enumerate()
            .flat_map(|(source, s)| {
                facilities_of(&s.dataset, said.kinds, &mut report).into_iter().map(move |f| Facility { source, ..f })
            })
            .collect();
        let layer_names = layer_names(&facility_sources);
        correct(&mut facilities, &layer_names, edits, &mut report);
        for facility in &mut facilities {
            place(facility, (&villages, &members), &finder, &spatial, &mut report);
        }
        let of_village = by_village(&facilities, &villages, &members);
        let stands = stands_of(&villages, &members);
        let shared_keys = shared_keys(&facilities);
        let towns = town_names(&villages);
        let people = People::of(said.people, &villages, &members, &finder, &mut report);
        let mut district = Self {
            people,
            generation: Generation::next(),
            villages,
            members,
            indicators,
            observations,
            facilities,
            of_village,
            report,
            unread_tables,
            layouts: tables.iter().map(|t| t.layout.clone()).collect(),
            tables: tables.iter().map(|t| t.path.clone()).collect(),
            layer_names,
            shared_keys,
            stands,
            editions,
            texts,
            groups,
            towns,
        };
        let photos =
            sources.iter().zip(&kinds).filter(|(_, kind)| **kind == LayerKind::Photos).map(|(s, _)| &*s.dataset);
        district.count_photos(photos, &spatial);
        district.compute_nearest();
        district.compute_derived();
        Some(district)
    }

    /// Counts the photos taken in each village, where there are layers of photos; villages without one have 0.
    fn count_photos<'a>(&mut self, layers: impl Iterator<Item = &'a Dataset>, spatial: &SpatialIndex) {
        let Some(indicator) = self.indicators.position("photos") else { return };
        let mut counts: Option<FxHashMap<FeatureId, u32>> = None;
        for photos in layers {
            let counts = counts.get_or_insert_default();
            for place in photos.features().filter_map(|f| photos.geometry.positions_of(f).next()) {
                let at = LonLat::new(place[0], place[1]);
                let found = spatial.at_point(&self.villages.geometry, at);
                if let Some(village) = found.first().and_then(|f| self.members.village_of(*f)) {
                    *counts.entry(village).or_default() += 1;
                }
            }
        }
        let Some(counts) = counts else { return };
        for village in self.members.list() {
            let count = counts.get(village).copied().unwrap_or(0);
            for part in self.members.parts(village) {
                self.observations.set_timeless(indicator, *part, f64::from(count));
            }
        }
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
                    Some(year) => {
                        self.observations.set(indicator, year, FeatureId::new(village as u32), nearest.distance_m)
                    }
                    None => {
                        self.observations.set_timeless(indicator, FeatureId::new(village as u32), nearest.distance_m)
                    }
                }
            }
        }
    }

    /// The villages, each by the first of its features: what is counted, added up and looked at by rules.
    pub fn village_list(&self) -> impl Iterator<Item = FeatureId> + Clone + '_ {
        self.members.list().iter().copied()
    }

    /// The town that a village is counted in: its name, with the district's before it where several districts have a town of that
    /// name; empty where it has none.
    pub fn town_name(&self, village: FeatureId) -> &str {
        self.towns.get(village.index()).map_or("", |t| t)
    }

    /// Where a village is taken to be: a point inside it; `None` where it has no area. Distances are measured from there.
    pub fn stand(&self, village: FeatureId) -> Option<LonLat> {
        self.stands.get(village.index()).copied().flatten()
    }

    /// The middle of the district: where its villages are, on average; `None` where none has an area.
    pub fn middle(&self) -> Option<LonLat> {
        let stands: Vec<LonLat> = self.village_list().filter_map(|v| self.stand(v)).collect();
        let n = stands.len() as f64;
        let mean = |of: fn(&LonLat) -> f64| stands.iter().map(of).sum::<f64>() / n;
        (!stands.is_empty()).then(|| LonLat::new(mean(|p| p.lon_deg), mean(|p| p.lat_deg)))
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

    /// Where a figure stands: file, sheet, line, cell and head of the column; `None` where it is from no table.
    pub fn place_of(&self, indicator: usize, year: Option<i32>, village: FeatureId) -> Option<FigurePlace> {
        let at = self.observations.cell_of(indicator, year, village)?;
        let (path, layout) = (self.tables.get(at.table)?, self.layouts.get(at.table)?);
        let sheet = layout.sections.get(usize::from(at.section)).map(|s| s.sheet.clone()).unwrap_or_default();
        Some(FigurePlace {
            file: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            cell: crate::read::cell_name(at.line.saturating_sub(1), at.column as u32),
            head: layout.columns.get(at.column).map(|c| c.head.clone()).unwrap_or_default(),
            line: at.line,
            sheet,
        })
    }

    /// The latest year, where there is one.
    pub fn last_year(&self) -> Option<i32> {
        self.observations.years().last().copied()
    }

    /// The year asked for where the tables know it, else the latest.
    pub fn year(&self, asked: Option<i32>) -> Option<i32> {
        asked.filter(|y| self.observations.years().contains(y)).or_else(|| self.last_year())
    }

    /// Name of a facility's layer: with its own id it names it, also where the layer's file is another by now.
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
        if let (Role::Group, Some(edit)) = (role, self.groups.get(&village)) {
            return edit.value.trim().to_owned();
        }
        self.villages.text(village, role).map(|t| t.into_owned()).unwrap_or_default()
    }
}

/// Facilities of each village, by position.
fn by_village(facilities: &[Facility], villages: &Dataset, members: &Members) -> Vec<Vec<u32>> {
    let mut of_village = vec![Vec::new(); villages.len() as usize];
    for (i, facility) in facilities.iter().enumerate() {
        for part in facility.village.iter().flat_map(|v| members.parts(v)) {
            if let Some(list) = of_village.get_mut(part.index()) {
                list.push(i as u32);
            }
        }
    }
    of_village
}

/// Where each village is taken to be: a point inside it.
fn stands_of(villages: &Dataset, members: &Members) -> Vec<Option<LonLat>> {
    let point = |v| representative_point(&villages.geometry.multi_polygon_of(v));
    let mut stands: Vec<Option<LonLat>> = (0..villages.len()).into_par_iter().map(FeatureId::new).map(point).collect();
    // A village of several parts stands in the largest.
    for (_, parts) in members.in_parts() {
        let size = |v: FeatureId| geo::Area::unsigned_area(&villages.geometry.multi_polygon_of(v));
        let largest = parts.iter().max_by(|a, b| size(**a).total_cmp(&size(**b)));
        let at = largest.and_then(|v| stands.get(v.index()).copied().flatten());
        for part in parts {
            if let Some(stand) = stands.get_mut(part.index()) {
                *stand = at;
            }
        }
    }
    stands
}

/// Ids or names that facilities of several layers have.
fn shared_keys(facilities: &[Facility]) -> FxHashSet<String> {
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    let own = |f: &Facility| if f.id.is_empty() { f.name.clone() } else { f.id.clone() };
    let keys: Vec<String> = facilities.iter().map(own).collect();
    let mut shared_keys = FxHashSet::default();
    for (facility, key) in facilities.iter().zip(&keys) {
        if *first.entry(key.as_str()).or_insert(facility.source) != facility.source {
            shared_keys.insert(key.clone());
        }
    }
    shared_keys
}

/// The town of each feature, with its district before it where the name alone names several.
fn town_names(villages: &Dataset) -> Vec<Arc<str>> {
    let text = |f: FeatureId, role| villages.text(f, role).map(|t| t.trim().to_owned()).unwrap_or_default();
    let mut districts: FxHashMap<String, FxHashSet<String>> = FxHashMap::default();
    for f in 0..villages.len() {
        districts
            .entry(text(FeatureId::new(f), Role::Town))
            .or_default()
            .insert(text(FeatureId::new(f), Role::District));
    }
    let mut names: FxHashMap<(String, String), Arc<str>> = FxHashMap::default();
    let name = |f: FeatureId| {
        let (town, district) = (text(f, Role::Town), text(f, Role::District));
        let is_shared = !town.is_empty() && districts.get(&town).is_some_and(|d| d.len() > 1);
        let whole = if is_shared && !district.is_empty() { format!("{district} · {town}") } else { town.clone() };
        names.entry((district, town)).or_insert_with(|| whole.into()).clone()
    };
    villages.features().map(name).collect()
}

/// Names of layers: their ids, else their files' names, with the folder before where several files are called the same.
fn layer_names(sources: &[&Source]) -> Vec<String> {
    let stems: Vec<String> = sources.iter().map(|s| s.dataset.file_stem()).collect();
    let name = |(source, stem): (&&Source, &String)| {
        if !source.id.is_empty() {
            return source.id.clone();
        }
        if stems.iter().filter(|s| *s == stem).count() < 2 {
            return stem.clone();
        }
        let folder = source.dataset.source.path.parent().and_then(|p| p.file_name());
        folder.map_or(stem.clone(), |f| format!("{}/{stem}", f.to_string_lossy()))
    };
    sources.iter().zip(&stems).map(name).collect()
}

/// Puts the project's corrections over the facilities.
fn correct(facilities: &mut [Facility], layers: &[String], edits: &[Edit], report: &mut Report) {
    for edit in edits.iter().filter(|e| !e.facility.is_empty()) {
        let is = |f: &Facility| {
            let is_called = |l: &String| *l == edit.layer || l.rsplit('/').next() == Some(&edit.layer);
            let is_here = edit.layer.is_empty() || layers.get(f.source).is_some_and(is_called);
            is_here && (f.id == edit.facility || (f.id.is_empty() && f.name == edit.facility))
        };
        let mut meant: Vec<&mut Facility> = facilities.iter_mut().filter(|f| is(f)).collect();
        let detail = || format!("{} · {} · {}", edit.facility, edit.what, edit.value);
        match meant.as_mut_slice() {
            [one] => {
                if !one.correct(edit) {
                    report.add(Severity::Warning, "edit-without-target", None, detail());
                }
            }
            [] => report.add(Severity::Warning, "edit-without-target", None, detail()),
            // Files that number from 1 each have one of that number: none is taken by chance.
            _ => report.add(Severity::Warning, "edit-ambiguous", None, detail()),
        }
    }
}

/// Finds the village of a facility: by code, else by name within the town, else by where it lies; and says where these
/// disagree.
fn place(
    facility: &mut Facility,
    (villages, members): (&Dataset, &Members),
    finder: &VillageFinder,
    spatial: &SpatialIndex,
    report: &mut Report,
) {
    let inside: Vec<FeatureId> =
        spatial.at_point(&villages.geometry, facility.at).into_iter().filter_map(|f| members.village_of(f)).collect();
    let here = inside.first().copied();
    let key = RowKey { code: &facility.village_code, name: &facility.village_name, town: &facility.town, district: "" };
    let found = finder.find(key);
    facility.village = found.village().or(here);
    let claims = [facility.village_code.as_str(), facility.village_name.as_str()].join(" ");
    let (code, at) = match found {
        Found::One(village, _) if inside.contains(&village) => return,
        Found::One(village, _) if inside.is_empty() => ("facility-outside", Some(village)),
        Found::One(village, _) => ("facility-elsewhere", Some(village)),
        Found::Several => ("facility-several", here),
        Found::Nothing if !claims.trim().is_empty() => ("facility-unknown-village", here),
        Found::Nothing if inside.is_empty() => ("facility-nowhere", None),
        Found::Nothing | Found::Declined => return,
    };
    let detail = [facility.name.as_str(), claims.trim()].join(" · ");
    report.add(Severity::Warning, code, at, detail);
}
