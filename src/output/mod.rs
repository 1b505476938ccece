//! Tables that leave the program: CSV for everything, XLSX for people.

mod csv;
mod grid;
mod xlsx;

pub use csv::to_csv;
pub use grid::{Grid, GridCell, GridHead, save};
pub use xlsx::to_xlsx;
