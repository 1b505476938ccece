//! The table: every village with every figure, sorted by several columns, filtered by an expression, linked both ways
//! with the map. The name stays where it is while the other columns are moved; what the rows amount to stands at the foot.

use std::sync::Arc;

use egui::{Align, EventFilter, Id, Key, Layout, Rect, RichText, Sense, Ui, UiBuilder};
use egui_table::{CellInfo, HeaderCellInfo, HeaderRow, Table, TableDelegate};

use super::cell::{self, Done};
use super::{columns, filter, foot};
use crate::model::FeatureId;
use crate::session::{CellEdit, Commands, EditPlace, LayerCommand, Moment, SelectCommand, Session, Sheet, TableCursor};

/// Heights of head, row and foot in points.
const HEAD: f32 = 30.0;
const ROW: f32 = 26.0;
/// Height of a row where rows stand close.
const CLOSE_ROW: f32 = 20.0;
const FOOT: f32 = 38.0;
/// Widths: of the column of numbers, and least, first and greatest of the others.
const NUMBERS: f32 = 52.0;
const LEAST: f32 = 48.0;
const WIDE: f32 = 220.0;
const GREATEST: f32 = 640.0;

/// Shows the table of the active layer; only the rows and columns in view are laid out.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let t = session.tokens();
    let Some(sheet) = session.sheet().cloned() else {
        ui.label(RichText::new(session.lang.t("table.empty")).color(t.ink_secondary));
        return;
    };
    filter::show(ui, session, moment, &sheet, send);
    if sheet.rows.is_empty() && sheet.error.is_none() && !moment.filter.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(14.0);
            ui.label(RichText::new(session.lang.t("table.nothing-left")).color(t.ink_secondary));
        });
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let shown = session.arranged(&sheet);
    let focus = Id::unique(("rows of", sheet.layer));
    let all = ui.available_rect_before_wrap();
    keys(ui, session, &sheet, &shown, focus, moment, send);
    let body = Rect::from_min_max(all.min, egui::pos2(all.right(), (all.bottom() - FOOT).max(all.top())));
    let whole = ui.interact(body, focus, Sense::FOCUSABLE);
    let label = session.lang.t("tab.table");
    whole.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Grid, true, label));
    if std::mem::take(&mut moment.list_wants_keyboard) {
        whole.request_focus();
    }
    let frozen = 1 + usize::from(sheet.name_column().is_some());
    let mut list = vec![egui_table::Column::new(NUMBERS).resizable(false).id(Id::unique("#"))];
    list.extend(shown.iter().map(|c| {
        // The rows in view say how wide a column is; other names may be longer.
        let least = if sheet.name_column() == Some(*c) { 2.0 * LEAST } else { LEAST };
        egui_table::Column::new(118.0).range(least..=GREATEST).id(Id::unique(sheet.identifier(*c)))
    }));
    let mut table = Table::new()
        .id_salt(("table", sheet.layer))
        .num_rows(sheet.rows.len() as u64)
        .columns(list)
        .num_sticky_cols(frozen)
        .headers([HeaderRow::new(HEAD)]);
    // Just enough to be seen: the rows that a person looks at stay where they are.
    if let Some(feature) = moment.scroll_to.take()
        && let Some(row) = sheet.rows.iter().position(|f| *f == feature)
    {
        table = table.scroll_to_row(row as u64, None);
    }
    if let Some(column) = moment.scroll_to_column.take()
        && let Some(at) = shown.iter().position(|c| *c == column)
    {
        table = table.scroll_to_column(at + 1, None);
    }
    let mut rows = Rows { session, sheet: &sheet, shown: &shown, focus, moment, send, places: Vec::new() };
    ui.scope_builder(UiBuilder::new().max_rect(body), |ui| table.show(ui, &mut rows));
    let places = rows.places;
    if whole.has_focus() {
        ui.painter().rect_stroke(body.shrink(1.0), 2.0, ui.visuals().selection.stroke, egui::StrokeKind::Inside);
    }
    foot::show(ui, session, &sheet, Rect::from_min_max(egui::pos2(all.left(), body.bottom()), all.max), &places);
    ui.advance_cursor_after_rect(all);
}

/// Where a column stands on the screen: the column, its whole place, and the part of it that is seen.
pub(super) type Place = (Option<usize>, Rect, Rect);

struct Rows<'a> {
    session: &'a Session,
    sheet: &'a Arc<Sheet>,
    shown: &'a [usize],
    focus: Id,
    moment: &'a mut Moment,
    send: &'a mut Commands,
    places: Vec<Place>,
}

