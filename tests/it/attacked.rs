//! Files that are made to hurt: each is refused with a word, and nothing is lost. Named after the clauses they hold.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rusqlite::Connection;
use serde_json::Value;

use crate::shared;
use crate::survey::{copied, json_of, keys, log_with, path, qiancun, said, visits};

/// The program with at most so many kB of address space, and at most 60 s.
fn limited(kb: u64, args: &[&str]) -> Output {
    if cfg!(windows) {
        // There memory is not limited for one program; what it says is looked at all the same.
        return Command::new(env!("CARGO_BIN_EXE_qiancun")).args(args).stdin(Stdio::null()).output().expect("it runs");
    }
    let script = format!("ulimit -v {kb}; exec timeout 60 \"$@\"");
    Command::new("bash")
        .args(["-c", &script, "-", env!("CARGO_BIN_EXE_qiancun")])
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
}

fn small(name: &str, test: &str) -> Option<String> {
    let root = std::env::var_os("QIANCUN_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let file = root.join("hostile-small").join(name);
    if !file.exists() {
        shared::skipped(test);
        return None;
    }
    Some(file.to_string_lossy().into_owned())
}

/// A workbook of one sheet with these rows of XML.
fn workbook(file: &Path, sheet: &str) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(file).expect("made"));
    let options = zip::write::SimpleFileOptions::default();
    let mut put = |name: &str, text: &str| {
        zip.start_file(name, options).expect("begun");
        zip.write_all(text.as_bytes()).expect("written");
    };
    put(
        "[Content_Types].xml",
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    );
    put(
        "_rels/.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    );
    put(
        "xl/workbook.xml",
        r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    );
    put(
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    );
    put(
        "xl/worksheets/sheet1.xml",
        &format!(
            r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>"#
        ),
    );
    zip.finish().expect("finished");
}

fn text_cell(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn attacked_b1_a_value_in_the_last_cell_is_refused_with_its_place() {
    let Some(file) = small("corner.xlsx", "attacked_b1_last_cell") else { return };
    for command in ["check", "info"] {
        let output = limited(4_000_000, &[command, &file]);
        let told = said(&output) + &String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("corner.xlsx") && told.contains("XFD1048576"), "{told}");
    }
}

#[test]
fn attacked_b1_a_cell_reference_out_of_range_is_refused_with_its_place() {
    let Some(file) = small("huge_ref.xlsx", "attacked_b1_huge_ref") else { return };
    let output = limited(4_000_000, &["check", &file]);
    let told = said(&output) + &String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("huge_ref.xlsx") && told.contains("4294967295"), "{told}");
}

#[test]
fn attacked_b1_a_stray_cell_beside_5000_villages_costs_nothing() {
    let dir = copied();
    let mut sheet = format!(
        "<row r=\"1\">{}{}{}{}</row>",
        text_cell("A1", "code"),
        text_cell("B1", "year"),
        text_cell("C1", "population"),
        text_cell("XFD1", "stray"),
    );
    for i in 2..5_002 {
        sheet += &format!(
            "<row r=\"{i}\">{}<c r=\"B{i}\"><v>2023</v></c><c r=\"C{i}\"><v>{i}</v></c></row>",
            text_cell(&format!("A{i}"), &format!("DEMO{:08}", i - 1))
        );
    }
    workbook(&dir.path().join("t.xlsx"), &sheet);
    std::fs::write(
        dir.path().join("p.qiancun"),
        "version = 1\n[[layer]]\npath = \"villages.geojson\"\n[[table]]\npath = \"t.xlsx\"\n",
    )
    .expect("written");
    let output = limited(2_500_000, &["summary", &path(&dir, "p.qiancun"), "--json"]);
    assert!(output.status.success(), "{}", said(&output));
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(document["rows"][0]["indicators"]["population"]["known"], 71, "{document}");
}

