//! One timeline of what was done: changes of the project, and what was recorded in the survey log; back and forward of the camera.

use std::ops::Deref;
use std::sync::Arc;

use super::camera::Camera;
use crate::model::FeatureId;
use crate::project::Project;
use crate::render::LayerKey;
use crate::survey::VisitState;

/// What a transaction changes: the project, its layers' keys, and what is selected. Data are not copied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentState {
    /// The project, layers top first.
    pub project: Project,
    /// Key of each layer of the project, in the same order.
    pub keys: Vec<LayerKey>,
    /// Selected features and their layer; the last one is on the card.
    pub selection: Option<(LayerKey, Vec<FeatureId>)>,
}

/// What undo brings back. It is shared and never changes: another one takes its place, by [`Session::transact`](super::Session::transact)
/// and its like.
#[derive(Clone, Debug, Default)]
pub struct Document(Arc<DocumentState>);

impl Deref for Document {
    type Target = DocumentState;

    fn deref(&self) -> &DocumentState {
        &self.0
    }
}

impl From<DocumentState> for Document {
    fn from(state: DocumentState) -> Self {
        Self(Arc::new(state))
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Document {
    /// Whether another state has the same project and layers, whatever is selected.
    pub fn changes_nothing(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || (self.project == other.project && self.keys == other.keys)
    }

    /// The state, to be changed: others that share it keep theirs.
    pub(super) fn change(&mut self) -> &mut DocumentState {
        Arc::make_mut(&mut self.0)
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
    Document(Document),
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
    Document(Document),
    /// Visits.
    Visits {
        /// The states that they are to have.
        to: VisitStates,
        /// The states that the step left them in: where they have others by now, somebody else changed them.
        from: VisitStates,
    },
}

/// What came of bringing visits back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// They are.
    Done,
    /// They could not be at the moment: the step stands, and can be tried again.
    NotNow,
    /// They cannot be any more: the step is forgotten.
    Never,
}

/// What was done, and what was taken back. Steps are told by what they are, never by how many there are.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Step>,
    future: Vec<Step>,
    /// A step of visits that is being taken back, or done once more, whether forward, and whether something else was done since.
    held: Option<(Step, bool, bool)>,
    /// The window's clock in seconds.
    now_secs: f64,
    /// Where the camera has been.
    pub places: CameraHistory,
}

impl History {
    /// Tells the time, in seconds of the window's clock, and whether a hand is on something: as long as one is, it does not rest.
    pub fn tick(&mut self, now_secs: f64, is_hand_down: bool) {
        self.now_secs = now_secs;
        if let Some((_, at)) = self.past.last_mut().and_then(|s| s.same.as_mut()).filter(|_| is_hand_down) {
            *at = now_secs;
        }
    }

    /// Remembers a change of the document, which was `before`; `name` is its key in the language files. Changes of the same thing,
    /// as `same` names it, are one step until hands rest.
    pub fn push(&mut self, before: Document, name: &'static str, same: Option<String>) {
        let now = self.now_secs;
        self.forget_future();
        if let (Some(last), Some(same)) = (self.past.last_mut(), &same)
            && let Some((of, at)) = &mut last.same
            && of == same
            && now - *at < REST_SECS
        {
            *at = now;
            return;
        }
        self.remember(Step { name, change: Change::Document(before), same: same.map(|of| (of, now)) });
    }

    /// Remembers what was done to visits.
    pub fn push_visits(&mut self, name: &'static str, before: VisitStates, after: VisitStates) {
        if before != after {
            self.forget_future();
            self.remember(Step { name, change: Change::Visits(before, after), same: None });
        }
    }

    fn remember(&mut self, step: Step) {
        self.past.push(step);
        if self.past.len() > DEPTH {
            self.past.remove(0);
        }
    }

    /// Something new was done: what was taken back is not done once more.
    fn forget_future(&mut self) {
        self.future.clear();
        if let Some((.., since)) = &mut self.held {
            *since = true;
        }
    }

    /// Takes the last step back: what is to be brought back, and the step's name. Visits are brought back elsewhere: until
    /// [`Self::settle`] tells what came of it, nothing else is taken back.
    pub fn undo(&mut self, present: &Document) -> Option<(Restored, &'static str)> {
        self.turn(present, false)
    }

    /// Does the step that was taken back last once more.
    pub fn redo(&mut self, present: &Document) -> Option<(Restored, &'static str)> {
        self.turn(present, true)
    }