impl Rows<'_> {
    fn row(&self, number: u64) -> Option<FeatureId> {
        self.sheet.rows.get(number as usize).copied()
    }

    /// Takes a click on a row: alone, with Ctrl beside what is selected, with Shift from the row clicked before.
    fn click(&mut self, ui: &Ui, row: FeatureId, column: Option<usize>) {
        let modifiers = ui.input(|i| i.modifiers);
        ui.memory_mut(|m| m.request_focus(self.focus));
        select(self.sheet, row, column, modifiers, self.moment, self.send);
    }

    fn cell(&mut self, ui: &mut Ui, feature: FeatureId, column: usize) {
        let rect = ui.max_rect();
        let editing = self.moment.editing.as_ref().is_some_and(|e| {
            e.place == EditPlace::Table && e.row == feature && self.sheet.columns.get(column) == Some(&e.what)
        });
        if editing {
            self.edit(ui, feature, column);
            return;
        }
        cell::value(ui, self.session, self.sheet, feature, column);
        let is_at = self.moment.cursor.is_some_and(|c| (c.row, c.column) == (feature, Some(column)));
        if is_at && ui.memory(|m| m.has_focus(self.focus)) {
            let stroke = ui.visuals().selection.stroke;
            ui.painter().rect_stroke(rect.shrink(1.5), 3.0, stroke, egui::StrokeKind::Inside);
        }
        // Not reached by Tab one by one: the rows have the keyboard as a whole.
        let response = ui.interact(rect, ui.scope_id().with("cell"), Sense::CLICK);
        let (session, sheet) = (self.session, self.sheet);
        let response = response.on_hover_ui(|ui| {
            // Asked for only while the pointer rests.
            if let Some(place) = sheet.place(feature, column) {
                ui.label(format!("{} · {}", place.file, session.place_words(&place)));
            } else if let Some((text, _)) = sheet.shown(session, feature, column) {
                ui.label(text);
            }
        });
        if response.secondary_clicked() && self.sheet.is_correctable(column) {
            self.moment.editing = self.begin(feature, column);
        } else if response.double_clicked() {
            self.send.push(SelectCommand::FlyTo(self.sheet.layer, feature));
        } else if response.clicked() {
            self.click(ui, feature, Some(column));
        }
    }

    fn begin(&self, feature: FeatureId, column: usize) -> Option<CellEdit> {
        let what = *self.sheet.columns.get(column)?;
        self.session.begin_cell(feature, what, EditPlace::Table)
    }

    /// A value being typed. Enter takes it, Tab takes it and goes on to the next that can be changed, Esc leaves it as it was.
    fn edit(&mut self, ui: &mut Ui, feature: FeatureId, column: usize) {
        let Some(mut editing) = self.moment.editing.take() else { return };
        let done = cell::edit(ui, self.session, &mut editing);
        let goes_on = match done {
            Done::Not => {
                self.moment.editing = Some(editing);
                return;
            }
            Done::Left => None,
            Done::Enter => Some(None),
            Done::Tab { back } => Some(next_correctable(self.sheet, self.shown, feature, column, back)),
        };
        let Some(next) = goes_on else { return };
        if let Some(edit) = self.session.correction(&editing).filter(|_| editing.text != editing.before) {
            self.send.push(LayerCommand::Correct(vec![edit]));
        }
        let (row, at) = next.unwrap_or((feature, column));
        self.moment.cursor = Some(TableCursor { row, column: Some(at), from: row });
        self.moment.editing = next.and_then(|(row, column)| self.begin(row, column));
        if next.is_some() {
            (self.moment.scroll_to, self.moment.scroll_to_column) = (Some(row), Some(at));
        } else {
            ui.memory_mut(|m| m.request_focus(self.focus));
        }
    }
}

impl TableDelegate for Rows<'_> {
    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        let column = cell.col_range.start.checked_sub(1).and_then(|i| self.shown.get(i)).copied();
        self.places.push((column, ui.max_rect(), ui.clip_rect()));
        match column {
            Some(column) => columns::head(ui, self.session, self.sheet, self.shown, column, self.moment, self.send),
            None => {
                ui.add_space(12.0);
                ui.label(RichText::new("#").size(12.0).color(self.session.tokens().ink_secondary));
            }
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, row_nr: u64) {
        let (t, rect) = (self.session.tokens(), ui.max_rect());
        let Some(feature) = self.row(row_nr) else { return };
        let painter = ui.painter();
        if self.session.is_selected(self.sheet.layer, feature) {
            painter.rect_filled(rect, 0.0, t.accent_ground);
        } else if ui.rect_contains_pointer(rect) {
            painter.rect_filled(rect, 0.0, t.field);
        }
        painter.hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, t.line.gamma_multiply(0.6)));
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        let Some(feature) = self.row(cell.row_nr) else { return };
        match cell.col_nr.checked_sub(1).and_then(|i| self.shown.get(i)).copied() {
            Some(column) => self.cell(ui, feature, column),
            None => {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add_space(12.0);
                    let number = RichText::new((feature.number() + 1).to_string()).size(12.0);
                    ui.label(number.color(self.session.tokens().ink_secondary));
                });
                let response = ui.interact(ui.max_rect(), ui.scope_id().with("cell"), Sense::CLICK);
                if response.double_clicked() {
                    self.send.push(SelectCommand::FlyTo(self.sheet.layer, feature));
                } else if response.clicked() {
                    self.click(ui, feature, None);
                }
            }
        }
    }

    fn default_row_height(&self) -> f32 {
        if self.session.settings.window.compact { CLOSE_ROW } else { ROW }
    }
}

