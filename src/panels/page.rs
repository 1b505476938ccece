//! A page being put together: preview at the left, what stands on it at the right.

use egui::{ComboBox, Id, Modal, RichText, TextEdit, Ui, Vec2};

use super::style::bold;
use super::widgets::{primary, section, within_screen};
use crate::district::By;
use crate::lang::Lang;
use crate::page::PageFormat;
use crate::project::{Arrangement, ChartKind, PageOptions};
use crate::session::{Commands, FindingWeight, MOST_PHOTOS, Moment, PageCommand, PageDraft, Session, WindowCommand};

/// Largest preview in points.
const PREVIEW: Vec2 = Vec2::new(600.0, 470.0);

/// How large the preview can be beside the form.
fn preview_pt(ui: &Ui) -> Vec2 {
    let width = (ui.ctx().content_rect().width() - 390.0).clamp(220.0, PREVIEW.x);
    PREVIEW * (width / PREVIEW.x)
}

/// Shows the form, where a page is being put together.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let Some(mut draft) = moment.page.take() else { return };
    let t = session.tokens();
    let frame =
        egui::Frame::NONE.fill(t.panel).stroke(egui::Stroke::new(1.0, t.line)).corner_radius(10.0).inner_margin(18.0);
    let modal = Modal::new(Id::unique("page")).backdrop_color(egui::Color32::TRANSPARENT).frame(frame);
    let response = modal.show(ui.ctx(), |ui| {
        ui.set_max_width(PREVIEW.x + 330.0);
        within_screen(ui, "page", |ui| {
            let title = session.lang.t("page.dialogue").trim_end_matches('…');
            ui.label(RichText::new(title).font(bold(15.0)).color(t.ink));
            ui.add_space(8.0);
            ui.horizontal_top(|ui| {
                preview(ui, session);
                ui.add_space(14.0);
                ui.vertical(|ui| {
                    ui.set_width(290.0);
                    options(ui, session, &mut draft, send);
                    findings(ui, session);
                });
            });
        });
    });
    let is_over = response.backdrop_response.clicked();
    moment.page = Some(draft);
    if is_over {
        send.push(WindowCommand::Escape);
    }
}

/// What a reader would trip over on the page as it is, before it is printed.
fn findings(ui: &mut Ui, session: &Session) {
    let t = session.tokens();
    let found = session.made.preview.last().map_or(&[][..], |p| &p.findings);
    let found: Vec<_> = found.iter().filter(|f| f.weight != FindingWeight::Note).collect();
    if found.is_empty() {
        return;
    }
    ui.add_space(8.0);
    let words = session.lang.with("preflight.counts", &[("n", &found.len().to_string())]);
    ui.label(RichText::new(words).size(12.0).color(t.warn));
    for finding in found.iter().take(4) {
        ui.add(egui::Label::new(RichText::new(format!("· {}", finding.words)).size(12.0).color(t.ink)).wrap());
    }
}

fn preview(ui: &mut Ui, session: &Session) {
    let t = session.tokens();
    let room = preview_pt(ui);
    let (rect, response) = ui.allocate_exact_size(room, egui::Sense::hover());
    let words = session.lang.t("page.dialogue");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, words));
    ui.painter().rect_filled(rect, 6.0, t.field);
    let preview = &session.made.preview;
    let Some((stamp, image)) = preview.key().zip(preview.last().map(|p| &p.image)) else {
        let font = egui::FontId::proportional(13.0);
        ui.painter().text(
            rect.center(),
            egui::Align2::CENTER_CENTER,
            session.lang.t("page.preview"),
            font,
            t.ink_secondary,
        );
        return;
    };
    let id = Id::unique("page preview");
    let kept: Option<(String, egui::TextureHandle)> = ui.data(|d| d.get_temp(id));
    let texture = match kept.filter(|k| k.0 == *stamp) {
        Some((_, texture)) => texture,
        None => {
            let texture = ui.ctx().load_texture("page", image.clone(), egui::TextureOptions::LINEAR);
            ui.data_mut(|d| d.insert_temp(id, (stamp.clone(), texture.clone())));
            texture
        }
    };
    let size = texture.size_vec2();
    let scale = ((room.x - 24.0) / size.x).min((room.y - 24.0) / size.y);
    let place = egui::Rect::from_center_size(rect.center(), size * scale);
    ui.painter().rect_filled(
        place.translate(Vec2::new(0.0, 2.0)).expand(1.0),
        1.0,
        egui::Color32::from_black_alpha(40),
    );
    let whole = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
    ui.painter().image(texture.id(), place, whole, crate::palette::LABEL_LIGHT);
}

