//! One file per panel: each reads the session and sends commands; none decides anything.

mod card;
mod dialogues;
mod drawer;
mod layers;
mod legend;
mod menu;
mod overlay;
mod problems;
mod search;
mod status;
mod style;
mod table;
mod theme_editor;
mod top_bar;
mod widgets;
mod window;

pub use style::apply_style;
pub use window::show;
