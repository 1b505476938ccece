//! What commands about layers and corrections do.

use super::qiancun::Qiancun;
use crate::render::LayerKey;
use crate::session::{Dialogue, LayerCommand, ThemeDraft};
use crate::theme::ThemeSpec;

impl Qiancun {
    /// Carries out a command about layers and corrections.
    pub(super) fn on_layers(&mut self, command: LayerCommand) {
        let session = &mut self.session;
        match command {
            LayerCommand::ReadAgain(key) => self.read_again(key),
            LayerCommand::RemoveLayer(key) => session.transact("command.remove-layer", |d| d.remove_layer(key)),
            LayerCommand::MoveLayer(key, up) => self.move_layer(key, up),
            LayerCommand::ShowLayer(key, visible) => {
                session.transact_layer("command.show-layer", key, |e| e.visible = visible);
            }
            LayerCommand::SetOpacity(key, opacity) => {
                session.transact_on("command.opacity", format!("opacity {key}"), |d| {
                    d.entry_mut(key).map(|e| e.opacity = opacity.clamp(0.0, 1.0));
                })
            }
            LayerCommand::SetRole(key, role, field) => session.transact_layer("command.fields", key, |e| {
                e.fields.fields.insert(role.key().to_owned(), field.unwrap_or_default());
            }),
            LayerCommand::SetTheme(key, theme) => session.transact_on("command.theme", format!("theme {key}"), |d| {
                d.entry_mut(key).map(|e| e.theme = theme);
            }),
            LayerCommand::EditTheme(key) => self.edit_theme(key),
            LayerCommand::EditFields(key) => session.moment.dialogue = Some(Dialogue::Fields(key)),
            LayerCommand::EditFigure(village, indicator) => {
                session.moment.dialogue = session.draft_figure(village, indicator).map(Dialogue::Figure);
            }
            LayerCommand::EditFacility(layer, row) => {
                session.moment.dialogue = session.draft_facility(layer, row).map(Dialogue::Facility);
            }
            LayerCommand::AddFacility(village) => self.ask_facility(village),
            LayerCommand::PutFacility(facility) => {
                session.transact("add.title", |d| d.project.facilities.push(facility));
            }
            LayerCommand::DropFacility(id) => {
                session.transact("add.remove", |d| d.project.facilities.retain(|f| f.id != id));
            }
            LayerCommand::Correct(edits) => session.transact("command.correct", |d| {
                for edit in edits {
                    d.project.edits.retain(|e| !e.is_of_same(&edit));
                    d.project.edits.push(edit);
                }
            }),
            LayerCommand::Uncorrect(edit) => {
                session.transact("edit.remove", |d| d.project.edits.retain(|e| !e.is_of_same(&edit)));
            }
        }
    }

    fn move_layer(&mut self, key: LayerKey, up: bool) {
        let Some(at) = self.session.document.position(key) else { return };
        let to = if up { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(to) = to {
            let name = if up { "command.layer-up" } else { "command.layer-down" };
            self.session.transact(name, |d| d.move_layer(at, to));
        }
    }

    fn edit_theme(&mut self, key: LayerKey) {
        let Some(loaded) = self.session.layers.get(&key).and_then(|l| l.loaded()) else { return };
        let columns = &loaded.dataset.table.columns;
        let first = columns.iter().find(|c| c.kind.is_numeric()).or_else(|| columns.first());
        let present = self.session.entry(key).and_then(|e| e.theme.clone());
        let Some(spec) = present.or_else(|| first.map(|c| ThemeSpec::for_field(&c.name, c.kind))) else { return };
        let breaks_text = spec.breaks.iter().map(|b| b.to_string()).collect::<Vec<_>>().join(", ");
        self.session.transact_layer("command.theme", key, |e| e.theme = Some(spec.clone()));
        self.session.moment.dialogue = Some(Dialogue::Theme(ThemeDraft { layer: key, spec, breaks_text }));
    }
}
