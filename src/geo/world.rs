//! Web Mercator (EPSG:3857) as a unit square, and as a grid of 2³² steps for the GPU.

use std::f64::consts::PI;

/// A position in degrees on WGS 84 (EPSG:4326) or CGCS2000 (EPSG:4490), which are equal for display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    /// Longitude in degrees, east positive.
    pub lon_deg: f64,
    /// Latitude in degrees, north positive.
    pub lat_deg: f64,
}

/// A position in the world square: `x` runs east from 180° W, `y` south from 85.05° N, both 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldPos {
    /// 0 at 180° W, 1 at 180° E.
    pub x: f64,
    /// 0 at the northern edge, 1 at the southern.
    pub y: f64,
}

/// A world position in steps of 2⁻³² of the square (9.3 mm at the equator): what vertex buffers hold. The shader
/// subtracts two of them as integers, so that nothing jitters at any zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GridPos {
    /// Steps east.
    pub x: u32,
    /// Steps south.
    pub y: u32,
}

/// log₂ of the number of grid steps along the world.
pub const GRID_BITS: u32 = 32;

/// Latitude at which the Web Mercator square ends: atan(sinh(π)).
pub const MAX_LATITUDE_DEG: f64 = 85.051_128_779_806_59;

/// Circumference of the sphere of Web Mercator in metres (2π · 6,378,137 m).
const CIRCUMFERENCE_M: f64 = 2.0 * PI * 6_378_137.0;

impl LonLat {
    /// A position from degrees.
    pub fn new(lon_deg: f64, lat_deg: f64) -> Self {
        Self { lon_deg, lat_deg }
    }

    /// Whether both are finite and within ±180° and ±90°.
    pub fn is_valid(self) -> bool {
        self.lon_deg.abs() <= 180.0 && self.lat_deg.abs() <= 90.0
    }
}

impl WorldPos {
    /// Spherical Mercator projection of the degrees (EPSG:3857; Snyder 1987, eq. 7-1 and 7-2). Latitudes beyond ±85.05°
    /// stand at the edge; what is not a number becomes the centre.
    pub fn from_lonlat(p: LonLat) -> Self {
        let lat = p.lat_deg.clamp(-MAX_LATITUDE_DEG, MAX_LATITUDE_DEG).to_radians();
        let x = p.lon_deg / 360.0 + 0.5;
        let y = 0.5 - lat.sin().atanh() / (2.0 * PI);
        let safe = |v: f64| if v.is_finite() { v } else { 0.5 };
        Self { x: safe(x), y: safe(y) }
    }

    /// Back to degrees.
    pub fn to_lonlat(self) -> LonLat {
        let lat = ((0.5 - self.y) * 2.0 * PI).sinh().atan();
        LonLat { lon_deg: (self.x - 0.5) * 360.0, lat_deg: lat.to_degrees() }
    }

    /// The nearest grid position; outside the square, its edge.
    pub fn to_grid(self) -> GridPos {
        let steps = GRID_STEPS;
        // `as` saturates: negative becomes 0, too large becomes u32::MAX.
        GridPos { x: (self.x * steps).round() as u32, y: (self.y * steps).round() as u32 }
    }
}

impl GridPos {
    /// Back to the world square.
    pub fn to_world(self) -> WorldPos {
        let steps = GRID_STEPS;
        WorldPos { x: f64::from(self.x) / steps, y: f64::from(self.y) / steps }
    }
}

/// Web Mercator onto the grid by a table: for buffers of millions of positions. The error is below a thousandth of a grid
/// step, so that of two methods at most one position in a thousand differs, by one step; equal positions stay equal.
pub struct Mercator {
    /// `y` in grid steps and its slope per cell at the lower end of each cell of latitude.
    nodes: Vec<[f64; 2]>,
}

/// Cells of the table per degree of latitude.
const CELLS_PER_DEG: f64 = 64.0;

