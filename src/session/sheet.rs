//! The table of a layer: its columns, and the rows that the filter keeps in the order asked for.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::layer::Loaded;
use super::sheet_columns::Feet;
use super::state::Session;
use crate::district::{District, FigurePlace, corrected_field};
use crate::model::{Dataset, FeatureId, Generation, Role, Theme, Value};
use crate::output::{Grid, GridCell, GridHead};
use crate::query::{Checked, Datum, QueryError, Row, Schema, Type, compile};
use crate::render::LayerKey;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SheetColumn {
    /// A field of the file, by position.
    Field(usize),
    /// An indicator of the district, by position.
    Indicator(usize),
}

/// A value in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum SheetValue<'a> {
    /// Nothing is known.
    Unknown,
    /// A number.
    Number(f64),
    /// Text.
    Text(Cow<'a, str>),
}

/// What the rows are made for.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetKey {
    layer: LayerKey,
    dataset: Generation,
    /// Corrected facilities come with a new district too.
    district: Option<Generation>,
    year: Option<i32>,
    focus: Option<crate::project::Focus>,
    filter: String,
    sort: Vec<(usize, bool)>,
}

/// The table of a layer.
pub struct Sheet {
    /// Its layer.
    pub layer: LayerKey,
    /// Its data.
    pub dataset: Arc<Dataset>,
    district: Option<Arc<District>>,
    year: Option<i32>,
    feet: Feet,
    /// Corrected values, by row and field.
    corrections: FxHashMap<(FeatureId, usize), String>,
    /// Its columns.
    pub columns: Vec<SheetColumn>,
    /// Its rows, filtered and sorted.
    pub rows: Vec<FeatureId>,
    /// How many rows there are without the filter.
    pub all: usize,
    /// How many the filter cannot tell about, since a value is unknown.
    pub untold: usize,
    /// What is wrong with the filter.
    pub error: Option<QueryError>,
}

impl Session {
    /// Brings the table up to date.
    pub fn make_sheet(&mut self) {
        let Some((key, loaded)) = self.active().and_then(|l| Some((l.key, l.loaded()?.clone()))) else {
            self.made.sheet.clear();
            return;
        };
        let is_villages = self.village_layer().is_some_and(|l| l.key == key);
        let district = self.district().cloned().filter(|_| is_villages);
        let mut sheet_key = SheetKey {
            layer: key,
            dataset: loaded.generation,
            district: self.district().map(|d| d.generation),
            year: self.year().filter(|_| is_villages),
            focus: self.focus_key().filter(|_| is_villages),
            filter: self.moment.filter.clone(),
            sort: self.moment.sort.clone(),
        };
        if self.made.sheet.get(&sheet_key).is_some() {
            return;
        }
        if self.sheet().is_some_and(|s| s.layer != key) {
            // Columns of another layer mean something else.
            self.moment.sort.clear();
            sheet_key.sort.clear();
        }
        let sheet = Arc::new(Sheet::new(self, &sheet_key, &loaded, district));
        self.made.sheet.make(sheet_key, |_| sheet);
    }
}

impl Sheet {
    fn new(session: &Session, key: &SheetKey, loaded: &Loaded, district: Option<Arc<District>>) -> Self {
        let dataset = loaded.dataset.clone();
        let mut sheet = Self {
            layer: key.layer,
            columns: columns(&dataset, district.as_deref()),
            feet: Feet::default(),
            district,
            year: key.year,
            corrections: corrections(session, key.layer, &dataset),
            rows: Vec::new(),
            all: 0,
            untold: 0,
            error: None,
            dataset,
        };
        let narrowed = key.focus.is_some();
        // One row for each village, none for labels among them.
        let loaded = session.layers.get(&key.layer).and_then(|l| l.loaded());
        let members = loaded.filter(|l| l.can_be_villages()).and_then(|l| l.members_in_time());
        let is_row = |f: &FeatureId| members.is_none_or(|m| m.is_first(*f));
        let mut rows: Vec<FeatureId> =
            sheet.dataset.features().filter(|f| is_row(f) && (!narrowed || session.is_in_focus(*f))).collect();
        sheet.all = rows.len();
        if !key.filter.trim().is_empty() {
            match compile(&key.filter, &sheet) {
                Ok(filter) => {
                    let told: Vec<Option<bool>> = rows.par_iter().map(|f| sheet.keeps(&filter, *f)).collect();
                    let untold = told.iter().filter(|t| t.is_none()).count();
                    let mut told = told.into_iter();
                    rows.retain(|_| told.next().flatten() == Some(true));
                    sheet.untold = untold;
                }
                Err(e) => sheet.error = Some(e),
            }
        }
        for (column, up) in key.sort.iter().rev() {
            rows.par_sort_by(|a, b| ordered(&sheet.value(*a, *column), &sheet.value(*b, *column), *up));
        }
        sheet.rows = rows;
        sheet.feet = Feet::of(sheet.columns.len());
        sheet
    }

