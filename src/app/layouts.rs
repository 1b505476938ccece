//! Tables before they count: understood in the background, shown, taken.

use super::asking::Asks;
use std::path::Path;
use std::sync::Arc;

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::district::{Beside, Understood, understand};
use crate::model::{Theme, ThemeEntry};
use crate::output::{FormError, FormOptions, FormReport, bound_form, fill_form_file};
use crate::project::{FormEntry, TableEntry};
use crate::read::{LayoutSaid, Progress, ReadError};
use crate::session::{Dialogue, FileCommand, FormStep, LayoutDraft};

/// A table that was understood, or why it could not be.
pub struct UnderstoodTable {
    /// What was asked for.
    pub draft: LayoutDraft,
    /// What came of it.
    pub result: Result<Understood, ReadError>,
    /// Whether it was dropped just now, so that nothing is open that shows it.
    pub is_new: bool,
    /// How far it was.
    pub progress: Arc<Progress>,
}

impl Qiancun {
    /// Takes a table of figures that was dropped. Without villages there is nothing to join it to.
    pub(super) fn join_table(&mut self, path: &Path) {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let is_joined_yet = self.session.district().is_some() || !self.session.needs_district();
        if self.session.is_loading() || !is_joined_yet {
            // Villages, or what is known of them already, are on their way: without them nothing could be found, or look copied.
            self.opened.unjoined.push(path);
            return;
        }
        if self.session.village_layer().is_none() || self.session.file.gives_way {
            let text = self.session.lang.with("error.table-without-villages", &[("n", &name)]);
            self.ask_after(Dialogue::Message(text));
            return;
        }
        let entry = self.session.document.project.tables.iter().find(|t| t.path == path);
        let said = entry.map(|t| t.layout.clone()).unwrap_or_default();
        self.understand(LayoutDraft::new(path, said), true);
    }

    /// Takes the tables that waited for what is known already.
    pub(super) fn join_waiting(&mut self) {
        if !self.opened.unjoined.is_empty() && !self.session.is_loading() {
            for path in std::mem::take(&mut self.opened.unjoined) {
                self.join_table(&path);
            }
        }
    }

    /// Has a table understood as a draft says.
    pub(super) fn understand(&mut self, draft: LayoutDraft, is_new: bool) {
        let Some(villages) = self.session.village_layer().and_then(|l| l.loaded()).cloned() else { return };
        let district = self.session.district().cloned();
        let project = &self.session.document.project;
        let (own, mut aliases) = (project.indicators.clone(), project.aliases.clone());
        aliases.extend(draft.aliases.iter().cloned());
        // One that is asked for again makes way for what was changed meanwhile.
        for (_, earlier) in self.session.work.understanding.iter().filter(|(path, _)| *path == draft.path) {
            earlier.cancel();
        }
        let progress = Arc::new(Progress::new());
        self.session.work.understanding.push((draft.path.clone(), progress.clone()));
        self.jobs.start(Job::Understand, move |_| {
            let beside = Beside {
                villages: &villages.dataset,
                members: villages.members(),
                own: &own,
                aliases: &aliases,
                editions: district.as_ref().map(|d| d.editions.clone()).unwrap_or_default(),
                known: district.as_ref().map(|d| (&d.observations, &d.indicators)),
            };
            let result = understand(&draft.path, &draft.said, &beside, &progress);
            Some(Done::Understood(Box::new(UnderstoodTable { draft, result, is_new, progress })))
        });
    }

