//! The map of a page: villages in their classes, borders, facilities, names, scale bar and north arrow.

use std::fmt::Write;

use super::content::PageContent;
use super::labels::place_labels;
use super::layers::draw_layers;
use super::metrics::width;
use super::svg::{At, Svg, Type, hex, num};
use crate::colouring::Colouring;
use crate::geo::{BoundsDeg, GridPos, LonLat, WorldBounds, WorldPos, ground_metres_per_world, scale_denominator};
use crate::map::scale_bar;
use crate::model::FeatureId;
use crate::palette::{self, LIGHT, PALE_BORDER};
use crate::project::{HOLLOW_OUTLINE, LayerEntry, PageOptions};
use crate::render::{BorderKind, Chunks, Level, LevelShape, Mark, Shape};
use crate::session::{Camera, Loaded, Session, SymbolKind, mark_of, number};

/// More facilities than this in a frame are drawn small: symbols would hide the map.
const CROWDED: usize = 240;

/// A rectangle of the page and the piece of the world that it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapFrame {
    /// Left, top, width, height in layout pixels.
    pub rect: [f32; 4],
    /// World position at the left upper corner.
    pub origin: WorldPos,
    /// Layout pixels along the world.
    pub px_per_world: f64,
}

impl MapFrame {
    /// A frame that shows a rectangle of the world, in degrees, as large as it fits with some air.
    pub fn fitting(rect: [f32; 4], bounds: BoundsDeg, air: f64) -> Self {
        let [w, s, e, n] = bounds.sides();
        let (nw, se) = (WorldPos::from_lonlat(LonLat::new(w, n)), WorldPos::from_lonlat(LonLat::new(e, s)));
        let (width, height) = ((se.x - nw.x).max(1e-9), (se.y - nw.y).max(1e-9));
        let [_, _, rw, rh] = rect.map(f64::from);
        let px_per_world = (rw / width).min(rh / height) / (1.0 + 2.0 * air);
        let origin = WorldPos {
            x: (nw.x + se.x) / 2.0 - rw / 2.0 / px_per_world,
            y: (nw.y + se.y) / 2.0 - rh / 2.0 / px_per_world,
        };
        Self { rect, origin, px_per_world }
    }

    /// A frame that shows at least what a window shows.
    pub fn of_camera(rect: [f32; 4], camera: &Camera, size_pt: [f64; 2]) -> Self {
        let [_, _, rw, rh] = rect.map(f64::from);
        let px_per_world = camera.points_per_world() * (rw / size_pt[0].max(1.0)).min(rh / size_pt[1].max(1.0));
        let origin =
            WorldPos { x: camera.centre.x - rw / 2.0 / px_per_world, y: camera.centre.y - rh / 2.0 / px_per_world };
        Self { rect, origin, px_per_world }
    }

    pub(super) fn at(&self, p: WorldPos) -> [f32; 2] {
        let place = |v: f64, o: f64, start: f32| start + ((v - o) * self.px_per_world) as f32;
        [place(p.x, self.origin.x, self.rect[0]), place(p.y, self.origin.y, self.rect[1])]
    }

    pub(super) fn holds(&self, [x, y]: [f32; 2], margin: f32) -> bool {
        let [left, top, w, h] = self.rect;
        x >= left - margin && y >= top - margin && x <= left + w + margin && y <= top + h + margin
    }

    /// West, north, east, south in world units, as chunks are asked for.
    fn world(&self) -> WorldBounds {
        let [_, _, w, h] = self.rect.map(f64::from);
        let WorldPos { x, y } = self.origin;
        WorldBounds::new([x, y, x + w / self.px_per_world, y + h / self.px_per_world])
    }

    /// Whether something within bounds (west, north, east, south on the grid) can be seen, its pen included.
    pub(super) fn meets(&self, [w, n, e, s]: [u32; 4]) -> bool {
        let [fw, fn_, fe, fs] = self.world().sides();
        let margin = 12.0 / self.px_per_world;
        let (nw, se) = (GridPos { x: w, y: n }.to_world(), GridPos { x: e, y: s }.to_world());
        nw.x <= fe + margin && se.x >= fw - margin && nw.y <= fs + margin && se.y >= fn_ - margin
    }

