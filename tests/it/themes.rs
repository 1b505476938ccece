//! Themes, years, summary, card, table and filter through AccessKit.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use qiancun::app::Qiancun;
use qiancun::cli::demo::PLANTED;
use qiancun::colouring::LegendClass;
use qiancun::district::By;
use qiancun::lang::Lang;
use qiancun::model::{FeatureId, Theme};
use qiancun::project::Focus;
use qiancun::session::{FileCommand, LookCommand, SelectCommand, SurveyCommand, SymbolKind, Tab, WindowCommand};

use crate::district::fixture;
use crate::window::{demo, open, selected, send, settle};

type Window = Harness<'static, Qiancun>;

fn demonstration(lang: Lang) -> Window {
    open(vec![demo("haidian.qiancun")], lang, [1366.0, 768.0])
}

fn press(h: &mut Window, key: Key) {
    h.key_press(key);
    settle(h);
}

/// Counts of the map's legend, from its first class, then how many are missing.
fn legend(h: &Window) -> (Vec<usize>, usize) {
    let colouring = h.state().session.village_layer().expect("villages").colouring.clone().expect("a theme");
    (colouring.legend.iter().map(|r| r.count).collect(), colouring.missing)
}

#[test]
fn keys_choose_themes_and_years_keep_their_classes() {
    let mut h = demonstration(Lang::Zh);
    assert_eq!(h.state().session.view.theme, Some(Theme::Sanitation));
    assert_eq!(legend(&h), (vec![3, 3, 6, 14, 43], 2));
    press(&mut h, Key::Num2);
    assert_eq!(legend(&h).0.iter().sum::<usize>() + legend(&h).1, 71);
    let count = |h: &Window, kind| {
        h.state().session.symbol_counts().into_iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| n)
    };
    assert_eq!(count(&h, SymbolKind::ToiletRebuilt), 137);
    assert_eq!(count(&h, SymbolKind::ToiletImproved), 181);
    let symbols = h.state().session.symbols().cloned().expect("symbols");
    let drawn = symbols.singles.values().map(|s| s.len()).sum::<usize>();
    let taken: usize = symbols.clusters.iter().map(|c| c.members.len()).sum();
    assert_eq!(drawn + taken, 359, "every toilet stands by itself or in one cluster");
    press(&mut h, Key::Num3);
    let colouring = h.state().session.village_layer().expect("villages").colouring.clone().expect("a theme");
    let own = colouring.legend.iter().find(|r| matches!(&r.class, LegendClass::Named { id, .. } if id == "own"));
    assert_eq!(own.map(|r| r.count), Some(16));
    press(&mut h, Key::Num1);
    let words = |h: &Window| {
        let session = &h.state().session;
        let colouring = session.village_layer().expect("villages").colouring.clone().expect("a theme");
        colouring.legend.iter().map(|r| session.legend_text(&r.class, false, false)).collect::<Vec<_>>()
    };
    let classes = words(&h);
    let slider = h.get_by_role_and_label(Role::Slider, "年份");
    slider.focus();
    // egui gives a widget the arrows once it has had the keyboard for a frame.
    h.step();
    h.step();
    for _ in 0..5 {
        h.key_press(Key::ArrowLeft);
        h.step();
    }
    settle(&mut h);
    assert_eq!(h.state().session.year(), Some(2018));
    assert_eq!(words(&h), classes, "classes stay over the years");
    assert_ne!(legend(&h), (vec![3, 3, 6, 14, 43], 2));
}

#[test]
fn a_bar_selects_its_villages_and_focus_narrows_everything() {
    let mut h = demonstration(Lang::Zh);
    press(&mut h, Key::S);
    h.get_by_role_and_label(Role::Button, "温泉镇 99.3 %").click();
    settle(&mut h);
    let district = h.state().session.district().cloned().expect("a district");
    let (_, villages) = district.places(By::Town).into_iter().find(|(n, _)| n == "温泉镇").expect("the town");
    let names: Vec<String> = villages.iter().map(|v| district.villages.display_name(*v)).collect();
    assert_eq!(selected(&h), names);
    let camera = h.state().session.camera;
    send(&mut h, LookCommand::SetFocus(Some(Focus { by: By::Town, name: "温泉镇".into() })));
    assert_ne!(h.state().session.camera, camera, "the map goes there");
    let (counts, missing) = legend(&h);
    assert_eq!(counts.iter().sum::<usize>() + missing, villages.len());
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Table));
    let rows = h.state().session.sheet().cloned().expect("a table");
    assert_eq!(rows.rows, villages);
    let rolled = h.state().session.rolled().cloned().expect("sums");
    assert_eq!((rolled.towns.len(), rolled.all.villages.len()), (1, villages.len()));
    send(&mut h, WindowCommand::Escape);
    assert_eq!(h.state().session.view.focus, None);
    assert_eq!(legend(&h).0.iter().sum::<usize>() + legend(&h).1, 71);
}

