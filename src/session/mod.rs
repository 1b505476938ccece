//! What a person has open: layers, selection, camera, panels; and the one list of things they can do.

mod camera;
mod card;
mod command;
mod covered;
mod edits;
mod gap_change;
mod gaps;
mod facts;
mod history;
mod layer;
mod look;
mod rolled;
mod sheet;
mod state;
mod still;
mod survey;
mod symbols;

pub use camera::{Camera, Pivot};
pub use card::{CardFacility, CardFigure, CardSection, VillageCard};
pub use command::{Command, Tab};
pub use covered::{CoverageStamp, Covered, Shares};
pub use edits::{FacilityDraft, FigureDraft};
pub use facts::{Facts, Means};
pub use gap_change::{Became, EarlierGaps, Since};
pub use gaps::{CountBy, FoundGaps, GapColumn, GapFilter, GapStamp, ListedGaps, distance_words};
pub use history::{CameraHistory, Document, History};
pub use layer::shape_of;
pub use layer::{Anchor, Layer, Loaded, Status};
pub use look::Focused;
pub use rolled::{Ranked, Rolled};
pub use sheet::{Sheet, SheetColumn, SheetValue};
pub use state::number;
pub use state::{Choice, Dialogue, Hover, Pending, Session, ThemeDraft};
pub use survey::{FieldExport, SurveyState, VisitDraft};
pub use symbols::{ADDED_LAYER, Cluster, SymbolKind, Symbols, mark_of};
