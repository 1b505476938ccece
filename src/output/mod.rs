//! Tables that leave the program: CSV for everything, XLSX for people.

mod csv;
mod field_sheet;
mod grid;
mod places;
mod xlsx;

pub use csv::to_csv;
pub use field_sheet::{FORMATS, FieldForm, RESULTS, field_grid, save_field_sheet};
pub use grid::{Grid, GridCell, GridHead, save};
pub use places::{Place, to_geojson, to_gpx, to_kml};
pub use xlsx::to_xlsx;
