//! Sixteen clinics built, one township institution per town, and whom each serves.

use super::facility::{Detail, Facility, day_of_2023};
use super::ground::{Ground, Wish};
use super::layout::Village;
use super::people::People;
use super::plane::Pt;
use super::planted::{FEW_DOCTORS, NO_CLINIC, SMALL_CLINIC};
use super::rng::Rng;

/// The district's total of the reference case.
pub const BUILT: usize = 16;
/// Village of each town's institution.
const TOWNSHIP: [&str; 6] = ["苏一二", "上庄", "西北旺", "温泉", "万泉庄", "清河"];
const YEARS: [i64; BUILT] =
    [2018, 2018, 2019, 2019, 2019, 2020, 2020, 2020, 2020, 2021, 2021, 2021, 2022, 2022, 2023, 2023];
/// Least distance from a clinic to the border of its village.
const DEPTH_M: f64 = 160.0;

/// A village and a place in it.
type Site = (usize, Pt);

/// Township institutions first, then the clinics built.
pub fn clinics(ground: &mut Ground, people: &[People]) -> Vec<Facility> {
    let villages = ground.villages;
    let sites = sites(villages);
    let mut serves: Vec<Vec<usize>> = vec![Vec::new(); sites.len()];
    for (i, village) in villages.iter().enumerate() {
        let served = village.name != NO_CLINIC && !sites.iter().any(|s| s.0 == i);
        // The clinic with one doctor serves its own village only.
        let able = (0..sites.len()).filter(|k| villages[sites[*k].0].name != FEW_DOCTORS);
        let far = |k: &usize| sites[*k].1.distance2(village.centre);
        if let Some(k) = able.min_by(|a, b| far(a).total_cmp(&far(b))).filter(|_| served) {
            serves[k].push(i);
        }
    }
    let mut clinics = Vec::new();
    for (k, (&(village, near), serves)) in sites.iter().zip(serves).enumerate() {
        let rng = &mut Rng::keyed("clinic", &[village as i64]);
        let Village { name, town, .. } = villages[village];
        let township = k < TOWNSHIP.len();
        let served: i64 = serves.iter().chain([&village]).map(|&i| people[i].population).sum();
        let area = if township { rng.whole(90, 180) * 10 } else { rng.whole(80, 260) };
        let wish = Wish { depth_m: DEPTH_M, near: Some(near), away_m: 0.0 };
        clinics.push(Facility {
            id: String::new(),
            name: if township { format!("{town}卫生院") } else { format!("{name}卫生室") },
            village,
            at: ground.place(village, &wish, rng),
            closed: false,
            built_year: if township { rng.whole(1992, 2010) } else { YEARS[k - TOWNSHIP.len()] },
            checked_on: day_of_2023(rng),
            note: None,
            detail: Detail::Clinic {
                township,
                area_m2: if name == SMALL_CLINIC { 48 } else { area },
                doctors: if name == FEW_DOCTORS { 1 } else { served / 1_000 + 1 },
                serves,
            },
        });
    }
    clinics
}

/// Sites that leave few villages more than 2,000 m away: chosen one by one, then each reconsidered. A clinic that
/// several villages share stands between them.
fn sites(villages: &[Village]) -> Vec<Site> {
    let candidates = candidates(villages);
    let fixed = TOWNSHIP.into_iter().chain([SMALL_CLINIC, FEW_DOCTORS]);
    let homes: Vec<Option<usize>> = fixed
        .map(|name| villages.iter().position(|v| v.name == name))
        .chain(std::iter::repeat_n(None, TOWNSHIP.len() + BUILT))
        .take(TOWNSHIP.len() + BUILT)
        .collect();
    let mut sites: Vec<Option<Site>> = vec![None; homes.len()];
    for _round in 0..4 {
        for (k, home) in homes.iter().enumerate() {
            sites[k] = None;
            let free = |c: &&Site| match home {
                Some(village) => c.0 == *village,
                None => !homes.contains(&Some(c.0)) && !sites.iter().flatten().any(|s| s.0 == c.0),
            };
            let weighed = candidates.iter().filter(free).map(|c| (burden(villages, &sites, c.1), *c));
            let best = weighed.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, site)| site);
            sites[k] = best;
        }
    }
    sites.into_iter().flatten().collect()
}

/// Places at which a clinic may stand: some in every village, none near the one planted without.
fn candidates(villages: &[Village]) -> Vec<Site> {
    let without = villages.iter().find(|v| v.name == NO_CLINIC).map(|v| v.centre);
    let mut sites = Vec::new();
    for (i, village) in villages.iter().enumerate().filter(|(_, v)| v.name != NO_CLINIC) {
        let rng = &mut Rng::keyed("clinic sites", &[i as i64]);
        let reach = village.width_m() * 0.6;
        let tried = (0..60).map(|_| village.centre.plus(rng.within(-reach, reach), rng.within(-reach, reach)));
        let fits = |p: &Pt| village.depth_m(*p) > DEPTH_M + 90.0 && without.is_none_or(|w| w.distance(*p) > 2_300.0);
        sites.extend(tried.filter(fits).map(|p| (i, p)));
    }
    sites
}

/// How far villages are from the nearest of the sites and one more place; what lies near, or far beyond, counts little.
fn burden(villages: &[Village], sites: &[Option<Site>], more: Pt) -> f64 {
    let mut sum = 0.0;
    for village in villages.iter().filter(|v| v.name != NO_CLINIC) {
        let distances = sites.iter().flatten().map(|s| s.1.distance(village.centre));
        let nearest = distances.fold(more.distance(village.centre), f64::min);
        sum += (nearest - 1_600.0).clamp(0.0, 700.0) + nearest * 0.1;
    }
    sum
}
