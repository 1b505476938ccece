//! A field becomes classes, colours and a legend with counts, all in one value, so that they cannot disagree.

mod bounds;
mod classify;
mod fisher_jenks;
mod indicator_look;
mod pretty;
mod ramp;
mod classed;

pub use bounds::{NotABound, parse_bounds};
pub use classed::{CategoryLook, Colouring, ColouringSpec, LegendClass, LegendRow};
pub use classify::{Breaks, Method, classify};
pub use indicator_look::IndicatorLook;
pub use ramp::{RAMPS, Ramp, RampKind, colours};