/// A deflated stream of zeros, 1032 to 1.
#[test]
fn attacked_b1_zip_bombs_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("bomb.xlsx");
    workbook(&file, "");
    let mut zip =
        zip::ZipWriter::new_append(std::fs::File::options().read(true).write(true).open(&file).expect("opens"))
            .expect("appends");
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1)).large_file(true);
    zip.start_file("xl/sharedStrings.xml", options).expect("begun");
    zip.write_all(b"<sst><si><t>").expect("written");
    let zeros = vec![b'a'; 1 << 20];
    for _ in 0..2_500 {
        zip.write_all(&zeros).expect("written");
    }
    zip.write_all(b"</t></si></sst>").expect("written");
    zip.finish().expect("finished");
    let output = limited(1_500_000, &["check", file.to_str().expect("a path")]);
    let told = said(&output) + &String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("bomb.xlsx") && told.contains("GB"), "{told}");
}

#[cfg(unix)]
#[test]
fn attacked_b3_devices_and_pipes_are_refused_before_reading() {
    let dir = copied();
    let pipe = path(&dir, "pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("runs").success());
    let villages = path(&dir, "villages.geojson");
    for device in ["/dev/zero", pipe.as_str()] {
        // A layer; a table of points; a project; a log.
        for args in [
            vec!["check", device],
            vec!["pick", &villages, "--points", device],
            vec!["gaps", device],
            vec!["survey", "list", device],
        ] {
            let output = limited(3_000_000, &args);
            assert_eq!(output.status.code(), Some(1), "{args:?}: {}", said(&output));
        }
    }
    // As a table, a layer and a log of a project; as a photo; as a filled sheet.
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    let photo =
        limited(3_000_000, &["survey", "add", &project, "--gap", &key, "--result", "closed", "--photo", "/dev/zero"]);
    assert_eq!(photo.status.code(), Some(1), "{}", said(&photo));
    let sheet = limited(3_000_000, &["survey", "import", &project, &pipe]);
    assert_eq!(sheet.status.code(), Some(1), "{}", said(&sheet));
    let merged = limited(3_000_000, &["survey", "merge", &project, &pipe]);
    assert_eq!(merged.status.code(), Some(1), "{}", said(&merged));
    std::fs::write(dir.path().join("d.qiancun"), format!("version = 1\n[[layer]]\npath = \"villages.geojson\"\n[[layer]]\npath = '{pipe}'\n[[table]]\npath = '/dev/zero'\n")).expect("written");
    let output = limited(3_000_000, &["summary", &path(&dir, "d.qiancun")]);
    assert!(output.status.success() && said(&output).contains("pipe"), "{}", said(&output));
    std::fs::remove_file(path(&dir, "haidian.survey.gpkg")).ok();
    std::fs::remove_file(path(&dir, "haidian.survey.jsonl")).ok();
    assert!(Command::new("mkfifo").arg(path(&dir, "haidian.survey.gpkg")).status().expect("runs").success());
    let log = limited(3_000_000, &["survey", "list", &project]);
    assert_eq!(log.status.code(), Some(1), "{}", said(&log));
}

#[test]
fn attacked_b3_a_large_file_that_is_no_map_is_refused_by_its_beginning() {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, head) in
        [("film.mp4", b"\0\0\0\x20ftypisom".as_slice()), ("disk.img", b""), ("notes.txt", b"dear all, ")]
    {
        let file = dir.path().join(name);
        let mut out = std::fs::File::create(&file).expect("made");
        out.write_all(head).expect("written");
        out.set_len(5 << 30).expect("a large file");
        let output = limited(1_500_000, &["check", file.to_str().expect("a path")]);
        let told = said(&output) + &String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{name}: {told}");
        assert!(told.contains(name), "{told}");
    }
}

