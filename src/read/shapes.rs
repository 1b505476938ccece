//! Geometry of nested formats, part by part: which kind several parts make together.

use crate::model::{GeometryKind, GeometryStore, PartKind};

/// The kind of the parts from one on: as single as they are, unless they were written as several.
pub(super) fn kind_of_parts(store: &GeometryStore, first: usize, is_multiple: bool) -> GeometryKind {
    let parts = store.parts.get(first..).unwrap_or(&[]);
    let Some(kind) = parts.first().map(|p| p.kind) else { return GeometryKind::Null };
    if parts.iter().any(|p| p.kind != kind) {
        return GeometryKind::GeometryCollection;
    }
    match (kind, is_multiple || parts.len() > 1) {
        (PartKind::Point, false) => GeometryKind::Point,
        (PartKind::Point, true) => GeometryKind::MultiPoint,
        (PartKind::Line, false) => GeometryKind::LineString,
        (PartKind::Line, true) => GeometryKind::MultiLineString,
        (PartKind::Polygon, false) => GeometryKind::Polygon,
        (PartKind::Polygon, true) => GeometryKind::MultiPolygon,
    }
}
