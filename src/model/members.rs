//! Which features are villages: one village may lie in several features, and a boundary file may hold what is none.

use rustc_hash::FxHashMap;

use super::{Dataset, FeatureId, PartKind, Problem, Role, Severity};

/// The villages of a dataset. A village is named by the first of its features; what is known of it holds for all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members {
    /// The first feature of each feature's village; `None` for what is no village.
    first: Vec<Option<FeatureId>>,
    /// The villages, by their first features, in file order.
    list: Vec<FeatureId>,
    /// Features of the villages that have several, by the first.
    parts: FxHashMap<FeatureId, Vec<FeatureId>>,
}

impl Members {
    /// Finds the villages. Where a file has areas, points and lines in it are labels or landmarks; a feature without geometry is
    /// a village still. Features of one code, name and town are one village (an exclave), and so are features without a code that
    /// are named and the same in every field (parts that a program took apart).
    pub fn of(dataset: &Dataset) -> Self {
        let is_area = |f: FeatureId| dataset.geometry.parts_of(f).iter().any(|p| p.kind == PartKind::Polygon);
        let has_areas = dataset.geometry.parts.iter().any(|p| p.kind == PartKind::Polygon);
        let is_village = |f: &FeatureId| !has_areas || is_area(*f) || dataset.geometry.parts_of(*f).is_empty();
        let mut members = Self { first: vec![None; dataset.len() as usize], ..Self::default() };
        let mut known: FxHashMap<Vec<String>, FeatureId> = FxHashMap::default();
        for feature in dataset.features().filter(is_village) {
            let first = match identity(dataset, feature) {
                Some(identity) => *known.entry(identity).or_insert(feature),
                None => feature,
            };
            if let Some(slot) = members.first.get_mut(feature.index()) {
                *slot = Some(first);
            }
            if first == feature {
                members.list.push(feature);
            } else {
                members.parts.entry(first).or_insert_with(|| vec![first]).push(feature);
            }
        }
        members
    }

    /// The villages, each by its first feature, in file order.
    pub fn list(&self) -> &[FeatureId] {
        &self.list
    }

    /// How many villages there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The village that a feature belongs to, by its first feature; `None` for what is no village.
    pub fn village_of(&self, feature: FeatureId) -> Option<FeatureId> {
        self.first.get(feature.index()).copied().flatten()
    }

    /// Whether a feature is the first of a village.
    pub fn is_first(&self, feature: FeatureId) -> bool {
        self.village_of(feature) == Some(feature)
    }

    /// All features of a village.
    pub fn parts<'a>(&'a self, first: &'a FeatureId) -> &'a [FeatureId] {
        self.parts.get(first).map_or(std::slice::from_ref(first), Vec::as_slice)
    }

    /// Villages that lie in several features.
    pub fn in_parts(&self) -> impl Iterator<Item = (FeatureId, &[FeatureId])> {
        self.list.iter().filter_map(|f| Some((*f, self.parts.get(f)?.as_slice())))
    }

    /// What people should know of a dataset as a list of villages: codes that stand twice (`duplicate-code`: a warning where the
    /// names differ), parts of one village, points and lines that are not counted.
    pub fn problems(&self, dataset: &Dataset) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |severity, code, feature, detail| problems.push(Problem { severity, code, feature, detail });
        let mut by_code: FxHashMap<String, Vec<FeatureId>> = FxHashMap::default();
        let mut codes: Vec<String> = Vec::new();
        for village in &self.list {
            let Some(code) = dataset.text(*village, Role::Code) else { continue };
            let list = by_code.entry(code.trim().to_owned()).or_default();
            if list.is_empty() {
                codes.push(code.trim().to_owned());
            }
            list.push(*village);
        }
        for code in &codes {
            let Some(villages) = by_code.get(code).filter(|v| v.len() > 1) else { continue };
            let mut names: Vec<String> = villages.iter().take(NAMED).map(|v| dataset.display_name(*v)).collect();
            if villages.len() > NAMED {
                names.push("…".to_owned());
            }
            let detail = format!("{code} · {}", names.join(" / "));
            add(Severity::Warning, "duplicate-code", villages.first().copied(), detail);
        }
        for (first, parts) in self.in_parts() {
            let code = dataset.text(first, Role::Code).map(|c| c.trim().to_owned());
            let name = dataset.display_name(first);
            match code {
                Some(code) => {
                    let detail = format!("{code} · {name} × {}", parts.len());
                    add(Severity::Info, "duplicate-code", Some(first), detail);
                }
                None => add(Severity::Info, "village-in-parts", Some(first), format!("{name} × {}", parts.len())),
            }
        }
        let others: Vec<FeatureId> = dataset.features().filter(|f| self.village_of(*f).is_none()).collect();
        if let Some(first) = others.first() {
            add(Severity::Info, "label-points", Some(*first), others.len().to_string());
        }
        let names: rustc_hash::FxHashSet<String> =
            self.list.iter().flat_map(|v| dataset.all_names(*v)).map(|n| n.trim().to_owned()).collect();
        for point in others {
            let own_code = dataset.text(point, Role::Code).map(|c| c.trim().to_owned());
            let is_known = own_code.as_ref().is_some_and(|c| by_code.contains_key(c))
                || dataset.all_names(point).iter().any(|n| names.contains(n.trim()));
            let is_named = own_code.is_some() && dataset.text(point, Role::Name).is_some();
            if is_named && !is_known {
                let detail = format!("{} · {}", own_code.unwrap_or_default(), dataset.display_name(point));
                add(Severity::Warning, "point-without-area", Some(point), detail);
            }
        }
        problems
    }
}

/// Names that a message gives of those who share a code.
const NAMED: usize = 5;

/// What makes two features one village; `None` where nothing does.
fn identity(dataset: &Dataset, feature: FeatureId) -> Option<Vec<String>> {
    let text = |role| dataset.text(feature, role).map(|t| t.trim().to_owned());
    let name = text(Role::Name)?;
    if let Some(code) = text(Role::Code) {
        return Some(vec![code, name, text(Role::Town).unwrap_or_default()]);
    }
    let table = &dataset.table;
    Some((0..table.columns.len()).map(|c| table.value(feature, c).to_text().unwrap_or_default().into_owned()).collect())
}
