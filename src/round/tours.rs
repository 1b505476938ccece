//! Tours from one place and back to it, each no longer than a working day: which stops in which, and in what order.
//!
//! Slack induction by string removals (J. Christiaens, G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
//! Transportation Science 54(2), 2020, doi:10.1287/trsc.2019.0914): strings of stops that are near each other are taken out of their tours
//! and put back where they cost least; what is worse is taken for a while (simulated annealing). Seeded, and counted in steps rather
//! than in seconds, so that the same stops give the same tours on every machine.

use std::time::Instant;

/// Stops taken out of the tours at once, on average.
const REMOVED: f64 = 10.0;
/// Longest string.
const STRING: f64 = 10.0;
/// How often a place is passed over, so that the same stops do not come back to the same places.
const BLINK: f64 = 0.01;
/// Temperatures of the annealing, as shares of the mean leg at the beginning.
const HOT: f64 = 1.0;
const COLD: f64 = 0.01;
/// Absent stops that are tried again at once.
const RETRIED: usize = 40;
/// Nearest stops looked at for a string.
const NEAR: usize = 64;

/// A stop as the tours see it: metres on a plane, minutes on the spot, what it is worth, which tours may hold it.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Metres east and north.
    pub at: [f64; 2],
    /// Minutes there.
    pub minutes: f64,
    /// How much it matters: what is worth less is left first.
    pub worth: f64,
    /// Only tours with a number below this may hold it.
    pub before: usize,
    /// Only tours of this person may hold it, from 0: every so many tours are the same person's.
    pub owner: Option<usize>,
}

/// What tours have to keep to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many there are at most.
    pub tours: usize,
    /// Among how many people they go round.
    pub people: usize,
    /// Minutes of each.
    pub minutes: f64,
    /// Minutes per metre on the plane.
    pub minutes_per_m: f64,
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }
}

/// A set of tours.
#[derive(Clone)]
struct Tours {
    /// Stops of each, in order.
    list: Vec<Vec<usize>>,
    /// Metres of each, the ways from the start and back to it included.
    length_m: Vec<f64>,
    /// Minutes on the spot of each.
    stay_minutes: Vec<f64>,
    /// The tour of each stop; `usize::MAX`: none.
    of: Vec<usize>,
    /// Stops in none.
    absent: Vec<usize>,
}

impl Tours {
    fn length(&self) -> f64 {
        self.length_m.iter().sum()
    }

    fn missed(&self, spots: &[Spot]) -> f64 {
        self.absent.iter().filter_map(|i| spots.get(*i)).map(|s| s.worth).sum()
    }
}

struct Search<'a, L> {
    spots: &'a [Spot],
    leg: L,
    limits: Limits,
    near: Vec<Vec<usize>>,
    rng: Rng,
}

/// The beginning of every sequence of numbers.
const SEED: u64 = 20_231_126;
/// Steps after which it is asked whether to go on.
const ASKED: u64 = 32;

/// The start of every tour, in the place of a stop's position.
pub const START: usize = usize::MAX;
/// The end of every tour.
pub const END: usize = usize::MAX - 1;

/// Legs as straight lines on the plane between the stops, the start at its origin and the end.
pub fn on_the_plane(spots: &[Spot], end: [f64; 2]) -> impl Fn(usize, usize) -> f64 {
    let at = move |stop: usize| match stop {
        START => [0.0, 0.0],
        END => end,
        stop => spots.get(stop).map_or([0.0, 0.0], |s| s.at),
    };
    move |from, to| {
        let (a, b) = (at(from), at(to));
        ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).sqrt()
    }
}

