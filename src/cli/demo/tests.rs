use super::*;
use figures::COLUMNS;

fn column(csv: &str, year: &str, name: &str) -> Vec<Option<f64>> {
    let at = 4 + COLUMNS.iter().position(|c| *c == name).unwrap_or(0);
    let rows = csv.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let known = rows.filter(|r| r[3] == year && r[0] != planted::ORPHAN_ROW.0);
    known.map(|r| r[at].parse().ok()).collect()
}

fn sum(csv: &str, year: &str, name: &str) -> f64 {
    column(csv, year, name).into_iter().flatten().sum()
}

#[test]
fn the_committed_files_are_what_the_generator_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo");
    for (name, content) in files() {
        let committed = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(committed == content, "{name} differs: run `qiancun demo maps/haidian-demo`");
    }
}

#[test]
fn district_totals_are_those_of_the_reference_case() {
    let [_, (_, facilities), (_, csv), _] = files();
    assert_eq!(sum(&csv, "2023", "dry_rebuilt"), 137.0);
    assert_eq!(sum(&csv, "2023", "flush_improved"), 181.0);
    assert_eq!(sum(&csv, "2023", "clinics_built"), 16.0);
    assert_eq!(sum(&csv, "2023", "demolished_m2"), 252_640.0);
    assert_eq!(facilities.matches("\"action\":\"rebuilt\"").count(), 137);
    assert_eq!(facilities.matches("\"action\":\"improved\"").count(), 181);
    assert_eq!(facilities.matches("\"level\":\"village\"").count(), 16);
    let households = column(&csv, "2023", "households");
    let treated = column(&csv, "2023", "sewage_treatment_pct");
    let known = households.into_iter().zip(treated).filter_map(|(h, t)| Some((h?, t?)));
    let (weight, points) = known.fold((0.0, 0.0), |(w, p), (h, t)| (w + h, p + h * t));
    assert!((99.0..99.5).contains(&(points / weight)), "{}", points / weight);
}

#[test]
fn what_cumulates_falls_only_where_planted() {
    let [.., (_, csv), _] = files();
    for name in ["dry_rebuilt", "flush_improved", "clinics_built", "demolished_m2"] {
        let mut falls = 0;
        for year in 2018..2023 {
            let (before, after) = (column(&csv, &year.to_string(), name), column(&csv, &(year + 1).to_string(), name));
            falls += before.iter().zip(&after).filter(|(b, a)| a < b).count();
        }
        assert_eq!(falls, usize::from(name == "dry_rebuilt"), "{name}");
    }
}

#[test]
fn geojson_parses_and_headlines_equal_the_table() -> serde_json::Result<()> {
    let [(_, villages), (_, facilities), (_, csv), _] = files();
    let villages: serde_json::Value = serde_json::from_str(&villages)?;
    let facilities: serde_json::Value = serde_json::from_str(&facilities)?;
    let features = villages["features"].as_array().map_or(&[][..], Vec::as_slice);
    assert_eq!(features.len(), 71);
    for name in ["sewage_treatment_pct", "dry_toilets", "household_toilets_pct", "population"] {
        let of_map: Vec<Option<f64>> = features.iter().map(|f| f["properties"][name].as_f64()).collect();
        assert_eq!(of_map, column(&csv, "2023", name), "{name}");
    }
    let unknown = features.iter().filter(|f| f["properties"]["sewage_treatment_pct"].is_null());
    assert_eq!(unknown.count(), 2);
    let named = |name: &str| features.iter().filter(|f| f["properties"]["name"] == name).count();
    assert_eq!(named("八家"), 2);
    for p in PLANTED.iter().filter(|p| !["E1", "join"].contains(&p.rule)) {
        assert!(named(p.place) > 0, "{p:?}");
    }
    assert!(facilities["features"].as_array().is_some_and(|f| f.len() > 700));
    Ok(())
}

#[test]
fn points_lie_in_their_village_but_one() {
    let villages = layout::villages();
    let people: Vec<People> = villages.iter().map(people::people).collect();
    let all = facilities(&villages, &people);
    let outside: Vec<&Facility> = all.iter().filter(|f| villages[f.village].depth_m(f.at.on_plane()) < 30.0).collect();
    assert_eq!(outside.len(), 1);
    assert_eq!(villages[outside[0].village].name, planted::STRAY_POINT);
}
