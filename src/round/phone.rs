//! What a phone takes along: a GeoPackage with gaps, villages, facilities and an empty layer of visits, and beside it a QGIS project with
//! only what QField documents: forms with lists, a photo, what must be filled in, gaps by severity with names.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::qgis::{Field, Layer, QgisProject, Widget};
use super::xlsform;
use crate::district::District;
use crate::geo::BoundsDeg;
use crate::lang::Lang;
use crate::model::{Dataset, Role};
use crate::output::{RESULTS, add_layer_to, prepare_geopackage};
use crate::project::write_replacing;
use crate::read::{Progress, read_bytes};
use crate::rules::{Gap, Rules};

/// A gap on its way into the field.
pub struct PhoneGap<'a> {
    /// Its key.
    pub key: String,
    /// The gap.
    pub gap: &'a Gap,
    /// How it stands by the log, in words.
    pub status: String,
    /// Who is to see it, from 1; `None` where nobody was told off.
    pub person: Option<usize>,
    /// On which day, from 1.
    pub day: Option<usize>,
}

/// A round for phones.
pub struct PhoneRound<'a> {
    /// What is open.
    pub district: &'a District,
    /// Its rules.
    pub rules: &'a Rules,
    /// The gaps.
    pub gaps: Vec<PhoneGap<'a>>,
    /// Title of the project.
    pub title: String,
    /// Language of forms and names.
    pub lang: Lang,
    /// Ground to take along: MBTiles files.
    pub grounds: Vec<PathBuf>,
}

/// A file of a round, and how large it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundFile {
    /// Its path.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Names of the files.
const PACKAGE: &str = "round.gpkg";
const PROJECT: &str = "round.qgz";

/// Writes a round into a folder, which is made where it is missing: `round.gpkg`, `round.qgz`, copies of the grounds, where people are
/// told off a project of each person's own gaps (`round-1.qgz`), and for KoboToolbox and ODK `form.xlsx`, `gaps.csv` and `entities.csv`.
///
/// # Errors
/// Those of the file system and of SQLite; [`io::ErrorKind::AlreadyExists`] where a round lies there that holds visits.
pub fn write_phone_round(round: &PhoneRound<'_>, folder: &Path) -> io::Result<Vec<RoundFile>> {
    std::fs::create_dir_all(folder)?;
    let before = visits_in(&folder.join(PACKAGE))?;
    if before > 0 {
        let why = format!(
            "it holds a round with {before} visits: take them in first (field import), and name another folder"
        );
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    }
    let package = package(round).map_err(io::Error::other)?;
    let mut grounds = Vec::new();
    let mut files = Vec::new();
    let mut put = |name: &str, bytes: &[u8]| -> io::Result<()> {
        let path = folder.join(name);
        write_replacing(&path, bytes)?;
        files.push(RoundFile { path, bytes: bytes.len() as u64 });
        Ok(())
    };
    put(PACKAGE, &package)?;
    for (i, ground) in round.grounds.iter().enumerate() {
        let name = if i == 0 { "ground.mbtiles".to_owned() } else { format!("ground-{}.mbtiles", i + 1) };
        put(&name, &std::fs::read(ground)?)?;
        grounds.push(name);
    }
    put(PROJECT, &project(round, &grounds, None)?)?;
    let people: std::collections::BTreeSet<usize> = round.gaps.iter().filter_map(|g| g.person).collect();
    for person in people {
        put(&format!("round-{person}.qgz"), &project(round, &grounds, Some(person))?)?;
    }
    if !round.gaps.is_empty() {
        let gaps: Vec<Value> = round.gaps.iter().map(|g| gap_feature(round, g)).collect();
        let (choices, entities, version) = xlsform::tables(&gaps);
        let people = round.gaps.iter().filter_map(|g| g.person).max().unwrap_or(0);
        let title = format!("{} · {}", round.title, head(round.lang, "visits"));
        put("form.xlsx", &xlsform::form(&title, people, &version).map_err(io::Error::other)?)?;
        put(xlsform::CHOICES, choices.as_bytes())?;
        put("entities.csv", entities.as_bytes())?;
    }
    Ok(files)
}

