//! Projected systems by their well-known texts: which projection and which parameters, and the registry's own system of the same.

use super::definition::{Base, base, datum_of, degrees_per_unit, folded, kind_of, of_epsg, value_of};
use super::registry;
use super::wkt::Node;
use super::{Accuracy, System};

/// Names of projections without case and signs, as OGC, ESRI and EPSG write them, and PROJ's.
const PROJECTIONS: [(&str, &str); 44] = [
    ("transversemercator", "tmerc"),
    ("gausskruger", "tmerc"),
    ("transversemercatorcomplex", "tmerc"),
    ("mercator", "merc"),
    ("mercator1sp", "merc"),
    ("mercator2sp", "merc"),
    ("mercatorvarianta", "merc"),
    ("mercatorvariantb", "merc"),
    ("mercatorauxiliarysphere", "webmerc"),
    ("popularvisualisationpseudomercator", "webmerc"),
    ("lambertconformalconic", "lcc"),
    ("lambertconformalconic1sp", "lcc"),
    ("lambertconformalconic2sp", "lcc"),
    ("lambertconicconformal1sp", "lcc"),
    ("lambertconicconformal2sp", "lcc"),
    ("albers", "aea"),
    ("albersequalarea", "aea"),
    ("albersconicequalarea", "aea"),
    ("lambertazimuthalequalarea", "laea"),
    ("stereographic", "stere"),
    ("polarstereographic", "polar"),
    ("polarstereographicvarianta", "polar"),
    ("polarstereographicvariantb", "polar"),
    ("stereographicnorthpole", "polar"),
    ("stereographicsouthpole", "polar"),
    ("doublestereographic", "sterea"),
    ("obliquestereographic", "sterea"),
    ("cassini", "cass"),
    ("cassinisoldner", "cass"),
    ("hotineobliquemercatorazimuthcenter", "omerc"),
    ("hotineobliquemercatorvariantb", "omerc"),
    ("hotineobliquemercatorazimuthnaturalorigin", "omerc_nuo"),
    ("hotineobliquemercatorvarianta", "omerc_nuo"),
    ("hotineobliquemercator", "omerc_nuo"),
    ("swissobliquecylindrical", "somerc"),
    ("platecarree", "eqc"),
    ("equirectangular", "eqc"),
    ("equidistantcylindrical", "eqc"),
    ("equidistantconic", "eqdc"),
    ("azimuthalequidistant", "aeqd"),
    ("polyconic", "poly"),
    ("americanpolyconic", "poly"),
    ("sinusoidal", "sinu"),
    ("mollweide", "moll"),
];

/// Names of parameters without case and signs, and PROJ's; the last is whether it is a length.
const PARAMETERS: [(&str, &str, bool); 28] = [
    ("falseeasting", "x_0", true),
    ("falsenorthing", "y_0", true),
    ("eastingatfalseorigin", "x_0", true),
    ("northingatfalseorigin", "y_0", true),
    ("eastingatprojectioncentre", "x_0", true),
    ("northingatprojectioncentre", "y_0", true),
    ("centralmeridian", "lon_0", false),
    ("longitudeofcenter", "lon_0", false),
    ("longitudeofcentre", "lon_0", false),
    ("longitudeoforigin", "lon_0", false),
    ("longitudeofnaturalorigin", "lon_0", false),
    ("longitudeoffalseorigin", "lon_0", false),
    ("longitudeofprojectioncentre", "lon_0", false),
    ("latitudeoforigin", "lat_0", false),
    ("latitudeofcenter", "lat_0", false),
    ("latitudeofcentre", "lat_0", false),
    ("latitudeofnaturalorigin", "lat_0", false),
    ("latitudeoffalseorigin", "lat_0", false),
    ("latitudeofprojectioncentre", "lat_0", false),
    ("scalefactor", "k_0", false),
    ("scalefactoratnaturalorigin", "k_0", false),
    ("standardparallel1", "lat_1", false),
    ("latitudeof1ststandardparallel", "lat_1", false),
    ("latitudeofstandardparallel", "lat_1", false),
    ("standardparallel2", "lat_2", false),
    ("latitudeof2ndstandardparallel", "lat_2", false),
    ("azimuth", "alpha", false),
    ("rectifiedgridangle", "gamma", false),
];

