//! The ground below the map of a page, as a picture in it, and who is to be named for it.

use base64::Engine as _;
use image::ImageEncoder;

use super::map::MapFrame;
use super::svg::{At, Svg, Type, num};
use crate::ground::Patch;
use crate::palette::LIGHT;
use crate::session::Session;

/// Pixels of the picture along one of the layout, and most pixels along a side.
const FINENESS: f32 = 2.0;
const MOST_PX: f32 = 4000.0;

/// Draws the grounds that are shown.
pub(super) fn draw(svg: &mut Svg, session: &Session, frame: &MapFrame) {
    let grounds = session.grounds();
    if grounds.is_empty() {
        return;
    }
    let [x, y, w, h] = frame.rect;
    let fineness = FINENESS.min(MOST_PX / w.max(h).max(1.0));
    let size_px = [w, h].map(|v| (v * fineness).round().max(1.0) as u32);
    let patch = Patch { corner: frame.origin, px_per_world: frame.px_per_world * f64::from(fineness), size_px };
    let [r, g, b, _] = LIGHT.ground.to_array();
    let mut pixels = vec![u32::from_le_bytes([r, g, b, 255]); (size_px[0] * size_px[1]) as usize];
    for (_, ground, opacity) in &grounds {
        ground.paint(&patch, *opacity, true, &mut pixels);
    }
    let rgb: Vec<u8> = pixels
        .iter()
        .flat_map(|p| {
            let [r, g, b, _] = p.to_le_bytes();
            [r, g, b]
        })
        .collect();
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    // A picture that cannot be made for want of memory leaves the map without it, as it is without a ground.
    if encoder.write_image(&rgb, size_px[0], size_px[1], image::ExtendedColorType::Rgb8).is_err() {
        return;
    }
    let data = base64::engine::general_purpose::STANDARD.encode(&bytes);
    svg.raw(&format!(
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,{data}\"/>",
        num(x), num(y), num(w), num(h),
    ));
}

/// Names who is to be named, in the lower right corner of the map.
pub(super) fn name(svg: &mut Svg, session: &Session, frame: &MapFrame, u: f32, [right, below]: [f32; 2]) {
    let text = session.attributions().join(" · ");
    if text.is_empty() {
        return;
    }
    let [x, y, w, h] = frame.rect;
    let size = 9.5 * u;
    // The scale bar has the other corner.
    let room = w - 20.0 * u - right - (w * 0.15).max(110.0 * u);
    let lines = lines_of(&text, size, room.max(60.0 * u));
    let width = lines.iter().map(|l| super::metrics::width(l, size, false)).fold(0.0, f32::max);
    let (end, base) = (x + w - 6.0 * u - right, y + h - 6.0 * u - below);
    let (step, count) = (size * 1.25, lines.len() as f32);
    svg.raw(&format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#ffffff\" fill-opacity=\"0.78\"/>",
        num(end - width - 4.0 * u),
        num(base - size - step * (count - 1.0)),
        num(width + 8.0 * u),
        num(size * 1.35 + step * (count - 1.0)),
    ));
    for (at, line) in lines.iter().rev().enumerate() {
        svg.text(end, base - step * at as f32, line, Type::new(size, "#333333").at(At::End));
    }
}

/// A text in lines of at most a width: parted at blanks, else anywhere. Who is to be named is named in full.
fn lines_of(text: &str, size: f32, most: f32) -> Vec<String> {
    let is_wide = |line: &str| super::metrics::width(line, size, false) > most;
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let last = lines.last().cloned().unwrap_or_default();
        if !last.is_empty() && is_wide(format!("{last}{word}").trim_end()) {
            lines.push(String::new());
        }
        for c in word.chars() {
            let Some(line) = lines.last_mut() else { break };
            line.push(c);
            if is_wide(line.trim_end()) && line.chars().count() > 1 {
                line.pop();
                lines.push(c.to_string());
            }
        }
    }
    lines.into_iter().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_to_be_named_is_named_in_full() {
        let text = "© OpenStreetMap contributors · 天地图 审图号 GS(2024)0568号 · Maxar, Earthstar Geographics and the GIS User Community";
        for most in [60.0, 200.0, 5000.0] {
            let lines = lines_of(text, 10.0, most);
            let joined: String = lines.concat().chars().filter(|c| *c != ' ').collect();
            assert_eq!(joined, text.replace(' ', ""), "{lines:?}");
            assert!(lines.iter().all(|l| super::super::metrics::width(l, 10.0, false) <= most), "{lines:?}");
        }
        assert_eq!(lines_of("© OSM", 10.0, 500.0), ["© OSM"]);
    }
}
