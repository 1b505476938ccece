//! What commands about scenes and meetings do.

use super::jobs::{Done, Job};
use super::qiancun::{Qiancun, take_keys};
use crate::district::By;
use crate::model::FeatureId;
use crate::project::{Focus, SceneEntry};
use crate::render::LayerKey;
use crate::session::{
    Answer, Camera, ChartOf, Commands, Dialogue, Flight, Left, LookCommand, Meeting, MeetingCommand, Was,
    meeting_shortcuts,
};
use crate::share::{missing_files, preflight};

/// Height of a meeting's screen in points: type of 11 points has 14 pixels at 1080 lines.
const MEETING_LINES_PT: f32 = 864.0;

impl Qiancun {
    /// Carries out a command of its group.
    pub(super) fn on_meeting(&mut self, command: MeetingCommand) {
        match command {
            MeetingCommand::StartMeeting(from_here) => self.begin_meeting(from_here),
            MeetingCommand::Town => self.town_as_map(),
            MeetingCommand::StartAnyway => self.start_meeting(false),
            MeetingCommand::LeaveMeeting => self.leave_meeting(),
            MeetingCommand::StepScene(steps) => self.step_scene(steps),
            MeetingCommand::GoToScene(scene) => self.go_to_scene(scene),
            MeetingCommand::BlankScreen => {
                if let Some(meeting) = &mut self.session.meeting {
                    meeting.is_blank = !meeting.is_blank;
                }
            }
            MeetingCommand::Presenter => self.session.stage.has_presenter = !self.session.stage.has_presenter,
            MeetingCommand::CaptureScene => {
                let number = self.session.document.project.scenes.len() + 1;
                let title = self.session.map_sentence();
                let fallback = self.session.lang.with("scene.name", &[("n", &number.to_string())]);
                let scene = self.session.capture(if title.is_empty() { fallback } else { title });
                self.session.transact("scene.capture", |d| d.project.scenes.push(scene));
            }
            MeetingCommand::UpdateScene(at) => {
                let captured = self.session.capture(String::new());
                self.change_scenes("scene.update", |scenes| {
                    let Some(scene) = scenes.get_mut(at) else { return };
                    let kept = std::mem::replace(scene, captured);
                    (scene.name, scene.title, scene.note, scene.other) = (kept.name, kept.title, kept.note, kept.other);
                    (scene.name_en, scene.title_en, scene.note_en) = (kept.name_en, kept.title_en, kept.note_en);
                    scene.id = kept.id;
                    (scene.no_figures, scene.no_legend) = (kept.no_figures, kept.no_legend);
                    (scene.figures, scene.chart) = (kept.figures, kept.chart);
                });
            }
            MeetingCommand::SetScene(at, entry) => {
                self.session.transact_on("scene.name-hint", format!("scene {at}"), |d| {
                    if let Some(scene) = d.project.scenes.get_mut(at) {
                        *scene = *entry;
                    }
                });
            }
            MeetingCommand::CopyScene(at) => self.change_scenes("scene.copy", |scenes| {
                if let Some(scene) = scenes.get(at).cloned() {
                    scenes.insert(at + 1, SceneEntry { id: SceneEntry::new_id(), ..scene });
                }
            }),
            MeetingCommand::MoveScene(at, up) => {
                let to = if up { at.checked_sub(1) } else { Some(at + 1) };
                self.session.transact_on(
                    if up { "command.layer-up" } else { "command.layer-down" },
                    "scenes".into(),
                    |d| {
                        let scenes = &mut d.project.scenes;
                        if let Some(to) = to.filter(|to| *to < scenes.len() && at < scenes.len()) {
                            scenes.swap(at, to);
                        }
                    },
                );
            }
            MeetingCommand::RemoveScene(at) => self.change_scenes("scene.remove", |scenes| {
                if at < scenes.len() {
                    scenes.remove(at);
                }
            }),
            MeetingCommand::SetScreen(screen) => self.remembering(|s| s.meeting_screen = screen),
            MeetingCommand::Answer(answer) => self.answer(answer),
            MeetingCommand::Pen => {
                if let Some(meeting) = &mut self.session.meeting {
                    meeting.has_pen = !meeting.has_pen;
                }
            }
            MeetingCommand::Preflight => self.look_through(),
            MeetingCommand::UsualStamp => {
                self.session.transact("preflight.title", |d| d.project.page.stamp = None);
            }
            MeetingCommand::SetMotion(moves) => self.remembering(|s| s.no_motion = !moves),
        }
    }

