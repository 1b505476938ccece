//! Whole files through [`read_bytes`]: tiny ones by hand, and arbitrary ones.

use proptest::prelude::*;

use super::{Progress, ReadError, read_bytes, read_file};
use crate::model::{Crs, CrsFrom, Dataset, FeatureId, FieldType, GeometryKind, Severity, Value};

fn read(bytes: impl AsRef<[u8]>) -> Result<Dataset, ReadError> {
    read_bytes("maps/乡村.json".as_ref(), bytes.as_ref(), &Progress::new())
}

/// What a good file gives.
fn good(bytes: impl AsRef<[u8]>) -> Dataset {
    match read(bytes) {
        Ok(dataset) => dataset,
        Err(e) => panic!("{e}"),
    }
}

/// The code of a file that cannot be read.
fn bad(bytes: impl AsRef<[u8]>) -> &'static str {
    read(bytes).map_or_else(|e| e.code(), |d| panic!("{} features", d.len()))
}

fn codes(dataset: &Dataset) -> Vec<(Option<u32>, &'static str)> {
    dataset.report.problems.iter().map(|p| (p.feature.map(|f| f.number()), p.code)).collect()
}

fn collection(features: &str) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
}

const SQUARE: &str = r#"{"type":"Feature","id":7,"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{"村名":"草场","n":1}}"#;

