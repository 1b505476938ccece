//! GML 2 and 3 as WFS servers and GDAL give it (OGC 02-069, 07-036): members with flat properties and one geometry. What is nested
//! beyond that keeps its innermost texts under their own names.

use std::io::Read;

use encoding_rs::Encoding;
use quick_xml::events::BytesStart;

use super::{Handler, Numbers, attribute, walk};
use crate::geo::System;
use crate::model::{FeatureId, GeometryKind, PartKind, Severity, Value};
use crate::read::arcs;
use crate::read::batch::Batch;
use crate::read::document::Parsed;
use crate::read::error::Cause;
use crate::read::geometry::{Mark, end_part, end_ring, next_ring};
use crate::read::letters::name_of;
use crate::read::shapes::kind_of_parts;
use crate::read::{Progress, formats};

/// Elements that hold features.
const MEMBERS: [&str; 4] = ["featureMember", "featureMembers", "member", "members"];

/// Elements of geometry that take part in how their positions are understood.
const POINTS: [&str; 1] = ["Point"];
const LINES: [&str; 7] = ["LineString", "LineStringSegment", "Curve", "CompositeCurve", "Arc", "ArcString", "Circle"];
/// Elements whose pieces are one line or ring.
const JOINED: [&str; 3] = ["Ring", "Curve", "CompositeCurve"];
/// Elements whose positions are control points of arcs of circles.
const ARCS: [&str; 3] = ["Arc", "ArcString", "Circle"];
const MULTIPLE: [&str; 7] = [
    "MultiPoint",
    "MultiLineString",
    "MultiCurve",
    "MultiPolygon",
    "MultiSurface",
    "MultiGeometry",
    "CompositeSurface",
];

/// Reads a document.
pub(in crate::read) fn read_gml(
    source: impl Read,
    encoding: &'static Encoding,
    progress: &Progress,
) -> Result<(Parsed, bool), Cause> {
    let mut gml = Gml::default();
    let walked = walk(source, encoding, &mut gml, progress)?;
    let rows = gml.batch.row();
    if rows == 0 && gml.kind.is_none() {
        return Err(Cause::UnsupportedFormat {
            kind: "xml",
            what: "XML without features that are known here. Ask for the layer as GeoJSON or GML.".into(),
        });
    }
    let mut parsed = Parsed::new(vec![gml.batch], formats::GML);
    parsed.is_untyped = true;
    parsed.encoding = name_of(encoding);
    parsed.name = gml.kind;
    if let Some(name) = gml.srs {
        parsed.set_crs(&name);
    }
    if !walked.is_whole {
        parsed.report.add(Severity::Error, "broken-off", None, rows.to_string());
    }
    Ok((parsed, walked.is_damaged))
}

/// How many numbers a position of a list has where nothing around it says so: three where the envelope says so and they fit.
fn dimension_of(text: &str, envelope: usize) -> usize {
    if envelope != 3 {
        return 2;
    }
    let words: Vec<&str> = text.split([' ', ',', '\n', '\t', '\r']).filter(|w| !w.is_empty()).collect();
    let is_closed = words.len() >= 12 && words.get(..3) == words.get(words.len() - 3..);
    let fits = words.len().is_multiple_of(3) && (words.len() % 2 == 1 || words.len() == 3 || is_closed);
    if fits { 3 } else { 2 }
}

#[derive(Default)]
struct Gml {
    batch: Batch,
    stack: Vec<String>,
    /// How deep the member lies whose children are features.
    member: Option<usize>,
    feature: Option<Feature>,
    /// The system of the document, and whether its positions have the northing first.
    srs: Option<String>,
    swapped: bool,
    /// How many numbers a position has, by the depth of the element that says so.
    dimensions: Vec<(usize, usize)>,
    /// The same as the envelope of the features says it; 0 where it does not.
    envelope_dimension: usize,
    /// The name of the features' element.
    kind: Option<String>,
    text: String,
    has_children: bool,
    /// Values of the feature so far.
    values: Vec<(String, String)>,
}

struct Feature {
    mark: Mark,
    depth: usize,
    /// How deep the geometry lies.
    geometry: Option<usize>,
    has_geometry: bool,
    is_multiple: bool,
    tall: bool,
    polygon: Option<u32>,
    /// Whether positions are those of a point.
    is_point: bool,
}

