//! Grey numbers for facilities that would lie over one another, where one looks from afar.

use egui::{Align2, Color32, CornerRadius, FontFamily, FontId, Painter, Pos2, Rect, Stroke, Vec2};

use crate::geo::{LonLat, WorldPos};
use crate::palette::{CASING, LABEL_LIGHT, SELECTION};
use crate::session::{Cluster, Pivot, Session};

/// Most selected points with a ring.
const MAX_RINGS: usize = 500;
/// Height of a cluster in points.
const HEIGHT_PT: f32 = 14.0;

/// Width and height of a cluster in points: wider for more digits.
pub fn size_pt(count: usize) -> Vec2 {
    let digits = count.max(1).ilog10() as f32 + 1.0;
    Vec2::new((HEIGHT_PT + 5.2 * (digits - 1.0)).round(), HEIGHT_PT)
}

/// The cluster under a position, as an offset from the middle of the map.
pub fn cluster_at(session: &Session, [x, y]: Pivot) -> Option<usize> {
    let symbols = session.symbols()?;
    let is_hit = |c: &Cluster| {
        let [cx, cy] = session.camera.offset_of(c.at);
        let half = size_pt(c.members.len()) / 2.0 + Vec2::splat(2.0);
        (cx - x).abs() <= f64::from(half.x) && (cy - y).abs() <= f64::from(half.y)
    };
    symbols.clusters.iter().position(is_hit)
}

/// Draws the clusters in view.
pub fn show(painter: &Painter, rect: Rect, session: &Session) {
    let Some(symbols) = session.symbols() else { return };
    let t = session.tokens();
    for cluster in &symbols.clusters {
        let [x, y] = session.camera.offset_of(cluster.at);
        let at = rect.center() + Vec2::new(x as f32, y as f32);
        let at = Pos2::new(at.x.round(), at.y.round());
        if !rect.expand(20.0).contains(at) {
            continue;
        }
        let place = Rect::from_center_size(at, size_pt(cluster.members.len()));
        painter.rect_filled(place.expand(1.0), CornerRadius::same(8), LABEL_LIGHT.gamma_multiply(0.8));
        painter.rect_filled(place, CornerRadius::same(7), t.cluster);
        let font = FontId::new(9.5, FontFamily::Name("bold".into()));
        painter.text(at, Align2::CENTER_CENTER, cluster.members.len().to_string(), font, LABEL_LIGHT);
    }
}

/// Rings around the selected points: they have no outline of their own.
pub fn selected_points(painter: &Painter, rect: Rect, session: &Session) {
    let Some((key, features)) = &session.document.selection else { return };
    let Some(loaded) = session.layers.get(key).and_then(|l| l.loaded()).filter(|l| l.is_points()) else { return };
    let colour = |[r, g, b, a]: [u8; 4]| Color32::from_rgba_unmultiplied(r, g, b, a);
    for feature in features.iter().take(MAX_RINGS) {
        for [lon, lat] in loaded.dataset.geometry.positions_of(*feature) {
            let [x, y] = session.camera.offset_of(WorldPos::from_lonlat(LonLat::new(*lon, *lat)));
            let at = rect.center() + Vec2::new(x as f32, y as f32);
            painter.circle_stroke(at, 9.5, Stroke::new(5.0, colour(CASING)));
            painter.circle_stroke(at, 9.5, Stroke::new(2.6, colour(SELECTION)));
        }
    }
}
