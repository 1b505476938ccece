//! What a person has open: layers, selection, camera, panels; and the one list of things they can do.

mod camera;
mod card;
mod command;
mod covered;
mod edits;
mod gap_change;
mod gaps;
mod facts;
mod headlined;
mod history;
mod meeting;
mod layer;
mod look;
mod page_draft;
mod rolled;
mod sheet;
mod state;
mod still;
mod survey;
mod symbols;

pub use camera::{Camera, Pivot};
pub use card::{CardFacility, CardFigure, CardSection, VillageCard};
pub use command::{
    CameraCommand, Command, Commands, FileCommand, LayerCommand, LookCommand, MeetingCommand, Needs, Offer,
    PageCommand, SelectCommand, SurveyCommand, Tab, WindowCommand, meeting_shortcuts, offered, shortcuts,
};
pub use covered::{CoverageStamp, Covered, Shares};
pub use edits::{FacilityDraft, FigureDraft};
pub use facts::{Facts, Means};
pub use gap_change::{Became, EarlierGaps, Since};
pub use gaps::{CountBy, FoundGaps, GapColumn, GapFilter, GapStamp, ListedGaps, distance_words};
pub use headlined::{HEADLINES, Headlined};
pub use history::{CameraHistory, Document, History, Restored, VisitStates};
pub use layer::shape_of;
pub use layer::{Layer, Loaded, Status};
pub use look::Focused;
pub use meeting::{COUNT_SECS, FLIGHT_SECS, Flight, Left, Meeting, Was};
pub use page_draft::{PageDraft, Thumbnails};
pub use rolled::{Ranked, Rolled};
pub use sheet::{Sheet, SheetColumn, SheetValue};
pub use state::number;
pub use state::{Choice, Dialogue, DiskChange, Hover, Pending, Picture, Searched, Session, Storage, ThemeDraft};
pub use survey::{FieldExport, ListedVisits, SurveyState, VisitDraft};
pub use symbols::{ADDED_LAYER, Cluster, SymbolKind, Symbols, mark_of};
