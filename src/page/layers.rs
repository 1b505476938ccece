//! The layers of a page's map: every one that the window shows, in its order, with its opacity, colours and symbols.

use super::content::PageContent;
use super::map::{MapForm, MapFrame, add_line, bounds_of, colour, shapes, symbol};
use super::svg::{Svg, hex, num};
use crate::colouring::Colouring;
use crate::geo::WorldPos;
use crate::model::FeatureId;
use crate::palette::LIGHT;
use crate::project::{LayerEntry, LayerStyle};
use crate::render::{BorderKind, Mark};
use crate::session::{Layer, Loaded, Session, shape_of};

/// Draws the layers, bottom first.
pub(super) fn draw_layers(
    svg: &mut Svg,
    session: &Session,
    content: &PageContent,
    frame: &MapFrame,
    form: &MapForm<'_>,
) {
    let villages = session.village_layer().map(|l| l.key);
    // Facilities of a theme's map are drawn as its symbols.
    let as_symbols = if session.theme().is_some() { session.facility_layers() } else { Vec::new() };
    let shown: Vec<(&Layer, &LayerEntry)> = session.shown().filter(|(_, e)| e.visible).collect();
    for (layer, entry) in shown.into_iter().rev() {
        let Some(loaded) = layer.loaded().filter(|_| !as_symbols.contains(&layer.key)) else { continue };
        let is_faint = entry.opacity < 1.0;
        if is_faint {
            svg.raw(&format!("<g opacity=\"{}\">", num(entry.opacity)));
        }
        if villages == Some(layer.key) {
            both_sides(svg, session, content, loaded, frame, form);
        } else {
            let own = entry.colouring.as_ref().and_then(|spec| Colouring::new(&loaded.dataset.table, spec));
            other(svg, own.as_ref(), loaded, frame, form.scale, &entry.style);
        }
        if is_faint {
            svg.raw("</g>");
        }
    }
}

/// The villages; left of the divider as they are there.
fn both_sides(
    svg: &mut Svg,
    session: &Session,
    content: &PageContent,
    loaded: &Loaded,
    frame: &MapFrame,
    form: &MapForm<'_>,
) {
    let colouring = content.colouring.as_ref();
    let Some(left) = content.left.as_ref().filter(|_| form.village.is_none()) else {
        return super::map::villages(svg, session, colouring, loaded, frame, form);
    };
    let [x, y, w, h] = frame.rect;
    let part = w * session.stage.divider;
    for (id, at, wide, colouring) in [("left", x, part, Some(left)), ("right", x + part, w - part, colouring)] {
        svg.raw(&format!(
            "<clipPath id=\"{id}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath><g clip-path=\"url(#{id})\">",
            num(at),
            num(y),
            num(wide),
            num(h)
        ));
        super::map::villages(svg, session, colouring, loaded, frame, form);
        svg.raw("</g>");
    }
}

/// A layer that is not the villages: areas and lines in their colours, points as their symbols.
fn other(svg: &mut Svg, colouring: Option<&Colouring>, loaded: &Loaded, frame: &MapFrame, u: f32, style: &LayerStyle) {
    let shapes = shapes(&loaded.chunks, frame, &loaded.towns);
    let classes = colouring.map_or(0, |t| t.legend.len());
    let mut fills = vec![String::new(); classes + 1];
    for shape in &shapes {
        for (i, part) in shape.parts.iter().enumerate() {
            if !loaded.chunks.extents.get(part.part as usize).is_some_and(|e| frame.meets(e.bounds)) {
                continue;
            }
            let class = colouring.and_then(|t| t.class_of(part.feature)).filter(|c| *c < classes).unwrap_or(classes);
            if let Some(d) = fills.get_mut(class) {
                shape.rings(i).for_each(|ring| add_line(d, ring, frame, true));
            }
        }
    }
    for (class, d) in fills.iter().enumerate() {
        let fill = match (colouring.and_then(|t| t.legend.get(class)), colouring) {
            (Some(row), _) => hex(row.colour),
            (None, Some(_)) => "url(#hatch)".to_owned(),
            (None, None) => hex(style.fill_rgb().unwrap_or(LIGHT.plain_fill)),
        };
        svg.path(d, &format!("fill=\"{fill}\" fill-rule=\"evenodd\""));
    }
    let strong = style.outline_rgb().map_or_else(|| colour(LIGHT.border_strong), hex);
    let wide = style.outline_pt;
    let (mut borders, mut lines) = (String::new(), String::new());
    for shape in &shapes {
        for (line, points) in shape.lines().filter(|(_, points)| frame.meets(bounds_of(points))) {
            let d = if line.kind == BorderKind::Line { &mut lines } else { &mut borders };
            add_line(d, points, frame, false);
        }
    }
    for (d, width) in [(borders, wide.unwrap_or(1.0)), (lines, 1.2)] {
        let pen = format!(
            "fill=\"none\" stroke=\"{strong}\" stroke-width=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"",
            num(width * u)
        );
        svg.path(&d, &pen);
    }
    points(svg, colouring, loaded, frame, u, style);
}

fn points(svg: &mut Svg, colouring: Option<&Colouring>, loaded: &Loaded, frame: &MapFrame, u: f32, style: &LayerStyle) {
    let plain = style.fill_rgb().unwrap_or(LIGHT.plain_symbol);
    let geometry = &loaded.dataset.geometry;
    for feature in 0..loaded.dataset.len() {
        for part in
            geometry.parts_of(FeatureId::new(feature)).iter().filter(|p| p.kind == crate::model::PartKind::Point)
        {
            let places = geometry.rings_of(part).flatten();
            let class = colouring.and_then(|t| t.class_of(FeatureId::new(feature)));
            let ink = colouring.and_then(|t| t.colour_of(FeatureId::new(feature))).unwrap_or(plain);
            for place in places {
                let at = frame.at(WorldPos::from_lonlat(crate::geo::LonLat::new(place[0], place[1])));
                if frame.holds(at, 4.0) {
                    symbol(svg, at, 4.0 * u, ink, Mark::from(shape_of(class)));
                }
            }
        }
    }
}
