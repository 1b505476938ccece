//! Which tiles a WMTS server offers, by its capabilities (OGC 07-057r7), as addresses that are drawn like any other: tile matrix sets
//! cut along the whole world in halves, in Web Mercator or in degrees. Others cannot be drawn and are left out.

use roxmltree::{Document, Node};

use super::blocks::{GroundError, ServerTrouble};
use super::datum::TileGrid;
use super::online::{agent, get, server_of};

/// Largest description, in bytes: those of national services have some megabytes.
const MOST_BYTES: u64 = 48 << 20;

/// Side of a pixel in metres by the standard.
const PIXEL_M: f64 = 0.000_28;
/// The same of a screen of 96 dots to the inch.
const SCREEN_PIXEL_M: f64 = 0.0254 / 96.0;
/// Metres along the equator.
const EQUATOR_M: f64 = 2.0 * std::f64::consts::PI * 6_378_137.0;

/// Names under which addresses carry a person's key.
const KEY_NAMES: [&str; 17] = [
    "tk",
    "key",
    "ak",
    "sk",
    "mk",
    "token",
    "api",
    "apikey",
    "api_key",
    "appkey",
    "app_key",
    "access_token",
    "access_key",
    "authkey",
    "auth",
    "map_key",
    "subscription-key",
];

/// A layer of a server in one way of being cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WmtsOffer {
    /// What the server calls it.
    pub title: String,
    /// The tile matrix set.
    pub set: String,
    /// The address of its tiles, with `{z}`, `{x}`, `{y}`, and `{key}` where the description was asked for with one.
    pub url: String,
    /// Along which lines they are cut.
    pub grid: TileGrid,
    /// Least and deepest zoom.
    pub zooms: [u8; 2],
    /// Side of a tile in pixels.
    pub tile_px: u32,
    /// Who provides it.
    pub attribution: String,
}

/// What a server offers, Web Mercator before degrees, in its own order; and the key that the address held, for this person's settings.
///
/// # Errors
/// Where the server gives nothing, no capabilities, or only tiles that cannot be drawn.
pub fn wmts_offers(url: &str) -> Result<(Vec<WmtsOffer>, String), GroundError> {
    let Some(server) = server_of(url) else {
        return Err(GroundError::Unsupported("an address that begins neither with http:// nor with https://".into()));
    };
    let fault = |trouble| GroundError::Server(server.clone(), trouble);
    let asks = url.split_once('?').is_some_and(|(_, query)| query.to_ascii_lowercase().contains("request="));
    let url = if asks || url.to_ascii_lowercase().ends_with(".xml") {
        url.to_owned()
    } else {
        let mark = if url.contains('?') { '&' } else { '?' };
        format!("{url}{mark}SERVICE=WMTS&REQUEST=GetCapabilities&VERSION=1.0.0")
    };
    let bytes = get(&agent(), &url, MOST_BYTES).map_err(fault)?;
    let text = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    let key = key_of(&url);
    let offers = offers_of(&text, &url, key.as_ref().map(|(name, _)| name.as_str())).map_err(fault)?;
    Ok((offers, key.map(|(_, value)| value).unwrap_or_default()))
}

/// The key that an address carries: its name and value.
fn key_of(url: &str) -> Option<(String, String)> {
    let (_, query) = url.split_once('?')?;
    let pairs = query.split('&').filter_map(|p| p.split_once('='));
    let is_key = |name: &str| KEY_NAMES.iter().any(|k| name.eq_ignore_ascii_case(k));
    let is_open = |value: &str| !value.is_empty() && !value.contains('{');
    pairs.filter(|(name, value)| is_key(name) && is_open(value)).map(|(n, v)| (n.to_owned(), v.to_owned())).next()
}

/// Whether an address carries a key beside the one that was taken out of it: it would stand in the project.
pub fn carries_key(url: &str) -> bool {
    key_of(url).is_some()
}

/// An address with a person's key taken out of it, `{key}` in its place, and the key; `None` where it carries none.
pub fn without_key(url: &str) -> Option<(String, String)> {
    let (name, key) = key_of(url)?;
    Some((url.replace(&format!("{name}={key}"), &format!("{name}={{key}}")), key))
}

