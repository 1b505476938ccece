//! Forms of the survey: what a visit found, with the gap's history; results on their way into the log.

use egui::{Grid, Label, RichText, ScrollArea, TextEdit, Ui};

use super::style::bold;
use super::widgets::{chip_button, primary};
use crate::session::{Commands, DecideCommand, Dialogue, FileCommand, Session, SurveyCommand, VisitDraft};
use crate::survey::{Instant, MergePreview, Outcome, Planned, Preview, Remark, Told, Verdict, Visit};

/// Rows of a preview shown at once; the rest is counted.
const MOST_ROWS: usize = 300;

/// A visit, new or to be corrected.
pub fn visit(ui: &mut Ui, session: &Session, mut draft: VisitDraft, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let subject = &draft.visit.subject;
    let place = [subject.town.as_str(), subject.village.as_str()].join(" ");
    let heading = format!("{} · {}", draft.visit.rule, place.trim());
    ui.label(RichText::new(heading).font(bold(15.0)).color(t.ink));
    if !draft.reason.is_empty() {
        ui.label(RichText::new(&draft.reason).size(12.0).color(t.ink_secondary));
    }
    if draft.corrects.is_some() {
        ui.label(RichText::new(lang.t("visit.correcting")).size(12.0).color(t.accent));
    }
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        for outcome in Outcome::ALL {
            let word = lang.find(&format!("result.{}", outcome.key())).unwrap_or(outcome.key());
            if chip_button(ui, t, word, draft.visit.result == Some(outcome)).clicked() {
                draft.visit.result = Some(outcome);
            }
        }
    });
    ui.add_space(6.0);
    typed(ui, session, &mut draft, send);
    facts(ui, session, &mut draft);
    let time = Instant::parse_near(&draft.at, Some(Instant::now())).map(|(at, _)| at);
    let time_is_right = draft.at.trim().is_empty() || time.is_some() || draft.at == draft.at_was;
    if !time_is_right {
        ui.label(RichText::new(lang.t("visit.time-unreadable")).size(12.0).color(t.bad));
    }
    // A time in the future, or of long ago, is asked about.
    let is_odd = time.is_some_and(Instant::is_odd) && draft.at != draft.at_was;
    if is_odd {
        let text = lang.with("visit.odd-time", &[("n", &time.map(Instant::for_people).unwrap_or_default())]);
        ui.checkbox(&mut draft.is_sure, RichText::new(text).size(12.0).color(t.warn));
    }
    if let Some(trouble) = &draft.trouble {
        ui.label(RichText::new(trouble).size(12.0).color(t.bad));
    }
    let mut keep = true;
    history(ui, session, &draft, send);
    ui.add_space(8.0);
    if session.file.path.is_none() {
        ui.label(RichText::new(lang.t("visit.save-first")).size(12.0).color(t.warn));
    }
    ui.horizontal(|ui| {
        if session.file.path.is_none() {
            if primary(ui, t, lang.t("command.save-as")).clicked() {
                send.push(FileCommand::SaveAs);
            }
        } else {
            let can = draft.visit.result.is_some() && time_is_right && (!is_odd || draft.is_sure);
            let word = if draft.corrects.is_some() { "visit.correct" } else { "visit.record" };
            if ui.add_enabled_ui(can, |ui| primary(ui, t, lang.t(word)).clicked()).inner {
                send.push(SurveyCommand::Record(Box::new(draft.clone())));
            }
        }
        let row = session.present_gaps().and_then(|f| f.keys.iter().position(|k| *k == draft.visit.gap));
        if let (Some(row), true) = (row, ui.button(lang.t("decision.decide")).clicked()) {
            send.push(DecideCommand::Gap(row));
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Visit(draft))
}

/// What is typed of a visit.
fn typed(ui: &mut Ui, session: &Session, draft: &mut VisitDraft, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    Grid::new("visit").num_columns(2).spacing([10.0, 8.0]).show(ui, |ui| {
        ui.label(lang.t("visit.note"));
        ui.add(TextEdit::multiline(&mut draft.visit.note).desired_rows(2).desired_width(290.0))
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("visit.note")));
        ui.end_row();
        ui.label(lang.t("visit.by"));
        ui.add(TextEdit::singleline(&mut draft.visit.by).hint_text(lang.t("visit.by-hint")).desired_width(290.0))
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("visit.by")));
        ui.end_row();
        ui.label(lang.t("visit.at"));
        ui.add(TextEdit::singleline(&mut draft.at).hint_text("2026-11-24 08:30").desired_width(290.0))
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("visit.at")));
        ui.end_row();
        ui.label(lang.t("visit.photo"));
        ui.horizontal(|ui| {
            if ui.button(lang.t("visit.choose-photo")).clicked() {
                send.push(SurveyCommand::PhotoDialogue);
            }
            let chosen = draft.photos.iter().filter_map(|p| Some(p.file_name()?.to_string_lossy().into_owned()));
            let kept = draft.visit.photos.iter().map(|p| p.word().to_owned());
            let names: Vec<String> = kept.chain(chosen).collect();
            ui.add(Label::new(RichText::new(names.join(", ")).size(12.0).color(t.ink_secondary)).truncate());
        });
        ui.end_row();
    });
}

