//! A round planned: gaps → tours of people and days, with arrival times.

use std::time::{Duration, Instant};

use super::roads::{Plane, RoadLegs};
use super::tours::{END, Limits, START, Spot, on_the_plane, tours};
use crate::geo::{LonLat, distance_m};
use crate::rules::GapSeverity;

/// A place that has to be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// What names it: the key of a gap.
    pub key: String,
    /// Where it is.
    pub at: LonLat,
    /// Minutes on the spot.
    pub minutes: f64,
    /// How much it matters; what is worth less is left first.
    pub worth: f64,
    /// Whether it has to be seen on the first day.
    pub cannot_wait: bool,
    /// The person who is to see it, from 1; whoever it costs least where absent.
    pub person: Option<usize>,
}

/// What a gap is worth to a round: what is to be closed first comes first.
pub fn worth_of(severity: GapSeverity) -> f64 {
    match severity {
        GapSeverity::High => 16.0,
        GapSeverity::Medium => 4.0,
        _ => 1.0,
    }
}

/// Who goes, for how long, how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanOptions {
    /// People, each with tours of their own.
    pub people: usize,
    /// Days.
    pub days: usize,
    /// Where every tour begins.
    pub start: LonLat,
    /// Where every tour ends; where it began if absent.
    pub end: Option<LonLat>,
    /// Hours of a day, the ways there and back included.
    pub hours: f64,
    /// When a day begins, in minutes after midnight.
    pub begins_minutes: f64,
    /// Speed on the way in km/h.
    pub speed_km_h: f64,
    /// How much longer a way is than the straight line.
    pub way_factor: f64,
    /// How often better tours are looked for; the usual number for so many stops where `None`.
    pub steps: Option<u64>,
    /// For how long they are looked for instead, in seconds; then two runs may differ.
    pub seconds: Option<f64>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            people: 1,
            days: 1,
            start: LonLat::new(0.0, 0.0),
            end: None,
            hours: 8.0,
            begins_minutes: 9.0 * 60.0,
            speed_km_h: 30.0,
            way_factor: 1.3,
            steps: None,
            seconds: None,
        }
    }
}

/// A stop of a tour.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteStop {
    /// Position among the stops that were given.
    pub stop: usize,
    /// When one is there, in minutes after midnight.
    pub arrive_minutes: f64,
    /// Metres from the stop before, or the start: by road where roads are known, else in a straight line.
    pub leg_m: f64,
}

/// A tour of one person on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The person, from 1.
    pub person: usize,
    /// The day, from 1.
    pub day: usize,
    /// Metres in straight lines, from the start over all stops to the end.
    pub length_m: f64,
    /// Metres of the way: by road where roads are known, else the straight lines times their factor.
    pub way_m: f64,
    /// Minutes from the start until one is at the end, stops included.
    pub minutes: f64,
    /// The stops in order.
    pub stops: Vec<RouteStop>,
}

/// A round.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The tours that have stops, by day and person.
    pub routes: Vec<Route>,
    /// Stops that fit into no tour, by position.
    pub left: Vec<usize>,
    /// Metres of all tours in straight lines.
    pub total_m: f64,
    /// Whether ways are by road.
    pub is_by_road: bool,
}

impl Plan {
    /// How many of so many people have no tour on any day.
    pub fn idle(&self, people: usize) -> usize {
        let busy: std::collections::BTreeSet<usize> = self.routes.iter().map(|r| r.person).collect();
        people.saturating_sub(busy.len())
    }

    /// Whether it leaves less that matters than another plan of the same stops, or as little on ways that are shorter by some thousandths.
    pub fn is_better_than(&self, other: &Self, stops: &[Stop]) -> bool {
        let missed = |p: &Self| p.left.iter().filter_map(|i| stops.get(*i)).map(|s| s.worth).sum::<f64>();
        let way = |p: &Self| p.routes.iter().map(|r| r.way_m).sum::<f64>();
        let (left, others) = (missed(self), missed(other));
        left < others || (left == others && way(self) < way(other) * LEAST_GAIN)
    }
}

/// Share of the ways of a plan that another has to be below to take its place.
const LEAST_GAIN: f64 = 0.997;

