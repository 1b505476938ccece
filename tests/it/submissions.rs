//! What KoboToolbox and ODK take along, and what they hand back.

use serde_json::Value;

use crate::survey::{copied, json_of, path};

/// A small photo in a colour.
fn photo(colour: [u8; 3]) -> Vec<u8> {
    let image = image::RgbImage::from_pixel(40, 30, image::Rgb(colour));
    let mut jpeg = Vec::new();
    image.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 90)).expect("a JPEG");
    jpeg
}

/// A round, and the keys of its gaps with what the form would say of each.
fn round() -> (tempfile::TempDir, String, Vec<[String; 2]>) {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let out = path(&dir, "round");
    let told = json_of(&["field", "export", &project, "-o", &out, "--people", "2", "--days", "2", "--json"]);
    for name in ["form.xlsx", "gaps.csv", "entities.csv", "route-1.txt"] {
        assert!(told["files"].to_string().contains(name), "{name} in {told}");
    }
    let table = std::fs::read_to_string(path(&dir, "round/gaps.csv")).expect("a table");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let heads = reader.headers().expect("heads").clone();
    let at = |name: &str| heads.iter().position(|h| h == name).expect("a column");
    let (key, label, name) = (at("key"), at("label"), at("name"));
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert!(rows.len() > 3 && rows.iter().all(|r| r[label].contains('·')), "{table}");
    assert!(rows.iter().all(|r| r[name].bytes().all(|b| b.is_ascii_alphanumeric())));
    (dir, project, rows.iter().map(|r| [r[key].to_owned(), r[name].to_owned()]).collect())
}

fn counts(project: &str, from: &str) -> (u64, Vec<(u64, String)>) {
    let told = json_of(&["field", "import", project, from, "--json"]);
    let files = told["files"].as_array().cloned().unwrap_or_default();
    let recorded = files.iter().filter_map(|f| f["recorded"].as_u64()).sum();
    let left = told["left_out"].as_array().cloned().unwrap_or_default();
    let left = left.iter().map(|l| (l["count"].as_u64().unwrap_or(0), l["why"].to_string())).collect();
    (recorded, left)
}

fn listed(project: &str) -> Vec<Value> {
    json_of(&["survey", "list", project, "--json"])["visits"].as_array().cloned().unwrap_or_default()
}

