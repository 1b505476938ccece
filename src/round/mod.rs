//! Rounds: the gaps of a district divided among people and days, each day a tour.

mod navigation;
mod phone;
mod plan;
mod qgis;
mod qgis_style;
mod road_noding;
mod road_speeds;
mod roads;
mod routes;
mod slates;
mod tours;
mod xlsform;

pub use navigation::Navigation;
pub use phone::{PhoneGap, PhoneRound, RoundFile, write_phone_round};
pub use plan::{Plan, PlanOptions, Route, RouteStop, Stop, plan, plan_by, worth_of};
pub use road_speeds::{NoRoads, RoadNet, RoadSpeed, are_roads, road_lines};
pub use roads::{FAR_FROM_ROADS_M, MOST_BY_ROAD, RoadLegs, RoadLine, Roads};
pub use routes::{TourPlaces, to_gpx_routes, to_ovital_text, to_ovkml};
pub use slates::{AskedSlate, FAR_M, SortedPhotos, gap_of_slate, slate_text, sort_photos};
pub use tours::{END, START};
