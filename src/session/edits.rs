//! Corrections being typed.

use super::state::Session;
use crate::district::{Facility, Kind, ToiletState, is_readable};
use crate::model::{Edit, FeatureId, Role};
use crate::render::LayerKey;

/// A correction of a figure being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureDraft {
    /// Position of the indicator.
    pub indicator: usize,
    /// Name of the village, for the heading.
    pub village: String,
    /// The correction so far.
    pub edit: Edit,
    /// Whether the project already corrects this value.
    pub stands: bool,
}

/// A correction of a facility being typed: status, action and year at once.
#[derive(Clone, Debug, PartialEq)]
pub struct FacilityDraft {
    /// Its name, for the heading.
    pub name: String,
    /// Whether it is a toilet, which has an action.
    pub is_toilet: bool,
    /// The corrections so far; those left as they were are not kept.
    pub edits: Vec<Edit>,
    /// The values as they were.
    pub before: Vec<String>,
}

impl Session {
    /// Begins to correct a figure of a village in the year shown.
    pub fn draft_figure(&self, village: FeatureId, indicator: usize) -> Option<FigureDraft> {
        let district = self.district()?;
        let definition = district.indicators.all().get(indicator).filter(|i| !i.is_computed())?;
        let code = district.text(village, Role::Code);
        let name = district.villages.display_name(village);
        let year = self.year();
        let town = if code.is_empty() { district.text(village, Role::Town) } else { String::new() };
        let mut edit = Edit {
            // Without a code its name as the file says it, in whatever language it is shown.
            village: if code.is_empty() { district.villages.file_name(village) } else { code },
            town,
            what: definition.id.clone(),
            year,
            ..Edit::default()
        };
        let standing = self.document.project.edits.iter().find(|e| e.is_of_same(&edit));
        let stands = standing.is_some();
        match standing {
            Some(standing) => edit = standing.clone(),
            None => {
                let value = district.value(indicator, year, village);
                edit.value = match value {
                    Some(v) if definition.is_category() => {
                        definition.values.get(v as usize).map(|c| c.id.clone()).unwrap_or_default()
                    }
                    Some(v) => v.to_string(),
                    None => String::new(),
                };
            }
        }
        Some(FigureDraft { indicator, village: name, edit, stands })
    }

    /// Whether the value typed can be kept.
    pub fn is_readable(&self, draft: &FigureDraft) -> bool {
        self.indicator(draft.indicator).is_some_and(|i| is_readable(i, &draft.edit.value))
    }

    /// The facility of a feature.
    pub fn facility(&self, layer: LayerKey, row: FeatureId) -> Option<&Facility> {
        let source = self.facility_layers().iter().position(|l| *l == layer)?;
        self.district()?.facilities.iter().find(|f| (f.source, f.row) == (source, row))
    }

    /// Begins to correct a facility.
    pub fn draft_facility(&self, layer: LayerKey, row: FeatureId) -> Option<FacilityDraft> {
        let facility = self.facility(layer, row)?;
        let is_toilet = facility.kind == Kind::PublicToilet;
        let values = [
            ("status", facility.usage.map(|u| u.key()).unwrap_or_default().to_owned()),
            ("action", action_key(facility.toilet).to_owned()),
            ("action_year", facility.action_year.map(|y| y.to_string()).unwrap_or_default()),
        ];
        let edits: Vec<Edit> = values
            .iter()
            .filter(|(what, _)| is_toilet || *what == "status")
            .map(|(what, value)| Edit {
                facility: if facility.id.is_empty() { facility.name.clone() } else { facility.id.clone() },
                layer: self.district().map(|d| d.layer_name(facility)).unwrap_or_default(),
                what: (*what).to_owned(),
                value: value.clone(),
                ..Edit::default()
            })
            .collect();
        let before = edits.iter().map(|e| e.value.clone()).collect();
        Some(FacilityDraft { name: facility.name.clone(), is_toilet, edits, before })
    }
}

/// The action of a toilet as files write it.
fn action_key(state: ToiletState) -> &'static str {
    match state {
        ToiletState::Rebuilt => "rebuilt",
        ToiletState::Improved => "improved",
        ToiletState::Dry => "dry",
        ToiletState::Plain => "new",
    }
}
