//! GPX 1.0 and 1.1 (<https://www.topografix.com/GPX/1/1/>): waypoints, routes and tracks, each a layer.

use std::io::Read;

use encoding_rs::Encoding;
use quick_xml::events::BytesStart;

use super::{Handler, attribute, walk};
use crate::model::{FeatureId, GeometryKind, PartKind, Severity, Value};
use crate::read::batch::Batch;
use crate::read::document::Parsed;
use crate::read::error::Cause;
use crate::read::geometry::{Mark, end_part, end_ring, next_ring};
use crate::read::letters::name_of;
use crate::read::shapes::kind_of_parts;
use crate::read::{Progress, formats};

/// Names of the layers, and the elements that are their features.
pub(in crate::read) const GPX_LAYERS: [(&str, &str); 3] = [("waypoints", "wpt"), ("routes", "rte"), ("tracks", "trk")];

/// Elements within a feature that are no field of it.
const NO_FIELDS: [&str; 7] = ["trkseg", "trkpt", "rtept", "extensions", "link", "author", "email"];

/// Reads a document, or one layer of it; gives how many features each layer has.
pub(in crate::read) fn read_gpx(
    source: impl Read,
    encoding: &'static Encoding,
    layer: Option<&str>,
    progress: &Progress,
) -> Result<(Parsed, bool, [usize; 3]), Cause> {
    if let Some(layer) = layer.filter(|l| !l.is_empty() && GPX_LAYERS.iter().all(|(name, _)| name != l)) {
        return Err(Cause::NoLayer(layer.to_owned()));
    }
    let mut gpx = Gpx { layer: layer.map(str::to_owned), ..Gpx::default() };
    let walked = walk(source, encoding, &mut gpx, progress)?;
    if !gpx.is_gpx {
        return Err(Cause::Damaged("it has no element of GPX".into()));
    }
    let rows = gpx.batch.row();
    let mut parsed = Parsed::new(vec![gpx.batch], formats::GPX);
    parsed.is_untyped = true;
    parsed.encoding = name_of(encoding);
    parsed.name = layer.map(str::to_owned);
    if !walked.is_whole {
        parsed.report.add(Severity::Error, "broken-off", None, rows.to_string());
    }
    Ok((parsed, walked.is_damaged, gpx.counts))
}

#[derive(Default)]
struct Gpx {
    batch: Batch,
    is_gpx: bool,
    layer: Option<String>,
    counts: [usize; 3],
    feature: Option<Feature>,
    /// Elements around within the feature.
    depth: usize,
    text: String,
    /// Whether the text is a height.
    is_height: bool,
    /// Depth below which nothing is a field.
    passed: Option<usize>,
}

struct Feature {
    element: &'static str,
    is_wanted: bool,
    mark: Mark,
    /// The first position of the line being read.
    line: usize,
    tall: bool,
}

impl Gpx {
    fn position(&mut self, element: &BytesStart<'_>) {
        let number = |name: &str| attribute(element, name).and_then(|v| v.trim().parse::<f64>().ok());
        match (number("lon"), number("lat")) {
            (Some(lon), Some(lat)) => self.batch.geometry.coords.push([lon, lat]),
            _ => self.batch.problem(Severity::Warning, "odd-coordinates", ""),
        }
    }

    fn end_line(&mut self) {
        let Some(feature) = &mut self.feature else { return };
        let store = &mut self.batch.geometry;
        if store.coords.len() > feature.line {
            let ring = next_ring(store);
            end_ring(store);
            let kind = if feature.element == "wpt" { PartKind::Point } else { PartKind::Line };
            end_part(store, kind, ring);
        }
        feature.line = store.coords.len();
    }
}

