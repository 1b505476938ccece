//! The legend of what lies on a page's map beside villages and the symbols of facilities: roads, rivers, pipes, borders, pictures.

use super::content::PageContent;
use super::layers::pen;
use super::map::{colour, symbol};
use super::metrics::clipped;
use super::svg::{At, Svg, Type, hex};
use crate::colouring::Colouring;
use crate::palette::LIGHT;
use crate::project::{HOLLOW_OUTLINE, HOLLOW_OUTLINE_PT, LayerStyle, USUAL_LINE_PT};
use crate::render::{Mark, Shape};
use crate::session::{Session, number, shape_of};

/// What stands before the words of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Area,
    Line,
    Point(Shape),
}

/// A row: a layer, or a class of one.
#[derive(Clone, Debug)]
pub struct OtherRow {
    /// What stands before it; nothing before the title of a layer with classes.
    sign: Option<Sign>,
    /// Its colour; the hatch of missing values where absent.
    colour: Option<[u8; 3]>,
    style: LayerStyle,
    /// What it says.
    pub(super) text: String,
    count: Option<usize>,
}

impl OtherRow {
    /// Whether its layer is shown on a map of 1 : `denominator`.
    pub(super) fn is_shown_at(&self, denominator: f64) -> bool {
        self.style.is_shown_at(denominator)
    }
}

/// Height of a row at full size.
const STEP: f32 = 25.0;

/// Most classes of a layer that are listed.
const MOST_CLASSES: usize = 12;

/// The rows of all such layers that the map shows, the uppermost first.
pub(super) fn others(session: &Session) -> Vec<OtherRow> {
    let villages = session.village_layer().map(|l| l.key);
    let as_symbols = if session.theme().is_some() { session.facility_layers() } else { Vec::new() };
    let mut rows = Vec::new();
    for (layer, entry) in session.shown().filter(|(l, e)| villages != Some(l.key) && e.visible) {
        let Some(loaded) = layer.loaded().filter(|_| !as_symbols.contains(&layer.key)) else { continue };
        let colouring = entry.colouring.as_ref().and_then(|spec| Colouring::new(&loaded.dataset.table, spec));
        let sign = |class| match (loaded.is_points(), loaded.is_lines()) {
            (true, _) => Sign::Point(shape_of(class)),
            (_, true) => Sign::Line,
            _ => Sign::Area,
        };
        let row = |sign, colour, text, count| OtherRow { sign, colour, style: entry.style.clone(), text, count };
        let title = session.layer_title(layer.key);
        let Some(colouring) = colouring else {
            let plain = entry.style.fill_rgb().unwrap_or_else(|| loaded.usual_colour(&LIGHT));
            rows.push(row(Some(sign(None)), Some(plain), title, Some(loaded.count())));
            continue;
        };
        rows.push(row(None, None, format!("{title} · {}", session.field_heading(&colouring)), None));
        let only = colouring.legend.len() == 1;
        let classes = colouring.legend.iter().enumerate();
        let mut classes: Vec<_> = classes
            .map(|(i, class)| {
                let words = session.legend_text(&class.class, only, colouring.is_change);
                row(Some(sign(Some(i))), Some(class.colour), words, Some(class.count))
            })
            .collect();
        if colouring.kind.is_numeric() {
            classes.reverse();
        }
        let left_out = classes.len().saturating_sub(MOST_CLASSES);
        rows.extend(classes.into_iter().take(MOST_CLASSES));
        if left_out > 0 {
            let words = session.lang.with("page.more-classes", &[("n", &left_out.to_string())]);
            rows.push(row(None, None, words, None));
        }
        if colouring.missing > 0 {
            let words = session.lang.t("legend.missing").to_owned();
            rows.push(row(Some(sign(None)), None, words, Some(colouring.missing)));
        }
    }
    rows
}

/// Height of the rows at full size.
pub(super) fn height(content: &PageContent) -> f32 {
    if content.signs.others.is_empty() { 0.0 } else { content.signs.others.len() as f32 * STEP + 12.0 }
}

/// Draws the rows.
pub(super) fn draw(svg: &mut Svg, content: &PageContent, [x, y, w]: [f32; 3], u: f32, inks: [&str; 2]) {
    let [ink, grey] = inks;
    let size = 14.0 * u;
    for (i, row) in content.signs.others.iter().enumerate() {
        let base = y + 15.0 * u + i as f32 * STEP * u;
        let Some(sign) = row.sign else {
            svg.text(x, base, &clipped(&row.text, size, true, w), Type::new(size, ink).bold());
            continue;
        };
        let own = row.colour.map_or_else(|| colour(LIGHT.hatch_line), hex);
        match sign {
            Sign::Point(shape) => {
                symbol(svg, [x + 14.0 * u, base - 5.0 * u], 5.0 * u, row.colour.unwrap_or([150; 3]), Mark::from(shape));
            }
            Sign::Line => {
                let d = format!("M{} {}h{}", x, base - 5.0 * u, 28.0 * u);
                svg.path(&d, &pen(&own, row.style.width_pt().unwrap_or(USUAL_LINE_PT), u, &row.style));
            }
            Sign::Area => {
                let fill = match (row.style.is_hollow(), row.colour) {
                    (true, _) => "none".to_owned(),
                    (false, None) => "url(#hatch)".to_owned(),
                    (false, Some(_)) => own,
                };
                let rect = [x + u, base - 12.0 * u, 26.0 * u, 15.0 * u];
                svg.rect(rect, &fill, 2.0 * u, None);
                let usual = if row.style.is_hollow() { HOLLOW_OUTLINE } else { [0x33, 0x41, 0x55] };
                let rim = hex(row.style.outline_rgb().unwrap_or(usual));
                let d = format!("M{} {}h{}v{}h-{}z", rect[0], rect[1], rect[2], rect[3], rect[2]);
                let usual_pt = if row.style.is_hollow() { HOLLOW_OUTLINE_PT } else { 0.8 };
                svg.path(&d, &pen(&rim, row.style.width_pt().unwrap_or(usual_pt).min(3.0), u, &row.style));
            }
        }
        let count = row.count.map_or_else(String::new, |n| number(n as f64));
        svg.text(x + 36.0 * u, base, &clipped(&row.text, size, false, w * 0.7), Type::new(size, ink));
        svg.text(x + w, base, &count, Type::new(size, grey).at(At::End));
    }
}
