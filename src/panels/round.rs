//! The form of a round: who goes, for how long, from where; what comes of it, a line for each tour; and where it is written to.

use egui::{Area, DragValue, Frame, Id, Order, Rect, RichText, ScrollArea, Ui};

use super::style::bold;
use super::widgets::primary;
use crate::geo::{BoundsDeg, LonLat};
use crate::round::{FAR_FROM_ROADS_M, MOST_BY_ROAD, Navigation, NoRoads, Route};
use crate::session::{
    CameraCommand, Commands, Moment, PlannedRound, RoundDraft, RoundWays, Session, SurveyCommand, number,
};

/// Height of the minutes by rule, at most.
const RULES: f32 = 118.0;
/// Height kept below the list of tours.
const BELOW: f32 = 96.0;

/// Shows the form, where a round is being planned.
pub fn show(ui: &mut Ui, rect: Rect, session: &Session, moment: &mut Moment, send: &mut Commands) {
    let Some(mut draft) = moment.form.round.take() else { return };
    let t = session.tokens();
    let frame = Frame::NONE
        .fill(t.panel)
        .stroke(egui::Stroke::new(1.0, t.line))
        .corner_radius(8.0)
        .inner_margin(egui::Margin::symmetric(14, 12));
    let mut stays = true;
    let corner = rect.left_top() + egui::vec2(12.0, 12.0);
    Area::new(Id::unique("round")).order(Order::Middle).fixed_pos(corner).show(ui.ctx(), |ui| {
        frame.show(ui, |ui| {
            ui.set_width(300.0);
            stays = form(ui, session, moment, &mut draft, rect.bottom(), send);
        });
    });
    moment.form.round = stays.then_some(draft);
}

/// The form; whether it stays.
fn form(
    ui: &mut Ui,
    session: &Session,
    moment: &Moment,
    draft: &mut RoundDraft,
    bottom: f32,
    send: &mut Commands,
) -> bool {
    let (t, lang) = (session.tokens(), session.lang);
    ui.label(RichText::new(lang.t("round.title")).font(bold(14.0)).color(t.ink));
    let count = session.planned_round().map_or(0, |p| p.open.len()).to_string();
    let hint = lang.with("round.of", &[("n", &count)]);
    ui.add(egui::Label::new(RichText::new(hint).size(12.0).color(t.ink_secondary)).wrap());
    egui::Grid::new("round form").num_columns(4).spacing([8.0, 6.0]).show(ui, |ui| {
        let number = |ui: &mut Ui, key: &'static str, drag: DragValue<'_>| {
            let label = ui.label(lang.t(key));
            ui.add(drag).labelled_by(label.id);
        };
        number(ui, "round.people", DragValue::new(&mut draft.people).range(1..=50).speed(0.05));
        number(ui, "round.days", DragValue::new(&mut draft.days).range(1..=30).speed(0.05));
        ui.end_row();
        let hours = DragValue::new(&mut draft.hours).range(1.0..=16.0).speed(0.05).max_decimals(1);
        number(ui, "round.hours", hours);
        let minutes = DragValue::new(&mut draft.minutes).range(1.0..=240.0).speed(0.2).max_decimals(0);
        number(ui, "round.minutes", minutes);
        ui.end_row();
    });
    place(ui, session, moment, ["round.start", "round.start-middle", "round.start-here"], &mut draft.start);
    more(ui, session, moment, draft);
    ui.checkbox(&mut draft.urgent_first, lang.t("round.urgent"));
    ui.separator();
    if session.is_planning() && session.planned_round().is_some() {
        ui.label(RichText::new(lang.t("round.planning")).size(12.0).color(t.ink_secondary));
    }
    match session.planned_round() {
        Some(planned) => {
            if planned.is_being_improved() && !session.is_planning() {
                ui.label(RichText::new(lang.t("round.improving")).size(12.0).color(t.ink_secondary));
            }
            let room = (bottom - ui.cursor().top() - BELOW).max(60.0);
            tours(ui, session, planned, draft, room, send);
        }
        None => {
            ui.label(RichText::new(lang.t("round.planning")).color(t.ink_secondary));
        }
    }
    ui.separator();
    let mut stays = true;
    ui.horizontal(|ui| {
        // What is written is what was asked for, not the round of before.
        let is_planned = !session.is_planning() && session.planned_round().is_some_and(|p| !p.plan.routes.is_empty());
        ui.add_enabled_ui(is_planned, |ui| {
            let write = primary(ui, t, lang.t("round.write"));
            if write.on_hover_text(lang.t("round.writes")).clicked() {
                send.push(SurveyCommand::WriteRoundDialogue);
            }
        });
        stays = !ui.button(lang.t("dialogue.close")).clicked();
    });
    stays
}