    fn turn(&mut self, present: &Document, forward: bool) -> Option<(Restored, &'static str)> {
        if self.held.is_some() {
            return None;
        }
        let step = if forward { self.future.pop() } else { self.past.pop() }?;
        let name = step.name;
        let restored = match &step.change {
            Change::Document(document) => {
                let restored = Restored::Document(document.clone());
                let other = Step { name, change: Change::Document(present.clone()), same: None };
                if forward { &mut self.past } else { &mut self.future }.push(other);
                restored
            }
            Change::Visits(before, after) => {
                let (to, from) = if forward { (after, before) } else { (before, after) };
                let restored = Restored::Visits { to: to.clone(), from: from.clone() };
                self.held = Some((Step { same: None, ..step }, forward, false));
                restored
            }
        };
        Some((restored, name))
    }

    /// Tells what came of a step of visits: which step it is is known by what it is, never by how many there are.
    pub fn settle(&mut self, settled: Settled) {
        let Some((step, forward, since)) = self.held.take() else { return };
        match (settled, forward) {
            // What was done since stands in the way of doing it once more.
            (Settled::Done, false) if !since => self.future.push(step),
            (Settled::Done, true) | (Settled::NotNow, false) => self.past.push(step),
            (Settled::NotNow, true) if !since => self.future.push(step),
            (Settled::Done | Settled::NotNow | Settled::Never, _) => {}
        }
    }

    /// Whether a step is on its way: it has to be settled before another one.
    pub fn is_on_its_way(&self) -> bool {
        self.held.is_some()
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
        let project = Project { title: title.to_string(), ..Project::default() };
        DocumentState { project, ..DocumentState::default() }.into()
    }

    #[test]
    fn a_drag_is_one_step_and_a_rest_begins_another() {
        let mut history = History::default();
        let same = || Some("opacity 1".to_owned());
        for (i, now) in [0.0, 0.1, 0.2, 0.9, 1.5].into_iter().enumerate() {
            history.tick(now, false);
            history.push(titled(i as u8), "opacity", same());
        }
        assert_eq!(history.done().count(), 1);
        history.tick(3.0, false);
        history.push(titled(9), "opacity", same());
        history.tick(3.1, false);
        history.push(titled(10), "opacity", Some("opacity 2".into()));
        assert_eq!(history.done().count(), 3);
        // A slider that is held still for a while is still in hand.
        (4..9).for_each(|t| history.tick(f64::from(t), true));
        history.push(titled(11), "opacity", Some("opacity 2".into()));
        assert_eq!(history.done().count(), 3);
    }

    #[test]
    fn a_step_on_its_way_keeps_its_place_whatever_is_done_meanwhile() {
        let states = |there: bool| vec![("v".to_owned(), there.then(VisitState::default))];
        for (settled, past, future) in [(Settled::Done, 1, 0), (Settled::NotNow, 2, 0), (Settled::Never, 1, 0)] {
            let mut history = History::default();
            history.push_visits("visit", states(false), states(true));
            assert!(history.undo(&titled(0)).is_some() && history.is_on_its_way());
            assert!(history.undo(&titled(0)).is_none(), "one after the other");
            history.push(titled(1), "title", None);
            history.settle(settled);
            assert_eq!((history.done().count(), history.undone().count()), (past, future), "{settled:?}");
        }
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
                    history.push(present.clone(), "title", None);
                    present = titled(*value);
                }
            }
            let end = present.clone();
            let mut seen = visits;
            while let Some((restored, _)) = history.undo(&present) {
                match restored {
                    Restored::Document(document) => present = document,
                    Restored::Visits { to: states, .. } => {
                        prop_assert_eq!(&states[0].0, &seen.to_string());
                        prop_assert!(states[0].1.is_none());
                        seen -= 1;
                        history.settle(Settled::Done);
                    }
                }
            }
            prop_assert_eq!(&present, &titled(200));
            while let Some((restored, _)) = history.redo(&present) {
                match restored {
                    Restored::Document(document) => present = document,
                    Restored::Visits { to: states, .. } => {
                        seen += 1;
                        prop_assert_eq!(&states[0].0, &seen.to_string());
                        prop_assert!(states[0].1.is_some());
                        history.settle(Settled::Done);
                    }
                }
            }
            prop_assert_eq!(present, end);
            prop_assert_eq!(seen, visits);
        }
    }
}