/// What the camera wrote into the photo, offered.
fn facts(ui: &mut Ui, session: &Session, draft: &mut VisitDraft) {
    let lang = session.lang;
    let facts = draft.facts;
    ui.horizontal_wrapped(|ui| {
        if let Some(at) = facts.at.filter(|at| draft.at != at.for_people()) {
            let text = lang.with("visit.take-time", &[("n", &at.for_people())]);
            if ui.button(text).clicked() {
                draft.at = at.for_people();
            }
        }
        if let Some(place) = facts.place.filter(|p| draft.visit.place != Some(*p)) {
            let text = format!("{:.5}, {:.5}", place.lon_deg, place.lat_deg);
            if ui.button(lang.with("visit.take-place", &[("n", &text)])).clicked() {
                draft.visit.place = Some(place);
            }
        }
    });
}

/// All visits to the gap, the latest first, with what can be done about each.
fn history(ui: &mut Ui, session: &Session, draft: &VisitDraft, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let Some(survey) = session.survey() else { return };
    // A visit that is corrected may have been recorded under another key of the gap.
    let said = draft.corrects.as_deref().and_then(|id| survey.said(survey.visit(id)?));
    let key = said.map_or(draft.visit.gap.as_str(), |said| survey.key_of(said)).to_owned();
    let visits: Vec<&Visit> = survey.of_gap(&key).collect();
    if visits.is_empty() {
        return;
    }
    ui.add_space(8.0);
    let status = session.gap_status(&key);
    ui.horizontal(|ui| {
        ui.label(RichText::new(lang.t("visit.history")).font(bold(12.0)).color(t.ink_secondary));
        ui.label(RichText::new(status.word(lang)).size(12.0).color(session.status_ink(status)));
    });
    if status == crate::survey::GapStatus::Conflict {
        ui.label(RichText::new(lang.t("visit.conflict")).size(12.0).color(t.bad));
    }
    ScrollArea::vertical().max_height(150.0).show(ui, |ui| {
        for visit in visits.into_iter().rev() {
            let Some(said) = survey.said(visit) else { continue };
            let word = said.result.map_or("", |r| r.word(lang));
            let at = when(said);
            let mut text = RichText::new(format!("{at}  {}  {word}", said.by)).size(12.0).color(t.ink);
            if visit.is_withdrawn {
                text = text.strikethrough().color(t.ink_secondary);
            }
            ui.horizontal(|ui| {
                ui.label(text);
                if visit.amendments.iter().any(|i| survey.events.get(*i).is_some_and(|e| e.result.is_some())) {
                    ui.label(RichText::new(lang.t("visit.corrected")).size(11.0).color(t.ink_secondary));
                }
                if visit.is_withdrawn {
                    if ui.small_button(lang.t("visit.restore")).clicked() {
                        send.push(SurveyCommand::RestoreVisit(visit.id.clone()));
                    }
                } else {
                    if ui.small_button(lang.t("visit.edit")).clicked() {
                        send.push(SurveyCommand::EditVisit(visit.id.clone()));
                    }
                    if ui.small_button(lang.t("visit.withdraw")).clicked() {
                        send.push(SurveyCommand::WithdrawVisit(visit.id.clone()));
                    }
                }
            });
            for photo in &said.photos {
                thumbnail(ui, session, &photo.file, photo.word(), send);
            }
            if !said.note.is_empty() {
                ui.label(RichText::new(&said.note).size(12.0).color(t.ink_secondary));
            }
        }
    });
}

