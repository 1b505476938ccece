//! What was decided in this meeting, below the map: the room hears it once more, and nothing is lost between two scenes.

use egui::{Painter, Pos2, Rect, Ui};

use super::style::bold;
use crate::session::Session;

/// Decisions that are named; of more the latest are.
const MOST: usize = 4;

/// Height of a line, and of its letters, on a screen of the design's height.
const LINE: f32 = 34.0;
const LETTERS: f32 = 24.0;

/// Height that they take below the map; nothing where nothing was decided.
pub(super) fn height(session: &Session, s: f32) -> f32 {
    match session.decided_in_meeting().len() {
        0 => 0.0,
        n => (n.min(MOST) as f32 + 1.0) * LINE * s + 12.0 * s,
    }
}

/// Draws them into a room of that height.
pub(super) fn show(ui: &mut Ui, painter: &Painter, session: &Session, room: Rect, s: f32) {
    let t = session.tokens();
    let decided = session.decided_in_meeting();
    if decided.is_empty() {
        return;
    }
    let title = session.lang.with("meeting.decided", &[("n", &decided.len().to_string())]);
    let mut lines = vec![(title, bold(LETTERS * s), t.accent)];
    let first = decided.len().saturating_sub(MOST);
    lines.extend(
        decided.iter().skip(first).map(|words| (words.clone(), egui::FontId::proportional(LETTERS * s), t.ink)),
    );
    for (i, (words, font, ink)) in lines.into_iter().enumerate() {
        let at = Pos2::new(room.left(), room.top() + 6.0 * s + i as f32 * LINE * s);
        let mut job = egui::text::LayoutJob::simple_singleline(words.clone(), font, ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room.width());
        let galley = painter.layout_job(job);
        let rect = Rect::from_min_size(at, galley.size());
        painter.galley(at, galley, ink);
        ui.interact(rect, ui.scope_id().with(("decided", i)), egui::Sense::hover())
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    }
}
