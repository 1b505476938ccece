//! The classes of the map as QGIS and others draw them: QML rules, which know open and closed bounds, and SLD 1.0 (OGC 02-070).

use super::LayerClasses;
use crate::model::PartKind;
use crate::output::escaped;

/// How a class is told in QGIS's expressions and in OGC filters.
struct Rule {
    label: String,
    colour: [u8; 3],
    expression: String,
    filter: String,
}

fn rules(classes: &LayerClasses) -> Vec<Rule> {
    let are_numbers = !classes.values.is_empty() && classes.classes.iter().all(|c| c.range.is_some());
    let name = if are_numbers { &classes.figure } else { &classes.class_field };
    let field = name.replace('"', "\"\"");
    let property = format!("<ogc:PropertyName>{}</ogc:PropertyName>", escaped(name));
    let compared =
        |what: &str, value: &str| format!("<ogc:{what}>{property}<ogc:Literal>{value}</ogc:Literal></ogc:{what}>");
    let last = classes.classes.len().saturating_sub(1);
    let mut all = Vec::new();
    for (i, class) in classes.classes.iter().enumerate() {
        let (expression, filter) = match class.range.filter(|_| are_numbers) {
            Some((lower, upper)) => {
                let from = (i > 0).then(|| {
                    let filter = compared("PropertyIsGreaterThanOrEqualTo", &lower.to_string());
                    (format!("\"{field}\" >= {lower}"), filter)
                });
                let to = (i < last)
                    .then(|| (format!("\"{field}\" < {upper}"), compared("PropertyIsLessThan", &upper.to_string())));
                match (from, to) {
                    (Some(from), Some(to)) => {
                        (format!("{} AND {}", from.0, to.0), format!("<ogc:And>{}{}</ogc:And>", from.1, to.1))
                    }
                    (Some(one), None) | (None, Some(one)) => one,
                    (None, None) => (
                        format!("\"{field}\" IS NOT NULL"),
                        format!("<ogc:Not><ogc:PropertyIsNull>{property}</ogc:PropertyIsNull></ogc:Not>"),
                    ),
                }
            }
            None => {
                let quoted = class.label.replace('\'', "''");
                (format!("\"{field}\" = '{quoted}'"), compared("PropertyIsEqualTo", &escaped(&class.label)))
            }
        };
        all.push(Rule { label: class.label.clone(), colour: class.colour, expression, filter });
    }
    all.push(Rule {
        label: classes.missing_label.clone(),
        colour: classes.missing,
        expression: format!("\"{field}\" IS NULL"),
        filter: format!("<ogc:PropertyIsNull>{property}</ogc:PropertyIsNull>"),
    });
    all
}

/// A style as QGIS keeps it.
pub(super) fn qml(classes: &LayerClasses, kind: PartKind) -> String {
    let (symbol, layer) = match kind {
        PartKind::Polygon => ("fill", "SimpleFill"),
        PartKind::Line => ("line", "SimpleLine"),
        PartKind::Point => ("marker", "SimpleMarker"),
    };
    let (mut list, mut symbols) = (String::new(), String::new());
    for (i, rule) in rules(classes).iter().enumerate() {
        let [r, g, b] = rule.colour;
        list += &format!(
            "<rule symbol=\"{i}\" key=\"{{qiancun-{i}}}\" label=\"{}\" filter=\"{}\"/>",
            escaped(&rule.label),
            escaped(&rule.expression)
        );
        let colour = if kind == PartKind::Line { "line_color" } else { "color" };
        let width = if kind == PartKind::Line { "line_width" } else { "outline_width" };
        let options = [
            (colour, format!("{r},{g},{b},255")),
            ("outline_color", "255,255,255,255".to_owned()),
            (width, "0.2".to_owned()),
            ("style", "solid".to_owned()),
            ("name", "circle".to_owned()),
        ];
        let map: String =
            options.iter().map(|(k, v)| format!("<Option type=\"QString\" name=\"{k}\" value=\"{v}\"/>")).collect();
        let props: String = options.iter().map(|(k, v)| format!("<prop k=\"{k}\" v=\"{v}\"/>")).collect();
        symbols += &format!(
            "<symbol type=\"{symbol}\" name=\"{i}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\"><layer class=\"{layer}\" enabled=\"1\" \
             locked=\"0\" pass=\"0\"><Option type=\"Map\">{map}</Option>{props}</layer></symbol>"
        );
    }
    format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"3.22.0\" styleCategories=\"Symbology\">\
         <renderer-v2 type=\"RuleRenderer\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\"><rules key=\"{{qiancun}}\">{list}</rules>\
         <symbols>{symbols}</symbols></renderer-v2></qgis>"
    )
}

/// A style as OGC has it.
pub(super) fn sld(classes: &LayerClasses, kind: PartKind, layer: &str) -> String {
    let mut all = String::new();
    for rule in rules(classes) {
        let [r, g, b] = rule.colour;
        let colour = format!("#{r:02x}{g:02x}{b:02x}");
        let fill = format!("<sld:Fill><sld:CssParameter name=\"fill\">{colour}</sld:CssParameter></sld:Fill>");
        let stroke = |c: &str| {
            format!(
                "<sld:Stroke><sld:CssParameter name=\"stroke\">{c}</sld:CssParameter><sld:CssParameter name=\"stroke-width\">0.6</sld:CssParameter></sld:Stroke>"
            )
        };
        let symbolizer = match kind {
            PartKind::Polygon => format!("<sld:PolygonSymbolizer>{fill}{}</sld:PolygonSymbolizer>", stroke("#ffffff")),
            PartKind::Line => format!("<sld:LineSymbolizer>{}</sld:LineSymbolizer>", stroke(&colour)),
            PartKind::Point => format!(
                "<sld:PointSymbolizer><sld:Graphic><sld:Mark><sld:WellKnownName>circle</sld:WellKnownName>{fill}</sld:Mark><sld:Size>8</sld:Size></sld:Graphic></sld:PointSymbolizer>"
            ),
        };
        let label = escaped(&rule.label);
        all += &format!(
            "<sld:Rule><sld:Name>{label}</sld:Name><sld:Title>{label}</sld:Title><ogc:Filter>{}</ogc:Filter>{symbolizer}</sld:Rule>",
            rule.filter
        );
    }
    let layer = escaped(layer);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><sld:StyledLayerDescriptor version=\"1.0.0\" xmlns:sld=\"http://www.opengis.net/sld\" \
         xmlns:ogc=\"http://www.opengis.net/ogc\"><sld:NamedLayer><sld:Name>{layer}</sld:Name><sld:UserStyle><sld:Name>{layer}</sld:Name>\
         <sld:FeatureTypeStyle>{all}</sld:FeatureTypeStyle></sld:UserStyle></sld:NamedLayer></sld:StyledLayerDescriptor>"
    )
}