/// Steps of looking for better tours, where nobody says how many: about a second on one core.
fn usual_steps(stops: usize) -> u64 {
    (12_000_000 / (stops as u64 + 50)).clamp(300, 60_000)
}

impl PlanOptions {
    /// Where every tour ends.
    pub fn ends_at(&self) -> LonLat {
        self.end.unwrap_or(self.start)
    }

    /// Minutes for a metre in a straight line.
    pub fn minutes_per_m(&self) -> f64 {
        self.way_factor * 60.0 / (self.speed_km_h.max(0.1) * 1000.0)
    }
}

/// Divides stops among people and days. Distances are straight lines on the ellipsoid, ways longer by a factor; every tour begins and ends at
/// the start (or at an end of its own) and keeps to the hours of a day. What fits into no day is left, what matters least first.
///
/// # Examples
/// ```
/// use qiancun::geo::LonLat;
/// use qiancun::round::{PlanOptions, Stop, plan};
/// let stop = |key: &str, lon: f64| Stop {
///     key: key.into(), at: LonLat::new(lon, 40.0), minutes: 15.0, worth: 1.0, cannot_wait: false, person: None,
/// };
/// let stops = [stop("a", 116.02), stop("b", 116.01), stop("c", 116.03)];
/// let plan = plan(&stops, &PlanOptions { start: LonLat::new(116.0, 40.0), ..PlanOptions::default() });
/// let order: Vec<usize> = plan.routes[0].stops.iter().map(|s| s.stop).collect();
/// assert!(order == [1, 0, 2] || order == [2, 0, 1]);
/// assert!(plan.left.is_empty());
/// ```
pub fn plan(stops: &[Stop], options: &PlanOptions) -> Plan {
    plan_by(stops, options, None, &|| true)
}

/// The same by road, where the ways between the stops are known: see [`super::Roads::legs`]. Looks for better tours no longer than `goes_on` says.
pub fn plan_by(stops: &[Stop], options: &PlanOptions, roads: Option<&RoadLegs>, goes_on: &dyn Fn() -> bool) -> Plan {
    let plane = Plane::around(options.start);
    let minutes_per_m = options.minutes_per_m();
    let spot = |s: &Stop| Spot {
        at: plane.of([s.at.lon_deg, s.at.lat_deg]),
        minutes: s.minutes,
        worth: s.worth,
        before: if s.cannot_wait { options.people } else { usize::MAX },
        owner: s.person.map(|p| (p.max(1) - 1).min(options.people.max(1) - 1)),
    };
    let spots: Vec<Spot> = stops.iter().map(spot).collect();
    // The plane is a few parts in ten thousand off: so much of the day stays free, and lengths are measured on the ellipsoid.
    let people = options.people.max(1);
    let minutes_a_day = options.hours * 60.0 * 0.998;
    let limits = Limits { tours: options.people * options.days, people, minutes: minutes_a_day, minutes_per_m };
    let until = options.seconds.map(|s| Instant::now() + Duration::from_secs_f64(s.clamp(0.0, 86_400.0)));
    let steps = options.steps.unwrap_or_else(|| usual_steps(stops.len()));
    let (lists, mut left) = match roads {
        // Minutes by road as metres that take as long.
        Some(roads) => {
            let leg = |from, to| roads.minutes(from, to) / minutes_per_m;
            tours(&spots, leg, limits, steps, until, goes_on)
        }
        None => {
            let leg = on_the_plane(&spots, plane.of([options.ends_at().lon_deg, options.ends_at().lat_deg]));
            tours(&spots, leg, limits, steps, until, goes_on)
        }
    };
    let place = |stop: usize| match stop {
        START => Some(options.start),
        END => Some(options.ends_at()),
        stop => stops.get(stop).map(|s| s.at),
    };
    // Straight metres, metres of the way, minutes.
    let leg = |from: usize, to: usize| {
        let straight = place(from).zip(place(to)).map_or(0.0, |(a, b)| distance_m(a, b));
        match roads {
            Some(roads) => (straight, roads.metres(from, to), roads.minutes(from, to)),
            None => (straight, straight * options.way_factor, straight * minutes_per_m),
        }
    };
    let mut routes = Vec::new();
    for (day, person, list) in told_off(stops, lists, people) {
        let (mut at, mut length_m, mut way_m, mut clock) = (START, 0.0, 0.0, options.begins_minutes);
        let mut seen = Vec::new();
        for stop in list.iter().copied().chain([END]) {
            let (straight, way, minutes) = leg(at, stop);
            length_m += straight;
            way_m += way;
            clock += minutes;
            if let Some(here) = stops.get(stop) {
                let leg_m = if roads.is_some() { way } else { straight };
                seen.push(RouteStop { stop, arrive_minutes: clock, leg_m });
                clock += here.minutes;
            }
            at = stop;
        }
        let minutes = clock - options.begins_minutes;
        routes.push(Route { person: person + 1, day: day + 1, length_m, way_m, minutes, stops: seen });
    }
    left.sort_unstable();
    let total_m = routes.iter().fold(0.0, |sum, r| sum + r.length_m);
    Plan { routes, left, total_m, is_by_road: roads.is_some() }
}

