//! The gap list of the window: what the rules found, and which of it is shown.

use std::cmp::Ordering;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::gap_change::Became;
use super::state::Session;
use crate::district::District;
use crate::geo::{LonLat, WorldPos};
use crate::model::{FeatureId, Generation, Role};
use crate::project::Focus;
use crate::rules::{Gap, GapList, GapSeverity, RuleCount, RuleEntry, Rules, find_gaps};
use crate::survey::{GapIndex, GapStatus};

/// What the gaps were looked for in.
#[derive(Clone, Debug, PartialEq)]
pub struct GapKey {
    district: Generation,
    year: Option<i32>,
    rules: Vec<RuleEntry>,
}

/// Gaps found.
#[derive(Clone, Debug)]
pub struct FoundGaps {
    /// Their number.
    pub generation: Generation,
    /// By which rules.
    pub rules: Rules,
    /// The gaps.
    pub list: Arc<GapList>,
    /// The key of each in the survey log.
    pub keys: Vec<String>,
    /// Finds what was recorded of them, whatever their keys were then.
    pub index: Arc<GapIndex>,
}

impl FoundGaps {
    /// Looks for gaps.
    pub fn find(key: &GapKey, district: &Arc<District>) -> Self {
        let rules = Rules::with(&key.rules);
        let list = Arc::new(find_gaps(district, key.year, &rules));
        let keys = list.gaps.par_iter().map(|g| g.key(district)).collect();
        let index = Arc::new(GapIndex::when_asked(district.clone(), list.clone()));
        Self { generation: Generation::next(), rules, list, keys, index }
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
    /// How it stands by the survey log.
    Status,
}

/// What the counts over the list take gaps together by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountBy {
    /// By town.
    Town,
    /// By group, such as before and behind the hills.
    Group,
    /// By rule.
    Rule,
    /// By status.
    Status,
}

impl CountBy {
    /// All.
    pub const ALL: [Self; 4] = [Self::Town, Self::Group, Self::Rule, Self::Status];

    /// Its name's key in the language files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Town => "gaps.town",
            Self::Group => "gaps.group",
            Self::Rule => "gaps.rule",
            Self::Status => "gaps.status",
        }
    }
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
    /// Only this group.
    pub group: Option<String>,
    /// Only this status.
    pub status: Option<GapStatus>,
    /// Only what became this since the year or project compared with.
    pub became: Option<Became>,
    /// What the counts take gaps together by.
    pub count_by: Option<CountBy>,
    /// Only what lies in the map's view.
    pub in_view: bool,
    /// Column to sort by, and whether the other way round.
    pub sort: (GapColumn, bool),
}

/// What the list is made for.
#[derive(Clone, Debug, PartialEq)]
pub struct ListKey {
    found: Generation,
    filter: GapFilter,
    focus: Option<Focus>,
    view: Option<(super::Camera, [f64; 2])>,
    survey: Generation,
    change: Option<Generation>,
}

/// The gaps listed, by village: the worst severity, and how many there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapMarks {
    /// Those of villages.
    pub villages: FxHashMap<FeatureId, (GapSeverity, usize)>,
    /// Those that lie in no village.
    pub places: Vec<(LonLat, GapSeverity, usize)>,
}

/// The condition that a count leaves aside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum But {
    Nothing,
    Severity,
    Rule,
    Status,
}

impl GapFilter {
    /// Whether it leaves anything out.
    pub fn is_narrow(&self) -> bool {
        let all = Self { sort: self.sort, count_by: self.count_by, ..Self::default() };
        *self != all
    }
}

/// The gaps that are listed.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedGaps {
    /// Positions among the gaps found, in the order asked for.
    pub rows: Vec<usize>,
    /// How many the other conditions keep of each severity.
    pub counts: [usize; 4],
    /// How many the other conditions keep of each rule.
    pub rules: FxHashMap<String, usize>,
    /// How many the other conditions keep of each status.
    pub statuses: FxHashMap<GapStatus, usize>,
    /// The listed ones counted by what was asked for: name, count, in the order of the counts.
    pub groups: Vec<(String, usize)>,
}

impl Session {
    /// What gaps are to be looked for in.
    pub fn wanted_gaps(&self) -> Option<(GapKey, Arc<District>)> {
        let district = self.district()?.clone();
        let rules = self.document.project.rules.clone();
        Some((GapKey { district: district.generation, year: self.year(), rules }, district))
    }

