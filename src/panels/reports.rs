//! Reports of residents and grid staff: what a table brings, and the list of all.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::session::{CameraCommand, Commands, DecideCommand, Dialogue, ReportsDraft, SelectCommand, Session};
use crate::survey::{Outcome, Report, ReportStatus};

/// Rows of a preview shown at once; the rest is counted.
const MOST_ROWS: usize = 200;

/// What a table of reports brings, before anything is recorded.
pub(super) fn preview(
    ui: &mut Ui,
    session: &Session,
    draft: Box<ReportsDraft>,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_width(680.0);
    let values = [("name", draft.name.as_str()), ("n", &draft.rows.len().to_string())];
    ui.label(RichText::new(lang.with("report.preview", &values)).font(bold(15.0)).color(t.ink));
    let new: Vec<_> = draft.rows.iter().filter(|m| m.is_taken()).collect();
    let updated = new.iter().filter(|m| m.is_known).count();
    let of_gaps = new.iter().filter(|m| !m.gap.is_empty()).count();
    let lost = new.iter().filter(|m| m.village.is_none()).count();
    let counts = [
        ("new", (new.len() - updated).to_string()),
        ("gaps", of_gaps.to_string()),
        ("known", (draft.rows.len() + updated - new.len()).to_string()),
        ("lost", lost.to_string()),
    ];
    let mut words = lang.with("report.counts", &counts.each_ref().map(|(k, v)| (*k, v.as_str())));
    if updated > 0 {
        words.push_str(" · ");
        words.push_str(&lang.with("report.updated", &[("n", &updated.to_string())]));
    }
    ui.label(RichText::new(words).color(if lost > 0 { t.warn } else { t.ink_secondary }));
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(340.0).auto_shrink([false, true]).show(ui, |ui| {
        // What found no village comes first.
        let mut rows = new.clone();
        rows.sort_by_key(|m| m.village.is_some());
        for matched in rows.iter().take(MOST_ROWS) {
            let village = matched.village.zip(session.district()).map(|(v, d)| d.villages.display_name(v));
            let ink = if village.is_some() { t.ink_secondary } else { t.warn };
            let place = village.unwrap_or_else(|| lang.t("report.no-village").to_owned());
            let rule = matched.gap.split('/').next().filter(|r| !r.is_empty());
            let gap = rule.map(|r| lang.with("report.of-gap", &[("n", r)])).unwrap_or_default();
            let row = lang.with("import.row", &[("n", &matched.report.line.to_string())]);
            let more = match (matched.is_known, matched.is_elsewhere) {
                (true, _) => lang.t("report.says-more"),
                (false, true) => lang.t("report.elsewhere"),
                (false, false) => "",
            };
            let head = [row.as_str(), &place, &matched.report.category, &gap, more];
            let head = head.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
            ui.label(RichText::new(head).size(12.0).color(ink));
            ui.add(Label::new(RichText::new(&matched.report.text).size(12.5).color(t.ink)).truncate());
            ui.add_space(3.0);
        }
        if rows.len() > MOST_ROWS {
            ui.label(lang.with("import.more", &[("n", &(rows.len() - MOST_ROWS).to_string())]));
        }
    });
    ui.add_space(8.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let word = lang.with("report.take", &[("n", &new.len().to_string())]);
        if ui.add_enabled_ui(!new.is_empty(), |ui| primary(ui, t, &word).clicked()).inner {
            send.push(DecideCommand::TakeReports(draft.clone()));
            keep = false;
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Reports(draft))
}

/// All reports, new ones first.
pub(super) fn list(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.horizontal(|ui| {
        for command in [DecideCommand::ReportsDialogue, DecideCommand::AnswersDialogue] {
            if ui.button(lang.t(command.key())).clicked() {
                send.push(command);
            }
        }
    });
    folder(ui, session, send);
    let all = session.listed_reports();
    if all.is_empty() {
        ui.label(RichText::new(lang.t("report.none")).color(t.ink_secondary));
        return;
    }
    ScrollArea::vertical().id_salt("reports").auto_shrink(false).show_rows(ui, 44.0, all.len(), |ui, range| {
        for i in range {
            if let Some((report, status)) = all.get(i) {
                row(ui, session, report, *status, send);
            }
        }
    });
}

/// The folder in which reports come, and those that wait there.
fn folder(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.horizontal(|ui| {
        let project = session.file.path.as_ref().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
        match session.settings.window.reports_folders.get(&project) {
            None => {
                if ui.button(lang.t("report.folder")).on_hover_text(lang.t("report.folder-tip")).clicked() {
                    send.push(DecideCommand::ReportsFolderDialogue);
                }
            }
            Some(folder) => {
                let words = lang.with("report.watched", &[("n", &folder.display().to_string())]);
                ui.label(RichText::new(words).size(12.0).color(t.ink_secondary));
                if ui.small_button(lang.t("report.look-now")).clicked() {
                    send.push(DecideCommand::WatchReports(Some(folder.clone())));
                }
                if ui.small_button(lang.t("report.watch-none")).clicked() {
                    send.push(DecideCommand::WatchReports(None));
                }
            }
        }
        if !session.work.reports_unread.is_empty() {
            let words = lang.with("report.unread", &[("n", &session.work.reports_unread.join("、"))]);
            ui.add(Label::new(RichText::new(words).size(12.0).color(t.warn)).truncate());
        }
        if let Some(waiting) = &session.work.reports_waiting {
            let words = lang.with("report.waiting", &[("n", &waiting.rows.len().to_string())]);
            if ui.button(RichText::new(words).color(t.accent)).clicked() {
                send.push(DecideCommand::ShowWaitingReports);
            }
        }
    });
}

fn row(ui: &mut Ui, session: &Session, report: &Report<'_>, status: ReportStatus, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let ink = match status {
        ReportStatus::New => t.bad,
        ReportStatus::Known => t.warn,
        ReportStatus::Settled | ReportStatus::Wrong => t.good,
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(status.word(lang)).size(12.0).color(ink));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let id = report.id().to_owned();
            let is_over = matches!(status, ReportStatus::Settled | ReportStatus::Wrong);
            if is_over && report.said.result.is_some() {
                if ui.small_button(lang.t("report.reopen")).clicked() {
                    send.push(DecideCommand::SettleReport(id, None));
                }
            } else if !is_over {
                for (key, result) in [("report.refuse", Outcome::Wrong), ("report.settle", Outcome::Closed)] {
                    if ui.small_button(lang.t(key)).clicked() {
                        send.push(DecideCommand::SettleReport(id.clone(), Some(result)));
                    }
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let first = report.said.note.lines().next().unwrap_or_default();
                ui.add(Label::new(RichText::new(first).color(t.ink)).truncate()).on_hover_text(&report.said.note);
            });
        });
    });
    ui.horizontal(|ui| {
        let subject = &report.said.subject;
        let place = [subject.town.as_str(), &subject.village].join(" ");
        let place = if place.trim().is_empty() { lang.t("report.no-village") } else { place.trim() };
        if ui.link(RichText::new(place).size(12.0)).clicked() {
            let village = session.village_of_subject(subject).zip(session.village_layer().map(|l| l.key));
            match (report.said.place(), village) {
                (Some(at), _) => send.push(CameraCommand::GoTo(at)),
                (None, Some((village, layer))) => send.push(SelectCommand::FlyTo(layer, village)),
                (None, None) => {}
            }
        }
        let at = report.said.at.map(crate::survey::Instant::for_people).unwrap_or_default();
        let parts = [at.as_str(), report.category(), report.number()];
        let words = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
        ui.add(Label::new(RichText::new(words).size(12.0).color(t.ink_secondary)).truncate());
    });
}
