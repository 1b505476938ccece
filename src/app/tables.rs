//! Tables that leave the window.

use std::path::Path;

use super::qiancun::Qiancun;
use crate::output::{Grid, save, to_csv};
use crate::session::{Command, Dialogue};

impl Qiancun {
    fn table_grid(&mut self) -> Option<Grid> {
        self.session.make_sheet();
        let sheet = self.session.sheet.clone()?;
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
        let Some(grid) = self.table_grid() else { return };
        let name = path.display().to_string();
        let lang = self.session.lang;
        match save(path, &grid) {
            Ok(()) => self.session.news = Some(lang.with("status.saved", &[("n", &name)])),
            Err(e) => {
                let text = lang.with("error.write", &[("name", &name), ("n", &e.to_string())]);
                self.session.dialogue = Some(Dialogue::Message(text));
            }
        }
    }

    /// Asks where to.
    pub(super) fn ask_export_table(&self) {
        let title = self.session.lang.t("command.export-table");
        self.jobs.ask(move || {
            let dialogue = rfd::FileDialog::new()
                .set_title(title)
                .add_filter("XLSX", &["xlsx"])
                .add_filter("CSV", &["csv"])
                .set_file_name("villages.xlsx");
            dialogue.save_file().map(Command::ExportTableTo)
        });
    }
}
