//! The gap list of the window: what the rules found, and which of it is shown.

use std::cmp::Ordering;
use std::sync::Arc;

use super::state::Session;
use crate::district::District;
use crate::geo::WorldPos;
use crate::model::Role;
use crate::project::Focus;
use crate::rules::{Gap, GapList, GapSeverity, RuleCount, RuleEntry, Rules, find_gaps};

/// What the gaps were looked for in.
#[derive(Clone, Debug, PartialEq)]
pub struct GapStamp {
    district: usize,
    year: Option<i32>,
    rules: Vec<RuleEntry>,
}

/// Gaps found.
#[derive(Clone, Debug)]
pub struct FoundGaps {
    /// Where they were looked for.
    pub stamp: GapStamp,
    /// By which rules.
    pub rules: Rules,
    /// The gaps.
    pub list: GapList,
}

impl FoundGaps {
    /// Looks for gaps.
    pub fn find(stamp: GapStamp, district: &District) -> Self {
        let rules = Rules::with(&stamp.rules);
        let list = find_gaps(district, stamp.year, &rules);
        Self { stamp, rules, list }
    }
}

/// Columns that the list sorts by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GapColumn {
    /// Rule, in the order of the rules.
    Rule,
    /// The worst first, then by rule.
    #[default]
    Severity,
    /// Name of the village.
    Village,
    /// Name of the town.
    Town,
    /// Distance; those without one last.
    Distance,
}

/// Which gaps are listed, and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapFilter {
    /// Only these severities; all where empty.
    pub severities: Vec<GapSeverity>,
    /// Only this rule.
    pub rule: Option<String>,
    /// Only this town.
    pub town: Option<String>,
    /// Only what lies in the map's view.
    pub in_view: bool,
    /// Column to sort by, and whether the other way round.
    pub sort: (GapColumn, bool),
}

/// What the list was made for.
#[derive(Clone, Debug, PartialEq)]
struct ListStamp {
    found: usize,
    filter: GapFilter,
    focus: Option<Focus>,
    view: Option<(super::Camera, [f64; 2])>,
}

/// The gaps that are listed.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedGaps {
    stamp: ListStamp,
    /// Positions among the gaps found, in the order asked for.
    pub rows: Vec<usize>,
    /// How many the other conditions keep of each severity.
    pub counts: [usize; 4],
}

impl Session {
    /// What gaps are to be looked for in.
    pub fn wanted_gaps(&self) -> Option<(GapStamp, Arc<District>)> {
        let district = self.district.clone()?;
        let rules = self.document.project.rules.clone();
        Some((GapStamp { district: Arc::as_ptr(&district) as usize, year: self.year(), rules }, district))
    }

    /// The gaps, if they are there and still right.
    pub fn present_gaps(&self) -> Option<&Arc<FoundGaps>> {
        let found = self.gaps.as_ref()?;
        let district = self.district.as_ref()?;
        let fits = found.stamp.district == Arc::as_ptr(district) as usize && found.stamp.year == self.year();
        (fits && found.stamp.rules == self.document.project.rules).then_some(found)
    }

    /// Colour of a severity.
    pub fn gap_ink(&self, severity: GapSeverity) -> egui::Color32 {
        let t = self.tokens();
        match severity {
            GapSeverity::High => t.bad,
            GapSeverity::Medium => t.warn,
            GapSeverity::Data | GapSeverity::District => t.ink_secondary,
        }
    }

    /// What of the project's rules cannot be used, as sentences.
    pub fn rule_troubles(&self, found: &FoundGaps) -> Vec<String> {
        let unknown = found.rules.not_understood.iter().map(|n| self.lang.with("gaps.not-understood", &[("n", n)]));
        let condition = |r: &RuleCount| {
            let error = r.error.as_ref()?;
            Some(self.lang.with("gaps.condition", &[("name", &r.id), ("n", error)]))
        };
        unknown.chain(found.list.rules.iter().filter_map(condition)).collect()
    }

