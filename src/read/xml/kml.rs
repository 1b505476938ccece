//! KML 2.2 (OGC 12-007r2) and what exporters make of it: places with their extended data, schema data and the tables in their balloons,
//! tracks of Google's extension, folders as layers.

use std::io::Read;

use encoding_rs::Encoding;
use quick_xml::events::BytesStart;

use super::kml_style::Styles;
use super::{Handler, Numbers, attribute, walk};
use crate::model::{FeatureId, GeometryKind, PartKind, Severity, Value};
use crate::read::batch::Batch;
use crate::read::document::Parsed;
use crate::read::error::Cause;
use crate::read::geometry::{Mark, end_part, end_ring, next_ring};
use crate::read::letters::name_of;
use crate::read::shapes::kind_of_parts;
use crate::read::{Progress, formats};

/// Elements whose text is a field of the place.
const FIELDS: [(&str, &str); 7] = [
    ("name", "name"),
    ("description", "description"),
    ("address", "address"),
    ("phoneNumber", "phone"),
    ("when", "time"),
    ("begin", "begin"),
    ("end", "end"),
];

/// Folders that hold places, with how many each holds; folders without a name are one.
pub(in crate::read) fn kml_layers(source: impl Read, encoding: &'static Encoding) -> Vec<(String, usize)> {
    let mut folders = Folders::default();
    // What is broken is told by the reading itself.
    walk(source, encoding, &mut folders, &Progress::new()).ok();
    folders.found
}

/// Reads a document, or the places of one folder of it.
pub(in crate::read) fn read_kml(
    source: impl Read,
    encoding: &'static Encoding,
    folder: Option<&str>,
    progress: &Progress,
) -> Result<(Parsed, bool), Cause> {
    let mut kml = Kml { folder: folder.map(str::to_owned), ..Kml::default() };
    let walked = walk(source, encoding, &mut kml, progress)?;
    if !kml.is_kml {
        return Err(Cause::Damaged("it has no element of KML".into()));
    }
    let colours = kml.styles.agreed();
    let mut parsed = Parsed::new(vec![kml.batch], formats::KML);
    parsed.colours = colours;
    parsed.is_untyped = true;
    parsed.encoding = name_of(encoding);
    parsed.name = kml.title.filter(|_| folder.is_none()).or(folder.map(str::to_owned));
    if kml.rows == 0
        && let Some(folder) = folder
    {
        return Err(Cause::NoLayer(folder.to_owned()));
    }
    if kml.links > 0 {
        parsed.report.add(Severity::Warning, "network-links", None, kml.links.to_string());
    }
    if !walked.is_whole {
        parsed.report.add(Severity::Error, "broken-off", None, kml.rows.to_string());
    }
    Ok((parsed, walked.is_damaged))
}

/// Whether a name within an element is that of a folder: overlays and links have names too.
fn is_container(element: &str) -> bool {
    matches!(element, "Folder" | "Document")
}

/// The folder that a place lies in: the innermost folder, or document within another one.
fn around(open: &[(bool, String)]) -> Option<&(bool, String)> {
    open.iter().enumerate().rev().find(|(at, (is_folder, _))| *is_folder || *at > 0).map(|(_, folder)| folder)
}

#[derive(Default)]
struct Folders {
    /// Elements around, with whether each is a folder or a document.
    elements: Vec<bool>,
    stack: Vec<(bool, String)>,
    /// Whether the text belongs to the name of a folder.
    is_name: bool,
    in_place: bool,
    found: Vec<(String, usize)>,
}

