//! GCJ-02 and BD-09: the shifted coordinates of Chinese map services, for handing places on to them.

use super::LonLat;

/// Krasovsky 1940 (EPSG:7024): semi-major axis in metres and squared eccentricity, as GCJ-02 uses them.
const A_M: f64 = 6_378_245.0;
const E2: f64 = 0.006_693_421_622_965_943;

/// The coordinates that a place gets in Chinese map services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChinaShift {
    /// GCJ-02: AMap, Tencent.
    Gcj02,
    /// BD-09: Baidu, GCJ-02 shifted once more.
    Bd09,
}

impl ChinaShift {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Gcj02, Self::Bd09];

    /// Name, as `crs` of the command line's JSON writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gcj02 => "GCJ-02",
            Self::Bd09 => "BD-09",
        }
    }

    /// The shifted place of one in WGS 84 or CGCS2000; the same place outside of China's rough bounds.
    ///
    /// # References
    /// No official text is public; the formula is the one recovered by the open community ("eviltransform", 2013–2015),
    /// good to a metre against the services.
    pub fn of(self, at: LonLat) -> LonLat {
        if !(72.004..=137.8347).contains(&at.lon_deg) || !(0.8293..=55.8271).contains(&at.lat_deg) {
            return at;
        }
        let gcj = gcj02(at);
        match self {
            Self::Gcj02 => gcj,
            Self::Bd09 => bd09(gcj),
        }
    }
}

impl ChinaShift {
    /// The place in WGS 84 that is shifted to the one given, by repeated correction: after six passes nothing is left that
    /// a double could show.
    pub fn undo(self, shifted: LonLat) -> LonLat {
        (0..6).fold(shifted, |at, _| {
            let there = self.of(at);
            LonLat::new(at.lon_deg + shifted.lon_deg - there.lon_deg, at.lat_deg + shifted.lat_deg - there.lat_deg)
        })
    }
}

fn gcj02(at: LonLat) -> LonLat {
    use std::f64::consts::PI;
    let (x, y) = (at.lon_deg - 105.0, at.lat_deg - 35.0);
    let waves =
        |v: f64, terms: [(f64, f64); 2]| terms.iter().map(|(a, f)| a * (v * f * PI).sin()).sum::<f64>() * 2.0 / 3.0;
    let common = waves(x, [(20.0, 6.0), (20.0, 2.0)]);
    let root = x.abs().sqrt();
    let dy = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
    let dy =
        dy + common + waves(y, [(20.0, 1.0), (40.0, 1.0 / 3.0)]) + waves(y, [(160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0)]);
    let dx = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
    let dx =
        dx + common + waves(x, [(20.0, 1.0), (40.0, 1.0 / 3.0)]) + waves(x, [(150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0)]);
    let (sin, cos) = at.lat_deg.to_radians().sin_cos();
    let w = 1.0 - E2 * sin * sin;
    let lat_deg = at.lat_deg + (dy * w * w.sqrt() / (A_M * (1.0 - E2))).to_degrees();
    LonLat::new(at.lon_deg + (dx * w.sqrt() / (A_M * cos)).to_degrees(), lat_deg)
}

fn bd09(gcj: LonLat) -> LonLat {
    const TURN: f64 = std::f64::consts::PI * 3000.0 / 180.0;
    let (x, y) = (gcj.lon_deg, gcj.lat_deg);
    let far = x.hypot(y) + 0.000_02 * (y * TURN).sin();
    let angle = y.atan2(x) + 0.000_003 * (x * TURN).cos();
    LonLat::new(far * angle.cos() + 0.0065, far * angle.sin() + 0.006)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published test values of the community's formula: WGS 84, then GCJ-02.
    #[test]
    fn shifts_agree_with_published_values() {
        for (lat, lon, gcj_lat, gcj_lon) in [
            (31.177_427_6, 121.527_210_6, 31.175_303_983_645_97, 121.531_541_859_215),
            (22.543_847, 113.912_316, 22.540_796_131_694_766, 113.917_176_480_836_3),
            (39.911_954, 116.377_817, 39.913_345_455_360_69, 116.384_047_224_556_57),
        ] {
            let found = ChinaShift::Gcj02.of(LonLat::new(lon, lat));
            assert!((found.lat_deg - gcj_lat).abs() < 1e-6 && (found.lon_deg - gcj_lon).abs() < 1e-6, "{found:?}");
        }
        let beijing = LonLat::new(116.2, 40.1);
        let far = crate::geo::distance_m(beijing, ChinaShift::Bd09.of(beijing));
        assert!((700.0..2_000.0).contains(&far), "{far}");
        for shift in ChinaShift::ALL {
            assert!(crate::geo::distance_m(beijing, shift.undo(shift.of(beijing))) < 1e-3);
        }
        let manila = LonLat::new(140.0, 14.6);
        assert_eq!(ChinaShift::Gcj02.of(manila), manila);
    }
}
