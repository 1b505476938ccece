//! What commands about layers and corrections do.

use super::asking::Asks;
use super::qiancun::Qiancun;
use crate::colouring::{ColouringSpec, IndicatorLook};
use crate::model::{FeatureId, LayerKind};
use crate::project::LayerEntry;
use crate::render::LayerKey;
use crate::session::{ColouringDraft, Dialogue, LayerCommand};

impl Qiancun {
    /// Shows or hides a layer. A ground that is asked for is to be seen: villages that hide it let it show through.
    fn show_layer(&mut self, key: LayerKey, visible: bool) {
        let session = &mut self.session;
        let villages = session.village_layer().map(|l| l.key).filter(|_| visible);
        session.transact("command.show-layer", |d| {
            let Some(entry) = d.entry_mut(key) else { return };
            entry.visible = visible;
            let is_ground = entry.kind == Some(crate::model::LayerKind::Ground);
            super::grounds::let_through(d, villages.filter(|_| is_ground));
        });
    }

    /// Keeps corrections, with who made them and when.
    pub(super) fn correct(&mut self, step: &'static str, edits: Vec<crate::model::Edit>) {
        let session = &mut self.session;
        let by = session.settings.surveyor.clone();
        let on: String = crate::survey::Instant::now().for_people().chars().take(10).collect();
        session.transact(step, |d| {
            for edit in edits {
                let edit = crate::model::Edit { by: by.clone(), on: on.clone(), ..edit };
                d.project.edits.retain(|e| !e.is_of_same(&edit));
                d.project.edits.push(edit);
            }
        });
    }

    /// Carries out a command about layers and corrections.
    pub(super) fn on_layers(&mut self, command: LayerCommand) {
        let session = &mut self.session;
        match command {
            LayerCommand::ReadAgain(key) => self.read_again(key),
            LayerCommand::RemoveLayer(key) => session.transact("command.remove-layer", |d| d.remove_layer(key)),
            LayerCommand::EditReading(key) => self.edit_reading(key),
            LayerCommand::SetReading(key, how) => self.set_reading(key, how),
            LayerCommand::ExportDialogue(key) => self.ask_export_layer(key),
            LayerCommand::ExportTo(key, path) => self.export_layer(key, &path),
            LayerCommand::SetKind(key, kind) => self.set_kind(key, kind),
            command @ (LayerCommand::RelinkFolderDialogue
            | LayerCommand::RelinkFolder(_)
            | LayerCommand::RelinkDialogue(_)
            | LayerCommand::Relink(..)
            | LayerCommand::RelinkTableDialogue(_)
            | LayerCommand::RelinkTable(..)) => self.on_relinking(command),
            LayerCommand::ArrangeLayer { layer, beside, group } => self.arrange(layer, beside, &group),
            LayerCommand::RenameLayer(key, title) => {
                session.transact_layer("command.rename-layer", key, |e| {
                    e.title = title.trim().to_owned();
                    e.title_en.clear();
                });
            }
            LayerCommand::RenameProject(title) => {
                session.transact("command.rename-project", |d| {
                    d.project.title = title.trim().to_owned();
                    d.project.title_en.clear();
                });
            }
            LayerCommand::MoveLayer(key, up) => self.move_layer(key, up),
            LayerCommand::ShowLayer(key, visible) => self.show_layer(key, visible),
            LayerCommand::SetOpacity(key, opacity) => {
                session.transact_on("command.opacity", format!("opacity {key}"), |d| {
                    d.entry_mut(key).into_iter().for_each(|e| e.opacity = opacity.clamp(0.0, 1.0));
                })
            }
            command @ (LayerCommand::TurnOnline(_)
            | LayerCommand::KeepAreaDialogue(_)
            | LayerCommand::AskKeepArea(_)
            | LayerCommand::KeepArea(..)
            | LayerCommand::ServerDialogue
            | LayerCommand::AskServer(_)
            | LayerCommand::AddServer(_)
            | LayerCommand::SetDatum(..)) => self.on_grounds(command),
            LayerCommand::SetField(key, role, field) => session.transact_layer("command.fields", key, |e| {
                e.fields.fields.insert(role.to_owned(), field.unwrap_or_default());
            }),
            LayerCommand::SetValidity(key, days) => self.set_validity(key, days),
            LayerCommand::SetColumns(key, columns) => {
                session.transact_layer("command.columns", key, |e| e.columns = columns);
            }
            LayerCommand::SetColouring(key, colouring) => self.set_colouring(key, &colouring),
            LayerCommand::EditColouring(key) => self.edit_colouring(key),
            LayerCommand::Restyle(draft) => self.restyle(*draft),
            LayerCommand::SetStyle(key, style) => {
                session.transact_on("command.theme", format!("style {key}"), |d| {
                    d.entry_mut(key).into_iter().for_each(|e| e.style.clone_from(&style));
                });
            }
            LayerCommand::SetKindWord(word, kind) => self.set_kind_word(word, kind),
            LayerCommand::EditFields(key) => self.edit_fields(key),
            LayerCommand::EditFigure(village, indicator) => self.edit_figure(village, indicator),
            LayerCommand::EditFacility(layer, row) => self.edit_facility(layer, row),
            LayerCommand::AddFacility { village, at } => self.ask_facility(village, at),
            LayerCommand::PutFacility(facility) => {
                session.transact("add.title", |d| d.project.facilities.push(facility));
            }
            LayerCommand::DropFacility(id) => {
                session.transact("add.remove", |d| d.project.facilities.retain(|f| f.id != id));
            }
            LayerCommand::Correct(edits) => self.correct("command.correct", edits),
            LayerCommand::Uncorrect(edit) => {
                session.transact("edit.remove", |d| d.project.edits.retain(|e| !e.is_of_same(&edit)));
            }
        }
    }

