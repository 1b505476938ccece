//! How a table is laid out: which rows head it, what each column says, which rows are data. It is guessed with reasons, and what a person says
//! stands over the guess.

mod guess;
mod heads;
mod month;
mod said;

use super::cell::Cell;
use super::hidden::Hidden;
use super::workbook::Rows;

pub(crate) use month::{compact as year_and_month, month_in};
pub use said::{LayoutSaid, SaidColumn};

/// What a column says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ColumnRole {
    /// Code of the village.
    Code,
    /// Its name.
    Name,
    /// Its town.
    Town,
    /// Its district or county.
    District,
    /// The year.
    Year,
    /// The month.
    Month,
    /// Degrees of longitude, or eastings.
    Longitude,
    /// Degrees of latitude, or northings.
    Latitude,
    /// Which kind of thing the row is.
    Kind,
    /// A picture.
    Photo,
    /// Where the row comes from.
    Source,
    /// A remark.
    Remark,
    /// When it was observed.
    ObservedOn,
    /// How sure it is.
    Status,
    /// An indicator, by its stable name.
    Indicator(String),
    /// What an indicator's rate counts.
    Numerator(String),
    /// Of how many.
    Denominator(String),
    /// Figures that no indicator is known for: one can be made of them.
    New,
    /// Nothing that is used.
    Leave,
}

impl ColumnRole {
    /// Roles of which a table has one column at most, in the order they are offered.
    pub const KEYS: [Self; 14] = [
        Self::Code,
        Self::Name,
        Self::Town,
        Self::District,
        Self::Year,
        Self::Month,
        Self::Longitude,
        Self::Latitude,
        Self::Kind,
        Self::Photo,
        Self::Source,
        Self::Remark,
        Self::ObservedOn,
        Self::Status,
    ];

    /// Stable name: in projects, in the JSON of `check`, in language files (`column-role.<key>`).
    pub fn key(&self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Town => "town",
            Self::District => "district",
            Self::Year => "year",
            Self::Month => "month",
            Self::Longitude => "longitude",
            Self::Latitude => "latitude",
            Self::Kind => "kind",
            Self::Photo => "photo",
            Self::Source => "source",
            Self::Remark => "remark",
            Self::ObservedOn => "observed-on",
            Self::Status => "status",
            Self::Indicator(_) => "indicator",
            Self::Numerator(_) => "numerator",
            Self::Denominator(_) => "denominator",
            Self::New => "new",
            Self::Leave => "leave",
        }
    }

    /// The indicator that it belongs to.
    pub fn indicator(&self) -> Option<&str> {
        match self {
            Self::Indicator(id) | Self::Numerator(id) | Self::Denominator(id) => Some(id),
            _ => None,
        }
    }

    /// Whether anything is taken from such a column.
    pub fn is_used(&self) -> bool {
        !matches!(
            self,
            Self::New | Self::Leave | Self::Remark | Self::Photo | Self::Kind | Self::Longitude | Self::Latitude
        )
    }
}

/// Why a column is taken for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Its head says so.
    Head,
    /// Its head says so together with the head of the group above it.
    Group,
    /// A person said so.
    Said,
    /// The program computes it.
    Computed,
    /// Another column says the same.
    Twice,
    /// It holds numbers, and no indicator is called so.
    Numbers,
    /// It holds texts, and no indicator is called so.
    Texts,
    /// It names or numbers things rather than measuring them.
    Identifies,
    /// What stands in it says so.
    Values,
    /// The workbook hides it.
    Hidden,
    /// It holds nothing.
    Empty,
}

impl Reason {
    /// Stable name: in the JSON of `check` and in language files (`column-reason.<key>`).
    pub fn key(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Group => "group",
            Self::Said => "said",
            Self::Computed => "computed",
            Self::Twice => "twice",
            Self::Numbers => "numbers",
            Self::Texts => "texts",
            Self::Identifies => "identifies",
            Self::Values => "values",
            Self::Hidden => "hidden",
            Self::Empty => "empty",
        }
    }
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnLayout {
    /// Its head: of several rows, joined by a blank.
    pub head: String,
    /// What it says.
    pub role: ColumnRole,
    /// The year that its head names.
    pub year: Option<i32>,
    /// The month that its head names, 1 to 12.
    pub month: Option<u8>,
    /// Whether its rates are written as fractions, 0.95 for 95 %.
    pub is_fractions: bool,
    /// Cells that say something.
    pub filled: usize,
    /// Why.
    pub reason: Reason,
}

/// Rows of one sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The sheet; empty for text.
    pub sheet: String,
    /// The year that its name or a title over the heads says.
    pub year: Option<i32>,
    /// The month that its name or a title says, 1 to 12.
    pub month: Option<u8>,
}

/// A row of data.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// Its line in the file or sheet, 1-based.
    pub line: u32,
    /// Its section.
    pub section: u16,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// How a table is laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The sheets, those of other years behind the first.
    pub sections: Vec<Section>,
    /// Lines of the heads, 1-based.
    pub head_rows: Vec<u32>,
    /// Line of the first row of data.
    pub first_row: u32,
    /// The columns, from the left.
    pub columns: Vec<ColumnLayout>,
    /// Names of all sheets with anything in them; none of text.
    pub sheets: Vec<String>,
    /// Sheets that look like tables and have other heads: they are not read.
    pub left_sheets: Vec<String>,
    /// Rows that the workbook hides and that were left out.
    pub hidden_rows: usize,
}

impl Layout {
    /// The column of a role.
    pub fn column(&self, role: &ColumnRole) -> Option<usize> {
        self.columns.iter().position(|c| c.role == *role)
    }

    /// The sheet that the heads stand on; empty for text.
    pub fn sheet(&self) -> &str {
        self.sections.first().map_or("", |s| &s.sheet)
    }

    /// What tells a table with the same heads: next month's file has it too. Years and months in heads do not count.
    pub fn fingerprint(&self) -> String {
        let heads: Vec<String> =
            self.columns.iter().map(|c| heads::plain_head(&heads::without_year(&c.head).0)).collect();
        heads.join("|")
    }

    /// Whether a row says where its villages are and at least one figure.
    pub fn is_joinable(&self) -> bool {
        self.column(&ColumnRole::Code).or(self.column(&ColumnRole::Name)).is_some()
    }
}

/// A sheet as it stands in its file.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) rows: Rows,
    pub(super) hidden: Hidden,
}

/// A table that was found among sheets, with its rows.
#[derive(Debug)]
pub(super) struct Laid {
    pub(super) layout: Layout,
    pub(super) rows: Vec<TableRow>,
}

/// Finds the table among the sheets of a file and says how it is laid out; `None` where no row heads one.
pub(super) fn lay_out(sheets: Vec<Sheet>, indicators: &crate::model::Indicators, said: &LayoutSaid) -> Option<Laid> {
    guess::lay_out(sheets, indicators, said)
}
