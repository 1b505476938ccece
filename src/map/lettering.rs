//! Names as inscriptions: each text with its halo is put together once, pixel by pixel, and then drawn as one rectangle.
//!
//! Drawn as text, a name with a halo is five layers of glyphs, each blended again in every frame; where the graphics
//! device is a program that was half of a frame at middle scales.

use std::sync::Arc;

use egui::{Color32, ColorImage, Context, Galley, Mesh, Pos2, Rect, TextureHandle, TextureOptions, vec2};
use rustc_hash::FxHashMap;

/// Width of the sheet in pixels, which every device can do, and its least and greatest height.
const WIDTH: usize = 2048;
const LEAST_HEIGHT: usize = 256;
const GREATEST_HEIGHT: usize = 4096;

/// What tells inscriptions apart: text, font size in thousandths of a point, ink, halo.
type Key = (String, u32, Color32, Color32);

/// A text to be stamped.
pub(super) struct Inscription<'a> {
    pub text: &'a str,
    /// Lays out a text of a size, its colour yet to be told.
    pub lay_out: &'a dyn Fn(&str, f32) -> Arc<Galley>,
    pub size_pt: f32,
    pub ink: Color32,
    pub halo: Color32,
}

/// Where a inscription lies on the sheet, in pixels.
#[derive(Clone, Copy)]
struct Place {
    at: [usize; 2],
    size: [usize; 2],
}

/// The sheet of inscriptions.
#[derive(Default)]
pub(super) struct Lettering {
    texture: Option<TextureHandle>,
    /// The pixels of the sheet, row by row, as far as it reaches.
    pixels: Vec<Color32>,
    pixels_per_point: f32,
    places: FxHashMap<Key, Place>,
    /// Where the next inscription goes, and the height of the row it stands in.
    next: [usize; 2],
    row_height: usize,
}

