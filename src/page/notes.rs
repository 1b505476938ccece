//! Notes on the map of a page, as the window draws them.

use super::map::MapFrame;
use super::svg::{At, Svg, Type, hex, num};
use crate::geo::WorldPos;
use crate::palette::{LABEL_DARK, LABEL_LIGHT, NOTE, NOTE_LINE};
use crate::project::{NoteEntry, NoteShape};
use crate::session::Session;

/// Draws the notes that are shown.
pub(super) fn draw(svg: &mut Svg, session: &Session, frame: &MapFrame, u: f32) {
    let rgb = |c: egui::Color32| [c.r(), c.g(), c.b()];
    let light = hex(rgb(LABEL_LIGHT));
    for note in session.shown_notes() {
        let places: Vec<[f32; 2]> = note.positions().into_iter().map(|p| frame.at(WorldPos::from_lonlat(p))).collect();
        if !note.shape.is_place() {
            let ink = hex(note.rgb().unwrap_or(rgb(NOTE_LINE)));
            let is_area = note.shape == NoteShape::Area;
            let joined: Vec<String> = places.iter().map(|[x, y]| format!("{} {}", num(*x), num(*y))).collect();
            let d = format!("M{}{}", joined.join(" L"), if is_area { " Z" } else { "" });
            let fill =
                if is_area { format!("fill=\"{ink}\" fill-opacity=\"0.22\"") } else { "fill=\"none\"".to_owned() };
            let pen = |colour: &str, width: f32| {
                format!(
                    "stroke=\"{colour}\" stroke-width=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"",
                    num(width * u)
                )
            };
            svg.path(&d, &format!("fill=\"none\" {}", pen(&light, 4.0)));
            svg.path(&d, &format!("{fill} {}", pen(&ink, 2.0)));
            if let Some(head) = NoteEntry::arrow_head(&places, 11.0 * u).filter(|_| note.shape == NoteShape::Arrow) {
                let corners = head.map(|[x, y]| format!("{} {}", num(x), num(y)));
                let head = format!("M{} Z", corners.join(" L"));
                svg.path(&head, &format!("fill=\"{ink}\" {}", pen(&light, 1.0)));
            }
        }
        let at = frame.at(WorldPos::from_lonlat(note.at()));
        if !frame.holds(at, 4.0) {
            continue;
        }
        if note.shape == NoteShape::Point {
            let (w, h) = (9.0 * u, 10.0 * u);
            let paper = hex(note.rgb().unwrap_or(rgb(NOTE)));
            let ink = hex(rgb(LABEL_DARK));
            svg.rect([at[0] - w / 2.0, at[1] - h / 2.0, w, h], &paper, 1.0, Some((&ink, 1.0)));
        }
        let words = note.words();
        if words.is_empty() {
            continue;
        }
        let ink = hex(note.rgb().filter(|_| note.shape == NoteShape::Text).unwrap_or(rgb(LABEL_DARK)));
        let size = if note.shape == NoteShape::Text { 12.0 } else { 10.0 } * u;
        let halo = Some((light.as_str(), 3.0 * u));
        let (x, place) =
            if note.shape == NoteShape::Point { (at[0] + 8.0 * u, At::Start) } else { (at[0], At::Middle) };
        svg.text(x, at[1] + size * 0.36, words, Type { halo, ..Type::new(size, &ink).at(place) });
    }
}
