//! Letters that join on pages: each as wide as the font says.
//!
//! usvg (0.47) gives letters that are drawn as several signs, as in Devanagari and Khmer, the width of the widest of them only
//! (`form_glyph_clusters`), so that what follows lies over them. What it leaves out is added here, as `dx`, when a page becomes a picture or a PDF; the
//! SVG that is handed out stays without it, since browsers and drawing programs are right.

use resvg::usvg::fontdb;

use super::metrics::{font_of, with_font};

/// How a tspan begins that is set in a font of this machine; see `svg::in_fonts`.
const BEGINS: &str = "<tspan font-family=\"";

/// A page with the widths that are left out.
pub(super) fn spaced(svg: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(svg.len()), svg);
    while let Some(at) = rest.find("<text ") {
        let (before, from) = rest.split_at(at);
        let end = from.find("</text>").map_or(from.len(), |end| end + "</text>".len());
        let (element, after) = from.split_at(end);
        out.push_str(before);
        match element.contains(BEGINS).then(|| spaced_text(element)).flatten() {
            Some(text) => out.push_str(&text),
            None => out.push_str(element),
        }
        rest = after;
    }
    out + rest
}

/// One text; `None` where nothing is left out.
fn spaced_text(element: &str) -> Option<String> {
    let (head, _) = element.split_once('>')?;
    let size: f32 = head.split_once("font-size=\"")?.1.split_once('"')?.0.parse().ok()?;
    // How far the whole goes to the left because it is wider.
    let share = match head.split_once("text-anchor=\"").and_then(|(_, rest)| rest.split_once('"')) {
        Some(("middle", _)) => 0.5,
        Some(("end", _)) => 1.0,
        _ => 0.0,
    };
    let mut pieces: Vec<(&str, Vec<f32>, &str)> = Vec::new();
    let (mut first, mut rest) = ("", element);
    while let Some((before, from)) = rest.split_once(BEGINS) {
        let (name, inner) = from.split_once("\">")?;
        let (text, after) = inner.split_once("</tspan>")?;
        match pieces.last_mut() {
            Some(last) => last.2 = before,
            None => first = before,
        }
        // What is written otherwise than it is read is left as it is.
        let dx = if text.contains('&') { Vec::new() } else { left_out_em(text) };
        pieces.push((from.get(..name.len() + 2 + text.len())?, dx, ""));
        rest = after;
    }
    if let Some(last) = pieces.last_mut() {
        last.2 = rest;
    }
    let total: f32 = pieces.iter().flat_map(|(_, dx, _)| dx).sum();
    if total <= 0.0 {
        return None;
    }
    let mut out = first.to_owned();
    let mut shift = -share * total;
    for (tspan, mut dx, after) in pieces {
        if let Some(first) = dx.first_mut() {
            *first += std::mem::take(&mut shift);
        }
        let (family, text) = tspan.split_once("\">")?;
        let dx: Vec<String> = dx.iter().map(|em| format!("{:.3}", em * size)).collect();
        out += &format!("{BEGINS}{family}\" dx=\"{}\">{text}</tspan>{after}", dx.join(" "));
    }
    Some(out)
}

/// What is left out before each character, in units of the font's size.
fn left_out_em(text: &str) -> Vec<f32> {
    let mut dx = vec![0.0; text.chars().count()];
    let is_turned = |c: char| matches!(c, '\u{590}'..='\u{8ff}');
    let Some(id) = text.chars().find_map(font_of).filter(|_| !text.chars().any(is_turned)) else { return dx };
    let place = |byte: u32| text.char_indices().position(|(at, _)| at == byte as usize);
    for (byte, left_out) in clusters(id, text) {
        if let Some(place) = place(byte).and_then(|place| dx.get_mut(place)) {
            *place += left_out;
        }
    }
    dx
}

/// Where each cluster but the first begins, in bytes, and what the one before it is wider than its widest sign.
fn clusters(id: fontdb::ID, text: &str) -> Vec<(u32, f32)> {
    let shaped = with_font(id, |data, index| {
        let face = rustybuzz::Face::from_slice(data, index)?;
        let mut buffer = rustybuzz::UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let glyphs = rustybuzz::shape(&face, &[], buffer);
        let units = face.units_per_em() as f32;
        let mut all: Vec<(u32, f32, f32)> = Vec::new();
        for (info, position) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
            let width = position.x_advance as f32 / units;
            match all.last_mut().filter(|last| last.0 == info.cluster) {
                Some((_, sum, most)) => (*sum, *most) = (*sum + width, most.max(width)),
                None => all.push((info.cluster, width, width)),
            }
        }
        Some(all)
    });
    let all = shaped.flatten().unwrap_or_default();
    all.iter().zip(all.iter().skip(1)).map(|((_, sum, most), (next, ..))| (*next, sum - most)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_the_bundled_fonts_stay_as_they_are() {
        let svg = "<svg><text x=\"1\" font-size=\"9\">东沟村</text><text x=\"1\" font-size=\"9\">a<tspan font-family=\"X\">b</tspan>c</text></svg>";
        assert_eq!(spaced(svg), svg);
    }

    #[test]
    fn clusters_of_several_signs_are_as_wide_as_all_of_them() {
        // Only where this machine has a font for it.
        let text = "ग्राम";
        if font_of('ग').is_none() {
            return;
        }
        assert!(left_out_em(text).iter().sum::<f32>() > 0.1, "{:?}", left_out_em(text));
        let svg = format!("<text x=\"10\" font-size=\"10\" text-anchor=\"middle\">{BEGINS}X\">{text}</tspan></text>");
        let moved = spaced(&svg);
        assert!(moved.contains(" dx=\"-") && moved.contains(text), "{moved}");
    }
}
