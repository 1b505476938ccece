//! One theme applied to one dataset.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Breaks, Method, classify, colours};
use crate::model::{FeatureId, FieldType, Table, Value};

/// What to colour by and how: kept in the project file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColouringSpec {
    /// Name of the field.
    pub field: String,
    /// Title shown over the legend; the field's name where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Unit shown behind figures.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Classification method by its name in `classify`.
    #[serde(default = "default_method")]
    pub method: String,
    /// Number of classes asked for, 3 to 9.
    #[serde(default = "default_classes")]
    pub classes: usize,
    /// Inner bounds of the manual method.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<f64>,
    /// Key of the colour ramp.
    #[serde(default = "default_ramp")]
    pub ramp: String,
    /// Whether high values take the light end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reversed: bool,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
}

fn default_method() -> String {
    Method::FisherJenks.key().to_owned()
}

fn default_classes() -> usize {
    5
}

fn default_ramp() -> String {
    "YlGnBu".to_owned()
}

/// Most categories that get a colour of their own; the rest share the last row.
const MAX_CATEGORIES: usize = 12;

impl ColouringSpec {
    /// A theme for a field with the defaults: Fisher–Jenks in five classes for numbers, a colour each for categories.
    pub fn for_field(field: &str, kind: FieldType) -> Self {
        Self {
            field: field.to_owned(),
            title: String::new(),
            unit: String::new(),
            method: default_method(),
            classes: default_classes(),
            breaks: Vec::new(),
            ramp: if kind.is_numeric() { default_ramp() } else { "Set2".to_owned() },
            reversed: false,
            other: toml::Table::new(),
        }
    }

    /// What stands over the legend.
    pub fn heading(&self) -> &str {
        if self.title.is_empty() { &self.field } else { &self.title }
    }
}

/// One row of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendRow {
    /// What the row stands for.
    pub class: LegendClass,
    /// Its colour, sRGB.
    pub colour: [u8; 3],
    /// How many features are in it.
    pub count: usize,
}

/// What a row of a legend stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum LegendClass {
    /// Values from `lower` up to, but without, `upper`; the last class includes it.
    Range {
        /// Smallest value.
        lower: f64,
        /// First value beyond, or the maximum in the last class.
        upper: f64,
        /// Whether this is the highest class.
        last: bool,
        /// Whether this is the lowest or highest of several classes with given bounds: everything below its upper, or
        /// from its lower bound on, whatever the data reach.
        open: bool,
        /// Whether values are whole numbers.
        whole: bool,
    },
    /// One category.
    Category(String),
    /// A category with names of its own.
    Named {
        /// Stable name.
        id: String,
        /// Shown in Chinese.
        zh: String,
        /// Shown in English.
        en: String,
    },
    /// All categories that are too rare for a colour of their own: how many there are.
    Others(usize),
}

/// A theme applied: class of each feature, colours, legend.
#[derive(Clone, Debug)]
pub struct Colouring {
    /// The specification it was made from.
    pub spec: ColouringSpec,
    /// Classes, lowest first, or categories, most frequent first.
    pub legend: Vec<LegendRow>,
    /// How many features have no value.
    pub missing: usize,
    /// Type of the field.
    pub kind: FieldType,
    /// Whether values are changes, to be shown with their sign.
    pub is_change: bool,
    class_of: Vec<u16>,
}

/// How a category of an indicator looks.
#[derive(Clone, Copy, Debug)]
pub struct CategoryLook<'a> {
    /// Stable name.
    pub id: &'a str,
    /// Shown in Chinese.
    pub zh: &'a str,
    /// Shown in English.
    pub en: &'a str,
    /// Colour; one of the ramp where absent.
    pub colour: Option<[u8; 3]>,
}

/// Rows that one thread takes at once.
const ROWS: usize = 1 << 14;

const MISSING: u16 = u16::MAX;

/// Rows per class and without one, of those that count.
fn count(class_of: &[u16], classes: usize, counted: &dyn Fn(FeatureId) -> bool) -> (Vec<usize>, usize) {
    let (mut counts, mut missing) = (vec![0usize; classes], 0);
    for (_, class) in class_of.iter().enumerate().filter(|(row, _)| counted(FeatureId::new(*row as u32))) {
        match counts.get_mut(usize::from(*class)) {
            Some(n) => *n += 1,
            None => missing += 1,
        }
    }
    (counts, missing)
}

