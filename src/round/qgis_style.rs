//! How layers of a QGIS project look: symbols, classes, labels.

use std::io;

use super::qgis::{Layer, Xml, close, empty, open, option};

fn rgba([r, g, b]: [u8; 3], alpha: u8) -> String {
    format!("{r},{g},{b},{alpha}")
}

/// A symbol: a dot with a white rim, or an outline.
fn symbol(xml: &mut Xml, name: &str, layer: &Layer, colour: [u8; 3]) -> io::Result<()> {
    let kind = if layer.is_areas { "fill" } else { "marker" };
    open(
        xml,
        "symbol",
        &[("type", kind), ("name", name), ("alpha", "1"), ("clip_to_extent", "1"), ("force_rhr", "0")],
    )?;
    let class = if layer.is_areas { "SimpleFill" } else { "SimpleMarker" };
    open(xml, "layer", &[("class", class), ("enabled", "1"), ("locked", "0"), ("pass", "0")])?;
    open(xml, "Option", &[("type", "Map")])?;
    let solid = rgba(colour, 255);
    let options: Vec<(&str, String)> = if layer.is_areas {
        let width = "0.4".to_owned();
        vec![
            ("style", "no".into()),
            ("outline_color", solid),
            ("outline_style", "solid".into()),
            ("outline_width", width),
        ]
    } else {
        let (rim, width) = ("255,255,255,255".to_owned(), "0.4".to_owned());
        vec![
            ("name", "circle".into()),
            ("color", solid),
            ("outline_color", rim),
            ("outline_width", width),
            ("size", "4".into()),
        ]
    };
    for (name, value) in &options {
        option(xml, "QString", name, value)?;
    }
    close(xml, "Option")?;
    close(xml, "layer")?;
    close(xml, "symbol")
}

/// How the features of a layer are drawn: all alike, or by classes.
pub(super) fn renderer(xml: &mut Xml, layer: &Layer) -> io::Result<()> {
    let Some((field, classes)) = &layer.classes else {
        open(xml, "renderer-v2", &[("type", "singleSymbol"), ("symbollevels", "0"), ("enableorderby", "0")])?;
        open(xml, "symbols", &[])?;
        symbol(xml, "0", layer, layer.colour)?;
        close(xml, "symbols")?;
        return close(xml, "renderer-v2");
    };
    open(
        xml,
        "renderer-v2",
        &[("type", "categorizedSymbol"), ("attr", field), ("symbollevels", "0"), ("enableorderby", "0")],
    )?;
    open(xml, "categories", &[])?;
    for (i, (value, words, _)) in classes.iter().enumerate() {
        let number = i.to_string();
        let of =
            [("value", value.as_str()), ("label", words), ("symbol", &number), ("render", "true"), ("type", "string")];
        empty(xml, "category", &of)?;
    }
    close(xml, "categories")?;
    open(xml, "symbols", &[])?;
    for (i, (_, _, colour)) in classes.iter().enumerate() {
        symbol(xml, &i.to_string(), layer, *colour)?;
    }
    close(xml, "symbols")?;
    close(xml, "renderer-v2")
}

/// The names beside features.
pub(super) fn labels(xml: &mut Xml, layer: &Layer) -> io::Result<()> {
    if layer.label.is_empty() {
        return Ok(());
    }
    open(xml, "labeling", &[("type", "simple")])?;
    open(xml, "settings", &[("calloutType", "simple")])?;
    let style = [
        ("fieldName", layer.label.as_str()),
        ("fontSize", "9"),
        ("textColor", "40,48,44,255"),
        ("isExpression", "0"),
        ("fontSizeUnit", "Point"),
    ];
    open(xml, "text-style", &style)?;
    empty(
        xml,
        "text-buffer",
        &[("bufferDraw", "1"), ("bufferSize", "1"), ("bufferColor", "255,255,255,255"), ("bufferSizeUnits", "MM")],
    )?;
    close(xml, "text-style")?;
    let placement = if layer.is_areas { "1" } else { "6" };
    empty(xml, "placement", &[("placement", placement), ("dist", "1.5"), ("distUnits", "MM")])?;
    empty(xml, "rendering", &[("scaleVisibility", "0"), ("displayAll", "0"), ("obstacle", "1")])?;
    close(xml, "settings")?;
    close(xml, "labeling")
}
