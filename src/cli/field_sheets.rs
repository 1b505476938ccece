//! What goes along on a round besides the phone: sheets for paper, routes for navigation devices and for Ovital.

use std::path::Path;

use super::Failure;
use super::field::{Found, clock};
use crate::app::read_session;
use crate::geo::{LonLat, distance_m};
use crate::lang::Lang;
use crate::model::Role;
use crate::page::{SheetStop, SheetTour, round_sheets, tour_name};
use crate::project::{in_language, write_replacing};
use crate::round::{Navigation, Plan, PlanOptions, RoundFile, Route, TourPlaces, slate_text, to_gpx_routes, to_ovkml};

/// A round on its way onto paper.
pub(super) struct Handed<'a> {
    pub(super) found: &'a Found,
    /// The open gaps: position in the list, key, place.
    pub(super) open: &'a [(usize, String, LonLat)],
    pub(super) plan: &'a Plan,
    pub(super) options: &'a PlanOptions,
    pub(super) navigation: Navigation,
    pub(super) lang: Lang,
}

impl Handed<'_> {
    /// Writes sheets and routes of each person into a folder.
    pub(super) fn write(&self, project: &Path, folder: &Path) -> Result<Vec<RoundFile>, Failure> {
        let (session, told) = read_session(project, self.lang).map_err(Failure::Input)?;
        for line in told {
            crate::cli::say::told!("qiancun: {line}");
        }
        let title = in_language(&self.found.project.title, &self.found.project.title_en, self.lang).to_owned();
        let mut people: Vec<usize> = self.plan.routes.iter().map(|r| r.person).collect();
        people.sort_unstable();
        people.dedup();
        let mut files = Vec::new();
        for person in people {
            let routes = self.plan.routes.iter().filter(|r| r.person == person);
            let tours: Vec<SheetTour> = routes.map(|r| self.tour(r)).collect();
            let places: Vec<TourPlaces<'_>> = tours.iter().map(|t| self.places(t)).collect();
            let sheets = round_sheets(&session, &tours)?;
            for (name, bytes) in [
                (format!("sheets-{person}.pdf"), sheets),
                (format!("route-{person}.gpx"), to_gpx_routes(&places)),
                (format!("route-{person}.ovkml"), to_ovkml(&places, &title)),
            ] {
                let path = folder.join(name);
                write_replacing(&path, &bytes)
                    .map_err(|e| Failure::Input(format!("{} cannot be written: {e}", path.display())))?;
                files.push(RoundFile { path, bytes: bytes.len() as u64 });
            }
        }
        Ok(files)
    }

    fn tour(&self, route: &Route) -> SheetTour {
        let mut before = self.options.start;
        let mut stops = Vec::new();
        for of in &route.stops {
            let Some((i, key, at)) = self.open.get(of.stop) else { continue };
            let Some(gap) = self.found.list.gaps.get(*i) else { continue };
            let district = &self.found.district;
            let rule = self.found.rules.get(&gap.rule);
            let name = gap.village.map(|v| district.villages.display_name(v)).unwrap_or_default();
            let facility = gap.facility.and_then(|f| district.facilities.get(f as usize)).map(|f| f.name.clone());
            let name = if name.is_empty() { facility.unwrap_or_else(|| key.clone()) } else { name };
            stops.push(SheetStop {
                village: gap.village,
                town: gap.village.map(|v| district.text(v, Role::Town)).unwrap_or_default(),
                at: *at,
                rule: rule.map_or_else(String::new, |r| r.name(self.lang).to_owned()),
                reason: gap.reason(district, rule, self.lang),
                to_do: rule.map_or_else(String::new, |r| r.closes(self.lang).to_owned()),
                last: self.last(key),
                leg_m: distance_m(before, *at),
                arrive: clock(of.arrive_minutes),
                navigate: self.navigation.address(*at, &name),
                slate: slate_text(key),
                name,
            });
            before = *at;
        }
        let way_m = route.length_m * self.options.way_factor;
        SheetTour {
            person: route.person,
            day: route.day,
            start: self.options.start,
            way_m,
            minutes: route.minutes,
            stops,
        }
    }

    /// What the last visit of a gap found, in a line.
    fn last(&self, key: &str) -> String {
        let survey = &self.found.survey;
        let said = survey.heads(key).into_iter().filter_map(|v| survey.said(v)).max_by(|a, b| a.at.cmp(&b.at));
        let Some(said) = said else { return String::new() };
        let day = said.at.map(|at| at.for_people()).unwrap_or_default();
        let day = day.split([' ', 'T']).next().unwrap_or_default().to_owned();
        let result = said.result.map(|r| r.word(self.lang).to_owned()).unwrap_or_default();
        [day, result, said.note.clone()].into_iter().filter(|t| !t.trim().is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn places<'t>(&self, tour: &'t SheetTour) -> TourPlaces<'t> {
        let stops = tour.stops.iter().map(|s| (s.at, s.name.as_str(), s.reason.as_str())).collect();
        TourPlaces { name: tour_name(self.lang, tour), start: tour.start, stops }
    }
}
