//! Tables and places that leave the program: CSV for everything, XLSX for people, GeoPackage for QGIS and QField.

mod csv;
mod field_sheet;
mod flatgeobuf;
mod form;
mod form_file;
mod geojson;
mod gpkg;
mod gpkg_point;
mod grid;
mod layer;
mod places;
mod qr;
mod xlsx;

pub use csv::to_csv;
pub use field_sheet::{FORMATS, FieldForm, FieldState, RESULTS, field_grid, save_field_sheet, save_visits};
pub use flatgeobuf::save_flatgeobuf;
pub use form::{FilledForm, FormCells, FormValue, fill_form};
pub use form_file::{BlankCell, FormError, FormOptions, FormReport, bound_form, fill_form_file};
pub use geojson::save_geojson;
pub use gpkg::{prepare_geopackage, to_geopackage};
pub use gpkg_point::{point_from_gpkg, point_to_gpkg};
pub use grid::{Grid, GridCell, GridHead, save, save_with_sources};
pub use layer::{LAYER_ENDINGS, LayerClass, LayerClasses, LayerOptions, Written, add_layer_to, save_layer};
pub use places::{Place, escaped, to_geojson, to_gpx, to_kml};
pub use qr::QrMatrix;
pub use xlsx::{text_sheets, to_xlsx, to_xlsx_pages};
