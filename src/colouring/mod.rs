//! A field becomes classes, colours and a legend with counts, all in one value, so that they cannot disagree.

mod classify;
mod fisher_jenks;
mod pretty;
mod ramp;
mod classed;

pub use classed::{CategoryLook, Colouring, ColouringSpec, LegendClass, LegendRow};
pub use classify::{Breaks, Method, classify};
pub use ramp::{RAMPS, Ramp, RampKind, colours};