    /// A table was understood: it is shown, or taken where one with the same heads was taken before and nothing looks odd.
    pub(super) fn was_understood(&mut self, table: UnderstoodTable) {
        let UnderstoodTable { mut draft, result, is_new, progress } = table;
        self.session.work.understanding.retain(|(_, p)| !Arc::ptr_eq(p, &progress));
        let understood = match result {
            Err(error) if error.code() == "cancelled" => {
                if let Some(Dialogue::Layout(shown)) = &mut self.session.moment.dialogue
                    && shown.is_of(&draft)
                {
                    shown.is_waiting = false;
                }
                return;
            }
            Ok(understood) if draft.is_form => {
                // A form has no figures of its own: nothing in it is new, changed or copied.
                let (proposed, alarms, changes) = Default::default();
                Understood { proposed, alarms, changes, ..understood }
            }
            Ok(understood) => understood,
            Err(error) => {
                let name = draft.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let text = self.explain(&error, &name);
                return match &mut self.session.moment.dialogue {
                    Some(Dialogue::Layout(shown)) if shown.is_of(&draft) => {
                        (shown.is_waiting, shown.trouble) = (false, Some(text));
                    }
                    _ => self.ask_after(Dialogue::Message(text)),
                };
            }
        };
        if !is_new {
            if let Some(Dialogue::Layout(shown)) = &mut self.session.moment.dialogue
                && shown.is_of(&draft)
            {
                (shown.is_waiting, shown.trouble) = (false, None);
                shown.understood = Some(Arc::new(understood));
            }
            return;
        }
        if draft.is_form {
            return self.form_was_understood(draft, understood);
        }
        let heads = understood.layout.fingerprint();
        let is_known = |t: &&TableEntry| t.heads == heads && t.path != draft.path;
        let known = self.session.document.project.tables.iter().find(is_known).map(|t| t.layout.clone());
        match known {
            // It is read once more, as the one before was.
            Some(said) if draft.said.is_empty() && said != LayoutSaid::default() && !draft.is_known => {
                draft.said = LayoutSaid { sheet: None, head_rows: Vec::new(), first_row: None, ..said };
                draft.is_known = true;
                self.understand(draft, true);
            }
            Some(_) if understood.alarms.is_empty() => {
                draft.understood = Some(Arc::new(understood));
                self.take_table(draft);
            }
            _ => {
                draft.is_waiting = false;
                draft.understood = Some(Arc::new(understood));
                self.ask_after(Dialogue::Layout(Box::new(draft)));
            }
        }
    }

    /// Takes a table as its draft says into the project: one step.
    pub(super) fn take_table(&mut self, draft: LayoutDraft) {
        let Some(understood) = draft.understood.clone() else { return };
        let name = draft.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let entry = TableEntry {
            heads: understood.layout.fingerprint(),
            layout: draft.said.clone(),
            ..TableEntry::new(draft.path.clone())
        };
        let proposed = understood.proposed.iter().map(|(head, i)| draft.new.get(head).unwrap_or(i).clone());
        let new: Vec<_> = proposed.collect();
        self.session.transact("command.open", |d| {
            let project = &mut d.project;
            for theme in new.iter().map(|i| i.theme).filter(|t| Theme::from_key(t.key()).is_none()) {
                // A theme of the project's own is written down, so that it can be given names, a place and a sign there.
                if project.themes.iter().all(|t| t.id != theme) {
                    project.themes.push(ThemeEntry::named(theme.key()));
                }
            }
            for indicator in new {
                if project.indicators.iter().all(|i| i.id != indicator.id) {
                    project.indicators.push(indicator);
                }
            }
            project.aliases.extend(draft.aliases.iter().cloned());
            match project.tables.iter_mut().find(|t| t.path == entry.path) {
                Some(table) => (table.heads, table.layout) = (entry.heads, entry.layout),
                None => project.tables.push(entry),
            }
        });
        let report = &understood.report;
        let (matched, rows) = (report.matched.to_string(), report.rows.to_string());
        let words = [("name", name.as_str()), ("n", matched.as_str()), ("m", rows.as_str())];
        self.session.news = Some(self.session.lang.with("status.table-joined", &words));
    }

    /// Takes a step of filling a form.
    pub(super) fn on_form(&mut self, step: FormStep) {
        match step {
            FormStep::Bind(form) => self.bind_form(&form),
            FormStep::Take(draft) => self.take_form(*draft),
            FormStep::Fill(form, out) => self.fill_form(&form, &out),
        }
    }

    /// Asks for a form of somebody else.
    pub(super) fn ask_fill_form(&mut self) {
        let title = self.session.lang.t("command.fill-form");
        let question = self.question(Asks::Read, title);
        self.jobs.ask(move || {
            let form = question.add_filter("XLSX", &["xlsx", "xlsm"]).pick_file()?;
            Some(FileCommand::Form(FormStep::Bind(form)))
        });
    }

    /// Has a form understood as it was bound before, to be shown.
    fn bind_form(&mut self, form: &Path) {
        let path = std::path::absolute(form).unwrap_or_else(|_| form.to_path_buf());
        let entry = FormEntry::of(&self.session.document.project.forms, &path, None);
        let said = entry.map(|f| f.layout.clone()).unwrap_or_default();
        let is_known = entry.is_some();
        self.understand(LayoutDraft { is_form: true, is_known, ..LayoutDraft::new(path, said) }, true);
    }

