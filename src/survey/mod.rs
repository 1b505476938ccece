//! The survey log: what was found on the ground, gap by gap. Events are only ever added; what is shown follows from them.
//!
//! The log is an ordinary GeoPackage beside the project ([`LogPaths`]), readable and editable in QGIS and QField. The table
//! `events` is the truth: a program that edits the layer `visits` has its edits taken in as events at the next opening.
//! A plain text copy of the events lies beside the database, so that damage to one of them loses nothing.

mod changes;
mod connect;
mod damage;
mod decision;
mod error;
mod event;
mod export;
mod field_photos;
mod gap_index;
mod import;
mod incoming;
mod instant;
mod journal;
mod log;
mod other_log;
mod merge;
mod migrate;
mod paths;
mod photo;
mod record;
mod report;
mod report_table;
mod results;
mod returned;
mod rows;
mod schema;
mod subject;
mod v1;
mod visits;
mod word;

pub use connect::{is_log, is_on_network};
pub use decision::{Decision, DecisionStatus, NewDecision, decisions_grid};
pub use error::SurveyError;
pub use event::{Event, NewVisit};
pub use export::visits_grid;
pub use field_photos::PhotosPut;
pub use gap_index::GapIndex;
pub use import::{Planned, Preview, Remark, Verdict};
pub use incoming::{Incoming, MergePreview, MergedVisit};
pub use instant::Instant;
pub use log::{Opened, SurveyLog, Told};
pub use merge::union;
pub use other_log::read_log;
pub use paths::LogPaths;
pub use photo::{PhotoFacts, keep_photo, photo_facts, picture_of, small_picture};
pub use report::{NewReport, Report, ReportStatus, reports_grid, without_phones};
pub use report_table::{MatchedReport, match_reports, read_reports, tables_of_reports};
pub use results::{ResultRow, read_results};
pub use returned::{Returned, filled_in, is_round, says_results};
pub use subject::{Photo, Subject, photos_text};
pub use visits::{GapStatus, Survey, Visit, VisitState};
pub use word::{EventKind, Outcome};
