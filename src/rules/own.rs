//! A project's own rules: conditions in the language of filters over indicators and names.

use super::{Facts, Findings, Gap, RuleDefinition, Told, per_village};
use crate::district::District;
use crate::model::{FeatureId, Role};
use crate::query::{Datum, Row, Schema, Type, compile};

/// Fields that are no indicators.
const ROLES: [(&str, Role); 5] = [
    ("name", Role::Name),
    ("code", Role::Code),
    ("town", Role::Town),
    ("district", Role::District),
    ("group", Role::Group),
];

/// What a condition may name: indicators by any of their names, and the roles of the boundary file.
pub(super) struct DistrictSchema<'a>(pub &'a District);

impl Schema for DistrictSchema<'_> {
    fn field(&self, name: &str) -> Option<(usize, Type)> {
        let all = self.0.indicators.all();
        if let Some(position) = self.0.indicators.position(name) {
            let is_category = all.get(position).is_some_and(|i| i.is_category());
            return Some((position, if is_category { Type::Category } else { Type::Number }));
        }
        let role = ROLES.iter().position(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some((all.len() + role, Type::Text))
    }

    fn category(&self, field: usize, value: &str) -> Option<usize> {
        self.0.indicators.all().get(field)?.category(value)
    }

    fn categories_with(&self, field: usize, text: &str) -> Vec<usize> {
        self.0.indicators.all().get(field).map(|i| i.categories_with(text)).unwrap_or_default()
    }
}

/// A village as a condition sees it.
pub(super) struct VillageRow<'a, 'f> {
    pub facts: &'a Facts<'f>,
    pub village: FeatureId,
}

impl Row for VillageRow<'_, '_> {
    fn datum(&self, field: usize) -> Datum<'_> {
        let district = self.facts.district;
        match field.checked_sub(district.indicators.all().len()).and_then(|role| ROLES.get(role)) {
            Some((_, role)) => match district.text(self.village, *role) {
                text if text.is_empty() => Datum::Unknown,
                text => Datum::Text(text.into()),
            },
            None => district.value(field, self.facts.year, self.village).map_or(Datum::Unknown, Datum::Number),
        }
    }
}

/// Looks by a condition; says what is wrong with it.
pub(super) fn look(facts: &Facts<'_>, rule: &RuleDefinition, when: &str) -> Result<Findings, String> {
    let condition = compile(when, &DistrictSchema(facts.district)).map_err(|e| e.to_string())?;
    // The one indicator that it looks at is the figure.
    let figure = match condition.fields.as_slice() {
        [one] if *one < facts.district.indicators.all().len() => Some(*one),
        _ => None,
    };
    Ok(per_village(facts, |village| match condition.is_true(&VillageRow { facts, village }) {
        Some(true) => {
            let mut gap = Gap::of_village(facts, rule, village, "");
            if let Some(position) = figure {
                gap.value = facts.district.value(position, facts.year, village);
                gap.indicator = Some(position);
                gap.unit = facts.district.indicators.all().get(position).map(|i| i.unit.clone()).unwrap_or_default();
            }
            Told::gap(gap)
        }
        Some(false) => Told::Fine,
        None => Told::CannotTell,
    }))
}