    /// A gap in words.
    pub fn gap_reason(&self, found: &FoundGaps, gap: &Gap) -> String {
        let Some(district) = &self.district else { return String::new() };
        gap.reason(district, found.rules.get(&gap.rule), self.lang)
    }

    fn is_listed(&self, district: &District, gap: &Gap, but_severity: bool) -> bool {
        let filter = &self.gap_filter;
        let town = |t: &String| gap.village.is_some_and(|v| district.text(v, Role::Town) == *t);
        let is_in_view = || {
            gap.at.is_some_and(|at| {
                let [x, y] = self.camera.offset_of(WorldPos::from_lonlat(at));
                x.abs() <= self.map_size_pt[0] / 2.0 && y.abs() <= self.map_size_pt[1] / 2.0
            })
        };
        (but_severity || filter.severities.is_empty() || filter.severities.contains(&gap.severity))
            && filter.rule.as_ref().is_none_or(|r| *r == gap.rule)
            && filter.town.as_ref().is_none_or(town)
            && gap.village.is_none_or(|v| self.is_in_focus(v))
            && (!filter.in_view || is_in_view())
    }

    /// Brings the list up to date.
    pub fn list_gaps(&mut self) {
        let Some(found) = self.present_gaps().cloned() else {
            self.listed_gaps = None;
            return;
        };
        let stamp = ListStamp {
            found: Arc::as_ptr(&found) as usize,
            filter: self.gap_filter.clone(),
            focus: self.focused.as_ref().map(|f| f.focus.clone()),
            view: self.gap_filter.in_view.then_some((self.camera, self.map_size_pt)),
        };
        if self.listed_gaps.as_ref().is_none_or(|l| l.stamp != stamp) {
            let rows = self.rows_of(&found);
            let counts = GapSeverity::ALL.map(|s| {
                let district = self.district.as_ref();
                let is = |g: &&Gap| g.severity == s && district.is_some_and(|d| self.is_listed(d, g, true));
                found.list.gaps.iter().filter(is).count()
            });
            self.listed_gaps = Some(ListedGaps { stamp, rows, counts });
        }
    }

    fn rows_of(&self, found: &FoundGaps) -> Vec<usize> {
        let Some(district) = &self.district else { return Vec::new() };
        let gaps = &found.list.gaps;
        let mut listed: Vec<usize> =
            (0..gaps.len()).filter(|i| gaps.get(*i).is_some_and(|g| self.is_listed(district, g, false))).collect();
        let (column, backwards) = self.gap_filter.sort;
        let village = |g: &Gap| g.village.map(|v| district.villages.display_name(v)).unwrap_or_default();
        let town = |g: &Gap| g.village.map(|v| district.text(v, Role::Town)).unwrap_or_default();
        let order = |a: &Gap, b: &Gap| match column {
            GapColumn::Rule => Ordering::Equal,
            GapColumn::Severity => a.severity.cmp(&b.severity),
            GapColumn::Village => village(a).cmp(&village(b)),
            GapColumn::Town => town(a).cmp(&town(b)),
            GapColumn::Distance => match (a.distance_m, b.distance_m) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            },
        };
        listed.sort_by(|a, b| {
            let (Some(one), Some(other)) = (gaps.get(*a), gaps.get(*b)) else { return a.cmp(b) };
            let by_column = order(one, other).then(a.cmp(b));
            if backwards { by_column.reverse() } else { by_column }
        });
        listed
    }
}

/// A distance as people say it: metres below a kilometre, then kilometres with one decimal.
pub fn distance_words(metres: f64) -> String {
    if metres < 999.5 { format!("{metres:.0} m") } else { format!("{:.1} km", metres / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_for_people() {
        for (metres, words) in [(7.6, "8 m"), (999.4, "999 m"), (999.6, "1.0 km"), (2705.2, "2.7 km")] {
            assert_eq!(distance_words(metres), words);
        }
    }
}
