//! What leaves the room: rounds for phones and plans, and the project as one file for anyone.

use std::collections::BTreeSet;

use qiancun::geo::{LonLat, distance_m};
use serde_json::Value;

use crate::program::{Folder, collection, json, qiancun, square};
use crate::survey::{copied, path};

#[test]
fn a_round_keeps_its_hours_and_names_every_open_gap_once() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let (gaps, _) = json(&["gaps", &project, "--json"]);
    let placed = gaps["gaps"].as_array().expect("gaps").iter().filter(|g| !g["lon"].is_null()).count();
    let arguments =
        ["field", "plan", &project, "--people", "2", "--days", "2", "--hours", "5", "--start", "116.2,40.05", "--json"];
    let (plan, _) = json(&arguments);
    assert_eq!(json(&arguments).0, plan, "the same again");
    let start = LonLat::new(116.2, 40.05);
    let (speed, factor, stay) =
        (plan["speed_km_h"].as_f64(), plan["way_factor"].as_f64(), plan["minutes_a_stop"].as_f64());
    let (speed, factor, stay) = (speed.expect("a speed"), factor.expect("a factor"), stay.expect("minutes"));
    let mut seen: Vec<String> = Vec::new();
    let mut total = 0.0;
    let mut tours = BTreeSet::new();
    for route in plan["routes"].as_array().expect("routes") {
        assert!(tours.insert((route["person"].as_u64(), route["day"].as_u64())), "one tour a person and day");
        let (mut at, mut length, mut clock) = (start, 0.0, 9.0 * 60.0);
        for stop in route["stops"].as_array().expect("stops") {
            let here = LonLat::new(stop["lon"].as_f64().expect("lon"), stop["lat"].as_f64().expect("lat"));
            let leg = distance_m(at, here);
            length += leg;
            clock += leg * factor / 1000.0 / speed * 60.0;
            let arrive = stop["arrive"].as_str().expect("a time");
            let told: f64 =
                arrive.split(':').map(|n| n.parse::<f64>().expect("a number")).fold(0.0, |t, n| t * 60.0 + n);
            assert!((told - clock).abs() <= 0.51, "{arrive} {clock}");
            clock += stay;
            at = here;
            seen.push(stop["gap"].as_str().expect("a key").to_owned());
        }
        length += distance_m(at, start);
        assert!((length - route["length_m"].as_f64().expect("metres")).abs() < 1e-6);
        assert!(route["minutes"].as_f64().expect("minutes") <= 300.0 + 1e-6);
        total += length;
    }
    assert!((total - plan["total_m"].as_f64().expect("metres")).abs() < 1e-6);
    seen.extend(plan["left"].as_array().expect("left").iter().map(|l| l["gap"].as_str().expect("a key").to_owned()));
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (placed, placed));
}

#[test]
fn a_shared_file_holds_the_projects_own_figures_and_nothing_foreign() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let out = path(&dir, "分享.html");
    let (told, _) = json(&["share", &project, "-o", &out, "--json"]);
    let html = std::fs::read_to_string(&out).expect("written");
    assert_eq!(told["files"][0]["bytes"].as_u64(), Some(html.len() as u64));
    assert!(html.len() < 3_000_000, "{} bytes", html.len());
    // Nothing is fetched, nothing of this machine is in it.
    assert!(
        !html.contains("http://") && !html.contains("https://") && !html.contains("src=\"") && !html.contains("url(")
    );
    assert!(!html.contains(dir.path().to_string_lossy().as_ref()) && !html.contains("geojson"));
    let data = shared_data(&html);
    let map = data["maps"]
        .as_array()
        .expect("maps")
        .iter()
        .find(|m| {
            data["indicators"][m["measure"].as_u64().expect("a number") as usize]["id"] == "sewage_treatment_pct"
                && m["year"] == "2023"
        })
        .expect("the map of sewage");
    let (summary, _) = json(&["summary", &project, "--year", "2023", "--json"]);
    let known = summary["rows"][0]["indicators"]["sewage_treatment_pct"]["known"].as_u64().expect("known");
    let counted: u64 =
        map["legend"].as_array().expect("a legend").iter().map(|r| r["count"].as_u64().expect("a count")).sum();
    assert_eq!((counted, map["missing"].as_u64()), (known, Some(71 - known)));
    assert_eq!(map["classes"].as_str().map(str::len), Some(71));
    let (gaps, _) = json(&["gaps", &project, "--json"]);
    assert_eq!(data["gaps"].as_array().map(Vec::len), gaps["gaps"].as_array().map(Vec::len));
    assert_eq!(data["scenes"].as_array().map(Vec::len), Some(5));
    // The same project is the same file.
    let again = path(&dir, "again.html");
    assert!(qiancun(&["share", &project, "-o", &again]).status.success());
    assert_eq!(std::fs::read_to_string(&again).expect("written"), html);
}

