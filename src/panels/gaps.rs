//! The gap list: what is missing, where, why, how far.

use egui::{Align, EventFilter, Id, Key, Label, Layout, RichText, Sense, Ui, Vec2};
use egui_extras::{Column, TableBuilder};

use super::gap_filter;
use super::widgets::padded;
use crate::district::{By, District};
use crate::rules::{Gap, GapSeverity};
use crate::session::{
    Became, CameraCommand, Commands, DecideCommand, FoundGaps, GapColumn, GapsList, Moment, SelectCommand, Session,
    SurveyCommand, number,
};
use crate::survey::GapStatus;

/// Shows the conditions and the list.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let t = session.tokens();
    let lang = session.lang;
    let Some(found) = session.present_gaps().cloned() else {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(lang.t("gaps.looking")).color(t.ink_secondary));
        });
        return;
    };
    gap_filter::show(ui, session, moment, &found, send);
    match moment.lists {
        GapsList::Gaps => {}
        GapsList::Visits => return super::visits::show(ui, session, send),
        GapsList::Reports => {
            padded().show(ui, |ui| super::reports::list(ui, session, send));
            return;
        }
        GapsList::Decisions => {
            padded().show(ui, |ui| super::decision::list(ui, session, false, send));
            return;
        }
    }
    for sentence in session.rule_troubles(&found) {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(sentence).size(12.0).color(t.warn));
        });
    }
    let Some(listed) = session.listed_gaps().cloned() else { return };
    if listed.rows.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            let key = if found.list.gaps.is_empty() { "gaps.none" } else { "gaps.none-listed" };
            ui.label(RichText::new(lang.t(key)).color(t.ink_secondary));
        });
        return;
    }
    list(ui, session, moment, &found, &listed.rows, send);
}

pub(super) fn severity_name(session: &Session, severity: GapSeverity) -> &'static str {
    session.lang.find(&format!("severity.{}", severity.key())).unwrap_or("")
}

/// The columns' heads: a click sorts by one, a second one the other way round.
fn heads(header: &mut egui_extras::TableRow<'_, '_>, session: &Session, sort: &mut (GapColumn, bool)) {
    let t = session.tokens();
    let heads = [
        ("gaps.rule", Some(GapColumn::Rule)),
        ("problems.severity", Some(GapColumn::Severity)),
        ("gaps.village", Some(GapColumn::Village)),
        ("gaps.town", Some(GapColumn::Town)),
        ("gaps.reason", None),
        ("gaps.distance", Some(GapColumn::Distance)),
        ("gaps.figure", None),
        ("gaps.status", Some(GapColumn::Status)),
    ];
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
            let text = RichText::new(format!("{}{mark}", session.lang.t(key))).size(12.0).color(t.ink_secondary);
            let label = Label::new(text).sense(Sense::click()).truncate();
            let response = match i {
                0..5 | 7 => ui.add(label),
                _ => {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.add_space(12.0);
                        ui.add(label)
                    })
                    .inner
                }
            };
            if let (Some(column), true) = (column, response.clicked()) {
                *sort = (column, sort.0 == column && !sort.1);
            }
        });
    }
}

fn list(ui: &mut Ui, session: &Session, moment: &mut Moment, found: &FoundGaps, listed: &[usize], send: &mut Commands) {
    let mut sort = moment.gap_filter.sort;
    ui.spacing_mut().item_spacing.y = 0.0;
    let focus = Id::unique("rows of gaps");
    let whole = ui.interact(ui.available_rect_before_wrap(), focus, Sense::FOCUSABLE);
    let label = session.lang.t("tab.gaps");
    whole.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Grid, true, label));
    if std::mem::take(&mut moment.list_wants_keyboard) {
        whole.request_focus();
    }
    let moved = keys(ui, session, moment, (found, listed), focus, send);
    let cursor: Option<usize> = ui.data(|d| d.get_temp(focus)).filter(|_| whole.has_focus());
    let mut table = TableBuilder::new(ui);
    if let Some(row) = moved {
        table = table.scroll_to_row(row, None);
    }
    // Not reached by Tab one by one: the rows have the keyboard as a whole.
    table
        .id_salt("gaps")
        .sense(Sense::CLICK)
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(158.0).clip(true).resizable(true))
        .column(Column::exact(72.0))
        .column(Column::initial(110.0).clip(true).resizable(true))
        .column(Column::initial(100.0).clip(true).resizable(true))
        .column(Column::remainder().clip(true))
        .column(Column::exact(92.0))
        .column(Column::exact(120.0))
        .column(Column::exact(104.0))
        .header(30.0, |mut header| {
            heads(&mut header, session, &mut sort);
        })
        .body(|body| {
            body.rows(30.0, listed.len(), |mut row| {
                let Some(at) = listed.get(row.index()).copied() else { return };
                let Some((gap, district)) = session.listed_gap(found, at) else { return };
                let is_here = session.district().is_some_and(|d| d.generation == district.generation);
                let is_closed = moment.gap_filter.became == Some(Became::Closed);
                let layer = session.village_layer().map(|l| l.key).filter(|_| is_here);
                row.set_selected(gap.village.zip(layer).is_some_and(|(v, l)| session.is_selected(l, v)));
                row.set_hovered(cursor == Some(row.index()));
                cells(&mut row, session, found, (gap, district), (!is_closed).then_some(at), send);
                let response = row.response();
                let closes = found
                    .rules
                    .get(&gap.rule)
                    .map(|r| format!("{}  {}\n{}", r.id, r.name(session.lang), r.closes(session.lang)));
                let response = response.on_hover_text(closes.unwrap_or_default());
                let Some((village, layer)) = gap.village.zip(layer) else {
                    if let (true, Some(at)) = (response.double_clicked(), gap.at) {
                        send.push(CameraCommand::GoTo(at));
                    }
                    return;
                };
                if response.double_clicked() {
                    match (gap.facility, gap.at) {
                        (Some(_), Some(at)) => send.push(CameraCommand::GoTo(at)),
                        _ => send.push(SelectCommand::FlyTo(layer, village)),
                    }
                } else if response.clicked() {
                    send.push(SelectCommand::Select { layer, features: vec![village], add: false });
                }
            });
        });
    moment.gap_filter.sort = sort;
}