/// What a description offers.
fn offers_of(xml: &str, asked: &str, key_name: Option<&str>) -> Result<Vec<WmtsOffer>, ServerTrouble> {
    let document = Document::parse(xml.trim_start_matches('\u{feff}')).map_err(|_| ServerTrouble::NoCapabilities)?;
    let root = document.root_element();
    if root.tag_name().name() != "Capabilities" {
        return Err(ServerTrouble::NoCapabilities);
    }
    let contents = child(root, "Contents").ok_or(ServerTrouble::NoCapabilities)?;
    let sets: Vec<MatrixSet> = children(contents, "TileMatrixSet").filter_map(matrix_set).collect();
    let base = get_tile_address(root).unwrap_or_else(|| asked.split('?').next().unwrap_or(asked).to_owned());
    let provider = child(root, "ServiceProvider").and_then(|p| text_of(p, "ProviderName")).unwrap_or_default();
    let mut offers = Vec::new();
    for layer in children(contents, "Layer") {
        offers.extend(offers_of_layer(layer, &sets, &base, &provider, key_name));
    }
    // Sorting is stable: what a server lists first stays first.
    offers.sort_by_key(|o| o.grid == TileGrid::Degrees);
    if offers.is_empty() { Err(ServerTrouble::NothingDrawable) } else { Ok(offers) }
}

/// A tile matrix set that can be drawn.
struct MatrixSet {
    id: String,
    grid: TileGrid,
    zooms: [u8; 2],
    /// What stands for `{TileMatrix}`.
    matrix: String,
    tile_px: u32,
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |c| c.tag_name().name() == name)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

