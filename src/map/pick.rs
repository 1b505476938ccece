//! What lies under the pointer.

use crate::geo::LonLat;
use crate::model::FeatureId;
use crate::project::USUAL_LINE_PT;
use crate::render::LayerKey;
use crate::session::{ADDED_LAYER, Session};

/// How near to a symbol the pointer must be, in points.
const REACH_PT: f64 = 7.0;

/// How near to a line, beyond half its width: what lies beside it is to be met as well.
const LINE_REACH_PT: f64 = 3.5;

/// Features at a position, topmost layer first: symbols within reach, then lines within reach, then polygons that contain it. Hidden layers are
/// left out.
pub fn features_at(session: &Session, at: LonLat) -> Vec<(LayerKey, FeatureId)> {
    let reach_deg = REACH_PT / session.camera.points_per_world() * 360.0 * at.lat_deg.to_radians().cos();
    let mut found = Vec::new();
    let files = session.shown().filter(|(_, entry)| session.is_drawn(entry)).map(|(layer, _)| layer);
    for layer in session.layers.get(&ADDED_LAYER).into_iter().chain(files) {
        let Some(loaded) = layer.loaded().filter(|l| l.dataset.source.crs.is_geographic()) else { continue };
        let geometry = &loaded.dataset.geometry;
        // A large layer answers as soon as its features are sorted by place, a moment after it appears.
        let Some(index) = loaded.spatial_in_time() else { continue };
        let mut points = index.points_near(geometry, at, reach_deg);
        // Under a theme only what is drawn by itself can be met.
        if let Some(singles) = session.symbols().and_then(|s| s.singles.get(&layer.key)) {
            points.retain(|f| singles.contains_key(f));
        }
        let style = session.entry(layer.key).map(|e| &e.style);
        let pen_pt = style.and_then(|s| s.width_pt()).unwrap_or(USUAL_LINE_PT);
        let line_reach = LINE_REACH_PT + f64::from(pen_pt) / 2.0;
        let lines = index.lines_near(geometry, at, reach_deg * line_reach / REACH_PT);
        // Of what has no fill only the border is there: what lies in it is met through it. Villages are met anywhere.
        let is_villages = session.village_layer().is_some_and(|v| v.key == layer.key);
        let polygons = match !is_villages && style.is_some_and(|s| s.is_hollow()) {
            true => index.borders_near(geometry, at, reach_deg * line_reach / REACH_PT),
            false => index.at_point(geometry, at),
        };
        found.extend(points.into_iter().chain(lines).chain(polygons).map(|f| (layer.key, f)));
    }
    found
}
