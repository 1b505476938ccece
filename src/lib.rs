//! Qiancun 千村: one map of every village.
//!
//! The rooms of the house, bottom floor first; a room uses only rooms above it in this list. What each is for stands in
//! ARCHITECTURE.md.

pub mod lang;

pub mod geo;
pub mod ground;
pub mod model;
pub mod read;
pub mod index;
pub mod colouring;
pub mod district;
pub mod query;
pub mod rules;
pub mod project;
pub mod output;
pub mod survey;
pub mod round;
pub mod render;
pub mod cache;
pub mod palette;
pub mod icons;
pub mod fonts;
pub mod session;
pub mod map;
pub mod page;
pub mod share;
pub mod panels;
pub mod app;
pub mod cli;

/// Version, commit and features.
pub fn version() -> String {
    let commit = env!("QIANCUN_COMMIT");
    let commit = if commit.is_empty() { String::new() } else { format!(" ({commit})") };
    let features = if cfg!(feature = "inspection") { " +inspection" } else { "" };
    format!("qiancun {}{commit}{features}", env!("CARGO_PKG_VERSION"))
}
