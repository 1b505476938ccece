//! Public toilets: 137 dry ones rebuilt, 181 flush ones improved, some new, three still dry.

use super::facility::{Detail, Facility, day_of_2023};
use super::ground::{Ground, Wish};
use super::people::People;
use super::planted::{
    BELOW_CLASS, CLOSED_TOILET, CROWDED, FALLING_COUNT, FAR_TOILETS, NO_TOILET, OLD_CHECK, STILL_DRY, TWIN_TOILETS,
    UNGRADED,
};
use super::rng::Rng;

/// The district's totals of the reference case.
pub const REBUILT: usize = 137;
pub const IMPROVED: usize = 181;
/// New toilets: no figure of the reference case.
const NEW: usize = 38;
/// Toilets of the crowded village.
const CROWDED_HAS: usize = 5;

/// All toilets, village by village.
pub fn toilets(ground: &mut Ground, people: &[People]) -> Vec<Facility> {
    let actions = actions_of_villages(ground, people);
    let mut toilets = Vec::new();
    for (village, actions) in actions.into_iter().enumerate() {
        let name = ground.villages[village].name;
        let rng = &mut Rng::keyed("toilets", &[village as i64]);
        for (k, action) in actions.into_iter().enumerate() {
            let first_rebuilt = k == 0 && name == FALLING_COUNT;
            let year = if first_rebuilt { 2018 } else { year_of_action(rng) };
            let far = name == FAR_TOILETS;
            let middle = Some(ground.villages[village].centre).filter(|_| k == 0 && !far);
            let wish = Wish { depth_m: 160.0, near: middle, away_m: if far { 730.0 } else { 0.0 } };
            let twin = toilets.last().filter(|_| k == 1 && name == TWIN_TOILETS).map(|t: &Facility| t.at);
            let at = twin.map(|t| ground.place_beside(t)).unwrap_or_else(|| ground.place(village, &wish, rng));
            let class = match rng.whole(0, 99) {
                _ if action == "dry" || (k == 1 && name == BELOW_CLASS) => "below",
                _ if k == 1 && name == UNGRADED => "ungraded",
                0..12 => "1",
                12..48 => "2",
                _ => "3",
            };
            let flush = match action {
                "dry" => "dry",
                "rebuilt" if rng.chance(15) => "waterless",
                _ => "flush",
            };
            let closed = name == CLOSED_TOILET && action == "improved" && !toilets.iter().any(|t| t.closed);
            let stalls_m = rng.whole(2, 5);
            toilets.push(Facility {
                id: String::new(),
                name: format!("{name}公厕{}号", k + 1),
                village,
                at,
                closed,
                built_year: if action == "new" { year } else { rng.whole(1986, 2009) },
                checked_on: if k == 0 && name == OLD_CHECK { "2022-03-14".into() } else { day_of_2023(rng) },
                note: (action == "dry").then_some("尚未改造 not yet rebuilt").or(closed.then_some("已停用 closed")),
                detail: Detail::Toilet {
                    class,
                    flush,
                    action: (action != "dry").then_some((action, year)),
                    stalls: (stalls_m, stalls_m + rng.whole(0, 3)),
                },
            });
        }
    }
    toilets
}

fn year_of_action(rng: &mut Rng) -> i64 {
    match rng.whole(0, 99) {
        0..12 => 2018,
        12..32 => 2019,
        32..56 => 2020,
        56..77 => 2021,
        77..91 => 2022,
        _ => 2023,
    }
}

/// For every village one word per toilet: rebuilt, improved, new or dry.
fn actions_of_villages(ground: &Ground, people: &[People]) -> Vec<Vec<&'static str>> {
    let names: Vec<&str> = ground.villages.iter().map(|v| v.name).collect();
    let fixed = |i: usize| names[i] == NO_TOILET || names[i] == CROWDED;
    let mut counts: Vec<usize> = names
        .iter()
        .map(|n| match *n {
            NO_TOILET => 0,
            CROWDED => CROWDED_HAS,
            _ => 2,
        })
        .collect();
    // Sainte-Laguë's rule: the next toilet goes where most residents share one.
    let mut add = |until: usize| {
        let mut order = Vec::new();
        while counts.iter().sum::<usize>() < until {
            let share = |i: &usize| people[*i].population as f64 / (counts[*i] as f64 + 0.5);
            let open = (0..names.len()).filter(|i| !fixed(*i));
            let Some(next) = open.max_by(|a, b| share(a).total_cmp(&share(b))) else { break };
            counts[next] += 1;
            order.push(next);
        }
        (counts.clone(), order)
    };
    let (old, _) = add(REBUILT + IMPROVED);
    let (_, new) = add(REBUILT + IMPROVED + NEW);
    let mut words: Vec<&'static str> =
        std::iter::repeat_n("rebuilt", REBUILT).chain(std::iter::repeat_n("improved", IMPROVED)).collect();
    Rng::keyed("actions", &[1]).shuffle(&mut words);
    let mut words = words.into_iter();
    let mut actions: Vec<Vec<&'static str>> = old.iter().map(|&n| words.by_ref().take(n).collect()).collect();
    for village in new {
        actions[village].push("new");
    }
    for (village, name) in names.iter().enumerate() {
        if STILL_DRY.contains(name) {
            actions[village].push("dry");
        }
        if *name == FALLING_COUNT {
            // Rebuilt ones first: the one of 2018 is what the planted fall takes away.
            actions[village].sort_by_key(|a| *a != "rebuilt");
        }
    }
    actions
}
