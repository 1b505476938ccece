//! How a table is laid out: its first rows as they stand, what each column says as a head that a click changes, and how many rows find their
//! villages, before any of it counts.

use egui::{Align, Color32, Key, Layout as Place, RichText, ScrollArea, Ui, Vec2};

use super::style::bold;
use super::widgets::{chip_menu, primary};
use crate::district::{MatchBy, OpenRow, RowMark, Understood};
use crate::lang::{Lang, fill};
use crate::model::{Indicators, Theme, VillageAlias};
use crate::read::{ColumnLayout, ColumnRole, Reason, SaidColumn};
use crate::session::{Commands, Dialogue, FileCommand, FormStep, LayoutDraft, Session};

/// Width of what is said beside the rows.
const SIDE: f32 = 300.0;
/// Rows of villages that are named for an alarm.
const NAMED: usize = 4;

/// Keys of the candidates.
const KEYS: [Key; 5] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];

/// Shows a table.
pub fn show(ui: &mut Ui, session: &Session, mut draft: Box<LayoutDraft>, send: &mut Commands) -> Option<Dialogue> {
    let (t, lang) = (session.tokens(), session.lang);
    let room = ui.ctx().content_rect().size() - Vec2::new(76.0, 76.0);
    ui.set_width(room.x);
    let name = draft.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ui.label(RichText::new(name).font(bold(18.0)).color(t.ink));
    let Some(understood) = draft.understood.clone() else {
        ui.spinner();
        return Some(Dialogue::Layout(draft));
    };
    ui.label(RichText::new(words(session, &understood)).color(t.ink_secondary));
    ui.add_space(6.0);
    let before = (draft.said.clone(), draft.aliases.clone());
    sheets(ui, session, &mut draft, &understood);
    ui.separator();
    let height = (room.y - 186.0).max(160.0);
    ui.horizontal_top(|ui| {
        let width = (ui.available_width() - SIDE - 18.0).max(260.0);
        ui.allocate_ui_with_layout(Vec2::new(width, height), Place::top_down(Align::Min), |ui| {
            ui.set_min_size(Vec2::new(width, height));
            let differs = !understood.changes.is_empty();
            if differs {
                ui.horizontal(|ui| {
                    ui.selectable_value(&mut draft.shows_changes, false, lang.t("layout.rows"));
                    let n = understood.changes.len().to_string();
                    ui.selectable_value(&mut draft.shows_changes, true, lang.with("layout.changes", &[("n", &n)]));
                });
            }
            match draft.shows_changes && differs {
                true => super::changes::show(ui, session, &understood),
                false => rows(ui, session, &mut draft, &understood),
            }
        });
        let (line, _) = ui.allocate_exact_size(Vec2::new(2.0, height), egui::Sense::hover());
        ui.painter().vline(line.center().x, line.y_range(), egui::Stroke::new(1.0, t.line));
        ui.allocate_ui_with_layout(Vec2::new(SIDE, height), Place::top_down(Align::Min), |ui| {
            let area = ScrollArea::vertical().id_salt("said").max_height(height).auto_shrink([false, false]);
            area.show(ui, |ui| side(ui, session, &mut draft, &understood));
        });
    });
    ui.separator();
    if let Some(trouble) = &draft.trouble {
        ui.label(RichText::new(trouble).color(t.warn));
    }
    let (mut takes, mut stays) = (false, true);
    ui.horizontal(|ui| {
        let next = if draft.is_form { "layout.next-form" } else { "layout.next-time" };
        ui.label(RichText::new(lang.t(next)).color(t.ink_secondary));
        ui.with_layout(Place::right_to_left(Align::Center), |ui| {
            let is_enter = ui.input(|i| i.key_pressed(Key::Enter)) && ui.memory(|m| m.focused().is_none());
            let take = if draft.is_form { "layout.fill" } else { "layout.take" };
            takes = primary(ui, t, lang.t(take)).clicked() || is_enter;
            stays = !ui.button(lang.t("command.cancel")).clicked();
        });
    });
    if (draft.said.clone(), draft.aliases.clone()) != before {
        draft.is_waiting = true;
        send.push(FileCommand::Understand(draft.clone()));
    } else if takes && !draft.is_waiting {
        send.push(if draft.is_form { FileCommand::Form(FormStep::Take(draft)) } else { FileCommand::TakeTable(draft) });
        return None;
    }
    stays.then_some(Dialogue::Layout(draft))
}