/// How many visits a GeoPackage of a former round holds; none where there is no such file.
fn visits_in(package: &Path) -> io::Result<i64> {
    if !package.exists() {
        return Ok(0);
    }
    let open = Connection::open_with_flags(package, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let count = open.and_then(|c| c.query_row("SELECT count(*) FROM visits", [], |row| row.get(0)));
    // What is no round of ours is not written over either.
    count.map_err(|e| io::Error::other(format!("{} is there, and is no round ({e})", package.display())))
}

/// A dataset made of features.
fn dataset(name: &str, features: &[Value]) -> Option<Dataset> {
    let text = json!({ "type": "FeatureCollection", "name": name, "features": features }).to_string();
    read_bytes(format!("{name}.geojson").as_ref(), text.as_bytes(), &Progress::new()).ok()
}

/// A text, or null where it is empty.
fn text(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::String(text) }
}

fn gap_feature(round: &PhoneRound<'_>, of: &PhoneGap<'_>) -> Value {
    let (district, gap) = (round.district, of.gap);
    let rule = round.rules.get(&gap.rule);
    let of_village = |role| gap.village.map(|v| district.text(v, role)).unwrap_or_default();
    let facility = gap.facility.and_then(|f| district.facilities.get(f as usize)).map(|f| f.name.clone());
    let severity = round.lang.find(&format!("severity.{}", gap.severity.key())).unwrap_or(gap.severity.key());
    let village = gap.village.map(|v| district.villages.display_name(v)).unwrap_or_default();
    let point = gap.at.map_or(Value::Null, |p| json!({ "type": "Point", "coordinates": [p.lon_deg, p.lat_deg] }));
    json!({
        "type": "Feature",
        "geometry": point,
        "properties": {
            "gap": of.key, "rule": gap.rule, "rule_name": text(rule.map_or_else(String::new, |r| r.name(round.lang).to_owned())),
            "severity": gap.severity.key(), "severity_name": severity, "village_name": text(village),
            "village_code": text(of_village(Role::Code)), "town_name": text(of_village(Role::Town)),
            "facility_name": text(facility.unwrap_or_default()), "reason": gap.reason(district, rule, round.lang),
            "to_do": text(rule.map_or_else(String::new, |r| r.closes(round.lang).to_owned())), "status": text(of.status.clone()),
            "person": of.person, "day": of.day,
        },
    })
}

/// The GeoPackage.
fn package(round: &PhoneRound<'_>) -> rusqlite::Result<Vec<u8>> {
    let mut conn = Connection::open_in_memory()?;
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")?;
    prepare_geopackage(&conn)?;
    let district = round.district;
    let gaps: Vec<Value> = round.gaps.iter().map(|g| gap_feature(round, g)).collect();
    let facility = |f: &crate::district::Facility| {
        let village = f.village.map(|v| district.villages.display_name(v)).unwrap_or_default();
        json!({
            "type": "Feature",
            "geometry": { "type": "Point", "coordinates": [f.at.lon_deg, f.at.lat_deg] },
            "properties": { "facility": text(f.id.clone()), "facility_name": text(f.name.clone()), "kind": f.kind.key(),
                            "kind_name": round.lang.find(&format!("value.{}", f.kind.key())).unwrap_or(f.kind.key()),
                            "village_name": text(village), "in_use": f.is_in_use() },
        })
    };
    let facilities: Vec<Value> = district.facilities.iter().map(facility).collect();
    if let Some(dataset) = dataset("gaps", &gaps).filter(|_| !gaps.is_empty()) {
        add_layer_to(&conn, &dataset, "gaps")?;
    }
    if let Some(dataset) = dataset("facilities", &facilities).filter(|_| !facilities.is_empty()) {
        add_layer_to(&conn, &dataset, "facilities")?;
    }
    add_layer_to(&conn, &district.villages, "villages")?;
    // Empty: what is found goes here, each visit with the key of its gap.
    conn.execute_batch(
        "CREATE TABLE visits (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, \"key\" TEXT, result TEXT, note TEXT,
         photo TEXT, \"by\" TEXT, \"at\" DATETIME);
         INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('visits', 'features', 'visits', 4326);
         INSERT INTO gpkg_geometry_columns VALUES ('visits', 'geom', 'POINT', 4326, 0, 0);",
    )?;
    conn.execute_batch("COMMIT")?;
    conn.serialize("main").map(|data| data.to_vec())
}

/// A word of the forms.
fn head(lang: Lang, key: &str) -> String {
    lang.find(&format!("phone.{key}")).unwrap_or(key).to_owned()
}

fn field(lang: Lang, name: &str, widget: Widget) -> Field {
    Field { name: name.to_owned(), alias: head(lang, name), widget, ..Field::default() }
}

