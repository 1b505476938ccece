//! Point features as symbols.

use crate::geo::GridPos;
use crate::model::{FeatureId, GeometryStore, PartKind};

use super::chunk::Chunks;

/// Shape of a symbol: shape and colour both tell the kind, so that neither is needed alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Triangle,
    /// ✚
    Cross,
    /// ◆
    Diamond,
}

/// One symbol, as the GPU has it.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct PointSymbol {
    /// Grid position.
    pub at: [u32; 2],
    /// Feature whose colour it takes.
    pub feature: u32,
    /// Shape, as the shader numbers them.
    pub shape: u32,
}

impl PointSymbol {
    /// Symbols of all points of a dataset, southern ones last, so that they overlap as things on the ground do.
    pub fn all(chunks: &Chunks, shape_of: impl Fn(FeatureId) -> Shape) -> Vec<Self> {
        let geometry: &GeometryStore = &chunks.geometry;
        let mut symbols = Vec::new();
        for feature in 0..geometry.features.len() as u32 {
            for part in geometry.parts_of(feature).iter().filter(|p| p.kind == PartKind::Point) {
                for ring in part.ring_start..part.ring_end {
                    let positions = chunks.grid.get(geometry.ring_range(ring)).unwrap_or(&[]);
                    symbols.extend(positions.iter().map(|&GridPos { x, y }| Self {
                        at: [x, y],
                        feature,
                        shape: shape_of(feature) as u32,
                    }));
                }
            }
        }
        symbols.sort_by_key(|s| s.at[1]);
        symbols
    }
}
