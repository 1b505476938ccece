//! Which other format a file is, by its first bytes, and what to do with it.

use super::error::Cause;
use super::outline::Outline;

/// Signatures at the start of a file, and what they are.
const SIGNATURES: [(&[u8], &str, &str); 12] = [
    (b"PK\x03\x04", "zip", "a ZIP archive that cannot be opened. Copy or download it again."),
    (b"PK\x05\x06", "empty-zip", "an empty ZIP archive. Export or download it again."),
    (b"fgb", "flatgeobuf", "FlatGeobuf of a version that is not known. Write it anew."),
    (b"\x1f\x8b", "gzip", "compressed with gzip. Unpack it first."),
    (b"7z\xbc\xaf", "archive", "a 7-Zip archive. Unpack it first."),
    (b"Rar!", "archive", "a RAR archive. Unpack it first."),
    (b"%PDF", "pdf", "a PDF document. Ask for the data behind it."),
    (b"\x89PNG", "picture", "a PNG picture. Ask for the data behind it."),
    (b"\xff\xd8\xff", "picture", "a JPEG picture. Ask for the data behind it."),
    (b"II*\0", "picture", "a TIFF picture. Ask for the vector data behind it."),
    (
        b"\xd0\xcf\x11\xe0",
        "office",
        "an old Office document (XLS or DOC). Save it as XLSX or CSV, or export the layer as GeoJSON.",
    ),
    (b"PAR1", "parquet", "Parquet. Export the layer as GeoJSON or GeoPackage."),
];

/// The error for a file in a known binary format.
pub(super) fn binary(bytes: &[u8]) -> Option<Cause> {
    let known = SIGNATURES.iter().find(|(start, ..)| bytes.starts_with(start));
    known.map(|(_, kind, what)| Cause::UnsupportedFormat { kind, what: (*what).to_owned() })
}

/// The error for a large file whose beginning is neither a map's nor a table's.
pub(super) fn other_large(head: &[u8]) -> Cause {
    binary(head).unwrap_or_else(|| {
        let what =
            "neither a map nor a table that is known here, by its first 64 kB. Choose a file of boundaries or a table.";
        Cause::UnsupportedFormat { kind: "unknown", what: what.into() }
    })
}

/// Whether text begins as a table of text does.
pub(super) fn is_text_table(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(text.get(..4096).unwrap_or(text)).trim_start().to_ascii_lowercase();
    is_table(&head)
}

/// The error for text that begins neither an object nor a sequence of them.
pub(super) fn other_text(text: &[u8]) -> Cause {
    let head = String::from_utf8_lossy(text.get(..4096).unwrap_or(text)).trim_start().to_ascii_lowercase();
    if head.starts_with('<') {
        let (kind, what) = if head.contains("<html") {
            ("web-page", "a web page, perhaps the answer of a failed download. Download the data again.")
        } else if head.contains("<osm") {
            ("osm", "OpenStreetMap XML. Ask Overpass for JSON (out:json), which is read.")
        } else {
            ("xml", "XML, but none of KML, GPX or GML. Ask for the layer as one of them, or as GeoJSON.")
        };
        let what = what.to_owned();
        return Cause::UnsupportedFormat { kind, what };
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(text) {
        Ok(_) => {
            let what = value_name(text);
            let what = format!("its outermost value is {what}. GeoJSON begins with an object that has a type.");
            Cause::NotGeoJson { kind: "json", what }
        }
        Err(_) if is_table(&head) => Cause::UnsupportedFormat {
            kind: "table",
            what: "a table of text (CSV). It can be joined to a map, but is none; open a GeoJSON file first.".into(),
        },
        Err(e) => Cause::json(text, &e),
    }
}

/// The error for an object that is no GeoJSON.
pub(super) fn other_object(outline: &Outline) -> Cause {
    let has = |key: &str| outline.member(key).is_some();
    let (kind, what) = if has("UTF8Encoding") {
        let what = "it is ECharts map data with encoded coordinates (UTF8Encoding). Download it without compression, for \
                    example from DataV.";
        ("echarts", what.to_owned())
    } else if has("geometryType") || has("spatialReference") || has("rings") {
        ("esri", "it is ESRI JSON. Ask the server for f=geojson, or export the layer anew.".to_owned())
    } else if let Some(kind) = &outline.kind {
        match kind.as_str() {
            "FeatureCollection" => {
                ("hollow", "its FeatureCollection has no array of features. Export it again.".to_owned())
            }
            "Topology" => ("hollow", "its Topology has no objects or no arcs. Export it again.".to_owned()),
            other => {
                let other = super::batch::clipped(other);
                ("json", format!("its type is {other:?}. Export the layer as GeoJSON."))
            }
        }
    } else if outline.keys.is_empty() {
        ("json", "it is an object without members. GeoJSON has a type.".to_owned())
    } else {
        let keys = outline.keys.join(", ");
        let what = format!(
            "it is an object with the members {keys}, and no type that GeoJSON knows. Export the layer as GeoJSON."
        );
        ("json", what)
    };
    Cause::NotGeoJson { kind, what }
}

fn value_name(text: &[u8]) -> &'static str {
    match text.trim_ascii_start().first() {
        Some(b'[') => "an array",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Whether two of the first lines, one behind the other, have the same separator, the second at least as often: titles may come before
/// them.
fn is_table(head: &str) -> bool {
    let lines: Vec<&str> = head.lines().filter(|l| !l.trim().is_empty()).take(8).collect();
    let starts_as_json = head.starts_with(['[', '{']);
    let pairs = || lines.iter().zip(lines.iter().skip(1));
    !starts_as_json
        && [',', ';', '\t'].iter().any(|s| {
            let count = |l: &str| l.matches(*s).count();
            pairs().any(|(a, b)| count(a) > 0 && count(b) >= count(a))
        })
}