#[test]
fn the_card_says_unknown_and_copies_as_text() {
    let mut h = demonstration(Lang::Zh);
    h.state_mut().session.moment.search.text = String::new();
    let district = h.state().session.district().cloned().expect("a district");
    let village =
        (0..71).find(|v| district.villages.display_name(FeatureId::new(*v)) == "东埠头").expect("the village");
    let key = h.state().session.village_layer().expect("villages").key;
    send(&mut h, SelectCommand::Select { layer: key, features: vec![FeatureId::new(village)], add: false });
    assert!(h.query_by_label_contains("污水处理率 未知").is_some(), "the card says unknown");
    let text = h.state().session.card_text().expect("a card");
    assert!(text.contains("污水处理率：未知"), "{text}");
    assert!(!text.contains("污水处理率：0"), "{text}");
    assert!(text.contains("直线"), "{text}");
    send(&mut h, LookCommand::SetYear(2022));
    let text = h.state().session.card_text().expect("a card");
    assert!(text.contains("2022") && !text.contains("污水处理率：未知"), "{text}");
}

#[test]
fn filters_keep_the_villages_that_pandas_keeps() {
    let mut h = demonstration(Lang::Zh);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Table));
    for (year, filters) in fixture()["filters"].as_object().expect("years") {
        send(&mut h, LookCommand::SetYear(year.parse().expect("a year")));
        for (text, names) in filters.as_object().expect("filters") {
            h.state_mut().session.moment.filter.clear();
            settle(&mut h);
            h.get_by_role_and_label(Role::TextInput, "筛选").focus();
            h.step();
            h.get_by_role_and_label(Role::TextInput, "筛选").type_text(text);
            settle(&mut h);
            let sheet = h.state().session.sheet().cloned().expect("a table");
            assert_eq!(sheet.error, None, "{text}");
            let mut kept: Vec<String> = sheet.rows.iter().map(|f| sheet.dataset.display_name(*f)).collect();
            let mut wanted: Vec<String> =
                names.as_array().expect("names").iter().filter_map(|n| Some(n.as_str()?.to_owned())).collect();
            kept.sort();
            wanted.sort();
            assert_eq!(kept, wanted, "{year} {text}");
        }
    }
    h.state_mut().session.moment.filter = "sewage_treatment_pct < 99 and klinik = none".into();
    settle(&mut h);
    assert!(h.query_by_label_contains("klinik").is_some(), "the error names the word");
    let sheet = h.state().session.sheet().cloned().expect("a table");
    assert_eq!(sheet.error.as_ref().map(|e| e.at), Some((30, 36)));
    assert_eq!(sheet.rows.len(), 71, "a filter that cannot be read hides nothing");
}

#[test]
fn the_table_leaves_as_csv_and_xlsx_and_is_read_back() {
    use qiancun::model::Indicators;
    use qiancun::read::read_wide;
    let mut h = demonstration(Lang::Zh);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Table));
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["t.csv", "t.xlsx"] {
        let path = dir.path().join(name);
        send(&mut h, FileCommand::ExportTableTo(path.clone()));
        let table = read_wide(&path, &Indicators::with(&[]), &Default::default()).expect("a table");
        assert_eq!(table.rows.len(), 71, "{name}");
        let at = table.layout.columns.iter().position(|c| c.head.starts_with("污水处理率")).expect("the column");
        let known = table.rows.iter().filter(|r| !r.cells[at].text().is_empty()).count();
        assert_eq!(known, 69, "{name}: unknown is an empty cell");
    }
    send(&mut h, FileCommand::ExportTableTo(dir.path().join("none").join("t.csv")));
    assert!(h.state().session.moment.dialogue.is_some(), "a folder that is not there is told");
}

