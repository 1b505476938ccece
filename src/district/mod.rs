//! A district: villages, what the tables say of them, and the facilities that stand in them, joined into one value.
//!
//! Everything that the window and the commands say about figures comes from here: a [`District`] never changes once
//! made, and its sums, weighted means and covered shares are the same for map, card, summary and page.

mod added;
mod alarms;
mod build;
mod candidates;
mod choropleth;
mod coverage;
mod derived;
mod doctor;
mod editions;
mod facility;
mod facility_field;
mod facility_file;
mod figure;
mod figure_column;
mod form;
mod headline;
mod join;
mod key_text;
mod kind;
mod months;
mod people;
mod rollup;
mod rows;
mod source;
mod table;
mod texts;
mod understood;
mod wide;
mod within;

pub use added::{AddedFacility, added_dataset};
pub use alarms::{Alarm, AlarmKind, FigureChange};
pub use build::{District, FigurePlace, Said, TableSource};
pub use candidates::Candidate;
pub use choropleth::{MapSpec, change_of, choropleth};
pub use coverage::{Coverage, coverage};
pub use doctor::{AS_IS, Diagnosis, Hypothesis, diagnose};
pub use editions::Editions;
pub use facility::{Facility, Kind, ToiletState, Use};
pub use facility_field::{FacilityColumns, FacilityField};
pub use facility_file::{
    corrected_field, facilities_of, is_facilities, kind_field, usage_by_row, words_not_understood,
};
pub use figure::is_readable;
pub use form::{FormAnswer, FormBlank, FormPlan};
pub use headline::{Headline, headlines};
pub use join::{Found, MatchBy, RowKey, VillageFinder};
pub use kind::{VillageEvidence, can_be_villages, villages_among};
pub use people::People;
pub use rollup::{By, Rollup, Total, rollups, weighted};
pub(crate) use rows::is_total;
pub use rows::{MatchCause, MatchReport, OpenRow, match_report};
pub use source::{LayerLook, Source, kinds_of, village_position};
pub use texts::{GROUP, correctable_text};
pub use understood::{Beside, OWN_FIGURES, PreviewRow, RowMark, Understood, understand};
pub use wide::{WideCell, WideGrid, wide_grid};
pub use within::{Region, Within, within};
