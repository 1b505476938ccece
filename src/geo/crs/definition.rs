//! Which definition a code, a name or a well-known text stands for.

use proj4rs::Proj;

use super::mercator::Zone;
use super::projected::{krovak, projected};
use super::registry;
use super::wkt::{Node, parse};
use super::{Accuracy, Kind, System};
use crate::geo::ChinaShift;

/// Web Mercator under the codes that ESRI and others gave it before it had one (EPSG:3857).
const WEB_MERCATOR: [u32; 4] = [900_913, 102_100, 102_113, 3785];

/// Codes whose definitions are computed here otherwise than by PROJ (units of chains, an ellipsoid of its own, Krovak's axes to the
/// south and west): they are not understood.
const NOT_COMPUTED: [u32; 5] = [3167, 8044, 8045, 5513, 2065];

/// ESRI's names of datums that the EPSG registry's texts of version 1 have otherwise, each with a geographic system on it.
const ESRI_DATUMS: &str = include_str!("../../../assets/names/datums.tsv");

/// Names of datums as ISO 19162 and people write them, without case and signs, and a geographic system on them; the registry's own
/// texts of version 1 tell all others.
const DATUMS: [(&str, u32); 23] = [
    ("wgs1984", 4326),
    ("wgs84", 4326),
    ("worldgeodeticsystem1984", 4326),
    ("worldgeodeticsystem1984ensemble", 4326),
    ("china2000", 4490),
    ("cgcs2000", 4490),
    ("chinageodeticcoordinatesystem2000", 4490),
    ("xian1980", 4610),
    ("xian80", 4610),
    ("beijing1954", 4214),
    ("beijing54", 4214),
    ("northamerican1983", 4269),
    ("northamericandatum1983", 4269),
    ("northamerican1927", 4267),
    ("northamericandatum1927", 4267),
    ("etrs1989", 4258),
    ("europeanterrestrialreferencesystem1989ensemble", 4258),
    ("sirgas2000", 4674),
    ("jgd2000", 4612),
    ("jgd2011", 6668),
    ("korea2000", 4737),
    ("indonesian1974", 4238),
    ("hongkong1980", 4611),
];

/// The system of an EPSG code.
pub(super) fn of_epsg(code: u32) -> Option<System> {
    let code = if WEB_MERCATOR.contains(&code) { 3857 } else { code };
    let def = registry::from_code(u16::try_from(code).ok()?).filter(|_| !NOT_COMPUTED.contains(&code))?;
    // Grads would be taken for degrees: NTF (Paris) and the like.
    if def.wkt.starts_with("GEOGCS") && def.wkt.contains("UNIT[\"grad") {
        return None;
    }
    let (kind, accuracy) = kind_of(def.proj4, Some(code))?;
    Some(System { name: format!("EPSG:{code}"), kind, accuracy })
}

