//! Rounds: the gaps of a district divided among people and days, each day a tour.

mod phone;
mod plan;
mod qgis;
mod qgis_style;
mod tours;

pub use phone::{PhoneGap, PhoneRound, RoundFile, write_phone_round};
pub use plan::{Plan, PlanOptions, Route, RouteStop, Stop, plan};
