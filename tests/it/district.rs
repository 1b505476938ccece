//! Sums, means, distances and covered shares of the demonstration against pandas, pyproj and shapely: see
//! `tests/oracle/summary.py`.

use qiancun::model::FeatureId;
use std::path::Path;
use std::sync::Arc;

use qiancun::district::{By, District, choropleth, coverage, rollups};
use qiancun::read::{Progress, read_file};
use serde_json::Value;

use crate::window::demo;

pub fn fixture() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/summary.json");
    serde_json::from_slice(&std::fs::read(path).expect("the fixture is there")).expect("the fixture is JSON")
}

pub fn district() -> District {
    let read = |name: &str| Arc::new(read_file(&demo(name), &Progress::new()).expect("read"));
    let layers = [read("facilities.geojson"), read("villages.geojson")];
    District::new(&layers, &[demo("indicators.csv")], &[], &[]).expect("villages")
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs().max(1.0)
}

#[test]
fn roll_ups_and_distances_agree_with_pandas_and_proj() {
    let (district, fixture) = (district(), fixture());
    let mut compared = 0;
    for (year, expected) in fixture["years"].as_object().expect("years") {
        let year = year.parse::<i32>().ok();
        for by in [By::District, By::Town, By::Group] {
            let rows = rollups(&district, by, year);
            let places = expected[by.key()].as_object().expect("places");
            assert_eq!(rows.len(), places.len());
            for row in rows {
                for (id, figure) in places[&row.name]["indicators"].as_object().expect("indicators") {
                    let at = district.indicators.position(id).expect("known");
                    let total = row.totals[&at];
                    match figure["value"].as_f64() {
                        Some(value) => {
                            let found = total.value.unwrap_or_else(|| panic!("{id} {} {year:?}", row.name));
                            assert!(near(found, value, 1e-9), "{id} {} {year:?}: {found} {value}", row.name);
                        }
                        None => assert_eq!(total.value, None, "{id}"),
                    }
                    for (key, found) in [("known", total.known), ("unknown", total.unknown)] {
                        if let Some(n) = figure[key].as_u64() {
                            assert_eq!(found as u64, n, "{id} {key} {} {year:?}", row.name);
                        }
                    }
                    compared += 1;
                }
            }
        }
        let nearest = district.indicators.position("nearest_clinic_m").expect("known");
        let met = district.indicators.position("three_revolutions").expect("known");
        for village in 0..district.villages.len() {
            let expected_m = expected["nearest_m"][village as usize].as_f64().expect("a distance");
            let found = district.value(nearest, year, FeatureId::new(village)).expect("a distance");
            assert!((found - expected_m).abs() < 1e-3, "{village} {year:?}: {found} {expected_m}");
            let revolutions = expected["revolutions"][village as usize].as_f64();
            // The category counts what is not met.
            assert_eq!(
                district.value(met, year, FeatureId::new(village)),
                revolutions.map(|n| 3.0 - n),
                "{village} {year:?}"
            );
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn covered_shares_agree_with_shapely() {
    let (district, fixture) = (district(), fixture());
    for (year, expected) in fixture["years"].as_object().expect("years") {
        let shares = expected["district"]["海淀区"]["covered"].as_object().expect("radii");
        for radius in shares.keys() {
            let radius_m = radius.parse::<f64>().expect("a radius");
            let found = coverage(&district, radius_m, year.parse().ok(), || true).expect("not cancelled");
            for by in [By::District, By::Town, By::Group] {
                for (name, villages) in district.places(by) {
                    let share = expected[by.key()][&name]["covered"][radius].as_f64().expect("a share");
                    let own = found.of(&district, &villages).expect("residents");
                    // Circles of 180 corners of equal area against inscribed ones of 720 corners.
                    assert!((own - share).abs() < 3e-5, "{name} {radius} {year}: {own} {share}");
                }
            }
        }
    }
    assert!(coverage(&district, 2000.0, None, || false).is_none(), "a cancelled one gives nothing");
}

#[test]
fn class_bounds_stay_over_the_years() {
    use qiancun::district::MapSpec;
    let district = district();
    let indicator = district.indicators.position("roads_km").expect("known");
    let bounds = |year| {
        let map = MapSpec { indicator, year: Some(year), since: None, free_classes: false };
        let colouring = choropleth(&district, &map, None, &|_| true).expect("themed");
        let text: Vec<String> = colouring.legend.iter().map(|r| format!("{:?}", r.class)).collect();
        let counted = colouring.legend.iter().map(|r| r.count).sum::<usize>() + colouring.missing;
        (text, counted)
    };
    assert_eq!(bounds(2018), bounds(2023));
    assert_eq!(bounds(2018).1, 71);
}

#[test]
fn every_cell_and_row_that_does_not_fit_is_listed_with_its_place() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let table = dir.path().join("t.csv");
    let text = "海淀区统计表\n\
                村代码,村名,乡镇,年份,污水处理率(%),公厕数（座）,旱厕改造（累计）\n\
                DEMO00000001,,,2022,99%,2,5\n\
                DEMO00000001,,,2023,101,-3,4\n\
                DEMO00000001,,,2023,99,2,4\n\
                DEMO00000002,,,20233,99,2,4\n\
                DEMO00000003,,,2023,well,2,\n\
                ,八家,,2023,99,2,1\n\
                NOBODY,,,2023,99,2,1\n\
                合计,,,2023,99,2,1\n";
    std::fs::write(&table, text).expect("written");
    let villages = Arc::new(read_file(&demo("villages.geojson"), &Progress::new()).expect("read"));
    let district = District::new(&[villages], std::slice::from_ref(&table), &[], &[]).expect("villages");
    let list: Vec<(&str, &str)> = district.report.problems.iter().map(|p| (p.code, p.detail.as_str())).collect();
    let expected = [
        ("cell-out-of-range", "t.csv:4 · 污水处理率(%) · 101"),
        ("cell-out-of-range", "t.csv:4 · 公厕数（座） · -3"),
        ("row-twice", "t.csv:5 · 2023"),
        ("row-bad-year", "t.csv:6 · 20233"),
        ("cell-not-a-number", "t.csv:7 · 污水处理率(%) · well"),
        ("row-several-villages", "t.csv:8 · 八家"),
        ("row-without-village", "t.csv:9 · NOBODY"),
        ("cumulative-falls", "dry_rebuilt · 2023 · 5 → 4"),
    ];
    assert_eq!(list, expected);
    let at = |id: &str| district.indicators.position(id).expect("known");
    assert_eq!(district.value(at("sewage_treatment_pct"), Some(2022), FeatureId::new(0)), Some(99.0), "99% is 99");
    assert_eq!(
        district.value(at("sewage_treatment_pct"), Some(2023), FeatureId::new(0)),
        None,
        "the first row counts, its 101 does not"
    );
    assert_eq!(
        district.value(at("public_toilets"), Some(2023), FeatureId::new(2)),
        Some(2.0),
        "the rest of the row is used"
    );
}
