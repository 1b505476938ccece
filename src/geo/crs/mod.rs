//! Coordinate reference systems: from an EPSG code, a name or a well-known text to longitude and latitude on WGS 84, and back.
//!
//! Definitions are those of the EPSG registry as `crs-definitions` ships them, computed by `proj4rs`, which follows PROJ. Systems
//! of degrees that differ from WGS 84 by less than a metre are taken as they are, bit for bit.

mod definition;
mod mercator;
mod projected;
mod registry;
mod wkt;

use proj4rs::Proj;
use proj4rs::transform::{Transform, TransformClosure, transform};
use rayon::prelude::*;

use super::{ChinaShift, LonLat};

pub use wkt::MAX_WKT_BYTES;

/// Codes with the easting first whose texts do not say so.
const EASTING_FIRST: [u16; 7] = [6201, 6202, 6966, 8433, 8857, 8858, 8859];

/// Positions transformed in one go.
const PIECE: usize = 8_192;

/// A coordinate reference system.
#[derive(Clone, Debug)]
pub struct System {
    name: String,
    kind: Kind,
    accuracy: Accuracy,
}

#[derive(Clone)]
enum Kind {
    /// Degrees that are drawn as they are.
    Degrees(u32),
    /// Degrees of Chinese map services.
    Shifted(ChinaShift),
    /// Everything else, by PROJ's rules; back to degrees by its zone, where it is no more than one.
    Computed(Box<Proj>, Option<Box<mercator::Zone>>),
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Degrees(code) => write!(f, "Degrees({code})"),
            Self::Shifted(shift) => write!(f, "Shifted({shift:?})"),
            Self::Computed(proj, _) => write!(f, "Computed({})", proj.projname()),
        }
    }
}

/// How well a system's datum is tied to WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accuracy {
    /// To less than a metre.
    Metre,
    /// By a shift of three or seven parameters: to some metres.
    SomeMetres,
    /// By nothing public: to some tens of metres.
    Unknown,
}

impl System {
    /// WGS 84 (EPSG:4326).
    pub fn wgs84() -> Self {
        Self { name: "EPSG:4326".into(), kind: Kind::Degrees(4326), accuracy: Accuracy::Metre }
    }

    /// The system of an EPSG code; `None` where it has no definition that can be computed. ESRI's codes for Web Mercator are
    /// taken for EPSG:3857.
    ///
    /// # Examples
    /// ```
    /// use qiancun::geo::System;
    ///
    /// // CGCS2000, 3-degree zone of 117° E, zone number in the easting: a place near Sujiatuo.
    /// let zone = System::of_epsg(4527).expect("a definition");
    /// let mut at = [[39_427_500.0, 4_438_758.0]];
    /// assert_eq!(zone.to_degrees(&mut at), 0);
    /// assert!((at[0][0] - 116.15).abs() < 0.01 && (at[0][1] - 40.08).abs() < 0.01);
    /// ```
    pub fn of_epsg(code: u32) -> Option<Self> {
        definition::of_epsg(code)
    }

    /// The well-known text (version 1) of an EPSG code.
    pub fn wkt_of(code: u32) -> Option<String> {
        let wkt = registry::from_code(u16::try_from(code).ok()?)?.wkt;
        (!wkt.is_empty()).then(|| wkt.to_owned())
    }

    /// The system of a well-known text, version 1 (OGC 01-009, ESRI's names too) or 2 (ISO 19162).
    pub fn of_wkt(text: &str) -> Option<Self> {
        definition::of_wkt(text)
    }

    /// The system that a name stands for: `EPSG:n` in all its spellings, CRS84, `GCJ-02`, `BD-09`, a well-known text.
    ///
    /// # Examples
    /// ```
    /// use qiancun::geo::System;
    ///
    /// for name in ["EPSG:4527", "urn:ogc:def:crs:EPSG::4527", "http://www.opengis.net/def/crs/EPSG/0/4527", "4527"] {
    ///     assert_eq!(System::of_name(name).map(|s| s.name().to_owned()).as_deref(), Some("EPSG:4527"));
    /// }
    /// assert!(System::of_name("local grid").is_none());
    /// ```
    pub fn of_name(name: &str) -> Option<Self> {
        definition::of_name(name)
    }

    /// `EPSG:n`, `GCJ-02`, `BD-09`, else the name that its definition gives.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its EPSG code, where it has one.
    pub fn epsg(&self) -> Option<u32> {
        self.name.strip_prefix("EPSG:")?.parse().ok()
    }

    /// The EPSG code of a system of degrees that is drawn as it is.
    pub fn degrees_code(&self) -> Option<u32> {
        match self.kind {
            Kind::Degrees(code) => Some(code),
            _ => None,
        }
    }

    /// How well it is tied to WGS 84.
    pub fn accuracy(&self) -> Accuracy {
        self.accuracy
    }