#[test]
fn attacked_b4_nan_in_a_project_is_refused_with_its_place() {
    for name in ["breaks", "camera", "edit", "ind", "opacity", "other", "radius", "rule", "target", "theme"] {
        let Some(file) = small(&format!("nan/{name}.qiancun"), "attacked_b4_nan") else { return };
        for command in ["summary", "gaps"] {
            let output = limited(4_000_000, &[command, &file]);
            assert_eq!(output.status.code(), Some(1), "{name}: {}", said(&output));
            let told = said(&output);
            assert!(told.contains(&format!("{name}.qiancun")) && told.contains("line "), "{told}");
        }
    }
    // A figure that is put over the files is a text there.
    let dir = copied();
    let text = std::fs::read_to_string(dir.path().join("haidian.qiancun")).expect("read");
    for value in ["-inf", "1e999", "Infinity"] {
        let edit = format!(
            "\n[[edit]]\nvillage = \"DEMO00000001\"\nwhat = \"population\"\nyear = 2023\nvalue = \"{value}\"\n"
        );
        std::fs::write(dir.path().join("e.qiancun"), text.clone() + &edit).expect("written");
        let output = limited(4_000_000, &["gaps", &path(&dir, "e.qiancun")]);
        assert_eq!(output.status.code(), Some(1), "{value}: {}", said(&output));
        assert!(said(&output).contains("e.qiancun") && said(&output).contains(value), "{}", said(&output));
    }
}

#[test]
fn attacked_b5_every_csv_guards_formulas() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    for note in ["=HYPERLINK(\"http://x\")", "+1", "-1+2", "@SUM(A1)", "\t=1"] {
        let added =
            qiancun(&["survey", "add", &project, "--gap", &key, "--result", "closed", "--note", note, "--by", "=x"]);
        assert!(added.status.success(), "{}", said(&added));
    }
    let out = path(&dir, "v.csv");
    assert!(qiancun(&["survey", "export", &project, "-o", &out]).status.success());
    let text = std::fs::read_to_string(&out).expect("read");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut rows = 0;
    for row in reader.records() {
        for field in row.expect("a row").iter() {
            let is_number = field.parse::<f64>().is_ok();
            assert!(is_number || !field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{field:?}");
        }
        rows += 1;
    }
    assert_eq!(rows, 5);
    // And what is read back is what was written.
    let again = json_of(&["survey", "import", &project, &out, "--dry-run", "--json"]);
    let rows = again["files"][0]["rows"].as_array().expect("rows");
    assert!(rows.iter().all(|r| r["verdict"] == "known"), "{again}");
    // A village's name, in the field sheet.
    let villages = std::fs::read_to_string(dir.path().join("villages.geojson")).expect("read");
    std::fs::write(dir.path().join("villages.geojson"), villages.replace("三星庄", "=cmd|' /C calc'!A0"))
        .expect("written");
    let sheet = path(&dir, "g.csv");
    assert!(qiancun(&["gaps", &project, "-o", &sheet]).status.success());
    let text = std::fs::read_to_string(&sheet).expect("read");
    assert!(text.contains("'=cmd") && !text.contains(",=cmd"), "guarded");
}

