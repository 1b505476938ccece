//! The users' own programs on what Qiancun writes and reads. Where a program is absent its test says so and skips; `.ci/run` installs
//! all of them and fails where one skipped.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::survey::{copied, path};

/// Whether a command ends well; its absence is said past the capture of the test runner.
fn has(test: &str, what: &str, program: &str, args: &[&str]) -> bool {
    let there =
        Command::new(program).args(args).env("QT_QPA_PLATFORM", "offscreen").output().is_ok_and(|o| o.status.success());
    if !there {
        writeln!(std::io::stderr(), "SKIPPED {test}: no {what} (scripts/setup-checks installs it)").ok();
    }
    there
}

fn round_trip(what: &str) {
    let dir = copied();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/roundtrip.py");
    // QGIS is a package of the system's Python.
    let python = if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" };
    let output = Command::new(python)
        .arg(script)
        .args([what, env!("CARGO_BIN_EXE_qiancun"), &path(&dir, "haidian.qiancun")])
        .output()
        .expect("it runs");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("ok:"), "{said}\n{told}");
}

#[test]
fn lost_a7_visits_go_through_qgis_and_none_is_lost() {
    if has("round trip", "QGIS for Python", "/usr/bin/python3", &["-c", "import qgis.core"]) {
        round_trip("qgis");
    }
}

#[test]
fn lost_a7_sheets_go_through_openpyxl_and_libreoffice() {
    let has_openpyxl = has("round trip", "openpyxl", "/usr/bin/python3", &["-c", "import openpyxl"]);
    if has_openpyxl && has("round trip", "LibreOffice", "soffice", &["--version"]) {
        round_trip("office");
    }
}

#[test]
fn false_1_per_cents_and_dates_are_the_same_from_excel_and_libreoffice() {
    let Some(d4) = crate::program::shared("d4", "hostile-small/d4") else { return };
    if !has("d4 in LibreOffice", "LibreOffice", "soffice", &["--version"]) {
        return;
    }
    let dir = crate::program::Folder::new();
    for name in ["v.geojson", "fac.csv", "t.xlsx"] {
        dir.write(name, std::fs::read(d4.join(name)).expect("read"));
    }
    let gaps = |table: &str| {
        let project = dir.project("p.qiancun", &["fac.csv", "v.geojson"], &[table], "");
        crate::program::json(&["gaps", &project, "--json"]).0["gaps"].clone()
    };
    let right = gaps("t.xlsx");
    for ending in ["ods", "xls"] {
        let profile = format!("-env:UserInstallation=file://{}", dir.text("profile"));
        let made = Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", ending, "--outdir", &dir.text(""), &dir.text("t.xlsx")])
            .output()
            .expect("it runs");
        assert!(dir.path(&format!("t.{ending}")).exists(), "{}", String::from_utf8_lossy(&made.stderr));
        assert_eq!(gaps(&format!("t.{ending}")), right, "{ending}");
    }
}

/// Runs LibreOffice to turn a file into another format, beside it.
fn converted(dir: &crate::program::Folder, name: &str, ending: &str) {
    let profile = format!("-env:UserInstallation=file://{}", dir.text("profile"));
    let folder = dir.text(ending);
    let made = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", ending, "--outdir", &folder, &dir.text(name)])
        .output()
        .expect("it runs");
    let stem = Path::new(name).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    assert!(
        dir.path(&format!("{ending}/{stem}.{ending}")).exists(),
        "{name}: {}",
        String::from_utf8_lossy(&made.stderr)
    );
}

