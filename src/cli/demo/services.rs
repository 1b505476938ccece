//! Sewage stations, waste points, parking, pocket parks and fitness sets.

use super::facility::{Detail, Facility, day_of_2023};
use super::ground::{Ground, Wish};
use super::people::People;
use super::planted::{NO_SEWER, NO_WASTE_POINT, RARE_COLLECTION, STRAY_POINT};
use super::rng::Rng;

/// All service points, village by village.
pub fn services(ground: &mut Ground, people: &[People]) -> Vec<Facility> {
    let mut points = Vec::new();
    for (village, people) in people.iter().enumerate() {
        let rng = &mut Rng::keyed("services", &[village as i64]);
        for detail in details(ground.villages[village].name, ground.villages[village].group, people, rng) {
            let is_waste = matches!(detail, Detail::WastePoint { .. });
            let number =
                1 + points.iter().filter(|p: &&Facility| p.village == village && same(&p.detail, &detail)).count();
            let stray = is_waste && number == 1 && ground.villages[village].name == STRAY_POINT;
            let depth_m = if matches!(detail, Detail::SewageStation { .. }) { 120.0 } else { 70.0 };
            let wish = Wish { depth_m, near: None, away_m: 0.0 };
            let at = if stray { ground.place_in_neighbour(village) } else { ground.place(village, &wish, rng) };
            let name = format!("{}{}{number}", ground.villages[village].name, Facility::words(&detail).2);
            points.push(Facility {
                id: String::new(),
                name,
                village,
                at,
                closed: false,
                built_year: rng.whole(2014, 2022),
                checked_on: day_of_2023(rng),
                note: None,
                detail,
            });
        }
    }
    points
}

fn same(a: &Detail, b: &Detail) -> bool {
    Facility::words(a).0 == Facility::words(b).0
}

/// What a village of that size has.
fn details(name: &str, group: &str, people: &People, rng: &mut Rng) -> Vec<Detail> {
    let (households, population) = (people.households, people.population);
    let mut list = Vec::new();
    // Before the hills the sewers lead to the city's plant: no station of their own.
    if group == "山后" && name != NO_SEWER {
        list.push(Detail::SewageStation { capacity_m3_d: (population / 10 + 15) / 10 * 10, households });
    }
    let collections_tenths = collections_tenths(name, population);
    let waste_points = if name == NO_WASTE_POINT { 0 } else { 1 + (population + 500) / 1_100 };
    list.extend((0..waste_points).map(|_| Detail::WastePoint { collections_tenths }));
    let car_parks = 1 + i64::from(households > 900);
    list.extend((0..car_parks).map(|_| Detail::Parking { spaces: households * rng.whole(14, 26) / 100 / car_parks }));
    let parks = (population + rng.whole(0, 2_000)) / 2_300;
    list.extend((0..parks).map(|_| Detail::PocketPark { area_m2: rng.whole(20, 160) * 10 }));
    let places = 1 + i64::from(population > 2_600);
    list.extend((0..places).map(|_| Detail::Fitness { sets: (population / 450 + 2 + rng.whole(0, 2)) / places }));
    list
}

/// Collections of perishable waste per day in 2023, in tenths.
pub fn collections_tenths(name: &str, population: i64) -> i64 {
    match population {
        _ if name == RARE_COLLECTION => 5,
        0..2_800 => 10,
        _ => 20,
    }
}
