//! The scenes of the project: captured, named, put in order, shown.

use egui::{Align, Layout, RichText, ScrollArea, TextEdit, Ui};

use super::meeting::MOST_FIGURES;
use super::style::bold;
use super::widgets::{chip_menu, icon_button, marked_chip, primary};
use crate::icons::Icon;
use crate::project::{ChartKind, SceneEntry};
use crate::session::{
    COVERAGE_FIGURE, Commands, Derived, Dialogue, Finding, FindingWeight, FoundAt, MOST_PHOTOS, MeetingCommand,
    SceneFigure, Session,
};

/// Shows the list.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        if primary(ui, t, lang.t("scene.capture")).clicked() {
            send.push(MeetingCommand::CaptureScene);
        }
        if ui.button(format!("{}  F5", lang.t("meeting.start"))).clicked() {
            send.push(MeetingCommand::StartMeeting(false));
        }
        if ui.button(lang.t("preflight.title")).clicked() {
            send.push(MeetingCommand::Preflight);
        }
        screens(ui, session, send);
        ui.label(RichText::new(lang.t("scene.hint")).size(12.0).color(t.ink_secondary));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            let mut moves = !session.settings.no_motion;
            if ui.checkbox(&mut moves, lang.t("scene.motion")).changed() {
                send.push(MeetingCommand::SetMotion(moves));
            }
        });
    });
    ui.add_space(4.0);
    let scenes = session.document.project.scenes.clone();
    if scenes.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(lang.t("scene.none")).color(t.ink_secondary));
        });
        return;
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (at, scene) in scenes.iter().enumerate() {
            row(ui, session, at, scene, send);
        }
    });
}

fn row(ui: &mut Ui, session: &Session, at: usize, scene: &SceneEntry, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let mut edited = scene.clone();
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        ui.set_min_height(50.0);
        ui.label(RichText::new((at + 1).to_string()).strong().color(t.ink));
        thumbnail(ui, session, scene, at, send);
        let field = |ui: &mut Ui, text: &mut String, hint: &'static str, width: f32| {
            let response = ui.add(TextEdit::singleline(text).hint_text(lang.t(hint)).desired_width(width));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t(hint)));
        };
        let room = (ui.available_width() - 590.0).max(300.0);
        // What has an English text of its own shows and takes that in English.
        let is_english = lang == crate::lang::Lang::En;
        let own = |english: &String| is_english && !english.is_empty();
        let name = if own(&edited.name_en) { &mut edited.name_en } else { &mut edited.name };
        field(ui, name, "scene.name-hint", room * 0.24);
        let title = if own(&edited.title_en) { &mut edited.title_en } else { &mut edited.title };
        field(ui, title, "scene.title-hint", room * 0.4);
        let note = if own(&edited.note_en) { &mut edited.note_en } else { &mut edited.note };
        field(ui, note, "scene.note-hint", room * 0.3);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            icon_button(ui, session, Icon::Minus, MeetingCommand::RemoveScene(at), send);
            icon_button(ui, session, Icon::Down, MeetingCommand::MoveScene(at, false), send);
            icon_button(ui, session, Icon::Up, MeetingCommand::MoveScene(at, true), send);
            icon_button(ui, session, Icon::Copy, MeetingCommand::CopyScene(at), send);
            chart(ui, session, &mut edited);
            if session.has_photos() || edited.photos > 0 {
                let label = ui.label(lang.t("photos.on-page"));
                ui.add(egui::DragValue::new(&mut edited.photos).range(0..=MOST_PHOTOS)).labelled_by(label.id);
            }
            figures(ui, session, &mut edited);
            let mut legend = !edited.no_legend;
            ui.checkbox(&mut legend, lang.t("page.legend"));
            edited.no_legend = !legend;
            if ui.button(lang.t("scene.update")).clicked() {
                send.push(MeetingCommand::UpdateScene(at));
            }
            if ui.button(lang.t("scene.show")).clicked() {
                send.push(MeetingCommand::GoToScene(at));
            }
        });
    });
    if edited != *scene {
        send.push(MeetingCommand::SetScene(at, Box::new(edited)));
    }
}

