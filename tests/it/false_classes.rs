//! Nothing false in legends: bounds are exact, empty classes stay; and commands that fail say so in their document.

use crate::program::{Folder, collection, json, point, qiancun};

/// A file of one field.
fn field(dir: &Folder, values: &[f64]) -> String {
    let feature = |(i, v): (usize, &f64)| point(116.0 + i as f64 * 1e-4, 40.0, &format!(r#"{{"v":{v:?}}}"#));
    dir.write("f.geojson", collection(&values.iter().enumerate().map(feature).collect::<Vec<_>>()));
    dir.text("f.geojson")
}

struct Class {
    lower: f64,
    upper: f64,
    count: u64,
}

fn classes(file: &str, field: &str, method: &str, n: usize) -> Vec<Class> {
    let n = n.to_string();
    let (v, _) = json(&["classify", file, "--field", field, "--method", method, "--classes", &n, "--json"]);
    let number = |v: &serde_json::Value| v.as_f64().expect("a number");
    let class = |c: &serde_json::Value| Class {
        lower: number(&c["lower"]),
        upper: number(&c["upper"]),
        count: c["count"].as_u64().expect("a count"),
    };
    v["classes"].as_array().expect("classes").iter().map(class).collect()
}

/// What cli-json.md asks of classes of values, whatever the method: written anew, from the values alone.
fn hold(values: &[f64], classes: &[Class]) {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    assert_eq!((classes[0].lower, classes[classes.len() - 1].upper), (low, high));
    for (i, class) in classes.iter().enumerate() {
        let last = i + 1 == classes.len();
        let inside = |v: &&f64| **v >= class.lower && (**v < class.upper || (last && **v <= class.upper));
        assert_eq!(values.iter().filter(inside).count() as u64, class.count, "{} – {}", class.lower, class.upper);
        assert!(last || class.upper == classes[i + 1].lower);
    }
}

fn equal(values: &[f64], classes: &[Class], n: usize) {
    hold(values, classes);
    assert_eq!(classes.len(), n, "empty classes stay");
    let (low, high) = (classes[0].lower, classes[n - 1].upper);
    for (i, class) in classes.iter().enumerate() {
        let exact = low + (high - low) * i as f64 / n as f64;
        assert!((class.lower - exact).abs() <= exact.abs() * f64::EPSILON, "{} {exact}", class.lower);
    }
}

fn pretty(values: &[f64], classes: &[Class]) {
    hold(values, classes);
    let inner: Vec<f64> = classes.iter().skip(1).map(|c| c.lower).collect();
    if inner.len() < 2 {
        return;
    }
    let step = inner[1] - inner[0];
    let mantissa = step / 10f64.powf(step.log10().floor());
    assert!([1.0, 2.0, 5.0, 10.0].iter().any(|m| (mantissa - m).abs() < 1e-6), "{inner:?}");
    for pair in inner.windows(2) {
        assert!((pair[1] - pair[0] - step).abs() < step * 1e-6, "no bound is left out: {inner:?}");
    }
    assert!(inner.iter().all(|b| ((b / step).round() - b / step).abs() < 1e-6), "{inner:?}");
}

#[test]
fn equal_intervals_are_equal_and_empty_classes_stay() {
    let dir = Folder::new();
    let lists: [&[f64]; 4] = [
        &[0.0, 1.0, 2.0, 100.0],
        &[2175.4, 2175.4, 9000.25],
        &[-3.5, 7.25, 7.5, 1e6],
        &[0.1, 0.2, 0.30000000000000004],
    ];
    for values in lists {
        for n in [1, 3, 5, 7] {
            let file = field(&dir, values);
            equal(values, &classes(&file, "v", "equal", n), n);
            pretty(values, &classes(&file, "v", "pretty", n));
        }
    }
    // Nothing lies between: 0 – 20, three empty ones, and 80 – 100.
    let counts: Vec<u64> = classes(&field(&dir, lists[0]), "v", "equal", 5).iter().map(|c| c.count).collect();
    assert_eq!(counts, [3, 0, 0, 0, 1]);
}

#[test]
fn real_fields_are_classed_as_an_independent_count_has_them() {
    let Some(unpacked) = crate::shared::folder("classes of real fields") else { return };
    let files = [
        ("in_bhubaneswar_wards.geojson", "numberofhouseholds"),
        ("in_bhubaneswar_wards.geojson", "totalwardpopulation"),
        ("in_chennai_wards.geojson", "AREA"),
        ("ph_barangays_2023_hires.geojson", "area_km2"),
        ("ph_barangays_2023_hires.geojson", "len_km"),
    ];
    let mut seen = 0;
    for (name, field) in files {
        let path = unpacked.join("boundaries").join(name);
        let text = std::fs::read_to_string(&path).expect("read");
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let features = document["features"].as_array().expect("features");
        let values: Vec<f64> = features.iter().filter_map(|f| f["properties"][field].as_f64()).collect();
        if values.len() < 10 {
            continue;
        }
        seen += 1;
        let file = path.display().to_string();
        equal(&values, &classes(&file, field, "equal", 5), 5);
        pretty(&values, &classes(&file, field, "pretty", 6));
        for method in ["quantile", "fisher-jenks"] {
            let found = classes(&file, field, method, 5);
            hold(&values, &found);
            assert!(found.iter().all(|c| c.count > 0 && values.contains(&c.lower)), "{name} {field} {method}");
        }
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn commands_that_fail_print_the_document_of_errors() {
    let dir = Folder::new();
    dir.write("broken.geojson", "{\"type\":");
    dir.write("v.geojson", crate::program::villages(&[r#"{"name":"Alpha","n":1}"#]));
    dir.write(
        "far.geojson",
        r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"a grid of our own"}},"features":[]}"#,
    );
    let (broken, villages, far, none) =
        (dir.text("broken.geojson"), dir.text("v.geojson"), dir.text("far.geojson"), dir.text("none.geojson"));
    let empty = dir.project("p.qiancun", &["none.geojson"], &[], "");
    let cases: [(&[&str], &str); 14] = [
        (&["info", &none, "--json"], "not-found"),
        (&["info", &broken, "--json"], "truncated"),
        (&["info", &far, "--json"], "unknown-crs"),
        (&["pick", &none, "--at", "116,40", "--json"], "not-found"),
        (&["pick", &far, "--at", "116,40", "--json"], "unknown-crs"),
        (&["nearest", &villages, &none, "--json"], "not-found"),
        (&["nearest", &far, &villages, "--json"], "unknown-crs"),
        (&["nearest", &villages, &villages, "--kind", "clinic", "--json"], "no-kind-field"),
        (&["classify", &none, "--field", "n", "--json"], "not-found"),
        (&["classify", &villages, "--field", "x", "--json"], "no-such-field"),
        (&["classify", &villages, "--field", "name", "--json"], "not-numeric"),
        (&["summary", &empty, "--json"], "no-villages"),
        (&["gaps", &empty, "--json"], "no-villages"),
        (&["survey", "list", &dir.text("nothing.qiancun"), "--json"], "failed"),
    ];
    for (arguments, code) in cases {
        let out = qiancun(arguments);
        let text = String::from_utf8_lossy(&out.stdout);
        let document: serde_json::Value =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {text}"));
        assert_eq!(out.status.code(), Some(1), "{arguments:?}");
        let error = &document["error"];
        assert_eq!(error["code"], code, "{arguments:?} {document}");
        assert!(error["message"].as_str().is_some_and(|m| !m.is_empty()), "{document}");
        assert!(error.get("file").is_some() && error.get("feature").is_some(), "{document}");
        assert!(!out.stderr.is_empty(), "people are told, too: {arguments:?}");
    }
    assert_eq!(qiancun(&["info", "--json"]).status.code(), Some(2));
}
