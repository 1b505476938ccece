//! What the program keeps, in memory and on disk, and how much of it.

use egui::{RichText, Ui};

use super::style::bold;
use super::widgets::{chip_button, primary};
use crate::geo::System;
use crate::lang::Lang;
use crate::palette::Vision;
use crate::project::{AreaUnit, Folders, USUAL_CACHE_MB};
use crate::session::{Choosing, Commands, Dialogue, FileCommand, Session, WindowCommand};

/// Choices of memory for shapes of the map, in MB.
const MEMORY_MB: [u32; 4] = [128, 256, 512, 1024];
/// Systems that files of Chinese districts have: CGCS2000, three-degree zones 38 to 40 with the number before the easting, and 38 and 39 without.
const USUAL_CRS: [&str; 5] = ["EPSG:4526", "EPSG:4527", "EPSG:4528", "EPSG:4547", "EPSG:4548"];

/// Choices of room on disk, in MB.
const CACHE_MB: [u32; 4] = [0, 1024, 4096, 16_384];

/// Shows the settings; `None` once they are to be closed.
pub fn show(ui: &mut Ui, session: &Session, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("settings.title")).font(bold(15.0)).color(t.ink));
    let mut stays = true;
    let most = ui.ctx().content_rect().height() - 170.0;
    egui::ScrollArea::vertical().max_height(most.max(160.0)).show(ui, |ui| {
        ui.add_space(10.0);
        looks(ui, session, send);
        ui.add_space(8.0);
        reads(ui, session, send);
        ui.add_space(12.0);
        keeps(ui, session, send);
    });
    ui.add_space(12.0);
    if primary(ui, t, lang.t("dialogue.close")).clicked() {
        stays = false;
    }
    stays.then_some(Dialogue::Settings)
}

fn heading(ui: &mut Ui, session: &Session, key: &'static str) {
    ui.label(RichText::new(session.lang.t(key)).font(bold(13.0)).color(session.tokens().ink));
}

fn hint(ui: &mut Ui, session: &Session, text: &str) {
    ui.add(egui::Label::new(RichText::new(text).size(12.0).color(session.tokens().ink_secondary)).wrap());
}

/// Language, colours, size of type, motion, and what draws.
fn looks(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let settings = &session.settings;
    let mut choose = |choosing: Choosing| send.push(WindowCommand::Choose(choosing));
    heading(ui, session, "settings.language");
    ui.horizontal(|ui| {
        for (said, words) in
            [(None, lang.t("settings.of-system")), (Some(Lang::Zh), "中文"), (Some(Lang::En), "English")]
        {
            let is_it = settings.lang() == said;
            if chip_button(ui, t, words, is_it).clicked() {
                choose(Choosing::Language(said));
            }
        }
    });
    ui.add_space(8.0);
    heading(ui, session, "settings.look");
    ui.horizontal(|ui| {
        for (said, key) in
            [(None, "settings.of-system"), (Some(false), "settings.light"), (Some(true), "settings.dark")]
        {
            if chip_button(ui, t, lang.t(key), settings.dark == said).clicked() {
                choose(Choosing::Dark(said));
            }
        }
    });
    ui.add_space(8.0);
    heading(ui, session, "settings.text");
    ui.horizontal(|ui| {
        for pct in [90, 100, 125, 150, 200] {
            if chip_button(ui, t, &format!("{pct} %"), settings.window.text_pct.unwrap_or(100) == pct).clicked() {
                choose(Choosing::TextPct(pct));
            }
        }
    });
    ui.add_space(8.0);
    heading(ui, session, "settings.vision");
    hint(ui, session, lang.t("settings.vision-hint"));
    ui.horizontal_wrapped(|ui| {
        for vision in Vision::ALL {
            let words = lang.find(&format!("vision.{}", vision.key())).unwrap_or("");
            if chip_button(ui, t, words, session.stage.vision == vision).clicked() {
                choose(Choosing::Vision(vision));
            }
        }
    });
    ui.add_space(8.0);
    stands(ui, session, send);
    if ui.button(lang.t("tour.again")).clicked() {
        send.push(WindowCommand::Choose(Choosing::Tour(0)));
    }
}