    /// Looks for gaps at once: for what has no window.
    pub fn find_gaps(&mut self) {
        if let Some((key, district)) = self.wanted_gaps() {
            self.made.gaps.make(key, |key| Arc::new(FoundGaps::find(key, &district)));
        }
    }

    /// The gaps, if they are there and still right.
    pub fn present_gaps(&self) -> Option<&Arc<FoundGaps>> {
        // Compared piece by piece: keys hold lists, and this is asked many times a frame.
        let (key, district) = (self.made.gaps.key()?, self.district()?);
        let fits = key.district == district.generation && key.year == self.year();
        self.made.gaps.last().filter(|_| fits && key.rules == self.document.project.rules)
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
        let Some(district) = self.district() else { return String::new() };
        gap.reason(district, found.rules.get(&gap.rule), self.lang)
    }

    fn is_listed(&self, district: &District, gap: &Gap, key: &str, but: But) -> bool {
        let filter = &self.moment.gap_filter;
        let is_in_town = |t: &String| gap.village.is_some_and(|v| district.town_name(v) == t);
        let is_in_group = |g: &String| gap.village.is_some_and(|v| district.text(v, Role::Group) == *g);
        // Villages of another project have numbers of their own: the focus says nothing about them.
        let is_here = self.district().is_some_and(|d| d.generation == district.generation);
        let is_in_view = || {
            gap.at.is_some_and(|at| {
                let [x, y] = self.camera.offset_of(WorldPos::from_lonlat(at));
                x.abs() <= self.map_size_pt[0] / 2.0 && y.abs() <= self.map_size_pt[1] / 2.0
            })
        };
        (but == But::Severity || filter.severities.is_empty() || filter.severities.contains(&gap.severity))
            && (but == But::Rule || filter.rule.as_ref().is_none_or(|r| *r == gap.rule))
            && filter.town.as_ref().is_none_or(is_in_town)
            && filter.group.as_ref().is_none_or(is_in_group)
            && (but == But::Status || filter.status.is_none_or(|s| s == self.gap_status(key)))
            && (!is_here || gap.village.is_none_or(|v| self.is_in_focus(v)))
            && (!filter.in_view || is_in_view())
    }

    /// Whether gaps are ringed on the map: in a meeting where it says so, else while their list is open.
    pub fn are_gaps_ringed(&self) -> bool {
        let is_list_open = self.settings.drawer_open && self.tab == super::command::Tab::Gaps;
        let in_meeting = self.meeting.as_ref().map(|m| m.gaps);
        self.picture.as_ref().map(|p| p.are_gaps_ringed).or(in_meeting).unwrap_or(is_list_open)
    }

    /// The gaps listed as marks on the map, where they are shown there.
    pub fn gap_marks(&self) -> Option<GapMarks> {
        let (found, listed) = (self.present_gaps()?, self.listed_gaps()?);
        // The stops of a round stand where they would.
        if !self.are_gaps_ringed() || self.planned_round().is_some() {
            return None;
        }
        let mut marks = GapMarks::default();
        for (gap, _) in listed.rows.iter().filter_map(|i| self.listed_gap(found, *i)) {
            match (gap.village, gap.at) {
                (Some(village), _) => {
                    let mark = marks.villages.entry(village).or_insert((gap.severity, 0));
                    *mark = (mark.0.min(gap.severity), mark.1 + 1);
                }
                (None, Some(at)) => marks.places.push((at, gap.severity, 1)),
                (None, None) => {}
            }
        }
        Some(marks)
    }

    /// Brings the list up to date.
    pub fn list_gaps(&mut self) {
        let Some(found) = self.present_gaps().cloned() else {
            self.made.listed_gaps.clear();
            return;
        };
        let key = ListKey {
            found: found.generation,
            filter: self.moment.gap_filter.clone(),
            focus: self.focus_key(),
            view: self.moment.gap_filter.in_view.then_some((self.camera, self.map_size_pt)),
            survey: self.survey.generation,
            change: self.present_change().map(|c| c.generation),
        };
        if self.made.listed_gaps.get(&key).is_none() {
            let candidates = self.candidates(&found);
            let of = |row: usize| self.listed_gap(&found, row);
            let counts = GapSeverity::ALL.map(|s| {
                let is = |(row, key): &&(usize, &str)| {
                    of(*row).is_some_and(|(g, d)| g.severity == s && self.is_listed(d, g, key, But::Severity))
                };
                candidates.iter().filter(is).count()
            });
            let mut rules: FxHashMap<String, usize> = FxHashMap::default();
            let mut statuses: FxHashMap<GapStatus, usize> = FxHashMap::default();
            for (row, key) in &candidates {
                let Some((gap, district)) = of(*row) else { continue };
                if self.is_listed(district, gap, key, But::Rule) {
                    *rules.entry(gap.rule.clone()).or_default() += 1;
                }
                if self.is_listed(district, gap, key, But::Status) {
                    *statuses.entry(self.gap_status(key)).or_default() += 1;
                }
            }
            let rows = self.rows_of(&found, &candidates);
            let groups = self.groups_of(&found, &rows);
            self.made.listed_gaps.make(key, |_| ListedGaps { rows, counts, rules, statuses, groups });
        }
    }

