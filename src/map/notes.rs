//! Notes on the map: small sheets of paper, words, lines, arrows and areas.

use egui::{Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, Vec2};

use super::visual_order::visual_order;
use crate::geo::{LonLat, WorldPos};
use crate::palette::{LABEL_DARK, LABEL_LIGHT, NOTE, NOTE_LINE, data_colour};
use crate::project::{NoteEntry, NoteShape};
use crate::session::{Pivot, Session};

/// Width and height of a note in points.
const SIZE_PT: Vec2 = Vec2::new(12.0, 13.0);
/// How near to a line the pointer must be, in points.
const REACH_PT: f32 = 5.0;
/// Length of an arrow's head in points.
const ARROW_PT: f32 = 13.0;
/// Most notes in view whose first words stand beside them.
const FEW: usize = 40;
/// So many characters of them.
const WORDS: usize = 14;

/// Where a position lies, as an offset from the middle of the map.
fn offset(session: &Session, at: LonLat) -> Pos2 {
    let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(at));
    Pos2::new(x as f32, y as f32)
}

/// The line of a note, closed where it is an area.
fn line(session: &Session, note: &NoteEntry) -> Vec<Pos2> {
    let mut line: Vec<Pos2> = note.positions().into_iter().map(|p| offset(session, p)).collect();
    if note.shape == NoteShape::Area {
        line.extend(line.first().copied());
    }
    line
}

/// The note under a position, as an offset from the middle of the map, by its place in the project. An area is met at its border.
pub(super) fn note_at(session: &Session, [x, y]: Pivot) -> Option<usize> {
    let at = Pos2::new(x as f32, y as f32);
    let is_hit = |n: &NoteEntry| {
        let paper = Rect::from_center_size(offset(session, n.at()), SIZE_PT).expand(2.0);
        paper.contains(at) || (!n.shape.is_place() && line(session, n).windows(2).any(|w| far(at, w) < REACH_PT))
    };
    session.shown_notes().iter().rposition(is_hit)
}

/// Points from a place to a piece of line.
fn far(at: Pos2, piece: &[Pos2]) -> f32 {
    let [a, b] = piece else { return f32::MAX };
    let along = *b - *a;
    let t = if along.length_sq() > 0.0 { ((at - *a).dot(along) / along.length_sq()).clamp(0.0, 1.0) } else { 0.0 };
    at.distance(*a + along * t)
}

/// Draws the notes in view.
pub(super) fn show(painter: &Painter, rect: Rect, session: &Session) {
    let notes = session.shown_notes();
    let middle = rect.center().to_vec2();
    let in_view = |n: &&NoteEntry| rect.expand(10.0).contains(offset(session, n.at()) + middle);
    let are_few = notes.iter().filter(in_view).count() <= FEW;
    for note in notes {
        let ink = note.rgb().map(data_colour);
        let at = offset(session, note.at()) + middle;
        if !note.shape.is_place() {
            let points: Vec<Pos2> = line(session, note).into_iter().map(|p| p + middle).collect();
            if Rect::from_points(&points).expand(12.0).intersects(rect) {
                stroke(painter, note.shape, points, ink.unwrap_or(NOTE_LINE));
            }
        }
        if !rect.expand(10.0).contains(at) {
            continue;
        }
        if note.shape == NoteShape::Point {
            paper(painter, at, ink.unwrap_or(NOTE));
        }
        let is_text = note.shape == NoteShape::Text;
        if !are_few && !is_text {
            continue;
        }
        let mut words: String = note.words().chars().take(if is_text { 60 } else { WORDS }).collect();
        if words.len() < note.words().len() {
            words.push('…');
        }
        let size = if is_text { 14.0 } else { 11.0 };
        let colour = if is_text { ink.unwrap_or(LABEL_DARK) } else { LABEL_DARK };
        let galley = painter.layout_no_wrap(visual_order(&words).into_owned(), FontId::proportional(size), colour);
        if galley.size().x < 1.0 {
            continue;
        }
        let room = galley.size() + Vec2::new(6.0, 0.0);
        let ground = if note.shape == NoteShape::Point {
            Rect::from_min_size(at + Vec2::new(SIZE_PT.x / 2.0 + 3.0, -SIZE_PT.y / 2.0 - 1.0), room)
        } else {
            Rect::from_center_size(at, room)
        };
        painter.rect_filled(ground, 3.0, LABEL_LIGHT.gamma_multiply(0.85));
        painter.galley(ground.min + Vec2::new(3.0, 0.0), galley, Color32::PLACEHOLDER);
    }
}

/// A line, an arrow or an area, on a light rim.
fn stroke(painter: &Painter, shape: NoteShape, points: Vec<Pos2>, ink: Color32) {
    if shape == NoteShape::Area {
        painter.extend(filled(&points, ink.gamma_multiply(0.22)));
    }
    let places: Vec<[f32; 2]> = points.iter().map(|p| [p.x, p.y]).collect();
    let head = NoteEntry::arrow_head(&places, ARROW_PT).filter(|_| shape == NoteShape::Arrow);
    painter.add(Shape::line(points.clone(), Stroke::new(5.0, LABEL_LIGHT)));
    if let Some(head) = head {
        painter.add(Shape::convex_polygon(
            head.map(|[x, y]| Pos2::new(x, y)).to_vec(),
            ink,
            Stroke::new(1.5, LABEL_LIGHT),
        ));
    }
    painter.add(Shape::line(points, Stroke::new(2.6, ink)));
}

/// A ring filled, whatever its shape: egui fills convex ones only.
fn filled(points: &[Pos2], ink: Color32) -> Option<Shape> {
    use geo::TriangulateEarcut;
    let ring: Vec<geo_types::Coord<f64>> =
        points.iter().map(|p| geo_types::Coord { x: f64::from(p.x), y: f64::from(p.y) }).collect();
    let polygon = geo_types::Polygon::new(geo_types::LineString::new(ring), Vec::new());
    let mut mesh = egui::Mesh::default();
    for triangle in polygon.earcut_triangles() {
        let first = mesh.vertices.len() as u32;
        for c in triangle.to_array() {
            mesh.colored_vertex(Pos2::new(c.x as f32, c.y as f32), ink);
        }
        mesh.add_triangle(first, first + 1, first + 2);
    }
    (!mesh.is_empty()).then(|| Shape::mesh(mesh))
}

/// A small sheet of paper with a folded corner.
fn paper(painter: &Painter, at: Pos2, ground: Color32) {
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
    painter.add(Shape::convex_polygon(outline, ground, Stroke::new(1.2, LABEL_DARK)));
    for line in [5.5, 8.5] {
        let y = sheet.top() + line;
        painter.hline(sheet.left() + 2.5..=sheet.right() - 2.5, y, Stroke::new(1.0, LABEL_DARK));
    }
}