impl Lettering {
    /// A mesh that draws these inscriptions around these points of the screen; `None` where there is nothing to draw.
    pub(super) fn mesh(&mut self, ctx: &Context, inscriptions: &[(Inscription<'_>, Pos2)]) -> Option<Mesh> {
        if self.pixels_per_point != ctx.pixels_per_point() {
            self.clear(ctx.pixels_per_point());
        }
        let mut places = self.places_of(ctx, inscriptions);
        if places.len() < inscriptions.len() {
            // Full: what is shown now begins a new sheet; the least important go where even that has no room for them.
            self.clear(ctx.pixels_per_point());
            places = self.places_of(ctx, inscriptions);
        }
        let mut mesh = Mesh::with_texture(self.texture.as_ref()?.id());
        let sheet = vec2(WIDTH as f32, (self.pixels.len() / WIDTH) as f32);
        for ((_, middle), place) in inscriptions.iter().zip(places) {
            let [size, at] = [place.size, place.at].map(|[x, y]| vec2(x as f32, y as f32));
            // Whole pixels: what is sharp on the sheet is sharp on the screen.
            let corner = (middle.to_vec2() * self.pixels_per_point - size / 2.0).round();
            let on_screen =
                Rect::from_min_size((corner / self.pixels_per_point).to_pos2(), size / self.pixels_per_point);
            let uv = Rect::from_min_max((at / sheet).to_pos2(), ((at + size) / sheet).to_pos2());
            // The sheet has the colours: white leaves them as they are.
            mesh.add_rect_with_uv(on_screen, uv, crate::palette::UNTINTED);
        }
        (!mesh.is_empty()).then_some(mesh)
    }

    fn clear(&mut self, pixels_per_point: f32) {
        *self = Self { pixels_per_point, ..Self::default() };
    }

    /// The places of inscriptions, those made now included, up to the first for which the sheet has no room.
    fn places_of(&mut self, ctx: &Context, inscriptions: &[(Inscription<'_>, Pos2)]) -> Vec<Place> {
        let keys: Vec<Key> =
            inscriptions.iter().map(|(s, _)| (s.text.to_owned(), (s.size_pt * 1000.0) as u32, s.ink, s.halo)).collect();
        let galleys: Vec<Option<Arc<Galley>>> = (inscriptions.iter().zip(&keys))
            .map(|((s, _), key)| (!self.places.contains_key(key)).then(|| (s.lay_out)(s.text, s.size_pt)))
            .collect();
        // The glyphs, as egui drew them while the texts were laid out.
        let glyphs = galleys.iter().any(Option::is_some).then(|| ctx.fonts(|f| f.image()));
        let limit = ctx.input(|i| i.max_texture_side).min(GREATEST_HEIGHT);
        let height = self.pixels.len() / WIDTH;
        let mut changed: Option<[usize; 2]> = None;
        let mut places = Vec::with_capacity(inscriptions.len());
        for (((inscription, _), key), galley) in inscriptions.iter().zip(keys).zip(galleys) {
            let place = match (self.places.get(&key), galley, &glyphs) {
                (Some(place), ..) => *place,
                (None, Some(galley), Some(glyphs)) => {
                    let image = compose(&galley, glyphs, inscription, self.pixels_per_point);
                    let Some(place) = self.put(&image, limit) else { break };
                    let rows = [place.at[1], place.at[1] + place.size[1]];
                    changed = Some(changed.map_or(rows, |c| [c[0].min(rows[0]), c[1].max(rows[1])]));
                    self.places.insert(key, place);
                    place
                }
                _ => break,
            };
            places.push(place);
        }
        if let Some(rows) = changed {
            self.upload(ctx, if height * WIDTH == self.pixels.len() { rows } else { [0, self.pixels.len() / WIDTH] });
        }
        places
    }

    /// Puts an image where there is room, on a taller sheet where need be.
    fn put(&mut self, image: &ColorImage, limit: usize) -> Option<Place> {
        let size = image.size;
        if self.next[0] + size[0] > WIDTH {
            self.next = [0, self.next[1] + self.row_height];
            self.row_height = 0;
        }
        let bottom = self.next[1] + size[1];
        if size[0] > WIDTH || bottom > limit {
            return None;
        }
        if bottom * WIDTH > self.pixels.len() {
            let height = bottom.next_power_of_two().clamp(LEAST_HEIGHT, limit.max(LEAST_HEIGHT));
            self.pixels.resize(height * WIDTH, Color32::TRANSPARENT);
        }
        let place = Place { at: self.next, size };
        for (y, row) in image.pixels.chunks(size[0].max(1)).enumerate() {
            let start = (place.at[1] + y) * WIDTH + place.at[0];
            if let Some(to) = self.pixels.get_mut(start..start + row.len()) {
                to.copy_from_slice(row);
            }
        }
        self.next[0] += size[0];
        self.row_height = self.row_height.max(size[1]);
        Some(place)
    }

    /// Sends rows of the sheet to the device; all of them where the texture has another height.
    fn upload(&mut self, ctx: &Context, [top, bottom]: [usize; 2]) {
        let rows = |top: usize, bottom: usize| {
            let pixels = self.pixels.get(top * WIDTH..bottom * WIDTH).unwrap_or(&[]).to_vec();
            ColorImage::new([WIDTH, pixels.len() / WIDTH], pixels)
        };
        let height = self.pixels.len() / WIDTH;
        match &mut self.texture {
            Some(texture) if texture.size() == [WIDTH, height] => {
                texture.set_partial([0, top], rows(top, bottom), TextureOptions::NEAREST);
            }
            texture => *texture = Some(ctx.load_texture("names", rows(0, height), TextureOptions::NEAREST)),
        }
    }
}

/// A text with its halo around it: four times in the halo's colour, moved by a point each way, and once in the ink.
fn compose(galley: &Galley, glyphs: &ColorImage, inscription: &Inscription<'_>, pixels_per_point: f32) -> ColorImage {
    // The halo grows with the letters.
    let reach = (pixels_per_point * (inscription.size_pt / 14.0).max(1.0)).round().max(1.0) as i64;
    let size_px = |pt: f32| (pt * pixels_per_point).ceil() as i64 + 2 * reach;
    let (width, height) = (size_px(galley.size().x), size_px(galley.size().y));
    let mut image = ColorImage::filled([width as usize, height as usize], Color32::TRANSPARENT);
    let mut moves = vec![(-reach, 0), (reach, 0), (0, -reach), (0, reach)];
    if reach > 1 {
        let half = reach - reach / 2;
        moves.extend([(-half, -half), (half, -half), (-half, half), (half, half)]);
    }
    let last = moves.len();
    moves.push((0, 0));
    for (number, (dx, dy)) in moves.into_iter().enumerate() {
        let colour = if number == last { inscription.ink } else { inscription.halo };
        for row in &galley.rows {
            let vertices = row.visuals.mesh.vertices.get(row.visuals.glyph_vertex_range.clone()).unwrap_or(&[]);
            // A glyph has four corners; the first is the upper left and the last the lower right one.
            for corners in vertices.chunks_exact(4) {
                let (Some(first), Some(last)) = (corners.first(), corners.last()) else { continue };
                let at = (row.pos + first.pos.to_vec2() - galley.rect.min).to_pos2().to_vec2() * pixels_per_point;
                let (x, y) = (at.x.round() as i64 + reach + dx, at.y.round() as i64 + reach + dy);
                let [u, v] = [first.uv.x, first.uv.y].map(|t| t.round() as i64);
                let (w, h) = (last.uv.x.round() as i64 - u, last.uv.y.round() as i64 - v);
                for (row, column) in (0..h).flat_map(|r| (0..w).map(move |c| (r, c))) {
                    let covered = pixel(glyphs, u + column, v + row).map_or(0, |at| glyphs.pixels[at].a());
                    if let (1.., Some(at)) = (covered, pixel(&image, x + column, y + row)) {
                        image.pixels[at] = image.pixels[at].blend(colour.gamma_multiply_u8(covered));
                    }
                }
            }
        }
    }
    image
}

/// The number of a pixel, where the image has it.
fn pixel(image: &ColorImage, x: i64, y: i64) -> Option<usize> {
    let [width, height] = image.size.map(|px| px as i64);
    ((0..width).contains(&x) && (0..height).contains(&y)).then_some((y * width + x) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(ctx: &Context, inscriptions: &mut Lettering, texts: &[String]) -> Option<Mesh> {
        let lay_out = |text: &str, size: f32| {
            ctx.fonts_mut(|f| f.layout_no_wrap(text.into(), egui::FontId::proportional(size), Color32::PLACEHOLDER))
        };
        let inscription =
            |text| Inscription { text, lay_out: &lay_out, size_pt: 12.0, ink: Color32::BLACK, halo: Color32::WHITE };
        let stamps_at: Vec<_> = texts.iter().map(|t| (inscription(t.as_str()), Pos2::new(50.0, 50.0))).collect();
        inscriptions.mesh(ctx, &stamps_at)
    }

    fn in_frame(run: impl FnOnce(&Context)) {
        let ctx = Context::default();
        let mut run = Some(run);
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            if let Some(run) = run.take() {
                run(ui.ctx());
            }
        });
        output.textures_delta.clear();
    }

    #[test]
    fn a_stamp_has_ink_and_halo_and_is_made_once() {
        in_frame(|ctx| {
            let mut inscriptions = Lettering::default();
            let one = shown(ctx, &mut inscriptions, &["Village".into()]);
            let places = inscriptions.places.len();
            assert_eq!((one.map(|m| m.vertices.len()), places), (Some(4), 1));
            let has = |c: Color32| inscriptions.pixels.contains(&c);
            assert!(has(Color32::BLACK) && has(Color32::WHITE), "ink and halo");
            let next = inscriptions.next;
            shown(ctx, &mut inscriptions, &["Village".into()]);
            assert_eq!(inscriptions.next, next, "made once");
        });
    }

    #[test]
    fn the_sheet_grows_and_begins_anew_when_it_is_full() {
        in_frame(|ctx| {
            let mut inscriptions = Lettering::default();
            for round in 0..40 {
                let texts: Vec<String> =
                    (0..400).map(|i| format!("a village with a long name, number {round} {i}")).collect();
                assert_eq!(shown(ctx, &mut inscriptions, &texts).map(|m| m.vertices.len()), Some(1600));
                assert!(inscriptions.pixels.len() <= WIDTH * GREATEST_HEIGHT);
            }
            assert!(inscriptions.places.len() < 16_000, "old ones went");
        });
    }
}