fn python(code: &str, arguments: &[&str]) -> String {
    let output = Command::new("/usr/bin/python3").arg("-c").arg(code).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn layers_and_forms_go_through_openpyxl_and_libreoffice() {
    let has_both = has("layers", "openpyxl", "/usr/bin/python3", &["-c", "import openpyxl"])
        && has("layers", "LibreOffice", "soffice", &["--version"]);
    if !has_both {
        return;
    }
    let dir = crate::program::Folder::new();
    let facilities = crate::window::demo("facilities.geojson").display().to_string();
    let own = qiancun::read::read_file(facilities.as_ref(), &Default::default()).expect("read");
    for name in ["f.xlsx", "f.csv"] {
        let out = crate::program::qiancun(&["convert", &facilities, &dir.text(name)]);
        assert!(out.status.success(), "{name}");
    }
    let rows = python(
        "import sys, openpyxl; s = openpyxl.load_workbook(sys.argv[1]).active; print(s.max_row - 1, [c.value for c in s[1]].count('longitude'))",
        &[&dir.text("f.xlsx")],
    );
    assert_eq!(rows, format!("{} 1", own.len()));
    // Through LibreOffice each comes back with its places.
    converted(&dir, "f.csv", "xlsx");
    converted(&dir, "f.xlsx", "ods");
    for name in ["xlsx/f.xlsx", "ods/f.ods"] {
        let again = qiancun::read::read_file(&dir.path(name), &Default::default()).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(again.len(), own.len(), "{name}");
        let far = own
            .geometry
            .coords
            .iter()
            .zip(&again.geometry.coords)
            .map(|(a, b)| (a[0] - b[0]).abs().max((a[1] - b[1]).abs()));
        assert!(far.fold(0.0, f64::max) < 1e-9, "{name}");
    }
    // A form keeps its merged head and formats, and LibreOffice computes its sums without a word of repair.
    python(
        "import sys, openpyxl\nb = openpyxl.Workbook(); s = b.active; s['A1'] = '2023年上报表'; s.merge_cells('A1:C1')\n\
for c, h in enumerate(['行政村', '污水处理率', '公厕数'], 1): s.cell(2, c, h)\n\
for r, n in enumerate(['三星庄', '苏一二', '苏三四'], 3): s.cell(r, 1, n); s.cell(r, 2).number_format = '0.0%'\n\
s['A6'] = '合计'; s['C6'] = '=SUM(C3:C5)'; b.save(sys.argv[1])",
        &[&dir.text("form.xlsx")],
    );
    let project = crate::window::demo("haidian.qiancun").display().to_string();
    let (said, _) = crate::program::json(&[
        "form",
        "fill",
        &project,
        &dir.text("form.xlsx"),
        "-o",
        &dir.text("filled.xlsx"),
        "--json",
    ]);
    assert_eq!(said["cells"].as_u64(), Some(6), "{said}");
    converted(&dir, "filled.xlsx", "csv");
    let text = dir.path("csv/filled.csv");
    // Words are in the letters of the machine's locale; figures are what counts here.
    let text = String::from_utf8_lossy(&std::fs::read(text).expect("read")).into_owned();
    let last: Vec<&str> = text.lines().last().unwrap_or("").split(',').collect();
    let toilets: u32 = text.lines().skip(2).take(3).filter_map(|l| l.split(',').nth(2)?.parse::<u32>().ok()).sum();
    assert!(toilets > 0 && last.get(2) == Some(&toilets.to_string().as_str()), "{text}");
    let kept = python(
        "import sys, openpyxl; s = openpyxl.load_workbook(sys.argv[1]).active; print(s.merged_cells.ranges, s['B3'].number_format, s['C6'].value)",
        &[&dir.text("filled.xlsx")],
    );
    assert!(kept.contains("A1:C1") && kept.contains("0.0%") && kept.contains("=SUM(C3:C5)"), "{kept}");
}

#[test]
fn geotiffs_of_gdal_lie_where_gdal_says() {
    if !has("geotiff", "GDAL for Python", "/usr/bin/python3", &["-c", "import numpy; from osgeo import gdal"]) {
        return;
    }
    let folder = crate::program::Folder::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/geotiff.py");
    let output = Command::new("/usr/bin/python3")
        .arg(script)
        .args([env!("CARGO_BIN_EXE_qiancun"), &folder.text("")])
        .env("QIANCUN_CONFIG_DIR", folder.path("config"))
        .env("PROJ_NETWORK", "OFF")
        .output()
        .expect("it runs");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("ok: 22 kinds"), "{said}\n{told}");
}