/// When a visit was, in words: as it was written where that is no time.
pub(super) fn when(said: &crate::survey::Event) -> String {
    match said.at {
        Some(at) => at.for_people(),
        None if said.at_text.is_empty() => "—".to_owned(),
        None => format!("“{}”", said.at_text),
    }
}

/// The small picture of a photo; its name where there is none.
fn thumbnail(ui: &mut Ui, session: &Session, photo: &str, word: &str, send: &mut Commands) {
    match session.survey.photos.get(photo) {
        Some(Some(image)) => {
            let id = egui::Id::unique(("thumbnail", photo));
            let kept: Option<egui::TextureHandle> = ui.data(|d| d.get_temp(id));
            let texture = kept.unwrap_or_else(|| {
                let texture = ui.ctx().load_texture(photo, image.clone(), egui::TextureOptions::LINEAR);
                ui.data_mut(|d| d.insert_temp(id, texture.clone()));
                texture
            });
            let picture = egui::Image::new(&texture).max_size(egui::Vec2::new(160.0, 100.0)).corner_radius(4.0);
            ui.add(picture).on_hover_text(word);
        }
        // Not asked for yet, or kept without a small picture.
        asked => {
            if asked.is_none() {
                send.push(SurveyCommand::ShowPhoto(photo.to_owned()));
            }
            ui.label(RichText::new(word).size(11.0).color(session.tokens().ink_secondary));
        }
    }
}

/// Width of the names in the preview of results, and of what was said.
const PLACE_WIDTH_PT: f32 = 220.0;
const SAID_WIDTH_PT: f32 = 260.0;

