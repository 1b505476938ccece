//! Pure geometry and coordinates: no files, no screen.

mod contains;
mod ellipsoid;
mod interior;
mod measure;
mod repair;
mod world;

pub use contains::{Side, even_odd};
pub use ellipsoid::{distance_m, ecef_m};
pub use interior::representative_point;
pub use measure::{Measure, measure};
pub use repair::{is_simple, repaired};
pub use world::{GRID_BITS, GridPos, LonLat, MAX_LATITUDE_DEG, WorldPos, ground_metres_per_world};
