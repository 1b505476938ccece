//! What a dataset is: geometry in flat buffers, attributes in columns, the roles that fields play, the problems found.
//!
//! A [`Dataset`] never changes once made; the window, the index and the renderer share it behind an `Arc`.

mod alias;
mod by_value;
mod column_builder;
mod dataset;
mod edit;
mod feature_id;
mod field_names;
mod form_cell;
mod generation;
mod geometry;
mod identifying;
mod indicator;
mod kind_word;
mod layer_kind;
mod members;
mod observations;
mod origin;
mod person;
mod report;
mod roles;
mod simplified;
mod table;
mod texts;
mod theme;
mod unit_word;

pub use alias::VillageAlias;
pub use column_builder::ColumnBuilder;
pub use dataset::{Crs, CrsFrom, Dataset, Format, SourceInfo, StatedColours};
pub use edit::Edit;
pub use feature_id::FeatureId;
pub use field_names::FieldNames;
pub use form_cell::FormCell;
pub use generation::Generation;
pub use geometry::{FeatureShape, GeometryKind, GeometryStore, Part, PartKind};
pub use identifying::identifies;
pub use indicator::{CategoryValue, Good, Indicator, Indicators, Ratio};
pub use kind_word::KindWord;
pub use layer_kind::LayerKind;
pub use members::Members;
pub use observations::{CellPlace, Observations};
pub use origin::{ObservationStatus, Origin};
pub use person::{AnswersFor, Person, whole_phone};
pub use report::{Problem, ProblemGroup, Report, Severity};
pub use roles::{Role, Roles};
pub use simplified::simplified;
pub use table::{Column, ColumnData, FieldType, Sparse, Table, Value};
pub use texts::{Flags, Texts};
pub use theme::{OwnTheme, Theme, ThemeEntry, ThemeIcon, Themes};
pub use unit_word::{is_counter, is_measure, is_unit_word};