#[test]
fn a_round_goes_through_qgis_and_comes_back() {
    if !has("a round in QGIS", "QGIS for Python", "/usr/bin/python3", &["-c", "import qgis.core"]) {
        return;
    }
    let dir = copied();
    let (project, round) = (path(&dir, "haidian.qiancun"), path(&dir, "round"));
    let arguments = ["field", "export", &project, "-o", &round, "--people", "3", "--days", "2", "--json"];
    let told = crate::survey::json_of(&arguments);
    // Package, ground, project and form of all; for each who has a tour a project, sheets and three routes: how many are needed is the plan's to say.
    let files = told["files"].as_array().map_or(0, Vec::len);
    assert!(files > 6 && (files - 6).is_multiple_of(5) && (files - 6) / 5 <= 3, "{told}");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/phone.py");
    let output = Command::new("/usr/bin/python3")
        .arg(script)
        .args([env!("CARGO_BIN_EXE_qiancun"), &project, &round])
        .output()
        .expect("it runs");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("ok:"), "{said}\n{told}");
    // What was brought back stands there still: a new round does not take its place.
    let again = crate::survey::qiancun(&arguments);
    assert!(
        !again.status.success() && crate::survey::said(&again).contains("2 visits"),
        "{}",
        crate::survey::said(&again)
    );
}

