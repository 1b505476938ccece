//! Rounds: planned in the background while their form is open, and written into a folder: for phones, for paper, for navigation.

use super::asking::Asks;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::jobs::{Done, Job};
use super::qiancun::Qiancun;
use crate::district::District;
use crate::geo::LonLat;
use crate::lang::Lang;
use crate::model::{LayerKind, Role};
use crate::page::{SheetStop, SheetTour, round_sheets, tour_name};
use crate::project::{Project, in_language, write_replacing};
use crate::round::{
    Navigation, PhoneGap, PhoneRound, Plan, PlanOptions, RoundFile, Route, TourPlaces, slate_text, to_gpx_routes,
    to_ovital_text, to_ovkml, write_phone_round,
};
use crate::rules::{GapList, Rules};
use crate::session::{Dialogue, Made, PlannedRound, Session, SurveyCommand};
use crate::survey::{GapStatus, Survey};

/// A round on its way into a folder.
pub struct RoundOut<'a> {
    /// What it is of.
    pub project: &'a Project,
    /// Villages and facilities.
    pub district: &'a District,
    /// Rules of the gaps.
    pub rules: &'a Rules,
    /// The gaps that were found.
    pub list: &'a GapList,
    /// What was recorded of them.
    pub survey: Option<&'a Survey>,
    /// Those to be seen: position in the list, key, place.
    pub open: &'a [(usize, String, LonLat)],
    /// Who goes where, where that was planned.
    pub plan: Option<(&'a Plan, &'a PlanOptions)>,
    /// What opens on a telephone that reads the code of a stop.
    pub navigation: Navigation,
    /// Language of forms and sheets.
    pub lang: Lang,
}

/// Minutes after midnight as a time of day; past midnight it goes on counting.
pub fn clock(minutes: f64) -> String {
    let whole = minutes.round() as i64;
    format!("{:02}:{:02}", whole / 60, whole % 60)
}

/// MBTiles among the grounds of a project, and how many others there are.
pub fn tiles_of(project: &Project) -> (Vec<PathBuf>, usize) {
    let grounds = project.layers.iter().filter(|l| l.kind == Some(LayerKind::Ground) && l.visible);
    let is_tiles = |p: &PathBuf| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("mbtiles")) && p.is_file();
    let (tiles, others): (Vec<PathBuf>, Vec<PathBuf>) = grounds.map(|l| l.path.clone()).partition(is_tiles);
    (tiles, others.len())
}

