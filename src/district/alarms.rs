//! What makes a new month or year of figures look copied rather than counted: each village with its reason, before the table is taken.

use rustc_hash::{FxHashMap, FxHashSet};

use super::figure::{Figure, figure};
use super::figure_column::FigureColumn;
use super::months::LatestMonths;
use super::rows::{RowIs, RowReader};
use crate::model::{Dataset, FeatureId, Indicators, Observations, Role};
use crate::read::{WideTable, month_in};

/// Fewest figures that must agree for it to be no chance.
const LEAST: usize = 3;

/// Why a village is looked at twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlarmKind {
    /// All of its figures are those of the year before.
    SameAsBefore,
    /// All of its figures are those of the month before.
    SameAsMonthBefore,
    /// All of its figures are those of another village of its town.
    SameAsNeighbour,
    /// All of its rates are 100 %.
    AllFull,
    /// Figures of an earlier year differ from what was known.
    HistoryChanged,
}

impl AlarmKind {
    /// Stable name: in language files (`alarm.<key>`).
    pub fn key(self) -> &'static str {
        match self {
            Self::SameAsBefore => "same-as-before",
            Self::SameAsMonthBefore => "same-as-month-before",
            Self::SameAsNeighbour => "same-as-neighbour",
            Self::AllFull => "all-full",
            Self::HistoryChanged => "history-changed",
        }
    }
}

/// Villages that are looked at twice for one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// Why.
    pub kind: AlarmKind,
    /// The year that it is about; the year of the table.
    pub year: Option<i32>,
    /// The villages by name, with what they are like.
    pub villages: Vec<String>,
}

/// A figure: indicator, year, value.
type Own = (usize, Option<i32>, f64);

/// A figure of a table beside what was known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureChange {
    /// The village.
    pub village: FeatureId,
    /// The indicator, by position.
    pub indicator: usize,
    /// The year of the table.
    pub year: Option<i32>,
    /// The year that it is compared with: the same where that was known, else the last one before.
    pub before_year: Option<i32>,
    /// What was known.
    pub before: f64,
    /// What the table says.
    pub now: f64,
}

impl FigureChange {
    /// Whether it says something else of a year that was known.
    pub fn is_revision(&self) -> bool {
        self.year == self.before_year
    }
}

/// Figures that differ from what is known: those of known years first, then by how far they are from what was, the farthest first.
pub(super) fn changes(figures: &Figures, known: &Observations) -> Vec<FigureChange> {
    let change = |village: FeatureId, (indicator, year, now): Own| {
        let same = known.value(indicator, year, village).map(|before| (year, before));
        let last = || {
            let years = known.years().iter().rev().filter(|y| year.is_some_and(|year| **y < year));
            years.copied().find_map(|y| Some((Some(y), known.value(indicator, Some(y), village)?)))
        };
        let (before_year, before) = same.or_else(last)?;
        (before != now).then_some(FigureChange { village, indicator, year, before_year, before, now })
    };
    let mut list: Vec<FigureChange> =
        figures.iter().flat_map(|(v, own)| own.iter().filter_map(move |o| change(*v, *o))).collect();
    let share = |c: &FigureChange| (c.now - c.before).abs() / c.before.abs().max(c.now.abs()).max(f64::MIN_POSITIVE);
    list.sort_by(|a, b| {
        let order = b.is_revision().cmp(&a.is_revision()).then(share(b).total_cmp(&share(a)));
        order.then((a.village, a.indicator, a.year).cmp(&(b.village, b.indicator, b.year)))
    });
    list
}

/// The figures of each village of a table.
pub(super) type Figures = FxHashMap<FeatureId, Vec<Own>>;