#[test]
fn sheets_are_read_by_telephones_and_photos_come_home() {
    let needs = ["-c", "import numpy, PIL"];
    if !has("slates", "numpy and Pillow", "/usr/bin/python3", &needs) || !has("slates", "Poppler", "pdftoppm", &["-v"])
    {
        return;
    }
    let dir = copied();
    let (project, round) = (path(&dir, "haidian.qiancun"), path(&dir, "round"));
    let options = ["--people", "2", "--days", "2", "--hours", "6", "--json"];
    let told = crate::survey::json_of(&[&["field", "export", &project, "-o", &round], &options[..]].concat());
    assert!(told["files"].to_string().contains("route-2.ovkml"), "{told}");
    let plan = crate::survey::json_of(&[&["field", "plan", &project], &options[..]].concat());
    std::fs::write(dir.path().join("round/plan.json"), plan.to_string()).expect("written");
    // Every stop stands on paper, with what is wrong.
    let sheets = path(&dir, "round/sheets-1.pdf");
    let text = Command::new("pdftotext").args(["-layout", &sheets, "-"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    let of_first = |r: &&serde_json::Value| r["person"] == 1;
    let routes: Vec<&serde_json::Value> = plan["routes"].as_array().expect("routes").iter().filter(of_first).collect();
    let stops: usize = routes.iter().map(|r| r["stops"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(text.matches("先拍此码").count(), stops);
    assert!(text.contains("核查人") && text.contains("低于 99%"), "{text}");
    // Navigation devices and Ovital get the same stops.
    let gpx = std::fs::read_to_string(dir.path().join("round/route-1.gpx")).expect("a route");
    assert_eq!(gpx.matches("<rtept").count(), stops + 2 * routes.len());
    // Codes in shadow, aslant, shrunk by a messenger; more of them are measured by hand (benches/README.md).
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/slates.py");
    let output = Command::new("/usr/bin/python3")
        .arg(script)
        .args([env!("CARGO_BIN_EXE_qiancun"), &project, &round, &path(&dir, "photos/all"), "16"])
        .output()
        .expect("it runs");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {told}"));
    assert_eq!((&said["read"], &said["wrong"], &said["sorted"]), (&16.into(), &0.into(), &32.into()), "{said}");
    // Photos become part of visits, once.
    let photos = path(&dir, "photos/all");
    let waiting = crate::survey::json_of(&["field", "photos", &project, &photos, "--json"]);
    assert_eq!((&waiting["waiting"], &waiting["added"]), (&32.into(), &0.into()), "{waiting}");
    let take = ["field", "photos", &project, &photos, "--result", "confirmed", "--by", "王", "--json"];
    let taken = crate::survey::json_of(&take);
    assert_eq!((&taken["added"], &taken["recorded"]), (&32.into(), &16.into()), "{taken}");
    let again = crate::survey::json_of(&take);
    assert_eq!((&again["added"], &again["known"], &again["recorded"]), (&0.into(), &32.into(), &0.into()), "{again}");
    let visits = crate::survey::json_of(&["survey", "list", &project, "--json"]);
    let visits = visits["visits"].as_array().expect("visits").clone();
    assert!(visits.len() == 16 && visits.iter().all(|v| v["result"] == "confirmed"), "{visits:?}");
}

#[test]
fn a_shared_file_builds_itself_in_a_browser() {
    if !has("a shared file in chromium", "chromium", "chromium", &["--version"]) {
        return;
    }
    let dir = copied();
    // What the browser makes of a project's shared file, and what it complains of.
    let built = |project: &str, name: &str| {
        let out = path(&dir, name);
        let done = crate::survey::qiancun(&["share", &path(&dir, project), "-o", &out]);
        assert!(done.status.success(), "{}", crate::survey::said(&done));
        let profile = format!("--user-data-dir={}", path(&dir, "profile"));
        let quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];
        let output = Command::new("chromium")
            .args(quiet)
            .args([
                "--enable-logging=stderr",
                "--virtual-time-budget=3000",
                "--dump-dom",
                &profile,
                &format!("file://{out}"),
            ])
            .output()
            .expect("it runs");
        let (dom, log) = [output.stdout, output.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).into();
        assert!(!log.contains("Uncaught") && !log.contains("Content Security Policy"), "{log}");
        dom
    };
    // Themes, legend with its counts, scenes: all of it made by the program in the file.
    let dom = built("haidian.qiancun", "district.html");
    for made in ["环境卫生", "≥ 99", ">43<", "71 个村", "示范数据，非真实统计"] {
        assert!(dom.contains(made), "{made} is not there");
    }
    // Boundaries without any figure are a map too.
    let bare = crate::program::square(116.0, 40.0, 0.1, r#"{"name":"东沟村"}"#);
    std::fs::write(dir.path().join("bare.geojson"), crate::program::collection(&[bare])).expect("written");
    std::fs::write(dir.path().join("bare.qiancun"), "version = 1\n[[layer]]\npath = \"bare.geojson\"\n")
        .expect("written");
    assert!(built("bare.qiancun", "bare.html").contains("点一个村"));
}

/// Whoever gets the file searches by pinyin, opens a card, goes through the scenes and clicks on the map, on a laptop and on a phone.
#[test]
fn a_shared_file_is_used_in_a_browser() {
    if !has("a shared file in chromium", "chromium", "chromium", &["--version"])
        || !has("a shared file in chromium", "Python", "python3", &["--version"])
    {
        return;
    }
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let out = path(&dir, "district.html");
    assert!(crate::survey::qiancun(&["share", &project, "-o", &out]).status.success());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/browser.py");
    let output =
        Command::new("python3").arg(script).args([&out, "dbt", &path(&dir, "pictures")]).output().expect("it runs");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {told}"));
    assert_eq!((said["console"].to_string(), said["asked"].to_string()), ("[]".to_owned(), "[]".to_owned()));
    let scenes = qiancun::project::open(Path::new(&project)).expect("the project").project.scenes.len();
    for (screen, rows) in [("laptop", [8, 0]), ("phone", [0, 8])] {
        let seen = &said[screen];
        assert_eq!(seen["hits"], serde_json::json!(["东埠头  温泉镇"]), "{screen}");
        assert_eq!(seen["card"], "东埠头");
        assert!(seen["figures"].as_u64() > Some(20), "{seen}");
        assert_eq!(seen["scenes"].as_array().map(Vec::len), Some(scenes), "{seen}");
        assert!(seen["clicked"].as_str().is_some_and(|name| !name.is_empty()), "{seen}");
        assert_eq!(seen["legend"], serde_json::json!(rows), "{screen}: as many as on the map, and none");
        assert_eq!(seen["too_wide"], false, "{screen}");
    }
}

#[test]
fn slides_go_through_libreoffice_as_text() {
    if !has("slides in LibreOffice", "LibreOffice Impress", "soffice", &["--version"])
        || !has("slides in LibreOffice", "Poppler", "pdftotext", &["-v"])
    {
        return;
    }
    let dir = copied();
    let out = path(&dir, "meeting.pptx");
    assert!(crate::survey::qiancun(&["share", &path(&dir, "haidian.qiancun"), "-o", &out]).status.success());
    let profile = format!("-env:UserInstallation=file://{}", path(&dir, "office"));
    let arguments = [&profile, "--headless", "--convert-to", "pdf", "--outdir", &path(&dir, "."), &out];
    let done = Command::new("soffice").args(arguments).output().expect("it runs");
    let pdf = path(&dir, "meeting.pdf");
    assert!(Path::new(&pdf).is_file(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = Command::new("pdftotext").args([&pdf, "-"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&text.stdout);
    for words in ["71 个村，三大革命一图全看", "99.1%", "来源与方法", "内部资料"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

/// GDAL writes curves into FlatGeobuf: they are read as it makes them straight.
#[test]
fn curves_in_flatgeobuf_are_read_as_gdal_has_them() {
    if !has("curves", "GDAL", "ogr2ogr", &["--version"]) {
        return;
    }
    let dir = crate::program::Folder::new();
    let wkts = [
        "CURVEPOLYGON(COMPOUNDCURVE((116 40,116.02 40),CIRCULARSTRING(116.02 40,116.03 40.01,116.02 40.02),(116.02 40.02,116 40.02,116 40)))",
        "CURVEPOLYGON(CIRCULARSTRING(116.1 40,116.12 40.01,116.1 40.02,116.08 40.01,116.1 40))",
        "MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(117 40,117.02 40,117 40)),((118 40,118.1 40,118.1 40.1,118 40)))",
        "COMPOUNDCURVE(CIRCULARSTRING(116 41,116.01 41.01,116.02 41),(116.02 41,116.05 41))",
    ];
    for (i, wkt) in wkts.iter().enumerate() {
        dir.write("in.csv", format!("id,wkt\n{i},\"{wkt}\"\n"));
        let (fgb, json) = (format!("{i}.fgb"), format!("{i}.geojson"));
        let made = |args: &[&str]| {
            let output = Command::new("ogr2ogr").args(args).output().expect("it runs");
            assert!(output.status.success(), "{wkt}: {}", String::from_utf8_lossy(&output.stderr));
        };
        made(&[
            &dir.text(&fgb),
            &dir.text("in.csv"),
            "-oo",
            "GEOM_POSSIBLE_NAMES=wkt",
            "-a_srs",
            "EPSG:4326",
            "-nlt",
            kind_of(wkt),
        ]);
        made(&[&dir.text(&json), &dir.text(&fgb), "-lco", "COORDINATE_PRECISION=12"]);
        let read = |name: &str| {
            qiancun::read::read_file(&dir.path(name), &qiancun::read::Progress::new()).expect("it is read")
        };
        let (own, theirs) = (read(&fgb), read(&json));
        assert_eq!(own.geometry.ring_starts.len(), theirs.geometry.ring_starts.len(), "{wkt}");
        // Steps may differ: what the rings hold, and how far the lines reach, may not.
        let size = |d: &qiancun::model::Dataset| {
            let pairs = d.geometry.coords.windows(2);
            pairs.fold([0.0, 0.0], |[area, length], w| {
                let ([ax, ay], [bx, by]) = (w[0], w[1]);
                [area + (ax - 116.0) * (by - 40.0) - (bx - 116.0) * (ay - 40.0), length + (bx - ax).hypot(by - ay)]
            })
        };
        for (a, b) in size(&own).into_iter().zip(size(&theirs)) {
            assert!((a - b).abs() <= 1e-3 * b.abs(), "{wkt}: {a} {b}");
        }
    }
}

/// What GDAL calls the geometry of a text.
fn kind_of(wkt: &str) -> &str {
    wkt.split('(').next().unwrap_or("").trim()
}