    /// A form was understood: it is shown as it is bound, by its heads where nothing else tells it, so that a person sees which column gets
    /// which figure, and can change it.
    fn form_was_understood(&mut self, mut draft: LayoutDraft, understood: Understood) {
        let heads = understood.layout.fingerprint();
        let entry = FormEntry::of(&self.session.document.project.forms, &draft.path, Some(&heads));
        if let Some(said) = entry.map(|f| f.layout.clone()).filter(|said| !draft.is_known && *said != draft.said) {
            (draft.said, draft.is_known) = (said, true);
            return self.understand(draft, true);
        }
        draft.is_waiting = false;
        draft.understood = Some(Arc::new(understood));
        self.ask_after(Dialogue::Layout(Box::new(draft)));
    }

    /// Keeps how a form is bound, and asks where its filled copy goes.
    fn take_form(&mut self, draft: LayoutDraft) {
        let Some(understood) = draft.understood else { return };
        let heads = understood.layout.fingerprint();
        let (path, layout, aliases) = (draft.path, draft.said, draft.aliases);
        let forms = &self.session.document.project.forms;
        let is_kept =
            FormEntry::of(forms, &path, Some(&heads)).is_some_and(|f| f.layout == layout) && aliases.is_empty();
        if !is_kept {
            self.session.transact("command.fill-form", |d| {
                d.project.aliases.extend(aliases.iter().cloned());
                match d.project.forms.iter_mut().find(|f| f.path == path) {
                    Some(form) => (form.heads, form.layout) = (heads, layout),
                    None => d.project.forms.push(FormEntry {
                        path: path.clone(),
                        heads,
                        cells: Vec::new(),
                        layout,
                        other: Default::default(),
                    }),
                }
            });
        }
        let title = self.session.lang.t("command.fill-form");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let stem = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let out = question.add_filter("XLSX", &["xlsx"]);
            out.set_file_name(format!("{stem}-filled.xlsx"))
                .save_file()
                .map(|out| FileCommand::Form(FormStep::Fill(path, out)))
        });
    }

    /// Fills a form with the figures of the year that is shown, unless the form says another.
    fn fill_form(&mut self, form: &Path, out: &Path) {
        let Some(district) = self.session.district().cloned().filter(|_| form != out && self.may_write(out)) else {
            return;
        };
        let project = &self.session.document.project;
        let (forms, aliases, lang) = (project.forms.clone(), project.aliases.clone(), self.session.lang);
        // The form itself says which year it asks for, else the latest is meant.
        let (form, out) = (form.to_path_buf(), out.to_path_buf());
        self.session.work.writing.push(out.clone());
        self.jobs.start(Job::Write, move |_| {
            let entry = bound_form(&forms, &district, &form);
            let (said, cells) = entry.map(|f| (f.layout.clone(), f.cells.clone())).unwrap_or_default();
            let options = FormOptions { said: &said, cells: &cells, aliases: &aliases, year: None, lang };
            let filled = fill_form_file(&district, &form, &out, options);
            Some(Done::FormFilled(out, filled))
        });
    }

    /// Says how the filling of a form ended, and what stays blank.
    pub(super) fn form_was_filled(&mut self, path: &Path, filled: Result<FormReport, FormError>) {
        self.session.work.writing.retain(|p| p != path);
        let lang = self.session.lang;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let text = match filled {
            Err(FormError::NotWorkbook) => lang.t("form.not-workbook").to_owned(),
            Err(FormError::Read(e)) => self.explain(&e, &name),
            Err(FormError::Io(e)) => return self.was_written(path, Err(e)),
            Ok(report) => {
                let words = [("name", name.as_str()), ("n", &report.cells.to_string())];
                let mut text = lang.with("form.filled", &words);
                self.session.news = Some(text.clone());
                if report.blank.is_empty() {
                    return;
                }
                text += &format!("\n{}", lang.with("form.blank", &[("n", &report.blank.len().to_string())]));
                for blank in report.blank.iter().take(12) {
                    let why = lang.find(&format!("form.{}", blank.why)).unwrap_or(blank.why);
                    text += &format!("\n{} {} {}", blank.cell, blank.village, why);
                }
                if report.blank.len() > 12 {
                    text += "\n…";
                }
                text
            }
        };
        self.ask_after(Dialogue::Message(text));
    }
}
