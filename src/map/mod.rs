//! The map view: pointer and keys become commands, labels and furniture stand over the drawn map.

mod clusters;
mod divider;
mod furniture;
mod gaps;
mod input;
mod label_beside;
mod label_leaders;
mod label_order;
mod label_places;
mod label_room;
mod labels;
mod lettering;
mod measuring;
mod moved;
mod notes;
mod pick;
mod round;
mod view;
mod visual_order;

/// Lines from names to the villages beside which they stand; pages draw the same.
pub mod leaders {
    pub use super::label_leaders::{Lines, edge, shifts};
}

pub use furniture::scale_bar;
pub use labels::Labels;
pub use pick::features_at;
pub use view::MapView;
pub use visual_order::visual_order;
