//! A layer as KML 2.2 with the classes of the map as styles, and as GPX 1.1. Both know WGS 84 only: other coordinates are named in
//! words.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use super::{Outgoing, Written};
use crate::model::{FeatureId, GeometryStore, Part, PartKind, Value};
use crate::output::escaped;
use crate::output::geojson::beside;

pub(super) fn save_kml(out: &Outgoing<'_>, to: &Path) -> io::Result<()> {
    beside(to, |file| {
        writeln!(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(file, "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>")?;
        writeln!(file, "<name>{}</name>", escaped(&out.dataset.source.layer))?;
        if out.system.degrees_code().is_none() {
            writeln!(file, "<description>{}</description>", escaped(out.system.name()))?;
        }
        if let Some(classes) = out.classes {
            let colours = classes.classes.iter().map(|c| c.colour).chain([classes.missing]);
            for (i, [r, g, b]) in colours.enumerate() {
                // Alpha first, then blue, green, red.
                let colour = format!("{b:02x}{g:02x}{r:02x}");
                writeln!(
                    file,
                    "<Style id=\"c{i}\"><IconStyle><color>ff{colour}</color></IconStyle><LineStyle><color>ffffffff</color><width>1</width></LineStyle>\
                     <PolyStyle><color>cc{colour}</color></PolyStyle></Style>"
                )?;
            }
        }
        for feature in out.features() {
            placemark(out, feature, file)?;
        }
        writeln!(file, "</Document></kml>")
    })
}

/// What a feature says in words of its own, where its layer has a column for them, as notes do; `None` where the layer has none.
fn words_of(out: &Outgoing<'_>, feature: FeatureId) -> Option<String> {
    let is_one = |name: &str| ["desc", "description", "text"].iter().any(|n| name.eq_ignore_ascii_case(n));
    let column = out.dataset.table.columns.iter().find(|c| is_one(&c.name))?;
    Some(column.value(feature).to_text().unwrap_or_default().into_owned())
}

/// The style of a feature that names its colour (`#rrggbb`), as notes do.
fn own_style(out: &Outgoing<'_>, feature: FeatureId) -> Option<String> {
    let column = out.dataset.table.columns.iter().find(|c| c.name == "colour")?;
    let text = column.value(feature).to_text()?;
    let hex = text.strip_prefix('#').filter(|h| h.len() == 6 && h.chars().all(|c| c.is_ascii_hexdigit()))?;
    let colour = format!("{}{}{}", hex.get(4..6)?, hex.get(2..4)?, hex.get(0..2)?);
    Some(format!(
        "<Style><IconStyle><color>ff{colour}</color></IconStyle><LineStyle><color>ff{colour}</color><width>3</width></LineStyle>\
         <PolyStyle><color>66{colour}</color></PolyStyle></Style>"
    ))
}

fn placemark(out: &Outgoing<'_>, feature: FeatureId, file: &mut impl io::Write) -> io::Result<()> {
    let name = out.dataset.file_name(feature);
    let name = if name.is_empty() { out.dataset.display_name(feature) } else { name };
    write!(file, "<Placemark><name>{}</name>", escaped(&name))?;
    if let Some(words) = words_of(out, feature).filter(|w| !w.is_empty()) {
        write!(file, "<description>{}</description>", escaped(&words))?;
    }
    if let (None, Some(style)) = (out.classes, own_style(out, feature)) {
        write!(file, "{style}")?;
    }
    if let Some(classes) = out.classes {
        write!(file, "<styleUrl>#c{}</styleUrl>", out.class_of(feature).unwrap_or(classes.classes.len()))?;
    }
    write!(file, "<ExtendedData>")?;
    for column in &out.dataset.table.columns {
        if let Some(text) = column.value(feature).to_text() {
            write!(file, "<Data name=\"{}\"><value>{}</value></Data>", escaped(&column.name), escaped(&text))?;
        }
    }
    write!(file, "</ExtendedData>")?;
    let store = &out.dataset.geometry;
    match store.parts_of(feature) {
        [] => {}
        [one] => file.write_all(shape(store, one).as_bytes())?,
        several => {
            write!(file, "<MultiGeometry>")?;
            several.iter().try_for_each(|part| file.write_all(shape(store, part).as_bytes()))?;
            write!(file, "</MultiGeometry>")?;
        }
    }
    writeln!(file, "</Placemark>")
}

fn coordinates(store: &GeometryStore, ring: u32, most: usize) -> String {
    let mut text = String::from("<coordinates>");
    for (i, ([x, y], height)) in store.ring_with_heights(ring).take(most).enumerate() {
        // Text in memory takes everything.
        write!(text, "{}{x},{y}", if i > 0 { " " } else { "" }).ok();
        if let Some(z) = height {
            write!(text, ",{z}").ok();
        }
    }
    text + "</coordinates>"
}

fn shape(store: &GeometryStore, part: &Part) -> String {
    match part.kind {
        PartKind::Point => format!("<Point>{}</Point>", coordinates(store, part.ring_start, 1)),
        PartKind::Line => {
            format!("<LineString>{}</LineString>", coordinates(store, part.ring_start, usize::MAX))
        }
        PartKind::Polygon => {
            let mut text = String::from("<Polygon>");
            for ring in part.ring_start..part.ring_end {
                let side = if ring == part.ring_start { "outerBoundaryIs" } else { "innerBoundaryIs" };
                let inner = coordinates(store, ring, usize::MAX);
                text += &format!("<{side}><LinearRing>{inner}</LinearRing></{side}>");
            }
            text + "</Polygon>"
        }
    }
}

fn elevation(height: Option<f64>) -> String {
    height.map(|z| format!("<ele>{z}</ele>")).unwrap_or_default()
}

pub(super) fn save_gpx(out: &Outgoing<'_>, to: &Path, written: &mut Written) -> io::Result<()> {
    let store = &out.dataset.geometry;
    let (mut points, mut tracks, mut without, mut outlines) = (String::new(), String::new(), 0, 0);
    for feature in out.features() {
        let name = escaped(&out.dataset.display_name(feature));
        let texts = out.dataset.table.columns.iter().filter_map(|c| match c.value(feature) {
            Value::Missing => None,
            value => Some(format!("{}: {}", c.name, value.to_text()?)),
        });
        let text = escaped(&words_of(out, feature).unwrap_or_else(|| texts.collect::<Vec<_>>().join("; ")));
        let parts = store.parts_of(feature);
        without += usize::from(parts.is_empty());
        for part in parts.iter().filter(|p| p.kind == PartKind::Point) {
            if let Some(([lon, lat], height)) = store.ring_with_heights(part.ring_start).next() {
                let height = elevation(height);
                points +=
                    &format!("<wpt lat=\"{lat}\" lon=\"{lon}\">{height}<name>{name}</name><desc>{text}</desc></wpt>\n");
            }
        }
        let lines: Vec<u32> =
            parts.iter().filter(|p| p.kind != PartKind::Point).flat_map(|p| p.ring_start..p.ring_end).collect();
        outlines += usize::from(parts.iter().any(|p| p.kind == PartKind::Polygon));
        if !lines.is_empty() {
            tracks += &format!("<trk><name>{name}</name><desc>{text}</desc>");
            for line in lines {
                let one = |([lon, lat], height): ([f64; 2], Option<f64>)| {
                    format!("<trkpt lat=\"{lat}\" lon=\"{lon}\">{}</trkpt>", elevation(height))
                };
                let all: String = store.ring_with_heights(line).map(one).collect();
                tracks += &format!("<trkseg>{all}</trkseg>");
            }
            tracks += "</trk>\n";
        }
    }
    if without > 0 {
        written.told.push(("no-place", without.to_string()));
    }
    if outlines > 0 {
        written.told.push(("outlines", outlines.to_string()));
    }
    beside(to, |file| {
        write!(
            file,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"Qiancun\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n"
        )?;
        if out.system.degrees_code().is_none() {
            let name = escaped(out.system.name());
            writeln!(file, "<metadata><desc>{name}</desc><keywords>{name}</keywords></metadata>")?;
        }
        file.write_all(points.as_bytes())?;
        file.write_all(tracks.as_bytes())?;
        writeln!(file, "</gpx>")
    })
}