impl Gml {
    fn system(&mut self, element: &BytesStart<'_>) {
        if let Some(dimension) = attribute(element, "srsDimension").and_then(|d| d.trim().parse().ok()) {
            // It holds within its element; what an envelope says is a hint for what stands outside of it.
            match self.stack.iter().any(|n| n == "boundedBy") {
                true => self.envelope_dimension = dimension,
                false => self.dimensions.push((self.stack.len(), dimension)),
            }
        }
        let Some(name) = attribute(element, "srsName").filter(|n| !n.trim().is_empty()) else { return };
        if self.srs.as_ref() != Some(&name) {
            // The registry's own order holds where a name speaks of the registry, and not in the short form that GML 2 had.
            // CRS84 has the longitude first by its own definition (OGC 06-042), however it is named.
            let is_long = (name.contains("urn:") || name.contains("/def/")) && !name.contains("CRS84");
            self.swapped = is_long && System::of_name(&name).is_some_and(|s| s.is_northing_first());
            self.srs.get_or_insert(name);
        }
    }

    fn positions(&mut self, commas: bool) {
        let Some(feature) = &mut self.feature else { return };
        let text = std::mem::take(&mut self.text);
        let store = &mut self.batch.geometry;
        let (ring, first) = (next_ring(store), store.coords.len());
        let mut numbers = Numbers::of(&text);
        let dimension =
            self.dimensions.last().map_or_else(|| dimension_of(&text, self.envelope_dimension), |(_, d)| *d);
        let dimension = dimension.max(2);
        let is_joined = self.stack.iter().any(|n| JOINED.contains(&n.as_str()));
        let is_arc = self.stack.iter().any(|n| ARCS.contains(&n.as_str()));
        let mut odd = false;
        while let Some((a, mut more)) = numbers.next() {
            let Some((b, again)) = numbers.next() else {
                odd = true;
                break;
            };
            more = if commas { again } else { more };
            store.coords.push(if self.swapped { [b, a] } else { [a, b] });
            if commas {
                let mut is_third = true;
                while more && let Some((height, again)) = numbers.next() {
                    if std::mem::take(&mut is_third) {
                        store.set_height(height);
                    }
                    (feature.tall, more) = (true, again);
                }
            } else {
                for i in 2..dimension {
                    let Some((height, _)) = numbers.next() else { continue };
                    feature.tall = true;
                    if i == 2 {
                        store.set_height(height);
                    }
                }
            }
        }
        odd |= !numbers.is_over();
        if is_arc && store.coords.len() > first + 2 {
            let control = store.coords.split_off(first);
            let is_circle = self.stack.iter().any(|n| n == "Circle");
            store.coords.extend(arcs::straightened(&control, is_circle));
        }
        if is_joined && !feature.is_point {
            // One piece of a line or ring: it begins where the last one ended.
            let open = store.ring_starts.last().map_or(0, |at| *at as usize);
            if first > open && store.coords.get(first) == store.coords.get(first - 1) {
                store.coords.remove(first);
            }
        } else if store.coords.len() > first {
            if feature.is_point {
                // Each position of a point stands for itself.
                let at = store.coords.split_off(first);
                for (i, at) in at.into_iter().enumerate() {
                    store.coords.push(at);
                    end_ring(store);
                    end_part(store, PartKind::Point, ring + i as u32);
                }
            } else if self.stack.iter().rev().any(|n| n == "pos" || n == "coord") {
                // One position of several: the line or ring ends with its element.
            } else {
                end_ring(store);
                if feature.polygon.is_none() {
                    end_part(store, PartKind::Line, ring);
                }
            }
        }
        if odd {
            self.batch.problem(Severity::Warning, "odd-coordinates", "");
        }
    }

    /// Ends a line or ring whose positions came one by one.
    fn end_open(&mut self) {
        let Some(feature) = &self.feature else { return };
        let store = &mut self.batch.geometry;
        let ended = store.ring_starts.last().map_or(0, |at| *at as usize);
        if store.coords.len() > ended {
            let ring = next_ring(store);
            end_ring(store);
            if feature.polygon.is_none() {
                end_part(store, PartKind::Line, ring);
            }
        }
    }

    /// Notes a value; one that stands several times is all of them.
    fn set(&mut self, name: &str, text: &str) {
        match self.values.iter_mut().find(|(n, _)| n == name) {
            Some((_, all)) => {
                all.push_str("; ");
                all.push_str(text);
            }
            None => self.values.push((name.to_owned(), text.to_owned())),
        }
    }

    /// Puts the values noted into the feature.
    fn put(&mut self) {
        let row = FeatureId::new(self.batch.row());
        for (name, text) in std::mem::take(&mut self.values) {
            let field = self.batch.fields.field(&name);
            if let Some(builder) = self.batch.fields.builders.get_mut(field) {
                builder.set(row, Value::Text(&text), &text);
            }
        }
    }
}