fn shared_data(html: &str) -> Value {
    let start = html.find("id=\"data\">").expect("data") + 10;
    let end = start + html[start..].find("</script>").expect("an end");
    serde_json::from_str(&html[start..end]).expect("JSON")
}

#[test]
fn a_village_that_is_called_like_a_program_stays_a_name() {
    let dir = Folder::new();
    let name = "</script><img src=x onerror=alert(1)>";
    let a = square(116.0, 40.0, 0.1, &format!(r#"{{"name":"{name}","code":"1","sewage_treatment_pct":95}}"#));
    let b = square(116.1, 40.0, 0.1, r#"{"name":"مرحبا","code":"2","sewage_treatment_pct":99}"#);
    dir.write("v.geojson", collection(&[a, b]));
    let project = dir.project("p.qiancun", &["v.geojson"], &[], "");
    let out = dir.path("o.html").to_string_lossy().into_owned();
    let done = qiancun(&["share", &project, "-o", &out]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let html = std::fs::read_to_string(dir.path("o.html")).expect("written");
    assert!(!html.contains("<img src=x"), "escaped");
    assert_eq!(shared_data(&html)["villages"][0][0], name);
}

#[test]
fn slides_hold_the_scenes_as_text_and_the_same_slides_are_the_same_file() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let (out, again) = (path(&dir, "a.pptx"), path(&dir, "b.pptx"));
    for file in [&out, &again] {
        assert!(qiancun(&["share", &project, "-o", file, "--lang", "en"]).status.success());
    }
    let bytes = std::fs::read(&out).expect("written");
    assert_eq!(bytes, std::fs::read(&again).expect("written"));
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut part = |name: &str| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut zip.by_name(name).expect(name), &mut text).expect("text");
        text
    };
    // Five scenes, and where the data come from.
    let first = part("ppt/slides/slide1.xml");
    for words in ["71 villages, three revolutions, one map", ">137<", ">99.1%<", ">41<", "Internal"] {
        assert!(first.contains(words), "{words}");
    }
    assert!(part("ppt/notesSlides/notesSlide1.xml").contains("Waste, sewage, toilets."));
    assert!(part("ppt/slides/slide6.xml").contains("Sources and method"));
    assert!(!part("[Content_Types].xml").contains("slide7"));
    let odd = qiancun(&["share", &project, "-o", &path(&dir, "a.doc")]);
    assert_eq!(odd.status.code(), Some(2));
}

#[test]
fn a_round_is_planned_in_the_window_and_written_into_a_folder() {
    use crate::window::{open, send, settle};
    use egui_kittest::kittest::Queryable;
    use qiancun::session::{SurveyCommand, Tab, WindowCommand};

    let dir = copied();
    let mut h = open(vec![dir.path().join("haidian.qiancun")], qiancun::lang::Lang::Zh, [1366.0, 768.0]);
    send(&mut h, WindowCommand::ToggleDrawer(Tab::Gaps));
    h.get_by_label("安排外业核查…").click();
    settle(&mut h);
    let of_one = h.state().session.planned_round().cloned().expect("a round");
    assert!(of_one.plan.routes.len() == 1 && !of_one.plan.left.is_empty(), "one person has one day");
    // More people see more; the map shows a line for each tour, and no marks of gaps below it.
    h.state_mut().session.moment.form.round.as_mut().expect("the form").people = 4;
    settle(&mut h);
    let of_four = h.state().session.planned_round().cloned().expect("a round");
    assert!(of_four.plan.left.len() < of_one.plan.left.len() && of_four.plan.routes.len() > 1);
    assert!(h.query_by_label_contains("第 1 天 第 2 人").is_some());
    assert!(h.state().session.gap_marks().is_none());
    // What the list leaves out is not gone to.
    let all = of_four.open.len();
    h.state_mut().session.moment.gap_filter.severities = vec![qiancun::rules::GapSeverity::High];
    settle(&mut h);
    let severe = h.state().session.planned_round().cloned().expect("a round");
    assert!(severe.open.len() < all && !severe.open.is_empty());
    let folder = dir.path().join("round");
    send(&mut h, SurveyCommand::WriteRoundTo(folder.clone()));
    for name in ["round.gpkg", "round.qgz", "round-1.qgz", "sheets-1.pdf", "route-1.gpx", "route-1.ovkml"] {
        assert!(folder.join(name).is_file(), "{name}");
    }
    h.key_press(egui::Key::Escape);
    settle(&mut h);
    assert!(h.state().session.moment.form.round.is_none() && h.state().session.gap_marks().is_some());
}

/// County roads as a net over the demonstration's district, cut nowhere, as people draw them; and a road that hangs together with none.
fn county_roads(dir: &tempfile::TempDir) -> String {
    let line = |class: &str, [a, b]: [[f64; 2]; 2]| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"道路等级\":\"{class}\"}},\"geometry\":{{\"type\":\"LineString\",\
             \"coordinates\":[[{},{}],[{},{}]]}}}}",
            a[0], a[1], b[0], b[1]
        )
    };
    let step = |i: u32| 0.025 * f64::from(i);
    let mut all: Vec<String> =
        (0..16).map(|i| line("县道", [[116.0 + step(i), 39.89], [116.0 + step(i), 40.21]])).collect();
    all.extend((0..12).map(|i| line("乡道", [[115.99, 39.9 + step(i)], [116.39, 39.9 + step(i)]])));
    all.push(line("村道", [[116.5, 40.3], [116.55, 40.3]]));
    let file = dir.path().join("道路.geojson");
    std::fs::write(&file, format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", all.join(",")))
        .expect("written");
    file.to_string_lossy().into_owned()
}