/// What a PROJ string computes; degrees without a shift of datum are taken as they are, where they have a code.
pub(super) fn kind_of(proj4: &str, code: Option<u32>) -> Option<(Kind, Accuracy)> {
    let is_shifted = |value: &str| value.split(',').any(|v| v.trim().parse::<f64>().is_ok_and(|v| v != 0.0));
    let shift = value_of(proj4, "towgs84").filter(|v| is_shifted(v));
    // Only what is computed on the ellipsoid of WGS 84, or one of the same to a millimetre, is near it without a shift.
    let is_near = match (value_of(proj4, "ellps"), value_of(proj4, "datum"), value_of(proj4, "a")) {
        (Some(ellps), ..) => matches!(ellps, "GRS80" | "WGS84"),
        (None, Some(_), _) => true,
        (None, None, Some(a)) => a.parse() == Ok(6_378_137.0),
        _ => false,
    };
    let untied = if is_near { Accuracy::Metre } else { Accuracy::Unknown };
    let (mut parts, mut accuracy) = (Vec::new(), if shift.is_some() { Accuracy::SomeMetres } else { untied });
    for part in proj4.split_whitespace() {
        match part.split_once('=') {
            // Grids are not shipped: the mean shift of the contiguous United States (NGA, EPSG:1173) stands for that of NAD27.
            Some(("+datum", "NAD27")) => {
                parts.push("+ellps=clrk66 +towgs84=-8,160,176,0,0,0,0".to_owned());
                accuracy = Accuracy::SomeMetres;
            }
            Some(("+datum", name))
                if !matches!(
                    name,
                    "WGS84"
                        | "NAD83"
                        | "GGRS87"
                        | "OSGB36"
                        | "potsdam"
                        | "carthage"
                        | "hermannskogel"
                        | "ire65"
                        | "nzgd49"
                ) =>
            {
                return None;
            }
            Some(("+datum", name)) => {
                if !matches!(name, "WGS84" | "NAD83") {
                    accuracy = Accuracy::SomeMetres;
                }
                let is_grid = name == "nzgd49" || name == "OSGB36";
                parts.push(match name {
                    "nzgd49" => "+ellps=intl".to_owned(),
                    "OSGB36" => "+ellps=airy".to_owned(),
                    other => format!("+datum={other}"),
                });
                if is_grid && shift.is_none() {
                    // The parameters that PROJ ships with these datums.
                    parts.push(
                        match name {
                            "nzgd49" => "+towgs84=59.47,-5.04,187.44,0.47,-0.1,1.024,-4.5993",
                            _ => "+towgs84=446.448,-125.157,542.060,0.1502,0.2470,0.8421,-20.4894",
                        }
                        .to_owned(),
                    );
                }
            }
            Some(("+nadgrids", grids)) if grids != "@null" => accuracy = Accuracy::SomeMetres,
            Some(("+nadgrids", _)) | Some(("+geoidgrids", _)) => {}
            _ if part == "+wktext" => {}
            _ => parts.push(part.to_owned()),
        }
    }
    let is_longlat = matches!(value_of(proj4, "proj"), Some("longlat" | "latlong"));
    if let (true, Some(code), Accuracy::Metre, None) =
        (is_longlat, code, accuracy, value_of(proj4, "pm").filter(|pm| *pm != "0"))
    {
        return Some((Kind::Degrees(code), accuracy));
    }
    let definition = parts.join(" ");
    let proj = Proj::from_proj_string(&definition).ok().filter(Proj::has_inverse)?;
    Some((Kind::Computed(Box::new(proj), Zone::of(&definition).map(Box::new)), accuracy))
}

pub(super) fn value_of<'a>(proj4: &'a str, key: &str) -> Option<&'a str> {
    proj4.split_whitespace().find_map(|p| p.strip_prefix('+')?.strip_prefix(key)?.strip_prefix('='))
}

/// The system that a name stands for.
pub(super) fn of_name(name: &str) -> Option<System> {
    let name = name.trim();
    if name.contains('[') {
        return of_wkt(name);
    }
    let folded: String =
        name.to_uppercase().chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).collect();
    let last = folded.rsplit([':', '/', '#', '=']).next().unwrap_or("");
    match last {
        "GCJ02" | "MARS" | "火星坐标" => return shifted(ChinaShift::Gcj02),
        "BD09" | "BD09LL" | "百度坐标" => return shifted(ChinaShift::Bd09),
        "CRS84" | "CRS84H" | "WGS84" | "OGCCRS84" | "GCSWGS1984" | "EPSG4326" => return Some(System::wgs84()),
        "CGCS2000" | "GCSCHINAGEODETICCOORDINATESYSTEM2000" | "国家2000" => return of_epsg(4490),
        _ => {}
    }
    let is_esri = folded.contains("ESRI");
    let is_code = folded.contains("EPSG") || is_esri || folded == last;
    let digits = last.strip_prefix("EPSG").unwrap_or(last);
    let code: Option<u32> = (is_code && !digits.is_empty()).then(|| digits.parse().ok()).flatten();
    // ESRI's own codes begin beyond those of the registry.
    code.filter(|c| !is_esri || *c < 100_000 || WEB_MERCATOR.contains(c)).and_then(of_epsg)
}

fn shifted(shift: ChinaShift) -> Option<System> {
    Some(System { name: shift.name().to_owned(), kind: Kind::Shifted(shift), accuracy: Accuracy::Metre })
}

/// The system of a well-known text.
pub(super) fn of_wkt(text: &str) -> Option<System> {
    let node = parse(text)?;
    of_node(&node)
}

