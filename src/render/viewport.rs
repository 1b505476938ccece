//! What part of the world a picture shows.

use crate::geo::{GridPos, WorldBounds, WorldPos};

/// A rectangle of pixels on the world square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// The middle.
    pub centre: WorldPos,
    /// Pixels along the whole world.
    pub px_per_world: f64,
    /// Width and height in pixels.
    pub size_px: [u32; 2],
}

impl Viewport {
    /// Zoom in the usual sense: log₂ of (pixels along the world / 256).
    pub fn zoom(&self) -> f64 {
        (self.px_per_world / 256.0).log2()
    }

    /// West, north, east, south in world units.
    pub fn bounds(&self) -> WorldBounds {
        let half = |px: u32| f64::from(px) / 2.0 / self.px_per_world;
        let (w, h) = (half(self.size_px[0]), half(self.size_px[1]));
        WorldBounds::new([self.centre.x - w, self.centre.y - h, self.centre.x + w, self.centre.y + h])
    }

    /// Whether everything in `other` lies in this view.
    pub fn covers(&self, other: &Self) -> bool {
        let (a, b) = (self.bounds().sides(), other.bounds().sides());
        let slack = 0.51 / other.px_per_world;
        a[0] <= b[0] + slack && a[1] <= b[1] + slack && a[2] >= b[2] - slack && a[3] >= b[3] - slack
    }

    /// The middle on the grid.
    pub fn origin(&self) -> GridPos {
        self.centre.to_grid()
    }

    /// Clip units per grid step, for the shader. Taken from the grid position of the middle.
    pub fn clip_per_step(&self) -> [f32; 2] {
        let per = |px: u32| (self.px_per_world / 4_294_967_296.0 * 2.0 / f64::from(px.max(1))) as f32;
        [per(self.size_px[0]), per(self.size_px[1])]
    }

    /// Pixel (from the upper left corner) of a world position.
    pub fn pixel_of(&self, p: WorldPos) -> [f64; 2] {
        [
            (p.x - self.centre.x) * self.px_per_world + f64::from(self.size_px[0]) / 2.0,
            (p.y - self.centre.y) * self.px_per_world + f64::from(self.size_px[1]) / 2.0,
        ]
    }
}
