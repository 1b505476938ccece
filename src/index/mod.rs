//! Finding villages: by place (R-tree, then exact geometry) and by name.

mod cluster;
mod names;
mod nearest;
mod spatial;

pub use cluster::{cluster, middle};
pub use names::{Hit, NameEntry, NameIndex, NameRank, plain_letter, readings_of, said_as};
pub use nearest::{Nearest, NearestIndex};
pub use spatial::SpatialIndex;