/// The screen that meetings are shown on, where there are several.
fn screens(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let screens = &session.stage.screens;
    if screens.len() < 2 {
        return;
    }
    let lang = session.lang;
    let chosen = session.settings.meeting_screen;
    let here = lang.t("meeting.this-screen");
    let text = chosen.and_then(|c| screens.get(c)).map_or(here, String::as_str);
    chip_menu(ui, session.tokens(), &lang.with("meeting.screen", &[("n", text)]), chosen.is_some(), |ui| {
        if ui.selectable_label(chosen.is_none(), here).clicked() {
            send.push(MeetingCommand::SetScreen(None));
        }
        for (at, name) in screens.iter().enumerate() {
            if ui.selectable_label(chosen == Some(at), name).clicked() {
                send.push(MeetingCommand::SetScreen(Some(at)));
            }
        }
    });
}

/// Which chart stands in the place of the figures, if any.
fn chart(ui: &mut Ui, session: &Session, edited: &mut SceneEntry) {
    let (t, lang) = (session.tokens(), session.lang);
    let word = |kind: Option<ChartKind>| match kind {
        None => lang.t("chart.no-chart"),
        Some(kind) => lang.find(&format!("chart.{}", kind.key())).unwrap_or(kind.key()),
    };
    let text = edited.chart.map_or(lang.t("chart.title"), |kind| word(Some(kind)));
    chip_menu(ui, t, text, edited.chart.is_some(), |ui| {
        for kind in [None].into_iter().chain(ChartKind::ALL.into_iter().map(Some)) {
            if ui.selectable_label(edited.chart == kind, word(kind)).clicked() {
                edited.chart = kind;
            }
        }
    });
}

/// Which figures stand beside the map: the district's own, none, or up to eight, each of the year shown, of another, or as a change.
fn figures(ui: &mut Ui, session: &Session, edited: &mut SceneEntry) {
    let (t, lang) = (session.tokens(), session.lang);
    let words = match (edited.no_figures, edited.figures.len()) {
        (true, _) => lang.t("scene.figures-none").to_owned(),
        (false, 0) => lang.t("scene.figures-own").to_owned(),
        (false, n) => lang.with("scene.figures", &[("n", &n.to_string())]),
    };
    let button = marked_chip(ui, t, &words, !edited.figures.is_empty() && !edited.no_figures);
    let popup = egui::Popup::menu(&button).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_min_width(320.0);
        if ui.selectable_label(edited.no_figures, lang.t("scene.figures-none")).clicked() {
            edited.no_figures = true;
        }
        let is_own = !edited.no_figures && edited.figures.is_empty();
        if ui.selectable_label(is_own, lang.t("scene.figures-own")).clicked() {
            (edited.no_figures, edited.figures) = (false, Vec::new());
        }
        ui.separator();
        ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
            let Some(district) = session.district() else { return };
            let all = district.indicators.all().iter().enumerate();
            let known = all.filter(|(i, d)| district.observations.has(*i) && !d.is_category());
            let list = known.map(|(_, d)| (d.id.clone(), session.with_unit(d.name(lang), d.unit(lang))));
            let reach = (COVERAGE_FIGURE.to_owned(), lang.t("scene.figure-reach").to_owned());
            for (id, name) in std::iter::once(reach).chain(list) {
                let at = edited.figures.iter().position(|f| SceneFigure::parse(f).id == id);
                ui.horizontal(|ui| {
                    let mut on = at.is_some();
                    let is_free = on || edited.figures.len() < MOST_FIGURES;
                    if ui.add_enabled(is_free, egui::Checkbox::new(&mut on, &name)).changed() {
                        edited.no_figures = false;
                        match at {
                            Some(at) => drop(edited.figures.remove(at)),
                            None => edited.figures.push(id.clone()),
                        }
                        return;
                    }
                    if let Some(slot) = at.and_then(|at| edited.figures.get_mut(at)).filter(|_| id != COVERAGE_FIGURE) {
                        when(ui, session, slot);
                    }
                });
            }
        });
    });
}

