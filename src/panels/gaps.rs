//! The gap list: what is missing, where, why, how far.

use egui::{Align, Label, Layout, RichText, Sense, Ui, Vec2};
use egui_extras::{Column, TableBuilder};

use super::widgets::{chip_button, primary};
use crate::district::By;
use crate::model::Role;
use crate::rules::{Gap, GapSeverity};
use crate::session::{Command, FoundGaps, GapColumn, Session, number};

/// Shows the conditions and the list.
pub fn show(ui: &mut Ui, session: &mut Session, send: &mut Vec<Command>) {
    let t = session.tokens();
    let lang = session.lang;
    let Some(found) = session.present_gaps().cloned() else {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(lang.t("gaps.looking")).color(t.ink_secondary));
        });
        return;
    };
    conditions(ui, session, &found, send);
    for sentence in session.rule_troubles(&found) {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(sentence).size(12.0).color(t.warn));
        });
    }
    let Some(listed) = session.listed_gaps.clone() else { return };
    if listed.rows.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            let key = if found.list.gaps.is_empty() { "gaps.none" } else { "gaps.none-listed" };
            ui.label(RichText::new(lang.t(key)).color(t.ink_secondary));
        });
        return;
    }
    list(ui, session, &found, &listed.rows, send);
}

fn severity_name(session: &Session, severity: GapSeverity) -> &'static str {
    session.lang.find(&format!("severity.{}", severity.key())).unwrap_or("")
}

fn conditions(ui: &mut Ui, session: &mut Session, found: &FoundGaps, send: &mut Vec<Command>) {
    let t = session.tokens();
    let lang = session.lang;
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let counts = session.listed_gaps.as_ref().map_or([0; 4], |l| l.counts);
        for (severity, count) in GapSeverity::ALL.into_iter().zip(counts) {
            let text = format!("{} {count}", severity_name(session, severity));
            let is_on = session.gap_filter.severities.contains(&severity);
            if chip_button(ui, t, &text, is_on).clicked() {
                match is_on {
                    true => session.gap_filter.severities.retain(|s| *s != severity),
                    false => session.gap_filter.severities.push(severity),
                }
            }
        }
        ui.add_space(6.0);
        let towns: Vec<String> = session
            .district
            .as_ref()
            .map_or_else(Vec::new, |d| d.places(By::Town).into_iter().map(|p| p.0).filter(|n| !n.is_empty()).collect());
        let town = session.gap_filter.town.clone();
        egui::ComboBox::from_id_salt("gap town")
            .selected_text(town.clone().unwrap_or_else(|| lang.t("gaps.all-towns").to_owned()))
            .show_ui(ui, |ui| {
                for choice in [None].into_iter().chain(towns.into_iter().map(Some)) {
                    let text = choice.clone().unwrap_or_else(|| lang.t("gaps.all-towns").to_owned());
                    if ui.selectable_label(town == choice, text).clicked() {
                        session.gap_filter.town = choice;
                    }
                }
            });
        let rule = session.gap_filter.rule.clone();
        let name = |id: &str| found.rules.get(id).map_or_else(String::new, |r| format!("{id}  {}", r.name(lang)));
        egui::ComboBox::from_id_salt("gap rule")
            .selected_text(rule.as_deref().map_or_else(|| lang.t("gaps.all-rules").to_owned(), name))
            .width(150.0)
            .show_ui(ui, |ui| {
                if ui.selectable_label(rule.is_none(), lang.t("gaps.all-rules")).clicked() {
                    session.gap_filter.rule = None;
                }
                for count in &found.list.rules {
                    let mut text = format!("{} ({})", name(&count.id), count.count);
                    if !count.unknown.is_empty() {
                        text += &lang.with("gaps.untold", &[("n", &count.unknown.len().to_string())]);
                    }
                    if ui.selectable_label(rule.as_ref() == Some(&count.id), text).clicked() {
                        session.gap_filter.rule = Some(count.id.clone());
                    }
                }
            });
        if chip_button(ui, t, lang.t("gaps.in-view"), session.gap_filter.in_view).clicked() {
            session.gap_filter.in_view = !session.gap_filter.in_view;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            if primary(ui, t, lang.t(Command::ExportGapsDialogue.key())).clicked() {
                send.push(Command::ExportGapsDialogue);
            }
        });
    });
}