/// The width that a column takes of itself, at most.
pub(super) const fn own_width() -> f32 {
    WIDE
}

/// Selects a row, or with Shift all rows from the one chosen before.
fn select(
    sheet: &Sheet,
    row: FeatureId,
    column: Option<usize>,
    modifiers: egui::Modifiers,
    moment: &mut Moment,
    send: &mut Commands,
) {
    let place = |f: FeatureId| sheet.rows.iter().position(|r| *r == f);
    let before = moment.cursor.filter(|_| modifiers.shift).and_then(|c| place(c.from));
    let range = before.zip(place(row)).map(|(a, b)| (a.min(b), a.max(b)));
    let features = match range.and_then(|(a, b)| sheet.rows.get(a..=b)) {
        Some(rows) => rows.to_vec(),
        None => vec![row],
    };
    let from = moment.cursor.filter(|_| range.is_some()).map_or(row, |c| c.from);
    moment.cursor = Some(TableCursor { row, column, from });
    send.push(SelectCommand::Select { layer: sheet.layer, features, add: modifiers.command && range.is_none() });
}

/// The next value that can be changed: to the right, then in the row below; the other way with `back`.
fn next_correctable(
    sheet: &Sheet,
    shown: &[usize],
    row: FeatureId,
    column: usize,
    back: bool,
) -> Option<(FeatureId, usize)> {
    let list: Vec<usize> = shown.iter().copied().filter(|c| sheet.is_correctable(*c)).collect();
    let at = list.iter().position(|c| *c == column)?;
    let line = sheet.rows.iter().position(|r| *r == row)?;
    let (line, at) = match back {
        false if at + 1 < list.len() => (line, at + 1),
        false => (line + 1, 0),
        true if at > 0 => (line, at - 1),
        true => (line.checked_sub(1)?, list.len() - 1),
    };
    Some((*sheet.rows.get(line)?, *list.get(at)?))
}

/// The keyboard, while the rows have it: arrows go from cell to cell and select, with Shift several; Enter or F2 changes a value,
/// Ctrl Enter goes to the village.
fn keys(
    ui: &Ui,
    session: &Session,
    sheet: &Sheet,
    shown: &[usize],
    focus: Id,
    moment: &mut Moment,
    send: &mut Commands,
) {
    if !ui.memory(|m| m.has_focus(focus)) || moment.editing.is_some() || sheet.rows.is_empty() {
        return;
    }
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(focus, filter));
    let (pressed, modifiers) = ui.input(|i| {
        let keys = [
            Key::ArrowUp,
            Key::ArrowDown,
            Key::ArrowLeft,
            Key::ArrowRight,
            Key::Home,
            Key::End,
            Key::PageUp,
            Key::PageDown,
            Key::Enter,
            Key::F2,
        ];
        (keys.map(|k| (k, i.num_presses(k))), i.modifiers)
    });
    let last = sheet.rows.len() - 1;
    for (key, times) in pressed.into_iter().filter(|(_, n)| *n > 0) {
        let cursor = moment.cursor;
        let line = cursor.and_then(|c| sheet.rows.iter().position(|r| *r == c.row));
        let column = cursor.and_then(|c| c.column).filter(|c| shown.contains(c)).or_else(|| shown.first().copied());
        let at = column.and_then(|c| shown.iter().position(|s| *s == c)).unwrap_or(0);
        match key {
            Key::Enter if modifiers.command => {
                if let Some(row) = line.and_then(|l| sheet.rows.get(l)) {
                    send.push(SelectCommand::FlyTo(sheet.layer, *row));
                }
            }
            Key::Enter | Key::F2 => {
                let what = column.and_then(|c| sheet.columns.get(c).copied());
                let begun = cursor.zip(what).and_then(|(c, w)| session.begin_cell(c.row, w, EditPlace::Table));
                moment.editing = begun;
            }
            Key::ArrowLeft | Key::ArrowRight => {
                let to = if key == Key::ArrowLeft { at.saturating_sub(times) } else { at + times };
                let column = shown.get(to.min(shown.len().saturating_sub(1))).copied();
                if let Some(cursor) = &mut moment.cursor {
                    cursor.column = column;
                }
                moment.scroll_to_column = column;
            }
            _ => {
                let to = match (key, line) {
                    (Key::Home, _) => 0,
                    (Key::End, _) => last,
                    (_, None) => 0,
                    (Key::ArrowUp, Some(l)) => l.saturating_sub(times),
                    (Key::ArrowDown, Some(l)) => l + times,
                    (Key::PageUp, Some(l)) => l.saturating_sub(10 * times),
                    (_, Some(l)) => l + 10 * times,
                };
                if let Some(row) = sheet.rows.get(to.min(last)) {
                    select(sheet, *row, column, modifiers, moment, send);
                    moment.scroll_to = Some(*row);
                }
            }
        }
    }
}