/// A place where tours begin or end: the usual one, or where the map was clicked, or its middle. `keys`: words for what it is, the usual one, here.
fn place(ui: &mut Ui, session: &Session, moment: &Moment, keys: [&'static str; 3], chosen: &mut Option<LonLat>) {
    let [name, usual, here] = keys.map(|key| session.lang.t(key));
    ui.horizontal_wrapped(|ui| {
        ui.label(name);
        let words = |at: LonLat| format!("{:.4}, {:.4}", at.lon_deg, at.lat_deg);
        ui.label(RichText::new(chosen.map_or_else(|| usual.to_owned(), words)).font(bold(12.5)));
        if ui.button(here).on_hover_text(session.lang.t("round.start-tip")).clicked() {
            *chosen = Some(moment.pinned.unwrap_or_else(|| session.camera.centre.to_lonlat()));
        }
        if chosen.is_some() && ui.button(usual).clicked() {
            *chosen = None;
        }
    });
}

/// What few need: another end, minutes by rule, straight lines though there are roads.
fn more(ui: &mut Ui, session: &Session, moment: &Moment, draft: &mut RoundDraft) {
    let lang = session.lang;
    let has_roads = !session.road_layers().is_empty();
    if has_roads {
        let mut by_road = !draft.is_straight;
        ui.checkbox(&mut by_road, lang.t("round.by-road")).on_hover_text(lang.t("round.by-road-tip"));
        draft.is_straight = !by_road;
    }
    ui.collapsing(lang.t("round.options"), |ui| {
        ui.horizontal(|ui| {
            let label = ui.label(lang.t("round.navigate"));
            let name = |n: Navigation| lang.find(&format!("round.navigate-{}", n.key())).unwrap_or(n.key());
            let box_of = egui::ComboBox::from_id_salt("navigate").selected_text(name(draft.navigation));
            let shown = box_of.show_ui(ui, |ui| {
                for choice in Navigation::ALL {
                    ui.selectable_value(&mut draft.navigation, choice, name(choice));
                }
            });
            shown.response.labelled_by(label.id);
        });
        place(ui, session, moment, ["round.end", "round.end-start", "round.end-here"], &mut draft.end);
        let area = ScrollArea::vertical().id_salt("minutes by rule").max_height(RULES).auto_shrink([false, true]);
        area.show(ui, |ui| {
            for (id, name) in session.round_rules() {
                minutes_of(ui, session, draft, &id, &name);
            }
        });
    });
}

/// Minutes at stops of a rule.
fn minutes_of(ui: &mut Ui, session: &Session, draft: &mut RoundDraft, id: &str, name: &str) {
    let words = session.lang.with("round.minutes-of", &[("name", name)]);
    let mut minutes = draft.minutes_by_rule.get(id).copied().unwrap_or(draft.minutes);
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_space(10.0);
            let response = ui.add(DragValue::new(&mut minutes).range(1.0..=240.0).speed(0.2).max_decimals(0));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, &words));
            if response.changed() {
                draft.minutes_by_rule.insert(id.to_owned(), minutes);
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(&words).size(12.0)).truncate());
            });
        });
    });
}

/// How the ways were found, and what to know of it; whether it is a warning.
fn ways(session: &Session, planned: &PlannedRound) -> Vec<(String, bool)> {
    let mut list = how_found(session, planned);
    let idle = planned.plan.idle(planned.options.people);
    if idle > 0 {
        list.push((session.lang.with("round.idle", &[("n", &idle.to_string())]), false));
    }
    list
}

