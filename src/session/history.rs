//! Undo and redo of what changes the project or the selection; back and forward of the camera.

use super::camera::Camera;
use crate::model::FeatureId;
use crate::project::Project;
use crate::render::LayerKey;

/// What undo brings back: the project, its layers' keys, and what is selected. Data are not copied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The project, layers top first.
    pub project: Project,
    /// Key of each layer of the project, in the same order.
    pub keys: Vec<LayerKey>,
    /// Selected features and their layer; the last one is on the card.
    pub selection: Option<(LayerKey, Vec<FeatureId>)>,
}

/// Steps kept.
const DEPTH: usize = 200;

/// Documents before and after the present one.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Document>,
    future: Vec<Document>,
}

impl History {
    /// Remembers the document as it was before a change.
    pub fn push(&mut self, before: Document) {
        self.past.push(before);
        if self.past.len() > DEPTH {
            self.past.remove(0);
        }
        self.future.clear();
    }

    /// The document before the last change.
    pub fn undo(&mut self, present: &Document) -> Option<Document> {
        let before = self.past.pop()?;
        self.future.push(present.clone());
        Some(before)
    }

    /// The document before the last undo.
    pub fn redo(&mut self, present: &Document) -> Option<Document> {
        let after = self.future.pop()?;
        self.past.push(present.clone());
        Some(after)
    }

    /// How many steps can be undone.
    pub fn depth(&self) -> usize {
        self.past.len()
    }

    /// Whether there is anything to undo, and to redo.
    pub fn can(&self) -> (bool, bool) {
        (!self.past.is_empty(), !self.future.is_empty())
    }
}

/// Places the camera has been.
#[derive(Clone, Debug, Default)]
pub struct CameraHistory {
    back: Vec<Camera>,
    forward: Vec<Camera>,
}

impl CameraHistory {
    /// Remembers where the camera stood before a jump.
    pub fn push(&mut self, before: Camera) {
        if self.back.last() != Some(&before) {
            self.back.push(before);
        }
        if self.back.len() > DEPTH {
            self.back.remove(0);
        }
        self.forward.clear();
    }

    /// The place before.
    pub fn back(&mut self, present: Camera) -> Option<Camera> {
        let place = self.back.pop()?;
        self.forward.push(present);
        Some(place)
    }

    /// The place after.
    pub fn forward(&mut self, present: Camera) -> Option<Camera> {
        let place = self.forward.pop()?;
        self.back.push(present);
        Some(place)
    }
}
