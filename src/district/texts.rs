//! Corrected words of villages: who answers for what, a telephone number, what the plan says.

use rustc_hash::FxHashMap;

use super::build::District;
use crate::model::{Dataset, Edit, FeatureId, FieldType, Role};

/// Corrections of fields of words, by feature and field.
pub type CorrectedTexts = FxHashMap<(FeatureId, usize), Edit>;

/// What a correction of a village's group is called.
pub const GROUP: &str = "group";

/// Groups of villages as the project has them, by feature.
pub type CorrectedGroups = FxHashMap<FeatureId, Edit>;

/// Whether a field can be corrected as words: it holds words, or nothing at all, and plays no role, since roles say which village it is.
///
/// Fields that indicators are read from are corrected as figures.
pub fn correctable_text(villages: &Dataset, field: usize) -> bool {
    let has_role = Role::ALL.iter().any(|r| villages.roles.field(*r) == Some(field));
    villages.table.columns.get(field).is_some_and(|c| {
        let is_text =
            matches!(c.kind, FieldType::Text | FieldType::Date) || c.missing() == villages.table.rows as usize;
        is_text && !has_role
    })
}

impl District {
    /// The correction of a field of a village, where the project has one.
    pub fn corrected_text(&self, village: FeatureId, field: usize) -> Option<&Edit> {
        self.texts.get(&(village, field))
    }

    /// All corrections of words, by feature and field.
    pub fn corrected_texts(&self) -> impl Iterator<Item = (&(FeatureId, usize), &Edit)> {
        self.texts.iter()
    }

    /// What a field of a village says, corrections first; `None` where it says nothing.
    pub fn text_of(&self, village: FeatureId, field: usize) -> Option<String> {
        let text = match self.corrected_text(village, field) {
            Some(edit) => edit.value.clone(),
            None => self.villages.table.value(village, field).to_text()?.into_owned(),
        };
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}
