//! Writing SVG 1.1: shapes and text in layout pixels.

use std::fmt::Write;

use super::metrics::{printable, runs};
use crate::output::escaped;

/// A colour as SVG writes it.
pub(super) fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Where a text begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum At {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type<'a> {
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) colour: &'a str,
    pub(super) at: At,
    /// Colour and width of a halo.
    pub(super) halo: Option<(&'a str, f32)>,
}

impl<'a> Type<'a> {
    pub(super) fn new(size: f32, colour: &'a str) -> Self {
        Self { size, is_bold: false, colour, at: At::Start, halo: None }
    }

    pub(super) fn bold(self) -> Self {
        Self { is_bold: true, ..self }
    }

    pub(super) fn at(self, at: At) -> Self {
        Self { at, ..self }
    }
}

/// A text as a document has it: what the bundled fonts lack names the font of this machine that it is taken from.
fn in_fonts(text: &str) -> String {
    let mut out = String::new();
    for (family, piece) in runs(text) {
        match family {
            None => out += &escaped(piece),
            Some(family) => {
                out += &format!(
                    "<tspan font-family=\"{}, Noto Sans CJK SC\">{}</tspan>",
                    escaped(&family).replace(['"', ','], ""),
                    escaped(piece)
                );
            }
        }
    }
    out
}

/// A document being written.
pub(super) struct Svg {
    out: String,
}

/// A number without noise: a tenth of a layout pixel is far below what any printer shows.
pub(super) fn num(v: f32) -> String {
    let text = format!("{v:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

impl Svg {
    /// Begins a document of a size in millimetres, laid out in other units.
    pub(super) fn new(size_mm: [f32; 2], size: [f32; 2], title: &str) -> Self {
        let [w, h] = size.map(num);
        let [mm_w, mm_h] = size_mm.map(num);
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{mm_w}mm\" \
             height=\"{mm_h}mm\" viewBox=\"0 0 {w} {h}\" font-family=\"Noto Sans CJK SC\">\n<title>{}</title>\n",
            escaped(title)
        );
        Self { out }
    }

    /// What was drawn so far.
    pub(super) fn drawn(&self) -> &str {
        &self.out
    }

    pub(super) fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    pub(super) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    pub(super) fn rect(&mut self, [x, y, w, h]: [f32; 4], fill: &str, radius: f32, stroke: Option<(&str, f32)>) {
        let pen = stroke.map_or(String::new(), |(c, w)| format!(" stroke=\"{c}\" stroke-width=\"{}\"", num(w)));
        let (x, y, w, h, r) = (num(x), num(y), num(w.max(0.0)), num(h.max(0.0)), num(radius));
        // Writing into a string cannot fail.
        writeln!(self.out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{r}\" fill=\"{fill}\"{pen}/>")
            .ok();
    }

    pub(super) fn line(&mut self, [x1, y1, x2, y2]: [f32; 4], colour: &str, width: f32) {
        let (x1, y1, x2, y2, w) = (num(x1), num(y1), num(x2), num(y2), num(width));
        writeln!(
            self.out,
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{colour}\" stroke-width=\"{w}\"/>"
        )
        .ok();
    }

    pub(super) fn path(&mut self, d: &str, attributes: &str) {
        if !d.is_empty() {
            writeln!(self.out, "<path d=\"{d}\" {attributes}/>").ok();
        }
    }

    pub(super) fn text(&mut self, x: f32, y: f32, text: &str, form: Type<'_>) {
        if text.is_empty() {
            return;
        }
        let anchor = match form.at {
            At::Start => "",
            At::Middle => " text-anchor=\"middle\"",
            At::End => " text-anchor=\"end\"",
        };
        let weight = if form.is_bold { " font-weight=\"700\"" } else { "" };
        let text = in_fonts(&printable(text));
        let (x, y, size, colour) = (num(x), num(y), num(form.size), form.colour);
        let place = format!("x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight}{anchor}");
        if let Some((halo, width)) = form.halo {
            writeln!(
                self.out,
                "<text {place} fill=\"{colour}\" stroke=\"{halo}\" stroke-width=\"{}\" stroke-linejoin=\"round\" \
                 paint-order=\"stroke\">{text}</text>",
                num(width)
            )
            .ok();
        } else {
            writeln!(self.out, "<text {place} fill=\"{colour}\">{text}</text>").ok();
        }
    }
}