/// Looks for figures that look copied, beside what is known already.
pub(super) fn alarms(
    (figures, month_before): (&Figures, &Figures),
    (villages, indicators, known): (&Dataset, &Indicators, Option<&Observations>),
) -> Vec<Alarm> {
    let mut order: Vec<&FeatureId> = figures.keys().collect();
    order.sort();
    let mut list: Vec<(AlarmKind, Option<i32>, String)> = Vec::new();
    let name = |v: FeatureId| villages.display_name(v);
    let mut seen: FxHashMap<(String, Vec<(usize, u64)>), FeatureId> = FxHashMap::default();
    for village in order {
        let Some(own) = figures.get(village) else { continue };
        let last = own.iter().filter_map(|(_, year, _)| *year).max();
        let of_last: Vec<&Own> = own.iter().filter(|(_, year, _)| *year == last).collect();
        let before = known.zip(last).and_then(|(k, last)| k.years().iter().rev().find(|y| **y < last).map(|y| (k, *y)));
        if let Some((known, year)) = before {
            let same = |(position, _, value): &&Own| known.value(*position, Some(year), *village) == Some(*value);
            if of_last.len() >= LEAST && of_last.iter().all(same) {
                list.push((AlarmKind::SameAsBefore, Some(year), name(*village)));
            }
        }
        if let Some(earlier) = month_before.get(village) {
            let is_same = of_last.iter().all(|own| earlier.contains(own));
            if of_last.len() >= LEAST && is_same {
                list.push((AlarmKind::SameAsMonthBefore, last, name(*village)));
            }
        }
        if let Some(known) = known {
            let differs = |(position, year, value): &&Own| {
                let old = year.and_then(|y| known.value(*position, Some(y), *village));
                *year != last && old.is_some_and(|old| old != *value)
            };
            if let Some((position, year, value)) = own.iter().find(differs) {
                let id = indicators.all().get(*position).map_or("", |i| i.zh.as_str());
                let old = known.value(*position, *year, *village).unwrap_or(f64::NAN);
                list.push((AlarmKind::HistoryChanged, *year, format!("{} {id} {old} → {value}", name(*village))));
            }
        }
        let rates: Vec<f64> = of_last
            .iter()
            .filter(|(position, ..)| indicators.all().get(*position).is_some_and(|i| i.unit == "%"))
            .map(|(_, _, value)| *value)
            .collect();
        let is_full = rates.len() >= LEAST && rates.iter().all(|r| *r == 100.0);
        if is_full {
            list.push((AlarmKind::AllFull, last, name(*village)));
        }
        let varied: FxHashSet<u64> = of_last.iter().map(|(_, _, v)| v.to_bits()).collect();
        if of_last.len() >= LEAST && varied.len() >= 2 {
            let town = villages.text(*village, Role::Town).map(|t| t.into_owned()).unwrap_or_default();
            let mut key: Vec<(usize, u64)> = of_last.iter().map(|(p, _, v)| (*p, v.to_bits())).collect();
            key.sort_unstable();
            match seen.get(&(town.clone(), key.clone())) {
                Some(other) => {
                    list.push((AlarmKind::SameAsNeighbour, last, format!("{} = {}", name(*village), name(*other))));
                }
                None => drop(seen.insert((town, key), *village)),
            }
        }
    }
    let mut alarms: Vec<Alarm> = Vec::new();
    list.sort_by_key(|(kind, year, _)| (*kind, *year));
    for (kind, year, village) in list {
        match alarms.last_mut().filter(|a| a.kind == kind && a.year == year) {
            Some(alarm) => alarm.villages.push(village),
            None => alarms.push(Alarm { kind, year, villages: vec![village] }),
        }
    }
    alarms
}

/// The figures of each village of the table; of months, those of the latest.
pub(super) fn figures(
    table: &WideTable,
    reader: &RowReader<'_>,
    found: &[RowIs],
    indicators: &Indicators,
    months: &LatestMonths,
) -> Figures {
    collect(table, (reader, found), indicators, |v, year, month| months.is_latest(v, year, month))
}

/// The figures of each village of the month before the latest: of the table, else what is known of an earlier month of the same year.
pub(super) fn of_month_before(
    table: &WideTable,
    reader: &RowReader<'_>,
    found: &[RowIs],
    (indicators, known): (&Indicators, Option<&Observations>),
    months: &LatestMonths,
    figures: &Figures,
) -> Figures {
    if !reader.has_months() {
        return Figures::default();
    }
    let mut before = collect(table, (reader, found), indicators, |v, year, month| {
        month.is_some() && months.before(v, year) == month
    });
    let Some(known) = known else { return before };
    for (village, own) in figures.iter().filter(|(v, _)| !before.contains_key(*v)).collect::<Vec<_>>() {
        let of_known = own.iter().filter_map(|(position, year, _)| {
            let origin = known.origin(*position, *year, *village)?;
            let then = month_in(&origin.observed_on)?;
            let is_earlier = months.latest(*village, *year).is_some_and(|now| then < now);
            is_earlier.then(|| known.value(*position, *year, *village)).flatten().map(|v| (*position, *year, v))
        });
        before.entry(*village).or_default().extend(of_known);
    }
    before
}

fn collect(
    table: &WideTable,
    (reader, found): (&RowReader<'_>, &[RowIs]),
    indicators: &Indicators,
    is_wanted: impl Fn(FeatureId, Option<i32>, Option<u8>) -> bool,
) -> Figures {
    let mut figures = Figures::default();
    let columns = FigureColumn::of(table, indicators);
    for (row, found) in table.rows.iter().zip(found) {
        let (RowIs::Village(village, _) | RowIs::Contradicting(village)) = found else { continue };
        let Ok(year) = reader.year_of(row) else { continue };
        if !is_wanted(*village, year, reader.month_of(row)) {
            continue;
        }
        for column in &columns {
            let Some(indicator) = indicators.all().get(column.position) else { continue };
            if let Figure::Number(n) | Figure::About(n) = figure(indicator, &column.cell(row), column.comma) {
                figures.entry(*village).or_default().push((column.position, column.year.or(year), n));
            }
        }
    }
    figures
}
