//! OpenStreetMap's elements as Overpass gives them in JSON: nodes with tags, ways, and relations put together to polygons from the ways
//! they name (<https://wiki.openstreetmap.org/wiki/Relation:multipolygon>).

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::batch::Batch;
use super::document::Parsed;
use super::error::Cause;
use super::formats;
use super::geometry::{Mark, end_part, end_ring, next_ring};
use super::shapes::kind_of_parts;
use crate::geo::{Side, even_odd};
use crate::model::{FeatureId, GeometryKind, PartKind, Severity, Value};

#[derive(Deserialize)]
struct Document {
    elements: Vec<Element>,
}

#[derive(Deserialize)]
struct Element {
    #[serde(rename = "type")]
    kind: String,
    id: i64,
    lat: Option<f64>,
    lon: Option<f64>,
    #[serde(default)]
    tags: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    nodes: Vec<i64>,
    #[serde(default)]
    geometry: Vec<Option<Place>>,
    #[serde(default)]
    members: Vec<Member>,
    center: Option<Place>,
}

#[derive(Clone, Copy, Deserialize)]
struct Place {
    lat: f64,
    lon: f64,
}

#[derive(Deserialize)]
struct Member {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "ref")]
    id: i64,
    #[serde(default)]
    role: String,
    #[serde(default)]
    geometry: Vec<Option<Place>>,
}

type Line = Vec<[f64; 2]>;

fn line_of(places: &[Option<Place>]) -> Line {
    places.iter().flatten().map(|p| [p.lon, p.lat]).collect()
}

/// Reads an answer of Overpass.
pub(super) fn read(text: &[u8]) -> Result<Parsed, Cause> {
    let document: Document = serde_json::from_slice(text).map_err(|e| Cause::json(text, &e))?;
    let elements = &document.elements;
    let nodes: FxHashMap<i64, [f64; 2]> =
        elements.iter().filter(|e| e.kind == "node").filter_map(|e| Some((e.id, [e.lon?, e.lat?]))).collect();
    let line = |e: &Element| match e.geometry.is_empty() {
        true => e.nodes.iter().filter_map(|n| nodes.get(n).copied()).collect(),
        false => line_of(&e.geometry),
    };
    let ways: FxHashMap<i64, Line> = elements.iter().filter(|e| e.kind == "way").map(|e| (e.id, line(e))).collect();
    // Ways without tags of their own are there for the relation that names them.
    let mut batch = Batch::default();
    let mut shown = 0;
    for element in elements.iter().filter(|e| !e.tags.is_empty()) {
        let mark = Mark::of(&batch.geometry);
        let is_whole = match element.kind.as_str() {
            "node" => {
                line_into(element.lon.zip(element.lat).map(|(lon, lat)| vec![[lon, lat]]), PartKind::Point, &mut batch)
            }
            "way" => {
                let own = ways.get(&element.id).cloned().unwrap_or_default();
                let is_area = own.len() >= 4 && own.first() == own.last() && is_area(element);
                line_into(Some(own), if is_area { PartKind::Polygon } else { PartKind::Line }, &mut batch)
            }
            "relation" if is_area_relation(element) => relation(element, &ways, &mut batch),
            "relation" => {
                for member in element.members.iter().filter(|m| m.kind == "way") {
                    let own = match member.geometry.is_empty() {
                        true => ways.get(&member.id).cloned().unwrap_or_default(),
                        false => line_of(&member.geometry),
                    };
                    line_into(Some(own), PartKind::Line, &mut batch);
                }
                true
            }
            _ => continue,
        };
        shown += 1;
        if batch.geometry.parts.len() == mark.part()
            && let Some(at) = element.center
        {
            line_into(Some(vec![[at.lon, at.lat]]), PartKind::Point, &mut batch);
        }
        let row = FeatureId::new(batch.row());
        batch.fields.next = 0;
        let mut set = |name: &str, text: &str| {
            let field = batch.fields.field(name);
            if let Some(builder) = batch.fields.builders.get_mut(field) {
                builder.set(row, Value::Text(text), text);
            }
        };
        set("osm_id", &format!("{}/{}", element.kind, element.id));
        for (name, value) in &element.tags {
            match value {
                serde_json::Value::String(text) => set(name, text),
                other => set(name, &other.to_string()),
            }
        }
        let kind = kind_of_parts(&batch.geometry, mark.part(), element.kind == "relation");
        if kind == GeometryKind::Null {
            batch.problem(Severity::Info, "null-geometry", "");
        } else if !is_whole {
            batch.problem(Severity::Warning, "ring-not-closed", "1");
        }
        batch.finish(kind, mark, false);
    }
    let mut parsed = Parsed::new(vec![batch], formats::OVERPASS);
    parsed.is_untyped = true;
    if shown == 0 && !elements.is_empty() {
        parsed.report.add(Severity::Warning, "no-tags", None, elements.len().to_string());
    }
    Ok(parsed)
}

