//! The gap list: what is missing, where, why, how far.

use egui::{Align, Label, Layout, RichText, Sense, Ui, Vec2};
use egui_extras::{Column, TableBuilder};

use super::widgets::{chip_button, primary};
use crate::district::{By, District};
use crate::geo::ChinaShift;
use crate::rules::{Gap, GapSeverity};
use crate::session::{
    Became, CameraCommand, Commands, CountBy, FoundGaps, GapColumn, Moment, SelectCommand, Session, Since,
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
    conditions(ui, session, moment, &found, send);
    if moment.lists_visits {
        super::visits::show(ui, session, send);
        return;
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

fn severity_name(session: &Session, severity: GapSeverity) -> &'static str {
    session.lang.find(&format!("severity.{}", severity.key())).unwrap_or("")
}

fn conditions(ui: &mut Ui, session: &Session, moment: &mut Moment, found: &FoundGaps, send: &mut Commands) {
    let t = session.tokens();
    let lang = session.lang;
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let counts = session.listed_gaps().map_or([0; 4], |l| l.counts);
        for (severity, count) in GapSeverity::ALL.into_iter().zip(counts) {
            let text = format!("{} {count}", severity_name(session, severity));
            let is_on = moment.gap_filter.severities.contains(&severity);
            if chip_button(ui, t, &text, is_on).clicked() {
                match is_on {
                    true => moment.gap_filter.severities.retain(|s| *s != severity),
                    false => moment.gap_filter.severities.push(severity),
                }
            }
        }
        ui.add_space(6.0);
        places(ui, session, moment);
        rules(ui, session, moment, found);
        statuses(ui, session, moment);
        if chip_button(ui, t, lang.t("gaps.in-view"), moment.gap_filter.in_view).clicked() {
            moment.gap_filter.in_view = !moment.gap_filter.in_view;
        }
        if session.survey.seen.is_some() {
            let (count, orphans) =
                (session.listed_visits().map_or(0, |l| l.rows.len()), session.listed_visits().map_or(0, |l| l.orphans));
            let text = match orphans {
                0 => lang.with("visits.chip", &[("n", &count.to_string())]),
                _ => lang.with("visits.chip-orphans", &[("n", &count.to_string()), ("k", &orphans.to_string())]),
            };
            if chip_button(ui, t, &text, moment.lists_visits).clicked() {
                moment.lists_visits = !moment.lists_visits;
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            export(ui, session, moment, send);
            if ui.button(lang.t("command.import-results")).clicked() {
                send.push(SurveyCommand::ImportResultsDialogue);
            }
        });
    });
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        comparison(ui, session, moment, send);
        ui.add_space(10.0);
        counts(ui, session, moment);
    });
}

/// Town and group.
fn places(ui: &mut Ui, session: &Session, moment: &mut Moment) {
    let lang = session.lang;
    for (by, all) in [(By::Town, "gaps.all-towns"), (By::Group, "gaps.all-groups")] {
        let names: Vec<String> = session
            .district()
            .map_or_else(Vec::new, |d| d.places(by).into_iter().map(|p| p.0).filter(|n| !n.is_empty()).collect());
        let chosen = if by == By::Town { &mut moment.gap_filter.town } else { &mut moment.gap_filter.group };
        if names.len() < 2 && chosen.is_none() {
            continue;
        }
        egui::ComboBox::from_id_salt(("gap place", all))
            .selected_text(chosen.clone().unwrap_or_else(|| lang.t(all).to_owned()))
            .width(90.0)
            .show_ui(ui, |ui| {
                for choice in [None].into_iter().chain(names.into_iter().map(Some)) {
                    let text = choice.clone().unwrap_or_else(|| lang.t(all).to_owned());
                    if ui.selectable_label(*chosen == choice, text).clicked() {
                        *chosen = choice;
                    }
                }
            });
    }
}

fn rules(ui: &mut Ui, session: &Session, moment: &mut Moment, found: &FoundGaps) {
    let lang = session.lang;
    let rule = moment.gap_filter.rule.clone();
    let name = |id: &str| found.rules.get(id).map_or_else(String::new, |r| format!("{id}  {}", r.name(lang)));
    egui::ComboBox::from_id_salt("gap rule")
        .selected_text(rule.as_deref().map_or_else(|| lang.t("gaps.all-rules").to_owned(), name))
        .width(130.0)
        .show_ui(ui, |ui| {
            if ui.selectable_label(rule.is_none(), lang.t("gaps.all-rules")).clicked() {
                moment.gap_filter.rule = None;
            }
            for count in &found.list.rules {
                let mut text = format!("{} ({})", name(&count.id), count.count);
                if !count.unknown.is_empty() {
                    text += &lang.with("gaps.untold", &[("n", &count.unknown.len().to_string())]);
                }
                if ui.selectable_label(rule.as_ref() == Some(&count.id), text).clicked() {
                    moment.gap_filter.rule = Some(count.id.clone());
                }
            }
        });
}

fn statuses(ui: &mut Ui, session: &Session, moment: &mut Moment) {
    let lang = session.lang;
    let chosen = moment.gap_filter.status;
    let word = |s: Option<GapStatus>| s.map_or(lang.t("gaps.all-statuses"), |s| s.word(lang));
    egui::ComboBox::from_id_salt("gap status").selected_text(word(chosen)).width(90.0).show_ui(ui, |ui| {
        for choice in [None].into_iter().chain(GapStatus::ALL.map(Some)) {
            if ui.selectable_label(chosen == choice, word(choice)).clicked() {
                moment.gap_filter.status = choice;
            }
        }
    });
}