/// The keyboard, while the rows have it: up and down go from gap to gap and select their villages, Enter records a visit, Ctrl
/// Enter goes there. The row to be brought into view.
fn keys(
    ui: &Ui,
    session: &Session,
    moment: &Moment,
    (found, listed): (&FoundGaps, &[usize]),
    focus: Id,
    send: &mut Commands,
) -> Option<usize> {
    if !ui.memory(|m| m.has_focus(focus)) || moment.dialogue.is_some() {
        return None;
    }
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(focus, filter));
    let before: Option<usize> = ui.data(|d| d.get_temp(focus)).map(|at: usize| at.min(listed.len().saturating_sub(1)));
    let pressed = |key| ui.input(|i| i.num_presses(key));
    let down = pressed(Key::ArrowDown) + 10 * pressed(Key::PageDown);
    let up = pressed(Key::ArrowUp) + 10 * pressed(Key::PageUp);
    let gap_of = |row: usize| session.listed_gap(found, *listed.get(row)?).map(|(gap, _)| gap);
    let layer = session.village_layer().map(|l| l.key);
    if down + up > 0 {
        let row = before.map_or(0, |at| (at + down).saturating_sub(up)).min(listed.len().saturating_sub(1));
        ui.data_mut(|d| d.insert_temp(focus, row));
        if let Some((village, layer)) = gap_of(row).and_then(|g| g.village).zip(layer) {
            send.push(SelectCommand::Select { layer, features: vec![village], add: false });
        }
        return Some(row);
    }
    let is_closed = moment.gap_filter.became == Some(Became::Closed);
    if let (Some(row), true) = (before, pressed(Key::Enter) > 0) {
        match (ui.input(|i| i.modifiers.command), gap_of(row).and_then(|g| g.village).zip(layer)) {
            (true, Some((village, layer))) => send.push(SelectCommand::FlyTo(layer, village)),
            (false, _) if !is_closed => send.extend(listed.get(row).map(|at| SurveyCommand::VisitGap(*at))),
            _ => {}
        }
    }
    None
}

fn cells(
    row: &mut egui_extras::TableRow<'_, '_>,
    session: &Session,
    found: &FoundGaps,
    (gap, district): (&Gap, &District),
    at: Option<usize>,
    send: &mut Commands,
) {
    let t = session.tokens();
    let plain = |ui: &mut Ui, text: &str, colour| {
        ui.add(Label::new(RichText::new(text).color(colour)).truncate().selectable(false));
    };
    row.col(|ui| {
        ui.add_space(12.0);
        let name = found.rules.get(&gap.rule).map_or(gap.rule.as_str(), |r| r.name(session.lang));
        ui.add(Label::new(RichText::new(name).color(t.ink)).truncate().selectable(false));
    });
    row.col(|ui| {
        let ink = session.gap_ink(gap.severity);
        let name = severity_name(session, gap.severity);
        let galley = ui.painter().layout_no_wrap(name.to_owned(), egui::FontId::proportional(12.0), ink);
        let (rect, response) = ui.allocate_exact_size(galley.size() + Vec2::new(16.0, 4.0), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, name));
        ui.painter().rect_filled(rect, 9.0, t.tint(ink));
        ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    });
    row.col(|ui| {
        let whole = || district.places(By::District).into_iter().next().map(|p| p.0).unwrap_or_default();
        plain(ui, &gap.village.map_or_else(whole, |v| district.villages.display_name(v)), t.ink);
    });
    row.col(|ui| plain(ui, gap.village.map_or("", |v| district.town_name(v)), t.ink_secondary));
    row.col(|ui| plain(ui, &gap.reason(district, found.rules.get(&gap.rule), session.lang), t.ink));
    let right = |ui: &mut Ui, text: String| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            plain(ui, &text, t.ink_secondary);
        });
    };
    row.col(|ui| right(ui, gap.distance_m.map_or_else(|| "—".to_owned(), crate::session::distance_words)));
    row.col(|ui| {
        let short = |v: f64| number((v * 100.0).round() / 100.0);
        let words = gap.figure_words(session.lang);
        let text = words.unwrap_or_else(|| match (gap.value, gap.threshold) {
            (Some(value), Some(threshold)) => format!("{} / {} {}", short(value), short(threshold), gap.unit),
            (None, Some(threshold)) => format!("— / {} {}", short(threshold), gap.unit),
            _ => "—".to_owned(),
        });
        right(ui, text.trim_end().to_owned());
    });
    row.col(|ui| {
        // What is closed is not visited any more.
        let Some(at) = at else { return plain(ui, session.lang.t("gaps.closed"), t.good) };
        let status = found.keys.get(at).map_or(GapStatus::Pending, |key| session.gap_status(key));
        let text = RichText::new(status.word(session.lang)).size(12.0).color(session.status_ink(status));
        let button = egui::Button::new(text).fill(t.field).corner_radius(9.0);
        let response = ui.add(button).on_hover_text(session.lang.t("gaps.status-hint"));
        if response.clicked() {
            send.push(SurveyCommand::VisitGap(at));
        } else if response.secondary_clicked() {
            send.push(DecideCommand::Gap(at));
        }
    });
}