/// How the table was understood, in a sentence or two.
fn words(session: &Session, understood: &Understood) -> String {
    let lang = session.lang;
    let layout = &understood.layout;
    let lines: Vec<String> = layout.head_rows.iter().map(u32::to_string).collect();
    let mut text = lang.with("layout.heads", &[("n", &lines.join(if lang == Lang::Zh { "、" } else { ", " }))]);
    if let [one] = layout.sections.as_slice()
        && let Some(year) = one.year
    {
        text += &lang.with("layout.year", &[("n", &year.to_string())]);
    }
    if layout.sections.len() > 1 {
        let years: Vec<String> = layout.sections.iter().filter_map(|s| Some(s.year?.to_string())).collect();
        text += &lang.with("layout.sheets", &[("n", &years.join(if lang == Lang::Zh { "、" } else { ", " }))]);
    }
    if understood.report.totals > 0 {
        text += &lang.with("layout.totals", &[("n", &understood.report.totals.to_string())]);
    }
    text
}

/// The sheets of a workbook, and whether what it hides is read.
fn sheets(ui: &mut Ui, session: &Session, draft: &mut LayoutDraft, understood: &Understood) {
    let (t, lang) = (session.tokens(), session.lang);
    let layout = &understood.layout;
    ui.horizontal_wrapped(|ui| {
        if layout.sheets.len() > 1 {
            for sheet in &layout.sheets {
                let is_read = layout.sections.iter().any(|s| s.sheet == *sheet);
                if super::widgets::chip_button(ui, t, sheet, is_read).clicked() && !is_read {
                    draft.said.sheet = Some(sheet.clone());
                    draft.said.head_rows.clear();
                }
            }
        }
        let (first, last) = (layout.head_rows.first().copied(), layout.head_rows.last().copied());
        if let (Some(mut first), Some(mut last)) = (first, last) {
            let label = ui.label(RichText::new(lang.t("layout.head-rows")).color(t.ink_secondary));
            let before = (first, last);
            ui.add(egui::DragValue::new(&mut first).range(1..=last).speed(0.05)).labelled_by(label.id);
            ui.label("–");
            ui.add(egui::DragValue::new(&mut last).range(first..=first + 5).speed(0.05)).labelled_by(label.id);
            if (first, last) != before {
                draft.said.head_rows = (first..=last).collect();
            }
            let label = ui.label(RichText::new(lang.t("layout.first-row")).color(t.ink_secondary));
            let mut begins = layout.first_row;
            let farthest = last.saturating_add(40).max(begins);
            ui.add(egui::DragValue::new(&mut begins).range(last + 1..=farthest).speed(0.05)).labelled_by(label.id);
            if begins != layout.first_row {
                draft.said.first_row = Some(begins);
            }
        }
        let hides = layout.hidden_rows > 0 || layout.columns.iter().any(|c| c.reason == Reason::Hidden);
        if hides || draft.said.hidden {
            let words = lang.with("layout.hidden", &[("n", &layout.hidden_rows.to_string())]);
            ui.checkbox(&mut draft.said.hidden, words);
        }
        if draft.is_waiting {
            match session.work.understanding.last() {
                Some((_, progress)) if progress.fraction() > 0.0 => {
                    ui.add(egui::ProgressBar::new(progress.fraction()).desired_width(120.0).desired_height(8.0));
                    ui.ctx().request_repaint_after(std::time::Duration::from_millis(200));
                }
                _ => drop(ui.spinner()),
            }
        }
    });
}

