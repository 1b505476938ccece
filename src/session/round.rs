//! The round that is being planned in the window: the gaps listed that are open, divided among people and days.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::state::Session;
use crate::geo::LonLat;
use crate::model::Generation;
use crate::round::{Navigation, Plan, PlanOptions, Stop, plan, worth_of};
use crate::rules::GapSeverity;
use crate::survey::GapStatus;

/// What a person says of a round.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundDraft {
    /// People.
    pub people: usize,
    /// Days.
    pub days: usize,
    /// Hours of a day.
    pub hours: f64,
    /// Minutes at each stop.
    pub minutes: f64,
    /// Where every tour begins and ends; the middle of the district where absent.
    pub start: Option<LonLat>,
    /// Whether severe gaps are seen on the first day.
    pub urgent_first: bool,
    /// What opens on a telephone that reads the code of a stop.
    pub navigation: Navigation,
    /// Gaps that were given to somebody by hand: the person, from 1, by the gap's key.
    pub given: BTreeMap<String, usize>,
    /// Person and day of the tour whose stops are listed.
    pub chosen: Option<(usize, usize)>,
}

impl Default for RoundDraft {
    fn default() -> Self {
        Self {
            people: 1,
            days: 1,
            hours: 8.0,
            minutes: 15.0,
            start: None,
            urgent_first: false,
            navigation: Navigation::default(),
            given: BTreeMap::new(),
            chosen: None,
        }
    }
}

/// What a round is planned for.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundKey {
    draft: RoundDraft,
    gaps: Generation,
    rows: Vec<usize>,
    survey: Generation,
}

/// A round that was planned.
#[derive(Clone, Debug)]
pub struct PlannedRound {
    /// The gaps: position among those found, key, place.
    pub open: Vec<(usize, String, LonLat)>,
    /// Who goes where when; its stops are positions among `open`.
    pub plan: Plan,
    /// How it was planned.
    pub options: PlanOptions,
}

impl PlannedRound {
    /// Plans it.
    pub fn of(open: Vec<(usize, String, LonLat)>, stops: &[Stop], options: PlanOptions) -> Self {
        Self { plan: plan(stops, &options), open, options }
    }
}

/// The gaps of a round: position, key and place of each, and what the planning takes of it.
pub type RoundStops = (Vec<(usize, String, LonLat)>, Vec<Stop>, PlanOptions);

impl Session {
    /// What the round is to be planned for, while its form is open; `None` where nothing can be gone to.
    pub fn wanted_round(&self) -> Option<(RoundKey, RoundStops)> {
        let draft = self.moment.form.round.clone()?;
        let (found, listed) = (self.present_gaps()?, self.listed_gaps()?);
        let start = draft.start.or_else(|| self.district()?.middle())?;
        let is_open = |key: &str| self.survey().is_none_or(|s| s.status(key) != GapStatus::Closed);
        let (mut open, mut stops) = (Vec::new(), Vec::new());
        for row in &listed.rows {
            let Some((gap, key)) = found.list.gaps.get(*row).zip(found.keys.get(*row)) else { continue };
            let Some(at) = gap.at.filter(|_| is_open(key)) else { continue };
            open.push((*row, key.clone(), at));
            stops.push(Stop {
                key: key.clone(),
                at,
                minutes: draft.minutes,
                worth: worth_of(gap.severity),
                cannot_wait: draft.urgent_first && gap.severity == GapSeverity::High,
                person: draft.given.get(key).copied().filter(|p| *p <= draft.people),
            });
        }
        let options = PlanOptions {
            people: draft.people.max(1),
            days: draft.days.max(1),
            hours: draft.hours,
            start,
            ..PlanOptions::default()
        };
        // What opens on the telephone, and which tour is looked at, changes no way.
        let planned = RoundDraft { navigation: Navigation::default(), chosen: None, start: Some(start), ..draft };
        let rows = listed.rows.clone();
        let key = RoundKey { draft: planned, gaps: found.generation, rows, survey: self.survey.generation };
        Some((key, (open, stops, options)))
    }

    /// The round that was planned last, while its form is open.
    pub fn planned_round(&self) -> Option<&Arc<PlannedRound>> {
        self.moment.form.round.as_ref().and(self.made.round.last())
    }
}