    /// Whether a layer is shown at the scale of this map.
    pub(super) fn draws(&self, entry: &LayerEntry) -> bool {
        entry.visible && entry.style.is_shown_at(self.scale_denominator())
    }

    /// The N of 1 : N in its middle.
    pub(super) fn scale_denominator(&self) -> f64 {
        scale_denominator(self.px_per_world, self.middle().lat_deg)
    }

    fn middle(&self) -> LonLat {
        let [w, n, e, s] = self.world().sides();
        WorldPos { x: (w + e) / 2.0, y: (n + s) / 2.0 }.to_lonlat()
    }
}

/// How the map of a page is drawn.
pub(super) struct MapForm<'a> {
    pub(super) options: &'a PageOptions,
    /// How large type and lines are: 1 on A3.
    pub(super) scale: f32,
    /// A village that the page is about: its neighbours stand back.
    pub(super) village: Option<FeatureId>,
    /// Layout pixels at the right that something else lies over.
    pub(super) taken_right: f32,
    /// Room at the foot that a band over the map takes.
    pub(super) taken_below: f32,
    /// Places that something else is drawn on: names keep clear of them.
    pub(super) taken: &'a [[f32; 2]],
}

/// Draws the map into its frame.
pub(super) fn draw_map(svg: &mut Svg, session: &Session, content: &PageContent, frame: &MapFrame, form: &MapForm<'_>) {
    let [x, y, w, h] = frame.rect;
    let u = form.scale;
    let ground = colour(LIGHT.ground);
    svg.rect(frame.rect, &ground, 0.0, None);
    svg.raw(&format!(
        "<defs><clipPath id=\"map\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\
         <pattern id=\"hatch\" width=\"{p}\" height=\"{p}\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"{p}\" height=\"{p}\" fill=\"{}\"/><rect width=\"{l}\" height=\"{p}\" fill=\"{}\"/></pattern></defs>",
        num(x), num(y), num(w), num(h),
        colour(LIGHT.hatch_ground), colour(LIGHT.hatch_line),
        p = num(6.0 * u), l = num(1.4 * u),
    ));
    svg.raw("<g clip-path=\"url(#map)\">");
    let mut symbols = Vec::new();
    super::ground::draw(svg, session, frame);
    draw_layers(svg, session, content, frame, form);
    let is_visible = |l: &&crate::session::Layer| session.entry(l.key).is_some_and(|e| frame.draws(e));
    let villages_shown = session.village_layer().filter(is_visible).and_then(|l| l.loaded());
    if let Some(loaded) = session.village_layer().and_then(|l| l.loaded()) {
        if let Some(covered) = &content.covered {
            reach(svg, &covered.coverage.area, frame, u);
        }
        if !form.options.without.no_symbols {
            let is_divided = content.left.is_some() && form.village.is_none();
            symbols = facilities(svg, session, content, frame, u, is_divided);
        }
        symbols.extend(form.taken);
        if let Some(loaded) = villages_shown {
            place_labels(svg, session, content, loaded, frame, form, &symbols);
        }
        if content.left.is_some() && form.village.is_none() {
            divider(svg, session, frame, u);
        }
        let selected = form.village.or_else(|| {
            session.on_card().filter(|(l, _)| session.village_layer().is_some_and(|v| v.key == l.key)).map(|(_, f)| f)
        });
        if let Some(village) = form.village.and(selected) {
            let d = outline(&loaded.chunks, village, frame);
            let [r, g, b, _] = palette::SELECTION;
            svg.path(
                &d,
                &format!("fill=\"none\" stroke=\"#fff\" stroke-width=\"{}\" stroke-linejoin=\"round\"", num(6.0 * u)),
            );
            svg.path(
                &d,
                &format!(
                    "fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"",
                    hex([r, g, b]),
                    num(2.8 * u)
                ),
            );
        }
    }
    if !form.options.without.no_marks {
        super::notes::draw(svg, session, frame, u);
    }
    svg.raw("</g>");
    svg.rect(frame.rect, "none", 0.0, Some((&colour(LIGHT.line), 1.0)));
    super::ground::name(svg, session, frame, u, [form.taken_right, form.taken_below]);
    if !form.options.without.no_furniture {
        furniture(svg, frame, u, [form.taken_right, form.taken_below]);
    }
}

