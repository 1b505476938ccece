//! The legacy `crs` member of GeoJSON 2008.

use crate::model::{Crs, CrsFrom};

/// The CRS a `crs` member names; the default where it is null.
pub(super) fn crs_of(member: Option<&[u8]>) -> (Crs, CrsFrom) {
    let default = (Crs::Geographic(4326), CrsFrom::Default);
    let Some(member) = member else { return default };
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(member) else {
        return (Crs::Other("?".into()), CrsFrom::File);
    };
    if value.is_null() {
        return default;
    }
    let properties = value.get("properties").unwrap_or(&value);
    let named = ["name", "code", "href"].iter().find_map(|key| properties.get(key)).unwrap_or(&value);
    let name = match named {
        serde_json::Value::String(name) => name.clone(),
        serde_json::Value::Number(code) => format!("EPSG:{code}"),
        other => other.to_string().chars().take(80).collect(),
    };
    (recognise(&name), CrsFrom::File)
}

/// The CRS of a name that a file gives.
pub(super) fn named(name: &str) -> (Crs, CrsFrom) {
    (recognise(name), CrsFrom::File)
}

/// CRS84, EPSG:4326 and EPSG:4490 in all their spellings; anything else by its own name.
fn recognise(name: &str) -> Crs {
    let folded: String =
        name.to_uppercase().chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).collect();
    let last = folded.rsplit([':', '/', '#']).next().unwrap_or("");
    let by_epsg = folded.contains("EPSG") || folded == last;
    match last {
        "CRS84" | "WGS84" | "OGCCRS84" | "GCSWGS1984" => Crs::Geographic(4326),
        "4326" | "EPSG4326" if by_epsg => Crs::Geographic(4326),
        "4490" | "EPSG4490" if by_epsg => Crs::Geographic(4490),
        "CGCS2000" | "GCSCHINAGEODETICCOORDINATESYSTEM2000" => Crs::Geographic(4490),
        _ => Crs::Other(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_spellings_are_recognised() {
        for name in [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "OGC:CRS84",
            "EPSG:4326",
            "epsg:4326",
            "urn:ogc:def:crs:EPSG::4326",
            "WGS 84",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            "http://www.opengis.net/def/crs/EPSG/0/4326",
            "urn:ogc:def:crs:EPSG:6.9:4326",
        ] {
            assert_eq!(recognise(name), Crs::Geographic(4326), "{name}");
        }
        assert_eq!(recognise("urn:ogc:def:crs:EPSG::4490"), Crs::Geographic(4490));
        assert_eq!(recognise("EPSG:3857"), Crs::Other("EPSG:3857".into()));
    }

    #[test]
    fn all_forms_of_the_member() {
        let of = |text: &str| crs_of(Some(text.as_bytes()));
        assert_eq!(of("null"), (Crs::Geographic(4326), CrsFrom::Default));
        assert_eq!(of(r#"{"type":"name","properties":{"name":"EPSG:4490"}}"#), (Crs::Geographic(4490), CrsFrom::File));
        assert_eq!(of(r#"{"type":"EPSG","properties":{"code":4326}}"#), (Crs::Geographic(4326), CrsFrom::File));
        assert_eq!(
            of(r#"{"type":"EPSG","properties":{"code":2154}}"#),
            (Crs::Other("EPSG:2154".into()), CrsFrom::File)
        );
        assert_eq!(of(r#"{"type":"link","properties":{"href":"x.prj"}}"#).0, Crs::Other("x.prj".into()));
    }
}
