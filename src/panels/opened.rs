//! Sheets about files: how each of those that were opened was understood, which layers of one are wanted, and how its letters and
//! coordinates are read.

use egui::{Align, Key, Layout, RichText, ScrollArea, TextEdit, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::district::{AS_IS, Diagnosis, Hypothesis};
use crate::geo::System;
use crate::lang::Lang;
use crate::model::{Crs, LayerKind, Role};
use crate::read::How;
use crate::render::LayerKey;
use crate::session::{
    CameraCommand, Commands, Dialogue, FileCommand, LayerCommand, LayersDraft, Naming, OpenedAs, OpenedFile,
    ReadingDraft, Session, SurveyCommand, Tab, WindowCommand,
};

/// Height of a row's mark.
const MARK: f32 = 24.0;

/// How the files were understood, a row each.
pub fn opened(ui: &mut Ui, session: &Session, mut files: Vec<OpenedFile>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.set_width(ui.ctx().content_rect().width().min(920.0) - 60.0);
    let open = files.iter().filter(|f| asks(session, f)).count();
    let n = files.len().to_string();
    let title = match open {
        0 if files.len() == 1 => lang.t("opened.title-one").to_owned(),
        0 => lang.with("opened.title", &[("n", &n)]),
        open => lang.with("opened.title-decide", &[("n", &n), ("m", &open.to_string())]),
    };
    ui.label(RichText::new(title).font(bold(18.0)).color(t.ink));
    ui.label(RichText::new(lang.t("opened.hint")).color(t.ink_secondary));
    ui.add_space(6.0);
    let mut gone = None;
    let most = ui.ctx().content_rect().height() - 240.0;
    ScrollArea::vertical().max_height(most.max(160.0)).auto_shrink([false, true]).show(ui, |ui| {
        for (at, file) in files.iter().enumerate() {
            ui.separator();
            if row(ui, session, file, send) {
                gone = Some(at);
            }
        }
    });
    ui.separator();
    let mut stays = true;
    ui.horizontal(|ui| {
        ui.label(RichText::new(lang.t("opened.stays")).color(t.ink_secondary));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let is_enter = ui.input(|i| i.key_pressed(Key::Enter)) && ui.memory(|m| m.focused().is_none());
            stays = !(primary(ui, t, lang.t("opened.close")).clicked() || is_enter);
        });
    });
    if let Some(at) = gone {
        files.remove(at);
        stays &= !files.is_empty();
    }
    stays.then_some(Dialogue::Opened(files))
}

/// Whether a file wants a decision.
fn asks(session: &Session, file: &OpenedFile) -> bool {
    match &file.outcome {
        OpenedAs::Layer(key, diagnosis) => {
            let loaded = session.layers.get(key).and_then(|l| l.loaded());
            let is_unplaced = loaded.is_some_and(|l| matches!(l.dataset.source.crs, Crs::Other(_)));
            suggestion(session, *key, diagnosis).is_some() || is_unplaced || wants_names(session, *key)
        }
        OpenedAs::Table(..) => false,
        OpenedAs::Failed(_) | OpenedAs::Photos(..) => true,
    }
}

/// Whether a person is to say which field names the villages: neither heads nor values do.
fn wants_names(session: &Session, key: LayerKey) -> bool {
    let is_unsaid = session.entry(key).is_some_and(|e| !e.fields.fields.contains_key(Role::Name.key()));
    let naming = session.layers.get(&key).and_then(|l| l.loaded()).map(|l| l.naming());
    is_unsaid && naming == Some(Naming::Nothing)
}

/// What the doctor suggests and nobody has taken yet.
fn suggestion<'d>(session: &Session, key: LayerKey, diagnosis: &'d Diagnosis) -> Option<&'d Hypothesis> {
    let taken = session.entry(key).and_then(|e| e.crs.clone());
    diagnosis.best().filter(|best| taken.as_deref() != Some(best.crs.as_str()))
}

/// One file; whether it was put away.
fn row(ui: &mut Ui, session: &Session, file: &OpenedFile, send: &mut Commands) -> bool {
    let (t, lang) = (session.tokens(), session.lang);
    let is_open = asks(session, file);
    let (sign, ink) = match (&file.outcome, is_open) {
        (OpenedAs::Failed(_) | OpenedAs::Photos(..), _) => ("!", t.warn),
        (_, true) => ("?", t.warn),
        _ => ("✓", t.accent),
    };
    let (what, understood) = words(session, file);
    let mut put_away = false;
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(MARK), egui::Sense::hover());
        ui.painter().circle_filled(rect.center(), MARK / 2.0, t.field);
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, sign, bold(13.0), ink);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            put_away = buttons(ui, session, file, send);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.horizontal_wrapped(|ui| {
                    ui.label(RichText::new(&file.name).font(bold(14.0)).color(t.ink));
                    ui.label(RichText::new(what).color(t.ink));
                });
                ui.add(egui::Label::new(RichText::new(understood).size(12.5).color(t.ink_secondary)).wrap());
            });
        });
    });
    if let OpenedAs::Failed(_) = file.outcome
        && lang == Lang::Zh
    {
        // One line of air: what follows is another file.
        ui.add_space(2.0);
    }
    put_away
}