/// Which of the project's pages is put together; another one begins with what this one has.
fn templates(ui: &mut Ui, session: &Session, draft: &mut PageDraft) {
    let lang = session.lang;
    let names = draft.options.templates();
    let word = |name: &str| if name.is_empty() { lang.t("page.first-template").to_owned() } else { name.to_owned() };
    let mut chosen = None;
    ui.horizontal(|ui| {
        let combo = ComboBox::from_id_salt("page template").selected_text(word(&draft.options.name)).width(150.0);
        let response = combo.show_ui(ui, |ui| {
            for (at, name) in names.iter().enumerate() {
                if ui.selectable_label(at == 0, word(name)).clicked() {
                    chosen = Some(at);
                }
            }
        });
        response
            .response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, lang.t("page.templates")));
        if ui.button(lang.t("page.new-template")).clicked() {
            let number = (2..).find(|n| !names.contains(&lang.with("page.template-name", &[("n", &n.to_string())])));
            let name = lang.with("page.template-name", &[("n", &number.unwrap_or(2).to_string())]);
            draft.options.add_template(&name);
        }
        if names.len() > 1 && ui.button(lang.t("page.drop-template")).clicked() {
            draft.options.drop_template();
            chosen = Some(0);
        }
    });
    if names.len() > 1 {
        let field =
            TextEdit::singleline(&mut draft.options.name).hint_text(lang.t("page.own-name")).desired_width(280.0);
        ui.add(field).widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("page.own-name")));
    }
    if let Some(at) = chosen {
        draft.options.choose(at);
        let own = PageFormat::from_key(&draft.options.format).unwrap_or(PageFormat::A3);
        draft.format = own.key().to_owned();
    }
    ui.add_space(4.0);
}

/// The paper, and where things stand on it.
fn papers(ui: &mut Ui, session: &Session, draft: &mut PageDraft) {
    let lang = session.lang;
    ui.horizontal(|ui| {
        ComboBox::from_id_salt("page format").selected_text(paper(lang, &draft.format)).width(118.0).show_ui(
            ui,
            |ui| {
                for format in PageFormat::ALL {
                    ui.selectable_value(&mut draft.format, format.key().to_owned(), paper(lang, format.key()));
                }
            },
        );
        let name = |a: Arrangement| lang.find(&format!("page.arrangement-{}", a.key())).unwrap_or("");
        let chosen = name(draft.options.arrangement);
        ComboBox::from_id_salt("page arrangement").selected_text(chosen).width(100.0).show_ui(ui, |ui| {
            for arrangement in Arrangement::ALL {
                ui.selectable_value(&mut draft.options.arrangement, arrangement, name(arrangement));
            }
        });
    });
}

fn options(ui: &mut Ui, session: &Session, draft: &mut PageDraft, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    templates(ui, session, draft);
    let format_before = draft.format.clone();
    papers(ui, session, draft);
    ui.add_space(6.0);
    if draft.format != format_before {
        draft.options.format.clone_from(&draft.format);
    }
    let o = &mut draft.options;
    let mut stamp = o.stamp.clone().unwrap_or_else(|| lang.t("page.stamp").to_owned());
    for (key, text) in [
        ("page.own-title", &mut o.title),
        ("page.own-subtitle", &mut o.subtitle),
        ("page.own-source", &mut o.source),
        ("page.own-date", &mut o.date),
        ("page.own-maker", &mut o.maker),
        ("page.own-approval", &mut o.approval),
        ("page.own-stamp", &mut stamp),
    ] {
        let field = TextEdit::singleline(text).hint_text(lang.t(key)).desired_width(280.0);
        ui.add(field).widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t(key)));
    }
    o.stamp = (stamp != lang.t("page.stamp")).then_some(stamp);
    elements(ui, session, o);
    chart(ui, session, o);
    if session.has_photos() {
        ui.horizontal(|ui| {
            let label = ui.label(lang.t("photos.on-page"));
            ui.add(egui::DragValue::new(&mut o.photos).range(0..=MOST_PHOTOS)).labelled_by(label.id);
        });
    }
    ui.add_space(10.0);
    if let Some((done, all, _)) = &session.work.atlas {
        let words = lang.with("page.making", &[("n", &done.to_string()), ("all", &all.to_string())]);
        ui.add(egui::ProgressBar::new(*done as f32 / (*all).max(1) as f32).desired_width(280.0).text(words));
        if ui.button(lang.t("command.cancel")).clicked() {
            send.push(PageCommand::CancelAtlas);
        }
        return;
    }
    ui.horizontal_wrapped(|ui| {
        if primary(ui, t, lang.t("page.save")).clicked() {
            send.push(PageCommand::SavePageDialogue);
        }
        if ui.button(lang.t("page.print")).clicked() {
            send.push(PageCommand::PrintPage);
        }
        if ui.button(lang.t("dialogue.close")).clicked() {
            send.push(WindowCommand::Escape);
        }
    });
    ui.horizontal_wrapped(|ui| {
        for (key, command) in [
            ("page.atlas", PageCommand::AtlasDialogue(false)),
            ("page.atlas-towns", PageCommand::AtlasDialogue(true)),
            ("page.years-series", PageCommand::YearSeriesDialogue),
            ("share.title", PageCommand::ShareDialogue),
            ("page.copy-svg", PageCommand::CopySvg),
            ("page.copy-table", PageCommand::CopyTable),
        ] {
            if ui.small_button(lang.t(key)).clicked() {
                send.push(command);
            }
        }
    });
}

