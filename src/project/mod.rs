//! What is saved: the project file, and the settings and recent files of this person on this machine.

mod autosave;
mod demo;
mod difference;
mod error;
mod file;
mod keep;
mod layer;
mod merge;
mod look;
mod made_page;
mod note;
mod package;
mod page;
mod scene;
mod settings;
mod understand;
mod versions;
mod view;

pub use autosave::{Autosave, Unsaved, unsaved};
pub use demo::demo_project;
pub use difference::{Difference, differences};
pub use error::{ProjectError, UnpackError, read_words};
pub use file::{Camera, FormEntry, Original, Project, TableEntry, load, open, save, save_unseen};
pub use layer::{FieldMapping, GroundEntry, LayerEntry, give_ids};
pub use look::{Dash, HOLLOW_OUTLINE, HOLLOW_OUTLINE_PT, LayerStyle, NO_FILL, USUAL_LINE_PT, hex_of};
pub use made_page::{MadePage, code_of, digests, made_pages, made_pages_path, remember_pages};
pub use merge::{Merged, merge};
pub use note::{NoteEntry, NoteShape};
pub use package::{LeftOutOfPackage, PackOptions, Packed, contents_of, pack, project_in, unpack};
pub use page::{Arrangement, ChartKind, PageOptions, PageWithout};
pub use scene::SceneEntry;
pub use scene::in_language;
pub use settings::{AreaUnit, Folders, Settings, SettingsFile, USUAL_CACHE_MB, WindowSettings, small_picture_of};
pub use understand::NotUnderstood;
pub use versions::{Version, open_version, versions};
pub use view::{Focus, RADIUS_M, Target, ViewEntry};
pub use write::{Beside, clear_leftovers, is_same_file, replace, with_ending, write_replacing};

mod write;
