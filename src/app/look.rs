//! What commands about theme, year and focus do.

use super::qiancun::Qiancun;
use crate::district::Facility;
use crate::model::Topic;
use crate::project::Focus;
use crate::session::{Choice, Command};

/// How long a year stands while the years pass, in seconds.
const YEAR_SECS: f64 = 1.1;
/// The quickest and the slowest that years pass.
const PACE_SECS: (f64, f64) = (0.25, 5.0);
/// Clusters of so few are listed at once.
const LISTED: usize = 6;
/// Zoom from which on a cluster is listed, however many it holds.
const NEAR_ZOOM: f64 = 16.0;
/// Radii that make sense, in metres.
const RADII_M: (f64, f64) = (100.0, 50_000.0);

impl Qiancun {
    /// Carries out a command about how the district is looked at; gives back any other.
    pub(super) fn look(&mut self, command: Command) -> Option<Command> {
        let session = &mut self.session;
        match command {
            Command::SetTopic(topic) => self.set_topic(topic),
            Command::SetMeasure(topic, id) => {
                session.view.measures.insert(topic.key().to_owned(), id);
                session.view.theme = Some(topic);
            }
            Command::SetYear(year) => {
                session.playing = None;
                session.view.year = Some(year);
            }
            Command::StepYear(steps) => {
                session.playing = None;
                self.step_year(steps);
            }
            Command::PlayYears => self.play(),
            Command::SetPace(secs) => {
                session.settings.year_secs = secs;
                self.save_settings();
            }
            Command::ShowChange(since) => session.view.since = since,
            Command::SetFreeClasses(free) => session.view.free_classes = free,
            Command::SetRadius(radius_m) => session.view.radius_m = radius_m.clamp(RADII_M.0, RADII_M.1),
            Command::ShowCoverage(shown) => session.view.hide_coverage = !shown,
            Command::ShowSymbols(symbol, shown) => self.show_symbols(&symbol, shown),
            Command::OpenCluster(cluster) => self.open_cluster(cluster),
            Command::SetFocus(focus) => self.set_focus(focus),
            Command::SelectPlace(place) => self.select_place(&place),
            other => return Some(other),
        }
        None
    }

    fn set_topic(&mut self, topic: Option<Topic>) {
        if let Some(topic) = topic
            && self.session.measures(topic).is_empty()
        {
            if self.session.district_pending() {
                // The tables are still being joined: the theme shows as soon as they are.
                self.session.view.theme = Some(topic);
            } else {
                self.session.news = Some(self.session.lang.t("status.no-figures").to_owned());
            }
            return;
        }
        self.session.view.theme = topic;
    }

    fn step_year(&mut self, steps: i32) {
        let Some(district) = &self.session.district else { return };
        let years = district.observations.years();
        let Some(at) = self.session.year().and_then(|y| years.iter().position(|x| *x == y)) else { return };
        let next = (at as i64 + i64::from(steps)).clamp(0, years.len() as i64 - 1) as usize;
        self.session.view.year = years.get(next).copied();
    }

    fn is_last_year(&self) -> bool {
        let last = self.session.district.as_ref().and_then(|d| d.last_year());
        last.is_none() || self.session.year() == last
    }

    fn play(&mut self) {
        let session = &mut self.session;
        if session.playing.take().is_some() {
            return;
        }
        let Some(first) = session.district.as_ref().and_then(|d| d.observations.years().first().copied()) else {
            return;
        };
        let now = self.ctx.input(|i| i.time);
        if self.is_last_year() {
            self.session.view.year = Some(first);
        }
        self.session.playing = Some(now + self.year_secs());
    }

    /// Moves on to the next year where the years pass; stops at the last.
    fn year_secs(&self) -> f64 {
        let chosen = self.session.settings.year_secs;
        if chosen > 0.0 { chosen.clamp(PACE_SECS.0, PACE_SECS.1) } else { YEAR_SECS }
    }

    pub(super) fn pass_years(&mut self) {
        let Some(due) = self.session.playing else { return };
        let now = self.ctx.input(|i| i.time);
        if now >= due {
            self.step_year(1);
            self.session.playing = (!self.is_last_year()).then_some(now + self.year_secs());
        }
        if let Some(due) = self.session.playing {
            self.ctx.request_repaint_after(std::time::Duration::from_secs_f64((due - now).max(0.01)));
        }
    }

    fn show_symbols(&mut self, symbol: &str, shown: bool) {
        let Some(topic) = self.session.view.theme else { return };
        let mut list = self.session.symbols_shown(topic);
        list.retain(|s| s != symbol);
        if shown {
            list.push(symbol.to_owned());
        }
        self.session.view.symbols.insert(topic.key().to_owned(), list);
    }

    /// Goes nearer until the facilities of a cluster stand apart; where they cannot, or are few, lists them.
    fn open_cluster(&mut self, cluster: usize) {
        let (Some(symbols), Some(district)) = (self.session.symbols.clone(), self.session.district.clone()) else {
            return;
        };
        let Some(cluster) = symbols.clusters.get(cluster) else { return };
        let members: Vec<&Facility> =
            cluster.members.iter().filter_map(|i| district.facilities.get(*i as usize)).collect();
        let layers = self.session.facility_layers();
        if members.len() <= LISTED || self.session.camera.zoom > NEAR_ZOOM {
            let [x, y] = self.session.camera.offset_of(cluster.at);
            let features = members.iter().filter_map(|f| Some((*layers.get(f.source)?, f.row))).collect();
            let middle = self.map.middle();
            let at = middle + egui::vec2(x as f32, y as f32);
            self.session.choice = Some(Choice { at, features, add: false });
            return;
        }
        let boxes = members.iter().map(|f| [f.at.lon_deg, f.at.lat_deg, f.at.lon_deg, f.at.lat_deg]);
        if let Some([w, s, e, n]) =
            boxes.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
        {
            let (dx, dy) = (((e - w) * 0.3).max(5e-4), ((n - s) * 0.3).max(5e-4));
            self.show_rectangle(Some([w - dx, s - dy, e + dx, n + dy]));
        }
    }

    fn set_focus(&mut self, focus: Option<Focus>) {
        self.session.view.focus = focus;
        self.session.find_focus();
        match self.session.focused {
            Some(_) => self.fit_focus(),
            None => self.fit_all(),
        }
    }

    fn fit_focus(&mut self) {
        let Some(district) = self.session.district.clone() else { return };
        let members = self.session.villages_in_focus();
        let boxes = members.iter().filter_map(|v| district.villages.geometry.bounds_of(*v));
        let all = boxes.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
        self.show_rectangle(all);
    }

    fn select_place(&mut self, place: &Focus) {
        let Some(district) = self.session.district.clone() else { return };
        let Some(key) = self.session.village_layer().map(|l| l.key) else { return };
        let villages = district.places(place.by).into_iter().find(|(name, _)| *name == place.name);
        if let Some((_, villages)) = villages {
            self.select(key, villages, false);
        }
    }
}
