//! What each command does.

use super::qiancun::Qiancun;
use super::survey::Brought;
use crate::geo::WorldPos;
use crate::model::FeatureId;
use crate::project;
use crate::render::LayerKey;
use crate::session::{Camera, Command, Dialogue, Status, ThemeDraft};

/// Whether a command opens files in place of what is shown.
fn opens(command: &Command) -> bool {
    match command {
        Command::OpenDialogue
        | Command::Open(_)
        | Command::OpenDemo
        | Command::OpenTheirs
        | Command::Recover(_)
        | Command::ImportResults(_) => true,
        Command::SaveThen(then) | Command::Discard(then) => opens(then),
        _ => false,
    }
}

impl Qiancun {
    /// Carries out a command. A change of the project can be undone, a jump of the camera taken back; what is selected is looked at,
    /// and no step of its own.
    pub(super) fn apply(&mut self, command: Command) {
        if let Some(meeting) = self.session.meeting.as_mut().filter(|_| opens(&command)) {
            meeting.word = Some(self.session.lang.t("meeting.no-open").to_owned());
            return;
        }
        let (before, camera) = (self.session.kept_document().into_owned(), self.session.camera);
        let steady =
            matches!(command, Command::Zoom(..) | Command::Pan(_) | Command::CameraBack | Command::CameraForward);
        // Saving notes camera and view in the project: nothing that a person would take back.
        let travels = matches!(
            command,
            Command::Undo
                | Command::Redo
                | Command::StartMeeting(_)
                | Command::LeaveMeeting
                | Command::StepScene(_)
                | Command::GoToScene(_)
                | Command::Open(_)
                | Command::OpenDemo
                | Command::Save
                | Command::SaveTo(_)
                | Command::SaveOver(_)
                | Command::SaveThen(_)
                | Command::Discard(_)
                | Command::OpenTheirs
                | Command::Recover(_)
                | Command::Quit
        ) || (matches!(command, Command::Escape) && self.session.meeting.is_some());
        let (name, same) = (command.key(), command.changes_same());
        self.carry_out(command);
        if !travels && !self.session.kept_document().changes_nothing(&before) {
            let now = self.ctx.input(|i| i.time);
            self.session.history.push(before, name, same, now);
        }
        if !steady && self.session.camera != camera {
            self.session.camera_history.push(camera);
        }
    }

    fn take_back(&mut self, forward: bool) {
        let session = &mut self.session;
        let step = match forward {
            false => session.history.undo(&session.document),
            true => session.history.redo(&session.document),
        };
        let lang = session.lang;
        let Some((restored, name)) = step else {
            session.news =
                Some(lang.t(if forward { "status.nothing-to-redo" } else { "status.nothing-to-undo" }).into());
            return;
        };
        match restored {
            crate::session::Restored::Document(document) => {
                let selection = session.document.selection.take();
                session.document = *document;
                // What is selected stays so, where its layer is still there.
                session.document.selection = selection
                    .filter(|(key, _)| *key == crate::session::ADDED_LAYER || session.document.keys.contains(key));
            }
            crate::session::Restored::Visits { to, from } => match self.bring_visits(&to, &from) {
                Brought::Yes => {}
                Brought::NotNow => {
                    match forward {
                        false => self.session.history.undo_failed(),
                        true => self.session.history.redo_failed(),
                    }
                    return;
                }
                // It stays as it is, and what was done before it can be taken back.
                Brought::Never(why) => {
                    self.session.history.forget_last(forward);
                    self.session.news = Some(lang.t(why).to_owned());
                    return;
                }
            },
        }
        let key = if forward { "status.redone" } else { "status.undone" };
        self.session.news = Some(lang.with(key, &[("n", lang.t(name))]));
    }