fn of_node(node: &Node) -> Option<System> {
    match node.keyword.as_str() {
        "COMPD_CS" | "COMPOUNDCRS" => node.nodes().find_map(of_node),
        "BOUNDCRS" => node.child(&["SOURCECRS"]).and_then(|n| n.nodes().find_map(of_node)),
        "GEOGCS" | "GEOGCRS" | "GEODCRS" | "GEODETICCRS" | "GEOGRAPHICCRS" => {
            coded(node, Some(node)).or_else(|| geographic(node))
        }
        "PROJCS" | "PROJCRS" | "PROJECTEDCRS" => {
            if let Some(krovak) = krovak(node) {
                return Some(krovak);
            }
            let base = node.child(&["GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS"]);
            extension(node).or_else(|| coded(node, base)).or_else(|| projected(node))
        }
        _ => None,
    }
}

/// The system of the code that a text gives, unless the text ties its datum to WGS 84 otherwise than the registry does.
fn coded(node: &Node, base: Option<&Node>) -> Option<System> {
    let code = node.epsg()?;
    let own = base.and_then(own_shift);
    let def = registry::from_code(u16::try_from(code).ok()?);
    let registered = def.and_then(|d| value_of(d.proj4, "towgs84")).map(numbers_of);
    match own {
        Some(own) if registered.as_ref().is_some_and(|r| !is_same_shift(r, &own)) => None,
        _ => of_epsg(code),
    }
}

fn numbers_of(text: &str) -> Vec<f64> {
    text.split(',').filter_map(|v| v.trim().parse().ok()).collect()
}

/// The shift to WGS 84 that a geographic system's own text gives.
fn own_shift(node: &Node) -> Option<Vec<f64>> {
    let datum = node.child(&["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"])?;
    let shift: Vec<f64> = datum.child(&["TOWGS84"])?.numbers().collect();
    (shift.len() >= 3).then_some(shift)
}

fn is_same_shift(a: &[f64], b: &[f64]) -> bool {
    let at = |list: &[f64], i: usize| list.get(i).copied().unwrap_or(0.0);
    (0..7).all(|i| (at(a, i) - at(b, i)).abs() < 1e-4)
}

/// What GDAL says in PROJ's own words where a text of version 1 cannot say it, as for Web Mercator.
fn extension(node: &Node) -> Option<System> {
    let extension = node.nodes().find(|n| n.keyword == "EXTENSION" && n.name().eq_ignore_ascii_case("PROJ4"))?;
    let texts: Vec<&str> = extension.texts().collect();
    let proj4 = texts.get(1)?;
    let is_web = value_of(proj4, "proj") == Some("merc")
        && value_of(proj4, "b").and_then(|b| b.parse().ok()) == Some(6_378_137.0);
    let is_plain = |key: &str| value_of(proj4, key).and_then(|v| v.parse().ok()).unwrap_or(0.0) == 0.0;
    if is_web && ["lon_0", "x_0", "y_0", "lat_ts"].iter().all(|k| is_plain(k)) {
        return of_epsg(3857);
    }
    let (kind, accuracy) = kind_of(proj4, None)?;
    Some(System { name: node.name().to_owned(), kind, accuracy })
}

/// Degrees in the angular unit of a geographic system, or of a parameter that has its own.
pub(super) fn degrees_per_unit(node: &Node) -> f64 {
    let unit = node.nodes().filter(|n| matches!(n.keyword.as_str(), "UNIT" | "ANGLEUNIT")).last();
    let axis = || node.nodes().filter(|n| n.keyword == "AXIS").find_map(|n| n.child(&["ANGLEUNIT"]));
    let radians = unit.or_else(axis).and_then(|u| u.numbers().next()).filter(|r| *r > 0.0);
    let degrees = radians.map_or(1.0, f64::to_degrees);
    // As precisely as texts give a degree.
    if (degrees - 1.0).abs() < 1e-6 { 1.0 } else { degrees }
}

