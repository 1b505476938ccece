//! A flat plane in metres around the district, and the few measures that the generator needs on it.
//!
//! Only + - × ÷ and square roots are used: IEEE 754 rounds them in one way, so every machine gets the same bytes.

/// Metres per degree of longitude and latitude at 40.06° N, near enough for a drawing.
const METRES_PER_DEGREE: Pt = Pt { x: 85_330.0, y: 111_035.0 };
/// Longitude and latitude of the plane's origin, in 10⁻⁷ degrees.
const ORIGIN_E7: Fixed = Fixed { lon: 1_162_000_000, lat: 400_600_000 };

/// A position on the plane, metres east and north of the origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pt {
    pub x: f64,
    pub y: f64,
}

/// A position as written: 10⁻⁷ degrees, whole numbers, so that two sides of a border cannot differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed {
    pub lon: i64,
    pub lat: i64,
}

impl Pt {
    pub fn from_degrees(lon: f64, lat: f64) -> Self {
        Fixed { lon: (lon * 1e7).round() as i64, lat: (lat * 1e7).round() as i64 }.on_plane()
    }

    pub fn fixed(self) -> Fixed {
        Fixed {
            lon: ORIGIN_E7.lon + (self.x / METRES_PER_DEGREE.x * 1e7).round() as i64,
            lat: ORIGIN_E7.lat + (self.y / METRES_PER_DEGREE.y * 1e7).round() as i64,
        }
    }

    pub fn plus(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y }
    }

    /// The point at `t` of the way to `other`.
    pub fn towards(self, other: Self, t: f64) -> Self {
        Self { x: self.x + (other.x - self.x) * t, y: self.y + (other.y - self.y) * t }
    }

    pub fn distance2(self, other: Self) -> f64 {
        let (x, y) = (other.x - self.x, other.y - self.y);
        x * x + y * y
    }

    pub fn distance(self, other: Self) -> f64 {
        self.distance2(other).sqrt()
    }
}

impl Fixed {
    pub fn on_plane(self) -> Pt {
        Pt {
            x: (self.lon - ORIGIN_E7.lon) as f64 / 1e7 * METRES_PER_DEGREE.x,
            y: (self.lat - ORIGIN_E7.lat) as f64 / 1e7 * METRES_PER_DEGREE.y,
        }
    }
}

/// The ring's sides, the closing one included; the ring does not repeat its first point.
pub fn sides(ring: &[Pt]) -> impl Iterator<Item = (Pt, Pt)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Area in m², positive for a counter-clockwise ring, and the centroid.
pub fn area_and_centroid(ring: &[Pt]) -> (f64, Pt) {
    let (mut area2, mut x, mut y) = (0.0, 0.0, 0.0);
    for (a, b) in sides(ring) {
        let cross = a.x * b.y - b.x * a.y;
        area2 += cross;
        x += (a.x + b.x) * cross;
        y += (a.y + b.y) * cross;
    }
    (area2 / 2.0, Pt { x: x / (3.0 * area2), y: y / (3.0 * area2) })
}

/// Whether `p` lies inside the ring (even-odd rule).
pub fn contains(ring: &[Pt], p: Pt) -> bool {
    let crosses = |(a, b): &(Pt, Pt)| (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x;
    sides(ring).filter(crosses).count() % 2 == 1
}

/// Metres from `p` to the ring's nearest side.
pub fn border_distance(ring: &[Pt], p: Pt) -> f64 {
    let to_side = |(a, b): (Pt, Pt)| {
        let length2 = a.distance2(b);
        let along = (p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y);
        let t = if length2 > 0.0 { (along / length2).clamp(0.0, 1.0) } else { 0.0 };
        p.distance2(a.towards(b, t))
    };
    sides(ring).map(to_side).fold(f64::MAX, f64::min).sqrt()
}