    /// Gaps that may be listed, with their keys: those of now, of now that are new or remain, or those closed.
    fn candidates<'a>(&'a self, found: &'a FoundGaps) -> Vec<(usize, &'a str)> {
        let key = |row: usize| found.keys.get(row).map_or("", String::as_str);
        let all = || (0..found.list.gaps.len()).map(|i| (i, key(i))).collect();
        let Some((became, change)) = self.moment.gap_filter.became.zip(self.present_change()) else { return all() };
        let rows = match became {
            Became::New => &change.change.new,
            Became::Remaining => &change.change.remaining,
            Became::Closed => return change.change.closed.iter().map(|i| (*i, "")).collect(),
        };
        rows.iter().map(|i| (*i, key(*i))).collect()
    }

    fn rows_of(&self, found: &FoundGaps, candidates: &[(usize, &str)]) -> Vec<usize> {
        let of = |row: usize| self.listed_gap(found, row);
        let (column, backwards) = self.moment.gap_filter.sort;
        let village = |(g, d): (&Gap, &District)| g.village.map(|v| d.villages.display_name(v)).unwrap_or_default();
        let town = |(g, d): (&Gap, &District)| g.village.map(|v| d.town_name(v).to_owned()).unwrap_or_default();
        let order = |(i, a): (&str, (&Gap, &District)), (j, b): (&str, (&Gap, &District))| match column {
            GapColumn::Rule => Ordering::Equal,
            GapColumn::Severity => a.0.severity.cmp(&b.0.severity),
            GapColumn::Village => village(a).cmp(&village(b)),
            GapColumn::Town => town(a).cmp(&town(b)),
            GapColumn::Status => self.gap_status(i).cmp(&self.gap_status(j)),
            GapColumn::Distance => match (a.0.distance_m, b.0.distance_m) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            },
        };
        let is_listed =
            |(row, key): &&(usize, &str)| of(*row).is_some_and(|(g, d)| self.is_listed(d, g, key, But::Nothing));
        let mut listed: Vec<(usize, &str)> = candidates.iter().filter(is_listed).copied().collect();
        listed.sort_by(|(a, i), (b, j)| {
            let (Some(one), Some(other)) = (of(*a), of(*b)) else { return a.cmp(b) };
            let by_column = order((i, one), (j, other)).then(a.cmp(b));
            if backwards { by_column.reverse() } else { by_column }
        });
        listed.into_iter().map(|(row, _)| row).collect()
    }

    fn groups_of(&self, found: &FoundGaps, rows: &[usize]) -> Vec<(String, usize)> {
        let Some(by) = self.moment.gap_filter.count_by else { return Vec::new() };
        let mut groups: Vec<(String, usize)> = Vec::new();
        for row in rows {
            let Some((gap, district)) = self.listed_gap(found, *row) else { continue };
            let of_village = |role| gap.village.map(|v| district.text(v, role)).unwrap_or_default();
            let name = match by {
                CountBy::Town => gap.village.map(|v| district.town_name(v).to_owned()).unwrap_or_default(),
                CountBy::Group => of_village(Role::Group),
                CountBy::Rule => {
                    found.rules.get(&gap.rule).map_or_else(|| gap.rule.clone(), |r| r.name(self.lang).to_owned())
                }
                CountBy::Status => {
                    let key = found.keys.get(*row).map_or("", String::as_str);
                    self.gap_status(key).word(self.lang).to_owned()
                }
            };
            let name = if name.is_empty() { "—".to_owned() } else { name };
            match groups.iter_mut().find(|g| g.0 == name) {
                Some(group) => group.1 += 1,
                None => groups.push((name, 1)),
            }
        }
        groups.sort_by_key(|g| std::cmp::Reverse(g.1));
        groups
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