impl RoundOut<'_> {
    /// Writes what a phone takes along; for each person who has a tour, sheets for paper, a route for navigation devices and two for Ovital.
    /// `session` shows the project, for the maps of the sheets.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn write(&self, session: Option<&Session>, folder: &Path) -> Result<Vec<RoundFile>, String> {
        let mut told_off: Vec<(Option<usize>, Option<usize>)> = vec![(None, None); self.open.len()];
        for route in self.plan.iter().flat_map(|(p, _)| &p.routes) {
            for stop in &route.stops {
                if let Some(slot) = told_off.get_mut(stop.stop) {
                    *slot = (Some(route.person), Some(route.day));
                }
            }
        }
        let status = |key: &str| self.survey.map_or(GapStatus::Pending, |s| s.status(key)).word(self.lang).to_owned();
        let gap = |((i, key, _), (person, day)): (&(usize, String, LonLat), &(Option<usize>, Option<usize>))| {
            let gap = self.list.gaps.get(*i)?;
            Some(PhoneGap { key: key.clone(), gap, status: status(key), person: *person, day: *day })
        };
        let gaps: Vec<PhoneGap<'_>> = self.open.iter().zip(&told_off).filter_map(gap).collect();
        let title = in_language(&self.project.title, &self.project.title_en, self.lang).to_owned();
        let (grounds, _) = tiles_of(self.project);
        let round = PhoneRound {
            district: self.district,
            rules: self.rules,
            gaps,
            title: title.clone(),
            lang: self.lang,
            grounds,
        };
        let mut files = write_phone_round(&round, folder).map_err(|e| e.to_string())?;
        if let (Some((plan, options)), Some(session)) = (self.plan, session) {
            self.write_paper(session, (plan, options), &title, folder, &mut files)?;
        }
        Ok(files)
    }

    fn write_paper(
        &self,
        session: &Session,
        (plan, options): (&Plan, &PlanOptions),
        title: &str,
        folder: &Path,
        files: &mut Vec<RoundFile>,
    ) -> Result<(), String> {
        let mut people: Vec<usize> = plan.routes.iter().map(|r| r.person).collect();
        people.sort_unstable();
        people.dedup();
        for person in people {
            let routes = plan.routes.iter().filter(|r| r.person == person);
            let tours: Vec<SheetTour> = routes.map(|r| self.tour(r, options)).collect();
            let places: Vec<TourPlaces<'_>> = tours.iter().map(|t| self.places(t)).collect();
            let sheets = round_sheets(session, &tours).map_err(|e| e.to_string())?;
            for (name, bytes) in [
                (format!("sheets-{person}.pdf"), sheets),
                (format!("route-{person}.gpx"), to_gpx_routes(&places)),
                (format!("route-{person}.ovkml"), to_ovkml(&places, title)),
                (format!("route-{person}.txt"), to_ovital_text(&places)),
            ] {
                let path = folder.join(name);
                write_replacing(&path, &bytes).map_err(|e| format!("{}: {e}", path.display()))?;
                files.push(RoundFile { path, bytes: bytes.len() as u64 });
            }
        }
        Ok(())
    }

    fn tour(&self, route: &Route, options: &PlanOptions) -> SheetTour {
        let mut stops = Vec::new();
        for of in &route.stops {
            let Some((i, key, at)) = self.open.get(of.stop) else { continue };
            let Some(gap) = self.list.gaps.get(*i) else { continue };
            let rule = self.rules.get(&gap.rule);
            let village = gap.village.map(|v| self.district.villages.display_name(v)).unwrap_or_default();
            let facility = gap.facility.and_then(|f| self.district.facilities.get(f as usize)).map(|f| f.name.clone());
            let name = if village.is_empty() { facility.unwrap_or_else(|| key.clone()) } else { village };
            stops.push(SheetStop {
                village: gap.village,
                town: gap.village.map(|v| self.district.text(v, Role::Town)).unwrap_or_default(),
                at: *at,
                rule: rule.map_or_else(String::new, |r| r.name(self.lang).to_owned()),
                reason: gap.reason(self.district, rule, self.lang),
                to_do: rule.map_or_else(String::new, |r| r.closes(self.lang).to_owned()),
                last: self.last(key),
                leg_m: of.leg_m,
                arrive: clock(of.arrive_minutes),
                navigate: self.navigation.address(*at, &name),
                slate: slate_text(key),
                name,
            });
        }
        SheetTour {
            person: route.person,
            day: route.day,
            start: options.start,
            end: options.ends_at(),
            is_by_road: self.plan.is_some_and(|(p, _)| p.is_by_road),
            way_m: route.way_m,
            minutes: route.minutes,
            stops,
        }
    }

    /// What the last visit of a gap found, in a line.
    fn last(&self, key: &str) -> String {
        let said = |survey: &Survey| {
            let latest = survey.heads(key).into_iter().filter_map(|v| survey.said(v)).max_by(|a, b| a.at.cmp(&b.at))?;
            let at = latest.at.map(|at| at.for_people()).unwrap_or_default();
            let day = at.split([' ', 'T']).next().unwrap_or_default().to_owned();
            let result = latest.result.map(|r| r.word(self.lang).to_owned()).unwrap_or_default();
            let parts = [day, result, latest.note.clone()].into_iter().filter(|t| !t.trim().is_empty());
            Some(parts.collect::<Vec<_>>().join(" "))
        };
        self.survey.and_then(said).unwrap_or_default()
    }

    fn places<'t>(&self, tour: &'t SheetTour) -> TourPlaces<'t> {
        let stops = tour.stops.iter().map(|s| (s.at, s.name.as_str(), s.reason.as_str())).collect();
        TourPlaces { name: tour_name(self.lang, tour), start: tour.start, end: tour.end, stops }
    }
}

