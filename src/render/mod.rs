//! The GPU: polygons, borders and points as buffers, colours as one small texture, the drawn map kept as a picture.
//!
//! This room knows ids and colours, no panel and no indicator.

mod canvas;
mod chunk;
mod draw;
mod gpu;
mod level;
mod mesh;
mod outline;
mod overview;
mod picture;
mod pipelines;
mod points;
mod raster;
mod scene;
mod shape;
mod store;
mod style;
mod viewport;

pub use canvas::MapPaint;
pub use chunk::{Chunk, Chunks, Extent};
pub use gpu::{AdapterChoice, Gpu, NoGpu, RenderTarget};
pub use level::Level;
pub use mesh::Mesh;
pub use outline::Outline;
pub use overview::{DrawnOverview, OverviewWork, draw_plain};
pub use points::{Mark, PointSymbol, Shape};
pub use scene::{LayerKey, OutlinePen, Palette, Scene, USUAL_BUDGET_BYTES};
pub use shape::{BorderKind, LevelShape, ShapeLine, ShapePart};
pub use style::{Style, Texel};
pub use viewport::Viewport;
