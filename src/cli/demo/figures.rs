//! The wide table: one row per village and year, counted from the facilities where they can be counted.

use super::facility::{Detail, Facility};
use super::layout::Village;
use super::people::People;
use super::planted::{
    FALLING_COUNT, FALLING_RATE, HOUSEHOLD_TOILETS, NO_SEWER, ROADS_UNKNOWN, SEWAGE_BELOW_99, SEWAGE_UNKNOWN,
};
use super::rng::Rng;
use super::services::collections_tenths;

pub const YEARS: std::ops::RangeInclusive<i64> = 2018..=2023;
/// Illegal construction removed in the whole district by 2023: "more than 250,000 m²" of the reference case.
pub const DEMOLISHED_M2: i64 = 252_640;

/// Columns after code, name, town and year, in the order of the indicator table.
pub const COLUMNS: [&str; 24] = [
    "households",
    "population",
    "sewage_treatment_pct",
    "sewage_coverage_pct",
    "waste_collections_per_day",
    "waste_points",
    "demolished_m2",
    "public_toilets",
    "toilets_class3_pct",
    "dry_toilets",
    "dry_rebuilt",
    "flush_improved",
    "household_toilets_pct",
    "clinic",
    "clinics_built",
    "clinic_area_m2",
    "doctors_per_1000",
    "parking_spaces",
    "pocket_parks",
    "fitness_sets",
    "roads_km",
    "property_level",
    "elderly_care",
    "schools",
];

/// One village in one year; `None` is unknown or does not apply.
pub type Row = Vec<Option<String>>;

/// A village with what stands in it.
pub struct Place<'a> {
    pub index: usize,
    pub village: &'a Village,
    pub people: &'a People,
    pub own: Vec<&'a Facility>,
    /// The clinic that looks after it, its own or another's, with all residents it looks after.
    pub clinic: Option<(&'a Facility, i64)>,
    /// Construction removed by 2023.
    pub demolished_m2: i64,
}

/// Six rows, 2018 to 2023.
pub fn rows(place: &Place) -> Vec<Row> {
    let Place { village, people, .. } = place;
    let name = village.name;
    let rng = &mut Rng::keyed("figures", &[place.index as i64]);
    let below = SEWAGE_BELOW_99.iter().find(|(n, _)| *n == name).map(|(_, tenths)| *tenths);
    let treated = below.unwrap_or_else(|| (rng.whole(996, 1_006)).min(1_000));
    let mut treatment = rise(treated, rng.whole(60, if treated < 900 { 190 } else { 380 }), rng);
    if name == FALLING_RATE {
        treatment[3] = treatment[2] - 78;
    }
    let covered = if village.group == "山前" { 1_000 } else { rng.whole(880, 1_020).min(1_000) };
    let coverage = rise(covered, rng.whole(80, 300), rng);
    let household = HOUSEHOLD_TOILETS.iter().find(|(n, _)| *n == name).map_or(1_000, |(_, tenths)| *tenths);
    let household = rise(household, rng.whole(40, 260), rng);
    let demolished = rise(place.demolished_m2, place.demolished_m2 * rng.whole(72, 92) / 100, rng);
    let daily_from = rng.whole(2018, 2021);
    let roads = 12 + people.population / 60 + rng.whole(0, 25);
    let elderly = elderly_care(village, rng);
    let schools = (people.population + rng.whole(0, 1_800)) / 2_700;
    // Three villages of five reach level 2.0, one more each year.
    let level2_from = if place.index * 7 % 20 < 12 { 2020 + place.index as i64 % 4 } else { i64::MAX };
    let mut toilets_before = 0;
    let mut table = Vec::new();
    for (k, year) in YEARS.enumerate() {
        let earlier = |n: i64| Some((n - n * (2023 - year) * 6 / 1_000).to_string());
        let standing = || place.own.iter().filter(|f| f.built_year <= year);
        let sum = |part: fn(&Detail) -> i64| Some(standing().map(|f| part(&f.detail)).sum::<i64>().to_string());
        let toilets = Toilets::count(&place.own, year);
        let fell = name == FALLING_COUNT && year == 2021;
        let rebuilt = if fell { toilets_before - 1 } else { toilets.rebuilt };
        toilets_before = toilets.rebuilt;
        let no_figure = name == SEWAGE_UNKNOWN[0] || (name == SEWAGE_UNKNOWN[1] && year == 2023);
        let no_roads = (name, village.town) == ROADS_UNKNOWN;
        let collected = collections_tenths(name, people.population);
        let collected = if year < daily_from { collected.min(5) } else { collected };
        let (status, area, doctors) = clinic(place, year);
        table.push(vec![
            earlier(people.households),
            earlier(people.population),
            (!no_figure).then(|| tenths(treatment[k])),
            Some(tenths(if name == NO_SEWER { 0 } else { coverage[k] })),
            Some(tenths(collected)),
            sum(|d| i64::from(matches!(d, Detail::WastePoint { .. }))),
            Some(demolished[k].to_string()),
            Some(toilets.all.to_string()),
            (toilets.graded > 0).then(|| tenths((toilets.good * 1_000 + toilets.graded / 2) / toilets.graded)),
            Some(toilets.dry.to_string()),
            Some(rebuilt.to_string()),
            Some(toilets.improved.to_string()),
            Some(tenths(household[k])),
            Some(status.to_owned()),
            sum(|d| i64::from(matches!(d, Detail::Clinic { township: false, .. }))),
            area,
            doctors,
            sum(|d| if let Detail::Parking { spaces } = d { *spaces } else { 0 }),
            sum(|d| i64::from(matches!(d, Detail::PocketPark { .. }))),
            sum(|d| if let Detail::Fitness { sets } = d { *sets } else { 0 }),
            (!no_roads).then(|| tenths(roads - roads * (2023 - year) * 2 / 100)),
            Some(if year >= level2_from { "2.0" } else { "1.0" }.to_owned()),
            Some(if year >= 2020 { elderly } else { 0 }.to_string()),
            Some(schools.to_string()),
        ]);
    }
    table
}

