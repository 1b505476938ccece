//! What is of the moment only: text in a search box, the row under the pointer, a form that is open. The one part of the session
//! that panels write.

use super::cell_edit::CellEdit;
use super::dialogue::{ColouringDraft, Dialogue};
use super::gaps::GapFilter;
use super::page_draft::PageDraft;
use super::survey::FieldExport;
use crate::district::By;
use crate::geo::LonLat;
use crate::model::FeatureId;
use crate::project::ChartKind;
use crate::render::LayerKey;

/// What is under the pointer.
#[derive(Clone, Debug, PartialEq)]
pub struct Hover {
    /// Position on the ground.
    pub at: LonLat,
    /// Features there, top layer first.
    pub features: Vec<(LayerKey, FeatureId)>,
    /// Facilities taken together there, by position in the symbols.
    pub cluster: Option<usize>,
    /// The note there, by position in the project.
    pub note: Option<usize>,
}

/// A choice among features that overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Where it was asked for, in points of the window.
    pub at: egui::Pos2,
    /// The features.
    pub features: Vec<(LayerKey, FeatureId)>,
    /// Whether the one chosen is added to the selection.
    pub add: bool,
}

/// Where the keyboard is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableCursor {
    /// The row.
    pub row: FeatureId,
    /// The column, of all that there are.
    pub column: Option<usize>,
    /// The row from which Shift selects.
    pub from: FeatureId,
}

/// What panels write: nothing of it is part of the project, and nobody would take it back.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// Under the pointer.
    pub hover: Option<Hover>,
    /// Where the map was clicked with the other button.
    pub pinned: Option<LonLat>,
    /// Chooser.
    pub choice: Option<Choice>,
    /// What is being renamed, and its name so far: a layer, or the project.
    pub renaming: Option<(Option<LayerKey>, String)>,
    /// The layer whose colours are being changed in the left panel.
    pub styling: Option<ColouringDraft>,
    /// The question or form that is open.
    pub dialogue: Option<Dialogue>,
    /// Whether a page is being put together.
    pub page: Option<PageDraft>,
    /// The search box.
    pub search: SearchBox,
    /// Sorting of the table: columns, the first counting most, and whether upwards.
    pub sort: Vec<(usize, bool)>,
    /// Filter of the table, as typed.
    pub filter: String,
    /// Row that the table is to bring into view.
    pub scroll_to: Option<FeatureId>,
    /// Column that the table is to bring into view.
    pub scroll_to_column: Option<usize>,
    /// Whether the list in the drawer is to take the keyboard.
    pub list_wants_keyboard: bool,
    /// Where the keyboard is in the table.
    pub cursor: Option<TableCursor>,
    /// The value being changed where it stands.
    pub editing: Option<CellEdit>,
    /// Which gaps are listed.
    pub gap_filter: GapFilter,
    /// What the page of gaps lists.
    pub lists: GapsList,
    /// How the next field sheet is to be written.
    pub form: FieldExport,
    /// What is being measured on the map.
    pub measuring: Option<super::Measuring>,
    /// How the summary is looked at.
    pub summary: SummaryView,
}

/// How the summary is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SummaryView {
    /// What villages are taken together by.
    pub by: By,
    /// Which chart is shown.
    pub chart: ChartKind,
}

impl Default for SummaryView {
    fn default() -> Self {
        Self { by: By::Town, chart: ChartKind::default() }
    }
}

/// What the page of gaps lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GapsList {
    /// Gaps.
    #[default]
    Gaps,
    /// Visits of the log.
    Visits,
    /// Decisions of meetings.
    Decisions,
    /// Reports of residents and grid staff.
    Reports,
}

/// What stands in the search box, and how its answers are gone through.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchBox {
    /// Its text.
    pub text: String,
    /// Whether it is to take the keyboard.
    pub wants_keyboard: bool,
    /// Highlighted answer.
    pub row: usize,
    /// Whether all that answers is listed, not only the best few.
    pub lists_all: bool,
}

impl Default for Moment {
    fn default() -> Self {
        Self {
            hover: None,
            measuring: None,
            pinned: None,
            choice: None,
            renaming: None,
            styling: None,
            dialogue: None,
            page: None,
            search: SearchBox::default(),
            sort: Vec::new(),
            filter: String::new(),
            scroll_to: None,
            scroll_to_column: None,
            list_wants_keyboard: false,
            cursor: None,
            editing: None,
            gap_filter: GapFilter::default(),
            lists: GapsList::Gaps,
            form: FieldExport::default(),
            summary: SummaryView::default(),
        }
    }
}

impl Moment {
    /// Hands the moment to panels for a frame, which read what it was at the beginning of it. The form that is open is handed over
    /// whole: it may be long.
    pub fn hand_over(&mut self) -> Self {
        let dialogue = self.dialogue.take();
        Self { dialogue, ..self.clone() }
    }
}