    fn edit_figure(&mut self, village: FeatureId, indicator: usize) {
        self.session.moment.dialogue = self.session.draft_figure(village, indicator).map(Dialogue::Figure);
    }

    fn edit_facility(&mut self, layer: LayerKey, row: FeatureId) {
        self.session.moment.dialogue = self.session.draft_facility(layer, row).map(Dialogue::Facility);
    }

    /// Puts a layer before or behind another one, and into a group.
    fn arrange(&mut self, layer: LayerKey, beside: Option<(LayerKey, bool)>, group: &str) {
        self.session.transact("command.arrange", |d| {
            if let (Some(from), Some((other, behind))) = (d.position(layer), beside)
                && let Some(at) = d.position(other)
            {
                // Taken out first, what stood behind it moves up by one.
                let to = at + usize::from(behind) - usize::from(from < at + usize::from(behind));
                d.move_layer(from, to);
            }
            d.entry_mut(layer).into_iter().for_each(|e| group.clone_into(&mut e.group));
        });
    }

    fn set_colouring(&mut self, key: LayerKey, colouring: &Option<ColouringSpec>) {
        self.session.transact_on("command.theme", format!("theme {key}"), |d| {
            d.entry_mut(key).into_iter().for_each(|e| e.colouring.clone_from(colouring));
        });
    }

    /// Says between which days the boundaries of a layer hold.
    fn set_validity(&mut self, key: LayerKey, [from, to]: [String; 2]) {
        let said = |day: String| (!day.trim().is_empty()).then(|| day.trim().to_owned());
        self.session.transact_layer("command.fields", key, |e| (e.valid_from, e.valid_to) = (said(from), said(to)));
    }

    /// Says what a layer is. There is one layer of villages that counts: the uppermost said to be.
    fn set_kind(&mut self, key: LayerKey, kind: LayerKind) {
        let others = self.session.kinds_to_keep();
        self.session.transact("command.layer-kind", |d| {
            // What the others were guessed to be stays so, else one of them would be the villages instead.
            for (other, guessed) in others {
                if let Some(entry) = d.entry_mut(other) {
                    entry.kind.get_or_insert(guessed);
                }
            }
            if kind == LayerKind::Villages {
                let is_other = |e: &&mut LayerEntry| e.kind == Some(LayerKind::Villages) && e.valid_from.is_none();
                d.project.layers.iter_mut().filter(is_other).for_each(|e| e.kind = Some(LayerKind::Shapes));
            }
            if let Some(entry) = d.entry_mut(key) {
                entry.kind = Some(kind);
            }
        });
    }

    /// Asks for a file; what follows comes back as a command.
    pub(super) fn ask_file(&mut self, then: impl FnOnce(std::path::PathBuf) -> LayerCommand + Send + 'static) {
        let title = self.session.lang.t("command.relink");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || question.pick_file().map(then));
    }

    fn move_layer(&mut self, key: LayerKey, up: bool) {
        let Some(at) = self.session.document.position(key) else { return };
        let to = if up { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(to) = to {
            let name = if up { "command.layer-up" } else { "command.layer-down" };
            self.session.transact(name, |d| d.move_layer(at, to));
        }
    }

    fn edit_colouring(&mut self, key: LayerKey) {
        let session = &mut self.session;
        let Some(layer) = session.layers.get(&key) else { return };
        if layer.loaded().is_none() {
            return;
        }
        session.settings.left_folded = false;
        let is_villages = session.village_layer().is_some_and(|l| l.key == key);
        let indicator = session.map_spec().filter(|_| is_villages).map(|m| m.indicator);
        let mut spec = match indicator {
            Some(_) => session.layers.get(&key).and_then(|l| l.colouring.as_ref()).map(|c| c.spec.clone()),
            None => session.entry(key).and_then(|e| e.colouring.clone()),
        };
        let breaks = session.shown_bounds(key);
        let look = indicator.and_then(|i| session.indicator_look(i)).is_some();
        if let Some(spec) = spec.as_mut().filter(|s| s.breaks.is_empty() && indicator.is_some() && !look) {
            // Those that the program has for it.
            spec.breaks.clone_from(&breaks);
        }
        let breaks_text = breaks.iter().map(|b| b.to_string()).collect::<Vec<_>>().join("、");
        session.moment.styling = Some(ColouringDraft { layer: key, indicator, spec, breaks_text, trouble: None });
    }

    /// Colours a layer, or the map of an indicator, as the editor says.
    fn restyle(&mut self, draft: ColouringDraft) {
        let ColouringDraft { layer: key, indicator, spec, .. } = draft;
        let Some(id) = indicator.and_then(|i| Some(self.session.indicator(i)?.id.clone())) else {
            return self.session.transact_on("command.theme", format!("theme {key}"), |d| {
                d.entry_mut(key).into_iter().for_each(|e| e.colouring.clone_from(&spec));
            });
        };
        // Going back to what the program has is a step of its own.
        let same = format!("look {id} {}", spec.is_some());
        self.session.transact_on("command.theme", same, |d| {
            let looks = &mut d.project.looks;
            let other = looks.iter().find(|l| l.indicator == id).map(|l| l.other.clone()).unwrap_or_default();
            looks.retain(|l| l.indicator != id);
            looks.extend(spec.map(|s| IndicatorLook {
                indicator: id,
                method: s.method,
                classes: s.classes,
                breaks: s.breaks,
                ramp: s.ramp,
                reversed: s.reversed,
                other,
            }));
        });
    }
}