pub(super) fn colour(c: egui::Color32) -> String {
    let [r, g, b, _] = c.to_array();
    hex([r, g, b])
}

/// The shapes of what the frame shows, at a level whose error no printer shows.
pub(super) fn shapes(chunks: &Chunks, frame: &MapFrame, towns: &[u32]) -> Vec<LevelShape> {
    use rayon::prelude::*;
    chunks.find_topology();
    // Half a layout pixel is 0.13 mm: one level finer than a screen of these pixels would take.
    let level = Level::for_zoom((frame.px_per_world / 256.0).log2() + 0.5);
    let in_view = chunks.in_view(frame.world());
    in_view
        .par_iter()
        .filter_map(|i| Some(LevelShape::new(chunks, chunks.list.get(*i as usize)?, level, towns)))
        .collect()
}

pub(super) fn villages(
    svg: &mut Svg,
    session: &Session,
    colouring: Option<&Colouring>,
    loaded: &Loaded,
    frame: &MapFrame,
    form: &MapForm<'_>,
) {
    let u = form.scale;
    let own = session.village_layer().and_then(|l| session.entry(l.key)).map(|e| e.style.clone());
    let style = own.unwrap_or_default();
    let shapes = shapes(&loaded.chunks, frame, &loaded.towns);
    let classes = colouring.map_or(0, |t| t.legend.len());
    // One path a class, then the missing ones, then those out of focus or beside the village that the page is about.
    let mut fills = vec![String::new(); classes + 2];
    let mut faint = vec![String::new(); classes + 2];
    for shape in &shapes {
        for (i, part) in shape.parts.iter().enumerate() {
            // Chunks reach beyond the frame: what cannot be seen is not written.
            if !loaded.chunks.extents.get(part.part as usize).is_some_and(|e| frame.meets(e.bounds)) {
                continue;
            }
            let class = match colouring {
                None => classes + 1,
                Some(colouring) => colouring.class_of(part.feature).filter(|c| *c < classes).unwrap_or(classes),
            };
            let stands_back = !session.is_in_focus(part.feature) || form.village.is_some_and(|v| v != part.feature);
            let d = if stands_back { faint.get_mut(class) } else { fills.get_mut(class) };
            if let Some(d) = d {
                shape.rings(i).for_each(|ring| add_line(d, ring, frame, true));
            }
        }
    }
    let paint = |class: usize| match colouring.and_then(|t| t.legend.get(class)) {
        Some(row) => hex(row.colour),
        None if class == classes => "url(#hatch)".to_owned(),
        None => hex(style.fill_rgb().unwrap_or(LIGHT.plain.fill)),
    };
    for (paths, strength) in [(&faint, 0.5), (&fills, 1.0)].into_iter().filter(|_| !style.is_hollow()) {
        for (class, d) in paths.iter().enumerate() {
            let fill = paint(class);
            // A hair of the same colour closes the seams that viewers draw between neighbours.
            svg.path(d, &format!("fill=\"{fill}\" stroke=\"{fill}\" stroke-width=\"0.25\" fill-rule=\"evenodd\" opacity=\"{strength}\""));
        }
    }
    let mut borders = [const { String::new() }; 4];
    let mut pale_borders = String::new();
    for shape in &shapes {
        for (line, points) in shape.lines().filter(|(_, points)| frame.meets(bounds_of(points))) {
            let is_pale_fill = || match colouring.map(|t| t.colour_of(line.feature)) {
                Some(Some([r, g, b])) => {
                    0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b) > 0.8 * 255.0
                }
                Some(None) => true,
                None => false,
            };
            if line.kind == BorderKind::Villages && is_pale_fill() {
                add_line(&mut pale_borders, points, frame, false);
            } else if let Some(d) = borders.get_mut(line.kind as usize) {
                add_line(d, points, frame, false);
            }
        }
    }
    let strength = loaded.chunks.border_strength(frame.px_per_world / f64::from(u));
    let [towns, outer] = loaded.chunks.heavy_border_strengths(frame.px_per_world / f64::from(u));
    let [thin, thin_towns, thin_outer] = loaded.chunks.border_thinness(frame.px_per_world / f64::from(u));
    let chosen = style.outline_rgb().or(style.is_hollow().then_some(HOLLOW_OUTLINE)).map(hex);
    let ink = |usual: String| chosen.clone().unwrap_or(usual);
    let (strong, pale) = (ink(colour(LIGHT.border_strong)), ink(colour(PALE_BORDER)));
    let white = ink("#ffffff".to_owned());
    let wide = |usual: f32| style.width_pt().map_or(usual, |w| w * thin);
    for (d, ink, width, opacity) in [
        (&borders[BorderKind::Villages as usize], white.as_str(), wide(0.9 * thin), 0.75 * strength),
        (&pale_borders, pale.as_str(), wide(0.9 * thin), 0.9 * strength),
        (&borders[BorderKind::Towns as usize], strong.as_str(), wide(1.6 * thin_towns), towns),
        (&borders[BorderKind::Outer as usize], strong.as_str(), wide(2.2 * thin_outer), outer.max(0.6)),
        (&borders[BorderKind::Line as usize], strong.as_str(), 1.2, 1.0),
    ] {
        if opacity > 0.02 {
            let pen = super::layers::pen(ink, width, u, &style);
            svg.path(d, &format!("{pen} stroke-opacity=\"{}\"", num(opacity)));
        }
    }
}

