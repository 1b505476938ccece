//! The round that is being planned in the window: the gaps listed that are open, divided among people and days.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

use super::state::Session;
use crate::geo::LonLat;
use crate::model::{Dataset, Generation, LayerKind};
use crate::round::{Navigation, NoRoads, Plan, PlanOptions, RoadLegs, RoadNet, Stop, plan_by, worth_of};
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
    /// Minutes at stops of a rule, where they are others, by the rule's id.
    pub minutes_by_rule: BTreeMap<String, f64>,
    /// Where every tour begins; the middle of the district where absent.
    pub start: Option<LonLat>,
    /// Where every tour ends; where it began if absent.
    pub end: Option<LonLat>,
    /// Whether ways are straight lines though there are roads.
    pub is_straight: bool,
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
            minutes_by_rule: BTreeMap::new(),
            start: None,
            end: None,
            is_straight: false,
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
    roads: Vec<Generation>,
}

/// How the ways of a round were found.
#[derive(Clone, Debug)]
pub enum RoundWays {
    /// As straight lines: there are no roads, or nobody wants them.
    Straight,
    /// As straight lines, though there are roads.
    NotByRoad(NoRoads),
    /// By road.
    ByRoad {
        /// The network, kept for the next plan.
        net: Arc<RoadNet>,
        /// The ways between the stops.
        legs: Arc<RoadLegs>,
        /// Where the stops lie, the start and the end last.
        places: Arc<[LonLat]>,
    },
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
    /// How its ways were found.
    pub ways: RoundWays,
    stops: Arc<[Stop]>,
    /// Held by whatever shows it: nobody looks for a better one once it is gone.
    shown: Arc<Generation>,
}

/// For how long better rounds are looked for while one is looked at, in seconds: each time from the beginning, and more thoroughly.
const LOOKS: [f64; 4] = [3.0, 8.0, 18.0, 30.0];

impl PlannedRound {
    /// Its number, and that of every better one that takes its place.
    pub fn number(&self) -> Generation {
        *self.shown
    }

    /// Whether a better one is being looked for.
    pub fn is_being_improved(&self) -> bool {
        Arc::weak_count(&self.shown) > 0
    }

    /// Looks for better rounds as long as this one, or one that took its place, is shown; each is told.
    pub fn improve(planned: Arc<Self>, mut tell: impl FnMut(BetterRound)) {
        let shown = Arc::downgrade(&planned.shown);
        let (stops, options, ways, mut best) =
            (planned.stops.clone(), planned.options, planned.ways.clone(), planned.plan.clone());
        drop(planned);
        let goes_on = || shown.strong_count() > 0;
        let legs = match &ways {
            RoundWays::ByRoad { legs, .. } => Some(legs.as_ref()),
            _ => None,
        };
        for seconds in LOOKS {
            let thorough = PlanOptions { seconds: Some(seconds), ..options };
            let plan = plan_by(&stops, &thorough, legs, &goes_on);
            if !goes_on() {
                return;
            }
            if plan.is_better_than(&best, &stops) {
                best = plan.clone();
                tell(BetterRound { shown: shown.clone(), plan });
            }
        }
    }
}

/// A better plan for a round that is shown.
pub struct BetterRound {
    shown: Weak<Generation>,
    plan: Plan,
}

impl BetterRound {
    /// The round with this plan, where it is the one that is shown.
    pub fn instead_of(self, present: &Arc<PlannedRound>) -> Option<Arc<PlannedRound>> {
        let is_it = self.shown.upgrade().is_some_and(|shown| Arc::ptr_eq(&shown, &present.shown));
        is_it.then(|| Arc::new(PlannedRound { plan: self.plan, ..PlannedRound::clone(present) }))
    }
}

/// What a round is to be planned of.
#[derive(Clone)]
pub struct RoundTask {
    /// The gaps: position, key and place of each.
    open: Vec<(usize, String, LonLat)>,
    /// What the planning takes of them.
    stops: Vec<Stop>,
    options: PlanOptions,
    /// Layers of roads, where ways are to be by road.
    roads: Vec<Arc<Dataset>>,
    /// The ways that were found last.
    known: RoundWays,
}

/// The network that was made last: kept while a form changes what is planned on it, so that nobody makes it twice.
pub type KeptRoads = Arc<Mutex<Option<Arc<RoadNet>>>>;

