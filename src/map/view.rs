//! The map widget.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use eframe::egui_wgpu::Callback;
use egui::{Rect, Sense, Ui};

use super::input::{Gesture, handle};
use super::labels::Labels;
use super::{clusters, divider, furniture, measuring, moved, notes, round};
use crate::model::{FeatureId, Generation};
use crate::palette::{CASING, SELECTION, size};
use crate::render::{LayerKey, MapPaint, Outline, Scene, Viewport};
use crate::session::{Camera, Commands, Moment, Session};

/// How long the camera must rest before a software renderer draws the sharp picture.
const REST_SECS: f64 = 0.09;

/// The map of the window and what it keeps between frames.
pub struct MapView {
    /// The scene.
    pub scene: Arc<Mutex<Scene>>,
    /// What an earlier year looked like, for the left of the divider.
    pub before: Option<Arc<Mutex<Scene>>>,
    labels: Labels,
    gesture: Gesture,
    camera: Option<Camera>,
    moved_at: f64,
    moving: bool,
    rect: Rect,
    selected: Option<((LayerKey, Vec<FeatureId>), Arc<Outline>)>,
    hovered: Option<((LayerKey, FeatureId), Arc<Outline>)>,
    /// The data that the outlines of selection and hover are of.
    outlined: [Option<Generation>; 2],
    view: Option<Viewport>,
}

impl MapView {
    /// A map of a scene.
    pub fn new(scene: Arc<Mutex<Scene>>) -> Self {
        Self {
            scene,
            before: None,
            labels: Labels::default(),
            gesture: Gesture::default(),
            camera: None,
            moved_at: f64::NEG_INFINITY,
            moving: false,
            rect: Rect::ZERO,
            selected: None,
            hovered: None,
            outlined: [None; 2],
            view: None,
        }
    }

    /// What the map shows, as of the last frame.
    pub fn view(&self) -> Option<Viewport> {
        self.view
    }

    /// Width and height of the map in points, as of the last frame.
    pub fn size_pt(&self) -> [f64; 2] {
        [f64::from(self.rect.width()), f64::from(self.rect.height())]
    }

    /// The middle of the map in the window, as of the last frame.
    pub fn middle(&self) -> egui::Pos2 {
        self.rect.center()
    }

    /// Whether the camera has not come to rest.
    pub fn is_moving(&self) -> bool {
        self.moving
    }

    /// The labels it shows: text, and the offset in points from its anchor.
    pub fn labels(&self) -> Vec<(String, f32)> {
        self.labels.shown()
    }

    /// Villages that are named, with the rectangle of the letters as an offset from the middle of the map.
    pub fn named_villages(&self) -> Vec<(FeatureId, Rect)> {
        self.labels.of_villages()
    }

    /// How many names stand beside their villages, with a line.
    pub fn names_beside(&self) -> usize {
        self.labels.beside()
    }

    /// Gap marks: the rectangle as an offset from the middle of the map, and how many gaps each stands for.
    pub fn gap_marks(&self) -> Vec<(Rect, usize)> {
        self.labels.gap_marks()
    }

    /// Where the map stands in its room, and where a second one does, of the same size and camera: the one with names, symbols and
    /// pointer is at the right. On whole pixels, so that the kept picture needs no blur.
    fn places(&self, room: Rect, ppp: f32, session: &Session) -> (Rect, Option<Rect>) {
        let snap = |v: f32| (v * ppp).round() / ppp;
        let is_beside = session.left().side_by_side && session.map_on_left().is_some() && self.before.is_some();
        let beside = is_beside.then(|| {
            let width = snap(room.width() / 2.0 - 3.0);
            Rect::from_min_size(room.min, egui::vec2(width, room.height()))
        });
        let start = beside.map_or(room.min, |b| egui::pos2(b.right() + 6.0, room.min.y));
        let rect = Rect::from_min_max(start, beside.map_or(room.max, |b| start + b.size()));
        let on_pixels = |p: egui::Pos2| egui::pos2(snap(p.x), snap(p.y));
        (Rect::from_min_max(on_pixels(rect.min), on_pixels(rect.max)), beside)
    }