#[test]
fn a_round_goes_by_road_where_there_are_roads() {
    use crate::window::{open, settle};
    use egui_kittest::kittest::Queryable;
    use qiancun::session::{RoundWays, Tab, WindowCommand};

    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let roads = county_roads(&dir);
    let usual = ["field", "plan", &project, "--people", "2", "--days", "2", "--json"];
    let (straight, _) = json(&usual);
    assert_eq!(straight["ways"], "straight");
    let by_road = [&usual[..], &["--roads", &roads, "--end", "116.3,40.0", "--minutes", "10,T1=40"]].concat();
    let (plan, told) = json(&by_road);
    assert_eq!((plan["ways"].as_str(), plan["minutes_by_rule"]["T1"].as_u64()), (Some("roads"), Some(40)));
    assert!(told.contains("hang together with none"), "{told}");
    let end = LonLat::new(116.3, 40.0);
    let number = |v: &Value| v.as_f64().expect("a number");
    for route in plan["routes"].as_array().expect("routes") {
        assert!(number(&route["way_m"]) > number(&route["length_m"]), "no way is shorter than a straight line");
        assert!(number(&route["minutes"]) <= 480.0 + 1e-6);
        let start = LonLat::new(number(&plan["start"][0]), number(&plan["start"][1]));
        let stops = route["stops"].as_array().expect("stops");
        let places = stops.iter().map(|s| LonLat::new(number(&s["lon"]), number(&s["lat"])));
        let places: Vec<LonLat> = [start].into_iter().chain(places).chain([end]).collect();
        let length: f64 = places.windows(2).map(|w| distance_m(w[0], w[1])).sum();
        assert!((length - number(&route["length_m"])).abs() < 1e-6, "to an end of its own");
        // As long as its stops and its ways last: nothing is quicker than the quickest road, nor slower than walking.
        let rule = |key: &str| if key.starts_with("T1/") { 40.0 } else { 10.0 };
        let stay: f64 = stops.iter().map(|s| rule(s["gap"].as_str().expect("a key"))).sum();
        let (least, most) = (number(&route["way_m"]) * 0.06 / 40.0, number(&route["way_m"]) * 0.06 / 5.0);
        let on_the_way = number(&route["minutes"]) - stay;
        assert!((least - 0.1..most + 0.1).contains(&on_the_way), "{least} {on_the_way} {most}");
    }
    let odd = qiancun(&["field", "plan", &project, "--minutes", "X9=10"]);
    assert_eq!(odd.status.code(), Some(2), "no such rule");
    // The window takes the layer of roads that lies on the map.
    let files = vec![project.into(), roads.into()];
    let mut h = open(files, qiancun::lang::Lang::Zh, [1366.0, 768.0]);
    crate::window::send(&mut h, WindowCommand::ToggleDrawer(Tab::Gaps));
    h.get_by_label("安排外业核查…").click();
    settle(&mut h);
    let planned = h.state().session.planned_round().cloned().expect("a round");
    assert!(matches!(planned.ways, RoundWays::ByRoad { .. }) && planned.plan.is_by_road);
    assert!(h.query_by_label_contains("路程按道路").is_some());
    h.get_by_label("按道路计算路程").click();
    settle(&mut h);
    let planned = h.state().session.planned_round().cloned().expect("a round");
    assert!(matches!(planned.ways, RoundWays::Straight) && !planned.plan.is_by_road);
    // Minutes of a rule of its own.
    h.get_by_label("更多…").click();
    settle(&mut h);
    let (_, name) = h.state().session.round_rules().first().cloned().expect("a rule");
    assert!(h.query_by_role_and_label(egui::Role::SpinButton, &format!("{name}：分钟")).is_some());
    let before = planned.plan.routes[0].stops.len();
    let own = h.state().session.round_rules().into_iter().map(|(id, _)| (id, 120.0)).collect();
    h.state_mut().session.moment.form.round.as_mut().expect("the form").minutes_by_rule = own;
    settle(&mut h);
    let planned = h.state().session.planned_round().cloned().expect("a round");
    assert!(planned.plan.routes[0].stops.len() < before);
}