/// What a filled sheet would change.
pub fn import(ui: &mut Ui, session: &Session, mut preview: Box<Preview>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_max_width(720.0);
    let name = preview.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ui.label(RichText::new(lang.with("import.title", &[("n", &name)])).font(bold(15.0)).color(t.ink));
    let count = |is: fn(Verdict) -> bool| preview.count(is).to_string();
    let bad = preview.count(|v| matches!(v, Verdict::NotUnderstood(_)));
    let counts = lang.with(
        "import.counts",
        &[
            ("new", &count(|v| v == Verdict::New)),
            ("known", &count(|v| v == Verdict::Known)),
            ("empty", &count(|v| v == Verdict::Empty)),
            ("bad", &bad.to_string()),
        ],
    );
    ui.label(RichText::new(counts).color(if bad > 0 { t.warn } else { t.ink_secondary }));
    let corrected = preview.count(|v| v == Verdict::Corrects);
    if corrected > 0 {
        let text = lang.with("import.corrects", &[("n", &corrected.to_string())]);
        ui.label(RichText::new(text).color(t.ink_secondary));
    }
    if !preview.gone.is_empty() {
        let text = lang.with("import.gone", &[("n", &preview.gone.len().to_string())]);
        ui.add(egui::Label::new(RichText::new(text).color(t.warn)).wrap());
    }
    let keyless = preview.keyless_count();
    if keyless > 0 {
        let text = lang.with("import.keyless", &[("n", &keyless.to_string())]);
        ui.add(egui::Label::new(RichText::new(text).color(t.ink_secondary)).wrap());
    }
    ui.add_space(6.0);
    let mut is_mended = false;
    ScrollArea::vertical().max_height(320.0).auto_shrink([false, true]).show(ui, |ui| {
        let is_told = |p: &Planned| !matches!(p.verdict, Verdict::Empty | Verdict::Known);
        let mut rows: Vec<&mut Planned> = preview.rows.iter_mut().filter(|p| is_told(p)).collect();
        // What could not be understood comes first: the rest needs nobody.
        rows.sort_by_key(|p| !matches!(p.verdict, Verdict::NotUnderstood(_)));
        let total = rows.len();
        Grid::new("import").num_columns(4).spacing([14.0, 5.0]).show(ui, |ui| {
            for planned in rows.into_iter().take(MOST_ROWS) {
                is_mended |= row(ui, session, planned);
                ui.end_row();
            }
        });
        if total > MOST_ROWS {
            ui.label(lang.with("import.more", &[("n", &(total - MOST_ROWS).to_string())]));
        }
    });
    if is_mended {
        send.push(SurveyCommand::LookAtResults(preview.clone()));
    }
    ui.add_space(10.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let can = preview.taken_count() > 0;
        let word = lang.with("import.take-n", &[("n", &preview.taken_count().to_string())]);
        if ui.add_enabled_ui(can, |ui| primary(ui, t, &word).clicked()).inner {
            send.push(SurveyCommand::TakeResults(preview.clone()));
        }
        let is_map = preview.path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gpkg"));
        if is_map && ui.button(lang.t("import.as-layer")).clicked() {
            send.push(SurveyCommand::OpenAsLayer(preview.path.clone()));
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Import(preview))
}

/// A row of the preview; whether it was mended.
fn row(ui: &mut Ui, session: &Session, planned: &mut Planned) -> bool {
    let (t, lang) = (session.tokens(), session.lang);
    let small = |text: String, ink| RichText::new(text).size(12.0).color(ink);
    let line = small(lang.with("import.row", &[("n", &planned.row.line.to_string())]), t.ink_secondary);
    ui.add(egui::Label::new(line).extend());
    let subject = planned.subject();
    let place = [&subject.village, &subject.facility_name].map(String::as_str);
    let place = place.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
    let found = session.present_gaps();
    let rule = found.as_ref().and_then(|f| f.rules.get(planned.rule())).map_or(planned.rule(), |r| r.name(lang));
    ui.vertical(|ui| {
        ui.set_width(PLACE_WIDTH_PT);
        ui.add(egui::Label::new(small(place, t.ink)).truncate());
        ui.add(egui::Label::new(small(rule.to_owned(), t.ink_secondary)).truncate());
    });
    let mut is_mended = false;
    match planned.verdict {
        Verdict::NotUnderstood(why) => {
            let words = lang.find(&format!("not-understood.{why}")).unwrap_or(why);
            ui.label(small(words.to_owned(), t.bad));
            match why {
                "result" | "no-result" => {
                    let id = ("mend result", planned.row.line);
                    let chosen = planned.row.result.clone();
                    egui::ComboBox::from_id_salt(id).selected_text(chosen).width(150.0).show_ui(ui, |ui| {
                        for outcome in Outcome::ALL {
                            if ui.selectable_label(false, outcome.word(lang)).clicked() {
                                planned.row.result = outcome.key().to_owned();
                                is_mended = true;
                            }
                        }
                    });
                }
                "time" => {
                    let edit = TextEdit::singleline(&mut planned.row.at).desired_width(150.0);
                    let response = ui.add(edit);
                    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, lang.t("visit.at")));
                    is_mended |= response.lost_focus();
                }
                _ if planned.remarks.contains(&Remark::Finding) => {
                    let text = small(lang.t("import.finding").to_owned(), t.ink);
                    ui.checkbox(&mut planned.is_taken, text);
                }
                _ => {
                    ui.label(small(planned.row.result.clone(), t.ink_secondary));
                }
            }
        }
        _ => {
            let change = format!("{} → {}", planned.before.word(lang), planned.after.word(lang));
            ui.add(egui::Label::new(small(change, session.status_ink(planned.after))).extend());
            let remarks: Vec<&str> =
                planned.remarks.iter().filter_map(|r| lang.find(&format!("remark.{}", r.key()))).collect();
            ui.vertical(|ui| {
                ui.set_width(SAID_WIDTH_PT);
                let photos = planned.photo_count();
                let photos = (photos > 0).then(|| lang.with("import.photos", &[("n", &photos.to_string())]));
                let said = [planned.row.by.trim(), planned.row.note.trim(), photos.as_deref().unwrap_or_default()];
                let said = said.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" · ");
                if !said.is_empty() {
                    ui.add(egui::Label::new(small(said, t.ink_secondary)).truncate());
                }
                if planned.remarks.contains(&Remark::OddTime) {
                    let text = small(lang.with("import.odd-time", &[("n", &planned.row.at)]), t.warn);
                    ui.checkbox(&mut planned.is_taken, text);
                } else if !remarks.is_empty() {
                    ui.label(small(remarks.join(" · "), t.warn));
                }
            });
        }
    }
    is_mended
}

