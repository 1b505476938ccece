//! What commands about decisions and people do.

use super::asking::Asks;
use std::path::{Path, PathBuf};

use super::job::ReportsRead;
use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use super::recording::Then;
use crate::model::{AnswersFor, Person};
use crate::output::save;
use crate::page::order_sheets;
use crate::read::{Cell, ReadError, read_sheets};
use crate::rules::{day_of, day_text, days_today};
use crate::session::{DecideCommand, DecisionDraft, Dialogue, PeopleDraft, ReportsDraft};
use crate::survey::{NewDecision, Outcome, Subject, decisions_grid, match_reports, read_reports, reports_grid};

/// People of a table, and how many of its rows name nobody.
pub(crate) struct TableOfPeople {
    /// The people, each once.
    pub people: Vec<Person>,
    /// Rows that name nobody.
    pub nameless: usize,
}

/// What a column of a table of people says.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    Name,
    Unit,
    Phone,
    Role,
    Town,
    Village,
    Thing,
    Rule,
}

/// Heads as people write them, without blanks and in small letters.
const HEADS: [(Column, &[&str]); 8] = [
    (Column::Name, &["姓名", "名字", "责任人", "负责人", "name", "person"]),
    (Column::Unit, &["单位", "部门", "工作单位", "责任单位", "unit", "organisation", "organization", "department"]),
    (Column::Phone, &["电话", "手机", "联系电话", "手机号", "联系方式", "phone", "mobile", "tel"]),
    (Column::Role, &["职务", "身份", "角色", "岗位", "类别", "role", "position", "title"]),
    (
        Column::Town,
        &[
            "乡镇",
            "镇",
            "街道",
            "所属乡镇",
            "所属镇",
            "所在乡镇",
            "负责乡镇",
            "责任乡镇",
            "乡镇街道",
            "镇街",
            "town",
            "township",
        ],
    ),
    (
        Column::Village,
        &[
            "村",
            "村名",
            "行政村",
            "村庄",
            "所属村",
            "所在村",
            "责任村",
            "负责村",
            "包村",
            "包片村",
            "责任区",
            "负责区域",
            "村代码",
            "village",
            "villagecode",
            "code",
        ],
    ),
    (Column::Thing, &["河流", "河道", "河段", "田块", "设施", "责任对象", "river", "field", "facility", "thing"]),
    (Column::Rule, &["规则", "rule"]),
];

fn column_of(head: &str) -> Option<Column> {
    let plain: String = head.chars().filter(|c| !c.is_whitespace() && !"（()）_-".contains(*c)).collect();
    let plain = plain.to_lowercase();
    HEADS.iter().find(|(_, words)| words.contains(&plain.as_str())).map(|(column, _)| *column)
}

/// Several in one cell: `甲村、乙村`.
fn parts(text: &str) -> Vec<String> {
    text.split(['、', '，', ',', ';', '；', '/']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(n) => n.to_string(),
        _ => String::new(),
    }
}

/// Reads a table of people: a row for each, or several rows for one who answers for several places. Who has the same name and telephone
/// number is one person. `None` where no column says names.
///
/// # Errors
/// Where the file cannot be read.
pub(crate) fn people_of_table(path: &Path) -> Result<Option<TableOfPeople>, ReadError> {
    let mut found: Option<TableOfPeople> = None;
    for rows in read_sheets(path)? {
        let head = rows.iter().take(6).enumerate().find_map(|(i, (_, cells))| {
            let columns: Vec<Option<Column>> = cells.iter().map(|c| column_of(&cell_text(c))).collect();
            columns.contains(&Some(Column::Name)).then_some((i, columns))
        });
        let Some((at, columns)) = head else { continue };
        let table = found.get_or_insert(TableOfPeople { people: Vec::new(), nameless: 0 });
        for (_, cells) in rows.iter().skip(at + 1) {
            let text = |wanted: Column| {
                let of =
                    columns.iter().zip(cells).filter(|(c, _)| **c == Some(wanted)).map(|(_, cell)| cell_text(cell));
                of.filter(|t| !t.is_empty()).collect::<Vec<_>>().join("、")
            };
            if cells.iter().all(|c| cell_text(c).is_empty()) {
                continue;
            }
            let name = text(Column::Name);
            if name.is_empty() {
                table.nameless += 1;
                continue;
            }
            take(&mut table.people, &name, &text);
        }
    }
    Ok(found)
}

