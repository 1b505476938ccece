//! Files that other programs change while they are open here.
//!
//! The system tells of changes in the folders of open files (`notify`). Where it cannot, as on many shared folders, sizes and times are
//! looked at every few seconds. Both happen on a thread of their own; the window hears of it once the files have come to rest.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher};

use super::jobs::Done;
use super::qiancun::Qiancun;
use crate::render::LayerKey;

/// How often sizes and times are looked at where the system says nothing.
const LOOK_EVERY: Duration = Duration::from_secs(4);
/// How long files must rest before they are read again: whoever writes a table writes it in several goes.
const REST: Duration = Duration::from_millis(600);
/// Longest that a busy folder is waited for.
const BUSY: Duration = Duration::from_secs(5);

/// Size and time of a file with all that belongs to it.
pub(super) type FileState = (u64, std::time::SystemTime);

/// What the thread is told.
enum Message {
    /// These files are open now.
    Files(Vec<PathBuf>),
    /// Something happened in one of their folders.
    Touched,
    /// Nobody listens any more.
    End,
}

/// The thread that looks after open files.
pub(super) struct Watch {
    sender: Sender<Message>,
    given: Vec<PathBuf>,
}

impl Watch {
    /// Begins; `changed` is called when a file is other than it was.
    pub(super) fn begin(changed: impl Fn() + Send + 'static) -> Option<Self> {
        let (sender, receiver) = channel();
        let of_system = sender.clone();
        let work = move || watch(&receiver, of_system, &changed);
        std::thread::Builder::new().name("watch".into()).spawn(work).ok()?;
        Some(Self { sender, given: Vec::new() })
    }

    /// Says which files are open.
    fn look_after(&mut self, files: Vec<PathBuf>) {
        // A thread that is gone looks after nothing: the window still looks when it comes back.
        self.sender.send(Message::Files(files.clone())).ok();
        self.given = files;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.sender.send(Message::End).ok();
    }
}

