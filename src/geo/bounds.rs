//! Rectangles with sides along the axes, in degrees and in world units: two types, so that neither is taken for the other.

use super::{LonLat, WorldPos};

/// A rectangle in degrees of longitude and latitude.
///
/// # Units
/// Degrees; west is less than or equal to east, south to north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundsDeg {
    /// Least longitude.
    pub west_deg: f64,
    /// Least latitude.
    pub south_deg: f64,
    /// Greatest longitude.
    pub east_deg: f64,
    /// Greatest latitude.
    pub north_deg: f64,
}

impl BoundsDeg {
    /// West, south, east, north, in the order of GeoJSON's `bbox` (RFC 7946, section 5).
    ///
    /// ```
    /// use qiancun::geo::BoundsDeg;
    /// let beijing = BoundsDeg::new([115.4, 39.4, 117.5, 41.1]);
    /// assert_eq!(beijing.sides(), [115.4, 39.4, 117.5, 41.1]);
    /// ```
    pub const fn new([west_deg, south_deg, east_deg, north_deg]: [f64; 4]) -> Self {
        Self { west_deg, south_deg, east_deg, north_deg }
    }

    /// The same as four numbers: west, south, east, north.
    pub const fn sides(self) -> [f64; 4] {
        [self.west_deg, self.south_deg, self.east_deg, self.north_deg]
    }

    /// The rectangle of a point.
    pub fn of(at: LonLat) -> Self {
        Self::new([at.lon_deg, at.lat_deg, at.lon_deg, at.lat_deg])
    }

    /// The rectangle of positions, `[longitude, latitude]` each; `None` where there are none. Positions that are no numbers do not count.
    pub fn around<'a>(positions: impl Iterator<Item = &'a [f64; 2]>) -> Option<Self> {
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let [w, s, e, n] =
            positions.fold(start, |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]);
        (w <= e && s <= n).then_some(Self::new([w, s, e, n]))
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            west_deg: self.west_deg.min(other.west_deg),
            south_deg: self.south_deg.min(other.south_deg),
            east_deg: self.east_deg.max(other.east_deg),
            north_deg: self.north_deg.max(other.north_deg),
        }
    }

    /// Whether two rectangles have a position in common; their sides count.
    pub fn intersects(&self, other: &Self) -> bool {
        self.west_deg <= other.east_deg
            && other.west_deg <= self.east_deg
            && self.south_deg <= other.north_deg
            && other.south_deg <= self.north_deg
    }

    /// The same with so much more on each side: a share of width and height, at least `least_deg`.
    #[must_use]
    pub fn with_room(self, share: f64, least_deg: f64) -> Self {
        let dx = ((self.east_deg - self.west_deg) * share).max(least_deg);
        let dy = ((self.north_deg - self.south_deg) * share).max(least_deg);
        Self::new([self.west_deg - dx, self.south_deg - dy, self.east_deg + dx, self.north_deg + dy])
    }

    /// The corner at the north-west and that at the south-east.
    pub fn corners(self) -> (LonLat, LonLat) {
        (LonLat::new(self.west_deg, self.north_deg), LonLat::new(self.east_deg, self.south_deg))
    }
}

/// A rectangle of the world in Web Mercator.
///
/// # Units
/// World units: 0 at the west and the north, 1 at the east and the south, as [`WorldPos`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldBounds {
    /// Corner at the north-west.
    pub north_west: WorldPos,
    /// Corner at the south-east.
    pub south_east: WorldPos,
}

impl WorldBounds {
    /// West, north, east, south.
    pub const fn new([west, north, east, south]: [f64; 4]) -> Self {
        Self { north_west: WorldPos { x: west, y: north }, south_east: WorldPos { x: east, y: south } }
    }

    /// The same as four numbers: west, north, east, south.
    pub const fn sides(self) -> [f64; 4] {
        [self.north_west.x, self.north_west.y, self.south_east.x, self.south_east.y]
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let ([w, n, e, s], [a, b, c, d]) = (self.sides(), other.sides());
        Self::new([w.min(a), n.min(b), e.max(c), s.max(d)])
    }
}

impl From<BoundsDeg> for WorldBounds {
    fn from(bounds: BoundsDeg) -> Self {
        let (north_west, south_east) = bounds.corners();
        Self { north_west: WorldPos::from_lonlat(north_west), south_east: WorldPos::from_lonlat(south_east) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_nothing_there_is_nothing() {
        assert_eq!(BoundsDeg::around([].iter()), None);
        assert_eq!(BoundsDeg::around([[f64::NAN, 1.0]].iter()), None);
        let some = BoundsDeg::around([[2.0, 1.0], [0.0, 3.0]].iter()).expect("some");
        assert_eq!(some.sides(), [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn room_grows_all_sides_and_world_bounds_turn_the_north_up() {
        let point = BoundsDeg::of(LonLat::new(116.0, 40.0)).with_room(0.9, 0.5);
        assert_eq!(point.sides(), [115.5, 39.5, 116.5, 40.5]);
        let world = WorldBounds::from(point);
        assert!(world.north_west.y < world.south_east.y && world.north_west.x < world.south_east.x);
    }
}
