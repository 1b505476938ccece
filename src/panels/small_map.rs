//! A small map of a few villages among their neighbours, drawn by the interface's own painter: where rows may belong.

use egui::{Align2, Color32, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2};

use super::style::bold;
use crate::geo::{BoundsDeg, LonLat, WorldPos};
use crate::model::FeatureId;
use crate::session::{Loaded, Session};

/// Height of the map in points.
const HEIGHT: f32 = 150.0;
/// Most neighbours that are drawn.
const MOST: usize = 300;
/// Share of the villages' extent that is drawn around them.
const AROUND: f64 = 0.6;

/// Shows villages by their numbers, the first being 1, among their neighbours. Nothing where none has an area.
pub fn show(ui: &mut Ui, session: &Session, loaded: &Loaded, villages: &[FeatureId], words: &str) {
    let geometry = &loaded.dataset.geometry;
    let bounds = villages.iter().filter_map(|v| geometry.bounds_of(*v)).reduce(BoundsDeg::union);
    let Some(bounds) = bounds else { return };
    let bounds = bounds.with_room(AROUND, 0.002);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), HEIGHT), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, words));
    let t = session.tokens();
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, 6.0, t.panel);
    let view = View::of(bounds, rect);
    let line = |ring: &[[f64; 2]], stroke: Stroke, fill: Color32| {
        let points = view.ring(ring);
        if points.len() > 2 && fill != Color32::TRANSPARENT {
            painter.add(fan(&points, fill));
        }
        painter.add(Shape::closed_line(points, stroke));
    };
    for neighbour in loaded.spatial().in_rectangle(bounds).into_iter().take(MOST) {
        for ring in geometry.polygons_of(neighbour).flat_map(|part| geometry.rings_of(part)) {
            line(ring, Stroke::new(1.0, t.line), Color32::TRANSPARENT);
        }
    }
    for village in villages {
        for ring in geometry.polygons_of(*village).flat_map(|part| geometry.rings_of(part).take(1)) {
            line(ring, Stroke::new(1.6, t.accent), t.accent.gamma_multiply(0.16));
        }
    }
    for (at, village) in villages.iter().enumerate() {
        let Some([w, s, e, n]) = geometry.bounds_of(*village).map(BoundsDeg::sides) else { continue };
        let at_pt = view.at(LonLat::new((w + e) / 2.0, (s + n) / 2.0));
        painter.circle_filled(at_pt, 9.0, t.accent);
        painter.text(at_pt, Align2::CENTER_CENTER, (at + 1).to_string(), bold(12.0), t.panel);
    }
}

/// A ring as triangles, without its holes: a tint under an outline.
fn fan(points: &[Pos2], fill: Color32) -> Shape {
    let mut mesh = egui::Mesh::default();
    let corners = points.iter().map(|p| [p.x, p.y]);
    let mut triangles: Vec<u32> = Vec::new();
    earcut::Earcut::new().earcut(corners, &[], &mut triangles);
    for at in points {
        mesh.colored_vertex(*at, fill);
    }
    mesh.indices = triangles;
    Shape::mesh(mesh)
}

/// From longitude and latitude to points of the window.
struct View {
    corner: WorldPos,
    scale: f64,
    origin: Pos2,
}

impl View {
    fn of(bounds: BoundsDeg, rect: Rect) -> Self {
        let (north_west, south_east) = bounds.corners();
        let (a, b) = (WorldPos::from_lonlat(north_west), WorldPos::from_lonlat(south_east));
        let (width, height) = ((b.x - a.x).max(1e-12), (b.y - a.y).max(1e-12));
        let scale = (f64::from(rect.width()) / width).min(f64::from(rect.height()) / height);
        let room = Vec2::new((width * scale) as f32, (height * scale) as f32);
        Self { corner: a, scale, origin: rect.center() - room / 2.0 }
    }

    fn at(&self, at: LonLat) -> Pos2 {
        let world = WorldPos::from_lonlat(at);
        let (x, y) = ((world.x - self.corner.x) * self.scale, (world.y - self.corner.y) * self.scale);
        self.origin + Vec2::new(x as f32, y as f32)
    }

    /// A ring without positions that fall on the one before.
    fn ring(&self, ring: &[[f64; 2]]) -> Vec<Pos2> {
        let mut points: Vec<Pos2> = Vec::new();
        for [lon, lat] in ring {
            let at = self.at(LonLat::new(*lon, *lat));
            if points.last().is_none_or(|last| last.distance(at) >= 0.7) {
                points.push(at);
            }
        }
        points
    }
}