/// What a file is, and how it was understood.
fn words(session: &Session, file: &OpenedFile) -> (String, String) {
    let lang = session.lang;
    match &file.outcome {
        OpenedAs::Failed(why) => (lang.t("opened.failed").to_owned(), why.clone()),
        OpenedAs::Photos(_, why) => (lang.t("opened.photos").to_owned(), why.clone()),
        OpenedAs::Table(rows, is_all) => {
            let rows = format!("{}{rows}", if *is_all { "" } else { "> " });
            let what = lang.with("opened.table", &[("n", &rows)]);
            (what, lang.t("opened.table-hint").to_owned())
        }
        OpenedAs::Layer(key, diagnosis) => {
            let Some(loaded) = session.layers.get(key).and_then(|l| l.loaded()) else {
                return (String::new(), lang.t("status.loading").to_owned());
            };
            let noun = match session.kind_of(*key) {
                Some(LayerKind::Villages) => "opened.villages",
                Some(LayerKind::Facilities) => "opened.facilities",
                _ => "opened.features",
            };
            let count = lang.with(noun, &[("n", &loaded.dataset.len().to_string())]);
            let what = format!("{} · {count}", format_words(loaded.dataset.source.format.name()));
            if let Some(best) = suggestion(session, *key, diagnosis) {
                return (what, evidence(session, diagnosis, best));
            }
            (what, understood(session, loaded))
        }
    }
}

/// A format as people call it.
fn format_words(name: &str) -> String {
    match name {
        "shapefile" => "Shapefile".to_owned(),
        "gpkg" => "GeoPackage".to_owned(),
        "flatgeobuf" => "FlatGeobuf".to_owned(),
        "geojson" | "geojsonseq" => "GeoJSON".to_owned(),
        "topojson" => "TopoJSON".to_owned(),
        "overpass" => "OpenStreetMap".to_owned(),
        other => other.to_uppercase(),
    }
}

/// Letters and coordinates of a file, and why they were taken for what they are.
fn understood(session: &Session, loaded: &crate::session::Loaded) -> String {
    let (lang, source) = (session.lang, &loaded.dataset.source);
    let mut parts = Vec::new();
    if source.encoding_from != "content" && source.encoding != "binary" {
        let why = lang.find(&format!("opened.why-{}", source.encoding_from)).unwrap_or("");
        parts.push(lang.with("opened.letters", &[("n", source.encoding), ("why", why)]));
    }
    match loaded.naming() {
        Naming::Nothing => parts.push(lang.t("opened.names-nowhere").to_owned()),
        Naming::ByValue => {
            let field = loaded.dataset.roles.field(Role::Name).or(loaded.dataset.roles.field(Role::Code));
            let head = field.and_then(|f| loaded.dataset.table.columns.get(f)).map_or("", |c| c.name.as_str());
            parts.push(lang.with("opened.names-by-value", &[("n", head)]));
        }
        Naming::Plain => {}
    }
    if let Crs::Reprojected(_) = source.crs {
        let why = lang.find(&format!("opened.crs-{}", source.crs_from.name())).unwrap_or("");
        let name = session.crs_words(&source.crs);
        parts.push(lang.with("opened.crs", &[("n", &name), ("why", why)]));
    }
    for code in
        ["unknown-crs", "swapped-axes", "bad-encoding", "datum-unknown", "datum-shift", "broken-off", "null-island"]
    {
        let all = || loaded.dataset.report.problems.iter().filter(|p| p.code == code);
        if let Some(first) = all().next() {
            let count = all().count();
            let number = if count > 1 { format!(" × {count}") } else { String::new() };
            parts.push(format!("{}{number}", lang.problem(code, &first.detail)));
        }
    }
    if parts.is_empty() { lang.t("opened.plain").to_owned() } else { parts.join(" · ") }
}

