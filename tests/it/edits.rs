//! Corrections over the files, and figures written in the form they are read from.

use std::sync::Arc;

use egui::Key;
use egui_kittest::kittest::Queryable;
use qiancun::district::District;
use qiancun::lang::Lang;
use qiancun::model::{Edit, FeatureId, ObservationStatus};
use qiancun::read::{Progress, read_file};
use qiancun::session::{Dialogue, FileCommand, LayerCommand, SelectCommand, WindowCommand};

use crate::window::{demo, open, send, settle};

fn copied() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["haidian.qiancun", "villages.geojson", "facilities.geojson", "indicators.csv", "ground.mbtiles"] {
        std::fs::copy(demo(name), dir.path().join(name)).expect("copied");
    }
    dir
}

#[test]
fn a_corrected_figure_is_shown_summed_saved_and_taken_back() {
    let dir = copied();
    let files = ["villages.geojson", "facilities.geojson", "indicators.csv"].map(|n| dir.path().join(n));
    let before = files.each_ref().map(|f| std::fs::read(f).expect("read"));
    let project = dir.path().join("haidian.qiancun");
    let mut h = open(vec![project.clone()], Lang::Zh, [1366.0, 768.0]);
    let district = h.state().session.district().cloned().expect("a district");
    let rebuilt = district.indicators.position("dry_rebuilt").expect("known");
    let village =
        (0..71).find(|v| district.villages.display_name(FeatureId::new(*v)) == "车耳营").expect("the village");
    let layer = h.state().session.village_layer().expect("villages").key;
    send(&mut h, SelectCommand::Select { layer, features: vec![FeatureId::new(village)], add: false });
    send(&mut h, LayerCommand::EditFigure(FeatureId::new(village), rebuilt));
    let Some(Dialogue::Figure(mut draft)) = h.state().session.moment.dialogue.clone() else { panic!("no form") };
    assert_eq!(draft.edit.value, "2");
    draft.edit.value = "lots".into();
    assert!(!h.state().session.is_readable(&draft), "text is no count");
    draft.edit.value = "7".into();
    draft.edit.source = "现场核查".into();
    draft.edit.observed_on = "2023-11-05".into();
    h.state_mut().session.moment.dialogue = None;
    send(&mut h, LayerCommand::Correct(vec![draft.edit.clone()]));
    let total = |h: &egui_kittest::Harness<'static, qiancun::app::Qiancun>| {
        h.state().session.rolled().cloned().expect("sums").all.totals[&rebuilt].value
    };
    assert_eq!(total(&h), Some(142.0));
    let text = h.state().session.card_text().expect("a card");
    assert!(text.contains("旱厕改造（累计）：7 座（已更正）"), "{text}");
    assert!(h.query_by_label_contains("旱厕改造（累计） 7 座").is_some(), "the card shows it");
    send(&mut h, FileCommand::SaveTo(project.clone()));
    let mut again = open(vec![project], Lang::Zh, [1366.0, 768.0]);
    assert_eq!(total(&again), Some(142.0), "it is kept in the project");
    send(&mut again, LayerCommand::Uncorrect(draft.edit.clone()));
    assert_eq!(total(&again), Some(137.0));
    send(&mut h, WindowCommand::Undo);
    assert_eq!(total(&h), Some(137.0));
    let after = files.each_ref().map(|f| std::fs::read(f).expect("read"));
    assert!(before == after, "the files stay as they are");
}

#[test]
fn a_corrected_facility_counts_as_corrected() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    h.key_press(Key::Num3);
    settle(&mut h);
    let district = h.state().session.district().cloned().expect("a district");
    let clinic = district.facilities.iter().find(|f| f.name.contains("卫生室")).expect("a clinic").clone();
    let layer = h.state().session.facility_layers()[0];
    let draft = h.state().session.draft_facility(layer, clinic.row).expect("a form");
    let edit = Edit { value: "closed".into(), ..draft.edits[0].clone() };
    send(&mut h, LayerCommand::Correct(vec![edit]));
    let rolled = h.state().session.rolled().cloned().expect("sums");
    assert_eq!(rolled.all.facilities[&qiancun::district::Kind::Clinic], 21);
    send(&mut h, SelectCommand::Select { layer, features: vec![clinic.row], add: false });
    assert!(h.query_all_by_label_contains("停用").count() > 0, "the card of the clinic says so");
    h.state_mut().session.make_sheet();
    let table = h.state().session.sheet().cloned().expect("a table");
    let status = (0..table.columns.len()).find(|c| table.identifier(*c) == "status").expect("the column");
    assert_eq!(table.shown(&h.state().session, clinic.row, status).map(|s| s.0).as_deref(), Some("停用"));
    assert_eq!(table.marks(clinic.row, status), (true, false), "the table and what is exported show it as edited");
    send(
        &mut h,
        LayerCommand::Correct(vec![Edit {
            village: "no such village".into(),
            what: "dry_rebuilt".into(),
            value: "3".into(),
            ..Edit::default()
        }]),
    );
    let district = h.state().session.district().cloned().expect("a district");
    assert!(district.report.problems.iter().any(|p| p.code == "edit-without-target"));
}

