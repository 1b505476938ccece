//! What commands about decisions and people do.

use super::asking::Asks;
use std::path::{Path, PathBuf};

use super::job::ReportsRead;
use super::jobs::{Done, Job};
use super::people_table::{TableOfPeople, people_of_table, with_table};
use super::qiancun::Qiancun;
use super::recording::Then;
use crate::output::save;
use crate::page::order_sheets;
use crate::read::ReadError;
use crate::rules::{day_of, day_text, days_today};
use crate::session::{DecideCommand, DecisionDraft, Dialogue, PeopleDraft, ReportsDraft};
use crate::survey::{
    MatchedReport, NewDecision, Outcome, Subject, decisions_grid, match_reports, read_reports, reports_grid,
};

impl Qiancun {
    /// Carries out a command of its group.
    pub(super) fn on_decisions(&mut self, command: DecideCommand) {
        match command {
            DecideCommand::Here => {
                let draft = self.session.village_on_card().and_then(|v| self.session.draft_decision_of_village(v));
                self.session.moment.dialogue =
                    Some(draft.map_or(Dialogue::Decisions, |d| Dialogue::Decision(Box::new(d))));
            }
            DecideCommand::Gap(row) => {
                let draft = self.session.draft_decision_of_gap(row);
                self.session.moment.dialogue = draft.map(|d| Dialogue::Decision(Box::new(d)));
            }
            DecideCommand::Edit(id) => self.edit_decision(&id),
            DecideCommand::Record(draft) => self.record_decision(*draft),
            DecideCommand::Settle(id, is_done) => {
                let step = if is_done { "decision.settle" } else { "decision.reopen" };
                self.amend(step, id, Then::Nothing, move |log, id| {
                    log.correct(id, |event| event.result = is_done.then_some(Outcome::Closed))
                });
            }
            DecideCommand::Withdraw(id) => {
                self.amend("decision.withdraw", id, Then::Nothing, |log, id| log.withdraw(id));
            }
            DecideCommand::List => self.session.moment.dialogue = Some(Dialogue::Decisions),
            DecideCommand::ExportDialogue => self.ask_decisions_out(),
            DecideCommand::ExportTo(path) => self.export_decisions(&path),
            DecideCommand::ReportsDialogue => {
                let title = self.session.lang.t("report.import");
                let question = self.question(Asks::Read, title);
                self.jobs.ask(move || {
                    let dialogue = question.add_filter("XLSX, XLS, CSV", &["xlsx", "xls", "csv", "ods"]);
                    dialogue.pick_file().map(DecideCommand::ReadReports)
                });
            }
            DecideCommand::ReadReports(path) => self.read_reports(path),
            DecideCommand::ReportsFolderDialogue => {
                let title = self.session.lang.t("report.folder");
                let question = self.question(Asks::Read, title);
                self.jobs.ask(move || question.pick_folder().map(|f| DecideCommand::WatchReports(Some(f))));
            }
            DecideCommand::WatchReports(folder) => self.watch_reports(folder),
            DecideCommand::ShowWaitingReports => self.show_waiting_reports(),
            DecideCommand::TakeReports(draft) => self.take_reports(*draft),
            DecideCommand::SettleReport(id, result) => {
                self.amend("report.settling", id, Then::Nothing, move |log, id| {
                    log.correct(id, |event| event.result = result)
                });
            }
            DecideCommand::AnswersDialogue => {
                let title = self.session.lang.t("report.export");
                let question = self.question(Asks::Write, title);
                self.jobs.ask(move || {
                    let dialogue = question.add_filter("XLSX, CSV", &["xlsx", "csv"]);
                    dialogue.set_file_name("answers.xlsx").save_file().map(DecideCommand::AnswersTo)
                });
            }
            DecideCommand::AnswersTo(path) => {
                let (survey, lang) = (self.session.survey.seen.clone(), self.session.lang);
                if let Some(survey) = survey.filter(|_| self.may_write(&path)) {
                    let grid = reports_grid(&survey, false, lang);
                    self.write(&path, move |path| save(path, &grid));
                }
            }
            DecideCommand::PeopleDialogue => {
                let people = self.session.document.project.people.clone();
                let draft = PeopleDraft { people, ..PeopleDraft::default() };
                self.session.moment.dialogue = Some(Dialogue::People(Box::new(draft)));
            }
            DecideCommand::PutPeople(people) => self.session.transact("people.title", |d| d.project.people = people),
            DecideCommand::PeopleTableDialogue => self.ask_people_table(),
            DecideCommand::PeopleOfTable(path) => {
                self.jobs.start(Job::Results, move |_| Some(Done::People(path.clone(), people_of_table(&path))));
            }
        }
    }

    fn edit_decision(&mut self, id: &str) {
        let Some(decision) = self.session.survey().and_then(|s| s.decision(id)) else { return };
        let new = NewDecision::of_event(decision.said);
        let about = [new.subject.town.as_str(), &new.subject.village, &new.rule].join(" ").trim().to_owned();
        let due = new.due.map(day_text).unwrap_or_default();
        let changes = Some(id.to_owned());
        let draft = DecisionDraft { new, about, due, changes, trouble: None };
        self.session.moment.dialogue = Some(Dialogue::Decision(Box::new(draft)));
    }

