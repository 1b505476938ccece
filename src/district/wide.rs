//! A district's figures in the form they are read from: one row per village and year, one column per indicator.

use rustc_hash::FxHashMap;

use super::build::District;
use crate::lang::Lang;
use crate::model::{FeatureId, ObservationStatus, Role};
use crate::read::KeyColumn;

/// Heads and rows of the wide table; cells as a table writes them, empty where unknown.
pub struct WideGrid {
    /// Heads of the columns.
    pub heads: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<WideCell>>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum WideCell {
    /// Unknown.
    Empty,
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
}

/// All figures of all years, corrections included, as a table that can be read again without loss; indicators that are
/// computed are left out. `only` names the villages.
pub fn wide_grid(district: &District, only: &dyn Fn(FeatureId) -> bool) -> WideGrid {
    let all = district.indicators.all();
    let columns: Vec<usize> = (0..all.len())
        .filter(|i| district.observations.has(*i) && !all.get(*i).is_some_and(|d| d.is_computed()))
        .collect();
    let mut years: Vec<Option<i32>> = district.observations.years().iter().map(|y| Some(*y)).collect();
    if years.is_empty() {
        years.push(None);
    }
    let origins = district.observations.has_origins();
    let mut heads: Vec<String> = ["code", "name", "town"].into_iter().map(str::to_owned).collect();
    let dated = years.iter().any(Option::is_some);
    if dated {
        heads.push("year".to_owned());
    }
    let villages: Vec<FeatureId> = district.village_list().filter(|v| only(*v)).collect();
    let has_fraction =
        |i: &usize| years.iter().any(|y| villages.iter().any(|v| district.observations.fraction(*i, *y, *v).is_some()));
    let fractions: Vec<usize> =
        if origins { columns.iter().copied().filter(|i| has_fraction(i)).collect() } else { Vec::new() };
    heads.extend(columns.iter().filter_map(|i| Some(all.get(*i)?.id.clone())));
    for i in &fractions {
        let id = all.get(*i).map_or("", |d| d.id.as_str());
        heads.extend([format!("{id}_numerator"), format!("{id}_denominator")]);
    }
    if origins {
        heads.extend(["source", "observed_on", "status"].map(str::to_owned));
    }
    let text = |t: String| if t.is_empty() { WideCell::Empty } else { WideCell::Text(t) };
    let mut rows = Vec::new();
    for village in villages {
        for year in &years {
            let mut row = [Role::Code, Role::Name, Role::Town].map(|r| text(district.text(village, r))).to_vec();
            if dated {
                row.extend(year.map(|y| WideCell::Number(f64::from(y))));
            }
            for i in &columns {
                let value = district.value(*i, *year, village);
                let indicator = all.get(*i);
                row.push(match (value, indicator) {
                    (None, _) if district.observations.is_not_applicable(*i, *year, village) => {
                        WideCell::Text("n/a".to_owned())
                    }
                    (Some(v), Some(d)) if d.is_category() => {
                        d.values.get(v as usize).map_or(WideCell::Empty, |c| WideCell::Text(c.id.clone()))
                    }
                    (Some(v), _) => WideCell::Number(v),
                    (None, _) => WideCell::Empty,
                });
            }
            for i in &fractions {
                let origin = district.observations.origin(*i, *year, village).unwrap_or_default();
                row.extend([origin.numerator, origin.denominator].map(|n| n.map_or(WideCell::Empty, WideCell::Number)));
            }
            if origins {
                // A row has one origin: that of its first corrected value, else that of the table's row.
                let of = |i: &usize| district.observations.origin(*i, *year, village);
                let found = columns.iter().filter_map(of).find(|o| o.edited).or_else(|| {
                    columns.iter().filter_map(of).find(|o| !o.source.is_empty() || !o.observed_on.is_empty())
                });
                let origin = found.unwrap_or_default();
                row.extend([text(origin.source), text(origin.observed_on)]);
                let status = origin.status.filter(|s| *s != ObservationStatus::NotApplicable);
                row.push(status.map_or(WideCell::Empty, |s| WideCell::Text(s.key().to_owned())));
            }
            rows.push(row);
        }
    }
    WideGrid { heads, rows }
}

impl District {
    /// What heads of [`wide_grid`] are called in a workbook: names with units, in a language. Only what the reader of tables
    /// tells as the same column is called otherwise than by its stable name.
    pub fn figure_labels(&self, lang: Lang) -> FxHashMap<String, String> {
        let keys = ["code", "name", "town", "year", "source", "observed_on", "status"];
        let keys = keys.into_iter().filter_map(|key| {
            let label = lang.find(&format!("figure-head.{key}"))?;
            (KeyColumn::of(label) == KeyColumn::of(key)).then(|| (key.to_owned(), label.to_owned()))
        });
        let named = self.indicators.all().iter().enumerate().filter_map(|(at, indicator)| {
            let (name, unit) = (indicator.name(lang), indicator.unit(lang));
            let label = match (unit.is_empty(), lang) {
                (true, _) => name.to_owned(),
                (false, Lang::Zh) => format!("{name}（{unit}）"),
                (false, Lang::En) => format!("{name} ({unit})"),
            };
            (self.indicators.position(&label) == Some(at)).then(|| (indicator.id.clone(), label))
        });
        keys.chain(named).collect()
    }
}
