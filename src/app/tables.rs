//! Tables that leave the window.

use super::asking::Asks;
use crate::model::FeatureId;
use std::path::Path;

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::district::{WideCell, wide_grid};
use crate::lang::Lang;
use crate::output::{
    FORMATS, FieldForm, Grid, GridCell, GridHead, field_grid, save_field_sheet, save_with_sources, to_csv,
};
use crate::session::{Became, Dialogue, FileCommand, SurveyCommand};

/// Why a file could not be written, in the person's language where that helps.
pub(super) fn io_words(lang: Lang, error: &std::io::Error) -> String {
    use std::io::ErrorKind as K;
    let key = match error.kind() {
        K::ResourceBusy => "error.held-open",
        K::PermissionDenied => "error.denied",
        K::StorageFull | K::QuotaExceeded => "error.disk-full",
        K::ReadOnlyFilesystem => "error.read-only",
        K::NotFound => "error.folder-gone",
        _ => return error.to_string(),
    };
    lang.t(key).to_owned()
}

impl Qiancun {
    fn table_grid(&mut self) -> Option<Grid> {
        self.session.make_sheet();
        let sheet = self.session.sheet().cloned()?;
        let title = self.session.layer_title(sheet.layer);
        Some(sheet.grid(&self.session, title))
    }

    /// Puts the rows shown on the clipboard, cells parted by tabs.
    pub(super) fn copy_table(&mut self) {
        let Some(grid) = self.table_grid() else { return };
        let text = String::from_utf8_lossy(&to_csv(&grid, '\t', false)).into_owned();
        self.ctx.copy_text(text);
        let count = grid.rows.len().to_string();
        self.session.news = Some(self.session.lang.with("status.table-copied", &[("n", &count)]));
    }

    /// Writes the rows shown.
    pub(super) fn export_table(&mut self, path: &Path) {
        if let Some(grid) = self.table_grid() {
            let sources = self.session.sheet().cloned().and_then(|sheet| self.session.table_sources(&sheet));
            self.write_grid(path, grid, sources);
        }
    }

    fn write_grid(&mut self, path: &Path, grid: Grid, sources: Option<Grid>) {
        if !self.may_write(path) {
            return;
        }
        self.write(path, move |path| save_with_sources(path, &grid, sources.as_ref()));
    }

    /// Has a file written off the window's thread.
    pub(super) fn write(&mut self, path: &Path, write: impl FnOnce(&Path) -> std::io::Result<()> + Send + 'static) {
        let path = path.to_path_buf();
        self.session.work.writing.push(path.clone());
        self.jobs.start(Job::Write, move |_| {
            let written = write(&path);
            Some(Done::Written(path, written))
        });
    }

    /// Says how the writing of a file ended.
    pub(super) fn was_written(&mut self, path: &Path, written: std::io::Result<()>) {
        let writing = &mut self.session.work.writing;
        if let Some(at) = writing.iter().position(|p| p == path) {
            writing.remove(at);
        }
        let name = path.display().to_string();
        let lang = self.session.lang;
        match written {
            Ok(()) => self.session.news = Some(lang.with("status.saved", &[("n", &name)])),
            Err(e) => {
                let text = lang.with("error.write", &[("name", &name), ("n", &io_words(lang, &e))]);
                self.ask_after(Dialogue::Message(text));
            }
        }
    }

    /// Writes the figures of all years, corrections included, as the reader takes them.
    pub(super) fn export_figures(&mut self, path: &Path) {
        let Some(district) = self.session.district().cloned() else { return };
        let wide = wide_grid(&district, &|v| self.session.is_in_focus(FeatureId::new(v.number())));
        let cell = |c: WideCell| match c {
            WideCell::Empty => GridCell::Empty,
            WideCell::Number(n) => GridCell::Number(n),
            WideCell::Text(t) => GridCell::Text(t),
        };
        let lang = self.session.lang;
        let labels = district.figure_labels(lang);
        let head = |name: String| {
            let decimals = district.indicators.get(&name).map_or(0, |i| i.decimals);
            GridHead { label: labels.get(&name).cloned(), name, decimals, ..Default::default() }
        };
        let grid = Grid {
            name: "indicators".to_owned(),
            heads: wide.heads.into_iter().map(head).collect(),
            rows: wide.rows.into_iter().map(|r| r.into_iter().map(cell).collect()).collect(),
        };
        let sources = self.session.figure_sources();
        self.write_grid(path, grid, sources);
    }

    /// Writes the gaps listed as a field sheet.
    pub(super) fn export_gaps(&mut self, path: &Path) {
        let (Some(found), Some(district)) = (self.session.present_gaps().cloned(), self.session.district().cloned())
        else {
            return;
        };
        self.session.list_gaps();
        let rows = self.session.listed_gaps().map(|l| l.rows.clone()).unwrap_or_default();
        if self.session.moment.gap_filter.became == Some(Became::Closed) {
            self.session.moment.dialogue =
                Some(Dialogue::Message(self.session.lang.t("gaps.closed-no-sheet").to_owned()));
            return;
        }
        if !self.may_write(path) {
            return;
        }
        let (lang, wanted) = (self.session.lang, self.session.moment.form.clone());
        let start = wanted.from_here.then(|| self.session.camera.centre.to_lonlat());
        let form = FieldForm { lang, shift: wanted.shift, start };
        let survey = self.session.survey.seen.clone();
        let title = self.session.project_title().to_owned();
        self.write(path, move |path| {
            let gaps: Vec<_> = rows.iter().filter_map(|i| found.list.gaps.get(*i)).collect();
            let state = |key: &str| survey.as_ref().map(|s| s.field_state(key, lang)).unwrap_or_default();
            let grid = field_grid(&district, &found.rules, &gaps, &form, &state);
            save_field_sheet(path, &grid, &title, wanted.per_town, &form, district.middle())
        });
    }

    pub(super) fn ask_export_gaps(&mut self) {
        let title = self.session.lang.t("command.export-gaps");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = FORMATS
                .iter()
                .fold(question, |dialogue, format| dialogue.add_filter(format.to_uppercase(), &[*format]));
            dialogue.set_file_name("gaps.xlsx").save_file().map(SurveyCommand::ExportGapsTo)
        });
    }

    pub(super) fn ask_export_figures(&mut self) {
        let title = self.session.lang.t("command.export-figures");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue =
                question.add_filter("CSV", &["csv"]).add_filter("XLSX", &["xlsx"]).set_file_name("indicators.csv");
            dialogue.save_file().map(FileCommand::ExportFiguresTo)
        });
    }

    /// Asks where to.
    pub(super) fn ask_export_table(&mut self) {
        let title = self.session.lang.t("command.export-table");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue =
                question.add_filter("XLSX", &["xlsx"]).add_filter("CSV", &["csv"]).set_file_name("villages.xlsx");
            dialogue.save_file().map(FileCommand::ExportTableTo)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_another_program_holds_is_told_in_plain_words() {
        let held = std::io::Error::from(std::io::ErrorKind::ResourceBusy);
        assert!(io_words(Lang::Zh, &held).contains("WPS"));
        let other = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(io_words(Lang::Zh, &other).contains("磁盘已满"));
        let unknown = std::io::Error::other("odd");
        assert_eq!(io_words(Lang::En, &unknown), "odd");
    }
}