/// What areas are said in, what files without a coordinate system are, and where questions for files begin.
fn reads(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let window = &session.settings.window;
    let mut choose = |choosing: Choosing| send.push(WindowCommand::Choose(choosing));
    heading(ui, session, "settings.areas");
    ui.horizontal(|ui| {
        for unit in AreaUnit::ALL {
            let words = lang.find(&format!("settings.area-{}", unit.key())).unwrap_or("");
            if chip_button(ui, t, words, window.area_unit == unit).clicked() {
                choose(Choosing::AreaUnit(unit));
            }
        }
    });
    ui.add_space(8.0);
    heading(ui, session, "settings.usual-crs");
    hint(ui, session, lang.t("settings.usual-crs-hint"));
    ui.horizontal_wrapped(|ui| {
        if chip_button(ui, t, lang.t("settings.crs-asked"), window.usual_crs.is_empty()).clicked() {
            choose(Choosing::UsualCrs(String::new()));
        }
        let mut offered: Vec<&str> = USUAL_CRS.to_vec();
        if !window.usual_crs.is_empty() && !offered.contains(&window.usual_crs.as_str()) {
            offered.push(&window.usual_crs);
        }
        for crs in offered {
            let words = session.crs_name_words(crs);
            if chip_button(ui, t, &words, window.usual_crs == crs).clicked() {
                choose(Choosing::UsualCrs(crs.to_owned()));
            }
        }
    });
    // What is typed counts once it names a system.
    let id = ui.scope_id().with("crs");
    let mut typed = ui.data(|d| d.get_temp::<String>(id)).unwrap_or_default();
    ui.horizontal(|ui| {
        let label = ui.label(lang.t("reading.other"));
        let field = ui.add(egui::TextEdit::singleline(&mut typed).desired_width(150.0)).labelled_by(label.id);
        if field.changed() {
            ui.data_mut(|d| d.insert_temp(id, typed.clone()));
        }
        let name = typed.trim();
        let is_known = System::of_name(name).is_some();
        if ui.add_enabled(is_known, egui::Button::new(lang.t("settings.take"))).clicked() {
            choose(Choosing::UsualCrs(name.to_owned()));
            ui.data_mut(|d| d.remove_temp::<String>(id));
        }
        if !name.is_empty() && !is_known {
            ui.label(RichText::new(lang.with("reading.unknown", &[("n", name)])).size(12.0).color(t.warn));
        }
    });
    ui.add_space(8.0);
    heading(ui, session, "settings.folders");
    let place = |folder: &Option<std::path::PathBuf>| {
        folder.as_ref().map_or_else(|| lang.t("settings.folder-beside").to_owned(), |f| f.display().to_string())
    };
    hint(ui, session, &lang.with("settings.folder-read", &[("n", &place(&window.folders.read))]));
    hint(ui, session, &lang.with("settings.folder-write", &[("n", &place(&window.folders.write))]));
    let is_any = window.folders != Folders::default();
    if ui.add_enabled(is_any, egui::Button::new(lang.t("settings.forget-folders"))).clicked() {
        choose(Choosing::ForgetFolders);
    }
}

/// How close things stand, how strongly they stand out, and what draws.
fn stands(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let (settings, window) = (&session.settings, &session.settings.window);
    let mut choose = |choosing: Choosing| send.push(WindowCommand::Choose(choosing));
    heading(ui, session, "settings.density");
    ui.horizontal(|ui| {
        for (compact, key) in [(false, "settings.roomy"), (true, "settings.compact")] {
            if chip_button(ui, t, lang.t(key), window.compact == compact).clicked() {
                choose(Choosing::Compact(compact));
            }
        }
    });
    ui.add_space(8.0);
    heading(ui, session, "settings.contrast");
    ui.horizontal(|ui| {
        let choices = [
            (None, "settings.of-system"),
            (Some(false), "settings.contrast-usual"),
            (Some(true), "settings.contrast-high"),
        ];
        for (said, key) in choices {
            if chip_button(ui, t, lang.t(key), window.contrast == said).clicked() {
                choose(Choosing::Contrast(said));
            }
        }
    });
    ui.add_space(8.0);
    let (mut stands, mut software) = (settings.no_motion, window.in_software);
    if ui.checkbox(&mut stands, lang.t("settings.no-motion")).changed() {
        choose(Choosing::NoMotion(stands));
    }
    if ui.checkbox(&mut software, lang.t("settings.in-software")).changed() {
        choose(Choosing::InSoftware(software));
    }
    if session.storage.adapters.len() > 1 && !software {
        ui.add_space(8.0);
        heading(ui, session, "settings.adapter");
        hint(ui, session, lang.t("settings.adapter-hint"));
        let offered = std::iter::once("").chain(session.storage.adapters.iter().map(String::as_str));
        for adapter in offered {
            let words = if adapter.is_empty() { lang.t("settings.adapter-itself") } else { adapter };
            if ui.radio(window.wanted_adapter == adapter, words).clicked() {
                choose(Choosing::Adapter(adapter.to_owned()));
            }
        }
    }
    hint(ui, session, lang.t("settings.no-updates"));
}