/// Fields that are only shown.
fn shown<const N: usize>(lang: Lang, names: [&str; N]) -> Vec<Field> {
    names.map(|name| Field { is_read_only: true, ..field(lang, name, Widget::Text) }).into()
}

/// The layer that is filled in.
fn visits_layer(lang: Lang) -> Layer {
    let results: Vec<(String, String)> =
        RESULTS.iter().map(|r| (lang.find(&format!("result.{r}")).unwrap_or(r).to_owned(), (*r).to_owned())).collect();
    let gap = Widget::Relation { layer: "gaps".into(), field: "gap".into() };
    let must = |name: &str, widget: Widget| Field { must_be: true, ..field(lang, name, widget) };
    Layer {
        fields: vec![
            field(lang, "fid", Widget::Hidden),
            must("key", gap),
            must("result", Widget::Choice(results)),
            field(lang, "note", Widget::Lines),
            field(lang, "photo", Widget::Photo),
            must("by", Widget::Text),
            Field { default: "now()".into(), ..must("at", Widget::Time) },
        ],
        title: head(lang, "visits"),
        display: "result".into(),
        ..Layer::points("visits", [0x1d, 0x5f, 0xa8])
    }
}

/// The gaps, by severity, each with its village's name.
fn gaps_layer(lang: Lang) -> Layer {
    let hidden = ["fid", "gap", "rule", "severity", "village_code"].map(|name| field(lang, name, Widget::Hidden));
    let mut fields: Vec<Field> = hidden.into();
    fields.extend(shown(lang, ["rule_name", "severity_name", "village_name", "town_name", "facility_name"]));
    fields.extend(shown(lang, ["reason", "to_do", "status", "person", "day"]));
    let class = |key: &str, colour: [u8; 3]| {
        (key.to_owned(), lang.find(&format!("severity.{key}")).unwrap_or(key).to_owned(), colour)
    };
    let classes = vec![
        class("high", [0xc2, 0x2f, 0x2f]),
        class("medium", [0xd9, 0x77, 0x06]),
        class("data", [0x6b, 0x75, 0x80]),
        class("district", [0x33, 0x33, 0x33]),
    ];
    Layer {
        fields,
        title: head(lang, "gaps"),
        display: "village_name".into(),
        label: "village_name".into(),
        classes: Some(("severity".into(), classes)),
        ..Layer::points("gaps", [0xc2, 0x2f, 0x2f])
    }
}

/// The QGIS project, in its archive; with the gaps of one person only, where one is named.
fn project(round: &PhoneRound<'_>, grounds: &[String], person: Option<usize>) -> io::Result<Vec<u8>> {
    let lang = round.lang;
    let facilities = Layer {
        fields: shown(lang, ["facility_name", "kind_name", "village_name", "in_use"]),
        title: head(lang, "facilities"),
        display: "facility_name".into(),
        ..Layer::points("facilities", [0x1f, 0x7a, 0x4d])
    };
    let name = round.district.villages.roles.field(Role::Name);
    let name =
        name.and_then(|i| round.district.villages.table.columns.get(i)).map(|c| c.name.clone()).unwrap_or_default();
    let villages =
        Layer { title: head(lang, "villages"), label: name.clone(), display: name, ..Layer::areas("villages") };
    let mut layers = vec![visits_layer(lang)];
    if !round.gaps.is_empty() {
        let subset = person.map_or_else(String::new, |p| format!("\"person\" = {p}"));
        layers.push(Layer { subset, ..gaps_layer(lang) });
    }
    if !round.district.facilities.is_empty() {
        layers.push(facilities);
    }
    layers.push(villages);
    let bounds = round.gaps.iter().filter_map(|g| g.gap.at).map(BoundsDeg::of).reduce(BoundsDeg::union);
    let bounds = bounds.or_else(|| round.district.villages.geometry.bounds());
    let qgis = QgisProject {
        title: person.map_or_else(|| round.title.clone(), |p| format!("{} · {p}", round.title)),
        package: PACKAGE.to_owned(),
        layers,
        grounds: grounds.to_vec(),
        relation: (!round.gaps.is_empty()).then(|| ("visits".into(), "key".into(), "gaps".into(), "gap".into())),
        bounds: bounds.map(|b| b.with_room(0.1, 0.002)),
    };
    let xml = qgis.to_xml().map_err(io::Error::other)?;
    let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    // A fixed time: the same round is the same file.
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    archive.start_file("round.qgs", options).map_err(io::Error::other)?;
    archive.write_all(&xml)?;
    Ok(archive.finish().map_err(io::Error::other)?.into_inner())
}