    fn record_decision(&mut self, mut draft: DecisionDraft) {
        draft.new.due = day_of(&draft.due);
        draft.trouble = None;
        let step = if draft.changes.is_some() { "decision.change" } else { "decision.decide" };
        self.session.moment.dialogue = None;
        let ids = draft.changes.iter().cloned().collect();
        let then = Then::Decided(Box::new(draft.clone()));
        self.decide(step, ids, then, draft);
    }

    fn ask_decisions_out(&mut self) {
        let title = self.session.lang.t("decision.export");
        let (orders, table) = (self.session.lang.t("decision.orders"), self.session.lang.t("decision.table"));
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.add_filter(orders, &["pdf"]);
            let dialogue = dialogue.add_filter(table, &["xlsx", "csv"]);
            dialogue.set_file_name("decisions.pdf").save_file().map(DecideCommand::ExportTo)
        });
    }

    fn export_decisions(&mut self, path: &Path) {
        let Some(survey) = self.session.survey.seen.clone() else { return };
        if !self.may_write(path) {
            return;
        }
        let (today, lang) = (days_today(), self.session.lang);
        if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) {
            // A list of who does what by when names who does it.
            let grid = decisions_grid(&survey, today, true, lang);
            return self.write(path, move |path| save(path, &grid));
        }
        let session = self.session.still();
        self.write(path, move |path| {
            let bytes = order_sheets(&session, &survey, today).map_err(std::io::Error::other)?;
            crate::project::write_replacing(path, &bytes)
        });
    }

    /// Has a table of reports read and matched, to be looked at before anything is recorded.
    fn read_reports(&mut self, path: PathBuf) {
        let Some(district) = self.session.district().cloned() else { return };
        if self.session.file.path.is_none() {
            self.session.moment.dialogue =
                Some(Dialogue::Message(self.session.lang.t("decision.save-first").to_owned()));
            return;
        }
        let found = self.session.present_gaps().cloned();
        let survey = self.session.survey.seen.clone().unwrap_or_default();
        let lang = self.session.lang;
        self.jobs.start(Job::Results, move |_| {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let read = match read_reports(&path) {
                Ok(Some(reports)) => {
                    let gaps = found.as_ref().map_or(&[][..], |f| &f.list.gaps);
                    Ok(match_reports(reports, &district, gaps, &survey))
                }
                Ok(None) => Err(lang.with("report.no-reports", &[("name", &name)])),
                Err(e) => Err(e.to_string()),
            };
            Some(Done::Reports(ReportsRead::Asked(name, read)))
        });
    }

    /// Shows what a table of reports brings, or says that some have come.
    pub(super) fn were_reports_read(&mut self, read: ReportsRead) {
        match read {
            ReportsRead::Asked(name, Ok(rows)) => {
                self.ask_after(Dialogue::Reports(Box::new(ReportsDraft { name, rows })));
            }
            ReportsRead::Asked(_, Err(words)) => self.ask_after(Dialogue::Message(words)),
            ReportsRead::Found(found) => self.were_reports_found(found),
        }
    }

    fn take_reports(&mut self, draft: ReportsDraft) {
        self.session.moment.dialogue = None;
        let Some(district) = self.session.district().cloned() else { return };
        let taken = draft.rows.into_iter().filter(MatchedReport::is_taken).map(|m| {
            let subject = m.village.map_or_else(|| m.report.subject.clone(), |v| Subject::of_village(v, &district));
            (m.report, subject, m.gap)
        });
        self.record_reports(taken.collect());
    }

    fn ask_people_table(&mut self) {
        let title = self.session.lang.t("people.table");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            let picked: Option<PathBuf> =
                question.add_filter("XLSX, XLS, CSV", &["xlsx", "xls", "csv", "ods"]).pick_file();
            picked.map(DecideCommand::PeopleOfTable)
        });
    }

    /// Shows the people of a table among those of the project.
    pub(super) fn were_people_read(&mut self, path: &Path, read: Result<Option<TableOfPeople>, ReadError>) {
        let lang = self.session.lang;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let present = match &self.session.moment.dialogue {
            Some(Dialogue::People(draft)) => draft.people.clone(),
            _ => self.session.document.project.people.clone(),
        };
        let (people, trouble) = match read {
            Ok(Some(table)) => {
                let count = table.people.len().to_string();
                let nameless = table.nameless.to_string();
                let key = if table.nameless > 0 { "people.read-nameless" } else { "people.read" };
                let mut words = lang.with(key, &[("name", &name), ("n", &count), ("k", &nameless)]);
                if table.rounded_phones > 0 {
                    words.push('\n');
                    words.push_str(&lang.with("people.rounded-phones", &[("n", &table.rounded_phones.to_string())]));
                }
                if table.totals > 0 {
                    words.push('\n');
                    words.push_str(&lang.with("layout.totals", &[("n", &table.totals.to_string())]));
                }
                if !table.unused.is_empty() {
                    words.push('\n');
                    words.push_str(&lang.with("people.unused", &[("n", &table.unused.join("、"))]));
                }
                (with_table(&present, table.people), words)
            }
            Ok(None) => (present, lang.with("people.no-names", &[("name", &name)])),
            Err(e) => (present, lang.with("error.read", &[("name", &name), ("n", &e.to_string())])),
        };
        let draft = PeopleDraft { people, open: None, trouble: Some(trouble) };
        let dialogue = Dialogue::People(Box::new(draft));
        match &self.session.moment.dialogue {
            // The list from which the table was asked for: its people stand in it.
            Some(Dialogue::People(_)) => self.session.moment.dialogue = Some(dialogue),
            _ => self.ask_after(dialogue),
        }
    }
}