/// Czech and Slovak plans by their text: Krovak's oblique cone with axes to the east and north (EPSG:5514, 8353).
pub(super) fn krovak(node: &Node) -> Option<System> {
    let conversion = node.child(&["CONVERSION"]).unwrap_or(node);
    if !folded(conversion.child(&["PROJECTION", "METHOD"])?.name()).starts_with("krovak") {
        return None;
    }
    let is_to_east = node.nodes().any(|n| n.keyword == "AXIS" && folded(n.name()).contains("east"))
        || conversion.nodes().any(|n| folded(n.name()) == "xyplanerotation" && n.numbers().next() == Some(90.0));
    let is_newer = node.name().contains("JTSK03");
    let is_from_greenwich = conversion.nodes().filter(|n| folded(n.name()).starts_with("longitudeof"));
    let is_from_greenwich = is_from_greenwich.flat_map(Node::numbers).any(|v| (v - 24.833_333).abs() < 1e-3);
    (is_to_east && is_from_greenwich).then(|| of_epsg(if is_newer { 8353 } else { 5514 })).flatten()
}

pub(super) fn projected(node: &Node) -> Option<System> {
    let geographic = node.child(&["GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS"])?;
    let base = base(geographic)?;
    let conversion = node.child(&["CONVERSION"]).unwrap_or(node);
    let method = folded(conversion.child(&["PROJECTION", "METHOD"])?.name());
    let projection = PROJECTIONS.iter().find(|(name, _)| *name == method)?.1;
    let unit = node.nodes().filter(|n| matches!(n.keyword.as_str(), "UNIT" | "LENGTHUNIT")).last();
    let axis_unit = || node.nodes().filter(|n| n.keyword == "AXIS").find_map(|n| n.child(&["LENGTHUNIT"]));
    let to_metre = unit.or_else(axis_unit).and_then(|u| u.numbers().next()).filter(|m| *m > 0.0).unwrap_or(1.0);
    let (mut values, mut lat_1) = (Vec::new(), None);
    for parameter in conversion.nodes().filter(|n| n.keyword == "PARAMETER") {
        let (name, Some(value)) = (folded(parameter.name()), parameter.numbers().next()) else { continue };
        if let Some((_, key, is_length)) = PARAMETERS.iter().find(|(n, ..)| *n == name) {
            let metres = parameter.child(&["LENGTHUNIT", "UNIT"]).and_then(|u| u.numbers().next()).unwrap_or(to_metre);
            let has_own = parameter.child(&["ANGLEUNIT"]).is_some();
            let degrees = degrees_per_unit(if has_own { parameter } else { geographic });
            let value = match (*is_length, *key) {
                (true, _) => value * metres,
                (false, "k_0") => value,
                (false, _) => value * degrees,
            };
            if *key == "lat_1" {
                lat_1 = Some(value);
            }
            values.push((*key, value));
        }
    }
    if projection == "webmerc" {
        let is_moved = values.iter().any(|(key, value)| *key != "k_0" && *value != 0.0);
        if !is_moved {
            return of_epsg(3857);
        }
        let own: String = values
            .iter()
            .filter(|(k, _)| matches!(*k, "lon_0" | "x_0" | "y_0"))
            .map(|(k, v)| format!(" +{k}={v}"))
            .collect();
        let (kind, accuracy) = kind_of(&format!("+proj=merc +a=6378137 +b=6378137 +units=m +no_defs{own}"), None)?;
        return Some(System { name: node.name().to_owned(), kind, accuracy });
    }
    if projection == "polar" {
        // The parallel that is true to scale stands where others have the origin.
        let parallel = values.iter().find(|(k, _)| matches!(*k, "lat_0" | "lat_1")).map_or(90.0, |(_, v)| *v);
        values.retain(|(k, _)| !matches!(*k, "lat_0" | "lat_1"));
        values.push(("lat_0", 90.0_f64.copysign(parallel)));
        if parallel.abs() < 90.0 {
            values.push(("lat_ts", parallel));
        }
        lat_1 = None;
    }
    let mut proj4 = match projection {
        "polar" => "+proj=stere".to_owned(),
        "omerc_nuo" => "+proj=omerc +no_uoff".to_owned(),
        other => format!("+proj={other}"),
    };
    for (key, value) in &values {
        let key = match (*key, projection) {
            ("lat_1", "merc" | "eqc") => "lat_ts",
            ("lon_0", "omerc" | "omerc_nuo") => "lonc",
            (key, _) => key,
        };
        proj4 += &format!(" +{key}={value}");
    }
    if let ("lcc", None, Some((_, lat_0))) = (projection, lat_1, values.iter().find(|(k, _)| *k == "lat_0")) {
        proj4 += &format!(" +lat_1={lat_0}");
    }
    let known = registered(node, &proj4, &base, to_metre);
    if let Some(system) = known {
        return Some(system);
    }
    proj4 += &format!(" {} +no_defs", base.parameters);
    if to_metre == 1.0 {
        proj4 += " +units=m";
    } else {
        proj4 += &format!(" +to_meter={to_metre}");
    }
    let (kind, accuracy) = kind_of(&proj4, None)?;
    let accuracy = if base.accuracy == Accuracy::Unknown { Accuracy::Unknown } else { accuracy };
    Some(System { name: node.name().to_owned(), kind, accuracy })
}

