//! Gaps on the map, while their list is open: beside the name of each village how many it has, in the colour of the worst.

use egui::{Align2, CornerRadius, FontFamily, FontId, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2};

use crate::model::FeatureId;
use crate::palette::LABEL_LIGHT;
use crate::rules::GapSeverity;
use crate::session::Session;

/// Height of a mark in points.
const HEIGHT_PT: f32 = 14.0;

/// A mark in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlacedMark {
    /// The villages it stands for.
    pub villages: Vec<FeatureId>,
    /// The worst of its gaps.
    pub severity: GapSeverity,
    /// How many gaps.
    pub count: usize,
    /// Where, as an offset from the middle of the map.
    pub at: Rect,
}

/// Width and height of a mark in points.
pub(super) fn size_pt(count: usize, scale: f32) -> Vec2 {
    let digits = count.max(1).ilog10() as f32 + 1.0;
    Vec2::new(HEIGHT_PT + 6.0 * (digits - 1.0), HEIGHT_PT) * scale
}

/// Adds a mark; one that would lie over another becomes one with it.
pub(super) fn add(marks: &mut Vec<PlacedMark>, mark: PlacedMark) {
    match marks.iter_mut().find(|m| m.at.intersects(mark.at)) {
        Some(there) => {
            there.count += mark.count;
            there.severity = there.severity.min(mark.severity);
            there.villages.extend(mark.villages);
            let scale = there.at.height() / HEIGHT_PT;
            there.at = Rect::from_center_size(there.at.center(), size_pt(there.count, scale));
        }
        None => marks.push(mark),
    }
}

/// Draws marks around the middle of the map.
pub(super) fn show(painter: &Painter, middle: Pos2, session: &Session, marks: &[PlacedMark]) {
    let t = session.tokens();
    for mark in marks {
        let rect = mark.at.translate(middle.to_vec2());
        let ink = session.gap_ink(mark.severity);
        // Filled for what comes first: told apart without colour.
        let is_first = mark.severity == GapSeverity::High;
        let (ground, letters) = if is_first { (ink, t.on_mark) } else { (t.panel, ink) };
        painter.rect_filled(rect.expand(1.0), CornerRadius::same(5), LABEL_LIGHT.gamma_multiply(0.9));
        painter.rect_filled(rect, CornerRadius::same(4), ground);
        painter.rect_stroke(rect, CornerRadius::same(4), Stroke::new(1.4, ink), StrokeKind::Inside);
        let font = FontId::new(10.0 * rect.height() / HEIGHT_PT, FontFamily::Name("bold".into()));
        painter.text(rect.center(), Align2::CENTER_CENTER, mark.count.to_string(), font, letters);
    }
}