    /// Shows the ten villages that were asked for: selected on the map, and as a chart beside it. Asked once more, all is as it was.
    fn answer(&mut self, answer: Answer) {
        let is_shown = self.session.meeting.as_ref().is_some_and(|m| m.answer == Some(answer));
        if is_shown {
            self.end_answer();
            return;
        }
        let chart = self.session.answer(answer);
        let layer = self.session.village_layer().map(|l| l.key);
        let Some(meeting) = &mut self.session.meeting else { return };
        let (Some(chart), Some(layer)) = (chart, layer) else {
            meeting.word = Some(self.session.lang.t("meeting.no-order").to_owned());
            return;
        };
        meeting.answer = Some(answer);
        let village = |bar: &crate::session::ChartBar| match bar.of {
            ChartOf::Village(village) => Some(village),
            _ => None,
        };
        // The first of them is the one on the card.
        let villages: Vec<FeatureId> = chart.bars.iter().rev().filter_map(village).collect();
        self.session.note(|d| d.selection = Some((layer, villages)));
    }

    /// Takes away what was asked on the spot; whether there was anything.
    pub(super) fn end_answer(&mut self) -> bool {
        let Some(meeting) = &mut self.session.meeting else { return false };
        let had_pen = std::mem::take(&mut meeting.has_pen);
        let had_answer = meeting.answer.take().is_some();
        if had_answer {
            self.session.note(|d| d.selection = None);
        }
        let before = self.session.meeting.as_mut().and_then(|m| m.before_town.take());
        let had_town = before.is_some();
        if let Some((focus, camera)) = before {
            self.session.view.focus = focus;
            self.session.find_focus();
            self.session.camera = camera;
        }
        had_pen || had_answer || had_town
    }

    /// Makes the town of the village on the card the whole map; asked again, puts back what was there.
    fn town_as_map(&mut self) {
        if self.session.meeting.as_ref().is_some_and(|m| m.before_town.is_some()) {
            self.end_answer();
            return;
        }
        let village = self.session.on_card().map(|(_, v)| v);
        let town = village
            .zip(self.session.district())
            .and_then(|(v, d)| Some(d.town_name(v)).filter(|t| !t.is_empty()).map(str::to_owned));
        let Some(town) = town else {
            let word = self.session.lang.t("meeting.no-town").to_owned();
            self.session.meeting.iter_mut().for_each(|m| m.word = Some(word.clone()));
            return;
        };
        let before = (self.session.view.focus.clone(), self.session.camera);
        self.session.meeting.iter_mut().for_each(|m| m.before_town = Some(before.clone()));
        self.on_look(LookCommand::SetFocus(Some(Focus { by: By::Town, name: town })));
    }

    /// Looks scenes and page through, in the background.
    fn look_through(&mut self) {
        let still = self.session.still();
        self.jobs.start(Job::Page, move |_| Some(Done::Findings(preflight(&still))));
    }

    fn change_scenes(&mut self, name: &'static str, change: impl FnOnce(&mut Vec<SceneEntry>)) {
        self.session.transact(name, |d| change(&mut d.project.scenes));
    }

    fn now(&self) -> f64 {
        self.ctx.input(|i| i.time)
    }

    /// Starts a meeting; what is not there is told before, not in front of everybody.
    fn begin_meeting(&mut self, from_here: bool) {
        let missing = if from_here { Vec::new() } else { missing_files(&self.session) };
        if missing.is_empty() || self.session.meeting.is_some() {
            self.start_meeting(from_here);
        } else {
            self.session.moment.dialogue = Some(Dialogue::Preflight(missing, true));
        }
    }

