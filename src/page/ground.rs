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
    let width = super::metrics::width(&text, size, false).min(w - 20.0 * u);
    let (end, base) = (x + w - 6.0 * u - right, y + h - 6.0 * u - below);
    svg.raw(&format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#ffffff\" fill-opacity=\"0.78\"/>",
        num(end - width - 4.0 * u),
        num(base - size),
        num(width + 8.0 * u),
        num(size * 1.35),
    ));
    svg.text(end, base, &text, Type::new(size, "#333333").at(At::End));
}