impl Handler for Gml {
    fn start(&mut self, name: &str, element: &BytesStart<'_>) {
        self.text.clear();
        self.has_children = false;
        let depth = self.stack.len();
        self.stack.push(name.to_owned());
        self.system(element);
        if self.feature.is_none() {
            if MEMBERS.contains(&name) {
                self.member = Some(depth);
            } else if self.member.is_some_and(|m| depth == m + 1) {
                let mark = Mark::of(&self.batch.geometry);
                self.kind.get_or_insert_with(|| name.to_owned());
                self.batch.fields.next = 0;
                self.feature = Some(Feature {
                    mark,
                    depth,
                    geometry: None,
                    has_geometry: false,
                    is_multiple: false,
                    tall: false,
                    polygon: None,
                    is_point: false,
                });
                if let Some(id) = attribute(element, "id").or_else(|| attribute(element, "fid")) {
                    self.set("gml_id", &id);
                }
            }
            return;
        }
        let next = next_ring(&self.batch.geometry);
        // An envelope says where the feature lies, and is none of its shapes.
        if self.stack.iter().any(|n| n == "boundedBy") {
            return;
        }
        let Some(feature) = &mut self.feature else { return };
        let is_polygon = matches!(name, "Polygon" | "PolygonPatch" | "Rectangle" | "Triangle");
        let is_multiple = MULTIPLE.contains(&name);
        if is_polygon || is_multiple || POINTS.contains(&name) || LINES.contains(&name) || name == "Surface" {
            feature.has_geometry = true;
            feature.geometry.get_or_insert(depth);
            feature.is_multiple |= is_multiple;
            feature.is_point = POINTS.contains(&name);
            if is_polygon {
                feature.polygon = Some(next);
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.feature.is_some() {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        let in_bounds = self.stack.iter().any(|n| n == "boundedBy");
        let in_geometry = self.feature.as_ref().is_some_and(|f| f.geometry.is_some());
        match name {
            _ if in_bounds => {}
            "posList" | "pos" if in_geometry => self.positions(false),
            "coordinates" if in_geometry => self.positions(true),
            "LinearRing" | "LineString" | "LineStringSegment" | "Arc" | "ArcString" | "Circle"
                if in_geometry && !self.stack.iter().rev().skip(1).any(|n| JOINED.contains(&n.as_str())) =>
            {
                self.end_open();
            }
            "Ring" if in_geometry => self.end_open(),
            "Curve" | "CompositeCurve"
                if in_geometry && !self.stack.iter().rev().skip(1).any(|n| JOINED.contains(&n.as_str())) =>
            {
                self.end_open();
            }
            "Polygon" | "PolygonPatch" | "Rectangle" | "Triangle" => {
                let first = self.feature.as_mut().and_then(|f| f.polygon.take());
                let store = &mut self.batch.geometry;
                if let Some(first) = first.filter(|first| next_ring(store) > *first) {
                    end_part(store, PartKind::Polygon, first);
                }
            }
            _ => {}
        }
        self.dimensions.pop_if(|(depth, _)| *depth == self.stack.len());
        self.stack.pop();
        let depth = self.stack.len();
        if self.member == Some(depth) && self.feature.is_none() {
            self.member = None;
        }
        let Some(feature) = &mut self.feature else { return };
        if feature.geometry == Some(depth) {
            feature.geometry = None;
        } else if depth == feature.depth {
            self.put();
            let Some(feature) = self.feature.take() else { return };
            let kind = kind_of_parts(&self.batch.geometry, feature.mark.part(), feature.is_multiple);
            if kind == GeometryKind::Null {
                let code = if feature.has_geometry { "empty-geometry" } else { "null-geometry" };
                self.batch.problem(Severity::Info, code, "");
            }
            self.batch.finish(kind, feature.mark, feature.tall);
        } else if feature.geometry.is_none() && !in_bounds && !self.has_children {
            let text = std::mem::take(&mut self.text);
            if !text.trim().is_empty() {
                self.set(name, text.trim());
            }
        }
        self.has_children = true;
        self.text.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Parsed {
        read_gml(text.as_bytes(), encoding_rs::UTF_8, &Progress::new()).expect("read").0
    }

    #[test]
    fn members_of_servers_with_either_order_of_axes() {
        let text = |srs: &str, list: &str| {
            format!(
                "<wfs:FeatureCollection><gml:boundedBy><gml:Envelope srsName=\"{srs}\"><gml:lowerCorner>1 2</gml:lowerCorner></gml:Envelope></gml:boundedBy>\
             <wfs:member><v:village gml:id=\"v.1\"><v:name>东沟村</v:name><v:geom><gml:MultiSurface srsName=\"{srs}\"><gml:surfaceMember><gml:Polygon>\
             <gml:exterior><gml:LinearRing><gml:posList>{list}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>\
             </gml:MultiSurface></v:geom><v:pop>12</v:pop></v:village></wfs:member></wfs:FeatureCollection>"
            )
        };
        for (srs, list) in [
            ("urn:ogc:def:crs:EPSG::4326", "40 116 40 117 41 117 40 116"),
            ("EPSG:4326", "116 40 117 40 117 41 116 40"),
        ] {
            let parsed = read(&text(srs, list));
            let batch = &parsed.batches[0];
            assert_eq!(batch.geometry.coords, [[116.0, 40.0], [117.0, 40.0], [117.0, 41.0], [116.0, 40.0]], "{srs}");
            assert_eq!(batch.geometry.features[0].kind, GeometryKind::MultiPolygon);
            assert_eq!(batch.fields.names.iter().map(|n| &**n).collect::<Vec<_>>(), ["gml_id", "name", "pop"]);
        }
    }

    #[test]
    fn gml_2_with_commas_and_single_positions() {
        let parsed = read(
            "<ogr:FeatureCollection><gml:featureMember><ogr:v fid=\"v.0\"><ogr:geometryProperty><gml:Polygon srsName=\"EPSG:4326\">\
             <gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>116,40 117,40 117,41 116,40</gml:coordinates></gml:LinearRing>\
             </gml:outerBoundaryIs></gml:Polygon></ogr:geometryProperty><ogr:n>x</ogr:n></ogr:v></gml:featureMember>\
             <gml:featureMember><ogr:v><p><gml:Point><gml:pos>1 2</gml:pos></gml:Point></p></ogr:v></gml:featureMember>\
             <gml:featureMember><ogr:v><p><gml:LineString><gml:pos>1 2</gml:pos><gml:pos>3 4</gml:pos></gml:LineString></p></ogr:v></gml:featureMember>\
             </ogr:FeatureCollection>",
        );
        let batch = &parsed.batches[0];
        let kinds: Vec<GeometryKind> = batch.geometry.features.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [GeometryKind::Polygon, GeometryKind::Point, GeometryKind::LineString]);
        assert_eq!(batch.geometry.coords.len(), 4 + 1 + 2);
    }

    fn first(geometry: &str) -> Parsed {
        read(&format!(
            "<wfs:FeatureCollection><wfs:member><v:a><v:g>{geometry}</v:g></v:a></wfs:member></wfs:FeatureCollection>"
        ))
    }

    #[test]
    fn pieces_of_a_ring_are_one_ring_and_arcs_are_round() {
        let piece = |list: &str| {
            format!(
                "<gml:curveMember><gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>{list}</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember>"
            )
        };
        let ring = format!("{}{}", piece("116 40 116 41 117 41"), piece("117 41 117 40 116 40"));
        let parsed =
            first(&format!("<gml:Polygon><gml:exterior><gml:Ring>{ring}</gml:Ring></gml:exterior></gml:Polygon>"));
        let store = &parsed.batches[0].geometry;
        assert_eq!((store.ring_starts.len(), store.coords.len()), (2, 5), "{:?}", store.coords);
        let circle = "<gml:Polygon><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments><gml:ArcString><gml:posList>\
                      1 0 0 1 -1 0 0 -1 1 0</gml:posList></gml:ArcString></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:Polygon>";
        let parsed = first(circle);
        let coords = &parsed.batches[0].geometry.coords;
        assert!(coords.len() > 80 && coords.iter().all(|p| (p[0].hypot(p[1]) - 1.0).abs() < 1e-9), "{}", coords.len());
    }

    #[test]
    fn a_dimension_holds_in_its_element_and_crs84_has_the_longitude_first() {
        let parsed = read(
            "<c><featureMember><a><g><gml:Point srsDimension=\"3\"><gml:pos>9 48 5</gml:pos></gml:Point></g></a></featureMember>\
             <featureMember><a><g><gml:LineString><gml:posList>1 2 3 4 5 6</gml:posList></gml:LineString></g></a></featureMember></c>",
        );
        assert_eq!(parsed.batches[0].geometry.coords, [[9.0, 48.0], [1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
        for name in ["urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"] {
            let parsed = first(&format!("<gml:Point srsName=\"{name}\"><gml:pos>9.2 48.1</gml:pos></gml:Point>"));
            assert_eq!(parsed.batches[0].geometry.coords, [[9.2, 48.1]], "{name}");
        }
    }
}