fn how_found(session: &Session, planned: &PlannedRound) -> Vec<(String, bool)> {
    let lang = session.lang;
    let numbers = [number(planned.options.way_factor), number(planned.options.speed_km_h)];
    let straight = lang.with("round.note-ways", &[("factor", &numbers[0]), ("n", &numbers[1])]);
    match &planned.ways {
        RoundWays::Straight => vec![(straight, false)],
        RoundWays::NotByRoad(NoRoads::NotDriven) => {
            vec![(lang.t("round.not-driven").to_owned(), true), (straight, false)]
        }
        RoundWays::NotByRoad(NoRoads::TooMany(n)) => {
            let values = [("n", number(*n as f64)), ("most", number(MOST_BY_ROAD as f64))];
            let values = values.each_ref().map(|(k, v)| (*k, v.as_str()));
            vec![(lang.with("round.too-many-by-road", &values), true), (straight, false)]
        }
        RoundWays::ByRoad { net, legs, .. } => {
            let mut list = vec![(lang.t("round.note-roads").to_owned(), false)];
            if legs.ends_off_m > FAR_FROM_ROADS_M {
                let metres = number(legs.ends_off_m.round());
                list.push((lang.with("round.start-off", &[("n", &metres)]), true));
            }
            if legs.far_off > 0 {
                let values = [("n", legs.far_off.to_string()), ("m", number(FAR_FROM_ROADS_M))];
                list.push((lang.with("round.far-off", &values.each_ref().map(|(k, v)| (*k, v.as_str()))), true));
            }
            if net.unknown > 0 {
                let values = [("n", number(net.unknown as f64)), ("v", numbers[1].clone())];
                list.push((lang.with("round.unknown-roads", &values.each_ref().map(|(k, v)| (*k, v.as_str()))), false));
            }
            if net.left_m() >= 1000.0 {
                let km = number((net.left_m() / 1000.0).round());
                list.push((lang.with("round.left-roads", &[("n", &km)]), true));
            }
            list
        }
    }
}

/// A line for each tour, the stops of the one that is chosen below, and what fits into none. A stop that is dragged to a tour, or given by its menu, is that
/// person's.
fn tours(
    ui: &mut Ui,
    session: &Session,
    planned: &PlannedRound,
    draft: &mut RoundDraft,
    room: f32,
    send: &mut Commands,
) {
    let (t, lang) = (session.tokens(), session.lang);
    let mut given: Option<(String, usize)> = None;
    let chosen = planned.plan.routes.iter().find(|r| draft.chosen == Some((r.person, r.day)));
    let lines = if chosen.is_some() { (room * 0.4).max(64.0) } else { room };
    ScrollArea::vertical().id_salt("tours").max_height(lines).auto_shrink([false, true]).show(ui, |ui| {
        for (i, route) in planned.plan.routes.iter().enumerate() {
            let zone = ui.dnd_drop_zone::<Dragged, ()>(Frame::NONE, |ui| {
                tour(ui, session, planned, draft, (i, route), send);
            });
            if let Some(dragged) = zone.1 {
                given = Some((dragged.0.clone(), route.person));
            }
        }
        left(ui, session, planned);
    });
    if let Some(route) = chosen {
        ui.separator();
        let rest = (room - lines - 12.0).max(80.0);
        ScrollArea::vertical().id_salt("stops").max_height(rest).auto_shrink([false, true]).show(ui, |ui| {
            stops(ui, session, planned, draft, route, &mut given);
        });
    }
    if let Some((key, person)) = given {
        draft.given.insert(key, person);
    }
    if !draft.given.is_empty() {
        ui.horizontal(|ui| {
            let words = lang.with("round.given", &[("n", &draft.given.len().to_string())]);
            ui.label(RichText::new(words).size(12.0).color(t.ink_secondary));
            if ui.small_button(lang.t("round.give-back")).clicked() {
                draft.given.clear();
            }
        });
    }
    for (words, is_warning) in ways(session, planned) {
        let ink = if is_warning { t.warn } else { t.ink_secondary };
        ui.add(egui::Label::new(RichText::new(words).size(11.0).color(ink)).wrap());
    }
}

/// What fits into no day, by name.
fn left(ui: &mut Ui, session: &Session, planned: &PlannedRound) {
    let (t, lang) = (session.tokens(), session.lang);
    let left = &planned.plan.left;
    if !left.is_empty() {
        let words = lang.with("round.left", &[("n", &left.len().to_string())]);
        ui.collapsing(RichText::new(words).color(t.warn), |ui| {
            for open in left.iter().take(MOST_NAMED).filter_map(|at| planned.open.get(*at)) {
                ui.label(RichText::new(stop_words(session, open)).size(12.0).color(t.ink));
            }
            if let Some(more) = left.len().checked_sub(MOST_NAMED).filter(|n| *n > 0) {
                ui.label(lang.with("round.more", &[("n", &more.to_string())]));
            }
        });
    }
    if planned.open.is_empty() {
        ui.add(egui::Label::new(RichText::new(lang.t("round.nothing")).color(t.ink_secondary)).wrap());
    }
}