/// Toilets of a village as its table has them at the end of a year: a closed one is still counted.
struct Toilets {
    all: i64,
    graded: i64,
    good: i64,
    dry: i64,
    rebuilt: i64,
    improved: i64,
}

impl Toilets {
    fn count(own: &[&Facility], year: i64) -> Self {
        let mut n = Self { all: 0, graded: 0, good: 0, dry: 0, rebuilt: 0, improved: 0 };
        for facility in own.iter().filter(|f| f.built_year <= year) {
            let Detail::Toilet { class, action, .. } = &facility.detail else { continue };
            let done = action.is_some_and(|(_, from)| from <= year);
            let word = action.map(|(word, _)| word);
            n.all += 1;
            n.graded += i64::from(*class != "ungraded");
            n.good += i64::from(done && matches!(*class, "1" | "2" | "3"));
            n.dry += i64::from(word.is_none() || (word == Some("rebuilt") && !done));
            n.rebuilt += i64::from(word == Some("rebuilt") && done);
            n.improved += i64::from(word == Some("improved") && done);
        }
        n
    }
}

/// Status, area and doctors per 1,000 residents looked after.
fn clinic(place: &Place, year: i64) -> (&'static str, Option<String>, Option<String>) {
    let open = place.clinic.filter(|(clinic, _)| clinic.stands_in(year));
    let Some((clinic, residents)) = open else { return ("none", None, None) };
    let Detail::Clinic { township, area_m2, doctors, .. } = clinic.detail else { return ("none", None, None) };
    let status = match clinic.village == place.index {
        false => "shared",
        true if township => "township",
        true => "own",
    };
    let hundredths = doctors * 100_000 / residents;
    (status, Some(area_m2.to_string()), Some(format!("{}.{:02}", hundredths / 100, hundredths % 100)))
}

/// Old people's care: one in every village before the hills, in one of four behind them (planted: rule E1).
fn elderly_care(village: &Village, rng: &mut Rng) -> i64 {
    if village.group == "山前" { 1 } else { i64::from(rng.chance(25)) }
}

/// Six values that never fall and end at `last`, `gain` above the first.
fn rise(last: i64, gain: i64, rng: &mut Rng) -> [i64; 6] {
    let steps: [i64; 5] = std::array::from_fn(|_| rng.whole(1, 5));
    let all: i64 = steps.iter().sum();
    std::array::from_fn(|k| last - gain * steps[k.min(5)..].iter().sum::<i64>() / all)
}

/// A number of tenths, written with one decimal.
fn tenths(n: i64) -> String {
    format!("{}.{}", n / 10, n % 10)
}
