//! Notes as small sheets of paper.

use egui::{Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, Vec2};

use crate::geo::WorldPos;
use crate::palette::{LABEL_DARK, LABEL_LIGHT, NOTE};
use crate::session::{Pivot, Session};

/// Width and height of a note in points.
const SIZE_PT: Vec2 = Vec2::new(12.0, 13.0);
/// Most notes whose first words stand beside them.
const FEW: usize = 40;
/// So many characters of them.
const WORDS: usize = 14;

fn place(session: &Session, note: &crate::project::NoteEntry) -> Pos2 {
    let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(note.at()));
    Pos2::new(x as f32, y as f32)
}

/// The note under a position, as an offset from the middle of the map, by its place in the project.
pub(super) fn note_at(session: &Session, [x, y]: Pivot) -> Option<usize> {
    let at = Pos2::new(x as f32, y as f32);
    let notes = &session.document.project.notes;
    notes.iter().rposition(|n| Rect::from_center_size(place(session, n), SIZE_PT).expand(2.0).contains(at))
}

/// Draws the notes in view.
pub(super) fn show(painter: &Painter, rect: Rect, session: &Session) {
    let notes = &session.document.project.notes;
    for note in notes {
        let at = rect.center() + place(session, note).to_vec2();
        if !rect.expand(10.0).contains(at) {
            continue;
        }
        let sheet = Rect::from_center_size(Pos2::new(at.x.round(), at.y.round()), SIZE_PT);
        let fold = 4.0;
        let corner = sheet.right_top();
        let outline = vec![
            sheet.left_top(),
            corner - Vec2::new(fold, 0.0),
            corner + Vec2::new(0.0, fold),
            sheet.right_bottom(),
            sheet.left_bottom(),
        ];
        painter.add(Shape::convex_polygon(outline, NOTE, Stroke::new(1.2, LABEL_DARK)));
        for line in [5.5, 8.5] {
            let y = sheet.top() + line;
            painter.hline(sheet.left() + 2.5..=sheet.right() - 2.5, y, Stroke::new(1.0, LABEL_DARK));
        }
        if notes.len() <= FEW {
            let mut words: String = note.text.lines().next().unwrap_or("").chars().take(WORDS).collect();
            if words.len() < note.text.len() {
                words.push('…');
            }
            let galley = painter.layout_no_wrap(words, FontId::proportional(11.0), LABEL_DARK);
            let ground =
                Rect::from_min_size(sheet.right_top() + Vec2::new(3.0, -1.0), galley.size() + Vec2::new(6.0, 0.0));
            painter.rect_filled(ground, 3.0, LABEL_LIGHT.gamma_multiply(0.85));
            painter.galley(ground.min + Vec2::new(3.0, 0.0), galley, Color32::PLACEHOLDER);
        }
    }
}
