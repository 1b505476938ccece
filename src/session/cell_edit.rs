//! A value being changed where it stands, in the table or on the card.

use super::sheet::SheetColumn;
use super::state::Session;
use crate::district::{correctable_text, is_readable};
use crate::model::{Edit, FeatureId, Role};
use crate::render::LayerKey;

/// Where a value is being changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EditPlace {
    /// In the table.
    Table,
    /// On the card.
    Card,
}

/// A value being changed where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct CellEdit {
    /// Layer of the villages.
    pub layer: LayerKey,
    /// The village.
    pub row: FeatureId,
    /// Field or indicator.
    pub what: SheetColumn,
    /// The value so far.
    pub text: String,
    /// The value as it was.
    pub before: String,
    /// Where.
    pub place: EditPlace,
    /// Whether it has just begun and is to take the keyboard.
    pub is_fresh: bool,
}

impl Session {
    /// Begins to change a value of a village; `None` where it cannot be changed: computed figures, fields that say which village it is.
    pub fn begin_cell(&self, row: FeatureId, what: SheetColumn, place: EditPlace) -> Option<CellEdit> {
        let layer = self.village_layer()?.key;
        let text = match what {
            SheetColumn::Indicator(i) => self.draft_figure(row, i)?.edit.value,
            SheetColumn::Field(f) => {
                let district = self.district().filter(|d| correctable_text(&d.villages, f))?;
                district.text_of(row, f).unwrap_or_default()
            }
        };
        // Numbers as they are shown, categories by their shown name.
        let text = match (what, self.district()) {
            (SheetColumn::Indicator(i), Some(d)) => {
                let category = d.indicators.all().get(i).and_then(|i| Some((i, i.category(&text)?)));
                category.map_or(text.clone(), |(i, at)| i.show(at as f64, self.lang))
            }
            _ => text,
        };
        Some(CellEdit { layer, row, what, before: text.clone(), text, place, is_fresh: true })
    }

    /// The correction that a changed value amounts to; `None` where it cannot be read.
    pub fn correction(&self, cell: &CellEdit) -> Option<Edit> {
        match cell.what {
            SheetColumn::Indicator(i) => {
                let mut draft = self.draft_figure(cell.row, i)?;
                let definition = self.indicator(i)?;
                draft.edit.value = match definition.category(cell.text.trim()) {
                    Some(at) => definition.values.get(at).map(|v| v.id.clone()).unwrap_or_default(),
                    None => cell.text.trim().to_owned(),
                };
                is_readable(definition, &draft.edit.value).then_some(draft.edit)
            }
            SheetColumn::Field(f) => {
                let district = self.district()?;
                let name = district.villages.table.columns.get(f)?.name.clone();
                let code = district.text(cell.row, Role::Code);
                let named = if code.is_empty() {
                    (district.villages.file_name(cell.row), district.text(cell.row, Role::Town))
                } else {
                    (code, String::new())
                };
                let (village, town) = named;
                Some(Edit { village, town, what: name, value: cell.text.trim().to_owned(), ..Edit::default() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::session::testing::session;

    #[test]
    fn figures_and_words_can_be_changed_but_not_what_says_which_village_it_is() {
        let session = session(Lang::Zh);
        let district = session.district().expect("a district");
        let row = FeatureId::new(1);
        let sewage = district.indicators.position("sewage_treatment_pct").expect("an indicator");
        let mut cell = session.begin_cell(row, SheetColumn::Indicator(sewage), EditPlace::Table).expect("a figure");
        assert_eq!(cell.text, "80");
        cell.text = "82.5".into();
        assert_eq!(session.correction(&cell).map(|e| e.village), Some("V1".into()));
        cell.text = "many".into();
        assert_eq!(session.correction(&cell), None);
        let name = district.villages.table.position("name").expect("a name");
        assert_eq!(session.begin_cell(row, SheetColumn::Field(name), EditPlace::Card), None);
    }
}