impl Colouring {
    /// Applies a theme; `None` where the table has no such field.
    pub fn new(table: &Table, spec: &ColouringSpec) -> Option<Self> {
        let column = table.columns.get(table.position(&spec.field)?)?;
        if column.kind.is_numeric() {
            let value_of = |row: FeatureId| column.value(row).as_f64().filter(|v| v.is_finite());
            let values: Vec<f64> =
                (0..table.rows).into_par_iter().with_min_len(ROWS).map(FeatureId::new).filter_map(value_of).collect();
            let method = Method::from_key(&spec.method).unwrap_or(Method::FisherJenks);
            let breaks = classify(&values, method, spec.classes.clamp(1, 20), &spec.breaks);
            let colouring = Self::of_numbers(table.rows, spec, breaks.as_ref(), false, value_of, &|_| true);
            return Some(Self { kind: column.kind, ..colouring });
        }
        Some(Self::categories(table.rows, spec, column.kind, |row| match column.value(FeatureId::new(row.number())) {
            Value::Text(t) if t.trim().is_empty() => None,
            v => v.to_text(),
        }))
    }

    /// Numbers in given classes. The legend counts the rows that `counted` names; a whole number's class says so.
    pub fn of_numbers(
        rows: u32,
        spec: &ColouringSpec,
        breaks: Option<&Breaks>,
        whole: bool,
        value_of: impl Fn(FeatureId) -> Option<f64> + Sync,
        counted: &dyn Fn(FeatureId) -> bool,
    ) -> Self {
        let classes = breaks.map_or(0, Breaks::len);
        let palette = colours(&spec.ramp, classes, spec.reversed);
        let class_of: Vec<u16> = (0..rows)
            .into_par_iter()
            .with_min_len(ROWS)
            .map(|row| {
                let class = value_of(FeatureId::new(row)).and_then(|v| breaks?.class_of(v)).filter(|c| *c < classes);
                class.map_or(MISSING, |c| c as u16)
            })
            .collect();
        let (counts, missing) = count(&class_of, classes, counted);
        let legend = counts
            .iter()
            .zip(palette)
            .enumerate()
            .filter_map(|(i, (&count, colour))| {
                let (lower, upper) = breaks?.bounds(i);
                let last = i + 1 == classes;
                let open = (i == 0 || last) && classes > 1 && spec.method == Method::Manual.key();
                let class = LegendClass::Range { lower, upper, last, open, whole };
                Some(LegendRow { class, colour, count })
            })
            .collect();
        Self { spec: spec.clone(), legend, missing, kind: FieldType::Real, is_change: false, class_of }
    }

    /// Categories known beforehand, in their order; all of them stand in the legend.
    pub fn of_looks(
        rows: u32,
        spec: &ColouringSpec,
        looks: &[CategoryLook<'_>],
        class: impl Fn(FeatureId) -> Option<usize>,
        counted: &dyn Fn(FeatureId) -> bool,
    ) -> Self {
        let class_of: Vec<u16> = (0..rows)
            .map(|row| class(FeatureId::new(row)).filter(|c| *c < looks.len()).map_or(MISSING, |c| c as u16))
            .collect();
        let (counts, missing) = count(&class_of, looks.len(), counted);
        let palette = colours("Set2", looks.len(), false);
        let legend = looks
            .iter()
            .zip(counts)
            .zip(palette)
            .map(|((look, count), own)| LegendRow {
                class: LegendClass::Named { id: look.id.into(), zh: look.zh.into(), en: look.en.into() },
                colour: look.colour.unwrap_or(own),
                count,
            })
            .collect();
        Self { spec: spec.clone(), legend, missing, kind: FieldType::Text, is_change: false, class_of }
    }

    /// The same for a printer without colours: each class darker than the one before, from the first to the last; of a change the middle
    /// lightest would make gain and loss alike, so it is no exception.
    pub fn in_lightness(mut self) -> Self {
        let n = self.legend.len();
        // Unordered categories keep their colours: no grey would tell a dozen apart.
        let is_ordered =
            self.kind.is_numeric() || self.legend.iter().all(|r| matches!(r.class, LegendClass::Named { .. }));
        if n < 2 || !is_ordered {
            return self;
        }
        // Named values come best first, which is darkest; numbers lowest first.
        let is_named = matches!(self.legend.first().map(|r| &r.class), Some(LegendClass::Named { .. }));
        for (i, row) in self.legend.iter_mut().enumerate() {
            let place = if is_named { n - 1 - i } else { i };
            let share = place as f32 / (n - 1) as f32;
            row.colour = [(245.0 - 195.0 * share).round() as u8; 3];
        }
        self
    }

    /// The same, its values shown as changes.
    pub fn as_change(self) -> Self {
        Self { is_change: true, ..self }
    }

    fn categories<'a>(
        rows: u32,
        spec: &ColouringSpec,
        kind: FieldType,
        value_of: impl Fn(FeatureId) -> Option<std::borrow::Cow<'a, str>>,
    ) -> Self {
        let mut found: FxHashMap<String, (usize, u32)> = FxHashMap::default();
        for row in 0..rows {
            if let Some(text) = value_of(FeatureId::new(row)) {
                found.entry(text.into_owned()).or_insert((0, row)).0 += 1;
            }
        }
        let mut order: Vec<(&String, usize, u32)> =
            found.iter().map(|(text, &(count, first))| (text, count, first)).collect();
        order.sort_by_key(|&(_, count, first)| (std::cmp::Reverse(count), first));
        let own = if order.len() > MAX_CATEGORIES { MAX_CATEGORIES - 1 } else { order.len() };
        let palette = colours(&spec.ramp, order.len().min(MAX_CATEGORIES), spec.reversed);
        let class: FxHashMap<&str, u16> =
            order.iter().enumerate().map(|(i, (text, ..))| (text.as_str(), i.min(own) as u16)).collect();
        let class_of: Vec<u16> = (0..rows)
            .map(|row| value_of(FeatureId::new(row)).and_then(|t| class.get(&*t).copied()).unwrap_or(MISSING))
            .collect();
        let mut legend: Vec<LegendRow> = order
            .iter()
            .take(own)
            .zip(&palette)
            .map(|((text, count, _), &colour)| LegendRow {
                class: LegendClass::Category((*text).clone()),
                colour,
                count: *count,
            })
            .collect();
        if let (true, Some(&colour)) = (order.len() > own, palette.last()) {
            let count = order.iter().skip(own).map(|o| o.1).sum();
            legend.push(LegendRow { class: LegendClass::Others(order.len() - own), colour, count });
        }
        let missing = class_of.iter().filter(|&&c| c == MISSING).count();
        Self { spec: spec.clone(), legend, missing, kind, is_change: false, class_of }
    }