/// Day and person of each tour that has stops, both from 0, day by day. Everybody has a tour before anybody has two, and what cannot wait comes first: all
/// tours begin at one place, so that any can be anyone's, unless somebody is named.
fn told_off(stops: &[Stop], lists: Vec<Vec<usize>>, people: usize) -> Vec<(usize, usize, Vec<usize>)> {
    let waits = |l: &Vec<usize>| !l.iter().any(|i| stops.get(*i).is_some_and(|s| s.cannot_wait));
    let is_named = stops.iter().any(|s| s.person.is_some());
    if !is_named {
        let mut lists: Vec<Vec<usize>> = lists.into_iter().filter(|l| !l.is_empty()).collect();
        lists.sort_by_key(waits);
        return lists.into_iter().enumerate().map(|(tour, l)| (tour / people, tour % people, l)).collect();
    }
    let named = |l: &Vec<usize>| l.iter().any(|i| stops.get(*i).is_some_and(|s| s.person.is_some()));
    let mut own: Vec<Vec<Vec<usize>>> = vec![Vec::new(); people];
    let mut free: Vec<Vec<usize>> = Vec::new();
    for (tour, list) in lists.into_iter().enumerate().filter(|(_, l)| !l.is_empty()) {
        match own.get_mut(tour % people) {
            Some(own) if named(&list) => own.push(list),
            _ => free.push(list),
        }
    }
    // What cannot wait goes to somebody whose first day has nothing that cannot; the rest to whoever has least.
    free.sort_by_key(waits);
    for list in free {
        let is_taken = |p: usize| !waits(&list) && own.get(p).is_some_and(|own| own.iter().any(|l| !waits(l)));
        let least = (0..people).min_by_key(|p| (is_taken(*p), own.get(*p).map_or(0, Vec::len))).unwrap_or(0);
        if let Some(own) = own.get_mut(least) {
            own.push(list);
        }
    }
    own.iter_mut().for_each(|lists| lists.sort_by_key(waits));
    let of = |(person, lists): (usize, Vec<Vec<usize>>)| {
        lists.into_iter().enumerate().map(move |(day, list)| (day, person, list))
    };
    let mut all: Vec<(usize, usize, Vec<usize>)> = own.into_iter().enumerate().flat_map(of).collect();
    all.sort_by_key(|(day, person, _)| (*day, *person));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_kept_and_what_cannot_wait_comes_first() {
        let start = LonLat::new(116.2, 40.05);
        let stops: Vec<Stop> = (0..60)
            .map(|i| Stop {
                key: i.to_string(),
                at: LonLat::new(116.05 + f64::from(i % 10) * 0.03, 39.95 + f64::from(i / 10) * 0.03),
                minutes: 20.0,
                worth: 1.0,
                cannot_wait: i >= 54,
                person: None,
            })
            .collect();
        let options =
            PlanOptions { people: 2, days: 3, start, hours: 7.0, steps: Some(2_000), ..PlanOptions::default() };
        let plan = plan(&stops, &options);
        let mut seen = Vec::new();
        for route in &plan.routes {
            assert!(route.minutes <= 7.0 * 60.0 + 1e-6, "{}", route.minutes);
            assert!(route.person <= 2 && route.day <= 3);
            let before = plan.routes.iter().filter(|r| r.day == route.day - 1).count();
            assert!(route.day == 1 || before == 2, "nobody waits while others have a second day");
            for stop in &route.stops {
                assert!(!stops[stop.stop].cannot_wait || route.day == 1, "{stop:?}");
                seen.push(stop.stop);
            }
            assert!(route.stops.windows(2).all(|w| w[0].arrive_minutes < w[1].arrive_minutes));
        }
        seen.extend(&plan.left);
        seen.sort_unstable();
        assert_eq!(seen, (0..60).collect::<Vec<usize>>());
        assert!((plan.total_m - plan.routes.iter().map(|r| r.length_m).sum::<f64>()).abs() < 1e-6);
    }

    #[test]
    fn a_better_plan_leaves_less_or_goes_less_far_and_a_stop_ends_the_looking() {
        let start = LonLat::new(116.2, 40.05);
        let stop = |i: u32| Stop {
            key: i.to_string(),
            at: LonLat::new(116.0 + f64::from(i * 37 % 41) * 0.01, 39.9 + f64::from(i * 23 % 31) * 0.01),
            minutes: 15.0,
            worth: 1.0 + f64::from(i % 3),
            cannot_wait: false,
            person: None,
        };
        let stops: Vec<Stop> = (0..60).map(stop).collect();
        let options = PlanOptions { people: 2, days: 1, start, hours: 5.0, ..PlanOptions::default() };
        let first = plan(&stops, &PlanOptions { steps: Some(0), ..options });
        let better = plan(&stops, &PlanOptions { steps: Some(4_000), ..options });
        assert!(better.is_better_than(&first, &stops) && !first.is_better_than(&better, &stops));
        assert!(!better.is_better_than(&better.clone(), &stops), "as good is not better");
        // An hour of looking ends when nobody wants it any more.
        let asked = std::cell::Cell::new(0);
        let goes_on = || {
            asked.set(asked.get() + 1);
            asked.get() < 3
        };
        plan_by(&stops, &PlanOptions { seconds: Some(3_600.0), ..options }, None, &goes_on);
        assert_eq!(asked.get(), 3);
    }

    #[test]
    fn a_stop_that_is_given_to_somebody_is_that_persons() {
        let start = LonLat::new(116.2, 40.05);
        let stop = |i: i32| Stop {
            key: i.to_string(),
            at: LonLat::new(116.1 + f64::from(i % 6) * 0.03, 40.0 + f64::from(i / 6) * 0.03),
            minutes: 30.0,
            worth: 1.0,
            cannot_wait: i == 7,
            // The corners lie far from each other, and are all the third person's.
            person: matches!(i, 0 | 5 | 24 | 29).then_some(3),
        };
        let stops: Vec<Stop> = (0..30).map(stop).collect();
        let options =
            PlanOptions { people: 3, days: 2, start, hours: 6.0, steps: Some(1_000), ..PlanOptions::default() };
        let plan = plan(&stops, &options);
        let of = |i: usize| plan.routes.iter().find(|r| r.stops.iter().any(|s| s.stop == i)).map(|r| (r.person, r.day));
        for i in [0, 5, 24, 29] {
            assert_eq!(of(i).map(|o| o.0), Some(3), "{i}");
        }
        assert_eq!(of(7).map(|o| o.1), Some(1));
        assert!(plan.left.is_empty(), "{:?}", plan.left);
        let people: std::collections::BTreeSet<usize> = plan.routes.iter().map(|r| r.person).collect();
        assert_eq!(people.len(), plan.routes.len().min(3), "everybody goes before anybody goes twice: {people:?}");
        let mut days: Vec<(usize, usize)> = plan.routes.iter().map(|r| (r.person, r.day)).collect();
        days.sort_unstable();
        days.dedup();
        assert_eq!(days.len(), plan.routes.len(), "nobody is at two places on one day");
    }
}