/// Memory, cache, tiles, files that others change, and what the program is.
fn keeps(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    let storage = &session.storage;
    ui.label(RichText::new(lang.t("settings.map-memory")).font(bold(13.0)).color(t.ink));
    hint(ui, session, lang.t("settings.map-memory-hint"));
    hint(ui, session, &lang.with("settings.in-use", &[("n", &size(storage.map_bytes as u64))]));
    let present = session.settings.map_memory_mb();
    ui.horizontal(|ui| {
        for mb in MEMORY_MB {
            if chip_button(ui, t, &megabytes(mb), present == mb).clicked() {
                send.push(WindowCommand::SetMapMemory(mb));
            }
        }
    });
    ui.add_space(12.0);
    ui.label(RichText::new(lang.t("settings.cache")).font(bold(13.0)).color(t.ink));
    hint(ui, session, lang.t("settings.cache-hint"));
    match (storage.cache_bytes, &storage.cache_folder) {
        (Some(bytes), Some(folder)) => {
            hint(ui, session, &lang.with("settings.in-use", &[("n", &size(bytes))]));
            let place = folder.display().to_string();
            let label = egui::Label::new(RichText::new(&place).size(12.0).color(t.ink_secondary)).truncate();
            ui.add(label).on_hover_text(place);
            let present = session.settings.cache_limit_mb.unwrap_or(USUAL_CACHE_MB);
            ui.horizontal(|ui| {
                for mb in CACHE_MB {
                    let text = if mb == 0 { lang.t("settings.no-cache").to_owned() } else { megabytes(mb) };
                    if chip_button(ui, t, &text, present == mb).clicked() {
                        send.push(WindowCommand::SetCacheLimit(mb));
                    }
                }
            });
            ui.add_space(4.0);
            let empty = egui::Button::new(lang.t("settings.empty-cache"));
            if ui.add_enabled(bytes > 0, empty).clicked() {
                send.push(WindowCommand::EmptyCache);
            }
        }
        _ => {
            hint(ui, session, lang.t("settings.no-folder"));
        }
    }
    if storage.tiles.is_some() {
        ui.add_space(12.0);
        ui.label(RichText::new(lang.t("settings.tiles")).font(bold(13.0)).color(t.ink));
        hint(ui, session, lang.t("settings.tiles-hint"));
        ui.horizontal(|ui| {
            for mb in CACHE_MB {
                let text = if mb == 0 { lang.t("settings.no-tiles").to_owned() } else { megabytes(mb) };
                if chip_button(ui, t, &text, session.settings.tiles_limit_mb() == mb).clicked() {
                    send.push(WindowCommand::SetTilesLimit(mb));
                }
            }
        });
    }
    if let Some(trouble) = &storage.trouble {
        ui.label(RichText::new(lang.with("settings.trouble", &[("n", trouble)])).size(12.0).color(t.bad));
    }
    ui.add_space(12.0);
    ui.label(RichText::new(lang.t("settings.rereading")).font(bold(13.0)).color(t.ink));
    hint(ui, session, lang.t("settings.rereading-hint"));
    ui.horizontal(|ui| {
        let present = session.settings.rereads_on_request;
        for (on_request, key) in [(false, "settings.rereading-itself"), (true, "settings.rereading-asked")] {
            if chip_button(ui, t, lang.t(key), present == on_request).clicked() {
                send.push(WindowCommand::SetRereading(on_request));
            }
        }
        if ui.button(lang.t("command.read-changed")).clicked() {
            send.push(FileCommand::ReadChanged);
        }
    });
    ui.add_space(12.0);
    about(ui, session, send);
}

/// What the program is and what draws it, to be copied for a report. No name of a person and no path of a file is in it.
/// Shows which program this is; `None` once it is to be closed.
pub fn about_dialogue(ui: &mut Ui, session: &Session, send: &mut Commands) -> Option<Dialogue> {
    about(ui, session, send);
    ui.add_space(12.0);
    (!primary(ui, session.tokens(), session.lang.t("dialogue.close")).clicked()).then_some(Dialogue::About)
}

/// Version, what draws, folders, licences.
fn about(ui: &mut Ui, session: &Session, send: &mut Commands) {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("settings.about")).font(bold(13.0)).color(t.ink));
    let adapter = Some(session.settings.window.adapter.as_str()).filter(|a| !a.is_empty()).unwrap_or("—");
    let shown = |path: Option<&std::path::Path>| path.map_or_else(|| "—".to_owned(), |p| p.display().to_string());
    let storage = &session.storage;
    let settings = crate::project::Settings::path();
    let cache = storage.recent.as_deref().and_then(std::path::Path::parent);
    let place =
        |key: &str, path: Option<&std::path::Path>| format!("{}  {}", lang.find(key).unwrap_or(key), shown(path));
    let lines = [
        crate::version(),
        adapter.to_owned(),
        format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        place("settings.place-settings", settings.as_deref()),
        place("settings.place-cache", cache),
        place("settings.place-logs", storage.logs.as_deref()),
    ];
    for line in &lines {
        ui.add(egui::Label::new(RichText::new(line).size(12.0).color(t.ink_secondary)).wrap());
    }
    if ui.button(lang.t("settings.copy-report")).clicked() {
        ui.ctx().copy_text(lines.join("\n"));
    }
    ui.add_space(6.0);
    hint(ui, session, lang.t("settings.licences"));
    let Some(folder) = &session.storage.logs else { return };
    hint(ui, session, &lang.with("settings.logs", &[("n", &folder.display().to_string())]));
    if ui.button(lang.t("settings.open-logs")).clicked() {
        send.push(WindowCommand::OpenLogs);
    }
}

fn megabytes(mb: u32) -> String {
    if mb >= 1024 { format!("{} GB", mb / 1024) } else { format!("{mb} MB") }
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