fn list(ui: &mut Ui, session: &mut Session, found: &FoundGaps, listed: &[usize], send: &mut Vec<Command>) {
    let t = session.tokens();
    let mut sort = session.gap_filter.sort;
    ui.spacing_mut().item_spacing.y = 0.0;
    let heads = [
        ("gaps.rule", Some(GapColumn::Rule)),
        ("problems.severity", Some(GapColumn::Severity)),
        ("gaps.village", Some(GapColumn::Village)),
        ("gaps.town", Some(GapColumn::Town)),
        ("gaps.reason", None),
        ("gaps.distance", Some(GapColumn::Distance)),
        ("gaps.figure", None),
    ];
    TableBuilder::new(ui)
        .id_salt("gaps")
        .sense(Sense::click())
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(62.0))
        .column(Column::exact(86.0))
        .column(Column::initial(110.0).clip(true).resizable(true))
        .column(Column::initial(100.0).clip(true).resizable(true))
        .column(Column::remainder().clip(true))
        .column(Column::exact(92.0))
        .column(Column::exact(150.0))
        .header(30.0, |mut header| {
            for (i, (key, column)) in heads.into_iter().enumerate() {
                header.col(|ui| {
                    if i == 0 {
                        ui.add_space(12.0);
                    }
                    let mark = match (column == Some(sort.0), sort.1) {
                        (true, false) => " ▲",
                        (true, true) => " ▼",
                        _ => "",
                    };
                    let text =
                        RichText::new(format!("{}{mark}", session.lang.t(key))).size(12.0).color(t.ink_secondary);
                    let label = Label::new(text).sense(Sense::click()).truncate();
                    let response = match i {
                        0..5 => ui.add(label),
                        _ => {
                            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                                ui.add_space(12.0);
                                ui.add(label)
                            })
                            .inner
                        }
                    };
                    if let (Some(column), true) = (column, response.clicked()) {
                        sort = (column, sort.0 == column && !sort.1);
                    }
                });
            }
        })
        .body(|body| {
            body.rows(28.0, listed.len(), |mut row| {
                let Some(gap) = listed.get(row.index()).and_then(|i| found.list.gaps.get(*i)) else { return };
                let layer = session.village_layer().map(|l| l.key);
                row.set_selected(gap.village.zip(layer).is_some_and(|(v, l)| session.is_selected(l, v)));
                cells(&mut row, session, found, gap);
                let response = row.response();
                let closes =
                    found.rules.get(&gap.rule).map(|r| format!("{}\n{}", r.name(session.lang), r.closes(session.lang)));
                let response = response.on_hover_text(closes.unwrap_or_default());
                let Some((village, layer)) = gap.village.zip(layer) else { return };
                if response.double_clicked() {
                    match (gap.facility, gap.at) {
                        (Some(_), Some(at)) => send.push(Command::GoTo(at)),
                        _ => send.push(Command::FlyTo(layer, village)),
                    }
                } else if response.clicked() {
                    send.push(Command::Select { layer, features: vec![village], add: false });
                }
            });
        });
    session.gap_filter.sort = sort;
}

fn cells(row: &mut egui_extras::TableRow<'_, '_>, session: &Session, found: &FoundGaps, gap: &Gap) {
    let t = session.tokens();
    let Some(district) = &session.district else { return };
    let plain = |ui: &mut Ui, text: &str, colour| {
        ui.add(Label::new(RichText::new(text).color(colour)).truncate().selectable(false));
    };
    row.col(|ui| {
        ui.add_space(12.0);
        ui.add(Label::new(RichText::new(&gap.rule).strong().color(t.ink)).selectable(false));
    });
    row.col(|ui| {
        let ink = session.gap_ink(gap.severity);
        let name = severity_name(session, gap.severity);
        let galley = ui.painter().layout_no_wrap(name.to_owned(), egui::FontId::proportional(12.0), ink);
        let (rect, response) = ui.allocate_exact_size(galley.size() + Vec2::new(16.0, 4.0), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, name));
        ui.painter().rect_filled(rect, 9.0, ink.gamma_multiply(if t.dark { 0.22 } else { 0.12 }));
        ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    });
    row.col(|ui| {
        let whole = || district.places(By::District).into_iter().next().map(|p| p.0).unwrap_or_default();
        plain(ui, &gap.village.map_or_else(whole, |v| district.villages.display_name(v)), t.ink);
    });
    row.col(|ui| plain(ui, &gap.village.map(|v| district.text(v, Role::Town)).unwrap_or_default(), t.ink_secondary));
    row.col(|ui| plain(ui, &session.gap_reason(found, gap), t.ink));
    let right = |ui: &mut Ui, text: String| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            plain(ui, &text, t.ink_secondary);
        });
    };
    row.col(|ui| right(ui, gap.distance_m.map_or_else(|| "—".to_owned(), crate::session::distance_words)));
    row.col(|ui| {
        let short = |v: f64| number((v * 100.0).round() / 100.0);
        let text = match (gap.value, gap.threshold) {
            (Some(value), Some(threshold)) => format!("{} / {} {}", short(value), short(threshold), gap.unit),
            (None, Some(threshold)) => format!("— / {} {}", short(threshold), gap.unit),
            _ => "—".to_owned(),
        };
        right(ui, text.trim_end().to_owned());
    });
}
