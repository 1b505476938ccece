//! What commands about theme, year and focus do.

use super::qiancun::Qiancun;
use crate::geo::BoundsDeg;
use crate::model::Theme;
use crate::project::Focus;
use crate::session::Dialogue;
use crate::session::LookCommand;

/// How long a year stands while the years pass, in seconds.
const YEAR_SECS: f64 = 1.1;
/// The quickest and the slowest that years pass.
const PACE_SECS: (f64, f64) = (0.25, 5.0);
/// Radii that make sense, in metres.
const RADII_M: (f64, f64) = (100.0, 50_000.0);

impl Qiancun {
    /// Carries out a command of its group.
    pub(super) fn on_look(&mut self, command: LookCommand) {
        let session = &mut self.session;
        match command {
            LookCommand::SetTheme(theme) => self.set_theme(theme),
            LookCommand::SetOwnTheme(at) => {
                let own = self.session.district().and_then(|d| d.indicators.themes().own().nth(at));
                if own.is_some() {
                    self.set_theme(own);
                }
            }
            LookCommand::SetMeasure(theme, id) => {
                session.view.measures.insert(theme.key().to_owned(), id);
                session.view.theme = Some(theme);
            }
            LookCommand::SetYear(year) => {
                session.stage.playing = None;
                session.view.year = Some(year);
            }
            LookCommand::StepYear(steps) => {
                session.stage.playing = None;
                self.step_year(steps);
            }
            LookCommand::PlayYears => self.play(),
            LookCommand::SetPace(secs) => {
                session.settings.year_secs = secs;
                self.save_settings();
            }
            LookCommand::ShowChange(since) => session.view.since = since,
            LookCommand::SetFreeClasses(free) => session.view.free_classes = free,
            LookCommand::SetRadius(radius_m) => session.view.radius_m = radius_m.clamp(RADII_M.0, RADII_M.1),
            LookCommand::ShowCoverage(shown) => session.view.hide_coverage = !shown,
            LookCommand::ShowSymbols(symbol, shown) => self.show_symbols(&symbol, shown),
            LookCommand::SetFocus(focus) => self.set_focus(focus),
            LookCommand::Unfold(indicator, of) => {
                let unfolded = self.session.unfold(indicator, of);
                self.session.moment.dialogue = unfolded.map(|u| Dialogue::Unfolded(u.into()));
            }
            LookCommand::Divide(left) => match &mut session.meeting {
                Some(meeting) => meeting.left = left,
                None => session.stage.divided = left,
            },
            LookCommand::MoveDivider(share) => {
                session.stage.divider = (session.stage.divider + share).clamp(0.02, 0.98)
            }
            LookCommand::SetNameLanguage(lang) => {
                let tag = lang.map(|l| l.tag().to_owned());
                session.transact("command.name-language", |d| d.project.name_language = tag);
            }
        }
    }

    fn set_theme(&mut self, theme: Option<Theme>) {
        if let Some(theme) = theme
            && self.session.measures(theme).is_empty()
        {
            if self.session.district_pending() {
                // The tables are still being joined: the theme shows as soon as they are.
                self.session.view.theme = Some(theme);
            } else {
                self.session.news = Some(self.session.lang.t("status.no-figures").to_owned());
            }
            return;
        }
        self.session.view.theme = theme;
    }

    fn step_year(&mut self, steps: i32) {
        let Some(district) = self.session.district() else { return };
        let years = district.observations.years();
        let Some(at) = self.session.year().and_then(|y| years.iter().position(|x| *x == y)) else { return };
        let next = (at as i64 + i64::from(steps)).clamp(0, years.len() as i64 - 1) as usize;
        self.session.view.year = years.get(next).copied();
    }

    fn is_last_year(&self) -> bool {
        let last = self.session.district().and_then(|d| d.last_year());
        last.is_none() || self.session.year() == last
    }

    fn play(&mut self) {
        let session = &mut self.session;
        if session.stage.playing.take().is_some() {
            return;
        }
        let Some(first) = session.district().and_then(|d| d.observations.years().first().copied()) else {
            return;
        };
        let now = self.ctx.input(|i| i.time);
        if self.is_last_year() {
            self.session.view.year = Some(first);
        }
        self.session.stage.playing = Some(now + self.year_secs());
    }

    /// Moves on to the next year where the years pass; stops at the last.
    fn year_secs(&self) -> f64 {
        let chosen = self.session.settings.year_secs;
        if chosen > 0.0 { chosen.clamp(PACE_SECS.0, PACE_SECS.1) } else { YEAR_SECS }
    }

    pub(super) fn pass_years(&mut self) {
        let Some(due) = self.session.stage.playing else { return };
        let now = self.ctx.input(|i| i.time);
        if now >= due {
            self.step_year(1);
            self.session.stage.playing = (!self.is_last_year()).then_some(now + self.year_secs());
        }
        if let Some(due) = self.session.stage.playing {
            self.ctx.request_repaint_after(std::time::Duration::from_secs_f64((due - now).max(0.01)));
        }
    }

    fn show_symbols(&mut self, symbol: &str, shown: bool) {
        let Some(theme) = self.session.view.theme else { return };
        let mut list = self.session.symbols_shown(theme);
        list.retain(|s| s != symbol);
        if shown {
            list.push(symbol.to_owned());
        }
        self.session.view.symbols.insert(theme.key().to_owned(), list);
    }

    fn set_focus(&mut self, focus: Option<Focus>) {
        self.session.view.focus = focus;
        self.session.find_focus();
        match self.session.focused() {
            Some(_) => self.fit_focus(),
            None => self.fit_all(),
        }
    }

    fn fit_focus(&mut self) {
        let Some(district) = self.session.district().cloned() else { return };
        let members = self.session.villages_in_focus();
        let boxes = members.iter().filter_map(|v| district.villages.geometry.bounds_of(*v));
        let all = boxes.reduce(BoundsDeg::union);
        self.show_rectangle(all);
    }
}
