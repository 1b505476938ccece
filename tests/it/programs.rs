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
