//! The layers of a page's map: every one that the window shows, in its order, with its opacity, colours and symbols.

use super::content::PageContent;
use super::map::{MapForm, MapFrame, add_line, bounds_of, colour, shapes, symbol};
use super::svg::{Svg, hex, num};
use crate::colouring::Colouring;
use crate::geo::WorldPos;
use crate::model::FeatureId;
use crate::palette::LIGHT;
use crate::project::{HOLLOW_OUTLINE, HOLLOW_OUTLINE_PT, LayerEntry, LayerStyle, USUAL_LINE_PT};
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
    let shown: Vec<(&Layer, &LayerEntry)> = session.shown().filter(|(_, e)| frame.draws(e)).collect();
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
    let class_of =
        |f: FeatureId| colouring.and_then(|t| t.class_of(f)).filter(|class| *class < classes).unwrap_or(classes);
    let mut fills = vec![String::new(); classes + 1];
    for shape in shapes.iter().filter(|_| !style.is_hollow()) {
        for (i, part) in shape.parts.iter().enumerate() {
            if !loaded.chunks.extents.get(part.part as usize).is_some_and(|e| frame.meets(e.bounds)) {
                continue;
            }
            if let Some(d) = fills.get_mut(class_of(part.feature)) {
                shape.rings(i).for_each(|ring| add_line(d, ring, frame, true));
            }
        }
    }
    let colour_of = |class: usize| colouring.and_then(|t| t.legend.get(class)).map(|row| row.colour);
    for (class, d) in fills.iter().enumerate() {
        let fill = match (colour_of(class), colouring) {
            (Some(colour), _) => hex(colour),
            (None, Some(_)) => "url(#hatch)".to_owned(),
            (None, None) => hex(style.fill_rgb().unwrap_or(LIGHT.plain.fill)),
        };
        svg.path(d, &format!("fill=\"{fill}\" fill-rule=\"evenodd\""));
    }
    let (mut borders, mut lines) = (String::new(), vec![String::new(); classes + 1]);
    for shape in &shapes {
        for (line, points) in shape.lines().filter(|(_, points)| frame.meets(bounds_of(points))) {
            if line.kind != BorderKind::Line {
                add_line(&mut borders, points, frame, false);
            } else if let Some(d) = lines.get_mut(class_of(line.feature)) {
                add_line(d, points, frame, false);
            }
        }
    }
    let strong = match style.outline_rgb() {
        Some(outline) => hex(outline),
        None if style.is_hollow() => hex(HOLLOW_OUTLINE),
        None => colour(LIGHT.border_strong),
    };
    let border_pt = style.width_pt().unwrap_or(if style.is_hollow() { HOLLOW_OUTLINE_PT } else { 1.0 });
    svg.path(&borders, &pen(&strong, border_pt, u, style));
    for (class, d) in lines.iter().enumerate() {
        let ink = match (colour_of(class), colouring) {
            (Some(colour), _) => hex(colour),
            (None, Some(_)) => colour(LIGHT.hatch_line),
            (None, None) => hex(style.fill_rgb().unwrap_or_else(|| loaded.usual_colour(&LIGHT))),
        };
        svg.path(d, &pen(&ink, style.width_pt().unwrap_or(USUAL_LINE_PT), u, style));
    }
    points(svg, colouring, loaded, frame, u, style);
}

/// The pen for outlines and lines.
pub(super) fn pen(ink: &str, width_pt: f32, u: f32, style: &LayerStyle) -> String {
    let (cap, dash) = match style.dash {
        None => ("round", String::new()),
        Some(dash) => {
            let lengths = dash.lengths(width_pt).map(|v| num(v * u));
            ("butt", format!(" stroke-dasharray=\"{}\"", lengths.join(" ")))
        }
    };
    let width = num(width_pt * u);
    format!(
        "fill=\"none\" stroke=\"{ink}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" stroke-linecap=\"{cap}\"{dash}"
    )
}

fn points(svg: &mut Svg, colouring: Option<&Colouring>, loaded: &Loaded, frame: &MapFrame, u: f32, style: &LayerStyle) {
    let plain = style.fill_rgb().unwrap_or(LIGHT.plain.symbol);
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
