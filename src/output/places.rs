//! Places that leave the program for maps and navigation: GeoJSON, GPX, KML.

use serde_json::{Map, Value, json};

use crate::geo::LonLat;

/// A place with what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Where it is; `None` for what concerns no single place: without geometry in GeoJSON and GeoPackage.
    pub at: Option<LonLat>,
    /// Its name.
    pub name: String,
    /// A sentence or two.
    pub text: String,
    /// Its attributes.
    pub properties: Map<String, Value>,
}

/// A GeoJSON collection of points (RFC 7946).
pub fn to_geojson(places: &[Place]) -> Vec<u8> {
    let feature = |p: &Place| {
        let geometry = p.at.map(|at| json!({ "type": "Point", "coordinates": [at.lon_deg, at.lat_deg] }));
        json!({ "type": "Feature", "properties": p.properties, "geometry": geometry }).to_string()
    };
    let features: Vec<String> = places.iter().map(feature).collect();
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", features.join(",\n")).into_bytes()
}

/// What formats that hold coordinates only have to say of them in words.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The shift of coordinates that are not WGS 84, such as `GCJ-02`; empty for WGS 84.
    pub crs: &'a str,
    /// Said of the shift, for people; empty for WGS 84.
    pub note: &'a str,
    /// Where a place stands that has none of its own, because it concerns all of them: these formats have points only.
    pub middle: Option<LonLat>,
}

/// Waypoints (GPX 1.1, Topografix 2004). The format knows WGS 84 only: other coordinates are named in the file's and in every
/// point's words.
pub fn to_gpx(places: &[Place], about: About<'_>) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <gpx version=\"1.1\" creator=\"Qiancun\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n",
    );
    let mut comment = String::new();
    if !about.crs.is_empty() {
        let (crs, note) = (escaped(about.crs), escaped(about.note));
        out += &format!("  <metadata><desc>{note}</desc><keywords>{crs}</keywords></metadata>\n");
        comment = format!("<cmt>{crs}</cmt>");
    }
    for (place, at) in places.iter().filter_map(|p| Some((p, p.at.or(about.middle)?))) {
        out += &format!(
            "  <wpt lat=\"{}\" lon=\"{}\"><name>{}</name>{comment}<desc>{}</desc></wpt>\n",
            at.lat_deg,
            at.lon_deg,
            escaped(&place.name),
            escaped(&place.text)
        );
    }
    (out + "</gpx>\n").into_bytes()
}

/// Placemarks (KML 2.2, OGC 07-147r2). As [`to_gpx`] about coordinates that are not WGS 84.
pub fn to_kml(places: &[Place], title: &str, about: About<'_>) -> Vec<u8> {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n\
         <name>{}</name>\n",
        escaped(title)
    );
    let mut data = String::new();
    if !about.crs.is_empty() {
        out += &format!("<description>{}</description>\n", escaped(about.note));
        let crs = escaped(about.crs);
        data = format!("<ExtendedData><Data name=\"crs\"><value>{crs}</value></Data></ExtendedData>");
    }
    for (place, at) in places.iter().filter_map(|p| Some((p, p.at.or(about.middle)?))) {
        out += &format!(
            "<Placemark><name>{}</name><description>{}</description>{data}<Point><coordinates>{},{}</coordinates></Point></Placemark>\n",
            escaped(&place.name),
            escaped(&place.text),
            at.lon_deg,
            at.lat_deg
        );
    }
    (out + "</Document></kml>\n").into_bytes()
}

/// Text for XML; characters that XML 1.0 cannot hold are left out.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            c if c < ' ' && !matches!(c, '\t' | '\n' | '\r') => {}
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_places_without_a_point_stay_out_of_navigation() {
        let place = |at, name: &str| Place { at, name: name.into(), text: "a\u{1}b".into(), properties: Map::new() };
        let places = [place(Some(LonLat::new(116.2, 40.1)), "<车耳营> & \"东\""), place(None, "区")];
        let gpx = String::from_utf8(to_gpx(&places, About::default())).unwrap_or_default();
        assert!(gpx.contains(
            "<wpt lat=\"40.1\" lon=\"116.2\"><name>&lt;车耳营&gt; &amp; &quot;东&quot;</name><desc>ab</desc>"
        ));
        assert_eq!(gpx.matches("<wpt").count(), 1);
        let kml = String::from_utf8(to_kml(&places, "a&b", About::default())).unwrap_or_default();
        assert!(kml.contains("<coordinates>116.2,40.1</coordinates>") && kml.contains("<name>a&amp;b</name>"));
        let read: Value = serde_json::from_slice(&to_geojson(&places)).unwrap_or_default();
        assert_eq!(read["features"].as_array().map(Vec::len), Some(2));
        assert!(read["features"][1]["geometry"].is_null());
        // What concerns all places stands in their middle where a format has nothing but points; a shift is said.
        let about = About { crs: "GCJ-02", note: "not WGS 84", middle: Some(LonLat::new(116.0, 40.0)) };
        let (gpx, kml) = (to_gpx(&places, about), to_kml(&places, "t", about));
        let (gpx, kml) = (String::from_utf8_lossy(&gpx), String::from_utf8_lossy(&kml));
        assert_eq!((gpx.matches("<wpt").count(), kml.matches("<Placemark>").count()), (2, 2));
        assert_eq!((gpx.matches("GCJ-02").count(), kml.matches("GCJ-02").count()), (3, 2));
        assert!(gpx.contains("not WGS 84") && kml.contains("not WGS 84"));
    }
}