/// What speaks for a hypothesis.
fn evidence(session: &Session, diagnosis: &Diagnosis, best: &Hypothesis) -> String {
    let lang = session.lang;
    let crs = hypothesis_words(session, &best.crs);
    let inside = |h: Option<&Hypothesis>| h.map_or(0, |h| (h.inside_share * h.n as f64).round() as usize).to_string();
    let metres =
        |h: Option<&Hypothesis>| h.and_then(|h| h.median_offset_m).map_or("–".to_owned(), |m| format!("{m:.0}"));
    let as_is = diagnosis.as_is();
    let gains = as_is.is_none_or(|a| best.inside_share > a.inside_share + 0.05);
    let key = if gains { "opened.doctor" } else { "opened.doctor-offset" };
    let (after, before) = if gains { (inside(Some(best)), inside(as_is)) } else { (metres(Some(best)), metres(as_is)) };
    lang.with(key, &[("crs", &crs), ("after", &after), ("before", &before), ("n", &best.n.to_string())])
}

fn hypothesis_words(session: &Session, crs: &str) -> String {
    match crs {
        AS_IS => session.lang.t("reading.as-is").to_owned(),
        How::SWAPPED => session.lang.t("reading.swapped").to_owned(),
        other => session.crs_name_words(other),
    }
}

/// What can be done about a file; whether it was put away.
fn buttons(ui: &mut Ui, session: &Session, file: &OpenedFile, send: &mut Commands) -> bool {
    let lang = session.lang;
    match &file.outcome {
        OpenedAs::Failed(_) => ui.button(lang.t("dialogue.close")).clicked(),
        OpenedAs::Photos(photos, _) => {
            if session.present_gaps().is_some() && ui.button(lang.t("field-photos.title")).clicked() {
                send.push(SurveyCommand::SortPhotos(photos.clone()));
            }
            ui.button(lang.t("dialogue.close")).clicked()
        }
        OpenedAs::Table(..) => {
            if ui.button(lang.t("opened.look")).clicked() {
                send.push(WindowCommand::ToggleDrawer(Tab::Problems));
            }
            false
        }
        OpenedAs::Layer(key, diagnosis) => {
            if let Some(best) = suggestion(session, *key, diagnosis) {
                let words = lang.with("opened.adopt", &[("n", &short(session, &best.crs))]);
                if ui.button(words).clicked() {
                    let how = session.entry(*key).map(|e| e.how()).unwrap_or_default();
                    send.push(LayerCommand::SetReading(*key, How { crs: Some(best.crs.clone()), ..how }));
                }
            }
            let naming = session.layers.get(key).and_then(|l| l.loaded()).map_or(Naming::Plain, |l| l.naming());
            if naming != Naming::Plain && ui.button(lang.t("opened.fields")).clicked() {
                send.push(LayerCommand::EditFields(*key));
            }
            if ui.button(lang.t("opened.change")).clicked() {
                send.push(LayerCommand::EditReading(*key));
            }
            false
        }
    }
}

/// A system's name for a button.
fn short(session: &Session, crs: &str) -> String {
    if crs == How::SWAPPED { session.lang.t("reading.swapped").to_owned() } else { crs.to_owned() }
}

/// Which layers of a file are wanted.
pub fn layers(ui: &mut Ui, session: &Session, mut draft: LayersDraft, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let name = draft.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ui.label(RichText::new(lang.with("opened.layers-title", &[("n", &name)])).font(bold(15.0)).color(t.ink));
    ui.label(RichText::new(lang.t("opened.layers-hint")).color(t.ink_secondary));
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
        for (layer, is_taken) in &mut draft.layers {
            ui.checkbox(is_taken, layer.as_str());
        }
    });
    ui.add_space(10.0);
    let taken: Vec<String> = draft.layers.iter().filter(|(_, is_taken)| *is_taken).map(|(n, _)| n.clone()).collect();
    let mut stays = true;
    ui.horizontal(|ui| {
        let words = lang.with("opened.take-layers", &[("n", &taken.len().to_string())]);
        let is_enter = ui.input(|i| i.key_pressed(Key::Enter)) && ui.memory(|m| m.focused().is_none());
        let clicked = ui.add_enabled_ui(!taken.is_empty(), |ui| primary(ui, t, &words).clicked()).inner;
        if (clicked || is_enter) && !taken.is_empty() {
            send.push(FileCommand::OpenLayers(draft.path.clone(), taken.clone()));
            stays = false;
        }
        stays &= !ui.button(lang.t("command.cancel")).clicked();
    });
    stays.then_some(Dialogue::Layers(draft))
}

