//! What commands about layers and corrections do.

use super::qiancun::Qiancun;
use crate::project::LayerEntry;
use crate::render::LayerKey;
use crate::session::{Dialogue, LayerCommand, ThemeDraft};
use crate::theme::ThemeSpec;

impl Qiancun {
    /// Carries out a command about layers and corrections.
    pub(super) fn on_layers(&mut self, command: LayerCommand) {
        let session = &mut self.session;
        match command {
            LayerCommand::ReadAgain(key) => self.read_again(key),
            LayerCommand::RemoveLayer(key) => self.remove_layer(key),
            LayerCommand::MoveLayer(key, up) => self.move_layer(key, up),
            LayerCommand::ShowLayer(key, visible) => self.edit(key, |e| e.visible = visible),
            LayerCommand::SetOpacity(key, opacity) => self.edit(key, |e| e.opacity = opacity.clamp(0.0, 1.0)),
            LayerCommand::SetRole(key, role, field) => self.edit(key, |e| {
                e.fields.fields.insert(role.key().to_owned(), field.unwrap_or_default());
            }),
            LayerCommand::SetTheme(key, theme) => self.edit(key, |e| e.theme = theme),
            LayerCommand::EditTheme(key) => self.edit_theme(key),
            LayerCommand::EditFields(key) => session.dialogue = Some(Dialogue::Fields(key)),
            LayerCommand::EditFigure(village, indicator) => {
                session.dialogue = session.draft_figure(village, indicator).map(Dialogue::Figure);
            }
            LayerCommand::EditFacility(layer, row) => {
                session.dialogue = session.draft_facility(layer, row).map(Dialogue::Facility);
            }
            LayerCommand::AddFacility(village) => self.ask_facility(village),
            LayerCommand::PutFacility(facility) => session.document.project.facilities.push(facility),
            LayerCommand::DropFacility(id) => session.document.project.facilities.retain(|f| f.id != id),
            LayerCommand::Correct(edits) => {
                let list = &mut session.document.project.edits;
                for edit in edits {
                    list.retain(|e| !e.is_of_same(&edit));
                    list.push(edit);
                }
            }
            LayerCommand::Uncorrect(edit) => session.document.project.edits.retain(|e| !e.is_of_same(&edit)),
        }
    }

    fn edit(&mut self, key: LayerKey, change: impl FnOnce(&mut LayerEntry)) {
        if let Some(entry) = self.session.entry_mut(key) {
            change(entry);
        }
    }

    fn remove_layer(&mut self, key: LayerKey) {
        let document = &mut self.session.document;
        let Some(at) = document.keys.iter().position(|k| *k == key) else { return };
        document.keys.remove(at);
        document.project.layers.remove(at);
        if document.selection.as_ref().is_some_and(|(k, _)| *k == key) {
            document.selection = None;
        }
    }

    fn move_layer(&mut self, key: LayerKey, up: bool) {
        let document = &mut self.session.document;
        let Some(at) = document.keys.iter().position(|k| *k == key) else { return };
        let Some(to) = (if up { at.checked_sub(1) } else { Some(at + 1).filter(|i| *i < document.keys.len()) }) else {
            return;
        };
        document.keys.swap(at, to);
        document.project.layers.swap(at, to);
    }

    fn edit_theme(&mut self, key: LayerKey) {
        let Some(loaded) = self.session.layers.get(&key).and_then(|l| l.loaded()) else { return };
        let columns = &loaded.dataset.table.columns;
        let first = columns.iter().find(|c| c.kind.is_numeric()).or_else(|| columns.first());
        let present = self.session.entry(key).and_then(|e| e.theme.clone());
        let Some(spec) = present.or_else(|| first.map(|c| ThemeSpec::for_field(&c.name, c.kind))) else { return };
        let breaks_text = spec.breaks.iter().map(|b| b.to_string()).collect::<Vec<_>>().join(", ");
        if let Some(entry) = self.session.entry_mut(key) {
            entry.theme = Some(spec.clone());
        }
        self.session.dialogue = Some(Dialogue::Theme(ThemeDraft { layer: key, spec, breaks_text }));
    }
}
