//! What a layer is: facilities, villages, or something else that is drawn beside them.

use super::facility_file::is_facilities;
use crate::model::{Dataset, FeatureId, Indicators, PartKind, Role};

/// Rows that are looked at to tell what the names of a layer end with.
const LOOKED_AT: u32 = 200;

/// Share of the largest layer's area from which on a layer covers the ground: villages do, lakes and houses do not.
const COVERS: f64 = 0.2;

/// How much a layer looks like the villages of a district.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VillageEvidence {
    /// Whether its areas can be villages at all: it has areas, and they are no facilities.
    has_areas: bool,
    /// Area in square degrees, all features together.
    area_deg2: f64,
    /// Features.
    features: u32,
    /// What its fields and names say: more for villages, less for anything else.
    weight: i32,
    /// Whether they leave no doubt: names of villages, or a code, a name and a town for each.
    is_certain: bool,
}

impl VillageEvidence {
    /// Looks at a layer.
    pub fn of(dataset: &Dataset) -> Self {
        let geometry = &dataset.geometry;
        let has_areas = can_be_villages(dataset);
        if !has_areas {
            return Self { has_areas, area_deg2: 0.0, features: dataset.len(), weight: 0, is_certain: false };
        }
        let rings = geometry.parts.iter().filter(|p| p.kind == PartKind::Polygon);
        // The outer ring is the first; holes do not matter here.
        let area = |ring: &[[f64; 2]]| {
            ring.windows(2).map(|w| if let [a, b] = w { a[0] * b[1] - b[0] * a[1] } else { 0.0 }).sum::<f64>().abs()
                / 2.0
        };
        let area_deg2 = rings.filter_map(|p| geometry.rings_of(p).next().map(area)).sum();
        let (weight, is_certain) = weight_of(dataset);
        Self { has_areas, area_deg2, features: dataset.len(), weight, is_certain }
    }
}

impl VillageEvidence {
    /// What its fields and names say: more for villages, less for anything else.
    pub fn weight(&self) -> i32 {
        self.weight
    }

    /// Whether fields and names leave no doubt.
    pub fn is_certain(&self) -> bool {
        self.has_areas && self.is_certain
    }

    /// One made up.
    #[cfg(test)]
    pub(super) fn test(area_deg2: f64, weight: i32) -> Self {
        Self { has_areas: true, area_deg2, features: 10, weight, is_certain: false }
    }
}

/// What fields and names say, and whether it leaves no doubt.
fn weight_of(dataset: &Dataset) -> (i32, bool) {
    static SHIPPED: std::sync::LazyLock<Indicators> = std::sync::LazyLock::new(|| Indicators::with(&[]));
    // What was told by values says nothing about what the file is meant to be.
    let told = |role| dataset.roles.field(role).filter(|_| !dataset.roles.is_by_value(role));
    let named = |role| told(role).and_then(|f| dataset.table.columns.get(f)).map(|c| c.name.to_lowercase());
    let mut weight = match named(Role::Code).as_deref() {
        Some("id" | "gid" | "fid") => 1,
        Some(_) => 3,
        None => 0,
    };
    weight += if named(Role::Name).is_some() { 2 } else { 0 };
    weight += if named(Role::Town).is_some() { 3 } else { 0 };
    weight += if named(Role::District).is_some() { 1 } else { 0 };
    let figures = dataset.table.columns.iter().filter(|c| SHIPPED.get(&c.name).is_some());
    weight += if figures.count() > 0 { 2 } else { 0 };
    let looked_at = 0..dataset.len().min(LOOKED_AT);
    let text = |f, role| dataset.text(f, role).map(|n| n.trim().to_owned());
    let names: Vec<String> = looked_at.clone().filter_map(|f| text(FeatureId::new(f), Role::Name)).collect();
    let is_own_town = |f: &u32| {
        text(FeatureId::new(*f), Role::Name).is_some()
            && text(FeatureId::new(*f), Role::Name) == text(FeatureId::new(*f), Role::Town)
    };
    let are_towns = 2 * looked_at.filter(is_own_town).count() > names.len();
    let share = |ends: &[&str]| {
        let n = names.iter().filter(|n| ends.iter().any(|e| n.ends_with(e))).count();
        2 * n > names.len()
    };
    const VILLAGES: [&str; 8] = ["村", "村委会", "村民委员会", "社区", "居委会", "庄", "屯", "嘎查"];
    const OTHERS: [&str; 22] = [
        "镇",
        "乡",
        "街道",
        "地区",
        "办事处",
        "区",
        "县",
        "市",
        "省",
        "湖",
        "水库",
        "河",
        "渠",
        "塘",
        "公园",
        "路",
        "林场",
        "Lake",
        "Reservoir",
        "River",
        "Park",
        "Town",
    ];
    let (are_villages, are_others) = (share(&VILLAGES), share(&OTHERS) || are_towns);
    if are_villages {
        weight += 4;
    } else if are_others {
        weight -= 4;
    }
    let has_all = [Role::Code, Role::Name, Role::Town].iter().all(|r| named(*r).is_some());
    (weight, are_villages || (has_all && !are_others))
}

/// Whether the areas of a layer can be villages: it has some, and they are no facilities.
pub fn can_be_villages(dataset: &Dataset) -> bool {
    dataset.geometry.parts.iter().any(|p| p.kind == PartKind::Polygon) && !is_facilities(dataset)
}

/// Which of several layers, top first, holds the villages: the uppermost of those whose fields and names leave no doubt; where
/// there is none, fields and names count, that the layer covers much of the ground, and
/// that no other that does is finer; of those that are alike the finer, then the uppermost. `None` where no layer has areas that can be villages.
pub fn villages_among(layers: impl Iterator<Item = VillageEvidence>) -> Option<usize> {
    let layers: Vec<VillageEvidence> = layers.collect();
    if let Some(certain) = layers.iter().position(|l| l.has_areas && l.is_certain) {
        return Some(certain);
    }
    let largest = layers.iter().filter(|l| l.has_areas).map(|l| l.area_deg2).fold(0.0, f64::max);
    let covers = |l: &VillageEvidence| l.area_deg2 >= COVERS * largest;
    let finest = layers.iter().filter(|l| l.has_areas && covers(l)).map(|l| l.features).max().unwrap_or(0);
    let score = |l: &VillageEvidence| {
        let cover = if covers(l) { 2 } else { 0 };
        let fine = if covers(l) && l.features == finest { 3 } else { 0 };
        l.weight + cover + fine
    };
    let candidates = layers.iter().enumerate().filter(|(_, l)| l.has_areas);
    candidates
        .max_by(|(i, a), (j, b)| score(a).cmp(&score(b)).then(a.features.cmp(&b.features)).then(j.cmp(i)))
        .map(|(i, _)| i)
}