impl Handler for Gpx {
    fn start(&mut self, name: &str, element: &BytesStart<'_>) {
        self.is_gpx |= name == "gpx";
        self.text.clear();
        if self.feature.is_some() {
            self.depth += 1;
            let is_wanted = self.feature.as_ref().is_some_and(|f| f.is_wanted);
            self.is_height = is_wanted && name == "ele";
            if matches!(name, "trkpt" | "rtept") && is_wanted {
                self.position(element);
            }
            if NO_FIELDS.contains(&name) && self.passed.is_none() {
                self.passed = Some(self.depth);
            }
            return;
        }
        let Some(at) = GPX_LAYERS.iter().position(|(_, e)| *e == name) else { return };
        let Some(((layer, own), count)) = GPX_LAYERS.get(at).zip(self.counts.get_mut(at)) else { return };
        *count += 1;
        let is_wanted = self.layer.as_ref().is_none_or(|l| l == layer);
        let mark = Mark::of(&self.batch.geometry);
        self.feature = Some(Feature { element: own, is_wanted, mark, line: mark.coord(), tall: false });
        (self.depth, self.passed, self.batch.fields.next) = (0, None, 0);
        if name == "wpt" && is_wanted {
            self.position(element);
        }
    }

    fn text(&mut self, text: &str) {
        if self.feature.is_some() && (self.passed.is_none() || self.is_height) {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        let Some(feature) = &mut self.feature else { return };
        if self.depth == 0 {
            self.end_line();
            let Some(feature) = self.feature.take().filter(|f| f.is_wanted) else { return };
            // A track is several lines by its nature, whether it was broken off or not.
            let kind = kind_of_parts(&self.batch.geometry, feature.mark.part(), feature.element == "trk");
            if kind == GeometryKind::Null {
                self.batch.problem(Severity::Info, "null-geometry", "");
            }
            self.batch.finish(kind, feature.mark, feature.tall);
            return;
        }
        if std::mem::take(&mut self.is_height)
            && let Ok(height) = self.text.trim().parse()
        {
            feature.tall = true;
            self.batch.geometry.set_height(height);
        }
        if feature.is_wanted && self.passed.is_none() {
            let text = self.text.trim();
            if !text.is_empty() {
                let row = FeatureId::new(self.batch.row());
                let field = self.batch.fields.field(name);
                if let Some(builder) = self.batch.fields.builders.get_mut(field) {
                    builder.set(row, Value::Text(text), text);
                }
            }
        }
        if name == "trkseg" {
            self.end_line();
        }
        if self.passed == Some(self.depth) {
            self.passed = None;
        }
        self.depth -= 1;
        self.text.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waypoints_routes_and_tracks() {
        let text = "<gpx><wpt lat=\"40.05\" lon=\"116.1\"><ele>50</ele><name>东沟 &amp; 西沟</name><extensions><x>1</x></extensions></wpt>\
                    <trk><name>t</name><trkseg><trkpt lat=\"40\" lon=\"116\"/><trkpt lat=\"41\" lon=\"117\"><time>z</time></trkpt></trkseg>\
                    <trkseg><trkpt lat=\"42\" lon=\"118\"/><trkpt lat=\"43\" lon=\"119\"/></trkseg></trk>\
                    <rte><rtept lat=\"1\" lon=\"2\"><name>stop</name></rtept><rtept lat=\"3\" lon=\"4\"/></rte></gpx>";
        let (parsed, _, counts) = read_gpx(text.as_bytes(), encoding_rs::UTF_8, None, &Progress::new()).expect("read");
        assert_eq!(counts, [1, 1, 1]);
        let batch = &parsed.batches[0];
        let kinds: Vec<GeometryKind> = batch.geometry.features.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [GeometryKind::Point, GeometryKind::MultiLineString, GeometryKind::LineString]);
        assert_eq!(batch.fields.names.iter().map(|n| &**n).collect::<Vec<_>>(), ["ele", "name"]);
        let (one, ..) = read_gpx(text.as_bytes(), encoding_rs::UTF_8, Some("tracks"), &Progress::new()).expect("read");
        assert_eq!(one.batches[0].row(), 1);
    }
}