/// The field sheet, with how it is to be written.
fn export(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.menu_button(RichText::new(lang.t("gaps.sheet-options")), |ui| {
        ui.set_min_width(240.0);
        let form = &mut moment.form;
        ui.checkbox(&mut form.per_town, lang.t("gaps.per-town"));
        ui.checkbox(&mut form.from_here, lang.t("gaps.from-here"));
        ui.separator();
        ui.label(RichText::new(lang.t("gaps.coordinates")).size(12.0).color(t.ink_secondary));
        ui.radio_value(&mut form.shift, None, "WGS 84 / CGCS2000");
        ui.radio_value(&mut form.shift, Some(ChinaShift::Gcj02), lang.t("gaps.gcj02"));
        ui.radio_value(&mut form.shift, Some(ChinaShift::Bd09), lang.t("gaps.bd09"));
    });
    if primary(ui, t, lang.t(SurveyCommand::ExportGapsDialogue.key())).clicked() {
        send.push(SurveyCommand::ExportGapsDialogue);
    }
}

/// Against an earlier year or another project.
fn comparison(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let since = session.survey.since.clone();
    let name = |since: &Since| match since {
        Since::Year(year) => year.to_string(),
        Since::Project(path) => path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
    };
    let now = session.year();
    let years: Vec<i32> = session.district().map_or_else(Vec::new, |d| {
        d.observations.years().iter().copied().filter(|y| now.is_some_and(|n| *y < n)).collect()
    });
    let text = since
        .as_ref()
        .map_or_else(|| lang.t("gaps.compare").to_owned(), |s| lang.with("gaps.since", &[("n", &name(s))]));
    egui::ComboBox::from_id_salt("gap since").selected_text(text).width(120.0).show_ui(ui, |ui| {
        if ui.selectable_label(since.is_none(), lang.t("gaps.no-comparison")).clicked() {
            send.push(SurveyCommand::CompareGaps(None));
        }
        for year in years.into_iter().rev() {
            let choice = Since::Year(year);
            if ui.selectable_label(since.as_ref() == Some(&choice), name(&choice)).clicked() {
                send.push(SurveyCommand::CompareGaps(Some(choice)));
            }
        }
        if ui.selectable_label(false, lang.t("gaps.other-project")).clicked() {
            send.push(SurveyCommand::CompareGapsDialogue);
        }
    });
    let Some(change) = session.present_change().cloned() else { return };
    for (became, key) in
        [(Became::New, "gaps.new"), (Became::Remaining, "gaps.remaining"), (Became::Closed, "gaps.closed")]
    {
        let is_on = moment.gap_filter.became == Some(became);
        if chip_button(ui, t, &format!("{} {}", lang.t(key), change.count(became)), is_on).clicked() {
            moment.gap_filter.became = (!is_on).then_some(became);
        }
    }
}

/// The listed gaps, counted.
fn counts(ui: &mut Ui, session: &Session, moment: &mut Moment) {
    let (t, lang) = (session.tokens(), session.lang);
    let chosen = moment.gap_filter.count_by;
    let word = |by: Option<CountBy>| {
        by.map_or_else(|| lang.t("gaps.count").to_owned(), |b| lang.with("gaps.count-by", &[("n", lang.t(b.key()))]))
    };
    egui::ComboBox::from_id_salt("gap counts").selected_text(word(chosen)).width(110.0).show_ui(ui, |ui| {
        for choice in [None].into_iter().chain(CountBy::ALL.map(Some)) {
            if ui.selectable_label(chosen == choice, word(choice)).clicked() {
                moment.gap_filter.count_by = choice;
            }
        }
    });
    let groups = session.listed_gaps().map(|l| l.groups.clone()).unwrap_or_default();
    let text: Vec<String> = groups.iter().map(|(name, count)| format!("{name} {count}")).collect();
    ui.add(Label::new(RichText::new(text.join("  ·  ")).size(12.0).color(t.ink)).truncate());
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
        .column(Column::exact(140.0))
        .column(Column::exact(104.0))
        .header(30.0, |mut header| {
            heads(&mut header, session, &mut sort);
        })
        .body(|body| {
            body.rows(28.0, listed.len(), |mut row| {
                let Some(at) = listed.get(row.index()).copied() else { return };
                let Some((gap, district)) = session.listed_gap(found, at) else { return };
                let is_here = session.district().is_some_and(|d| d.generation == district.generation);
                let is_closed = moment.gap_filter.became == Some(Became::Closed);
                let layer = session.village_layer().map(|l| l.key).filter(|_| is_here);
                row.set_selected(gap.village.zip(layer).is_some_and(|(v, l)| session.is_selected(l, v)));
                cells(&mut row, session, found, (gap, district), (!is_closed).then_some(at), send);
                let response = row.response();
                let closes =
                    found.rules.get(&gap.rule).map(|r| format!("{}\n{}", r.name(session.lang), r.closes(session.lang)));
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
        let text = match (gap.value, gap.threshold) {
            (Some(value), Some(threshold)) => format!("{} / {} {}", short(value), short(threshold), gap.unit),
            (None, Some(threshold)) => format!("— / {} {}", short(threshold), gap.unit),
            _ => "—".to_owned(),
        };
        right(ui, text.trim_end().to_owned());
    });
    row.col(|ui| {
        // What is closed is not visited any more.
        let Some(at) = at else { return plain(ui, session.lang.t("gaps.closed"), t.good) };
        let status = found.keys.get(at).map_or(GapStatus::Pending, |key| session.gap_status(key));
        let text = RichText::new(status.word(session.lang)).size(12.0).color(session.status_ink(status));
        let button = egui::Button::new(text).fill(t.field).corner_radius(9.0);
        if ui.add(button).on_hover_text(session.lang.t("visit.record")).clicked() {
            send.push(SurveyCommand::VisitGap(at));
        }
    });
}
