//! The drawer at the bottom: tabs, and the page that is open.

use egui::{RichText, Sense, Ui, Vec2};

use super::widgets::filled;
use super::{gaps, problems, scenes, summary, table};
use crate::palette::size;
use crate::session::{Command, Commands, Moment, Session, Tab, WindowCommand};

/// Shows the row of tabs and, where the drawer is open, its page.
pub fn show(ui: &mut Ui, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let all = session.active().and_then(|l| l.loaded()).map_or(0, |l| l.count());
    let rows = session.sheet().filter(|_| !moment.filter.is_empty()).map_or(all, |s| s.rows.len());
    let found: usize = session.problems().iter().map(|(.., list)| list.len()).sum();
    let problems = found + session.work.faults.len();
    ui.horizontal(|ui| {
        ui.set_height(size::TABS);
        ui.add_space(12.0);
        tab(ui, session, Tab::Table, rows, send);
        if let Some(rolled) = session.rolled() {
            tab(ui, session, Tab::Summary, rolled.towns.len(), send);
        }
        if session.district().is_some() {
            // What is listed, where conditions narrow it.
            let listed = session.listed_gaps().map(|l| l.rows.len()).filter(|_| moment.gap_filter.is_narrow());
            let found = session.present_gaps().map_or(0, |g| g.list.gaps.len());
            tab(ui, session, Tab::Gaps, listed.unwrap_or(found), send);
        }
        tab(ui, session, Tab::Scenes, session.document.project.scenes.len(), send);
        tab(ui, session, Tab::Problems, problems, send);
    });
    if !session.settings.drawer_open {
        return;
    }
    filled(ui, |ui| match session.tab {
        Tab::Table => table::show(ui, session, moment, send),
        Tab::Summary => summary::show(ui, session, moment, send),
        Tab::Gaps => gaps::show(ui, session, moment, send),
        Tab::Scenes => scenes::show(ui, session, send),
        Tab::Problems => problems::show(ui, session, send),
    });
}

fn tab(ui: &mut Ui, session: &Session, tab: Tab, count: usize, send: &mut Commands) {
    let t = session.tokens();
    let open = session.settings.drawer_open && session.tab == tab;
    let name = session.lang.t(match tab {
        Tab::Table => "tab.table",
        Tab::Summary => "tab.summary",
        Tab::Gaps => "tab.gaps",
        Tab::Scenes => "tab.scenes",
        Tab::Problems => "tab.problems",
    });
    let arrow = if open { "▼" } else { "▲" };
    let ink = if open { t.accent } else { t.ink };
    let galley = ui.painter().layout_no_wrap(format!("{arrow} {name}"), egui::FontId::proportional(13.0), ink);
    let number = ui.painter().layout_no_wrap(count.to_string(), egui::FontId::proportional(12.0), t.ink_secondary);
    let width = galley.size().x + number.size().x + 40.0;
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 28.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, open, format!("{name} {count}")));
    if open || response.hovered() {
        ui.painter().rect_filled(rect, 6.0, if open { t.accent_ground } else { t.field });
    }
    let at = rect.left_center() + Vec2::new(10.0, -galley.size().y / 2.0);
    let chip = egui::Rect::from_center_size(
        rect.right_center() - Vec2::new(number.size().x / 2.0 + 14.0, 0.0),
        number.size() + Vec2::new(14.0, 3.0),
    );
    ui.painter().rect_filled(chip, 9.0, t.field);
    ui.painter().galley(at, galley, ink);
    ui.painter().galley(chip.center() - number.size() / 2.0, number, t.ink_secondary);
    let command = Command::from(WindowCommand::ToggleDrawer(tab));
    let tip = RichText::new(command.shortcut_text(ui.ctx()));
    if response.on_hover_text(tip).clicked() {
        send.push(command);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::panels::testing::shown;
    use crate::session::testing::session;

    #[test]
    fn tabs_say_how_much_each_holds() {
        let session = session(Lang::Zh);
        let shown = shown(&session, Moment::default(), Vec::new(), show);
        let gaps = session.present_gaps().map_or(0, |g| g.list.gaps.len());
        assert!(
            gaps > 0 && shown.says(&gaps.to_string()) && shown.says(session.lang.t("tab.table")),
            "{:?}",
            shown.words
        );
    }
}
