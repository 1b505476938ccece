//! The status bar: position, CRS, source, count, progress with Cancel.

use egui::{Align, Layout, ProgressBar, RichText, Ui};

use crate::model::Crs;
use crate::read::Progress;
use crate::session::{CameraCommand, Commands, FileCommand, Session, Status};

/// How often progress is shown while a file is read: often enough to live, seldom enough to leave the cores to it.
const PROGRESS_EVERY: std::time::Duration = std::time::Duration::from_millis(200);

/// Shows the bar.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let t = session.tokens();
    let small = |text: String| RichText::new(text).size(12.0).color(t.ink_secondary);
    ui.horizontal_centered(|ui| {
        ui.add_space(12.0);
        let at = session.moment.hover.as_ref().map_or_else(|| session.camera.centre.to_lonlat(), |h| h.at);
        let (ns, ew) = (if at.lat_deg < 0.0 { "S" } else { "N" }, if at.lon_deg < 0.0 { "W" } else { "E" });
        let text = format!("{:.4}°{ns} {:.4}°{ew}", at.lat_deg.abs(), at.lon_deg.abs());
        if ui
            .add(egui::Label::new(small(text)).sense(egui::Sense::click()))
            .on_hover_text(session.lang.t("command.go-to"))
            .clicked()
        {
            send.push(CameraCommand::GoToDialogue);
        }
        ui.add_space(10.0);
        let active = session.active().and_then(|l| Some((l.key, l.loaded()?.clone())));
        if let Some((key, loaded)) = &active {
            ui.label(small(shown_crs(session, &loaded.dataset.source.crs)))
                .on_hover_text(loaded.dataset.source.crs.name());
            ui.add_space(10.0);
            ui.add(egui::Label::new(small(session.layer_title(*key))).truncate());
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            let loading: Vec<&Progress> = session
                .layers
                .values()
                .filter_map(|l| match &l.status {
                    Status::Loading(p) => Some(&**p),
                    _ => None,
                })
                .chain(session.work.pending.iter().map(|p| &*p.progress))
                .chain(session.work.understanding.iter().map(|(_, p)| &**p))
                .collect();
            if let Some(progress) = loading.first() {
                ui.ctx().request_repaint_after(PROGRESS_EVERY);
                if ui.small_button(session.lang.t("command.cancel")).clicked() {
                    send.push(FileCommand::CancelLoad);
                }
                ui.add(ProgressBar::new(progress.fraction()).desired_width(140.0).desired_height(8.0));
                ui.label(small(session.lang.t("status.reading").to_owned()));
                return;
            }
            let news = session.news.clone().unwrap_or_else(|| session.lang.t("status.ready").to_owned());
            ui.label(small(news));
            if session.survey.note.is_some() {
                let words = session.lang.t("survey.network-short");
                ui.label(small(words.to_owned())).on_hover_text(session.lang.t("survey.on-network"));
            }
            if let Some((_, loaded)) = &active {
                let count = loaded.dataset.len().to_string();
                let key = if loaded.is_points() { "status.points" } else { "status.villages" };
                ui.label(small(session.lang.with(key, &[("n", &count)])));
            }
        });
    });
}

/// The system of the coordinates beside it: WGS 84, with that of the file where positions were brought from another one.
fn shown_crs(session: &Session, crs: &Crs) -> String {
    let own = session.crs_words(crs);
    match crs {
        Crs::Reprojected(_) => format!("{} ← {own}", session.crs_name_words("EPSG:4326")),
        _ => own,
    }
}
