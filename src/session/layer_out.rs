//! A layer as it leaves the program: with the figure that the map shows of it, its classes and their colours.

use super::state::Session;
use crate::colouring::LegendClass;
use crate::district::change_of;
use crate::model::FeatureId;
use crate::output::{LayerClass, LayerClasses};
use crate::render::LayerKey;

/// Colour of what is unknown in styles of other programs, which have no hatching that all of them know.
const UNKNOWN: [u8; 3] = [0xd9, 0xd9, 0xd9];

impl Session {
    /// What the map shows of a layer; `None` where nothing colours it.
    pub fn layer_classes(&self, key: LayerKey) -> Option<LayerClasses> {
        let layer = self.layers.get(&key)?;
        let (loaded, colouring) = (layer.loaded()?, layer.colouring.as_ref()?);
        let only = colouring.legend.len() == 1;
        let class = |row: &crate::colouring::LegendRow| LayerClass {
            range: match row.class {
                LegendClass::Range { lower, upper, .. } => Some((lower, upper)),
                _ => None,
            },
            label: self.legend_text(&row.class, only, colouring.is_change),
            colour: row.colour,
        };
        let is_villages = self.village_layer().is_some_and(|l| l.key == key);
        let map = self.map_spec().filter(|_| is_villages).zip(self.district());
        let members = loaded.members();
        let (figure, values): (String, Vec<Option<f64>>) = match map {
            Some((map, district)) => {
                let indicator = self.indicator(map.indicator)?;
                let scale = 10_f64.powi(i32::from(indicator.decimals));
                // Classed as it is shown, so that other programs class it alike.
                let as_shown = |x: f64| if indicator.ratio.is_some() { (x * scale).round() / scale } else { x };
                let value = |f: FeatureId| {
                    let village = members.village_of(f)?;
                    match map.since {
                        Some(since) => change_of(district, map.indicator, since, map.year, village),
                        None => district.value(map.indicator, map.year, village).map(as_shown),
                    }
                };
                let year = map.year.map_or(String::new(), |y| format!(" {y}"));
                (format!("{}{year}", indicator.name(self.lang)), loaded.dataset.features().map(value).collect())
            }
            None => {
                let column = loaded.dataset.table.position(&colouring.spec.field);
                let column = column.and_then(|c| loaded.dataset.table.columns.get(c))?;
                let value = |f: FeatureId| column.value(f).as_f64();
                let is_number = column.kind.is_numeric();
                let values = if is_number { loaded.dataset.features().map(value).collect() } else { Vec::new() };
                (column.name.clone(), values)
            }
        };
        let are_numbers = colouring.legend.iter().all(|r| matches!(r.class, LegendClass::Range { .. }));
        Some(LayerClasses {
            figure,
            values: if are_numbers { values } else { Vec::new() },
            class_field: self.lang.t("export.class").to_owned(),
            class_of: loaded.dataset.features().map(|f| colouring.class_of(f)).collect(),
            classes: colouring.legend.iter().map(class).collect(),
            missing: UNKNOWN,
            missing_label: self.lang.t("legend.missing").to_owned(),
        })
    }
}