    pub(super) fn district(&self) -> Option<&District> {
        self.district.as_deref()
    }

    pub(super) fn year(&self) -> Option<i32> {
        self.year
    }

    pub(super) fn feet(&self) -> &Feet {
        &self.feet
    }

    /// Whether a row fulfils an expression; `None` where that cannot be told.
    fn keeps(&self, filter: &Checked, row: FeatureId) -> Option<bool> {
        filter.is_true(&SheetRow { sheet: self, row })
    }

    /// A value; of a category its shown name in no language: see [`Self::shown`].
    pub fn value(&self, row: FeatureId, column: usize) -> SheetValue<'_> {
        match (self.columns.get(column), &self.district) {
            (Some(SheetColumn::Indicator(i)), Some(district)) => {
                district.value(*i, self.year, row).map_or(SheetValue::Unknown, SheetValue::Number)
            }
            (Some(SheetColumn::Field(f)), _) => {
                if let Some(text) = self.corrections.get(&(row, *f)) {
                    return match text.parse::<f64>() {
                        _ if text.is_empty() => SheetValue::Unknown,
                        Ok(n) => SheetValue::Number(n),
                        Err(_) => SheetValue::Text(text.as_str().into()),
                    };
                }
                let is_code = self.dataset.roles.field(Role::Code) == Some(*f);
                match self.dataset.table.value(row, *f) {
                    Value::Missing => SheetValue::Unknown,
                    Value::Text(t) if t.trim().is_empty() => SheetValue::Unknown,
                    Value::Text(t) => SheetValue::Text(t.into()),
                    v if is_code => v.to_text().map_or(SheetValue::Unknown, SheetValue::Text),
                    v => match v.as_f64() {
                        Some(n) => SheetValue::Number(n),
                        None => v.to_text().map_or(SheetValue::Unknown, SheetValue::Text),
                    },
                }
            }
            _ => SheetValue::Unknown,
        }
    }

    /// Name and unit of a column.
    pub fn head(&self, session: &Session, column: usize) -> (String, String) {
        match (self.columns.get(column), &self.district) {
            (Some(SheetColumn::Indicator(i)), Some(district)) => {
                let indicator = district.indicators.all().get(*i);
                indicator
                    .map(|i| (i.name(session.lang).to_owned(), i.unit(session.lang).to_owned()))
                    .unwrap_or_default()
            }
            (Some(SheetColumn::Field(f)), _) => {
                let name = self.dataset.table.columns.get(*f).map_or("", |c| c.name.as_str());
                (session.lang.find(&format!("field.{name}")).unwrap_or(name).to_owned(), String::new())
            }
            _ => Default::default(),
        }
    }

    /// The name that expressions know a column by.
    pub fn identifier(&self, column: usize) -> String {
        match (self.columns.get(column), &self.district) {
            (Some(SheetColumn::Indicator(i)), Some(district)) => {
                district.indicators.all().get(*i).map(|i| i.id.clone()).unwrap_or_default()
            }
            (Some(SheetColumn::Field(f)), _) => {
                self.dataset.table.columns.get(*f).map(|c| c.name.clone()).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    /// Values of a category column, by their stable names; none for other columns.
    pub fn choices(&self, session: &Session, column: usize) -> Vec<(String, String)> {
        let (Some(SheetColumn::Indicator(i)), Some(district)) = (self.columns.get(column), &self.district) else {
            return Vec::new();
        };
        let values = district.indicators.all().get(*i).map(|i| i.values.as_slice()).unwrap_or(&[]);
        values
            .iter()
            .map(|v| (v.id.clone(), if session.lang == crate::lang::Lang::Zh { &v.zh } else { &v.en }.clone()))
            .collect()
    }

    /// A value as it is shown; `None` where nothing is known. With whether it stands right, as numbers do.
    pub fn shown(&self, session: &Session, row: FeatureId, column: usize) -> Option<(String, bool)> {
        let indicator = match (self.columns.get(column), &self.district) {
            (Some(SheetColumn::Indicator(i)), Some(district)) => district.indicators.all().get(*i),
            _ => None,
        };
        match (self.value(row, column), indicator) {
            (SheetValue::Unknown, _) => None,
            (SheetValue::Number(n), Some(i)) => Some((i.show(n, session.lang), !i.is_category())),
            (SheetValue::Number(n), None) => Some((super::number(n), true)),
            (SheetValue::Text(t), _) => {
                let text = session.lang.find(&format!("value.{t}")).map_or_else(|| t.into_owned(), str::to_owned);
                Some((text, false))
            }
        }
    }

    /// Whether the project corrects a value, and whether the question does not arise.
    pub fn marks(&self, row: FeatureId, column: usize) -> (bool, bool) {
        if let Some(SheetColumn::Field(f)) = self.columns.get(column) {
            return (self.corrections.contains_key(&(row, *f)), false);
        }
        let (Some(SheetColumn::Indicator(i)), Some(district)) = (self.columns.get(column), &self.district) else {
            return (false, false);
        };
        let year = self.year;
        let edited = district.observations.origin(*i, year, row).is_some_and(|o| o.edited);
        (edited, district.observations.is_not_applicable(*i, year, row))
    }

    /// Where a figure stands in its file; `None` for fields and for what is computed or corrected.
    pub fn place(&self, row: FeatureId, column: usize) -> Option<FigurePlace> {
        let (Some(SheetColumn::Indicator(i)), Some(district)) = (self.columns.get(column), &self.district) else {
            return None;
        };
        let is_edited = district.observations.origin(*i, self.year, row).is_some_and(|o| o.edited);
        district.place_of(*i, self.year, row).filter(|_| !is_edited)
    }

    /// Whether values of a column can be corrected: figures that are read, not computed, and words of villages.
    pub fn is_correctable(&self, column: usize) -> bool {
        match (self.columns.get(column), &self.district) {
            (Some(SheetColumn::Indicator(i)), Some(d)) => d.indicators.all().get(*i).is_some_and(|i| !i.is_computed()),
            (Some(SheetColumn::Field(f)), Some(_)) => crate::district::correctable_text(&self.dataset, *f),
            _ => false,
        }
    }

    /// The table as it is to be written: rows and columns as they are shown, in their order.
    pub fn grid(&self, session: &Session, name: String) -> Grid {
        let shown = session.arranged(self);
        let heads = shown.iter().copied().map(|c| {
            let (name, unit) = self.head(session, c);
            let decimals = match (self.columns.get(c), &self.district) {
                (Some(SheetColumn::Indicator(i)), Some(d)) => d.indicators.all().get(*i).map_or(0, |i| i.decimals),
                _ => 0,
            };
            GridHead { name, unit, decimals, ..Default::default() }
        });
        let cell = |row: FeatureId, c: usize| {
            let is_category = !self.choices(session, c).is_empty();
            match self.value(row, c) {
                SheetValue::Unknown => GridCell::Empty,
                SheetValue::Number(n) if !is_category => GridCell::Number(n),
                SheetValue::Number(_) => {
                    self.shown(session, row, c).map_or(GridCell::Empty, |(t, _)| GridCell::Text(t))
                }
                // Words that are stable names inside, such as `draft`, as the window shows them.
                SheetValue::Text(_) => self.shown(session, row, c).map_or(GridCell::Empty, |(t, _)| GridCell::Text(t)),
            }
        };
        let rows = self.rows.iter().map(|row| shown.iter().map(|c| cell(*row, *c)).collect());
        Grid { name, heads: heads.collect(), rows: rows.collect() }
    }
}

/// What the project corrects in a layer of facilities.
fn corrections(session: &Session, layer: LayerKey, dataset: &Dataset) -> FxHashMap<(FeatureId, usize), String> {
    if let Some(district) = session.district().filter(|_| session.village_layer().is_some_and(|l| l.key == layer)) {
        return district.corrected_texts().map(|(at, edit)| (*at, edit.value.trim().to_owned())).collect();
    }
    let source = session.facility_layers().iter().position(|l| *l == layer);
    let (Some(source), Some(district)) = (source, session.district()) else { return FxHashMap::default() };
    let of_layer = district.facilities.iter().filter(|f| f.source == source && !f.edits.is_empty());
    let edits = of_layer.flat_map(|f| f.edits.iter().map(|e| (f.row, e)));
    edits.filter_map(|(row, e)| Some(((row, corrected_field(dataset, &e.what)?), e.value.trim().to_owned()))).collect()
}

/// Fields that say which village it is, the district's indicators by theme, then every other field. Without a district
/// all fields as the file has them.
fn columns(dataset: &Dataset, district: Option<&District>) -> Vec<SheetColumn> {
    let fields = 0..dataset.table.columns.len();
    let Some(district) = district else { return fields.map(SheetColumn::Field).collect() };
    let keys: Vec<usize> =
        [Role::Code, Role::Name, Role::Town, Role::Group].into_iter().filter_map(|r| dataset.roles.field(r)).collect();
    let themes = [Theme::Base].into_iter().chain(district.indicators.themes().maps());
    let indicators = themes.flat_map(|theme| {
        let all = district.indicators.all().iter().enumerate();
        all.filter(move |(i, d)| d.theme == theme && district.observations.has(*i)).map(|(i, _)| i)
    });
    let is_indicator = |f: &usize| {
        let name = dataset.table.columns.get(*f).map_or("", |c| c.name.as_str());
        district.indicators.position(name).is_some_and(|i| district.observations.has(i))
    };
    let rest = fields.filter(|f| !keys.contains(f) && !is_indicator(f));
    let keys = keys.iter().copied().map(SheetColumn::Field);
    keys.chain(indicators.map(SheetColumn::Indicator)).chain(rest.map(SheetColumn::Field)).collect()
}

/// Unknown values last, whichever way the rest is sorted.
fn ordered(a: &SheetValue<'_>, b: &SheetValue<'_>, up: bool) -> Ordering {
    let forward = match (a, b) {
        (SheetValue::Unknown, SheetValue::Unknown) => return Ordering::Equal,
        (SheetValue::Unknown, _) => return Ordering::Greater,
        (_, SheetValue::Unknown) => return Ordering::Less,
        (SheetValue::Number(a), SheetValue::Number(b)) => a.total_cmp(b),
        (SheetValue::Text(a), SheetValue::Text(b)) => a.cmp(b),
        (SheetValue::Number(_), SheetValue::Text(_)) => Ordering::Less,
        (SheetValue::Text(_), SheetValue::Number(_)) => Ordering::Greater,
    };
    if up { forward } else { forward.reverse() }
}

impl Schema for Sheet {
    fn field(&self, name: &str) -> Option<(usize, Type)> {
        let column = |wanted: SheetColumn| self.columns.iter().position(|c| *c == wanted);
        if let Some(district) = &self.district
            && let Some(i) = district.indicators.position(name)
            && let Some(at) = column(SheetColumn::Indicator(i))
        {
            let is_category = district.indicators.all().get(i).is_some_and(|i| i.is_category());
            return Some((at, if is_category { Type::Category } else { Type::Number }));
        }
        let role = Role::ALL.into_iter().find(|r| r.key().eq_ignore_ascii_case(name));
        let field = self.dataset.table.position(name).or_else(|| {
            use crate::lang::Lang;
            let shown = |lang: Lang, c: &str| lang.find(&format!("field.{c}")).is_some_and(|t| t == name);
            self.dataset.table.columns.iter().position(|c| shown(Lang::Zh, &c.name) || shown(Lang::En, &c.name))
        });
        let field = field.or_else(|| self.dataset.roles.field(role?))?;
        let is_code = self.dataset.roles.field(Role::Code) == Some(field);
        let numeric = self.dataset.table.columns.get(field)?.kind.is_numeric() && !is_code;
        Some((column(SheetColumn::Field(field))?, if numeric { Type::Number } else { Type::Text }))
    }

    fn category(&self, field: usize, value: &str) -> Option<usize> {
        match (self.columns.get(field)?, &self.district) {
            (SheetColumn::Indicator(i), Some(district)) => district.indicators.all().get(*i)?.category(value),
            _ => None,
        }
    }

    fn categories_with(&self, field: usize, text: &str) -> Vec<usize> {
        let (Some(SheetColumn::Indicator(i)), Some(district)) = (self.columns.get(field), &self.district) else {
            return Vec::new();
        };
        district.indicators.all().get(*i).map(|i| i.categories_with(text)).unwrap_or_default()
    }
}

/// A row of the table, for expressions.
struct SheetRow<'a> {
    sheet: &'a Sheet,
    row: FeatureId,
}

impl Row for SheetRow<'_> {
    fn datum(&self, field: usize) -> Datum<'_> {
        match self.sheet.value(self.row, field) {
            SheetValue::Unknown => Datum::Unknown,
            SheetValue::Number(n) => Datum::Number(n),
            SheetValue::Text(t) => Datum::Text(t),
        }
    }
}