    fn start_meeting(&mut self, from_here: bool) {
        if self.session.meeting.is_some() || self.session.document.keys.is_empty() {
            return;
        }
        let session = &mut self.session;
        session.stage.playing = None;
        session.meeting = Some(Meeting {
            since: crate::survey::Instant::now(),
            scene: None,
            is_blank: false,
            opened: self.ctx.input(|i| i.time),
            began: self.ctx.input(|i| i.time),
            left: session.stage.divided.clone(),
            gaps: session.settings.drawer_open && session.tab == crate::session::Tab::Gaps,
            no_figures: false,
            no_legend: false,
            answer: None,
            before_town: None,
            has_pen: false,
            word: None,
            was: Was {
                document: session.document.clone(),
                view: session.view.clone(),
                camera: session.camera,
                map_size_pt: session.map_size_pt,
                filter: session.moment.filter.clone(),
            },
        });
        let screens = self.session.stage.screens.len();
        match self.session.settings.meeting_screen.filter(|s| *s < screens && screens > 1) {
            Some(screen) => self.ctx.send_viewport_cmd(egui::ViewportCommand::SetMonitor(screen)),
            None => self.ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(true)),
        }
        // What the window shows is fitted to the larger map once its size is known.
        self.meeting.shows = Some((self.session.camera, self.session.map_size_pt));
        if !from_here && !self.session.document.project.scenes.is_empty() {
            self.show_scene(0, false);
        }
        // A meeting begins with what became of the decisions of those before.
        if !from_here && self.session.decision_counts() != [0; 3] {
            self.session.moment.dialogue = Some(Dialogue::Decisions);
        }
    }

    /// Leaves, and puts back what was there. Scenes changed meanwhile stay changed.
    pub(super) fn leave_meeting(&mut self) {
        let Some(meeting) = self.session.meeting.take() else { return };
        let session = &mut self.session;
        let scenes = session.document.project.scenes.clone();
        session.document = meeting.was.document;
        session.note(|d| d.project.scenes = scenes);
        session.view = meeting.was.view;
        session.camera = meeting.was.camera;
        session.moment.filter = meeting.was.filter;
        session.stage.flight = None;
        session.stage.playing = None;
        session.stage.has_presenter = false;
        self.meeting.shows = None;
        self.ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(false));
        // What others changed meanwhile stood still until now.
        self.look_at_files(false);
    }

    fn step_scene(&mut self, steps: i32) {
        let count = self.session.document.project.scenes.len() as i64;
        let Some(meeting) = &self.session.meeting else { return };
        let now = meeting.scene.map_or(-1, |s| s as i64);
        let next = (now + i64::from(steps)).clamp(0, (count - 1).max(0));
        if count > 0 && next != now {
            self.show_scene(next as usize, true);
        }
    }

    fn go_to_scene(&mut self, scene: usize) {
        if scene < self.session.document.project.scenes.len() {
            self.show_scene(scene, self.session.meeting.is_some());
        }
    }

    /// Shows a scene, the camera flying there.
    fn show_scene(&mut self, at: usize, flies: bool) {
        let Some(scene) = self.session.document.project.scenes.get(at).cloned() else { return };
        if let Some(meeting) = &mut self.session.meeting {
            (meeting.scene, meeting.answer, meeting.before_town) = (Some(at), None, None);
        }
        self.show_view(&scene, flies);
    }

    /// Shows what a scene or a page shows.
    pub(super) fn show_view(&mut self, scene: &SceneEntry, flies: bool) {
        let now = self.now();
        self.session.view = scene.view.clone();
        self.session.moment.filter.clone_from(&scene.filter);
        self.session.stage.playing = None;
        self.hide_layers(scene);
        self.select_scene(scene);
        let left = Left { year: scene.before, indicator: scene.beside.clone(), side_by_side: scene.side_by_side };
        if let Some(meeting) = &mut self.session.meeting {
            (meeting.began, meeting.is_blank) = (now, false);
            (meeting.left, meeting.gaps, meeting.word) = (left, scene.gaps, None);
            (meeting.no_figures, meeting.no_legend) = (scene.no_figures, scene.no_legend);
        } else {
            self.session.stage.divided = left;
        }
        self.session.stage.divider = 0.5;
        let from = self.session.camera;
        let to = self.scene_camera(scene);
        self.fly(from, to, flies);
    }

    /// Where a scene looks on this screen.
    fn scene_camera(&mut self, scene: &SceneEntry) -> Camera {
        self.session.camera_of(scene).unwrap_or_else(|| {
            self.fit_all();
            self.session.camera
        })
    }

    fn fly(&mut self, from: Camera, to: Camera, flies: bool) {
        let still = self.session.settings.no_motion || !flies || from == to;
        self.session.stage.flight = (!still).then(|| Flight { from, to, began: self.now() });
        self.session.camera = if still { to } else { from };
        if self.session.meeting.is_some() {
            self.meeting.shows = Some((to, self.session.map_size_pt));
        }
    }

    fn hide_layers(&mut self, scene: &SceneEntry) {
        let keys = self.session.document.keys.iter();
        let is_hidden = |k: LayerKey| {
            // By its id; scenes of older projects name titles.
            let id = self.session.entry(k).map(|e| e.id.clone()).unwrap_or_default();
            scene.hidden.contains(&id) || scene.hidden.contains(&self.session.layer_title(k))
        };
        let visible: Vec<bool> = keys.map(|k| !is_hidden(*k)).collect();
        self.session.note(|d| {
            for (layer, visible) in d.project.layers.iter_mut().zip(visible) {
                layer.visible = visible;
            }
        });
    }

    fn select_scene(&mut self, scene: &SceneEntry) {
        let found = scene.selected.as_ref().and_then(|wanted| {
            let layer = self.session.village_layer()?;
            let dataset = &layer.loaded()?.dataset;
            let is = |f: u32, role| dataset.text(FeatureId::new(f), role).is_some_and(|t| t == *wanted);
            let village = dataset
                .features()
                .find(|f| is(f.number(), crate::model::Role::Code) || is(f.number(), crate::model::Role::Name))?;
            Some((layer.key, vec![village]))
        });
        self.session.note(|d| d.selection = found);
    }

    /// Names and symbols of the map grow with the screen of a meeting; afterwards the interface is as it was.
    pub(super) fn scale_meeting(&mut self, ctx: &egui::Context) {
        if self.session.meeting.is_none() {
            if let Some(before) = self.meeting.zoom_before.take() {
                ctx.set_zoom_factor(before);
            }
            return;
        }
        self.meeting.zoom_before.get_or_insert_with(|| ctx.zoom_factor());
        let height_px = ctx.content_rect().height() * ctx.pixels_per_point();
        let native = ctx.native_pixels_per_point().unwrap_or(1.0);
        let factor = (height_px / MEETING_LINES_PT / native).clamp(1.0, 5.0);
        if (ctx.zoom_factor() - factor).abs() > 1e-3 {
            ctx.set_zoom_factor(factor);
        }
    }

    /// Where everything was shown and the map has another size now, everything is shown again.
    pub(super) fn fit_again(&mut self) {
        let Some((camera, size)) = self.drawn.fitted else { return };
        if self.session.camera != camera || self.session.meeting.is_some() {
            self.drawn.fitted = None;
        } else if size != self.session.map_size_pt {
            self.fit_all();
        }
    }

    /// The presenter's own window, where the system has room for another.
    pub(super) fn presenter(&mut self, ctx: &egui::Context) {
        let has_room = self.session.stage.has_second_screen && !ctx.embed_viewports();
        if !self.session.stage.has_presenter || self.session.meeting.is_none() || !has_room {
            return;
        }
        let session = &self.session;
        let mut commands = Commands::default();
        let builder = egui::ViewportBuilder::default()
            .with_title(session.lang.t("meeting.presenter"))
            .with_inner_size([720.0, 480.0]);
        let id = egui::ViewportId::from_hash_of("presenter");
        let is_closed = ctx.show_viewport_immediate(id, builder, |ui, _| {
            // Keys pressed here are those of the meeting.
            take_keys(ui.ctx(), &meeting_shortcuts(), |_| true, &mut commands);
            crate::panels::presenter(ui, session);
            ui.ctx().input(|i| i.viewport().close_requested())
        });
        let keys = commands.take();
        if !keys.is_empty() {
            keys.into_iter().for_each(|c| self.queue.push(c));
            ctx.request_repaint_of(egui::ViewportId::ROOT);
        }
        if is_closed {
            self.session.stage.has_presenter = false;
        }
    }

    /// Shows the same piece of the world again where the map took another size, as screens do when they are filled; not
    /// where somebody has moved it meanwhile.
    fn fit_meeting(&mut self) {
        let size = self.session.map_size_pt;
        let Some((camera, _)) = self.meeting.shows.filter(|s| s.1 != size) else { return };
        let arrives = self.session.stage.flight.map_or(self.session.camera, |f| f.to);
        let Some(meeting) = self.session.meeting.clone().filter(|_| arrives == camera) else {
            self.meeting.shows = None;
            return;
        };
        let scene = meeting.scene.and_then(|s| self.session.document.project.scenes.get(s).cloned());
        self.session.stage.flight = None;
        self.session.camera = match scene {
            Some(scene) => self.scene_camera(&scene),
            None => {
                let [w, h] = meeting.was.map_size_pt;
                let zoom = (size[0] / w.max(1.0)).min(size[1] / h.max(1.0)).max(1e-3).log2();
                Camera { zoom: meeting.was.camera.zoom + zoom, ..meeting.was.camera }
            }
        };
        self.meeting.shows = Some((self.session.camera, size));
    }

    /// Moves the camera along its flight, and fits what is shown to the screen once that has its size.
    pub(super) fn fly_on(&mut self) {
        self.fit_meeting();
        let Some(flight) = self.session.stage.flight else { return };
        match flight.at(self.now()) {
            Some(camera) => {
                self.session.camera = camera;
                self.ctx.request_repaint();
            }
            None => {
                self.session.camera = flight.to;
                self.session.stage.flight = None;
            }
        }
    }
}
