//! One timeline of what was done: changes of the project, and what was recorded in the survey log; back and forward of the camera.

use super::camera::Camera;
use crate::model::FeatureId;
use crate::project::Project;
use crate::render::LayerKey;
use crate::survey::VisitState;

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

impl Document {
    /// Whether another state has the same project and layers, whatever is selected.
    pub fn changes_nothing(&self, other: &Self) -> bool {
        self.project == other.project && self.keys == other.keys
    }
}

/// Steps kept.
const DEPTH: usize = 200;

/// How long hands rest before the next change of the same thing is a step of its own, in seconds.
const REST_SECS: f64 = 1.0;

/// Visits by their ids, and how each of them stands; `None`: it is not there.
pub type VisitStates = Vec<(String, Option<VisitState>)>;

/// What a step changed.
#[derive(Clone, Debug)]
enum Change {
    /// The document as it is on the other side of the step.
    Document(Box<Document>),
    /// Visits, before and after.
    Visits(VisitStates, VisitStates),
}

/// A step of the timeline.
#[derive(Clone, Debug)]
struct Step {
    name: &'static str,
    change: Change,
    /// What it changed, and when last: changes of the same thing in quick succession are one step.
    same: Option<(String, f64)>,
}

/// What undo or redo is to bring back.
#[derive(Clone, Debug)]
pub enum Restored {
    /// A document.
    Document(Box<Document>),
    /// Visits.
    Visits {
        /// The states that they are to have.
        to: VisitStates,
        /// The states that the step left them in: where they have others by now, somebody else changed them.
        from: VisitStates,
    },
}

/// What was done, and what was taken back. Steps are told by what they are, never by how many there are.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Step>,
    future: Vec<Step>,
}

impl History {
    /// Remembers a change of the document, which was `before`; `name` is its key in the language files. Changes of the same thing,
    /// as `same` names it, are one step until hands rest; `now` is the window's clock in seconds.
    pub fn push(&mut self, before: Document, name: &'static str, same: Option<String>, now: f64) {
        self.future.clear();
        if let (Some(last), Some(same)) = (self.past.last_mut(), &same)
            && let Some((of, at)) = &mut last.same
            && of == same
            && now - *at < REST_SECS
        {
            *at = now;
            return;
        }
        self.remember(Step { name, change: Change::Document(Box::new(before)), same: same.map(|of| (of, now)) });
    }

    /// Remembers what was done to visits.
    pub fn push_visits(&mut self, name: &'static str, before: VisitStates, after: VisitStates) {
        if before != after {
            self.future.clear();
            self.remember(Step { name, change: Change::Visits(before, after), same: None });
        }
    }

    fn remember(&mut self, step: Step) {
        self.past.push(step);
        if self.past.len() > DEPTH {
            self.past.remove(0);
        }
    }

    /// Takes the last step back: what is to be brought back, and the step's name.
    pub fn undo(&mut self, present: &Document) -> Option<(Restored, &'static str)> {
        let step = self.past.pop()?;
        let name = step.name;
        let (restored, other) = turned(step, present, false);
        self.future.push(other);
        Some((restored, name))
    }

    /// Does the step that was taken back last once more.
    pub fn redo(&mut self, present: &Document) -> Option<(Restored, &'static str)> {
        let step = self.future.pop()?;
        let name = step.name;
        let (restored, other) = turned(step, present, true);
        self.past.push(other);
        Some((restored, name))
    }

    /// Puts a step of visits back that could not be undone: it still stands.
    pub fn undo_failed(&mut self) {
        self.past.extend(self.future.pop());
    }

    /// Puts a step of visits back that could not be done once more.
    pub fn redo_failed(&mut self) {
        self.future.extend(self.past.pop());
    }

    /// Forgets the step that was undone, or done once more, last: it can be neither.
    pub fn forget_last(&mut self, forward: bool) {
        if forward {
            self.past.pop()
        } else {
            self.future.pop()
        };
    }

    /// Names of the steps that can be undone, the last first.
    pub fn done(&self) -> impl Iterator<Item = &'static str> {
        self.past.iter().rev().map(|s| s.name)
    }

    /// Names of the steps that can be done once more, the next first.
    pub fn undone(&self) -> impl Iterator<Item = &'static str> {
        self.future.iter().rev().map(|s| s.name)
    }

    /// Whether there is anything to undo, and to redo.
    pub fn can(&self) -> (bool, bool) {
        (!self.past.is_empty(), !self.future.is_empty())
    }
}

/// What a step brings back, and the step as it stands on the other side.
fn turned(step: Step, present: &Document, forward: bool) -> (Restored, Step) {
    match step.change {
        Change::Document(document) => {
            let change = Change::Document(Box::new(present.clone()));
            (Restored::Document(document), Step { change, same: None, ..step })
        }
        Change::Visits(before, after) => {
            let (to, from) = if forward { (after.clone(), before.clone()) } else { (before.clone(), after.clone()) };
            (Restored::Visits { to, from }, Step { change: Change::Visits(before, after), same: None, ..step })
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn titled(title: u8) -> Document {
        Document { project: Project { title: title.to_string(), ..Project::default() }, ..Document::default() }
    }

    #[test]
    fn a_drag_is_one_step_and_a_rest_begins_another() {
        let mut history = History::default();
        let same = || Some("opacity 1".to_owned());
        for (i, now) in [0.0, 0.1, 0.2, 0.9, 1.5].into_iter().enumerate() {
            history.push(titled(i as u8), "opacity", same(), now);
        }
        assert_eq!(history.done().count(), 1);
        history.push(titled(9), "opacity", same(), 3.0);
        history.push(titled(10), "opacity", Some("opacity 2".into()), 3.1);
        assert_eq!(history.done().count(), 3);
    }

    proptest! {
        /// Whatever was done: undoing all and redoing all ends where it began, and visits are asked for in order.
        #[test]
        fn undo_all_then_redo_all(steps in proptest::collection::vec((0..5_u8, any::<bool>()), 0..40)) {
            let mut history = History::default();
            let mut present = titled(200);
            let mut visits = 0_u32;
            for (value, is_visit) in &steps {
                if *is_visit {
                    visits += 1;
                    let state = |there: bool| vec![(visits.to_string(), there.then(VisitState::default))];
                    history.push_visits("visit", state(false), state(true));
                } else {
                    history.push(present.clone(), "title", None, 0.0);
                    present = titled(*value);
                }
            }
            let end = present.clone();
            let mut seen = visits;
            while let Some((restored, _)) = history.undo(&present) {
                match restored {
                    Restored::Document(document) => present = *document,
                    Restored::Visits { to: states, .. } => {
                        prop_assert_eq!(&states[0].0, &seen.to_string());
                        prop_assert!(states[0].1.is_none());
                        seen -= 1;
                    }
                }
            }
            prop_assert_eq!(&present, &titled(200));
            while let Some((restored, _)) = history.redo(&present) {
                match restored {
                    Restored::Document(document) => present = *document,
                    Restored::Visits { to: states, .. } => {
                        seen += 1;
                        prop_assert_eq!(&states[0].0, &seen.to_string());
                        prop_assert!(states[0].1.is_some());
                    }
                }
            }
            prop_assert_eq!(present, end);
            prop_assert_eq!(seen, visits);
        }
    }
}