/// Of which year a figure is told, or since when its change.
fn when(ui: &mut Ui, session: &Session, slot: &mut String) {
    let lang = session.lang;
    let figure = SceneFigure::parse(slot);
    let words = |f: &SceneFigure| match (f.year, f.since) {
        (Some(year), _) => year.to_string(),
        (_, Some(since)) => lang.with("legend.since", &[("n", &since.to_string())]),
        _ => lang.t("scene.figure-now").to_owned(),
    };
    let years = session.district().map(|d| d.observations.years().to_vec()).unwrap_or_default();
    chip_menu(ui, session.tokens(), &words(&figure), false, |ui| {
        let plain = SceneFigure { year: None, since: None, ..figure.clone() };
        let of = years.iter().map(|y| SceneFigure { year: Some(*y), ..plain.clone() });
        let since = years.iter().map(|y| SceneFigure { since: Some(*y), ..plain.clone() });
        for choice in std::iter::once(plain.clone()).chain(of).chain(since) {
            if ui.selectable_label(choice == figure, words(&choice)).clicked() {
                *slot = choice.text();
            }
        }
    });
}

/// The picture of a scene as it was drawn last, on the graphics device; `None` until there is one.
pub(super) fn scene_texture(ui: &Ui, session: &Session, scene: &SceneEntry) -> Option<egui::TextureHandle> {
    let key = session.scene_key(scene);
    let image = session.made.thumbnails.get(&key).and_then(Derived::last)?;
    let id = egui::Id::unique(("scene", key.as_str()));
    let kept: Option<egui::TextureHandle> = ui.data(|d| d.get_temp(id));
    Some(kept.unwrap_or_else(|| {
        let texture = ui.ctx().load_texture("scene", image.clone(), egui::TextureOptions::LINEAR);
        ui.data_mut(|d| d.insert_temp(id, texture.clone()));
        texture
    }))
}

/// The small picture; a click shows the scene.
fn thumbnail(ui: &mut Ui, session: &Session, scene: &SceneEntry, at: usize, send: &mut Commands) {
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::new(80.0, 45.0), egui::Sense::click());
    let words = session.lang.t("scene.show");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("{words} {}", at + 1)));
    ui.painter().rect_filled(rect, 4.0, session.tokens().field);
    if let Some(texture) = scene_texture(ui, session, scene) {
        egui::Image::new(&texture).corner_radius(4.0).paint_at(ui, rect);
    }
    if response.clicked() {
        send.push(MeetingCommand::GoToScene(at));
    }
}

/// What was found before a meeting, the worst first: each with a way to see it and, where there is one, to mend it.
pub(super) fn preflight(
    ui: &mut Ui,
    session: &Session,
    found: Vec<Finding>,
    starts: bool,
    send: &mut Commands,
) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_width(680.0);
    ui.label(RichText::new(lang.t("preflight.title").trim_end_matches('…')).font(bold(15.0)).color(t.ink));
    let counts = lang.with("preflight.counts", &[("n", &found.len().to_string())]);
    let counts = if found.is_empty() { lang.t("preflight.fine").to_owned() } else { counts };
    ui.label(RichText::new(counts).color(if found.is_empty() { t.good } else { t.ink_secondary }));
    ui.add_space(6.0);
    let mut keep = true;
    ScrollArea::vertical().max_height(380.0).auto_shrink([false, true]).show(ui, |ui| {
        for finding in &found {
            let ink = match finding.weight {
                FindingWeight::Error => t.bad,
                FindingWeight::Warning => t.warn,
                FindingWeight::Note => t.ink_secondary,
            };
            let place = match finding.at {
                FoundAt::Project => lang.t("preflight.project").to_owned(),
                FoundAt::Page => lang.t("preflight.page").to_owned(),
                FoundAt::Scene(at) => {
                    let name = session.document.project.scenes.get(at).map_or("", |s| s.name_in(lang));
                    format!("{} {name}", at + 1)
                }
            };
            ui.horizontal(|ui| {
                ui.label(RichText::new(place).font(bold(12.5)).color(ink));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if let Some(command) = finding.mended()
                        && ui.small_button(lang.t("preflight.mend")).clicked()
                    {
                        send.push(command);
                        send.push(MeetingCommand::Preflight);
                    }
                    if let Some(command) = finding.show()
                        && ui.small_button(lang.t("preflight.show")).clicked()
                    {
                        send.push(command);
                        keep = false;
                    }
                });
            });
            ui.add(egui::Label::new(RichText::new(&finding.words).size(12.5).color(t.ink)).wrap());
            ui.add_space(5.0);
        }
    });
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        keep &= !primary(ui, t, lang.t("dialogue.close")).clicked();
        if starts && ui.button(lang.t("preflight.start")).clicked() {
            send.push(MeetingCommand::StartAnyway);
            keep = false;
        }
    });
    keep.then_some(Dialogue::Preflight(found, starts))
}