    /// Shows the map in all the room there is.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) -> egui::Response {
        let ppp = ui.ctx().pixels_per_point();
        let (rect, beside) = self.places(ui.available_rect_before_wrap(), ppp, session);
        self.rect = rect;
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, session.lang.t("map.name")));
        let mark = |at| self.labels.mark_at(at).map(<[FeatureId]>::to_vec);
        handle(ui, &response, session, moment, &mut self.gesture, mark, send);
        let size_px = [(rect.width() * ppp).round() as u32, (rect.height() * ppp).round() as u32];
        let view = session.camera.view(size_px, ppp);
        self.view = Some(view);
        let moving = self.note_motion(ui, session);
        self.refresh_outlines(session, moment);
        let covered = session.present_coverage().filter(|_| !session.view.hide_coverage).map(|c| c.outline.clone());
        let outlines = covered.into_iter();
        let outlines =
            outlines.chain(self.hovered.iter().map(|h| h.1.clone())).chain(self.selected.iter().map(|s| s.1.clone()));
        let paint = MapPaint {
            scene: self.scene.clone(),
            view,
            pixels_per_point: ppp,
            origin_px: [rect.left() * ppp, rect.top() * ppp],
            moving,
            outlines: outlines.collect(),
            palette: session.tokens().map(),
        };
        let earlier = self.before.as_ref().filter(|_| session.map_on_left().is_some()).map(|scene| MapPaint {
            scene: scene.clone(),
            outlines: paint.outlines.clone(),
            view,
            pixels_per_point: ppp,
            origin_px: paint.origin_px,
            moving,
            palette: paint.palette,
        });
        ui.painter().add(Callback::new_paint_callback(rect, paint));
        let painter = ui.painter_at(rect);
        let is_divided = earlier.is_some();
        if let Some(mut earlier) = earlier {
            match beside {
                Some(left) => {
                    earlier.origin_px = [left.left() * ppp, left.top() * ppp];
                    ui.painter().add(Callback::new_paint_callback(left, earlier));
                }
                None => {
                    let left = Rect::from_min_max(rect.min, egui::pos2(divider::x_of(rect, session), rect.bottom()));
                    ui.painter().with_clip_rect(left).add(Callback::new_paint_callback(rect, earlier));
                }
            }
        }
        // Facilities are those of the year at the right.
        let is_cut = is_divided && beside.is_none();
        let cut = egui::pos2(divider::x_of(rect, session), rect.top());
        let right = if is_cut { Rect::from_min_max(cut, rect.max) } else { rect };
        clusters::show(&painter.with_clip_rect(right), rect, session);
        clusters::selected_points(&painter, rect, session);
        let in_software = self.scene.lock().is_ok_and(|s| s.gpu().is_software);
        self.labels.show(&painter, rect, session, in_software);
        notes::show(&painter, rect, session);
        moved::show(&painter, rect, session);
        round::show(&painter, rect, session);
        if let Some(measuring) = &moment.measuring {
            measuring::show(ui, &painter, rect, session, measuring);
        }
        if let (Some(from), Some(to)) = (self.gesture.box_from, response.interact_pointer_pos()) {
            let stroke = egui::Stroke::new(1.5, session.tokens().accent);
            painter.rect_stroke(Rect::from_two_pos(from, to), 2.0, stroke, egui::StrokeKind::Middle);
        }
        if is_divided {
            divider::show(ui, rect, beside, session, send);
        }
        if session.meeting.is_none() && !session.picture.as_ref().is_some_and(|p| p.is_bare) {
            furniture::show(&painter, rect, session);
        }
        if session.meeting.is_none() && session.picture.is_none() {
            furniture::zoom_buttons(ui, rect, session, send);
        }
        response
    }

    /// Whether the camera moves, and when to look again.
    fn note_motion(&mut self, ui: &Ui, session: &Session) -> bool {
        let now = ui.input(|i| i.time);
        if self.camera.is_some_and(|c| c != session.camera) {
            self.moved_at = now;
        }
        self.camera = Some(session.camera);
        let resting = now - self.moved_at;
        self.moving = resting < REST_SECS;
        if self.moving {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(REST_SECS - resting + 0.002));
        }
        self.moving
    }

    fn refresh_outlines(&mut self, session: &Session, moment: &Moment) {
        let outline = |layer: LayerKey, features: &[FeatureId]| {
            let loaded = session.layers.get(&layer)?.loaded()?;
            Some(Outline::new(&loaded.chunks, features.iter().copied()))
        };
        let selection = session.document.selection.as_ref();
        // A layer that was read again has other shapes under the same numbers.
        let place = |layer: LayerKey| session.layers.get(&layer)?.loaded().map(|l| l.shapes);
        let hovered = moment.hover.as_ref().and_then(|h| h.features.first());
        let of = [selection.and_then(|s| place(s.0)), hovered.and_then(|h| place(h.0))];
        if std::mem::replace(&mut self.outlined, of) != of {
            (self.selected, self.hovered) = (None, None);
        }
        if self.selected.as_ref().map(|s| &s.0) != selection {
            self.selected = selection.and_then(|key| {
                let outline =
                    outline(key.0, &key.1)?.with_pen(SELECTION, size::SELECTION, Some((CASING, size::CASING)));
                Some((key.clone(), Arc::new(outline)))
            });
        }
        let hover = moment.hover.as_ref().and_then(|h| h.features.first()).copied();
        if self.hovered.as_ref().map(|h| h.0) != hover {
            self.hovered = hover.and_then(|key| {
                let colour = session.tokens().ink.to_array();
                Some((key, Arc::new(outline(key.0, &[key.1])?.with_pen(colour, size::HOVER, None))))
            });
        }
    }
}