/// The rows under their roles and heads.
fn rows(ui: &mut Ui, session: &Session, draft: &mut LayoutDraft, understood: &Understood) {
    let t = session.tokens();
    let indicators = &understood.indicators;
    let columns = &understood.layout.columns;
    let room = ui.available_height();
    ScrollArea::both().id_salt("rows").max_height(room).auto_shrink([false, false]).show(ui, |ui| {
        egui::Grid::new("layout-rows").num_columns(columns.len() + 1).spacing(Vec2::new(14.0, 6.0)).show(ui, |ui| {
            ui.label("");
            for (at, column) in columns.iter().enumerate() {
                ui.push_id(at, |ui| role(ui, session, draft, column, indicators));
            }
            ui.end_row();
            ui.label("");
            for column in columns {
                ui.add(egui::Label::new(RichText::new(&column.head).color(t.ink)).truncate());
            }
            ui.end_row();
            for row in &understood.preview {
                let (ink, dot) = match row.mark {
                    RowMark::Found => (t.ink, t.good),
                    RowMark::Open => (t.ink, t.bad),
                    RowMark::Aside => (t.ink_secondary, t.line),
                };
                let (rect, _) = ui.allocate_exact_size(Vec2::splat(12.0), egui::Sense::hover());
                ui.painter().circle_filled(rect.center(), 4.0, dot);
                for (at, column) in columns.iter().enumerate() {
                    let text = row.cells.get(at).map_or("", String::as_str);
                    let shown: String = match is_personal(&column.head) && !column.role.is_used() && !text.is_empty() {
                        true => "···".to_owned(),
                        false => text.chars().take(24).collect(),
                    };
                    let is_left = !column.role.is_used() && column.role != ColumnRole::New;
                    let ink = if is_left { t.ink_secondary } else { ink };
                    ui.label(RichText::new(shown).color(ink));
                }
                ui.end_row();
            }
        });
    });
}

/// Whether a column is of persons: what stands in it is nobody's business on a screen.
fn is_personal(head: &str) -> bool {
    let head = head.to_lowercase();
    ["电话", "手机", "身份证", "phone", "mobile"].iter().any(|word| head.contains(word))
}

/// What a column says, as a chip with a list of what else it could.
fn role(ui: &mut Ui, session: &Session, draft: &mut LayoutDraft, column: &ColumnLayout, indicators: &Indicators) {
    let (t, lang) = (session.tokens(), session.lang);
    let text = role_words(lang, column, indicators);
    let reason = lang.find(&format!("column-reason.{}", column.reason.key())).unwrap_or("");
    let mut chosen = None;
    let is_used = column.role.is_used() || column.role == ColumnRole::New;
    let response = chip_menu(ui, t, &text, is_used, |ui| {
        let mut choice = |ui: &mut Ui, said: SaidColumn, words: &str| {
            if ui.selectable_label(said.role == column.role && said.year == column.year, words).clicked() {
                chosen = Some(said);
            }
        };
        let plain = |role: ColumnRole| SaidColumn { role, year: None, is_fractions: None };
        choice(ui, plain(ColumnRole::Leave), lang.t("column-role.leave"));
        choice(ui, plain(ColumnRole::New), lang.t("column-role.new"));
        ui.separator();
        for key in ColumnRole::KEYS {
            let words = lang.find(&format!("column-role.{}", key.key())).unwrap_or(key.key());
            choice(ui, plain(key), words);
        }
        for theme in [Theme::Base].into_iter().chain(indicators.themes().maps()) {
            ui.separator();
            for indicator in indicators.all().iter().filter(|i| i.theme == theme && !i.is_computed()) {
                let role = ColumnRole::Indicator(indicator.id.clone());
                let said = SaidColumn { role, year: column.year, is_fractions: None };
                choice(ui, said, &format!("{} {}", indicator.name(lang), indicator.unit(lang)));
            }
        }
    });
    response.on_hover_text(reason);
    if let Some(said) = chosen {
        draft.said.columns.insert(column.head.clone(), said.text());
    }
}

fn role_words(lang: Lang, column: &ColumnLayout, indicators: &Indicators) -> String {
    let own = match column.role.indicator().and_then(|id| indicators.get(id)) {
        Some(indicator) => format!("{} {}", indicator.name(lang), indicator.unit(lang)).trim().to_owned(),
        None => lang.find(&format!("column-role.{}", column.role.key())).unwrap_or(column.role.key()).to_owned(),
    };
    let part = match column.role {
        ColumnRole::Numerator(_) => format!(" {}", lang.t("column-role.numerator")),
        ColumnRole::Denominator(_) => format!(" {}", lang.t("column-role.denominator")),
        _ => String::new(),
    };
    let year = column.year.map(|y| format!(" {y}")).unwrap_or_default();
    let fractions = if column.is_fractions { " 0.95=95%" } else { "" };
    format!("{own}{part}{year}{fractions}")
}