/// Which chart stands on the page, if any.
fn chart(ui: &mut Ui, session: &Session, o: &mut PageOptions) {
    let lang = session.lang;
    let word = |kind: Option<ChartKind>| match kind {
        None => lang.t("chart.no-chart"),
        Some(kind) => lang.find(&format!("chart.{}", kind.key())).unwrap_or(kind.key()),
    };
    ui.horizontal(|ui| {
        ui.label(lang.t("chart.title"));
        egui::ComboBox::from_id_salt("page chart").selected_text(word(o.chart)).width(150.0).show_ui(ui, |ui| {
            for kind in [None].into_iter().chain(session.charts(By::Town).into_iter().map(Some)) {
                ui.selectable_value(&mut o.chart, kind, word(kind));
            }
        });
    });
}

/// What stands on the page, each with a tick.
fn elements(ui: &mut Ui, session: &Session, o: &mut PageOptions) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.add_space(6.0);
    section(ui, t, lang.t("page.elements"));
    egui::Grid::new("page elements").num_columns(2).spacing([12.0, 4.0]).show(ui, |ui| {
        let elements = [
            ("page.figures", &mut o.without.no_figures),
            ("page.legend", &mut o.without.no_legend),
            ("page.table", &mut o.without.no_table),
            ("page.labels", &mut o.without.no_labels),
            ("page.symbols", &mut o.without.no_symbols),
            ("page.furniture", &mut o.without.no_furniture),
            ("page.notes", &mut o.without.no_note),
            ("note.all", &mut o.without.no_marks),
            ("page.code", &mut o.without.no_code),
        ];
        for (i, (key, left_out)) in elements.into_iter().enumerate() {
            let mut shown = !*left_out;
            ui.checkbox(&mut shown, lang.t(key));
            *left_out = !shown;
            if i % 2 == 1 {
                ui.end_row();
            }
        }
        ui.checkbox(&mut o.grey, lang.t("page.grey"));
        ui.end_row();
        ui.add_enabled(session.district().is_some(), egui::Checkbox::new(&mut o.gaps, lang.t("page.gaps")));
        before(ui, session, o);
    });
}

/// An earlier year on the left of a divider.
fn before(ui: &mut Ui, session: &Session, o: &mut PageOptions) {
    let lang = session.lang;
    let years: Vec<i32> = session.district().map_or_else(Vec::new, |d| {
        d.observations.years().iter().copied().filter(|y| session.year().is_some_and(|now| *y < now)).collect()
    });
    if years.is_empty() {
        return;
    }
    let words = |y: Option<i32>| match y {
        Some(year) => lang.with("page.before", &[("n", &year.to_string())]),
        None => lang.t("page.no-before").to_owned(),
    };
    ComboBox::from_id_salt("page before").selected_text(words(o.before)).width(110.0).show_ui(ui, |ui| {
        for choice in [None].into_iter().chain(years.into_iter().map(Some)) {
            ui.selectable_value(&mut o.before, choice, words(choice));
        }
    });
}

/// A format as people say it.
fn paper(lang: Lang, key: &str) -> String {
    let (wide, high) = (lang.t("page.landscape"), lang.t("page.portrait"));
    match key {
        "a4" => format!("A4 {wide}"),
        "a3" => format!("A3 {wide}"),
        "a4-portrait" => format!("A4 {high}"),
        "a3-portrait" => format!("A3 {high}"),
        "1080p" => "1920 × 1080".into(),
        _ => "3840 × 2160".into(),
    }
}