#[test]
fn members_come_in_any_order() {
    let text = format!(r#"{{"features":[{SQUARE}, {SQUARE}],"crs":null,"name":"层","type":"FeatureCollection"}}"#);
    let d = good(text);
    assert_eq!((d.len(), d.source.format, d.source.layer.as_str()), (2, crate::read::formats::GEOJSON, "层"));
    assert_eq!(
        (d.geometry.coords.len(), d.geometry.bounds()),
        (8, Some(crate::geo::BoundsDeg::new([0.0, 0.0, 1.0, 1.0])))
    );
    let fields: Vec<_> = d.table.columns.iter().map(|c| (c.name.as_str(), c.kind)).collect();
    assert_eq!(fields, [("村名", FieldType::Text), ("n", FieldType::Integer), ("id", FieldType::Integer)]);
    assert_eq!(d.display_name(FeatureId::new(1)), "草场");
    assert!(d.report.problems.is_empty());
}

#[test]
fn type_may_follow_coordinates_and_the_last_of_two_wins() {
    let d = good(
        r#"{"type":"Feature","geometry":{"coordinates":[1,2],"type":"Point","coordinates":[3,4]},"properties":{"a":1,"a":"x"}}"#,
    );
    assert_eq!(
        (d.geometry.coords.as_slice(), d.table.value(FeatureId::new(0), 0)),
        (&[[3.0, 4.0]][..], Value::Text("x"))
    );
    assert_eq!(codes(&d), [(Some(0), "duplicate-key")]);
}

#[test]
fn a_broken_feature_costs_itself_only() {
    let broken = [
        (r#"{"type":"Feature","geometry":null,"properties":{}}"#, "null-geometry"),
        (r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[]},"properties":null}"#, "empty-geometry"),
        (
            r#"{"type":"Feature","geometry":{"type":"Circle","coordinates":[1,2]},"properties":{}}"#,
            "unknown-geometry-type",
        ),
        (r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[NaN,2]},"properties":{}}"#, "bad-coordinates"),
        (
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1e999,2]},"properties":{}}"#,
            "infinite-number",
        ),
        (
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[181,2]},"properties":{}}"#,
            "longitude-out-of-range",
        ),
        (
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,91]},"properties":{}}"#,
            "latitude-out-of-range",
        ),
        (
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]},"properties":{}}"#,
            "ring-too-short",
        ),
        (
            r#"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]},"properties":{}}"#,
            "ring-not-closed",
        ),
        (
            r#"{"type":"Feature","geometry":{"type":"LineString","coordinates":[[0,0],[0,0],[1,1]]},"properties":{}}"#,
            "repeated-positions",
        ),
        (r#"{"type":"Fee","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}"#, "not-a-feature"),
        (r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a" 1}}"#, "broken-json"),
        (r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[[1,2]},"properties":{}}"#, "broken-json"),
        (r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":7}"#, "bad-properties"),
        (
            r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":NaN}}"#,
            "not-a-number",
        ),
        ("17", "not-an-object"),
        ("[1,2]", "not-an-object"),
    ];
    for (text, code) in broken {
        let d = good(collection(&format!("{SQUARE},{text},{SQUARE}")));
        assert_eq!(d.len(), 3, "{text}");
        assert!(codes(&d).contains(&(Some(1), code)), "{text}: {:?}", codes(&d));
        assert!(d.report.problems.iter().all(|p| p.feature == Some(FeatureId::new(1))), "{text}");
        assert!(
            d.geometry.features.iter().filter(|f| f.kind == GeometryKind::Polygon && f.part_start < f.part_end).count()
                >= 2
        );
    }
}

#[test]
fn a_missing_brace_costs_one_feature() {
    let open = r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":1}"#;
    let d = good(collection(&format!("{SQUARE},{open},{SQUARE},{SQUARE}")));
    assert_eq!((d.len(), codes(&d)), (4, vec![(Some(1), "broken-json")]));
}

#[test]
fn bytes_that_are_no_utf8_are_read_as_what_they_are_or_reported() {
    let text = collection(SQUARE).into_bytes();
    let gbk: Vec<u8> = [&b"\xb2\xdd\xb3\xa1"[..]].concat();
    let at = text.windows(6).position(|w| w == "草场".as_bytes()).unwrap_or(0);
    let d = good([&text[..at], &gbk, &text[at + 6..]].concat());
    // The whole text is GBK: it is read as such.
    assert_eq!((codes(&d).len(), d.source.encoding, d.source.encoding_from), (0, "GB18030", "scored"));
    assert_eq!(d.table.value(FeatureId::new(0), 0), Value::Text("草场"));
    let long = "东沟村西沟村后沙涧村".repeat(8);
    let d = good([&text[..at], long.as_bytes(), b"\xff", &text[at + 6..]].concat());
    assert_eq!((codes(&d), d.source.encoding), (vec![(Some(0), "bad-utf8")], "UTF-8"));
}

#[test]
fn what_nests_too_deep_is_left_out() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let d = good(collection(&format!(r#"{{"type":"Feature","geometry":null,"properties":{{"a":{deep},"b":1}}}}"#)));
    assert!(codes(&d).contains(&(Some(0), "nested-too-deep")));
    assert_eq!(d.table.value(FeatureId::new(0), 1), Value::Integer(1));
    assert_eq!(bad("[".repeat(100_000)), "truncated");
    assert_eq!(bad(r#"[{"":"#.repeat(50_000)), "truncated");
    let collections = r#"{"type":"GeometryCollection","geometries":["#.repeat(1000) + &"]}".repeat(1000);
    assert!(codes(&good(collections)).contains(&(Some(0), "nested-too-deep")));
}

#[test]
fn a_file_cut_short_keeps_what_is_whole() {
    let text = collection(&[SQUARE; 3].join(","));
    let d = good(&text[..text.len() - 30]);
    assert_eq!((d.len(), codes(&d)), (2, vec![(None, "truncated")]));
    assert_eq!(bad(&text[..60]), "truncated");
}

#[test]
fn attributes_keep_their_kind() {
    let row = |p: &str| format!(r#"{{"type":"Feature","geometry":null,"properties":{p}}}"#);
    let d = good(collection(&[
        row(r#"{"code":"0012","big":110108001001000000000000,"r":1.50,"o":{ "k": [1, 2] },"b":true,"d":"2024-05-01"}"#),
        row(r#"{"code":12,"big":1,"r":2,"o":null,"b":false}"#),
    ].join(",")));
    let kinds: Vec<_> = d.table.columns.iter().map(|c| c.kind).collect();
    use FieldType::{Boolean, Date, Real, Text};
    assert_eq!(kinds, [Text, Text, Real, Text, Boolean, Date]);
    assert_eq!(d.table.value(FeatureId::new(1), 0), Value::Text("12"));
    assert_eq!(d.table.value(FeatureId::new(0), 1), Value::Text("110108001001000000000000"));
    assert_eq!(d.table.value(FeatureId::new(0), 3), Value::Text(r#"{"k":[1,2]}"#));
    assert_eq!(d.table.value(FeatureId::new(1), 3), Value::Missing);
}

#[test]
fn geometry_alone_and_sequences() {
    let point = r#"{"type":"Point","coordinates":[1,2,3]}"#;
    let d = good(point);
    assert_eq!((d.len(), codes(&d)), (1, vec![(None, "has-z")]));
    assert_eq!(good(SQUARE).len(), 1);
    let mixed = r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}"#;
    let d = good(mixed);
    assert_eq!(
        (d.geometry.features.first().map(|f| f.kind), d.geometry.parts.len()),
        (Some(GeometryKind::GeometryCollection), 2)
    );
    for text in [
        format!("{SQUARE}\n{point}\n\n{mixed}\r\n"),
        format!("\u{1e}{SQUARE}\n\u{1e}{point}\n\u{1e}{mixed}\n"),
        format!("{{\n{}\n{point} {mixed}", &SQUARE[1..]),
    ] {
        let d = good(&text);
        assert_eq!((d.len(), d.source.format), (3, crate::read::formats::GEOJSON_SEQ), "{text}");
        assert_eq!(codes(&d), [(None, "has-z")], "{text}");
    }
    let d = good(format!("{SQUARE}\n{{broken}}\n{point}\n{{\"type\":"));
    assert_eq!(codes(&d)[..2], [(None, "truncated"), (Some(1), "broken-json")]);
    assert_eq!(d.len(), 3);
}

#[test]
fn encodings() {
    let text = collection(SQUARE);
    let units =
        |unit: fn(u16) -> [u8; 2], bom: &str| format!("{bom}{text}").encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    for (bytes, encoding, bom) in [
        (format!("\u{feff}{text}").into_bytes(), "UTF-8", true),
        (units(u16::to_le_bytes, "\u{feff}"), "UTF-16LE", true),
        (units(u16::to_be_bytes, "\u{feff}"), "UTF-16BE", true),
        (units(u16::to_le_bytes, ""), "UTF-16LE", false),
    ] {
        let d = good(bytes);
        assert_eq!((d.source.encoding, d.display_name(FeatureId::new(0))), (encoding, "草场".to_owned()));
        assert_eq!(codes(&d) == [(None, "bom")], bom);
    }
}

#[test]
fn another_crs_is_brought_to_degrees_and_an_unknown_one_is_told() {
    let with = |crs: &str| good(format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[{SQUARE}]}}"#));
    let d = with(r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4527"}}"#);
    assert_eq!(d.source.crs, Crs::Reprojected("EPSG:4527".into()));
    let d = with(r#"{"type":"name","properties":{"name":"a local grid"}}"#);
    assert_eq!(d.source.crs, Crs::Other("a local grid".into()));
    assert_eq!(d.report.problems.first().map(|p| (p.severity, p.code)), Some((Severity::Error, "unknown-crs")));
    let d = with(r#"{"type":"name","properties":{"name":"EPSG:4490"}}"#);
    assert_eq!((d.source.crs.clone(), d.source.crs_from, codes(&d).len()), (Crs::Geographic(4490), CrsFrom::File, 0));
}

#[test]
fn topojson_arcs_become_rings() {
    let text = r#"{"type":"Topology","transform":{"scale":[0.5,2],"translate":[100,20]},"objects":{
        "a":{"type":"GeometryCollection","geometries":[
            {"type":"Polygon","arcs":[[0,1]],"id":"x","properties":{"name":"西"}},
            {"type":"Polygon","arcs":[[-2,2]]},{"type":null},{"type":"LineString","arcs":[9]}]},
        "b":{"type":"Point","coordinates":[2,1]}},
        "arcs":[[[0,0],[1,0],[1,1]],[[2,1],[-2,-1]],[[2,1],[0,1],[-2,-2]]]}"#;
    let d = good(text);
    assert_eq!((d.source.format, d.len()), (crate::read::formats::TOPOJSON, 5));
    let ring: Vec<_> = d.geometry.positions_of(FeatureId::new(0)).copied().collect();
    assert_eq!(ring, [[100.0, 20.0], [100.5, 20.0], [101.0, 22.0], [100.0, 20.0]]);
    let ring: Vec<_> = d.geometry.positions_of(FeatureId::new(1)).copied().collect();
    assert_eq!(ring, [[100.0, 20.0], [101.0, 22.0], [101.0, 24.0], [100.0, 20.0]]);
    assert_eq!(d.geometry.positions_of(FeatureId::new(4)).copied().collect::<Vec<_>>(), [[101.0, 22.0]]);
    assert_eq!(codes(&d), [(Some(2), "null-geometry"), (Some(3), "bad-arc")]);
    assert_eq!(
        (d.table.value(FeatureId::new(0), 0), d.table.value(FeatureId::new(0), 1)),
        (Value::Text("西"), Value::Text("x"))
    );
}

#[test]
fn each_error_has_its_code_and_says_what_to_do() {
    for (text, code, says) in [
        (&b""[..], "empty-file", "empty"),
        (b" \n", "empty-file", "empty"),
        (b"[1,2]", "not-geojson", "an array"),
        (br#"{"a":1}"#, "not-geojson", "members a"),
        (br#"{"type":"FeatureCollection"}"#, "not-geojson", "no array of features"),
        (br#"{"type":"FeatureCollection","UTF8Encoding":true,"a":1}"#, "not-geojson", "ECharts"),
        (br#"{"geometryType":"esriGeometryPolygon","features":[]}"#, "not-geojson", "ESRI"),
        (b"{\n \"type\" \"x\"}", "not-json", "line 2"),
        (b"PK\x03\x04", "unsupported-format", "ZIP"),
        (b"<?xml version='1.0'?><html/>", "unsupported-format", "web page"),
        (b"<?xml version='1.0'?><svg/>", "unsupported-format", "XML"),
        ("村名,户数\n草场,12\n".as_bytes(), "unsupported-format", "CSV"),
    ] {
        let Err(e) = read(text) else { panic!("{text:?} was read") };
        let message = e.to_string();
        assert_eq!(e.code(), code, "{message}");
        assert!(message.contains(says) && message.contains("乡村.json"), "{message}");
    }
    assert_eq!(codes(&good(collection(""))), [(None, "no-features")]);
    let missing = read_file("/no/such/file".as_ref(), &Progress::new());
    assert_eq!(missing.map_err(|e| e.code()).err(), Some("not-found"));
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(read_file(folder.path(), &Progress::new()).map_err(|e| e.code()).err(), Some("is-folder"));
    let progress = Progress::new();
    progress.cancel();
    assert_eq!(read_bytes("x".as_ref(), SQUARE.as_bytes(), &progress).map_err(|e| e.code()).err(), Some("cancelled"));
}

#[test]
fn many_batches_join_in_order() {
    let features: Vec<String> = (0..20_000)
        .map(|i| format!(r#"{{"type":"Feature","geometry":{{"type":"LineString","coordinates":[[{i}e-3,1],[2,3]]}},"properties":{{"i":{i},"name":"村{i}","blank":"{:120}"}}}}"#, ""))
        .collect();
    let d = good(collection(&features.join(",\n")));
    assert_eq!((d.len(), d.geometry.coords.len()), (20_000, 40_000));
    for i in (0..20_000).step_by(997) {
        assert_eq!(
            (d.table.value(FeatureId::new(i), 0), d.display_name(FeatureId::new(i))),
            (Value::Integer(i.into()), format!("村{i}"))
        );
        assert_eq!(d.geometry.positions_of(FeatureId::new(i)).next(), Some(&[f64::from(i) / 1000.0, 1.0]));
    }
}

fn any_geometry() -> impl Strategy<Value = geojson::GeometryValue> {
    // Within what is not cut at 180°.
    let place = || [-160.0..160.0_f64, -90.0..90.0].prop_map(|p| geojson::Position::from(p.to_vec()));
    let ring = || {
        prop::collection::vec(place(), 3..6).prop_map(|mut r| {
            r.extend(r.first().cloned());
            r
        })
    };
    prop_oneof![
        place().prop_map(|p| geojson::GeometryValue::Point { coordinates: p }),
        prop::collection::vec(place(), 1..6).prop_map(|p| geojson::GeometryValue::LineString { coordinates: p }),
        prop::collection::vec(ring(), 1..3).prop_map(|p| geojson::GeometryValue::Polygon { coordinates: p }),
        prop::collection::vec(prop::collection::vec(ring(), 1..3), 1..3)
            .prop_map(|p| geojson::GeometryValue::MultiPolygon { coordinates: p }),
    ]
}

fn numbers(value: &serde_json::Value, into: &mut Vec<f64>) {
    match value {
        serde_json::Value::Array(all) => all.iter().for_each(|v| numbers(v, into)),
        other => into.extend(other.as_f64()),
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
        let _ = read([b"{\"type\":\"FeatureCollection\",\"features\":[", &bytes[..]].concat());
        let _ = read([b"{\"type\":\"Topology\",\"objects\":{\"a\":{", &bytes[..]].concat());
    }

    #[test]
    fn arbitrary_json_signs_never_panic(text in r#"[\[\]{},:"\\0-9a-z.\-e \n\x1e]{0,200}"#) {
        let _ = read(format!("{{{text}"));
        let _ = read(collection(&text));
    }

    #[test]
    fn a_changed_file_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6), topo in any::<bool>()) {
        let topology = r#"{"type":"Topology","objects":{"a":{"type":"Polygon","arcs":[[0,-1]],"properties":{"a":[1,{"b":"c"}]}}},"arcs":[[[1,2],[3,4],[5,6]]]}"#;
        let mut text = if topo { topology.to_owned() } else { collection(&[SQUARE; 3].join(",")) }.into_bytes();
        for (at, byte, what) in changes {
            let at = at.index(text.len().max(1));
            match what {
                0 if at < text.len() => { text.remove(at); }
                1 => text.insert(at, byte),
                _ => text.get_mut(at).into_iter().for_each(|b| *b = byte),
            }
        }
        let _ = read(&text);
    }

    #[test]
    fn what_geojson_writes_is_read(geometries in prop::collection::vec(prop::option::of(any_geometry()), 1..8), name in "\\PC{0,8}") {
        let features = geometries.iter().map(|g| geojson::Feature {
            geometry: g.clone().map(geojson::Geometry::new),
            properties: Some(serde_json::Map::from_iter([("name".to_owned(), name.clone().into())])),
            ..Default::default()
        });
        let written = geojson::FeatureCollection { features: features.collect(), ..Default::default() };
        let text = geojson::GeoJson::from(written).to_string();
        let d = good(&text);
        prop_assert_eq!(d.len() as usize, geometries.len());
        for (i, geometry) in (0_u32..).zip(&geometries) {
            let value: serde_json::Value = geometry.as_ref().map_or(serde_json::Value::Null, Into::into);
            let mut expected = Vec::new();
            numbers(&value["coordinates"], &mut expected);
            let read: Vec<f64> = d.geometry.positions_of(FeatureId::new(i)).flatten().copied().collect();
            prop_assert_eq!(read, expected);
            let kind = d.geometry.features.get(i as usize).map(|f| f.kind.name());
            prop_assert_eq!(kind, Some(value["type"].as_str().unwrap_or("null")));
            prop_assert_eq!(d.table.value(FeatureId::new(i), 0), Value::Text(&name));
        }
    }
}
