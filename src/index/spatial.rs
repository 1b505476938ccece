//! Which features lie at a point or in a rectangle.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::geo::{BoundsDeg, LonLat, Side, even_odd};
use crate::model::{FeatureId, GeometryStore, PartKind};

/// An R-tree over the envelopes of all features, in degrees.
pub struct SpatialIndex {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, FeatureId>>,
}

impl SpatialIndex {
    /// Builds the tree in one go (bulk loading); features without geometry are left out.
    pub fn new(geometry: &GeometryStore) -> Self {
        let envelopes = FeatureId::all(geometry.features.len() as u32).filter_map(|feature| {
            let [w, s, e, n] = geometry.bounds_of(feature)?.sides();
            Some(GeomWithData::new(Rectangle::from_corners([w, s], [e, n]), feature))
        });
        Self { tree: RTree::bulk_load(envelopes.collect()) }
    }

    /// Features whose polygons contain the point, borders included, in file order. Even-odd over all rings: see
    /// [`even_odd`].
    pub fn at_point(&self, geometry: &GeometryStore, at: LonLat) -> Vec<FeatureId> {
        let point = [at.lon_deg, at.lat_deg];
        let mut hits: Vec<FeatureId> = self
            .tree
            .locate_in_envelope_intersecting(&AABB::from_point(point))
            .filter(|entry| {
                let rings = geometry
                    .polygons_of(entry.data)
                    .flat_map(|part| geometry.rings_of(part))
                    .filter(|ring| ring.len() >= 4);
                even_odd(point, rings) != Side::Outside
            })
            .map(|entry| entry.data)
            .collect();
        hits.sort_unstable();
        hits
    }

    /// Features whose envelope meets the rectangle, in file order.
    pub fn in_rectangle(&self, bounds: BoundsDeg) -> Vec<FeatureId> {
        let [w, s, e, n] = bounds.sides();
        let mut hits: Vec<FeatureId> = self
            .tree
            .locate_in_envelope_intersecting(&AABB::from_corners([w, s], [e, n]))
            .map(|entry| entry.data)
            .collect();
        hits.sort_unstable();
        hits
    }

    /// Point features (and points within collections) within `radius_deg` of a position, nearest first by degrees.
    pub fn points_near(&self, geometry: &GeometryStore, at: LonLat, radius_deg: f64) -> Vec<FeatureId> {
        let stretch = at.lat_deg.to_radians().cos().max(0.05);
        let rectangle = around(at, radius_deg, stretch);
        let distance = |c: &[f64; 2]| ((c[0] - at.lon_deg) * stretch).hypot(c[1] - at.lat_deg);
        self.within(geometry, rectangle, radius_deg, PartKind::Point, |ring| {
            ring.iter().map(distance).fold(f64::INFINITY, f64::min)
        })
    }

    /// Line features that pass within a radius in degrees of latitude of a position, nearest first.
    pub fn lines_near(&self, geometry: &GeometryStore, at: LonLat, radius_deg: f64) -> Vec<FeatureId> {
        self.edges_near(geometry, at, radius_deg, PartKind::Line)
    }

    /// Areas whose border passes within a radius in degrees of latitude of a position, nearest first.
    pub fn borders_near(&self, geometry: &GeometryStore, at: LonLat, radius_deg: f64) -> Vec<FeatureId> {
        self.edges_near(geometry, at, radius_deg, PartKind::Polygon)
    }

    fn edges_near(&self, geometry: &GeometryStore, at: LonLat, radius_deg: f64, kind: PartKind) -> Vec<FeatureId> {
        let stretch = at.lat_deg.to_radians().cos().max(0.01);
        let rectangle = around(at, radius_deg, stretch);
        let local = |c: &[f64; 2]| [(c[0] - at.lon_deg) * stretch, c[1] - at.lat_deg];
        self.within(geometry, rectangle, radius_deg, kind, |line| {
            line.windows(2).map(|w| from_origin(local(&w[0]), local(&w[1]))).fold(f64::INFINITY, f64::min)
        })
    }

