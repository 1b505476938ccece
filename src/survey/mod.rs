//! The survey log: what was found on the ground, gap by gap. Events are only ever added; what is shown follows from them.
//!
//! The log is an ordinary GeoPackage beside the project ([`LogPaths`]), readable and editable in QGIS and QField. The table
//! `events` is the truth: a program that edits the layer `visits` has its edits taken in as events at the next opening.
//! A plain text copy of the events lies beside the database, so that damage to one of them loses nothing.

mod changes;
mod connect;
mod damage;
mod error;
mod event;
mod export;
mod import;
mod instant;
mod journal;
mod log;
mod merge;
mod paths;
mod photo;
mod record;
mod results;
mod rows;
mod schema;
mod visits;

pub use connect::is_log;
pub use error::SurveyError;
pub use event::{Event, EventKind, NewVisit, Outcome};
pub use export::visits_grid;
pub use import::{Planned, Preview, Remark, Verdict};
pub use instant::Instant;
pub use log::{Opened, SurveyLog, Told};
pub use merge::union;
pub use paths::LogPaths;
pub use photo::{PhotoFacts, keep_photo, photo_facts};
pub use results::{ResultRow, read_results};
pub use visits::{GapStatus, Survey, Visit};