/// The registry's own system with the same datum, projection and parameters; of several, the one of the same name.
fn registered(node: &Node, proj4: &str, base: &Base, to_metre: f64) -> Option<System> {
    let datum = base.code.and_then(|c| datum_of(registry::from_code(c as u16)?.wkt))?;
    let wanted = Parameters::of(proj4)?;
    let name = short(node.name());
    let same = |code: &u16| {
        let Some(def) = registry::from_code(*code).filter(|d| d.wkt.starts_with("PROJCS[")) else {
            return false;
        };
        let unit = match value_of(def.proj4, "units") {
            Some("us-ft") => 1200.0 / 3937.0,
            Some("ft") => 0.3048,
            _ => value_of(def.proj4, "to_meter").and_then(|v| v.parse().ok()).unwrap_or(1.0),
        };
        (unit - to_metre).abs() < 1e-9
            && Parameters::of(def.proj4).is_some_and(|p| p.is_like(&wanted))
            && datum_of(def.wkt).as_ref() == Some(&datum)
    };
    let found: Vec<u16> = (0..=u16::MAX).filter(same).collect();
    let named = |code: &&u16| {
        let wkt = registry::from_code(**code).map_or("", |d| d.wkt);
        wkt.split('"').nth(1).is_some_and(|n| short(n) == name)
    };
    found.iter().find(named).or_else(|| found.first()).and_then(|code| of_epsg(u32::from(*code)))
}

/// Names of projected systems as they can be compared: ESRI writes `3_Degree_GK_CM_117E`, the registry `3-degree Gauss-Kruger CM 117E`.
fn short(name: &str) -> String {
    folded(name).replace("gausskruger", "gk")
}

/// What tells two projections apart.
struct Parameters<'a> {
    projection: &'a str,
    /// `lon_0`, `lat_0`, `k_0`, `x_0`, `y_0`, `lat_1`, `lat_2`, `alpha`.
    values: [f64; 8],
}

impl<'a> Parameters<'a> {
    fn of(proj4: &'a str) -> Option<Self> {
        let number = |key: &str| value_of(proj4, key).and_then(|v| v.parse::<f64>().ok());
        let projection = value_of(proj4, "proj")?;
        if projection == "utm" {
            let south = proj4.split_whitespace().any(|p| p == "+south");
            let zone = number("zone")?;
            let y_0 = if south { 10_000_000.0 } else { 0.0 };
            return Some(Self {
                projection: "tmerc",
                values: [zone * 6.0 - 183.0, 0.0, 0.9996, 500_000.0, y_0, 0.0, 0.0, 0.0],
            });
        }
        let or = |keys: &[&str], other: f64| keys.iter().find_map(|k| number(k)).unwrap_or(other);
        Some(Self {
            projection,
            values: [
                or(&["lon_0", "lonc"], 0.0),
                or(&["lat_0"], 0.0),
                or(&["k_0", "k"], 1.0),
                or(&["x_0"], 0.0),
                or(&["y_0"], 0.0),
                or(&["lat_1", "lat_ts"], 0.0),
                or(&["lat_2"], 0.0),
                or(&["alpha"], 0.0),
            ],
        })
    }

    fn is_like(&self, other: &Self) -> bool {
        self.projection == other.projection
            && self.values.iter().zip(&other.values).all(|(a, b)| (a - b).abs() <= 1e-8 * b.abs().max(1.0))
    }
}
