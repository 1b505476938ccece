//! Whatever is done in whatever order, with results of jobs coming in whenever they do: nothing panics, undo leads back and redo
//! forward, and what is shown is what would be computed afresh.

use std::path::PathBuf;

use proptest::prelude::*;
use qiancun::app::{Headless, Options};
use qiancun::district::{AddedFacility, By};
use qiancun::lang::Lang;
use qiancun::model::{Edit, FeatureId, LayerKind, Theme};
use qiancun::project::Focus;
use qiancun::render::LayerKey;
use qiancun::session::{
    CameraCommand, Command, FileCommand, LayerCommand, Left, LookCommand, Made, MeetingCommand, PageCommand,
    SelectCommand, Session, Since, SurveyCommand, Tab, VisitDraft, WindowCommand,
};
use qiancun::survey::{NewVisit, Outcome};

use super::program::{Folder, collection, point, villages};

/// A district of twelve villages in three towns, two years of figures, toilets and a clinic; saved, so that visits can be recorded.
fn district(dir: &Folder) -> PathBuf {
    let town = |i: usize| ["甲镇", "乙镇", "丙镇"][i % 3];
    let properties: Vec<String> =
        (0..12).map(|i| format!(r#"{{"name":"{i}村","code":"V{i:02}","town":"{}"}}"#, town(i))).collect();
    let properties: Vec<&str> = properties.iter().map(String::as_str).collect();
    dir.write("v.geojson", villages(&properties));
    let rows = |year: i32| {
        let row = move |i: usize| format!("V{i:02},{year},{},{}\n", 100 + i * 7, 80 + (i * 5 + year as usize) % 20);
        (0..12).map(row).collect::<String>()
    };
    dir.write("t.csv", format!("village_code,year,population,sewage_treatment_pct\n{}{}", rows(2021), rows(2022)));
    let facility = |i: usize| {
        let kind = if i == 0 { "clinic" } else { "public_toilet" };
        let p = format!(r#"{{"id":"F{i}","name":"f{i}","kind":"{kind}","status":"in_use","class":"{}"}}"#, i % 5);
        point(116.005 + 0.02 * i as f64, 40.005, &p)
    };
    dir.write("f.geojson", collection(&(0..9).map(facility).collect::<Vec<_>>()));
    dir.project("p.qiancun", &["f.geojson", "v.geojson"], &["t.csv"], "title = \"试\"").into()
}

fn key(session: &Session, n: u8) -> Option<LayerKey> {
    let keys = &session.document.keys;
    keys.get(usize::from(n) % keys.len().max(1)).copied()
}

/// The command of two numbers, as the session stands.
fn command(session: &Session, what: u8, n: u8) -> Option<Command> {
    let (village, is_even) = (u32::from(n) % 12, n.is_multiple_of(2));
    let edit = Edit {
        village: format!("V{village:02}"),
        what: "population".into(),
        year: Some(2022),
        value: n.to_string(),
        ..Edit::default()
    };
    let added = AddedFacility {
        id: format!("ADD-{:03}", n % 4),
        kind: "public_toilet".into(),
        lon: 116.0 + f64::from(n % 20) * 0.01,
        lat: 40.004,
        status: "in_use".into(),
        ..AddedFacility::default()
    };
    let villages = session.village_layer().map(|l| l.key);
    let themes = [None, Some(Theme::Sanitation), Some(Theme::Toilets), Some(Theme::Clinics), Some(Theme::Services)];
    Some(match what {
        0 => LookCommand::SetTheme(themes[usize::from(n) % 5]).into(),
        1 => LookCommand::SetYear(2021 + i32::from(n % 2)).into(),
        2 => LayerCommand::SetOpacity(key(session, n)?, f32::from(n) / 255.0).into(),
        3 => LayerCommand::ShowLayer(key(session, n)?, is_even).into(),
        4 => LayerCommand::MoveLayer(key(session, n)?, is_even).into(),
        5 => SelectCommand::Select { layer: villages?, features: vec![FeatureId::new(village)], add: is_even }.into(),
        6 => LayerCommand::Correct(vec![edit]).into(),
        7 => LayerCommand::Uncorrect(edit).into(),
        8 if !session.document.project.facilities.iter().any(|f| f.id == added.id) => {
            LayerCommand::PutFacility(added).into()
        }
        8 | 9 => LayerCommand::DropFacility(added.id).into(),
        10 => LookCommand::SetFocus((!n.is_multiple_of(3)).then(|| Focus { by: By::Town, name: "甲镇".into() })).into(),
        11..=13 => WindowCommand::Undo.into(),
        14 => WindowCommand::Redo.into(),
        15 => MeetingCommand::CaptureScene.into(),
        16 => MeetingCommand::RemoveScene(usize::from(n % 3)).into(),
        17 => MeetingCommand::StartMeeting(is_even).into(),
        18 => MeetingCommand::LeaveMeeting.into(),
        19 => MeetingCommand::StepScene(if is_even { 1 } else { -1 }).into(),
        20 => LayerCommand::SetKind(key(session, n)?, LayerKind::SHOWN[usize::from(n % 3)].clone()).into(),
        21 => CameraCommand::Zoom(f64::from(n) / 60.0 - 2.0, [3.0, 4.0]).into(),
        22 => {
            WindowCommand::ToggleDrawer([Tab::Table, Tab::Gaps, Tab::Summary, Tab::Scenes][usize::from(n % 4)]).into()
        }
        23 => LookCommand::SetRadius(f64::from(n) * 40.0).into(),
        24 => WindowCommand::Escape.into(),
        25 => SurveyCommand::CompareGaps((is_even).then_some(Since::Year(2021))).into(),
        26 if session.document.keys.len() > 1 => LayerCommand::RemoveLayer(key(session, n)?).into(),
        26 | 27 => LookCommand::SetNameLanguage((is_even).then_some(Lang::En)).into(),
        28 => LookCommand::Divide(Left { year: (is_even).then_some(2021), ..Left::default() }).into(),
        29 => WindowCommand::UndoSteps(usize::from(n % 4)).into(),
        30 => PageCommand::PageDialogue.into(),
        31 => FileCommand::Save.into(),
        _ => {
            let (found, district) = (session.present_gaps()?, session.district()?);
            let gap = found.list.gaps.get(usize::from(n) % found.list.gaps.len().max(1))?;
            let visit = NewVisit { result: Some(Outcome::ALL[usize::from(n % 3)]), ..NewVisit::of_gap(gap, district) };
            SurveyCommand::Record(Box::new(VisitDraft { visit, ..VisitDraft::default() })).into()
        }
    })
}

/// Figures, facilities, sums and gaps of a session, as text.
fn told(session: &Session) -> String {
    let Some(district) = session.district() else { return "nothing".into() };
    let mut text = format!("{:?}\n", district.facilities);
    for (i, _) in district.indicators.all().iter().enumerate() {
        for year in district.observations.years().iter().map(|y| Some(*y)).chain([None]) {
            let values: Vec<_> = district.village_list().map(|v| district.value(i, year, v)).collect();
            if values.iter().any(Option::is_some) {
                text += &format!("{i} {year:?} {values:?}\n");
            }
        }
    }
    text += &format!("{:?}\n{:?}\n", session.focused().map(|f| &f.members), session.rolled());
    text + &format!("{:?}\n", session.present_gaps().map(|g| &g.list))
}

/// The same computed from nothing but layers, tables and the project.
fn afresh(session: &Session) -> String {
    let mut fresh = session.still();
    fresh.made = Made::default();
    fresh.join();
    fresh.find_focus();
    fresh.roll();
    fresh.find_gaps();
    told(&fresh)
}

fn do_all(h: &mut Headless, direction: WindowCommand) {
    let is_left = |s: &Session| match direction {
        WindowCommand::Undo => s.history.can().0,
        _ => s.history.can().1,
    };
    for _ in 0..300 {
        if !is_left(&h.app.session) {
            return;
        }
        h.app.send(direction.clone());
        h.frame(Vec::new());
        assert!(h.settle(60.0), "visits are brought back");
    }
    panic!("there is no end to it");
}

fn has_district(session: &Session) -> bool {
    session.needs_district() && session.village_layer().is_some()
}

/// How many sequences are tried: few in every run, more where the environment says so.
fn cases() -> u32 {
    std::env::var("QIANCUN_SEQUENCES").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done(steps in proptest::collection::vec((0..34_u8, any::<u8>(), 0..3_u8), 4..40)) {
        let dir = Folder::new();
        let project = district(&dir);
        let options = Options { files: vec![project], lang: Some(Lang::Zh), ..Options::default() };
        let mut h = Headless::new(options, [900, 600], 1.0, true).expect("a device");
        prop_assert!(h.settle(60.0));
        let opened = h.app.session.document.clone();
        for (what, n, frames) in steps {
            if let Some(command) = command(&h.app.session, what, n) {
                h.app.send(command);
            }
            (0..frames).for_each(|_| h.frame(Vec::new()));
        }
        h.app.send(MeetingCommand::LeaveMeeting);
        h.frame(Vec::new());
        h.app.session.moment.dialogue = None;
        h.app.session.moment.page = None;
        prop_assert!(h.settle(60.0));
        if has_district(&h.app.session) {
            prop_assert_eq!(told(&h.app.session), afresh(&h.app.session));
        }
        // Saving notes camera and view, which are no step: compared is what can be taken back.
        let plain = |s: &Session| {
            let mut project = s.document.project.clone();
            (project.camera, project.selected) = (None, None);
            project.view = Default::default();
            project.layers.iter_mut().for_each(|l| l.kind = None);
            (project, s.document.keys.clone())
        };
        // What was taken back on the way is done once more first: then undoing all and redoing all ends where it began.
        do_all(&mut h, WindowCommand::Redo);
        let (end, steps) = (plain(&h.app.session), h.app.session.history.done().count());
        do_all(&mut h, WindowCommand::Undo);
        if steps < 200 {
            let was = opened.project.layers.iter().map(|l| l.id.clone()).collect::<Vec<_>>();
            let now = h.app.session.document.project.layers.iter().map(|l| l.id.clone()).collect::<Vec<_>>();
            prop_assert_eq!(was, now);
            prop_assert_eq!(h.app.session.document.project.edits.len(), 0);
        }
        do_all(&mut h, WindowCommand::Redo);
        prop_assert_eq!(plain(&h.app.session), end);
        if has_district(&h.app.session) {
            prop_assert_eq!(told(&h.app.session), afresh(&h.app.session));
        }
    }
}