#[test]
fn a_figure_changed_one_blanked_and_a_clinic_closed_change_map_card_and_summary() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for name in ["haidian.qiancun", "villages.geojson", "facilities.geojson", "indicators.csv"] {
        std::fs::copy(demo(name), dir.path().join(name)).expect("copied");
    }
    let path = dir.path().join("facilities.geojson");
    let text = std::fs::read_to_string(&path).expect("read");
    let mut name = String::new();
    let mut closed = 0;
    let changed: Vec<String> = text
        .lines()
        .map(|line| {
            if closed == 0 && line.contains(r#""kind":"clinic""#) && line.contains(r#""level":"village""#) {
                closed += 1;
                name = line.split(r#""name":""#).nth(1).and_then(|s| s.split('"').next()).unwrap_or("").to_owned();
                return line.replace(r#""status":"in_use""#, r#""status":"closed""#);
            }
            line.to_owned()
        })
        .collect();
    std::fs::write(&path, changed.join("\n")).expect("written");
    assert_eq!(closed, 1);
    // And one figure changed, one blanked.
    let table = dir.path().join("indicators.csv");
    let text = std::fs::read_to_string(&table).expect("read");
    let column = text.lines().next().expect("a head").split(',').position(|h| h == "sewage_treatment_pct");
    let column = column.expect("the column");
    let edited: Vec<String> = text
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            match (cells[0].trim_start_matches('\u{feff}'), cells[3]) {
                ("DEMO00000005", "2023") => cells[column] = "99.9",
                ("DEMO00000001", "2023") => cells[column] = "",
                _ => {}
            }
            cells.join(",")
        })
        .collect();
    std::fs::write(&table, edited.join("\n")).expect("written");
    let mut before = demonstration(Lang::Zh);
    let mut after = open(vec![dir.path().join("haidian.qiancun")], Lang::Zh, [1366.0, 768.0]);
    let classes = |h: &Window| -> Vec<Option<usize>> {
        let colouring = h.state().session.village_layer().expect("villages").colouring.clone().expect("a theme");
        (0..71).map(|v| colouring.class_of(FeatureId::new(v))).collect()
    };
    let (a, b) = (classes(&before), classes(&after));
    let differing: Vec<usize> = (0..71).filter(|v| a[*v] != b[*v]).collect();
    assert_eq!(differing, [0, 4], "the map differs in the two villages");
    assert_eq!((a[4], b[4], b[0]), (Some(0), Some(4), None));
    let total = |h: &Window| {
        let rolled = h.state().session.rolled().cloned().expect("sums");
        let district = h.state().session.district().cloned().expect("a district");
        rolled.all.totals[&district.indicators.position("sewage_treatment_pct").expect("known")]
    };
    assert_eq!((total(&before).known, total(&after).known), (69, 68));
    let key = after.state().session.village_layer().expect("villages").key;
    for (village, words) in [(4, "污水处理率：99.9 %"), (0, "污水处理率：未知")] {
        send(&mut after, SelectCommand::Select { layer: key, features: vec![FeatureId::new(village)], add: false });
        let text = after.state().session.card_text().expect("a card");
        assert!(text.contains(words), "{text}");
    }
    for h in [&mut before, &mut after] {
        press(h, Key::Num3);
    }
    let clinics = |h: &Window| {
        let rolled = h.state().session.rolled().cloned().expect("sums");
        (rolled.all.facilities[&qiancun::district::Kind::Clinic], rolled.headlines[2].counted)
    };
    assert_eq!((clinics(&before), clinics(&after)), ((22, 16), (21, 15)));
    let share = |h: &Window| h.state().session.shares().cloned().expect("shares").all.expect("a share");
    assert!(share(&after) < share(&before));
    let headline = |h: &Window| h.state().session.rolled().cloned().expect("sums").headlines[2].differing.len();
    assert_eq!((headline(&before), headline(&after)), (0, 1), "table and map differ in one village");
    let district = after.state().session.district().cloned().expect("a district");
    let clinic = district.facilities.iter().find(|f| f.name == name).expect("the clinic");
    let village = clinic.village.expect("a village");
    for h in [&mut before, &mut after] {
        send(h, SelectCommand::Select { layer: key, features: vec![village], add: false });
    }
    let text = |h: &Window| h.state().session.card_text().expect("a card");
    assert!(text(&before).contains(&format!("{name} 在用")) && text(&after).contains(&format!("{name} 停用")));
    assert_ne!(text(&before), text(&after));
    assert_eq!(legend(&before), legend(&after), "what the table says of clinics has not changed");
}

