//! One file per panel: each reads the session and sends commands; none decides anything.

mod card;
mod cell;
mod columns;
mod compare;
mod coverage;
mod dialogues;
mod drawer;
mod edit;
mod filter;
mod fonts;
mod foot;
mod gaps;
mod layers;
mod legend;
mod map_menu;
mod meeting;
mod menu;
mod page;
mod picture;
mod overlay;
mod point;
mod problems;
mod scenes;
mod search;
mod settings;
mod status;
mod style;
mod summary;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod themes;
mod colouring_editor;
mod top_bar;
mod village;
mod unsaved;
mod visit;
mod visits;
mod widgets;
mod window;

pub use fonts::install as install_fonts;
pub use meeting::presenter;
pub use picture::LEGEND_PT;
pub use style::apply_style;
pub use window::show;