/// Finds tours. `leg` says how far it is from one stop, or [`START`], to another, or [`END`], in metres. Stops of each tour by position in `spots`, and
/// those in none. Looks `steps` times for better ones, or until `until`, where there is such a time, and no longer than `goes_on` says.
pub fn tours<L: Fn(usize, usize) -> f64>(
    spots: &[Spot],
    leg: L,
    limits: Limits,
    steps: u64,
    until: Option<Instant>,
    goes_on: &dyn Fn() -> bool,
) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut search = Search { spots, leg, limits, near: nearest(spots), rng: Rng(SEED) };
    let mut now = search.empty();
    let all: Vec<usize> = (0..spots.len()).collect();
    search.put_back(&mut now, all, 0.0);
    let mut best = now.clone();
    let legs = (spots.len() + limits.tours).max(1) as f64;
    let (hot, cold) = (HOT * now.length() / legs, COLD * now.length() / legs);
    // How much of the looking is done, 0 to 1: by time where there is an end to it, else by steps.
    let began = Instant::now();
    let done = |step: u64| match until {
        Some(until) => began.elapsed().as_secs_f64() / until.saturating_duration_since(began).as_secs_f64().max(1e-9),
        None => step as f64 / steps.max(1) as f64,
    };
    let mut step = 0_u64;
    while !spots.is_empty() && (until.is_some() || steps > 0) {
        let share = done(step);
        if share >= 1.0 || (step.is_multiple_of(ASKED) && !goes_on()) {
            break;
        }
        let heat = hot * (cold / hot.max(1e-9)).powf(share);
        step += 1;
        let mut next = now.clone();
        let (seed, taken) = search.take_out(&mut next);
        let mut again = search.absent_near(&mut next, seed);
        again.extend(taken);
        search.put_back(&mut next, again, BLINK);
        // What is missed comes first, then length.
        let (missed, was) = (next.missed(spots), now.missed(spots));
        let margin = -heat * search.rng.unit().max(1e-12).ln();
        if missed < was || (missed == was && next.length() < now.length() + margin) {
            let (missed, least) = (next.missed(spots), best.missed(spots));
            if missed < least || (missed == least && next.length() < best.length() - 1e-6) {
                best = next.clone();
            }
            now = next;
        }
    }
    (best.list, best.absent)
}

/// The nearest stops of each, itself first, by a grid of cells of about four stops.
fn nearest(spots: &[Spot]) -> Vec<Vec<usize>> {
    use rayon::prelude::*;
    use rstar::primitives::GeomWithData;
    let points = spots.iter().enumerate().map(|(i, s)| GeomWithData::new(s.at, i)).collect();
    let tree = rstar::RTree::bulk_load(points);
    spots.par_iter().map(|s| tree.nearest_neighbor_iter(&s.at).take(NEAR).map(|p| p.data).collect()).collect()
}

