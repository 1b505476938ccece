//! The outline of chosen features, drawn over the kept picture.

use super::chunk::Chunks;
use super::mesh::Segment;
use crate::geo::{LonLat, WorldPos};
use crate::model::{FeatureId, PartKind};

/// Edges of some features and the pen to draw them with.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    pub(super) segments: Vec<Segment>,
    /// Colour, sRGB with straight alpha.
    pub(super) colour: [u8; 4],
    /// Width in points.
    pub(super) width_pt: f32,
    /// Colour and width of the casing below, if any.
    pub(super) casing: Option<([u8; 4], f32)>,
}

impl Outline {
    /// The outline of features at full detail.
    pub fn new(chunks: &Chunks, features: impl IntoIterator<Item = FeatureId>) -> Self {
        let mut segments = Vec::new();
        for feature in features {
            for part in chunks.geometry.parts_of(feature).iter().filter(|p| p.kind != PartKind::Point) {
                for ring in part.ring_start..part.ring_end {
                    let positions = chunks.grid.get(chunks.geometry.ring_range(ring)).unwrap_or(&[]);
                    segments.extend(positions.windows(2).filter(|w| w[0] != w[1]).map(|w| Segment {
                        a: [w[0].x, w[0].y],
                        b: [w[1].x, w[1].y],
                        class: 0,
                        feature: feature.number(),
                    }));
                }
            }
        }
        Self { segments, ..Self::default() }
    }

    /// The outline of an area in degrees that is no feature.
    pub fn of_area(area: &geo_types::MultiPolygon<f64>) -> Self {
        let rings = area.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let mut segments = Vec::new();
        for ring in rings {
            let positions: Vec<_> =
                ring.0.iter().map(|c| WorldPos::from_lonlat(LonLat::new(c.x, c.y)).to_grid()).collect();
            segments.extend(positions.windows(2).filter(|w| w[0] != w[1]).map(|w| Segment {
                a: [w[0].x, w[0].y],
                b: [w[1].x, w[1].y],
                class: 0,
                feature: 0,
            }));
        }
        Self { segments, ..Self::default() }
    }

    /// The same outline drawn with this colour (sRGB, straight alpha) and width in points, over a casing if any.
    pub fn with_pen(mut self, colour: [u8; 4], width_pt: f32, casing: Option<([u8; 4], f32)>) -> Self {
        (self.colour, self.width_pt, self.casing) = (colour, width_pt, casing);
        self
    }
}