fn watch(receiver: &Receiver<Message>, sender: Sender<Message>, changed: &impl Fn()) {
    let told = move |event: notify::Result<notify::Event>| {
        // Reading is no change, ours least of all.
        if event.is_ok_and(|e| !e.kind.is_access()) {
            sender.send(Message::Touched).ok();
        }
    };
    let mut watcher = notify::recommended_watcher(told).ok();
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut files: Vec<(PathBuf, Option<FileState>)> = Vec::new();
    loop {
        let message = match receiver.recv_timeout(LOOK_EVERY) {
            Ok(Message::Touched) => rest(receiver),
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        match message {
            Some(Message::End) => return,
            Some(Message::Files(list)) => {
                let mut of_list: Vec<PathBuf> = list.iter().filter_map(|p| p.parent().map(Path::to_path_buf)).collect();
                of_list.sort();
                of_list.dedup();
                if let Some(watcher) = &mut watcher {
                    folders.iter().filter(|f| !of_list.contains(f)).for_each(|f| drop(watcher.unwatch(f)));
                    // What cannot be watched is looked at.
                    let new = of_list.iter().filter(|f| !folders.contains(f));
                    new.for_each(|f| drop(watcher.watch(f, RecursiveMode::NonRecursive)));
                }
                folders = of_list;
                files = list.into_iter().map(|p| (state_of(&p), p)).map(|(state, p)| (p, state)).collect();
            }
            Some(Message::Touched) | None => {
                let mut is_changed = false;
                for (path, state) in &mut files {
                    let now = state_of(path);
                    is_changed |= now != *state;
                    *state = now;
                }
                if is_changed {
                    changed();
                }
            }
        }
    }
}

/// Waits until nothing happens any more; what else was said meanwhile comes first.
fn rest(receiver: &Receiver<Message>) -> Option<Message> {
    let until = Instant::now() + BUSY;
    while Instant::now() < until {
        match receiver.recv_timeout(REST) {
            Ok(Message::Touched) => {}
            Ok(other) => return Some(other),
            Err(_) => break,
        }
    }
    Some(Message::Touched)
}

/// Size and time of a file; of a shapefile and a database with the files beside them that belong to it. `None` where it is not there.
pub(super) fn state_of(path: &Path) -> Option<FileState> {
    let metadata = std::fs::metadata(path).ok()?;
    let (mut bytes, mut modified) = (metadata.len(), metadata.modified().ok()?);
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let beside = match ending.as_str() {
        "shp" => ["dbf", "prj", "cpg"].map(|e| path.with_extension(e)).to_vec(),
        "gpkg" => vec![PathBuf::from(format!("{}-wal", path.display()))],
        _ => Vec::new(),
    };
    for metadata in beside.iter().filter_map(|p| std::fs::metadata(p).ok()) {
        bytes += metadata.len();
        modified = metadata.modified().map_or(modified, |time| time.max(modified));
    }
    Some((bytes, modified))
}

impl Qiancun {
    /// Keeps which adapter draws the window: it is the first to be tried at the next start.
    pub fn remember_adapter(&mut self) {
        let key = self.scene.lock().map(|s| s.gpu().adapter_key()).unwrap_or_default();
        if self.session.settings.window.adapter != key {
            self.session.settings.window.adapter = key;
            self.save_settings();
        }
    }

    /// Has open files looked after from now on.
    pub fn begin_watching(&mut self) {
        let reply = self.jobs.reply();
        self.kept.watch = Watch::begin(move || reply.tell(Done::FilesTouched));
    }

    /// Says which files are open.
    pub(super) fn watch_files(&mut self) {
        let Some(watch) = &mut self.kept.watch else { return };
        let project = &self.session.document.project;
        let files = || project.layers.iter().map(|l| &l.path).chain(project.tables.iter().map(|t| &t.path));
        if !watch.given.iter().eq(files()) {
            watch.look_after(files().cloned().collect());
        }
    }

    /// Reads again what another program has changed meanwhile, or says that it has where the person wants to be asked; not in a meeting,
    /// whose figures stand still.
    pub(super) fn look_at_files(&mut self, is_asked: bool) {
        if self.session.meeting.is_some() {
            return;
        }
        let is_ready = |l: &crate::session::Layer| l.loaded().is_some();
        let changed = |path: &Path| self.has_changed(path);
        let layers: Vec<LayerKey> = {
            let shown = self.session.shown().filter(|(l, e)| is_ready(l) && changed(&e.path));
            shown.map(|(l, _)| l.key).collect()
        };
        let tables = self.session.document.project.tables.iter().filter(|t| changed(&t.path));
        let tables: Vec<PathBuf> = tables.map(|t| t.path.clone()).collect();
        if layers.is_empty() && tables.is_empty() {
            if is_asked {
                self.session.news = Some(self.session.lang.t("status.nothing-changed").to_owned());
            }
            return;
        }
        if self.session.settings.rereads_on_request && !is_asked {
            let of_layers = layers.iter().filter_map(|key| self.session.entry(*key).map(|e| e.path.clone()));
            let mut names: Vec<String> = of_layers
                .chain(tables)
                .map(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default())
                .collect();
            names.dedup();
            let lang = self.session.lang;
            self.session.news = Some(lang.with("status.changed-on-disk", &[("n", &names.join(", "))]));
            return;
        }
        if !tables.is_empty() {
            self.session.storage.tables_read += 1;
        }
        layers.into_iter().for_each(|key| self.read_again(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_once_it_rests() {
        let dir = tempfile::tempdir().expect("a folder");
        let (file, table) = (dir.path().join("a.shp"), dir.path().join("a.dbf"));
        std::fs::write(&file, "x").expect("written");
        let (tell, told) = channel();
        let mut watch = Watch::begin(move || assert!(tell.send(()).is_ok())).expect("a thread");
        watch.look_after(vec![file]);
        std::thread::sleep(Duration::from_millis(300));
        assert!(told.try_recv().is_err());
        // What belongs to a shapefile is a part of it.
        std::fs::write(&table, "figures").expect("written");
        assert!(told.recv_timeout(Duration::from_secs(20)).is_ok());
        std::fs::write(dir.path().join("other.txt"), "x").expect("written");
        assert!(told.recv_timeout(Duration::from_millis(1500)).is_err(), "nobody asked about that file");
    }
}
