//! The demonstration district is what it says.

use std::path::Path;

use qiancun::index::SpatialIndex;
use qiancun::model::{FeatureId, Role};
use qiancun::project;
use qiancun::read::{Progress, read_file};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("maps/haidian-demo")
}

#[test]
fn the_generator_writes_the_same_bytes_again() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for path in qiancun::cli::demo::generate(dir.path()).expect("written") {
        let name = path.file_name().expect("a name");
        // How SQLite and PNG lay out the same pictures is theirs: the generator's own test compares the pixels.
        if path.extension().is_some_and(|e| e == "mbtiles") {
            continue;
        }
        assert_eq!(
            std::fs::read(&path).expect("read"),
            std::fs::read(folder().join(name)).expect("committed"),
            "{name:?}"
        );
    }
}

#[test]
fn its_readme_lists_the_problems_that_are_found() {
    let d = read_file(&folder().join("villages.geojson"), &Progress::new()).expect("read");
    assert_eq!(d.len(), 71);
    assert!(d.report.problems.is_empty(), "{:?}", d.report.problems);
    let field = d.table.position("sewage_treatment_pct").expect("the field");
    assert_eq!(d.table.columns[field].missing(), 2);
    assert_eq!((0..71).filter(|f| d.text(FeatureId::new(*f), Role::Name).as_deref() == Some("八家")).count(), 2);
    assert!(Role::ALL.iter().all(|r| d.roles.field(*r).is_some()));
}

#[test]
fn every_facility_but_the_planted_one_lies_in_its_village() {
    let villages = read_file(&folder().join("villages.geojson"), &Progress::new()).expect("read");
    let facilities = read_file(&folder().join("facilities.geojson"), &Progress::new()).expect("read");
    let index = SpatialIndex::new(&villages.geometry);
    let code = facilities.table.position("village_code").expect("the field");
    let mut strays = Vec::new();
    for f in 0..facilities.len() {
        let p = facilities.geometry.positions_of(FeatureId::new(f)).next().expect("a position");
        let hits = index.at_point(&villages.geometry, qiancun::geo::LonLat::new(p[0], p[1]));
        let claimed = facilities.table.value(FeatureId::new(f), code).to_text();
        if !hits.iter().any(|h| villages.text(*h, Role::Code) == claimed) {
            strays.push(facilities.table.value(FeatureId::new(f), 0).to_text().expect("an id").into_owned());
        }
    }
    assert_eq!(strays, ["LJ-157"]);
}

#[test]
fn its_project_opens() {
    let p = project::load(&folder().join("haidian.qiancun")).expect("opens");
    assert_eq!(p.layers.len(), 3);
    assert!(p.layers.iter().all(|l| l.path.is_file()));
    assert!(p.notice.contains("示范数据") && p.notice_en.contains("demonstration data"));
}
