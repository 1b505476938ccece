//! The foot of the table: what the rows shown amount to, under each column.

use egui::{Align2, FontId, Rect, Ui, pos2};

use super::style::bold;
use super::table::Place;
use crate::session::{FootFigure, Session, Sheet};

/// Shows the foot: sum or mean, and below it how many are unknown. `places` says where the columns stand.
pub(super) fn show(ui: &Ui, session: &Session, sheet: &Sheet, rect: Rect, places: &[Place]) {
    let (t, lang) = (session.tokens(), session.lang);
    let painter = ui.painter_at(rect);
    painter.hline(rect.x_range(), rect.top(), egui::Stroke::new(1.0, t.line));
    let rows = sheet.rows.len().to_string();
    for (column, whole, seen) in places {
        let painter = painter.with_clip_rect(Rect::from_x_y_ranges(
            seen.left().max(whole.left())..=seen.right().min(whole.right() - 4.0),
            rect.y_range(),
        ));
        let (first, second) = (rect.top() + 12.0, rect.top() + 27.0);
        let Some(column) = *column else { continue };
        if Some(column) == sheet.name_column() {
            let text = lang.with("table.foot-rows", &[("n", &rows)]);
            painter.text(pos2(whole.left() + 10.0, first), Align2::LEFT_CENTER, &text, bold(12.0), t.ink);
            continue;
        }
        let Some(foot) = sheet.foot(column) else { continue };
        let right = sheet.is_numeric(column);
        let (x, align) = if right {
            (whole.right() - 10.0, Align2::RIGHT_CENTER)
        } else {
            (whole.left() + 10.0, Align2::LEFT_CENTER)
        };
        let mut spoken = Vec::new();
        if let Some(figure) = foot.figure {
            let key = match figure {
                FootFigure::Sum(_) => "table.foot-sum",
                FootFigure::Mean(_) => "table.foot-mean",
            };
            let text = lang.with(key, &[("n", &session.foot_words(sheet, column, figure))]);
            painter.text(pos2(x, first), align, &text, bold(12.0), t.ink);
            spoken.push(text);
        }
        if foot.unknown > 0 {
            let text = lang.with("table.foot-unknown", &[("n", &foot.unknown.to_string())]);
            painter.text(pos2(x, second), align, &text, FontId::proportional(11.0), t.ink_secondary);
            spoken.push(text);
        }
        if !spoken.is_empty() {
            let place = Rect::from_x_y_ranges(painter.clip_rect().x_range(), rect.y_range());
            let response = ui.interact(place, ui.scope_id().with(("foot", column)), egui::Sense::hover());
            let words = format!("{}  {}", sheet.head(session, column).0, spoken.join("  "));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
            response.on_hover_text(&words);
        }
    }
}