#[test]
fn a_project_is_sent_as_one_file_and_opened_where_it_comes_to() {
    use crate::window::{open, send, settle};
    use egui_kittest::kittest::Queryable;
    use qiancun::project::PackOptions;
    use qiancun::session::{Dialogue, FileCommand, PackageStep};

    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let sent = path(&dir, "sent.zip");
    let (said, _) = json(&["pack", &project, "-o", &sent, "--json"]);
    assert_eq!(said["files"][0]["path"], sent.as_str());
    let there = path(&dir, "there");
    let (unpacked, _) = json(&["unpack", &sent, "-o", &there, "--json"]);
    let unpacked = unpacked["project"].as_str().expect("a project").to_owned();
    // What it says is what the first one says, from its own files.
    let summary = |project: &str| {
        let mut said = json(&["summary", project, "--by", "town", "--json"]).0;
        said["project"] = Value::Null;
        said
    };
    assert_eq!(summary(&unpacked), summary(&project));
    // In the window: what would go along is listed, saved, and opened where a person says.
    let mut h = open(vec![project.clone().into()], qiancun::lang::Lang::Zh, [1366.0, 768.0]);
    send(&mut h, FileCommand::Package(PackageStep::Choose(PackOptions::default())));
    assert!(
        h.query_by_label_contains("villages.geojson").is_some()
            && h.query_by_label_contains("ground.mbtiles").is_some()
    );
    h.get_by_label("底图（本机文件）").click();
    settle(&mut h);
    assert!(h.query_by_label_contains("ground.mbtiles   ").is_none());
    let (again, folder) = (dir.path().join("again.zip"), dir.path().join("unpacked"));
    send(
        &mut h,
        FileCommand::Package(PackageStep::SaveTo(
            PackOptions { ground: false, ..PackOptions::default() },
            again.clone(),
        )),
    );
    assert!(again.is_file() && std::fs::metadata(&again).expect("there").len() < 500_000);
    h.state_mut().session.moment.dialogue = None;
    send(&mut h, FileCommand::Package(PackageStep::UnpackTo(again.clone(), folder.clone())));
    settle(&mut h);
    assert_eq!(h.state().session.file.path, Some(folder.join("again/haidian.qiancun")));
    assert_eq!(h.state().session.district().map(|d| d.villages.len()), Some(71));
    // Only looked at: it is shown, has no place of its own, and saving leads to unpacking.
    let before = std::fs::read(&again).expect("there");
    send(&mut h, FileCommand::Open(vec![again.clone()]));
    assert!(matches!(&h.state().session.moment.dialogue, Some(Dialogue::Unpack(p)) if *p == again));
    send(&mut h, FileCommand::Package(PackageStep::LookInto(again.clone())));
    settle(&mut h);
    assert_eq!(h.state().session.file.path, None);
    assert_eq!(h.state().session.district().map(|d| d.villages.len()), Some(71));
    let looked_at = h.state().session.document.project.layers[0].path.clone();
    assert!(!looked_at.starts_with(&folder) && looked_at.is_file(), "{looked_at:?}");
    h.state_mut().session.moment.dialogue = None;
    send(&mut h, FileCommand::Save);
    assert!(matches!(&h.state().session.moment.dialogue, Some(Dialogue::Unpack(p)) if *p == again));
    assert_eq!(std::fs::read(&again).expect("there"), before);
    drop(h);
    assert!(!looked_at.exists(), "nothing stays");
}
