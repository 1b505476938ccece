//! The map with its legend as a picture: for the clipboard and as PNG.

use super::asking::Asks;
use std::path::Path;

use image::{ImageEncoder, RgbaImage};

use super::headless::Headless;
use super::jobs::{Done, Job};
use super::qiancun::{Options, Qiancun};
use crate::district::{AddedFacility, By};
use crate::page::{chart_height, chart_svg, to_png};
use crate::panels::LEGEND_PT;
use crate::project::{ChartKind, write_replacing};
use crate::session::{Dialogue, PageCommand, Session};

/// Least height of a picture in points.
const LEAST_HEIGHT_PT: f64 = 540.0;

/// Width of a chart by itself, in layout pixels.
const CHART_WIDE: f32 = 760.0;

/// What a picture of the map is drawn from: the session as it stands, data shared.
struct Shown {
    session: Session,
    added_of: Vec<AddedFacility>,
    dark: bool,
}

impl Qiancun {
    /// Has the map with its legend put on the clipboard.
    pub(super) fn copy_map(&mut self) {
        let shown = self.shown();
        self.session.news = Some(self.session.lang.t("status.drawing").to_owned());
        self.jobs.start(Job::Write, move |_| Some(Done::Pictured(shown.draw())));
    }

    /// Takes the picture for the clipboard.
    pub(super) fn was_pictured(&mut self, image: Option<RgbaImage>) {
        let lang = self.session.lang;
        match image {
            Some(image) => {
                let size = [image.width() as usize, image.height() as usize];
                self.ctx.copy_image(egui::ColorImage::from_rgba_unmultiplied(size, image.as_raw()));
                self.session.news = Some(lang.t("status.copied").to_owned());
            }
            None => self.ask_after(Dialogue::Message(lang.t("error.picture").to_owned())),
        }
    }

    /// The chart as it is handed out: as SVG, and its size in pixels at twice the size of a screen.
    fn chart_out(&self, kind: ChartKind, by: By) -> Option<(String, [u32; 2])> {
        let chart = self.session.chart(kind, by)?;
        let svg = chart_svg(&chart, CHART_WIDE, self.session.lang);
        let high = chart_height(&chart, CHART_WIDE, self.session.lang);
        Some((svg, [CHART_WIDE, high].map(|v| (v * 2.0).round() as u32)))
    }

    /// Has a chart drawn for the clipboard.
    pub(super) fn copy_chart(&mut self, kind: ChartKind, by: By) {
        let Some((svg, size)) = self.chart_out(kind, by) else { return };
        self.jobs.start(Job::Write, move |_| {
            let png = to_png(&svg, size).ok()?;
            Some(Done::Pictured(image::load_from_memory(&png).ok().map(|i| i.to_rgba8())))
        });
    }

    /// Asks where a chart is to go.
    pub(super) fn ask_chart(&mut self, kind: ChartKind, by: By) {
        let title = self.session.lang.t("chart.save");
        let question = self.question(Asks::Write, title);
        self.jobs.ask(move || {
            let dialogue = question.add_filter("SVG", &["svg"]).add_filter("PNG", &["png"]);
            let path = dialogue.set_file_name(format!("{}.svg", kind.key())).save_file()?;
            Some(PageCommand::SaveChartTo(path, kind, by))
        });
    }

    /// Has a chart written: a picture where the file is to be one, else SVG.
    pub(super) fn save_chart(&mut self, path: &Path, kind: ChartKind, by: By) {
        let Some((svg, size)) = self.chart_out(kind, by) else { return };
        if !self.may_write(path) {
            return;
        }
        self.write(path, move |path| match path.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) {
            true => write_replacing(path, &to_png(&svg, size).map_err(std::io::Error::other)?),
            false => write_replacing(path, svg.as_bytes()),
        });
    }

    /// Has the map with its legend saved.
    pub(super) fn export_to(&mut self, path: &Path) {
        let (shown, no_picture) = (self.shown(), self.session.lang.t("error.picture"));
        self.session.news = Some(self.session.lang.t("status.drawing").to_owned());
        self.write(path, move |path| {
            let image = shown.draw().ok_or_else(|| std::io::Error::other(no_picture))?;
            write_replacing(path, &png_bytes(&image)?)
        });
    }

    /// Draws what the map shows once more, with its legend and without anything to click on, at twice the size.
    pub fn picture(&self) -> Option<RgbaImage> {
        self.shown().draw()
    }

    fn shown(&self) -> Shown {
        Shown { session: self.session.still(), added_of: self.drawn.added_of.clone(), dark: self.session.dark }
    }

    /// Shows what another program shows: same layers, theme, year, focus, symbols, gaps, divider, selection and camera. Data are
    /// shared, not copied, and nothing is joined or looked for again.
    fn take_over(&mut self, shown: Shown) {
        let settings = std::mem::take(&mut self.session.settings);
        self.session = Session { dark: shown.dark, settings, ..shown.session };
        for layer in self.session.layers.values_mut() {
            layer.colouring = None;
        }
        self.drawn.added_of = shown.added_of;
    }
}

impl Shown {
    fn draw(self) -> Option<RgbaImage> {
        let session = &self.session;
        let options = Options { lang: Some(session.lang), dark: Some(self.dark), empty: true, ..Options::default() };
        let [width, height] = session.map_size_pt;
        // Two maps side by side have a gap of six points between them.
        let is_beside = session.left().side_by_side && session.map_on_left().is_some();
        let width = if is_beside { 2.0 * width + 6.0 } else { width } + f64::from(LEGEND_PT);
        // A low map beside an open drawer leaves the legend too little room: more of the ground is shown then.
        let size = [width, height.max(LEAST_HEIGHT_PT)].map(|v| (v * 2.0).round() as u32);
        let limit = 8000;
        let mut headless = Headless::new(options, size.map(|v| v.clamp(400, limit)), 2.0, false).ok()?;
        headless.app.take_over(self);
        headless.settle(30.0);
        let pixels = headless.pixels()?;
        let [width, height] = headless.size_px();
        RgbaImage::from_raw(width, height, pixels)
    }
}

/// A picture as PNG.
///
/// # Errors
/// Where encoding fails, for want of memory.
pub fn png_bytes(image: &RgbaImage) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(image.as_raw(), image.width(), image.height(), image::ExtendedColorType::Rgba8)
        .map_err(std::io::Error::other)?;
    Ok(bytes)
}

/// Reads a texture back as RGBA bytes.
pub fn read_texture(device: &wgpu::Device, queue: &wgpu::Queue, texture: &wgpu::Texture) -> Option<Vec<u8>> {
    let (width, height) = (texture.width(), texture.height());
    let row = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("read back"),
        size: u64::from(row) * u64::from(height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = device.create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(row), rows_per_image: None },
        },
        wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
    );
    queue.submit([encoder.finish()]);
    let slice = buffer.slice(..);
    let (sender, receiver) = std::sync::mpsc::channel();
    slice.map_async(wgpu::MapMode::Read, move |result| {
        sender.send(result.is_ok()).ok();
    });
    device.poll(wgpu::PollType::Wait { submission_index: None, timeout: None }).ok()?;
    if !receiver.recv().ok()? {
        return None;
    }
    let mapped = slice.get_mapped_range().ok()?;
    let mut pixels = Vec::with_capacity((width * height * 4) as usize);
    for line in mapped.chunks_exact(row as usize) {
        pixels.extend(line.get(..(width * 4) as usize)?);
    }
    Some(pixels)
}
