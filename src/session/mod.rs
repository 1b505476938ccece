//! What a person has open: layers, selection, camera, panels; and the one list of things they can do.

mod camera;
mod card;
mod cell_edit;
mod chart;
mod chosen;
mod command;
mod covered;
mod decisions;
mod derived;
mod dialogue;
mod edits;
mod facts;
mod field_photos;
mod gap_change;
mod gaps;
mod grounds;
mod headlined;
mod history;
mod join;
mod labelled;
mod layer;
mod layer_out;
mod legend_words;
mod look;
mod made;
mod measuring;
mod meeting;
mod moment;
mod moved;
mod notes;
mod page_draft;
mod page_mark;
mod photos;
mod preflight;
mod rolled;
mod round;
mod scene_figures;
mod search;
mod share_draft;
mod sheet;
mod sheet_columns;
mod sources;
mod state;
mod still;
mod survey;
mod symbols;
#[cfg(test)]
pub(crate) mod testing;
mod transaction;
mod unfolded;

pub use camera::{Camera, Pivot};
pub use card::{CardFacility, CardFigure, CardKey, CardSection, VillageCard};
pub use cell_edit::{CellEdit, EditPlace};
pub use chart::{Chart, ChartBar, ChartDots, ChartLine, ChartOf};
pub use chosen::{Bar, Chosen};
pub use command::{
    CameraCommand, Choosing, Command, Commands, DecideCommand, FileCommand, FormStep, LayerCommand, LookCommand,
    MeetingCommand, Needs, NoteCommand, Offer, PackageStep, PageCommand, SelectCommand, SurveyCommand, Tab,
    WindowCommand, meeting_shortcuts, offered, shortcut_words, shortcuts,
};
pub use covered::{CoverageKey, Covered, Shares};
pub use decisions::{DecisionDraft, PeopleDraft, ReportsDraft};
pub use derived::{Derived, Ticket};
pub use dialogue::{
    ColouringDraft, Dialogue, DiskChange, KeepDraft, LayersDraft, LayoutDraft, OnlineDraft, OpenedAs, OpenedFile,
    PackageDraft, ReadingDraft,
};
pub use edits::{FacilityDraft, FigureDraft};
pub use facts::{Facts, FactsKey, Means};
pub use field_photos::{FieldPhotosDraft, GapNames, Sorting, SortingPhotos};
pub use gap_change::{Became, ChangeKey, EarlierGaps, Since};
pub use gaps::{CountBy, FoundGaps, GapColumn, GapFilter, GapKey, GapMarks, ListKey, ListedGaps, distance_words};
pub use headlined::{HEADLINES, Headlined};
pub use history::{CameraHistory, Document, DocumentState, History, Restored, Settled, VisitStates};
pub use join::DistrictKey;
pub use layer::shape_of;
pub use layer::{Layer, Loaded, Naming, Status};
pub use look::{FocusKey, Focused};
pub use made::Made;
pub use measuring::{Measuring, MeasuringKind, area_words, length_words};
pub use meeting::{Answer, COUNT_SECS, FLIGHT_SECS, Flight, Left, Meeting, Was};
pub use moment::{Choice, GapsList, Hover, Moment, SearchBox, SummaryView, TableCursor};
pub use moved::Moved;
pub use notes::notes_dataset;
pub use page_draft::PageDraft;
pub use page_mark::{FoundPage, PageMark, page_of_code};
pub use photos::{LARGE_PX, MOST_PHOTOS, PhotoPicture, PlacedPhoto, SMALL_PX, ScenePhotosKey};
pub use preflight::{Finding, FindingWeight, FoundAt, Mend, PagePreview};
pub use rolled::{Ranked, Rolled, RolledKey};
pub use round::{BetterRound, KeptRoads, PlannedRound, RoundDraft, RoundKey, RoundTask, RoundWays};
pub use scene_figures::{COVERAGE_FIGURE, MeetingFigure, SceneFigure};
pub use search::{Hits, SearchKey};
pub use share_draft::ShareOptions;
pub use sheet::{Sheet, SheetColumn, SheetKey, SheetValue};
pub use sheet_columns::{ColumnFoot, FootFigure};
pub use state::number;
pub use state::{Pending, Picture, ProjectFile, Session, Stage, Storage, Work};
pub use survey::{FieldExport, ListedVisits, SurveyState, VisitDraft};
pub use symbols::{ADDED_LAYER, Cluster, SymbolKey, SymbolKind, Symbols, mark_of};
pub use unfolded::Unfolded;