fn take(people: &mut Vec<Person>, name: &str, text: &dyn Fn(Column) -> String) {
    let phone = text(Column::Phone);
    let unit = text(Column::Unit);
    let is_same = |p: &Person| p.name == name && (p.phone == phone || phone.is_empty() || p.phone.is_empty());
    if !people.iter().any(is_same) {
        people.push(Person { id: Person::new_id(), name: name.to_owned(), ..Person::default() });
    }
    let Some(person) = people.iter_mut().find(|p| is_same(p)) else { return };
    for (field, value) in [(&mut person.phone, phone), (&mut person.unit, unit)] {
        if field.is_empty() {
            *field = value;
        }
    }
    for role in parts(&text(Column::Role)) {
        if !person.roles.contains(&role) {
            person.roles.push(role);
        }
    }
    let (town, rule) = (text(Column::Town), text(Column::Rule));
    let of = |village: String, thing: String| AnswersFor { town: town.clone(), village, thing, rule: rule.clone() };
    let (villages, things) = (parts(&text(Column::Village)), parts(&text(Column::Thing)));
    let mut answers: Vec<AnswersFor> = villages.into_iter().map(|v| of(v, String::new())).collect();
    answers.extend(things.into_iter().map(|t| of(String::new(), t)));
    if answers.is_empty() {
        answers.push(of(String::new(), String::new()));
    }
    for answer in answers.into_iter().filter(|a| !a.is_empty()) {
        if !person.answers.contains(&answer) {
            person.answers.push(answer);
        }
    }
}

/// The people of a project with those of a table: who is there already, by name and telephone number, answers for what the table says now.
pub(crate) fn with_table(present: &[Person], table: Vec<Person>) -> Vec<Person> {
    let mut all = present.to_vec();
    for person in table {
        let is_same = |p: &Person| {
            p.name == person.name && (p.phone == person.phone || p.phone.is_empty() || person.phone.is_empty())
        };
        match all.iter_mut().find(|p| is_same(p)) {
            Some(known) => {
                let (id, other) = (known.id.clone(), known.other.clone());
                let phone = if person.phone.is_empty() { known.phone.clone() } else { person.phone.clone() };
                *known = Person { id, other, phone, ..person };
            }
            None => all.push(person),
        }
    }
    all
}

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
        let taken = draft.rows.into_iter().filter(|m| !m.is_known).map(|m| {
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
                let words = lang.with(key, &[("name", &name), ("n", &count), ("k", &nameless)]);
                (with_table(&present, table.people), words)
            }
            Ok(None) => (present, lang.with("people.no-names", &[("name", &name)])),
            Err(e) => (present, lang.with("error.read", &[("name", &name), ("n", &e.to_string())])),
        };
        let draft = PeopleDraft { people, open: None, trouble: Some(trouble) };
        self.ask_after(Dialogue::People(Box::new(draft)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_people_as_offices_keep_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("网格员.csv");
        let text = "网格员名单,,,,\n姓 名,单位,联系电话,职务,乡镇,村名\n李雷,城管科,13800000000,网格员,甲镇,东沟村、西沟村\n\
                    李雷,城管科,13800000000,河长,乙镇,\n,城管科,,,丙镇,\n韩梅,卫生院,,村医,甲镇,东沟村\n";
        std::fs::write(&path, text).expect("written");
        let table = people_of_table(&path).expect("read").expect("a table of people");
        assert_eq!((table.people.len(), table.nameless), (2, 1));
        let first = &table.people[0];
        assert_eq!(first.roles, ["网格员", "河长"]);
        let words: Vec<String> = first.answers.iter().map(AnswersFor::words).collect();
        assert_eq!(words, ["甲镇 东沟村", "甲镇 西沟村", "乙镇"]);
        // Taken in twice it is the same, ids and all.
        let once = with_table(&[], table.people.clone());
        let again = people_of_table(&path).expect("read").expect("a table of people");
        assert_eq!(with_table(&once, again.people), once);
        std::fs::write(&path, "code,population\n1,2\n").expect("written");
        assert!(people_of_table(&path).expect("read").is_none());
    }
}