    /// The problem code of what its datum leaves open: how far off its positions may be. `None` where nothing does.
    pub fn left_open(&self) -> Option<&'static str> {
        match (self.accuracy, self.degrees_code()) {
            (Accuracy::Metre, None | Some(4326 | 4490 | 4979)) => None,
            (Accuracy::Metre, Some(_)) => Some("datum-near"),
            (Accuracy::SomeMetres, _) if self.is_on_beijing_1954() => Some("datum-beijing-54"),
            (Accuracy::SomeMetres, _) => Some("datum-shift"),
            (Accuracy::Unknown, _) => Some("datum-unknown"),
        }
    }

    /// Whether it is on the datum Beijing 1954, which has parameters for regions only (EPSG:1918 to 1921 and others).
    pub fn is_on_beijing_1954(&self) -> bool {
        self.epsg().and_then(Self::wkt_of).is_some_and(|wkt| wkt.contains("DATUM[\"Beijing_1954\""))
    }

    /// Whether the registry writes its northing or latitude before its easting or longitude.
    pub fn is_northing_first(&self) -> bool {
        // Texts of version 1 name the axes only where they stand in the usual order.
        let def = self.epsg().and_then(|code| registry::from_code(u16::try_from(code).ok()?));
        def.is_some_and(|def| !def.wkt.contains("AXIS[") && !EASTING_FIRST.contains(&def.code))
    }

    /// Whether its coordinates are degrees.
    pub fn is_geographic(&self) -> bool {
        match &self.kind {
            Kind::Computed(proj, _) => proj.is_latlong(),
            _ => true,
        }
    }

    /// From the system's own coordinates, easting before northing, to longitude and latitude in degrees, on all cores. Gives how many
    /// positions have no place in it; they become NaN.
    pub fn to_degrees(&self, coords: &mut [[f64; 2]]) -> usize {
        match &self.kind {
            Kind::Degrees(_) => 0,
            Kind::Shifted(shift) => {
                shifted(coords, |at| shift.undo(at));
                0
            }
            Kind::Computed(_, Some(zone)) => pieces(coords, |piece| {
                let back = |at: &mut [f64; 2]| *at = zone.to_degrees(*at).unwrap_or([f64::NAN; 2]);
                piece.iter_mut().for_each(back);
                piece.iter().filter(|at| at[0].is_nan()).count()
            }),
            Kind::Computed(proj, None) => {
                let in_radians = proj.is_latlong();
                pieces(coords, |piece| {
                    if in_radians {
                        piece.iter_mut().flatten().for_each(|v| *v = v.to_radians());
                    }
                    let failed = computed(proj, &degrees(), piece);
                    piece.iter_mut().flatten().for_each(|v| *v = v.to_degrees());
                    failed
                })
            }
        }
    }

    /// The easting of the central meridian of a zone of Gauss-Krüger or UTM, in metres: 500,000 with the zone before it where there is one;
    /// `None` for any other system.
    pub fn false_easting_m(&self) -> Option<f64> {
        // Central meridians are whole multiples of a degree and a half. Along them the easting is the same at all latitudes.
        let at = |lon: f64, lat: f64| {
            let mut place = [[lon, lat]];
            self.of_degrees(&mut place);
            place[0]
        };
        let middle = |k: i32| {
            let lon = f64::from(k) * 1.5;
            let ([low, _], [high, _]) = (at(lon, 20.0), at(lon, 40.0));
            let is_middle = (low - high).abs() < 0.01 && (low.rem_euclid(1e6) - 500_000.0).abs() < 300.0;
            is_middle.then_some(low)
        };
        if self.is_geographic() { None } else { (-120..=120).find_map(middle) }
    }

    /// From longitude and latitude in degrees to the system's own coordinates. Gives how many positions have no place in it; they
    /// become NaN.
    pub fn of_degrees(&self, coords: &mut [[f64; 2]]) -> usize {
        match &self.kind {
            Kind::Degrees(_) => 0,
            Kind::Shifted(shift) => {
                shifted(coords, |at| shift.of(at));
                0
            }
            Kind::Computed(proj, _) => pieces(coords, |piece| {
                piece.iter_mut().flatten().for_each(|v| *v = v.to_radians());
                let failed = computed(&degrees(), proj, piece);
                if proj.is_latlong() {
                    piece.iter_mut().flatten().for_each(|v| *v = v.to_degrees());
                }
                failed
            }),
        }
    }
}

/// The system of degrees that everything is computed to.
fn degrees() -> Proj {
    static DEGREES: std::sync::OnceLock<Option<Proj>> = std::sync::OnceLock::new();
    let made = DEGREES.get_or_init(|| Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").ok());
    // The definition is a fixed one that a test reads.
    made.clone().unwrap_or_else(|| unreachable!("WGS 84 has a definition"))
}

fn pieces(coords: &mut [[f64; 2]], of: impl Fn(&mut [[f64; 2]]) -> usize + Sync + Send) -> usize {
    coords.par_chunks_mut(PIECE).map(of).sum()
}

fn shifted(coords: &mut [[f64; 2]], of: impl Fn(LonLat) -> LonLat + Sync + Send) {
    coords.par_iter_mut().for_each(|at| {
        let moved = of(LonLat::new(at[0], at[1]));
        *at = [moved.lon_deg, moved.lat_deg];
    });
}

fn computed(from: &Proj, to: &Proj, coords: &mut [[f64; 2]]) -> usize {
    let mut positions = Positions(coords);
    if transform(from, to, &mut positions).is_err() {
        coords.iter_mut().for_each(|at| *at = [f64::NAN; 2]);
    }
    coords.iter().filter(|at| !(at[0].is_finite() && at[1].is_finite())).count()
}

/// Positions as PROJ takes them; one that cannot be computed does not stop the others.
struct Positions<'a>(&'a mut [[f64; 2]]);

impl Transform for Positions<'_> {
    fn transform_coordinates<F: TransformClosure>(&mut self, of: &mut F) -> proj4rs::errors::Result<()> {
        for at in self.0.iter_mut() {
            *at = match of(at[0], at[1], 0.0) {
                Ok((x, y, _)) => [x, y],
                Err(_) => [f64::NAN; 2],
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
