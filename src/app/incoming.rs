//! The folder in which reports of residents come as tables: what is new there waits to be shown, and nothing is taken in unasked.

use std::path::PathBuf;
use std::time::SystemTime;

use super::job::ReportsRead;
use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::session::{Dialogue, ReportsDraft};
use crate::survey::{NewReport, match_reports, read_reports, tables_of_reports};

/// Files of a folder as they stood: a folder that stands as it did is not read again.
type FolderState = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// What is known of the folder.
#[derive(Default)]
pub(super) struct ReportsLooked {
    /// The project for which it was looked into last.
    of: Option<u64>,
    /// Whether somebody is looking.
    pub is_busy: bool,
    /// How its files stood when they were read last.
    state: FolderState,
}

/// What was found in the folder.
pub struct ReportsFound {
    /// For which project.
    turn: u64,
    /// Name of the folder.
    name: String,
    /// How its files stand.
    state: FolderState,
    /// What they say; `None` where they stand as they did.
    reports: Option<Vec<NewReport>>,
    /// Names of tables that cannot be read.
    unread: Vec<String>,
}

/// How tables stand.
fn state_of(tables: &[PathBuf]) -> FolderState {
    let of = |path: &PathBuf| {
        let meta = std::fs::metadata(path).ok();
        (path.clone(), meta.as_ref().map_or(0, std::fs::Metadata::len), meta.and_then(|m| m.modified().ok()))
    };
    tables.iter().map(of).collect()
}

impl Qiancun {
    /// The folder of the project that is open.
    fn reports_folder(&self) -> Option<PathBuf> {
        let project = self.session.file.path.as_ref()?;
        self.session.settings.window.reports_folders.get(&*project.to_string_lossy()).cloned()
    }

    /// Names the folder; `None`: there is none any more.
    pub(super) fn watch_reports(&mut self, folder: Option<PathBuf>) {
        let Some(project) = self.session.file.path.clone() else {
            let text = self.session.lang.t("decision.save-first").to_owned();
            self.session.moment.dialogue = Some(Dialogue::Message(text));
            return;
        };
        self.session.work.reports_waiting = None;
        self.session.work.reports_unread.clear();
        self.opened.reports.state.clear();
        let key = project.to_string_lossy().into_owned();
        self.remembering(|s| {
            match folder {
                Some(folder) => s.window.reports_folders.insert(key, folder),
                None => s.window.reports_folders.remove(&key),
            };
        });
        self.look_for_reports();
    }

    /// Looks into the folder once villages, gaps and log of another project are there.
    pub(super) fn greet_reports(&mut self) {
        let turn = self.opened.project_turn;
        if self.opened.reports.of != Some(turn) && self.is_all_there() {
            self.opened.reports.of = Some(turn);
            self.opened.reports.state.clear();
            self.look_for_reports();
        }
    }

    /// Whether villages, gaps and log are those of the project that is open.
    fn is_all_there(&self) -> bool {
        let session = &self.session;
        let is_loading = session.layers.values().any(|l| matches!(l.status, crate::session::Status::Loading(_)));
        !is_loading
            && session.work.pending.is_empty()
            && !session.is_joining()
            && session.district().is_some()
            && session.present_gaps().is_some()
            && !self.recording.is_busy()
    }

    /// Looks into the folder, in the background.
    pub(super) fn look_for_reports(&mut self) {
        let Some(folder) = self.reports_folder().filter(|_| self.session.meeting.is_none()) else { return };
        if std::mem::replace(&mut self.opened.reports.is_busy, true) {
            return;
        }
        let (turn, before) = (self.opened.project_turn, self.opened.reports.state.clone());
        self.jobs.start(Job::Look, move |_| {
            let tables = tables_of_reports(&folder);
            let state = state_of(&tables);
            let mut unread = Vec::new();
            let mut read = |t: &PathBuf| match read_reports(t) {
                Ok(reports) => reports,
                Err(_) => {
                    unread.extend(t.file_name().map(|n| n.to_string_lossy().into_owned()));
                    None
                }
            };
            let reports = (state != before).then(|| tables.iter().filter_map(&mut read).flatten().collect());
            let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            Some(Done::Reports(ReportsRead::Found(ReportsFound { turn, name, state, reports, unread })))
        });
    }

    /// What was found: what is not in the log waits.
    pub(super) fn were_reports_found(&mut self, found: ReportsFound) {
        self.opened.reports.is_busy = false;
        let Some(reports) = found.reports.filter(|_| found.turn == self.opened.project_turn) else { return };
        self.opened.reports.state = found.state;
        let Some(draft) = self.matched(found.name, reports) else { return };
        let count = draft.rows.len();
        if count > 0 {
            self.session.news = Some(self.session.lang.with("report.waiting", &[("n", &count.to_string())]));
        }
        self.session.work.reports_unread = found.unread;
        self.session.work.reports_waiting = (count > 0).then_some(draft);
    }

    /// Reports with what they speak of as things stand now, those that are in the log left out; one that stands in two tables is one.
    fn matched(&self, name: String, reports: Vec<NewReport>) -> Option<ReportsDraft> {
        let district = self.session.district()?;
        let gaps = self.session.present_gaps().map_or(&[][..], |f| &f.list.gaps);
        let survey = self.session.survey.seen.clone().unwrap_or_default();
        let mut rows = match_reports(reports, district, gaps, &survey);
        let mut seen = std::collections::BTreeSet::new();
        rows.retain(|m| m.is_taken() && seen.insert(m.report.id()));
        Some(ReportsDraft { name, rows })
    }

    /// Shows what waits, matched anew.
    pub(super) fn show_waiting_reports(&mut self) {
        let Some(waiting) = self.session.work.reports_waiting.take() else { return };
        let reports = waiting.rows.into_iter().map(|m| m.report).collect();
        let draft = self.matched(waiting.name, reports);
        self.session.moment.dialogue = draft.map(|d| Dialogue::Reports(Box::new(d)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_stands_as_it_did_is_told_apart() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path();
        std::fs::write(path.join("a.csv"), "时间,内容\n1,2\n").expect("written");
        let tables = tables_of_reports(path);
        let before = state_of(&tables);
        assert_eq!(before, state_of(&tables_of_reports(path)));
        std::fs::write(path.join("b.csv"), "时间,内容\n1,2\n").expect("written");
        assert_ne!(before, state_of(&tables_of_reports(path)));
    }
}
