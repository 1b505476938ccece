//! The row over the gap list: what is listed, in chips, and where the list can go.

use egui::{Align, Layout, RichText, Ui};

use super::gaps::severity_name;
use super::widgets::{chip_button, chip_menu, marked_chip, primary};
use crate::district::By;
use crate::geo::ChinaShift;
use crate::rules::GapSeverity;
use crate::session::{
    Became, Command, Commands, CountBy, DecideCommand, FoundGaps, GapsList, Moment, Session, Since, SurveyCommand,
};
use crate::survey::GapStatus;

/// Room that the button for rounds needs.
const PLAN_ROOM: f32 = 150.0;

/// Shows the row; below it, where asked for, what became of gaps and how many there are of each kind.
pub(super) fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, found: &FoundGaps, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.add_space(6.0);
        let counts = session.listed_gaps().map_or([0; 4], |l| l.counts);
        for (severity, count) in GapSeverity::ALL.into_iter().zip(counts) {
            let is_on = moment.gap_filter.severities.contains(&severity);
            if count == 0 && !is_on {
                continue;
            }
            if chip_button(ui, t, &format!("{} {count}", severity_name(session, severity)), is_on).clicked() {
                match is_on {
                    true => moment.gap_filter.severities.retain(|s| *s != severity),
                    false => moment.gap_filter.severities.push(severity),
                }
            }
        }
        places(ui, session, moment);
        rules(ui, session, moment, found);
        statuses(ui, session, moment);
        if chip_button(ui, t, lang.t("gaps.in-view"), moment.gap_filter.in_view).clicked() {
            moment.gap_filter.in_view = !moment.gap_filter.in_view;
        }
        more(ui, session, moment, send);
        visits(ui, session, moment);
        if moment.gap_filter.is_narrow() && chip_button(ui, t, lang.t("table.clear"), false).clicked() {
            let kept = (moment.gap_filter.sort, moment.gap_filter.count_by);
            moment.gap_filter = Default::default();
            (moment.gap_filter.sort, moment.gap_filter.count_by) = kept;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            export(ui, session, moment, send);
            if ui.button(lang.t("command.import-results")).clicked() {
                send.push(SurveyCommand::ImportResultsDialogue);
            }
            // Where the row is short it stands in the menu only.
            if ui.available_width() > PLAN_ROOM && ui.button(lang.t("round.plan")).clicked() {
                send.push(SurveyCommand::PlanRound);
            }
        });
    });
    results(ui, session, moment);
}

/// Town and group.
fn places(ui: &mut Ui, session: &Session, moment: &mut Moment) {
    let (t, lang) = (session.tokens(), session.lang);
    for (by, all) in [(By::Town, "gaps.all-towns"), (By::Group, "gaps.all-groups")] {
        let names: Vec<String> = session
            .district()
            .map_or_else(Vec::new, |d| d.places(by).into_iter().map(|p| p.0).filter(|n| !n.is_empty()).collect());
        let chosen = if by == By::Town { &mut moment.gap_filter.town } else { &mut moment.gap_filter.group };
        if names.len() < 2 && chosen.is_none() {
            continue;
        }
        let text = chosen.clone().unwrap_or_else(|| lang.t(all).to_owned());
        chip_menu(ui, t, &text, chosen.is_some(), |ui| {
            for choice in [None].into_iter().chain(names.into_iter().map(Some)) {
                let text = choice.clone().unwrap_or_else(|| lang.t(all).to_owned());
                if ui.selectable_label(*chosen == choice, text).clicked() {
                    *chosen = choice;
                }
            }
        });
    }
}