/// Letters and coordinates of a layer, with what each choice would give.
pub fn reading(ui: &mut Ui, session: &Session, mut draft: Box<ReadingDraft>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let title = format!("{} · {}", lang.t("command.reading").trim_end_matches('…'), session.layer_title(draft.layer));
    ui.label(RichText::new(title).font(bold(15.0)).color(t.ink));
    ui.add_space(8.0);
    ScrollArea::vertical().max_height(ui.ctx().content_rect().height() - 220.0).show(ui, |ui| {
        letters(ui, session, &mut draft);
        ui.add_space(10.0);
        coordinates(ui, session, &mut draft, send);
    });
    ui.add_space(10.0);
    let mut stays = true;
    ui.horizontal(|ui| {
        let apply = primary(ui, t, lang.t("reading.apply")).clicked();
        let tries = ui.button(lang.t("reading.try")).clicked();
        if apply || tries {
            match System::of_name(draft.how.crs.as_deref().unwrap_or("EPSG:4326")) {
                None if draft.how.crs.as_deref() != Some(How::SWAPPED) => {
                    let name = draft.how.crs.clone().unwrap_or_default();
                    draft.trouble = Some(lang.with("reading.unknown", &[("n", &name)]));
                }
                _ => {
                    draft.trouble = None;
                    send.push(LayerCommand::SetReading(draft.layer, draft.how.clone()));
                    stays = tries;
                }
            }
        }
        stays &= !ui.button(lang.t("dialogue.close")).clicked();
    });
    if let Some(trouble) = &draft.trouble {
        ui.label(RichText::new(trouble).color(t.warn));
    }
    stays.then_some(Dialogue::Reading(draft))
}

fn letters(ui: &mut Ui, session: &Session, draft: &mut ReadingDraft) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("reading.letters")).font(bold(13.0)).color(t.ink_secondary));
    if draft.previews.is_empty() {
        ui.label(RichText::new(lang.t("reading.letters-plain")).color(t.ink_secondary));
        return;
    }
    ui.radio_value(&mut draft.how.encoding, None, lang.t("reading.letters-file"));
    for (encoding, texts) in &draft.previews {
        let name = if encoding == How::TWICE { lang.t("reading.twice") } else { encoding.as_str() };
        ui.horizontal(|ui| {
            ui.radio_value(&mut draft.how.encoding, Some(encoding.clone()), name);
            let shown = texts.join(if lang == Lang::Zh { "、" } else { ", " });
            ui.add(egui::Label::new(RichText::new(shown).color(t.ink_secondary)).truncate());
        });
    }
}

fn coordinates(ui: &mut Ui, session: &Session, draft: &mut ReadingDraft, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("reading.coordinates")).font(bold(13.0)).color(t.ink_secondary));
    let said = |crs: &str| draft.diagnosis.hypotheses.iter().find(|h| h.crs == crs).cloned();
    let mut choices: Vec<String> = vec!["GCJ-02".into(), "BD-09".into(), How::SWAPPED.into()];
    let tried = draft.diagnosis.hypotheses.iter().map(|h| h.crs.clone()).filter(|c| c != AS_IS);
    for crs in tried.take(5) {
        if !choices.contains(&crs) {
            choices.push(crs);
        }
    }
    if draft.diagnosis.hypotheses.iter().any(|h| h.crs.starts_with("EPSG:")) {
        // Metres: none of the shifts of degrees can be meant.
        choices.drain(..3);
    }
    let choice = |ui: &mut Ui, how: &mut How, value: Option<String>, words: String, hypothesis: Option<Hypothesis>| {
        ui.horizontal(|ui| {
            ui.radio_value(&mut how.crs, value, words);
            if let Some(h) = hypothesis {
                let inside = (h.inside_share * h.n as f64).round() as usize;
                let mut says =
                    lang.with("reading.evidence", &[("after", &inside.to_string()), ("n", &h.n.to_string())]);
                if let Some(m) = h.median_offset_m.filter(|m| *m < 1e7) {
                    says += &format!(" · {}", lang.with("reading.offset", &[("n", &format!("{m:.0}"))]));
                }
                ui.label(RichText::new(says).size(12.0).color(t.ink_secondary));
            }
        });
    };
    choice(ui, &mut draft.how, None, lang.t("reading.crs-file").to_owned(), said(AS_IS));
    for crs in choices {
        let hypothesis = said(&crs);
        choice(ui, &mut draft.how, Some(crs.clone()), hypothesis_words(session, &crs), hypothesis);
    }
    if let Some(bounds) = session.look_at_moved(draft) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(lang.t("reading.moved")).size(12.0).color(t.ink_secondary));
            if ui.button(lang.t("reading.closer")).clicked() {
                send.push(CameraCommand::ShowRectangle(bounds));
            }
        });
    }
    ui.horizontal(|ui| {
        let label = ui.label(lang.t("reading.other"));
        let field = ui.add(TextEdit::singleline(&mut draft.crs_text).desired_width(150.0)).labelled_by(label.id);
        if field.changed() {
            let text = draft.crs_text.trim();
            draft.how.crs = (!text.is_empty()).then(|| text.to_owned());
            draft.trouble = None;
        }
    });
}