/// Whether a relation is an area, not a route or a collection of things.
fn is_area_relation(element: &Element) -> bool {
    matches!(element.tags.get("type").and_then(|v| v.as_str()), Some("multipolygon" | "boundary") | None)
}

/// Whether a closed way is an area: everything but roads and the like, unless they say so.
fn is_area(element: &Element) -> bool {
    let tag = |key: &str| element.tags.get(key).and_then(|v| v.as_str());
    match tag("area") {
        Some("yes") => true,
        Some("no") => false,
        _ => tag("highway").is_none() && tag("barrier").is_none() && tag("railway").is_none(),
    }
}

fn line_into(line: Option<Line>, kind: PartKind, batch: &mut Batch) -> bool {
    let Some(line) = line.filter(|l| !l.is_empty()) else { return false };
    let store = &mut batch.geometry;
    let ring = next_ring(store);
    store.coords.extend(line);
    end_ring(store);
    end_part(store, kind, ring);
    true
}

/// Puts the ways of a relation together to polygons; whether all rings closed.
fn relation(element: &Element, ways: &FxHashMap<i64, Line>, batch: &mut Batch) -> bool {
    let lines = |is_inner: bool| -> Vec<Line> {
        let of_role = element.members.iter().filter(|m| m.kind == "way" && (m.role == "inner") == is_inner);
        let line = |m: &Member| match m.geometry.is_empty() {
            true => ways.get(&m.id).cloned().unwrap_or_default(),
            false => line_of(&m.geometry),
        };
        of_role.map(line).filter(|l| !l.is_empty()).collect()
    };
    let (outer, is_whole) = joined(lines(false));
    let (inner, are_whole) = joined(lines(true));
    let is_in = |hole: &Line, ring: &Line| {
        let side = hole.iter().map(|at| even_odd(*at, [ring.as_slice()])).find(|s| *s != Side::Border);
        side != Some(Side::Outside)
    };
    for ring in &outer {
        let store = &mut batch.geometry;
        let first = next_ring(store);
        for line in std::iter::once(ring).chain(inner.iter().filter(|hole| is_in(hole, ring))) {
            store.coords.extend_from_slice(line);
            end_ring(store);
        }
        end_part(store, PartKind::Polygon, first);
    }
    is_whole && are_whole
}

/// Lines joined end to end to closed rings; false where some would not close.
fn joined(mut lines: Vec<Line>) -> (Vec<Line>, bool) {
    let (mut rings, mut is_whole) = (Vec::new(), true);
    while let Some(mut ring) = lines.pop() {
        while ring.first() != ring.last() || ring.len() < 2 {
            let Some(end) = ring.last().copied() else { break };
            let next = lines.iter().position(|l| l.first() == Some(&end) || l.last() == Some(&end));
            let Some(mut next) = next.map(|at| lines.swap_remove(at)) else { break };
            if next.first() != Some(&end) {
                next.reverse();
            }
            ring.extend(next.into_iter().skip(1));
        }
        if ring.len() < 4 || ring.first() != ring.last() {
            is_whole = false;
            if ring.len() < 3 {
                continue;
            }
        }
        rings.push(ring);
    }
    (rings, is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_ways_and_relations() {
        let text = r#"{"elements":[{"type":"node","id":1,"lat":40,"lon":116,"tags":{"amenity":"toilets"}},
            {"type":"node","id":2,"lat":0,"lon":0},{"type":"node","id":3,"lat":0,"lon":4},{"type":"node","id":4,"lat":4,"lon":4},
            {"type":"way","id":9,"nodes":[2,3,4]},{"type":"way","id":10,"nodes":[4,2]},
            {"type":"way","id":11,"geometry":[{"lat":1,"lon":3},{"lat":2,"lon":3},{"lat":1.5,"lon":2},{"lat":1,"lon":3}],"tags":{"building":"yes"}},
            {"type":"relation","id":5,"tags":{"type":"boundary","name":"村"},"members":[{"type":"way","ref":9,"role":"outer"},
             {"type":"way","ref":10,"role":"outer"},{"type":"way","ref":11,"role":"inner"}]}]}"#;
        let parsed = read(text.as_bytes()).expect("read");
        let batch = &parsed.batches[0];
        let kinds: Vec<GeometryKind> = batch.geometry.features.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [GeometryKind::Point, GeometryKind::Polygon, GeometryKind::MultiPolygon]);
        assert_eq!(batch.geometry.rings_of(&batch.geometry.parts[2]).count(), 2);
    }
}
