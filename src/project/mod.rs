//! What is saved: the project file, and the settings and recent files of this person on this machine.

mod demo;
mod file;
mod page;
mod scene;
mod settings;
mod view;

pub use demo::demo_project;
pub use file::{Camera, FieldMapping, LayerEntry, Project, ProjectError, TableEntry, load, save};
pub use page::{Arrangement, PageOptions};
pub use scene::SceneEntry;
pub use settings::{Settings, USUAL_CACHE_MB};
pub use view::{Focus, RADIUS_M, Target, ViewEntry};
pub use write::write_replacing;

mod write;
