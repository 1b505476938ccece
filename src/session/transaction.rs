//! The only ways in which project and selection change.

use super::history::DocumentState;
use super::state::Session;
use crate::project::LayerEntry;
use crate::render::LayerKey;

impl Session {
    /// Changes the project as one step that can be taken back; `name` is the step's key in the language files. Where nothing of the
    /// project changes there is no step.
    pub fn transact(&mut self, name: &'static str, change: impl FnOnce(&mut DocumentState)) {
        self.step(name, None, change);
    }

    /// The same for changes that are sent again and again while hands move, as in a drag or while a text is typed: all of what `same`
    /// names are one step until hands rest.
    pub fn transact_on(&mut self, name: &'static str, same: String, change: impl FnOnce(&mut DocumentState)) {
        self.step(name, Some(same), change);
    }

    fn step(&mut self, name: &'static str, same: Option<String>, change: impl FnOnce(&mut DocumentState)) {
        let before = self.kept_document();
        change(self.document.change());
        if !self.kept_document().changes_nothing(&before) {
            self.history.push(before, name, same);
        }
    }

    /// Changes an entry of a layer as one step.
    pub fn transact_layer(&mut self, name: &'static str, key: LayerKey, change: impl FnOnce(&mut LayerEntry)) {
        self.transact(name, |d| {
            if let Some(entry) = d.entry_mut(key) {
                change(entry);
            }
        });
    }

    /// Changes what is no step: what is selected, where the map looks, what a meeting hides, how a file just read takes its place.
    pub fn note(&mut self, change: impl FnOnce(&mut DocumentState)) {
        change(self.document.change());
    }

    /// Notes something in the project that is kept, during a meeting that of the window before it: no step, as where the map looks.
    pub fn note_kept(&mut self, change: impl FnOnce(&mut DocumentState)) {
        match &mut self.meeting {
            Some(meeting) => change(meeting.was.document.change()),
            None => change(self.document.change()),
        }
    }

    /// Notes what follows from the data alone, such as what a layer was found to hold: nothing that asks to be saved.
    pub fn note_found(&mut self, change: impl Fn(&mut DocumentState)) {
        change(self.document.change());
        change(self.file.saved.change());
        if let Some(meeting) = &mut self.meeting {
            change(meeting.was.document.change());
        }
    }

    /// Puts another project in place of everything; what was done before is forgotten.
    pub fn begin(&mut self, state: DocumentState) {
        self.document = state.into();
        self.file.saved = self.document.clone();
        self.history = Default::default();
    }
}

impl DocumentState {
    /// Position of a layer in the list.
    pub fn position(&self, key: LayerKey) -> Option<usize> {
        self.keys.iter().position(|k| *k == key)
    }

    /// The entry of a layer.
    pub fn entry(&self, key: LayerKey) -> Option<&LayerEntry> {
        self.project.layers.get(self.position(key)?)
    }

    /// The same, to change it.
    pub fn entry_mut(&mut self, key: LayerKey) -> Option<&mut LayerEntry> {
        let at = self.position(key)?;
        self.project.layers.get_mut(at)
    }

    /// Puts a layer above all others.
    pub fn put_layer(&mut self, key: LayerKey, entry: LayerEntry) {
        self.project.layers.insert(0, entry);
        self.keys.insert(0, key);
    }

    /// Takes a layer away, and what was selected in it.
    pub fn remove_layer(&mut self, key: LayerKey) {
        let Some(at) = self.position(key) else { return };
        self.keys.remove(at);
        self.project.layers.remove(at);
        if self.selection.as_ref().is_some_and(|(k, _)| *k == key) {
            self.selection = None;
        }
    }

    /// Puts a layer at another place of the list.
    pub fn move_layer(&mut self, from: usize, to: usize) {
        if from < self.keys.len() && to < self.keys.len() {
            let (key, entry) = (self.keys.remove(from), self.project.layers.remove(from));
            self.keys.insert(to, key);
            self.project.layers.insert(to, entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::model::FeatureId;
    use crate::project::Settings;

    fn session() -> Session {
        let mut session = Session::new(Settings::default(), Lang::En, false);
        session.note(|d| {
            for key in 1..4 {
                d.put_layer(LayerKey::new(key), LayerEntry::new(format!("{key}.geojson").into()));
            }
        });
        session
    }

    #[test]
    fn a_transaction_is_a_step_with_its_name_and_nothing_is_none() {
        let mut session = session();
        session.transact("command.opacity", |_| {});
        assert_eq!(session.history.done().count(), 0);
        session.transact_layer("command.opacity", LayerKey::new(2), |e| e.opacity = 0.5);
        session.note(|d| d.selection = Some((LayerKey::new(2), vec![FeatureId::new(7)])));
        assert_eq!(session.history.done().collect::<Vec<_>>(), ["command.opacity"]);
    }

    #[test]
    fn others_that_share_a_document_keep_theirs() {
        let mut session = session();
        let before = session.document.clone();
        session.transact("command.remove-layer", |d| d.remove_layer(LayerKey::new(2)));
        assert_eq!((before.keys.len(), session.document.keys.len()), (3, 2));
        assert!(
            session.document.entry(LayerKey::new(2)).is_none() && session.document.entry(LayerKey::new(3)).is_some()
        );
    }

    #[test]
    fn layers_move_with_their_entries() {
        let mut session = session();
        session.transact("command.layer-down", |d| d.move_layer(0, 2));
        assert_eq!(session.document.keys, [2, 1, 3].map(LayerKey::new));
        assert_eq!(session.document.project.layers[2].path.to_string_lossy(), "3.geojson");
    }

    #[test]
    fn what_is_found_in_the_data_asks_for_no_saving() {
        let mut session = session();
        session.file.saved = session.document.clone();
        session.note_found(|d| d.project.layers[0].title = "x".into());
        assert!(!session.is_changed());
    }
}