    /// Features with a part of a kind whose distance is within a radius, nearest first.
    fn within(
        &self,
        geometry: &GeometryStore,
        rectangle: BoundsDeg,
        radius_deg: f64,
        kind: PartKind,
        distance: impl Fn(&[[f64; 2]]) -> f64,
    ) -> Vec<FeatureId> {
        let of = |feature: FeatureId| {
            let parts = geometry.parts_of(feature).iter().filter(|p| p.kind == kind);
            let nearest = parts.flat_map(|p| geometry.rings_of(p)).map(&distance).fold(f64::INFINITY, f64::min);
            (nearest <= radius_deg).then_some((nearest, feature))
        };
        let mut hits: Vec<(f64, FeatureId)> = self.in_rectangle(rectangle).into_iter().filter_map(of).collect();
        hits.sort_by(|a, b| a.0.total_cmp(&b.0));
        hits.into_iter().map(|(_, feature)| feature).collect()
    }
}

/// The rectangle around a position.
fn around(at: LonLat, radius_deg: f64, stretch: f64) -> BoundsDeg {
    let wide = radius_deg / stretch;
    BoundsDeg::new([at.lon_deg - wide, at.lat_deg - radius_deg, at.lon_deg + wide, at.lat_deg + radius_deg])
}

/// How far an edge passes from the origin.
fn from_origin(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    let squared = dx * dx + dy * dy;
    let share = if squared > 0.0 { (-(a[0] * dx + a[1] * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + dx * share).hypot(a[1] + dy * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FeatureShape, GeometryKind, Part};

    #[test]
    fn lines_are_met_beside_their_corners_too() {
        let mut g = GeometryStore::default();
        for line in [[[0., 0.], [10., 0.]], [[0., 1.], [10., 1.]]] {
            g.coords.extend(line);
            g.ring_starts.push(g.coords.len() as u32);
            let i = g.parts.len() as u32;
            g.parts.push(Part { kind: PartKind::Line, ring_start: i, ring_end: i + 1 });
            g.features.push(FeatureShape { kind: GeometryKind::LineString, part_start: i, part_end: i + 1 });
        }
        let index = SpatialIndex::new(&g);
        let near = |y, reach| index.lines_near(&g, LonLat::new(5.0, y), reach);
        assert_eq!(near(0.1, 0.2), [0].map(FeatureId::new));
        assert_eq!(near(0.4, 0.7), [0, 1].map(FeatureId::new), "the nearer first");
        assert!(near(0.5, 0.2).is_empty());
    }

    fn squares(origins: &[[f64; 2]]) -> GeometryStore {
        let mut g = GeometryStore::default();
        for (i, [x, y]) in origins.iter().enumerate() {
            g.coords.extend([[*x, *y], [x + 2., *y], [x + 2., y + 2.], [*x, y + 2.], [*x, *y]]);
            g.ring_starts.push(g.coords.len() as u32);
            let i = i as u32;
            g.parts.push(Part { kind: PartKind::Polygon, ring_start: i, ring_end: i + 1 });
            g.features.push(FeatureShape { kind: GeometryKind::Polygon, part_start: i, part_end: i + 1 });
        }
        g
    }

    #[test]
    fn an_area_is_met_at_its_border() {
        let g = squares(&[[0., 0.]]);
        let index = SpatialIndex::new(&g);
        assert_eq!(index.borders_near(&g, LonLat::new(1.0, 0.05), 0.1), [0].map(FeatureId::new));
        assert!(index.borders_near(&g, LonLat::new(1.0, 1.0), 0.1).is_empty(), "not in its middle");
    }

    #[test]
    fn a_border_belongs_to_both_and_overlaps_are_all_found() {
        let g = squares(&[[0., 0.], [2., 0.], [1., 1.]]);
        let index = SpatialIndex::new(&g);
        assert_eq!(index.at_point(&g, LonLat::new(0.5, 0.5)), [0].map(FeatureId::new));
        assert_eq!(index.at_point(&g, LonLat::new(2.0, 0.5)), [0, 1].map(FeatureId::new));
        assert_eq!(index.at_point(&g, LonLat::new(1.5, 1.5)), [0, 2].map(FeatureId::new));
        assert!(index.at_point(&g, LonLat::new(9.0, 9.0)).is_empty());
        assert_eq!(index.in_rectangle(BoundsDeg::new([2.5, -1., 2.6, 0.5])), [1].map(FeatureId::new));
    }
}