impl Handler for Folders {
    fn start(&mut self, name: &str, _: &BytesStart<'_>) {
        let is_named = self.elements.last() == Some(&true);
        self.elements.push(is_container(name));
        match name {
            "Folder" | "Document" => self.stack.push((name == "Folder", String::new())),
            "Placemark" => {
                self.in_place = true;
                let folder = around(&self.stack).map(|(_, n)| n.trim().to_owned());
                let folder = folder.unwrap_or_default();
                match self.found.iter_mut().find(|(n, _)| *n == folder) {
                    Some((_, count)) => *count += 1,
                    None => self.found.push((folder, 1)),
                }
            }
            "name" => self.is_name = is_named,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.is_name
            && let Some((_, name)) = self.stack.last_mut()
        {
            name.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        self.elements.pop();
        match name {
            "Folder" | "Document" => {
                self.stack.pop();
            }
            "Placemark" => self.in_place = false,
            "name" => self.is_name = false,
            _ => {}
        }
    }
}

/// A document being read.
#[derive(Default)]
struct Kml {
    /// Elements around, with whether each is a folder or a document.
    elements: Vec<bool>,
    batch: Batch,
    is_kml: bool,
    /// The only folder that is wanted.
    folder: Option<String>,
    title: Option<String>,
    /// Folders around, with their names as far as they are known.
    folders: Vec<(bool, String)>,
    place: Option<Place>,
    text: String,
    keeps_text: bool,
    styles: Styles,
    /// The name of a field of extended data.
    field: Option<String>,
    /// Places read so far.
    rows: usize,
    links: usize,
}

/// A place being read.
struct Place {
    mark: Mark,
    tall: bool,
    is_multiple: bool,
    has_geometry: bool,
    is_wanted: bool,
    /// The first ring of the polygon being read.
    polygon: Option<u32>,
    /// The first position of the track being read.
    track: Option<usize>,
}

impl Kml {
    fn set(&mut self, name: &str, text: &str) {
        let text = text.trim();
        if text.is_empty() || name.trim().is_empty() {
            return;
        }
        let row = FeatureId::new(self.batch.row());
        let field = self.batch.fields.field(name.trim());
        if let Some(builder) = self.batch.fields.builders.get_mut(field) {
            builder.set(row, Value::Text(text), text);
        }
    }

    /// The fields of a description: those of the table that exporters put into balloons, else its text.
    fn description(&mut self, text: &str) {
        let rows = balloon_rows(text);
        match rows.is_empty() {
            true => self.set("description", &plain(text)),
            false => rows.iter().for_each(|(name, value)| self.set(name, value)),
        }
    }

    /// Reads the positions of a `coordinates` element into the part that its geometry makes.
    fn coordinates(&mut self, around: Option<&str>) {
        let Some(place) = &mut self.place else { return };
        let text = std::mem::take(&mut self.text);
        let text = without_commas_between(&text).unwrap_or(text);
        let store = &mut self.batch.geometry;
        let (ring, first) = (next_ring(store), store.coords.len());
        let mut numbers = Numbers::of(&text);
        let mut is_odd = false;
        while let Some((x, has_more)) = numbers.next() {
            let Some((y, has_height)) = has_more.then(|| numbers.next()).flatten() else {
                is_odd = true;
                continue;
            };
            store.coords.push([x, y]);
            let (mut more, mut is_third) = (has_height, true);
            while more {
                let Some((height, again)) = numbers.next() else { break };
                place.tall |= height != 0.0;
                if std::mem::take(&mut is_third) {
                    store.set_height(height);
                }
                more = again;
            }
        }
        is_odd |= !numbers.is_over();
        if store.coords.len() > first {
            end_ring(store);
            match around {
                Some("Point") => end_part(store, PartKind::Point, ring),
                Some("LinearRing") if place.polygon.is_some() => {}
                _ => end_part(store, PartKind::Line, ring),
            }
        }
        if is_odd {
            self.batch.problem(Severity::Warning, "odd-coordinates", "");
        }
    }
}

/// The text without commas behind its positions, where every one of them has one, as some programs write: `116,40,0, 117,41,0,`.
fn without_commas_between(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let (last, others) = words.split_last()?;
    let count = |word: &str| word.trim_end_matches(',').split(',').count();
    let own = count(others.first()?);
    let fits =
        (2..=3).contains(&own) && others.iter().all(|w| w.ends_with(',') && count(w) == own) && count(last) == own;
    fits.then(|| words.iter().map(|w| w.trim_end_matches(',')).collect::<Vec<_>>().join(" "))
}

impl Handler for Kml {
    fn start(&mut self, name: &str, element: &BytesStart<'_>) {
        self.elements.push(is_container(name));
        self.is_kml |= matches!(name, "kml" | "Document" | "Folder" | "Placemark");
        self.text.clear();
        let is_of_style = self.styles.start(name, element);
        self.keeps_text = false;
        match name {
            "Folder" | "Document" => self.folders.push((name == "Folder", String::new())),
            "NetworkLink" => self.links += 1,
            "Placemark" if self.place.is_none() => {
                let around = around(&self.folders).map_or("", |(_, n)| n.as_str());
                let is_wanted = self.folder.as_ref().is_none_or(|f| f == around);
                let (around, id) = (around.to_owned(), attribute(element, "id"));
                let mark = Mark::of(&self.batch.geometry);
                self.place = Some(Place {
                    mark,
                    tall: false,
                    is_multiple: false,
                    has_geometry: false,
                    is_wanted,
                    polygon: None,
                    track: None,
                });
                self.batch.fields.next = 0;
                if is_wanted {
                    if self.folder.is_none() && !around.is_empty() {
                        self.set("folder", &around);
                    }
                    if let Some(id) = id {
                        self.set("kml_id", &id);
                    }
                }
            }
            _ => {}
        }
        let store = &self.batch.geometry;
        let (next, coords) = (next_ring(store), store.coords.len());
        match (&mut self.place, name) {
            (Some(place), "Point" | "LineString" | "LinearRing") => place.has_geometry = true,
            (Some(place), "Polygon") => {
                place.has_geometry = true;
                place.polygon = Some(next);
            }
            (Some(place), "MultiGeometry" | "MultiTrack") => {
                place.has_geometry = true;
                place.is_multiple = true;
            }
            (Some(place), "Track") => {
                place.has_geometry = true;
                place.track = Some(coords);
            }
            (Some(_), "Data" | "SimpleData") => self.field = attribute(element, "name"),
            _ => {}
        }
        let is_field =
            FIELDS.iter().any(|(n, _)| *n == name) || matches!(name, "value" | "SimpleData" | "coordinates" | "coord");
        let is_of_place = is_field && (self.place.as_ref().is_some_and(|p| p.is_wanted) || name == "name");
        self.keeps_text = is_of_style || is_of_place;
    }

    fn text(&mut self, text: &str) {
        if self.keeps_text {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        self.keeps_text = false;
        let is_wanted = self.place.as_ref().is_some_and(|p| p.is_wanted);
        self.elements.pop();
        self.styles.end(name, &self.text);
        match name {
            "name" if self.place.is_none() && self.elements.last() == Some(&true) => {
                let text = self.text.trim().to_owned();
                if let Some((is_folder, own)) = self.folders.last_mut() {
                    if !*is_folder {
                        self.title.get_or_insert_with(|| text.clone());
                    }
                    own.clone_from(&text);
                }
            }
            "Folder" | "Document" => {
                self.folders.pop();
            }
            "coordinates" if is_wanted => {
                // Whose they are is told by what is open: a ring of a polygon, else a point or a line by their number.
                self.keep_coordinates();
            }
            "coord" if is_wanted => {
                let mut numbers = Numbers::of(&self.text);
                if let (Some((x, _)), Some((y, _))) = (numbers.next(), numbers.next())
                    && self.place.as_ref().is_some_and(|p| p.track.is_some())
                {
                    self.batch.geometry.coords.push([x, y]);
                    if let Some((height, _)) = numbers.next().filter(|(h, _)| *h != 0.0) {
                        self.batch.geometry.set_height(height);
                        self.place.iter_mut().for_each(|p| p.tall = true);
                    }
                }
            }
            "Track" => {
                let track = self.place.as_mut().and_then(|p| p.track.take());
                let store = &mut self.batch.geometry;
                if track.is_some_and(|first| store.coords.len() > first) {
                    let ring = next_ring(store);
                    end_ring(store);
                    end_part(store, PartKind::Line, ring);
                }
            }
            "Polygon" => {
                let first = self.place.as_mut().and_then(|p| p.polygon.take());
                let store = &mut self.batch.geometry;
                if let Some(first) = first.filter(|first| next_ring(store) > *first) {
                    end_part(store, PartKind::Polygon, first);
                }
            }
            "Placemark" => self.end_place(),
            "description" if is_wanted => {
                let text = std::mem::take(&mut self.text);
                self.description(&text);
            }
            "value" | "SimpleData" if is_wanted => {
                let text = std::mem::take(&mut self.text);
                if let Some(field) = self.field.clone() {
                    // A field of the place's own kind does not take the place of its name.
                    let is_own = FIELDS.iter().any(|(_, own)| *own == field);
                    self.set(&if is_own { format!("{field}_2") } else { field }, &text);
                }
            }
            _ if is_wanted => {
                if let Some((_, field)) = FIELDS.iter().find(|(n, _)| *n == name) {
                    let text = std::mem::take(&mut self.text);
                    self.set(field, &text);
                }
            }
            _ => {}
        }
        self.text.clear();
    }
}

impl Kml {
    fn keep_coordinates(&mut self) {
        let in_polygon = self.place.as_ref().is_some_and(|p| p.polygon.is_some());
        // A place with one position is a point whatever is written around it.
        let is_one = !self.text.trim().contains(|c: char| c.is_ascii_whitespace()) || {
            let mut numbers = Numbers::of(&self.text);
            let mut has_more = true;
            while has_more && let Some((_, again)) = numbers.next() {
                has_more = again;
            }
            numbers.is_over()
        };
        let around = match (in_polygon, is_one) {
            (true, _) => "LinearRing",
            (false, true) => "Point",
            (false, false) => "LineString",
        };
        self.coordinates(Some(around));
    }

    fn end_place(&mut self) {
        let Some(place) = self.place.take() else { return };
        self.styles.end_place(place.is_wanted);
        if !place.is_wanted {
            return;
        }
        self.rows += 1;
        let kind = kind_of_parts(&self.batch.geometry, place.mark.part(), place.is_multiple);
        if kind == GeometryKind::Null {
            let code = if place.has_geometry { "empty-geometry" } else { "null-geometry" };
            self.batch.problem(Severity::Info, code, "");
        }
        self.batch.finish(kind, place.mark, place.tall);
    }
}

/// Rows of two cells in the tables of a balloon: names and values. Fewer than two of them are no table of attributes.
fn balloon_rows(html: &str) -> Vec<(String, String)> {
    let lower = html.to_ascii_lowercase();
    if !lower.contains("<tr") {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for part in lower.match_indices("<tr").map(|(at, _)| at) {
        let rest = lower.get(part..).unwrap_or("");
        let inner = rest.get(3..).unwrap_or("");
        let stop = inner.find("</tr").unwrap_or(inner.len()).min(inner.find("<tr").unwrap_or(inner.len()));
        let row = html.get(part + 3..part + 3 + stop).unwrap_or("");
        let cells = cells_of(row);
        if let [name, value] = cells.as_slice()
            && !name.is_empty()
            && name.chars().count() <= 64
        {
            rows.push((name.trim_end_matches([':', '：']).to_owned(), value.clone()));
        }
    }
    if rows.len() >= 2 { rows } else { Vec::new() }
}

fn cells_of(row: &str) -> Vec<String> {
    let lower = row.to_ascii_lowercase();
    let starts: Vec<usize> = lower
        .match_indices("<td")
        .chain(lower.match_indices("<th"))
        .map(|(at, _)| at)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let cell = |(i, at): (usize, &usize)| {
        let end = starts.get(i + 1).copied().unwrap_or(row.len());
        let whole = row.get(*at..end).unwrap_or("");
        plain(whole.split_once('>').map_or("", |(_, rest)| rest))
    };
    starts.iter().enumerate().map(cell).collect()
}

/// Text of HTML: tags go, entities become characters.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(rest.get(..at).unwrap_or(""));
        let tag = rest.get(at..).unwrap_or("");
        let is_tag =
            tag.get(1..2).is_some_and(|c| c.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!')));
        match tag.find('>').filter(|_| is_tag) {
            Some(end) => {
                if tag.to_ascii_lowercase().starts_with("<br") || tag.starts_with("</p") || tag.starts_with("</P") {
                    text.push('\n');
                }
                rest = tag.get(end + 1..).unwrap_or("");
            }
            None => {
                text.push('<');
                rest = tag.get(1..).unwrap_or("");
            }
        }
    }
    text.push_str(rest);
    let text = text.replace("&nbsp;", " ");
    let text = quick_xml::escape::unescape(&text).map(|t| t.into_owned()).unwrap_or(text);
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Dataset;
    use crate::read::{How, read_bytes_as};

    fn read(text: &str) -> Dataset {
        read_bytes_as("t.kml".as_ref(), text.as_bytes(), &How::default(), &Progress::new()).expect("read")
    }

    #[test]
    fn places_with_all_kinds_of_fields() {
        let d = read(
            "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>村</name><Folder><name>甲镇</name>\
             <Placemark id=\"a\"><name>东沟村</name><description><![CDATA[<table><tr><td>代码</td><td>0110</td></tr>\
             <tr><td>人口：</td><td><b>12</b></td></tr></table>]]></description><Polygon><outerBoundaryIs><LinearRing><coordinates>\
             116,40,0 116.1,40,5 116.1,40.1,0 116,40,0</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing>\
             <coordinates>116.05,40.01 116.06,40.01 116.06,40.02 116.05,40.01</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>\
             <Placemark><name>井</name><ExtendedData><Data name=\"深\"><value>3.5</value></Data></ExtendedData>\
             <Point><coordinates> 116.05,40.05 </coordinates></Point></Placemark></Folder>\
             <Placemark><name>无</name></Placemark></Document></kml>",
        );
        let kinds: Vec<GeometryKind> = d.geometry.features.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [GeometryKind::Polygon, GeometryKind::Point, GeometryKind::Null]);
        assert_eq!(d.geometry.rings_of(&d.geometry.parts[0]).count(), 2);
        let value = |row: u32, name: &str| {
            let at = d.table.position(name).unwrap_or_else(|| panic!("{name}"));
            d.table.value(FeatureId::new(row), at).to_text().map(|t| t.into_owned())
        };
        assert_eq!(value(0, "代码").as_deref(), Some("0110"));
        assert_eq!(d.table.value(FeatureId::new(0), d.table.position("人口").expect("there")), Value::Integer(12));
        assert_eq!(value(0, "folder").as_deref(), Some("甲镇"));
        assert_eq!(value(1, "深").as_deref(), Some("3.5"));
        assert!(d.report.problems.iter().any(|p| p.code == "has-z") && d.table.position("description").is_none());
    }

    #[test]
    fn folders_are_layers_and_one_can_be_read() {
        let text = "<kml><Folder><name>甲</name><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></Folder>\
                    <Folder><name>乙</name><Placemark><Point><coordinates>3,4</coordinates></Point></Placemark>\
                    <Placemark><Point><coordinates>5,6</coordinates></Point></Placemark></Folder></kml>";
        let layers = kml_layers(text.as_bytes(), encoding_rs::UTF_8);
        assert_eq!(layers, [("甲".to_owned(), 1), ("乙".to_owned(), 2)]);
        let (parsed, _) = read_kml(text.as_bytes(), encoding_rs::UTF_8, Some("乙"), &Progress::new()).expect("read");
        assert_eq!(parsed.batches[0].geometry.coords, [[3.0, 4.0], [5.0, 6.0]]);
    }

    #[test]
    fn tracks_several_parts_and_broken_ends() {
        let d = read(
            "<kml><Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4</coordinates></Point>\
             </MultiGeometry></Placemark><Placemark><gx:Track><gx:coord>1 2 3</gx:coord><gx:coord>2 3 3</gx:coord></gx:Track></Placemark>\
             <Placemark><Point><coord",
        );
        let kinds: Vec<GeometryKind> = d.geometry.features.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [GeometryKind::MultiPoint, GeometryKind::LineString]);
        assert!(d.report.problems.iter().any(|p| p.code == "broken-off"));
    }

    #[test]
    fn names_of_overlays_are_not_those_of_their_folder() {
        let text = "<kml><Document><Folder><name>村庄</name><Placemark><name>a</name><Point><coordinates>1,2</coordinates></Point></Placemark>\
                    <GroundOverlay><name>卫星图</name></GroundOverlay><Placemark><name>b</name><Point><coordinates>3,4</coordinates></Point>\
                    <ExtendedData><SchemaData><SimpleData name=\"name\">内名</SimpleData></SchemaData></ExtendedData></Placemark></Folder></Document></kml>";
        assert_eq!(kml_layers(text.as_bytes(), encoding_rs::UTF_8), [("村庄".to_owned(), 2)]);
        let d = read(text);
        let names: Vec<String> = d.features().map(|f| d.file_name(f)).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(d.table.position("name_2").is_some());
    }

    #[test]
    fn commas_behind_positions_end_them() {
        for (text, count) in [
            ("116,40,0, 117,41,0, 118,42,0", 3),
            ("116,40,\n117,41,\n118,42,\n119,43", 4),
            ("116,40,0 117,41,0", 2),
            ("116, 40, 5 117, 41, 6", 2),
        ] {
            let kml =
                format!("<kml><Placemark><LineString><coordinates>{text}</coordinates></LineString></Placemark></kml>");
            let (parsed, _) = read_kml(kml.as_bytes(), encoding_rs::UTF_8, None, &Progress::new()).expect("read");
            assert_eq!(parsed.batches[0].geometry.coords.len(), count, "{text}");
        }
    }
}
