//! What is done while something else is being written, or comes back wrong.

use std::path::Path;

use qiancun::app::Qiancun;
use qiancun::lang::Lang;
use qiancun::model::LayerKind;
use qiancun::project;
use qiancun::session::{Dialogue, FileCommand, LayerCommand, Status, SurveyCommand, WindowCommand};
use qiancun::survey::{Outcome, SurveyLog};

use super::program::{Folder, collection, square, villages};
use crate::survey::{copied, path};
use crate::window::{open, send, settle};

type Window = egui_kittest::Harness<'static, Qiancun>;

const SIZE: [f32; 2] = [1366.0, 768.0];

/// Has a visit recorded; nothing is waited for.
fn record(h: &mut Window) {
    send(h, SurveyCommand::VisitGap(0));
    let Some(Dialogue::Visit(mut draft)) = h.state().session.moment.dialogue.clone() else { panic!("no form") };
    draft.visit.result = Some(Outcome::Confirmed);
    h.state_mut().send(SurveyCommand::Record(Box::new(draft)));
}

/// Draws frames until the window closes, or for two seconds.
fn closes(h: &mut Window) -> bool {
    for _ in 0..200 {
        h.step();
        if h.state().wants_to_quit() {
            return true;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    false
}

fn standing(project: &str) -> usize {
    SurveyLog::open(Path::new(project)).map_or(0, |o| o.log.survey().standing().count())
}

#[test]
fn a_visit_that_cannot_be_recorded_keeps_the_window_open() {
    let dir = copied();
    let mut h = open(vec![path(&dir, "haidian.qiancun").into()], Lang::En, SIZE);
    // Something stands where the log belongs.
    std::fs::create_dir_all(path(&dir, "haidian.survey.gpkg")).unwrap();
    record(&mut h);
    h.state_mut().send(WindowCommand::Quit);
    assert!(!closes(&mut h), "what was typed would be gone");
    let typed = matches!(&h.state().session.moment.dialogue, Some(Dialogue::Visit(d)) if d.trouble.is_some());
    assert!(typed, "{:?}", h.state().session.moment.dialogue);
    // Seen and given up, it closes; a form that is open does not keep it either.
    h.state_mut().send(WindowCommand::Quit);
    assert!(closes(&mut h));
}

#[test]
fn visits_go_along_before_the_window_closes() {
    let dir = copied();
    let mut h = open(vec![path(&dir, "haidian.qiancun").into()], Lang::En, SIZE);
    record(&mut h);
    let other = path(&dir, "other.qiancun");
    h.state_mut().send(FileCommand::SaveOver(other.clone().into()));
    h.state_mut().send(WindowCommand::Quit);
    assert!(closes(&mut h));
    assert_eq!((standing(&path(&dir, "haidian.qiancun")), standing(&other)), (1, 1));
}

#[test]
fn a_second_place_to_save_to_is_not_forgotten() {
    let dir = copied();
    let mut h = open(vec![path(&dir, "haidian.qiancun").into()], Lang::En, SIZE);
    let (one, two) = (path(&dir, "one.qiancun"), path(&dir, "two.qiancun"));
    h.state_mut().send(FileCommand::SaveOver(one.clone().into()));
    h.state_mut().send(FileCommand::SaveOver(two.clone().into()));
    settle(&mut h);
    assert!(Path::new(&one).exists() && Path::new(&two).exists());
    assert_eq!(h.state().session.file.path.as_deref(), Some(Path::new(&two)));
}

#[test]
fn several_steps_go_back_also_where_they_are_visits() {
    let dir = copied();
    let mut h = open(vec![path(&dir, "haidian.qiancun").into()], Lang::En, SIZE);
    for _ in 0..3 {
        record(&mut h);
        settle(&mut h);
    }
    send(&mut h, WindowCommand::UndoSteps(3));
    settle(&mut h);
    assert_eq!(h.state().session.history.done().count(), 0);
    assert_eq!(h.state().session.survey().expect("a log").standing().count(), 0);
}

#[test]
fn what_is_being_recorded_is_taken_back_before_what_was_done_before_it() {
    let dir = copied();
    let mut h = open(vec![path(&dir, "haidian.qiancun").into()], Lang::En, SIZE);
    let layer = h.state().session.village_layer().expect("villages").key;
    send(&mut h, LayerCommand::ShowLayer(layer, false));
    record(&mut h);
    h.state_mut().send(WindowCommand::Undo);
    settle(&mut h);
    let steps: Vec<&str> = h.state().session.history.done().collect();
    assert!(steps.contains(&"command.show-layer"), "{steps:?}");
    assert_eq!(h.state().session.history.undone().count() + steps.len(), 2, "nothing is lost: {steps:?}");
}

#[test]
fn a_lake_is_not_nailed_down_as_the_villages() {
    let dir = Folder::new();
    dir.write("lakes.geojson", collection(&[square(116.0, 40.0, 0.05, r#"{"name":"湖"}"#)]));
    dir.write("v.geojson", villages(&[r#"{"name":"一村","code":"V1","town":"甲镇"}"#]));
    let project = dir.project("p.qiancun", &["lakes.geojson", "gone.geojson"], &[], "");
    let mut h = open(vec![project.clone().into()], Lang::En, SIZE);
    send(&mut h, FileCommand::SaveOver(project.clone().into()));
    settle(&mut h);
    let saved = project::open(Path::new(&project)).unwrap().project;
    assert!(saved.layers.iter().all(|l| l.kind != Some(LayerKind::Villages)), "{:?}", saved.layers);
    let gone = h.state().session.document.keys[1];
    send(&mut h, LayerCommand::Relink(gone, dir.path("v.geojson")));
    settle(&mut h);
    assert_eq!(h.state().session.village_layer().map(|l| l.key), Some(gone));
}

#[test]
fn a_layer_shows_the_file_that_the_project_names() {
    let dir = Folder::new();
    dir.write("v.geojson", villages(&[r#"{"name":"一村","code":"V1","town":"甲镇"}"#]));
    dir.write("w.geojson", villages(&[r#"{"name":"二村","code":"W1"}"#, r#"{"name":"三村","code":"W2"}"#]));
    dir.write("t.csv", "village_code,year,population\nV1,2022,5\n");
    let project = dir.project("p.qiancun", &["v.geojson"], &[], "");
    let mut h = open(vec![project.into()], Lang::En, SIZE);
    let key = h.state().session.document.keys[0];
    let count = |h: &Window| h.state().session.layers[&key].loaded().map(|l| l.dataset.len());
    send(&mut h, LayerCommand::Relink(key, dir.path("w.geojson")));
    settle(&mut h);
    assert_eq!(count(&h), Some(2));
    send(&mut h, WindowCommand::Undo);
    settle(&mut h);
    assert_eq!(count(&h), Some(1), "the file that the list names again");
    // A table is no layer: that is said, and the layer can be found again.
    send(&mut h, LayerCommand::Relink(key, dir.path("t.csv")));
    settle(&mut h);
    let layer = &h.state().session.layers[&key];
    assert!(matches!(layer.status, Status::Failed(_)) && h.state().session.document.project.tables.is_empty());
    send(&mut h, WindowCommand::Undo);
    settle(&mut h);
    assert_eq!(count(&h), Some(1));
}

#[test]
fn a_merge_taken_back_asks_before_it_is_saved_over() {
    let dir = copied();
    let file = path(&dir, "haidian.qiancun");
    let mut h = open(vec![file.clone().into()], Lang::En, SIZE);
    let theirs = std::fs::read_to_string(&file).unwrap().replacen("title = \"", "title = \"THEIRS ", 1);
    std::fs::write(&file, &theirs).unwrap();
    let layer = h.state().session.village_layer().expect("villages").key;
    send(&mut h, LayerCommand::ShowLayer(layer, false));
    send(&mut h, FileCommand::MergeTheirs);
    settle(&mut h);
    assert!(h.state().session.document.project.title.starts_with("THEIRS"));
    send(&mut h, WindowCommand::Undo);
    send(&mut h, FileCommand::Save);
    settle(&mut h);
    let dialogue = &h.state().session.moment.dialogue;
    assert!(matches!(dialogue, Some(Dialogue::Changed(_))), "{dialogue:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), theirs);
}
