//! A point that stands for a polygon.

use geo::{Area, InteriorPoint};
use geo_types::MultiPolygon;

use super::LonLat;
use super::contains::{Side, even_odd};

/// A point strictly inside the largest polygon (by planar area), away from its edges; `None` where there is no polygon
/// with an inside. Where the middle of the widest span lies on the border by rounding, its neighbours are tried.
pub fn representative_point(polygons: &MultiPolygon<f64>) -> Option<LonLat> {
    let mut by_area: Vec<_> = polygons.iter().map(|p| (p.unsigned_area(), p)).collect();
    by_area.sort_by(|a, b| b.0.total_cmp(&a.0));
    by_area.into_iter().find_map(|(_, polygon)| {
        let p = polygon.interior_point()?;
        let rings: Vec<Vec<[f64; 2]>> = std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(|r| r.0.iter().map(|c| [c.x, c.y]).collect())
            .collect();
        let at = [p.x(), p.y()];
        (even_odd(at, rings.iter().map(Vec::as_slice)) == Side::Inside).then(|| LonLat::new(at[0], at[1]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::polygon;

    #[test]
    fn inside_a_horseshoe_and_beside_a_hole() {
        let horseshoe = polygon![(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.), (x: 8., y: 9.), (x: 8., y: 1.),
            (x: 1., y: 1.), (x: 1., y: 9.), (x: 0., y: 9.)];
        let ring = polygon!(exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 4.)],
            interiors: [[(x: 1., y: 1.), (x: 1., y: 3.), (x: 3., y: 3.), (x: 3., y: 1.)]]);
        for p in [horseshoe, ring] {
            assert!(representative_point(&MultiPolygon(vec![p])).is_some());
        }
    }
}
