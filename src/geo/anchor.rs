//! Where a name stands.

use super::WorldPos;

/// Where a label stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// A point inside the polygon.
    pub at: WorldPos,
    /// Width and height of the feature in world units.
    pub extent: [f32; 2],
}