#[test]
fn what_kobo_hands_back_becomes_visits_with_their_photos_once() {
    let (dir, project, gaps) = round();
    // As KoboToolbox exports it: semicolons, groups, the parts of a place, its own columns; two phones gave one name to two photos.
    let mut csv = String::from(
        "start;end;gap;key;rule;visit/result;visit/note;visit/photo;visit/photo_URL;place;_place_latitude;_place_longitude;\
         _place_altitude;_place_precision;by;at;_id;_uuid;_submission_time\n",
    );
    for (i, result) in ["confirmed", "closed"].into_iter().enumerate() {
        let [key, name] = &gaps[i];
        csv += &format!(
            "2026-11-20T09:0{i}:00.000+08:00;2026-11-20T09:05:00.000+08:00;{name};\"{key}\";;{result};第 {i} 处;IMG_1.jpg;https://kobo.example.org/1;\
             40.0 116.1 0 5;40.0;116.1;0;5;王;2026-11-20T09:0{i}:00.000+08:00;{i};aaaa-{i};2026-11-20T10:00:00\n"
        );
        let folder = path(&dir, &format!("kobo/attachments/form/aaaa-{i}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(format!("{folder}/IMG_1.jpg"), photo([40, 90 * i as u8, 60])).expect("written");
    }
    std::fs::write(path(&dir, "kobo/visits.csv"), csv).expect("written");
    let kobo = path(&dir, "kobo");
    assert_eq!(counts(&project, &kobo), (2, Vec::new()));
    assert_eq!(counts(&project, &kobo).0, 0, "the same folder twice brings nothing twice");
    let visits = listed(&project);
    let first = visits.iter().find(|v| v["gap"] == gaps[0][0].as_str()).expect("there");
    assert_eq!((first["result"].as_str(), first["by"].as_str()), (Some("confirmed"), Some("王")), "{first}");
    let photos: Vec<String> = visits.iter().map(|v| v["photos"].to_string()).collect();
    assert!(photos.iter().all(|p| p.contains(".jpg")) && photos[0] != photos[1], "each its own: {photos:?}");
}

#[test]
fn what_odk_hands_back_is_understood_as_csv_and_as_geojson() {
    let (dir, project, gaps) = round();
    let [key, name] = &gaps[2];
    // As ODK Central exports it: groups before a hyphen, the filled form's own name as KEY, photos in media/.
    let csv = format!(
        "SubmissionDate,start,end,username,gap,key,rule,visit-result,visit-note,visit-photo,place-Latitude,place-Longitude,\
         place-Altitude,place-Accuracy,by,at,meta-instanceID,KEY,SubmitterID,SubmitterName\n\
         2026-11-21T03:00:00.000Z,2026-11-21T10:00:00.000+08:00,2026-11-21T10:02:00.000+08:00,,{name},\"{key}\",,wrong,已改,1700000000000.jpg,\
         40.01,116.12,0,4,,2026-11-21T10:01:00.000+08:00,uuid:bbbb,uuid:bbbb,5,网格员甲\n"
    );
    std::fs::create_dir_all(path(&dir, "odk/media")).expect("a folder");
    std::fs::write(path(&dir, "odk/media/1700000000000.jpg"), photo([200, 40, 40])).expect("written");
    std::fs::write(path(&dir, "odk/qiancun_visits.csv"), csv).expect("written");
    let (recorded, left) = counts(&project, &path(&dir, "odk"));
    assert_eq!((recorded, left.len()), (1, 0));
    let visits = listed(&project);
    let visit = visits.iter().find(|v| v["gap"] == key.as_str()).expect("there");
    assert_eq!((visit["result"].as_str(), visit["by"].as_str()), (Some("wrong"), Some("网格员甲")), "{visit}");
    // The same visit as GeoJSON is no second one.
    let feature = serde_json::json!({
        "type": "FeatureCollection", "features": [{ "type": "Feature",
            "geometry": { "type": "Point", "coordinates": [116.12, 40.01] },
            "properties": { "visit/result": "wrong", "visit/note": "已改", "key": key, "visit/photo": "1700000000000.jpg",
                            "at": "2026-11-21T10:01:00.000+08:00", "_submitted_by": "网格员甲", "_uuid": "bbbb" } }],
    });
    std::fs::write(path(&dir, "odk/visits.geojson"), feature.to_string()).expect("written");
    let (recorded, left) = counts(&project, &path(&dir, "odk/visits.geojson"));
    assert_eq!((recorded, left.iter().map(|l| l.0).sum::<u64>()), (0, 1), "{left:?}");
    // A form that nobody filled in is told.
    let empty = crate::survey::qiancun(&["field", "import", &project, &path(&dir, "odk/media")]);
    assert!(crate::survey::said(&empty).contains("KoboToolbox"), "{}", crate::survey::said(&empty));
}

/// A picture of codes side by side; without codes a spot.
pub fn picture(file: &std::path::Path, codes: &[&str], shade: u8) {
    const CELL: usize = 8;
    let made: Vec<qrcodegen::QrCode> = codes
        .iter()
        .map(|text| qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).expect("a code"))
        .collect();
    let side = made.iter().map(|c| c.size() as usize + 8).max().unwrap_or(40) * CELL;
    let mut image = image::RgbImage::from_pixel((side * made.len().max(1)) as u32, side as u32, image::Rgb([shade; 3]));
    for (i, code) in made.iter().enumerate() {
        for y in 0..side {
            for x in 0..side {
                let at = |v: usize| (v / CELL) as i32 - 4;
                let is_dark = code.get_module(at(x), at(y));
                let ink = if is_dark { 0 } else { 255 };
                image.put_pixel((i * side + x) as u32, y as u32, image::Rgb([ink; 3]));
            }
        }
    }
    image.save(file).expect("written");
}

#[test]
fn photos_of_a_round_are_told_apart_in_the_window() {
    use crate::window::{open, send, settle};
    use egui_kittest::kittest::Queryable;
    use qiancun::round::slate_text;
    use qiancun::session::{Dialogue, FieldPhotosDraft, SurveyCommand, WindowCommand};

    let dir = crate::survey::copied();
    let project = crate::survey::path(&dir, "haidian.qiancun");
    let mut h = open(vec![project.clone().into()], qiancun::lang::Lang::Zh, [1366.0, 768.0]);
    let keys = h.state().session.present_gaps().expect("gaps").keys.clone();
    let (a, b) = (keys[0].clone(), keys[9].clone());
    let words = |h: &egui_kittest::Harness<'static, qiancun::app::Qiancun>, key: &str| {
        h.state().session.gap_names().of(key).to_owned()
    };
    let folder = dir.path().join("外业");
    std::fs::create_dir(&folder).expect("a folder");
    let (one, other) = (slate_text(&a), slate_text(&b));
    for (name, codes, shade) in [
        ("00.png", &[][..], 10),
        ("01.png", &[one.as_str()][..], 0),
        ("02.png", &[], 20),
        ("03.png", &[&one, &other], 0),
        ("04.png", &[], 40),
        ("05.png", &[], 50),
    ] {
        picture(&folder.join(name), codes, shade);
    }
    send(&mut h, SurveyCommand::SortPhotos(vec![folder.clone()]));
    let draft = |h: &egui_kittest::Harness<'static, qiancun::app::Qiancun>| -> FieldPhotosDraft {
        match &h.state().session.moment.dialogue {
            Some(Dialogue::FieldPhotos(draft)) => (**draft).clone(),
            other => panic!("the photos are shown: {other:?}"),
        }
    };
    let found = draft(&h);
    assert_eq!((found.sorted.of_gaps[&a].len(), found.sorted.slates, found.sorted.left.len()), (1, 1, 1));
    assert_eq!((found.sorted.asked.len(), found.sorted.asked[0].after.len()), (1, 2));
    // Which of two was meant is said by a click; the photo that nobody knows is put by its menu.
    h.get_by_role_and_label(egui::Role::Button, &words(&h, &b)).click();
    settle(&mut h);
    assert_eq!(draft(&h).sorted.of_gaps[&b].len(), 2);
    h.get_by_label("00.png").click();
    settle(&mut h);
    h.get_by_role_and_label(egui::Role::Button, &words(&h, &a)).click();
    settle(&mut h);
    let put = draft(&h);
    assert_eq!((put.sorted.of_gaps[&a].len(), put.sorted.left.len(), put.placed()), (2, 0, 4));
    // Gaps without a visit get one, if somebody says with what result.
    let mut decided = put;
    decided.result = Some(qiancun::survey::Outcome::Confirmed);
    h.state_mut().session.moment.dialogue = Some(Dialogue::FieldPhotos(Box::new(decided)));
    settle(&mut h);
    h.get_by_label("放入 4 张").click();
    settle(&mut h);
    let listed = || {
        let list = crate::survey::json_of(&["survey", "list", &project, "--json"]);
        let visits = list["visits"].as_array().expect("visits").clone();
        let count = |v: &serde_json::Value| v["photos"].as_array().map_or(0, Vec::len);
        let mut found: Vec<(String, usize)> =
            visits.iter().map(|v| (v["gap"].as_str().expect("a key").to_owned(), count(v))).collect();
        found.sort();
        found
    };
    let mut right = vec![(a.clone(), 2), (b.clone(), 2)];
    right.sort();
    assert_eq!(listed(), right);
    // The same folder again adds nothing; what was done is one step that can be taken back.
    send(&mut h, SurveyCommand::SortPhotos(vec![folder]));
    let mut again = draft(&h);
    again.answer(0, &b);
    send(&mut h, SurveyCommand::PutPhotos(Box::new(again)));
    assert_eq!(listed(), right);
    send(&mut h, WindowCommand::Undo);
    send(&mut h, WindowCommand::Undo);
    settle(&mut h);
    let withdrawn = |key: &str| {
        let survey = h.state().session.survey().expect("a log");
        survey.heads(key).iter().all(|v| v.is_withdrawn)
    };
    assert!(withdrawn(&a) && withdrawn(&b));
}
