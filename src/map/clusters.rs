//! Rings with numbers, for facilities that would lie over one another.

use std::f32::consts::{FRAC_PI_2, TAU};

use egui::{Align2, Color32, FontFamily, FontId, Painter, Pos2, Rect, Shape, Stroke, Vec2};

use crate::geo::{LonLat, WorldPos};
use crate::palette::{CASING, LABEL_LIGHT, SELECTION, data_colour};
use crate::session::{Cluster, Pivot, Session};

/// Most selected points with a ring.
const MAX_RINGS: usize = 500;
/// Width of the ring in points.
const RING_PT: f32 = 3.6;

/// Radius of a cluster's ring in points: larger for more, slowly.
pub fn radius_pt(count: usize) -> f32 {
    9.0 + 2.2 * (count as f32).log10().max(0.0) * 1.6
}

/// The cluster under a position, as an offset from the middle of the map.
pub fn cluster_at(session: &Session, [x, y]: Pivot) -> Option<usize> {
    let symbols = session.symbols()?;
    let distance = |c: &Cluster| {
        let [cx, cy] = session.camera.offset_of(c.at);
        (cx - x).hypot(cy - y)
    };
    let hits = symbols.clusters.iter().enumerate().map(|(i, c)| (i, distance(c), c));
    hits.filter(|(_, d, c)| *d <= f64::from(radius_pt(c.members.len())) + 2.0)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(i, ..)| i)
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
        let radius = radius_pt(cluster.members.len());
        painter.circle_filled(at, radius + 1.6, LABEL_LIGHT);
        painter.circle_filled(at, radius - RING_PT, t.panel);
        let total = cluster.members.len() as f32;
        let mut from = -FRAC_PI_2;
        for (kind, count) in &cluster.kinds {
            let sweep = TAU * *count as f32 / total;
            arc(painter, at, radius - RING_PT / 2.0, from, sweep, data_colour(kind.colour()));
            from += sweep;
        }
        let font = FontId::new(if total < 100.0 { 10.5 } else { 9.0 }, FontFamily::Name("bold".into()));
        painter.text(at, Align2::CENTER_CENTER, cluster.members.len().to_string(), font, t.ink);
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

fn arc(painter: &Painter, centre: Pos2, radius: f32, from: f32, sweep: f32, colour: Color32) {
    let stroke = Stroke::new(RING_PT, colour);
    if sweep >= TAU - 1e-3 {
        painter.circle_stroke(centre, radius, stroke);
        return;
    }
    let steps = (sweep * 8.0).ceil().max(2.0) as usize;
    let point = |i: usize| centre + Vec2::angled(from + sweep * i as f32 / steps as f32) * radius;
    painter.add(Shape::line((0..=steps).map(point).collect(), stroke));
}
