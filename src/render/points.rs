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

/// How a symbol is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Its shape.
    pub shape: Shape,
    /// Only its outline.
    pub hollow: bool,
    /// With a dot in the middle.
    pub dot: bool,
}

impl From<Shape> for Mark {
    fn from(shape: Shape) -> Self {
        Self { shape, hollow: false, dot: false }
    }
}

impl Mark {
    /// As the shader has it: the shape in the lowest eight bits, then a bit each.
    fn bits(self) -> u32 {
        self.shape as u32 | u32::from(self.hollow) << 8 | u32::from(self.dot) << 9
    }
}

/// One symbol, as the GPU has it.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct PointSymbol {
    /// Grid position.
    pub at: [u32; 2],
    /// Feature whose colour it takes.
    pub feature: u32,
    /// Shape and its marks, as the shader numbers them.
    pub shape: u32,
}

impl PointSymbol {
    /// Symbols of all points of a dataset, southern ones last, so that they overlap as things on the ground do.
    /// A feature without a mark is not drawn.
    pub fn all(chunks: &Chunks, mark_of: impl Fn(FeatureId) -> Option<Mark>) -> Vec<Self> {
        let geometry: &GeometryStore = &chunks.geometry;
        let mut symbols = Vec::new();
        for feature in 0..geometry.features.len() as u32 {
            let Some(mark) = mark_of(FeatureId::new(feature)) else { continue };
            for part in geometry.parts_of(FeatureId::new(feature)).iter().filter(|p| p.kind == PartKind::Point) {
                for ring in part.ring_start..part.ring_end {
                    let positions = chunks.grid.get(geometry.ring_range(ring)).unwrap_or(&[]);
                    symbols.extend(positions.iter().map(|&GridPos { x, y }| Self {
                        at: [x, y],
                        feature,
                        shape: mark.bits(),
                    }));
                }
            }
        }
        symbols.sort_by_key(|s| s.at[1]);
        symbols
    }
}