#[test]
fn figures_written_are_read_again_without_loss() {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    let first = h.state().session.district().cloned().expect("a district");
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["f.csv", "f.xlsx"] {
        let path = dir.path().join(name);
        send(&mut h, FileCommand::ExportFiguresTo(path.clone()));
        let read = |name: &str| Arc::new(read_file(&demo(name), &Progress::new()).expect("read"));
        let layers = [read("facilities.geojson"), read("villages.geojson")];
        let second = District::new(&layers, &[path], &[], &[]).expect("villages");
        assert_eq!(first.observations.years(), second.observations.years());
        for (i, indicator) in first.indicators.all().iter().enumerate() {
            for year in first.observations.years() {
                for village in 0..71 {
                    let value = |d: &District| d.value(i, Some(*year), FeatureId::new(village));
                    assert_eq!(value(&first), value(&second), "{name} {} {year} {village}", indicator.id);
                }
            }
        }
    }
}

#[test]
fn origins_fractions_and_what_does_not_apply() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let table = dir.path().join("t.csv");
    let text = "code,year,sewage_treatment_pct,sewage_treatment_pct分子,sewage_treatment_pct分母,dry_toilets,来源,调查日期,数据状态\n\
                DEMO00000001,2023,,99,200,不适用,水务站,2023-10-01,实测\n\
                DEMO00000002,2023,90,90,100,0,,,\n";
    std::fs::write(&table, text).expect("written");
    let villages = Arc::new(read_file(&demo("villages.geojson"), &Progress::new()).expect("read"));
    let district = District::new(&[villages], std::slice::from_ref(&table), &[], &[]).expect("villages");
    let at = |id: &str| district.indicators.position(id).expect("known");
    let (sewage, dry) = (at("sewage_treatment_pct"), at("dry_toilets"));
    assert_eq!(
        district.value(sewage, Some(2023), FeatureId::new(0)),
        Some(49.5),
        "a rate is the quotient of its parts"
    );
    let origin = district.observations.origin(sewage, Some(2023), FeatureId::new(0)).expect("an origin");
    assert_eq!((origin.source.as_str(), origin.observed_on.as_str()), ("水务站", "2023-10-01"));
    assert_eq!(origin.status, Some(ObservationStatus::Measured));
    assert_eq!((origin.numerator, origin.denominator), (Some(99.0), Some(200.0)));
    assert_eq!(district.value(dry, Some(2023), FeatureId::new(0)), None);
    assert!(
        district.observations.is_not_applicable(dry, Some(2023), FeatureId::new(0)),
        "not applicable is neither unknown nor 0"
    );
    assert_eq!(district.value(dry, Some(2023), FeatureId::new(1)), Some(0.0));
    assert!(!district.observations.is_not_applicable(dry, Some(2023), FeatureId::new(1)));
    let total = district.total(sewage, Some(2023), &[FeatureId::new(0), FeatureId::new(1)]);
    assert_eq!(total.value, Some(63.0), "189 of 300: weighted by the denominators");
}

#[test]
fn an_added_facility_counts_is_drawn_saved_and_taken_away() {
    let dir = copied();
    let project = dir.path().join("haidian.qiancun");
    let mut h = open(vec![project.clone()], Lang::Zh, [1366.0, 768.0]);
    h.key_press(Key::Num3);
    settle(&mut h);
    let district = h.state().session.district().cloned().expect("a district");
    let village =
        (0..71).find(|v| district.villages.display_name(FeatureId::new(*v)) == "车耳营").expect("the village");
    let layer = h.state().session.village_layer().expect("villages").key;
    send(&mut h, SelectCommand::Select { layer, features: vec![FeatureId::new(village)], add: false });
    let share = |h: &egui_kittest::Harness<'static, qiancun::app::Qiancun>| {
        let session = &h.state().session;
        let rolled = session.rolled().cloned().expect("sums");
        let clinics = rolled.all.facilities[&qiancun::district::Kind::Clinic];
        (clinics, session.shares().cloned().expect("shares").all.expect("a share"))
    };
    let before = share(&h);
    send(&mut h, LayerCommand::AddFacility { village: Some(FeatureId::new(village)), at: None });
    let Some(Dialogue::Add(mut draft)) = h.state().session.moment.dialogue.clone() else { panic!("no form") };
    (draft.name, draft.kind) = ("车耳营新卫生室".into(), "clinic".into());
    h.state_mut().session.moment.dialogue = None;
    send(&mut h, LayerCommand::PutFacility(draft.clone()));
    let after = share(&h);
    assert_eq!(after.0, before.0 + 1);
    assert!(after.1 > before.1, "the new clinic reaches somebody");
    assert!(h.query_all_by_label_contains("车耳营新卫生室").count() > 0, "the card of the village lists it");
    let symbols = h.state().session.symbols().cloned().expect("symbols");
    let drawn: usize = symbols.singles.values().map(|s| s.len()).sum();
    let taken: usize = symbols.clusters.iter().map(|c| c.members.len()).sum();
    assert_eq!(drawn + taken, 23);
    send(&mut h, FileCommand::SaveTo(project.clone()));
    let mut again = open(vec![project], Lang::Zh, [1366.0, 768.0]);
    assert_eq!(share(&again).0, before.0 + 1, "it is kept in the project");
    send(&mut again, LayerCommand::DropFacility(draft.id));
    assert_eq!(share(&again), before);
    send(&mut h, WindowCommand::Undo);
    assert_eq!(share(&h), before);
}