impl Mercator {
    /// The table, made once.
    pub fn shared() -> &'static Self {
        static TABLE: std::sync::LazyLock<Mercator> = std::sync::LazyLock::new(Mercator::new);
        &TABLE
    }

    fn new() -> Self {
        let count = (2.0 * MAX_LATITUDE_DEG * CELLS_PER_DEG).ceil() as usize + 2;
        let node = |i: usize| {
            let lat = (i as f64 / CELLS_PER_DEG - MAX_LATITUDE_DEG).to_radians();
            let y = 0.5 - lat.sin().atanh() / (2.0 * PI);
            let slope = -(1.0 / CELLS_PER_DEG).to_radians() / (lat.cos() * 2.0 * PI);
            [y * GRID_STEPS, slope * GRID_STEPS]
        };
        Self { nodes: (0..count).map(node).collect() }
    }

    /// What [`WorldPos::from_lonlat`] and [`WorldPos::to_grid`] give, by cubic Hermite interpolation over latitude.
    pub fn to_grid(&self, p: LonLat) -> GridPos {
        let x = (p.lon_deg / 360.0 + 0.5) * GRID_STEPS;
        let at = (p.lat_deg.clamp(-MAX_LATITUDE_DEG, MAX_LATITUDE_DEG) + MAX_LATITUDE_DEG) * CELLS_PER_DEG;
        let cell = at as usize;
        let (Some([y0, m0]), Some([y1, m1]), true) =
            (self.nodes.get(cell), self.nodes.get(cell + 1), x.is_finite() && at.is_finite())
        else {
            return WorldPos::from_lonlat(p).to_grid();
        };
        let t = at - cell as f64;
        let rise = y1 - y0;
        let y = y0 + t * (m0 + t * ((3.0 * rise - 2.0 * m0 - m1) + t * (m0 + m1 - 2.0 * rise)));
        // Half a step up and cut off: rounds as `round` does, and saturates.
        GridPos { x: (x + 0.5) as u32, y: (y + 0.5) as u32 }
    }
}

/// Grid steps along the world.
const GRID_STEPS: f64 = 4_294_967_296.0;

/// Ground metres that one unit of the world square spans at a latitude: Mercator stretches by 1 / cos φ.
pub fn ground_metres_per_world(lat_deg: f64) -> f64 {
    CIRCUMFERENCE_M * lat_deg.to_radians().cos()
}

/// The N of 1 : N where the world is so many points wide, 1/96 inch each, at a latitude.
///
/// ```
/// // At zoom 12 a point at the equator is 38.2 m.
/// assert_eq!(qiancun::geo::scale_denominator(256.0 * 4096.0, 0.0).round(), 144_448.0);
/// ```
pub fn scale_denominator(points_per_world: f64, lat_deg: f64) -> f64 {
    const METRES_PER_POINT: f64 = 0.0254 / 96.0;
    ground_metres_per_world(lat_deg) / points_per_world / METRES_PER_POINT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_proj() {
        // pyproj 3.7.2 (PROJ 9.5.1): Transformer.from_crs(4326, 3857, always_xy=True).transform(116.3, 40.05)
        let w = WorldPos::from_lonlat(LonLat::new(116.3, 40.05));
        let (e, n) = ((w.x - 0.5) * CIRCUMFERENCE_M, (0.5 - w.y) * CIRCUMFERENCE_M);
        assert!((e - 12_946_456.779_258).abs() < 1e-5, "{e}");
        assert!((n - 4_873_210.805_686).abs() < 1e-5, "{n}");
    }

    #[test]
    fn there_and_back() {
        for (lon, lat) in [(116.3, 40.05), (-179.9, -84.0), (0.0, 0.0), (180.0, 85.0)] {
            let p = WorldPos::from_lonlat(LonLat::new(lon, lat)).to_lonlat();
            assert!((p.lon_deg - lon).abs() < 1e-12 && (p.lat_deg - lat).abs() < 1e-12);
            let g = WorldPos::from_lonlat(LonLat::new(lon, lat)).to_grid().to_world().to_lonlat();
            assert!((g.lon_deg - lon).abs() < 1e-7 && (g.lat_deg - lat).abs() < 1e-7);
        }
    }

    #[test]
    fn the_table_agrees_with_the_formula() {
        for i in 0..200_000_u32 {
            let lat = -85.051 + 170.102 * f64::from(i.wrapping_mul(2_654_435_761)) / 4_294_967_296.0;
            let p = LonLat::new(f64::from(i) / 1000.0 - 100.0, lat);
            let (table, formula) = (Mercator::shared().to_grid(p), WorldPos::from_lonlat(p).to_grid());
            assert!(table.x == formula.x && table.y.abs_diff(formula.y) <= 1, "{p:?} {table:?} {formula:?}");
        }
        for p in
            [LonLat::new(f64::NAN, 0.0), LonLat::new(0.0, f64::NAN), LonLat::new(0.0, 90.0), LonLat::new(500.0, -90.0)]
        {
            let (table, formula) = (Mercator::shared().to_grid(p), WorldPos::from_lonlat(p).to_grid());
            assert_eq!(table, formula);
        }
    }

    #[test]
    fn poles_and_nonsense_stay_on_the_map() {
        for (lon, lat) in [(0.0, 90.0), (0.0, -95.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            let w = WorldPos::from_lonlat(LonLat::new(lon, lat));
            assert!((0.0..=1.0).contains(&w.x) && (-1e-9..=1.0 + 1e-9).contains(&w.y), "{w:?}");
        }
    }
}