/// How the rows fit the map, what is new, what is not used, what looks copied.
fn side(ui: &mut Ui, session: &Session, draft: &mut LayoutDraft, understood: &Understood) {
    let (t, lang) = (session.tokens(), session.lang);
    let report = &understood.report;
    ui.horizontal(|ui| {
        ui.label(RichText::new(report.matched.to_string()).font(bold(28.0)).color(t.ink));
        ui.label(RichText::new(lang.with("layout.found", &[("n", &report.rows.to_string())])).color(t.ink_secondary));
    });
    for (by, count) in MatchBy::ALL.iter().zip(report.by).filter(|(_, count)| *count > 0) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(lang.find(&format!("match-by.{}", by.key())).unwrap_or(by.key())).color(t.ink));
            ui.with_layout(Place::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(count.to_string()).font(bold(13.0)).color(t.ink));
            });
        });
    }
    if understood.earlier_months > 0 {
        let n = understood.earlier_months.to_string();
        ui.label(RichText::new(lang.with("layout.earlier-months", &[("n", &n)])).color(t.ink_secondary));
    }
    if report.villages_without_row > 0 {
        let n = report.villages_without_row.to_string();
        ui.label(RichText::new(lang.with("layout.without-row", &[("n", &n)])).color(t.ink_secondary));
    }
    ui.add_space(8.0);
    open_row(ui, session, draft, understood);
    let join = |list: Vec<&str>| list.join(if lang == Lang::Zh { "、" } else { ", " });
    let heads = |is: &dyn Fn(&ColumnLayout) -> bool| -> Vec<&str> {
        let columns = understood.layout.columns.iter().filter(|c| is(c) && !c.head.is_empty());
        columns.map(|c| c.head.as_str()).collect()
    };
    super::new_figures::show(ui, session, draft, understood);
    let left = heads(&|c| !c.role.is_used() && c.role != ColumnRole::New && c.filled > 0);
    if !left.is_empty() {
        let title = lang.with("layout.left", &[("n", &left.len().to_string())]);
        card(ui, session, (t.ink, &title), &join(left));
    }
    for alarm in &understood.alarms {
        let year = alarm.year.map(|y| y.to_string()).unwrap_or_default();
        let words = lang.find(&format!("alarm.{}", alarm.kind.key())).unwrap_or(alarm.kind.key());
        let title = fill(words, &[("n", &alarm.villages.len().to_string()), ("year", &year)]);
        let mut names = join(alarm.villages.iter().take(NAMED).map(String::as_str).collect());
        if alarm.villages.len() > NAMED {
            names += " …";
        }
        let response = card(ui, session, (t.warn, &title), &names);
        response.on_hover_text(alarm.villages.join("\n"));
    }
}

fn card(ui: &mut Ui, session: &Session, (ink, title): (Color32, &str), text: &str) -> egui::Response {
    let t = session.tokens();
    let frame = egui::Frame::NONE.fill(t.field).corner_radius(8.0).inner_margin(10.0);
    let response = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(title).font(bold(13.0)).color(ink));
        ui.add(egui::Label::new(RichText::new(text).color(t.ink)).wrap());
    });
    ui.add_space(8.0);
    response.response
}

/// What was decided about a row: the village, or none where it is empty.
fn alias_of(session: &Session, row: &OpenRow, village: &str, town: &str) -> VillageAlias {
    VillageAlias {
        code: row.key[0].clone(),
        name: row.key[1].clone(),
        town: row.key[2].clone(),
        district: row.key[3].clone(),
        village: village.to_owned(),
        village_town: town.to_owned(),
        by: session.settings.surveyor.clone(),
        on: crate::survey::Instant::now().for_people().chars().take(10).collect(),
    }
}

/// A row with what is decided about it: code or name of a village and its town, or nothing.
type Together = Vec<(OpenRow, (String, String))>;