fn text_of(node: Node<'_, '_>, name: &'static str) -> Option<String> {
    let text = child(node, name)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The grid of a coordinate system, `urn:ogc:def:crs:EPSG::3857` and the like.
fn grid_of(crs: &str) -> Option<TileGrid> {
    let code = crs.rsplit([':', '/']).next()?.trim();
    match code {
        "3857" | "900913" | "3785" | "102100" | "102113" => Some(TileGrid::Mercator),
        // CGCS2000 and ETRS89 lie within a metre of WGS 84, as everywhere else in this program.
        "4326" | "4490" | "4258" | "CRS84" => Some(TileGrid::Degrees),
        _ => None,
    }
}

fn matrix_set(node: Node<'_, '_>) -> Option<MatrixSet> {
    let id = text_of(node, "Identifier")?;
    let grid = grid_of(&text_of(node, "SupportedCRS")?)?;
    let mut zooms: Vec<(u8, String)> = Vec::new();
    let mut tile_px = None;
    for matrix in children(node, "TileMatrix") {
        let number = |name| text_of(matrix, name)?.parse::<f64>().ok();
        let [width, height] = [number("TileWidth")?, number("TileHeight")?];
        if width != height || tile_px.is_some_and(|px| px != width) || !(16.0..=4096.0).contains(&width) {
            return None;
        }
        tile_px = Some(width);
        let corner: Vec<f64> =
            text_of(matrix, "TopLeftCorner")?.split_whitespace().filter_map(|v| v.parse().ok()).collect();
        let [a, b] = *corner.as_slice() else { return None };
        let is_corner = match grid {
            // Either axis first, as for degrees.
            TileGrid::Mercator => (a.min(b) + EQUATOR_M / 2.0).abs() < 2.0 && (a.max(b) - EQUATOR_M / 2.0).abs() < 2.0,
            TileGrid::Degrees => (a.max(b) - 90.0).abs() < 1e-4 && (a.min(b) + 180.0).abs() < 1e-4,
        };
        let world_px = EQUATOR_M / (number("ScaleDenominator")? * PIXEL_M);
        // Some count by screens of 96 dots to the inch instead of the standard's pixel.
        let counted = [world_px, world_px * PIXEL_M / SCREEN_PIXEL_M].map(|px| (px / width).log2());
        let zoom = counted.into_iter().find(|z| (z - z.round()).abs() < 0.01).unwrap_or(f64::NAN);
        if !is_corner || !(-0.5..=24.5).contains(&zoom) {
            return None;
        }
        zooms.push((zoom.round() as u8, text_of(matrix, "Identifier")?));
    }
    zooms.sort();
    let matrix = named_by_zoom(&zooms)?;
    let [least, deepest] = [zooms.first()?.0, zooms.last()?.0];
    Some(MatrixSet { id, grid, zooms: [least, deepest], matrix, tile_px: tile_px? as u32 })
}

/// How matrices are named by their zoom: `{z}`, `EPSG:900913:{z}`, `{z-1}`. `None` where no rule holds for all of them.
fn named_by_zoom(zooms: &[(u8, String)]) -> Option<String> {
    let (first, name) = zooms.first()?;
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (prefix, number) = name.split_at(name.len() - digits);
    // 01, 02: leading zeros are part of no rule.
    let shift = number.parse::<i32>().ok().filter(|n| *n < 1_000_000)? - i32::from(*first);
    let follows = |(i, (zoom, name)): (usize, &(u8, String))| {
        usize::from(*zoom) == usize::from(*first) + i && *name == format!("{prefix}{}", i32::from(*zoom) + shift)
    };
    zooms.iter().enumerate().all(follows).then(|| match shift {
        0 => format!("{}{{z}}", encoded(prefix)),
        shift => format!("{}{{z{shift:+}}}", encoded(prefix)),
    })
}

/// The address for GetTile with its arguments behind a question mark.
fn get_tile_address(root: Node<'_, '_>) -> Option<String> {
    let operations = child(root, "OperationsMetadata")?;
    let operation = children(operations, "Operation").find(|o| o.attribute("name") == Some("GetTile"))?;
    let gets = operation.descendants().filter(|n| n.tag_name().name() == "Get");
    let takes_arguments = |get: &Node<'_, '_>| {
        let values: Vec<&str> =
            get.descendants().filter(|n| n.tag_name().name() == "Value").filter_map(|n| n.text()).collect();
        values.is_empty() || values.iter().any(|v| v.trim().eq_ignore_ascii_case("KVP"))
    };
    let get = gets.into_iter().find(takes_arguments)?;
    let href = get.attributes().find(|a| a.name() == "href")?.value().trim().trim_end_matches(['?', '&']);
    server_of(href).map(|_| href.to_owned())
}

fn offers_of_layer(
    layer: Node<'_, '_>,
    sets: &[MatrixSet],
    base: &str,
    provider: &str,
    key_name: Option<&str>,
) -> Vec<WmtsOffer> {
    let Some(id) = text_of(layer, "Identifier") else { return Vec::new() };
    let title = text_of(layer, "Title").unwrap_or_else(|| id.clone());
    let formats: Vec<String> = children(layer, "Format").filter_map(|f| Some(f.text()?.trim().to_owned())).collect();
    let rank = |format: &str| match format.to_ascii_lowercase().as_str() {
        f if f.starts_with("image/png") => Some(0),
        "image/jpeg" | "image/jpg" => Some(1),
        "image/webp" => Some(2),
        // Tianditu's word for pictures.
        "tiles" => Some(3),
        _ => None,
    };
    let Some(format) = formats.iter().filter(|f| rank(f).is_some()).min_by_key(|f| rank(f)) else { return Vec::new() };
    let styles = || children(layer, "Style");
    let style = styles().find(|s| s.attribute("isDefault") == Some("true")).or_else(|| styles().next());
    let style = style.and_then(|s| text_of(s, "Identifier")).unwrap_or_default();
    let dimensions: Vec<(String, String)> = children(layer, "Dimension")
        .filter_map(|d| Some((text_of(d, "Identifier")?, text_of(d, "Default").or_else(|| text_of(d, "Value"))?)))
        .collect();
    let resource = children(layer, "ResourceURL")
        .filter(|r| r.attribute("resourceType") == Some("tile"))
        .filter(|r| r.attribute("format").is_none_or(|f| f == format))
        .find_map(|r| r.attribute("template"));
    let links = children(layer, "TileMatrixSetLink").filter_map(|l| text_of(l, "TileMatrixSet"));
    let of_set = |id_of_set: String| {
        let set = sets.iter().find(|s| s.id == id_of_set)?;
        let words = [("Layer", id.as_str()), ("Style", &style), ("TileMatrixSet", &set.id)];
        let mut url = match resource {
            Some(template) => {
                let all = words.into_iter().chain(dimensions.iter().map(|(n, v)| (n.as_str(), v.as_str())));
                let filled = all.fold(template.to_owned(), |url, (name, value)| filled_in(&url, name, &encoded(value)));
                let filled = filled_in(&filled, "TileMatrix", &set.matrix);
                filled_in(&filled_in(&filled, "TileRow", "{y}"), "TileCol", "{x}")
            }
            None => {
                let mut url = format!(
                    "{base}{}SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={}&STYLE={}&FORMAT={}&TILEMATRIXSET={}\
                     &TILEMATRIX={}&TILEROW={{y}}&TILECOL={{x}}",
                    if base.contains('?') { '&' } else { '?' },
                    encoded(&id),
                    encoded(&style),
                    encoded(format),
                    encoded(&set.id),
                    set.matrix
                );
                for (name, value) in &dimensions {
                    url.push_str(&format!("&{}={}", encoded(name), encoded(value)));
                }
                url
            }
        };
        if let Some(name) = key_name.filter(|_| !url.contains("{key}")) {
            url.push_str(&format!("{}{name}={{key}}", if url.contains('?') { '&' } else { '?' }));
        }
        // A place that nothing fills would be asked for as it stands.
        let known = ["{x}", "{y}", "{key}", set.matrix.get(set.matrix.find('{')?..)?];
        let rest = known.iter().fold(url.clone(), |rest, place| rest.replace(place, ""));
        (server_of(&url).is_some() && !rest.contains('{')).then(|| WmtsOffer {
            title: title.clone(),
            set: set.id.clone(),
            url,
            grid: set.grid,
            zooms: set.zooms,
            tile_px: set.tile_px,
            attribution: provider.to_owned(),
        })
    };
    links.filter_map(of_set).collect()
}

/// A template with one of its places filled; capitals do not matter.
fn filled_in(template: &str, name: &str, value: &str) -> String {
    let place = format!("{{{}}}", name.to_ascii_lowercase());
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.to_ascii_lowercase().find(&place) {
        out.push_str(&rest[..at]);
        out.push_str(value);
        rest = &rest[at + place.len()..];
    }
    out + rest
}

/// A value as it stands in an address (RFC 3986).
fn encoded(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(sets: &str, layers: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"
            xmlns:xlink="http://www.w3.org/1999/xlink"><ows:ServiceProvider><ows:ProviderName>An office</ows:ProviderName></ows:ServiceProvider>
            <ows:OperationsMetadata><ows:Operation name="GetTile"><ows:DCP><ows:HTTP><ows:Get xlink:href="https://maps.example.org/wmts?">
            <ows:Constraint name="GetEncoding"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues></ows:Constraint>
            </ows:Get></ows:HTTP></ows:DCP></ows:Operation></ows:OperationsMetadata><Contents>{layers}{sets}</Contents></Capabilities>"#
        )
    }

    fn set(id: &str, crs: &str, corner: &str, matrices: &[(&str, f64)]) -> String {
        let matrix = |(name, scale): &(&str, f64)| {
            format!(
                "<TileMatrix><ows:Identifier>{name}</ows:Identifier><ScaleDenominator>{scale}</ScaleDenominator>\
                 <TopLeftCorner>{corner}</TopLeftCorner><TileWidth>256</TileWidth><TileHeight>256</TileHeight>\
                 <MatrixWidth>1</MatrixWidth><MatrixHeight>1</MatrixHeight></TileMatrix>"
            )
        };
        let matrices: String = matrices.iter().map(matrix).collect();
        format!(
            "<TileMatrixSet><ows:Identifier>{id}</ows:Identifier><ows:SupportedCRS>{crs}</ows:SupportedCRS>{matrices}</TileMatrixSet>"
        )
    }

    /// The first scale of GoogleMapsCompatible, annex E of the standard.
    const FIRST: f64 = 559_082_264.028_717_8;
    const MERCATOR_CORNER: &str = "-20037508.3427892 20037508.3427892";

    #[test]
    fn sets_that_can_be_drawn_become_addresses() {
        let mercator = [("EPSG:900913:0", FIRST), ("EPSG:900913:1", FIRST / 2.0), ("EPSG:900913:2", FIRST / 4.0)];
        let degrees = [("1", FIRST / 2.0), ("2", FIRST / 4.0)];
        let sets = set("m", "urn:ogc:def:crs:EPSG::900913", MERCATOR_CORNER, &mercator)
            + &set("c", "urn:ogc:def:crs:EPSG::4490", "90.0 -180.0", &degrees)
            + &set("shifted", "urn:ogc:def:crs:EPSG::3857", "0 0", &mercator)
            + &set("lambert", "urn:ogc:def:crs:EPSG::2154", "0 12000000", &mercator);
        let layer = "<Layer><ows:Title>卫星影像</ows:Title><ows:Identifier>img a</ows:Identifier><Style isDefault=\"true\">\
             <ows:Identifier>default</ows:Identifier></Style><Format>application/vnd.mapbox-vector-tile</Format><Format>image/png</Format>\
             <TileMatrixSetLink><TileMatrixSet>c</TileMatrixSet></TileMatrixSetLink>\
             <TileMatrixSetLink><TileMatrixSet>m</TileMatrixSet></TileMatrixSetLink>\
             <TileMatrixSetLink><TileMatrixSet>shifted</TileMatrixSet></TileMatrixSetLink>\
             <TileMatrixSetLink><TileMatrixSet>lambert</TileMatrixSet></TileMatrixSetLink></Layer>";
        let offers = offers_of(&capabilities(&sets, layer), "https://x/", Some("tk")).expect("offers");
        assert_eq!(
            offers.iter().map(|o| o.set.as_str()).collect::<Vec<_>>(),
            ["m", "c"],
            "Web Mercator first, no other"
        );
        assert_eq!(
            offers[0].url,
            "https://maps.example.org/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=img%20a&STYLE=default&FORMAT=image%2Fpng\
             &TILEMATRIXSET=m&TILEMATRIX=EPSG:900913:{z}&TILEROW={y}&TILECOL={x}&tk={key}"
        );
        assert_eq!((offers[0].zooms, offers[0].tile_px, offers[0].grid), ([0, 2], 256, TileGrid::Mercator));
        assert_eq!((offers[1].zooms, offers[1].grid), ([1, 2], TileGrid::Degrees));
        assert_eq!((offers[0].title.as_str(), offers[0].attribution.as_str()), ("卫星影像", "An office"));
    }

    #[test]
    fn tianditu_counts_by_screens_and_has_its_corner_the_other_way_round() {
        let first = 2.958_293_554_545_656e8;
        let matrices: Vec<(String, f64)> = (1..=18).map(|z| (z.to_string(), first / 2f64.powi(z - 1))).collect();
        let matrices: Vec<(&str, f64)> = matrices.iter().map(|(n, s)| (n.as_str(), *s)).collect();
        let sets = set("w", "urn:ogc:def:crs:EPSG::900913", "20037508.3427892 -20037508.3427892", &matrices);
        let layer = "<Layer><ows:Title>img</ows:Title><ows:Identifier>img</ows:Identifier><Format>tiles</Format>\
             <TileMatrixSetLink><TileMatrixSet>w</TileMatrixSet></TileMatrixSetLink></Layer>";
        let offers = offers_of(&capabilities(&sets, layer), "https://x/", None).expect("offers");
        assert_eq!((offers[0].zooms, offers[0].grid), ([1, 18], TileGrid::Mercator));
        assert!(offers[0].url.contains("TILEMATRIX={z}&"));
    }

    #[test]
    fn templates_are_filled_and_what_cannot_be_filled_is_left_out() {
        let sets = set("G", "EPSG:3857", MERCATOR_CORNER, &[("0", FIRST / 8.0), ("1", FIRST / 16.0)]);
        let layer = |template: &str| {
            format!(
                "<Layer><ows:Identifier>a</ows:Identifier><Format>image/jpeg</Format><Dimension><ows:Identifier>Time</ows:Identifier>\
                 <Default>2025</Default></Dimension><ResourceURL format=\"image/jpeg\" resourceType=\"tile\" template=\"{template}\"/>\
                 <TileMatrixSetLink><TileMatrixSet>G</TileMatrixSet></TileMatrixSetLink></Layer>"
            )
        };
        let of = |template: &str| offers_of(&capabilities(&sets, &layer(template)), "https://x/", None);
        let offers =
            of("https://t.example.org/a/{Time}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{tilecol}.jpg").expect("one");
        assert_eq!(offers[0].url, "https://t.example.org/a/2025/G/{z-3}/{y}/{x}.jpg");
        assert_eq!(offers[0].zooms, [3, 4]);
        assert_eq!(
            of("https://t.example.org/{Elevation}/{TileMatrix}/{TileRow}/{TileCol}"),
            Err(ServerTrouble::NothingDrawable)
        );
    }

    #[test]
    fn what_is_no_description_is_told() {
        for text in [
            "",
            "<html><body>Not found</body></html>",
            "<Capabilities/>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><Capabilities>&b;</Capabilities>",
        ] {
            assert_eq!(offers_of(text, "https://x/", None), Err(ServerTrouble::NoCapabilities), "{text}");
        }
        assert_eq!(key_of("https://a/wmts?request=GetCapabilities&TK=abc"), Some(("TK".into(), "abc".into())));
        assert_eq!(key_of("https://a/wmts?request=GetCapabilities"), None);
        assert!(!carries_key("https://a/wmts?tk={key}&style=b"));
        assert!(carries_key("https://a/wmts?tk={key}&token=b"));
        let apart = without_key("https://a/{z}/{x}/{y}.png?style=b&key=s3cret");
        assert_eq!(apart, Some(("https://a/{z}/{x}/{y}.png?style=b&key={key}".into(), "s3cret".into())));
        assert_eq!(without_key("https://a/{z}/{x}/{y}?key={key}"), None);
    }
}