impl Qiancun {
    /// Plans the round anew, in the background, where its form or the gaps listed changed.
    pub(super) fn sync_round(&mut self) {
        // What is chosen for one round holds for the next.
        if let Some(draft) = self.session.moment.form.round.clone() {
            let usual = Navigation::from_key(&self.session.settings.navigation).unwrap_or_default();
            if draft.navigation != usual {
                self.remembering(|s| s.navigation = draft.navigation.key().to_owned());
            }
        }
        let Some((key, task)) = self.session.wanted_round() else {
            self.session.made.round.clear();
            return;
        };
        let Some(ticket) = self.session.made.round.ask(key) else { return self.improve_round() };
        let kept = self.kept_roads.clone();
        self.jobs.derive(
            Job::Round,
            ticket,
            |m| Some(&mut m.round),
            move |ticket, _| Some(Arc::new(task.planned(&kept, || ticket.is_wanted())?)),
        );
    }

    /// Looks for a better round as long as one is looked at: once for each.
    fn improve_round(&mut self) {
        let Some(planned) = self.session.planned_round().filter(|_| !self.session.is_planning()) else { return };
        if self.improving == Some(planned.number()) {
            return;
        }
        self.improving = Some(planned.number());
        let planned = planned.clone();
        self.jobs.start(Job::BetterRound, move |reply| {
            PlannedRound::improve(planned, |better| {
                let put = move |made: &mut Made| made.round.amend(|present| better.instead_of(present));
                reply.tell(Done::Made(Job::BetterRound, Box::new(put)));
            });
            None
        });
    }

    pub(super) fn ask_round_folder(&mut self) {
        let title = self.session.lang.t("round.write");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || question.pick_folder().map(SurveyCommand::WriteRoundTo));
    }

    /// Writes the round that is planned, in the background.
    pub(super) fn write_round_to(&mut self, folder: PathBuf) {
        let session = &self.session;
        let (Some(planned), Some(draft)) = (session.planned_round().cloned(), session.moment.form.round.clone()) else {
            return;
        };
        let (Some(found), Some(district)) = (session.present_gaps().cloned(), session.district().cloned()) else {
            return;
        };
        let (still, survey, lang) = (session.still(), session.survey.seen.clone(), session.lang);
        self.session.work.writing.push(folder.clone());
        self.jobs.start(Job::Write, move |_| {
            let out = RoundOut {
                project: &still.document.project,
                district: &district,
                rules: &found.rules,
                list: &found.list,
                survey: survey.as_deref(),
                open: &planned.open,
                plan: Some((&planned.plan, &planned.options)),
                navigation: draft.navigation,
                lang,
            };
            let written = out.write(Some(&still), &folder).map(|files| files.len());
            Some(Done::RoundWritten(folder, written))
        });
    }

    /// Says what came of it.
    pub(super) fn round_was_written(&mut self, folder: &Path, written: Result<usize, String>) {
        let lang = self.session.lang;
        self.session.work.writing.retain(|p| p != folder);
        let name = folder.display().to_string();
        match written {
            Ok(count) => {
                let text = lang.with("round.written", &[("n", &count.to_string()), ("name", &name)]);
                self.session.news = Some(text);
            }
            Err(why) => {
                let text = lang.with("error.write", &[("name", &name), ("n", &why)]);
                self.session.moment.dialogue = Some(Dialogue::Message(text));
            }
        }
    }
}