/// Rules by their names, each with how many the other conditions keep.
fn rules(ui: &mut Ui, session: &Session, moment: &mut Moment, found: &FoundGaps) {
    let (t, lang) = (session.tokens(), session.lang);
    let rule = moment.gap_filter.rule.clone();
    let name = |id: &str| found.rules.get(id).map_or_else(|| id.to_owned(), |r| r.name(lang).to_owned());
    let kept = session.listed_gaps().map(|l| l.rules.clone()).unwrap_or_default();
    let text = rule.as_deref().map_or_else(|| lang.t("gaps.all-rules").to_owned(), name);
    chip_menu(ui, t, &text, rule.is_some(), |ui| {
        if ui.selectable_label(rule.is_none(), lang.t("gaps.all-rules")).clicked() {
            moment.gap_filter.rule = None;
        }
        for count in &found.list.rules {
            let n = kept.get(&count.id).copied().unwrap_or(0);
            let mut text = format!("{}  {n}", name(&count.id));
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
    let (t, lang) = (session.tokens(), session.lang);
    let chosen = moment.gap_filter.status;
    let kept = session.listed_gaps().map(|l| l.statuses.clone()).unwrap_or_default();
    let word = |s: Option<GapStatus>| s.map_or(lang.t("gaps.all-statuses"), |s| s.word(lang));
    chip_menu(ui, t, word(chosen), chosen.is_some(), |ui| {
        for choice in [None].into_iter().chain(GapStatus::ALL.map(Some)) {
            let count = choice.map(|c| kept.get(&c).copied().unwrap_or(0));
            let text = count.map_or_else(|| word(choice).to_owned(), |n| format!("{}  {n}", word(choice)));
            if ui.selectable_label(chosen == choice, text).clicked() {
                moment.gap_filter.status = choice;
            }
        }
    });
}

/// What is asked for less often: comparing, counting, how field sheets are written.
fn more(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let is_on = session.survey.since.is_some() || moment.gap_filter.count_by.is_some();
    let button = marked_chip(ui, t, lang.t("gaps.more"), is_on);
    let popup = egui::Popup::menu(&button).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_min_width(240.0);
        for command in [
            Command::from(SurveyCommand::PlanRound),
            SurveyCommand::ImportFolderDialogue.into(),
            SurveyCommand::SortPhotosDialogue.into(),
            DecideCommand::PeopleDialogue.into(),
            DecideCommand::ReportsDialogue.into(),
        ] {
            if ui.button(command.words(lang)).clicked() {
                send.push(command);
                ui.close();
            }
        }
        ui.separator();
        ui.menu_button(lang.t("gaps.compare"), |ui| comparison(ui, session, moment, send));
        ui.menu_button(lang.t("gaps.count"), |ui| {
            for choice in [None].into_iter().chain(CountBy::ALL.map(Some)) {
                let by = |b: CountBy| lang.with("gaps.count-by", &[("n", lang.t(b.key()))]);
                let text = choice.map_or_else(|| lang.t("gaps.no-count").to_owned(), by);
                if ui.selectable_label(moment.gap_filter.count_by == choice, text).clicked() {
                    moment.gap_filter.count_by = choice;
                    ui.close();
                }
            }
        });
        ui.separator();
        ui.label(RichText::new(lang.t("gaps.sheet-options")).size(12.0).color(t.ink_secondary));
        let form = &mut moment.form;
        ui.checkbox(&mut form.per_town, lang.t("gaps.per-town"));
        ui.checkbox(&mut form.from_here, lang.t("gaps.from-here"));
        ui.label(RichText::new(lang.t("gaps.coordinates")).size(12.0).color(t.ink_secondary));
        ui.radio_value(&mut form.shift, None, "WGS 84 / CGCS2000");
        ui.radio_value(&mut form.shift, Some(ChinaShift::Gcj02), lang.t("gaps.gcj02"));
        ui.radio_value(&mut form.shift, Some(ChinaShift::Bd09), lang.t("gaps.bd09"));
    });
}

fn visits(ui: &mut Ui, session: &Session, moment: &mut Moment) {
    if session.survey.seen.is_none() {
        return;
    }
    let (count, orphans) = session.listed_visits().map_or((0, 0), |l| (l.rows.len(), l.orphans));
    let text = match orphans {
        0 => session.lang.with("visits.chip", &[("n", &count.to_string())]),
        _ => session.lang.with("visits.chip-orphans", &[("n", &count.to_string()), ("k", &orphans.to_string())]),
    };
    chip_of(ui, session, moment, &text, GapsList::Visits);
    let reports = session.listed_reports();
    if !reports.is_empty() {
        let new = reports.iter().filter(|(_, status)| *status == crate::survey::ReportStatus::New).count();
        let (all, new_text) = (reports.len().to_string(), new.to_string());
        let key = if new > 0 { "report.chip-new" } else { "report.chip" };
        let text = session.lang.with(key, &[("n", &all), ("k", &new_text)]);
        chip_of(ui, session, moment, &text, GapsList::Reports);
    }
    let all: usize = session.decision_counts().iter().sum();
    if all == 0 {
        return;
    }
    let late = session.decision_counts()[0];
    let (all, late_text) = (all.to_string(), late.to_string());
    let key = if late > 0 { "decision.chip-late" } else { "decision.chip" };
    let text = session.lang.with(key, &[("n", &all), ("k", &late_text)]);
    chip_of(ui, session, moment, &text, GapsList::Decisions);
}

fn chip_of(ui: &mut Ui, session: &Session, moment: &mut Moment, text: &str, lists: GapsList) {
    let is_on = moment.lists == lists;
    if chip_button(ui, session.tokens(), text, is_on).clicked() {
        moment.lists = if is_on { GapsList::Gaps } else { lists };
    }
}

/// The field sheet.
fn export(ui: &mut Ui, session: &Session, moment: &Moment, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let response = primary(ui, t, lang.t(SurveyCommand::ExportGapsDialogue.key()));
    let count = session.listed_gaps().map_or(0, |l| l.rows.len()).to_string();
    let mut words = lang.with("gaps.sheet-of", &[("n", &count)]);
    if moment.form.per_town {
        words = format!("{words}\n{}", lang.t("gaps.per-town"));
    }
    if response.on_hover_text(words).clicked() {
        send.push(SurveyCommand::ExportGapsDialogue);
    }
}

fn name_of(since: &Since) -> String {
    match since {
        Since::Year(year) => year.to_string(),
        Since::Project(path) => path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default(),
    }
}

/// Against an earlier year or another project.
fn comparison(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let lang = session.lang;
    let since = session.survey.since.clone();
    let now = session.year();
    let years: Vec<i32> = session.district().map_or_else(Vec::new, |d| {
        d.observations.years().iter().copied().filter(|y| now.is_some_and(|n| *y < n)).collect()
    });
    if ui.selectable_label(since.is_none(), lang.t("gaps.no-comparison")).clicked() {
        send.push(SurveyCommand::CompareGaps(None));
        moment.gap_filter.became = None;
        ui.close();
    }
    for year in years.into_iter().rev() {
        let choice = Since::Year(year);
        if ui.selectable_label(since.as_ref() == Some(&choice), name_of(&choice)).clicked() {
            send.push(SurveyCommand::CompareGaps(Some(choice)));
            ui.close();
        }
    }
    if ui.selectable_label(false, lang.t("gaps.other-project")).clicked() {
        send.push(SurveyCommand::CompareGapsDialogue);
        ui.close();
    }
}

/// What came of a comparison, and of counting.
fn results(ui: &mut Ui, session: &Session, moment: &mut Moment) {
    let (t, lang) = (session.tokens(), session.lang);
    let change = session.present_change().cloned();
    let groups = session.listed_gaps().map(|l| l.groups.clone()).unwrap_or_default();
    if change.is_none() && groups.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.add_space(6.0);
        if let (Some(change), Some(since)) = (change, &session.survey.since) {
            let words = lang.with("gaps.since", &[("n", &name_of(since))]);
            ui.label(RichText::new(words).size(12.0).color(t.ink_secondary));
            for (became, key) in
                [(Became::New, "gaps.new"), (Became::Remaining, "gaps.remaining"), (Became::Closed, "gaps.closed")]
            {
                let is_on = moment.gap_filter.became == Some(became);
                if chip_button(ui, t, &format!("{} {}", lang.t(key), change.count(became)), is_on).clicked() {
                    moment.gap_filter.became = (!is_on).then_some(became);
                }
            }
        }
        let text: Vec<String> = groups.iter().map(|(name, count)| format!("{name} {count}")).collect();
        ui.add(egui::Label::new(RichText::new(text.join("  ·  ")).size(12.0).color(t.ink)).truncate());
    });
}