/// Buttons that decide all rows of the first one's kind: the likeliest village of each (shown before, row by row), or none.
fn for_all_of_the_kind(ui: &mut Ui, session: &Session, understood: &Understood) -> Together {
    let lang = session.lang;
    let open = &understood.report.open;
    let Some(first) = open.first() else { return Vec::new() };
    let said = |row: &OpenRow| row.key.iter().filter(|k| !k.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
    if let Some(best) = understood.candidates.first().filter(|_| !understood.alike.is_empty()) {
        let of_first = std::iter::once((first, best));
        let all: Vec<_> = of_first.chain(understood.alike.iter().map(|(row, c)| (row, c))).collect();
        let list: Vec<String> = all.iter().map(|(row, c)| format!("{} → {}", said(row), c.words)).collect();
        let words = lang.with("layout.first-for-all", &[("n", &all.len().to_string())]);
        if ui.button(words).on_hover_text(list.join("\n")).clicked() {
            return all.into_iter().map(|(row, c)| (row.clone(), c.village.clone())).collect();
        }
    }
    let alike: Vec<&OpenRow> = open.iter().filter(|o| o.code == first.code).collect();
    if alike.len() > 1 {
        let words = lang.with("layout.skip-all", &[("n", &alike.len().to_string())]);
        let list: Vec<String> = alike.iter().take(40).map(|row| said(row)).collect();
        if ui.button(words).on_hover_text(list.join("\n")).clicked() {
            return alike.into_iter().map(|row| (row.clone(), Default::default())).collect();
        }
    }
    Vec::new()
}

/// The first row that waits for a decision: what it says, which villages it may mean, each with a key.
fn open_row(ui: &mut Ui, session: &Session, draft: &mut LayoutDraft, understood: &Understood) {
    let (t, lang) = (session.tokens(), session.lang);
    let report = &understood.report;
    let Some(row) = report.open.first() else { return };
    let alias = |village: &str, town: &str| alias_of(session, row, village, town);
    let is_free = !draft.is_waiting && ui.memory(|m| m.focused().is_none());
    let pressed: Vec<Key> = KEYS.into_iter().chain([Key::Num0]).filter(|k| ui.input(|i| i.key_pressed(*k))).collect();
    let key_pressed = |key: Key| is_free && pressed.contains(&key);
    let (mut decided, mut together) = (None, Vec::new());
    let title = lang.with("layout.open", &[("n", &report.open.len().to_string())]);
    let frame = egui::Frame::NONE.fill(t.field).corner_radius(8.0).inner_margin(10.0);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(title).font(bold(13.0)).color(t.bad));
        let said: Vec<&str> = row.key.iter().map(String::as_str).filter(|k| !k.is_empty()).collect();
        let line = lang.with("layout.line", &[("n", &row.line.to_string()), ("text", &said.join(" · "))]);
        ui.label(RichText::new(line).color(t.ink));
        if let Some(loaded) = session.village_layer().and_then(|l| l.loaded()) {
            let places: Vec<_> = understood.candidates.iter().map(|c| c.feature).collect();
            super::small_map::show(ui, session, loaded, &places, lang.t("layout.map"));
        }
        for (at, (candidate, key)) in understood.candidates.iter().zip(KEYS).enumerate() {
            let reason = lang.find(&format!("candidate.{}", candidate.reason)).unwrap_or("");
            let share = candidate.share.map(|s| format!(" {:.0}%", s * 100.0)).unwrap_or_default();
            let taken = if candidate.is_taken { lang.t("candidate.taken") } else { "" };
            let text = format!("{}  {}  {reason}{share}{taken}", at + 1, candidate.words);
            if ui.button(text).clicked() || key_pressed(key) {
                decided = Some(alias(&candidate.village.0, &candidate.village.1));
            }
        }
        if ui.button(lang.t("layout.skip")).clicked() || key_pressed(Key::Num0) {
            decided = Some(alias("", ""));
        }
        together = for_all_of_the_kind(ui, session, understood);
    });
    ui.add_space(8.0);
    if !draft.is_waiting {
        let all = together.into_iter().map(|(row, (village, town))| alias_of(session, &row, &village, &town));
        draft.aliases.extend(decided.into_iter().chain(all));
    }
}