pub(super) fn bounds_of(points: &[GridPos]) -> [u32; 4] {
    points.iter().fold([u32::MAX, u32::MAX, 0, 0], |b, p| [b[0].min(p.x), b[1].min(p.y), b[2].max(p.x), b[3].max(p.y)])
}

/// Adds a line or ring in relative steps of a tenth of a layout pixel; what would not move is left out.
pub(super) fn add_line(d: &mut String, points: &[GridPos], frame: &MapFrame, is_ring: bool) {
    let place = |p: &GridPos| frame.at(p.to_world()).map(|v| (v * 10.0).round() as i64);
    let mut points = points.iter().map(place);
    let Some(first) = points.next() else { return };
    let tenth = |v: i64| num(v as f32 / 10.0);
    // Writing into a string cannot fail.
    write!(d, "M{} {}", tenth(first[0]), tenth(first[1])).ok();
    let (mut last, mut steps) = (first, 0);
    for p in points {
        let (dx, dy) = (p[0] - last[0], p[1] - last[1]);
        if dx == 0 && dy == 0 {
            continue;
        }
        write!(d, "{}{} {}", if steps == 0 { "l" } else { " " }, tenth(dx), tenth(dy)).ok();
        (last, steps) = (p, steps + 1);
    }
    if is_ring {
        d.push('z');
    } else if steps == 0 {
        d.push_str("h0");
    }
}

fn outline(chunks: &Chunks, village: FeatureId, frame: &MapFrame) -> String {
    let mut d = String::new();
    for part in chunks.geometry.parts_of(village) {
        for ring in part.ring_start..part.ring_end {
            add_line(&mut d, chunks.grid.get(chunks.geometry.ring_range(ring)).unwrap_or(&[]), frame, true);
        }
    }
    d
}

