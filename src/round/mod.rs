//! Rounds: the gaps of a district divided among people and days, each day a tour.

mod navigation;
mod phone;
mod plan;
mod qgis;
mod qgis_style;
mod routes;
mod slates;
mod tours;
mod xlsform;

pub use navigation::Navigation;
pub use phone::{PhoneGap, PhoneRound, RoundFile, write_phone_round};
pub use plan::{Plan, PlanOptions, Route, RouteStop, Stop, plan, worth_of};
pub use routes::{TourPlaces, to_gpx_routes, to_ovital_text, to_ovkml};
pub use slates::{SortedPhotos, gap_of_slate, slate_text, sort_photos};