/// A tour: a click shows it on the map and its stops below, another folds them.
fn tour(
    ui: &mut Ui,
    session: &Session,
    planned: &PlannedRound,
    draft: &mut RoundDraft,
    (i, route): (usize, &Route),
    send: &mut Commands,
) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(12.0), egui::Sense::hover());
        ui.painter().circle_filled(rect.center(), 5.0, crate::palette::tour_colour(i));
        let own = Some((route.person, route.day));
        let is_chosen = draft.chosen == own;
        let row = ui.selectable_label(is_chosen, tour_words(session, route));
        if row.clicked() {
            draft.chosen = own.filter(|_| !is_chosen);
            let places = route.stops.iter().filter_map(|s| planned.open.get(s.stop)).map(|o| o.2);
            let around = around(places.chain([planned.options.start, planned.options.ends_at()]));
            around.into_iter().filter(|_| !is_chosen).for_each(|b| send.push(CameraCommand::ShowRectangle(b)));
        }
    });
}

/// The stops of a tour in their order.
fn stops(
    ui: &mut Ui,
    session: &Session,
    planned: &PlannedRound,
    draft: &RoundDraft,
    route: &Route,
    given: &mut Option<(String, usize)>,
) {
    let (t, lang) = (session.tokens(), session.lang);
    if draft.people > 1 {
        ui.label(RichText::new(lang.t("round.drag")).size(11.0).color(t.ink_secondary));
    }
    for (n, open) in route.stops.iter().filter_map(|s| planned.open.get(s.stop)).enumerate() {
        let mark = if draft.given.contains_key(&open.1) { " ●" } else { "" };
        let words = format!("{}  {}{mark}", n + 1, stop_words(session, open));
        let source = ui.make_persistent_id(("stop", &open.1));
        ui.horizontal(|ui| {
            ui.dnd_drag_source(source, Dragged(open.1.clone()), |ui| {
                ui.add(egui::Label::new(RichText::new(&words).size(12.0)).truncate().selectable(false));
            });
            if draft.people > 1 {
                // The same without dragging.
                let menu = ui.menu_button("⋯", |ui| {
                    for person in (1..=draft.people).filter(|p| *p != route.person) {
                        let words = lang.with("round.give", &[("person", &person.to_string())]);
                        if ui.button(words).clicked() {
                            *given = Some((open.1.clone(), person));
                            ui.close();
                        }
                    }
                });
                let name = format!("{words} {}", lang.t("round.give-to"));
                menu.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
            }
        });
    }
}

/// What a gap of a round is, in a line: its village and its rule.
fn stop_words(session: &Session, (row, key, _): &(usize, String, LonLat)) -> String {
    let Some((found, district)) = session.present_gaps().zip(session.district()) else { return key.clone() };
    let Some(gap) = found.list.gaps.get(*row) else { return key.clone() };
    let village = gap.village.map(|v| district.villages.display_name(v));
    let facility = gap.facility.and_then(|f| district.facilities.get(f as usize)).map(|f| f.name.clone());
    let name = village.filter(|n| !n.is_empty()).or(facility).unwrap_or_else(|| key.clone());
    let rule = found.rules.get(&gap.rule).map_or("", |r| r.name(session.lang));
    format!("{name} · {rule}")
}

/// A gap on its way to another tour: its key.
struct Dragged(String);

/// Gaps that are named where they fit into no day.
const MOST_NAMED: usize = 60;

/// The rectangle around places, with some air.
fn around(places: impl Iterator<Item = LonLat>) -> Option<BoundsDeg> {
    let of = |sides: Option<[f64; 4]>, at: LonLat| {
        let [w, s, e, n] = sides.unwrap_or([at.lon_deg, at.lat_deg, at.lon_deg, at.lat_deg]);
        Some([w.min(at.lon_deg), s.min(at.lat_deg), e.max(at.lon_deg), n.max(at.lat_deg)])
    };
    let [w, s, e, n] = places.fold(None, of)?;
    let (dx, dy) = ((e - w).max(0.002) * 0.1, (n - s).max(0.002) * 0.1);
    Some(BoundsDeg::new([w - dx, s - dy, e + dx, n + dy]))
}

fn tour_words(session: &Session, route: &Route) -> String {
    let (hours, minutes) = ((route.minutes / 60.0).floor(), (route.minutes % 60.0).round());
    let values = [
        ("person", route.person.to_string()),
        ("day", route.day.to_string()),
        ("n", route.stops.len().to_string()),
        ("km", format!("{:.0}", route.way_m / 1000.0)),
        ("h", format!("{hours:.0}")),
        ("min", format!("{minutes:02.0}")),
    ];
    let values = values.each_ref().map(|(k, v)| (*k, v.as_str()));
    session.lang.with("round.line", &values)
}