impl RoundTask {
    /// Plans it; `None` as soon as nobody wants it any more.
    pub fn planned(self, kept: &KeptRoads, is_wanted: impl Fn() -> bool) -> Option<PlannedRound> {
        let ways = self.ways(kept, &is_wanted)?;
        let Self { open, stops, options, .. } = self;
        let legs = match &ways {
            RoundWays::ByRoad { legs, .. } => Some(legs.as_ref()),
            _ => None,
        };
        let plan = plan_by(&stops, &options, legs, &is_wanted);
        let (stops, shown) = (stops.into(), Arc::new(Generation::next()));
        Some(PlannedRound { plan, open, options, ways, stops, shown })
    }

    fn ways(&self, kept: &KeptRoads, is_wanted: impl Fn() -> bool) -> Option<RoundWays> {
        if self.roads.is_empty() || self.stops.is_empty() {
            return Some(RoundWays::Straight);
        }
        let ends = [self.options.start, self.options.ends_at()];
        let places: Arc<[LonLat]> = self.stops.iter().map(|s| s.at).chain(ends).collect();
        let fits = |net: &RoadNet| net.fits(&self.roads, &self.stops, &self.options);
        // Another number of people or days changes no way.
        if let RoundWays::ByRoad { net, places: known, .. } = &self.known
            && *known == places
            && fits(net)
        {
            return Some(self.known.clone());
        }
        let net = {
            let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if !is_wanted() {
                return None;
            }
            let net = kept
                .take()
                .filter(|net| fits(net))
                .unwrap_or_else(|| Arc::new(RoadNet::of(self.roads.clone(), &self.stops, &self.options)));
            kept.insert(net).clone()
        };
        if !is_wanted() {
            return None;
        }
        Some(match net.legs(&self.stops, &self.options) {
            Ok(legs) => RoundWays::ByRoad { net, legs: Arc::new(legs), places },
            Err(why) => RoundWays::NotByRoad(why),
        })
    }
}

impl Session {
    /// What the round is to be planned for, while its form is open; `None` where nothing can be gone to.
    pub fn wanted_round(&self) -> Option<(RoundKey, RoundTask)> {
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
                minutes: draft.minutes_by_rule.get(&gap.rule).copied().unwrap_or(draft.minutes),
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
            end: draft.end,
            ..PlanOptions::default()
        };
        // What opens on the telephone, and which tour is looked at, changes no way.
        let planned = RoundDraft { navigation: Navigation::default(), chosen: None, start: Some(start), ..draft };
        let rows = listed.rows.clone();
        let layers = if planned.is_straight { Vec::new() } else { self.road_layers() };
        let (generations, roads) = layers.into_iter().unzip();
        let key = RoundKey {
            draft: planned,
            gaps: found.generation,
            rows,
            survey: self.survey.generation,
            roads: generations,
        };
        let known = self.made.round.last().map_or(RoundWays::Straight, |p| p.ways.clone());
        Some((key, RoundTask { open, stops, options, roads, known }))
    }

    /// Layers of roads that are shown, on which a round can go.
    pub fn road_layers(&self) -> Vec<(Generation, Arc<Dataset>)> {
        let is_other = |kind: &Option<LayerKind>| !matches!(kind, Some(LayerKind::Villages | LayerKind::Facilities));
        let shown = self.shown().filter(|(_, e)| e.visible && is_other(&e.kind));
        let loaded = shown.filter_map(|(l, _)| Some((self.layer_title(l.key), l.loaded()?)));
        loaded.filter(|(name, l)| l.has_roads(name)).map(|(_, l)| (l.generation, l.dataset.clone())).collect()
    }

    /// Whether the round is being planned anew: the one that is there is that of before.
    pub fn is_planning(&self) -> bool {
        self.made.round.is_making()
    }

    /// Rules of the gaps of the round that is planned, with their names.
    pub fn round_rules(&self) -> Vec<(String, String)> {
        let (Some(found), Some(planned)) = (self.present_gaps(), self.planned_round()) else { return Vec::new() };
        let ids = planned.open.iter().filter_map(|(row, ..)| Some(found.list.gaps.get(*row)?.rule.clone()));
        let ids: std::collections::BTreeSet<String> = ids.collect();
        let name = |id: &String| found.rules.get(id).map_or_else(|| id.clone(), |r| r.name(self.lang).to_owned());
        ids.iter().map(|id| (id.clone(), name(id))).collect()
    }

    /// The round that was planned last, while its form is open.
    pub fn planned_round(&self) -> Option<&Arc<PlannedRound>> {
        self.moment.form.round.as_ref().and(self.made.round.last())
    }
}