    /// The class of a feature: a row of the legend; `None` where its value is missing.
    pub fn class_of(&self, feature: FeatureId) -> Option<usize> {
        self.class_of.get(feature.index()).filter(|&&c| c != MISSING).map(|&c| usize::from(c))
    }

    /// The colour of a feature; `None` where its value is missing.
    pub fn colour_of(&self, feature: FeatureId) -> Option<[u8; 3]> {
        self.legend.get(self.class_of(feature)?).map(|row| row.colour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ColumnBuilder;

    fn table(values: &[Value<'_>]) -> Table {
        let mut b = ColumnBuilder::default();
        for (i, v) in values.iter().enumerate() {
            b.set(FeatureId::new(i as u32), *v, "1");
        }
        let rows = values.len() as u32;
        Table { columns: vec![b.finish("f".into(), rows)], rows }
    }

    #[test]
    fn legend_counts_add_up_and_missing_is_apart() {
        let t = table(&[Value::Real(0.0), Value::Missing, Value::Real(99.0), Value::Real(98.9), Value::Real(100.0)]);
        let spec = ColouringSpec {
            method: "manual".into(),
            breaks: vec![60.0, 99.0],
            ..ColouringSpec::for_field("f", FieldType::Real)
        };
        let colouring = Colouring::new(&t, &spec).expect("the field exists");
        assert_eq!(colouring.missing, 1);
        assert_eq!(colouring.legend.iter().map(|r| r.count).collect::<Vec<_>>(), [1, 1, 2]);
        assert_eq!(
            (
                colouring.class_of(FeatureId::new(0)),
                colouring.class_of(FeatureId::new(1)),
                colouring.class_of(FeatureId::new(2))
            ),
            (Some(0), None, Some(2))
        );
        assert_eq!(colouring.colour_of(FeatureId::new(1)), None);
    }

    #[test]
    fn rare_categories_share_a_row() {
        let names: Vec<String> = (0..30).map(|i| format!("c{i}")).collect();
        let t = table(&names.iter().map(|n| Value::Text(n)).collect::<Vec<_>>());
        let colouring = Colouring::new(&t, &ColouringSpec::for_field("f", FieldType::Text)).expect("the field exists");
        assert_eq!(colouring.legend.len(), MAX_CATEGORIES);
        assert_eq!(colouring.legend.iter().map(|r| r.count).sum::<usize>(), 30);
        assert!(matches!(colouring.legend.last().map(|r| &r.class), Some(LegendClass::Others(19))));
    }

    #[test]
    fn nothing_but_missing_values_is_still_a_legend() {
        let t = table(&[Value::Real(f64::NAN), Value::Missing]);
        let colouring = Colouring::new(&t, &ColouringSpec::for_field("f", FieldType::Real)).expect("the field exists");
        assert_eq!((colouring.legend.len(), colouring.missing), (0, 2));
    }
}
