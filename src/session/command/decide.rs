//! Commands about decisions of meetings, and about who answers for what.

use std::path::PathBuf;

use crate::model::Person;
use crate::session::decisions::{DecisionDraft, ReportsDraft};
use crate::survey::Outcome;

/// What a person can do about decisions and people.
#[derive(Clone, Debug, PartialEq)]
pub enum DecideCommand {
    /// Ask what is decided about the village on the card; without one all decisions are listed.
    Here,
    /// Ask what is decided about a gap, by its position among those found.
    Gap(usize),
    /// Change a decision, by its id.
    Edit(String),
    /// Record the decision being typed.
    Record(Box<DecisionDraft>),
    /// Say that a decision is done, or that it is not.
    Settle(String, bool),
    /// Take a decision back.
    Withdraw(String),
    /// List all decisions.
    List,
    /// Ask where the decisions are to go: as orders on paper, one page for each unit, or as a table.
    ExportDialogue,
    /// Write them there.
    ExportTo(PathBuf),
    /// Ask for a table of reports.
    ReportsDialogue,
    /// Read a table of reports, to be looked at.
    ReadReports(PathBuf),
    /// Ask for the folder in which tables of reports come.
    ReportsFolderDialogue,
    /// Look into this folder for tables of reports from now on; `None`: into none.
    WatchReports(Option<PathBuf>),
    /// Show the reports that have come there.
    ShowWaitingReports,
    /// Record the reports shown.
    TakeReports(Box<ReportsDraft>),
    /// Say that a report is settled, or not so; nothing of both.
    SettleReport(String, Option<Outcome>),
    /// Ask where the answers to reports are to go.
    AnswersDialogue,
    /// Write them there.
    AnswersTo(PathBuf),
    /// Show who answers for what, to be changed.
    PeopleDialogue,
    /// Keep the people as they were changed.
    PutPeople(Vec<Person>),
    /// Ask for a table of people.
    PeopleTableDialogue,
    /// Take the people of a table in, to be looked at.
    PeopleOfTable(PathBuf),
}

impl DecideCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Here | Self::Gap(_) | Self::Record(_) => "decision.decide",
            Self::Edit(_) => "decision.change",
            Self::Settle(_, true) => "decision.settle",
            Self::Settle(_, false) => "decision.reopen",
            Self::Withdraw(_) => "decision.withdraw",
            Self::List => "decision.list",
            Self::ExportDialogue | Self::ExportTo(_) => "decision.export",
            Self::ReportsDialogue | Self::ReadReports(_) | Self::TakeReports(_) => "report.import",
            Self::ReportsFolderDialogue | Self::WatchReports(_) | Self::ShowWaitingReports => "report.folder",
            Self::SettleReport(..) => "report.settling",
            Self::AnswersDialogue | Self::AnswersTo(_) => "report.export",
            Self::PeopleDialogue | Self::PutPeople(_) => "people.title",
            Self::PeopleTableDialogue | Self::PeopleOfTable(_) => "people.table",
        }
    }

    /// Whether it changes the project rather than the survey log.
    pub(super) fn changes_the_project(&self) -> bool {
        matches!(self, Self::PutPeople(_))
    }
}