impl<L: Fn(usize, usize) -> f64> Search<'_, L> {
    fn empty(&self) -> Tours {
        let n = self.limits.tours;
        Tours {
            list: vec![Vec::new(); n],
            length_m: vec![0.0; n],
            stay_minutes: vec![0.0; n],
            of: vec![usize::MAX; self.spots.len()],
            absent: Vec::new(),
        }
    }

    fn length_of(&self, tour: &[usize]) -> f64 {
        if tour.is_empty() {
            return 0.0;
        }
        let mut last = START;
        let mut length = 0.0;
        for stop in tour {
            length += (self.leg)(last, *stop);
            last = *stop;
        }
        length + (self.leg)(last, END)
    }

    fn measure(&self, tours: &mut Tours, tour: usize) {
        let Some(list) = tours.list.get(tour) else { return };
        let service = list.iter().filter_map(|i| self.spots.get(*i)).map(|s| s.minutes).sum();
        let length = self.length_of(list);
        if let (Some(l), Some(s)) = (tours.length_m.get_mut(tour), tours.stay_minutes.get_mut(tour)) {
            (*l, *s) = (length, service);
        }
    }

    /// Of the stops that are in no tour those near a stop, and some others: where most are in none, not all of them can be tried every time.
    fn absent_near(&mut self, tours: &mut Tours, seed: usize) -> Vec<usize> {
        if tours.absent.len() <= RETRIED {
            return std::mem::take(&mut tours.absent);
        }
        let near = self.near.get(seed).map_or(&[][..], Vec::as_slice);
        let is_absent = |s: &&usize| tours.of.get(**s) == Some(&usize::MAX);
        let mut chosen: Vec<usize> = near.iter().filter(is_absent).take(RETRIED / 2).copied().collect();
        while chosen.len() < RETRIED {
            let at = self.rng.below(tours.absent.len());
            let Some(stop) = tours.absent.get(at).copied() else { break };
            if !chosen.contains(&stop) {
                chosen.push(stop);
            }
        }
        // What was just taken out is not in the list of the absent yet.
        chosen.retain(|s| tours.absent.contains(s));
        tours.absent.retain(|s| !chosen.contains(s));
        chosen
    }

    /// Takes strings of stops near one of them out of their tours; the stop, and what was taken.
    fn take_out(&mut self, tours: &mut Tours) -> (usize, Vec<usize>) {
        let mean = tours.list.iter().map(Vec::len).sum::<usize>() as f64
            / tours.list.iter().filter(|t| !t.is_empty()).count().max(1) as f64;
        let longest = STRING.min(mean.max(1.0));
        let most = 4.0 * REMOVED / (1.0 + longest) - 1.0;
        let count = (self.rng.unit() * most + 1.0).floor().max(1.0) as usize;
        let seed = self.rng.below(self.spots.len());
        let near = self.near.get(seed).cloned().unwrap_or_default();
        let (mut out, mut ruined) = (Vec::new(), Vec::new());
        for stop in near {
            if ruined.len() >= count {
                break;
            }
            let tour = tours.of.get(stop).copied().unwrap_or(usize::MAX);
            if tour == usize::MAX || ruined.contains(&tour) {
                continue;
            }
            ruined.push(tour);
            let Some(list) = tours.list.get_mut(tour) else { continue };
            let Some(place) = list.iter().position(|s| *s == stop) else { continue };
            let length = (self.rng.unit() * longest.min(list.len() as f64) + 1.0).floor() as usize;
            let length = length.clamp(1, list.len());
            // Half of the strings keep a piece in their middle.
            let keeps =
                if length > 1 && self.rng.unit() < 0.5 { 1 + self.rng.below((list.len() - length).max(1)) } else { 0 };
            let keeps = keeps.min(list.len() - length);
            let span = length + keeps;
            let first = (place + 1).saturating_sub(span);
            let last = place.min(list.len() - span);
            let begin = first + self.rng.below(last.saturating_sub(first) + 1);
            let kept_at = begin + if keeps > 0 { 1 + self.rng.below(length - 1) } else { length };
            let mut i = 0;
            list.retain(|s| {
                let is_out = (begin..begin + span).contains(&i) && !(kept_at..kept_at + keeps).contains(&i);
                i += 1;
                if is_out {
                    out.push(*s);
                }
                !is_out
            });
            self.measure(tours, tour);
        }
        for stop in &out {
            if let Some(of) = tours.of.get_mut(*stop) {
                *of = usize::MAX;
            }
        }
        (seed, out)
    }

    /// Puts stops where they cost least, some order after the other; those that fit nowhere are absent.
    fn put_back(&mut self, tours: &mut Tours, mut stops: Vec<usize>, blink: f64) {
        let order = self.rng.below(11);
        let spots = self.spots;
        let leg = &self.leg;
        let home = |i: &usize| leg(START, *i);
        match order {
            0..4 => {
                for i in (1..stops.len()).rev() {
                    let other = self.rng.below(i + 1);
                    stops.swap(i, other);
                }
            }
            4..8 => stops.sort_by(|a, b| home(b).total_cmp(&home(a))),
            _ => stops.sort_by(|a, b| home(a).total_cmp(&home(b))),
        }
        // What matters more is placed first.
        let worth = |i: &usize| spots.get(*i).map_or(0.0, |s| s.worth);
        stops.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        for stop in stops {
            match self.best_place(tours, stop, blink) {
                Some((tour, place)) => {
                    if let Some(list) = tours.list.get_mut(tour) {
                        list.insert(place, stop);
                    }
                    if let Some(of) = tours.of.get_mut(stop) {
                        *of = tour;
                    }
                    self.measure(tours, tour);
                }
                None => tours.absent.push(stop),
            }
        }
    }

    /// The tour and place where a stop costs least; one empty tour stands for all of them.
    fn best_place(&mut self, tours: &Tours, stop: usize, blink: f64) -> Option<(usize, usize)> {
        let spot = *self.spots.get(stop)?;
        let mut best: Option<(f64, usize, usize)> = None;
        let mut was_empty = false;
        for (tour, list) in tours.list.iter().enumerate().take(spot.before) {
            if spot.owner.is_some_and(|owner| tour % self.limits.people.max(1) != owner) {
                continue;
            }
            let (length, service) = (tours.length_m.get(tour)?, tours.stay_minutes.get(tour)?);
            let room = (self.limits.minutes - service - spot.minutes) / self.limits.minutes_per_m - length;
            if room < 0.0 || (list.is_empty() && std::mem::replace(&mut was_empty, true)) {
                continue;
            }
            let least = best.map_or(f64::INFINITY, |b| b.0);
            let mut before = START;
            let mut from = (self.leg)(before, stop);
            for place in 0..=list.len() {
                let after = list.get(place).map_or(END, |s| *s);
                let to = (self.leg)(stop, after);
                // An empty tour costs nothing; there is no way from its start to its end.
                let cost = if list.is_empty() { from + to } else { from + to - (self.leg)(before, after) };
                if cost < least.min(best.map_or(f64::INFINITY, |b| b.0)) && cost <= room && self.rng.unit() >= blink {
                    best = Some((cost, tour, place));
                }
                (before, from) = (after, to);
            }
        }
        best.map(|(_, tour, place)| (tour, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: [f64; 2] = [0.0, 0.0];

    fn far(a: [f64; 2], b: [f64; 2]) -> f64 {
        (a[0] - b[0]).hypot(a[1] - b[1])
    }

    fn spots(n: usize, seed: u64) -> Vec<Spot> {
        let mut rng = Rng(seed);
        let mut one = || Spot {
            at: [rng.unit() * 20_000.0 - 10_000.0, rng.unit() * 20_000.0 - 10_000.0],
            minutes: 15.0,
            worth: 1.0,
            before: usize::MAX,
            owner: None,
        };
        (0..n).map(|_| one()).collect()
    }

    #[test]
    fn every_stop_is_in_one_tour_and_no_tour_is_too_long() {
        let spots = spots(120, 7);
        let limits = Limits { tours: 12, people: 1, minutes: 480.0, minutes_per_m: 0.002_6 };
        let (list, absent) = tours(&spots, on_the_plane(&spots, HOME), limits, 3_000, None, &|| true);
        assert!(absent.is_empty(), "{absent:?}");
        let mut all: Vec<usize> = list.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..120).collect::<Vec<usize>>());
        for tour in &list {
            let mut at = HOME;
            let mut minutes = 15.0 * tour.len() as f64;
            for stop in tour.iter().map(|i| spots[*i].at).chain([HOME]) {
                minutes += far(at, stop) * limits.minutes_per_m;
                at = stop;
            }
            assert!(minutes <= 480.0 + 1e-6, "{minutes}");
        }
        // The same again, and better than what was found first.
        assert_eq!(tours(&spots, on_the_plane(&spots, HOME), limits, 3_000, None, &|| true).0, list);
        let length = |list: &[Vec<usize>]| -> f64 {
            let one = |t: &Vec<usize>| {
                let places: Vec<[f64; 2]> =
                    [HOME].into_iter().chain(t.iter().map(|i| spots[*i].at)).chain([HOME]).collect();
                places.windows(2).map(|w| far(w[0], w[1])).sum::<f64>()
            };
            list.iter().map(one).sum()
        };
        let first = tours(&spots, on_the_plane(&spots, HOME), limits, 0, None, &|| true).0;
        assert!(length(&list) < length(&first), "{} {}", length(&list), length(&first));
    }

    #[test]
    fn what_does_not_fit_is_left_and_what_matters_least_first() {
        let mut spots = spots(40, 3);
        spots.iter_mut().take(5).for_each(|s| s.worth = 100.0);
        spots.iter_mut().skip(5).take(3).for_each(|s| s.before = 1);
        let limits = Limits { tours: 2, people: 1, minutes: 120.0, minutes_per_m: 0.002 };
        let (list, absent) = tours(&spots, on_the_plane(&spots, HOME), limits, 2_000, None, &|| true);
        assert!(!absent.is_empty() && absent.iter().all(|i| *i >= 5), "{absent:?}");
        assert!(list[1].iter().all(|i| !(5..8).contains(i)), "{list:?}");
        assert!(tours(&[], on_the_plane(&[], HOME), limits, 10, None, &|| true).0.iter().all(Vec::is_empty));
    }
}