    fn carry_out(&mut self, command: Command) {
        let Some(command) = self
            .keep_files(command)
            .and_then(|c| self.look(c))
            .and_then(|c| self.survey(c))
            .and_then(|c| self.meet(c))
            .and_then(|c| self.paper(c))
        else {
            return;
        };
        let session = &mut self.session;
        match command {
            Command::OpenDialogue => self.ask_open(),
            Command::Open(paths) => {
                let project = paths.iter().any(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("qiancun")));
                // The first file takes the demonstration's place, with whatever was changed on it.
                let replaces = project || self.session.gives_way;
                if !(replaces && self.ask_before_losing(Command::Open(paths.clone()))) {
                    self.open(paths);
                }
            }
            Command::OpenDemo => {
                if !self.ask_before_losing(Command::OpenDemo) {
                    self.open_demo();
                }
            }
            Command::CancelLoad => {
                session.pending.iter().for_each(|p| p.progress.cancel());
                for layer in session.layers.values() {
                    if let Status::Loading(progress) = &layer.status {
                        progress.cancel();
                    }
                }
            }
            Command::ReadAgain(key) => self.read_again(key),
            Command::SettingsDialogue => {
                self.look_at_storage();
                self.session.dialogue = Some(Dialogue::Settings);
            }
            Command::SetMapMemory(mb) => self.remembering(|s| s.map_memory_mb = mb),
            Command::SetCacheLimit(mb) => self.remembering(|s| s.cache_limit_mb = Some(mb)),
            Command::EmptyCache => self.empty_cache(),
            Command::RemoveLayer(key) => self.remove_layer(key),
            Command::MoveLayer(key, up) => self.move_layer(key, up),
            Command::ShowLayer(key, visible) => self.edit(key, |e| e.visible = visible),
            Command::SetOpacity(key, opacity) => self.edit(key, |e| e.opacity = opacity.clamp(0.0, 1.0)),
            Command::SetRole(key, role, field) => self.edit(key, |e| {
                e.fields.fields.insert(role.key().to_owned(), field.unwrap_or_default());
            }),
            Command::SetTheme(key, theme) => self.edit(key, |e| e.theme = theme),
            Command::Select { layer, features, add } => self.select(layer, features, add),
            Command::ClearSelection => session.document.selection = None,
            Command::FlyTo(layer, feature) => self.fly_to(layer, feature),
            Command::StepVillage(steps) => self.step_village(steps),
            Command::FitLayer(key) => {
                let bounds = session.layers.get(&key).and_then(|l| l.loaded()).and_then(|l| l.bounds_deg());
                self.show_rectangle(bounds);
            }
            Command::FitAll => self.fit_all(),
            Command::FitSelection => self.fit_selection(),
            Command::Zoom(steps, pivot) => session.camera.zoom_by(steps, pivot),
            Command::Pan(points) => session.camera.pan(points),
            Command::ShowRectangle(bounds) => self.show_rectangle(Some(bounds)),
            Command::CameraBack => {
                if let Some(c) = session.camera_history.back(session.camera) {
                    session.camera = c;
                }
            }
            Command::CameraForward => {
                if let Some(c) = session.camera_history.forward(session.camera) {
                    session.camera = c;
                }
            }
            Command::GoToDialogue => session.dialogue = Some(Dialogue::GoTo(String::new(), None)),
            Command::GoTo(at) => {
                session.camera = Camera { centre: WorldPos::from_lonlat(at), zoom: session.camera.zoom.max(13.0) };
            }
            Command::Undo => self.take_back(false),
            Command::Redo => self.take_back(true),
            Command::FocusSearch => session.focus_search = true,
            Command::ToggleLeft => self.remembering(|s| s.left_folded = !s.left_folded),
            Command::ToggleRight => self.remembering(|s| s.right_folded = !s.right_folded),
            Command::ToggleDrawer(tab) => {
                let open = !(session.settings.drawer_open && session.tab == tab);
                session.tab = tab;
                self.remembering(|s| s.drawer_open = open);
            }
            Command::EditTheme(key) => self.edit_theme(key),
            Command::EditFields(key) => session.dialogue = Some(Dialogue::Fields(key)),
            Command::SetLanguage(lang) => {
                session.lang = lang;
                self.remembering(|s| s.language = Some(lang.tag().to_owned()));
            }
            Command::SetNameLanguage(lang) => {
                session.document.project.name_language = lang.map(|l| l.tag().to_owned());
            }
            Command::SetDark(dark) => {
                session.dark = dark;
                self.remembering(|s| s.dark = Some(dark));
            }
            Command::EditFigure(village, indicator) => {
                session.dialogue = session.draft_figure(village, indicator).map(Dialogue::Figure);
            }
            Command::EditFacility(layer, row) => {
                session.dialogue = session.draft_facility(layer, row).map(Dialogue::Facility);
            }
            Command::AddFacility(village) => self.ask_facility(village),
            Command::PutFacility(facility) => session.document.project.facilities.push(facility),
            Command::DropFacility(id) => session.document.project.facilities.retain(|f| f.id != id),
            Command::Correct(edits) => {
                let list = &mut session.document.project.edits;
                for edit in edits {
                    list.retain(|e| !e.is_of_same(&edit));
                    list.push(edit);
                }
            }
            Command::Uncorrect(edit) => session.document.project.edits.retain(|e| !e.is_of_same(&edit)),
            Command::ExportFiguresDialogue => self.ask_export_figures(),
            Command::ExportFiguresTo(path) => self.export_figures(&path),
            Command::CopyTable => self.copy_table(),
            Command::ExportTableDialogue => self.ask_export_table(),
            Command::ExportTableTo(path) => self.export_table(&path),
            Command::ExportGapsDialogue => self.ask_export_gaps(),
            Command::ExportGapsTo(path) => self.export_gaps(&path),
            Command::CopyCard => {
                if let Some(text) = session.card_text() {
                    session.news = Some(session.lang.t("status.card-copied").to_owned());
                    self.ctx.copy_text(text);
                }
            }
            Command::CopyMap => self.copy_map(),
            Command::ExportDialogue => self.ask_export(),
            Command::ExportTo(path) => {
                let path = project::with_ending(&path, "png");
                if self.may_write(&path) {
                    self.export_to(&path);
                }
            }
            Command::Escape => {
                if !session.search.is_empty() {
                    session.search.clear();
                } else if session.choice.take().is_none() && session.dialogue.take().is_none() {
                    if session.view.focus.is_some() {
                        self.look(Command::SetFocus(None));
                    } else {
                        session.document.selection = None;
                    }
                }
            }
            Command::SetMotion(moves) => self.remembering(|s| s.no_motion = !moves),
            // Taken by `keep_files`, `look`, `survey`, `meet` and `paper` above.
            Command::Save
            | Command::SaveAs
            | Command::SaveTo(_)
            | Command::SaveOver(_)
            | Command::SaveThen(_)
            | Command::Discard(_)
            | Command::OpenTheirs
            | Command::Recover(_)
            | Command::ForgetUnsaved(_)
            | Command::AdoptLog(_)
            | Command::StayOpen
            | Command::InProject(..)
            | Command::SetTopic(_)
            | Command::SetMeasure(..)
            | Command::SetYear(_)
            | Command::StepYear(_)
            | Command::PlayYears
            | Command::ShowChange(_)
            | Command::SetFreeClasses(_)
            | Command::SetRadius(_)
            | Command::ShowCoverage(_)
            | Command::ShowSymbols(..)
            | Command::SetFocus(_)
            | Command::SelectPlace(_)
            | Command::OpenCluster(_)
            | Command::VisitGap(_)
            | Command::PhotoDialogue
            | Command::TakePhoto(_)
            | Command::ShowPhoto(_)
            | Command::AttachVisit(..)
            | Command::LookAtResults(_)
            | Command::TakeMerge(_)
            | Command::Record(_)
            | Command::EditVisit(_)
            | Command::WithdrawVisit(_)
            | Command::RestoreVisit(_)
            | Command::ImportResultsDialogue
            | Command::ImportResults(_)
            | Command::TakeResults(_)
            | Command::CompareGaps(_)
            | Command::CompareGapsDialogue
            | Command::StartMeeting(_)
            | Command::LeaveMeeting
            | Command::StepScene(_)
            | Command::GoToScene(_)
            | Command::BlankScreen
            | Command::Presenter
            | Command::CaptureScene
            | Command::UpdateScene(_)
            | Command::SetScene(..)
            | Command::CopyScene(_)
            | Command::MoveScene(..)
            | Command::RemoveScene(_)
            | Command::Divide(_)
            | Command::SetPace(_)
            | Command::MoveDivider(_)
            | Command::PageDialogue
            | Command::SavePageDialogue
            | Command::SavePageTo(_)
            | Command::PrintPage
            | Command::AtlasDialogue(_)
            | Command::SaveAtlasTo(..)
            | Command::CancelAtlas
            | Command::YearSeriesDialogue
            | Command::SaveYearSeriesTo(_) => {}
            Command::Quit => {
                // A meeting's view is not the window's.
                self.leave_meeting();
                if !self.ask_before_losing(Command::Quit) {
                    self.keep_nothing();
                    self.quit = true;
                }
            }
        }
    }

    fn remembering(&mut self, change: impl FnOnce(&mut project::Settings)) {
        change(&mut self.session.settings);
        self.save_settings();
    }

    fn edit(&mut self, key: LayerKey, change: impl FnOnce(&mut project::LayerEntry)) {
        if let Some(entry) = self.session.entry_mut(key) {
            change(entry);
        }
    }

    /// Asks whether to save where changes would be lost; true if it asked.
    pub(super) fn ask_before_losing(&mut self, then: Command) -> bool {
        self.after_saving = None;
        let ask = self.session.is_changed();
        if ask {
            self.session.dialogue = Some(Dialogue::Unsaved(Box::new(then)));
        }
        ask
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

    pub(super) fn select(&mut self, layer: LayerKey, features: Vec<FeatureId>, add: bool) {
        let selection = &mut self.session.document.selection;
        match selection {
            Some((key, selected)) if add && *key == layer => {
                for feature in features {
                    match selected.iter().position(|f| *f == feature) {
                        Some(at) => {
                            selected.remove(at);
                        }
                        None => selected.push(feature),
                    }
                }
                if selected.is_empty() {
                    *selection = None;
                }
            }
            _ => *selection = (!features.is_empty()).then_some((layer, features)),
        }
        self.session.scroll_to = self.session.document.selection.as_ref().and_then(|(_, f)| f.last().copied());
    }

    fn fly_to(&mut self, layer: LayerKey, feature: FeatureId) {
        self.select(layer, vec![feature], false);
        self.session.settings.right_folded = false;
        self.fit_selection();
    }

    fn fit_selection(&mut self) {
        let Some((key, features)) = &self.session.document.selection else { return };
        let Some(loaded) = self.session.layers.get(key).and_then(|l| l.loaded()) else { return };
        let all = features.iter().filter_map(|f| loaded.dataset.geometry.bounds_of(*f));
        let bounds = all.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        // Neighbours belong into the picture: a village is shown with as much room around it again.
        let room = |[w, s, e, n]: [f64; 4]| {
            // A point is shown with the village around it, not by itself on one colour.
            let least = if e > w || n > s { 2e-3 } else { 7e-3 };
            let (dx, dy) = (((e - w) * 0.9).max(least), ((n - s) * 0.9).max(least));
            [w - dx, s - dy, e + dx, n + dy]
        };
        self.show_rectangle(bounds.map(room));
    }

    fn step_village(&mut self, steps: i32) {
        let Some((layer, feature)) = self.session.on_card() else { return };
        let Some(loaded) = layer.loaded() else { return };
        let members = loaded.members_in_time().filter(|_| loaded.can_be_villages());
        let all: Vec<FeatureId> = members.map_or_else(|| (0..loaded.dataset.len()).collect(), |m| m.list().to_vec());
        let here = all.iter().position(|f| *f == feature).unwrap_or(0) as i64;
        let next = (here + i64::from(steps)).rem_euclid(all.len().max(1) as i64);
        let Some(next) = all.get(next as usize).copied() else { return };
        let key = layer.key;
        self.fly_to(key, next);
    }

    /// Bounds of the layers shown, \[west, south, east, north\] in degrees.
    pub(super) fn bounds_deg(&self) -> Option<[f64; 4]> {
        let shown = self.session.shown().filter(|(_, e)| e.visible).filter_map(|(l, _)| l.loaded()?.bounds_deg());
        shown.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
    }

    pub(super) fn fit_all(&mut self) {
        self.show_rectangle(self.bounds_deg());
        self.fitted = Some((self.session.camera, self.session.map_size_pt));
    }

    pub(super) fn show_rectangle(&mut self, bounds: Option<[f64; 4]>) {
        if let Some(bounds) = bounds {
            self.session.camera = Camera::fitting(bounds, self.session.map_size_pt);
        }
    }

    fn edit_theme(&mut self, key: LayerKey) {
        use crate::theme::ThemeSpec;
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

    fn ask_open(&mut self) {
        let title = self.session.lang.t("command.open");
        self.jobs.ask(move || {
            let dialogue = rfd::FileDialog::new()
                .set_title(title)
                .add_filter(
                    "GeoJSON, TopoJSON, CSV, XLSX, qiancun",
                    &[
                        "geojson", "json", "topojson", "geojsonl", "ndjson", "geojsons", "csv", "xlsx", "xls", "ods",
                        "qiancun",
                    ],
                )
                .add_filter("*", &["*"]);
            dialogue.pick_files().map(Command::Open)
        });
    }

    fn ask_export(&mut self) {
        let title = self.session.lang.t("command.export");
        self.jobs.ask(move || {
            let dialogue = rfd::FileDialog::new().set_title(title).add_filter("PNG", &["png"]).set_file_name("map.png");
            dialogue.save_file().map(|p| Command::ExportTo(project::with_ending(&p, "png")))
        });
    }
}
