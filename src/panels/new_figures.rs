//! Columns of figures that nobody knows yet: what each is called, its unit, its theme, where good lies and what is asked for.

use egui::{ComboBox, RichText, TextEdit, Ui};

use super::style::bold;
use crate::district::Understood;
use crate::model::{Good, Indicator, Theme};
use crate::session::{LayoutDraft, Session};

/// Shows the new figures of a table; what is changed is kept in the draft.
pub fn show(ui: &mut Ui, session: &Session, draft: &mut LayoutDraft, understood: &Understood) {
    if understood.proposed.is_empty() {
        return;
    }
    let (t, lang) = (session.tokens(), session.lang);
    let frame = egui::Frame::NONE.fill(t.field).corner_radius(8.0).inner_margin(10.0);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let title = lang.with("layout.new", &[("n", &understood.proposed.len().to_string())]);
        ui.label(RichText::new(title).font(bold(13.0)).color(t.warn));
        ui.add(egui::Label::new(RichText::new(lang.t("layout.new-hint")).color(t.ink_secondary)).wrap());
        for (head, proposed) in &understood.proposed {
            let before = draft.new.get(head).unwrap_or(proposed).clone();
            let mut now = before.clone();
            let name = format!("{}  {}", now.name(lang), now.unit(lang));
            let shown = format!("{name} · {}", theme_name(session, understood, now.theme));
            let folded = egui::CollapsingHeader::new(RichText::new(shown).color(t.ink)).id_salt(("new figure", head));
            folded.show(ui, |ui| one(ui, session, understood, &mut now, head));
            if now != before {
                draft.new.insert(head.clone(), now);
            }
        }
    });
    ui.add_space(8.0);
}

fn theme_name(session: &Session, understood: &Understood, theme: Theme) -> String {
    match session.district() {
        Some(_) => session.theme_name(theme),
        None => understood.indicators.themes().name(theme, session.lang),
    }
}

fn one(ui: &mut Ui, session: &Session, understood: &Understood, figure: &mut Indicator, head: &str) {
    let lang = session.lang;
    let line = |ui: &mut Ui, key: &'static str, content: &mut dyn FnMut(&mut Ui)| {
        ui.horizontal(|ui| {
            ui.add_sized([56.0, 20.0], egui::Label::new(lang.t(key)).truncate());
            content(ui);
        });
    };
    let field = |ui: &mut Ui, key: &'static str, text: &mut String| {
        line(ui, key, &mut |ui| {
            let response = ui.add(TextEdit::singleline(text).desired_width(150.0).char_limit(60));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t(key)));
        });
    };
    let mut name = figure.name(lang).to_owned();
    field(ui, "figure.name", &mut name);
    if !name.trim().is_empty() && name != figure.name(lang) {
        // A new name is one in every language until a project says another.
        (figure.zh, figure.en) = (name.clone(), name);
        if !figure.aliases.iter().any(|a| a == head) && figure.id != head {
            figure.aliases.push(head.to_owned());
        }
    }
    field(ui, "figure.unit", &mut figure.unit);
    line(ui, "figure.theme", &mut |ui| theme(ui, session, understood, &mut figure.theme, head));
    line(ui, "figure.good", &mut |ui| {
        for (good, key) in [(Good::Up, "figure.up"), (Good::Down, "figure.down"), (Good::None, "figure.neither")] {
            ui.selectable_value(&mut figure.good, good, lang.t(key));
        }
    });
    if figure.good != Good::None {
        let id = ui.scope_id().with("threshold");
        let known = figure.threshold.map(crate::session::number).unwrap_or_default();
        let mut text: String = ui.data(|d| d.get_temp(id)).unwrap_or(known);
        line(ui, "figure.threshold", &mut |ui| {
            let response = ui.add(TextEdit::singleline(&mut text).desired_width(80.0).char_limit(20));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("figure.threshold")));
        });
        figure.threshold = text.trim().parse().ok().filter(|n: &f64| n.is_finite());
        ui.data_mut(|d| d.insert_temp(id, text));
    } else {
        figure.threshold = None;
    }
    ui.checkbox(&mut figure.sum, lang.t("figure.sum"));
}

/// One of the themes, or a new one by its name.
fn theme(ui: &mut Ui, session: &Session, understood: &Understood, chosen: &mut Theme, head: &str) {
    let lang = session.lang;
    let shown = theme_name(session, understood, *chosen);
    let combo = ComboBox::from_id_salt(("theme of", head)).selected_text(shown).width(150.0).truncate();
    let response = combo.show_ui(ui, |ui| {
        let known = session.district().map_or_else(|| understood.indicators.themes(), |d| d.indicators.themes());
        let own = Theme::named(crate::district::OWN_FIGURES);
        for theme in known.maps().chain((!known.maps().any(|t| t == own)).then_some(own)) {
            ui.selectable_value(chosen, theme, theme_name(session, understood, theme));
        }
        ui.separator();
        let id = ui.scope_id().with("new theme");
        let mut text: String = ui.data(|d| d.get_temp(id)).unwrap_or_default();
        let field = TextEdit::singleline(&mut text).desired_width(140.0).hint_text(lang.t("figure.new-theme"));
        let response = ui.add(field.char_limit(16));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("figure.new-theme")));
        if response.lost_focus() && !text.trim().is_empty() {
            *chosen = known.find(&text).unwrap_or_else(|| Theme::named(&text));
            text.clear();
            ui.close();
        }
        ui.data_mut(|d| d.insert_temp(id, text));
    });
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, lang.t("figure.theme")));
}