#[cfg(unix)]
#[test]
fn attacked_b5_a_closed_or_full_output_is_no_panic() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let villages = path(&dir, "villages.geojson");
    let facilities = path(&dir, "facilities.geojson");
    let points = path(&dir, "points.csv");
    std::fs::write(&points, "lon,lat\n".to_owned() + &"116.2,40.1\n".repeat(20_000)).expect("written");
    let key = keys(&project)[0].clone();
    for i in 0..3 {
        qiancun(&["survey", "add", &project, "--gap", &key, "--result", "closed", "--note", &i.to_string()]);
    }
    let all: Vec<Vec<&str>> = vec![
        vec!["--help"],
        vec!["--version"],
        vec!["check", &villages],
        vec!["check", &villages, "--json"],
        vec!["info", &villages],
        vec!["pick", &villages, "--points", &points],
        vec!["nearest", &villages, &facilities],
        vec!["classify", &villages, "--field", "population", "--method", "equal", "--classes", "5"],
        vec!["summary", &project, "--by", "town"],
        vec!["gaps", &project],
        vec!["survey", "list", &project],
    ];
    for args in &all {
        for (target, code) in [("| true; exit ${PIPESTATUS[0]}", 0), (">/dev/full", 1)] {
            let output = Command::new("bash")
                .args(["-c", &format!("\"$@\" {target}"), "-", env!("CARGO_BIN_EXE_qiancun")])
                .args(args)
                .output()
                .expect("it runs");
            assert!(!said(&output).contains("panicked"), "{args:?} {target}: {}", said(&output));
            assert_eq!(output.status.code(), Some(code), "{args:?} {target}: {}", said(&output));
        }
        // Standard error closed too.
        let quiet = Command::new("bash")
            .args(["-c", "\"$@\" >/dev/null 2>&-", "-", env!("CARGO_BIN_EXE_qiancun")])
            .args(args)
            .output()
            .expect("it runs");
        assert_eq!(quiet.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn attacked_b6_a_damaged_log_with_an_endless_sequence_opens() {
    let dir = tempfile::tempdir().expect("a folder");
    let (file, ids) = log_with(&dir, 50);
    let conn = Connection::open(&file).expect("opens");
    conn.execute_batch(&format!("UPDATE sqlite_sequence SET seq = {} WHERE name = 'events'", 1_i64 << 62))
        .expect("changed");
    drop(conn);
    let mut bytes = std::fs::read(&file).expect("read");
    bytes.chunks_mut(4096).skip(6).step_by(3).for_each(|p| p.fill(0x5a));
    std::fs::write(&file, bytes).expect("written");
    let output = limited(4_000_000, &["survey", "list", file.to_str().expect("a path"), "--json"]);
    assert!(output.status.success(), "{}", said(&output));
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(document["visits"].as_array().map(Vec::len), Some(ids.len()));
}

#[test]
fn attacked_b6_views_and_triggers_of_foreign_files_do_not_run_for_ever() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    assert!(qiancun(&["survey", "add", &project, "--gap", &key, "--result", "closed"]).status.success());
    // A sheet that is a view without an end.
    let sheet = dir.path().join("sheet.gpkg");
    Connection::open(&sheet)
        .and_then(|c| {
            c.execute_batch(
                "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT); \
                 INSERT INTO gpkg_contents VALUES ('v', 'attributes'); \
                 CREATE VIEW v AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) \
                 SELECT n AS key, max(n) AS result FROM r;",
            )
        })
        .expect("made");
    let output = limited(3_000_000, &["survey", "import", &project, sheet.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("sheet.gpkg"), "{}", said(&output));
    // A log whose tables are views without an end, or whose triggers are foreign.
    let other = dir.path().join("view.gpkg");
    let made = "CREATE TABLE qiancun_log (key TEXT, value TEXT); INSERT INTO qiancun_log VALUES ('version', '1'); \
                CREATE TABLE visits (id TEXT); \
                CREATE VIEW events AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) \
                SELECT count(*) AS fid FROM r;";
    Connection::open(&other).and_then(|c| c.execute_batch(made)).expect("made");
    let output = limited(3_000_000, &["survey", "merge", &project, other.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("view.gpkg"), "{}", said(&output));
    let triggered = dir.path().join("triggered.gpkg");
    std::fs::copy(dir.path().join("haidian.survey.gpkg"), &triggered).expect("copied");
    Connection::open(&triggered)
        .and_then(|c| {
            c.execute_batch(
                "CREATE TABLE waste (n); \
                 CREATE TRIGGER endless AFTER UPDATE ON qiancun_log BEGIN INSERT INTO waste \
                 WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r; END; \
                 CREATE TRIGGER endless_too AFTER INSERT ON visits BEGIN INSERT INTO waste \
                 WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r; END;",
            )
        })
        .expect("made");
    let output = limited(3_000_000, &["survey", "merge", &project, triggered.to_str().expect("a path")]);
    assert!(output.status.success(), "what it holds is taken in: {}", said(&output));
    assert_eq!(visits(&project).len(), 1);
}

#[test]
fn attacked_b6_the_order_does_not_wrap_at_its_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let (file, ids) = log_with(&dir, 3);
    let journal = dir.path().join("a.survey.jsonl");
    drop(std::fs::remove_file(&file));
    // A colleague's log whose counter stands at its end.
    let text = std::fs::read_to_string(&journal).expect("read");
    let last = text.lines().last().expect("a line");
    let mut line: Value = serde_json::from_str(last).expect("json");
    line["event"]["seq"] = i64::MAX.into();
    let event: qiancun::survey::Event = serde_json::from_value(line["event"].clone()).expect("an event");
    line["digest"] = event.digest().into();
    std::fs::write(&journal, text.replace(last, &line.to_string())).expect("written");
    let project = file.to_str().expect("a path");
    assert_eq!(visits(project).len(), 3);
    let id = &ids[2];
    assert!(qiancun(&["survey", "correct", project, id, "--note", "after the end"]).status.success());
    assert!(qiancun(&["survey", "correct", project, id, "--note", "and again"]).status.success());
    let told = visits(project);
    let one = told.iter().find(|v| v["id"] == id.as_str()).expect("the visit");
    assert_eq!(one["note"], "and again");
}

#[cfg(unix)]
#[test]
fn attacked_b2_merging_takes_pictures_and_nothing_else() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let other = copied();
    let theirs = path(&other, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    let picture = image::RgbImage::new(40, 30);
    picture.save(other.path().join("a.png")).expect("written");
    let photo = path(&other, "a.png");
    assert!(
        qiancun(&["survey", "add", &theirs, "--gap", &key, "--result", "closed", "--photo", &photo]).status.success()
    );
    let folder = other.path().join("haidian.photos");
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link.jpg")).expect("linked");
    std::os::unix::fs::symlink("/etc", folder.join("linked")).expect("linked");
    std::fs::write(folder.join("tool.exe"), "MZ").expect("written");
    std::fs::write(folder.join("fake.jpg"), "no picture").expect("written");
    assert!(Command::new("mkfifo").arg(folder.join("pipe.jpg")).status().expect("runs").success());
    let output = limited(3_000_000, &["survey", "merge", &project, &theirs]);
    assert!(output.status.success(), "{}", said(&output));
    let mut names: Vec<String> = walk(&dir.path().join("haidian.photos"));
    names.retain(|n| !n.ends_with(".png") && !n.ends_with(".png.jpg"));
    assert!(names.is_empty(), "{names:?}");
    assert_eq!(visits(&project).len(), 1);
}

fn walk(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path().is_dir() {
            true => names.extend(walk(&entry.path())),
            false => names.push(entry.file_name().to_string_lossy().into_owned()),
        }
    }
    names
}

/// Names that leave the folder of photos are names, never paths.
#[test]
fn attacked_b2_names_of_photos_stay_in_their_folder() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let key = keys(&project)[0].clone();
    assert!(qiancun(&["survey", "add", &project, "--gap", &key, "--result", "closed"]).status.success());
    let secret = image::RgbImage::new(8, 8);
    let outside = dir.path().parent().expect("a folder").join(format!("qiancun-outside-{}.png", std::process::id()));
    secret.save(&outside).expect("written");
    let name = outside.file_name().expect("a name").to_string_lossy().into_owned();
    let conn = Connection::open(path(&dir, "haidian.survey.gpkg")).expect("opens");
    for photo in [format!("../../{name}"), outside.to_string_lossy().into_owned(), format!(r"\\host\share\{name}")] {
        conn.execute("INSERT INTO visits (gap, result, photo) VALUES (?1, 'wrong', ?2)", [&key, &photo])
            .expect("inserted");
    }
    drop(conn);
    assert_eq!(visits(&project).len(), 4);
    let taken: Vec<String> =
        walk(&dir.path().join("haidian.photos")).into_iter().filter(|n| n.ends_with(".png")).collect();
    std::fs::remove_file(&outside).expect("removed");
    assert!(taken.is_empty(), "{taken:?}");
    // The same in a filled sheet.
    let sheet = path(&dir, "s.csv");
    std::fs::write(&sheet, format!("key,result,photo\n{key},closed,../x.png\n{key},closed,/etc/passwd\n"))
        .expect("written");
    let told = json_of(&["survey", "import", &project, &sheet, "--json"]);
    for row in told["files"][0]["rows"].as_array().expect("rows") {
        assert_eq!(row["remarks"][0], "no-photo", "{told}");
    }
}