/// The border of the area within reach of a clinic.
fn reach(svg: &mut Svg, area: &geo_types::MultiPolygon<f64>, frame: &MapFrame, u: f32) {
    let mut d = String::new();
    for ring in area.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())) {
        let points: Vec<GridPos> =
            ring.0.iter().map(|c| WorldPos::from_lonlat(LonLat::new(c.x, c.y)).to_grid()).collect();
        if frame.meets(bounds_of(&points)) {
            add_line(&mut d, &points, frame, true);
        }
    }
    for ([r, g, b, alpha], width) in [(palette::COVERAGE_CASING, 3.6), (palette::COVERAGE, 1.6)] {
        let (ink, opacity) = (hex([r, g, b]), num(f32::from(alpha) / 255.0));
        let pen =
            format!("fill=\"none\" stroke=\"{ink}\" stroke-opacity=\"{opacity}\" stroke-width=\"{}\"", num(width * u));
        svg.path(&d, &pen);
    }
}

/// The divider with what stands on both its sides.
fn divider(svg: &mut Svg, session: &Session, frame: &MapFrame, u: f32) {
    let [left, top, w, h] = frame.rect;
    let x = left + w * session.stage.divider;
    svg.line([x, top, x, top + h], "#ffffff", 4.0 * u);
    svg.line([x, top, x, top + h], &colour(LIGHT.ink), 1.6 * u);
    let (before, now) = session.sides();
    let (size, ink) = (15.0 * u, colour(LIGHT.ink));
    for (words, is_left) in [(before, true), (now, false)] {
        let wide = width(&words, size, true) + 14.0 * u;
        let from = if is_left { x - 8.0 * u - wide } else { x + 8.0 * u };
        svg.rect([from, top + 10.0 * u, wide, 24.0 * u], "#ffffff", 6.0 * u, None);
        let form = Type::new(size, &ink).bold().at(At::Middle);
        svg.text(from + wide / 2.0, top + 27.0 * u, &words, form);
    }
}

/// Draws facilities; where they stand.
fn facilities(
    svg: &mut Svg,
    session: &Session,
    content: &PageContent,
    frame: &MapFrame,
    u: f32,
    is_divided: bool,
) -> Vec<[f32; 2]> {
    let Some(district) = session.district() else { return Vec::new() };
    let year = session.year();
    let shown: Vec<SymbolKind> = content.signs.symbols.iter().map(|s| s.0).collect();
    // Facilities of a hidden layer are not shown.
    let is_visible: Vec<bool> =
        session.facility_layers().iter().map(|l| session.entry(*l).is_none_or(|e| frame.draws(e))).collect();
    let mut placed = Vec::new();
    for facility in &district.facilities {
        let Some(kind) = SymbolKind::of(facility, year).filter(|k| shown.contains(k)) else { continue };
        let at = frame.at(WorldPos::from_lonlat(facility.at));
        let is_shown = is_visible.get(facility.source).copied().unwrap_or(true);
        // Those of the year at the right of the divider stand there.
        let is_here = !is_divided || at[0] >= frame.rect[0] + frame.rect[2] * session.stage.divider;
        if is_here && is_shown && frame.holds(at, 4.0) && facility.village.is_none_or(|v| session.is_in_focus(v)) {
            placed.push((at, kind, mark_of(facility, kind)));
        }
    }
    let radius = if placed.len() > CROWDED { 2.6 } else { 4.6 } * u;
    for (at, kind, mark) in &placed {
        symbol(svg, *at, radius, kind.colour(), *mark);
    }
    placed.into_iter().map(|p| p.0).collect()
}

