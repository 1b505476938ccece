//! Pure geometry and coordinates: no files, no screen.

mod across;
mod anchor;
mod bounds;
mod away;
mod china;
mod contains;
mod crs;
mod crossings;
mod effective_area;
mod ellipsoid;
mod interior;
mod junctions;
mod measure;
mod perforated;
mod position;
mod repair;
mod shores;
mod strips;
mod topology;
mod world;

pub use anchor::Anchor;
pub use away::distance_to_area_m;
pub use bounds::{BoundsDeg, WorldBounds};
pub use china::ChinaShift;
pub use contains::{Side, even_odd};
pub use crs::{Accuracy, MAX_WKT_BYTES, System};
pub use effective_area::{EffectiveArea, Freedom};
pub use ellipsoid::{distance_m, ecef_m};
pub use interior::representative_point;
pub use measure::{Measure, measure};
pub use perforated::perforated_triangles;
pub use position::parse_position;
pub use repair::{Mending, is_simple, mend, repaired};
pub use shores::Shores;
pub use strips::Strips;
pub use topology::{FINEST_LEVEL, NOBODY, RingKind, RingOf, Stretch, Topology, doubled_ring_area, positions_of};
pub use world::{
    GRID_BITS, GridPos, LonLat, MAX_LATITUDE_DEG, Mercator, WorldPos, ground_metres_per_world, scale_denominator,
};
