//! A small session for tests beside the code: three villages in two towns, two years of figures, a clinic and a toilet.

use std::sync::Arc;

use super::history::DocumentState;
use super::layer::{Layer, Loaded, Status};
use super::state::Session;
use crate::lang::Lang;
use crate::project::{LayerEntry, Settings, give_ids};
use crate::read::{Progress, read_bytes};
use crate::render::LayerKey;

/// Key of the villages.
pub(crate) const VILLAGES: LayerKey = LayerKey::new(2);
/// Key of the facilities.
pub(crate) const FACILITIES: LayerKey = LayerKey::new(3);

/// The session, joined and looked through for gaps.
pub(crate) fn session(lang: Lang) -> Session {
    let village = |i: usize, name: &str, town: &str, sewage: f64| {
        let (w, e) = (116.0 + 0.02 * i as f64, 116.01 + 0.02 * i as f64);
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{name}","code":"V{i}","town":"{town}","population":{},"sewage_treatment_pct":{sewage}}},
            "geometry":{{"type":"Polygon","coordinates":[[[{w},40],[{e},40],[{e},40.01],[{w},40.01],[{w},40]]]}}}}"#,
            100 * (i + 1)
        )
    };
    let facility = |i: usize, kind: &str| {
        let lon = 116.005 + 0.02 * i as f64;
        format!(
            r#"{{"type":"Feature","properties":{{"id":"F{i}","name":"f{i}","kind":"{kind}","status":"in_use"}},
            "geometry":{{"type":"Point","coordinates":[{lon},40.005]}}}}"#
        )
    };
    let all = |features: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let villages =
        [village(0, "东沟村", "甲镇", 99.5), village(1, "西沟村", "甲镇", 80.0), village(2, "草厂村", "乙镇", 40.0)];
    let facilities = [facility(0, "clinic"), facility(1, "public_toilet")];
    let mut session = Session::new(Settings::default(), lang, false);
    let mut layers = Vec::new();
    for (key, name, text) in [(FACILITIES, "f.geojson", all(&facilities)), (VILLAGES, "v.geojson", all(&villages))] {
        let dataset = read_bytes(name.as_ref(), text.as_bytes(), &Progress::new()).expect("a dataset");
        let loaded = Arc::new(Loaded::new(dataset));
        loaded.finish();
        session.layers.insert(key, Layer { key, status: Status::Ready(loaded), colouring: None });
        layers.push(LayerEntry::new(name.into()));
    }
    give_ids(&mut layers);
    let project = crate::project::Project { layers, title: "试".into(), ..Default::default() };
    session.begin(DocumentState { project, keys: vec![FACILITIES, VILLAGES], selection: None });
    session.join();
    session.find_focus();
    session.roll();
    session.find_gaps();
    session.look_at_all();
    session
}