/// A symbol with its white rim.
pub(super) fn symbol(svg: &mut Svg, [x, y]: [f32; 2], r: f32, ink: [u8; 3], mark: Mark) {
    let ink = hex(ink);
    let rim = format!(
        "fill=\"{ink}\" stroke=\"#fff\" stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
        num(r * 0.42)
    );
    let polygon = |points: &[[f32; 2]]| {
        let mut d = String::new();
        for (i, [dx, dy]) in points.iter().enumerate() {
            write!(d, "{}{} {}", if i == 0 { "M" } else { "L" }, num(x + dx * r), num(y + dy * r)).ok();
        }
        d + "z"
    };
    match mark.shape {
        Shape::Circle => {
            svg.raw(&format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {rim}/>", num(x), num(y), num(r * 0.92)))
        }
        Shape::Square => svg.path(&polygon(&[[-0.84, -0.84], [0.84, -0.84], [0.84, 0.84], [-0.84, 0.84]]), &rim),
        Shape::Triangle => svg.path(&polygon(&[[0.0, -1.1], [1.1, 0.75], [-1.1, 0.75]]), &rim),
        Shape::Diamond => svg.path(&polygon(&[[0.0, -1.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), &rim),
        Shape::Cross => {
            let a = 0.36;
            svg.path(
                &polygon(&[
                    [-a, -1.0],
                    [a, -1.0],
                    [a, -a],
                    [1.0, -a],
                    [1.0, a],
                    [a, a],
                    [a, 1.0],
                    [-a, 1.0],
                    [-a, a],
                    [-1.0, a],
                    [-1.0, -a],
                    [-a, -a],
                ]),
                &rim,
            );
        }
    }
    let inner = if mark.hollow {
        0.52
    } else if mark.dot {
        0.28
    } else {
        return;
    };
    svg.raw(&format!("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"#fff\"/>", num(x), num(y), num(r * inner)));
}

/// The bar of scale of a frame: its words, and its length in pixels of the layout.
pub fn scale_bar_of(frame: &MapFrame) -> (String, f32) {
    let metres_per_px = ground_metres_per_world(frame.middle().lat_deg) / frame.px_per_world;
    // As long as the window's, at twice its fineness.
    let (metres, length) = scale_bar(metres_per_px * 2.0);
    let words =
        if metres >= 1000.0 { format!("{} km", number(metres / 1000.0)) } else { format!("{} m", number(metres)) };
    (words, length as f32 * 2.0)
}

fn furniture(svg: &mut Svg, frame: &MapFrame, u: f32, [taken_right, taken_below]: [f32; 2]) {
    let [x, y, w, h] = frame.rect;
    let ink = colour(LIGHT.ink);
    let metres_per_px = ground_metres_per_world(frame.middle().lat_deg) / frame.px_per_world;
    let (metres, length) = scale_bar(metres_per_px * f64::from(u));
    let length = length as f32 * u;
    let text =
        if metres >= 1000.0 { format!("{} km", number(metres / 1000.0)) } else { format!("{} m", number(metres)) };
    let (left, base) = (x + 18.0 * u, y + h - 16.0 * u - taken_below);
    // A soft ground, since the map may be dark there.
    let plate = [left - 8.0 * u, base - 26.0 * u, length.max(40.0 * u) + 16.0 * u, 33.0 * u];
    svg.raw(&format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" fill=\"#ffffff\" fill-opacity=\"0.72\"/>",
        num(plate[0]),
        num(plate[1]),
        num(plate[2]),
        num(plate[3]),
        num(4.0 * u)
    ));
    for line in [
        [left, base, left + length, base],
        [left, base, left, base - 5.0 * u],
        [left + length, base, left + length, base - 5.0 * u],
    ] {
        svg.line(line, &ink, 1.2 * u);
    }
    svg.text(left, base - 8.0 * u, &text, Type::new(13.0 * u, &ink));
    let (north_x, north_y) = (x + w - 26.0 * u - taken_right, y + 28.0 * u);
    svg.text(north_x, north_y, "N", Type::new(14.0 * u, &ink).bold().at(At::Middle));
    let (a, b) = (north_y + 6.0 * u, north_y + 16.0 * u);
    svg.path(
        &format!(
            "M{} {}L{} {}L{} {}z",
            num(north_x),
            num(a),
            num(north_x + 6.5 * u),
            num(b),
            num(north_x - 6.5 * u),
            num(b)
        ),
        &format!("fill=\"{ink}\""),
    );
}
