//! What a map of one indicator shows: classes, colours and legend for a year, or for the change between two.

use super::build::District;
use crate::colouring::{CategoryLook, Colouring, ColouringSpec, IndicatorLook, Method, classify};
use crate::model::{FeatureId, FieldType, Good, Indicator};

/// What to show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapSpec {
    /// Position of the indicator.
    pub indicator: usize,
    /// The year; figures without one where absent.
    pub year: Option<i32>,
    /// An earlier year: the map then shows the change since.
    pub since: Option<i32>,
    /// Whether class bounds follow the year; else they are the same in all years.
    pub free_classes: bool,
}

/// Classes where an indicator gives no bounds.
const CLASSES: usize = 5;

/// The map of an indicator. Legend counts are over the villages that `counted` names. `None` for a position without
/// indicator.
pub fn choropleth(
    district: &District,
    map: &MapSpec,
    look: Option<&IndicatorLook>,
    counted: &dyn Fn(FeatureId) -> bool,
) -> Option<Colouring> {
    let counted = &|v: FeatureId| district.members.is_first(v) && counted(v);
    let indicator = district.indicators.all().get(map.indicator)?;
    if let Some(since) = map.since {
        return Some(change(district, indicator, map, since, counted));
    }
    let rows = district.villages.len();
    // A ratio is classed as it is shown, so that the bounds of the legend are true to the digit.
    let scale = 10f64.powi(i32::from(indicator.decimals));
    let as_shown = |x: f64| if indicator.ratio.is_some() { (x * scale).round() / scale } else { x };
    let value_of = |v: FeatureId| district.value(map.indicator, map.year, v).map(as_shown);
    let mut spec = spec_of(indicator);
    if let Some(look) = look {
        spec = ColouringSpec {
            method: look.method.clone(),
            classes: look.classes,
            breaks: look.breaks.clone(),
            ramp: look.ramp.clone(),
            reversed: look.reversed,
            ..spec
        };
    }
    if indicator.is_category() {
        let looks: Vec<CategoryLook> = indicator
            .values
            .iter()
            .map(|v| CategoryLook { id: &v.id, zh: &v.zh, en: &v.en, colour: colour(&v.colour) })
            .collect();
        return Some(Colouring::of_looks(rows, &spec, &looks, |v| value_of(v).map(|x| x as usize), counted));
    }
    let chosen = look.and_then(|l| Method::from_key(&l.method));
    let (method, classes, inner) = match (chosen, look) {
        (Some(method), Some(look)) => (method, look.classes.clamp(1, 20), look.breaks.as_slice()),
        _ if indicator.breaks.is_empty() || map.free_classes => (Method::FisherJenks, CLASSES, &[][..]),
        _ => (Method::Manual, 0, indicator.breaks.as_slice()),
    };
    let breaks = if method != Method::Manual || inner.is_empty() {
        let years: Vec<Option<i32>> = match map.year {
            Some(_) if !map.free_classes => district.observations.years().iter().map(|y| Some(*y)).collect(),
            year => vec![year],
        };
        let values = |year: Option<i32>| {
            district.village_list().filter_map(move |v| district.value(map.indicator, year, v).map(as_shown))
        };
        let all: Vec<f64> = years.into_iter().flat_map(values).collect();
        let method = if method == Method::Manual { Method::FisherJenks } else { method };
        classify(&all, method, classes.max(1), &[])
    } else {
        let all: Vec<f64> = district.village_list().filter_map(value_of).collect();
        classify(&all, Method::Manual, 0, inner)
    };
    Some(Colouring::of_numbers(rows, &spec, breaks.as_ref(), indicator.is_whole(), value_of, counted))
}

/// Colours by where good lies: blue for much of what is wanted, brown for much of what is not.
fn spec_of(indicator: &Indicator) -> ColouringSpec {
    let ramp = if indicator.good == Good::Down { "YlOrBr" } else { "YlGnBu" };
    ColouringSpec {
        unit: indicator.unit.clone(),
        method: Method::Manual.key().to_owned(),
        ramp: ramp.to_owned(),
        ..ColouringSpec::for_field(&indicator.id, FieldType::Real)
    }
}

fn colour(hex: &str) -> Option<[u8; 3]> {
    let value = u32::from_str_radix(hex.strip_prefix('#')?, 16).ok()?;
    Some([(value >> 16) as u8, (value >> 8) as u8, value as u8])
}

/// The change of a figure in a village, rounded to the decimals it is shown with; `None` where either year is unknown.
pub fn change_of(district: &District, position: usize, since: i32, year: Option<i32>, v: FeatureId) -> Option<f64> {
    let decimals = district.indicators.all().get(position).map_or(0, |i| i32::from(i.decimals));
    let scale = 10f64.powi(decimals);
    let (now, before) = (district.value(position, year, v)?, district.value(position, Some(since), v)?);
    Some(((now - before) * scale).round() / scale)
}

fn change(
    district: &District,
    indicator: &Indicator,
    map: &MapSpec,
    since: i32,
    counted: &dyn Fn(FeatureId) -> bool,
) -> Colouring {
    let rows = district.villages.len();
    let mut spec = spec_of(indicator);
    if indicator.is_category() {
        let good = |x: f64| indicator.is_met(x);
        let looks = [
            CategoryLook { id: "improved", zh: "改善", en: "better", colour: Some([0x1b, 0x78, 0x6f]) },
            CategoryLook { id: "other", zh: "有变化", en: "changed", colour: Some([0x8c, 0x9b, 0xc9]) },
            CategoryLook { id: "same", zh: "不变", en: "the same", colour: Some([0xdd, 0xdd, 0xd6]) },
            CategoryLook { id: "worse", zh: "变差", en: "worse", colour: Some([0xb0, 0x6a, 0x1c]) },
        ];
        let class = |v: FeatureId| {
            let now = district.value(map.indicator, map.year, v)?;
            let before = district.value(map.indicator, Some(since), v)?;
            Some(match (good(before), good(now)) {
                _ if now == before => 2,
                (Some(false), Some(true)) => 0,
                (Some(true), Some(false)) => 3,
                _ => 1,
            })
        };
        return Colouring::of_looks(rows, &spec, &looks, class, counted);
    }
    spec.ramp = "BrBG".to_owned();
    spec.reversed = indicator.good == Good::Down;
    let value_of = |v: FeatureId| change_of(district, map.indicator, since, map.year, v);
    let values: Vec<f64> = district.village_list().filter_map(value_of).collect();
    let step = 10f64.powi(-i32::from(indicator.decimals));
    let mut sizes: Vec<f64> = values.iter().map(|v| v.abs()).filter(|v| *v > 0.0).collect();
    sizes.sort_by(f64::total_cmp);
    let middle = sizes.get(sizes.len() / 2).copied().unwrap_or(step);
    // A round number near the middle change parts large changes from small ones; both sides alike, nothing in the middle.
    let power = 10f64.powf(middle.log10().floor());
    let large = [5.0, 2.0, 1.0].iter().map(|m| m * power).find(|m| *m <= middle).unwrap_or(step).max(step * 2.0);
    let breaks = classify(&values, Method::Manual, 0, &[-large + step, 0.0, step, large]);
    Colouring::of_numbers(rows, &spec, breaks.as_ref(), indicator.is_whole(), value_of, counted).as_change()
}
