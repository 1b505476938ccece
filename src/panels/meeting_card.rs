//! The village that was clicked on in a meeting, large: photo, who answers for it, its figure, what falls short, its plan.

use std::sync::Arc;

use egui::{Color32, FontId, Galley, Painter, Pos2, Rect, Sense, Ui, Vec2};

use super::meeting::SMALLEST;
use super::meeting_legend::ground;
use super::photos::{cut_to, texture};
use super::style::bold;
use crate::session::{Commands, Session, WindowCommand};

/// Longest side of its photo, in pixels.
const PHOTO_PX: u32 = 480;
/// Room of its photo, on a screen of the design's height.
const PHOTO: Vec2 = Vec2::new(186.0, 128.0);
/// How many shortfalls it names, and whether it says the plan: from the fullest card to the shortest.
const FULLNESS: [(usize, bool); 5] = [(3, true), (2, true), (1, true), (1, false), (0, false)];
/// Width of its lines, on a screen of the design's height.
const WIDE: f32 = 430.0;

/// What was clicked on, laid out.
pub(super) struct Card {
    name: Arc<Galley>,
    town: Arc<Galley>,
    lines: Vec<(Arc<Galley>, Color32)>,
    has_photo: bool,
    pub width: f32,
    pub height: f32,
}

impl Card {
    /// The fullest card that is no higher than there is room for, else the shortest; `None` where no village is on it.
    pub fn fitting(painter: &Painter, session: &Session, room: f32, s: f32) -> Option<Self> {
        let mut fullness = FULLNESS.into_iter();
        let mut card = Self::new(painter, session, fullness.next()?, s)?;
        for less in fullness {
            if card.height <= room {
                break;
            }
            card = Self::new(painter, session, less, s)?;
        }
        Some(card)
    }

    fn new(painter: &Painter, session: &Session, (most, has_plan): (usize, bool), s: f32) -> Option<Self> {
        let (t, lang) = (session.tokens(), session.lang);
        let card = session.card()?;
        let has_photo = session.scene_photos().is_empty() && !session.village_photos().is_empty();
        let mut lines: Vec<(String, Color32)> = Vec::new();
        if let Some((person, _)) = session.responsible(card.village, None).first() {
            let parts = [person.roles_text(), person.name.clone(), person.unit.clone()];
            lines.push((parts.iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join(" "), t.ink));
        }
        if let Some(map) = session.map_spec() {
            let (name, value) = session.shown_figure(&map, card.village);
            lines.push((format!("{name}  {value}"), t.ink));
        }
        let falls = session.shortfalls(card);
        let rest = falls.len().saturating_sub(most).to_string();
        for (at, (words, far)) in falls.iter().take(most).enumerate() {
            // What has no room is counted in the last line.
            let more = at + 1 == most && falls.len() > most;
            let more = if more { lang.with("meeting.more-shortfalls", &[("n", &rest)]) } else { String::new() };
            lines.push((format!("{words}{more}"), if *far { t.bad } else { t.warn }));
        }
        if falls.is_empty() {
            lines.push((lang.t("card.no-shortfalls").to_owned(), t.good));
        } else if most == 0 {
            lines.push((lang.with("meeting.shortfalls", &[("n", &rest)]), t.bad));
        }
        lines.extend(card.plan.1.clone().filter(|_| has_plan).map(|plan| (plan, t.ink_secondary)));
        let width = WIDE * s;
        let beside = if has_photo { width - (PHOTO.x + 16.0) * s } else { width };
        let name = painter.layout(card.name.clone(), bold(40.0 * s), t.ink, beside);
        let town = [card.town.as_str(), card.group.as_str()].join("  ");
        let town = painter.layout(town, FontId::proportional(SMALLEST * s), t.ink_secondary, beside);
        let lines: Vec<_> = lines
            .into_iter()
            .map(|(w, ink)| (painter.layout(w, FontId::proportional(26.0 * s), ink, width), ink))
            .collect();
        let rest = lines.iter().map(|g| g.0.size().y + 8.0 * s).sum::<f32>();
        let head = (name.size().y + town.size().y).max(if has_photo { PHOTO.y * s } else { 0.0 });
        Some(Self { name, town, lines, has_photo, width: width + 56.0 * s, height: head + rest + 60.0 * s })
    }

    /// Draws it; a click on its photo shows all of the village's large.
    pub fn show(self, ui: &Ui, painter: &Painter, session: &Session, panel: Rect, s: f32, send: &mut Commands) {
        let t = session.tokens();
        ground(painter, session, panel);
        let painter = painter.with_clip_rect(panel);
        let mut at = panel.min + Vec2::new(28.0, 22.0) * s;
        let mut head = self.name.size().y + self.town.size().y;
        painter.galley(at + Vec2::new(0.0, self.name.size().y), self.town, t.ink_secondary);
        painter.galley(at, self.name, t.ink);
        if self.has_photo {
            let right = Pos2::new(panel.right() - 28.0 * s, at.y);
            photo(ui, &painter, session, Rect::from_min_size(right - Vec2::new(PHOTO.x * s, 0.0), PHOTO * s), send);
            head = head.max(PHOTO.y * s);
        }
        at.y += head + 12.0 * s;
        for (galley, ink) in self.lines {
            let below = galley.size().y;
            painter.galley(at, galley, ink);
            at.y += below + 8.0 * s;
        }
    }
}

/// The latest photo of the village, cut to a room.
fn photo(ui: &Ui, painter: &Painter, session: &Session, room: Rect, send: &mut Commands) {
    let photos = session.village_photos();
    let Some(first) = photos.first() else { return };
    let response = ui.interact(room, ui.scope_id().with("village photo"), Sense::click());
    let words = session.lang.with("photos.title", &[("n", &photos.len().to_string())]);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
    cut_to(painter, session, room, &texture(ui, session, &first.file, PHOTO_PX, send), SMALLEST * 0.5);
    if response.clicked() {
        send.push(WindowCommand::OpenPictures(photos.iter().map(|p| p.file.clone()).collect(), 0));
    }
}