/// Without case and signs, and without what ESRI puts before the names of datums.
pub(super) fn folded(name: &str) -> String {
    let name = name.strip_prefix("D_").or_else(|| name.strip_prefix("GCS_")).unwrap_or(name);
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a geographic system's text says of its datum: the PROJ parameters, and the code of a system on it.
pub(super) struct Base {
    pub(super) parameters: String,
    pub(super) code: Option<u32>,
    pub(super) accuracy: Accuracy,
}

pub(super) fn base(node: &Node) -> Option<Base> {
    let datum = node.child(&["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"])?;
    let name = folded(datum.name());
    let listed = DATUMS.iter().find(|(n, _)| *n == name).map(|(_, code)| *code);
    let of_esri = || {
        let mut lines = ESRI_DATUMS.lines().filter_map(|line| line.split_once('\t'));
        lines.find(|(n, _)| folded(n) == name).and_then(|(_, code)| code.parse().ok())
    };
    let code = listed.or_else(of_esri).or_else(|| {
        (0..=u16::MAX)
            .find(|code| {
                registry::from_code(*code)
                    .is_some_and(|d| d.wkt.starts_with("GEOGCS[") && datum_of(d.wkt) == Some(name.clone()))
            })
            .map(u32::from)
    });
    // Texts of version 1 give the meridian in degrees whatever their unit is; those of version 2 say its own.
    let meridian =
        node.child(&["PRIMEM", "PRIMEMERIDIAN"]).and_then(|p| Some(p.numbers().next()? * degrees_per_unit(p)));
    let meridian = meridian.filter(|m| *m != 0.0);
    let sphere = datum.child(&["SPHEROID", "ELLIPSOID"]).map(|s| s.numbers().collect::<Vec<f64>>());
    let is_sphere = sphere.as_ref().is_some_and(|s| s.get(1) == Some(&0.0));
    let own_shift = own_shift(node);
    let pm = meridian.map_or(String::new(), |m| format!(" +pm={m}"));
    let registered = code.and_then(|c| registry::from_code(c as u16)).filter(|def| {
        let known = value_of(def.proj4, "towgs84").map(numbers_of).unwrap_or_default();
        !is_sphere && own_shift.as_ref().is_none_or(|own| known.is_empty() || is_same_shift(&known, own))
    });
    if let Some(def) = registered {
        let own: Vec<&str> = def
            .proj4
            .split_whitespace()
            .filter(|p| ["+ellps", "+datum", "+towgs84", "+a=", "+b=", "+rf"].iter().any(|k| p.starts_with(k)))
            .collect();
        let accuracy = of_epsg(code?).map_or(Accuracy::SomeMetres, |s| s.accuracy);
        return Some(Base { parameters: own.join(" ") + &pm, code: code.filter(|_| pm.is_empty()), accuracy });
    }
    let spheroid = datum.child(&["SPHEROID", "ELLIPSOID"])?;
    let mut numbers = spheroid.numbers();
    let (a, flattening) = (numbers.next()?, numbers.next()?);
    if !(6e6..7e6).contains(&a) || flattening < 0.0 {
        return None;
    }
    let mut parameters = if flattening == 0.0 { format!("+a={a} +b={a}") } else { format!("+a={a} +rf={flattening}") };
    let shift = datum.child(&["TOWGS84"]).map(|n| n.numbers().map(|v| v.to_string()).collect::<Vec<_>>().join(","));
    // The sphere of Web Mercator carries degrees of WGS 84.
    let is_web = a == 6_378_137.0 && flattening == 0.0;
    let accuracy = match (shift.is_some(), is_web) {
        (true, _) => Accuracy::SomeMetres,
        (false, true) => Accuracy::Metre,
        (false, false) => Accuracy::Unknown,
    };
    if let Some(shift) = shift {
        parameters += &format!(" +towgs84={shift}");
    }
    Some(Base { parameters: parameters + &pm, code: None, accuracy })
}

/// The datum in a text of the registry.
pub(super) fn datum_of(wkt: &str) -> Option<String> {
    let (_, rest) = wkt.split_once("DATUM[\"")?;
    rest.split('"').next().map(folded)
}

fn geographic(node: &Node) -> Option<System> {
    // Degrees are what everything here is in: other units would be taken for them.
    if degrees_per_unit(node) != 1.0 {
        return None;
    }
    let base = base(node)?;
    if let Some(code) = base.code {
        return of_epsg(code);
    }
    let (kind, _) = kind_of(&format!("+proj=longlat {} +no_defs", base.parameters), None)?;
    Some(System { name: node.name().to_owned(), kind, accuracy: base.accuracy })
}