/// What the log of a colleague would bring.
pub fn merge(ui: &mut Ui, session: &Session, preview: Box<MergePreview>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_max_width(720.0);
    let small = |text: String, ink| RichText::new(text).size(12.0).color(ink);
    let name = preview.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ui.label(RichText::new(lang.with("merge.title", &[("n", &name)])).font(bold(15.0)).color(t.ink));
    let changed = preview.visits.iter().filter(|v| v.is_changed).count();
    let counts = lang.with(
        "merge.counts",
        &[("new", &(preview.visits.len() - changed).to_string()), ("changed", &changed.to_string())],
    );
    ui.label(RichText::new(counts).color(t.ink_secondary));
    if !preview.records.is_empty() {
        let count = preview.records.len().to_string();
        ui.label(small(lang.with("merge.records", &[("n", &count)]), t.ink_secondary));
    }
    if preview.others > 0 {
        ui.label(small(lang.with("merge.others", &[("n", &preview.others.to_string())]), t.ink_secondary));
    }
    if preview.told.iter().any(|told| matches!(told, Told::Saved(..))) {
        ui.label(small(lang.t("merge.damaged").to_owned(), t.warn));
    }
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(320.0).auto_shrink([false, true]).show(ui, |ui| {
        Grid::new("merge").num_columns(4).spacing([14.0, 5.0]).show(ui, |ui| {
            for visit in preview.visits.iter().take(MOST_ROWS) {
                let place = [visit.rule.as_str(), &visit.subject.town, &visit.subject.village].join(" ");
                ui.label(small(place, t.ink));
                ui.label(small(visit.by.clone(), t.ink_secondary));
                let change = format!("{} → {}", visit.before.word(lang), visit.after.word(lang));
                ui.label(small(change, session.status_ink(visit.after)));
                ui.label(small(if visit.is_changed { lang.t("merge.changed") } else { "" }.to_owned(), t.warn));
                ui.end_row();
            }
        });
        if preview.visits.len() > MOST_ROWS {
            ui.label(lang.with("import.more", &[("n", &(preview.visits.len() - MOST_ROWS).to_string())]));
        }
    });
    ui.add_space(10.0);
    let mut keep = true;
    ui.horizontal(|ui| {
        let word = lang.with("import.take-n", &[("n", &(preview.visits.len() + preview.records.len()).to_string())]);
        if ui.add_enabled_ui(preview.fresh > 0, |ui| primary(ui, t, &word).clicked()).inner {
            send.push(SurveyCommand::TakeMerge(preview.clone()));
        }
        keep &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    keep.then_some(Dialogue::Merge(preview))
}
