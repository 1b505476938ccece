//! The shift of a source of tiles.

use serde::{Deserialize, Serialize};

use crate::geo::{ChinaShift, LonLat, WorldPos};

/// In which coordinates a source of tiles is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TileDatum {
    /// WGS 84 or CGCS2000: Tianditu, OpenStreetMap.
    #[default]
    Wgs84,
    /// GCJ-02: AMap, Tencent.
    Gcj02,
    /// BD-09 in the common tile scheme.
    Bd09,
}

/// Along which lines a source's world is cut into tiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TileGrid {
    /// A square in Web Mercator (EPSG:3857), one tile at zoom 0.
    #[default]
    Mercator,
    /// A rectangle in degrees (EPSG:4326, 4490), one tile at zoom 0 of which the upper half is the world: `_c` of Tianditu.
    Degrees,
}

impl TileDatum {
    /// All.
    pub const ALL: [Self; 3] = [Self::Wgs84, Self::Gcj02, Self::Bd09];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "WGS 84",
            Self::Gcj02 => ChinaShift::Gcj02.name(),
            Self::Bd09 => ChinaShift::Bd09.name(),
        }
    }

    /// Where a point of the world lies on the source's world square (EPSG:3857 cut to a square, 0 to 1 from the north-west).
    pub fn place(self, at: WorldPos) -> [f64; 2] {
        let shift = match self {
            Self::Wgs84 => return [at.x, at.y],
            Self::Gcj02 => ChinaShift::Gcj02,
            Self::Bd09 => ChinaShift::Bd09,
        };
        let shifted = WorldPos::from_lonlat(shift.of(at.to_lonlat()));
        [shifted.x, shifted.y]
    }

    /// Where a point in the source's coordinates lies in WGS 84.
    pub fn undo(self, at: LonLat) -> LonLat {
        match self {
            Self::Wgs84 => at,
            Self::Gcj02 => ChinaShift::Gcj02.undo(at),
            Self::Bd09 => ChinaShift::Bd09.undo(at),
        }
    }
}