fn theme_snapshot(name: &str, key: Key) {
    let mut h = open(vec![demo("haidian.qiancun")], Lang::En, [1100.0, 700.0]);
    press(&mut h, key);
    settle(&mut h);
    // llvmpipe compiles for each processor a little differently: colours may be off by a hair, few pixels by more.
    let options =
        egui_kittest::SnapshotOptions::new().threshold(2.0).max_failed_pixels(300).output_path("tests/snapshots");
    h.snapshot_options(name, &options);
}

#[test]
fn snapshot_of_sanitation() {
    theme_snapshot("sanitation", Key::Num1);
}

#[test]
fn snapshot_of_toilets() {
    theme_snapshot("toilets", Key::Num2);
}

#[test]
fn snapshot_of_clinics() {
    theme_snapshot("clinics", Key::Num3);
}

#[test]
fn a_map_of_change_counts_what_rose_and_what_fell() {
    let mut h = demonstration(Lang::Zh);
    send(&mut h, LookCommand::ShowChange(Some(2018)));
    let session = &h.state().session;
    let district = session.district().cloned().expect("a district");
    let map = session.map_spec().expect("a map");
    let colouring = session.village_layer().expect("villages").colouring.clone().expect("a theme");
    assert!(colouring.is_change);
    let mut expected = [0usize; 3];
    for village in 0..71 {
        let value = |year| district.value(map.indicator, Some(year), FeatureId::new(village));
        match value(2023).zip(value(2018)).map(|(now, before)| ((now - before) * 10.0).round()) {
            None => expected[2] += 1,
            Some(change) if change > 0.0 => expected[0] += 1,
            Some(_) => expected[1] += 1,
        }
    }
    let rose: usize = colouring
        .legend
        .iter()
        .filter(|r| matches!(r.class, LegendClass::Range { lower, .. } if lower > 0.0))
        .map(|r| r.count)
        .sum();
    let rest: usize = colouring.legend.iter().map(|r| r.count).sum::<usize>() - rose;
    assert_eq!([rose, rest, colouring.missing], expected);
    assert!(h.query_by_label_contains("2018 年至 2023 年的变化").is_some(), "the legend says so");
    send(&mut h, LookCommand::ShowChange(None));
    assert_eq!(legend(&h), (vec![3, 3, 6, 14, 43], 2));
}

#[test]
fn progress_to_the_plan_stands_beside_the_map() {
    let mut h = demonstration(Lang::Zh);
    press(&mut h, Key::Num2);
    assert!(h.query_by_label_contains("旱厕改造（累计） 137 / 137").is_some());
    send(&mut h, LookCommand::SetYear(2020));
    assert!(h.query_by_label_contains("旱厕改造（累计） 73 / 137").is_some());
}

#[test]
fn the_gap_list_is_narrowed_selects_and_leaves_as_a_field_sheet() {
    let mut h = demonstration(Lang::Zh);
    press(&mut h, Key::G);
    let found = h.state().session.present_gaps().expect("gaps").clone();
    assert_eq!(found.list.gaps.len(), 66);
    assert!(h.query_by_label_contains("缺口 66").is_some());
    // In the list, and on the card: the window opens on the first planted gap.
    assert_eq!(selected(&h), [PLANTED[0].place]);
    assert_eq!(h.query_all_by_label_contains("最近的距村中心 2052 米（直线）").count(), 2);
    h.get_by_label("高 24").click();
    settle(&mut h);
    let listed = h.state().session.listed_gaps().cloned().expect("a list");
    assert_eq!((listed.rows.len(), listed.counts), (24, [24, 31, 10, 1]));
    h.state_mut().session.moment.gap_filter.town = Some("温泉镇".into());
    settle(&mut h);
    let listed = h.state().session.listed_gaps().cloned().expect("a list");
    assert!(listed.rows.len() < 24 && !listed.rows.is_empty());
    h.get_by_label_contains("没有在用垃圾收集点").click();
    settle(&mut h);
    assert_eq!(selected(&h), ["杨家庄"]);
    // The card says the same, and nothing twice.
    let card = h.state().session.card().cloned().expect("a card");
    let sentences: Vec<String> = h.state().session.shortfalls(&card).into_iter().map(|s| s.0).collect();
    assert_eq!(sentences, ["没有在用垃圾收集点", "污水处理率 97.9%，低于 99%"]);
    let path = std::env::temp_dir().join(format!("qiancun-gaps-{}.csv", std::process::id()));
    send(&mut h, SurveyCommand::ExportGapsTo(path.clone()));
    let text = std::fs::read_to_string(&path).expect("it was written");
    std::fs::remove_file(&path).ok();
    assert_eq!(text.lines().count(), listed.rows.len() + 1);
}
