//! The ground under the villages: tiles and pictures of the earth, wherever they come from and however they are shifted, painted
//! into the map's picture before anything else is.
//!
//! Everything here is a pyramid of blocks ([`Blocks`]): levels of one picture, each cut into pieces that are read one by one. Where a
//! point of the map lies in the picture is computed exactly on a mesh of 16 pixels and straight between, so that tiles in GCJ-02 or
//! BD-09 and pictures in any coordinate system lie where they belong, less than a pixel off ([`Ground::residual_px`]).

mod affine;
mod blocks;
mod datum;
mod folder;
mod geotiff;
mod image_file;
mod keep;
mod mbtiles;
mod online;
mod open;
mod paint;
mod pmtiles;
mod store;
mod tiff_palette;
mod tiff_pixel;
mod tiles;
mod wmts;

pub use blocks::{Block, BlockLevel, Blocks, CUT_SHORT, GroundError, ServerTrouble};
pub use datum::{TileDatum, TileGrid};
pub use keep::{KeptArea, MOST_TILES};
pub use online::{has_zoom, prune as prune_kept, server_of};
pub use open::{GroundFormat, GroundSpec};
pub use paint::{Ground, Patch};
pub use wmts::{WmtsOffer, carries_key, without_key, wmts_offers};
